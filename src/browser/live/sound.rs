//! Tones in the browser, by Web Audio.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::{AudioContext, AudioContextState};

/// How loud the loudest tone begins, of 1.
const LOUDEST: f32 = 0.16;
/// What cannot be heard any more; an exponential never reaches nothing.
const SILENCE: f32 = 0.0001;

/// What plays tones once it is awake. Browsers keep it blocked until a person has clicked.
#[derive(Clone, Debug, Default)]
pub struct Sound(Rc<RefCell<Option<AudioContext>>>);

impl Sound {
    /// Asleep.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes ready to play; within a click it also asks the browser to allow it.
    pub fn wake(&self) {
        let mut context = self.0.borrow_mut();
        if context.is_none() {
            // A machine without sound has none.
            *context = AudioContext::new().ok();
        }
        if let Some(context) = context.as_ref() {
            // The answer comes with the first click; until then the state says that it is blocked.
            let _ = context.resume();
        }
    }

    /// Gives up what plays.
    pub fn sleep(&self) {
        if let Some(context) = self.0.borrow_mut().take() {
            let _ = context.close();
        }
    }

    /// Whether it is awake and the browser does not let it be heard.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        let context = self.0.borrow();
        context
            .as_ref()
            .is_some_and(|context| context.state() == AudioContextState::Suspended)
    }

    /// Plays a tone that dies away, `loudness` from 0 to 1. Nothing where it is blocked: a late tone
    /// would mislead.
    pub fn play(&self, hertz: f32, seconds: f64, loudness: f32) {
        if let Some(context) = self.0.borrow().as_ref()
            && context.state() == AudioContextState::Running
            && loudness > 0.0
        {
            // A tone that cannot be played is no reason to stop the tape.
            let _ = tone(context, hertz, seconds, LOUDEST * loudness);
        }
    }
}

fn tone(context: &AudioContext, hertz: f32, seconds: f64, loudness: f32) -> Result<(), JsValue> {
    let (tone, volume) = (context.create_oscillator()?, context.create_gain()?);
    tone.frequency().set_value(hertz);
    let now = context.current_time();
    volume.gain().set_value_at_time(loudness, now)?;
    let end = now + seconds;
    volume
        .gain()
        .exponential_ramp_to_value_at_time(SILENCE, end)?;
    tone.connect_with_audio_node(&volume)?
        .connect_with_audio_node(&context.destination())?;
    tone.start()?;
    tone.stop_with_when(end)
}
