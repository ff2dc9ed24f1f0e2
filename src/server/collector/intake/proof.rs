//! Keeping a book as its venue wants it kept, and holding it against the venue's proof.

use tradesuite_core::market::{BookError, OrderBook, PrecisionOverflow};
use tradesuite_core::model::{
    BookChecksum, BookDelta, BookLevel, BookUpkeep, EventBody, MarketEvent, Precision, UnixNs,
};

use super::instrument::InstrumentCounts;
use crate::server::exchange::Feed;

/// What the next book message is measured by.
pub struct Upkeep<'a> {
    /// Works out what the venue's checksum would be.
    pub feed: &'a dyn Feed,
    /// What the venue says with the message.
    pub said: BookUpkeep,
    /// Newest exchange time of any book message on this line.
    pub newest: UnixNs,
}

/// What keeps a book message from being believed.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// It could not be applied.
    NotApplied(String),
    /// What came of it is not the venue's book.
    Disproven(String),
}

impl From<BookError> for Fault {
    fn from(error: BookError) -> Self {
        Self::NotApplied(error.to_string())
    }
}

impl Upkeep<'_> {
    /// Applies a book message, forgets what lies behind the subscribed depth, and compares. The
    /// deletions of what was forgotten are added to the message: whoever else keeps this book from
    /// it then forgets the same levels, without knowing of depths.
    pub fn apply(
        &self,
        book: &mut OrderBook,
        event: &mut MarketEvent,
        counts: &mut InstrumentCounts,
    ) -> Result<(), Fault> {
        let precision = event.precision;
        let delta = match &mut event.body {
            EventBody::BookSnapshot(delta) => {
                if self.said.checksum.is_some() && delta.time < self.newest {
                    let reason = "the snapshot is older than changes that came before it";
                    return Err(Fault::NotApplied(reason.to_owned()));
                }
                book.apply_snapshot(delta, precision)?;
                delta
            }
            EventBody::BookUpdate(delta) => {
                book.apply_update(delta, precision)?;
                delta
            }
            _ => return Ok(()),
        };
        if let Some(depth) = self.said.depth {
            cut(book, depth, delta, precision)?;
        }
        match self.said.checksum {
            Some(checksum) => self.compare(book, checksum, counts),
            None => Ok(()),
        }
    }

    fn compare(
        &self,
        book: &OrderBook,
        checksum: BookChecksum,
        counts: &mut InstrumentCounts,
    ) -> Result<(), Fault> {
        let ours = self.feed.checksum(book, checksum.written);
        if ours == Some(checksum.value) {
            counts.checksums_passed += 1;
            return Ok(());
        }
        counts.checksums_failed += 1;
        let reason = "the book's checksum is not the venue's";
        Err(Fault::Disproven(reason.to_owned()))
    }
}

fn cut(
    book: &mut OrderBook,
    depth: u32,
    delta: &mut BookDelta,
    to: Precision,
) -> Result<(), BookError> {
    let mut forgotten = BookDelta::default();
    book.cut_to(usize::try_from(depth).unwrap_or(usize::MAX), &mut forgotten);
    let from = book.precision();
    let overflow = PrecisionOverflow { from, to };
    let at_its_precision = |levels: Vec<BookLevel>| {
        levels
            .into_iter()
            .map(|level| level.rescaled(from, to).ok_or(overflow))
            .collect::<Result<Vec<_>, _>>()
    };
    delta.bids.extend(at_its_precision(forgotten.bids)?);
    delta.asks.extend(at_its_precision(forgotten.asks)?);
    Ok(())
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
