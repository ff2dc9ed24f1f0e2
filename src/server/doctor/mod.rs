//! `tradesuite doctor`: whether a server could run here, and what stands in its way. It looks and
//! changes nothing that it does not clean up.
//!
//! | module | what it looks at |
//! |---|---|
//! | [`disk`] | room for the data folder, and whether it can be written |
//! | [`store`] | the data folder's stamp and files |
//! | [`venue`] | whether each venue answers, and what time it has |
//!
//! It must not know the command line; it says [`Finding`]s.

pub mod disk;
pub mod store;
pub mod venue;

use tradesuite_core::model::Mode;

use crate::server::clock::Clock;
use crate::server::collector::http::HttpClient;
use crate::server::collector::transport::websocket::WebSocketConnector;
use crate::server::config::{ConfigError, Resolved, Settings};
use crate::server::exchange::{self, EXCHANGES};

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It will work, but not for long or not well.
    Doubtful,
    /// A server cannot do its work.
    Bad,
}

/// What was found out about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which thing: `disk`, `store`, `clock` or a venue's id.
    pub topic: String,
    /// How it stands.
    pub verdict: Verdict,
    /// In one sentence, why.
    pub sentence: String,
}

impl Finding {
    fn new(topic: &str, verdict: Verdict, sentence: impl Into<String>) -> Self {
        Self {
            topic: topic.to_owned(),
            verdict,
            sentence: sentence.into(),
        }
    }
}

/// Looks at everything. The venues are asked side by side.
pub async fn examine(resolved: &Resolved, mode: Mode, clock: &Clock) -> Vec<Finding> {
    let mut findings = Vec::new();
    match Settings::check(resolved, mode, &exchange::ids(), exchange::feed_names) {
        Ok(settings) => {
            findings.push(Finding::new(
                "settings",
                Verdict::Good,
                "every setting can be used",
            ));
            findings.push(disk::examine(&settings.data));
            findings.push(store::examine(&settings.data, mode));
        }
        Err(error) => findings.push(refused(&error)),
    }
    // The simulated market needs no network.
    if mode == Mode::Demo {
        return findings;
    }
    let http = HttpClient::default();
    let connector = WebSocketConnector::default();
    let visits = EXCHANGES
        .iter()
        .map(|exchange| venue::visit(*exchange, &http, &connector, clock));
    let visits = futures::future::join_all(visits).await;
    findings.extend(visits.iter().map(|visit| visit.finding.clone()));
    findings.push(venue::clock(&visits));
    findings
}

fn refused(error: &ConfigError) -> Finding {
    Finding::new("settings", Verdict::Bad, error.to_string())
}
