//! What is marked on the chart: what a person drew, and the levels of the day and the week before.
//!
//! Both are held as decimals, because the chart's precision is known only with its first bars and
//! may become finer.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::json;
use tradesuite_core::chart::{ChartView, DRAWN_STUDY, DrawnLine, DrawnMeasure, PriceLine};
use tradesuite_core::indicator::{PriorLevels, PriorRange, indicator};
use tradesuite_core::model::{
    CandlePage, Decimal, Drawing, Drawings, InstrumentId, Point, Precision, Price, Shape,
    Timeframe, UnixMs,
};

use crate::api::load_candles;
use crate::ui::chart::indicators::IndicatorSetting;

/// Daily bars that hold the week before, whatever day it is.
const DAYS: u32 = 16;
/// The indicator that an average is drawn by.
const AVERAGE: &str = "vwap_anchored";

/// What is marked, and whether the chart knows it.
#[derive(Debug, Default)]
pub struct Marked {
    drawings: Rc<Drawings>,
    levels: Vec<(&'static str, Decimal)>,
    /// The precision at which the chart was told.
    told: Option<Precision>,
}

impl Marked {
    /// Takes over what was drawn.
    pub fn set_drawings(&mut self, drawings: Drawings) {
        self.drawings = Rc::new(drawings);
        self.told = None;
    }

    /// What was drawn.
    #[must_use]
    pub fn drawings(&self) -> Rc<Drawings> {
        Rc::clone(&self.drawings)
    }

