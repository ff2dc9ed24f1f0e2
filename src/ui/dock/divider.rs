//! The line between two parts of the dock: dragged by the pointer, nudged by the keyboard.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;
use tradesuite_core::dock::{Axis, DividerArea, Drag, Geometry};

use crate::browser;
use crate::ui::dock::state::{DockState, style_of};

/// How far a key moves a divider, CSS pixels.
const STEP: i32 = 16;

/// A drag of a divider, by the areas that there were when it began.
#[derive(Clone, Debug)]
struct Hold {
    geometry: Geometry,
    divider: DividerArea,
    /// From the divider's edge to the pointer.
    offset: i32,
}

/// A divider.
#[component]
pub fn DividerView(
    /// Its place in the geometry.
    at: usize,
) -> impl IntoView {
    let state = DockState::expect();
    let node = NodeRef::<Div>::new();
    let hold = StoredValue::new(None::<Hold>);
    let own = Memo::new(move |_| {
        state
            .geometry
            .with(|geometry| geometry.dividers.get(at).cloned())
    });
    let axis = move || own.with(|own| own.as_ref().map_or(Axis::Row, |own| own.axis));
    let style = move || own.with(|own| own.as_ref().map(|own| style_of(own.area)));
    let along = move |event: &PointerEvent| match axis() {
        Axis::Row => event.client_x(),
        Axis::Column => event.client_y(),
    };
    let dragged = move |event: &PointerEvent| -> Option<Drag> {
        hold.with_value(|hold| {
            let hold = hold.as_ref()?;
            let to = along(event) - hold.offset;
            hold.geometry.drag(&hold.divider.divider, to)
        })
    };
    let press = move |event: PointerEvent| {
        let Some(own) = own.get_untracked().filter(|_| event.button() == 0) else {
            return;
        };
        browser::capture_pointer(node, event.pointer_id());
        let offset = along(&event) - own.area.along(own.axis).0;
        hold.set_value(Some(Hold {
            geometry: state.geometry.get_untracked(),
            divider: own,
            offset,
        }));
    };
    let forget = move || {
        hold.set_value(None);
        state.resizing.set(None);
    };
    let follow = move |event: PointerEvent| {
        if let Some(drag) = dragged(&event) {
            state.resizing.set(state.workspace.preview(&drag.edit).ok());
        }
    };
    let let_go = move |event: PointerEvent| {
        let drag = dragged(&event);
        hold.set_value(None);
        if state.resizing.get_untracked().is_some() {
            state.resizing.set(None);
            if let Some(drag) = drag {
                state.workspace.edit(&drag.edit);
            }
        }
    };
    let on_key = move |event: KeyboardEvent| {
        // While the pointer drags the divider, it has the keyboard.
        if event.key() == "Escape" && hold.with_value(Option::is_some) {
            forget();
            return;
        }
        let Some(own) = own.get_untracked() else {
            return;
        };
        let by = match (own.axis, event.key().as_str()) {
            (Axis::Row, "ArrowLeft") | (Axis::Column, "ArrowUp") => -STEP,
            (Axis::Row, "ArrowRight") | (Axis::Column, "ArrowDown") => STEP,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let to = own.area.along(own.axis).0 + by;
        let drag = state
            .geometry
            .with_untracked(|geometry| geometry.drag(&own.divider, to));
        if let Some(drag) = drag {
            state.workspace.edit(&drag.edit);
        }
    };
    let class = move || {
        let shape = match axis() {
            Axis::Row => "cursor-col-resize",
            Axis::Column => "cursor-row-resize",
        };
        format!(
            "absolute z-10 touch-none rounded-sm hover:bg-accent/60 focus-visible:bg-accent {shape} \
             before:absolute before:-inset-[3px] before:content-['']"
        )
    };
    let orientation = move || match axis() {
        Axis::Row => "vertical",
        Axis::Column => "horizontal",
    };
    let (now, least, most) = (
        move || {
            own.with(|own| {
                own.as_ref()
                    .map(|own| own.area.along(own.axis).0.to_string())
            })
        },
        move || own.with(|own| own.as_ref().map(|own| own.range.0.to_string())),
        move || own.with(|own| own.as_ref().map(|own| own.range.1.to_string())),
    );
    view! {
        <div
            node_ref=node
            class=class
            style=style
            role="separator"
            tabindex="0"
            aria-label="Size of the panels at both sides"
            aria-orientation=orientation
            aria-valuenow=now
            aria-valuemin=least
            aria-valuemax=most
            data-testid="divider"
            on:pointerdown=press
            on:pointermove=follow
            on:pointerup=let_go
            on:pointercancel=move |_| forget()
            // After `pointerup` there is nothing left to forget.
            on:lostpointercapture=move |_| forget()
            on:keydown=on_key
        ></div>
    }
}
