//! Rows to columns with deltas and back: what MsgPack carries instead of rows.
//!
//! Differences wrap at 64 bits: whatever bytes come in, nothing overflows, and every value has
//! exactly one encoding.

use serde::{Deserialize, Serialize};

use crate::model::{
    BookLevel, Candle, Notional, Origin, Precision, Price, Quantity, Side, Trade, TradeId, UnixMs,
    UnixNs, Volume,
};

use super::message::{BookData, CandleData, TradeData};

/// Most decimals of a price or a quantity; 10^18 is the largest power of ten in 64 bits.
pub(super) const MAX_DECIMALS: u8 = 18;

/// Columns that do not make rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnError {
    /// Not all of the same length.
    Length,
    /// A code that no value has.
    Code,
    /// More decimals than a number has.
    Decimals,
}

/// Yields differences to the value before.
#[derive(Default)]
struct Delta(i64);

impl Delta {
    fn pack(&mut self, value: i64) -> i64 {
        value.wrapping_sub(std::mem::replace(&mut self.0, value))
    }

    fn unpack(&mut self, difference: i64) -> i64 {
        self.0 = self.0.wrapping_add(difference);
        self.0
    }
}

pub(super) fn precision(price: u8, quantity: u8) -> Result<Precision, ColumnError> {
    if price > MAX_DECIMALS || quantity > MAX_DECIMALS {
        return Err(ColumnError::Decimals);
    }
    Ok(Precision { price, quantity })
}

