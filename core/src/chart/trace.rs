//! Lines through values: closes, indicators.
//!
//! Where bars are denser than pixels, a pixel's first, lowest, highest and last value are kept:
//! the line looks the same as through all of them.

use super::axis::Columns;
use super::price_scale::PriceScale;

/// Runs of points joined by lines, device pixels from the chart's top left corner, in the middle
/// of pixels. What lacks a value parts two runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    points: Vec<(f64, f64)>,
    /// Where each run begins.
    starts: Vec<usize>,
}

/// The values of one pixel.
struct Pixel {
    x: i32,
    first: f64,
    low: f64,
    high: f64,
    last: f64,
    count: u32,
}

impl Pixel {
    fn of(x: i32, value: f64) -> Self {
        Self {
            x,
            first: value,
            low: value,
            high: value,
            last: value,
            count: 1,
        }
    }

    fn extend(&mut self, value: f64) {
        self.low = self.low.min(value);
        self.high = self.high.max(value);
        self.last = value;
        self.count += 1;
    }
}

impl Trace {
    /// Lays a line through the values of consecutive bars, from left to right; what is not
    /// finite is a hole in it.
    pub fn lay_out(
        &mut self,
        values: impl Iterator<Item = (i64, f64)>,
        place: Columns,
        scale: &PriceScale,
    ) {
        self.clear();
        let mut pixel: Option<Pixel> = None;
        let mut is_joined = false;
        for (index, value) in values {
            if !value.is_finite() {
                self.finish(pixel.take(), scale, is_joined);
                is_joined = false;
                continue;
            }
            let x = place.at(index);
            match &mut pixel {
                Some(held) if held.x == x => held.extend(value),
                _ => {
                    let before = pixel.replace(Pixel::of(x, value));
                    let was_held = before.is_some();
                    self.finish(before, scale, is_joined);
                    is_joined |= was_held;
                }
            }
        }
        self.finish(pixel, scale, is_joined);
    }

    /// Forgets every point.
    pub fn clear(&mut self) {
        self.points.clear();
        self.starts.clear();
    }

    /// The runs, from left to right.
    pub fn runs(&self) -> impl Iterator<Item = &[(f64, f64)]> {
        let ends = self.starts.iter().skip(1).copied();
        let ends = ends.chain([self.points.len()]);
        self.starts
            .iter()
            .zip(ends)
            .filter_map(|(start, end)| self.points.get(*start..end))
    }

    fn finish(&mut self, pixel: Option<Pixel>, scale: &PriceScale, is_joined: bool) {
        let Some(pixel) = pixel else { return };
        if !is_joined {
            self.starts.push(self.points.len());
        }
        let x = f64::from(pixel.x) + 0.5;
        let mut push = |value: f64| self.points.push((x, scale.near(value) + 0.5));
        push(pixel.first);
        if pixel.count > 2 {
            push(pixel.low);
            push(pixel.high);
        }
        if pixel.count > 1 {
            push(pixel.last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::snap::PixelSnap;
    use crate::chart::{Bounds, TimeAxis};
    use proptest::prelude::*;

    /// A bar every `spacing` pixels, bar 0 at 0.
    fn place(spacing: f64) -> Columns {
        let mut axis = TimeAxis::new(1_000.0, PixelSnap::new(1.0));
        axis.set_bounds(Some(Bounds {
            first: 0,
            last: (1_000.0 / spacing) as i64,
        }));
        axis.show(0.0, 1_000.0 / spacing);
        axis.columns(PixelSnap::new(1.0))
    }

    fn runs(values: &[f64], spacing: f64) -> Vec<Vec<(f64, f64)>> {
        let mut trace = Trace::default();
        let scale = PriceScale::over(0.0, 100.0, 100);
        let values = values.iter().copied().zip(0..).map(|(v, i)| (i, v));
        trace.lay_out(values, place(spacing), &scale);
        trace.runs().map(<[_]>::to_vec).collect()
    }

    #[test]
    fn holes_part_the_line() {
        let nan = f64::NAN;
        let found = runs(&[nan, 10.0, 20.0, nan, nan, 30.0, nan], 10.0);
        assert_eq!(
            found,
            [vec![(10.5, 90.5), (20.5, 80.5)], vec![(50.5, 70.5)],]
        );
        assert!(runs(&[nan, nan], 10.0).is_empty());
        assert_eq!(runs(&[1.0, 2.0, 3.0], 10.0).len(), 1);
    }

    proptest! {
        /// However dense: in each pixel the line reaches the lowest and the highest value, and it
        /// never has more than four points there.
        #[test]
        fn no_extreme_is_lost(values in prop::collection::vec(0.0_f64..100.0, 1..2_000), spacing in 0.06_f64..3.0) {
            let place = place(spacing);
            let found = runs(&values, spacing).concat();
            let mut by_x = std::collections::BTreeMap::<i32, Vec<f64>>::new();
            for (value, index) in values.iter().zip(0..) {
                by_x.entry(place.at(index)).or_default().push(100.0 - value + 0.5);
            }
            for (x, ys) in by_x {
                let there: Vec<f64> = found.iter().filter(|p| p.0 == f64::from(x) + 0.5).map(|p| p.1).collect();
                prop_assert!(!there.is_empty() && there.len() <= 4);
                let ends = |ys: &[f64]| (ys.iter().copied().fold(f64::MAX, f64::min), ys.iter().copied().fold(f64::MIN, f64::max));
                prop_assert_eq!(ends(&there), ends(&ys));
                prop_assert_eq!((there[0], there[there.len() - 1]), (ys[0], ys[ys.len() - 1]));
            }
        }
    }
}
