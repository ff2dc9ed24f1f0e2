//! Server functions: what the page itself asks for. Each is a thin face of
//! `server::service`, like the REST call beside it.

#![expect(
    missing_docs,
    reason = "the macro makes a public struct of each function's arguments"
)]

mod error;
mod packed;

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, MsgPack};
use tradesuite_core::model::{
    CandlePage, DocumentRow, Gap, GapLedger, Instrument, InstrumentId, InstrumentRow, SaveAnswer,
    Shelf, StoredDocument, Timeframe, TradePage, TradesBefore, UnixMs,
};

pub use self::error::PageError;
use self::packed::Packed;

/// The mark of what page and server have to agree on, as both were built with it (`build.rs`).
pub const BUILD: &str = env!("TRADESUITE_BUILD");

/// The server's [`BUILD`]: another than the page's own where the server was updated meanwhile.
///
/// # Errors
/// Where the server cannot be reached.
#[server(prefix = "/fn", endpoint = "build", input = GetUrl)]
pub async fn server_build() -> Result<String, PageError> {
    Ok(BUILD.to_owned())
}

/// Instruments that `search` may mean, the closest first.
///
/// # Errors
/// Where the server cannot be reached or its store does not answer.
#[server(prefix = "/fn", endpoint = "instruments", input = GetUrl)]
pub async fn search_instruments(
    search: String,
    limit: u32,
) -> Result<Vec<InstrumentRow>, PageError> {
    let service = expect_context::<crate::server::service::Service>();
    Ok(service.find_instruments(&search, limit))
}

/// The venue's facts about an instrument.
///
/// # Errors
/// Where the server cannot be reached, or the instrument is unknown.
#[server(prefix = "/fn", endpoint = "instrument", input = GetUrl)]
pub async fn load_instrument(instrument: InstrumentId) -> Result<Instrument, PageError> {
    let service = expect_context::<crate::server::service::Service>();
    let found = service.instrument(&instrument).map_err(PageError::from)?;
    Ok((*found).clone())
}

/// The `limit` newest bars that open before `before` (all there are where it is absent).
///
/// # Errors
/// Where the server cannot be reached, or the instrument is unknown.
#[server(prefix = "/fn", endpoint = "candles", input = GetUrl, output = Packed)]
pub async fn load_candles(
    instrument: InstrumentId,
    timeframe: Timeframe,
    before: Option<UnixMs>,
    limit: u32,
) -> Result<CandlePage, PageError> {
    let service = expect_context::<crate::server::service::Service>();
    service
        .candle_page(&instrument, timeframe, before, limit)
        .await
        .map_err(PageError::from)
}

/// Stretches since `from` of which trades are missing for good, by start; the newest of very many.
///
/// # Errors
/// Where the server cannot be reached, or the instrument is unknown.
#[server(prefix = "/fn", endpoint = "gaps", input = GetUrl, output = Packed)]
pub async fn load_gaps(instrument: InstrumentId, from: UnixMs) -> Result<Vec<Gap>, PageError> {
    let service = expect_context::<crate::server::service::Service>();
    service
        .missing_trades(&instrument, from)
        .await
        .map_err(PageError::from)
}

/// The newest entries of the gap ledger, of one instrument where it is named. `only_lost` leaves out
/// what was fetched afterwards.
///
/// # Errors
/// Where the server cannot be reached or its store does not answer.
#[server(prefix = "/fn", endpoint = "gap_ledger", input = GetUrl, output = Packed)]
pub async fn load_gap_ledger(
    instrument: Option<InstrumentId>,
    only_lost: bool,
) -> Result<GapLedger, PageError> {
    let service = expect_context::<crate::server::service::Service>();
    service
        .gap_ledger(instrument.as_ref(), only_lost)
        .await
        .map_err(PageError::from)
}

/// The `limit` newest trades before a place in the history; the newest of all where it is absent.
///
/// # Errors
/// Where the server cannot be reached, or the instrument is unknown.
#[server(prefix = "/fn", endpoint = "trades", input = GetUrl, output = Packed)]
pub async fn load_trades(
    instrument: InstrumentId,
    before: Option<TradesBefore>,
    limit: u32,
) -> Result<TradePage, PageError> {
    let service = expect_context::<crate::server::service::Service>();
    service
        .trade_page(&instrument, before, limit)
        .await
        .map_err(PageError::from)
}

/// Every document of a kind that the server keeps, by name.
///
/// # Errors
/// Where the server cannot be reached or its store does not answer.
#[server(prefix = "/fn", endpoint = "documents", input = GetUrl)]
pub async fn list_documents(shelf: Shelf) -> Result<Vec<DocumentRow>, PageError> {
    let documents = expect_context::<crate::server::service::Documents>();
    documents
        .list(shelf)
        .await
        .map_err(|error| PageError::Failed(error.to_string()))
}

/// A document; `None` where there is none of that name. The only one of its kind is called `own`.
///
/// # Errors
/// Where the server cannot be reached or its store does not answer.
#[server(prefix = "/fn", endpoint = "document", input = GetUrl)]
pub async fn load_document(
    shelf: Shelf,
    name: String,
) -> Result<Option<StoredDocument>, PageError> {
    let documents = expect_context::<crate::server::service::Documents>();
    documents
        .find(shelf, &name)
        .await
        .map_err(|error| PageError::Failed(error.to_string()))
}

/// Saves a document over the version that was read; `None` for a new one.
///
/// # Errors
/// Where the server cannot be reached; everything else is an answer.
#[server(prefix = "/fn", endpoint = "save_document", input = MsgPack)]
pub async fn save_document(
    shelf: Shelf,
    name: String,
    text: String,
    over: Option<u64>,
) -> Result<SaveAnswer, PageError> {
    let documents = expect_context::<crate::server::service::Documents>();
    Ok(documents.save(shelf, &name, &text, over).await)
}

/// Gives a document of this version another name.
///
/// # Errors
/// Where the server cannot be reached; everything else is an answer.
#[server(prefix = "/fn", endpoint = "rename_document", input = MsgPack)]
pub async fn rename_document(
    shelf: Shelf,
    from: String,
    to: String,
    version: u64,
) -> Result<SaveAnswer, PageError> {
    let documents = expect_context::<crate::server::service::Documents>();
    Ok(documents.save_as(shelf, &from, &to, version).await)
}

/// Deletes a document of this version.
///
/// # Errors
/// Where the server cannot be reached; everything else is an answer.
#[server(prefix = "/fn", endpoint = "delete_document", input = MsgPack)]
pub async fn delete_document(
    shelf: Shelf,
    name: String,
    version: u64,
) -> Result<SaveAnswer, PageError> {
    let documents = expect_context::<crate::server::service::Documents>();
    Ok(documents.discard(shelf, &name, version).await)
}
