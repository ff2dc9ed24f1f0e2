//! Which sources there are: those that some rule reads.

use super::sources::{Place, Sources};
use super::{Bars, Flow, Past};
use crate::alert::operand::Reading;
use crate::model::Timeframe;

impl Sources {
    /// Makes sure that there is what a reading needs, and says where.
    pub(in crate::alert) fn want(&mut self, reading: &Reading) -> Place {
        fn place<T>(held: &mut Vec<T>, is: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
            let found = held.iter().position(is);
            found.unwrap_or_else(|| {
                held.push(new());
                held.len() - 1
            })
        }
        let clock = self.clock;
        let mut study = 0;
        let source = match reading {
            Reading::Last | Reading::Silence(_) => 0,
            Reading::Book { .. } => {
                self.book.get_or_insert_default();
                0
            }
            Reading::Bar { timeframe, .. } | Reading::Study { timeframe, .. } => place(
                &mut self.bars,
                |bars| bars.timeframe() == *timeframe,
                || Bars::new(*timeframe),
            ),
            Reading::Flow { window_s, .. } => place(
                &mut self.flows,
                |flow| flow.window_s() == *window_s,
                || Flow::new(*window_s, clock),
            ),
            Reading::Change { lookback_s } => place(
                &mut self.pasts,
                |past| past.lookback_s() == *lookback_s,
                || Past::new(*lookback_s, clock),
            ),
        };
        if let Reading::Study { params, .. } = reading {
            study = self.bars[source].study(params, self.precision);
        }
        Place { source, study }
    }

    /// Makes sure that there are bars to close.
    pub(in crate::alert) fn want_bars(&mut self, timeframe: Timeframe) {
        if !self.bars.iter().any(|bars| bars.timeframe() == timeframe) {
            self.bars.push(Bars::new(timeframe));
        }
    }

    /// Forgets what none of these needs. Places are others afterwards.
    pub(in crate::alert) fn keep(&mut self, readings: &[&Reading], closes: &[Timeframe]) {
        let any = |is: &dyn Fn(&Reading) -> bool| readings.iter().any(|reading| is(reading));
        if !any(&|reading| matches!(reading, Reading::Book { .. })) {
            self.book = None;
        }
        self.flows.retain(|flow| {
            any(&|reading| matches!(reading, Reading::Flow { window_s, .. } if *window_s == flow.window_s()))
        });
        self.pasts.retain(|past| {
            any(&|reading| matches!(reading, Reading::Change { lookback_s } if *lookback_s == past.lookback_s()))
        });
        self.bars.retain(|bars| {
            let of = bars.timeframe();
            closes.contains(&of)
                || any(&|reading| match reading {
                    Reading::Bar { timeframe, .. } | Reading::Study { timeframe, .. } => {
                        *timeframe == of
                    }
                    _ => false,
                })
        });
        for bars in &mut self.bars {
            let of = bars.timeframe();
            bars.keep_studies(|held| {
                any(&|reading| matches!(reading, Reading::Study { timeframe, params, .. } if *timeframe == of && params == held))
            });
        }
    }
}
