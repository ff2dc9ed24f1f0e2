//! What is not listened to while nobody looks: books and bars, which begin with how things are when
//! they are listened to again. Trades go on, because they are heard and counted too, and so does
//! what the window's title and the status bar say.

use tradesuite_core::protocol::{Request, Topic};

use super::{Live, Numbering, State};
use crate::browser::{self, Guard};

/// A page is hidden for so long before it sleeps, milliseconds: who goes to another tab for a
/// moment finds it as it was.
const AWAKE_MS: u32 = 10_000;

/// Whether the page sleeps.
#[derive(Default)]
pub(super) struct Sleep {
    is_asleep: bool,
    /// Falls asleep.
    soon: Option<Guard>,
}

impl Sleep {
    /// Whether a topic is not listened to now.
    pub fn lets(&self, topic: &Topic) -> bool {
        self.is_asleep && may_sleep(topic)
    }
}

fn may_sleep(topic: &Topic) -> bool {
    matches!(topic, Topic::Book { .. } | Topic::Candles { .. })
}

impl Live {
    /// The page is hidden, or seen again.
    pub(super) fn on_visibility(self, is_visible: bool) {
        self.with(|state| {
            if is_visible {
                state.wake();
            } else {
                let fall_asleep = move || {
                    self.with(State::fall_asleep);
                };
                state.sleep.soon = Some(browser::after(AWAKE_MS, fall_asleep));
            }
        });
    }
}

impl State {
    fn fall_asleep(&mut self) {
        let topics = self.sleepers();
        self.sleep.soon = None;
        self.sleep.is_asleep = true;
        if !topics.is_empty() {
            self.send(&Request::Unsubscribe { id: None, topics });
        }
    }

    fn wake(&mut self) {
        self.sleep.soon = None;
        if !std::mem::take(&mut self.sleep.is_asleep) {
            return;
        }
        for (topic, entry) in &mut self.topics {
            if may_sleep(topic) {
                entry.numbering = Numbering::default();
            }
        }
        let topics = self.sleepers();
        if !topics.is_empty() {
            self.send(&Request::Subscribe { id: None, topics });
        }
    }

    fn sleepers(&self) -> Vec<String> {
        let topics = self.topics.keys().filter(|topic| may_sleep(topic));
        topics.map(ToString::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_begins_with_a_snapshot_of_everything_sleeps() {
        let topic = |text: &str| text.parse::<Topic>().expect("a topic");
        let mut sleep = Sleep::default();
        for (text, sleeps) in [
            ("book/coinbase:BTC-USD", true),
            ("candles/coinbase:BTC-USD/1m", true),
            ("trades/coinbase:BTC-USD", false),
            ("ticker/coinbase:BTC-USD", false),
            ("status", false),
        ] {
            sleep.is_asleep = false;
            assert!(!sleep.lets(&topic(text)), "{text}");
            sleep.is_asleep = true;
            assert_eq!(sleep.lets(&topic(text)), sleeps, "{text}");
        }
    }
}
