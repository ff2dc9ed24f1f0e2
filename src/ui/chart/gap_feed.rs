//! Where trades are missing, as the chart knows it: when to ask the server, and what for.
//!
//! Gaps are few, so all of what is held are asked for at once: with each page of history, when
//! the exchange's count of them changes, and now and then, because they may be filled. Asks nobody
//! itself.

use tradesuite_core::model::{Gap, UnixMs};

/// Between a gap that is counted and its entry in the ledger, milliseconds.
const WRITTEN_MS: f64 = 1_500.0;
/// Between two questions at the most, milliseconds.
const AGAIN_MS: f64 = 60_000.0;
/// Pause after a failed request, milliseconds.
const RETRY_MS: f64 = 10_000.0;

/// When to ask for gaps.
#[derive(Debug, Default)]
pub struct GapFeed {
    /// Since when they are known; `None` before the first answer.
    known_from: Option<UnixMs>,
    is_asked: bool,
    /// How many the exchange has counted.
    count: Option<u64>,
    /// When they are asked for again, milliseconds.
    due_ms: f64,
}

impl GapFeed {
    /// The exchange has counted so many gaps.
    pub fn counted(&mut self, count: u64, now_ms: f64) {
        let before = self.count.replace(count);
        if before.is_some_and(|before| before != count) {
            self.due_ms = self.due_ms.min(now_ms + WRITTEN_MS);
        }
    }

    /// The server can be reached again: what failed is asked for anew, and what may have changed
    /// meanwhile.
    pub fn reached(&mut self) {
        self.due_ms = 0.0;
    }

    /// Since when to ask for gaps now, where the oldest bar held is of that time.
    pub fn next_request(&mut self, oldest: Option<UnixMs>, now_ms: f64) -> Option<UnixMs> {
        let oldest = oldest.filter(|_| !self.is_asked)?;
        let is_older = self.known_from.is_some_and(|from| oldest < from);
        if !is_older && now_ms < self.due_ms {
            return None;
        }
        self.is_asked = true;
        // What is counted from now on is asked for anew.
        self.due_ms = now_ms + AGAIN_MS;
        Some(oldest)
    }

    /// Takes the answer to a request; gives the gaps to show where there was one.
    pub fn answer<E>(
        &mut self,
        from: UnixMs,
        gaps: Result<Vec<Gap>, E>,
        now_ms: f64,
    ) -> Option<Vec<Gap>> {
        self.is_asked = false;
        let Ok(gaps) = gaps else {
            // Not asked again for an older page at once, either.
            self.due_ms = now_ms + RETRY_MS;
            self.known_from = None;
            return None;
        };
        self.known_from = Some(from);
        Some(gaps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLDEST: Option<UnixMs> = Some(UnixMs(1_000));

    fn answered() -> GapFeed {
        let mut feed = GapFeed::default();
        assert_eq!(feed.next_request(None, 0.0), None, "there is no bar");
        assert_eq!(feed.next_request(OLDEST, 0.0), OLDEST);
        assert_eq!(feed.next_request(OLDEST, 0.0), None, "one at a time");
        assert!(
            feed.answer(UnixMs(1_000), Ok::<_, ()>(Vec::new()), 5.0)
                .is_some()
        );
        feed
    }

    #[test]
    fn gaps_are_asked_for_with_each_page_and_now_and_then() {
        let mut feed = answered();
        assert_eq!(feed.next_request(OLDEST, 10.0), None);
        assert_eq!(
            feed.next_request(Some(UnixMs(500)), 10.0),
            Some(UnixMs(500))
        );
        feed.answer(UnixMs(500), Ok::<_, ()>(Vec::new()), 11.0);
        assert_eq!(feed.next_request(OLDEST, 12.0), None);
        assert_eq!(feed.next_request(OLDEST, 10.0 + AGAIN_MS), OLDEST);
    }

    #[test]
    fn a_new_gap_is_asked_for_once_it_is_written() {
        let mut feed = answered();
        feed.counted(7, 100.0);
        assert_eq!(feed.next_request(OLDEST, 100.0 + WRITTEN_MS), None);
        feed.counted(8, 5_000.0);
        assert_eq!(feed.next_request(OLDEST, 5_000.0), None);
        assert_eq!(feed.next_request(OLDEST, 5_000.0 + WRITTEN_MS), OLDEST);
    }

    #[test]
    fn a_failure_is_tried_again_after_a_pause() {
        let mut feed = answered();
        feed.next_request(Some(UnixMs(1)), 20.0);
        assert_eq!(feed.answer(UnixMs(1), Err("no line"), 30.0), None);
        assert_eq!(feed.next_request(Some(UnixMs(1)), 40.0), None);
        assert_eq!(feed.next_request(OLDEST, 30.0 + RETRY_MS), OLDEST);
    }
}
