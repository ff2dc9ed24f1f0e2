//! What every market store has to do, whatever is behind it. A backend's tests call
//! [`check_all`] with a new, empty store.

use tradesuite_core::model::{
    BookDelta, BookLevel, Candle, Gap, GapKind, Instrument, InstrumentId, Notional, Origin,
    Position, Precision, Price, Quantity, Side, Timeframe, Trade, TradeId, UnixMs, UnixNs, Volume,
};

use super::{
    BookChange, BookRecord, CandleRecord, MarketStore, Newest, Span, StoreBatch, TradeRecord,
};

/// 2026-11-23T00:00:00Z.
pub(super) const MIDNIGHT: i64 = 1_795_392_000_000;
const NS_PER_MS: i64 = 1_000_000;

pub(super) fn instrument(symbol: &str) -> InstrumentId {
    InstrumentId::new("coinbase", symbol).expect("an instrument")
}

pub(super) fn precision(price: u8, quantity: u8) -> Precision {
    Precision { price, quantity }
}

pub(super) fn all() -> Span {
    Span {
        start: UnixMs(i64::MIN / 2_000_000),
        end: UnixMs(i64::MAX / 2_000_000),
        limit: u32::MAX,
        newest: Newest::No,
    }
}

fn span(start: i64, end: i64, limit: u32, newest: Newest) -> Span {
    Span {
        start: UnixMs(MIDNIGHT + start),
        end: UnixMs(MIDNIGHT + end),
        limit,
        newest,
    }
}

/// A trade `ms` after midnight.
fn trade(symbol: &str, id: u64, ms: i64) -> TradeRecord {
    let time = UnixNs((MIDNIGHT + ms) * NS_PER_MS);
    TradeRecord {
        instrument: instrument(symbol),
        precision: precision(2, 8),
        trade: Trade {
            id: TradeId(id),
            time,
            received: UnixNs(time.0 + 5),
            price: Price(6_421_355),
            quantity: Quantity(i64::try_from(id).expect("small") + 1),
            side: if id.is_multiple_of(2) {
                Side::Buy
            } else {
                Side::Sell
            },
        },
    }
}

/// A bar of one minute, `minutes` after midnight.
pub(super) fn bar(symbol: &str, minutes: i64, origin: Origin, close: i64) -> CandleRecord {
    CandleRecord {
        instrument: instrument(symbol),
        timeframe: Timeframe::M1,
        precision: precision(2, 3),
        candle: Candle {
            time: UnixMs(MIDNIGHT + minutes * 60_000),
            open: Price(100),
            high: Price(close.max(100)),
            low: Price(close.min(100)),
            close: Price(close),
            volume: Volume(7),
            buy_volume: None,
            quote_volume: None,
            trades: None,
            closed: true,
            revision: 0,
            origin,
        },
    }
}

fn trades(trades: Vec<TradeRecord>) -> StoreBatch {
    StoreBatch {
        trades,
        ..StoreBatch::default()
    }
}

fn bars(candles: Vec<CandleRecord>) -> StoreBatch {
    StoreBatch {
        candles,
        ..StoreBatch::default()
    }
}

async fn write(store: &dyn MarketStore, batch: StoreBatch) {
    store.write(batch).await.expect("writes");
}

async fn trade_ids(store: &dyn MarketStore, symbol: &str, span: Span) -> Vec<u64> {
    let rows = store.trades(&instrument(symbol), span).await;
    let rows = rows.expect("reads").rows;
    rows.iter().map(|trade| trade.id.0).collect()
}

async fn closes(store: &dyn MarketStore, symbol: &str, span: Span) -> Vec<i64> {
    let id = instrument(symbol);
    let rows = store.candles(&id, Timeframe::M1, span).await;
    let rows = rows.expect("reads").rows;
    rows.iter().map(|candle| candle.close.0).collect()
}

/// Runs every check against an empty store. Each uses instruments of its own.
pub(super) async fn check_all(store: &dyn MarketStore) {
    an_empty_store_answers(store).await;
    writing_twice_changes_nothing(store).await;
    spans_are_half_open_and_ascending(store).await;
    late_trades_are_read_in_their_place(store).await;
    precision_may_widen_within_a_day(store).await;
    own_bars_are_never_overwritten(store).await;
    sums_are_exact_beyond_64_bits(store).await;
    gaps_are_revised_and_found(store).await;
    books_are_rebuilt(store).await;
    instruments_are_kept(store).await;
    coverage_is_from_first_to_last(store).await;
    the_position_goes_with_the_result(store).await;
}

async fn an_empty_store_answers(store: &dyn MarketStore) {
    let nothing = instrument("NO-USD");
    assert_eq!(store.position().await.expect("reads"), None);
    assert!(trade_ids(store, "NO-USD", all()).await.is_empty());
    assert!(closes(store, "NO-USD", all()).await.is_empty());
    assert!(store.gaps(None, all()).await.expect("reads").is_empty());
    assert!(store.instruments().await.expect("reads").is_empty());
    let book = store.book_at(&nothing, UnixMs(MIDNIGHT), 5).await;
    assert_eq!(book.expect("reads"), None);
    let coverage = store.coverage(&nothing).await.expect("reads");
    assert_eq!(coverage, super::Coverage::default());
}

