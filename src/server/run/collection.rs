//! The venues that are collected from: lists of instruments, connections, history.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::kept::Kept;
use crate::server::clock::Clock;
use crate::server::collector::backfill::Backfill;
use crate::server::collector::backoff::Jitter;
use crate::server::collector::directory::{self, Directory};
use crate::server::collector::history::{History, HistorySetup};
use crate::server::collector::http::{Http, HttpClient};
use crate::server::collector::intake::Intake;
use crate::server::collector::mender::Mender;
use crate::server::collector::rest::VenueRest;
use crate::server::collector::status::StatusBoard;
use crate::server::collector::supervisor::{Supervisor, VenueFeed};
use crate::server::collector::transport::websocket::WebSocketConnector;
use crate::server::config::Settings;
use crate::server::exchange::{EXCHANGES, Exchange, Feed};

/// Where the venues are.
#[derive(Clone, Copy, Debug)]
pub enum Endpoints {
    /// At their own addresses.
    Venues,
    /// All of them at a simulator.
    Simulator(SocketAddr),
}

impl Endpoints {
    fn ws_url(self, feed: &'static dyn Feed) -> String {
        match self {
            Self::Venues => feed.spec().ws_url.to_owned(),
            Self::Simulator(address) => format!("ws://{address}/"),
        }
    }

    fn rest_url(self) -> Option<String> {
        match self {
            Self::Venues => None,
            Self::Simulator(address) => Some(format!("http://{address}")),
        }
    }
}

/// The running collection.
pub struct Collection {
    directory: Directory,
    board: StatusBoard,
    history: Option<History>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Collection {
    /// No venue: what a replay has.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn none(kept: &Kept) -> anyhow::Result<Self> {
        let directory = Directory::default();
        directory.load(kept.store().as_ref()).await?;
        Ok(Self {
            directory,
            board: StatusBoard::default(),
            history: None,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        })
    }

    /// Starts to collect from every venue.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn start(
        settings: &Settings,
        endpoints: Endpoints,
        clock: &Clock,
        kept: &mut Kept,
    ) -> anyhow::Result<Self> {
        let mut collection = Self::none(kept).await?;
        kept.caught_up().await;
        let http: Arc<dyn Http> = Arc::new(HttpClient::default());
        let jitter = Jitter::system();
        let rests: Vec<Arc<VenueRest>> = EXCHANGES
            .iter()
            .map(|exchange| {
                let (http, jitter) = (Arc::clone(&http), jitter.clone());
                let rest = VenueRest::new(*exchange, endpoints.rest_url(), http, jitter);
                Arc::new(rest)
            })
            .collect();
        collection.mend(clock, kept, rests.clone());
        for (exchange, rest) in EXCHANGES.iter().copied().zip(rests) {
            collection.tasks.spawn(directory::keep_fresh(
                collection.directory.clone(),
                rest,
                kept.store(),
                jitter.clone(),
                collection.stop.clone(),
            ));
            let feed = chosen_feed(exchange, settings).context("a venue has no feed")?;
            let supervisor = Supervisor {
                venue: VenueFeed {
                    exchange,
                    feed,
                    ws_url: endpoints.ws_url(feed),
                    always: settings
                        .instruments
                        .iter()
                        .filter(|id| id.exchange() == exchange.spec().id)
                        .cloned()
                        .collect(),
                },
                connector: WebSocketConnector::default(),
                new_checker: Arc::new(|exchange, feed| {
                    Box::new(Intake::new(exchange.spec(), feed))
                }),
                clock: clock.clone(),
                sink: Arc::new(kept.journal().clone()),
                store: kept.store(),
                directory: collection.directory.clone(),
                looked_at: kept.hub().interest().wanted(),
                board: collection.board.clone(),
                jitter: jitter.clone(),
                stop: collection.stop.clone(),
            };
            collection.tasks.spawn(supervisor.run());
        }
        Ok(collection)
    }

    /// Makes the venues' own history available, and has missing trades mended with it.
    fn mend(&mut self, clock: &Clock, kept: &mut Kept, venues: Vec<Arc<VenueRest>>) {
        let history = History::new(HistorySetup {
            venues: venues.clone(),
            store: kept.store(),
            state: kept.state(),
            directory: self.directory.clone(),
            clock: clock.clone(),
            stop: self.stop.clone(),
        });
        if let Some(holes) = kept.take_holes() {
            let mender = Mender {
                history: history.clone(),
                backfill: Backfill {
                    venues,
                    store: kept.store(),
                    sink: Arc::new(kept.journal().clone()),
                    directory: self.directory.clone(),
                    clock: clock.clone(),
                },
                store: kept.store(),
                clock: clock.clone(),
                holes,
                stop: self.stop.clone(),
            };
            self.tasks.spawn(mender.run());
        }
        self.history = Some(history);
    }

    /// The venues' own history.
    pub fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// Instruments that the venues list.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// How each connection is doing.
    pub fn board(&self) -> &StatusBoard {
        &self.board
    }

    /// Closes every connection.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        if let Some(history) = &self.history {
            history.finish().await;
        }
    }
}

/// The feed that the settings choose, else the venue's first.
fn chosen_feed(exchange: &'static dyn Exchange, settings: &Settings) -> Option<&'static dyn Feed> {
    let chosen = (exchange.spec().id == "coinbase").then_some(settings.coinbase_feed.as_str());
    let feeds = exchange.feeds();
    feeds
        .iter()
        .copied()
        .find(|feed| chosen == Some(feed.spec().name))
        .or_else(|| feeds.first().copied())
}
