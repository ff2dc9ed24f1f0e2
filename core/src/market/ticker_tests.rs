//! The rolling window equals one computed from scratch.

use proptest::prelude::*;

use super::*;
use crate::model::{Quantity, Side, TradeId};

const NONE: Precision = Precision {
    price: 0,
    quantity: 0,
};
const MINUTE_MS: i64 = 60_000;

fn trade(id: u64, time_ms: i64, price: i64) -> Trade {
    Trade {
        id: TradeId(id),
        time: UnixMs(time_ms).to_ns(),
        received: UnixMs(time_ms).to_ns(),
        price: Price(price),
        quantity: Quantity(price),
        side: Side::Buy,
    }
}

fn bar(time_ms: i64, price: i64) -> Candle {
    Candle {
        closed: true,
        ..Candle::from_trade(UnixMs(time_ms), &trade(1, time_ms, price))
    }
}

/// How many bars there are, and the minute at which the first opens.
fn times_of(bars: &[Candle]) -> (usize, Option<i64>) {
    let first = bars.first().map(|bar| bar.time.0 / MINUTE_MS);
    (bars.len(), first)
}

#[test]
fn hours_say_what_no_minute_reaches_back_to() {
    let hours: Vec<Candle> = (0..36).map(|hour| bar(hour * 60 * MINUTE_MS, 1)).collect();
    let minutes = |from: i64| -> Vec<Candle> {
        let times = from..36 * 60;
        times.map(|minute| bar(minute * MINUTE_MS, 2)).collect()
    };
    for (from, expected) in [
        // Half a day, begun within an hour: the hour in which it begins is the hour's own.
        (24 * 60 + 37, (25 + 11 * 60, Some(0))),
        (24 * 60, (25 + 11 * 60, Some(0))),
        // A day: no hour is needed.
        (12 * 60, (24 * 60, Some(12 * 60))),
        (36 * 60, (36, Some(0))),
    ] {
        let bars = day_bars(&minutes(from), &hours);
        assert_eq!(times_of(&bars), expected, "{from}");
    }
    assert_eq!(times_of(&day_bars(&minutes(30 * 60), &[])).0, 6 * 60);
    let mut state = TickerState::new();
    state
        .seed(&day_bars(&minutes(24 * 60 + 37), &hours), NONE)
        .expect("fits");
    assert!(state.knows_the_day());
    // 13 hours of 1 (12:00 to 01:00) and 11 of minutes of 2.
    let volume = Some(Volume(13 + 11 * 60 * 2));
    assert_eq!(state.ticker().volume_24h, volume);
    assert_eq!(state.ticker().open_24h, Some(Price(1)));
}

#[test]
fn a_day_rolls_by() {
    let mut state = TickerState::new();
    for (minute, price, expected) in [
        (1, 10, (10, 10, 10, 10)),
        (600, 30, (10, 30, 10, 40)),
        (1_200, 20, (10, 30, 10, 60)),
        (1_442, 25, (10, 30, 20, 75)),
        (2_041, 15, (30, 25, 15, 60)),
    ] {
        state
            .on_trade(&trade(minute as u64, minute * MINUTE_MS, price), NONE)
            .expect("fits");
        let ticker = state.ticker();
        let figures = (ticker.open_24h, ticker.high_24h, ticker.low_24h);
        let (open, high, low, volume) = expected;
        assert_eq!(
            figures,
            (Some(Price(open)), Some(Price(high)), Some(Price(low))),
            "{minute}"
        );
        assert_eq!(
            (ticker.last, ticker.volume_24h),
            (Some(Price(price)), Some(Volume(volume)))
        );
    }
    state.on_clock(UnixMs(10_000 * MINUTE_MS).to_ns());
    let ticker = state.ticker();
    assert_eq!(
        (ticker.high_24h, ticker.volume_24h),
        (None, Some(Volume::ZERO))
    );
    assert_eq!(
        (ticker.last, ticker.open_24h),
        (Some(Price(15)), Some(Price(15)))
    );
}

