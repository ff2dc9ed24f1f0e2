//! The chart in figures, for the browser tests: what is in view, where the axes name it, what the
//! pointer is on. One JSON object, prices and volumes as exact texts, places in CSS pixels.

use serde::Serialize;
use tradesuite_core::chart::{Bar, ChartView, Crosshair};
use tradesuite_core::model::{InstrumentId, Precision, Price};

#[derive(Serialize)]
struct Facts<'a> {
    instrument: &'a InstrumentId,
    timeframe: &'a str,
    /// Bars held.
    bars: usize,
    /// Opening time of the oldest bar held, Unix milliseconds.
    first: i64,
    /// Opening times of the outermost visible bars, Unix milliseconds.
    from: i64,
    to: i64,
    following: bool,
    /// Width of a bar with its gap.
    spacing: f64,
    /// Width and height of the plot.
    plot: (f64, f64),
    last: BarFacts,
    hover: Option<Hover>,
    /// Columns in which trades are missing: left edge and width.
    gaps: Vec<(f64, f64)>,
    /// From the top down: place and text.
    price_labels: Vec<(f64, &'a str)>,
    /// From left to right: place and text.
    time_labels: Vec<(f64, &'a str)>,
}

#[derive(Serialize)]
struct BarFacts {
    time: i64,
    open: String,
    high: String,
    low: String,
    close: String,
    volume: String,
}

#[derive(Serialize)]
struct Hover {
    /// Middle of the bar.
    x: f64,
    #[serde(flatten)]
    bar: BarFacts,
}

/// The figures; empty while there is no bar.
#[must_use]
pub fn facts(instrument: &InstrumentId, view: &ChartView, crosshair: Option<Crosshair>) -> String {
    let series = view.series();
    let visible = view.axis().visible_bars();
    let outermost = series.bar(visible.start).zip(series.bar(visible.end - 1));
    let (Some((from, to)), Some(first), Some(last)) = (outermost, series.first(), view.last_bar())
    else {
        return String::new();
    };
    let precision = series.precision();
    let ratio = view.snap().ratio();
    let hover = crosshair.and_then(|crosshair| {
        let bar = series.bar(crosshair.index)?;
        Some(Hover {
            x: view.axis().x(crosshair.index as f64),
            bar: BarFacts::of(bar, precision),
        })
    });
    let facts = Facts {
        instrument,
        timeframe: view.timeframe().name(),
        bars: series.len(),
        first: first.time.0,
        from: from.time.0,
        to: to.time.0,
        following: view.axis().is_following(),
        spacing: view.axis().spacing(),
        plot: view.plot(),
        last: BarFacts::of(&last, precision),
        hover,
        gaps: view
            .gap_columns()
            .iter()
            .map(|column| (f64::from(column.x) / ratio, f64::from(column.width) / ratio))
            .collect(),
        price_labels: view
            .price_ticks()
            .iter()
            .map(|tick| (f64::from(tick.y) / ratio, tick.label.as_str()))
            .collect(),
        time_labels: view
            .time_ticks()
            .iter()
            .map(|tick| (tick.x, tick.label.as_str()))
            .collect(),
    };
    // Plain structs with text keys: nothing here can fail.
    serde_json::to_string(&facts).unwrap_or_default()
}

impl BarFacts {
    fn of(bar: &Bar, precision: Precision) -> Self {
        let price = |value: Price| value.to_decimal(precision.price).to_string();
        Self {
            time: bar.time.0,
            open: price(bar.open),
            high: price(bar.high),
            low: price(bar.low),
            close: price(bar.close),
            volume: bar.volume.display(precision.quantity).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::chart::ChartSize;
    use tradesuite_core::model::{Timeframe, UnixMs, Volume};

    #[test]
    fn it_says_what_is_in_view() {
        let instrument: InstrumentId = "coinbase:BTC-USD".parse().expect("an id");
        let precision = Precision {
            price: 2,
            quantity: 4,
        };
        let size = ChartSize {
            width: 300.0,
            height: 200.0,
            ratio: 1.0,
        };
        let mut view = ChartView::new(Timeframe::M1, precision, size);
        assert_eq!(facts(&instrument, &view, None), "");
        view.merge((0..100).map(|minute| Bar {
            time: UnixMs(minute * 60_000),
            open: Price(6_418_820),
            high: Price(6_423_190),
            low: Price(6_418_005),
            close: Price(6_421_355),
            volume: Volume(128_400),
            buy_volume: None,
            quote_volume: None,
            closed: minute < 99,
        }));
        view.lay_out(&|_| 0);
        let text = facts(&instrument, &view, view.crosshair(10.0, 10.0));
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["bars"], 100);
        assert_eq!(read["last"]["time"], 99 * 60_000);
        assert_eq!(read["last"]["close"], "64213.55");
        assert_eq!(read["hover"]["close"], "64213.55");
        let x = read["hover"]["x"].as_f64();
        assert!(x.is_some_and(|x| (x - 10.0).abs() <= 4.5), "{x:?}");
        assert!(
            read["price_labels"]
                .as_array()
                .is_some_and(|list| !list.is_empty())
        );
    }
}
