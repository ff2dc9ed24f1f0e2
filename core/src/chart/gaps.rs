//! Where on a chart trades are known to be missing: columns over the bars that lack them, and ticks
//! on the time axis where a gap is narrower than a bar.

use super::axis::TimeAxis;
use super::series::Series;
use super::snap::{PixelSnap, Rect};
use crate::model::{Gap, Timeframe, UnixMs};

/// A column is at least this wide, CSS pixels: one between two bars is seen too.
const THINNEST: f64 = 3.0;
/// Gaps whose ticks would stand closer share one, CSS pixels.
const APART: f64 = 6.0;

/// Gaps narrower than a bar, as a mark on the time axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GapTick {
    /// Its middle, device pixels from the plot's left edge.
    pub x: i32,
    /// So many gaps stand here.
    pub count: usize,
    /// Place of the longest of them among all gaps.
    pub longest: usize,
}

/// Whether a gap is narrower than a bar: it says little of the bar that it lies in.
fn is_narrow(gap: &Gap, timeframe: Timeframe) -> bool {
    length_ms(gap) < timeframe.nominal_ms()
}

fn length_ms(gap: &Gap) -> i64 {
    gap.end.map_or(i64::MAX, |end| end.0 - gap.start.0)
}

/// Ticks of the gaps that are narrower than a bar, from left to right. Each stands where in its bar
/// the gap was, or between two bars where none opened then.
#[must_use]
pub fn gap_ticks(
    gaps: &[Gap],
    (series, timeframe): (&Series, Timeframe),
    axis: &TimeAxis,
    snap: PixelSnap,
) -> Vec<GapTick> {
    let Some((first, last)) = series.first().zip(series.last()) else {
        return Vec::new();
    };
    let (from, until) = (first.time, timeframe.next(last.time));
    let right = snap.px(axis.width());
    let mut places: Vec<(i32, usize)> = gaps
        .iter()
        .enumerate()
        .filter(|(_, gap)| is_narrow(gap, timeframe))
        .filter(|(_, gap)| (from..until).contains(&gap.start))
        .map(|(at, gap)| {
            let index = series.index_at_or_after(timeframe.floor(gap.start));
            let within = series.bar(index).map_or(0.0, |bar| {
                let middle = gap.start.0 + length_ms(gap) / 2 - bar.time.0;
                middle.max(0) as f64 / timeframe.nominal_ms() as f64
            });
            let x = snap.fine(axis.x(index as f64 - 0.5 + within)).round() as i32;
            (x, at)
        })
        .filter(|(x, _)| (0..right).contains(x))
        .collect();
    places.sort_unstable();
    let mut ticks: Vec<GapTick> = Vec::new();
    for (x, at) in places {
        match ticks.last_mut() {
            Some(tick) if x - tick.x < snap.px(APART) => {
                tick.count += 1;
                if length_ms(&gaps[at]) > length_ms(&gaps[tick.longest]) {
                    tick.longest = at;
                }
            }
            _ => ticks.push(GapTick {
                x,
                count: 1,
                longest: at,
            }),
        }
    }
    ticks
}

