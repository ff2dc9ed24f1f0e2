//! Prices marked on the chart: the lines a person drew, and the levels of the day and the week
//! before.
//!
//! Both are held as decimals, because the chart's precision is known only with its first bars and
//! may become finer.

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradesuite_core::chart::{ChartView, PriceLine};
use tradesuite_core::indicator::{PriorLevels, PriorRange};
use tradesuite_core::model::{
    CandlePage, Decimal, InstrumentId, Precision, Price, Timeframe, UnixMs,
};

use crate::api::load_candles;
use crate::ui::panel::PanelContext;

/// Daily bars that hold the week before, whatever day it is.
const DAYS: u32 = 16;

/// What is marked, and whether the chart knows it.
#[derive(Debug, Default)]
pub struct Marked {
    drawn: Vec<Decimal>,
    levels: Vec<(&'static str, Decimal)>,
    /// The precision at which the chart was told.
    told: Option<Precision>,
}

impl Marked {
    /// Takes over what was drawn.
    pub fn set_drawn(&mut self, drawn: Vec<Decimal>) {
        self.drawn = drawn;
        self.told = None;
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
        let price = |decimal: &Decimal| decimal.mantissa_at(precision.price).map(Price);
        let levels = self.levels.iter().filter_map(|(label, decimal)| {
            Some(PriceLine {
                price: price(decimal)?,
                label,
            })
        });
        let lines = view.lines_mut();
        lines.levels = levels.collect();
        lines.set_drawn(self.drawn.iter().filter_map(price));
    }

    /// Takes over what was drawn on the chart; `None` where the chart does not know yet what was
    /// drawn before.
    pub fn learn(&mut self, view: &ChartView) -> Option<&[Decimal]> {
        let precision = view.series().precision();
        if self.told != Some(precision) {
            return None;
        }
        // The chart was not told of lines between two of its prices: they stay as they were.
        let is_untold = |line: &Decimal| line.mantissa_at(precision.price).is_none();
        self.drawn.retain(is_untold);
        let drawn = view.lines().drawn().iter();
        self.drawn
            .extend(drawn.map(|price| price.to_decimal(precision.price)));
        Some(&self.drawn)
    }
}

/// The lines drawn in a panel, by instrument; cheap to copy into every closure.
#[derive(Clone, Copy)]
pub struct DrawnLines {
    context: PanelContext,
    all: Memo<BTreeMap<InstrumentId, Vec<String>>>,
}

impl DrawnLines {
    /// Those kept with a panel.
    #[must_use]
    pub fn of(context: PanelContext) -> Self {
        let all = context.setting("lines", BTreeMap::new());
        Self { context, all }
    }

    /// Those of an instrument.
    #[must_use]
    pub fn get(self, instrument: &InstrumentId) -> Vec<Decimal> {
        self.all.with(|all| {
            let lines = all.get(instrument).into_iter().flatten();
            lines.filter_map(|text| text.parse().ok()).collect()
        })
    }

    /// Keeps those of an instrument.
    pub fn keep(self, instrument: &InstrumentId, lines: &[Decimal]) {
        let mut all = self.all.get_untracked();
        let texts = lines.iter().map(ToString::to_string).collect();
        all.insert(instrument.clone(), texts);
        all.retain(|_, lines: &mut Vec<String>| !lines.is_empty());
        self.context.set("lines", all);
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

    #[test]
    fn what_is_marked_is_told_at_the_charts_precision() {
        let decimal = |text: &str| text.parse().expect("a decimal");
        let mut marked = Marked::default();
        assert_eq!(marked.learn(&view(2)), None, "the chart was told nothing");
        marked.set_drawn(vec![decimal("1.25"), decimal("1.2345")]);
        marked.set_levels(vec![("PDH", decimal("1.9"))]);
        let mut chart = view(2);
        marked.tell(&mut chart);
        assert_eq!(chart.lines().drawn(), [Price(125)]);
        assert_eq!(chart.lines().levels[0].price, Price(190));
        chart.lines_mut().set_drawn([Price(130)]);
        marked.tell(&mut chart);
        assert_eq!(chart.lines().drawn(), [Price(130)], "it knew already");
        let kept = [decimal("1.2345"), decimal("1.30")];
        assert_eq!(marked.learn(&chart), Some(&kept[..]));
        let mut finer = view(4);
        assert_eq!(marked.learn(&finer), None, "it was told at other digits");
        marked.tell(&mut finer);
        assert_eq!(finer.lines().drawn(), [Price(12_345), Price(13_000)]);
    }
}
