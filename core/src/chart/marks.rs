//! From bars to rectangles of whole device pixels, grouped by the colour they are filled with.
//!
//! One rectangle for a wick, one for a body, one for the volume; a line through the closes where
//! only those are drawn. Where bars are denser than pixels, one column a pixel with the true
//! extremes. The buffers are reused from frame to frame.

use super::axis::TimeAxis;
use super::bar::Bar;
use super::columns::{Column, columns};
use super::kind::{ChartKind, DrawnBars};
use super::price_scale::PriceScale;
use super::series::Series;
use super::snap::{PixelSnap, Rect};
use super::trace::Trace;

/// Share of the plot's height that the highest volume takes, at the bottom.
const VOLUME_SHARE: f64 = 1.0 / 6.0;

/// Rectangles of the visible bars, device pixels from the plot's top left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Bodies of bars that rose: solid, outlines, or open and close of a stem.
    pub up_bodies: Vec<Rect>,
    /// Bodies of bars that fell.
    pub down_bodies: Vec<Rect>,
    /// From low to high of bars that rose; no wick crosses a body that is an outline.
    pub up_wicks: Vec<Rect>,
    /// From low to high of bars that fell.
    pub down_wicks: Vec<Rect>,
    /// Volumes of bars that rose.
    pub up_volumes: Vec<Rect>,
    /// Volumes of bars that fell.
    pub down_volumes: Vec<Rect>,
    /// The closes, where only they are drawn.
    pub line: Trace,
}

impl Marks {
    /// Lays the bars out that the axis shows.
    pub fn lay_out(
        &mut self,
        (series, drawn): (&Series, &DrawnBars),
        axis: &TimeAxis,
        scale: &PriceScale,
        snap: PixelSnap,
    ) {
        self.clear();
        let visible = axis.visible();
        let place = axis.columns(snap);
        let dense = axis.spacing() * snap.ratio() < 1.0;
        let largest = if dense {
            columns(series.slices(visible.clone()), place)
                .map(|column| column.volume)
                .fold(0.0, f64::max)
        } else {
            let extremes = series.extremes(visible.clone());
            extremes.map_or(0.0, |extremes| extremes.volume.to_f64(0))
        };
        let plot = Plot {
            scale,
            width: snap.px(axis.width()),
            thinnest: snap.px(1.0).max(1),
            largest,
        };
        let width = if dense {
            1
        } else {
            snap.body_width(axis.spacing())
        };
        match (drawn.kind(), drawn.derived()) {
            (_, Some(derived)) => {
                for column in columns(std::iter::once(derived), place) {
                    self.push_candle(&column, width, &plot);
                }
            }
            (ChartKind::HollowCandles, _) => {
                let mut before = series.bar(visible.start - 1).map(|bar| bar.close.0);
                for column in columns(series.slices(visible), place) {
                    let rose = column.close >= before.unwrap_or(column.open);
                    before = Some(column.close);
                    self.push_hollow(&column, rose, width, &plot);
                }
            }
            (ChartKind::Bars, _) => {
                for column in columns(series.slices(visible), place) {
                    self.push_stem(&column, width, &plot);
                }
            }
            (kind, _) if kind.is_line() => {
                for column in columns(series.slices(visible.clone()), place) {
                    self.push_volume(&column, column.close >= column.open, width, &plot);
                }
                // One bar beyond each edge, so that the line leaves the plot.
                let slices = series.slices(visible.start - 1..visible.end + 1);
                let bars = slices.flat_map(|(first, bars)| bars.iter().zip(first..));
                let closes = bars.map(|(bar, index): (&Bar, i64)| (index, bar.close.0 as f64));
                self.line.lay_out(closes, place, scale);
            }
            _ => {
                for column in columns(series.slices(visible), place) {
                    self.push_candle(&column, width, &plot);
                }
            }
        }
    }

