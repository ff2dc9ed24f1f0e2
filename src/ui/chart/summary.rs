//! The chart in one sentence, for screen readers and for the browser tests: exact, in UTC.

use std::fmt::Write as _;

use tradesuite_core::chart::{Bar, ChartView, Crosshair, format};
use tradesuite_core::model::{Gap, Precision};

use crate::ui::chart::study_legend::texts;

/// `97 of 500 bars in view, 2026-11-23T12:00:00Z to …; …`.
#[must_use]
pub fn summary(view: &ChartView, crosshair: Option<Crosshair>) -> String {
    let series = view.series();
    let Some(last) = view.last_bar() else {
        return "No bars".to_owned();
    };
    let range = view.axis().visible_bars();
    let mut text = format!(
        "{} of {} bars in view",
        range.end - range.start,
        series.len()
    );
    if let (Some(from), Some(to)) = (series.bar(range.start), series.bar(range.end - 1)) {
        // Writing into a `String` cannot fail.
        let _ = write!(
            text,
            ", from {} to {}",
            from.time.to_rfc3339(),
            to.time.to_rfc3339()
        );
    }
    let following = if view.axis().is_following() {
        ""
    } else {
        "not "
    };
    let _ = write!(
        text,
        "; {following}following the market; last bar {}, {}",
        figures(&last, series.precision()),
        if last.closed { "closed" } else { "forming" }
    );
    let gaps = view.gap_columns().len();
    if gaps > 0 {
        let stretches = if gaps == 1 { "stretch" } else { "stretches" };
        let _ = write!(text, "; trades are missing in {gaps} {stretches} in view");
    }
    let ticks = view.gap_ticks();
    let short: usize = ticks.iter().map(|tick| tick.count).sum();
    let longest = ticks.iter().filter_map(|tick| view.gap_of_tick(tick));
    let length = |gap: &&Gap| gap.end.map_or(0, |end| end.0 - gap.start.0);
    if let Some(gap) = longest.max_by_key(length) {
        let gaps = if short == 1 { "gap" } else { "gaps" };
        let _ = write!(
            text,
            "; {short} {gaps} shorter than a bar in view, the longest at {} of {}: {}",
            gap.start.to_rfc3339(),
            format::duration(length(&gap)),
            gap.reason
        );
    }
    if let Some(bar) = crosshair.and_then(|crosshair| series.bar(crosshair.index)) {
        let _ = write!(text, "; pointer on {}", figures(bar, series.precision()));
    }
    let last = series.bounds().map(|bounds| bounds.last);
    let index = crosshair.map(|crosshair| crosshair.index).or(last);
    for study in view
        .studies()
        .list()
        .iter()
        .filter(|study| !study.plan().is_hidden)
    {
        let _ = write!(text, "; {}", study.plan().params.title());
        let texts = index.map(|index| texts(study, index, series.precision()));
        for (output, value) in texts.into_iter().flatten() {
            let _ = write!(text, " {} {value}", output.label);
        }
    }
    text
}

fn figures(bar: &Bar, precision: Precision) -> String {
    let price = |value: tradesuite_core::model::Price| value.to_decimal(precision.price);
    format!(
        "{} open {} high {} low {} close {} volume {}",
        bar.time.to_rfc3339(),
        price(bar.open),
        price(bar.high),
        price(bar.low),
        price(bar.close),
        bar.volume.display(precision.quantity)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::chart::ChartSize;
    use tradesuite_core::model::{Price, Timeframe, UnixMs, Volume};

    #[test]
    fn it_says_what_is_in_view() {
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
        assert_eq!(summary(&view, None), "No bars");
        view.merge((0..100).map(|minute| Bar {
            time: UnixMs(1_795_435_200_000 + minute * 60_000),
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
        let text = summary(&view, view.crosshair(10.0, 10.0));
        let figures = "open 64188.20 high 64231.90 low 64180.05 close 64213.55 volume 12.8400";
        assert!(
            text.contains(" of 100 bars in view, from 2026-11-23T"),
            "{text}"
        );
        assert!(
            text.contains(&format!("; following the market; last bar 2026-11-23T13:39:00Z {figures}, forming; pointer on 2026")),
            "{text}"
        );
    }
}
