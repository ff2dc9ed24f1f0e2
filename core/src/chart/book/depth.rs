//! The depth curve: what rests between the mid and a price, as steps on both sides of it.
//!
//! Its price axis stands still while the mid stays near its middle and while a pointer is on it.

use crate::chart::Rect;
use crate::chart::book::scale::steady;
use crate::chart::book::{Amount, SizeUnit};
use crate::model::{BookLevel, BookView, Price, Side};

/// The mid may stray from the middle by this share of half the axis.
const STRAY: f64 = 0.15;
/// The axis of sizes is lowered where the curve fills less than this share of it.
const LEAST_FILLED: f64 = 0.5;
/// Heights of the axis of sizes, times a power of ten: a quarter of each is a short number.
const HEIGHTS: [f64; 9] = [1.0, 1.2, 1.6, 2.0, 2.4, 3.2, 4.0, 6.0, 8.0];
/// Steps of the axis of prices, times a power of ten.
const STEPS: [f64; 3] = [1.0, 2.0, 5.0];

/// What the plot spans.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DepthAxis {
    /// Price in the middle, counts.
    centre: f64,
    /// From the middle to either edge, counts.
    half: f64,
    /// Size at the upper edge, counts.
    full: f64,
    /// What sizes are counted in.
    unit: SizeUnit,
}

/// What rests between the mid and a price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DepthPoint {
    /// Which side.
    pub side: Side,
    /// How far.
    pub price: Price,
    /// The sum.
    pub amount: Amount,
    /// From the mid to the price, share of the mid.
    pub distance: f64,
}

/// One side's curve in device pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DepthSteps {
    /// The area below it.
    pub area: Vec<Rect>,
    /// Its corners, from the best price outwards.
    pub line: Vec<(i32, i32)>,
}

impl DepthAxis {
    /// An axis that has not seen a book.
    #[must_use]
    pub fn new(unit: SizeUnit) -> Self {
        Self {
            unit,
            ..Self::default()
        }
    }

    /// What sizes are counted in.
    #[must_use]
    pub fn unit(&self) -> SizeUnit {
        self.unit
    }

    /// From the middle to either edge, share of the price in the middle.
    #[must_use]
    pub fn span(&self) -> f64 {
        self.half / self.centre
    }

    /// Follows the book: `span` is the share of the price from the mid to either edge, or as far
    /// as both sides are known where it is absent. While it `is_held` the prices stand still.
    pub fn follow(&mut self, view: &BookView, span: Option<f64>, is_held: bool) {
        let Some(mid) = mid_price(view) else {
            return;
        };
        if self.half <= 0.0 || !is_held {
            let half = match span {
                Some(span) => mid * span,
                None => steady(self.half, known_reach(view, mid)),
            };
            let strayed = (mid - self.centre).abs() > self.half * STRAY;
            if half != self.half || strayed {
                self.centre = mid;
            }
            self.half = half.max(1.0);
        }
        let highest = [(Side::Buy, &view.bids), (Side::Sell, &view.asks)]
            .into_iter()
            .map(|(side, levels)| self.seen(side, levels).counts(self.unit))
            .fold(0.0, f64::max);
        if highest > self.full || highest < self.full * LEAST_FILLED {
            self.full = round_up(highest, &HEIGHTS);
        }
    }

    /// What rests on a side within the axis.
    #[must_use]
    pub fn seen(&self, side: Side, levels: &[BookLevel]) -> Amount {
        let mut sum = Amount::ZERO;
        let (low, high) = (self.centre - self.half, self.centre + self.half);
        for level in levels {
            let price = level.price.0 as f64;
            let is_seen = match side {
                Side::Buy => price >= low,
                Side::Sell => price <= high,
            };
            if !is_seen {
                break;
            }
            sum += (*level).into();
        }
        sum
    }

    /// Where a price stands, 0 to 1 of the width.
    #[must_use]
    pub fn share(&self, price: f64) -> f64 {
        (price - self.centre) / self.half / 2.0 + 0.5
    }

    /// The price at 0 to 1 of the width, counts.
    #[must_use]
    pub fn price_at(&self, share: f64) -> f64 {
        self.centre + (share - 0.5) * 2.0 * self.half
    }

    /// Size at the upper edge, counts.
    #[must_use]
    pub fn full(&self) -> f64 {
        self.full
    }

