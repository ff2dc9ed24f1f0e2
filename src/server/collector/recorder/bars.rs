//! What the recorder knows of one instrument: which trades it has taken, its open bars, and where
//! its trades are incomplete. Pure; what only the store knows is given when it is made.

use std::collections::{BTreeSet, VecDeque};

use tradesuite_core::market::{
    BarEvent, CandleBuilder, DEFAULT_GRACE_MS, Novelty, OpenBar, PrecisionOverflow, TradeIds,
    TradeKey,
};
use tradesuite_core::model::{
    Candle, Origin, Precision, Timeframe, Trade, TradeId, UnixMs, UnixNs,
};

use super::lack::Lack;

/// Stretches of missing trades remembered; bars older than these are closed and stored long ago.
const REMEMBERED_HOLES: usize = 32;

/// Bars of one instrument.
#[derive(Debug)]
pub struct InstrumentBars {
    builder: CandleBuilder,
    ids: TradeIds,
    /// Where trades are missing, both ends inclusive.
    holes: VecDeque<(UnixMs, UnixMs)>,
    /// Since when trades are missing, and why: the next one ends it.
    open_gap: Option<(UnixMs, String)>,
    /// Time of the newest trade that the store had when this began, if it had any.
    held_until: Option<UnixMs>,
    changes: Vec<BarEvent>,
    /// What turned out to be missing since this was asked last.
    lack: Option<Lack>,
    /// Newest exchange time heard.
    heard: UnixNs,
}

/// What the store holds of an instrument when the recorder meets it.
#[derive(Debug, Default)]
pub struct Resumed {
    /// Decimals of the bars.
    pub precision: Precision,
    /// Bars still open, or the newest one where none is.
    pub bars: Vec<(Timeframe, OpenBar)>,
    /// Newest trade, and the time up to which there are some.
    pub newest_trade: Option<(TradeId, UnixMs)>,
    /// Since when trades are missing, and why.
    pub open_gap: Option<(UnixMs, String)>,
    /// Where trades are missing that may be fetched while these bars are in memory, both ends
    /// inclusive: a bar that begins in there would else pass for a whole one.
    pub holes: Vec<(UnixMs, UnixMs)>,
}

/// Bars that changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// As they are now.
    pub bars: Vec<(Timeframe, Candle)>,
    /// Opening times of bars that only the store has.
    pub stored: BTreeSet<(Timeframe, UnixMs)>,
}

impl Changed {
    /// A bar is to be made from all trades of the store, whatever memory makes of it.
    pub fn leave_to_store(&mut self, timeframe: Timeframe, open: UnixMs) {
        self.bars
            .retain(|(frame, bar)| (*frame, bar.time) != (timeframe, open));
        self.stored.insert((timeframe, open));
    }
}

impl InstrumentBars {
    /// Goes on from what the store holds.
    #[must_use]
    pub fn resume(held: Resumed) -> Self {
        let mut builder = CandleBuilder::new(held.precision, DEFAULT_GRACE_MS);
        builder.resume(held.bars);
        let open = (held.open_gap.as_ref()).map(|(start, _)| (*start, UnixMs(i64::MAX)));
        let mut bars = Self {
            builder,
            ids: TradeIds::after(held.newest_trade.map(|(id, _)| id)),
            holes: VecDeque::new(),
            open_gap: held.open_gap,
            held_until: held.newest_trade.map(|(_, time)| time),
            changes: Vec::new(),
            lack: None,
            heard: UnixNs::default(),
        };
        for (start, end) in held.holes.into_iter().chain(open) {
            bars.hole(start, end);
        }
        bars
    }

    /// What turned out to be missing since this was asked last.
    pub fn take_lack(&mut self) -> Option<Lack> {
        self.lack.take()
    }

    /// This is missing, to be asked for again.
    pub fn lacks(&mut self, lack: Lack) {
        self.lack = Some(lack.and(self.lack));
    }

    /// Since when trades are missing, where nothing has ended that yet.
    pub fn open_since(&self) -> Option<UnixMs> {
        self.open_gap.as_ref().map(|(start, _)| *start)
    }

