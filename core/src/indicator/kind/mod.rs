//! Every indicator: one file and one line in [`INDICATORS`] each.

use super::spec::IndicatorSpec;

mod adx;
mod atr;
mod bollinger;
mod cvd;
mod delta;
mod donchian;
mod ema;
mod keltner;
mod macd;
mod obv;
mod rsi;
mod rvol;
mod sma;
mod stochastic;
mod supertrend;
mod volatility;
mod volume_z;
mod vwap_anchored;
mod vwap_gap;
mod vwap_session;
mod wma;

/// The table, in the order of a menu.
pub static INDICATORS: &[&IndicatorSpec] = &[
    &sma::SMA,
    &ema::EMA,
    &wma::WMA,
    &vwap_session::VWAP_SESSION,
    &vwap_anchored::VWAP_ANCHORED,
    &bollinger::BOLLINGER,
    &keltner::KELTNER,
    &donchian::DONCHIAN,
    &supertrend::SUPERTREND,
    &rsi::RSI,
    &macd::MACD,
    &stochastic::STOCHASTIC,
    &atr::ATR,
    &adx::ADX,
    &obv::OBV,
    &cvd::CVD,
    &delta::DELTA,
    &volume_z::VOLUME_Z,
    &rvol::RVOL,
    &volatility::VOLATILITY,
    &vwap_gap::VWAP_GAP,
];

/// The indicator with an identifier.
#[must_use]
pub fn indicator(id: &str) -> Option<&'static IndicatorSpec> {
    INDICATORS.iter().copied().find(|spec| spec.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::{Colour, FieldKind, Params, Place, Style};
    use std::collections::BTreeSet;

    #[test]
    fn every_file_is_in_the_table() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/indicator/kind");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("this folder")
            .map(|entry| entry.expect("an entry").file_name())
            .filter_map(|name| Some(name.to_str()?.strip_suffix(".rs")?.to_owned()))
            .filter(|name| name != "mod")
            .collect();
        let listed: BTreeSet<String> = INDICATORS.iter().map(|spec| spec.id.to_owned()).collect();
        assert_eq!(files, listed, "a file has the name of its indicator");
        assert_eq!(listed.len(), INDICATORS.len());
    }

    #[test]
    fn what_the_table_says_holds_together() {
        for spec in INDICATORS {
            let id = spec.id;
            assert!(
                !spec.outputs.is_empty() && spec.about.ends_with('.'),
                "{id}"
            );
            let names = |names: Vec<&'static str>| {
                let unique: BTreeSet<_> = names.iter().collect();
                assert_eq!(unique.len(), names.len(), "{id}");
            };
            names(spec.fields.iter().map(|field| field.name).collect());
            names(spec.outputs.iter().map(|output| output.name).collect());
            for field in spec.fields {
                let default = field.default();
                match field.kind {
                    FieldKind::Bars { min, max, .. } => {
                        assert!((min.into()..=max.into()).contains(&default), "{id}");
                    }
                    FieldKind::Factor { min, max, .. } => {
                        assert!((min..=max).contains(&default), "{id}");
                    }
                    FieldKind::Choice(choices) => assert!(!choices.is_empty(), "{id}"),
                    FieldKind::Time => {}
                }
            }
            for (place, output) in spec.outputs.iter().enumerate() {
                if let Style::Band { to } = output.style {
                    assert!(to != place && to < spec.outputs.len(), "{id}");
                }
                if let Place::OverPrice = spec.place {
                    let by_sign = output.colour == Colour::BySign;
                    assert!(!by_sign, "{id}: a price has no sign");
                }
                assert_eq!(spec.output(output.name), Some(place));
            }
            if let Place::Pane {
                bounds: Some((low, high)),
                guides,
            } = spec.place
            {
                assert!(guides.iter().all(|level| (low..=high).contains(level)));
            }
            for (lower, upper) in spec.ascending {
                let usual = Params::defaults(spec);
                assert!(usual.factor(lower) < usual.factor(upper), "{id}");
            }
        }
    }
}
