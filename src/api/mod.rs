//! Server functions: what the page itself asks for. Each is a thin face of
//! `server::service`, like the REST call beside it.

#![expect(
    missing_docs,
    reason = "the macro makes a public struct of each function's arguments"
)]

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, MsgPack};
use tradesuite_core::model::{CandlePage, Gap, InstrumentId, InstrumentRow, Timeframe, UnixMs};

/// Instruments whose symbol or venue contains `search`, the closest first.
///
/// # Errors
/// Where the server cannot be reached or its store does not answer.
#[server(prefix = "/fn", endpoint = "instruments", input = GetUrl)]
pub async fn search_instruments(
    search: String,
    limit: u32,
) -> Result<Vec<InstrumentRow>, ServerFnError> {
    let service = expect_context::<crate::server::service::Service>();
    Ok(service.find_instruments(&search, limit))
}

/// The `limit` newest bars that open before `before` (all there are where it is absent).
///
/// # Errors
/// Where the server cannot be reached, or the instrument is unknown.
#[server(prefix = "/fn", endpoint = "candles", input = GetUrl, output = MsgPack)]
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

/// Stretches since `from` of which trades are missing for good, by start; the newest of very many.
///
/// # Errors
/// Where the server cannot be reached, or the instrument is unknown.
#[server(prefix = "/fn", endpoint = "gaps", input = GetUrl, output = MsgPack)]
pub async fn load_gaps(instrument: InstrumentId, from: UnixMs) -> Result<Vec<Gap>, ServerFnError> {
    let service = expect_context::<crate::server::service::Service>();
    service
        .missing_trades(&instrument, from)
        .await
        .map_err(ServerFnError::new)
}
