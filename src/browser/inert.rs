//! The seam on the server: every function of `live`, doing nothing.

use leptos::html::{Canvas, ElementType, Input, Span};
use leptos::prelude::NodeRef;
use leptos::web_sys::Event;

use super::types::{Align, Axes, Font, PickedFile, Rect, SocketEvent, SurfaceSize};

/// A canvas that is not there.
#[derive(Clone, Debug)]
pub struct Surface;

impl Surface {
    /// No canvas.
    #[must_use]
    pub fn of(_node: &NodeRef<Canvas>) -> Option<Self> {
        None
    }

    /// Empty.
    #[must_use]
    pub fn fit(&self) -> SurfaceSize {
        SurfaceSize::default()
    }

    /// Nothing.
    pub fn clear(&self) {}

    /// Nothing.
    pub fn fill_rects(&self, _color: &str, _opacity: f64, _rects: &[Rect]) {}

    /// Nothing.
    pub fn text(&self, _text: &str, _at: (f64, f64), _align: Align, _font: Font, _color: &str) {}

    /// No width.
    #[must_use]
    pub fn text_width(&self, _text: &str, _font: Font) -> f64 {
        0.0
    }

    /// Nothing.
    pub fn polyline(&self, _points: &[(f64, f64)], _width: f64, _color: &str) {}

    /// Nothing.
    pub fn polygon(&self, _points: impl Iterator<Item = (f64, f64)>, _color: &str, _opacity: f64) {}

    /// Nothing.
    pub fn clipped(&self, _rect: Rect, _paint: impl FnOnce()) {}

    /// Nothing.
    pub fn axes(&self, _axes: &Axes) {}
}

/// A loop that never runs.
#[derive(Clone, Debug)]
pub struct FrameLoop;

impl FrameLoop {
    /// Forgets the painter.
    #[must_use]
    pub fn new(_paint: impl FnMut(f64) + 'static) -> Self {
        Self
    }

    /// Nothing.
    pub fn request(&self) {}

    /// Nothing.
    pub fn stop(&self) {}
}

/// Nothing to undo.
#[derive(Debug)]
pub struct Guard;

/// Never resized.
#[must_use]
pub fn on_resize<E>(_node: NodeRef<E>, _changed: impl FnMut() + 'static) -> Option<Guard>
where
    E: ElementType + 'static,
{
    None
}

/// No pointer.
pub fn capture_pointer<E: ElementType>(_node: NodeRef<E>, _pointer_id: i32) {}

/// No tab.
#[must_use]
pub fn tab_at(_x: i32, _y: i32) -> Option<(u32, bool)> {
    None
}

/// No size.
#[must_use]
pub fn size_of<E: ElementType>(_node: NodeRef<E>) -> (i32, i32) {
    (0, 0)
}

/// No place.
#[must_use]
pub fn origin_of<E: ElementType>(_node: NodeRef<E>) -> (i32, i32) {
    (0, 0)
}

/// No place.
#[must_use]
pub fn place_below<E: ElementType>(_node: NodeRef<E>) -> String {
    String::new()
}

/// Nothing.
pub fn focus_element(_id: &str) {}

/// Remembers nothing.
#[must_use]
pub fn keep_focus() -> Guard {
    Guard
}

/// Nothing.
pub fn move_focus<E: ElementType>(_within: NodeRef<E>, _by: i32) {}

/// Nobody types.
#[must_use]
pub fn is_typing() -> bool {
    false
}

/// Wide.
#[must_use]
pub fn is_narrow() -> bool {
    false
}

/// Never called.
#[must_use]
pub fn on_narrow(_changed: impl FnMut(bool) + 'static) -> Guard {
    Guard
}

/// Never called.
#[must_use]
pub fn every(_ms: u32, _action: impl FnMut() + 'static) -> Guard {
    Guard
}

/// Never called.
#[must_use]
pub fn after(_ms: u32, _action: impl FnOnce() + 'static) -> Guard {
    Guard
}

/// Never called.
#[must_use]
pub fn on_visibility(_changed: impl FnMut(bool) + 'static) -> Guard {
    Guard
}

/// Never called.
#[must_use]
pub fn on_theme_change(_changed: impl FnMut() + 'static) -> Guard {
    Guard
}

/// Never opened.
#[derive(Clone, Debug)]
pub struct Socket;

impl Socket {
    /// Forgets the listener.
    #[must_use]
    pub fn open(_path: &str, _listener: impl FnMut(SocketEvent) + 'static) -> Self {
        Self
    }

    /// Nothing.
    pub fn send(&self, _text: String) {}

    /// Nothing.
    pub fn close(&self) {}
}

/// Never heard.
#[derive(Clone, Debug, Default)]
pub struct Sound;

impl Sound {
    /// Never awake.
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    /// Nothing.
    pub fn wake(&self) {}

    /// Nothing.
    pub fn sleep(&self) {}

    /// There is nothing to block.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        false
    }

    /// Nothing.
    pub fn play(&self, _hertz: f32, _seconds: f64, _loudness: f32) {}
}

