//! What the pointer points at: the bar, the price, and the bar's exact figures.

use crate::model::{Precision, Price, Timeframe, UnixMs, Volume};

use super::axis::TimeAxis;
use super::bar::Bar;
use super::format;
use super::series::Series;
use super::snap::PixelSnap;

/// The crosshair's place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crosshair {
    /// The bar pointed at: the nearest one held.
    pub index: i64,
    /// Column of the vertical line: the middle of the bar, device pixels.
    pub x: i32,
    /// The horizontal line; none where the pointer is over a chart that this one is linked with.
    pub across: Option<Across>,
}

/// The crosshair's horizontal line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Across {
    /// Its row: the pointer, device pixels.
    pub y: i32,
    /// What it stands at.
    pub level: Level,
}

/// What a row of pixels stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// In the price pane: the price, on the instrument's tick.
    Price(Price),
    /// In a pane below: a value on its scale.
    Value {
        /// Number of the pane, 1 being the first below the price.
        pane: usize,
        /// The value.
        value: f64,
    },
}

impl Crosshair {
    /// Where a pointer at `x`, `y` (CSS pixels from the plot's top left corner) points; `level`
    /// says what a row stands for.
    #[must_use]
    pub fn at(
        (x, y): (f64, f64),
        series: &Series,
        axis: &TimeAxis,
        snap: PixelSnap,
        level: impl FnOnce(f64) -> Level,
    ) -> Option<Self> {
        let bounds = series.bounds()?;
        let index = axis.bar_at(x).clamp(bounds.first, bounds.last);
        let row = (y * snap.ratio()).floor();
        Some(Self {
            index,
            x: axis.columns(snap).at(index),
            across: Some(Across {
                y: row as i32,
                level: level(row),
            }),
        })
    }

    /// The bar that contains a time, or the last one before it where nothing traded then; `None`
    /// outside of what is held.
    #[must_use]
    pub fn at_time(
        time: UnixMs,
        (series, timeframe): (&Series, Timeframe),
        axis: &TimeAxis,
        snap: PixelSnap,
    ) -> Option<Self> {
        let last = series.last()?;
        if time >= timeframe.next(last.time) {
            return None;
        }
        let after = series.index_at_or_after(UnixMs(time.0.saturating_add(1)));
        let index = after - 1;
        series.bar(index)?;
        Some(Self {
            index,
            x: axis.columns(snap).at(index),
            across: None,
        })
    }

    /// The price at the horizontal line, where that is in the price pane.
    #[must_use]
    pub fn price(&self) -> Option<Price> {
        match self.across?.level {
            Level::Price(price) => Some(price),
            Level::Value { .. } => None,
        }
    }
}

/// A bar's figures as the legend prints them, every digit exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Legend {
    /// When the bar opened, UTC.
    pub time: UnixMs,
    /// First price.
    pub open: String,
    /// Highest price.
    pub high: String,
    /// Lowest price.
    pub low: String,
    /// Last price.
    pub close: String,
    /// Base units traded, in few characters.
    pub volume: String,
    /// The same, exact.
    pub exact_volume: String,
    /// Taker buys less taker sells with its sign, in few characters, where it is known.
    pub delta: Option<String>,
    /// Volume and delta in quote currency.
    pub quote: QuoteFigures,
    /// Close against open, percent.
    pub change: String,
    /// Closed at or above its open.
    pub is_up: bool,
}

/// Volume and delta of a bar in quote currency, in few characters. `≈` where a part of it is not
/// known and the bar's average price stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteFigures {
    /// What was paid.
    pub volume: String,
    /// The same, exact, where it is known.
    pub exact_volume: Option<String>,
    /// Taker buys less taker sells, at the average price.
    pub delta: Option<String>,
}

