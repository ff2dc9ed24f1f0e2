//! What an intake knows of one instrument: whether its trades are whole, and its book.

use tradesuite_core::market::{Continuity, OrderBook, TradeContinuity};
use tradesuite_core::model::{BookUpkeep, EventBody, GapKind, MarketEvent, TradeId, UnixNs};

use super::proof::{Fault, Upkeep};
use crate::server::exchange::Feed;

/// Venues gather trades for a moment before they tell them, while books and heartbeats go on: a
/// trade this much older than what was heard last may not have been told.
const GATHERED_NS: i64 = 1_000_000_000;

/// What became of an instrument's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstrumentCounts {
    /// Books taken as a whole.
    pub snapshots: u64,
    /// Book changes applied.
    pub updates: u64,
    /// Book changes left out because there was no book that they could be applied to.
    pub dropped: u64,
    /// Book messages after which the best bid was at or above the best ask.
    pub crossed: u64,
    /// Gaps said.
    pub gaps: u64,
    /// Book checksums that were equal to ours.
    pub checksums_passed: u64,
    /// Book checksums that were not.
    pub checksums_failed: u64,
    /// Best quotes of the venue that could be compared with our book at the same update.
    pub quotes_compared: u64,
    /// Those among them that were equal.
    pub quotes_equal: u64,
}

/// One instrument on one connection.
#[derive(Debug, Default)]
pub struct InstrumentState {
    trades: TradeContinuity,
    /// Trades may have been missed since then.
    doubted: Option<UnixNs>,
    /// That was said as a gap without an end, which the next trade ends.
    away: bool,
    /// It is not collected any more: what is still on its way is not taken.
    pub left: bool,
    /// The book cannot be believed since then, and why.
    stale_since: Option<(UnixNs, String)>,
    /// Newest exchange time of a book message on this line, also of those not applied.
    book_time: UnixNs,
    /// Its book.
    pub book: OrderBook,
    /// Newest exchange time heard.
    pub time: UnixNs,
    /// What became of its messages.
    pub counts: InstrumentCounts,
}

/// A stretch of data that is missing; it ends with the message that shows it, or lasts.
#[derive(Debug, PartialEq, Eq)]
pub struct Hole {
    /// Of which data.
    pub kind: GapKind,
    /// Last moment known to be complete.
    pub start: UnixNs,
    /// In one clear sentence, why.
    pub reason: String,
}

/// Whether a message is taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// Yes, and nothing is missing before it.
    Whole,
    /// Yes, but something is missing before it.
    After(Hole),
    /// No: it came before.
    Known,
}

/// What a book message left behind.
#[derive(Debug, PartialEq, Eq)]
pub enum Applied {
    /// A book as good as before, or no book was touched.
    Good,
    /// A book that can be believed again after a hole.
    Mended(Hole),
    /// A book that cannot be right: the message is not to be passed on.
    Broken(String),
    /// The same, shown by the venue's checksum.
    Disproven(String),
}

impl InstrumentState {
    /// Exchange time moved on.
    pub fn heard(&mut self, time: UnixNs) {
        self.time = self.time.max(time);
    }

    /// Exchange time moved on with a book message, taken or not.
    pub fn heard_book(&mut self, time: UnixNs) {
        self.book_time = self.book_time.max(time);
    }

    /// Goes on after a trade that is held from before, unless a newer one is known. Whatever came
    /// after it may be missing, however soon the line is lost again.
    pub fn resume(&mut self, id: TradeId, time: UnixNs) {
        if self.trades.last().is_none_or(|last| last < id) {
            self.trades = TradeContinuity::resume(id, time);
            self.doubted.get_or_insert(time);
        }
    }

    /// Something may have been missed: whether it was, the next trade says.
    pub fn doubt(&mut self, received: UnixNs) {
        if self.time != UnixNs::default() {
            let heard = self.time.min(received);
            self.doubted
                .get_or_insert(UnixNs(heard.0.saturating_sub(GATHERED_NS)));
        }
    }

    /// Nothing is heard from now on; what is missing then, unless that was said before.
    pub fn leave(&mut self, reason: &str, received: UnixNs) -> Option<Hole> {
        self.book_time = UnixNs::default();
        self.doubt(received);
        self.doubted?;
        self.miss(reason, received)
    }

    /// A trade was not taken: since when some are missing until the next one, unless that was said
    /// before.
    pub fn miss(&mut self, reason: &str, received: UnixNs) -> Option<Hole> {
        self.doubt(received);
        // Where nothing was heard before.
        let now = UnixNs(received.0.saturating_sub(GATHERED_NS));
        let start = *self.doubted.get_or_insert(now);
        if std::mem::replace(&mut self.away, true) {
            return None;
        }
        Some(Hole {
            kind: GapKind::Trades,
            start,
            reason: reason.to_owned(),
        })
    }

