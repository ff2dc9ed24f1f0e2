//! What history rules want, and taking it: nothing fires on it.

use super::engine::Engine;
use super::market::Market;
use crate::alert::operand::Reading;
use crate::model::{BookDelta, Candle, InstrumentId, Precision, Timeframe, Trade, UnixNs};

/// What has to be read from the store before the rules of an instrument have all their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Bars of each timeframe, so many at least.
    pub bars: Vec<(Timeframe, u32)>,
    /// Trades of the last so many seconds; 0 for none.
    pub trades_s: u32,
    /// Whether the book is read.
    pub book: bool,
}

impl Engine {
    /// What history the rules of an instrument want.
    #[must_use]
    pub fn wanted(&self, instrument: &InstrumentId) -> Wanted {
        let mut wanted = Wanted::default();
        let Some(market) = self.markets.get(instrument) else {
            return wanted;
        };
        let mut bars = |timeframe: Timeframe, count: i64| {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            match wanted.bars.iter_mut().find(|(held, _)| *held == timeframe) {
                Some((_, most)) => *most = count.max(*most),
                None => wanted.bars.push((timeframe, count)),
            }
        };
        for timeframe in market.closing() {
            bars(timeframe, 1);
        }
        for reading in market.readings() {
            match reading {
                Reading::Bar { timeframe, .. } | Reading::Study { timeframe, .. } => {
                    bars(*timeframe, reading.reach_ms() / timeframe.nominal_ms());
                }
                Reading::Flow { window_s: s, .. } | Reading::Change { lookback_s: s } => {
                    wanted.trades_s = wanted.trades_s.max(*s);
                }
                Reading::Book { .. } => wanted.book = true,
                Reading::Last | Reading::Silence(_) => {}
            }
        }
        wanted
    }

    /// Takes bars from the store, ascending, in place of what is held. Nothing fires.
    pub fn warm_bars(
        &mut self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        bars: &[Candle],
        precision: Precision,
    ) {
        self.warm(instrument, |market| {
            market.sources.warm_bars(timeframe, bars, precision)
        });
    }

    /// Takes all trades since `from` from the store, in place of what the windows hold. Bars do not
    /// take them. Nothing fires.
    pub fn warm_trades(
        &mut self,
        instrument: &InstrumentId,
        from: UnixNs,
        trades: &[Trade],
        precision: Precision,
    ) {
        self.warm(instrument, |market| {
            market.sources.warm_trades(from, trades, precision)
        });
    }

    /// Takes all levels of the book over, for rules that were made after its snapshot. Nothing
    /// fires.
    pub fn warm_book(&mut self, instrument: &InstrumentId, book: &BookDelta, precision: Precision) {
        self.warm(instrument, |market| {
            market.sources.warm_book(book, precision)
        });
    }

    fn warm(&mut self, instrument: &InstrumentId, fill: impl FnOnce(&mut Market)) {
        if let Some(market) = self.markets.get_mut(instrument) {
            fill(market);
            market.warmed(&self.moment, self.wall.elapsed_ms());
        }
    }
}
