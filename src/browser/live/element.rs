//! Elements of the page: where they are, and which has the keyboard.

use leptos::html::ElementType;
use leptos::prelude::{GetUntracked, NodeRef};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::frame::Guard;

/// What can have the keyboard.
const FOCUSABLE: &str = "button:not([disabled]), input, select, textarea, [tabindex=\"0\"]";
/// What takes text, or chooses by letters.
const FIELDS: &str =
    "input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable=\"\"]";
/// Least distance of a list from the edge of the window, CSS pixels.
const MARGIN: f64 = 4.0;

/// The element behind a node, once it is in the page.
pub(super) fn element_of<E>(node: NodeRef<E>) -> Option<Element>
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    Some(node.get_untracked()?.unchecked_into())
}

/// Width and height of an element in whole CSS pixels.
#[must_use]
pub fn size_of<E>(node: NodeRef<E>) -> (i32, i32)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    element_of(node).map_or((0, 0), |element| {
        (element.client_width(), element.client_height())
    })
}

/// Left and top edge of an element in the window, CSS pixels.
#[must_use]
pub fn origin_of<E>(node: NodeRef<E>) -> (i32, i32)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    element_of(node).map_or((0, 0), |element| {
        let area = element.get_bounding_client_rect();
        (area.left().round() as i32, area.top().round() as i32)
    })
}

/// CSS of a place in the window just below an element, towards the side that has more room.
#[must_use]
pub fn place_below<E>(node: NodeRef<E>) -> String
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    let Some((element, root)) = element_of(node).zip(root()) else {
        return String::new();
    };
    let area = element.get_bounding_client_rect();
    let (width, height) = (
        f64::from(root.client_width()),
        f64::from(root.client_height()),
    );
    let across = if area.left() < width / 2.0 {
        format!("left:{}px", area.left().max(MARGIN))
    } else {
        format!("right:{}px", (width - area.right()).max(MARGIN))
    };
    let down = if area.top() < height / 2.0 {
        format!("top:{}px", area.bottom())
    } else {
        format!("bottom:{}px", height - area.top())
    };
    format!("{across};{down}")
}

fn root() -> Option<Element> {
    web_sys::window()?.document()?.document_element()
}

/// Gives the keyboard to the element of an id, once the page is as it will be.
pub fn focus_element(id: &str) {
    let id = id.to_owned();
    leptos::prelude::request_animation_frame(move || {
        let document = web_sys::window().and_then(|window| window.document());
        if let Some(element) = document.and_then(|document| document.get_element_by_id(&id)) {
            give_focus(element);
        }
    });
}

/// Gives the keyboard to the element that is so many places further among those of a part of the
/// page that can have it; round at the ends.
pub fn move_focus<E>(within: NodeRef<E>, by: i32)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    let Some(list) = element_of(within).and_then(|part| part.query_selector_all(FOCUSABLE).ok())
    else {
        return;
    };
    let elements: Vec<Element> = (0..list.length())
        .filter_map(|at| list.item(at)?.dyn_into().ok())
        .collect();
    let focused = active_element();
    let at = elements
        .iter()
        .position(|held| Some(held) == focused.as_ref());
    let count = elements.len() as i32;
    if count > 0 {
        let next = at.map_or(0, |at| at as i32 + by).rem_euclid(count);
        give_focus(elements[next as usize].clone());
    }
}

/// Gives the keyboard back to what has it now, when it is dropped.
#[must_use]
pub fn keep_focus() -> Guard {
    let held = active_element();
    Guard::new(move || {
        if let Some(element) = held {
            give_focus(element);
        }
    })
}

/// Whether the keyboard is in a field that takes text.
#[must_use]
pub fn is_typing() -> bool {
    active_element().is_some_and(|element| element.matches(FIELDS).unwrap_or_default())
}

fn active_element() -> Option<Element> {
    web_sys::window()?.document()?.active_element()
}

fn give_focus(element: Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        // Fails only for an element that is gone already.
        let _ = element.focus();
    }
}
