//! Order of arrival must not matter; what closes, closes once; a restart leaves no trace.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::{Price, Quantity, Side, TradeId};

const NONE: Precision = Precision {
    price: 0,
    quantity: 0,
};

fn trade(id: u64, time_ms: i64, price: i64, quantity: i64) -> Trade {
    Trade {
        id: TradeId(id),
        time: UnixMs(time_ms).to_ns(),
        received: UnixMs(time_ms).to_ns(),
        price: Price(price),
        quantity: Quantity(quantity),
        side: if id.is_multiple_of(3) {
            Side::Buy
        } else {
            Side::Sell
        },
    }
}

fn feed(builder: &mut CandleBuilder, trade: &Trade) -> Vec<BarEvent> {
    let mut events = Vec::new();
    builder.on_trade(trade, NONE, &mut events).expect("fits");
    events
}

/// Bars of all stored timeframes without what depends on the order of arrival.
fn figures(builder: &CandleBuilder) -> Vec<(Timeframe, Candle)> {
    let bars = |timeframe| {
        builder
            .bars(timeframe)
            .map(move |bar| (timeframe, bar.candle))
    };
    let all = Timeframe::STORED.into_iter().flat_map(bars);
    all.map(|(timeframe, candle)| {
        (
            timeframe,
            Candle {
                revision: 0,
                ..candle
            },
        )
    })
    .collect()
}

#[test]
fn a_bar_opens_changes_closes_and_is_revised() {
    let mut builder = CandleBuilder::new(NONE, 2_000);
    let seconds = |events: &[BarEvent]| -> Vec<BarEvent> {
        let second = |event: &&BarEvent| matches!(event.bar(), Some((Timeframe::S1, _)));
        events.iter().filter(second).copied().collect()
    };
    let first = seconds(&feed(&mut builder, &trade(1, 500, 10, 1)));
    assert!(
        matches!(first[..], [BarEvent::Changed(_, bar)] if bar.time == UnixMs(0) && bar.close.0 == 10)
    );
    let next = seconds(&feed(&mut builder, &trade(2, 1_500, 12, 1)));
    assert!(matches!(next[..], [BarEvent::Changed(_, bar)] if bar.time == UnixMs(1_000)));
    let late_in_grace = seconds(&feed(&mut builder, &trade(3, 900, 11, 1)));
    assert!(
        matches!(late_in_grace[..], [BarEvent::Changed(_, bar)] if bar.close.0 == 11 && bar.revision == 0)
    );
    let mut closed = Vec::new();
    builder.on_clock(UnixMs(3_000).to_ns(), &mut closed);
    assert!(
        matches!(seconds(&closed)[..], [BarEvent::Closed(_, bar)] if bar.time == UnixMs(0) && bar.closed)
    );
    let late = seconds(&feed(&mut builder, &trade(4, 950, 9, 1)));
    assert!(matches!(late[..], [BarEvent::Revised(_, bar)]
        if bar.closed && bar.revision == 1 && bar.close.0 == 9 && bar.trades == Some(3)));
    closed.clear();
    builder.on_clock(UnixMs(3_900).to_ns(), &mut closed);
    assert!(closed.is_empty());
    assert_eq!(builder.over_until(), UnixMs(1_900));
}

#[test]
fn a_late_trade_where_there_was_no_bar_makes_one_that_is_over() {
    let mut builder = CandleBuilder::new(NONE, 0);
    feed(&mut builder, &trade(1, 100_000, 10, 1));
    let events = feed(&mut builder, &trade(2, 5_500, 11, 1));
    assert!(
        matches!(events[0], BarEvent::Revised(Timeframe::S1, bar) if bar.closed && bar.revision == 1)
    );
    assert!(
        matches!(events[2], BarEvent::Changed(Timeframe::H1, bar) if bar.open.0 == 11 && bar.close.0 == 10)
    );
}

#[test]
fn what_left_memory_is_handed_back() {
    let mut builder = CandleBuilder::new(NONE, 2_000);
    let mut closed = 0;
    for second in 0..=(KEPT_BARS as i64) {
        let events = feed(&mut builder, &trade(second as u64, second * 1_000, 10, 1));
        closed += events
            .iter()
            .filter(|e| matches!(e, BarEvent::Closed(Timeframe::S1, _)))
            .count();
    }
    assert_eq!(closed, KEPT_BARS - 2);
    let events = feed(&mut builder, &trade(999, 400, 10, 1));
    assert_eq!(events[0], BarEvent::TooLate(Timeframe::S1, UnixMs(0)));
    assert!(matches!(events[3], BarEvent::Changed(Timeframe::D1, _)));
    assert_eq!(builder.bars(Timeframe::S1).count(), KEPT_BARS);
}

