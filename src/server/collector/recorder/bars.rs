//! What the recorder knows of one instrument: which trades it has taken, its open bars, and where
//! its trades are incomplete. Pure; what only the store knows is given when it is made.

use std::collections::{BTreeSet, VecDeque};

use tradesuite_core::market::{
    BarEvent, CandleBuilder, DEFAULT_GRACE_MS, Novelty, OpenBar, PrecisionOverflow, TradeIds,
};
use tradesuite_core::model::{
    Candle, Origin, Precision, Timeframe, Trade, TradeId, UnixMs, UnixNs,
};

/// Stretches of missing trades remembered; bars older than these are closed and stored long ago.
const REMEMBERED_HOLES: usize = 32;

/// Bars of one instrument.
#[derive(Debug)]
pub struct InstrumentBars {
    builder: CandleBuilder,
    ids: TradeIds,
    /// Where trades are missing, both ends inclusive.
    holes: VecDeque<(UnixMs, UnixMs)>,
    /// Whether the store had trades when this began.
    began_with_trades: bool,
    changes: Vec<BarEvent>,
    /// Whether trades turned out to be missing since this was asked last.
    holed: bool,
}

/// What the store holds of an instrument when the recorder meets it.
#[derive(Debug, Default)]
pub struct Resumed {
    /// Decimals of the bars.
    pub precision: Precision,
    /// Bars still open, or the newest one where none is.
    pub bars: Vec<(Timeframe, OpenBar)>,
    /// Newest trade.
    pub newest_trade: Option<TradeId>,
}

/// Bars that changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// As they are now.
    pub bars: Vec<(Timeframe, Candle)>,
    /// Opening times of bars that only the store has.
    pub stored: BTreeSet<(Timeframe, UnixMs)>,
}

impl InstrumentBars {
    /// Goes on from what the store holds.
    #[must_use]
    pub fn resume(held: Resumed) -> Self {
        let mut builder = CandleBuilder::new(held.precision, DEFAULT_GRACE_MS);
        builder.resume(held.bars);
        Self {
            builder,
            ids: TradeIds::after(held.newest_trade),
            holes: VecDeque::new(),
            began_with_trades: held.newest_trade.is_some(),
            changes: Vec::new(),
            holed: false,
        }
    }

    /// Whether trades turned out to be missing since this was asked last.
    pub fn take_holed(&mut self) -> bool {
        std::mem::take(&mut self.holed)
    }

    /// The bars of a timeframe in memory, ascending, with their true origin.
    pub fn bars(&self, timeframe: Timeframe) -> impl DoubleEndedIterator<Item = Candle> {
        self.builder
            .bars(timeframe)
            .map(move |bar| self.judged(timeframe, bar.candle))
    }

    /// Puts better figures in the place of the open bar that they are about; whether there is
    /// such a bar. Trades to come are added to them.
    pub fn replace_open(&mut self, timeframe: Timeframe, figures: Candle) -> bool {
        let Some(open) = self
            .builder
            .bars(timeframe)
            .find(|bar| bar.candle.time == figures.time && !bar.candle.closed)
        else {
            return false;
        };
        let first = (figures.time.to_ns(), TradeId(0));
        let candle = Candle {
            closed: false,
            origin: Origin::Both,
            revision: open.candle.revision,
            ..figures
        };
        let bar = OpenBar {
            candle,
            first,
            last: open.last,
        };
        self.builder.resume([(timeframe, bar)]);
        true
    }

