//! The page around the components: clock, zone, theme, visibility, what the browser keeps.

use leptos::html::Span;
use leptos::prelude::{GetUntracked, NodeRef};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::js_sys::{Function, Reflect};
use web_sys::{
    Document, EventTarget, ScrollIntoViewOptions, ScrollLogicalPosition, VisibilityState,
};

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

/// Sets a part of the page's look, such as `theme`, as the style sheet knows it (`data-theme`).
pub fn set_look(part: &str, word: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // Fails only for names that no attribute can have.
        let _ = root.set_attribute(&format!("data-{part}"), word);
    }
}

/// Whether the reader wants no motion: as the page's `data-animation` says, else as the system.
#[must_use]
pub fn reduced_motion() -> bool {
    let root = document().and_then(|document| document.document_element());
    let chosen = root.and_then(|root| root.get_attribute("data-animation"));
    match chosen.as_deref() {
        Some("on") => false,
        Some("off") => true,
        _ => media_matches("(prefers-reduced-motion: reduce)"),
    }
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

/// The widest window that is a phone's, as the style sheet's `md` has it.
const NARROW: &str = "(width < 48rem)";

/// Whether the window is as narrow as a phone's.
#[must_use]
pub fn is_narrow() -> bool {
    media_matches(NARROW)
}

/// Calls `changed` with whether the window is narrow, whenever that changes.
#[must_use]
pub fn on_narrow(mut changed: impl FnMut(bool) + 'static) -> Guard {
    let list = web_sys::window().and_then(|window| window.match_media(NARROW).ok()?);
    listen(list.map(EventTarget::from), "change", move || {
        changed(is_narrow());
    })
}

pub(super) fn listen(
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

/// Has the browser forget what it keeps under a key.
pub fn unstore(key: &str) {
    if let Some(storage) = local_storage() {
        // Fails only where nothing is kept at all.
        let _ = storage.remove_item(key);
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

/// Notes the exact value of a figure that is shown in few characters (`data-exact`).
pub fn write_exact(node: &NodeRef<Span>, exact: &str) {
    if let Some(element) = node.get_untracked() {
        // Fails only for names that no attribute can have.
        let _ = element.set_attribute("data-exact", exact);
    }
}

/// The text that a person pastes.
#[must_use]
pub fn pasted_text(event: &web_sys::Event) -> Option<String> {
    let data = Reflect::get(event, &JsValue::from_str("clipboardData")).ok()?;
    let read = Reflect::get(&data, &JsValue::from_str("getData")).ok()?;
    let read: Function = read.dyn_into().ok()?;
    let text = read.call1(&data, &JsValue::from_str("text/plain")).ok()?;
    text.as_string()
}

/// Sets the window's title.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Takes away what the server rendered, before the page is mounted in its place.
pub fn clear_body() {
    if let Some(body) = document().and_then(|document| document.body()) {
        body.set_text_content(None);
    }
}

/// The build of the server that rendered the page (`data-build` of the document).
#[must_use]
pub fn rendered_build() -> Option<String> {
    document()?.document_element()?.get_attribute("data-build")
}

/// Whether words and figures of panels are to be written in the frames that paint them
/// (`data-facts="every"` of the document), as browser tests have it.
#[must_use]
pub fn has_facts_in_frames() -> bool {
    let marked = document()
        .and_then(|document| document.document_element())
        .and_then(|element| element.get_attribute("data-facts"));
    marked.as_deref() == Some("every")
}

/// Says something above everything else, where the page cannot come alive.
pub fn announce(text: &str) {
    let said = document().and_then(|document| {
        let line = document.create_element("p").ok()?;
        line.set_text_content(Some(text));
        line.set_attribute("role", "alert").ok()?;
        line.set_class_name("fixed inset-x-2 top-2 z-50 rounded-md border border-line-strong bg-raised px-3 py-2 leading-5");
        document.body()?.append_child(&line).ok()
    });
    if said.is_none() {
        leptos::logging::error!("{text}");
    }
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // Fails only where the document may not move at all.
        let _ = window.location().reload();
    }
}

/// The query of the page's address, with its question mark; empty where there is none.
#[must_use]
pub fn address_query() -> String {
    let location = web_sys::window().map(|window| window.location());
    location
        .and_then(|location| location.search().ok())
        .unwrap_or_default()
}

/// The path of the page's address.
#[must_use]
pub fn address_path() -> String {
    let location = web_sys::window().map(|window| window.location());
    location
        .and_then(|location| location.pathname().ok())
        .unwrap_or_default()
}

fn history() -> Option<web_sys::History> {
    web_sys::window()?.history().ok()
}

/// Shows another address of this server without loading anything, in the place of the present one.
/// The note stays with it, also when the page is loaded anew.
pub fn replace_address(address: &str, note: &str) {
    if let Some(history) = history() {
        // A browser may refuse when that is done very often; the next change makes up for it.
        let _ = history.replace_state_with_url(&JsValue::from_str(note), "", Some(address));
    }
}

/// The note of [`replace_address`]; `None` where the address came from elsewhere.
#[must_use]
pub fn address_note() -> Option<String> {
    history()?.state().ok()?.as_string()
}

/// Scrolls just as far as it takes to see an element.
pub fn scroll_to(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
