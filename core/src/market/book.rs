//! An order book kept from a snapshot and the changes after it.
//!
//! It owns the levels of both sides at one precision and whether they can be believed. It must not
//! know which venue they come from or how that venue proves its book. How the sides are held, and
//! why, stands in `book_side`.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::book_side::BookSide;
use super::precision::PrecisionOverflow;
use crate::model::{BookDelta, BookLevel, BookView, Precision, Price, Quantity, UnixNs, Volume};

/// Why a message was not applied. The book is as it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BookError {
    /// There was no snapshot yet, or a message is missing since: only a snapshot helps.
    #[error("the book waits for a snapshot")]
    AwaitsSnapshot,
    /// A level does not fit at the finest precision seen.
    #[error(transparent)]
    Overflow(#[from] PrecisionOverflow),
}

/// Both sides of one instrument's book. Stale until its first snapshot.
#[derive(Clone, Debug)]
pub struct OrderBook {
    precision: Precision,
    bids: BookSide<true>,
    asks: BookSide<false>,
    time: UnixNs,
    sequence: u64,
    stale: Option<String>,
}

impl Default for OrderBook {
    fn default() -> Self {
        Self::new(Precision::default())
    }
}

impl OrderBook {
    /// An empty book that waits for its first snapshot.
    #[must_use]
    pub fn new(precision: Precision) -> Self {
        Self {
            precision,
            bids: BookSide::default(),
            asks: BookSide::default(),
            time: UnixNs::default(),
            sequence: 0,
            stale: Some("no snapshot yet".to_owned()),
        }
    }

    /// Replaces all levels, also those of a stale book. The precision never narrows.
    ///
    /// # Errors
    /// [`BookError::Overflow`] where a level does not fit at the finer of both precisions.
    pub fn apply_snapshot(
        &mut self,
        snapshot: &BookDelta,
        precision: Precision,
    ) -> Result<(), BookError> {
        let target = self.precision.widened(precision);
        if target == precision {
            self.replace(snapshot);
        } else {
            self.replace(&rescale(snapshot, precision, target)?);
        }
        self.precision = target;
        self.stale = None;
        Ok(())
    }

    /// Applies changes: quantity 0 deletes a level, deleting what is not there is no error. A
    /// message finer than the book widens the book, a coarser one is brought to its precision.
    ///
    /// # Errors
    /// [`BookError`]; nothing was applied then.
    #[inline]
    pub fn apply_update(
        &mut self,
        update: &BookDelta,
        precision: Precision,
    ) -> Result<(), BookError> {
        if self.stale.is_some() {
            return Err(BookError::AwaitsSnapshot);
        }
        if precision == self.precision {
            self.change(update);
            return Ok(());
        }
        let target = self.precision.widened(precision);
        let update = rescale(update, precision, target)?;
        self.widen(target)?;
        self.change(&update);
        Ok(())
    }

    /// Brings all levels to a finer precision; a coarser one changes nothing.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] where a level does not fit; nothing was changed then.
    pub fn widen(&mut self, precision: Precision) -> Result<(), PrecisionOverflow> {
        let (from, to) = (self.precision, self.precision.widened(precision));
        if from == to {
            return Ok(());
        }
        let overflow = PrecisionOverflow { from, to };
        let bids = self.bids.rescaled(from, to).ok_or(overflow)?;
        let asks = self.asks.rescaled(from, to).ok_or(overflow)?;
        (self.precision, self.bids, self.asks) = (to, bids, asks);
        Ok(())
    }

    fn replace(&mut self, snapshot: &BookDelta) {
        self.bids.replace(snapshot.bids.iter().copied());
        self.asks.replace(snapshot.asks.iter().copied());
        self.count(snapshot.time);
    }

    #[inline]
    fn change(&mut self, update: &BookDelta) {
        for level in &update.bids {
            self.bids.set(*level);
        }
        for level in &update.asks {
            self.asks.set(*level);
        }
        self.count(update.time);
    }

    #[inline]
    fn count(&mut self, time: UnixNs) {
        self.time = time;
        self.sequence += 1;
    }

    /// Says that a message is missing: updates are refused until the next snapshot. The first
    /// reason stays.
    pub fn mark_stale(&mut self, reason: impl Into<String>) {
        if self.stale.is_none() {
            self.stale = Some(reason.into());
        }
    }

