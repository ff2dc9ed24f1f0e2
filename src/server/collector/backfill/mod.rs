//! Trades of a gap, fetched from the venue and handed to the journal as such: every consumer sees
//! that they are late, and the recorder takes each once. What cannot be had stays in the ledger,
//! with its reason.

mod beginning;
mod hunt;

use std::sync::Arc;

use tradesuite_core::market::Normalizer;
use tradesuite_core::model::{
    EventBody, Gap, GapKind, Instrument, InstrumentId, MarketEvent, TradeId, UnixMs, UnixNs,
    VenueBody, VenueEvent,
};

use self::hunt::Hunt;
use super::directory::Directory;
use super::intake::ahead;
use super::recorder::resume::{span, trades_of};
use super::rest::{RestError, VenueRest};
use super::sink::{EventSink, SinkClosed};
use crate::server::clock::Clock;
use crate::server::exchange::VenueTradeQuery;
use crate::server::storage::{MarketStore, Newest, StoreError};

/// Trades of one gap that are fetched one by one; for more, the venue's bars have to do.
const MAX_TRADES: u64 = 100_000;
/// Trades in one answer: what both venues give at the most.
const TRADES_AT_ONCE: u32 = 1_000;
/// Requests for one gap: twice what [`MAX_TRADES`] takes when every answer is full.
const MAX_REQUESTS: u32 = 200;
/// Trades on either side of a gap among which its neighbours are: venues number almost in order of
/// time.
const NEIGHBOURS: u32 = 100;

/// Fetches trades.
pub struct Backfill {
    /// Whom to ask.
    pub venues: Vec<Arc<VenueRest>>,
    /// What is held.
    pub store: Arc<dyn MarketStore>,
    /// Takes what was fetched.
    pub sink: Arc<dyn EventSink>,
    /// Knows the instruments.
    pub directory: Directory,
    /// Time of day.
    pub clock: Clock,
}

/// What became of a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is missing any more.
    Filled,
    /// Something cannot be had; the ledger says why.
    Lasting,
    /// The venue or the store cannot be asked at the moment, or gave no answer of use.
    Later,
}

/// How fetching went.
#[derive(Debug, Default)]
struct Fetched {
    requests: u32,
    /// Trades that came but cannot be kept exactly, or whose time cannot be right.
    refused: u64,
    /// Why something is missing, where it is not that the venue does not have it.
    problem: Option<String>,
    /// Whether asking again may mend that.
    may_pass: bool,
}

impl Backfill {
    /// Fetches what a gap lacks and says what became of it.
    ///
    /// # Errors
    /// [`SinkClosed`] where the server stops.
    pub async fn fill(&self, gap: &Gap) -> Result<Outcome, SinkClosed> {
        let Some(venue) = self.venue(&gap.instrument) else {
            return Ok(Outcome::Lasting);
        };
        let mut hunt = match self.hunt(gap).await {
            Ok(Some(hunt)) => hunt,
            Ok(None) => return Ok(Outcome::Later),
            Err(error) => {
                tracing::warn!(instrument = %gap.instrument, %error, "a gap cannot be filled now");
                return Ok(Outcome::Later);
            }
        };
        let missing = hunt.missing();
        if missing > MAX_TRADES {
            let reason = format!(
                "{missing} trades are missing, more than are fetched; the bars are the venue's"
            );
            return self.say(gap, reason, false).await;
        }
        let instrument = self.directory.get_or_guess(&gap.instrument);
        let mut fetched = Fetched::default();
        loop {
            match self.page(venue, &instrument, &mut hunt, &mut fetched).await {
                Ok(Some(page)) => self.hand_over(&instrument, page, &mut fetched).await?,
                Ok(None) => break,
                Err(error) => {
                    tracing::info!(instrument = %gap.instrument, %error, "a gap is filled later");
                    return Ok(Outcome::Later);
                }
            }
        }
        let left = hunt.missing() + fetched.refused;
        let reason = match (missing, left) {
            (0, _) => "no trade was missed after all".to_owned(),
            (_, 0) => format!("{missing} trades were fetched afterwards"),
            _ => {
                let label = venue.exchange().spec().label;
                let why = fetched.problem;
                let why = why.unwrap_or_else(|| format!("{label} does not give them"));
                format!("{left} trades are missing: {why}")
            }
        };
        if !fetched.may_pass {
            return self.say(gap, reason, left == 0).await;
        }
        // The ledger says why while it lasts, once.
        if gap.reason != reason {
            self.say(gap, reason, false).await?;
        }
        Ok(Outcome::Later)
    }

