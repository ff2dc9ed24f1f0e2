//! What a recording amounts to: what `replay --summary json` prints.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use tradesuite_core::market::OrderBook;
use tradesuite_core::model::{
    BookLevel, EventBody, InstrumentId, MarketEvent, Precision, Side, Trade, Volume,
};

use super::playback::{Frames, Next, Playback};
use crate::server::collector::intake::InstrumentCounts;

/// A whole recording. Numbers that may be large or fractional are decimal strings, exact and
/// without trailing zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Lines of the capture: frames received, frames sent, REST answers.
    pub frames: u64,
    /// Frames and values that did not parse, fit or verify.
    pub errors: u64,
    /// Messages that a venue's numbering shows to be missing.
    pub missing_messages: u64,
    /// By instrument id.
    pub instruments: BTreeMap<InstrumentId, InstrumentSummary>,
}

/// One instrument of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InstrumentSummary {
    /// Trades, each once, those sent upon subscribing included.
    pub trades: u64,
    /// Trades in which the taker bought.
    pub taker_buys: u64,
    /// Base units traded.
    pub volume: String,
    /// Stretches of trades or book changes known to be missing.
    pub gaps: u64,
    /// Its book.
    pub book: BookSummary,
    /// Book checksums of the venue against ours.
    pub checksums: Checksums,
    /// The venue's own best bid and ask against ours at the same update.
    pub top_of_book: TopOfBook,
}

/// A book and how it came about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BookSummary {
    /// Books taken as a whole.
    pub snapshots: u64,
    /// Book messages applied.
    pub updates: u64,
    /// Book messages left out because no book was there that they could be applied to.
    pub dropped: u64,
    /// Book messages after which the best bid was at or above the best ask.
    pub crossed: u64,
    /// Whether a change is known to be missing at the end.
    pub stale: bool,
    /// Bid levels at the end.
    pub bids: u64,
    /// Ask levels at the end.
    pub asks: u64,
    /// Price and quantity of the best bid.
    pub best_bid: Option<[String; 2]>,
    /// Price and quantity of the best ask.
    pub best_ask: Option<[String; 2]>,
    /// Fingerprint of all levels at the end; see [`OrderBook::digest`].
    pub digest: String,
}

/// Book checksums of the venue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checksums {
    /// Equal to ours.
    pub passed: u64,
    /// Not equal.
    pub failed: u64,
}

/// Best quotes of the venue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TopOfBook {
    /// Those that name an update at which our book stood.
    pub compared: u64,
    /// Those among them that were equal.
    pub equal: u64,
}

/// Plays all frames as fast as can be and says what they amount to.
///
/// # Errors
/// Where a file cannot be read, naming it and the line, or no venue is known for a frame.
pub fn summarize(files: &[PathBuf], exchange: Option<&str>) -> anyhow::Result<Summary> {
    let mut playback = Playback::new(exchange).map_err(anyhow::Error::msg)?;
    let mut frames = Frames::of(files.to_vec())?;
    let mut tally = Tally::default();
    let mut events = Vec::new();
    while let Some(next) = frames.next() {
        match next? {
            Next::File(path) => playback.begin(&path),
            Next::Frame(frame) => {
                if let Err(reason) = playback.frame(&frame, &mut events) {
                    return Err(match frames.complain(reason.clone()) {
                        Some(error) => error.into(),
                        None => anyhow::Error::msg(reason),
                    });
                }
            }
        }
        for event in events.drain(..) {
            tally.take(&event);
        }
    }
    Ok(tally.close(&playback))
}

/// Trades by instrument, as they come.
#[derive(Debug, Default)]
struct Tally {
    traded: BTreeMap<InstrumentId, Traded>,
}

#[derive(Debug, Default)]
struct Traded {
    trades: u64,
    taker_buys: u64,
    volume: Volume,
    decimals: u8,
}

impl Tally {
    fn take(&mut self, event: &MarketEvent) {
        let (EventBody::Trade(trade) | EventBody::Backfill(trade)) = &event.body else {
            return;
        };
        if let Some(traded) = self.traded.get_mut(&event.instrument) {
            traded.add(trade, event.precision);
        } else {
            let mut traded = Traded::default();
            traded.add(trade, event.precision);
            self.traded.insert(event.instrument.clone(), traded);
        }
    }

    fn close(self, playback: &Playback) -> Summary {
        let mut summary = Summary {
            frames: playback.frames(),
            ..Summary::default()
        };
        for intake in playback.intakes() {
            let counts = intake.counts();
            summary.errors += counts.rejected;
            summary.missing_messages += counts.missing_messages;
            for (instrument, book, counts) in intake.instruments() {
                let entry = summary.instruments.entry(instrument.clone()).or_default();
                entry.count(book, counts);
            }
        }
        for (instrument, entry) in &mut summary.instruments {
            let traded = self.traded.get(instrument);
            let (volume, decimals) =
                traded.map_or((Volume::ZERO, 0), |traded| (traded.volume, traded.decimals));
            entry.trades = traded.map_or(0, |traded| traded.trades);
            entry.taker_buys = traded.map_or(0, |traded| traded.taker_buys);
            entry.volume = without_trailing_zeros(volume.display(decimals).to_string());
        }
        summary
    }
}

impl Traded {
    fn add(&mut self, trade: &Trade, precision: Precision) {
        // A precision only widens while a recording is played, so the sum is never rounded; 127
        // bits hold the sum at any precision that single quantities fit at.
        if let Some(volume) = self.volume.rescaled(self.decimals, precision.quantity) {
            self.volume = volume;
            self.decimals = precision.quantity;
        }
        if let Some(quantity) = trade.quantity.rescaled(precision.quantity, self.decimals) {
            self.volume += Volume::from(quantity);
        }
        self.trades += 1;
        self.taker_buys += u64::from(trade.side == Side::Buy);
    }
}

impl InstrumentSummary {
    /// Adds what one connection knows of it.
    fn count(&mut self, book: &OrderBook, counts: &InstrumentCounts) {
        self.gaps += counts.gaps;
        self.checksums.passed += counts.checksums_passed;
        self.checksums.failed += counts.checksums_failed;
        self.top_of_book.compared += counts.quotes_compared;
        self.top_of_book.equal += counts.quotes_equal;
        let summary = &mut self.book;
        summary.updates += counts.updates;
        summary.dropped += counts.dropped;
        summary.crossed += counts.crossed;
        let first = summary.digest.is_empty();
        if counts.snapshots == 0 && !first {
            return;
        }
        summary.snapshots += counts.snapshots;
        summary.stale = counts.snapshots > 0 && book.is_stale();
        // A gap that lasts to the end is said by no event.
        self.gaps += u64::from(summary.stale);
        summary.bids = book.bid_count() as u64;
        summary.asks = book.ask_count() as u64;
        let precision = book.precision();
        summary.best_bid = book.best_bid().map(|level| written(level, precision));
        summary.best_ask = book.best_ask().map(|level| written(level, precision));
        summary.digest = book.digest();
    }
}

fn written(level: BookLevel, precision: Precision) -> [String; 2] {
    [
        level.price.to_decimal(precision.price),
        level.quantity.to_decimal(precision.quantity),
    ]
    .map(|value| value.normalized().to_string())
}

fn without_trailing_zeros(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
