//! Events made by hand, for the tests of the hub and of what stands on it.

use tradesuite_core::model::{
    BookDelta, BookLevel, EventBody, InstrumentId, MarketEvent, Position, Precision, Price,
    Quantity, Sequenced, Side, Trade, TradeId, UnixMs, UnixNs,
};

use crate::server::journal::Batch;

/// Decimals of everything made here.
pub(crate) const PRECISION: Precision = Precision {
    price: 2,
    quantity: 8,
};

/// `coinbase:BTC-USD`
pub(crate) fn bitcoin() -> InstrumentId {
    "coinbase:BTC-USD".parse().expect("an id")
}

/// A trade of 0.01 at `price` cents, `at_ms` after 1970.
pub(crate) fn trade(id: u64, at_ms: i64, price: i64) -> Trade {
    Trade {
        id: TradeId(id),
        time: UnixMs(at_ms).to_ns(),
        received: UnixMs(at_ms + 5).to_ns(),
        price: Price(price),
        quantity: Quantity(1_000_000),
        side: if id.is_multiple_of(2) {
            Side::Buy
        } else {
            Side::Sell
        },
    }
}

/// Levels from prices in cents and quantities in 10^-8.
pub(crate) fn levels(pairs: &[(i64, i64)]) -> Vec<BookLevel> {
    pairs
        .iter()
        .map(|&(price, quantity)| BookLevel {
            price: Price(price),
            quantity: Quantity(quantity),
        })
        .collect()
}

/// A change of both sides.
pub(crate) fn delta(at_ms: i64, bids: &[(i64, i64)], asks: &[(i64, i64)]) -> BookDelta {
    BookDelta {
        time: UnixMs(at_ms).to_ns(),
        bids: levels(bids),
        asks: levels(asks),
    }
}

/// Numbers events of `coinbase:BTC-USD`.
#[derive(Default)]
pub(crate) struct Events(u64);

impl Events {
    /// Goes on after so many.
    pub fn after(count: u64) -> Self {
        Self(count)
    }

    /// The next events as one batch.
    pub fn batch(&mut self, bodies: impl IntoIterator<Item = EventBody>) -> Batch {
        self.batch_of(&bitcoin(), bodies)
    }

    /// The next events of any instrument as one batch.
    pub fn batch_of(
        &mut self,
        instrument: &InstrumentId,
        bodies: impl IntoIterator<Item = EventBody>,
    ) -> Batch {
        bodies
            .into_iter()
            .map(|body| {
                self.0 += 1;
                Sequenced {
                    position: Position(self.0),
                    event: MarketEvent {
                        instrument: instrument.clone(),
                        precision: PRECISION,
                        received: UnixNs(0),
                        body,
                    },
                }
            })
            .collect()
    }
}
