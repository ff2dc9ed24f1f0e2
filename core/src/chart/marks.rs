//! From bars to rectangles of whole device pixels, grouped by the colour they are filled with.
//!
//! One rectangle for a wick, one for a body, one for the volume. Where bars are denser than
//! pixels, one column a pixel with the true extremes. The buffers are reused from frame to frame.

use std::ops::Range;

use super::axis::TimeAxis;
use super::bar::Bar;
use super::price_scale::PriceScale;
use super::series::Series;
use super::snap::{PixelSnap, Rect};

/// Share of the plot's height that the highest volume takes, at the bottom.
const VOLUME_SHARE: f64 = 1.0 / 6.0;

/// Rectangles of the visible bars, device pixels from the plot's top left corner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Bodies of bars that closed at or above their open.
    pub up_bodies: Vec<Rect>,
    /// Bodies of bars that closed below their open.
    pub down_bodies: Vec<Rect>,
    /// From low to high of bars that closed at or above their open.
    pub up_wicks: Vec<Rect>,
    /// From low to high of bars that closed below their open.
    pub down_wicks: Vec<Rect>,
    /// Volumes of bars that closed at or above their open.
    pub up_volumes: Vec<Rect>,
    /// Volumes of bars that closed below their open.
    pub down_volumes: Vec<Rect>,
}

/// What is drawn in one place: a bar, or all the bars of one pixel.
#[derive(Clone, Copy)]
struct Column {
    x: i32,
    open: i64,
    high: i64,
    low: i64,
    close: i64,
    volume: f64,
}

impl Column {
    fn of(bar: &Bar, x: i32) -> Self {
        Self {
            x,
            open: bar.open.0,
            high: bar.high.0,
            low: bar.low.0,
            close: bar.close.0,
            volume: volume(bar),
        }
    }

    /// Takes the next bar of the same pixel in.
    fn extend(&mut self, bar: &Bar) {
        self.high = self.high.max(bar.high.0);
        self.low = self.low.min(bar.low.0);
        self.close = bar.close.0;
        self.volume += volume(bar);
    }
}

/// Counts of 10^−decimals. Converting 128 bits is slow, and sums that need them are rare.
fn volume(bar: &Bar) -> f64 {
    match i64::try_from(bar.volume.0) {
        Ok(small) => small as f64,
        Err(_) => bar.volume.0 as f64,
    }
}

impl Marks {
    /// Lays the bars out that the axis shows.
    pub fn lay_out(
        &mut self,
        series: &Series,
        axis: &TimeAxis,
        scale: &PriceScale,
        snap: PixelSnap,
    ) {
        self.clear();
        let visible = axis.visible();
        let dense = axis.spacing() * snap.ratio() < 1.0;
        let largest = if dense {
            columns(series, axis, snap, visible.clone())
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
        let body = if dense {
            1
        } else {
            snap.body_width(axis.spacing())
        };
        for column in columns(series, axis, snap, visible) {
            self.push(column, body, &plot);
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
    }

    fn push(&mut self, column: Column, width: i32, plot: &Plot) {
        let (bodies, wicks, volumes) = if column.close >= column.open {
            (
                &mut self.up_bodies,
                &mut self.up_wicks,
                &mut self.up_volumes,
            )
        } else {
            (
                &mut self.down_bodies,
                &mut self.down_wicks,
                &mut self.down_volumes,
            )
        };
        let left = column.x - width / 2;
        wicks.extend(plot.span(column.x, 1, (column.high, column.low), 1));
        // A body of one pixel has the wick's width and colour: the wick does for both.
        if width > 1 {
            let (top, bottom) = (column.open.max(column.close), column.open.min(column.close));
            bodies.extend(plot.span(left, width, (top, bottom), plot.thinnest));
        }
        volumes.extend(plot.volume(left, width, column.volume));
    }
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
    /// From one price down to another, at least `least` pixels high.
    fn span(&self, x: i32, width: i32, (top, bottom): (i64, i64), least: i32) -> Option<Rect> {
        let height = self.scale.height();
        let row = |price: i64| self.scale.y(price as f64).round();
        let (top, bottom) = (row(top), row(bottom));
        let bottom = bottom.max(top + f64::from(least));
        if bottom <= 0.0 || top >= height {
            return None;
        }
        let top = top.max(0.0) as i32;
        self.cut(x, width, top, bottom.min(height) as i32 - top)
    }

    fn volume(&self, x: i32, width: i32, volume: f64) -> Option<Rect> {
        if volume <= 0.0 || self.largest <= 0.0 {
            return None;
        }
        let height = self.scale.height();
        let share = volume / self.largest * VOLUME_SHARE;
        let rows = (share * height).round().max(1.0) as i32;
        self.cut(x, width, height as i32 - rows, rows)
    }

    fn cut(&self, x: i32, width: i32, y: i32, height: i32) -> Option<Rect> {
        let (left, right) = (x.max(0), (x + width).min(self.width));
        (left < right).then_some(Rect {
            x: left,
            y,
            width: right - left,
            height,
        })
    }
}

/// The bars of a range by the device pixel their middle lies in; bars that share one are joined.
fn columns<'a>(
    series: &'a Series,
    axis: &TimeAxis,
    snap: PixelSnap,
    range: Range<i64>,
) -> impl Iterator<Item = Column> + 'a {
    let place = axis.columns(snap);
    let mut bars = series
        .slices(range)
        .flat_map(|(first, bars)| bars.iter().zip(first..))
        .map(move |(bar, index)| (bar, place.at(index)));
    let mut next = bars.next();
    std::iter::from_fn(move || {
        let (bar, x) = next?;
        let mut column = Column::of(bar, x);
        loop {
            next = bars.next();
            match next {
                Some((bar, other)) if other == x => column.extend(bar),
                _ => return Some(column),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::{bar_at, minutes};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    struct Scene {
        series: Series,
        axis: TimeAxis,
        snap: PixelSnap,
        scale: PriceScale,
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
            }
        }

        fn marks(&self) -> Marks {
            let mut marks = Marks::default();
            marks.lay_out(&self.series, &self.axis, &self.scale, self.snap);
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
        fn everything_stays_in_the_plot(spacing in 0.06_f64..100.0, ratio in prop::sample::select(vec![1.0, 1.25, 1.5, 2.0]), pan in 0.0_f64..2_000.0, low in 0.0_f64..1.0) {
            let mut scene = Scene::new(2_000, ratio, Some(spacing));
            scene.axis.pan_by(pan);
            let (bottom, top) = scene.scale.range();
            let height = scene.snap.px(400.0);
            // A range that cuts bars off, as one set by hand does.
            scene.scale = PriceScale::over(bottom + (top - bottom) * low * 0.9, top, height);
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
