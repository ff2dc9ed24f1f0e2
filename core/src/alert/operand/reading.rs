//! Which source an operand reads, and how. The sources themselves are kept once per instrument,
//! however many operands read them.

use crate::alert::value::Value;
use crate::indicator::Params;
use crate::market::OrderBook;
use crate::model::{Candle, Precision, Timeframe, Volume};

/// What an operand looks at.
#[derive(Clone, Debug)]
pub enum Reading {
    /// The price of the last trade.
    Last,
    /// The order book.
    Book {
        /// What of it.
        look: BookLook,
        /// How many levels a side.
        levels: u16,
    },
    /// A bar.
    Bar {
        /// Of this width.
        timeframe: Timeframe,
        /// How many bars before the newest.
        ago: u8,
        /// What of it.
        look: BarLook,
    },
    /// An indicator over bars, at the newest.
    Study {
        /// Of this width.
        timeframe: Timeframe,
        /// Which one.
        params: Params,
        /// Which of its outputs.
        output: usize,
    },
    /// What takers bought and sold within a time.
    Flow {
        /// The time.
        window_s: u32,
        /// What of it: of the bought and the sold volume.
        look: fn(Volume, Volume, Precision) -> Option<Value>,
    },
    /// The change of the price since a time ago, percent.
    Change {
        /// The time.
        lookback_s: u32,
    },
    /// Seconds without data.
    Silence(Silence),
}

/// What of a bar.
pub type BarLook = fn(&Candle, Precision) -> Option<Value>;

/// What of a book; the number is that of levels a side.
pub type BookLook = fn(&OrderBook, u16) -> Option<Value>;

/// Which data is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// All.
    Any,
    /// Trades.
    Trades,
    /// Changes of the book.
    Book,
}

impl Reading {
    /// How far back it looks at least, milliseconds: what has to be held before it has a value,
    /// and what the evidence of a fire should show.
    #[must_use]
    pub fn reach_ms(&self) -> i64 {
        match self {
            Self::Last | Self::Book { .. } | Self::Silence(_) => 0,
            Self::Bar { timeframe, ago, .. } => timeframe.nominal_ms() * (i64::from(*ago) + 1),
            Self::Study {
                timeframe,
                params,
                output,
            } => {
                let warm_up = (params.spec().warm_up)(params, *output);
                timeframe.nominal_ms() * (warm_up as i64 + 1)
            }
            Self::Flow { window_s, .. } => i64::from(*window_s) * 1_000,
            Self::Change { lookback_s } => i64::from(*lookback_s) * 1_000,
        }
    }
}
