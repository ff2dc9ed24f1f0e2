//! Indicators that TA-Lib does not have, against small tables made by hand.

use serde_json::{Value, json};

use crate::model::UnixMs;

use super::fixture::{bar, hlc};
use super::{IndicatorSeries, Ohlcv, Params, indicator};

const HOUR_MS: i64 = 3_600_000;
const NONE: f64 = f64::NAN;

fn check(id: &str, json: &Value, output: &str, bars: &[Ohlcv], expected: &[f64]) {
    let spec = indicator(id).expect("an indicator");
    let params = Params::from_json(spec, json).expect("parameters");
    let series = IndicatorSeries::new(params, 0, bars.iter().copied());
    let output = spec.output(output).expect("an output");
    let (_, values) = series.values(output, series.range());
    assert_eq!(values.len(), expected.len());
    for (place, (value, expected)) in values.iter().zip(expected).enumerate() {
        let same = (value - expected).abs() < 1e-9 || (value.is_nan() && expected.is_nan());
        assert!(same, "{id} {json} at {place}: {value}, not {expected}");
    }
}

fn traded(bar: Ohlcv, volume: f64) -> Ohlcv {
    Ohlcv { volume, ..bar }
}

#[test]
fn vwap_starts_anew_each_day_and_takes_the_quote_volume_where_it_is_known() {
    // Typical prices 10 and 20 with volumes 1 and 3: (10 + 60) / 4 = 17.5. Spread around it:
    // (1 × 7.5² + 3 × 2.5²) / 4 = 18.75, deviation √18.75. The third bar has traded nothing and
    // changes nothing. The fourth, a day later after a gap, says itself that 2 units cost 62.
    let bars = [
        traded(hlc(22 * HOUR_MS, 12.0, 8.0, 10.0), 1.0),
        traded(hlc(23 * HOUR_MS, 24.0, 16.0, 20.0), 3.0),
        traded(hlc(23 * HOUR_MS + 1, 50.0, 50.0, 50.0), 0.0),
        Ohlcv {
            quote_volume: Some(62.0),
            ..traded(hlc(40 * HOUR_MS, 40.0, 20.0, 30.0), 2.0)
        },
    ];
    let deviation = 18.75_f64.sqrt();
    let session = |output, expected: &[f64]| {
        check("vwap_session", &json!({}), output, &bars, expected);
    };
    session("value", &[10.0, 17.5, 17.5, 31.0]);
    session("upper", &[10.0, 17.5 + deviation, 17.5 + deviation, 31.0]);
    let outer = 17.5 - 2.0 * deviation;
    session("outer_lower", &[10.0, outer, outer, 31.0]);

    // Since 23:00: 20 at first, then with 62 for 2 more: (60 + 62) / 5 = 24.4.
    let anchor = json!({"anchor": 23 * HOUR_MS});
    check(
        "vwap_anchored",
        &anchor,
        "value",
        &bars,
        &[NONE, 20.0, 20.0, 24.4],
    );
    // A session that begins without volume has no price yet.
    check("vwap_session", &json!({}), "value", &bars[2..3], &[NONE]);
}

#[test]
fn delta_and_its_sum_leave_a_gap_where_buys_are_not_known() {
    // Of 10 traded, 6 bought: 6 - 4 = 2. Of 10, 1 bought: 1 - 9 = -8.
    let buys = |hours: i64, buy_volume| Ohlcv {
        time: UnixMs(hours * HOUR_MS),
        buy_volume,
        ..bar(0, 5.0)
    };
    let bars = [
        buys(20, Some(6.0)),
        buys(21, Some(1.0)),
        buys(22, None),
        buys(23, Some(6.0)),
        buys(26, Some(6.0)),
        buys(27, Some(6.0)),
    ];
    let none = json!({});
    check(
        "delta",
        &none,
        "value",
        &bars,
        &[2.0, -8.0, NONE, 2.0, 2.0, 2.0],
    );
    let never = json!({"reset": "never"});
    check(
        "cvd",
        &never,
        "value",
        &bars,
        &[2.0, -6.0, NONE, 2.0, 4.0, 6.0],
    );
    check(
        "cvd",
        &none,
        "value",
        &bars,
        &[2.0, -6.0, NONE, 2.0, 2.0, 4.0],
    );
}

