//! What holds for every indicator of the table, whatever the bars.

use proptest::prelude::*;

use crate::model::UnixMs;

use super::field::FieldKind;
use super::fixture::bar;
use super::{
    HeikinAshi, INDICATORS, IndicatorSeries, IndicatorSpec, IndicatorState, Ohlcv, Params, Place,
    Style,
};

const HOUR_MS: i64 = 3_600_000;

/// Bars of a random walk, with hours that are missing, prices that stand still, bars without
/// volume and bars of which the buy or the quote volume is not known.
fn ordinary() -> impl Strategy<Value = Vec<Ohlcv>> {
    let step = (
        1..9_i64,
        -20..=20_i32,
        0..4_u32,
        0..5_u32,
        0..100_u32,
        0..=10_u32,
    );
    prop::collection::vec(step, 0..50).prop_map(|steps| {
        let (mut hour, mut price) = (0, 1_000.0);
        let walk = |(gap, move_, reach, lot, known, bought): (i64, i32, u32, u32, u32, u32)| {
            hour += 1 + gap / 8 * 30;
            let (open, close): (f64, f64) = (price, price + f64::from(move_ * (reach as i32 % 2)));
            price = close;
            let volume = f64::from(lot * 7);
            Ohlcv {
                time: UnixMs(hour * HOUR_MS),
                open,
                high: open.max(close) + f64::from(reach),
                low: open.min(close) - f64::from(reach / 2),
                close,
                volume,
                buy_volume: (known > 20).then_some(volume * f64::from(bought) / 10.0),
                quote_volume: (known % 2 == 0).then_some(volume * (open + close) / 2.0),
            }
        };
        steps.into_iter().map(walk).collect()
    })
}

/// Anything that fits into floats.
fn wild() -> impl Strategy<Value = Ohlcv> {
    let number = prop_oneof![
        4 => -10.0..10.0_f64,
        1 => Just(0.0),
        1 => -1e60..1e60_f64,
        1 => any::<f64>(),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
    ];
    (
        prop::array::uniform5(number.clone()),
        prop::option::of(number.clone()),
        prop::option::of(number),
        any::<bool>(),
    )
        .prop_map(
            |([open, high, low, close, volume], buy_volume, quote_volume, tidy)| Ohlcv {
                open,
                high: if tidy {
                    high.max(open).max(close)
                } else {
                    high
                },
                low: if tidy { low.min(open).min(close) } else { low },
                close,
                volume: if tidy { volume.abs() } else { volume },
                buy_volume,
                quote_volume,
                ..bar(0, 0.0)
            },
        )
}

/// Short periods, so that few bars are enough, made of a few random digits.
fn params(spec: &'static IndicatorSpec, digits: [u32; 4]) -> Params {
    let mut json = serde_json::Map::new();
    let mut least = 0;
    for (field, digit) in spec.fields.iter().zip(digits) {
        let value = match field.kind {
            FieldKind::Bars { min, .. } => {
                // Each more than the one before, so that pairs are in order.
                least = min.max(least + 1) + digit % 4;
                serde_json::Value::from(least)
            }
            FieldKind::Choice(choices) => choices[digit as usize % choices.len()].name.into(),
            FieldKind::Time => (i64::from(digit) * HOUR_MS).into(),
            FieldKind::Factor { .. } => continue,
        };
        json.insert(field.name.to_owned(), value);
    }
    Params::from_json(spec, &json.into()).expect("parameters in range")
}

/// Every value of every column, to the bit.
fn bits(series: &IndicatorSeries) -> Vec<Vec<u64>> {
    (0..series.params().spec().outputs.len())
        .map(|output| series.values(output, series.range()).1)
        .map(|column| column.iter().map(|value| value.to_bits()).collect())
        .collect()
}

