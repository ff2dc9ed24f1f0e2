//! What a reading is worth.

use super::sources::{Place, Sources};
use crate::alert::operand::{Reading, Silence};
use crate::alert::value::Value;
use crate::model::Timeframe;

impl Sources {
    /// The value of a reading now, or as of a closed bar for what is read of that timeframe.
    pub(in crate::alert) fn value(
        &self,
        reading: &Reading,
        place: Place,
        elapsed_ms: u64,
        closed: Option<(Timeframe, usize)>,
    ) -> Option<Value> {
        let precision = self.precision;
        let as_of = |of| closed.filter(|(timeframe, _)| *timeframe == of);
        match reading {
            Reading::Last => {
                let price = self.last()?;
                Some(Value::of_price(price, precision))
            }
            Reading::Book { look, levels } => look(self.book.as_ref()?.sound()?, *levels),
            Reading::Bar {
                timeframe,
                ago,
                look,
            } => {
                let bars = self.bars.get(place.source)?;
                let as_of = as_of(*timeframe).map(|(_, place)| place);
                look(bars.bar(*ago, as_of)?, precision)
            }
            Reading::Study {
                timeframe, output, ..
            } => {
                let as_of = as_of(*timeframe).map(|(_, place)| (place, precision));
                let bars = self.bars.get(place.source)?;
                Value::real(bars.value(place.study, *output, as_of)?)
            }
            Reading::Flow { look, .. } => {
                let (buys, sells) = self.flows.get(place.source)?.sums()?;
                look(buys, sells, precision)
            }
            Reading::Change { .. } => {
                let past = self.pasts.get(place.source)?.price()?.0 as f64;
                let last = self.last()?.0 as f64;
                Value::real((last - past) / past.abs() * 100.0)
            }
            Reading::Silence(of) => {
                let since = match of {
                    Silence::Any => self.heard.trades.max(self.heard.book),
                    Silence::Trades => self.heard.trades,
                    Silence::Book => self.heard.book,
                };
                Value::of_sum(i128::from(elapsed_ms.saturating_sub(since) / 1_000), 0)
            }
        }
    }
}
