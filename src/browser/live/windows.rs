//! Other windows of this browser: opening one, and the channel on which all of them talk.

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, EventTarget, MessageEvent, Window};

use super::frame::Guard;
use super::page::listen;

/// A window that this one opened.
#[derive(Clone, Debug)]
pub struct OpenedWindow(Window);

impl OpenedWindow {
    /// Opens an address of this server in a window of this name and shows it; one that is open
    /// already under this name loads the address anew. `place` is left, top, width and height on
    /// the screen, CSS pixels. `None` where the browser does not let it be opened.
    #[must_use]
    pub fn open(address: &str, name: &str, place: (i32, i32, u16, u16)) -> Option<Self> {
        let (x, y, width, height) = place;
        let features = format!("popup=1,left={x},top={y},width={width},height={height}");
        let opened = web_sys::window()?
            .open_with_url_and_target_and_features(address, name, &features)
            .ok()??;
        Some(Self(opened))
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.closed().unwrap_or(true)
    }

    /// Brings it to the front.
    pub fn show(&self) {
        // Fails only for a window that is gone.
        let _ = self.0.focus();
    }

    /// Closes it.
    pub fn close(&self) {
        // Fails only for a window that is gone.
        let _ = self.0.close();
    }
}

/// Closes this window; a browser does that only to windows that a page has opened.
pub fn close_window() {
    if let Some(window) = web_sys::window() {
        // Fails only for a window that is gone.
        let _ = window.close();
    }
}

/// Calls `leaving` when this window is being closed, or goes to another address.
#[must_use]
pub fn on_leaving(leaving: impl FnMut() + 'static) -> Guard {
    listen(
        web_sys::window().map(EventTarget::from),
        "pagehide",
        leaving,
    )
}

/// Left and top edge of what this window shows, on the screen, CSS pixels.
#[must_use]
pub fn origin_on_screen() -> (i32, i32) {
    let number = |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64());
    let origin = web_sys::window().and_then(|window| {
        let frame = number(window.outer_height())? - number(window.inner_height())?;
        let (x, y) = (number(window.screen_x())?, number(window.screen_y())?);
        Some((x as i32, (y + frame.max(0.0)) as i32))
    });
    origin.unwrap_or_default()
}

type Heard = Closure<dyn FnMut(MessageEvent)>;

/// A channel that every window of this server's page hears, but for the one that talks. It ends
/// when it is dropped.
#[derive(Debug)]
pub struct Channel {
    channel: BroadcastChannel,
    _heard: Heard,
}

impl Channel {
    /// Joins the channel of a name and calls `hear` with every text on it; `None` where the browser
    /// has none.
    #[must_use]
    pub fn join(name: &str, mut hear: impl FnMut(&str) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let heard = Heard::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                hear(&text);
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Some(Self {
            channel,
            _heard: heard,
        })
    }

    /// Says a text to all the others.
    pub fn say(&self, text: &str) {
        // Fails only for a channel that is closed, or what is no text.
        let _ = self.channel.post_message(&JsValue::from_str(text));
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