/// Columns over the bars that lack trades, whole device pixels from the plot's top left corner, from
/// left to right; those that touch are one. A gap in which no bar opened stands between its
/// neighbours, one that lasts ends with the last bar. Gaps narrower than a bar have [`gap_ticks`]
/// instead.
#[must_use]
pub fn gap_columns(
    gaps: &[Gap],
    (series, timeframe): (&Series, Timeframe),
    axis: &TimeAxis,
    (snap, height): (PixelSnap, i32),
) -> Vec<Rect> {
    let visible = axis.visible();
    let Some(bounds) = series.bounds() else {
        return Vec::new();
    };
    let shown = visible.start.max(bounds.first)..visible.end.min(bounds.last + 1);
    let (Some(first), Some(last)) = (series.bar(shown.start), series.bar(shown.end - 1)) else {
        return Vec::new();
    };
    let (from, until) = (first.time, timeframe.next(last.time));
    let is_shown = |gap: &&Gap| {
        let is_in_view = gap.start < until && gap.end.is_none_or(|end| from <= end);
        is_in_view && !is_narrow(gap, timeframe)
    };
    let mut spans: Vec<(i32, i32)> = gaps
        .iter()
        .filter(is_shown)
        .map(|gap| {
            let start = series.index_at_or_after(timeframe.floor(gap.start));
            let end = gap.end.map_or(bounds.last + 1, |end| {
                series.index_at_or_after(UnixMs(end.0 + 1))
            });
            // Where both are one, no bar lies between: the edge of two slots.
            let edge = |index: i64| snap.fine(axis.x(index as f64 - 0.5)).round() as i32;
            widened((edge(start), edge(end)), snap.px(THINNEST).max(1))
        })
        .map(|(left, right)| (left.max(0), right.min(snap.px(axis.width()))))
        .filter(|(left, right)| left < right)
        .collect();
    spans.sort_unstable();
    let mut columns: Vec<Rect> = Vec::new();
    for (left, right) in spans {
        match columns.last_mut() {
            Some(before) if left <= before.x + before.width => {
                before.width = before.width.max(right - before.x);
            }
            _ => columns.push(Rect {
                x: left,
                y: 0,
                width: right - left,
                height,
            }),
        }
    }
    columns
}

/// A span that is at least so wide, around the same middle.
fn widened((left, right): (i32, i32), least: i32) -> (i32, i32) {
    if right - left >= least {
        return (left, right);
    }
    let left = i32::midpoint(left, right) - least / 2;
    (left, left + least)
}