fn same_length(lengths: &[usize]) -> Result<(), ColumnError> {
    match lengths.windows(2).all(|pair| pair[0] == pair[1]) {
        true => Ok(()),
        false => Err(ColumnError::Length),
    }
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct CandleColumns {
    price_decimals: u8,
    quantity_decimals: u8,
    time: Vec<i64>,
    open: Vec<i64>,
    high: Vec<i64>,
    low: Vec<i64>,
    close: Vec<i64>,
    volume: Vec<Volume>,
    buy_volume: Vec<Option<Volume>>,
    quote_volume: Vec<Option<Notional>>,
    trades: Vec<Option<u64>>,
    flags: Vec<u8>,
    revision: Vec<u32>,
}

impl From<&CandleData> for CandleColumns {
    fn from(data: &CandleData) -> Self {
        let mut columns = Self {
            price_decimals: data.precision.price,
            quantity_decimals: data.precision.quantity,
            ..Self::default()
        };
        let mut time = Delta::default();
        let mut close_before = 0_i64;
        for candle in &data.candles {
            let (open, close) = (candle.open.0, candle.close.0);
            columns.time.push(time.pack(candle.time.0));
            columns.open.push(open.wrapping_sub(close_before));
            columns
                .high
                .push(candle.high.0.wrapping_sub(open.max(close)));
            columns.low.push(open.min(close).wrapping_sub(candle.low.0));
            columns.close.push(close.wrapping_sub(open));
            columns.volume.push(candle.volume);
            columns.buy_volume.push(candle.buy_volume);
            columns.quote_volume.push(candle.quote_volume);
            columns.trades.push(candle.trades);
            columns
                .flags
                .push(u8::from(candle.closed) | origin_code(candle.origin) << 1);
            columns.revision.push(candle.revision);
            close_before = close;
        }
        columns
    }
}

impl TryFrom<CandleColumns> for CandleData {
    type Error = ColumnError;

    fn try_from(columns: CandleColumns) -> Result<Self, ColumnError> {
        same_length(&[
            columns.time.len(),
            columns.open.len(),
            columns.high.len(),
            columns.low.len(),
            columns.close.len(),
            columns.volume.len(),
            columns.buy_volume.len(),
            columns.quote_volume.len(),
            columns.trades.len(),
            columns.flags.len(),
            columns.revision.len(),
        ])?;
        let mut candles = Vec::with_capacity(columns.time.len());
        let mut time = Delta::default();
        let mut close_before = 0_i64;
        for at in 0..columns.time.len() {
            let open = close_before.wrapping_add(columns.open[at]);
            let close = open.wrapping_add(columns.close[at]);
            let flags = columns.flags[at];
            candles.push(Candle {
                time: UnixMs(time.unpack(columns.time[at])),
                open: Price(open),
                high: Price(open.max(close).wrapping_add(columns.high[at])),
                low: Price(open.min(close).wrapping_sub(columns.low[at])),
                close: Price(close),
                volume: columns.volume[at],
                buy_volume: columns.buy_volume[at],
                quote_volume: columns.quote_volume[at],
                trades: columns.trades[at],
                closed: flags & 1 == 1,
                revision: columns.revision[at],
                origin: origin_of(flags >> 1)?,
            });
            close_before = close;
        }
        Ok(Self {
            precision: precision(columns.price_decimals, columns.quantity_decimals)?,
            candles,
        })
    }
}

fn origin_code(origin: Origin) -> u8 {
    match origin {
        Origin::Trades => 0,
        Origin::Venue => 1,
        Origin::Both => 2,
    }
}

fn origin_of(code: u8) -> Result<Origin, ColumnError> {
    match code {
        0 => Ok(Origin::Trades),
        1 => Ok(Origin::Venue),
        2 => Ok(Origin::Both),
        _ => Err(ColumnError::Code),
    }
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct TradeColumns {
    price_decimals: u8,
    quantity_decimals: u8,
    time: Vec<i64>,
    received: Vec<i64>,
    id: Vec<i64>,
    price: Vec<i64>,
    quantity: Vec<i64>,
    side: Vec<u8>,
}

impl From<&TradeData> for TradeColumns {
    fn from(data: &TradeData) -> Self {
        let mut columns = Self {
            price_decimals: data.precision.price,
            quantity_decimals: data.precision.quantity,
            ..Self::default()
        };
        let (mut time, mut id, mut price) = <(Delta, Delta, Delta)>::default();
        for trade in &data.trades {
            columns.time.push(time.pack(trade.time.0));
            columns
                .received
                .push(trade.received.0.wrapping_sub(trade.time.0));
            columns.id.push(id.pack(trade.id.0.cast_signed()));
            columns.price.push(price.pack(trade.price.0));
            columns.quantity.push(trade.quantity.0);
            columns.side.push(match trade.side {
                Side::Buy => 0,
                Side::Sell => 1,
            });
        }
        columns
    }
}

impl TryFrom<TradeColumns> for TradeData {
    type Error = ColumnError;

    fn try_from(columns: TradeColumns) -> Result<Self, ColumnError> {
        same_length(&[
            columns.time.len(),
            columns.received.len(),
            columns.id.len(),
            columns.price.len(),
            columns.quantity.len(),
            columns.side.len(),
        ])?;
        let mut trades = Vec::with_capacity(columns.time.len());
        let (mut time, mut id, mut price) = <(Delta, Delta, Delta)>::default();
        for at in 0..columns.time.len() {
            let traded = time.unpack(columns.time[at]);
            trades.push(Trade {
                id: TradeId(id.unpack(columns.id[at]).cast_unsigned()),
                time: UnixNs(traded),
                received: UnixNs(traded.wrapping_add(columns.received[at])),
                price: Price(price.unpack(columns.price[at])),
                quantity: Quantity(columns.quantity[at]),
                side: match columns.side[at] {
                    0 => Side::Buy,
                    1 => Side::Sell,
                    _ => return Err(ColumnError::Code),
                },
            });
        }
        Ok(Self {
            precision: precision(columns.price_decimals, columns.quantity_decimals)?,
            trades,
        })
    }
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct BookColumns {
    price_decimals: u8,
    quantity_decimals: u8,
    time: UnixNs,
    sequence: u64,
    bid_price: Vec<i64>,
    bid_quantity: Vec<i64>,
    ask_price: Vec<i64>,
    ask_quantity: Vec<i64>,
}

impl From<&BookData> for BookColumns {
    fn from(data: &BookData) -> Self {
        let (bid_price, bid_quantity) = pack_levels(&data.bids);
        let (ask_price, ask_quantity) = pack_levels(&data.asks);
        Self {
            price_decimals: data.precision.price,
            quantity_decimals: data.precision.quantity,
            time: data.time,
            sequence: data.sequence,
            bid_price,
            bid_quantity,
            ask_price,
            ask_quantity,
        }
    }
}

impl TryFrom<BookColumns> for BookData {
    type Error = ColumnError;

    fn try_from(columns: BookColumns) -> Result<Self, ColumnError> {
        Ok(Self {
            precision: precision(columns.price_decimals, columns.quantity_decimals)?,
            time: columns.time,
            sequence: columns.sequence,
            bids: unpack_levels(&columns.bid_price, &columns.bid_quantity)?,
            asks: unpack_levels(&columns.ask_price, &columns.ask_quantity)?,
        })
    }
}

fn pack_levels(levels: &[BookLevel]) -> (Vec<i64>, Vec<i64>) {
    let mut price = Delta::default();
    levels
        .iter()
        .map(|level| (price.pack(level.price.0), level.quantity.0))
        .unzip()
}

fn unpack_levels(prices: &[i64], quantities: &[i64]) -> Result<Vec<BookLevel>, ColumnError> {
    same_length(&[prices.len(), quantities.len()])?;
    let mut price = Delta::default();
    Ok(prices
        .iter()
        .zip(quantities)
        .map(|(difference, quantity)| BookLevel {
            price: Price(price.unpack(*difference)),
            quantity: Quantity(*quantity),
        })
        .collect())
}