    /// What is held around and inside a gap; `None` while it is not known where it ends.
    async fn hunt(&self, gap: &Gap) -> Result<Option<Hunt>, StoreError> {
        let (id, store) = (&gap.instrument, self.store.as_ref());
        let Some(end) = gap.end else {
            return Ok(None);
        };
        let up_to = UnixMs(gap.start.0 + 1);
        let before = span((UnixMs(i64::MIN), up_to), NEIGHBOURS, Newest::Yes);
        let after = span((end, UnixMs(i64::MAX)), NEIGHBOURS, Newest::No);
        let before = store.trades(id, before).await?.rows;
        let after = store.trades(id, after).await?.rows;
        let inside = trades_of(id, (up_to, end), store).await?;
        // A gap that is said from a moment before the first trade ever begins after that one.
        let oldest = inside.iter().map(|(_, trade)| trade);
        let last = before.iter().max_by_key(|trade| trade.id);
        let Some(last) = last.or_else(|| oldest.min_by_key(|trade| trade.id)) else {
            return Ok(None);
        };
        let behind = after.iter().filter(|trade| trade.id > last.id);
        let Some(first) = behind.min_by_key(|trade| trade.id) else {
            return Ok(None);
        };
        let held = inside
            .iter()
            .map(|(_, trade)| trade)
            .chain(&before)
            .chain(&after)
            .map(|trade| (trade.id, trade.time))
            .filter(|(id, _)| (last.id..=first.id).contains(id));
        Ok(Some(Hunt::new(held)))
    }

    /// Fetches the next page of what is hunted for; `None` where there is none, or it cannot be had.
    ///
    /// # Errors
    /// [`RestError`] where asking again later may help.
    async fn page(
        &self,
        venue: &VenueRest,
        instrument: &Instrument,
        hunt: &mut Hunt,
        fetched: &mut Fetched,
    ) -> Result<Option<Vec<VenueEvent>>, RestError> {
        let Some(hole) = hunt.next() else {
            return Ok(None);
        };
        if fetched.requests == MAX_REQUESTS {
            fetched.problem = Some("the venue gives too few at once".to_owned());
            return Ok(None);
        }
        fetched.requests += 1;
        let query = VenueTradeQuery {
            instrument,
            start: hole.start,
            end: hole.end,
            limit: TRADES_AT_ONCE,
        };
        match venue.trades(&query).await {
            Ok(answer) => Ok(Some(hunt.take(hole, answer, key))),
            Err(error) if error.is_retryable() => Err(error),
            Err(error) => {
                fetched.may_pass = error.may_pass();
                fetched.problem = Some(error.to_string());
                Ok(None)
            }
        }
    }

    /// Gives trades to the journal, marked as what they are.
    async fn hand_over(
        &self,
        instrument: &Instrument,
        trades: impl IntoIterator<Item = VenueEvent>,
        fetched: &mut Fetched,
    ) -> Result<(), SinkClosed> {
        let mut normalizer = Normalizer::new();
        normalizer.describe(instrument);
        let received = self.clock.now();
        let mut events = Vec::new();
        for trade in trades {
            if let Some(reason) = ahead(trade.time, received) {
                fetched.refused += 1;
                fetched.problem = Some(reason);
                continue;
            }
            if let Err(error) = normalizer.normalize(late(trade), received, &mut events) {
                fetched.refused += 1;
                fetched.problem = Some(error.to_string());
            }
        }
        if events.is_empty() {
            return Ok(());
        }
        self.sink.append(events).await.map(drop)
    }

    /// The venue, where it numbers trades: without that nothing says which are missing, nor
    /// whether all came.
    fn venue(&self, id: &InstrumentId) -> Option<&Arc<VenueRest>> {
        self.venues.iter().find(|venue| {
            let spec = venue.exchange().spec();
            spec.id == id.exchange() && spec.contiguous_trade_ids
        })
    }

    async fn say(&self, gap: &Gap, reason: String, filled: bool) -> Result<Outcome, SinkClosed> {
        let instrument = self.directory.get_or_guess(&gap.instrument);
        let event = verdict(gap, &instrument, reason, filled, self.clock.now());
        self.sink.append(vec![event]).await?;
        Ok(if filled {
            Outcome::Filled
        } else {
            Outcome::Lasting
        })
    }
}

fn key(event: &VenueEvent) -> Option<(TradeId, UnixNs)> {
    match event.body {
        VenueBody::Trade { id, .. } => Some((id, event.time)),
        VenueBody::Book { .. } | VenueBody::Ticker { .. } => None,
    }
}

/// The same, marked as what it is.
fn late(mut event: VenueEvent) -> VenueEvent {
    if let VenueBody::Trade { history, .. } = &mut event.body {
        *history = true;
    }
    event
}

/// The last word on a gap.
fn verdict(
    gap: &Gap,
    instrument: &Instrument,
    reason: String,
    filled: bool,
    received: UnixNs,
) -> MarketEvent {
    MarketEvent {
        instrument: gap.instrument.clone(),
        precision: instrument.precision,
        received,
        body: EventBody::Gap {
            kind: GapKind::Trades,
            start: gap.start.to_ns(),
            end: gap.end.map(UnixMs::to_ns),
            reason,
            filled,
        },
    }
}
