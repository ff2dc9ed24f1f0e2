//! Trades from just before the first one ever seen, so that the bars in which it lies have all of
//! theirs, from the beginning of its minute on.

use std::collections::BTreeMap;

use tradesuite_core::model::{Gap, GapKind, InstrumentId, Timeframe, Trade, UnixMs, VenueEvent};

use super::hunt::Hunt;
use super::{Backfill, Fetched, NEIGHBOURS, Outcome, TRADES_AT_ONCE, key};
use crate::server::collector::recorder::resume::span;
use crate::server::collector::rest::{RestError, VenueRest};
use crate::server::collector::sink::SinkClosed;
use crate::server::exchange::VenueTradeQuery;
use crate::server::storage::{Newest, StoreError};

/// A minute that was over this long before the first trade is in the venue's history by now.
const SETTLED_MS: i64 = 8_000;
/// Requests at the most: a minute of the busiest markets.
const MAX_REQUESTS: u32 = 20;

/// What the venue gave of a beginning.
struct Early {
    /// Those from before the first trade, by their numbers.
    trades: BTreeMap<u64, VenueEvent>,
    /// Whether they reach back to the beginning of the minute.
    is_whole: bool,
}

impl Backfill {
    /// Fetches the trades of an instrument from the beginning of the minute in which collecting
    /// began, and says when all are held.
    ///
    /// # Errors
    /// [`SinkClosed`] where the server stops.
    pub async fn begin(&self, id: &InstrumentId) -> Result<Outcome, SinkClosed> {
        let Some(venue) = self.venue(id) else {
            return Ok(Outcome::Lasting);
        };
        let first = match self.first_trade(id).await {
            Ok(Some(first)) => first,
            Ok(None) => return Ok(Outcome::Lasting),
            Err(error) => {
                tracing::warn!(instrument = %id, %error, "a beginning cannot be fetched now");
                return Ok(Outcome::Later);
            }
        };
        let since = Timeframe::M1.floor(UnixMs(first.time.to_ms().0 - SETTLED_MS));
        let early = match self.ask_back(venue, id, since, &first).await {
            Ok(early) => early,
            Err(error) if error.may_pass() => return Ok(Outcome::Later),
            Err(error) => {
                tracing::info!(instrument = %id, %error, "the first minute stays incomplete");
                return Ok(Outcome::Lasting);
            }
        };
        let early = self.complete(venue, id, &first, early).await;
        let mut handed = Fetched::default();
        let instrument = self.directory.get_or_guess(id);
        // The newest first: whenever this ends, no hole is left behind the oldest trade that is
        // held, which is where the next try goes on.
        let trades: Vec<VenueEvent> = early.trades.into_values().collect();
        for page in trades.rchunks(TRADES_AT_ONCE as usize) {
            self.hand_over(&instrument, page.iter().cloned(), &mut handed)
                .await?;
        }
        if !early.is_whole || handed.refused > 0 {
            return Ok(Outcome::Later);
        }
        let beginning = Gap {
            instrument: id.clone(),
            kind: GapKind::Trades,
            start: since,
            end: Some(first.time.to_ms()),
            reason: String::new(),
            filled: false,
        };
        let reason = "trades from before the first look were fetched".to_owned();
        self.say(&beginning, reason, true).await
    }

    /// Fetches what is missing among early trades, and leaves those that lead up to `first`
    /// without a hole.
    async fn complete(
        &self,
        venue: &VenueRest,
        id: &InstrumentId,
        first: &Trade,
        mut early: Early,
    ) -> Early {
        let instrument = self.directory.get_or_guess(id);
        let known = early.trades.values().filter_map(key);
        let mut hunt = Hunt::new(known.chain([(first.id, first.time)]));
        let mut fetched = Fetched::default();
        loop {
            match self.page(venue, &instrument, &mut hunt, &mut fetched).await {
                Ok(Some(page)) => early.trades.extend(
                    page.into_iter()
                        .filter_map(|event| Some((key(&event)?.0.0, event))),
                ),
                Ok(None) => break,
                Err(error) => {
                    tracing::info!(instrument = %id, %error, "a beginning is fetched later");
                    break;
                }
            }
        }
        let found = early.trades.len();
        leave_unbroken(&mut early.trades, first.id.0);
        early.is_whole &= early.trades.len() == found;
        early
    }

    /// The oldest trade that is held.
    async fn first_trade(&self, id: &InstrumentId) -> Result<Option<Trade>, StoreError> {
        let oldest = span((UnixMs(i64::MIN), UnixMs(i64::MAX)), NEIGHBOURS, Newest::No);
        let oldest = self.store.trades(id, oldest).await?;
        Ok(oldest.rows.into_iter().min_by_key(|trade| trade.id))
    }

    /// Asks for what was before `first`, page by page, until there is no more since `since`.
    async fn ask_back(
        &self,
        venue: &VenueRest,
        id: &InstrumentId,
        since: UnixMs,
        first: &Trade,
    ) -> Result<Early, RestError> {
        let instrument = self.directory.get_or_guess(id);
        let mut early = Early {
            trades: BTreeMap::new(),
            is_whole: false,
        };
        let mut knows_first = false;
        let mut end = first.time;
        for _ in 0..MAX_REQUESTS {
            let query = VenueTradeQuery {
                instrument: &instrument,
                start: since,
                end: UnixMs(end.to_ms().0 + 1),
                limit: TRADES_AT_ONCE,
            };
            let held = early.trades.len();
            for event in venue.trades(&query).await? {
                let Some((number, time)) = key(&event) else {
                    continue;
                };
                knows_first |= number >= first.id;
                if number < first.id && since <= time.to_ms() {
                    early.trades.insert(number.0, event);
                    end = end.min(time);
                }
            }
            if early.trades.len() == held {
                // A venue that has not noted the first trade yet may lack those right before it;
                // between two that are known the numbers tell.
                early.is_whole = knows_first || held > 0;
                break;
            }
        }
        Ok(early)
    }
}

/// Leaves of numbered trades those that lead up to the one of number `first` without a hole.
/// Whoever is stopped in between goes on from the oldest trade that is held: behind a hole, nobody
/// would ever look for what is missing.
fn leave_unbroken<T>(trades: &mut BTreeMap<u64, T>, first: u64) {
    let mut oldest = first;
    while let Some(before) = oldest.checked_sub(1)
        && trades.contains_key(&before)
    {
        oldest = before;
    }
    trades.retain(|number, _| *number >= oldest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_a_hole_is_left_out() {
        for (numbers, expected) in [
            (vec![], vec![]),
            (vec![8, 9], vec![8, 9]),
            (vec![5, 6, 8, 9], vec![8, 9]),
            (vec![5, 6, 7, 8], vec![]),
            (vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 9], (0..10).collect()),
        ] {
            let mut trades: BTreeMap<u64, ()> =
                numbers.iter().map(|number| (*number, ())).collect();
            leave_unbroken(&mut trades, 10);
            assert_eq!(
                trades.into_keys().collect::<Vec<_>>(),
                expected,
                "{numbers:?}"
            );
        }
    }
}