/// The gap that the bar opening at a time lacks trades of; the longest of several.
#[must_use]
pub fn gap_under(gaps: &[Gap], timeframe: Timeframe, open: UnixMs) -> Option<&Gap> {
    let next = timeframe.next(open);
    gaps.iter()
        .filter(|gap| gap.start < next && gap.end.is_none_or(|end| open <= end))
        .max_by_key(|gap| gap.end.map_or(i64::MAX, |end| end.0 - gap.start.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::minutes;
    use crate::model::GapKind;
    use proptest::prelude::*;

    const NOON: i64 = 1_795_435_200_000;

    /// Times in seconds after the first bar.
    fn gap(start: i64, end: Option<i64>) -> Gap {
        Gap {
            instrument: "coinbase:BTC-USD".parse().expect("an id"),
            kind: GapKind::Trades,
            start: UnixMs(NOON + start * 1_000),
            end: end.map(|end| UnixMs(NOON + end * 1_000)),
            reason: "the line was cut".to_owned(),
            filled: false,
        }
    }

    /// Ten pixels a bar, a hundred bars; the last of twenty stands at the right edge.
    fn axis(series: &Series) -> TimeAxis {
        let snap = PixelSnap::new(1.0);
        let mut axis = TimeAxis::new(1_000.0, snap);
        axis.set_bounds(series.bounds());
        axis.zoom_at(1_000.0, 10.0 / axis.spacing());
        let last = series.bounds().map_or(0, |bounds| bounds.last);
        axis.pan_by(1_000.0 - axis.x(last as f64));
        axis
    }

    fn columns(gaps: &[Gap], series: &Series) -> Vec<(i32, i32)> {
        let place = (PixelSnap::new(1.0), 300);
        let columns = gap_columns(gaps, (series, Timeframe::M1), &axis(series), place);
        assert!(columns.iter().all(|c| (c.y, c.height) == (0, 300)));
        columns.iter().map(|c| (c.x, c.width)).collect()
    }

    #[test]
    fn columns_stand_over_the_bars_that_lack_trades() {
        let series = minutes(0..20);
        // The slot of bar n begins at 805 + 10 n, bar 19 has its middle at the right edge.
        for (given, expected) in [
            (vec![gap(61, Some(179))], vec![(815, 20)]),
            // What is missing at the very end of a gap may be of the next bar.
            (vec![gap(60, Some(120))], vec![(815, 20)]),
            // Two that touch or overlap are one.
            (
                vec![gap(0, Some(60)), gap(5, Some(65)), gap(120, Some(181))],
                vec![(805, 40)],
            ),
            (
                vec![gap(0, Some(60)), gap(300, Some(361))],
                vec![(805, 20), (855, 20)],
            ),
            // Narrower than a bar.
            (vec![gap(61, Some(62)), gap(60, Some(60))], vec![]),
            // It lasts: up to the last bar, cut at the edge.
            (vec![gap(18 * 60, None)], vec![(985, 15)]),
            // Before and after what is held.
            (
                vec![gap(-500, Some(-1)), gap(20 * 60, Some(30 * 60))],
                vec![],
            ),
        ] {
            assert_eq!(columns(&given, &series), expected, "{given:?}");
        }
    }

    #[test]
    fn gaps_narrower_than_a_bar_are_ticks_where_they_were() {
        let series = minutes(0..20);
        let axis = axis(&series);
        let ticks = |gaps: &[Gap]| -> Vec<(i32, usize, usize)> {
            let ticks = gap_ticks(gaps, (&series, Timeframe::M1), &axis, PixelSnap::new(1.0));
            ticks.iter().map(|t| (t.x, t.count, t.longest)).collect()
        };
        // Bar 1 begins at 815; half a minute later are five pixels more.
        assert_eq!(ticks(&[gap(89, Some(91))]), [(820, 1, 0)]);
        let close = [gap(62, Some(63)), gap(70, Some(75)), gap(300, Some(301))];
        assert_eq!(ticks(&close), [(815, 2, 1), (855, 1, 2)]);
        assert!(ticks(&[gap(60, Some(120)), gap(60, None)]).is_empty());
        assert!(ticks(&[gap(-90, Some(-89)), gap(21 * 60, Some(1_261))]).is_empty());
    }

    #[test]
    fn a_gap_without_a_bar_stands_between_its_neighbours() {
        let mut series = minutes(0..8);
        let after = minutes(12..24);
        series.merge(
            after
                .slices(0..12)
                .flat_map(|(_, bars)| bars.iter().copied()),
        );
        // Minutes 8 to 11 have no bar: bar 8 is minute 12.
        assert_eq!(columns(&[gap(8 * 60, Some(11 * 60))], &series), [(884, 3)]);
        assert_eq!(columns(&[gap(8 * 60, Some(12 * 60))], &series), [(885, 10)]);
        assert!(columns(&[gap(0, None)], &minutes(0..0)).is_empty());
    }

    #[test]
    fn a_bar_names_the_longest_of_its_gaps() {
        let gaps = [gap(0, Some(10)), gap(20, Some(50)), gap(55, Some(58))];
        let under = |minute: i64| gap_under(&gaps, Timeframe::M1, UnixMs(NOON + minute * 60_000));
        assert_eq!(under(0), Some(&gaps[1]));
        assert_eq!(under(1), None);
        assert_eq!(under(-1), None);
    }

    proptest! {
        /// Whatever the zoom: columns are in the plot, apart, and over every bar that lacks trades
        /// of a gap that is not narrower than a bar.
        #[test]
        fn every_visible_bar_without_its_trades_is_covered(
            given in prop::collection::vec((0..6_000_i64, prop::option::of(0..600_i64)), 0..30),
            zoom in 0.2..4.0_f64,
            pan in -800.0..800.0_f64,
        ) {
            let series = minutes(0..100);
            let gaps: Vec<Gap> = given.iter().map(|(start, length)| gap(*start, length.map(|l| start + l + 60))).collect();
            let mut axis = axis(&series);
            axis.zoom_at(500.0, zoom);
            axis.pan_by(pan);
            let snap = PixelSnap::new(1.5);
            let columns = gap_columns(&gaps, (&series, Timeframe::M1), &axis, (snap, 10));
            for pair in columns.windows(2) {
                prop_assert!(pair[0].x + pair[0].width < pair[1].x);
            }
            let width = snap.px(axis.width());
            prop_assert!(columns.iter().all(|c| c.x >= 0 && c.width > 0 && c.x + c.width <= width));
            let place = axis.columns(snap);
            for index in axis.visible_bars() {
                let lacks = gap_under(&gaps, Timeframe::M1, series.bar(index).expect("held").time).is_some();
                let x = place.at(index).clamp(0, width - 1);
                let covered = columns.iter().any(|c| (c.x..c.x + c.width).contains(&x));
                prop_assert!(covered || !lacks, "bar {index} at {x}: {columns:?}");
            }
        }
    }
}
