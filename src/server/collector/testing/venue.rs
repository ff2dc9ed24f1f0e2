//! A venue of one line of text per message.

use tradesuite_core::model::{
    BookDelta, Candle, EventBody, Instrument, InstrumentId, MarketEvent, Origin, Timeframe, UnixMs,
    UnixNs, VenueBody, VenueEvent,
};

use super::{PRECISION, event, id, trade};
use crate::server::collector::checker::{CarriedInstrument, Checker};
use crate::server::collector::intake::Verdict;
use crate::server::exchange::{
    DecodeError, Decoder, Exchange, ExchangeSpec, Feed, FeedSpec, HttpRequest, VenueCandleQuery,
    VenueCandles, VenueInstruments, VenueTradeQuery,
};

/// A venue that says everything in one line.
pub struct LineVenue;

static VENUE: ExchangeSpec = ExchangeSpec {
    id: "line",
    label: "Line",
    short: "LI",
    docs: "",
    rest_url: "http://line",
    timeframes: &[Timeframe::M1, Timeframe::H1, Timeframe::D1],
    candles_per_request: 10,
    candles_reach: None,
    opened: UnixMs(0),
    requests_per_s: 1_000,
    contiguous_trade_ids: true,
};

impl Exchange for LineVenue {
    fn spec(&self) -> &'static ExchangeSpec {
        &VENUE
    }

    fn feeds(&self) -> &'static [&'static dyn Feed] {
        &[&LineFeed]
    }

    fn instruments(&self) -> HttpRequest {
        HttpRequest {
            path: "/instruments".to_owned(),
            query: Vec::new(),
        }
    }

    /// Ids with spaces between.
    fn parse_instruments(&self, body: &[u8]) -> Result<VenueInstruments, DecodeError> {
        let instruments = String::from_utf8_lossy(body)
            .split_whitespace()
            .map(|word| match word.parse() {
                Ok(id) => Ok(Instrument::undescribed(id, PRECISION)),
                Err(_) => Err(DecodeError::Field {
                    field: "word",
                    reason: word.to_owned(),
                }),
            })
            .collect::<Result<_, _>>()?;
        Ok(VenueInstruments {
            instruments,
            left_out: 0,
        })
    }

    fn candles(&self, query: &VenueCandleQuery<'_>) -> Option<HttpRequest> {
        VENUE
            .timeframes
            .contains(&query.timeframe)
            .then(|| HttpRequest {
                path: "/candles".to_owned(),
                query: vec![
                    ("start", query.start.0.to_string()),
                    ("end", query.end.0.to_string()),
                ],
            })
    }

    /// Opening times with spaces between.
    fn parse_candles(
        &self,
        _instrument: &Instrument,
        body: &[u8],
    ) -> Result<VenueCandles, DecodeError> {
        let candles = String::from_utf8_lossy(body)
            .split_whitespace()
            .map(|word| match word.parse() {
                Ok(ms) => Ok(venue_candle(ms)),
                Err(_) => Err(DecodeError::Field {
                    field: "word",
                    reason: word.to_owned(),
                }),
            })
            .collect::<Result<_, _>>()?;
        Ok(VenueCandles {
            precision: PRECISION,
            candles,
        })
    }

    fn trades(&self, query: &VenueTradeQuery<'_>) -> Option<HttpRequest> {
        Some(HttpRequest {
            path: "/trades".to_owned(),
            query: vec![
                ("start", query.start.0.to_string()),
                ("end", query.end.0.to_string()),
            ],
        })
    }

    /// `17@1000`, id and milliseconds, with spaces between.
    fn parse_trades(
        &self,
        instrument: &Instrument,
        body: &[u8],
    ) -> Result<Vec<VenueEvent>, DecodeError> {
        String::from_utf8_lossy(body)
            .split_whitespace()
            .map(|word| {
                let refused = || DecodeError::Venue(word.to_owned());
                let (number, ms) = word.split_once('@').ok_or_else(refused)?;
                let trade = trade(
                    number.parse().map_err(|_| refused())?,
                    ms.parse().map_err(|_| refused())?,
                );
                Ok(VenueEvent {
                    instrument: instrument.id.clone(),
                    time: trade.time,
                    body: VenueBody::Trade {
                        id: trade.id,
                        price: trade.price.to_decimal(PRECISION.price),
                        quantity: trade.quantity.to_decimal(PRECISION.quantity),
                        side: trade.side,
                        history: true,
                    },
                })
            })
            .collect()
    }
}

/// A closed bar of the venue's history.
pub fn venue_candle(ms: i64) -> Candle {
    Candle {
        closed: true,
        origin: Origin::Venue,
        buy_volume: None,
        quote_volume: None,
        trades: None,
        ..Candle::from_trade(UnixMs(ms), &trade(1, ms))
    }
}

/// Its feed: `+A-B` subscribes, `-A-B` undoes it.
pub struct LineFeed;

static FEED: FeedSpec = FeedSpec {
    name: "line",
    docs: "",
    ws_url: "ws://line",
    hosts: &["line"],
    proof: "",
    numbered: true,
    silence_ms: 10_000,
    instruments_per_connection: 2,
};

impl Feed for LineFeed {
    fn spec(&self) -> &'static FeedSpec {
        &FEED
    }

    fn subscribe(&self, symbols: &[&str]) -> Vec<String> {
        symbols.iter().map(|symbol| format!("+{symbol}")).collect()
    }

    fn unsubscribe(&self, symbols: &[&str]) -> Vec<String> {
        symbols.iter().map(|symbol| format!("-{symbol}")).collect()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        unreachable!("frames of this feed are checked by `LineChecker`")
    }
}

/// Reads `trade A-B 17`, `book A-B`, `hole`, `beat`; refuses the rest.
#[derive(Default)]
pub struct LineChecker {
    books: Vec<InstrumentId>,
}

impl Checker for LineChecker {
    fn opened(&mut self) {
        assert!(
            self.books.is_empty(),
            "the last line was not said to be lost"
        );
    }

    fn carry(&mut self, _carried: &CarriedInstrument) {}

    fn frame(&mut self, text: &str, received: UnixNs, out: &mut Vec<MarketEvent>) -> Verdict {
        let words: Vec<&str> = text.split(' ').collect();
        match words[..] {
            ["trade", symbol, number] => {
                let mut trade = trade(number.parse().unwrap(), 0);
                trade.received = received;
                out.push(event(&id(symbol), EventBody::Trade(trade)));
            }
            ["book", symbol] => {
                self.books.push(id(symbol));
                out.push(event(
                    &id(symbol),
                    EventBody::BookSnapshot(BookDelta::default()),
                ));
            }
            ["hole"] => {
                self.lost("hole", received, out);
                return Verdict {
                    gaps: 1,
                    resync: Some("a message is missing".to_owned()),
                    ..Verdict::default()
                };
            }
            ["beat"] => {}
            _ => {
                return Verdict {
                    rejected: 1,
                    ..Verdict::default()
                };
            }
        }
        Verdict::default()
    }

    fn lost(&mut self, reason: &str, _received: UnixNs, out: &mut Vec<MarketEvent>) {
        for book in self.books.drain(..) {
            out.push(event(
                &book,
                EventBody::BookStale {
                    reason: reason.to_owned(),
                },
            ));
        }
    }

    fn dropped(
        &mut self,
        instruments: &[InstrumentId],
        received: UnixNs,
        out: &mut Vec<MarketEvent>,
    ) {
        let (gone, kept) = self
            .books
            .drain(..)
            .partition(|id| instruments.contains(id));
        self.books = gone;
        self.lost("dropped", received, out);
        self.books = kept;
    }
}
