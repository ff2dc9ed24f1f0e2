//! Advanced Trade's public REST interface: products, candles, trades.
//!
//! <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/introduction>

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Deserialize;
use tradesuite_core::model::{
    Candle, Decimal, Instrument, InstrumentId, InstrumentKind, InstrumentStatus, Origin, Precision,
    Price, Quantity, Timeframe, TradeId, UnixMs, VenueBody, VenueEvent, Volume,
};

use super::ID;
use super::wire::{Digits, MaybeDigits};
use crate::server::exchange::{
    DecodeError, HttpRequest, VenueCandleQuery, VenueCandles, VenueInstruments, VenueTradeQuery,
    parse_side, parse_time, positive, shorten,
};

/// Bars in one answer at the most.
pub const MAX_CANDLES: u32 = 350;

const PRODUCTS: &str = "/api/v3/brokerage/market/products";

/// What the venue answers instead.
///
/// ```json
/// {"error":"NOT_FOUND","error_details":"…","message":"…"}
/// ```
#[derive(Deserialize)]
struct Complaint {
    error: Option<String>,
    message: Option<String>,
}

/// Why an answer lacks its list.
fn complaint(field: &'static str, body: &[u8]) -> DecodeError {
    let said = serde_json::from_slice::<Complaint>(body)
        .ok()
        .and_then(|complaint| complaint.message.or(complaint.error));
    match said {
        Some(text) => DecodeError::Venue(shorten(&text).to_owned()),
        None => DecodeError::Field {
            field,
            reason: "missing".to_owned(),
        },
    }
}

/// `GET /api/v3/brokerage/market/products`.
///
/// ```json
/// {"products":[{"product_id":"BTC-USD","base_increment":"0.00000001","quote_increment":"0.01","base_min_size":"0.00000001","is_disabled":false,"status":"online","cancel_only":false,"limit_only":false,"post_only":false,"trading_disabled":false,"auction_mode":false,"product_type":"SPOT","quote_currency_id":"USD","base_currency_id":"BTC","alias":"","view_only":false,"price_increment":"0.01"}]}
/// ```
#[derive(Deserialize)]
struct Products<'a> {
    #[serde(borrow)]
    products: Option<Vec<Product<'a>>>,
}

/// A product of Advanced Trade, or (by the aliases) of the Exchange interface's `GET /products`,
/// which answers with the bare list and which recorded captures hold.
///
/// ```json
/// [{"id":"SKL-EUR","base_currency":"SKL","quote_currency":"EUR","base_min_size":"5","quote_increment":"0.0001","base_increment":"0.1","post_only":false,"limit_only":false,"cancel_only":false,"trading_disabled":false,"status":"online"}]
/// ```
#[derive(Deserialize)]
struct Product<'a> {
    #[serde(alias = "id", borrow)]
    product_id: Cow<'a, str>,
    #[serde(alias = "base_currency", borrow)]
    base_currency_id: Cow<'a, str>,
    #[serde(alias = "quote_currency", borrow)]
    quote_currency_id: Cow<'a, str>,
    product_type: Option<String>,
    /// The product whose book this one shares: `BTC-USD` for `BTC-USDC`.
    alias: Option<String>,
    #[serde(default)]
    price_increment: MaybeDigits,
    #[serde(default)]
    quote_increment: MaybeDigits,
    base_increment: Digits,
    #[serde(default)]
    base_min_size: MaybeDigits,
    status: Option<String>,
    #[serde(default)]
    trading_disabled: bool,
    #[serde(default)]
    is_disabled: bool,
    #[serde(default)]
    view_only: bool,
    #[serde(default)]
    cancel_only: bool,
    #[serde(default)]
    post_only: bool,
    #[serde(default)]
    auction_mode: bool,
}

/// Asks for all spot products.
pub fn products_request() -> HttpRequest {
    HttpRequest {
        path: PRODUCTS.to_owned(),
        query: vec![("product_type", "SPOT".to_owned())],
    }
}

/// Reads the products of either interface.
pub fn parse_products(body: &[u8]) -> Result<VenueInstruments, DecodeError> {
    let bare_list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let products: Vec<Product<'_>> = if bare_list {
        serde_json::from_slice(body)?
    } else {
        serde_json::from_slice::<Products<'_>>(body)?
            .products
            .ok_or_else(|| complaint("products", body))?
    };
    let mut seen = HashSet::new();
    let mut list = VenueInstruments::default();
    for product in &products {
        match instrument(product) {
            Some(instrument) if seen.insert(instrument.id.clone()) => {
                list.instruments.push(instrument);
            }
            _ => list.left_out += 1,
        }
    }
    Ok(list)
}

