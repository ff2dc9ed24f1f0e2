//! What every market store has to do, whatever is behind it. A backend's tests call
//! [`check_all`] with a new, empty store.

mod bars;
mod history;
pub(super) mod state;

use tradesuite_core::model::{
    BookDelta, BookLevel, Candle, InstrumentId, Origin, Precision, Price, Quantity, Side,
    Timeframe, Trade, TradeId, UnixMs, UnixNs, Volume,
};

use super::{CandleRecord, MarketStore, Newest, Span, StoreBatch, TradeRecord};

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
    bars::precision_may_widen_within_a_day(store).await;
    bars::own_bars_are_never_overwritten(store).await;
    bars::bars_with_a_hole_give_way_to_the_venues(store).await;
    bars::sums_are_exact_beyond_64_bits(store).await;
    history::gaps_are_revised_and_found(store).await;
    history::gaps_are_read_by_their_starts(store).await;
    history::missing_trades_are_found_among_other_gaps(store).await;
    history::books_are_rebuilt(store).await;
    history::instruments_are_kept(store).await;
    history::coverage_is_from_first_to_last(store).await;
    history::the_position_goes_with_the_result(store).await;
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
