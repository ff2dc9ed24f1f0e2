//! `GET coverage`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tradesuite_core::model::{Gap, InstrumentId, UnixMs};
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::params::Params;
use super::schema;
use crate::server::service::{PageQuery, Service};

/// Gaps listed at the most; `GET gaps` has them all.
const GAPS: u32 = 1_000;

/// From when to when something is held.
#[derive(Serialize, ToSchema)]
pub(super) struct Range {
    /// Unix milliseconds.
    #[schema(value_type = i64)]
    start: UnixMs,
    /// Unix milliseconds.
    #[schema(value_type = i64)]
    end: UnixMs,
}

/// What is held of an instrument.
#[derive(Serialize, ToSchema)]
pub(super) struct Coverage {
    #[schema(value_type = String, example = "coinbase:BTC-USD")]
    instrument: InstrumentId,
    /// First and last trade; null where there is none.
    trades: Option<Range>,
    /// First and last bar of one minute; null where there is none.
    candles: Option<Range>,
    /// First and last moment of book history; null where there is none.
    book: Option<Range>,
    /// The newest gaps, ascending by start.
    #[schema(value_type = Vec<schema::Gap>)]
    gaps: Vec<Gap>,
    /// Why the newest data may be missing, in one sentence: the store is behind or takes nothing.
    /// Else null.
    notice: Option<String>,
}

/// Where trades, candles and book history begin and end, and their gaps.
#[utoipa::path(
    get, path = "/coverage", tag = "market",
    params(("instrument" = String, Query, description = "Such as coinbase:BTC-USD", example = "coinbase:BTC-USD")),
    responses(
        (status = 200, body = Coverage),
        (status = 400, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn read(
    State(service): State<Service>,
    mut params: Params,
) -> Result<Json<Coverage>, Problem> {
    let instrument = params.instrument(&service);
    let instrument = params.check_with(instrument)?;
    let held = service.coverage(&instrument).await?;
    let newest = PageQuery {
        start: None,
        end: None,
        limit: GAPS,
        cursor: None,
    };
    let (gaps, _) = service.gaps(Some(&instrument), newest).await?;
    let range = |(start, end)| Range { start, end };
    Ok(Json(Coverage {
        instrument,
        trades: held.trades.map(range),
        candles: held.candles.map(range),
        book: held.book.map(range),
        gaps,
        notice: service.lag(),
    }))
}
