//! What can be listened to, and how it is written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::model::{InstrumentId, Timeframe};

/// How much of a book is wanted, and how often. `book/{instrument}` means 50 levels every 100 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BookDepth {
    /// Levels a side, 1 to [`BookDepth::MAX_LEVELS`].
    pub levels: u16,
    /// Shortest time between two messages, milliseconds.
    pub interval_ms: u16,
}

impl BookDepth {
    /// Most levels a side.
    pub const MAX_LEVELS: u16 = 1_000;
    /// Bounds of the interval, milliseconds.
    pub const INTERVAL_MS: std::ops::RangeInclusive<u16> = 100..=10_000;
}

impl Default for BookDepth {
    fn default() -> Self {
        Self {
            levels: 50,
            interval_ms: 100,
        }
    }
}

/// One thing that can be listened to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// `candles/{instrument}/{timeframe}`
    Candles {
        /// Of which instrument.
        instrument: InstrumentId,
        /// Of which width.
        timeframe: Timeframe,
    },
    /// `trades/{instrument}`
    Trades(InstrumentId),
    /// `book/{instrument}`, or `book/{instrument}/{depth}@{ms}`
    Book {
        /// Of which instrument.
        instrument: InstrumentId,
        /// How much and how often.
        depth: BookDepth,
    },
    /// `ticker/{instrument}`
    Ticker(InstrumentId),
    /// `alerts`
    Alerts,
    /// `status`
    Status,
}

/// A text that names no topic.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TopicError {
    /// No topic has this form.
    #[error(
        "unknown topic; candles/{{instrument}}/{{timeframe}}, trades/{{instrument}}, \
         book/{{instrument}}, book/{{instrument}}/{{depth}}@{{ms}}, ticker/{{instrument}}, \
         alerts and status are"
    )]
    Form,
    /// The instrument's place holds something else.
    #[error(transparent)]
    Instrument(#[from] crate::model::InstrumentIdError),
    /// The timeframe's place holds something else.
    #[error(transparent)]
    Timeframe(#[from] crate::model::TimeframeError),
    /// The depth's place holds something else, or more than is served.
    #[error("depth is 1 to 1000 levels, then @, then 100 to 10000 milliseconds, such as 10@250")]
    Depth,
}

impl Topic {
    /// The topic's default book: 50 levels every 100 ms.
    #[must_use]
    pub fn book(instrument: InstrumentId) -> Self {
        Self::Book {
            instrument,
            depth: BookDepth::default(),
        }
    }

    /// Whom it is about; `None` for what concerns the whole server.
    #[must_use]
    pub fn instrument(&self) -> Option<&InstrumentId> {
        match self {
            Self::Candles { instrument, .. }
            | Self::Trades(instrument)
            | Self::Book { instrument, .. }
            | Self::Ticker(instrument) => Some(instrument),
            Self::Alerts | Self::Status => None,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Candles {
                instrument,
                timeframe,
            } => {
                write!(f, "candles/{instrument}/{timeframe}")
            }
            Self::Trades(instrument) => write!(f, "trades/{instrument}"),
            Self::Book { instrument, depth } if *depth == BookDepth::default() => {
                write!(f, "book/{instrument}")
            }
            Self::Book { instrument, depth } => {
                write!(
                    f,
                    "book/{instrument}/{}@{}",
                    depth.levels, depth.interval_ms
                )
            }
            Self::Ticker(instrument) => write!(f, "ticker/{instrument}"),
            Self::Alerts => f.write_str("alerts"),
            Self::Status => f.write_str("status"),
        }
    }
}

impl FromStr for Topic {
    type Err = TopicError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(4, '/');
        let parts = (parts.next(), parts.next(), parts.next(), parts.next());
        Ok(match parts {
            (Some("candles"), Some(instrument), Some(timeframe), None) => Self::Candles {
                instrument: instrument.parse()?,
                timeframe: timeframe.parse()?,
            },
            (Some("trades"), Some(instrument), None, _) => Self::Trades(instrument.parse()?),
            (Some("book"), Some(instrument), None, _) => Self::book(instrument.parse()?),
            (Some("book"), Some(instrument), Some(depth), None) => Self::Book {
                instrument: instrument.parse()?,
                depth: depth.parse()?,
            },
            (Some("ticker"), Some(instrument), None, _) => Self::Ticker(instrument.parse()?),
            (Some("alerts"), None, ..) => Self::Alerts,
            (Some("status"), None, ..) => Self::Status,
            _ => return Err(TopicError::Form),
        })
    }
}

impl FromStr for BookDepth {
    type Err = TopicError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (levels, interval_ms) = text.split_once('@').ok_or(TopicError::Depth)?;
        match (levels.parse(), interval_ms.parse()) {
            (Ok(levels), Ok(interval_ms))
                if (1..=Self::MAX_LEVELS).contains(&levels)
                    && Self::INTERVAL_MS.contains(&interval_ms) =>
            {
                Ok(Self {
                    levels,
                    interval_ms,
                })
            }
            _ => Err(TopicError::Depth),
        }
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn topics_read_back_as_written() {
        for text in [
            "candles/coinbase:BTC-USD/1m",
            "candles/coinbase:BTC-USD/1M",
            "trades/bybit:BTC-USDT-PERP",
            "book/coinbase:BTC-USD",
            "book/coinbase:BTC-USD/10@250",
            "ticker/coinbase:BTC-USD",
            "alerts",
            "status",
        ] {
            let topic: Topic = text.parse().expect(text);
            assert_eq!(topic.to_string(), text);
        }
    }

    #[test]
    fn the_default_depth_has_one_name() {
        assert_eq!(
            "book/coinbase:BTC-USD/50@100"
                .parse::<Topic>()
                .expect("a topic")
                .to_string(),
            "book/coinbase:BTC-USD"
        );
    }

    #[test]
    fn refuses_what_names_no_topic() {
        for (text, expected) in [
            ("", TopicError::Form),
            ("book", TopicError::Form),
            ("status/now", TopicError::Form),
            ("candles/coinbase:BTC-USD", TopicError::Form),
            ("trades/coinbase:BTC-USD/1m", TopicError::Form),
            ("candles/coinbase:BTC-USD/1m/2", TopicError::Form),
            (
                "trades/BTC-USD",
                TopicError::Instrument(crate::model::InstrumentIdError),
            ),
            (
                "candles/coinbase:BTC-USD/2m",
                TopicError::Timeframe(crate::model::TimeframeError),
            ),
            ("book/coinbase:BTC-USD/0@100", TopicError::Depth),
            ("book/coinbase:BTC-USD/1001@100", TopicError::Depth),
            ("book/coinbase:BTC-USD/10@99", TopicError::Depth),
            ("book/coinbase:BTC-USD/10", TopicError::Depth),
        ] {
            assert_eq!(text.parse::<Topic>(), Err(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = text.parse::<Topic>();
        }
    }
}
