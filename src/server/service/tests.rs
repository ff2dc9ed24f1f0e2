//! Folding and joining of store and hub.

use std::sync::Arc;

use proptest::prelude::*;
use tradesuite_core::market::fold;
use tradesuite_core::model::{
    Candle, Gap, GapKind, InstrumentId, Mode, Timeframe, Trade, TradesBefore, UnixMs,
};

use super::{CandleQuery, Keeping, PageQuery, Service, ServiceParts};
use crate::server::clock::Clock;
use crate::server::collector::directory::Directory;
use crate::server::collector::status::StatusBoard;
use crate::server::hub::testing::{PRECISION, bitcoin, trade};
use crate::server::hub::{Hub, HubOptions};
use crate::server::storage::memory::MemoryStore;
use crate::server::storage::{CandleRecord, MarketStore, StoreBatch, TradeRecord};

/// A service whose store holds closed minutes.
fn service(minutes: &[i64]) -> (Service, Vec<Candle>) {
    let bars: Vec<Candle> = minutes
        .iter()
        .map(|minute| Candle {
            closed: true,
            ..Candle::from_trade(
                UnixMs(minute * 60_000),
                &trade(1, minute * 60_000, 100 + minute),
            )
        })
        .collect();
    let record = |candle: &Candle| CandleRecord {
        instrument: bitcoin(),
        timeframe: Timeframe::M1,
        precision: PRECISION,
        candle: *candle,
    };
    let service = service_over(StoreBatch {
        candles: bars.iter().map(record).collect(),
        ..StoreBatch::default()
    });
    (service, bars)
}

fn symbols() -> [InstrumentId; 2] {
    ["coinbase:BTC-USD", "coinbase:ETH-USD"].map(|id| id.parse().expect("an id"))
}

/// A service whose store holds this.
fn service_over(batch: StoreBatch) -> Service {
    Service::new(parts_over(batch))
}

fn parts_over(batch: StoreBatch) -> ServiceParts {
    let store: Arc<dyn MarketStore> = MemoryStore::with(batch);
    ServiceParts {
        hub: Hub::new(HubOptions::default(), Arc::clone(&store)),
        store,
        keeping: None,
        directory: Directory::default(),
        board: StatusBoard::default(),
        clock: Clock::manual(UnixMs(10_000_000_000).to_ns()),
        mode: Mode::Demo,
        exchanges: vec!["coinbase".to_owned()],
    }
}

