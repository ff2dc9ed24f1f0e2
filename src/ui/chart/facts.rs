//! The chart in figures, for the browser tests: what is in view, where the axes name it, what the
//! pointer is on. One JSON object, prices and volumes as exact texts, places in CSS pixels.

use std::collections::BTreeMap;

use serde::Serialize;
use tradesuite_core::chart::{Bar, ChartView, Crosshair, Study};
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
    /// The newest bar as the server told it. What is painted of it closes with the last trade of
    /// all, which may be a message ahead: `close`.
    last: BarFacts,
    /// The last price as it is painted.
    close: String,
    hover: Option<Hover>,
    /// Columns in which trades are missing: left edge and width.
    gaps: Vec<(f64, f64)>,
    /// Ticks of gaps narrower than a bar: middle, and how many there are.
    gap_ticks: Vec<(f64, usize)>,
    /// From the top down: place and text.
    price_labels: Vec<(f64, &'a str)>,
    /// From left to right: place and text.
    time_labels: Vec<(f64, &'a str)>,
    /// How bars are drawn and how the price axis counts.
    kind: &'a str,
    scale: &'a str,
    /// Whether the price axis fits itself to what is in view, and the prices at its ends.
    auto: bool,
    range: (f64, f64),
    /// Top and height of each pane, the price pane's first.
    panes: Vec<(f64, f64)>,
    indicators: Vec<StudyFacts<'a>>,
    /// Prices of lines that a person drew, times between which a measure was kept, the id of the
    /// drawing that is selected; and levels by name.
    lines: Vec<String>,
    measures: Vec<(i64, i64)>,
    selected: Option<u32>,
    levels: Vec<(&'a str, String)>,
}

/// An indicator at the bar pointed at, else at the last one.
#[derive(Serialize)]
struct StudyFacts<'a> {
    id: u32,
    indicator: &'a str,
    title: String,
    hidden: bool,
    /// Number of its pane; 0 where it is drawn over the prices.
    pane: usize,
    /// Values by output; null where there is none.
    values: BTreeMap<&'a str, Option<f64>>,
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
    /// Whether the pointer is over a chart that this one is linked with.
    linked: bool,
    #[serde(flatten)]
    bar: BarFacts,
}

/// The figures; empty while there is no bar.
#[must_use]
pub fn facts(
    instrument: &InstrumentId,
    view: &ChartView,
    crosshair: Option<Crosshair>,
    selected: Option<u32>,
) -> String {
    let series = view.series();
    let visible = view.axis().visible_bars();
    let outermost = series.bar(visible.start).zip(series.bar(visible.end - 1));
    let ends = series.first().zip(series.last());
    let (Some((from, to)), Some((first, last)), Some((close, _))) =
        (outermost, ends, view.last_price())
    else {
        return String::new();
    };
    let precision = series.precision();
    let ratio = view.snap().ratio();
    let price = |price: &Price| price.to_decimal(precision.price).to_string();
    let hover = crosshair.and_then(|crosshair| {
        let bar = series.bar(crosshair.index)?;
        Some(Hover {
            x: view.axis().x(crosshair.index as f64),
            linked: crosshair.across.is_none(),
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
        last: BarFacts::of(last, precision),
        close: close.to_decimal(precision.price).to_string(),
        hover,
        gaps: view
            .gap_columns()
            .iter()
            .map(|column| (f64::from(column.x) / ratio, f64::from(column.width) / ratio))
            .collect(),
        gap_ticks: view
            .gap_ticks()
            .iter()
            .map(|tick| (f64::from(tick.x) / ratio, tick.count))
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
        kind: view.kind().name(),
        scale: view.price_axis().mode().name(),
        auto: view.is_auto(0),
        range: prices(view.scale().range(), precision),
        panes: view
            .rows()
            .iter()
            .map(|rows| (f64::from(rows.top) / ratio, f64::from(rows.height) / ratio))
            .collect(),
        indicators: study_facts(view, crosshair),
        lines: view
            .lines()
            .drawn
            .iter()
            .map(|line| price(&line.price))
            .collect(),
        measures: view
            .lines()
            .measures
            .iter()
            .map(|measure| (measure.from.0.0, measure.to.0.0))
            .collect(),
        selected,
        levels: view
            .lines()
            .levels
            .iter()
            .map(|line| (line.label, price(&line.price)))
            .collect(),
    };
    // Plain structs with text keys: nothing here can fail.
    serde_json::to_string(&facts).unwrap_or_default()
}

fn prices((low, high): (f64, f64), precision: Precision) -> (f64, f64) {
    let counts = 10_f64.powi(i32::from(precision.price));
    (low / counts, high / counts)
}

fn study_facts(view: &ChartView, crosshair: Option<Crosshair>) -> Vec<StudyFacts<'static>> {
    let last = view.series().bounds().map(|bounds| bounds.last);
    let index = crosshair.map(|crosshair| crosshair.index).or(last);
    let facts = |study: &Study| {
        let plan = study.plan();
        let outputs = plan.params.spec().outputs.iter().enumerate();
        let pane = view.panes().iter().position(|pane| pane.study == plan.id);
        StudyFacts {
            id: plan.id,
            indicator: plan.params.spec().id,
            title: plan.params.title(),
            hidden: plan.is_hidden,
            pane: pane.map_or(0, |at| at + 1),
            values: outputs
                .map(|(at, output)| (output.name, index.and_then(|index| study.value(at, index))))
                .collect(),
        }
    };
    view.studies().list().iter().map(facts).collect()
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
    use tradesuite_core::chart::{ChartSize, StudyPlan};
    use tradesuite_core::indicator::{Params, indicator};
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
        assert_eq!(facts(&instrument, &view, None, None), "");
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
        view.set_studies(vec![StudyPlan {
            id: 4,
            params: Params::defaults(indicator("rsi").expect("an indicator")),
            is_hidden: false,
            share: None,
        }]);
        assert!(!view.follow());
        view.lay_out(&|_| 0);
        let text = facts(&instrument, &view, view.crosshair(10.0, 10.0), None);
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["bars"], 100);
        assert_eq!(read["last"]["time"], 99 * 60_000);
        assert_eq!(read["last"]["close"], "64213.55");
        assert_eq!(read["close"], "64213.55");
        assert_eq!(read["hover"]["close"], "64213.55");
        let x = read["hover"]["x"].as_f64();
        assert!(x.is_some_and(|x| (x - 10.0).abs() <= 4.5), "{x:?}");
        assert!(
            read["price_labels"]
                .as_array()
                .is_some_and(|list| !list.is_empty())
        );
        assert_eq!(read["panes"].as_array().map(Vec::len), Some(2));
        let rsi = &read["indicators"][0];
        assert_eq!((&rsi["id"], &rsi["pane"]), (&4.into(), &1.into()));
        assert!(rsi["values"]["value"].is_number(), "{rsi}");
    }
}