    /// Forgets the book; only a snapshot brings one back.
    pub fn clear_book(&mut self) {
        self.book = OrderBook::default();
    }

    /// The book cannot be believed; whether it could before.
    pub fn mark_stale(&mut self, reason: &str, received: UnixNs) -> bool {
        if self.book.is_stale() {
            return false;
        }
        let since = self.book.time().min(received);
        // Where a snapshot turned out to be wrong, the hole began before it.
        self.stale_since
            .get_or_insert_with(|| (since, reason.to_owned()));
        self.book.mark_stale(reason);
        true
    }

    /// Checks the next trade.
    pub fn trade(&mut self, id: TradeId, time: UnixNs, contiguous: bool) -> Taken {
        if !contiguous {
            self.away = false;
            return match self.doubted.take() {
                None => Taken::Whole,
                Some(start) => Taken::After(Hole {
                    kind: GapKind::Trades,
                    start,
                    reason: "trades may be missing: the line was interrupted".to_owned(),
                }),
            };
        }
        match self.trades.check(id, time) {
            Continuity::Next => {
                self.heard_from(time);
                Taken::Whole
            }
            Continuity::Late => Taken::Whole,
            Continuity::Repeat => Taken::Known,
            Continuity::Jump { from, to, since } => {
                Taken::After(missing(from, to, self.heard_from(since)))
            }
        }
    }

    /// Trades go on: since when they were missed, which is `since` unless a gap was begun.
    fn heard_from(&mut self, since: UnixNs) -> UnixNs {
        let doubted = self.doubted.take();
        let away = std::mem::take(&mut self.away);
        doubted.filter(|_| away).unwrap_or(since)
    }

    /// Takes note of the newest trade before the subscription, which is not given itself.
    pub fn last_trade(&mut self, id: TradeId, time: UnixNs) -> Option<Hole> {
        let mut after = self.trades.clone();
        let since = match after.check(id, time) {
            Continuity::Jump { since, .. } => since,
            // The first one ever is where counting begins; a successor is missing itself.
            Continuity::Next => match self.trades.last() {
                None => {
                    self.trades = TradeContinuity::resume(id, time);
                    return None;
                }
                Some(_) => self.time.min(time),
            },
            Continuity::Repeat | Continuity::Late => return None,
        };
        let from = self.trades.last().map_or(id, |last| TradeId(last.0 + 1));
        self.trades = TradeContinuity::resume(id, time);
        Some(missing(from, id, self.heard_from(since)))
    }

    /// Applies a book message. Where nothing proves the book, a crossing is the only sign that a
    /// change was lost, so it is taken for one.
    pub fn apply(&mut self, event: &mut MarketEvent, said: BookUpkeep, feed: &dyn Feed) -> Applied {
        let is_snapshot = match &event.body {
            EventBody::BookSnapshot(_) => true,
            EventBody::BookUpdate(_) => false,
            _ => return Applied::Good,
        };
        let upkeep = Upkeep {
            feed,
            said,
            newest: self.book_time,
        };
        self.heard_book(event.time().unwrap_or_default());
        let was_crossed = self.book.is_crossed();
        match upkeep.apply(&mut self.book, event, &mut self.counts) {
            Ok(()) => {}
            Err(Fault::NotApplied(reason)) => return Applied::Broken(reason),
            Err(Fault::Disproven(reason)) => return Applied::Disproven(reason),
        }
        let crossed = self.book.is_crossed();
        self.counts.crossed += u64::from(crossed);
        if is_snapshot {
            self.counts.snapshots += 1;
            return match self.stale_since.take() {
                None => Applied::Good,
                Some((start, reason)) => Applied::Mended(Hole {
                    kind: GapKind::Book,
                    start: start.min(self.book.time()),
                    reason,
                }),
            };
        }
        self.counts.updates += 1;
        // A crossing that stands in the venue's own snapshot is meant: books cross in auctions.
        let proven = feed.spec().numbered || said.checksum.is_some();
        if crossed && !was_crossed && !proven {
            Applied::Broken("bids and asks crossed: a change was lost".to_owned())
        } else {
            Applied::Good
        }
    }
}

impl Hole {
    /// The event that says it, now that it is known where it ends.
    pub fn until(self, end: UnixNs) -> EventBody {
        self.ending(Some(end))
    }

    /// The event that says it while it lasts.
    pub fn open(self) -> EventBody {
        self.ending(None)
    }

    fn ending(self, end: Option<UnixNs>) -> EventBody {
        EventBody::Gap {
            kind: self.kind,
            start: self.start,
            end,
            reason: self.reason,
            filled: false,
        }
    }
}

fn missing(from: TradeId, to: TradeId, start: UnixNs) -> Hole {
    let reason = if from == to {
        format!("trade {} is missing", from.0)
    } else {
        format!("trades {} to {} are missing", from.0, to.0)
    };
    Hole {
        kind: GapKind::Trades,
        start,
        reason,
    }
}
