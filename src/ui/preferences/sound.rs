//! Sound: one for the whole page, as loud as is preferred, and what is said where the browser
//! blocks it. That stands in the bar below the panels, so that it covers no price.

use leptos::prelude::*;

use super::Preferences;
use crate::browser::{self, Sound};

/// How often it is looked after whether the browser blocks it, milliseconds.
const LOOK_MS: u32 = 500;

/// The page's sound; cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct PageSound {
    sound: StoredValue<Sound, LocalStorage>,
    /// Whether a click is needed before anything is heard.
    pub is_blocked: RwSignal<bool>,
}

impl PageSound {
    /// Silent.
    pub(super) fn new() -> Self {
        Self {
            sound: StoredValue::new_local(Sound::new()),
            is_blocked: RwSignal::new(false),
        }
    }

    /// Within a click, asks the browser to allow sound.
    pub fn allow(self) {
        self.with(Sound::wake);
        self.look();
    }

    fn with(self, action: impl FnOnce(&Sound)) {
        // Nothing sounds once the page is taken down.
        let _ = self.sound.try_with_value(action);
    }

    fn look(self) {
        let blocked = self.sound.try_with_value(Sound::is_blocked);
        let shown = self.is_blocked.try_get_untracked();
        if let Some((blocked, shown)) = blocked.zip(shown)
            && blocked != shown
        {
            self.is_blocked.set(blocked);
        }
    }
}

impl Preferences {
    /// Wakes the sound while it is wanted, and watches whether the browser lets it be heard.
    pub(super) fn watch_sound(self) {
        let sound = self.sound;
        Effect::new(move || {
            if !self.sounds.get() {
                sound.with(Sound::sleep);
                sound.look();
                return;
            }
            sound.allow();
            let guard = browser::every(LOOK_MS, move || sound.look());
            let held = StoredValue::new_local(Some(guard));
            on_cleanup(move || {
                let _ = held.try_update_value(Option::take);
            });
        });
    }

    /// Plays a tone, where sounds are wanted.
    pub fn play(self, hertz: f32, seconds: f64) {
        if self.sounds.get_untracked() {
            let loudness = self.volume.get_untracked() as f32 / 100.0;
            self.sound
                .with(|sound| sound.play(hertz, seconds, loudness));
        }
    }
}

/// Says that the browser plays nothing yet, which a click changes.
#[component]
pub fn SoundNotice() -> impl IntoView {
    let sound = Preferences::expect().sound;
    view! {
        <Show when=move || sound.is_blocked.get()>
            <span class="flex items-center gap-1 text-warning" role="status" data-testid="sound-blocked">
                <span class="max-md:sr-only">"The browser blocks sound"</span>
                <button
                    class="cursor-pointer rounded px-1.5 text-accent hover:bg-hover"
                    data-testid="allow-sound"
                    on:click=move |_| sound.allow()
                >
                    "Allow sound"
                </button>
            </span>
        </Show>
    }
}
