//! Bringing everything that is held to the decimals that an event needs.

use super::sources::Sources;
use super::{Bars, Flow, Past};
use crate::market::{PrecisionOverflow, TradeKey};
use crate::model::{Precision, Price, Trade};

impl Sources {
    /// The trade at the finer of both precisions, to which everything held is brought.
    pub(in crate::alert) fn fit(
        &mut self,
        trade: &Trade,
        given: Precision,
    ) -> Result<Trade, PrecisionOverflow> {
        let to = self.widen(given)?;
        let overflow = PrecisionOverflow { from: given, to };
        trade.rescaled(given, to).ok_or(overflow)
    }

    /// Brings everything held to the finer of both precisions.
    pub(in crate::alert) fn widen(
        &mut self,
        given: Precision,
    ) -> Result<Precision, PrecisionOverflow> {
        let (from, to) = (self.precision, self.precision.widened(given));
        if from == to {
            return Ok(to);
        }
        // Nothing is changed unless all of it fits.
        let mut widened = self.held();
        let fits = widened.rescale(from, to);
        fits.ok_or(PrecisionOverflow { from, to })?;
        let Held {
            last,
            bars,
            flows,
            pasts,
        } = widened;
        (self.last, self.bars) = (last, bars);
        (self.flows, self.pasts, self.precision) = (flows, pasts, to);
        Ok(to)
    }

    fn held(&self) -> Held {
        Held {
            last: self.last,
            bars: self.bars.clone(),
            flows: self.flows.clone(),
            pasts: self.pasts.clone(),
        }
    }
}

/// What has the precision of the instrument. The book keeps its own.
struct Held {
    last: Option<(TradeKey, Price)>,
    bars: Vec<Bars>,
    flows: Vec<Flow>,
    pasts: Vec<Past>,
}

impl Held {
    fn rescale(&mut self, from: Precision, to: Precision) -> Option<()> {
        if let Some((_, price)) = &mut self.last {
            *price = price.rescaled(from.price, to.price)?;
        }
        let (bars, flows, pasts) = (&mut self.bars, &mut self.flows, &mut self.pasts);
        bars.iter_mut()
            .try_for_each(|bars| bars.rescale(from, to))?;
        flows
            .iter_mut()
            .try_for_each(|flow| flow.rescale(from, to))?;
        pasts.iter_mut().try_for_each(|past| past.rescale(from, to))
    }
}
