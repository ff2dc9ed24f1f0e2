//! Pages and live figures over a store that lacks much of what the venue has.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio_util::sync::CancellationToken;
use tradesuite_core::market::fold;
use tradesuite_core::model::{Candle, Mode, Timeframe, UnixMs};

use super::{CandleQuery, PageQuery, Service, ServiceParts};
use crate::server::clock::Clock;
use crate::server::collector::directory::Directory;
use crate::server::collector::status::StatusBoard;
use crate::server::collector::testing::{
    MemoryStore, MinuteVenue, PRECISION, history, id, venue_candle,
};
use crate::server::hub::{Hub, HubOptions};
use crate::server::storage::{CandleRecord, StoreBatch};

const MINUTE: i64 = 60_000;
/// Now, in minutes.
const NOW: i64 = 1_200;

/// A service whose store holds some of the venue's minutes.
fn service(venue: Arc<MinuteVenue>, held: &[i64]) -> Service {
    let record = |minute: &i64| CandleRecord {
        instrument: id("A-USD"),
        timeframe: Timeframe::M1,
        precision: PRECISION,
        candle: venue_candle(minute * MINUTE),
    };
    let store = MemoryStore::with(StoreBatch {
        candles: held.iter().map(record).collect(),
        ..StoreBatch::default()
    });
    let clock = Clock::manual(UnixMs(NOW * MINUTE + 10_000).to_ns());
    let directory = Directory::default();
    let stop = CancellationToken::new();
    let (history, _) = history(venue, &store, directory.clone(), &clock, &stop);
    let parts = ServiceParts {
        keeping: None,
        hub: Hub::new(HubOptions::default(), store.clone()),
        store,
        directory,
        board: StatusBoard::default(),
        clock,
        mode: Mode::Live,
        exchanges: vec!["line".to_owned()],
    };
    Service::new(parts).with_history(history)
}

fn paused<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
        .block_on(test)
}

async fn all_pages(service: &Service, timeframe: Timeframe, mut page: PageQuery) -> Vec<Candle> {
    let mut seen = Vec::new();
    loop {
        let query = CandleQuery {
            instrument: id("A-USD"),
            timeframe,
            page,
        };
        let answer = service.candles(&query).await.expect("bars");
        assert_eq!(answer.notice, None);
        if page.start.is_some() {
            seen.extend(answer.candles);
        } else {
            seen.splice(..0, answer.candles);
        }
        let Some(next) = answer.next else { return seen };
        page.cursor = Some(next);
    }
}

/// Minutes from the steps between them, the last of them now.
fn minutes(steps: &[i64]) -> Vec<i64> {
    let back = steps.iter().scan(NOW, |at, step| {
        *at -= step;
        Some(*at)
    });
    let mut minutes: Vec<i64> = back.take_while(|minute| *minute >= 0).collect();
    minutes.reverse();
    minutes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However little was traded, and whatever the store held before: pages together are what the
    /// venue has.
    #[test]
    fn pages_are_the_venues_list_whatever_the_store_held(
        steps in prop::collection::vec(prop_oneof![1..4_i64, 1..40_i64], 1..80),
        (from, count) in (0..80_usize, 0..40_usize),
        limit in 2..9_u32,
        forward in any::<bool>(),
        folded in any::<bool>(),
    ) {
        let timeframe = if folded { Timeframe::M5 } else { Timeframe::M1 };
        let traded = minutes(&steps);
        let held: Vec<i64> = traded.iter().skip(from).take(count).copied().collect();
        let venue = MinuteVenue::new(traded.iter().copied(), Duration::ZERO);
        let start = forward.then(|| UnixMs(traded.first().map_or(0, |minute| minute * MINUTE)));
        let page = PageQuery { start, end: None, limit, cursor: None };
        let seen = paused(async {
            let service = service(venue, &held);
            all_pages(&service, timeframe, page).await
        });
        let bars: Vec<Candle> = traded.iter().map(|minute| venue_candle(minute * MINUTE)).collect();
        let expected = fold(&bars, Timeframe::M1, timeframe, UnixMs(NOW * MINUTE));
        let times = |bars: &[Candle]| bars.iter().map(|bar| bar.time.0 / MINUTE).collect::<Vec<_>>();
        let expected = times(&expected);
        let seen = times(&seen);
        // Forwards from a bucket that began before `start` that bucket is left out.
        let cut = usize::from(forward && seen.first() != expected.first());
        prop_assert_eq!(&seen[..], &expected[cut..]);
    }
}

#[test]
fn what_a_venue_did_not_give_at_first_is_fetched_later() {
    paused(async {
        let venue = MinuteVenue::new(0..NOW, Duration::ZERO);
        venue.be_away(true);
        let service = service(venue.clone(), &[]);
        let lease = service.follow(&id("A-USD"));
        let day = async || service.hub().warm_ticker(&id("A-USD")).await.expect("open");
        tokio::time::sleep(Duration::from_secs(100)).await;
        assert_eq!(day().await.ticker.last, None);
        venue.be_away(false);
        tokio::time::sleep(Duration::from_secs(100)).await;
        assert_eq!(
            day().await.ticker.last,
            Some(venue_candle(NOW * MINUTE).close)
        );
        drop(lease);
        service.finish().await;
    });
}
