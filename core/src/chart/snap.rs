//! From CSS pixels to whole device pixels, so that no edge is blended over two of them.
//!
//! Owns the widths of bars at every zoom and pixel ratio. Knows nothing of what the bars mean.

/// Share of a bar's spacing that its body takes: 7 of 9 pixels at rest.
const BODY_SHARE: f64 = 7.0 / 9.0;
/// Bar spacing at rest in CSS pixels: a body of 7 and a gap of 2.
const REST_SPACING: f64 = 9.0;
/// Fractions of a pixel are kept in this many steps: multiples of them add up without error, so
/// that bars at a whole spacing stay at equal distances wherever the viewport stands.
const SUBPIXELS: f64 = 64.0;

/// A rectangle of whole device pixels; `width` and `height` are never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left edge.
    pub x: i32,
    /// Top edge, downwards.
    pub y: i32,
    /// Columns covered.
    pub width: i32,
    /// Rows covered.
    pub height: i32,
}

impl Rect {
    /// The part of it within another; `None` where they have no pixel in common.
    #[must_use]
    pub fn within(self, frame: Self) -> Option<Self> {
        let (left, top) = (self.x.max(frame.x), self.y.max(frame.y));
        let right = (self.x + self.width).min(frame.x + frame.width);
        let bottom = (self.y + self.height).min(frame.y + frame.height);
        (left < right && top < bottom).then_some(Self {
            x: left,
            y: top,
            width: right - left,
            height: bottom - top,
        })
    }
}

/// The device pixel ratio and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelSnap {
    ratio: f64,
}

impl PixelSnap {
    /// A ratio that no screen has becomes 1.
    #[must_use]
    pub fn new(ratio: f64) -> Self {
        let usable = ratio.is_finite() && (0.1..=16.0).contains(&ratio);
        Self {
            ratio: if usable { ratio } else { 1.0 },
        }
    }

    /// Device pixels per CSS pixel.
    #[must_use]
    pub fn ratio(self) -> f64 {
        self.ratio
    }

    /// The whole device pixel nearest to a CSS length.
    #[must_use]
    pub fn px(self, css: f64) -> i32 {
        (css * self.ratio).round() as i32
    }

    /// A CSS position in device pixels, in steps that add up exactly.
    #[must_use]
    pub fn fine(self, css: f64) -> f64 {
        (css * self.ratio * SUBPIXELS).round() / SUBPIXELS
    }

    /// Bar spacing at rest, in CSS pixels: the nearest to 9 that is whole on this screen.
    #[must_use]
    pub fn rest_spacing(self) -> f64 {
        (REST_SPACING * self.ratio).round().max(1.0) / self.ratio
    }

    /// Width of a body in device pixels: odd, so that a wick of one pixel stands in its middle,
    /// and leaving a gap as soon as there is room for one.
    #[must_use]
    pub fn body_width(self, spacing: f64) -> i32 {
        let spacing = spacing * self.ratio;
        let nearest_odd = 2 * (spacing * BODY_SHARE / 2.0).floor() as i32 + 1;
        let widest = (spacing - 1.0).floor() as i32;
        let widest_odd = (widest - 1).div_euclid(2) * 2 + 1;
        nearest_odd.min(widest_odd).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_rectangle_is_cut_to_its_frame() {
        let rect = |[x, y, width, height]: [i32; 4]| Rect {
            x,
            y,
            width,
            height,
        };
        let frame = rect([0, 100, 50, 20]);
        for (whole, expected) in [
            ([5, 105, 10, 10], Some([5, 105, 10, 10])),
            ([-5, 90, 10, 20], Some([0, 100, 5, 10])),
            ([45, 115, 10, 10], Some([45, 115, 5, 5])),
            ([-5, 90, 100, 100], Some([0, 100, 50, 20])),
            ([50, 105, 10, 10], None),
            ([-10, 105, 10, 10], None),
            ([5, 120, 10, 10], None),
            ([5, 90, 10, 10], None),
            ([5, 105, 0, 10], None),
        ] {
            assert_eq!(rect(whole).within(frame), expected.map(rect), "{whole:?}");
        }
    }

    #[test]
    fn bodies_at_rest() {
        for (ratio, spacing, body) in [
            (1.0, 9.0, 7),
            (1.25, 11.0, 9),
            (1.5, 14.0, 11),
            (2.0, 18.0, 15),
        ] {
            let snap = PixelSnap::new(ratio);
            assert!(
                (snap.rest_spacing() * ratio - spacing).abs() < 1e-9,
                "{ratio}"
            );
            assert_eq!(snap.body_width(snap.rest_spacing()), body, "{ratio}");
        }
    }

    #[test]
    fn a_ratio_that_no_screen_has_becomes_one() {
        for ratio in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            assert_eq!(PixelSnap::new(ratio).ratio(), 1.0);
        }
    }

    proptest! {
        #[test]
        fn bodies_are_odd_and_leave_a_gap(spacing in 0.01_f64..200.0, ratio in 0.5_f64..4.0) {
            let body = PixelSnap::new(ratio).body_width(spacing);
            prop_assert!(body >= 1 && body % 2 == 1);
            if spacing * ratio >= 2.0 {
                prop_assert!(f64::from(body) <= spacing * ratio - 1.0);
            }
        }
    }
}