/// The product as an instrument; `None` for derivatives, second names of another product, and
/// steps that are no steps.
fn instrument(product: &Product<'_>) -> Option<Instrument> {
    let is_spot = product
        .product_type
        .as_deref()
        .is_none_or(|kind| kind == "SPOT");
    let is_alias = product
        .alias
        .as_deref()
        .is_some_and(|alias| !alias.is_empty());
    if !is_spot || is_alias {
        return None;
    }
    let tick_size = product
        .price_increment
        .0
        .or(product.quote_increment.0)?
        .normalized();
    let quantity_step = product.base_increment.0.normalized();
    if tick_size.mantissa <= 0 || quantity_step.mantissa <= 0 {
        return None;
    }
    Some(Instrument {
        id: InstrumentId::new(ID, &product.product_id).ok()?,
        venue_symbol: product.product_id.to_string(),
        base: product.base_currency_id.to_string(),
        quote: product.quote_currency_id.to_string(),
        settle: product.quote_currency_id.to_string(),
        kind: InstrumentKind::Spot,
        inverse: false,
        precision: Precision {
            price: tick_size.scale,
            quantity: quantity_step.scale,
        },
        tick_size,
        quantity_step,
        min_quantity: product.base_min_size.0.map(Decimal::normalized),
        contract_size: Decimal {
            mantissa: 1,
            scale: 0,
        },
        status: status(product),
    })
}

fn status(product: &Product<'_>) -> InstrumentStatus {
    let online = product
        .status
        .as_deref()
        .is_none_or(|status| status == "online");
    let halted = [
        product.trading_disabled,
        product.is_disabled,
        product.view_only,
        product.cancel_only,
        product.post_only,
        product.auction_mode,
    ];
    if product.status.as_deref() == Some("delisted") {
        InstrumentStatus::Delisted
    } else if !online || halted.contains(&true) {
        InstrumentStatus::Halted
    } else {
        InstrumentStatus::Online
    }
}

/// The venue's name of a timeframe.
fn granularity(timeframe: Timeframe) -> Option<&'static str> {
    Some(match timeframe {
        Timeframe::M1 => "ONE_MINUTE",
        Timeframe::M5 => "FIVE_MINUTE",
        Timeframe::M15 => "FIFTEEN_MINUTE",
        Timeframe::M30 => "THIRTY_MINUTE",
        Timeframe::H1 => "ONE_HOUR",
        Timeframe::H2 => "TWO_HOUR",
        Timeframe::H6 => "SIX_HOUR",
        Timeframe::D1 => "ONE_DAY",
        _ => return None,
    })
}

/// Asks for bars. The venue's `end` is inclusive, ours is not.
pub fn candles_request(query: &VenueCandleQuery<'_>) -> Option<HttpRequest> {
    let end_s = ceil_seconds(query.end) - 1;
    Some(HttpRequest {
        path: format!("{PRODUCTS}/{}/candles", query.instrument.venue_symbol),
        query: vec![
            ("start", ceil_seconds(query.start).to_string()),
            ("end", end_s.to_string()),
            ("granularity", granularity(query.timeframe)?.to_owned()),
            ("limit", MAX_CANDLES.to_string()),
        ],
    })
}

fn ceil_seconds(time: UnixMs) -> i64 {
    -(-time.0).div_euclid(1_000)
}

/// `GET …/{product_id}/candles`, newest first.
///
/// ```json
/// {"candles":[{"start":"1712192400","low":"66055.14","high":"66331.99","open":"66312.4","close":"66181.6","volume":"355.82896243"}]}
/// ```
#[derive(Deserialize)]
struct Candles<'a> {
    #[serde(borrow)]
    candles: Option<Vec<CandleRow<'a>>>,
}

#[derive(Deserialize)]
struct CandleRow<'a> {
    /// Unix seconds.
    start: &'a str,
    open: Digits,
    high: Digits,
    low: Digits,
    close: Digits,
    volume: Digits,
}