    /// Whether the levels may no longer be true.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale.is_some()
    }

    /// In one clear sentence, why the levels may no longer be true.
    #[must_use]
    pub fn stale_reason(&self) -> Option<&str> {
        self.stale.as_deref()
    }

    /// Decimals of all levels.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Exchange time of the last message applied.
    #[must_use]
    pub fn time(&self) -> UnixNs {
        self.time
    }

    /// Number of messages applied, snapshots included.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Highest bid.
    #[must_use]
    pub fn best_bid(&self) -> Option<BookLevel> {
        self.bids.best()
    }

    /// Lowest ask.
    #[must_use]
    pub fn best_ask(&self) -> Option<BookLevel> {
        self.asks.best()
    }

    /// Whether the best bid is at or above the best ask, which no matching engine leaves standing.
    #[must_use]
    pub fn is_crossed(&self) -> bool {
        match (self.best_bid(), self.best_ask()) {
            (Some(bid), Some(ask)) => bid.price >= ask.price,
            _ => false,
        }
    }

    /// The best `count` bids, highest first.
    pub fn bids(&self, count: usize) -> impl ExactSizeIterator<Item = BookLevel> + '_ {
        self.bids.iter().take(count)
    }

    /// The best `count` asks, lowest first.
    pub fn asks(&self, count: usize) -> impl ExactSizeIterator<Item = BookLevel> + '_ {
        self.asks.iter().take(count)
    }

    /// Number of bid levels held.
    #[must_use]
    pub fn bid_count(&self) -> usize {
        self.bids.len()
    }

    /// Number of ask levels held.
    #[must_use]
    pub fn ask_count(&self) -> usize {
        self.asks.len()
    }

    /// Whether neither side has a level.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bids.len() + self.asks.len() == 0
    }

    /// Quantity bid at exactly this price.
    #[must_use]
    pub fn bid_at(&self, price: Price) -> Option<Quantity> {
        self.bids.quantity_at(price)
    }

    /// Quantity offered at exactly this price.
    #[must_use]
    pub fn ask_at(&self, price: Price) -> Option<Quantity> {
        self.asks.quantity_at(price)
    }

    /// Base units bid at `limit` and above.
    #[must_use]
    pub fn bid_volume(&self, limit: Price) -> Volume {
        self.bids.volume_until(limit)
    }

    /// Base units offered at `limit` and below.
    #[must_use]
    pub fn ask_volume(&self, limit: Price) -> Volume {
        self.asks.volume_until(limit)
    }

    /// Forgets all but the best `depth` levels of each side, as venues with a subscribed depth
    /// want it after each message, and writes into `forgotten` what makes others forget the same:
    /// a deletion of each level, at the book's precision.
    pub fn cut_to(&mut self, depth: usize, forgotten: &mut BookDelta) {
        let deletion = |level: BookLevel| BookLevel {
            quantity: Quantity::default(),
            ..level
        };
        forgotten.bids.extend(self.bids.cut_to(depth).map(deletion));
        forgotten.asks.extend(self.asks.cut_to(depth).map(deletion));
    }

    /// The best `depth` levels of each side.
    #[must_use]
    pub fn view(&self, depth: usize) -> BookView {
        BookView {
            time: self.time,
            sequence: self.sequence,
            stale: self.is_stale(),
            bids: self.bids(depth).collect(),
            asks: self.asks(depth).collect(),
        }
    }

    /// First 16 hexadecimal digits of the SHA-256 over a line `b PRICE QUANTITY\n` for each bid,
    /// best first, then `a PRICE QUANTITY\n` for each ask, best first, without trailing zeros:
    /// equal for equal books, whatever precision they are held at.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut line = String::new();
        let sides = [
            ("b", self.bids.iter().collect()),
            ("a", self.asks.iter().collect::<Vec<_>>()),
        ];
        for (side, levels) in sides {
            for level in levels {
                let price = level.price.to_decimal(self.precision.price).normalized();
                let quantity = level
                    .quantity
                    .to_decimal(self.precision.quantity)
                    .normalized();
                line.clear();
                // Writing into a `String` cannot fail.
                let _ = writeln!(line, "{side} {price} {quantity}");
                hash.update(line.as_bytes());
            }
        }
        let mut digest = String::with_capacity(16);
        for byte in hash.finalize().iter().take(8) {
            let _ = write!(digest, "{byte:02x}");
        }
        digest
    }
}

fn rescale(
    delta: &BookDelta,
    from: Precision,
    to: Precision,
) -> Result<BookDelta, PrecisionOverflow> {
    let side = |levels: &[BookLevel]| {
        levels
            .iter()
            .map(|level| level.rescaled(from, to))
            .collect::<Option<Vec<_>>>()
            .ok_or(PrecisionOverflow { from, to })
    };
    Ok(BookDelta {
        time: delta.time,
        bids: side(&delta.bids)?,
        asks: side(&delta.asks)?,
    })
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
