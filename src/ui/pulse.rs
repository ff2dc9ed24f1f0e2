//! Trades of an instrument, handed to every panel at the same moment, so that all of them say the
//! same last price in every painted frame.
//!
//! There is one subscription an instrument, whoever listens. What comes is gathered and handed
//! over at a beat, between two frames and at most ten times a second: what a person reads must not
//! change faster. Whoever listens paints in the next frame, and nothing in it is older or newer
//! than anywhere else on the page.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use leptos::prelude::*;
use tradesuite_core::model::{InstrumentId, Precision, Price, Side, Trade, UnixMs};
use tradesuite_core::protocol::{Body, Data, Message, Topic};

use crate::browser::{self, Guard};
use crate::ui::live::{Live, Subscription};

/// Least time between two beats, milliseconds.
const BEAT_MS: f64 = 100.0;
/// A beat waits so long for messages that were sent together, milliseconds.
const GATHER_MS: f64 = 4.0;
/// Messages that are gathered at the most: timers of a page that nobody sees hardly run.
const MOST_GATHERED: usize = 256;

/// The newest trade of an instrument, by exchange time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastTrade {
    trade: Trade,
    precision: Precision,
}

impl LastTrade {
    /// When it happened.
    #[must_use]
    pub fn time(&self) -> UnixMs {
        self.trade.time.to_ms()
    }

    /// Who took.
    #[must_use]
    pub fn side(&self) -> Side {
        self.trade.side
    }

    /// Its price and the decimals of that.
    #[must_use]
    pub fn price(&self) -> (Price, u8) {
        (self.trade.price, self.precision.price)
    }

    /// Its price as an exact text, for programs.
    #[must_use]
    pub fn exact_price(&self) -> String {
        let (price, decimals) = self.price();
        price.to_decimal(decimals).to_string()
    }

    /// Its price at other decimals; `None` where it does not fit them.
    #[must_use]
    pub fn price_at(&self, decimals: u8) -> Option<Price> {
        self.trade.price.rescaled(self.precision.price, decimals)
    }
}

/// What a beat brings.
pub struct Beat<'a> {
    /// In order; none where a listener begins between two beats.
    pub messages: &'a [Message],
    /// The last trade after all of them.
    pub last: Option<LastTrade>,
}

/// What was gathered of one instrument. Plain arithmetic.
#[derive(Default)]
struct Gathered {
    messages: Vec<Message>,
    last: Option<LastTrade>,
}

impl Gathered {
    /// What a beat hands over.
    fn take(&mut self) -> (Vec<Message>, Option<LastTrade>) {
        let messages = std::mem::take(&mut self.messages);
        for message in &messages {
            let data = match &message.body {
                Body::Snapshot(Data::Trades(data)) => {
                    self.last = None;
                    data
                }
                Body::Update(Data::Trades(data)) => data,
                _ => continue,
            };
            let newest = data.trades.iter().max_by_key(|trade| trade.key());
            if let Some(trade) = newest
                && (self.last).is_none_or(|last| last.trade.key() <= trade.key())
            {
                self.last = Some(LastTrade {
                    trade: *trade,
                    precision: data.precision,
                });
            }
        }
        (messages, self.last)
    }
}

/// When the next beat is due after something came, milliseconds from now.
fn wait_ms(now_ms: f64, beaten_at_ms: f64) -> f64 {
    (beaten_at_ms + BEAT_MS - now_ms).max(GATHER_MS)
}

type Listener = Rc<RefCell<dyn FnMut(&Beat)>>;

#[derive(Default)]
struct Stream {
    gathered: Gathered,
    listeners: Vec<(u64, Listener)>,
    subscription: Option<Subscription>,
}

struct State {
    streams: HashMap<InstrumentId, Stream>,
    next_listener: u64,
    /// On the page's own clock.
    beaten_at_ms: f64,
    timer: Option<Guard>,
}

/// A handle on the page's beat; cheap to copy into every component.
#[derive(Clone, Copy)]
pub struct Pulse {
    state: StoredValue<Rc<RefCell<State>>, LocalStorage>,
    live: Live,
}

/// Ends listening when it is dropped.
pub struct Listening {
    pulse: Pulse,
    instrument: InstrumentId,
    listener: u64,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let (instrument, listener) = (&self.instrument, self.listener);
        // Dropped outside: its own end reaches for the socket.
        let _ended = self.pulse.with(|state| {
            let stream = state.streams.get_mut(instrument)?;
            stream.listeners.retain(|(id, _)| *id != listener);
            let is_last = stream.listeners.is_empty();
            is_last.then(|| state.streams.remove(instrument))
        });
    }
}

impl Pulse {
    /// Makes the handle and puts it into the context.
    pub fn provide(live: Live) -> Self {
        let state = State {
            streams: HashMap::new(),
            next_listener: 0,
            beaten_at_ms: f64::MIN,
            timer: None,
        };
        let pulse = Self {
            state: StoredValue::new_local(Rc::new(RefCell::new(state))),
            live,
        };
        provide_context(pulse);
        pulse
    }

