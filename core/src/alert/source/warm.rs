//! Filling the sources from history.

use super::Sources;
use crate::model::{BookDelta, Candle, Precision, Timeframe, Trade, UnixNs};

impl Sources {
    /// Takes bars, ascending, in place of those held.
    pub(in crate::alert) fn warm_bars(
        &mut self,
        timeframe: Timeframe,
        bars: &[Candle],
        given: Precision,
    ) {
        let fitted = self.widen(given).ok().and_then(|to| {
            let fitted = bars.iter().map(|bar| bar.rescaled(given, to));
            fitted.collect::<Option<Vec<_>>>()
        });
        let Some(fitted) = fitted else {
            self.refused += bars.len() as u64;
            return;
        };
        let precision = self.precision;
        if let Some(held) = self
            .bars
            .iter_mut()
            .find(|bars| bars.timeframe() == timeframe)
        {
            held.warm(&fitted, precision);
        }
    }

    /// Takes all trades since `from` in place of those that the windows hold.
    pub(in crate::alert) fn warm_trades(
        &mut self,
        from: UnixNs,
        trades: &[Trade],
        given: Precision,
    ) {
        for flow in &mut self.flows {
            flow.clear(self.clock);
            flow.know_from(from);
        }
        self.pasts.iter_mut().for_each(|past| past.forget());
        for trade in trades {
            self.advance(trade.time);
            let Ok(trade) = self.fit(trade, given) else {
                self.refused += 1;
                continue;
            };
            self.windows(&trade);
        }
    }

    /// Takes all levels of the book over, where it is read.
    pub(in crate::alert) fn warm_book(&mut self, levels: &BookDelta, given: Precision) {
        if let Some(book) = &mut self.book {
            book.replace(levels, given);
        }
    }
}