    /// Takes over the levels.
    pub fn set_levels(&mut self, levels: Vec<(&'static str, Decimal)>) {
        self.levels = levels;
        self.told = None;
    }

    /// Tells the chart, where it does not know.
    pub fn tell(&mut self, view: &mut ChartView) {
        let precision = view.series().precision();
        if view.series().is_empty() || self.told == Some(precision) {
            return;
        }
        self.told = Some(precision);
        // A price with more decimals than the instrument has lies between two of its prices.
        let price = |decimal: Decimal| decimal.mantissa_at(precision.price).map(Price);
        let levels = self.levels.iter().filter_map(|(label, decimal)| {
            Some(PriceLine {
                price: price(*decimal)?,
                label,
            })
        });
        let place = |point: Point| Some((point.time, price(point.price)?));
        let lines = view.lines_mut();
        lines.levels = levels.collect();
        lines.drawn.clear();
        lines.measures.clear();
        for drawing in &self.drawings.drawings {
            let id = drawing.id;
            match drawing.shape {
                Shape::Line { price: at, .. } => {
                    let line = price(at).map(|price| DrawnLine { id, price });
                    lines.drawn.extend(line);
                }
                Shape::Measure { from, to } => {
                    let ends = place(from).zip(place(to));
                    let measure = ends.map(|(from, to)| DrawnMeasure { id, from, to });
                    lines.measures.extend(measure);
                }
                Shape::Vwap { .. } => {}
            }
        }
    }

    /// A drawn line as it stands on the chart now, where it was moved there.
    #[must_use]
    pub fn moved(&self, view: &ChartView, id: u32) -> Option<Drawing> {
        let now = view.lines().price_of(id)?;
        let mut drawing = self.drawings.get(id)?.clone();
        let Shape::Line { price, .. } = &mut drawing.shape else {
            return None;
        };
        let decimals = view.series().precision().price;
        // The same price in other digits is no move.
        if price.mantissa_at(decimals) == Some(now.0) {
            return None;
        }
        *price = now.to_decimal(decimals);
        Some(drawing)
    }

    /// The averages that were drawn, as indicators of the chart; the selected one is thicker.
    #[must_use]
    pub fn averages(&self, selected: Option<u32>) -> Vec<IndicatorSetting> {
        let outputs = indicator(AVERAGE).map_or(&[][..], |spec| spec.outputs);
        let average = |drawing: &Drawing| {
            let Shape::Vwap { time } = drawing.shape else {
                return None;
            };
            let colors = drawing.colour.as_ref().map(|colour| {
                let outputs = outputs.iter();
                let colors = outputs.map(|output| (output.name.to_owned(), colour.clone()));
                colors.collect::<BTreeMap<_, _>>()
            });
            Some(IndicatorSetting {
                id: DRAWN_STUDY + drawing.id,
                indicator: AVERAGE.to_owned(),
                params: json!({ "anchor": time.0 }),
                hidden: false,
                colors: colors.unwrap_or_default(),
                shift: 0,
                width: (selected == Some(drawing.id)).then_some(3.0),
                share: None,
            })
        };
        self.drawings.drawings.iter().filter_map(average).collect()
    }
}

/// Asks for the levels of the day and the week before an instant.
///
/// # Errors
/// Why the server did not give them.
pub async fn load_levels(
    instrument: InstrumentId,
    now: UnixMs,
) -> Result<Vec<(&'static str, Decimal)>, String> {
    let page = load_candles(instrument, Timeframe::D1, None, DAYS).await;
    Ok(levels(&page.map_err(|error| error.to_string())?, now))
}

fn levels(page: &CandlePage, now: UnixMs) -> Vec<(&'static str, Decimal)> {
    let PriorLevels { day, week } = PriorLevels::at(now, &page.candles);
    let named = |range: Option<PriorRange>, names: [&'static str; 3]| {
        let prices = range.map(|range| [range.high, range.low, range.close]);
        names.into_iter().zip(prices.into_iter().flatten())
    };
    named(day, ["PDH", "PDL", "PDC"])
        .chain(named(week, ["PWH", "PWL", "PWC"]))
        .map(|(name, price)| (name, price.to_decimal(page.precision.price)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::chart::{Bar, ChartSize};
    use tradesuite_core::model::Volume;

    fn view(decimals: u8) -> ChartView {
        let size = ChartSize {
            width: 300.0,
            height: 200.0,
            ratio: 1.0,
        };
        let precision = Precision {
            price: decimals,
            quantity: 0,
        };
        let mut view = ChartView::new(Timeframe::M1, precision, size);
        view.merge([Bar {
            time: UnixMs(0),
            open: Price(100),
            high: Price(200),
            low: Price(50),
            close: Price(150),
            volume: Volume(1),
            buy_volume: None,
            quote_volume: None,
            closed: true,
        }]);
        view
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    fn line(id: u32, price: &str) -> Drawing {
        Drawing {
            id,
            colour: None,
            shape: Shape::Line {
                price: decimal(price),
                label: String::new(),
            },
        }
    }

    #[test]
    fn what_is_marked_is_told_at_the_charts_precision() {
        let mut marked = Marked::default();
        marked.set_drawings(Drawings {
            drawings: vec![line(1, "1.25"), line(2, "1.2345")],
        });
        marked.set_levels(vec![("PDH", decimal("1.9"))]);
        let mut chart = view(2);
        marked.tell(&mut chart);
        let told = |chart: &ChartView| -> Vec<(u32, i64)> {
            let drawn = chart.lines().drawn.iter();
            drawn.map(|line| (line.id, line.price.0)).collect()
        };
        assert_eq!(told(&chart), [(1, 125)]);
        assert_eq!(chart.lines().levels[0].price, Price(190));
        assert_eq!(marked.moved(&chart, 1), None, "it stands where it stood");
        chart.lines_mut().move_to(1, Price(130));
        marked.tell(&mut chart);
        assert_eq!(told(&chart), [(1, 130)], "it knew already");
        assert_eq!(marked.moved(&chart, 1), Some(line(1, "1.30")));
        let mut finer = view(4);
        marked.tell(&mut finer);
        assert_eq!(told(&finer), [(1, 12_500), (2, 12_345)]);
    }

    #[test]
    fn an_average_is_drawn_by_its_indicator() {
        let mut marked = Marked::default();
        marked.set_drawings(Drawings {
            drawings: vec![
                line(1, "1"),
                Drawing {
                    id: 5,
                    colour: Some("#1e90ff".to_owned()),
                    shape: Shape::Vwap {
                        time: UnixMs(60_000),
                    },
                },
            ],
        });
        let averages = marked.averages(Some(5));
        assert_eq!(averages.len(), 1);
        let plan = averages[0].plan().expect("an indicator");
        assert_eq!(plan.id, DRAWN_STUDY + 5);
        assert_eq!(plan.params.to_json()["anchor"], 60_000);
        assert_eq!(averages[0].colors["value"], "#1e90ff");
        assert!(averages[0].line_width() > marked.averages(None)[0].line_width());
    }
}
