//! The venues that are collected from: lists of instruments, connections, history.

use std::collections::BTreeMap;
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
    /// All of them at a simulator, each at its own path.
    Simulator(SocketAddr),
}

impl Endpoints {
    fn ws_url(self, feed: &'static dyn Feed) -> String {
        match self {
            Self::Venues => feed.spec().ws_url.to_owned(),
            Self::Simulator(address) => {
                let after_scheme = feed.spec().ws_url.split("://").nth(1).unwrap_or_default();
                let path = after_scheme.split_once('/').map_or("", |(_, path)| path);
                format!("ws://{address}/{path}")
            }
        }
    }

    /// The feed of a venue to listen to: the one that the settings choose, else the first. The
    /// simulator speaks the first ones alone.
    fn feed(
        self,
        exchange: &'static dyn Exchange,
        choices: &BTreeMap<&'static str, String>,
    ) -> Option<&'static dyn Feed> {
        let chosen = choices
            .get(exchange.spec().id)
            .filter(|_| matches!(self, Self::Venues));
        let mut feeds = exchange.feeds().iter().copied();
        match chosen {
            Some(name) => feeds.find(|feed| feed.spec().name == name),
            None => feeds.next(),
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

    /// Starts to collect from every venue, as soon as it is known how far the last run came. That
    /// is not waited for: what is held can be looked at before.
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
        let mender = collection.mender(clock, kept, rests.clone());
        let mut supervisors = Vec::new();
        for (exchange, rest) in EXCHANGES.iter().copied().zip(rests) {
            collection.tasks.spawn(directory::keep_fresh(
                collection.directory.clone(),
                rest,
                kept.store(),
                jitter.clone(),
                collection.stop.clone(),
            ));
            let feed = endpoints
                .feed(exchange, &settings.feeds)
                .with_context(|| format!("{} has no such feed", exchange.spec().label))?;
            supervisors.push(Supervisor {
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
                unwritten: Arc::default(),
                directory: collection.directory.clone(),
                looked_at: kept.hub().interest().wanted(),
                board: collection.board.clone(),
                jitter: jitter.clone(),
                stop: collection.stop.clone(),
            });
        }
        let (tasks, stop) = (collection.tasks.clone(), collection.stop.clone());
        let unwritten = kept.unwritten();
        collection.tasks.spawn(async move {
            let Some(unwritten) = stop.run_until_cancelled(unwritten).await else {
                return;
            };
            let unwritten = Arc::new(unwritten);
            for supervisor in supervisors {
                let unwritten = Arc::clone(&unwritten);
                tasks.spawn(
                    Supervisor {
                        unwritten,
                        ..supervisor
                    }
                    .run(),
                );
            }
        });
        if let Some(mender) = mender {
            let (stop, caught_up) = (collection.stop.clone(), kept.caught_up());
            collection.tasks.spawn(async move {
                // It asks the store what is missing.
                if stop.run_until_cancelled(caught_up).await.is_some() {
                    mender.run().await;
                }
            });
        }
        Ok(collection)
    }

    /// Makes the venues' own history available. Returns what mends missing trades with it.
    fn mender(
        &mut self,
        clock: &Clock,
        kept: &mut Kept,
        venues: Vec<Arc<VenueRest>>,
    ) -> Option<Mender> {
        let history = History::new(HistorySetup {
            venues: venues.clone(),
            store: kept.store(),
            state: kept.state(),
            directory: self.directory.clone(),
            clock: clock.clone(),
            stop: self.stop.clone(),
        });
        self.history = Some(history.clone());
        kept.take_holes().map(|holes| Mender {
            history,
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
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::SETTINGS;

    #[test]
    fn who_has_several_feeds_has_a_setting_for_them() {
        for exchange in EXCHANGES {
            let name = format!("{}_feed", exchange.spec().id);
            let setting = SETTINGS.iter().find(|setting| setting.name == name);
            assert_eq!(setting.is_some(), exchange.feeds().len() > 1, "{name}");
            let default = setting.map(|setting| setting.default);
            assert!(default.is_none_or(|feed| feed == exchange.feeds()[0].spec().name));
        }
    }

    #[test]
    fn every_venue_is_simulated_at_its_own_path() {
        let address = SocketAddr::from(([127, 0, 0, 1], 9));
        let simulated = Endpoints::Simulator(address);
        let urls: Vec<_> = EXCHANGES
            .iter()
            .map(|exchange| simulated.ws_url(exchange.feeds()[0]))
            .collect();
        assert_eq!(urls, ["ws://127.0.0.1:9/", "ws://127.0.0.1:9/v2"]);
        assert_eq!(
            Endpoints::Venues.ws_url(EXCHANGES[1].feeds()[0]),
            "wss://ws.kraken.com/v2"
        );
    }
}
