//! `GET /0/public/OHLC` and `GET /0/public/Trades`: candles and trades of the past.
//!
//! <https://docs.kraken.com/api-reference/market-data/get-ohlc-data>,
//! <https://docs.kraken.com/api-reference/market-data/get-recent-trades>

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use tradesuite_core::model::{
    Candle, Instrument, Origin, Precision, Price, Quantity, Side, Timeframe, TradeId, UnixMs,
    UnixNs, VenueBody, VenueEvent, Volume,
};

use super::symbols::rest_pair;
use super::wire::{Digits, RowsOf, result};
use crate::server::exchange::{
    DecodeError, HttpRequest, VenueCandleQuery, VenueCandles, VenueTradeQuery, positive,
};

/// Bars in one answer at the most, and bars before now that can be had at all.
pub const MAX_CANDLES: u32 = 720;

/// Trades in one answer at the most.
const MAX_TRADES: u32 = 1_000;

const NS_PER_MS: i64 = 1_000_000;

/// Asks for bars from `start` on; the venue knows no end.
pub fn candles_request(query: &VenueCandleQuery<'_>) -> Option<HttpRequest> {
    let minutes = match query.timeframe {
        Timeframe::M1 => 1,
        Timeframe::M5 => 5,
        Timeframe::M15 => 15,
        Timeframe::M30 => 30,
        Timeframe::H1 => 60,
        Timeframe::H4 => 240,
        Timeframe::D1 => 1_440,
        _ => return None,
    };
    // What opens at `since` itself is left out of the answer.
    let since_s = query.start.0.div_euclid(1_000).saturating_sub(1).max(0);
    Some(HttpRequest {
        path: "/0/public/OHLC".to_owned(),
        query: vec![
            ("pair", rest_pair(&query.instrument.venue_symbol)),
            ("interval", minutes.to_string()),
            ("since", since_s.to_string()),
        ],
    })
}

/// One bar: time in Unix seconds, open, high, low, close, VWAP, volume, trades.
///
/// ```json
/// {"error":[],"result":{"XXBTZUSD":[[1688671200,"30306.1","30306.2","30305.7","30305.7","30306.1","3.39243896",23]],"last":1688672160}}
/// ```
#[derive(Deserialize)]
struct CandleRow(i64, Digits, Digits, Digits, Digits, IgnoredAny, Digits, u64);

/// Reads bars. A minute without trades is a row with the close before and volume 0: it is left out,
/// as everywhere. The VWAP is rounded, so that no exact quote volume follows from it.
pub fn parse_candles(instrument: &Instrument, body: &[u8]) -> Result<VenueCandles, DecodeError> {
    let RowsOf(mut rows) = serde_json::from_str::<RowsOf<CandleRow>>(result(body)?.get())?;
    rows.retain(|row| row.7 > 0);
    let needed = rows.iter().flat_map(|row| {
        let prices = [row.1, row.2, row.3, row.4];
        prices.map(|price| Precision::of(price.0, row.6.0))
    });
    let precision = needed.fold(instrument.precision, Precision::widened);
    let mut candles = rows
        .iter()
        .map(|row| candle(row, precision))
        .collect::<Result<Vec<_>, _>>()?;
    candles.sort_by_key(|candle| candle.time);
    candles.dedup_by_key(|candle| candle.time);
    Ok(VenueCandles { precision, candles })
}

fn candle(row: &CandleRow, precision: Precision) -> Result<Candle, DecodeError> {
    let price = |field, digits: Digits| {
        Price::from_decimal(digits.0, precision.price)
            .map_err(|error| DecodeError::field(field, error))
    };
    let volume = Quantity::from_decimal(row.6.0, precision.quantity)
        .map_err(|error| DecodeError::field("volume", error))?;
    let time = row.0.checked_mul(1_000).ok_or_else(|| DecodeError::Field {
        field: "time",
        reason: format!("{} are no Unix seconds", row.0),
    })?;
    Ok(Candle {
        time: UnixMs(time),
        open: price("open", row.1)?,
        high: price("high", row.2)?,
        low: price("low", row.3)?,
        close: price("close", row.4)?,
        volume: Volume::from(volume),
        buy_volume: None,
        quote_volume: None,
        trades: Some(row.7),
        closed: true,
        revision: 0,
        origin: Origin::Venue,
    })
}

/// Asks for the oldest trades of a span; the next page begins where this one ends. The venue knows
/// no end, so the answer may reach beyond it.
pub fn trades_request(query: &VenueTradeQuery<'_>) -> HttpRequest {
    // What happened at `since` itself is left out of the answer.
    let since_ns = query.start.0.saturating_mul(NS_PER_MS).saturating_sub(1);
    HttpRequest {
        path: "/0/public/Trades".to_owned(),
        query: vec![
            ("pair", rest_pair(&query.instrument.venue_symbol)),
            ("since", since_ns.max(0).to_string()),
            ("count", query.limit.clamp(1, MAX_TRADES).to_string()),
        ],
    }
}

/// One trade: price, quantity, time in Unix seconds, side, order type, remarks, id.
///
/// ```json
/// {"error":[],"result":{"XBTUSDT":[["105433.60000","0.00027625",1762795433.9717445,"b","l","",10218208]],"last":"1762820035982277754"}}
/// ```
#[derive(Deserialize)]
struct TradeRow<'a>(
    Digits,
    Digits,
    #[serde(borrow)] &'a RawValue,
    &'a str,
    IgnoredAny,
    IgnoredAny,
    u64,
);

/// Reads trades.
pub fn parse_trades(instrument: &Instrument, body: &[u8]) -> Result<Vec<VenueEvent>, DecodeError> {
    let RowsOf(mut rows) = serde_json::from_str::<RowsOf<TradeRow<'_>>>(result(body)?.get())?;
    rows.sort_by_key(|row| row.6);
    rows.iter()
        .map(|row| {
            Ok(VenueEvent {
                instrument: instrument.id.clone(),
                time: time(row.2.get())?,
                body: VenueBody::Trade {
                    id: TradeId(row.6),
                    price: positive("price", row.0.0)?,
                    quantity: positive("volume", row.1.0)?,
                    side: taker_side(row.3)?,
                    history: true,
                },
            })
        })
        .collect()
}

fn time(seconds: &str) -> Result<UnixNs, DecodeError> {
    UnixNs::parse_seconds(seconds)
        .map_err(|_| DecodeError::field("time", format!("{seconds} are no Unix seconds")))
}

fn taker_side(letter: &str) -> Result<Side, DecodeError> {
    match letter {
        "b" => Ok(Side::Buy),
        "s" => Ok(Side::Sell),
        _ => Err(DecodeError::Field {
            field: "side",
            reason: format!("{letter:?} is neither b nor s"),
        }),
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