/// Reads bars.
pub fn parse_candles(instrument: &Instrument, body: &[u8]) -> Result<VenueCandles, DecodeError> {
    let rows = serde_json::from_slice::<Candles<'_>>(body)?
        .candles
        .ok_or_else(|| complaint("candles", body))?;
    let needed = rows.iter().flat_map(|row| {
        let prices = [row.open, row.high, row.low, row.close];
        prices.map(|price| Precision::of(price.0, row.volume.0))
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

fn candle(row: &CandleRow<'_>, precision: Precision) -> Result<Candle, DecodeError> {
    let opens_s: Option<i64> = row.start.parse().ok();
    let time = opens_s
        .and_then(|seconds| seconds.checked_mul(1_000))
        .map(UnixMs)
        .ok_or_else(|| DecodeError::Field {
            field: "start",
            reason: format!("{:?} are no Unix seconds", shorten(row.start)),
        })?;
    let price = |field, digits: Digits| {
        Price::from_decimal(digits.0, precision.price)
            .map_err(|error| DecodeError::field(field, error))
    };
    let volume = Quantity::from_decimal(row.volume.0, precision.quantity)
        .map_err(|error| DecodeError::field("volume", error))?;
    Ok(Candle {
        time,
        open: price("open", row.open)?,
        high: price("high", row.high)?,
        low: price("low", row.low)?,
        close: price("close", row.close)?,
        volume: Volume::from(volume),
        buy_volume: None,
        quote_volume: None,
        trades: None,
        closed: true,
        revision: 0,
        origin: Origin::Venue,
    })
}

/// Asks for the newest trades of a span. The venue knows seconds, so the answer may reach a
/// little further than asked at both ends.
pub fn trades_request(query: &VenueTradeQuery<'_>) -> HttpRequest {
    HttpRequest {
        path: format!("{PRODUCTS}/{}/ticker", query.instrument.venue_symbol),
        query: vec![
            ("limit", query.limit.to_string()),
            ("start", query.start.0.div_euclid(1_000).to_string()),
            ("end", ceil_seconds(query.end).to_string()),
        ],
    }
}

/// `GET …/{product_id}/ticker`, newest first.
///
/// ```json
/// {"trades":[{"trade_id":"995098663","product_id":"BTC-USD","price":"68923.67","size":"0.00064","time":"2026-04-07T00:28:58.544778Z","side":"SELL","bid":"","ask":"","exchange":"coinbase"}],"best_bid":"68923.66","best_ask":"68923.67"}
/// ```
#[derive(Deserialize)]
struct Trades<'a> {
    #[serde(borrow)]
    trades: Option<Vec<TradeRow<'a>>>,
}

#[derive(Deserialize)]
struct TradeRow<'a> {
    trade_id: &'a str,
    price: Digits,
    size: Digits,
    time: &'a str,
    /// The maker's.
    side: &'a str,
}

/// Reads trades.
pub fn parse_trades(instrument: &Instrument, body: &[u8]) -> Result<Vec<VenueEvent>, DecodeError> {
    let rows = serde_json::from_slice::<Trades<'_>>(body)?
        .trades
        .ok_or_else(|| complaint("trades", body))?;
    let mut trades = rows
        .iter()
        .map(|row| {
            let id = row.trade_id.parse().map_err(|_| DecodeError::Field {
                field: "trade_id",
                reason: format!("{:?} is no number", shorten(row.trade_id)),
            })?;
            let event = VenueEvent {
                instrument: instrument.id.clone(),
                time: parse_time("time", row.time)?,
                body: VenueBody::Trade {
                    id: TradeId(id),
                    price: positive("price", row.price.0)?,
                    quantity: positive("size", row.size.0)?,
                    side: parse_side(row.side)?.opposite(),
                    history: true,
                },
            };
            Ok(((event.time, id), event))
        })
        .collect::<Result<Vec<_>, DecodeError>>()?;
    trades.sort_by_key(|(key, _)| *key);
    Ok(trades.into_iter().map(|(_, event)| event).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tradesuite_core::model::{Side, UnixNs};

    fn btc_usd() -> Instrument {
        let id = InstrumentId::new(ID, "BTC-USD").expect("an id");
        Instrument::undescribed(
            id,
            Precision {
                price: 2,
                quantity: 8,
            },
        )
    }

    #[test]
    fn reads_products_and_leaves_out_aliases_and_futures() {
        let body = r#"{"products":[
            {"product_id":"BTC-USD","base_increment":"0.00000001","quote_increment":"0.01",
             "base_min_size":"0.00000001","status":"online","product_type":"SPOT","alias":"",
             "quote_currency_id":"USD","base_currency_id":"BTC","price_increment":"0.01"},
            {"product_id":"BTC-USDC","base_increment":"0.00000001","quote_increment":"0.01",
             "status":"online","product_type":"SPOT","alias":"BTC-USD",
             "quote_currency_id":"USDC","base_currency_id":"BTC","price_increment":"0.01"},
            {"product_id":"BIT-28NOV26-CDE","base_increment":"1","quote_increment":"5",
             "status":"","product_type":"FUTURE","quote_currency_id":"USD","base_currency_id":""},
            {"product_id":"SHIB-USD","base_increment":"1","price_increment":"0.00000001",
             "quote_increment":"0.000001","status":"online","trading_disabled":true,
             "quote_currency_id":"USD","base_currency_id":"SHIB"}]}"#;
        let list = parse_products(body.as_bytes()).expect("a list");
        assert_eq!(list.left_out, 2);
        let seen: Vec<_> = list
            .instruments
            .iter()
            .map(|i| {
                (
                    i.id.as_str(),
                    i.precision.price,
                    i.precision.quantity,
                    i.status,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("coinbase:BTC-USD", 2, 8, InstrumentStatus::Online),
                ("coinbase:SHIB-USD", 8, 0, InstrumentStatus::Halted),
            ]
        );
    }

    #[test]
    fn reads_bars_ascending_at_the_finest_precision() {
        let body = r#"{"candles":[
            {"start":"1712192400","low":"66055.14","high":"66331.99","open":"66312.4","close":"66181.6","volume":"355.82896243"},
            {"start":"1712188800","low":"65857.350","high":"66387.77","open":"65984.181","close":"66314.59","volume":"358.7"}]}"#;
        let answer = parse_candles(&btc_usd(), body.as_bytes()).expect("bars");
        assert_eq!((answer.precision.price, answer.precision.quantity), (3, 8));
        let times: Vec<_> = answer.candles.iter().map(|candle| candle.time.0).collect();
        assert_eq!(times, [1_712_188_800_000, 1_712_192_400_000]);
        assert_eq!(answer.candles[0].open, Price(65_984_181));
        assert_eq!(answer.candles[0].volume, Volume(35_870_000_000));
        assert_eq!(answer.candles[0].origin, Origin::Venue);
    }

    #[test]
    fn asks_for_half_open_spans_in_seconds() {
        let instrument = btc_usd();
        let query = VenueCandleQuery {
            instrument: &instrument,
            timeframe: Timeframe::M1,
            start: UnixMs(1_712_188_800_000),
            end: UnixMs(1_712_189_100_000),
        };
        let request = candles_request(&query).expect("one of its timeframes");
        assert_eq!(
            request.path,
            "/api/v3/brokerage/market/products/BTC-USD/candles"
        );
        let value = |name| {
            request
                .query
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, v)| v.as_str())
        };
        assert_eq!(value("start"), Some("1712188800"));
        assert_eq!(value("end"), Some("1712189099"));
        assert_eq!(value("granularity"), Some("ONE_MINUTE"));
        let other = VenueCandleQuery {
            timeframe: Timeframe::W1,
            ..query
        };
        assert!(candles_request(&other).is_none());
    }

    #[test]
    fn reads_trades_ascending_with_the_takers_side() {
        let body = r#"{"trades":[
            {"trade_id":"995098663","product_id":"BTC-USD","price":"68923.67","size":"0.00064","time":"2026-04-07T00:28:58.544778Z","side":"SELL","bid":"","ask":"","exchange":"coinbase"},
            {"trade_id":"995098661","product_id":"BTC-USD","price":"68924.94","size":"0.01450854","time":"2026-04-07T00:28:57.296283Z","side":"BUY","bid":"","ask":""}],
            "best_bid":"68923.66","best_ask":"68923.67"}"#;
        let trades = parse_trades(&btc_usd(), body.as_bytes()).expect("trades");
        let seen: Vec<_> = trades
            .iter()
            .map(|event| match event.body {
                VenueBody::Trade {
                    id, side, history, ..
                } => (id.0, side, history),
                _ => panic!("only trades"),
            })
            .collect();
        assert_eq!(
            seen,
            [
                (995_098_661, Side::Sell, true),
                (995_098_663, Side::Buy, true)
            ]
        );
        assert_eq!(trades[1].time, UnixNs(1_775_521_738_544_778_000));
    }

    #[test]
    fn says_what_the_venue_complains_of() {
        let body = br#"{"error":"NOT_FOUND","error_details":"","message":"product not found"}"#;
        for error in [
            parse_products(body).expect_err("no list"),
            parse_candles(&btc_usd(), body).expect_err("no bars"),
            parse_trades(&btc_usd(), body).expect_err("no trades"),
        ] {
            assert_eq!(error.to_string(), "the venue answered: product not found");
        }
    }

    proptest! {
        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_products(&body);
            let _ = parse_candles(&btc_usd(), &body);
            let _ = parse_trades(&btc_usd(), &body);
        }

        #[test]
        fn no_start_panics(start in any::<i64>(), volume in "[0-9.e+-]{1,24}") {
            let body = format!(r#"{{"candles":[{{"start":"{start}","low":"1","high":"1","open":"1","close":"1","volume":"{volume}"}}]}}"#);
            let _ = parse_candles(&btc_usd(), body.as_bytes());
        }
    }
}
