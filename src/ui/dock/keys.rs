//! The keys of the dock. One table: it is obeyed here and listed in the help.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use tradesuite_core::dock::{Edit, Landing, PanelId, Place, Side};

use crate::browser;
use crate::ui::dock::popped::pop_out;
use crate::ui::dock::state::DockState;
use crate::ui::dock::tab::close;

/// How far a key makes a group larger, CSS pixels.
const STEP: i32 = 24;

/// What a key does to the focused panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Focus(Side),
    Move(Side),
    Grow(Side),
    NextTab(bool),
    Maximise,
    PopOut,
    Close,
    Reopen,
    Undo,
    Redo,
}

/// A key with Alt, and what it does.
#[derive(Clone, Copy, Debug)]
pub struct DockKey {
    /// [`KeyboardEvent::code`]: the place of the key, whatever Alt makes of its letter.
    code: &'static str,
    shift: bool,
    ctrl: bool,
    /// For the help.
    pub keys: &'static str,
    /// For the help.
    pub label: &'static str,
    action: Action,
}

const fn key(
    code: &'static str,
    (shift, ctrl): (bool, bool),
    keys: &'static str,
    label: &'static str,
    action: Action,
) -> DockKey {
    DockKey {
        code,
        shift,
        ctrl,
        keys,
        label,
        action,
    }
}

const PLAIN: (bool, bool) = (false, false);
const SHIFT: (bool, bool) = (true, false);
const CTRL: (bool, bool) = (false, true);

/// Every key.
pub static DOCK_KEYS: &[DockKey] = &[
    key(
        "ArrowLeft",
        PLAIN,
        "Alt ←",
        "Panel at the left",
        Action::Focus(Side::Left),
    ),
    key(
        "ArrowRight",
        PLAIN,
        "Alt →",
        "Panel at the right",
        Action::Focus(Side::Right),
    ),
    key(
        "ArrowUp",
        PLAIN,
        "Alt ↑",
        "Panel above",
        Action::Focus(Side::Top),
    ),
    key(
        "ArrowDown",
        PLAIN,
        "Alt ↓",
        "Panel below",
        Action::Focus(Side::Bottom),
    ),
    key(
        "ArrowLeft",
        SHIFT,
        "Alt Shift ←",
        "Move the panel to the left",
        Action::Move(Side::Left),
    ),
    key(
        "ArrowRight",
        SHIFT,
        "Alt Shift →",
        "Move the panel to the right",
        Action::Move(Side::Right),
    ),
    key(
        "ArrowUp",
        SHIFT,
        "Alt Shift ↑",
        "Move the panel up",
        Action::Move(Side::Top),
    ),
    key(
        "ArrowDown",
        SHIFT,
        "Alt Shift ↓",
        "Move the panel down",
        Action::Move(Side::Bottom),
    ),
    key(
        "ArrowLeft",
        CTRL,
        "Ctrl Alt ←",
        "Larger to the left",
        Action::Grow(Side::Left),
    ),
    key(
        "ArrowRight",
        CTRL,
        "Ctrl Alt →",
        "Larger to the right",
        Action::Grow(Side::Right),
    ),
    key(
        "ArrowUp",
        CTRL,
        "Ctrl Alt ↑",
        "Larger upwards",
        Action::Grow(Side::Top),
    ),
    key(
        "ArrowDown",
        CTRL,
        "Ctrl Alt ↓",
        "Larger downwards",
        Action::Grow(Side::Bottom),
    ),
    key(
        "PageUp",
        PLAIN,
        "Alt PageUp",
        "Tab before",
        Action::NextTab(false),
    ),
    key(
        "PageDown",
        PLAIN,
        "Alt PageDown",
        "Tab after",
        Action::NextTab(true),
    ),
    key(
        "Enter",
        PLAIN,
        "Alt Enter",
        "Maximise or restore",
        Action::Maximise,
    ),
    key(
        "KeyO",
        SHIFT,
        "Alt Shift O",
        "Pop the panel out into a window of its own, and back from there",
        Action::PopOut,
    ),
    key("KeyW", PLAIN, "Alt W", "Close the panel", Action::Close),
    key(
        "KeyT",
        SHIFT,
        "Alt Shift T",
        "Open what was closed",
        Action::Reopen,
    ),
    key(
        "KeyZ",
        PLAIN,
        "Alt Z",
        "Undo a change of the layout",
        Action::Undo,
    ),
    key(
        "KeyZ",
        SHIFT,
        "Alt Shift Z",
        "Redo a change of the layout",
        Action::Redo,
    ),
];

