//! `GET /0/public/AssetPairs`: the list of instruments.
//!
//! <https://docs.kraken.com/api-reference/market-data/get-tradable-asset-pairs>

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use tradesuite_core::model::{
    Decimal, Instrument, InstrumentKind, InstrumentStatus, MAX_SCALE, Precision,
};

use super::symbols::{id, usual};
use super::wire::{Digits, result};
use crate::server::exchange::{DecodeError, HttpRequest, VenueInstruments};

/// One pair, under a name of its own.
///
/// ```json
/// {"XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","base":"XXBT","quote":"ZUSD","pair_decimals":1,"lot_decimals":8,"ordermin":"0.00005","tick_size":"0.1","status":"online"}}
/// ```
#[derive(Deserialize)]
struct Pair<'a> {
    /// Absent for dark pools, which have no public market data.
    #[serde(borrow)]
    wsname: Option<Cow<'a, str>>,
    pair_decimals: u8,
    lot_decimals: u8,
    ordermin: Option<Digits>,
    /// Newer than the field before; until then a step was one unit of the last decimal.
    tick_size: Option<Digits>,
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
}

/// Asks for all pairs.
pub fn request() -> HttpRequest {
    HttpRequest {
        path: "/0/public/AssetPairs".to_owned(),
        query: Vec::new(),
    }
}

/// Reads them.
pub fn parse(body: &[u8]) -> Result<VenueInstruments, DecodeError> {
    let pairs: BTreeMap<Cow<'_, str>, Pair<'_>> = serde_json::from_str(result(body)?.get())?;
    let mut seen = HashSet::new();
    let mut list = VenueInstruments::default();
    for pair in pairs.values() {
        match instrument(pair) {
            Some(instrument) if seen.insert(instrument.id.clone()) => {
                list.instruments.push(instrument);
            }
            _ => list.left_out += 1,
        }
    }
    Ok(list)
}

/// The pair as an instrument; `None` for dark pools, names that no instrument has and steps that
/// are no steps.
fn instrument(pair: &Pair<'_>) -> Option<Instrument> {
    let (base, quote) = pair.wsname.as_deref()?.split_once('/')?;
    let (base, quote) = (usual(base), usual(quote));
    let symbol = format!("{base}/{quote}");
    let unit = |scale: u8| (scale <= MAX_SCALE).then_some(Decimal { mantissa: 1, scale });
    let tick_size = match pair.tick_size {
        Some(step) => step.0.normalized(),
        None => unit(pair.pair_decimals)?,
    };
    if tick_size.mantissa <= 0 {
        return None;
    }
    Some(Instrument {
        precision: Precision {
            price: pair.pair_decimals.max(tick_size.scale),
            quantity: pair.lot_decimals,
        },
        tick_size,
        quantity_step: unit(pair.lot_decimals)?,
        id: id(&symbol).ok()?,
        venue_symbol: symbol,
        base: base.to_owned(),
        quote: quote.to_owned(),
        settle: quote.to_owned(),
        kind: InstrumentKind::Spot,
        inverse: false,
        min_quantity: pair.ordermin.map(|least| least.0.normalized()),
        contract_size: Decimal {
            mantissa: 1,
            scale: 0,
        },
        status: status(pair.status.as_deref()),
    })
}

fn status(said: Option<&str>) -> InstrumentStatus {
    match said {
        // Lists of before the field knew only what was traded.
        None | Some("online" | "limit_only" | "reduce_only") => InstrumentStatus::Online,
        Some("delisted") => InstrumentStatus::Delisted,
        // Cancel-only, post-only, and whatever comes to be.
        Some(_) => InstrumentStatus::Halted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pairs_and_leaves_out_dark_pools() {
        let body = r#"{"error":[],"result":{
            "XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","aclass_base":"currency","base":"XXBT",
              "quote":"ZUSD","lot":"unit","cost_decimals":5,"pair_decimals":1,"lot_decimals":8,
              "lot_multiplier":1,"fees":[[0,0.26]],"ordermin":"0.00005","costmin":"0.5",
              "tick_size":"0.1","status":"online"},
            "XXBTZUSD.d":{"altname":"XBTUSD.d","pair_decimals":1,"lot_decimals":8},
            "XDGUSD":{"altname":"XDGUSD","wsname":"XDG/USD","pair_decimals":7,"lot_decimals":8,
              "ordermin":"50","status":"cancel_only"},
            "AAPLxUSD":{"altname":"AAPLxUSD","wsname":"AAPLx/USD","pair_decimals":2,"lot_decimals":8}}}"#;
        let list = parse(body.as_bytes()).expect("a list");
        assert_eq!(list.left_out, 2);
        let seen: Vec<_> = list
            .instruments
            .iter()
            .map(|one| {
                (
                    one.id.as_str(),
                    one.venue_symbol.as_str(),
                    one.ccxt_symbol(),
                    one.tick_size.to_string(),
                    one.status,
                )
            })
            .collect();
        let expected = |id, symbol: &'static str, tick: &str, status| {
            (id, symbol, symbol.to_owned(), tick.to_owned(), status)
        };
        use InstrumentStatus::{Halted, Online};
        assert_eq!(
            seen,
            [
                expected("kraken:DOGE-USD", "DOGE/USD", "0.0000001", Halted),
                expected("kraken:BTC-USD", "BTC/USD", "0.1", Online),
            ]
        );
        assert_eq!(
            list.instruments[1].precision,
            Precision {
                price: 1,
                quantity: 8
            }
        );
    }

    #[test]
    fn says_what_is_wrong_with_an_answer() {
        for body in ["", "[]", "{}", r#"{"error":["EService:Unavailable"]}"#] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
