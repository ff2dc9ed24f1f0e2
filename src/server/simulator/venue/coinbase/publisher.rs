//! Who subscribed what, and what they get: every message is worded once and shared by all lines
//! that want it. It does no I/O.

use std::collections::BTreeSet;
use std::sync::Arc;

use tradesuite_core::model::{Trade, UnixNs};

use super::channel::Channel;
use super::frame;
use crate::server::simulator::market::Market;
use crate::server::simulator::market::flow::Move;
use crate::server::simulator::venue::frame::Frame;
use crate::server::simulator::venue::lines::{Joined, LineId, Lines};

/// "Updates are collected over the last 250 ms": the documentation of `market_trades`.
const TRADES_EVERY_NS: i64 = 250_000_000;
/// Executions in the snapshot upon subscribing.
const SNAPSHOT_TRADES: usize = 100;

/// What a line asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Add, or else remove.
    pub subscribe: bool,
    /// Which channel.
    pub channel: Channel,
    /// Which products; for heartbeats none.
    pub products: Vec<String>,
}

/// All lines.
#[derive(Debug)]
pub struct Publisher {
    lines: Lines<(Channel, usize)>,
    /// Executions that have not been sent, by instrument.
    pending: Vec<Vec<Trade>>,
    trades_sent: UnixNs,
}

impl Publisher {
    /// A publisher for so many instruments.
    pub fn new(instruments: usize) -> Self {
        Self {
            lines: Lines::default(),
            pending: vec![Vec::new(); instruments],
            trades_sent: UnixNs::default(),
        }
    }

    /// Opens a line.
    pub fn join(&mut self) -> Joined {
        self.lines.join()
    }

    /// Closes a line.
    pub fn leave(&mut self, id: LineId) {
        self.lines.leave(id);
    }

    /// All lines.
    pub fn lines(&self) -> &Lines<(Channel, usize)> {
        &self.lines
    }

    /// Carries out a wish: snapshots first, then the acknowledgement, as the venue does.
    ///
    /// # Errors
    /// The message for the line where a product is unknown; nothing was changed then.
    pub fn carry_out(&mut self, id: LineId, wish: &Wish, market: &Market) -> Result<(), String> {
        let products = find_products(wish, market)?;
        let Some(line) = self.lines.get_mut(id) else {
            return Ok(());
        };
        let mut added = Vec::new();
        for product in products {
            if wish.subscribe {
                // A repeated subscription brings the snapshot again.
                line.wants.insert((wish.channel, product));
                added.push(product);
            } else {
                line.wants.remove(&(wish.channel, product));
            }
        }
        for product in added {
            if let Some(snapshot) = self.snapshot(wish.channel, product, market) {
                self.lines.send(id, &Arc::new(snapshot));
            }
        }
        if let Some(line) = self.lines.get(id) {
            let acknowledgement = acknowledge(&line.wants, market);
            self.lines.send(id, &Arc::new(acknowledgement));
        }
        Ok(())
    }

    /// Sends what happened in the market's last step.
    pub fn publish(&mut self, market: &Market) {
        let time = market.time();
        for (product, desk) in market.desks().iter().enumerate() {
            let before = self.pending[product].len();
            self.pending[product].extend(desk.moves().iter().filter_map(|step| match step {
                Move::Trade(trade) => Some(*trade),
                Move::Level { .. } => None,
            }));
            let traded = self.pending[product].len() > before;
            if self.wanted(Channel::Level2, product) {
                self.broadcast(Channel::Level2, product, frame::book_update(desk, time));
            }
            if traded && self.wanted(Channel::Ticker, product) {
                self.broadcast(Channel::Ticker, product, frame::ticker(desk, time, false));
            }
        }
        if time.0 - self.trades_sent.0 >= TRADES_EVERY_NS {
            self.flush(market);
        }
    }

    /// Sends the executions that were collected.
    pub fn flush(&mut self, market: &Market) {
        self.trades_sent = market.time();
        for (product, desk) in market.desks().iter().enumerate() {
            if self.pending[product].is_empty() {
                continue;
            }
            if self.wanted(Channel::MarketTrades, product) {
                let newest_first = self.pending[product].iter().rev();
                let update = frame::trades(desk, market.time(), false, newest_first);
                self.broadcast(Channel::MarketTrades, product, Some(update));
            }
            self.pending[product].clear();
        }
    }

    fn snapshot(&self, channel: Channel, product: usize, market: &Market) -> Option<Frame> {
        let (desk, time) = (&market.desks()[product], market.time());
        match channel {
            Channel::Level2 => Some(frame::book_snapshot(desk, time)),
            Channel::MarketTrades => {
                // What is still collected comes with the next update.
                let known =
                    desk.trades().len() - self.pending[product].len().min(desk.trades().len());
                let newest_first = desk.trades().range(..known).rev().take(SNAPSHOT_TRADES);
                Some(frame::trades(desk, time, true, newest_first))
            }
            Channel::Ticker => frame::ticker(desk, time, true),
            Channel::Heartbeats => None,
        }
    }

    fn wanted(&self, channel: Channel, product: usize) -> bool {
        self.lines.wanted(&(channel, product))
    }

    fn broadcast(&mut self, channel: Channel, product: usize, frame: Option<Frame>) {
        if let Some(frame) = frame {
            self.lines.broadcast(&(channel, product), frame);
        }
    }
}

fn find_products(wish: &Wish, market: &Market) -> Result<Vec<usize>, String> {
    if wish.channel == Channel::Heartbeats {
        return Ok(vec![0]);
    }
    if wish.products.is_empty() {
        return Err("product_ids is required".to_owned());
    }
    wish.products
        .iter()
        .map(|product| {
            market
                .find(product)
                .ok_or_else(|| format!("{product} is not a valid product"))
        })
        .collect()
}

fn acknowledge(wants: &BTreeSet<(Channel, usize)>, market: &Market) -> Frame {
    let mut wanted: Vec<(Channel, Vec<&str>)> = Vec::new();
    for &(channel, product) in wants {
        let name = match channel {
            Channel::Heartbeats => "heartbeats",
            _ => market.desks()[product].listing().symbol,
        };
        match wanted.last_mut() {
            Some((last, products)) if *last == channel => products.push(name),
            _ => wanted.push((channel, vec![name])),
        }
    }
    frame::subscriptions(market.time(), &wanted)
}
