//! `GET instruments`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tradesuite_core::model::{Decimal, Instrument, InstrumentId, InstrumentKind, InstrumentStatus};
use tradesuite_core::protocol::{Number, NumberStyle};
use utoipa::ToSchema;

use super::super::problem::Problem;
use super::params::Params;
use crate::server::service::{InstrumentQuery, Service};

/// An instrument, as its venue describes it.
#[derive(Serialize, ToSchema)]
pub(super) struct Row {
    #[schema(value_type = String, example = "coinbase:BTC-USD")]
    id: InstrumentId,
    exchange: String,
    /// The venue's own name.
    venue_symbol: String,
    /// The unified symbol of the ccxt library.
    #[schema(example = "BTC/USD")]
    ccxt_symbol: String,
    base: String,
    quote: String,
    /// Settlement currency.
    settle: String,
    /// `spot`, `perp` or `future`.
    #[schema(value_type = String)]
    kind: InstrumentKind,
    price_decimals: u8,
    quantity_decimals: u8,
    /// Smallest price step, quote currency.
    #[schema(value_type = f64)]
    tick_size: Number,
    /// Smallest quantity step, base units.
    #[schema(value_type = f64)]
    quantity_step: Number,
    /// Smallest order, base units; null where the venue says none.
    #[schema(value_type = Option<f64>)]
    min_quantity: Option<Number>,
    /// Base units per contract; 1 for spot.
    #[schema(value_type = f64)]
    contract_size: Number,
    /// `online`, `halted` or `delisted`.
    #[schema(value_type = String)]
    status: InstrumentStatus,
}

impl Row {
    fn new(instrument: &Instrument, style: NumberStyle) -> Self {
        let number = |value: Decimal| Number::new(value.mantissa.into(), value.scale, style);
        Self {
            exchange: instrument.id.exchange().to_owned(),
            venue_symbol: instrument.venue_symbol.clone(),
            ccxt_symbol: instrument.ccxt_symbol(),
            base: instrument.base.clone(),
            quote: instrument.quote.clone(),
            settle: instrument.settle.clone(),
            kind: instrument.kind,
            price_decimals: instrument.precision.price,
            quantity_decimals: instrument.precision.quantity,
            tick_size: number(instrument.tick_size),
            quantity_step: number(instrument.quantity_step),
            min_quantity: instrument.min_quantity.map(number),
            contract_size: number(instrument.contract_size),
            status: instrument.status,
            id: instrument.id.clone(),
        }
    }
}

/// A page of instruments.
#[derive(Serialize, ToSchema)]
pub(super) struct Instruments {
    /// By id.
    instruments: Vec<Row>,
    /// Cursor of the next page; null on the last one.
    #[schema(value_type = Option<String>)]
    next: Option<InstrumentId>,
}

/// Instruments that venues list, by id.
#[utoipa::path(
    get, path = "/instruments", tag = "market",
    params(
        ("exchange" = Option<String>, Query, description = "Of one venue only"),
        ("search" = Option<String>, Query, description = "Words that an instrument has to fit, in any order and case: parts of its id, names of its currencies or its venue"),
        ("limit" = Option<u32>, Query, description = "1 to 5000, 1000 if absent"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("numbers" = Option<String>, Query, description = "`number` or `string`"),
    ),
    responses((status = 200, body = Instruments), (status = 400, body = Problem))
)]
pub(super) async fn list(
    State(service): State<Service>,
    mut params: Params,
) -> Result<Json<Instruments>, Problem> {
    let query = InstrumentQuery {
        exchange: params.optional("exchange"),
        search: params.optional("search"),
        limit: params.count("limit", 1_000, 5_000),
        after: params.optional("cursor"),
    };
    let style = params.numbers();
    params.check()?;
    let page = service.instruments(&query);
    let instruments = page
        .instruments
        .iter()
        .map(|row| Row::new(row, style))
        .collect();
    Ok(Json(Instruments {
        instruments,
        next: page.next,
    }))
}
