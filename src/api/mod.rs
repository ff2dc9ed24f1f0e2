//! Server functions: what the page itself asks for. Each is a thin face of
//! `server::service`, like the REST call beside it.

#![expect(missing_docs, reason = "the macro makes a public struct of each function's arguments")]

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, MsgPack};
use serde::{Deserialize, Serialize};
use tradesuite_core::model::{Candle, InstrumentId, Precision, Timeframe, UnixMs};

/// One row of the instrument picker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstrumentRow {
    /// Id.
    pub id: InstrumentId,
    /// The venue's name as people read it.
    pub exchange: String,
}

/// A stretch of a chart's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandlePage {
    /// Decimals of every number in it.
    pub precision: Precision,
    /// Ascending by opening time.
    pub candles: Vec<Candle>,
    /// Whether there may be older bars.
    pub more: bool,
    /// In one sentence, why bars are missing that should be there.
    pub notice: Option<String>,
}

/// Instruments whose symbol or venue contains `search`, the closest first.
///
/// # Errors
/// Where the server cannot be reached or its store does not answer.
#[server(prefix = "/fn", input = GetUrl)]
pub async fn search_instruments(search: String, limit: u32) -> Result<Vec<InstrumentRow>, ServerFnError> {
    let service = expect_context::<crate::server::service::Service>();
    service
        .find_instruments(&search, limit)
        .await
        .map_err(ServerFnError::new)
}

/// The `limit` newest bars that open before `before` (all there are where it is absent).
///
/// # Errors
/// Where the server cannot be reached, or the instrument is unknown.
#[server(prefix = "/fn", input = GetUrl, output = MsgPack)]
pub async fn load_candles(
    instrument: InstrumentId,
    timeframe: Timeframe,
    before: Option<UnixMs>,
    limit: u32,
) -> Result<CandlePage, ServerFnError> {
    let service = expect_context::<crate::server::service::Service>();
    service
        .candle_page(&instrument, timeframe, before, limit)
        .await
        .map_err(ServerFnError::new)
}
