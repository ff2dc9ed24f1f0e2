//! Asks for the last 24 hours of each row, a few at a time, once and again after a failure.

use std::collections::VecDeque;

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::model::InstrumentId;
use tradesuite_core::watch::Trend;

use super::rows::Rows;
use crate::api::{PageError, load_candles};
use crate::browser::{self, Guard};
use crate::ui::live::Live;

/// Questions at the same time.
const AT_ONCE: usize = 3;
/// Pause before what failed is asked for again, milliseconds.
const RETRY_MS: u32 = 20_000;

/// Why a row is not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The server knows no such instrument.
    Unknown,
    /// Its past cannot be had, and why.
    Past(String),
}

/// Whose turn it is. Asks nobody itself.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(InstrumentId, RwSignal<Option<Lack>>)>,
    asked: usize,
}

impl Queue {
    fn next(&mut self) -> Option<(InstrumentId, RwSignal<Option<Lack>>)> {
        if self.asked >= AT_ONCE {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.asked += 1;
        Some(next)
    }
}

/// A handle on the questions of one panel; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct History {
    rows: Rows,
    queue: StoredValue<Queue>,
    retry: StoredValue<Vec<Guard>, LocalStorage>,
    live: Live,
}

impl History {
    /// Nothing is asked for yet.
    #[must_use]
    pub fn new(rows: Rows, live: Live) -> Self {
        Self {
            rows,
            queue: StoredValue::new(Queue::default()),
            retry: StoredValue::new_local(Vec::new()),
            live,
        }
    }

    /// Asks for the past of a row when its turn comes; `lack` says what is wrong with it.
    pub fn want(self, id: InstrumentId, lack: RwSignal<Option<Lack>>) {
        let _ = self
            .queue
            .try_update_value(|queue| queue.waiting.push_back((id, lack)));
        self.go_on();
    }

    fn go_on(self) {
        while let Some((id, lack)) = self.queue.try_update_value(Queue::next).flatten() {
            spawn_local(self.ask(id, lack));
        }
    }

    async fn ask(self, id: InstrumentId, lack: RwSignal<Option<Lack>>) {
        // A row that is gone waits for nothing.
        if !lack.is_disposed() {
            let (timeframe, count) = Trend::ASKED;
            let page = load_candles(id.clone(), timeframe, None, count);
            let page = self.live.ask_for_a_while(page).await;
            let found = match page {
                Ok(page) => {
                    let decimals = page.precision.price;
                    self.rows
                        .change_trend(&id, |trend| trend.load(&page.candles, decimals));
                    None
                }
                Err(PageError::NotFound(_)) => Some(Lack::Unknown),
                Err(why) => {
                    self.ask_later(id, lack);
                    Some(Lack::Past(why.to_string()))
                }
            };
            let _ = lack.try_set(found);
        }
        let _ = self.queue.try_update_value(|queue| queue.asked -= 1);
        self.go_on();
    }

    fn ask_later(self, id: InstrumentId, lack: RwSignal<Option<Lack>>) {
        let again = browser::after(RETRY_MS, move || self.want(id, lack));
        let _ = self.retry.try_update_value(|held| held.push(again));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_asked_for_at_a_time() {
        let owner = Owner::new();
        owner.set();
        let mut queue = Queue::default();
        for at in 0..5 {
            let id = format!("a:N{at}-X").parse().expect("an id");
            queue.waiting.push_back((id, RwSignal::new(None)));
        }
        let taken: Vec<_> = std::iter::from_fn(|| queue.next()).collect();
        assert_eq!(taken.len(), AT_ONCE);
        queue.asked -= 1;
        let next = queue.next().map(|(id, _)| id.to_string());
        assert_eq!(next.as_deref(), Some("a:N3-X"));
    }
}
