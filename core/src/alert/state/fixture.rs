//! Events for tests: prices with two decimals, quantities with one, times in milliseconds after
//! the start of a day.

use super::{Engine, Fire};
use crate::alert::text::read_watch;
use crate::model::alert::{Rule, RuleId, Severity, Template};
use crate::model::{
    BookDelta, BookLevel, EventBody, MarketEvent, Position, Precision, Price, Quantity, Sequenced,
    Side, Trade, TradeId, UnixMs, UnixNs,
};

pub(in crate::alert) const DAY_MS: i64 = 1_795_392_000_000;
pub(in crate::alert) const PRECISION: Precision = Precision {
    price: 2,
    quantity: 1,
};

pub(in crate::alert) fn rule(text: &str) -> Rule {
    Rule {
        name: "A rule".parse().expect("a name"),
        enabled: true,
        severity: Severity::Info,
        snoozed_until: None,
        channels: Vec::new(),
        message: Template::usual(),
        watch: read_watch(text).unwrap_or_else(|error| panic!("{text}: {error}")),
    }
}

pub(in crate::alert) fn ns(ms: i64) -> UnixNs {
    UnixMs(DAY_MS + ms).to_ns()
}

pub(in crate::alert) fn trade(ms: i64, price: f64, quantity: f64, side: Side, id: u64) -> Trade {
    Trade {
        id: TradeId(id),
        time: ns(ms),
        received: ns(ms),
        price: Price((price * 100.0).round() as i64),
        quantity: Quantity((quantity * 10.0).round() as i64),
        side,
    }
}

pub(in crate::alert) fn levels(ms: i64, bids: &[(f64, f64)], asks: &[(f64, f64)]) -> BookDelta {
    let side = |levels: &[(f64, f64)]| {
        let level = |(price, quantity): &(f64, f64)| BookLevel {
            price: Price((price * 100.0).round() as i64),
            quantity: Quantity((quantity * 10.0).round() as i64),
        };
        levels.iter().map(level).collect()
    };
    BookDelta {
        time: ns(ms),
        bids: side(bids),
        asks: side(asks),
    }
}

/// An engine with rules on `kraken:A-B`, numbered from 1, whose clock is the market's.
pub(in crate::alert) struct Desk {
    pub(in crate::alert) engine: Engine,
    pub(in crate::alert) fires: Vec<Fire>,
    position: u64,
}

impl Desk {
    pub(in crate::alert) fn new(texts: &[&str]) -> Self {
        let mut engine = Engine::default();
        for (number, text) in (1..).zip(texts) {
            let rule = rule(&format!("kraken:A-B {text}"));
            engine.set(RuleId(number), &rule).expect("known operands");
        }
        Self {
            engine,
            fires: Vec::new(),
            position: 0,
        }
    }

    /// An event at a time of the server's clock; the numbers of the rules that fire.
    pub(in crate::alert) fn event(&mut self, wall_ms: i64, body: EventBody) -> Vec<u64> {
        self.position += 1;
        let event = Sequenced {
            position: Position(self.position),
            event: MarketEvent {
                instrument: "kraken:A-B".parse().expect("an id"),
                precision: PRECISION,
                received: ns(wall_ms),
                body,
            },
        };
        let before = self.fires.len();
        self.engine
            .on_event(&event, UnixMs(DAY_MS + wall_ms), &mut self.fires);
        self.fires[before..]
            .iter()
            .map(|fire| fire.rule.0)
            .collect()
    }

    /// A purchase of one unit; both clocks agree.
    pub(in crate::alert) fn buys(&mut self, ms: i64, price: f64) -> Vec<u64> {
        let id = self.position + 1;
        self.event(ms, EventBody::Trade(trade(ms, price, 1.0, Side::Buy, id)))
    }

    pub(in crate::alert) fn clock(&mut self, ms: i64) -> Vec<u64> {
        self.event(ms, EventBody::Clock { time: ns(ms) })
    }

    /// Time passes by the server's clock alone.
    pub(in crate::alert) fn wall(&mut self, wall_ms: i64) -> Vec<u64> {
        let before = self.fires.len();
        self.engine
            .on_wall(UnixMs(DAY_MS + wall_ms), &mut self.fires);
        self.fires[before..]
            .iter()
            .map(|fire| fire.rule.0)
            .collect()
    }

    /// Stops, and goes on from what was kept.
    pub(in crate::alert) fn restart(&mut self, texts: &[&str]) {
        let kept = rmp_serde::to_vec(&self.engine.saved()).expect("it can be kept");
        let mut next = Self::new(texts);
        let kept = rmp_serde::from_slice(&kept).expect("it reads back");
        next.engine.restore(&kept).expect("its own version");
        self.engine = next.engine;
    }
}
