//! The channel between windows of this browser, as the page uses it: [`News`] are said and heard,
//! and of crosshairs no more than one a frame. What is done about them is up to whoever listens.

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradesuite_core::dock::{LinkColour, News};
use tradesuite_core::model::UnixMs;

use crate::browser::{Channel, FrameLoop};

/// Name of the channel in the browser.
const CHANNEL: &str = "tradesuite";

type OnCrosshair = Box<dyn FnMut(LinkColour, Option<UnixMs>)>;

/// Crosshairs on their way, by colour.
#[derive(Default)]
struct Crosshairs {
    /// What is to be said in the next frame.
    waiting: BTreeMap<LinkColour, Option<UnixMs>>,
    frames: Option<FrameLoop>,
    heard: Option<OnCrosshair>,
}

/// A handle on the channel; cheap to copy into every component.
#[derive(Clone, Copy)]
pub struct Windows {
    channel: StoredValue<Option<Channel>, LocalStorage>,
    crosshairs: StoredValue<Crosshairs, LocalStorage>,
}

impl std::fmt::Debug for Windows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Windows")
    }
}

impl Windows {
    /// Nothing is said or heard yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            channel: StoredValue::new_local(None),
            crosshairs: StoredValue::new_local(Crosshairs::default()),
        }
    }

    /// Calls `hear` with everything that other windows say from now on.
    pub fn join(self, hear: impl Fn(News) + 'static) {
        let channel = Channel::join(CHANNEL, move |text| match News::read(text) {
            Some(News::Crosshair { colour, time }) => self.show_crosshair(colour, time),
            Some(news) => hear(news),
            None => {}
        });
        self.channel.set_value(channel);
        let frames = FrameLoop::new(move |_| self.send_crosshairs());
        self.crosshairs
            .update_value(|crosshairs| crosshairs.frames = Some(frames));
    }

    /// Says something to the other windows.
    pub fn say(self, news: &News) {
        self.channel.try_with_value(|channel| {
            if let Some((channel, text)) = channel.as_ref().zip(news.to_text()) {
                channel.say(&text);
            }
        });
    }

    /// The crosshair in a chart of this colour stands at another time, or nowhere. Said in the next
    /// frame, the newest of each colour.
    pub fn say_crosshair(self, colour: LinkColour, time: Option<UnixMs>) {
        self.crosshairs.try_update_value(|crosshairs| {
            crosshairs.waiting.insert(colour, time);
            if let Some(frames) = &crosshairs.frames {
                frames.request();
            }
        });
    }

    /// Calls `show` with every crosshair of another window. There is one listener: who keeps the
    /// crosshairs of this one.
    pub fn on_crosshair(self, show: impl FnMut(LinkColour, Option<UnixMs>) + 'static) {
        self.crosshairs
            .try_update_value(|crosshairs| crosshairs.heard = Some(Box::new(show)));
    }

    fn send_crosshairs(self) {
        let waiting = self
            .crosshairs
            .try_update_value(|crosshairs| std::mem::take(&mut crosshairs.waiting));
        for (colour, time) in waiting.unwrap_or_default() {
            self.say(&News::Crosshair { colour, time });
        }
    }

    fn show_crosshair(self, colour: LinkColour, time: Option<UnixMs>) {
        self.crosshairs.try_update_value(|crosshairs| {
            if let Some(show) = &mut crosshairs.heard {
                show(colour, time);
            }
        });
    }
}

impl Default for Windows {
    fn default() -> Self {
        Self::new()
    }
}
