//! The bars in view and their indicators as a table for other programs (RFC 4180).

use std::fmt::Write as _;

use super::book::SizeUnit;
use super::studies::is_drawn;
use super::view::ChartView;
use crate::indicator::Unit;

/// One line a bar in view, oldest first: prices and volumes exact, times in UTC; what has no
/// value is empty.
#[must_use]
pub fn csv(view: &ChartView) -> String {
    let series = view.series();
    let precision = series.precision();
    let columns: Vec<_> = view
        .studies()
        .list()
        .iter()
        .filter(|study| !study.plan().is_hidden)
        .flat_map(|study| {
            let outputs = study.plan().params.spec().outputs.iter().enumerate();
            let drawn = outputs.filter(|(_, output)| is_drawn(output.style));
            drawn.map(move |(at, output)| (study, at, output))
        })
        .collect();
    let mut text = "time,open,high,low,close,volume,buy_volume".to_owned();
    // Writing into a `String` cannot fail, here and below.
    for (study, _, output) in &columns {
        // The volumes beside them are in base units, whatever is preferred.
        let unit = match (output.unit, study.unit()) {
            (Unit::Volume, SizeUnit::Quote) => " in quote currency",
            _ => "",
        };
        let title = study.plan().params.title();
        let _ = write!(text, ",\"{title} {}{unit}\"", output.label);
    }
    text.push_str("\r\n");
    for (first, bars) in series.slices(view.axis().visible_bars()) {
        for (bar, index) in bars.iter().zip(first..) {
            let _ = write!(text, "{}", bar.time.to_rfc3339());
            for price in [bar.open, bar.high, bar.low, bar.close] {
                let _ = write!(text, ",{}", price.to_decimal(precision.price));
            }
            let _ = write!(text, ",{}", bar.volume.display(precision.quantity));
            match bar.buy_volume {
                Some(buys) => {
                    let _ = write!(text, ",{}", buys.display(precision.quantity));
                }
                None => text.push(','),
            }
            for (study, at, _) in &columns {
                match study.value(*at, index) {
                    Some(value) => {
                        let _ = write!(text, ",{value}");
                    }
                    None => text.push(','),
                }
            }
            text.push_str("\r\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::{minute, minutes};
    use crate::chart::{ChartSize, StudyPlan};
    use crate::indicator::{Params, indicator};
    use crate::model::Timeframe;

    #[test]
    fn every_bar_in_view_has_its_line() {
        let size = ChartSize {
            width: 200.0,
            height: 200.0,
            ratio: 1.0,
        };
        let mut view = ChartView::new(Timeframe::M1, minutes(0..1).precision(), size);
        view.merge((0..100).map(minute));
        let plan = |id, name, is_hidden| StudyPlan {
            id,
            params: Params::defaults(indicator(name).expect("an indicator")),
            is_hidden,
            share: None,
        };
        view.set_studies(vec![plan(1, "sma", false), plan(2, "rsi", true)]);
        view.follow();
        view.lay_out(&|_| 0);
        let text = csv(&view);
        let mut lines = text.lines();
        let head = lines.next().expect("a head");
        assert!(head.ends_with("buy_volume,\"SMA 20 SMA\""), "{head}");
        assert_eq!(lines.clone().count(), view.axis().visible_bars().count());
        let last = lines.next_back().expect("a line");
        assert!(last.starts_with("2026-11-23T13:39:00Z,6"), "{last}");
        assert_eq!(last.split(',').count(), 8);
        let average = last.rsplit(',').next().and_then(|field| field.parse().ok());
        assert_eq!(average, view.studies().list()[0].value(0, 99));
        view.set_studies(vec![plan(1, "obv", false), plan(2, "sma", false)]);
        view.set_size_unit(SizeUnit::Quote);
        let text = csv(&view);
        let head = text.lines().next().expect("a head");
        let expected = "buy_volume,\"OBV OBV in quote currency\",\"SMA 20 SMA\"";
        assert!(head.ends_with(expected), "{head}");
        let empty = ChartView::new(Timeframe::M1, minutes(0..1).precision(), size);
        assert_eq!(csv(&empty).lines().count(), 1);
    }
}
