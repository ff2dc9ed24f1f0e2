//! When a painted panel says in words and figures what it shows.
//!
//! What screen readers and programs read of a picture costs as much as the picture. So it is
//! written seldom and between two frames, with what is newest then. A document with
//! `data-facts="every"` has it in the frames themselves: a browser test compares what was painted
//! in one and the same frame.

use crate::browser;

/// Words and figures are written at most this often, milliseconds.
const SELDOM_MS: f64 = 500.0;

/// When a panel told last, and whether it tells within its frames. Plain arithmetic.
#[derive(Debug)]
pub struct Telling {
    within_frames: bool,
    interval_ms: f64,
    told_at_ms: f64,
}

impl Telling {
    /// As the document asks for it. Within frames it is told at most every `frames_ms`
    /// milliseconds.
    #[must_use]
    pub fn new(frames_ms: f64) -> Self {
        Self::of(browser::has_facts_in_frames(), frames_ms)
    }

    fn of(within_frames: bool, frames_ms: f64) -> Self {
        Self {
            within_frames,
            interval_ms: if within_frames { frames_ms } else { SELDOM_MS },
            told_at_ms: f64::MIN,
        }
    }

    /// Whether it is told in the frame that paints.
    #[must_use]
    pub fn is_within_frames(&self) -> bool {
        self.within_frames
    }

    /// Milliseconds until it may be told again.
    #[must_use]
    pub fn wait_ms(&self, now_ms: f64) -> f64 {
        (self.told_at_ms + self.interval_ms - now_ms).max(0.0)
    }

    /// It is told now.
    pub fn told(&mut self, now_ms: f64) {
        self.told_at_ms = now_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_seldom_but_where_every_frame_is_asked_for() {
        for (within_frames, now, expected) in [
            (false, 1_000.0, SELDOM_MS),
            (false, 1_100.0, SELDOM_MS - 100.0),
            (false, 1_500.0, 0.0),
            (false, 9_000.0, 0.0),
            (true, 1_000.0, 50.0),
            (true, 1_050.0, 0.0),
        ] {
            let mut telling = Telling::of(within_frames, 50.0);
            assert_eq!(telling.wait_ms(1_000.0), 0.0, "nothing was told yet");
            telling.told(1_000.0);
            assert_eq!(telling.wait_ms(now), expected, "{within_frames} at {now}");
        }
    }
}
