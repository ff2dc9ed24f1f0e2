//! `GET book`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tradesuite_core::model::{InstrumentId, UnixMs};
use tradesuite_core::protocol::{BookData, BookRow, Number};
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::params::Params;
use crate::server::service::Service;

/// The best levels.
#[derive(Serialize, ToSchema)]
pub(super) struct Book {
    #[schema(value_type = String, example = "coinbase:BTC-USD")]
    instrument: InstrumentId,
    /// Exchange time of the last change, Unix milliseconds.
    #[schema(value_type = i64)]
    time: UnixMs,
    /// Number of changes applied since this server knows the book.
    sequence: u64,
    /// Whether a message is missing: there are no levels then.
    stale: bool,
    /// `[price, quantity]`, highest price first.
    #[schema(value_type = Vec<Vec<f64>>, example = json!([[64213.5, 0.25]]))]
    bids: Vec<[Number; 2]>,
    /// `[price, quantity]`, lowest price first.
    #[schema(value_type = Vec<Vec<f64>>, example = json!([[64214.0, 1.5]]))]
    asks: Vec<[Number; 2]>,
}

/// The order book now, or as it was recorded at `at`.
///
/// An instrument that nobody followed is followed from now on, for a while, and its book is
/// waited for, three seconds at the most.
#[utoipa::path(
    get, path = "/book", tag = "market",
    params(
        ("instrument" = String, Query, description = "Such as coinbase:BTC-USD", example = "coinbase:BTC-USD"),
        ("depth" = Option<u32>, Query, description = "Levels a side, 1 to 1000, 50 if absent"),
        ("at" = Option<String>, Query, description = "A time in the recorded history"),
        ("numbers" = Option<String>, Query, description = "`number` or `string`"),
    ),
    responses(
        (status = 200, body = Book),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn read(
    State(service): State<Service>,
    mut params: Params,
) -> Result<Json<Book>, Problem> {
    let instrument = params.instrument(&service);
    let depth = params.count("depth", 50, 1_000);
    let at = params.time(&["at"]);
    let style = params.numbers();
    let instrument = params.check_with(instrument)?;
    let answer = match at {
        Some(at) => service.book_at(&instrument, at, depth).await?,
        None => service.book(&instrument, depth).await?,
    };
    let stale = answer.view.stale;
    let data = BookData {
        precision: answer.precision,
        time: answer.view.time,
        sequence: answer.view.sequence,
        bids: answer.view.bids,
        asks: answer.view.asks,
    };
    let row = BookRow::new(&data, style);
    Ok(Json(Book {
        instrument,
        time: row.time,
        sequence: row.sequence,
        stale,
        bids: row.bids,
        asks: row.asks,
    }))
}