async fn writing_twice_changes_nothing(store: &dyn MarketStore) {
    let batch = StoreBatch {
        trades: vec![trade("TW-USD", 1, 0), trade("TW-USD", 2, 0)],
        candles: vec![bar("TW-USD", 0, Origin::Trades, 105)],
        ..StoreBatch::default()
    };
    for _ in 0..2 {
        write(store, batch.clone()).await;
    }
    let rows = store.trades(&instrument("TW-USD"), all()).await;
    let rows = rows.expect("reads");
    assert_eq!(rows.precision, precision(2, 8));
    let expected: Vec<Trade> = batch.trades.iter().map(|record| record.trade).collect();
    assert_eq!(rows.rows, expected);
    assert_eq!(closes(store, "TW-USD", all()).await, [105]);
}

async fn spans_are_half_open_and_ascending(store: &dyn MarketStore) {
    const DAY: i64 = 86_400_000;
    let times = [-DAY, -1, 0, 10, 10, 20, DAY, DAY + 1];
    let records = times.iter().enumerate();
    let records = records.map(|(id, ms)| trade("SP-USD", id as u64, *ms));
    write(store, trades(records.collect())).await;
    write(
        store,
        bars((0..6).map(|n| bar("SP-USD", n, Origin::Venue, n)).collect()),
    )
    .await;
    for (asked, expected) in [
        (span(0, 20, 100, Newest::No), vec![2, 3, 4]),
        (span(-DAY, 2 * DAY, 100, Newest::No), (0..8).collect()),
        (span(-DAY, 2 * DAY, 3, Newest::No), vec![0, 1, 2]),
        (span(-DAY, 2 * DAY, 3, Newest::Yes), vec![5, 6, 7]),
        (span(-DAY, 20, 3, Newest::Yes), vec![2, 3, 4]),
        (span(20, 20, 3, Newest::Yes), vec![]),
        (span(20, 10, 3, Newest::No), vec![]),
        (span(0, 20, 0, Newest::No), vec![]),
    ] {
        assert_eq!(
            trade_ids(store, "SP-USD", asked).await,
            expected,
            "{asked:?}"
        );
    }
    let minutes =
        |start: i64, end: i64, limit, newest| span(start * 60_000, end * 60_000, limit, newest);
    for (asked, expected) in [
        (minutes(1, 4, 100, Newest::No), vec![1, 2, 3]),
        (minutes(0, 9, 2, Newest::No), vec![0, 1]),
        (minutes(0, 9, 2, Newest::Yes), vec![4, 5]),
        (minutes(0, 5, 2, Newest::Yes), vec![3, 4]),
    ] {
        assert_eq!(closes(store, "SP-USD", asked).await, expected, "{asked:?}");
    }
}

async fn late_trades_are_read_in_their_place(store: &dyn MarketStore) {
    for (id, ms) in [(5, 50), (2, 20), (7, 50), (1, -5), (6, 50)] {
        write(store, trades(vec![trade("LT-USD", id, ms)])).await;
    }
    assert_eq!(trade_ids(store, "LT-USD", all()).await, [1, 2, 5, 6, 7]);
}

