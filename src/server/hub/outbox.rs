//! One listener's queue. It is bounded: of a topic that is read too slowly all messages are taken
//! out, and the topic begins anew with a snapshot once the listener has read everything else.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tradesuite_core::protocol::Topic;

use super::frame::Frame;

/// How much a queue holds.
#[derive(Clone, Copy, Debug)]
pub struct OutboxLimits {
    /// Messages of one topic whose newest state is all that matters (book, candles, ticker).
    pub states: usize,
    /// Messages of one topic of which each matters (trades).
    pub events: usize,
    /// Messages of all topics together.
    pub total: usize,
}

impl Default for OutboxLimits {
    fn default() -> Self {
        Self {
            states: 8,
            events: 64,
            total: 512,
        }
    }
}

/// One listener's queue; filled by the hub, emptied by the listener's own task.
pub struct Outbox {
    limits: OutboxLimits,
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Arc<Frame>>,
    topics: HashMap<Topic, Pending>,
    closed: bool,
}

enum Pending {
    /// A snapshot was asked for: nothing is queued before it.
    Awaited,
    /// That many messages are queued.
    Flowing(usize),
    /// Messages were taken out: a snapshot has to be asked for.
    Cut,
}

/// What a listener's task gets.
#[derive(Debug)]
pub enum Delivery {
    /// The next message.
    Frame(Arc<Frame>),
    /// Everything is read, and these topics were cut: they have to be joined again.
    Cut(Vec<Topic>),
}

impl Outbox {
    /// An empty queue that no topic is expected in.
    #[must_use]
    pub fn new(limits: OutboxLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            state: Mutex::default(),
            wake: Notify::new(),
        })
    }

    /// Lets messages of a topic in. Returns whether it was not expected before.
    pub fn expect(&self, topic: &Topic) -> bool {
        let mut state = self.lock();
        let new = !state.topics.contains_key(topic);
        state
            .topics
            .entry(topic.clone())
            .or_insert(Pending::Awaited);
        new
    }

    /// Takes a topic's messages out and lets none in.
    pub fn forget(&self, topic: &Topic) {
        let mut state = self.lock();
        state.topics.remove(topic);
        state.queue.retain(|frame| frame.message().topic != *topic);
    }

    /// Lets nothing in any more; whoever still holds this drops it at the next message.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.queue.clear();
        drop(state);
        self.wake.notify_one();
    }

    /// Queues a message, or cuts its topic where there is no room. Returns whether the listener is
    /// still there.
    pub(super) fn push(&self, frame: &Arc<Frame>) -> bool {
        let mut state = self.lock();
        let state = &mut *state;
        if state.closed {
            return false;
        }
        let topic = &frame.message().topic;
        let Some(pending) = state.topics.get_mut(topic) else {
            return true;
        };
        let Pending::Flowing(queued) = pending else {
            return true;
        };
        let room = match topic {
            Topic::Trades(_) | Topic::Alerts => self.limits.events,
            _ => self.limits.states,
        };
        if *queued >= room || state.queue.len() >= self.limits.total {
            *pending = Pending::Cut;
            state
                .queue
                .retain(|queued| queued.message().topic != *topic);
        } else {
            *queued += 1;
            state.queue.push_back(Arc::clone(frame));
        }
        self.wake.notify_one();
        true
    }

    /// Queues a snapshot; it replaces what is queued of its topic.
    pub(super) fn greet(&self, frame: &Arc<Frame>) {
        let mut state = self.lock();
        let state = &mut *state;
        let topic = &frame.message().topic;
        if let Some(pending) = state.topics.get_mut(topic) {
            *pending = Pending::Flowing(1);
            state
                .queue
                .retain(|queued| queued.message().topic != *topic);
            state.queue.push_back(Arc::clone(frame));
            self.wake.notify_one();
        }
    }

    /// Waits for something to do; `None` once closed. Only one task may wait at a time.
    pub async fn next(&self) -> Option<Delivery> {
        loop {
            {
                let mut state = self.lock();
                let state = &mut *state;
                if state.closed {
                    return None;
                }
                if let Some(frame) = state.queue.pop_front() {
                    if let Some(Pending::Flowing(queued)) =
                        state.topics.get_mut(&frame.message().topic)
                    {
                        *queued = queued.saturating_sub(1);
                    }
                    return Some(Delivery::Frame(frame));
                }
                let mut cut = Vec::new();
                for (topic, pending) in &mut state.topics {
                    if matches!(pending, Pending::Cut) {
                        *pending = Pending::Awaited;
                        cut.push(topic.clone());
                    }
                }
                if !cut.is_empty() {
                    return Some(Delivery::Cut(cut));
                }
            }
            self.wake.notified().await;
        }
    }

    /// A holder that panicked left a whole queue behind.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
