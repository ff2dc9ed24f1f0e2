//! Book history as bytes: integers as variable-length differences from the one before.
//!
//! A run of records begins with a mark that says the decimals and sets everything back to zero,
//! so runs can be put one after the other. Integers are [`varint`](super::varint)s.
//!
//! | tag | follows |
//! |---|---|
//! | 0 mark | price decimals, quantity decimals |
//! | 1 snapshot, 2 update | received − last received, exchange time − received, bids, asks |
//! | 3 stale | received − last received |
//!
//! A side is its number of levels, then of each the price less the price before, and the quantity.

use tradesuite_core::model::{BookDelta, BookLevel, Precision, Price, Quantity, UnixNs};

use super::varint::{Reader, put_signed, put_unsigned};
use crate::server::storage::{BookChange, StoreError};

const MARK: u8 = 0;
const SNAPSHOT: u8 = 1;
const UPDATE: u8 = 2;
const STALE: u8 = 3;

/// One record of a book's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub precision: Precision,
    pub received: UnixNs,
    pub change: BookChange,
}

impl Entry {
    /// By which time it is filed: exchange time, or where there is none, that of receipt.
    pub fn time(&self) -> UnixNs {
        filing_time(&self.change, self.received)
    }
}

/// By which time a change is filed.
pub(super) fn filing_time(change: &BookChange, received: UnixNs) -> UnixNs {
    match change {
        BookChange::Snapshot(delta) | BookChange::Update(delta) if delta.time.0 != 0 => delta.time,
        _ => received,
    }
}

/// What differences are taken from.
#[derive(Clone, Copy, Debug, Default)]
struct Base {
    precision: Precision,
    received: i64,
    price: i64,
}

/// Writes a run.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    bytes: Vec<u8>,
    base: Option<Base>,
}

impl Encoder {
    /// The run as bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds one record.
    pub fn push(&mut self, precision: Precision, received: UnixNs, change: &BookChange) {
        let mut base = match self.base {
            Some(base) if base.precision == precision => base,
            _ => self.mark(precision),
        };
        let (tag, delta) = match change {
            BookChange::Snapshot(delta) => (SNAPSHOT, Some(delta)),
            BookChange::Update(delta) => (UPDATE, Some(delta)),
            BookChange::Stale => (STALE, None),
        };
        self.bytes.push(tag);
        put_signed(&mut self.bytes, received.0.wrapping_sub(base.received));
        base.received = received.0;
        if let Some(delta) = delta {
            put_signed(&mut self.bytes, delta.time.0.wrapping_sub(received.0));
            for side in [&delta.bids, &delta.asks] {
                put_unsigned(&mut self.bytes, side.len() as u64);
                for level in side {
                    put_signed(&mut self.bytes, level.price.0.wrapping_sub(base.price));
                    put_signed(&mut self.bytes, level.quantity.0);
                    base.price = level.price.0;
                }
            }
        }
        self.base = Some(base);
    }

    fn mark(&mut self, precision: Precision) -> Base {
        self.bytes
            .extend_from_slice(&[MARK, precision.price, precision.quantity]);
        Base {
            precision,
            ..Base::default()
        }
    }
}

/// Reads runs; ends after the first error.
#[derive(Debug)]
pub(super) struct Decoder<'a> {
    bytes: Reader<'a>,
    base: Base,
}

fn cut_off() -> StoreError {
    StoreError::Damaged("a piece of book history is cut off or overwritten".to_owned())
}

impl<'a> Decoder<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes: Reader::new(bytes),
            base: Base::default(),
        }
    }

    fn entry(&mut self) -> Result<Entry, StoreError> {
        let mut tag = self.byte()?;
        while tag == MARK {
            let precision = Precision {
                price: self.byte()?,
                quantity: self.byte()?,
            };
            self.base = Base {
                precision,
                ..Base::default()
            };
            tag = self.byte()?;
        }
        self.base.received = self.base.received.wrapping_add(self.signed()?);
        let change = match tag {
            SNAPSHOT => BookChange::Snapshot(self.delta()?),
            UPDATE => BookChange::Update(self.delta()?),
            STALE => BookChange::Stale,
            _ => return Err(cut_off()),
        };
        Ok(Entry {
            precision: self.base.precision,
            received: UnixNs(self.base.received),
            change,
        })
    }

    fn delta(&mut self) -> Result<BookDelta, StoreError> {
        let time = UnixNs(self.base.received.wrapping_add(self.signed()?));
        let (bids, asks) = (self.side()?, self.side()?);
        Ok(BookDelta { time, bids, asks })
    }

    fn side(&mut self) -> Result<Vec<BookLevel>, StoreError> {
        let count = usize::try_from(self.unsigned()?).map_err(|_| cut_off())?;
        // A level is two bytes at least: a count beyond that is not believed.
        if count > self.bytes.left() / 2 {
            return Err(cut_off());
        }
        (0..count)
            .map(|_| {
                self.base.price = self.base.price.wrapping_add(self.signed()?);
                Ok(BookLevel {
                    price: Price(self.base.price),
                    quantity: Quantity(self.signed()?),
                })
            })
            .collect()
    }

    fn byte(&mut self) -> Result<u8, StoreError> {
        self.bytes.byte().ok_or_else(cut_off)
    }

    fn signed(&mut self) -> Result<i64, StoreError> {
        self.bytes.signed().ok_or_else(cut_off)
    }

    fn unsigned(&mut self) -> Result<u64, StoreError> {
        self.bytes.unsigned().ok_or_else(cut_off)
    }
}

impl Iterator for Decoder<'_> {
    type Item = Result<Entry, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.left() == 0 {
            return None;
        }
        let entry = self.entry();
        if entry.is_err() {
            self.bytes = Reader::new(&[]);
        }
        Some(entry)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(in super::super) fn any_entry() -> impl Strategy<Value = Entry> {
        let level = (any::<i64>(), any::<i64>()).prop_map(|(price, quantity)| BookLevel {
            price: Price(price),
            quantity: Quantity(quantity),
        });
        let side = prop::collection::vec(level, 0..6);
        let change =
            (0..3_u8, any::<i64>(), side.clone(), side).prop_map(|(kind, time, bids, asks)| {
                let delta = BookDelta {
                    time: UnixNs(time),
                    bids,
                    asks,
                };
                match kind {
                    0 => BookChange::Snapshot(delta),
                    1 => BookChange::Update(delta),
                    _ => BookChange::Stale,
                }
            });
        (0..3_u8, 0..3_u8, any::<i64>(), change).prop_map(|(price, quantity, received, change)| {
            Entry {
                precision: Precision { price, quantity },
                received: UnixNs(received),
                change,
            }
        })
    }

    fn encode(entries: &[Entry]) -> Vec<u8> {
        let mut encoder = Encoder::default();
        for entry in entries {
            encoder.push(entry.precision, entry.received, &entry.change);
        }
        encoder.bytes().to_vec()
    }

    proptest! {
        #[test]
        fn runs_put_together_read_back(
            first in prop::collection::vec(any_entry(), 0..10),
            second in prop::collection::vec(any_entry(), 0..10),
        ) {
            let bytes = [encode(&first), encode(&second)].concat();
            let back: Vec<Entry> = Decoder::new(&bytes).collect::<Result<_, _>>().expect("decodes");
            prop_assert_eq!(back, [first, second].concat());
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for entry in Decoder::new(&bytes) {
                let _ = entry;
            }
        }
    }
}
