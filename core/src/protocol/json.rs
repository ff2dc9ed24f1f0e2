//! Messages as JSON: rows with the field names of REST. The same rows make REST's answers.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::model::{
    BookLevel, Candle, InstrumentId, Notional, Origin, Precision, Price, Quantity, Side, Ticker,
    Trade, UnixMs, Volume,
};

use super::message::{Body, BookData, Data, Message};
use super::number::{Number, NumberStyle};
use super::{VERSION, topic::Topic};

/// A bar with REST's fields.
#[derive(Clone, Debug, Serialize)]
pub struct CandleRow {
    /// Opening time, Unix milliseconds.
    pub time: UnixMs,
    /// First price.
    pub open: Number,
    /// Highest price.
    pub high: Number,
    /// Lowest price.
    pub low: Number,
    /// Last price.
    pub close: Number,
    /// Base units traded.
    pub volume: Number,
    /// Base units that takers bought; null where unknown.
    pub buy_volume: Option<Number>,
    /// Sum of price × quantity; null where unknown.
    pub quote_volume: Option<Number>,
    /// Number of trades; null where unknown.
    pub trades: Option<u64>,
    /// Whether the bucket is over.
    pub closed: bool,
    /// `trades`, `venue` or `both`, which is also said of a bar of which a part is not known.
    pub origin: Origin,
}

impl CandleRow {
    /// Writes a bar in the chosen style.
    #[must_use]
    pub fn new(candle: &Candle, precision: Precision, style: NumberStyle) -> Self {
        let price = |price: Price| Number::price(price, precision.price, style);
        let volume = |volume: Volume| Number::volume(volume, precision.quantity, style);
        let notional = |sum: Notional| Number::notional(sum, precision.notional(), style);
        Self {
            time: candle.time,
            open: price(candle.open),
            high: price(candle.high),
            low: price(candle.low),
            close: price(candle.close),
            volume: volume(candle.volume),
            buy_volume: candle.buy_volume.map(volume),
            quote_volume: candle.quote_volume.map(notional),
            trades: candle.trades,
            closed: candle.closed,
            origin: candle.origin,
        }
    }
}

/// A trade with REST's fields.
#[derive(Clone, Debug, Serialize)]
pub struct TradeRow {
    /// Exchange time, Unix milliseconds.
    pub time: UnixMs,
    /// Exchange time, Unix microseconds.
    pub time_us: i64,
    /// When it reached the server, Unix microseconds.
    pub received_us: i64,
    /// The venue's number.
    pub id: u64,
    /// Quote currency per base unit.
    pub price: Number,
    /// Base units.
    pub quantity: Number,
    /// The taker's.
    pub side: Side,
}

impl TradeRow {
    /// Writes a trade in the chosen style.
    #[must_use]
    pub fn new(trade: &Trade, precision: Precision, style: NumberStyle) -> Self {
        Self {
            time: trade.time.to_ms(),
            time_us: trade.time.to_us(),
            received_us: trade.received.to_us(),
            id: trade.id.0,
            price: Number::price(trade.price, precision.price, style),
            quantity: Number::quantity(trade.quantity, precision.quantity, style),
            side: trade.side,
        }
    }
}

/// Levels with REST's fields.
#[derive(Clone, Debug, Serialize)]
pub struct BookRow {
    /// Exchange time of the last change, Unix milliseconds.
    pub time: UnixMs,
    /// Number of changes applied since this server knows the book.
    pub sequence: u64,
    /// `[price, quantity]`, best first.
    pub bids: Vec<[Number; 2]>,
    /// `[price, quantity]`, best first.
    pub asks: Vec<[Number; 2]>,
}

impl BookRow {
    /// Writes levels in the chosen style.
    #[must_use]
    pub fn new(book: &BookData, style: NumberStyle) -> Self {
        let level = |level: &BookLevel| {
            [
                Number::price(level.price, book.precision.price, style),
                Number::quantity(level.quantity, book.precision.quantity, style),
            ]
        };
        Self {
            time: book.time.to_ms(),
            sequence: book.sequence,
            bids: book.bids.iter().map(level).collect(),
            asks: book.asks.iter().map(level).collect(),
        }
    }
}