#[test]
fn seeded_bars_count_and_late_trades_do_not_become_the_last() {
    let mut state = TickerState::new();
    let bar = |minute: i64, price| Candle {
        closed: true,
        ..Candle::from_trade(
            UnixMs(minute * MINUTE_MS),
            &trade(0, minute * MINUTE_MS, price),
        )
    };
    let fine = Precision {
        price: 1,
        quantity: 0,
    };
    state
        .seed(&[bar(1, 100), bar(2, 120), bar(1_442, 110)], fine)
        .expect("fits");
    state
        .on_trade(&trade(9, 1_443 * MINUTE_MS, 13), NONE)
        .expect("fits");
    state
        .on_trade(&trade(8, 1_440 * MINUTE_MS, 5), NONE)
        .expect("fits");
    let ticker = state.ticker();
    assert_eq!(
        (ticker.last, ticker.low_24h),
        (Some(Price(130)), Some(Price(50)))
    );
    assert_eq!(
        (ticker.open_24h, ticker.volume_24h),
        (Some(Price(120)), Some(Volume(110 + 13 + 5)))
    );
    assert_eq!(state.precision(), fine);
}

#[test]
fn quotes_come_and_go_and_widen() {
    let mut state = TickerState::new();
    let level = |price, quantity| BookLevel {
        price: Price(price),
        quantity: Quantity(quantity),
    };
    state
        .on_quotes(UnixNs(5), Some(level(9, 1)), Some(level(11, 2)), NONE)
        .expect("fits");
    state
        .on_trade(
            &trade(1, 1, 105),
            Precision {
                price: 1,
                quantity: 1,
            },
        )
        .expect("fits");
    let ticker = state.ticker();
    assert_eq!(
        (ticker.bid, ticker.bid_quantity),
        (Some(Price(90)), Some(Quantity(10)))
    );
    assert_eq!(
        (ticker.ask, ticker.last),
        (Some(Price(110)), Some(Price(105)))
    );
    state.on_quotes(UnixNs(6), None, None, NONE).expect("fits");
    assert_eq!(
        (state.ticker().bid, state.ticker().ask_quantity),
        (None, None)
    );
}

proptest! {
    #[test]
    fn the_window_equals_one_from_scratch(
        rows in prop::collection::vec((0..3_000_i64, 0..60_000_i64, 1..90_i64), 1..150),
        in_order in any::<bool>(),
    ) {
        let mut trades: Vec<Trade> = rows
            .into_iter()
            .enumerate()
            .map(|(id, (minute, ms, price))| trade(id as u64, minute * MINUTE_MS + ms, price))
            .collect();
        if in_order {
            trades.sort_by_key(Trade::key);
        }
        let mut state = TickerState::new();
        for trade in &trades {
            state.on_trade(trade, NONE).expect("fits");
        }
        let newest = trades.iter().max_by_key(|t| t.key()).expect("a trade");
        let start = newest.time.to_ms().0 / MINUTE_MS * MINUTE_MS - WINDOW_MS;
        let (within, before): (Vec<&Trade>, Vec<&Trade>) =
            trades.iter().partition(|t| t.time.to_ms().0 >= start);
        let ticker = state.ticker();
        prop_assert_eq!(ticker.last, Some(newest.price));
        prop_assert_eq!(ticker.high_24h, within.iter().map(|t| t.price).max());
        prop_assert_eq!(ticker.low_24h, within.iter().map(|t| t.price).min());
        let volume = within.iter().map(|t| i128::from(t.quantity.0)).sum();
        prop_assert_eq!(ticker.volume_24h, Some(Volume(volume)));
        if in_order || before.is_empty() {
            let open = before.iter().max_by_key(|t| t.key()).or(within.iter().min_by_key(|t| t.key()));
            prop_assert_eq!(ticker.open_24h, open.map(|t| t.price));
        }
    }
}

#[test]
fn the_day_is_known_from_its_first_hour_or_a_bar_before_it() {
    let bar = |minutes_ago: i64| {
        let time = WINDOW_MS * 10 - minutes_ago * MINUTE_MS;
        Candle {
            closed: true,
            ..Candle::from_trade(UnixMs(time), &trade(1, time, 5))
        }
    };
    for (minutes_ago, known) in [
        (vec![1], false),
        (vec![720, 1], false),
        (vec![1_400, 1], true),
        (vec![1_500, 1], true),
    ] {
        let bars: Vec<Candle> = minutes_ago.iter().copied().map(bar).collect();
        let mut state = TickerState::new();
        state.seed(&bars, Precision::default()).expect("fits");
        assert_eq!(state.knows_the_day(), known, "{minutes_ago:?}");
    }
}
