//! The faces that the synthetic market shows: one venue's protocol each, at the venue's own paths.
//! A face words and parses; it never decides what happens on the market.
//!
//! | module | what it owns |
//! |---|---|
//! | [`coinbase`], [`kraken`] | the venues |
//! | [`line`] | one WebSocket connection, whatever is spoken on it |
//! | [`lines`] | who listens to a venue, and their queues |
//! | [`frame`] | a message, worded once for all lines |
//! | [`tamper`] | faults of a line |
//! | [`gate`], [`limit`] | which requests are answered |
//! | [`digits`] | numbers and times as venues write them |

pub mod coinbase;
pub mod digits;
pub mod frame;
pub mod gate;
pub mod kraken;
pub mod limit;
pub mod line;
pub mod lines;
pub mod tamper;

use std::str::FromStr;

use axum::Router;
use thiserror::Error;

use super::App;
use super::market::Market;

/// One venue, as the market plays it.
pub struct Face {
    /// The venue's id.
    pub name: &'static str,
    /// Its WebSocket and REST addresses.
    pub router: fn(&App) -> Router<App>,
}

/// Every venue that can be played. Their paths are the venues' own, and no two have one in common.
pub static FACES: &[Face] = &[coinbase::FACE, kraken::FACE];

/// Which venues are played: `coinbase,kraken`.
#[derive(Clone)]
pub struct VenueSelection(pub Vec<&'static Face>);

/// A venue that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} cannot be simulated; one of {names} can", names = names())]
pub struct UnknownVenue(String);

fn names() -> String {
    let names: Vec<_> = FACES.iter().map(|face| face.name).collect();
    names.join(", ")
}

impl FromStr for VenueSelection {
    type Err = UnknownVenue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut selected: Vec<&'static Face> = Vec::new();
        for name in text.split(',').map(str::trim) {
            let face = FACES
                .iter()
                .find(|face| face.name == name)
                .ok_or_else(|| UnknownVenue(name.to_owned()))?;
            if selected.iter().all(|known| known.name != name) {
                selected.push(face);
            }
        }
        Ok(Self(selected))
    }
}

impl Default for VenueSelection {
    fn default() -> Self {
        Self(FACES.iter().collect())
    }
}

impl std::fmt::Debug for VenueSelection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|face| face.name))
            .finish()
    }
}

/// What every venue tells those who listen.
#[derive(Debug)]
pub struct Publishers {
    /// Coinbase's.
    pub coinbase: coinbase::Publisher,
    /// Kraken's.
    pub kraken: kraken::Publisher,
}

impl Publishers {
    /// Publishers for so many instruments.
    pub fn new(instruments: usize) -> Self {
        Self {
            coinbase: coinbase::Publisher::new(instruments),
            kraken: kraken::Publisher::default(),
        }
    }

    /// Sends what happened in the market's last step.
    pub fn publish(&mut self, market: &Market) {
        self.coinbase.publish(market);
        self.kraken.publish(market);
    }

    /// Sends what was held back to be sent together.
    pub fn flush(&mut self, market: &Market) {
        self.coinbase.flush(market);
    }

    /// Open lines.
    pub fn line_count(&self) -> usize {
        self.coinbase.lines().count() + self.kraken.lines().count()
    }

    /// Lines cut so far because they were too slow.
    pub fn slow_lines(&self) -> u64 {
        self.coinbase.lines().slow() + self.kraken.lines().slow()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selects_venues_by_name() {
        let names = |text: &str| {
            let selected = text.parse::<VenueSelection>();
            selected.map(|venues| format!("{venues:?}"))
        };
        assert_eq!(names("kraken").as_deref(), Ok(r#"["kraken"]"#));
        assert_eq!(
            names("coinbase, kraken,coinbase").as_deref(),
            Ok(r#"["coinbase", "kraken"]"#)
        );
        let error = names("mtgox").expect_err("no such venue").to_string();
        assert!(error.contains("coinbase, kraken"), "{error}");
    }
}
