//! Columns of integers as compressed bytes, exact for every value.
//!
//! Columns follow each other, each with a head of its own, so that one can be read without
//! unpacking those before it:
//!
//! | part | what it is |
//! |---|---|
//! | form | 0 values, 1 differences from the value before (the first from zero) |
//! | first | the first value of differences, signed; 0 of values |
//! | step | what every number was divided by: ticks of a price, milliseconds in nanoseconds |
//! | length | of the rest, bytes |
//! | rest | one zstd frame over the numbers as [`varint`](super::varint)s |

use std::io::Read as _;

use super::varint::{Reader, put_signed, put_unsigned};
use crate::server::storage::StoreError;

/// zstd level: above 9 sealing takes five times as long for a twentieth less.
const LEVEL: i32 = 9;

/// Bytes of the longest number.
const LONGEST: u64 = 10;

/// How a column's numbers are put down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As they are: sizes, sides.
    Values = 0,
    /// As differences: times, ids, prices.
    Differences = 1,
}

/// Writes columns.
#[derive(Debug, Default)]
pub(super) struct Packer {
    bytes: Vec<u8>,
}

impl Packer {
    /// Adds a column.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the compressor has no memory.
    pub fn push(
        &mut self,
        form: Form,
        values: impl IntoIterator<Item = i64>,
    ) -> Result<(), StoreError> {
        let mut numbers: Vec<i64> = values.into_iter().collect();
        let mut first = 0;
        if form == Form::Differences && !numbers.is_empty() {
            first = numbers[0];
            let mut before = first;
            for number in &mut numbers {
                let value = *number;
                *number = value.wrapping_sub(before);
                before = value;
            }
        }
        let step = common_step(&numbers);
        let mut plain = Vec::with_capacity(numbers.len() * 2);
        for number in numbers {
            put_signed(&mut plain, number / step);
        }
        let packed = zstd::bulk::compress(&plain, LEVEL)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        self.bytes.push(form as u8);
        put_signed(&mut self.bytes, first);
        put_unsigned(&mut self.bytes, step as u64);
        put_unsigned(&mut self.bytes, packed.len() as u64);
        self.bytes.extend_from_slice(&packed);
        Ok(())
    }

    /// All columns.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// The greatest number that divides all of them; at least 1.
fn common_step(numbers: &[i64]) -> i64 {
    let mut step = 0_u64;
    for number in numbers {
        let (mut a, mut b) = (step, number.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        step = a;
        if step == 1 {
            break;
        }
    }
    i64::try_from(step).unwrap_or(1).max(1)
}

/// Reads columns in the order in which they were written.
#[derive(Debug)]
pub(super) struct Unpacker<'a> {
    rest: Reader<'a>,
}

fn damaged() -> StoreError {
    StoreError::Damaged("a compressed column is cut off or overwritten".to_owned())
}

impl<'a> Unpacker<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: Reader::new(bytes),
        }
    }

    /// The next column, which has `count` values.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it has not.
    pub fn next(&mut self, count: usize) -> Result<Vec<i64>, StoreError> {
        let (form, mut value, step, packed) = self.head().ok_or_else(damaged)?;
        // No number is longer: more than that is not believed. Read as a stream, since
        // what a damaged frame says of its size must not be reserved.
        let most = (count as u64).checked_mul(LONGEST).ok_or_else(damaged)?;
        let mut plain = Vec::new();
        let frame = zstd::Decoder::with_buffer(packed).map_err(|_| damaged())?;
        let read = frame.take(most + 1).read_to_end(&mut plain);
        read.map_err(|_| damaged())?;
        let mut numbers = Reader::new(&plain);
        let mut values = Vec::with_capacity(plain.len().min(count));
        while numbers.left() > 0 {
            let number = numbers.signed().ok_or_else(damaged)?.wrapping_mul(step);
            value = match form {
                Form::Values => number,
                Form::Differences => value.wrapping_add(number),
            };
            values.push(value);
        }
        if values.len() == count {
            Ok(values)
        } else {
            Err(damaged())
        }
    }

    fn head(&mut self) -> Option<(Form, i64, i64, &'a [u8])> {
        let form = match self.rest.byte()? {
            0 => Form::Values,
            1 => Form::Differences,
            _ => return None,
        };
        let first = self.rest.signed()?;
        let step = i64::try_from(self.rest.unsigned()?).ok()?;
        let length = self.rest.unsigned()?;
        Some((form, first, step, self.rest.bytes(length)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_column() -> impl Strategy<Value = Vec<i64>> {
        let wild = prop::collection::vec(any::<i64>(), 0..40);
        let stepped = (
            any::<i32>(),
            1..1_000_000_i64,
            prop::collection::vec(0..99_i64, 0..40),
        )
            .prop_map(|(base, step, steps)| {
                steps.iter().map(|n| i64::from(base) + n * step).collect()
            });
        prop_oneof![wild, stepped, Just(vec![i64::MIN, 0, i64::MIN, i64::MAX])]
    }

    proptest! {
        #[test]
        fn columns_read_back(first in any_column(), second in any_column()) {
            let mut packer = Packer::default();
            packer.push(Form::Differences, first.iter().copied()).expect("packs");
            packer.push(Form::Values, second.iter().copied()).expect("packs");
            let bytes = packer.finish();
            let mut unpacker = Unpacker::new(&bytes);
            prop_assert_eq!(unpacker.next(first.len()).expect("reads"), first);
            prop_assert_eq!(unpacker.next(second.len()).expect("reads"), second);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), count in 0..99_usize) {
            let _ = Unpacker::new(&bytes).next(count);
        }
    }

    #[test]
    fn a_column_of_another_length_is_damaged() {
        let mut packer = Packer::default();
        packer.push(Form::Values, [1, 2, 3]).expect("packs");
        let bytes = packer.finish();
        for count in [0, 2, 4] {
            let read = Unpacker::new(&bytes).next(count);
            assert!(matches!(read, Err(StoreError::Damaged(_))), "{count}");
        }
    }

    #[test]
    fn what_numbers_share_is_divided_out() {
        for (numbers, step) in [
            (&[][..], 1),
            (&[0, 0], 1),
            (&[6, -9, 0], 3),
            (&[1_000_000, 3_000_000], 1_000_000),
            (&[i64::MIN], 1),
        ] {
            assert_eq!(common_step(numbers), step, "{numbers:?}");
        }
    }
}