    /// Whether there is anything to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.half <= 0.0 || self.full <= 0.0
    }

    /// Round prices at least `least_share` of the width apart, ascending.
    pub fn price_ticks(&self, least_share: f64, out: &mut Vec<Price>) {
        out.clear();
        let step = (round_up(least_share * 2.0 * self.half, &STEPS) as i64).max(1);
        let (low, high) = (self.price_at(0.0), self.price_at(1.0));
        let mut price = (low / step as f64).ceil() as i64 * step;
        while price as f64 <= high {
            out.push(Price(price));
            price += step;
        }
    }

    /// Lays out one side, given best first, in a plot of `width` by `height` device pixels.
    /// `is_cut` says that the side goes on beyond what is known: the curve then ends there.
    pub fn lay_out(
        &self,
        side: Side,
        levels: &[BookLevel],
        is_cut: bool,
        (width, height): (i32, i32),
        out: &mut DepthSteps,
    ) {
        out.area.clear();
        out.line.clear();
        if self.is_empty() {
            return;
        }
        let column = |price: Price| {
            let x = self.share(price.0 as f64) * f64::from(width);
            (x.round() as i32).clamp(0, width)
        };
        let row = |sum: Amount| {
            let share = (sum.counts(self.unit) / self.full).min(1.0);
            height - (share * f64::from(height)).round() as i32
        };
        let edge = match side {
            Side::Buy => 0,
            Side::Sell => width,
        };
        let mut sum = Amount::ZERO;
        let mut from = match levels.first() {
            Some(best) => column(best.price),
            None => return,
        };
        out.line.push((from, height));
        for (at, level) in levels.iter().enumerate() {
            sum += (*level).into();
            let to = match levels.get(at + 1) {
                Some(next) => column(next.price),
                None if is_cut => column(level.price),
                None => edge,
            };
            let y = row(sum);
            // Steps narrower than a pixel are one corner of the line and no area.
            out.line.push((from, y));
            if to != from {
                out.area.push(Rect {
                    x: from.min(to),
                    y,
                    width: (to - from).abs(),
                    height: height - y,
                });
                out.line.push((to, y));
            }
            if to == edge {
                break;
            }
            from = to;
        }
        out.line.dedup();
    }

    /// What rests between the mid and the price at 0 to 1 of the width; `None` inside the spread.
    #[must_use]
    pub fn point(&self, view: &BookView, share: f64) -> Option<DepthPoint> {
        let at = self.price_at(share);
        let mid = mid_price(view)?;
        let (side, levels) = if at < mid {
            (Side::Buy, &view.bids)
        } else {
            (Side::Sell, &view.asks)
        };
        let mut amount = Amount::ZERO;
        for level in levels {
            let price = level.price.0 as f64;
            let is_within = if side == Side::Buy {
                price >= at
            } else {
                price <= at
            };
            if !is_within {
                break;
            }
            amount += (*level).into();
        }
        (!amount.is_zero()).then(|| DepthPoint {
            side,
            price: Price(at.round() as i64),
            amount,
            distance: (at - mid).abs() / mid,
        })
    }
}

/// Half way between the best prices, counts.
#[must_use]
pub fn mid_price(view: &BookView) -> Option<f64> {
    let (bid, ask) = (view.bids.first()?, view.asks.first()?);
    Some(f64::midpoint(bid.price.0 as f64, ask.price.0 as f64))
}

/// From the mid to the nearer end of what is known, counts.
fn known_reach(view: &BookView, mid: f64) -> f64 {
    let end = |side: &[BookLevel]| {
        side.last()
            .map_or(0.0, |level| (level.price.0 as f64 - mid).abs())
    };
    end(&view.bids).min(end(&view.asks))
}

