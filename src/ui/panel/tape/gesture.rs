//! Wheel and drag to pixels, and how a tape glides on after a finger has left it.

/// What a wheel means by a line.
const PX_A_LINE: f64 = 100.0 / 3.0;
/// A glide loses this share of its speed in so many milliseconds: all but 1/e.
const GLIDE_MS: f64 = 325.0;
/// A slower glide has ended, pixels a millisecond.
const REST: f64 = 0.02;
/// A finger that rests for so long before it is lifted throws nothing, milliseconds.
const HOLD_MS: f64 = 60.0;

/// A wheel's turn in pixels, positive towards the reader: to older rows.
#[must_use]
pub fn wheel_px(delta: f64, mode: u32, page_px: f64) -> f64 {
    match mode {
        1 => delta * PX_A_LINE,
        2 => delta * page_px,
        _ => delta,
    }
}

/// The finger or mouse that drags the tape.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hand {
    /// The pointer's number, where it was last and when.
    held: Option<(i32, f64, f64)>,
    /// Pixels a millisecond, positive to older rows.
    speed: f64,
    /// When the glide was last moved on.
    glides_since: Option<f64>,
}

impl Hand {
    /// Comes down. A glide ends.
    pub fn press(&mut self, id: i32, y: f64, now_ms: f64) {
        if self.held.is_none() {
            *self = Self {
                held: Some((id, y, now_ms)),
                ..Self::default()
            };
        }
    }

    /// Moves. Says how far the tape is dragged, positive to older rows.
    pub fn move_to(&mut self, id: i32, y: f64, now_ms: f64) -> f64 {
        match self.held {
            Some((held, before, then)) if held == id => {
                let distance = before - y;
                let speed = distance / (now_ms - then).max(1.0);
                // One event alone says little about the speed.
                self.speed = self.speed * 0.4 + speed * 0.6;
                self.held = Some((id, y, now_ms));
                distance
            }
            _ => 0.0,
        }
    }

    /// Is lifted; the tape glides on if it was thrown and may move by itself.
    pub fn lift(&mut self, id: i32, now_ms: f64, may_glide: bool) {
        if let Some((held, _, then)) = self.held
            && held == id
        {
            self.held = None;
            let is_thrown = may_glide && now_ms - then < HOLD_MS && self.speed.abs() > REST;
            self.glides_since = is_thrown.then_some(now_ms);
        }
    }

    /// Moves the glide on. Says how far; `None` where there is none any more.
    pub fn glide(&mut self, now_ms: f64) -> Option<f64> {
        let since = self.glides_since?;
        let passed = (now_ms - since).max(0.0);
        let rest = (-passed / GLIDE_MS).exp();
        let distance = self.speed * GLIDE_MS * (1.0 - rest);
        self.speed *= rest;
        self.glides_since = (self.speed.abs() > REST).then_some(now_ms.max(since));
        Some(distance)
    }

    /// Ends a glide.
    pub fn stop(&mut self) {
        self.glides_since = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drag_takes_the_rows_along() {
        let mut hand = Hand::default();
        assert_eq!(hand.move_to(1, 100.0, 0.0), 0.0, "not held");
        hand.press(1, 100.0, 0.0);
        hand.press(2, 300.0, 1.0);
        assert_eq!(hand.move_to(1, 80.0, 10.0), 20.0);
        assert_eq!(hand.move_to(2, 0.0, 11.0), 0.0, "another finger");
        assert_eq!(hand.move_to(1, 85.0, 20.0), -5.0);
        hand.lift(1, 500.0, true);
        assert_eq!(hand.glide(510.0), None, "it rested");
    }

    #[test]
    fn a_glide_slows_down_whatever_the_frames() {
        let thrown = || {
            let mut hand = Hand::default();
            hand.press(1, 100.0, 0.0);
            for at in 1..6 {
                hand.move_to(1, 100.0 - 20.0 * f64::from(at), 16.0 * f64::from(at));
            }
            hand.lift(1, 81.0, true);
            hand
        };
        let length = |step: f64| {
            let (mut hand, mut at, mut sum) = (thrown(), 81.0, 0.0);
            while let Some(distance) = hand.glide(at) {
                sum += distance;
                at += step;
            }
            sum
        };
        assert!(length(16.0) > 100.0);
        assert!((length(16.0) - length(4.0)).abs() < 8.0);
        let mut still = thrown();
        still.stop();
        assert_eq!(still.glide(90.0), None);
    }

    #[test]
    fn wheels_speak_of_pixels_lines_and_pages() {
        for (delta, mode, expected) in [(100.0, 0, 100.0), (-3.0, 1, -100.0), (1.0, 2, 400.0)] {
            assert!((wheel_px(delta, mode, 400.0) - expected).abs() < 1e-9);
        }
    }
}
