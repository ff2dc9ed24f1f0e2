//! What is heard on a line: [`Numbering`] decides what to do with each message, [`Watchdog`] whether
//! the server is still there. Plain arithmetic.

use tradesuite_core::protocol::{Body, Message};

/// A server that says nothing for so long is asked whether it is there, milliseconds; it says how
/// it is doing every second.
const QUIET_MS: f64 = 2_500.0;
/// One that says nothing for so long is not, milliseconds.
const SILENCE_MS: f64 = 5_000.0;
/// How long opening a line may take, milliseconds.
const OPENING_MS: f64 = 10_000.0;

/// What to do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Show it.
    Take,
    /// It belongs to a stretch that a snapshot will replace.
    Skip,
    /// A message is missing: ask for a snapshot.
    Hole,
}

/// The numbering of one topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    last: Option<u64>,
}

impl Numbering {
    /// Judges the next message of the topic.
    pub fn judge(&mut self, message: &Message) -> Verdict {
        match (&message.body, self.last) {
            // Both say how things are whatever came before: the server greets with either.
            (Body::Snapshot(_) | Body::Stale { .. }, _) => {
                self.last = Some(message.seq);
                Verdict::Take
            }
            (_, None) => Verdict::Skip,
            (_, Some(last)) if message.seq == last + 1 => {
                self.last = Some(message.seq);
                Verdict::Take
            }
            (_, Some(last)) if message.seq <= last => Verdict::Skip,
            _ => {
                self.last = None;
                Verdict::Hole
            }
        }
    }
}

/// How long a line has been silent: one to a frozen server stays open.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Watchdog {
    /// When the line is given up, milliseconds; `None` while there is none.
    deadline_ms: Option<f64>,
}

/// What to do about a line's silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Nothing.
    None,
    /// Ask the server whether it is there.
    Ask,
    /// Open another line.
    GiveUp,
}

impl Watchdog {
    /// A line is being opened.
    pub fn opening(&mut self, now_ms: f64) {
        self.deadline_ms = Some(now_ms + OPENING_MS);
    }

    /// The server said something, if only that the line is open.
    pub fn heard(&mut self, now_ms: f64) {
        self.deadline_ms = Some(now_ms + SILENCE_MS);
    }

    /// How long nothing has been heard, milliseconds.
    #[must_use]
    pub fn silent_ms(&self, now_ms: f64) -> f64 {
        let heard_ms = self
            .deadline_ms
            .map_or(now_ms, |deadline| deadline - SILENCE_MS);
        (now_ms - heard_ms).max(0.0)
    }

    /// The line is gone.
    pub fn closed(&mut self) {
        self.deadline_ms = None;
    }

    /// What to do now.
    #[must_use]
    pub fn look(&self, now_ms: f64) -> Alarm {
        match self.deadline_ms {
            Some(deadline) if now_ms >= deadline => Alarm::GiveUp,
            Some(deadline) if now_ms >= deadline - (SILENCE_MS - QUIET_MS) => Alarm::Ask,
            _ => Alarm::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::protocol::{Data, Topic, TradeData};

    fn message(seq: u64, kind: &str) -> Message {
        let data = Data::Trades(TradeData::default());
        Message {
            topic: Topic::Status,
            seq,
            body: match kind {
                "snapshot" => Body::Snapshot(data),
                "update" => Body::Update(data),
                _ => Body::Stale {
                    reason: "the line is cut".to_owned(),
                },
            },
        }
    }

    #[test]
    fn a_silent_line_is_asked_and_then_given_up() {
        let mut watchdog = Watchdog::default();
        assert_eq!(watchdog.look(1e9), Alarm::None, "there is no line");
        watchdog.opening(0.0);
        assert_eq!(watchdog.look(OPENING_MS - 1.0), Alarm::Ask);
        assert_eq!(watchdog.look(OPENING_MS), Alarm::GiveUp);
        watchdog.heard(1_000.0);
        for (after, expected) in [
            (QUIET_MS - 1.0, Alarm::None),
            (QUIET_MS, Alarm::Ask),
            (SILENCE_MS - 1.0, Alarm::Ask),
            (SILENCE_MS, Alarm::GiveUp),
        ] {
            assert_eq!(watchdog.look(1_000.0 + after), expected, "{after} ms");
        }
        watchdog.heard(6_000.0);
        assert_eq!(watchdog.silent_ms(7_500.0), 1_500.0);
        assert_eq!(watchdog.look(6_000.0 + QUIET_MS - 1.0), Alarm::None);
        watchdog.closed();
        assert_eq!(watchdog.look(1e9), Alarm::None);
    }

    fn check(messages: &[(u64, &str, Verdict)]) {
        let mut numbering = Numbering::default();
        for &(seq, kind, expected) in messages {
            let verdict = numbering.judge(&message(seq, kind));
            assert_eq!(verdict, expected, "{kind} {seq}");
        }
    }

    #[test]
    fn a_hole_is_seen_once_and_mended_by_a_snapshot() {
        check(&[
            (4, "update", Verdict::Skip),
            (5, "snapshot", Verdict::Take),
            (6, "update", Verdict::Take),
            (6, "update", Verdict::Skip),
            (8, "update", Verdict::Hole),
            (9, "update", Verdict::Skip),
            (9, "snapshot", Verdict::Take),
            (10, "update", Verdict::Take),
        ]);
    }

    #[test]
    fn a_greeting_may_say_that_nothing_is_true() {
        check(&[
            (7, "stale", Verdict::Take),
            (8, "update", Verdict::Take),
            (10, "update", Verdict::Hole),
            (10, "stale", Verdict::Take),
            (11, "snapshot", Verdict::Take),
            (14, "stale", Verdict::Take),
        ]);
    }
}