/// The smallest of these, times a power of ten, that is not below. They ascend from 1 to below 10.
fn round_up(value: f64, of: &[f64]) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 0.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let found = of.iter().find(|times| **times * power >= value);
    found.unwrap_or(&10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Quantity;
    use proptest::prelude::*;

    fn level(price: i64, quantity: i64) -> BookLevel {
        BookLevel {
            price: Price(price),
            quantity: Quantity(quantity),
        }
    }

    fn view(mid: i64, sizes: &[i64]) -> BookView {
        let side = |sign: i64| {
            let at = |(at, size): (usize, &i64)| level(mid + sign * (at as i64 + 1) * 10, *size);
            sizes.iter().enumerate().map(at).collect()
        };
        BookView {
            bids: side(-1),
            asks: side(1),
            ..BookView::default()
        }
    }

    #[test]
    fn steps_stand_between_the_levels() {
        let view = view(1_000, &[10, 30]);
        let mut axis = DepthAxis::default();
        axis.follow(&view, None, false);
        assert_eq!(
            (axis.price_at(0.0), axis.price_at(1.0), axis.full()),
            (980.0, 1_020.0, 40.0)
        );
        let mut steps = DepthSteps::default();
        axis.lay_out(Side::Buy, &view.bids, true, (400, 100), &mut steps);
        assert_eq!(
            steps.area,
            [Rect {
                x: 0,
                y: 75,
                width: 100,
                height: 25
            }]
        );
        assert_eq!(steps.line, [(100, 100), (100, 75), (0, 75)]);
        axis.follow(&view, Some(0.04), false);
        axis.lay_out(Side::Sell, &view.asks, false, (400, 100), &mut steps);
        let expected = [
            Rect {
                x: 250,
                y: 75,
                width: 50,
                height: 25,
            },
            Rect {
                x: 300,
                y: 0,
                width: 100,
                height: 100,
            },
        ];
        assert_eq!(
            steps.area, expected,
            "a side that is known whole goes on to the edge"
        );
        axis.lay_out(Side::Sell, &view.asks, true, (400, 100), &mut steps);
        assert_eq!(
            steps.area,
            expected[..1],
            "one that is cut ends where it is"
        );
    }

    #[test]
    fn the_axis_waits_until_the_mid_strays() {
        let mut axis = DepthAxis::default();
        axis.follow(&view(1_000, &[10; 10]), None, false);
        let before = axis;
        axis.follow(&view(1_010, &[10; 10]), None, false);
        assert_eq!(axis, before);
        axis.follow(&view(1_050, &[10; 10]), None, true);
        assert_eq!(axis, before, "held");
        axis.follow(&view(1_050, &[10; 10]), None, false);
        assert_eq!(axis.price_at(0.5), 1_050.0);
    }

    #[test]
    fn the_readout_is_exact() {
        let view = view(1_000, &[10, 30]);
        let mut axis = DepthAxis::default();
        axis.follow(&view, None, false);
        assert_eq!(axis.point(&view, 0.5), None, "inside the spread");
        let far = axis.point(&view, 0.0).expect("a point");
        let mut expected = Amount::new(Price(990), Quantity(10));
        expected += Amount::new(Price(980), Quantity(30));
        assert_eq!(
            (far.side, far.price, far.amount),
            (Side::Buy, Price(980), expected)
        );
        assert!((far.distance - 0.02).abs() < 1e-12);
    }

    #[test]
    fn round_numbers() {
        for (value, expected) in [
            (0.0, 0.0),
            (1.0, 1.0),
            (1.1, 2.0),
            (4.0, 5.0),
            (501.0, 1_000.0),
            (0.03, 0.05),
        ] {
            assert!((round_up(value, &STEPS) - expected).abs() < 1e-9, "{value}");
        }
    }

    proptest! {
        #[test]
        fn a_curve_rises_outwards_and_stays_inside(
            sizes in prop::collection::vec(1_i64..10_000, 1..300),
            width in 1_i32..900,
            span in prop::option::of(0.0001_f64..0.5),
            is_cut in any::<bool>(),
        ) {
            let view = view(100_000, &sizes);
            let mut axis = DepthAxis::default();
            axis.follow(&view, span, false);
            for (side, levels) in [(Side::Buy, &view.bids), (Side::Sell, &view.asks)] {
                let mut steps = DepthSteps::default();
                axis.lay_out(side, levels, is_cut, (width, 200), &mut steps);
                for pair in steps.area.windows(2) {
                    let touches = match side {
                        Side::Buy => pair[1].x + pair[1].width == pair[0].x,
                        Side::Sell => pair[0].x + pair[0].width == pair[1].x,
                    };
                    prop_assert!(touches && pair[1].y <= pair[0].y);
                }
                for rect in &steps.area {
                    prop_assert!(rect.x >= 0 && rect.x + rect.width <= width && rect.y >= 0);
                }
            }
            let mut ticks = Vec::new();
            axis.price_ticks(0.2, &mut ticks);
            prop_assert!(ticks.len() <= 6);
        }
    }
}
