//! What a topic of one instrument says, and how often.

use std::time::Duration;

use tokio::time::Instant;
use tradesuite_core::protocol::{Body, Topic};

use super::book_feed::BookFeed;
use super::candle_feed::CandleFeed;
use super::channel::Channel;
use super::market::{Change, Market};
use super::ticker_feed::TickerFeed;
use super::trade_feed::TradeFeed;

/// How soon a change has to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    /// It is none of this topic's.
    Never,
    /// With the next message.
    Soon,
    /// At once.
    Now,
}

/// One kind of topic.
pub(super) trait Feed: Send {
    /// Shortest time between two messages.
    fn interval(&self) -> Duration;

    /// How soon a change has to be said.
    fn urgency(&self, change: Change) -> Urgency;

    /// The state as of the last message, or now where nobody has had a message yet.
    fn snapshot(&mut self, market: &Market) -> Body;

    /// What is new since the last message; `None` where nothing is.
    fn update(&mut self, market: &Market) -> Option<Body>;
}

/// A topic with listeners: its feed, its channel and when it speaks next.
pub(super) struct Speaker {
    pub channel: Channel,
    feed: Box<dyn Feed>,
    /// Earliest time of the next message.
    free_at: Instant,
    /// What there is to say, and whether it can wait.
    urgency: Urgency,
}

impl Speaker {
    /// A speaker for a topic of one instrument; `None` for the others.
    pub fn new(topic: &Topic, now: Instant) -> Option<Self> {
        let feed: Box<dyn Feed> = match topic {
            Topic::Book { depth, .. } => Box::new(BookFeed::new(*depth)),
            Topic::Candles { timeframe, .. } => Box::new(CandleFeed::new(*timeframe)),
            Topic::Trades(_) => Box::new(TradeFeed::default()),
            Topic::Ticker(_) => Box::new(TickerFeed::default()),
            Topic::Alerts | Topic::Status => return None,
        };
        Some(Self {
            channel: Channel::new(topic.clone()),
            feed,
            free_at: now,
            urgency: Urgency::Never,
        })
    }

    /// Takes note of a change.
    pub fn notice(&mut self, change: Change) {
        self.urgency = self.urgency.max(self.feed.urgency(change));
    }

    /// When the next message is due; `None` where there is nothing to say.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        match self.urgency {
            Urgency::Never => None,
            Urgency::Soon => Some(self.free_at.max(now)),
            Urgency::Now => Some(now),
        }
    }

    /// Says what is due.
    pub fn speak(&mut self, market: &Market, now: Instant) {
        if self.due(now).is_some_and(|due| due <= now) {
            self.catch_up(market, now);
        }
    }

    /// Says what there is to say before it is due.
    pub fn speak_now(&mut self, market: &Market, now: Instant) {
        if self.urgency != Urgency::Never {
            self.catch_up(market, now);
        }
    }

    /// Says what there is to say, due or not.
    fn catch_up(&mut self, market: &Market, now: Instant) {
        self.urgency = Urgency::Never;
        if let Some(body) = self.feed.update(market) {
            self.channel.publish(body);
            self.free_at = now + self.feed.interval();
        }
    }

    /// Brings those who listen up to date and greets one more with the same state.
    pub fn greet(
        &mut self,
        listener: &std::sync::Arc<super::outbox::Outbox>,
        market: &Market,
        now: Instant,
    ) {
        if !self.channel.is_empty() {
            self.catch_up(market, now);
        }
        let state = self.feed.snapshot(market);
        self.channel.greet(listener, state);
    }

    /// Says the whole state to all, after it was built anew.
    pub fn restart(&mut self, market: &Market) {
        self.urgency = Urgency::Never;
        let state = self.feed.snapshot(market);
        self.channel.publish(state);
    }
}
