//! The page around the components: clock, zone, theme, visibility, what the browser keeps.

use leptos::html::Span;
use leptos::prelude::{GetUntracked, NodeRef};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, EventTarget, VisibilityState};

use super::frame::Guard;

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Unix milliseconds on the reader's clock.
#[must_use]
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// Milliseconds since the page was opened, unmoved by changes of the time of day.
#[must_use]
pub fn page_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// Minutes that the reader's zone is ahead of UTC at an instant, daylight saving included.
#[must_use]
pub fn zone_offset_minutes(at_ms: f64) -> i32 {
    -(js_sys::Date::new(&JsValue::from_f64(at_ms)).get_timezone_offset() as i32)
}

/// A custom property of the page's theme, such as `--up`; empty where there is none.
#[must_use]
pub fn theme_color(name: &str) -> String {
    let value = web_sys::window().and_then(|window| {
        let root = window.document()?.document_element()?;
        let style = window.get_computed_style(&root).ok()??;
        style.get_property_value(name).ok()
    });
    value.unwrap_or_default().trim().to_owned()
}

/// Sets the theme: `dark`, `light`, or `auto` for the system's.
pub fn set_theme(name: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // Fails only for names that no attribute can have.
        let _ = root.set_attribute("data-theme", name);
    }
}

/// Whether the reader wants no motion.
#[must_use]
pub fn reduced_motion() -> bool {
    media_matches("(prefers-reduced-motion: reduce)")
}

fn media_matches(query: &str) -> bool {
    web_sys::window()
        .and_then(|window| window.match_media(query).ok()?)
        .is_some_and(|list| list.matches())
}

/// Whether the page is shown rather than in a tab behind.
#[must_use]
pub fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Calls `changed` with whether the page is shown, whenever that changes.
#[must_use]
pub fn on_visibility(mut changed: impl FnMut(bool) + 'static) -> Guard {
    let target = document().map(EventTarget::from);
    listen(target, "visibilitychange", move || changed(is_visible()))
}

/// Calls `changed` whenever the system goes from dark to light or back.
#[must_use]
pub fn on_theme_change(changed: impl FnMut() + 'static) -> Guard {
    let list = web_sys::window()
        .and_then(|window| window.match_media("(prefers-color-scheme: light)").ok()?);
    listen(list.map(EventTarget::from), "change", changed)
}

fn listen(
    target: Option<EventTarget>,
    kind: &'static str,
    action: impl FnMut() + 'static,
) -> Guard {
    let callback = Closure::<dyn FnMut()>::new(action);
    if let Some(target) = &target {
        // Fails only for listeners that are no functions.
        let _ = target.add_event_listener_with_callback(kind, callback.as_ref().unchecked_ref());
    }
    Guard::new(move || {
        if let Some(target) = target {
            let function = callback.as_ref().unchecked_ref();
            let _ = target.remove_event_listener_with_callback(kind, function);
        }
    })
}

/// A random number from 0 to 1, for jitter.
#[must_use]
pub fn random() -> f64 {
    js_sys::Math::random()
}

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What the browser keeps under a key; `None` also where it keeps nothing for this page.
#[must_use]
pub fn stored(key: &str) -> Option<String> {
    local_storage()?.get_item(key).ok()?
}

/// Asks the browser to keep a value; a private window may refuse, and the page works without.
pub fn store(key: &str, value: &str) {
    if let Some(storage) = local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Writes a text and its tone (`data-tone`: `up`, `down` or empty) into an element, once it is in
/// the page.
pub fn write_text(node: &NodeRef<Span>, text: &str, tone: &str) {
    if let Some(element) = node.get_untracked() {
        element.set_text_content(Some(text));
        // Fails only for names that no attribute can have.
        let _ = element.set_attribute("data-tone", tone);
    }
}

/// Sets the window's title.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}
