//! Pointers in the browser, and what they are over.

use leptos::html::ElementType;
use leptos::prelude::NodeRef;
use wasm_bindgen::JsCast;

use super::element::element_of;

/// Sends a pointer's events to an element until it is lifted, wherever it goes.
pub fn capture_pointer<E>(node: NodeRef<E>, pointer_id: i32)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    if let Some(element) = element_of(node) {
        // Fails only for a pointer that is gone already.
        let _ = element.set_pointer_capture(pointer_id);
    }
}

/// The tab (`data-tab`) at a point of the window, and whether the point is in its latter half.
#[must_use]
pub fn tab_at(x: i32, y: i32) -> Option<(u32, bool)> {
    let document = web_sys::window()?.document()?;
    let found = document.element_from_point(x as f32, y as f32)?;
    let tab = found.closest("[data-tab]").ok()??;
    let number = tab.get_attribute("data-tab")?.parse().ok()?;
    let area = tab.get_bounding_client_rect();
    Some((number, f64::from(x) > area.left() + area.width() / 2.0))
}
