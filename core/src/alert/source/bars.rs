//! The newest bars of one timeframe, made of trades in whatever order they come, and the
//! indicators over them.
//!
//! A bar is settled when [`HELD_BARS`] newer ones are held: only then do indicators take it for
//! good. A trade that is late by less than that revises its bar, and the indicators are carried on
//! from the last settled bar; one that is later still changes no bar, and is counted. So values
//! never depend on the order in which trades arrived, as long as no trade is too late.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::indicator::{IndicatorState, Ohlcv, Params, SavedIndicator};
use crate::market::OpenBar;
use crate::model::{Candle, Precision, Timeframe, Trade, UnixMs, UnixNs};

/// Bars that may still change. With bars of a second and a grace of two, three of them are open.
pub(in crate::alert) const HELD_BARS: usize = 6;

/// Bars of one timeframe.
#[derive(Clone)]
pub(in crate::alert) struct Bars {
    timeframe: Timeframe,
    /// Ascending, at most [`HELD_BARS`].
    held: VecDeque<OpenBar>,
    /// Bars that open earlier are settled.
    start: UnixMs,
    /// Trades that came too late for their bar.
    too_late: u64,
    studies: Vec<Study>,
}

#[derive(Clone)]
struct Study {
    params: Params,
    /// Knows the settled bars.
    settled: IndicatorState,
    /// Knows all bars.
    live: IndicatorState,
}

/// What is kept of [`Bars`].
#[derive(Serialize, Deserialize)]
pub(in crate::alert) struct SavedBars {
    pub(in crate::alert) timeframe: Timeframe,
    held: VecDeque<OpenBar>,
    start: UnixMs,
    too_late: u64,
    /// By the indicator and its parameters.
    studies: Vec<(String, SavedIndicator)>,
}

fn key(params: &Params) -> String {
    format!("{} {}", params.spec().id, params.to_json())
}

impl Bars {
    pub(in crate::alert) fn new(timeframe: Timeframe) -> Self {
        Self {
            timeframe,
            held: VecDeque::new(),
            start: UnixMs(i64::MIN),
            too_late: 0,
            studies: Vec::new(),
        }
    }

    pub(in crate::alert) fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    pub(in crate::alert) fn too_late(&self) -> u64 {
        self.too_late
    }

    /// Place of the indicator, which is added where it is not there: it then knows the bars held.
    pub(in crate::alert) fn study(&mut self, params: &Params, precision: Precision) -> usize {
        let found = self
            .studies
            .iter()
            .position(|study| study.params == *params);
        found.unwrap_or_else(|| {
            let mut study = Study {
                params: params.clone(),
                settled: IndicatorState::new(params),
                live: IndicatorState::new(params),
            };
            study.carry_on(&self.held, precision);
            self.studies.push(study);
            self.studies.len() - 1
        })
    }

    /// Forgets the indicators that nobody reads.
    pub(in crate::alert) fn keep_studies(&mut self, wanted: impl Fn(&Params) -> bool) {
        self.studies.retain(|study| wanted(&study.params));
    }

    /// The oldest bar whose end, and the grace after it, exchange time has passed, is closed now.
    pub(in crate::alert) fn close_next(&mut self, clock: UnixNs, grace_ms: i64) -> Option<usize> {
        let over = |bar: &OpenBar| {
            let end = self.timeframe.next(bar.candle.time).0;
            end.saturating_add(grace_ms) <= clock.to_ms().0
        };
        let place = self
            .held
            .iter()
            .position(|bar| !bar.candle.closed && over(bar))?;
        self.held[place].candle.closed = true;
        Some(place)
    }

    /// Adds a trade at the bars' precision to its bar.
    pub(in crate::alert) fn add(
        &mut self,
        trade: &Trade,
        clock: UnixNs,
        grace_ms: i64,
        precision: Precision,
    ) {
        let open = self.timeframe.floor(trade.time.to_ms());
        let place = self.held.iter().rposition(|bar| bar.candle.time <= open);
        let before_all = place.is_none() && self.held.len() == HELD_BARS;
        if open < self.start || before_all {
            self.too_late += 1;
            return;
        }
        let newest = self.held.len().wrapping_sub(1);
        match place {
            Some(at) if self.held[at].candle.time == open => {
                self.held[at].add(trade);
                if at == newest {
                    let bar = Ohlcv::from_candle(&self.held[at].candle, precision);
                    self.studies
                        .iter_mut()
                        .for_each(|study| study.live.revise_last(bar));
                } else {
                    self.carry_on(precision);
                }
            }
            _ => {
                let mut bar = OpenBar::from_trade(open, trade);
                // It is made after its end: nobody waits for it to close.
                let end = self.timeframe.next(open).0;
                bar.candle.closed = end.saturating_add(grace_ms) <= clock.to_ms().0;
                let at = place.map_or(0, |before| before + 1);
                let is_newest = at == self.held.len();
                self.held.insert(at, bar);
                if is_newest {
                    let bar = Ohlcv::from_candle(&bar.candle, precision);
                    self.studies
                        .iter_mut()
                        .for_each(|study| study.live.push(bar));
                }
                self.settle(precision);
                if !is_newest {
                    self.carry_on(precision);
                }
            }
        }
    }

