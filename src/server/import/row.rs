//! What a line of trades or bars says, checked value by value.

use tradesuite_core::model::{
    Candle, Decimal, InstrumentId, NumberError, Origin, Precision, Price, Quantity, Side, Trade,
    TradeId, UnixMs, UnixNs, Volume,
};

use super::Content;
use crate::server::storage::{CandleRecord, StoreBatch, TradeRecord};

/// First time that is not believed: the year 2200 (nanoseconds end in 2262).
const LATEST: i64 = 7_258_118_400_000;

/// Largest volume of a bar: four million of them can be summed, more than any bar is made of. It
/// is far beyond the 64 bits of a quantity, because one fine row makes all others of its file as
/// fine.
const LARGEST: i128 = i128::MAX >> 22;

/// What rows become, and whose.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub instrument: &'a InstrumentId,
    pub precision: Precision,
    pub content: Content,
    pub now: UnixNs,
}

/// A row of a file. Errors are sentences without the place, which the caller knows.
pub(super) trait Row: Sized + Send + Copy + PartialEq {
    /// The header.
    const COLUMNS: &'static [&'static str];

    /// Reads as many values as there are columns.
    fn parse(fields: &[&str]) -> Result<Self, String>;

    /// Whether the values make sense together.
    fn check(&self, content: Content) -> Result<(), String>;

    fn time(&self) -> UnixMs;

    /// What it is known by: two rows with the same one are the same, or contradict each other.
    fn key(&self) -> u64;

    /// What a key is, for people: `the trade 7`.
    fn name(&self) -> String;

    /// Decimals that its digits need.
    fn precision(&self) -> Precision;

    /// Whether its numbers can be kept at these decimals.
    fn fits(&self, precision: Precision) -> Result<(), String>;

    /// Puts it into a batch.
    fn add(&self, target: &Target<'_>, batch: &mut StoreBatch) -> Result<(), String>;
}

/// `ts_ms,id,side,price,amount`
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TradeRow {
    time: UnixMs,
    id: TradeId,
    side: Side,
    price: Decimal,
    quantity: Decimal,
}

/// `ts_ms,open,high,low,close,volume`
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CandleRow {
    time: UnixMs,
    open: Decimal,
    high: Decimal,
    low: Decimal,
    close: Decimal,
    volume: Decimal,
}

fn time(text: &str) -> Result<UnixMs, String> {
    match text.parse() {
        Ok(time) if (0..LATEST).contains(&time) => Ok(UnixMs(time)),
        _ => Err(format!("ts_ms {text:?} is no time in Unix milliseconds")),
    }
}

fn decimal(name: &str, text: &str) -> Result<Decimal, String> {
    match Decimal::parse(text) {
        Ok(value) if value.mantissa >= 0 => Ok(value.normalized()),
        Ok(_) => Err(format!("{name} {text} is below zero")),
        Err(error) => Err(format!("{name} {text:?}: {error}")),
    }
}

fn price(value: Decimal, precision: Precision) -> Result<Price, String> {
    Price::from_decimal(value, precision.price).map_err(|error| error.to_string())
}

fn quantity(value: Decimal, precision: Precision) -> Result<Quantity, String> {
    Quantity::from_decimal(value, precision.quantity).map_err(|error| error.to_string())
}

fn volume(value: Decimal, precision: Precision) -> Result<Volume, String> {
    let decimals = precision.quantity;
    let exact = Volume(value.mantissa.into()).rescaled(value.scale, decimals);
    exact
        .filter(|volume| volume.0 <= LARGEST)
        .ok_or_else(|| NumberError::TooLarge { value, decimals }.to_string())
}

impl TradeRow {
    fn trade(&self, precision: Precision, received: UnixNs) -> Result<Trade, String> {
        Ok(Trade {
            id: self.id,
            time: self.time.to_ns(),
            received,
            price: price(self.price, precision)?,
            quantity: quantity(self.quantity, precision)?,
            side: self.side,
        })
    }
}