/// Unix milliseconds; 0 on the server, where no component may depend on the time.
#[must_use]
pub fn now_ms() -> f64 {
    0.0
}

/// Milliseconds since the page was opened.
#[must_use]
pub fn page_ms() -> f64 {
    0.0
}

/// Minutes that the reader's zone is ahead of UTC at an instant.
#[must_use]
pub fn zone_offset_minutes(_at_ms: f64) -> i32 {
    0
}

/// A custom property of the page's theme, such as `--up`.
#[must_use]
pub fn theme_color(_name: &str) -> String {
    String::new()
}

/// Nothing.
pub fn set_look(_part: &str, _word: &str) {}

/// Whether the reader wants no motion.
#[must_use]
pub fn reduced_motion() -> bool {
    false
}

/// Whether the page is shown.
#[must_use]
pub fn is_visible() -> bool {
    true
}

/// A random number from 0 to 1, for jitter.
#[must_use]
pub fn random() -> f64 {
    0.0
}

/// Nothing kept.
#[must_use]
pub fn stored(_key: &str) -> Option<String> {
    None
}

/// Keeps nothing.
pub fn store(_key: &str, _value: &str) {}

/// Nothing to forget.
pub fn unstore(_key: &str) {}

/// Nothing.
pub fn write_text(_node: &NodeRef<Span>, _text: &str, _tone: &str) {}

/// Nothing.
pub fn write_exact(_node: &NodeRef<Span>, _exact: &str) {}

/// Nothing.
pub fn set_title(_title: &str) {}

/// Nothing pasted.
#[must_use]
pub fn pasted_text(_event: &Event) -> Option<String> {
    None
}

/// No document.
pub fn clear_body() {}

/// No document.
#[must_use]
pub fn rendered_build() -> Option<String> {
    None
}

/// No document.
#[must_use]
pub fn has_facts_in_frames() -> bool {
    false
}

/// Nothing.
pub fn announce(_text: &str) {}

/// Nothing.
pub fn reload() {}

/// No address.
#[must_use]
pub fn address_query() -> String {
    String::new()
}

/// No address.
#[must_use]
pub fn address_path() -> String {
    String::new()
}

/// Nothing.
pub fn replace_address(_address: &str, _note: &str) {}

/// No note.
#[must_use]
pub fn address_note() -> Option<String> {
    None
}

/// Nothing.
pub fn scroll_to(_id: &str) {}

/// Nothing.
pub fn save_csv(_name: &str, _text: &str) {}

/// Nothing.
pub fn save_json(_name: &str, _text: &str) {}

/// No file.
pub fn read_file(_input: NodeRef<Input>, _most: u64, _then: impl FnOnce(PickedFile) + 'static) {}

/// Nothing.
pub fn save_png(
    _name: &str,
    _layers: &[NodeRef<Canvas>],
    _ground: &str,
    _captions: &[(String, (f64, f64))],
    _ink: (&str, f64),
) {
}

/// Never opened.
#[derive(Clone, Debug)]
pub struct OpenedWindow;

impl OpenedWindow {
    /// No window.
    #[must_use]
    pub fn open(_address: &str, _name: &str, _place: (i32, i32, u16, u16)) -> Option<Self> {
        None
    }

    /// There is none.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        true
    }

    /// Nothing.
    pub fn show(&self) {}

    /// Nothing.
    pub fn close(&self) {}
}

/// Nothing.
pub fn close_window() {}

/// Never called.
#[must_use]
pub fn on_leaving(_leaving: impl FnMut() + 'static) -> Guard {
    Guard
}

/// No place.
#[must_use]
pub fn origin_on_screen() -> (i32, i32) {
    (0, 0)
}

/// Never heard.
#[derive(Debug)]
pub struct Channel;

impl Channel {
    /// No channel.
    #[must_use]
    pub fn join(_name: &str, _hear: impl FnMut(&str) + 'static) -> Option<Self> {
        None
    }

    /// Nothing.
    pub fn say(&self, _text: &str) {}
}