#[test]
fn a_finer_trade_widens_the_bars() {
    let mut builder = CandleBuilder::new(NONE, 2_000);
    feed(&mut builder, &trade(3, 0, 10, 2));
    let fine = Precision {
        price: 2,
        quantity: 1,
    };
    let mut events = Vec::new();
    builder
        .on_trade(&trade(4, 100, 1_025, 5), fine, &mut events)
        .expect("fits");
    feed(&mut builder, &trade(5, 200, 9, 1));
    let bar = builder.bars(Timeframe::D1).next().expect("a bar").candle;
    assert_eq!(
        (bar.open, bar.high, bar.low, bar.close),
        (Price(1_000), Price(1_025), Price(900), Price(900))
    );
    assert_eq!((bar.volume.0, bar.buy_volume.map(|v| v.0)), (35, Some(20)));
    assert_eq!(
        bar.quote_volume.map(|q| q.0),
        Some(1_000 * 20 + 1_025 * 5 + 900 * 10)
    );
    assert_eq!(builder.precision(), fine);
    let huge = builder.on_trade(&trade(6, 300, i64::MAX, 1), NONE, &mut events);
    assert!(huge.is_err());
    assert_eq!(
        builder.bars(Timeframe::D1).next().map(|bar| bar.candle),
        Some(bar)
    );
}

#[test]
fn a_bar_of_the_venue_continued_by_trades_is_of_both() {
    let mut builder = CandleBuilder::new(NONE, 2_000);
    let mut candle = Candle::from_trade(UnixMs(0), &trade(1, 0, 10, 1));
    (candle.origin, candle.buy_volume, candle.trades) = (crate::model::Origin::Venue, None, None);
    builder.resume([(Timeframe::M1, OpenBar::from_candle(candle))]);
    feed(&mut builder, &trade(2, 30_000, 11, 1));
    let bar = builder.bars(Timeframe::M1).next().expect("a bar").candle;
    assert_eq!(
        (bar.origin, bar.buy_volume, bar.trades),
        (crate::model::Origin::Both, None, None)
    );
    assert_eq!((bar.open.0, bar.close.0, bar.volume.0), (10, 11, 2));
}

/// Bars by the book: sort all trades, group, take first, last, extremes and sums.
#[test]
fn a_bar_that_may_have_a_trade_is_left_to_the_store() {
    let mut builder = CandleBuilder::new(NONE, 2_000);
    feed(&mut builder, &trade(1, 500, 10, 1));
    let before = figures(&builder);
    let mut events = Vec::new();
    let is_minute = |bar: &Candle| bar.trades == Some(7);
    let mut minute = before[1].1;
    minute.trades = Some(7);
    builder.resume([(Timeframe::M1, OpenBar::from_candle(minute))]);
    builder
        .on_old_trade(&trade(2, 600, 12, 1), NONE, is_minute, &mut events)
        .expect("fits");
    assert!(events.contains(&BarEvent::TooLate(Timeframe::M1, UnixMs(0))));
    let counts: Vec<_> = figures(&builder)
        .iter()
        .map(|(timeframe, bar)| (*timeframe, bar.trades))
        .collect();
    let expected = Timeframe::STORED.map(|timeframe| match timeframe {
        Timeframe::M1 => (timeframe, Some(7)),
        _ => (timeframe, Some(2)),
    });
    assert_eq!(counts, expected);
}

fn reference(trades: &[Trade], timeframe: Timeframe) -> Vec<Candle> {
    let mut sorted = trades.to_vec();
    sorted.sort_by_key(Trade::key);
    let mut bars: BTreeMap<UnixMs, Vec<Trade>> = BTreeMap::new();
    for trade in sorted {
        bars.entry(timeframe.floor(trade.time.to_ms()))
            .or_default()
            .push(trade);
    }
    let bar = |(time, trades): (&UnixMs, &Vec<Trade>)| {
        let mut candle = Candle::from_trade(*time, &trades[0]);
        candle.close = trades.last().expect("a trade").price;
        candle.high = trades.iter().map(|t| t.price).max().expect("a trade");
        candle.low = trades.iter().map(|t| t.price).min().expect("a trade");
        candle.volume.0 = trades.iter().map(|t| i128::from(t.quantity.0)).sum();
        let buys = trades.iter().filter(|t| t.side == Side::Buy);
        candle.buy_volume = Some(crate::model::Volume(
            buys.map(|t| i128::from(t.quantity.0)).sum(),
        ));
        let quote = trades.iter().map(|t| t.price.notional(t.quantity).0).sum();
        candle.quote_volume = Some(crate::model::Notional(quote));
        candle.trades = Some(trades.len() as u64);
        candle
    };
    bars.iter().map(bar).collect()
}

