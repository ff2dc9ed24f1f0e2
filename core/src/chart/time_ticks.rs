//! Which bars the time axis names: the first bar of each minute, hour, day, month … of the
//! shown zone, as fine as there is room.
//!
//! Whether a bar is named depends on its time, on the zoom and on its neighbours, never on where
//! the viewport stands: labels travel with their bars while one pans.

use crate::model::{CivilDate, Timeframe, UnixMs};

use super::axis::TimeAxis;
use super::format;
use super::series::Series;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The largest unit that changes between a bar and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeWeight {
    /// Within a day.
    Time,
    /// Another day.
    Day,
    /// Another month.
    Month,
    /// Another year.
    Year,
}

/// A bar that the axis names.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeTick {
    /// The bar.
    pub index: i64,
    /// Its middle, CSS pixels from the plot's left edge.
    pub x: f64,
    /// `12:30`, `23 Nov`, `Nov`, `2026`.
    pub label: String,
    /// What the label stands for; days and above may be drawn stronger.
    pub weight: TimeWeight,
}

/// From one label to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Milliseconds that divide a day.
    Ms(i64),
    /// Days of a month, from the 1st; the last of a month may be longer, never shorter.
    Days(u8),
    /// Months that divide a year.
    Months(u8),
    /// Years.
    Years(i32),
}