async fn precision_may_widen_within_a_day(store: &dyn MarketStore) {
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

async fn own_bars_are_never_overwritten(store: &dyn MarketStore) {
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

async fn sums_are_exact_beyond_64_bits(store: &dyn MarketStore) {
    let mut record = bar("SM-USD", 0, Origin::Trades, 105);
    record.candle.volume = Volume(i128::from(i64::MAX) + 1);
    record.candle.buy_volume = Some(Volume(i128::from(i64::MAX)));
    record.candle.quote_volume = Some(Notional(i128::MAX));
    write(store, bars(vec![record.clone()])).await;
    let id = instrument("SM-USD");
    let rows = store.candles(&id, Timeframe::M1, all()).await;
    assert_eq!(rows.expect("reads").rows, [record.candle]);
}

async fn gaps_are_revised_and_found(store: &dyn MarketStore) {
    let gap = |start: i64, end: Option<i64>, filled| Gap {
        instrument: instrument("GP-USD"),
        kind: GapKind::Trades,
        start: UnixMs(MIDNIGHT + start),
        end: end.map(|end| UnixMs(MIDNIGHT + end)),
        reason: "the line was cut".to_owned(),
        filled,
    };
    let batch = |gaps| StoreBatch {
        gaps,
        ..StoreBatch::default()
    };
    write(
        store,
        batch(vec![gap(100, None, false), gap(0, Some(10), false)]),
    )
    .await;
    write(store, batch(vec![gap(0, Some(10), true)])).await;
    let id = instrument("GP-USD");
    let starts = async |asked| {
        let found = store.gaps(Some(&id), asked).await.expect("reads");
        found
            .iter()
            .map(|gap| gap.start.0 - MIDNIGHT)
            .collect::<Vec<_>>()
    };
    assert_eq!(starts(all()).await, [0, 100]);
    assert_eq!(starts(span(10, 100, 9, Newest::No)).await, [0_i64; 0]);
    assert_eq!(starts(span(9, 101, 9, Newest::No)).await, [0, 100]);
    assert_eq!(starts(span(500, 600, 9, Newest::No)).await, [100]);
    write(store, batch(vec![gap(100, Some(200), false)])).await;
    let found = store.gaps(None, all()).await.expect("reads");
    assert_eq!(found, [gap(0, Some(10), true), gap(100, Some(200), false)]);
}

pub(super) fn delta(ms: i64, bids: &[(i64, i64)], asks: &[(i64, i64)]) -> BookDelta {
    let levels = |side: &[(i64, i64)]| {
        let level = |&(price, quantity): &(i64, i64)| BookLevel {
            price: Price(price),
            quantity: Quantity(quantity),
        };
        side.iter().map(level).collect()
    };
    BookDelta {
        time: UnixNs((MIDNIGHT + ms) * NS_PER_MS),
        bids: levels(bids),
        asks: levels(asks),
    }
}

async fn books_are_rebuilt(store: &dyn MarketStore) {
    let record = |position: u64, ms: i64, change| BookRecord {
        instrument: instrument("BK-USD"),
        precision: precision(2, 3),
        position: Some(Position(position)),
        received: UnixNs((MIDNIGHT + ms) * NS_PER_MS),
        change,
    };
    let book = vec![
        record(
            1,
            0,
            BookChange::Snapshot(delta(0, &[(9, 1), (8, 2)], &[(11, 1), (12, 5)])),
        ),
        record(2, 10, BookChange::Update(delta(10, &[(9, 0), (7, 4)], &[]))),
        record(3, 20, BookChange::Stale),
        record(4, 30, BookChange::Snapshot(delta(30, &[(5, 5)], &[(6, 6)]))),
    ];
    for _ in 0..2 {
        let book = book.clone();
        write(
            store,
            StoreBatch {
                book,
                ..StoreBatch::default()
            },
        )
        .await;
    }
    for (ms, depth, expected) in [
        (-1, 9, None),
        (0, 9, Some((vec![(9, 1), (8, 2)], 2, false))),
        (9, 1, Some((vec![(9, 1)], 1, false))),
        (10, 9, Some((vec![(8, 2), (7, 4)], 2, false))),
        (25, 9, Some((vec![(8, 2), (7, 4)], 2, true))),
        (1_000, 9, Some((vec![(5, 5)], 1, false))),
    ] {
        let at = UnixMs(MIDNIGHT + ms);
        let found = store.book_at(&instrument("BK-USD"), at, depth).await;
        let found = found.expect("reads").map(|(found, view)| {
            assert_eq!(found, precision(2, 3));
            let bids = view
                .bids
                .iter()
                .map(|level| (level.price.0, level.quantity.0));
            (bids.collect::<Vec<_>>(), view.asks.len(), view.stale)
        });
        assert_eq!(found, expected, "{ms} ms");
    }
}

async fn instruments_are_kept(store: &dyn MarketStore) {
    let mut described = Instrument::undescribed(instrument("IN-USD"), precision(2, 8));
    for decimals in [2, 3] {
        described.precision.price = decimals;
        let instruments = vec![described.clone()];
        write(
            store,
            StoreBatch {
                instruments,
                ..StoreBatch::default()
            },
        )
        .await;
    }
    assert_eq!(store.instruments().await.expect("reads"), [described]);
}

async fn coverage_is_from_first_to_last(store: &dyn MarketStore) {
    const DAY: i64 = 86_400_000;
    let at = |ms| UnixMs(MIDNIGHT + ms);
    let moment = |position, ms| BookRecord {
        instrument: instrument("CV-USD"),
        precision: precision(0, 0),
        position: Some(Position(position)),
        received: UnixNs((MIDNIGHT + ms) * NS_PER_MS),
        change: BookChange::Snapshot(delta(ms, &[], &[])),
    };
    write(
        store,
        StoreBatch {
            trades: vec![trade("CV-USD", 1, -DAY), trade("CV-USD", 2, DAY)],
            candles: vec![
                bar("CV-USD", 3, Origin::Venue, 1),
                bar("CV-USD", 9, Origin::Venue, 1),
            ],
            book: vec![moment(101, 5), moment(102, DAY)],
            ..StoreBatch::default()
        },
    )
    .await;
    let coverage = store.coverage(&instrument("CV-USD")).await.expect("reads");
    assert_eq!(coverage.trades, Some((at(-DAY), at(DAY))));
    assert_eq!(coverage.candles, Some((at(180_000), at(540_000))));
    assert_eq!(coverage.book, Some((at(5), at(DAY))));
}

async fn the_position_goes_with_the_result(store: &dyn MarketStore) {
    for (position, held) in [(Some(7), 7), (None, 7), (Some(9), 9), (Some(8), 9)] {
        let position = position.map(Position);
        write(
            store,
            StoreBatch {
                position,
                ..StoreBatch::default()
            },
        )
        .await;
        assert_eq!(store.position().await.expect("reads"), Some(Position(held)));
    }
}