/// The day's figures with REST's fields; null where unknown.
#[derive(Clone, Debug, Serialize)]
pub struct TickerRow {
    /// Whose figures.
    pub instrument: InstrumentId,
    /// Exchange time of the newest figure, Unix milliseconds.
    pub time: UnixMs,
    /// Last traded price.
    pub last: Option<Number>,
    /// Best bid price.
    pub bid: Option<Number>,
    /// Quantity at the best bid.
    pub bid_quantity: Option<Number>,
    /// Best ask price.
    pub ask: Option<Number>,
    /// Quantity at the best ask.
    pub ask_quantity: Option<Number>,
    /// Last price 24 hours ago.
    pub open_24h: Option<Number>,
    /// Highest price of the last 24 hours.
    pub high_24h: Option<Number>,
    /// Lowest price of the last 24 hours.
    pub low_24h: Option<Number>,
    /// Base units traded in the last 24 hours.
    pub volume_24h: Option<Number>,
    /// Last price less that of 24 hours ago.
    pub change_24h: Option<Number>,
    /// The same in percent of the price 24 hours ago, cut after four decimals.
    pub change_24h_percent: Option<Number>,
}

impl TickerRow {
    /// Writes the figures in the chosen style.
    #[must_use]
    pub fn new(
        instrument: InstrumentId,
        ticker: &Ticker,
        precision: Precision,
        style: NumberStyle,
    ) -> Self {
        let price = |price: Price| Number::price(price, precision.price, style);
        let quantity = |value: Quantity| Number::quantity(value, precision.quantity, style);
        let change = ticker
            .last
            .zip(ticker.open_24h)
            .map(|(last, open)| (i128::from(last.0) - i128::from(open.0), i128::from(open.0)));
        Self {
            instrument,
            time: ticker.time.to_ms(),
            last: ticker.last.map(price),
            bid: ticker.bid.map(price),
            bid_quantity: ticker.bid_quantity.map(quantity),
            ask: ticker.ask.map(price),
            ask_quantity: ticker.ask_quantity.map(quantity),
            open_24h: ticker.open_24h.map(price),
            high_24h: ticker.high_24h.map(price),
            low_24h: ticker.low_24h.map(price),
            volume_24h: ticker
                .volume_24h
                .map(|volume| Number::volume(volume, precision.quantity, style)),
            change_24h: change.map(|(change, _)| Number::new(change, precision.price, style)),
            change_24h_percent: change
                .filter(|(_, open)| *open != 0)
                .map(|(change, open)| Number::new(change * 1_000_000 / open, 4, style)),
        }
    }
}

impl Message {
    /// The message as JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Maps have text keys and numbers at most 36 decimals: nothing here can fail.
        serde_json::to_string(&Envelope(self)).unwrap_or_default()
    }
}

struct Envelope<'a>(&'a Message);

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = self.0;
        let mut envelope = serializer.serialize_struct("Message", 5)?;
        envelope.serialize_field("v", &VERSION)?;
        envelope.serialize_field("topic", &message.topic)?;
        envelope.serialize_field("seq", &message.seq)?;
        envelope.serialize_field("kind", message.body.kind())?;
        match &message.body {
            Body::Snapshot(data) | Body::Update(data) => {
                envelope.serialize_field("data", &rows(&message.topic, data))?;
            }
            Body::Stale { reason } => envelope.serialize_field("data", &Rows::Stale { reason })?,
        }
        envelope.end()
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Rows<'a> {
    Candles { candles: Vec<CandleRow> },
    Trades { trades: Vec<TradeRow> },
    Book(BookRow),
    Ticker(Option<Box<TickerRow>>),
    Status(&'a crate::model::ServerStatus),
    Stale { reason: &'a str },
}

fn rows<'a>(topic: &Topic, data: &'a Data) -> Rows<'a> {
    const STYLE: NumberStyle = NumberStyle::Number;
    match data {
        Data::Candles(data) => Rows::Candles {
            candles: data
                .candles
                .iter()
                .map(|candle| CandleRow::new(candle, data.precision, STYLE))
                .collect(),
        },
        Data::Trades(data) => Rows::Trades {
            trades: data
                .trades
                .iter()
                .map(|trade| TradeRow::new(trade, data.precision, STYLE))
                .collect(),
        },
        Data::Book(book) => Rows::Book(BookRow::new(book, STYLE)),
        Data::Ticker(data) => Rows::Ticker(topic.instrument().map(|instrument| {
            Box::new(TickerRow::new(
                instrument.clone(),
                &data.ticker,
                data.precision,
                STYLE,
            ))
        })),
        Data::Status(status) => Rows::Status(status),
    }
}
