//! A venue's history of one-minute bars, asked over HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::{LineVenue, MemoryStore};
use crate::server::clock::Clock;
use crate::server::collector::backoff::Jitter;
use crate::server::collector::directory::Directory;
use crate::server::collector::history::{History, HistorySetup};
use crate::server::collector::http::{Http, NoReply, Reply};
use crate::server::collector::rest::VenueRest;

const MINUTE: i64 = 60_000;

/// Has bars of some minutes, ten a page.
#[derive(Default)]
pub struct MinuteVenue {
    /// Minutes since 1970 that have a bar.
    minutes: BTreeSet<i64>,
    /// Does not answer.
    away: AtomicBool,
    /// How long an answer takes.
    takes: Duration,
    asked: AtomicUsize,
}

impl MinuteVenue {
    pub fn new(minutes: impl IntoIterator<Item = i64>, takes: Duration) -> Arc<Self> {
        Arc::new(Self {
            minutes: minutes.into_iter().collect(),
            takes,
            ..Self::default()
        })
    }

    pub fn be_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Requests so far.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Http for MinuteVenue {
    async fn get(
        &self,
        _base: &str,
        _path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Reply, NoReply> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.takes).await;
        if self.away.load(Ordering::SeqCst) {
            return Err(NoReply("no route".to_owned()));
        }
        let [start, end] = [&query[0].1, &query[1].1].map(|ms| ms.parse::<i64>().unwrap());
        assert!((end - start) / MINUTE <= 10, "more than a page");
        let times = self.minutes.iter().map(|minute| minute * MINUTE);
        let bars: Vec<String> = times
            .filter(|ms| (start..end).contains(ms))
            .map(|ms| ms.to_string())
            .collect();
        Ok(Reply {
            status: 200,
            body: bars.join(" ").into_bytes(),
            ..Reply::default()
        })
    }
}

/// The history of [`LineVenue`], whose requests a test answers.
pub fn history(
    http: Arc<dyn Http>,
    store: &Arc<MemoryStore>,
    directory: Directory,
    clock: &Clock,
    stop: &CancellationToken,
) -> (History, Vec<Arc<VenueRest>>) {
    let rest = VenueRest::new(&LineVenue, None, http, Jitter::fixed(1.0));
    let venues = vec![Arc::new(rest)];
    let history = History::new(HistorySetup {
        venues: venues.clone(),
        store: store.clone(),
        state: store.clone(),
        directory,
        clock: clock.clone(),
        stop: stop.clone(),
    });
    (history, venues)
}
