//! How often something is painted that is asked for more often than anybody can read it.

use std::cell::RefCell;
use std::rc::Rc;

use crate::browser::{self, FrameLoop, Guard};

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// Paint.
    Paint,
    /// Come back after so many milliseconds.
    Wait(u32),
    /// Nothing: what is asked for is painted, or is being waited for.
    Rest,
}

/// When to paint. Plain arithmetic; times are those of frames, milliseconds.
#[derive(Debug)]
struct Pace {
    interval_ms: f64,
    painted_at: f64,
    is_wanted: bool,
    is_urgent: bool,
    /// Whether somebody comes back by himself.
    is_waiting: bool,
}

impl Pace {
    /// Paints every `interval_ms` milliseconds at most.
    fn new(interval_ms: f64) -> Self {
        Self {
            interval_ms,
            painted_at: f64::MIN,
            is_wanted: false,
            is_urgent: false,
            is_waiting: false,
        }
    }

    /// Something changed. Says whether a frame is needed: not where one is waited for.
    fn want(&mut self) -> bool {
        self.is_wanted = true;
        !self.is_waiting
    }

    /// Something changed that must be seen in the next frame.
    fn want_now(&mut self) {
        self.is_urgent = true;
    }

    /// The waiting is over. Says whether a frame is needed: an urgent one may have shown all.
    fn come_back(&mut self) -> bool {
        self.is_waiting = false;
        self.is_wanted
    }

    /// There is a frame.
    fn turn(&mut self, at: f64) -> Turn {
        if !self.is_wanted && !self.is_urgent {
            return Turn::Rest;
        }
        let rest_ms = self.interval_ms - (at - self.painted_at);
        if self.is_urgent || rest_ms <= 0.0 {
            self.painted_at = at;
            (self.is_wanted, self.is_urgent) = (false, false);
            return Turn::Paint;
        }
        if self.is_waiting {
            return Turn::Rest;
        }
        self.is_waiting = true;
        // Rounded down, so that the frame that begins just when the interval ends is not missed.
        Turn::Wait(rest_ms as u32)
    }
}

/// Frames at a pace. Cheap to clone into closures.
#[derive(Clone, Debug)]
pub struct PacedFrames {
    frames: FrameLoop,
    pace: Rc<RefCell<Pace>>,
    /// The loop's hold on itself.
    of_itself: Rc<RefCell<Option<FrameLoop>>>,
}

impl PacedFrames {
    /// Calls `paint` with the frame's time, at most every `interval_ms` milliseconds (0: every
    /// frame). It says whether the picture goes on by itself. Whoever makes this stops it.
    #[must_use]
    pub fn new(interval_ms: f64, mut paint: impl FnMut(f64) -> bool + 'static) -> Self {
        let pace = Rc::new(RefCell::new(Pace::new(interval_ms)));
        let of_itself: Rc<RefCell<Option<FrameLoop>>> = Rc::default();
        let (kept, again) = (Rc::clone(&pace), Rc::clone(&of_itself));
        let mut timer: Option<Guard> = None;
        let frames = FrameLoop::new(move |at| {
            let turn = kept.borrow_mut().turn(at);
            match turn {
                Turn::Paint => {
                    if paint(at) && kept.borrow_mut().want() {
                        request(&again);
                    }
                }
                Turn::Wait(rest_ms) => {
                    let (kept, again) = (Rc::clone(&kept), Rc::clone(&again));
                    // No frame until then: a frame that paints nothing costs one all the same.
                    timer.replace(browser::after(rest_ms, move || {
                        if kept.borrow_mut().come_back() {
                            request(&again);
                        }
                    }));
                }
                Turn::Rest => {}
            }
        });
        *of_itself.borrow_mut() = Some(frames.clone());
        Self {
            frames,
            pace,
            of_itself,
        }
    }

    /// Paints in the next frame, or as soon as the interval is over.
    pub fn request(&self) {
        if self.pace.borrow_mut().want() {
            self.frames.request();
        }
    }

    /// Paints in the next frame, whenever it was painted last.
    pub fn request_now(&self) {
        self.pace.borrow_mut().want_now();
        self.frames.request();
    }

    /// Never paints again, and lets go of what it painted from.
    pub fn stop(&self) {
        self.of_itself.borrow_mut().take();
        self.frames.stop();
    }
}

fn request(frames: &RefCell<Option<FrameLoop>>) {
    if let Some(frames) = frames.borrow().as_ref() {
        frames.request();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens to a pace.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        /// Something changed; whether a frame is needed.
        Want(bool),
        WantNow,
        /// The time was waited for; whether a frame is needed.
        ComeBack(bool),
        Frame(f64, Turn),
    }
    use Step::{ComeBack, Frame, Want, WantNow};
    use Turn::{Paint, Rest, Wait};

    fn check(interval_ms: f64, steps: &[Step]) {
        let mut pace = Pace::new(interval_ms);
        for (at, step) in steps.iter().enumerate() {
            match *step {
                Want(expected) => assert_eq!(pace.want(), expected, "{at}: {step:?}"),
                WantNow => pace.want_now(),
                ComeBack(expected) => assert_eq!(pace.come_back(), expected, "{at}: {step:?}"),
                Frame(time, expected) => assert_eq!(pace.turn(time), expected, "{at}: {step:?}"),
            }
        }
    }

    #[test]
    fn the_first_frame_paints_and_the_next_waits_for_the_rest_of_the_interval() {
        check(
            100.0,
            &[
                Want(true),
                Frame(1_000.0, Paint),
                Want(true),
                Frame(1_016.7, Wait(83)),
                // Nobody asks the browser for frames meanwhile.
                Want(false),
                Want(false),
                ComeBack(true),
                Frame(1_100.0, Paint),
                Frame(1_116.7, Rest),
            ],
        );
    }

    #[test]
    fn what_is_urgent_does_not_wait_and_shows_all() {
        check(
            100.0,
            &[
                Want(true),
                Frame(1_000.0, Paint),
                Want(true),
                Frame(1_016.7, Wait(83)),
                WantNow,
                Frame(1_033.3, Paint),
                // Nothing changed since: no second picture of the same.
                ComeBack(false),
                Frame(1_100.0, Rest),
                WantNow,
                Frame(1_116.7, Paint),
                Frame(1_233.3, Rest),
            ],
        );
    }

    #[test]
    fn what_changes_after_an_urgent_frame_has_its_own_interval() {
        check(
            100.0,
            &[
                Want(true),
                Frame(1_000.0, Paint),
                Want(true),
                Frame(1_016.7, Wait(83)),
                WantNow,
                Frame(1_050.0, Paint),
                Want(false),
                ComeBack(true),
                Frame(1_100.0, Wait(50)),
                ComeBack(true),
                Frame(1_150.0, Paint),
            ],
        );
    }

    #[test]
    fn without_an_interval_every_frame_paints() {
        check(
            0.0,
            &[
                Want(true),
                Frame(1_000.0, Paint),
                Want(true),
                Frame(1_000.0, Paint),
                Frame(1_016.7, Rest),
            ],
        );
    }
}