proptest! {
    // Every case goes through the whole table.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn revising_gives_what_starting_from_scratch_gives(
        bars in ordinary(),
        revisions in prop::collection::vec((any::<prop::sample::Index>(), wild()), 0..60),
        digits in prop::array::uniform4(0..9_u32),
    ) {
        for spec in INDICATORS {
            let params = params(spec, digits);
            let whole = IndicatorSeries::new(params.clone(), 0, bars.clone());
            let mut live = IndicatorSeries::new(params.clone(), 0, []);
            let mut rule = IndicatorState::new(&params);
            for (place, bar) in bars.iter().enumerate() {
                let own = revisions.iter().filter(|(at, _)| at.index(bars.len()) == place);
                let own: Vec<_> = own.map(|(_, wild)| Ohlcv { time: bar.time, ..*wild }).collect();
                for revision in own.iter().chain([bar]) {
                    prop_assert!(live.upsert(*revision));
                }
                // Kept and read back before every bar.
                rule = IndicatorState::restored(&params, &rule.saved()).expect("its own").clone();
                rule.push(*own.first().unwrap_or(bar));
                rule.revise_last(*bar);
                for output in 0..spec.outputs.len() {
                    prop_assert_eq!(rule.value(output), live.value(output, place as i64));
                }
            }
            prop_assert_eq!(bits(&live), bits(&whole), "{}", spec.id);
            let kept = bars.len() / 2;
            live.drop_front(kept);
            live.recompute(-7, bars.clone());
            prop_assert_eq!(bits(&live), bits(&whole), "{} again", spec.id);
            prop_assert_eq!(live.range().start, -7);
        }
    }

    #[test]
    fn nothing_comes_before_the_warm_up_and_all_from_then_on(
        closes in prop::collection::vec(1..1_000_i32, 60..90),
        digits in prop::array::uniform4(0..9_u32),
    ) {
        let lively = |(hour, close): (i64, &i32)| Ohlcv {
            high: f64::from(*close) + 2.0,
            low: f64::from(*close) - 1.0,
            volume: f64::from(*close),
            ..bar((hour + 10) * HOUR_MS, f64::from(*close))
        };
        let bars: Vec<_> = (0..).zip(&closes).map(lively).collect();
        for spec in INDICATORS {
            let params = params(spec, digits);
            let series = IndicatorSeries::new(params.clone(), 0, bars.clone());
            for output in 0..spec.outputs.len() {
                let warm_up = (spec.warm_up)(&params, output);
                let values = series.values(output, series.range()).1;
                prop_assert!(values[..warm_up].iter().all(|value| value.is_nan()), "{}", spec.id);
                // Of rising and falling stops there is one at a time.
                if spec.id != "supertrend" || spec.outputs[output].style == Style::Hidden {
                    // Volumes that do not differ have no score.
                    let known = values[warm_up..].iter().filter(|value| !value.is_nan()).count();
                    prop_assert!(known + warm_up == values.len() || spec.id == "volume_z", "{}", spec.id);
                }
            }
        }
    }

    #[test]
    fn whatever_comes_nothing_is_infinite(
        bars in prop::collection::vec(wild(), 0..60),
        digits in prop::array::uniform4(0..9_u32),
    ) {
        for spec in INDICATORS {
            let series = IndicatorSeries::new(params(spec, digits), 0, bars.clone());
            for output in 0..spec.outputs.len() {
                let values = series.values(output, series.range()).1;
                prop_assert_eq!(values.len(), bars.len());
                prop_assert!(values.iter().all(|value| !value.is_infinite()), "{}", spec.id);
            }
        }
        let mut averaged = HeikinAshi::default();
        for bar in &bars {
            let taken = averaged.take(bar);
            prop_assert_eq!(taken.is_sound(), bar.is_sound());
        }
    }

    #[test]
    fn a_scale_that_never_moves_holds_every_value(
        bars in ordinary(),
        digits in prop::array::uniform4(0..9_u32),
    ) {
        for spec in INDICATORS {
            if let Place::Pane { bounds: Some((low, high)), .. } = spec.place {
                let series = IndicatorSeries::new(params(spec, digits), 0, bars.clone());
                if let Some((lowest, highest)) = series.extremes(series.range()) {
                    prop_assert!(low - 1e-9 <= lowest && highest <= high + 1e-9, "{}", spec.id);
                }
            }
        }
    }
}

#[test]
fn prices_that_stand_still_have_the_values_of_ta_lib() {
    let flat: Vec<_> = (0..60).map(|hour| bar(hour * HOUR_MS, 0.1)).collect();
    for (id, expected) in [
        ("sma", [0.1].as_slice()),
        ("ema", &[0.1]),
        ("bollinger", &[0.1, 0.1, 0.1]),
        ("keltner", &[0.1, 0.1, 0.1]),
        ("donchian", &[0.1, 0.1, 0.1]),
        ("vwap_session", &[0.1; 5]),
        ("rsi", &[0.0]),
        ("macd", &[0.0, 0.0, 0.0]),
        ("stochastic", &[0.0, 0.0]),
        ("atr", &[0.0]),
        ("adx", &[0.0, 0.0, 0.0]),
        ("obv", &[10.0]),
        ("volume_z", &[0.0]),
        ("rvol", &[1.0]),
        ("volatility", &[0.0]),
    ] {
        let spec = super::indicator(id).expect("an indicator");
        let series = IndicatorSeries::new(Params::defaults(spec), 0, flat.clone());
        for (output, expected) in expected.iter().enumerate() {
            let value = series.value(output, 59).expect("a value");
            assert!((value - expected).abs() < 1e-15, "{id}: {value}");
        }
    }
}