#[tokio::test]
async fn a_store_that_takes_nothing_is_said_with_what_it_holds() {
    let newest = PageQuery {
        start: None,
        end: None,
        limit: 1,
        cursor: None,
    };
    for (keeping, expected) in [
        (None, None),
        (
            Some(Keeping::stuck("locked")),
            Some("The newest data may be missing: locked; the journal keeps everything meanwhile."),
        ),
    ] {
        let service = Service::new(ServiceParts {
            keeping,
            ..parts_over(StoreBatch::default())
        });
        let trades = service.trades(&bitcoin(), newest).await.expect("trades");
        assert_eq!(trades.notice.as_deref(), expected);
        let query = CandleQuery {
            instrument: bitcoin(),
            timeframe: Timeframe::M1,
            page: newest,
        };
        let candles = service.candles(&query).await.expect("bars");
        assert_eq!(candles.notice.as_deref(), expected);
        assert_eq!(service.lag().as_deref(), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the limit, the direction and the holes: pages of a folded timeframe together are
    /// the fold of everything.
    #[test]
    fn pages_of_folded_bars_are_the_fold_of_all(minutes in prop::collection::btree_set(0..200_i64, 0..120), limit in 1..8_u32, forward in any::<bool>(), frame in 0..4_usize) {
        let timeframe = [Timeframe::M1, Timeframe::M3, Timeframe::M5, Timeframe::M30][frame];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let seen = runtime.block_on(async {
            let (service, bars) = service(&minutes.into_iter().collect::<Vec<_>>());
            let mut page = PageQuery { start: forward.then_some(UnixMs(0)), end: None, limit, cursor: None };
            let mut seen = Vec::new();
            loop {
                let query = CandleQuery { instrument: bitcoin(), timeframe, page };
                let answer = service.candles(&query).await.expect("bars");
                match forward {
                    true => seen.extend(answer.candles),
                    false => { seen.splice(..0, answer.candles); }
                }
                let Some(next) = answer.next else { break };
                page.cursor = Some(next);
            }
            (seen, fold(&bars, Timeframe::M1, timeframe, UnixMs(9_999_998_000)))
        });
        prop_assert_eq!(seen.0, seen.1);
    }

    /// However many gaps overlap, begin at once or have no length: pages have each one that
    /// touches the span, once.
    #[test]
    fn pages_of_gaps_are_the_whole_list(gaps in prop::collection::btree_map((0..12_i64, any::<bool>(), 0..2_usize), prop::option::of(0..6_i64), 0..40), limit in 1..7_u32, start in prop::option::of(0..14_i64), end in prop::option::of(0..14_i64)) {
        let gaps: Vec<Gap> = gaps.into_iter().map(|((start, is_book, of), length)| Gap {
            instrument: symbols()[of].clone(),
            kind: if is_book { GapKind::Book } else { GapKind::Trades },
            start: UnixMs(start),
            end: length.map(|length| UnixMs(start + length)),
            reason: "the line was cut".to_owned(),
            filled: false,
        }).collect();
        let touches = |gap: &Gap| {
            end.is_none_or(|end| gap.start.0 < end)
                && gap.end.is_none_or(|last| start.is_none_or(|start| start <= last.0))
        };
        let mut expected: Vec<Gap> = gaps.iter().filter(|gap| touches(gap)).cloned().collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut seen = runtime.block_on(async {
            let service = service_over(StoreBatch { gaps, ..StoreBatch::default() });
            let mut page = PageQuery { start: start.map(UnixMs), end: end.map(UnixMs), limit, cursor: None };
            let mut seen = Vec::new();
            loop {
                let (gaps, next) = service.gaps(None, page).await.expect("gaps");
                assert!(gaps.is_sorted_by_key(|gap| gap.start));
                seen.extend(gaps);
                let Some(next) = next else { break };
                page.cursor = Some(next);
            }
            seen
        });
        let key = |gap: &Gap| (gap.start, gap.instrument.clone(), gap.kind == GapKind::Book);
        seen.sort_by_key(key);
        expected.sort_by_key(key);
        prop_assert_eq!(seen, expected);
    }

    /// However many trades share a millisecond: pages of the tape together are all of them, and a
    /// page that begins in the middle of a millisecond repeats rather than leaves out.
    #[test]
    fn pages_of_the_tape_are_all_trades(times in prop::collection::vec(0..8_i64, 0..60), limit in 1..7_u32, through in prop::option::of(0..8_i64)) {
        let mut times = times;
        times.sort_unstable();
        let trades: Vec<_> = (1..).zip(times).map(|(id, time)| trade(id, time, 100)).collect();
        let record = |trade: &Trade| TradeRecord {
            instrument: bitcoin(),
            precision: PRECISION,
            trade: *trade,
        };
        let batch = StoreBatch { trades: trades.iter().map(record).collect(), ..StoreBatch::default() };
        let mut before = through.map(|through| TradesBefore { through: UnixMs(through), skip: 0 });
        let expected: Vec<Trade> = trades
            .into_iter()
            .filter(|trade| through.is_none_or(|through| trade.time.to_ms() <= UnixMs(through)))
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let seen = runtime.block_on(async {
            let service = service_over(batch);
            let mut seen = Vec::new();
            loop {
                let page = service.trade_page(&bitcoin(), before, limit).await.expect("trades");
                seen.splice(..0, page.trades);
                let Some(older) = page.older else { break };
                before = Some(older);
            }
            seen
        });
        prop_assert_eq!(seen, expected);
    }
}