    /// The page's beat.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// Calls `listener` with the trades of an instrument at every beat that has any, beginning
    /// with a snapshot, until what is returned is dropped.
    #[must_use]
    pub fn listen(
        self,
        instrument: &InstrumentId,
        listener: impl FnMut(&Beat) + 'static,
    ) -> Listening {
        let of = instrument.clone();
        // A subscription of its own for every newcomer brings everybody a snapshot.
        let subscription = self
            .live
            .subscribe(Topic::Trades(of.clone()), move |message| {
                self.gather(&of, message);
            });
        let begun = self.with(|state| {
            state.next_listener += 1;
            let stream = state.streams.entry(instrument.clone()).or_default();
            let listener: (u64, Listener) = (state.next_listener, Rc::new(RefCell::new(listener)));
            stream.listeners.push(listener);
            (
                state.next_listener,
                stream.subscription.replace(subscription),
            )
        });
        let (listener, _replaced) = begun.unwrap_or_default();
        Listening {
            pulse: self,
            instrument: instrument.clone(),
            listener,
        }
    }

    /// `None` once the page is being taken down.
    fn with<T>(self, action: impl FnOnce(&mut State) -> T) -> Option<T> {
        let state = self.state.try_get_value()?;
        let mut state = state.try_borrow_mut().ok()?;
        Some(action(&mut state))
    }

    fn gather(self, instrument: &InstrumentId, message: &Message) {
        let is_full = self.with(|state| {
            let Some(stream) = state.streams.get_mut(instrument) else {
                return false;
            };
            stream.gathered.messages.push(message.clone());
            let is_full = stream.gathered.messages.len() >= MOST_GATHERED;
            if state.timer.is_none() {
                let wait = wait_ms(browser::page_ms(), state.beaten_at_ms);
                state.timer = Some(browser::after(wait as u32, move || self.beat()));
            }
            is_full
        });
        if is_full == Some(true) {
            self.beat();
        }
    }

    /// Hands everything over.
    fn beat(self) {
        let due = self.with(|state| {
            state.timer = None;
            state.beaten_at_ms = browser::page_ms();
            let streams = state.streams.values_mut();
            let busy = streams.filter(|stream| !stream.gathered.messages.is_empty());
            let due = busy.map(|stream| {
                let listeners = stream.listeners.iter().map(|(_, one)| Rc::clone(one));
                (stream.gathered.take(), listeners.collect::<Vec<_>>())
            });
            due.collect::<Vec<_>>()
        });
        for ((messages, last), listeners) in due.unwrap_or_default() {
            let beat = Beat {
                messages: &messages,
                last,
            };
            for listener in listeners {
                if let Ok(mut listener) = listener.try_borrow_mut() {
                    listener(&beat);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Quantity, TradeId, UnixNs};
    use tradesuite_core::protocol::TradeData;

    fn message(given: &[(u64, i64)], decimals: u8, snapshot: bool) -> Message {
        let trade = |&(id, price): &(u64, i64)| Trade {
            id: TradeId(id),
            time: UnixNs(id as i64),
            received: UnixNs(0),
            price: Price(price),
            quantity: Quantity(1),
            side: Side::Buy,
        };
        let data = Data::Trades(TradeData {
            precision: Precision {
                price: decimals,
                quantity: 0,
            },
            trades: given.iter().map(trade).collect(),
        });
        Message {
            topic: Topic::Status,
            seq: 1,
            body: match snapshot {
                true => Body::Snapshot(data),
                false => Body::Update(data),
            },
        }
    }

    #[test]
    fn the_last_trade_is_the_newest_of_all_that_came() {
        let mut gathered = Gathered::default();
        let mut check = |messages: Vec<Message>, expected: Option<i64>| {
            gathered.messages = messages;
            let (_, last) = gathered.take();
            let price = last.and_then(|last| last.price_at(2));
            assert_eq!(price, expected.map(Price));
        };
        check(vec![], None);
        check(vec![message(&[(1, 510)], 2, true)], Some(510));
        check(vec![message(&[(3, 530), (2, 520)], 2, false)], Some(530));
        check(vec![message(&[(2, 520)], 2, false)], Some(530));
        check(
            vec![message(&[(4, 54)], 1, false), message(&[(5, 55)], 1, false)],
            Some(550),
        );
        check(vec![], Some(550));
        check(vec![message(&[], 2, true)], None);
    }

    #[test]
    fn beats_keep_their_distance() {
        for (now, beaten_at, expected) in [
            (1_000.0, f64::MIN, GATHER_MS),
            (1_000.0, 1_000.0, BEAT_MS),
            (1_060.0, 1_000.0, BEAT_MS - 60.0),
            (1_099.0, 1_000.0, GATHER_MS),
            (5_000.0, 1_000.0, GATHER_MS),
        ] {
            assert_eq!(wait_ms(now, beaten_at), expected, "{now} after {beaten_at}");
        }
    }
}
