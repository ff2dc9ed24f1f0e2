//! Bars: which of two stays, exact sums, precision.

use tradesuite_core::model::{Notional, Origin, Price, Timeframe, Volume};

use super::{all, bar, bars, closes, instrument, precision, trade, write};
use crate::server::storage::{CandleRecord, MarketStore, StoreBatch};

pub(super) async fn own_bars_are_never_overwritten(store: &dyn MarketStore) {
    let open = |mut record: CandleRecord, trades| {
        record.candle.closed = false;
        record.candle.trades = Some(trades);
        record
    };
    let revised = |mut record: CandleRecord, revision| {
        record.candle.revision = revision;
        record
    };
    let own = |close| bar("CR-USD", 0, Origin::Trades, close);
    let venue = |close| bar("CR-USD", 0, Origin::Venue, close);
    for (step, (written, close)) in [
        (venue(101), 101),
        (venue(102), 102),
        (open(own(103), 1), 103),
        (venue(104), 103),
        (open(own(105), 2), 105),
        (open(own(103), 1), 105),
        (own(106), 106),
        (open(own(105), 2), 106),
        (revised(own(107), 1), 107),
        (own(106), 107),
        (bar("CR-USD", 0, Origin::Both, 108), 107),
    ]
    .into_iter()
    .enumerate()
    {
        write(store, bars(vec![written])).await;
        assert_eq!(closes(store, "CR-USD", all()).await, [close], "step {step}");
    }
}

pub(super) async fn bars_with_a_hole_give_way_to_the_venues(store: &dyn MarketStore) {
    let open = |mut record: CandleRecord| {
        record.candle.closed = false;
        record.candle.trades = Some(3);
        record
    };
    let own = |origin, close| bar("HL-USD", 0, origin, close);
    for (step, (written, close)) in [
        // Whole so far; then a hole shows, and it goes on.
        (open(own(Origin::Trades, 101)), 101),
        (open(own(Origin::Both, 102)), 102),
        (own(Origin::Both, 103), 103),
        (own(Origin::Venue, 104), 104),
        (own(Origin::Both, 105), 104),
        (own(Origin::Trades, 106), 106),
        (own(Origin::Venue, 107), 106),
    ]
    .into_iter()
    .enumerate()
    {
        write(store, bars(vec![written])).await;
        assert_eq!(closes(store, "HL-USD", all()).await, [close], "step {step}");
    }
}

pub(super) async fn sums_are_exact_beyond_64_bits(store: &dyn MarketStore) {
    let mut record = bar("SM-USD", 0, Origin::Trades, 105);
    record.candle.volume = Volume(i128::from(i64::MAX) + 1);
    record.candle.buy_volume = Some(Volume(i128::from(i64::MAX)));
    record.candle.quote_volume = Some(Notional(i128::MAX));
    write(store, bars(vec![record.clone()])).await;
    let id = instrument("SM-USD");
    let rows = store.candles(&id, Timeframe::M1, all()).await;
    assert_eq!(rows.expect("reads").rows, [record.candle]);
}

pub(super) async fn precision_may_widen_within_a_day(store: &dyn MarketStore) {
    let coarse = trade("PR-USD", 1, 0);
    let mut fine = trade("PR-USD", 2, 1);
    fine.precision = precision(4, 8);
    fine.trade.price = Price(642_135_501);
    let mut fine_bar = bar("PR-USD", 1, Origin::Trades, 10_501);
    fine_bar.precision = precision(4, 4);
    fine_bar.candle.quote_volume = Some(Notional(3));
    let mut coarse_bar = bar("PR-USD", 0, Origin::Trades, 105);
    coarse_bar.candle.quote_volume = Some(Notional(3));
    write(
        store,
        StoreBatch {
            trades: vec![coarse, fine],
            candles: vec![coarse_bar, fine_bar],
            ..StoreBatch::default()
        },
    )
    .await;
    let id = instrument("PR-USD");
    let rows = store.trades(&id, all()).await.expect("reads");
    assert_eq!(rows.precision, precision(4, 8));
    let prices: Vec<i64> = rows.rows.iter().map(|trade| trade.price.0).collect();
    assert_eq!(prices, [642_135_500, 642_135_501]);
    let rows = store.candles(&id, Timeframe::M1, all()).await;
    let rows = rows.expect("reads");
    assert_eq!(rows.precision, precision(4, 4));
    let sums: Vec<_> = rows
        .rows
        .iter()
        .map(|bar| (bar.volume.0, bar.quote_volume))
        .collect();
    assert_eq!(sums, [(70, Some(Notional(3_000))), (7, Some(Notional(3)))]);
}
