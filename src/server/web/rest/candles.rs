//! `GET candles`

use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tradesuite_core::model::{InstrumentId, Timeframe};
use tradesuite_core::protocol::{CandleRow, Number, NumberStyle};
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::params::Params;
use super::schema;
use crate::server::service::{CandleAnswer, CandleQuery, Cursor, Service};

/// Carries the cursor where the body has no place for it.
const NEXT: HeaderName = HeaderName::from_static("x-next-cursor");
/// Why bars are missing, where the body has no place for it.
const NOTICE: HeaderName = HeaderName::from_static("x-notice");

#[derive(Clone, Copy)]
enum Shape {
    Objects,
    Rows,
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Csv,
}

/// A page of bars.
#[derive(Serialize, ToSchema)]
pub(super) struct Candles {
    #[schema(value_type = String, example = "coinbase:BTC-USD")]
    instrument: InstrumentId,
    #[schema(value_type = String, example = "1m")]
    timeframe: Timeframe,
    /// Ascending by time; the last one may be open.
    #[schema(value_type = Vec<schema::Candle>)]
    candles: Vec<CandleRow>,
    /// Cursor of the next page; null on the last one.
    next: Option<String>,
    /// Why bars are missing that the venue should have, in one sentence; else null.
    notice: Option<String>,
}

/// Bars of any timeframe, the live one included.
///
/// `shape=rows` gives `[[time, open, high, low, close, volume], …]`, `format=csv` a table with a
/// header; both carry the cursor in the header `x-next-cursor`, and why bars are missing in
/// `x-notice`.
#[utoipa::path(
    get, path = "/candles", tag = "market",
    params(
        ("instrument" = String, Query, description = "Such as coinbase:BTC-USD", example = "coinbase:BTC-USD"),
        ("timeframe" = String, Query, description = "1s 5s 15s 30s 1m 3m 5m 15m 30m 1h 2h 4h 6h 12h 1d 1w 1M", example = "1m"),
        ("start" = Option<String>, Query, description = "First opening time"),
        ("end" = Option<String>, Query, description = "Before which the last bar opens"),
        ("limit" = Option<u32>, Query, description = "1 to 5000, 500 if absent"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("shape" = Option<String>, Query, description = "`objects` or `rows`"),
        ("format" = Option<String>, Query, description = "`json` or `csv`"),
        ("numbers" = Option<String>, Query, description = "`number` or `string`"),
    ),
    responses(
        (status = 200, body = Candles),
        (status = 400, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn list(
    State(service): State<Service>,
    mut params: Params,
) -> Result<Response, Problem> {
    let instrument = params.instrument(&service);
    let timeframe = params.required::<Timeframe>("timeframe");
    let page = params.page(500, 5_000);
    let shape = params.choice(
        "shape",
        &[("objects", Shape::Objects), ("rows", Shape::Rows)],
    );
    let format = params.choice("format", &[("json", Format::Json), ("csv", Format::Csv)]);
    let style = params.numbers();
    let (instrument, timeframe) = params.check_with(instrument.zip(timeframe))?;
    let query = CandleQuery {
        instrument,
        timeframe,
        page,
    };
    let answer = service.candles(&query).await?;
    let next = answer.next.as_ref().map(Cursor::to_string);
    let headers = headers([(NEXT, next.as_deref()), (NOTICE, answer.notice.as_deref())]);
    Ok(match (format, shape) {
        (Some(Format::Csv), _) => {
            let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
            (kind, headers, csv(&answer)).into_response()
        }
        (_, Some(Shape::Rows)) => {
            let rows: Vec<Bare> = bare(&answer, style);
            (headers, Json(rows)).into_response()
        }
        _ => Json(Candles {
            instrument: query.instrument,
            timeframe,
            candles: rows(&answer, style),
            next,
            notice: answer.notice,
        })
        .into_response(),
    })
}

/// Those of the headers that have a value.
fn headers(named: [(HeaderName, Option<&str>); 2]) -> HeaderMap {
    named
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::from_bytes(value?.as_bytes()).ok()?)))
        .collect()
}

fn rows(answer: &CandleAnswer, style: NumberStyle) -> Vec<CandleRow> {
    answer
        .candles
        .iter()
        .map(|candle| CandleRow::new(candle, answer.precision, style))
        .collect()
}

type Bare = (
    tradesuite_core::model::UnixMs,
    Number,
    Number,
    Number,
    Number,
    Number,
);

fn bare(answer: &CandleAnswer, style: NumberStyle) -> Vec<Bare> {
    rows(answer, style)
        .into_iter()
        .map(|row| (row.time, row.open, row.high, row.low, row.close, row.volume))
        .collect()
}

fn csv(answer: &CandleAnswer) -> String {
    let mut text = String::from(
        "time,open,high,low,close,volume,buy_volume,quote_volume,trades,closed,origin\n",
    );
    let optional = |number: Option<Number>| number.map(|n| n.to_string()).unwrap_or_default();
    for (row, candle) in rows(answer, NumberStyle::Text)
        .into_iter()
        .zip(&answer.candles)
    {
        // Writing into a `String` cannot fail.
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{},{}",
            row.time.0,
            row.open,
            row.high,
            row.low,
            row.close,
            row.volume,
            optional(row.buy_volume),
            optional(row.quote_volume),
            row.trades
                .map(|count| count.to_string())
                .unwrap_or_default(),
            row.closed,
            candle.origin.name(),
        );
    }
    text
}
