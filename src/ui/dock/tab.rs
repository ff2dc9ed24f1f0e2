//! One tab: shows its panel when it is pressed, follows the pointer when it is dragged.

use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html::Button;
use leptos::prelude::*;
use tradesuite_core::dock::{Edit, PanelId, Side};

use crate::browser;
use crate::ui::dock::keys::go_to;
use crate::ui::dock::state::DockState;

/// The middle button of a mouse, which closes.
const MIDDLE: i16 = 1;

/// A tab.
#[component]
pub fn Tab(
    /// Its panel.
    panel: PanelId,
    /// Place of its group in the geometry.
    group: usize,
) -> impl IntoView {
    let state = DockState::expect();
    let workspace = state.workspace;
    let node = NodeRef::<Button>::new();
    let is_active = Memo::new(move |_| {
        state
            .group(group)
            .is_some_and(|group| group.active == panel)
    });
    let show = move || {
        workspace.edit(&Edit::Activate(panel));
        workspace.focus(panel);
    };
    let press = move |event: PointerEvent| {
        if event.button() == 0 {
            browser::capture_pointer(node, event.pointer_id());
            state.press(panel, (event.client_x(), event.client_y()));
        }
    };
    // The arrows go from tab to tab, as in every list of tabs.
    let step = move |event: KeyboardEvent| {
        if event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let Some(tabs) = state.group(group).map(|group| group.tabs) else {
            return;
        };
        let Some(at) = tabs.iter().position(|tab| *tab == panel) else {
            return;
        };
        let to = match event.key().as_str() {
            "ArrowLeft" => at.checked_sub(1),
            "ArrowRight" => Some(at + 1),
            "Home" => Some(0),
            "End" => Some(tabs.len() - 1),
            "Delete" => {
                close(state, panel);
                None
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = to.and_then(|to| tabs.get(to)) {
            workspace.edit(&Edit::Activate(*next));
            go_to(state, *next);
        }
    };
    let title = move || workspace.title_of(panel);
    view! {
        <button
            node_ref=node
            id=format!("tab-{panel}")
            class="relative flex shrink-0 cursor-pointer touch-none items-center px-3 text-[12px] text-text-2 first:rounded-tl-md hover:bg-hover hover:text-text-1 aria-selected:font-medium aria-selected:text-text-1 aria-selected:after:absolute aria-selected:after:inset-x-2 aria-selected:after:bottom-0 aria-selected:after:h-[2px] aria-selected:after:bg-line-strong aria-selected:after:content-[''] group-data-[focused=true]/header:aria-selected:after:bg-accent"
            class=("opacity-40", move || state.dragged() == Some(panel))
            role="tab"
            aria-selected=move || is_active.get().to_string()
            aria-controls=format!("panel-{panel}")
            tabindex=move || if is_active.get() { "0" } else { "-1" }
            data-testid="tab"
            data-tab=panel.to_string()
            on:pointerdown=press
            on:pointermove=move |event: PointerEvent| state.drag_to((event.client_x(), event.client_y()))
            on:pointerup=move |_| state.drop_tab()
            on:pointercancel=move |_| state.cancel()
            // After `pointerup` there is nothing left to cancel.
            on:lostpointercapture=move |_| state.cancel()
            on:click=move |_| show()
            on:auxclick=move |event: MouseEvent| {
                if event.button() == MIDDLE {
                    event.prevent_default();
                    close(state, panel);
                }
            }
            on:keydown=step
        >
            {title}
        </button>
    }
}

/// Closes a panel. What shows in its place has the keyboard then, else a neighbour.
pub fn close(state: DockState, panel: PanelId) {
    let (tabs, beside) = state.geometry.with_untracked(|geometry| {
        let group = geometry.group_of(panel);
        let tabs = group.map_or_else(Vec::new, |group| group.tabs.clone());
        let mut sides = Side::ALL.iter();
        let beside = sides.find_map(|(_, side)| geometry.neighbour(panel, *side));
        (tabs, beside)
    });
    state.workspace.edit(&Edit::Close(panel));
    let next = state.geometry.with_untracked(|geometry| {
        let mut left = tabs.iter().filter(|tab| **tab != panel);
        left.find_map(|tab| Some(geometry.group_of(*tab)?.active))
            .or(beside)
            .filter(|_| geometry.group_of(panel).is_none())
    });
    if let Some(next) = next {
        go_to(state, next);
    }
}
