//! Trades as one block of compressed columns, exact in every field.

use tradesuite_core::model::{Precision, Price, Quantity, Side, Trade, TradeId, UnixNs};

use super::columns::{Form, Packer, Unpacker};
use crate::server::storage::StoreError;

/// A trade and the decimals of its numbers, as a file holds them.
pub(super) type Held = (Precision, Trade);

/// What trades are ordered by in a file: time, then id as SQLite compares it.
pub(super) fn key((_, trade): &Held) -> (i64, i64) {
    (trade.time.0, trade.id.0 as i64)
}

/// Trades as columns: ids first, so that they can be asked for alone.
///
/// # Errors
/// [`StoreError::Unavailable`] where the compressor has no memory.
pub(super) fn encode(trades: &[Held]) -> Result<Vec<u8>, StoreError> {
    let mut columns = Packer::default();
    let each = || trades.iter().map(|(_, trade)| trade);
    let delay = |trade: &Trade| trade.received.0.wrapping_sub(trade.time.0);
    columns.push(Form::Differences, each().map(|t| t.id.0 as i64))?;
    columns.push(Form::Differences, each().map(|t| t.time.0))?;
    columns.push(Form::Differences, each().map(delay))?;
    columns.push(Form::Differences, each().map(|t| t.price.0))?;
    columns.push(Form::Values, each().map(|t| t.quantity.0))?;
    columns.push(Form::Values, each().map(|t| i64::from(t.side == Side::Buy)))?;
    let decimals = || trades.iter().map(|(precision, _)| precision);
    columns.push(Form::Values, decimals().map(|p| i64::from(p.price)))?;
    columns.push(Form::Values, decimals().map(|p| i64::from(p.quantity)))?;
    Ok(columns.finish())
}

/// The `count` trades of a block.
///
/// # Errors
/// [`StoreError::Damaged`] where it does not hold them.
pub(super) fn decode(data: &[u8], count: usize) -> Result<Vec<Held>, StoreError> {
    let mut columns = Unpacker::new(data);
    let mut next = || columns.next(count).map(Vec::into_iter);
    let (mut ids, mut times, mut delays) = (next()?, next()?, next()?);
    let (mut prices, mut quantities, mut sides) = (next()?, next()?, next()?);
    let (mut price_decimals, mut quantity_decimals) = (next()?, next()?);
    let mut trade = || {
        let time = times.next()?;
        let precision = Precision {
            price: price_decimals.next()?.try_into().ok()?,
            quantity: quantity_decimals.next()?.try_into().ok()?,
        };
        let trade = Trade {
            id: TradeId(ids.next()? as u64),
            time: UnixNs(time),
            received: UnixNs(time.wrapping_add(delays.next()?)),
            price: Price(prices.next()?),
            quantity: Quantity(quantities.next()?),
            side: match sides.next()? {
                0 => Side::Sell,
                1 => Side::Buy,
                _ => return None,
            },
        };
        Some((precision, trade))
    };
    let decoded: Option<Vec<Held>> = (0..count).map(|_| trade()).collect();
    decoded.ok_or_else(|| StoreError::Damaged("a block of trades has an impossible value".into()))
}

/// Ids alone of the `count` trades of a block.
///
/// # Errors
/// [`StoreError::Damaged`] where it does not hold them.
pub(super) fn ids(data: &[u8], count: usize) -> Result<Vec<i64>, StoreError> {
    Unpacker::new(data).next(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_trade() -> impl Strategy<Value = Held> {
        let numbers = (
            any::<u64>(),
            any::<i64>(),
            any::<i64>(),
            any::<i64>(),
            any::<i64>(),
        );
        (numbers, any::<bool>(), 0..19_u8, 0..19_u8).prop_map(
            |((id, time, received, price, size), buy, price_decimals, quantity)| {
                let precision = Precision {
                    price: price_decimals,
                    quantity,
                };
                let trade = Trade {
                    id: TradeId(id),
                    time: UnixNs(time),
                    received: UnixNs(received),
                    price: Price(price),
                    quantity: Quantity(size),
                    side: if buy { Side::Buy } else { Side::Sell },
                };
                (precision, trade)
            },
        )
    }

    proptest! {
        #[test]
        fn trades_read_back_whole(trades in prop::collection::vec(any_trade(), 0..50)) {
            let data = encode(&trades).expect("packs");
            let expected: Vec<i64> = trades.iter().map(|(_, trade)| trade.id.0 as i64).collect();
            prop_assert_eq!(ids(&data, trades.len()).expect("reads"), expected);
            prop_assert_eq!(decode(&data, trades.len()).expect("reads"), trades);
        }

        #[test]
        fn a_changed_byte_never_panics(
            trades in prop::collection::vec(any_trade(), 1..9),
            place in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut data = encode(&trades).expect("packs");
            let place = place.index(data.len());
            data[place] = byte;
            let _ = decode(&data, trades.len());
        }
    }
}