    /// Decimals of all bars.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.builder.precision()
    }

    /// Whether this trade was taken before.
    #[must_use]
    pub fn novelty(&self, id: TradeId) -> Novelty {
        self.ids.novelty(id)
    }

    /// Adds a new trade to its bars.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] where a bar cannot hold it; its id is remembered all the same.
    pub fn trade(
        &mut self,
        trade: &Trade,
        precision: Precision,
    ) -> Result<Changed, PrecisionOverflow> {
        if self.ids.newest().is_none() && !self.began_with_trades {
            // What traded before the first trade ever seen is not known.
            self.hole(UnixMs(i64::MIN), trade.time.to_ms());
        }
        self.ids.take(trade.id);
        let mut changes = std::mem::take(&mut self.changes);
        let outcome = self.builder.on_trade(trade, precision, &mut changes);
        let changed = self.sort_out(changes);
        outcome.map(|()| changed)
    }

    /// Exchange time moved on.
    pub fn clock(&mut self, time: UnixNs) -> Changed {
        let mut changes = std::mem::take(&mut self.changes);
        self.builder.on_clock(time, &mut changes);
        self.sort_out(changes)
    }

    /// Trades are missing from `start` to `end`; the bars that lack them.
    pub fn gap(&mut self, start: UnixMs, end: UnixMs) -> Changed {
        self.hole(start, end);
        let bars = Timeframe::STORED
            .into_iter()
            .flat_map(|timeframe| {
                self.builder
                    .bars(timeframe)
                    .map(move |bar| (timeframe, bar.candle))
            })
            .filter(|(timeframe, candle)| touches(*timeframe, candle.time, (start, end)))
            .map(|(timeframe, candle)| (timeframe, self.judged(timeframe, candle)))
            .collect();
        Changed {
            bars,
            stored: BTreeSet::new(),
        }
    }

    /// The bar with its true origin: one that lacks trades is not wholly our own.
    #[must_use]
    pub fn judged(&self, timeframe: Timeframe, mut candle: Candle) -> Candle {
        let lacks = |hole: &(UnixMs, UnixMs)| touches(timeframe, candle.time, *hole);
        if candle.origin == Origin::Trades && self.holes.iter().any(lacks) {
            candle.origin = Origin::Both;
        }
        candle
    }

    fn hole(&mut self, start: UnixMs, end: UnixMs) {
        if self.holes.len() == REMEMBERED_HOLES {
            self.holes.pop_front();
        }
        self.holes.push_back((start, end));
        self.holed = true;
    }

    fn sort_out(&mut self, mut changes: Vec<BarEvent>) -> Changed {
        let mut changed = Changed::default();
        for change in changes.drain(..) {
            match change {
                BarEvent::Changed(timeframe, candle)
                | BarEvent::Closed(timeframe, candle)
                | BarEvent::Revised(timeframe, candle) => {
                    changed
                        .bars
                        .push((timeframe, self.judged(timeframe, candle)));
                }
                BarEvent::TooLate(timeframe, open) => {
                    changed.stored.insert((timeframe, open));
                }
            }
        }
        self.changes = changes;
        changed
    }
}

fn touches(timeframe: Timeframe, open: UnixMs, (start, end): (UnixMs, UnixMs)) -> bool {
    open <= end && start < timeframe.next(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::collector::testing::{PRECISION, trade};

    fn origins(changed: &Changed) -> Vec<Origin> {
        changed
            .bars
            .iter()
            .map(|(_, candle)| candle.origin)
            .collect()
    }

    #[test]
    fn the_first_bars_ever_are_not_wholly_our_own() {
        let mut bars = InstrumentBars::resume(Resumed::default());
        let first = bars.trade(&trade(1, 90_000), PRECISION).unwrap();
        assert_eq!(origins(&first), [Origin::Both; 4]);
        // A second and a minute later, the hour and the day still lack their beginning.
        let later = bars.trade(&trade(2, 130_000), PRECISION).unwrap();
        let open: Vec<_> = later.bars.iter().filter(|(_, c)| !c.closed).collect();
        let whole: Vec<_> = open
            .iter()
            .map(|(_, c)| c.origin == Origin::Trades)
            .collect();
        assert_eq!(whole, [true, true, false, false]);
    }

    #[test]
    fn a_gap_shows_in_the_bars_that_it_touches() {
        let mut bars = InstrumentBars::resume(Resumed {
            newest_trade: Some(TradeId(1)),
            ..Resumed::default()
        });
        let whole = bars.trade(&trade(2, 90_000), PRECISION).unwrap();
        assert_eq!(origins(&whole), [Origin::Trades; 4]);
        let changed = bars.gap(UnixMs(95_000), UnixMs(125_000));
        let touched: Vec<_> = changed
            .bars
            .iter()
            .map(|(timeframe, _)| *timeframe)
            .collect();
        assert_eq!(touched, [Timeframe::M1, Timeframe::H1, Timeframe::D1]);
        assert!(
            origins(&changed)
                .iter()
                .all(|origin| *origin == Origin::Both)
        );
    }
}