/// Obeys a key, if it is one of the dock's.
pub fn on_key(state: DockState, event: &KeyboardEvent) {
    if event.key() == "Escape" && state.is_dragging() {
        state.cancel();
        return;
    }
    if !event.alt_key() || event.meta_key() {
        return;
    }
    let (code, shift, ctrl) = (event.code(), event.shift_key(), event.ctrl_key());
    let found = DOCK_KEYS
        .iter()
        .find(|key| key.code == code && key.shift == shift && key.ctrl == ctrl);
    if let Some(key) = found {
        event.prevent_default();
        event.stop_propagation();
        run(state, key);
    }
}

/// Does what a key does.
pub fn run(state: DockState, key: &DockKey) {
    obey(state, key.action);
}

fn obey(state: DockState, action: Action) {
    let workspace = state.workspace;
    match action {
        Action::Reopen => return workspace.edit(&Edit::Reopen),
        Action::Undo => return workspace.undo(),
        Action::Redo => return workspace.redo(),
        _ => {}
    }
    let geometry = state.geometry.get_untracked();
    let focused = workspace.focused.get_untracked();
    let first = || geometry.groups.first().map(|group| group.active);
    let Some(panel) = focused
        .filter(|panel| geometry.group_of(*panel).is_some())
        .or_else(first)
    else {
        return;
    };
    match action {
        Action::Focus(side) => {
            if let Some(next) = geometry.neighbour(panel, side) {
                go_to(state, next);
            }
        }
        Action::Move(side) => {
            let landing = workspace.with_layout(|layout| {
                let past = |group| Place::Beside { group, side };
                let places = [
                    // Out of its row of tabs first, then past its neighbour, then to the edge.
                    is_tabbed(state, panel).then_some(past(panel)),
                    geometry.neighbour(panel, side).map(past),
                    Some(Place::Edge(side)),
                ];
                let mut places = places.into_iter().flatten();
                places.find_map(|place| geometry.landing_at(layout, panel, place))
            });
            if let Some(Landing { place, .. }) = landing {
                workspace.edit(&Edit::Move(panel, place));
                go_to(state, panel);
            }
        }
        Action::Grow(side) => {
            if let Some(drag) = geometry.nudge(panel, side, STEP) {
                workspace.edit(&drag.edit);
            }
        }
        Action::NextTab(forward) => {
            let Some(group) = geometry.group_of(panel) else {
                return;
            };
            let at = group.tabs.iter().position(|tab| *tab == panel).unwrap_or(0);
            let count = group.tabs.len();
            let next = if forward { at + 1 } else { at + count - 1 } % count;
            workspace.edit(&Edit::Activate(group.tabs[next]));
            go_to(state, group.tabs[next]);
        }
        Action::Maximise => {
            let edit = if workspace.is_maximised() {
                Edit::Restore
            } else {
                Edit::Maximise(panel)
            };
            workspace.edit(&edit);
        }
        Action::PopOut => pop_out(state, panel),
        Action::Close => close(state, panel),
        Action::Reopen | Action::Undo | Action::Redo => {}
    }
}

fn is_tabbed(state: DockState, panel: PanelId) -> bool {
    state.geometry.with_untracked(|geometry| {
        geometry
            .group_of(panel)
            .is_some_and(|group| group.tabs.len() > 1)
    })
}

/// Gives a panel the keyboard: its tab, since not every panel takes it.
pub fn go_to(state: DockState, panel: PanelId) {
    state.workspace.focus(panel);
    browser::focus_element(&format!("tab-{panel}"));
}