    fn clear(&mut self) {
        for group in [
            &mut self.up_bodies,
            &mut self.down_bodies,
            &mut self.up_wicks,
            &mut self.down_wicks,
            &mut self.up_volumes,
            &mut self.down_volumes,
        ] {
            group.clear();
        }
        self.line.clear();
    }

    fn push_candle(&mut self, column: &Column, width: i32, plot: &Plot) {
        let rose = column.close >= column.open;
        let (bodies, wicks) = self.bodies_and_wicks(rose);
        wicks.extend(plot.span(column.x, 1, (column.high, column.low), 1));
        // A body of one pixel has the wick's width and colour: the wick does for both.
        if width > 1 {
            let left = column.x - width / 2;
            bodies.extend(plot.span(left, width, body(column), plot.thinnest));
        }
        self.push_volume(column, rose, width, plot);
    }

    fn push_hollow(&mut self, column: &Column, rose: bool, width: i32, plot: &Plot) {
        let edge = plot.thinnest;
        let (top, bottom) = plot.rows(body(column), edge);
        let is_hollow = column.close >= column.open && width > 2 * edge && bottom - top > 2 * edge;
        let (bodies, wicks) = self.bodies_and_wicks(rose);
        if is_hollow {
            let left = column.x - width / 2;
            let (high, low) = plot.rows((column.high, column.low), 1);
            wicks.extend(plot.cut(column.x, 1, high, top - high));
            wicks.extend(plot.cut(column.x, 1, bottom, low - bottom));
            for (x, y, width, height) in [
                (left, top, width, edge),
                (left, bottom - edge, width, edge),
                (left, top + edge, edge, bottom - top - 2 * edge),
                (
                    left + width - edge,
                    top + edge,
                    edge,
                    bottom - top - 2 * edge,
                ),
            ] {
                bodies.extend(plot.cut(x, width, y, height));
            }
        } else {
            wicks.extend(plot.span(column.x, 1, (column.high, column.low), 1));
            if width > 1 {
                bodies.extend(plot.cut(column.x - width / 2, width, top, bottom - top));
            }
        }
        self.push_volume(column, rose, width, plot);
    }

    fn push_stem(&mut self, column: &Column, width: i32, plot: &Plot) {
        let rose = column.close >= column.open;
        let (bodies, wicks) = self.bodies_and_wicks(rose);
        wicks.extend(plot.span(column.x, 1, (column.high, column.low), 1));
        let arm = width / 2;
        if arm > 0 {
            let open = (column.open, column.open);
            let close = (column.close, column.close);
            bodies.extend(plot.span(column.x - arm, arm, open, plot.thinnest));
            bodies.extend(plot.span(column.x + 1, arm, close, plot.thinnest));
        }
        self.push_volume(column, rose, width, plot);
    }

    fn push_volume(&mut self, column: &Column, rose: bool, width: i32, plot: &Plot) {
        let volumes = if rose {
            &mut self.up_volumes
        } else {
            &mut self.down_volumes
        };
        volumes.extend(plot.volume(column.x - width / 2, width, column.volume));
    }

    fn bodies_and_wicks(&mut self, rose: bool) -> (&mut Vec<Rect>, &mut Vec<Rect>) {
        if rose {
            (&mut self.up_bodies, &mut self.up_wicks)
        } else {
            (&mut self.down_bodies, &mut self.down_wicks)
        }
    }
}

/// Higher and lower end of a body.
fn body(column: &Column) -> (i64, i64) {
    (column.open.max(column.close), column.open.min(column.close))
}

/// What rectangles are cut to and measured by.
struct Plot<'a> {
    scale: &'a PriceScale,
    /// Device pixels.
    width: i32,
    /// Height of a body that closed where it opened.
    thinnest: i32,
    /// The volume that takes the whole [`VOLUME_SHARE`].
    largest: f64,
}

