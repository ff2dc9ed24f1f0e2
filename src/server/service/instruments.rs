//! Venues and instruments: what there is, and what a written name means.

use std::sync::Arc;

use tradesuite_core::model::{Instrument, InstrumentId, InstrumentIdError, Timeframe};
use tradesuite_core::protocol::{Topic, TopicError};

use super::search::Search;
use super::{Service, ServiceError};
use crate::server::exchange;

/// A venue as it is listed.
#[derive(Clone, Debug)]
pub struct ExchangeInfo {
    /// In instrument ids.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// Of its own candle history.
    pub timeframes: &'static [Timeframe],
    /// How its book is proven, and what escapes that proof.
    pub proof: &'static str,
}

/// Which instruments are wanted.
#[derive(Clone, Debug, Default)]
pub struct InstrumentQuery {
    /// Of one venue only.
    pub exchange: Option<String>,
    /// Words that an instrument has to fit, as in [`Search`].
    pub search: Option<String>,
    /// Instruments a page.
    pub limit: u32,
    /// The last id of the page before.
    pub after: Option<InstrumentId>,
}

/// A page of instruments, by id.
#[derive(Clone, Debug)]
pub struct InstrumentPage {
    /// As the venues describe them.
    pub instruments: Vec<Arc<Instrument>>,
    /// The last id, where there are more.
    pub next: Option<InstrumentId>,
}

impl Service {
    /// Venues that are configured, the one meant by a bare symbol first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<ExchangeInfo> {
        self.0
            .parts
            .exchanges
            .iter()
            .filter_map(|id| exchange::find(id))
            .map(|exchange| {
                let spec = exchange.spec();
                ExchangeInfo {
                    id: spec.id,
                    label: spec.label,
                    timeframes: spec.timeframes,
                    proof: exchange
                        .feeds()
                        .first()
                        .map_or("", |feed| feed.spec().proof),
                }
            })
            .collect()
    }

    /// Instruments that venues list.
    #[must_use]
    pub fn instruments(&self, query: &InstrumentQuery) -> InstrumentPage {
        let search = Search::new(query.search.as_deref().unwrap_or_default());
        let all = self.0.parts.directory.all();
        let mut matching = all.iter().filter(|(id, _)| {
            query
                .exchange
                .as_ref()
                .is_none_or(|exchange| id.exchange() == exchange)
                && query.after.as_ref().is_none_or(|after| *id > after)
                && search.distance(id).is_some()
        });
        let instruments: Vec<Arc<Instrument>> = matching
            .by_ref()
            .take(query.limit as usize)
            .map(|(_, instrument)| Arc::clone(instrument))
            .collect();
        let next = matching
            .next()
            .and(instruments.last())
            .map(|instrument| instrument.id.clone());
        InstrumentPage { instruments, next }
    }

    /// What is known of one instrument.
    ///
    /// # Errors
    /// [`ServiceError::UnknownInstrument`].
    pub fn instrument(&self, id: &InstrumentId) -> Result<Arc<Instrument>, ServiceError> {
        self.check(id)?;
        Ok(self.0.parts.directory.get_or_guess(id))
    }

    /// The id that a text means: an id, or a bare `BTC-USD` or `BTC/USD` of the first venue, in
    /// any case of letters.
    ///
    /// # Errors
    /// [`InstrumentIdError`] for anything else.
    pub fn resolve(&self, text: &str) -> Result<InstrumentId, InstrumentIdError> {
        let first = self.0.parts.exchanges.first().map_or("", String::as_str);
        let (exchange, symbol) = text.split_once(':').unwrap_or((first, text));
        let symbol = symbol.replace('/', "-").to_ascii_uppercase();
        InstrumentId::new(&exchange.to_ascii_lowercase(), &symbol)
    }

    /// The topic that a text means; its instrument may be written as in [`Service::resolve`].
    ///
    /// # Errors
    /// [`TopicError`] for anything else.
    pub fn topic(&self, text: &str) -> Result<Topic, TopicError> {
        let mut parts: Vec<&str> = text.split('/').collect();
        let resolved = match parts.get(1) {
            Some(instrument) => self.resolve(instrument)?.to_string(),
            None => return text.parse(),
        };
        parts[1] = &resolved;
        parts.join("/").parse()
    }

    /// Whether there is such an instrument. Before a venue's list is known, any of its symbols
    /// may exist.
    ///
    /// # Errors
    /// [`ServiceError::UnknownInstrument`].
    pub fn check(&self, id: &InstrumentId) -> Result<(), ServiceError> {
        let parts = &self.0.parts;
        let may_exist = parts.directory.get(id).is_some()
            || (!parts.directory.knows_venue(id.exchange())
                && parts
                    .exchanges
                    .iter()
                    .any(|exchange| exchange == id.exchange()))
            || parts.hub.instruments().contains(id);
        match may_exist {
            true => Ok(()),
            false => Err(ServiceError::UnknownInstrument(id.clone())),
        }
    }
}