    fn settle(&mut self, precision: Precision) {
        while self.held.len() > HELD_BARS {
            let Some(bar) = self.held.pop_front() else {
                return;
            };
            self.start = self.timeframe.next(bar.candle.time);
            let bar = Ohlcv::from_candle(&bar.candle, precision);
            self.studies
                .iter_mut()
                .for_each(|study| study.settled.push(bar));
        }
    }

    fn carry_on(&mut self, precision: Precision) {
        let held = &self.held;
        self.studies
            .iter_mut()
            .for_each(|study| study.carry_on(held, precision));
    }

    /// Starts again from history, ascending, the newest bar perhaps still open. It takes the place
    /// of all bars held from before the newest that it has.
    pub(in crate::alert) fn warm(&mut self, history: &[Candle], precision: Precision) {
        let Some(newest) = history.last().map(|bar| bar.time) else {
            return;
        };
        let later = self.held.iter().filter(|bar| bar.candle.time > newest);
        let later: Vec<OpenBar> = later.copied().collect();
        for study in &mut self.studies {
            study.settled = IndicatorState::new(&study.params);
        }
        self.held.clear();
        self.start = UnixMs(i64::MIN);
        let bars = history.iter().map(|candle| OpenBar::from_candle(*candle));
        for bar in bars.chain(later) {
            self.held.push_back(bar);
            self.settle(precision);
        }
        self.carry_on(precision);
    }

    /// The bar that is so many before the newest, or before the one at a place.
    pub(in crate::alert) fn bar(&self, ago: u8, as_of: Option<usize>) -> Option<&Candle> {
        let newest = as_of.or_else(|| self.held.len().checked_sub(1))?;
        let place = newest.checked_sub(ago.into())?;
        self.held.get(place).map(|bar| &bar.candle)
    }

    /// The value of an indicator at the newest bar, or at the one at a place.
    pub(in crate::alert) fn value(
        &self,
        study: usize,
        output: usize,
        as_of: Option<(usize, Precision)>,
    ) -> Option<f64> {
        let study = self.studies.get(study)?;
        match as_of {
            Some((place, precision)) if place + 1 < self.held.len() => {
                let mut state = study.settled.clone();
                for bar in self.held.iter().take(place + 1) {
                    state.push(Ohlcv::from_candle(&bar.candle, precision));
                }
                state.value(output)
            }
            _ => study.live.value(output),
        }
    }

    pub(in crate::alert) fn rescale(&mut self, from: Precision, to: Precision) -> Option<()> {
        for bar in &mut self.held {
            *bar = bar.rescaled(from, to)?;
        }
        Some(())
    }

    pub(in crate::alert) fn saved(&self) -> SavedBars {
        let studies = self.studies.iter();
        SavedBars {
            timeframe: self.timeframe,
            held: self.held.clone(),
            start: self.start,
            too_late: self.too_late,
            studies: studies
                .map(|study| (key(&study.params), study.settled.saved()))
                .collect(),
        }
    }

    /// Goes on from what was kept; indicators that were not kept know the bars held alone.
    pub(in crate::alert) fn restore(&mut self, saved: &SavedBars, precision: Precision) {
        self.held.clone_from(&saved.held);
        self.start = saved.start;
        self.too_late = saved.too_late;
        for study in &mut self.studies {
            let name = key(&study.params);
            let kept = saved.studies.iter().find(|(held, _)| *held == name);
            let kept = kept.and_then(|(_, kept)| IndicatorState::restored(&study.params, kept));
            study.settled = kept.unwrap_or_else(|| IndicatorState::new(&study.params));
        }
        self.carry_on(precision);
    }
}

impl Study {
    /// Makes the live values anew from the settled ones.
    fn carry_on(&mut self, held: &VecDeque<OpenBar>, precision: Precision) {
        self.live = self.settled.clone();
        for bar in held {
            self.live.push(Ohlcv::from_candle(&bar.candle, precision));
        }
    }
}