const STEPS: [Step; 28] = [
    Step::Ms(1_000),
    Step::Ms(5_000),
    Step::Ms(10_000),
    Step::Ms(15_000),
    Step::Ms(30_000),
    Step::Ms(MINUTE),
    Step::Ms(5 * MINUTE),
    Step::Ms(10 * MINUTE),
    Step::Ms(15 * MINUTE),
    Step::Ms(30 * MINUTE),
    Step::Ms(HOUR),
    Step::Ms(2 * HOUR),
    Step::Ms(3 * HOUR),
    Step::Ms(4 * HOUR),
    Step::Ms(6 * HOUR),
    Step::Ms(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(4),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
];

impl Step {
    /// The shortest it can be.
    fn least_ms(self) -> i64 {
        match self {
            Self::Ms(ms) => ms,
            Self::Days(days) => i64::from(days) * DAY,
            Self::Months(months) => i64::from(months) * 30 * DAY - 2 * DAY,
            Self::Years(years) => i64::from(years) * 365 * DAY,
        }
    }

    fn suits(self, timeframe: Timeframe) -> bool {
        let width = timeframe.nominal_ms();
        match self {
            Self::Ms(ms) => ms >= width && ms % width == 0,
            Self::Months(_) if timeframe == Timeframe::Month1 => true,
            _ => self.least_ms() >= width,
        }
    }

    /// How many bars lie between two labels at least, where trading never paused.
    fn least_bars(self, timeframe: Timeframe) -> i64 {
        match (self, timeframe) {
            (Self::Months(months), Timeframe::Month1) => i64::from(months),
            (Self::Years(years), Timeframe::Month1) => i64::from(years) * 12,
            _ => self.least_ms() / timeframe.nominal_ms(),
        }
    }

    /// The finest step whose labels are at least `bars` bars apart.
    fn choose(timeframe: Timeframe, bars: f64) -> Self {
        STEPS
            .into_iter()
            .find(|step| step.suits(timeframe) && step.least_bars(timeframe) as f64 >= bars)
            .unwrap_or(STEPS[STEPS.len() - 1])
    }

    /// The boundary at or before a local time.
    fn floor(self, local: i64) -> i64 {
        let date = || CivilDate::from_days(local.div_euclid(DAY));
        match self {
            Self::Ms(ms) => local.div_euclid(ms) * ms,
            Self::Days(step) => {
                let date = date();
                let part = ((date.day - 1) / step).min(last_part(step));
                days_ms(CivilDate {
                    day: part * step + 1,
                    ..date
                })
            }
            Self::Months(step) => {
                let date = date();
                let month = (date.month - 1) / step * step + 1;
                days_ms(CivilDate {
                    month,
                    day: 1,
                    ..date
                })
            }
            Self::Years(step) => {
                let year = date().year.div_euclid(step) * step;
                days_ms(CivilDate {
                    year,
                    month: 1,
                    day: 1,
                })
            }
        }
    }

    /// The boundary after a local time.
    fn next(self, local: i64) -> i64 {
        let floor = self.floor(local);
        let date = CivilDate::from_days(floor.div_euclid(DAY));
        match self {
            Self::Ms(ms) => floor + ms,
            Self::Days(step) if (date.day - 1) / step >= last_part(step) => {
                days_ms(date.first_of_next_month())
            }
            Self::Days(step) => {
                let next = floor + i64::from(step) * DAY;
                // February ends before the last part of a finer step begins.
                next.min(days_ms(date.first_of_next_month()))
            }
            Self::Months(step) => {
                let next = (0..step).fold(date, |date, _| date.first_of_next_month());
                days_ms(next)
            }
            Self::Years(step) => days_ms(CivilDate {
                year: date.year + step,
                ..date
            }),
        }
    }
}

/// Number of the last part of a month of 28 days or more that is at least `step` days long.
fn last_part(step: u8) -> u8 {
    28 / step - 1 + u8::from(step == 1) * 3
}

fn days_ms(date: CivilDate) -> i64 {
    date.to_days() * DAY
}

/// The zone's local time of an instant.
fn local(time: UnixMs, offset_ms: &dyn Fn(UnixMs) -> i64) -> i64 {
    time.0 + offset_ms(time)
}

/// The instant of a local time near `near`. Twice, because the offset may change in between.
fn to_utc(local: i64, near: UnixMs, offset_ms: &dyn Fn(UnixMs) -> i64) -> UnixMs {
    let guess = UnixMs(local - offset_ms(near));
    UnixMs(local - offset_ms(guess))
}

/// The bars to name, from left to right, at least `min_gap` CSS pixels apart. `offset_ms` says
/// how far the shown zone is ahead of UTC at an instant. `out` is reused.
pub fn time_ticks(
    series: &Series,
    axis: &TimeAxis,
    timeframe: Timeframe,
    min_gap: f64,
    offset_ms: &dyn Fn(UnixMs) -> i64,
    out: &mut Vec<TimeTick>,
) {
    out.clear();
    let Some(bounds) = series.bounds() else {
        return;
    };
    let gap = min_gap / axis.spacing();
    let mut ranks = Vec::new();
    let step = Step::choose(timeframe, gap);
    // Labels stick out of the view by a gap, and neighbours a gap further decide about them.
    let reach = 2 * (gap.ceil() as i64 + 1);
    let visible = axis.visible();
    let mut at = (visible.start - reach).max(bounds.first);
    let end = (visible.end + reach).min(bounds.last + 1);
    let mut boundary = series
        .bar(at)
        .map(|bar| step.floor(local(bar.time, offset_ms)));
    let mut near = series.bar(at).map_or(UnixMs(0), |bar| bar.time);
    while let Some(opens) = boundary {
        let utc = to_utc(opens, near, offset_ms);
        at = series.index_at_or_after(utc);
        if at >= end {
            break;
        }
        let Some(bar) = series.bar(at) else { break };
        near = bar.time;
        boundary = Some(step.next(local(bar.time, offset_ms)));
        // Of the oldest bar it is not known whether a boundary lies before it, unless it is one.
        if at == bounds.first && bar.time != utc {
            continue;
        }
        if out.last().is_some_and(|tick| tick.index == at) {
            continue;
        }
        let this = local(bar.time, offset_ms);
        let before = series
            .bar(at - 1)
            .map_or(this - 1, |bar| local(bar.time, offset_ms));
        let weight = weight_between(before, this);
        ranks.push((at, rank_between(before, this)));
        out.push(TimeTick {
            index: at,
            x: axis.x(at as f64),
            label: label(UnixMs(this), weight, step),
            weight,
        });
    }
    drop_crowded(out, &ranks, gap);
    out.retain(|tick| (-min_gap..=axis.width() + min_gap).contains(&tick.x));
}

/// Where bars are missing, boundaries crowd: of two labels that are closer than `gap` bars the
/// one on the coarser boundary stays, of equal ones the earlier. Each is judged by its neighbours
/// alone, so that the verdict does not depend on the viewport.
fn drop_crowded(ticks: &mut Vec<TimeTick>, ranks: &[(i64, usize)], gap: f64) {
    let mut at = 0;
    ticks.retain(|tick| {
        let rank = ranks[at].1;
        let near = |other: &&(i64, usize)| ((other.0 - tick.index).abs() as f64) < gap;
        let mut before = ranks[..at].iter().rev().take_while(near);
        let mut after = ranks[at + 1..].iter().take_while(near);
        let beaten = before.any(|other| other.1 >= rank) || after.any(|other| other.1 > rank);
        at += 1;
        !beaten
    });
}

/// The coarsest step that has a boundary between two local times.
fn rank_between(before: i64, this: i64) -> usize {
    STEPS
        .iter()
        .rposition(|step| step.floor(before) != step.floor(this))
        .unwrap_or(0)
}

fn weight_between(before: i64, this: i64) -> TimeWeight {
    let date = |local: i64| CivilDate::from_days(local.div_euclid(DAY));
    let (before, this) = (date(before), date(this));
    if before.year != this.year {
        TimeWeight::Year
    } else if before.month != this.month {
        TimeWeight::Month
    } else if before.day != this.day {
        TimeWeight::Day
    } else {
        TimeWeight::Time
    }
}

fn label(local: UnixMs, weight: TimeWeight, step: Step) -> String {
    match weight {
        TimeWeight::Year => local.civil().0.year.to_string(),
        TimeWeight::Month if matches!(step, Step::Ms(_)) => format::day(local),
        TimeWeight::Month => format::month(local).to_owned(),
        TimeWeight::Day => format::day(local),
        TimeWeight::Time if step.least_ms() < MINUTE => format::clock(local),
        TimeWeight::Time => format::hour_minute(local),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::{bar, minutes};
    use crate::chart::{Bounds, PixelSnap};
    use crate::model::Precision;
    use proptest::prelude::*;

    const UTC: fn(UnixMs) -> i64 = |_| 0;
    const GAP: f64 = 100.0;

    fn axis_over(series: &Series, width: f64) -> TimeAxis {
        let mut axis = TimeAxis::new(width, PixelSnap::new(1.0));
        axis.set_bounds(series.bounds());
        axis
    }

    fn labels(
        series: &Series,
        axis: &TimeAxis,
        timeframe: Timeframe,
        zone: &dyn Fn(UnixMs) -> i64,
    ) -> Vec<String> {
        let mut ticks = Vec::new();
        time_ticks(series, axis, timeframe, GAP, zone, &mut ticks);
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    fn every(timeframe: Timeframe, from: &str, count: usize) -> Series {
        let mut time = UnixMs::parse(from).expect("a time");
        let mut series = Series::new(Precision::default());
        series.merge((0..count).map(|_| {
            let bar = bar(time.0);
            time = timeframe.next(time);
            bar
        }));
        series
    }

    #[test]
    fn quarters_of_an_hour_at_rest() {
        let series = minutes(0..90);
        let axis = axis_over(&series, 900.0);
        assert_eq!(
            labels(&series, &axis, Timeframe::M1, &UTC),
            ["12:00", "12:15", "12:30", "12:45", "13:00", "13:15"]
        );
        let plus_5_45 = |_| 20_700_000;
        assert_eq!(
            labels(&series, &axis, Timeframe::M1, &plus_5_45)[1],
            "18:00"
        );
    }

    #[test]
    fn boundaries_show_what_changes() {
        for (timeframe, from, count, spacing, expected) in [
            (
                Timeframe::M1,
                "2026-11-22T23:30:00Z",
                60,
                10.0,
                vec!["23:30", "23:40", "23:50", "23 Nov", "00:10", "00:20"],
            ),
            (
                Timeframe::S5,
                "2026-11-22T23:59:00Z",
                24,
                25.0,
                vec!["23:59:00", "23:59:30", "23 Nov", "00:00:30"],
            ),
            (
                Timeframe::D1,
                "2026-10-20T00:00:00Z",
                90,
                8.0,
                vec!["Nov", "15 Nov", "Dec", "15 Dec", "2027", "15 Jan"],
            ),
            (
                Timeframe::W1,
                "2025-09-01T00:00:00Z",
                70,
                9.0,
                vec!["Oct", "2026", "Apr", "Jul", "Oct"],
            ),
            (
                Timeframe::Month1,
                "2019-01-01T00:00:00Z",
                60,
                9.0,
                vec!["2019", "2020", "2021", "2022", "2023"],
            ),
            (
                Timeframe::M1,
                "2026-12-31T20:00:00Z",
                600,
                1.0,
                vec!["20:00", "22:00", "2027", "02:00", "04:00"],
            ),
        ] {
            let series = every(timeframe, from, count);
            let mut axis = axis_over(&series, 2_000.0);
            let last = series.bounds().map_or(0, |bounds| bounds.last) as f64;
            axis.show(last - 2_000.0 / spacing, last);
            assert_eq!(
                labels(&series, &axis, timeframe, &UTC),
                expected,
                "{timeframe} {from}"
            );
        }
    }

    #[test]
    fn an_hour_that_happens_twice_is_named_once() {
        // Clocks go back from 03:00 to 02:00 at 01:00 UTC.
        let change = UnixMs::parse("2026-10-25T01:00:00Z").expect("a time");
        let zone = move |time: UnixMs| if time < change { 2 * HOUR } else { HOUR };
        let series = every(Timeframe::M5, "2026-10-24T22:00:00Z", 96);
        let mut axis = axis_over(&series, 900.0);
        axis.show(-1.0, 96.0);
        let labels = labels(&series, &axis, Timeframe::M5, &zone);
        assert_eq!(labels[0], "25 Oct");
        assert!(labels.contains(&"04:00".to_owned()), "{labels:?}");
    }

    #[test]
    fn a_pause_in_trading_does_not_crowd_the_labels() {
        let mut series = minutes(0..40);
        series.merge((1..30).map(|hour| crate::chart::fixture::minute(40 + hour * 60)));
        let mut ticks = Vec::new();
        let axis = axis_over(&series, 900.0);
        time_ticks(&series, &axis, Timeframe::M1, GAP, &UTC, &mut ticks);
        assert!(
            ticks
                .windows(2)
                .all(|pair| pair[1].x - pair[0].x >= GAP - 1e-6),
            "{ticks:?}"
        );
        assert!(ticks.iter().any(|tick| tick.label == "24 Nov"), "{ticks:?}");
    }

    #[test]
    fn an_empty_series_has_no_labels() {
        let series = Series::new(Precision::default());
        assert!(labels(&series, &axis_over(&series, 900.0), Timeframe::M1, &UTC).is_empty());
    }

    proptest! {
        #[test]
        fn boundaries_nest(ms in 0_i64..4_000_000_000_000, at in 0..STEPS.len()) {
            let step = STEPS[at];
            let floor = step.floor(ms);
            prop_assert!(floor <= ms && ms < step.next(ms));
            prop_assert_eq!(step.floor(floor), floor);
            prop_assert!(step.next(ms) - floor >= step.least_ms(), "{:?}", step);
        }

        #[test]
        fn labels_travel_with_their_bars(spacing in 0.4_f64..60.0, pan in 0.0_f64..4_000.0, by in -800.0_f64..800.0, holes in 0_usize..4) {
            let mut series = minutes(0..3_000);
            for hole in 0..holes as i64 {
                series.merge((0..50).map(|n| crate::chart::fixture::minute(5_000 + hole * 700 + n * 13)));
            }
            let last = series.bounds().unwrap_or(Bounds { first: 0, last: 0 }).last as f64;
            let mut axis = axis_over(&series, 900.0);
            axis.show(last - 900.0 / spacing, last);
            axis.pan_by(pan);
            let (mut before, mut after) = (Vec::new(), Vec::new());
            time_ticks(&series, &axis, Timeframe::M1, GAP, &UTC, &mut before);
            let x = axis.x(0.0);
            axis.pan_by(by);
            let moved = axis.x(0.0) - x;
            time_ticks(&series, &axis, Timeframe::M1, GAP, &UTC, &mut after);
            for pair in after.windows(2) {
                prop_assert!(pair[1].x - pair[0].x >= GAP - 1e-6);
            }
            for tick in &before {
                let stays = tick.x + moved;
                if (0.0..=900.0).contains(&stays) {
                    let same = after.iter().find(|other| other.index == tick.index);
                    prop_assert_eq!(same.map(|t| &t.label), Some(&tick.label));
                }
            }
        }
    }
}