impl QuoteFigures {
    fn of(bar: &Bar, precision: Precision) -> Self {
        let base = bar.volume.to_f64(precision.quantity);
        let average = bar.average_price(precision);
        let delta = |delta: i128| {
            let sign = if delta > 0 { "+" } else { "" };
            let value = Volume(delta).to_f64(precision.quantity) * average;
            format!("≈{sign}{}", format::short(value))
        };
        Self {
            volume: bar.paid(precision).map_or_else(
                || format!("≈{}", format::short(base * average)),
                format::short,
            ),
            exact_volume: bar
                .quote_volume
                .map(|paid| paid.display(precision.notional()).to_string()),
            delta: bar.delta().map(delta),
        }
    }
}

impl Legend {
    /// The figures of one bar.
    #[must_use]
    pub fn of(bar: &Bar, precision: Precision) -> Self {
        let price = |value| format::price(value, precision.price);
        let sign = |delta: i128| if delta > 0 { "+" } else { "" };
        let short = |value| format::short(Volume(value).to_f64(precision.quantity));
        Self {
            time: bar.time,
            open: price(bar.open),
            high: price(bar.high),
            low: price(bar.low),
            close: price(bar.close),
            volume: short(bar.volume.0),
            exact_volume: bar.volume.display(precision.quantity).to_string(),
            delta: bar
                .delta()
                .map(|delta| format!("{}{}", sign(delta), short(delta))),
            quote: QuoteFigures::of(bar, precision),
            change: format::percent((bar.close.0 - bar.open.0) as f64 / bar.open.0 as f64 * 100.0),
            is_up: bar.is_up(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::minutes;
    use crate::chart::price_scale::PriceScale;

    #[test]
    fn it_points_at_the_nearest_bar_held() {
        let series = minutes(0..200);
        let snap = PixelSnap::new(1.25);
        let mut axis = TimeAxis::new(600.0, snap);
        axis.set_bounds(series.bounds());
        let scale = PriceScale::over(6_400_000.0, 6_410_000.0, 500);
        let level = |row| Level::Price(scale.price_on_tick(row, 50));
        let at = |x, y| Crosshair::at((x, y), &series, &axis, snap, level).expect("bars");
        let hit = at(axis.x(150.0) + 3.0, 100.0);
        assert_eq!((hit.index, hit.across.map(|a| a.y)), (150, Some(125)));
        assert_eq!(hit.price(), Some(Price(6_407_500)));
        assert_eq!(at(599.0, 0.0).index, 199);
        assert_eq!(at(-9_999.0, 0.0).index, 0);
    }

    #[test]
    fn a_linked_crosshair_stands_at_the_bar_that_contains_the_time() {
        let series = minutes(0..20);
        let snap = PixelSnap::new(1.0);
        let mut axis = TimeAxis::new(600.0, snap);
        axis.set_bounds(series.bounds());
        let noon = 1_795_435_200_000;
        let at = |seconds: i64| {
            let time = UnixMs(noon + seconds * 1_000);
            let hit = Crosshair::at_time(time, (&series, Timeframe::M1), &axis, snap);
            hit.map(|hit| (hit.index, hit.across))
        };
        assert_eq!(at(0), Some((0, None)));
        assert_eq!(at(119), Some((1, None)));
        assert_eq!(at(19 * 60 + 59), Some((19, None)));
        assert_eq!((at(-1), at(20 * 60)), (None, None));
    }

    #[test]
    fn prices_are_exact_and_quantities_short() {
        let bar = Bar {
            time: UnixMs(0),
            open: Price(6_418_820),
            high: Price(6_423_190),
            low: Price(6_418_005),
            close: Price(6_421_355),
            volume: Volume(1_284_000_001),
            buy_volume: Some(Volume(400_000_000)),
            quote_volume: None,
            closed: true,
        };
        let legend = Legend::of(
            &bar,
            Precision {
                price: 2,
                quantity: 8,
            },
        );
        assert_eq!(
            [&*legend.open, &*legend.high, &*legend.low, &*legend.close],
            ["64,188.20", "64,231.90", "64,180.05", "64,213.55"]
        );
        assert_eq!(legend.volume, "12.84");
        assert_eq!(legend.exact_volume, "12.84000001");
        assert_eq!(legend.delta.as_deref(), Some("−4.840"));
        assert_eq!(legend.change, "+0.04 %");
    }
}