    /// The gap that trades going on have ended.
    pub fn take_open_gap(&mut self) -> Option<(UnixMs, String)> {
        self.open_gap.take()
    }

    /// Something of that time was heard.
    pub fn hear(&mut self, time: UnixNs) {
        self.heard = self.heard.max(time);
    }

    /// Whether nothing was heard since then and no bar is open: the store knows as much.
    #[must_use]
    pub fn is_idle(&self, since: UnixNs) -> bool {
        self.heard < since
            && self.lack.is_none()
            && Timeframe::STORED
                .into_iter()
                .all(|timeframe| self.builder.bars(timeframe).all(|bar| bar.candle.closed))
    }

    /// The bars of a timeframe in memory, ascending, with their true origin.
    pub fn bars(&self, timeframe: Timeframe) -> impl DoubleEndedIterator<Item = Candle> {
        self.builder
            .bars(timeframe)
            .map(move |bar| self.judged(timeframe, bar.candle))
    }

    /// Puts better figures in the place of the open bar that they are about; whether there is
    /// such a bar. Trades to come are added to them; one from before `first` opens the bar.
    pub fn replace_open(&mut self, timeframe: Timeframe, figures: Candle, first: TradeKey) -> bool {
        let Some(open) = self
            .builder
            .bars(timeframe)
            .find(|bar| bar.candle.time == figures.time && !bar.candle.closed)
        else {
            return false;
        };
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

    /// The bar in memory that opens then, as it was built.
    #[must_use]
    pub fn bar(&self, timeframe: Timeframe, open: UnixMs) -> Option<Candle> {
        self.open_bar(timeframe, open).map(|bar| bar.candle)
    }

    /// The same, with the keys of its first and last trade.
    #[must_use]
    pub fn open_bar(&self, timeframe: Timeframe, open: UnixMs) -> Option<OpenBar> {
        let mut bars = self.builder.bars(timeframe);
        bars.find(|bar| bar.candle.time == open).copied()
    }

    /// Puts a bar made from all its trades in the place of the one in memory, if there is one.
    pub fn replace(&mut self, timeframe: Timeframe, made: OpenBar, precision: Precision) {
        if self.bar(timeframe, made.candle.time).is_some()
            && let Some(bar) = made.rescaled(precision, self.precision())
        {
            self.builder.resume([(timeframe, bar)]);
        }
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
        self.trade_beside(trade, precision, |_| false)
    }

    /// Adds a new trade, but leaves the bars that may have it already as they are, to be made anew.
    ///
    /// # Errors
    /// As [`InstrumentBars::trade`].
    pub(super) fn trade_beside(
        &mut self,
        trade: &Trade,
        precision: Precision,
        may_have: impl Fn(&Candle) -> bool,
    ) -> Result<Changed, PrecisionOverflow> {
        if self.ids.newest().is_none() && self.held_until.is_none() {
            self.begins_at(trade.time.to_ms());
        }
        self.ids.take(trade.id);
        let begun = self.begun_anew(trade.time.to_ms());
        let mut changes = std::mem::take(&mut self.changes);
        let outcome = self
            .builder
            .on_old_trade(trade, precision, may_have, &mut changes);
        let mut changed = self.sort_out(changes);
        outcome?;
        for (timeframe, open) in begun {
            changed.leave_to_store(timeframe, open);
            self.mark_mixed(timeframe, open);
        }
        Ok(changed)
    }

    /// What traded before the first trade ever seen is not known.
    pub fn begins_at(&mut self, first: UnixMs) {
        self.hole(UnixMs(i64::MIN), first);
        self.lacks(Lack {
            beginning: true,
            between: None,
        });
    }

    /// Bars that a trade would begin, although the store may have trades of theirs: those whose
    /// place a bar of the venue has taken. They are to be made anew from all trades.
    fn begun_anew(&self, time: UnixMs) -> Vec<(Timeframe, UnixMs)> {
        let Some(held_until) = self.held_until else {
            return Vec::new();
        };
        Timeframe::STORED
            .into_iter()
            .map(|timeframe| (timeframe, timeframe.floor(time)))
            .filter(|(_, open)| *open <= held_until)
            .filter(|(timeframe, open)| self.bar(*timeframe, *open).is_none())
            .collect()
    }

    /// An open bar that has only the newest of its trades: it says so.
    pub fn mark_mixed(&mut self, timeframe: Timeframe, open: UnixMs) {
        if let Some(mut bar) = self.open_bar(timeframe, open) {
            bar.candle.origin = Origin::Both;
            self.builder.resume([(timeframe, bar)]);
        }
    }

    /// Exchange time moved on.
    pub fn clock(&mut self, time: UnixNs) -> Changed {
        let mut changes = std::mem::take(&mut self.changes);
        self.builder.on_clock(time, &mut changes);
        self.sort_out(changes)
    }

    /// Trades are missing from `start` to `end`, or for as long as none comes; the bars that lack
    /// them.
    pub fn gap(&mut self, start: UnixMs, end: Option<UnixMs>, reason: &str) -> Changed {
        if end.is_none() {
            self.open_gap = Some((start, reason.to_owned()));
        }
        let hole = (start, end.unwrap_or(UnixMs(i64::MAX)));
        if !self.holes.contains(&hole) {
            self.holes.retain(|held| held.0 != start);
            self.hole(hole.0, hole.1);
            self.lacks(Lack::gap(hole.0, hole.1));
        }
        Changed {
            bars: self.touched(hole),
            stored: BTreeSet::new(),
        }
    }

    /// Trades are held from `start` to `end` now; whether the first one ever seen was at that end,
    /// so that they reach back further than it.
    pub fn begins_earlier(&mut self, start: UnixMs, end: UnixMs) -> bool {
        let is_beginning =
            |hole: &&mut (UnixMs, UnixMs)| hole.0 == UnixMs(i64::MIN) && hole.1 == end;
        let beginning = self.holes.iter_mut().find(is_beginning);
        beginning.is_some_and(|hole| {
            hole.1 = UnixMs(start.0 - 1);
            true
        })
    }

    /// What was missing from `start` to `end` is held now; the bars that lacked it.
    pub fn filled(&mut self, start: UnixMs, end: UnixMs) -> Changed {
        self.holes.retain(|held| held.0 != start);
        let mut changed = Changed::default();
        for (timeframe, candle) in self.touched((start, end)) {
            let own = self.bar(timeframe, candle.time);
            if own.is_some_and(|bar| bar.origin == Origin::Trades) {
                changed.bars.push((timeframe, candle));
            } else {
                changed.stored.insert((timeframe, candle.time));
            }
        }
        for timeframe in Timeframe::STORED {
            for open in [start, end].map(|edge| timeframe.floor(edge)) {
                if self.bar(timeframe, open).is_none() {
                    changed.stored.insert((timeframe, open));
                }
            }
        }
        changed
    }

    /// The bars in memory that a stretch touches, as they are judged now.
    fn touched(&self, stretch: (UnixMs, UnixMs)) -> Vec<(Timeframe, Candle)> {
        Timeframe::STORED
            .into_iter()
            .flat_map(|timeframe| {
                self.builder
                    .bars(timeframe)
                    .map(move |bar| (timeframe, bar.candle))
            })
            .filter(|(timeframe, candle)| touches(*timeframe, candle.time, stretch))
            .map(|(timeframe, candle)| (timeframe, self.judged(timeframe, candle)))
            .collect()
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

/// Whether a bar lies in a stretch, at least in part; both ends inclusive.
pub fn touches(timeframe: Timeframe, open: UnixMs, (start, end): (UnixMs, UnixMs)) -> bool {
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
            newest_trade: Some((TradeId(1), UnixMs(-1))),
            ..Resumed::default()
        });
        let whole = bars.trade(&trade(2, 90_000), PRECISION).unwrap();
        assert_eq!(origins(&whole), [Origin::Trades; 4]);
        let changed = bars.gap(UnixMs(95_000), Some(UnixMs(125_000)), "a hole");
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