impl Row for TradeRow {
    const COLUMNS: &'static [&'static str] = &["ts_ms", "id", "side", "price", "amount"];

    fn parse(fields: &[&str]) -> Result<Self, String> {
        let &[at, id, side, price, amount] = fields else {
            return Err("five values are needed".to_owned());
        };
        Ok(Self {
            time: time(at)?,
            id: TradeId(id.parse().map_err(|_| format!("id {id:?} is no number"))?),
            side: match side {
                "buy" => Side::Buy,
                "sell" => Side::Sell,
                _ => return Err(format!("side {side:?} is neither buy nor sell")),
            },
            price: decimal("price", price)?,
            quantity: decimal("amount", amount)?,
        })
    }

    fn check(&self, _: Content) -> Result<(), String> {
        match (self.price.mantissa, self.quantity.mantissa) {
            (0, _) => Err("the price is zero".to_owned()),
            (_, 0) => Err("the amount is zero".to_owned()),
            _ => Ok(()),
        }
    }

    fn time(&self) -> UnixMs {
        self.time
    }

    fn key(&self) -> u64 {
        self.id.0
    }

    fn name(&self) -> String {
        format!("the trade {}", self.id.0)
    }

    fn precision(&self) -> Precision {
        Precision {
            price: self.price.scale,
            quantity: self.quantity.scale,
        }
    }

    fn fits(&self, precision: Precision) -> Result<(), String> {
        self.trade(precision, UnixNs(0)).map(drop)
    }

    fn add(&self, target: &Target<'_>, batch: &mut StoreBatch) -> Result<(), String> {
        batch.trades.push(TradeRecord {
            instrument: target.instrument.clone(),
            precision: target.precision,
            trade: self.trade(target.precision, target.now)?,
        });
        Ok(())
    }
}

impl CandleRow {
    fn candle(&self, precision: Precision) -> Result<Candle, String> {
        Ok(Candle {
            time: self.time,
            open: price(self.open, precision)?,
            high: price(self.high, precision)?,
            low: price(self.low, precision)?,
            close: price(self.close, precision)?,
            volume: volume(self.volume, precision)?,
            buy_volume: None,
            quote_volume: None,
            trades: None,
            closed: true,
            revision: 0,
            origin: Origin::Venue,
        })
    }
}

impl Row for CandleRow {
    const COLUMNS: &'static [&'static str] = &["ts_ms", "open", "high", "low", "close", "volume"];

    fn parse(fields: &[&str]) -> Result<Self, String> {
        let &[at, open, high, low, close, volume] = fields else {
            return Err("six values are needed".to_owned());
        };
        Ok(Self {
            time: time(at)?,
            open: decimal("open", open)?,
            high: decimal("high", high)?,
            low: decimal("low", low)?,
            close: decimal("close", close)?,
            volume: decimal("volume", volume)?,
        })
    }

    fn check(&self, content: Content) -> Result<(), String> {
        if let Content::Candles(timeframe) = content
            && timeframe.floor(self.time) != self.time
        {
            let (at, name) = (self.time.0, timeframe.name());
            return Err(format!("no bar of {name} opens at {at}"));
        }
        let precision = self.precision();
        let bar = self.candle(precision)?;
        let stands = Price(0) < bar.low
            && bar.low <= bar.open.min(bar.close)
            && bar.high >= bar.open.max(bar.close);
        if stands {
            Ok(())
        } else {
            Err("open and close do not lie between low and high, above zero".to_owned())
        }
    }

    fn time(&self) -> UnixMs {
        self.time
    }

    fn key(&self) -> u64 {
        self.time.0.unsigned_abs()
    }

    fn name(&self) -> String {
        format!("the bar of {}", self.time.0)
    }

    fn precision(&self) -> Precision {
        let prices = [self.open, self.high, self.low, self.close];
        Precision {
            price: prices
                .map(|price| price.scale)
                .into_iter()
                .max()
                .unwrap_or(0),
            quantity: self.volume.scale,
        }
    }

    fn fits(&self, precision: Precision) -> Result<(), String> {
        self.candle(precision).map(drop)
    }

    fn add(&self, target: &Target<'_>, batch: &mut StoreBatch) -> Result<(), String> {
        let Content::Candles(timeframe) = target.content else {
            return Err("a bar among trades".to_owned());
        };
        let mut candle = self.candle(target.precision)?;
        candle.closed = timeframe.next(self.time) <= target.now.to_ms();
        batch.candles.push(CandleRecord {
            instrument: target.instrument.clone(),
            timeframe,
            precision: target.precision,
            candle,
        });
        Ok(())
    }
}
