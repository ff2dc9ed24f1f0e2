//! The trades that a tape holds.

use std::collections::VecDeque;

use crate::model::{Precision, Price, Quantity, Side, Trade, TradeId, UnixNs};

/// A trade without what a tape does not show: 40 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// Exchange time.
    pub time: UnixNs,
    /// The venue's number.
    pub id: TradeId,
    /// At the tape's decimals.
    pub price: Price,
    /// At the tape's decimals.
    pub quantity: Quantity,
    /// The taker's side.
    pub side: Side,
}

impl Print {
    /// What orders the trades of an instrument.
    #[must_use]
    pub fn key(&self) -> (UnixNs, TradeId) {
        (self.time, self.id)
    }

    /// Whether `next` is another fill of the same order: see the module's law.
    #[must_use]
    pub fn continues_in(&self, next: &Self) -> bool {
        self.time == next.time
            && self.side == next.side
            && self.id.0.checked_add(1) == Some(next.id.0)
    }

    fn rescaled(self, from: Precision, to: Precision) -> Option<Self> {
        Some(Self {
            price: self.price.rescaled(from.price, to.price)?,
            quantity: self.quantity.rescaled(from.quantity, to.quantity)?,
            ..self
        })
    }
}

impl From<&Trade> for Print {
    fn from(trade: &Trade) -> Self {
        Self {
            time: trade.time,
            id: trade.id,
            price: trade.price,
            quantity: trade.quantity,
            side: trade.side,
        }
    }
}

/// Where new trades went. A position names a trade for as long as nothing is put before it
/// except at the front, and the oldest leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// So many were put before all others.
    pub front: usize,
    /// From this position on trades are new or stand elsewhere.
    pub from: Option<i64>,
}

/// Trades ascending by exchange time then id, each once.
#[derive(Clone, Debug, Default)]
pub struct Prints {
    precision: Precision,
    held: VecDeque<Print>,
    /// Position of the oldest.
    first: i64,
}

impl Prints {
    /// Decimals of all trades held.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Number of trades held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The oldest.
    #[must_use]
    pub fn oldest(&self) -> Option<&Print> {
        self.held.front()
    }

    /// The newest.
    #[must_use]
    pub fn newest(&self) -> Option<&Print> {
        self.held.back()
    }

    /// All trades, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Print> + ExactSizeIterator {
        self.held.iter()
    }

    /// The newest trade that is older than `key`.
    #[must_use]
    pub fn before(&self, key: (UnixNs, TradeId)) -> Option<&Print> {
        let at = self.held.partition_point(|print| print.key() < key);
        self.held.get(at.checked_sub(1)?)
    }

    /// Positions of what is held.
    pub(super) fn positions(&self) -> std::ops::Range<i64> {
        self.first..self.first + self.held.len() as i64
    }

    /// The trade at a position that is held.
    pub(super) fn at(&self, position: i64) -> &Print {
        &self.held[(position - self.first) as usize]
    }

    /// The trades at positions that are held.
    pub(super) fn range(
        &self,
        positions: std::ops::Range<i64>,
    ) -> impl DoubleEndedIterator<Item = &Print> {
        let index = |position: i64| (position - self.first) as usize;
        self.held
            .range(index(positions.start)..index(positions.end))
    }

    /// Moves all that is held to finer decimals; `None`, and nothing is changed, where a number
    /// does not fit them.
    pub(super) fn widen(&mut self, to: Precision) -> Option<()> {
        let from = self.precision;
        if from != to {
            let rescaled = |print: &Print| print.rescaled(from, to);
            self.held = self.held.iter().map(rescaled).collect::<Option<_>>()?;
            self.precision = to;
        }
        Some(())
    }

    /// Takes what is not held yet out of `news`, which are at this precision; they are left in
    /// `news`, in order.
    pub(super) fn merge(&mut self, news: &mut Vec<Print>) -> Change {
        news.sort_unstable_by_key(Print::key);
        news.dedup_by_key(|print| print.key());
        news.retain(|print| {
            self.held
                .binary_search_by_key(&print.key(), Print::key)
                .is_err()
        });
        let (Some(earliest), Some(latest)) = (news.first(), news.last()) else {
            return Change::default();
        };
        let at = self
            .held
            .partition_point(|held| held.key() < earliest.key());
        let next = self.held.get(at).map(Print::key);
        if at == 0 && next.is_some_and(|next| latest.key() < next) {
            self.first -= news.len() as i64;
            news.iter()
                .rev()
                .for_each(|print| self.held.push_front(*print));
            return Change {
                front: news.len(),
                from: None,
            };
        }
        let mut later = self.held.split_off(at).into_iter().peekable();
        for print in &*news {
            while let Some(held) = later.next_if(|held| held.key() < print.key()) {
                self.held.push_back(held);
            }
            self.held.push_back(*print);
        }
        self.held.extend(later);
        Change {
            front: 0,
            from: Some(self.first + at as i64),
        }
    }

    /// Lets everything before a position go.
    pub(super) fn forget_before(&mut self, position: i64) {
        let count = (position - self.first).clamp(0, self.held.len() as i64);
        self.held.drain(..count as usize);
        self.first += count;
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{print, prints};
    use super::*;
    use proptest::prelude::*;

    fn ids(prints: &Prints) -> Vec<u64> {
        prints.iter().map(|print| print.id.0).collect()
    }

    #[test]
    fn late_and_repeated_trades_find_their_place() {
        let mut held = Prints::default();
        for (news, expected) in [
            (
                vec![4, 5],
                Change {
                    front: 0,
                    from: Some(0),
                },
            ),
            (
                vec![5, 7],
                Change {
                    front: 0,
                    from: Some(2),
                },
            ),
            (
                vec![1, 2],
                Change {
                    front: 2,
                    from: None,
                },
            ),
            (
                vec![6, 3],
                Change {
                    front: 0,
                    from: Some(0),
                },
            ),
            (vec![3, 6], Change::default()),
        ] {
            let mut news: Vec<Print> = news.into_iter().map(|id| print(id, id as i64)).collect();
            assert_eq!(held.merge(&mut news), expected, "{news:?}");
        }
        assert_eq!(ids(&held), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(held.positions(), -2..5);
        assert_eq!(
            held.before((UnixNs(4), TradeId(4))).map(|p| p.id),
            Some(TradeId(3))
        );
        held.forget_before(0);
        assert_eq!(ids(&held), [3, 4, 5, 6, 7]);
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_does_not_matter(
            trades in prints(0..60),
            cuts in prop::collection::vec(0..60_usize, 0..6),
            order in any::<u64>(),
        ) {
            let mut shuffled = trades.clone();
            // Any order: by a hash of the number.
            shuffled.sort_by_key(|print| print.id.0.wrapping_mul(order | 1));
            let mut held = Prints::default();
            let mut rest = shuffled.as_slice();
            for cut in cuts {
                let (batch, after) = rest.split_at(cut.min(rest.len()));
                held.merge(&mut batch.to_vec());
                rest = after;
            }
            held.merge(&mut rest.to_vec());
            let mut again = trades.clone();
            prop_assert_eq!(held.merge(&mut again), Change::default());
            prop_assert_eq!(held.iter().copied().collect::<Vec<_>>(), trades);
        }
    }
}
