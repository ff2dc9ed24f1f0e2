//! The topic `book`: the best levels, then how they change.

use std::time::Duration;

use tradesuite_core::market::book_diff;
use tradesuite_core::model::BookDelta;
use tradesuite_core::protocol::{Body, BookData, BookDepth, Data};

use super::feed::{Feed, Urgency};
use super::market::{Change, LiveBook, Market};

pub(super) struct BookFeed {
    depth: BookDepth,
    /// What listeners hold; `None` while they know that it is not true.
    shown: Option<LiveBook>,
}

impl BookFeed {
    pub fn new(depth: BookDepth) -> Self {
        Self { depth, shown: None }
    }
}

impl Feed for BookFeed {
    fn interval(&self) -> Duration {
        Duration::from_millis(self.depth.interval_ms.into())
    }

    fn urgency(&self, change: Change) -> Urgency {
        match change {
            Change {
                book_state: true, ..
            } => Urgency::Now,
            Change { book: true, .. } => Urgency::Soon,
            _ => Urgency::Never,
        }
    }

    fn snapshot(&mut self, market: &Market) -> Body {
        let book = market.book(self.depth.levels.into());
        if let Some(reason) = &book.stale_reason {
            self.shown = None;
            return Body::Stale {
                reason: reason.clone(),
            };
        }
        let body = Body::Snapshot(Data::Book(BookData {
            precision: book.precision,
            time: book.view.time,
            sequence: book.view.sequence,
            bids: book.view.bids.clone(),
            asks: book.view.asks.clone(),
        }));
        self.shown = Some(book);
        body
    }

    fn update(&mut self, market: &Market) -> Option<Body> {
        let book = market.book(self.depth.levels.into());
        let (shown, stale) = (self.shown.as_ref(), book.stale_reason.is_some());
        match shown {
            // Said already.
            None if stale => None,
            Some(shown) if !stale && shown.precision == book.precision => {
                let BookDelta { time, bids, asks } = book_diff(&shown.view, &book.view);
                let body = Body::Update(Data::Book(BookData {
                    precision: book.precision,
                    time,
                    sequence: book.view.sequence,
                    bids,
                    asks,
                }));
                let changed =
                    shown.view.bids != book.view.bids || shown.view.asks != book.view.asks;
                changed.then(|| {
                    self.shown = Some(book);
                    body
                })
            }
            _ => Some(self.snapshot(market)),
        }
    }
}