/// Trades within what memory holds, and an order in which they arrive.
fn arrivals() -> impl Strategy<Value = (Vec<Trade>, Vec<Trade>)> {
    let trades =
        prop::collection::vec((0..110_000_i64, 1..50_i64, 1..9_i64), 1..100).prop_map(|rows| {
            let numbered = rows.into_iter().enumerate();
            // Few distinct instants, so that ids have to decide.
            numbered
                .map(|(id, (ms, price, quantity))| {
                    trade(id as u64, ms / 250 * 250, price, quantity)
                })
                .collect::<Vec<_>>()
        });
    trades.prop_flat_map(|trades| (Just(trades.clone()), Just(trades).prop_shuffle()))
}

proptest! {
    #[test]
    fn any_order_of_arrival_gives_the_same_bars((trades, shuffled) in arrivals(), end in 0..200_000_i64) {
        let mut builders = [CandleBuilder::new(NONE, 2_000), CandleBuilder::new(NONE, 2_000)];
        for (builder, trades) in builders.iter_mut().zip([&trades, &shuffled]) {
            for trade in trades {
                feed(builder, trade);
            }
            builder.on_clock(UnixMs(end).to_ns(), &mut Vec::new());
        }
        let [in_order, in_disorder] = builders;
        prop_assert_eq!(figures(&in_order), figures(&in_disorder));
        for timeframe in Timeframe::STORED {
            let bars = in_order.bars(timeframe).map(|bar| Candle { closed: false, revision: 0, ..bar.candle });
            prop_assert_eq!(bars.collect::<Vec<_>>(), reference(&trades, timeframe));
        }
    }

    #[test]
    fn a_bar_closes_once_and_revisions_only_rise((_, shuffled) in arrivals()) {
        let mut builder = CandleBuilder::new(NONE, 2_000);
        let mut closed = std::collections::BTreeSet::new();
        let mut revisions: BTreeMap<(Timeframe, UnixMs), u32> = BTreeMap::new();
        for trade in &shuffled {
            for event in feed(&mut builder, trade) {
                let (timeframe, bar) = event.bar().expect("in memory");
                let key = (timeframe, bar.time);
                match event {
                    BarEvent::Closed(..) => prop_assert!(closed.insert(key) && bar.closed),
                    BarEvent::Revised(..) => {
                        prop_assert!(bar.closed && bar.revision > revisions.get(&key).copied().unwrap_or(0));
                        revisions.insert(key, bar.revision);
                    }
                    _ => prop_assert!(!bar.closed && !closed.contains(&key) && bar.revision == 0),
                }
            }
        }
    }

    #[test]
    fn a_restart_leaves_no_trace((_, shuffled) in arrivals(), share in 0..100_usize) {
        let (before, after) = shuffled.split_at(shuffled.len() * share / 100);
        let mut whole = CandleBuilder::new(NONE, 2_000);
        before.iter().for_each(|trade| drop(feed(&mut whole, trade)));
        let stored: Vec<(Timeframe, OpenBar)> = Timeframe::STORED
            .into_iter()
            .flat_map(|timeframe| whole.bars(timeframe).map(move |bar| (timeframe, *bar)))
            .collect();
        let mut resumed = CandleBuilder::new(NONE, 2_000);
        resumed.resume(stored);
        // Memory goes back no further than what was stored: older trades are the store's.
        let oldest = whole.bars(Timeframe::S1).next().map(|bar| bar.candle.time);
        for trade in after.iter().filter(|t| oldest.is_none_or(|oldest| t.time.to_ms() >= oldest)) {
            feed(&mut whole, trade);
            feed(&mut resumed, trade);
        }
        let end = UnixMs(1_000_000).to_ns();
        whole.on_clock(end, &mut Vec::new());
        resumed.on_clock(end, &mut Vec::new());
        prop_assert_eq!(figures(&whole), figures(&resumed));
    }

    #[test]
    fn no_instant_panics(times in prop::collection::vec(any::<i64>(), 1..20)) {
        let mut builder = CandleBuilder::new(NONE, 2_000);
        for (id, time) in times.into_iter().enumerate() {
            let trade = Trade { time: UnixNs(time), ..trade(id as u64, 0, 1, 1) };
            feed(&mut builder, &trade);
        }
    }
}