impl Plot<'_> {
    /// The rows from one price down to another, at least `least` of them, in the plot or not.
    fn rows(&self, (top, bottom): (i64, i64), least: i32) -> (i32, i32) {
        let row = |price: i64| self.scale.near(price as f64).round();
        let (top, bottom) = (row(top), row(bottom));
        (top as i32, bottom.max(top + f64::from(least)) as i32)
    }

    /// From one price down to another, at least `least` pixels high.
    fn span(&self, x: i32, width: i32, prices: (i64, i64), least: i32) -> Option<Rect> {
        let (top, bottom) = self.rows(prices, least);
        self.cut(x, width, top, bottom - top)
    }

    fn volume(&self, left: i32, width: i32, volume: f64) -> Option<Rect> {
        if volume <= 0.0 || self.largest <= 0.0 {
            return None;
        }
        let height = self.scale.height();
        let share = volume / self.largest * VOLUME_SHARE;
        let rows = (share * height).round().max(1.0) as i32;
        self.cut(left, width, height as i32 - rows, rows)
    }

    fn cut(&self, x: i32, width: i32, y: i32, height: i32) -> Option<Rect> {
        let plot = Rect {
            x: 0,
            y: 0,
            width: self.width,
            height: self.scale.height() as i32,
        };
        let rect = Rect {
            x,
            y,
            width,
            height,
        };
        rect.within(plot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::{bar_at, minutes};
    use crate::model::{Price, UnixMs, Volume};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    struct Scene {
        series: Series,
        axis: TimeAxis,
        snap: PixelSnap,
        scale: PriceScale,
        drawn: DrawnBars,
    }

    impl Scene {
        fn new(bars: i64, ratio: f64, spacing: Option<f64>) -> Self {
            let series = minutes(0..bars);
            let snap = PixelSnap::new(ratio);
            let mut axis = TimeAxis::new(600.0, snap);
            axis.set_bounds(series.bounds());
            if let Some(spacing) = spacing {
                let last = (bars - 1) as f64;
                axis.show(last - 600.0 / spacing, last);
            }
            let scale = series
                .extremes(axis.visible())
                .map(|extremes| PriceScale::fit(extremes, snap.px(400.0), 1))
                .expect("some bars");
            Self {
                series,
                axis,
                snap,
                scale,
                drawn: DrawnBars::default(),
            }
        }

        fn show_as(&mut self, kind: ChartKind) {
            self.drawn.set_kind(kind);
            self.drawn.prepare(&self.series, self.axis.visible());
        }

        fn marks(&self) -> Marks {
            let mut marks = Marks::default();
            marks.lay_out(
                (&self.series, &self.drawn),
                &self.axis,
                &self.scale,
                self.snap,
            );
            marks
        }
    }

    #[test]
    fn a_small_series_at_rest() {
        let mut scene = Scene::new(6, 1.0, None);
        scene.series = Series::new(scene.series.precision());
        scene
            .series
            .merge((0..6).map(|time| bar_at(time, time * 4)));
        scene.scale = PriceScale::over(990.0, 1_040.0, 400);
        let marks = scene.marks();
        let mut text = String::new();
        for (name, rects) in [
            ("up body", &marks.up_bodies),
            ("up wick", &marks.up_wicks),
            ("up volume", &marks.up_volumes),
            ("down body", &marks.down_bodies),
            ("down wick", &marks.down_wicks),
            ("down volume", &marks.down_volumes),
        ] {
            for Rect {
                x,
                y,
                width,
                height,
            } in rects
            {
                text += &format!("{name} {x},{y} {width}x{height}\n");
            }
        }
        insta::assert_snapshot!(text, @r"
        up body 507,256 7x32
        up body 516,240 7x16
        up body 525,224 7x1
        up wick 510,232 1x72
        up wick 519,216 1x56
        up wick 528,200 1x40
        up volume 507,369 7x31
        up volume 516,360 7x40
        up volume 525,351 7x49
        down body 498,320 7x40
        down body 534,192 7x16
        down body 543,160 7x32
        down wick 501,296 1x80
        down wick 537,168 1x56
        down wick 546,136 1x72
        down volume 498,378 7x22
        down volume 534,342 7x58
        down volume 543,333 7x67
        ");
    }

    /// One bar at a price of 10 a pixel, at rest, without volume.
    fn one_bar(kind: ChartKind, [open, high, low, close]: [i64; 4]) -> Marks {
        let mut scene = Scene::new(1, 1.0, None);
        scene.series = Series::new(scene.series.precision());
        scene.series.merge([Bar {
            time: UnixMs(0),
            open: Price(open),
            high: Price(high),
            low: Price(low),
            close: Price(close),
            volume: Volume::ZERO,
            buy_volume: None,
            quote_volume: None,
            closed: true,
        }]);
        scene.scale = PriceScale::over(0.0, 4_000.0, 400);
        scene.show_as(kind);
        scene.marks()
    }

    fn figures(rects: &[Rect]) -> Vec<[i32; 4]> {
        let figures = |rect: &Rect| [rect.x, rect.y, rect.width, rect.height];
        rects.iter().map(figures).collect()
    }

    #[test]
    fn hollow_bodies_are_outlines_that_no_wick_crosses() {
        let marks = one_bar(ChartKind::HollowCandles, [1_000, 3_000, 500, 2_000]);
        let expected = [
            [543, 200, 7, 1],
            [543, 299, 7, 1],
            [543, 201, 1, 98],
            [549, 201, 1, 98],
        ];
        assert_eq!(figures(&marks.up_bodies), expected);
        assert_eq!(
            figures(&marks.up_wicks),
            [[546, 100, 1, 100], [546, 300, 1, 50]]
        );
        let fell = one_bar(ChartKind::HollowCandles, [2_000, 3_000, 500, 1_000]);
        assert_eq!(figures(&fell.down_bodies), [[543, 200, 7, 100]]);
    }

    #[test]
    fn stems_have_open_at_the_left_and_close_at_the_right() {
        let marks = one_bar(ChartKind::Bars, [1_000, 3_000, 500, 2_000]);
        assert_eq!(figures(&marks.up_wicks), [[546, 100, 1, 250]]);
        assert_eq!(
            figures(&marks.up_bodies),
            [[543, 300, 3, 1], [547, 200, 3, 1]]
        );
    }

    #[test]
    fn lines_have_a_point_a_bar_and_volumes_stay() {
        let mut scene = Scene::new(300, 1.0, None);
        let candles = scene.marks();
        scene.show_as(ChartKind::Line);
        let marks = scene.marks();
        let volumes = |marks: &Marks| marks.up_volumes.len() + marks.down_volumes.len();
        assert_eq!(volumes(&marks), volumes(&candles));
        assert!(marks.up_wicks.is_empty() && marks.up_bodies.is_empty());
        let points: usize = marks.line.runs().map(<[_]>::len).sum();
        assert!((61..66).contains(&points), "{points}");
        scene.show_as(ChartKind::HeikinAshi);
        let averaged = scene.marks();
        let wicks = |marks: &Marks| marks.up_wicks.len() + marks.down_wicks.len();
        assert_eq!(wicks(&averaged), wicks(&candles));
        assert!(averaged != candles);
    }

    #[test]
    fn wicks_stand_in_the_middle_of_bodies_of_one_width() {
        for ratio in [1.0, 1.25, 1.5, 2.0] {
            for spacing in [None, Some(5.3), Some(9.0), Some(23.7)] {
                let marks = Scene::new(300, ratio, spacing).marks();
                let edge = (600.0 * ratio) as i32;
                let width = marks.up_bodies[1].width;
                for (bodies, wicks) in [
                    (&marks.up_bodies, &marks.up_wicks),
                    (&marks.down_bodies, &marks.down_wicks),
                ] {
                    // At the edges bodies are cut, and may be seen without their wick.
                    for body in bodies.iter().filter(|b| b.x > 0 && b.x + b.width < edge) {
                        let middle = body.x + body.width / 2;
                        let wick = wicks.iter().find(|wick| wick.x == middle).expect("a wick");
                        assert_eq!((body.width, wick.width), (width, 1));
                        assert_eq!(wick.x - body.x, body.x + body.width - 1 - wick.x);
                        assert!(wick.y <= body.y);
                    }
                }
            }
        }
    }

    #[test]
    fn at_rest_all_gaps_are_equal_wherever_one_pans() {
        for ratio in [1.0, 1.25, 2.0] {
            let mut scene = Scene::new(300, ratio, None);
            for _ in 0..50 {
                scene.axis.pan_by(0.37);
                let marks = scene.marks();
                let mut lefts: Vec<i32> = marks
                    .up_bodies
                    .iter()
                    .chain(&marks.down_bodies)
                    .filter(|body| body.x > 0)
                    .map(|body| body.x)
                    .collect();
                lefts.sort_unstable();
                let step = (9.0 * ratio).round() as i32;
                assert!(
                    lefts.windows(2).all(|pair| pair[1] - pair[0] == step),
                    "{ratio}"
                );
            }
        }
    }

    #[test]
    fn dense_columns_hold_the_true_extremes() {
        let scene = Scene::new(5_000, 1.0, Some(0.21));
        let marks = scene.marks();
        let columns: Vec<&Rect> = marks.up_wicks.iter().chain(&marks.down_wicks).collect();
        assert!(columns.len() <= 601, "{}", columns.len());
        assert!(marks.up_bodies.is_empty() && marks.down_bodies.is_empty());
        let by_x: BTreeMap<i32, &Rect> = columns.iter().map(|rect| (rect.x, *rect)).collect();
        assert_eq!(by_x.len(), columns.len(), "one column a pixel");
        let extremes = scene.series.extremes(scene.axis.visible()).expect("bars");
        let top = columns.iter().map(|rect| rect.y).min();
        let bottom = columns.iter().map(|rect| rect.y + rect.height).max();
        assert_eq!(top, Some(scene.scale.row(extremes.high)));
        assert_eq!(bottom, Some(scene.scale.row(extremes.low)));
    }

    #[test]
    fn volume_takes_the_lowest_sixth() {
        let marks = Scene::new(300, 1.0, None).marks();
        let volumes: Vec<&Rect> = marks.up_volumes.iter().chain(&marks.down_volumes).collect();
        assert_eq!(volumes.iter().map(|rect| rect.height).max(), Some(67));
        assert!(volumes.iter().all(|rect| rect.y + rect.height == 400));
    }

    proptest! {
        #[test]
        fn everything_stays_in_the_plot(kind in prop::sample::select(ChartKind::ALL.to_vec()), spacing in 0.06_f64..100.0, ratio in prop::sample::select(vec![1.0, 1.25, 1.5, 2.0]), pan in 0.0_f64..2_000.0, low in 0.0_f64..1.0) {
            let mut scene = Scene::new(2_000, ratio, Some(spacing));
            scene.axis.pan_by(pan);
            let (bottom, top) = scene.scale.range();
            let height = scene.snap.px(400.0);
            // A range that cuts bars off, as one set by hand does.
            scene.scale = PriceScale::over(bottom + (top - bottom) * low * 0.9, top, height);
            scene.show_as(kind);
            let marks = scene.marks();
            for group in [&marks.up_bodies, &marks.down_bodies, &marks.up_wicks, &marks.down_wicks, &marks.up_volumes, &marks.down_volumes] {
                for rect in group {
                    prop_assert!(rect.y >= 0 && rect.height >= 1 && rect.y + rect.height <= height);
                    prop_assert!(rect.width >= 1 && rect.x >= 0 && rect.x + rect.width <= scene.snap.px(600.0));
                }
            }
        }
    }
}
