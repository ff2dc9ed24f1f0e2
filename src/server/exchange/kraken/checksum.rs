//! The checksum that Kraken sends with every book message.
//!
//! For each of the best ten asks, lowest first, then of the best ten bids, highest first: the
//! price, then the quantity, each without its point and without zeros in front. The CRC32 of all
//! these digits in a row is the checksum.
//!
//! <https://docs.kraken.com/api/docs/guides/spot-ws-book-v2>

use std::io::Write as _;

use tradesuite_core::market::OrderBook;
use tradesuite_core::model::{BookLevel, Precision};

/// Levels a side that are proven.
pub const PROVEN_LEVELS: usize = 10;

/// The checksum of a book whose numbers are written with so many decimals; `None` where a number
/// has more of them.
pub fn checksum(book: &OrderBook, written: Precision) -> Option<u32> {
    let mut hash = crc32fast::Hasher::new();
    let held = book.precision();
    for level in book.asks(PROVEN_LEVELS).chain(book.bids(PROVEN_LEVELS)) {
        let (price, quantity) = digits(level, held, written)?;
        // Two numbers of 19 digits at the most.
        let mut text = [0; 40];
        let mut rest = &mut text[..];
        write!(rest, "{price}{quantity}").ok()?;
        let unused = rest.len();
        hash.update(&text[..text.len() - unused]);
    }
    Some(hash.finalize())
}

/// A number without its point and the zeros in front is the count of its last decimal.
fn digits(level: BookLevel, held: Precision, written: Precision) -> Option<(i64, i64)> {
    if held == written {
        return Some((level.price.0, level.quantity.0));
    }
    let price = level.price.to_decimal(held.price);
    let quantity = level.quantity.to_decimal(held.quantity);
    Some((
        price.mantissa_at(written.price)?,
        quantity.mantissa_at(written.quantity)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{BookDelta, Price, Quantity};

    fn book(precision: Precision, levels: i64) -> OrderBook {
        let unit = 10_i64.pow(u32::from(precision.price - 1));
        let quantity = Quantity(5 * 10_i64.pow(u32::from(precision.quantity - 1)));
        let level = |price: i64| BookLevel {
            price: Price(price * unit),
            quantity,
        };
        let mut book = OrderBook::new(precision);
        let snapshot = BookDelta {
            bids: (0..levels).map(|step| level(100 - step)).collect(),
            asks: (0..levels).map(|step| level(101 + step)).collect(),
            ..BookDelta::default()
        };
        book.apply_snapshot(&snapshot, precision).expect("a book");
        book
    }

    #[test]
    fn asks_come_first_and_ten_levels_count() {
        let written = Precision {
            price: 1,
            quantity: 2,
        };
        let digits = ["101", "50", "102", "50", "100", "50", "99", "50"].concat();
        let expected = crc32fast::hash(digits.as_bytes());
        assert_eq!(checksum(&book(written, 2), written), Some(expected));
        let ten = checksum(&book(written, 10), written);
        assert_eq!(checksum(&book(written, 30), written), ten);
    }

    #[test]
    fn the_digits_are_those_the_venue_writes() {
        let precision = |price, quantity| Precision { price, quantity };
        let written = precision(2, 8);
        let expected = checksum(&book(written, 3), written);
        assert!(expected.is_some());
        // Held coarser, because all trailing digits are zeros, or finer, because finer ones were
        // seen before.
        for held in [precision(1, 1), precision(4, 8), precision(2, 9)] {
            assert_eq!(checksum(&book(held, 3), written), expected, "{held:?}");
        }
        assert_eq!(checksum(&book(written, 3), precision(0, 8)), None);
    }
}
