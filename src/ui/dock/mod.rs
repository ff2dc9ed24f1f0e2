//! The panels of the workspace, docked: groups of tabs, dividers between them, what is dragged.
//!
//! | file | what it owns |
//! |---|---|
//! | `state` | areas on the page, what is being dragged, the tools of each panel |
//! | `group` | the header of a group: its tabs, the tools of the one that shows, its menu |
//! | `tab` | one tab: pressed, dragged, reached by the keyboard |
//! | `slot` | the place of a panel that shows |
//! | `divider` | the line between two parts |
//! | `menu` | what can be done with a panel, and which can be added |
//! | `popped` | panels in windows of their own: sending one there, bringing it back |
//! | `settings` | how one panel is set |
//! | `keys` | the keys of the dock |
//! | `phone` | one panel and tabs at the bottom |
//!
//! Which arrangements there are, and where everything then stands, is arithmetic in
//! [`tradesuite_core::dock`]. Here it is drawn: every panel that has shown is one absolutely placed
//! element named by its id and kind, so that it goes on as it is while it is moved, and while
//! another tab of its group is before it.

mod divider;
mod group;
mod keys;
mod menu;
mod phone;
mod popped;
mod settings;
mod slot;
mod state;
mod tab;

pub use keys::{DOCK_KEYS, DockKey, go_to, run};
pub use menu::{LinkDot, LinkMenu};
pub use settings::{PanelSettings, settings_of};
pub use slot::PanelBody;
pub use state::{DockState, HeaderSlot};

use leptos::ev::keydown;
use leptos::html::Div;
use leptos::prelude::*;

use crate::browser;
use crate::ui::dock::divider::DividerView;
use crate::ui::dock::group::GroupHeader;
use crate::ui::dock::menu::AddPanel;
use crate::ui::dock::phone::PhoneDock;
use crate::ui::dock::popped::PoppedOut;
use crate::ui::dock::slot::Slot;
use crate::ui::dock::state::style_of;
use crate::ui::overlay::Overlays;
use crate::ui::workspace::Workspace;

/// The panels, as the window has room for them.
#[component]
pub fn DockView() -> impl IntoView {
    let workspace = Workspace::expect();
    view! {
        <Show when=move || workspace.is_phone.get() fallback=WideDock>
            <PhoneDock />
        </Show>
    }
}

/// Groups and dividers.
#[component]
fn WideDock() -> impl IntoView {
    let workspace = Workspace::expect();
    let ground = NodeRef::<Div>::new();
    let state = DockState::provide(workspace, ground);
    Overlays::expect().has_dock(state);
    Effect::new(move || {
        let guard = browser::on_resize(ground, move || state.measure());
        let held = StoredValue::new_local(guard);
        on_cleanup(move || {
            let _ = held.try_update_value(Option::take);
        });
    });
    // Wherever the keyboard is: after a load, and after what had it was closed, nothing here does.
    Effect::new(move || {
        let listener = window_event_listener(keydown, move |event| keys::on_key(state, &event));
        on_cleanup(move || listener.remove());
    });
    let groups = move || 0..state.geometry.with(|geometry| geometry.groups.len());
    let dividers = move || 0..state.geometry.with(|geometry| geometry.dividers.len());
    let preview = move || state.landing.get().map(|landing| style_of(landing.area));
    let is_empty =
        move || workspace.ready.get() && state.geometry.with(|geometry| geometry.groups.is_empty());
    view! {
            <div
                node_ref=ground
                class="relative mx-1 min-h-0 grow overflow-hidden"
                class=("select-none", move || state.is_dragging())
                data-testid="dock"
            >
                // A panel goes on only as what it is: another workspace gives its id to another kind.
                <For each=move || state.mounted() key=|(panel, kind)| (*panel, kind.id) let((panel, kind))>
                    {view! { <Slot panel kind /> }.into_any()}
                </For>
                <For each=groups key=|at| *at let(at)>
                    {view! { <GroupHeader at /> }.into_any()}
                </For>
                <For each=dividers key=|at| *at let(at)>
                    {view! { <DividerView at /> }.into_any()}
                </For>
                <Show when=move || preview().is_some()>
                    <div
                        class="pointer-events-none absolute z-20 rounded-md border-2 border-accent bg-accent/15 transition-all duration-100"
                        style=move || preview().unwrap_or_default()
                        data-testid="dock-preview"
                    ></div>
                </Show>
                <Show when=is_empty>
                    {view! { <EmptyDock /> }.into_any()}
                </Show>
            </div>
            {view! { <PoppedOut /> }.into_any()}
    }
}

/// What a workspace without a panel shows.
#[component]
fn EmptyDock() -> impl IntoView {
    view! {
        <div class="absolute inset-0 grid place-items-center" data-testid="dock-empty">
            <div class="text-center text-text-2">
                <p class="mb-3">"This workspace has no panel."</p>
                <AddPanel place=None label="Add a panel" />
            </div>
        </div>
    }
}
