//! Who subscribed what, and what they get: every message is worded once and shared by all lines
//! that want it. It does no I/O.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use tradesuite_core::model::UnixNs;

use super::view::View;
use super::{frame, names};
use crate::server::simulator::market::Market;
use crate::server::simulator::market::flow::Move;
use crate::server::simulator::venue::frame::Frame;
use crate::server::simulator::venue::lines::{Joined, LineId, Lines};

/// "The snapshot reflects the most recent 50 trades."
const SNAPSHOT_TRADES: usize = 50;

/// A channel of one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// So many levels a side of an instrument's book.
    Book(usize, u32),
    /// Its executions.
    Trades(usize),
}

/// A channel that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// So many levels a side.
    Book(u32),
    /// Executions.
    Trade,
}

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Add, or else remove.
    pub subscribe: bool,
    /// Which channel.
    pub channel: Channel,
    /// Which instruments.
    pub symbols: Vec<String>,
    /// Whether the state comes first.
    pub snapshot: bool,
}

/// All lines, and the books that they have been told.
#[derive(Debug, Default)]
pub struct Publisher {
    lines: Lines<Topic>,
    /// By instrument and depth.
    told: BTreeMap<(usize, u32), View>,
}

impl Publisher {
    /// Opens a line.
    pub fn join(&mut self) -> Joined {
        self.lines.join()
    }

    /// Closes a line.
    pub fn leave(&mut self, id: LineId) {
        self.lines.leave(id);
    }

    /// All lines.
    pub fn lines(&self) -> &Lines<Topic> {
        &self.lines
    }

    /// Carries out a wish, instrument by instrument: the acknowledgement first, then the state.
    pub fn carry_out(&mut self, id: LineId, wish: &Wish, market: &Market) {
        for symbol in &wish.symbols {
            let answer = match names::find(market, symbol) {
                None => unknown(wish, symbol, market.time()),
                Some(index) => self.carry_out_one(id, wish, index, market),
            };
            self.lines.send(id, &Arc::new(answer));
            if let Some(state) = self.state(id, wish, symbol, market) {
                self.lines.send(id, &Arc::new(state));
            }
        }
    }

    fn carry_out_one(&mut self, id: LineId, wish: &Wish, index: usize, market: &Market) -> Frame {
        let topic = topic(wish.channel, index);
        if let Some(line) = self.lines.get_mut(id) {
            if wish.subscribe {
                line.wants.insert(topic);
            } else {
                line.wants.remove(&topic);
            }
        }
        let symbol = names::symbol(market.desks()[index].listing());
        let result = match (wish.channel, wish.subscribe) {
            (Channel::Book(depth), true) => {
                json!({"channel": "book", "depth": depth, "snapshot": wish.snapshot, "symbol": symbol})
            }
            (Channel::Book(depth), false) => {
                json!({"channel": "book", "depth": depth, "symbol": symbol})
            }
            (Channel::Trade, true) => {
                json!({"channel": "trade", "snapshot": wish.snapshot, "symbol": symbol})
            }
            (Channel::Trade, false) => json!({"channel": "trade", "symbol": symbol}),
        };
        frame::acknowledgement(method(wish), result, market.time())
    }

    /// The state of what was just subscribed.
    fn state(&mut self, id: LineId, wish: &Wish, symbol: &str, market: &Market) -> Option<Frame> {
        let index = names::find(market, symbol)?;
        let wanted = self
            .lines
            .get(id)?
            .wants
            .contains(&topic(wish.channel, index));
        if !wanted || !wish.subscribe {
            return None;
        }
        let desk = &market.desks()[index];
        match wish.channel {
            Channel::Book(depth) => {
                let view = self.told.entry((index, depth)).or_insert_with(|| {
                    View::of(
                        desk.flow().book(),
                        usize::try_from(depth).unwrap_or(usize::MAX),
                    )
                });
                let (listing, time) = (desk.listing(), market.time());
                let checksum = view.checksum();
                wish.snapshot
                    .then(|| frame::book(listing, time, view, checksum, true))
            }
            Channel::Trade => wish.snapshot.then(|| {
                let skipped = desk.trades().len().saturating_sub(SNAPSHOT_TRADES);
                frame::trades(desk.listing(), true, desk.trades().iter().skip(skipped))
            }),
        }
    }

    /// Sends what happened in the market's last step.
    pub fn publish(&mut self, market: &Market) {
        for (index, desk) in market.desks().iter().enumerate() {
            let trades = desk.moves().iter().filter_map(|step| match step {
                Move::Trade(trade) => Some(trade),
                Move::Level { .. } => None,
            });
            let topic = Topic::Trades(index);
            if self.lines.wanted(&topic) && trades.clone().next().is_some() {
                let message = frame::trades(desk.listing(), false, trades);
                self.lines.broadcast(&topic, message);
            }
        }
        self.publish_books(market);
    }

    fn publish_books(&mut self, market: &Market) {
        let lines = &mut self.lines;
        self.told.retain(|&(index, depth), told| {
            let topic = Topic::Book(index, depth);
            if !lines.wanted(&topic) {
                return false;
            }
            let desk = &market.desks()[index];
            let levels = usize::try_from(depth).unwrap_or(usize::MAX);
            let next = View::of(desk.flow().book(), levels);
            let changes = told.changes(&next, levels);
            *told = next;
            if !changes.is_empty() {
                let checksum = told.checksum();
                let message = frame::book(desk.listing(), market.time(), &changes, checksum, false);
                lines.broadcast(&topic, message);
            }
            true
        });
    }
}

fn topic(channel: Channel, index: usize) -> Topic {
    match channel {
        Channel::Book(depth) => Topic::Book(index, depth),
        Channel::Trade => Topic::Trades(index),
    }
}

/// The name of a wish in requests and answers.
fn method(wish: &Wish) -> &'static str {
    if wish.subscribe {
        "subscribe"
    } else {
        "unsubscribe"
    }
}

fn unknown(wish: &Wish, symbol: &str, time: UnixNs) -> Frame {
    let message = format!("Currency pair not supported {symbol}");
    let text = frame::error(Some(method(wish)), Some(symbol), &message, time);
    Frame::plain(text, false)
}
