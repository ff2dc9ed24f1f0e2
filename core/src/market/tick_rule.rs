//! Evidence that an adapter has the taker's side the right way round.
//!
//! A taker's buy prints at the ask, a taker's sell at the bid (Lee and Ready, "Inferring Trade
//! Direction from Intraday Data", 1991, use it the other way round, to infer the side). Where most
//! trades say the opposite, the venue sends the maker's side and the adapter did not invert it.

use crate::model::{Price, Side};

/// Counts of trades printed at or beyond the quotes that stood when they arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TickRule {
    /// Trades at or above the ask, or at or below the bid.
    pub decided: u64,
    /// Those among them whose side agrees with the quotes.
    pub agreeing: u64,
}

impl TickRule {
    /// Takes note of a trade and of the best quotes before it. Inside the spread nothing follows.
    pub fn on_trade(&mut self, price: Price, side: Side, bid: Option<Price>, ask: Option<Price>) {
        let at_ask = ask.is_some_and(|ask| price >= ask);
        let at_bid = bid.is_some_and(|bid| price <= bid);
        if at_ask != at_bid {
            self.decided += 1;
            self.agreeing += u64::from(at_ask == (side == Side::Buy));
        }
    }

    /// Share of decided trades that agree, 0 to 1; `None` before the first.
    #[must_use]
    pub fn agreement(&self) -> Option<f64> {
        (self.decided > 0).then(|| self.agreeing as f64 / self.decided as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_the_quotes_decide() {
        let mut rule = TickRule::default();
        assert_eq!(rule.agreement(), None);
        for (price, side) in [
            (101, Side::Buy),
            (102, Side::Buy),
            (99, Side::Sell),
            (99, Side::Buy),
            (100, Side::Buy),
        ] {
            rule.on_trade(Price(price), side, Some(Price(99)), Some(Price(101)));
        }
        rule.on_trade(Price(100), Side::Buy, None, None);
        assert_eq!((rule.decided, rule.agreeing), (4, 3));
        assert_eq!(rule.agreement(), Some(0.75));
    }
}
