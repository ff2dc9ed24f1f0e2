//! From the venue's digits to exact numbers at the instrument's precision.
//!
//! It owns what is known of each instrument's [`Precision`]: from the venue's own list, else learnt
//! from the digits seen, and widened when finer digits appear. It must not know venues, books or
//! where refused events are counted.

use std::collections::HashMap;
use std::fmt;

use thiserror::Error;

use crate::model::{
    BookDelta, BookLevel, Decimal, EventBody, Instrument, InstrumentId, MarketEvent, NumberError,
    Precision, Price, Quantity, Trade, UnixNs, VenueBody, VenueEvent, VenueLevel,
};

/// Which kind of event was refused, so that the caller knows what has to be asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedPart {
    /// A trade: it is missing from the record.
    Trade,
    /// A book message: the book misses a change and is stale.
    Book,
}

impl fmt::Display for RefusedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trade => "trade",
            Self::Book => "book message",
        })
    }
}

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Nothing trades at or rests at such a price.
    #[error("price {0} is not above zero")]
    Price(Decimal),
    /// Negative, or zero in a trade.
    #[error("quantity {0} is out of range")]
    Quantity(Decimal),
    /// It cannot be kept exactly.
    #[error(transparent)]
    Number(#[from] NumberError),
}

/// A whole event that was refused. Nothing of it was passed on, and no precision was changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{part} of {instrument} refused: {refusal}")]
pub struct NormalizeError {
    /// Whom it was about.
    pub instrument: InstrumentId,
    /// What it was.
    pub part: RefusedPart,
    /// What is wrong with it.
    pub refusal: Refusal,
}

/// Knows every instrument's precision and brings events to it. Precisions only ever widen.
#[derive(Clone, Debug, Default)]
pub struct Normalizer {
    precisions: HashMap<InstrumentId, Precision>,
}

impl Normalizer {
    /// Knows no instrument yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over what the venue's list (or the store) says of an instrument; returns the
    /// precision now in use, which is finer where finer digits were seen before.
    pub fn describe(&mut self, instrument: &Instrument) -> Precision {
        self.learn(&instrument.id, instrument.precision)
    }

    /// Makes sure that an instrument's precision is at least this fine; returns the one in use.
    pub fn learn(&mut self, instrument: &InstrumentId, precision: Precision) -> Precision {
        let held = self.precisions.entry(instrument.clone()).or_default();
        *held = held.widened(precision);
        *held
    }

    /// The precision in use, `None` for an instrument never heard of.
    #[must_use]
    pub fn precision(&self, instrument: &InstrumentId) -> Option<Precision> {
        self.precisions.get(instrument).copied()
    }

    /// Appends the event at its instrument's precision to `out`. A [`VenueBody::Ticker`] appends
    /// nothing: quotes and last price follow from book and trades, and the venue's own are for
    /// comparing.
    ///
    /// # Errors
    /// [`NormalizeError`] where a number is out of range or cannot be kept exactly. The caller
    /// counts it, and asks for a new book where [`NormalizeError::part`] says so.
    pub fn normalize(
        &mut self,
        event: VenueEvent,
        received: UnixNs,
        out: &mut Vec<MarketEvent>,
    ) -> Result<(), NormalizeError> {
        let VenueEvent {
            instrument,
            time,
            body,
        } = event;
        let held = self.precisions.get(&instrument).copied();
        let before = held.unwrap_or_default();
        let (part, converted) = match body {
            VenueBody::Trade {
                id,
                price,
                quantity,
                side,
                history,
            } => {
                let sent = (price, quantity);
                let precision = widened(before, &sent);
                let body = traded_level(sent, precision).map(|level| {
                    let trade = Trade {
                        id,
                        time,
                        received,
                        price: level.price,
                        quantity: level.quantity,
                        side,
                    };
                    if history {
                        EventBody::Backfill(trade)
                    } else {
                        EventBody::Trade(trade)
                    }
                });
                (RefusedPart::Trade, body.map(|body| (precision, body)))
            }
            VenueBody::Book {
                snapshot,
                bids,
                asks,
                ..
            } => {
                let precision = bids.iter().chain(&asks).fold(before, widened);
                let body = delta(time, bids, asks, precision).map(|delta| {
                    if snapshot {
                        EventBody::BookSnapshot(delta)
                    } else {
                        EventBody::BookUpdate(delta)
                    }
                });
                (RefusedPart::Book, body.map(|body| (precision, body)))
            }
            VenueBody::Ticker { .. } => return Ok(()),
        };
        let (precision, body) = match converted {
            Ok(converted) => converted,
            Err(refusal) => {
                return Err(NormalizeError {
                    instrument,
                    part,
                    refusal,
                });
            }
        };
        if held != Some(precision) {
            self.precisions.insert(instrument.clone(), precision);
        }
        out.push(MarketEvent {
            instrument,
            precision,
            received,
            body,
        });
        Ok(())
    }
}

fn traded_level(sent: VenueLevel, precision: Precision) -> Result<BookLevel, Refusal> {
    if sent.1.mantissa == 0 {
        return Err(Refusal::Quantity(sent.1));
    }
    level(sent, precision)
}

fn delta(
    time: UnixNs,
    bids: Vec<VenueLevel>,
    asks: Vec<VenueLevel>,
    precision: Precision,
) -> Result<BookDelta, Refusal> {
    let side = |levels: Vec<VenueLevel>| {
        levels
            .into_iter()
            .map(|sent| level(sent, precision))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(BookDelta {
        time,
        bids: side(bids)?,
        asks: side(asks)?,
    })
}

/// Trailing zeros do not widen: `0.7900` needs two decimals.
#[inline]
fn widened(held: Precision, (price, quantity): &VenueLevel) -> Precision {
    let needed = |value: &Decimal, held: u8| {
        if value.scale <= held {
            held
        } else {
            held.max(value.normalized().scale)
        }
    };
    Precision {
        price: needed(price, held.price),
        quantity: needed(quantity, held.quantity),
    }
}

#[inline]
fn level((price, quantity): VenueLevel, precision: Precision) -> Result<BookLevel, Refusal> {
    if price.mantissa <= 0 {
        return Err(Refusal::Price(price));
    }
    if quantity.mantissa < 0 {
        return Err(Refusal::Quantity(quantity));
    }
    Ok(BookLevel {
        price: Price::from_decimal(price, precision.price)?,
        quantity: Quantity::from_decimal(quantity, precision.quantity)?,
    })
}

#[cfg(test)]
#[path = "normalizer_tests.rs"]
mod tests;