#[test]
fn volume_scores_are_against_the_bars_before() {
    // Before the third: 2, 4, mean 3, sample deviation √2: (6 - 3) / √2. Before the fourth: 4, 6,
    // mean 5: (5 - 5) / √2. Before the fifth 6, 5. Before the last two 5, 5: no deviation.
    let volumes = [2.0, 4.0, 6.0, 5.0, 5.0, 5.0, 7.0];
    let bars = volumes.map(|volume| traded(bar(0, 1.0), volume));
    let root = 2.0_f64.sqrt();
    let fifth = (5.0 - 5.5) / (0.5_f64 * 0.5 * 2.0).sqrt();
    check(
        "volume_z",
        &json!({"period": 2}),
        "value",
        &bars,
        &[NONE, NONE, 3.0 / root, 0.0, fifth, 0.0, NONE],
    );
}

#[test]
fn keltner_of_closes_by_hand() {
    // True ranges from the second bar: max(12, 9) - min(8, 9) = 4 (close before: 9), then
    // max(16, 11) - min(12, 11) = 5; Wilder over 2: 4.5. Average of closes over 2, then by 2/3:
    // (9 + 11) / 2 = 10, 10 + 2/3 × (14 - 10) = 12 2/3. One range around it.
    let bars = [
        hlc(0, 10.0, 8.0, 9.0),
        hlc(1, 12.0, 8.0, 11.0),
        hlc(2, 16.0, 12.0, 14.0),
    ];
    let params = json!({"period": 2, "range_period": 2, "multiplier": 1});
    let middle = 10.0 + 2.0 / 3.0 * 4.0;
    check("keltner", &params, "middle", &bars, &[NONE, NONE, middle]);
    check(
        "keltner",
        &params,
        "upper",
        &bars,
        &[NONE, NONE, middle + 4.5],
    );
    check(
        "keltner",
        &params,
        "lower",
        &bars,
        &[NONE, NONE, middle - 4.5],
    );
}

#[test]
fn relative_volume_leaves_the_bar_itself_out() {
    // Means of the two before: (4 + 8) / 2 = 6, then (8 + 3) / 2 = 5.5, then nothing at all.
    let volumes = [4.0, 8.0, 3.0, 11.0, 0.0, 0.0, 0.0];
    let bars: Vec<_> = (0..)
        .zip(volumes)
        .map(|(hour, volume)| traded(bar(hour * HOUR_MS, 10.0), volume))
        .collect();
    let expected = [NONE, NONE, 0.5, 2.0, 0.0, 0.0, NONE];
    check("rvol", &json!({"period": 2}), "value", &bars, &expected);
}

#[test]
fn volatility_is_the_sample_deviation_as_a_share_of_the_price() {
    // 10, 12, 14: mean 12, deviation √(8 / 2) = 2, of 14. Then 12, 14, 19: mean 15, deviation
    // √((9 + 1 + 16) / 2) = √13, of 19.
    let bars: Vec<_> = (0..)
        .zip([10.0, 12.0, 14.0, 19.0])
        .map(|(hour, close)| bar(hour * HOUR_MS, close))
        .collect();
    let expected = [NONE, NONE, 2.0 / 14.0, 13.0_f64.sqrt() / 19.0];
    check(
        "volatility",
        &json!({"period": 3}),
        "value",
        &bars,
        &expected,
    );
}

#[test]
fn the_gap_to_the_vwap_starts_anew_each_day() {
    // Typical prices 10 and 20 with volumes 1 and 3: 17.5, from which 21 is 20% away.
    let bars = [
        traded(hlc(22 * HOUR_MS, 12.0, 8.0, 10.0), 1.0),
        traded(hlc(23 * HOUR_MS, 23.0, 16.0, 21.0), 3.0),
        traded(hlc(40 * HOUR_MS, 40.0, 40.0, 40.0), 2.0),
    ];
    check("vwap_gap", &json!({}), "value", &bars, &[0.0, 20.0, 0.0]);
}
