//! Panels in windows of their own: sending one there, and the line below the dock that lists them,
//! since a window may be behind others, or gone.

use leptos::prelude::*;
use tradesuite_core::dock::{PanelId, Side};

use crate::ui::dock::keys::go_to;
use crate::ui::dock::state::DockState;
use crate::ui::workspace::Workspace;

const BUTTON: &str = "h-5 cursor-pointer rounded border border-line-strong px-1.5 text-text-2 hover:bg-hover hover:text-text-1";

/// Puts a panel into a window of its own. What stands beside it has the keyboard then, should the
/// person come back.
pub fn pop_out(state: DockState, panel: PanelId) {
    let Some(window) = state.on_screen(panel) else {
        return;
    };
    let beside = state.geometry.with_untracked(|geometry| {
        let mut sides = Side::ALL.iter();
        sides.find_map(|(_, side)| geometry.neighbour(panel, *side))
    });
    state.workspace.pop_out(panel, window);
    if let Some(next) = beside {
        let is_out = state
            .geometry
            .with_untracked(|geometry| geometry.group_of(panel).is_none());
        if is_out {
            go_to(state, next);
        }
    }
}

/// The panels that are out; nothing while there are none.
#[component]
pub fn PoppedOut() -> impl IntoView {
    let workspace = Workspace::expect();
    let panels = Memo::new(move |_| workspace.popped_out());
    let row = move |panel: PanelId| {
        let title = move || {
            let title = workspace.title_of(panel);
            let instrument = workspace.shows_instrument(panel);
            match instrument {
                Some(instrument) => format!("{title} {}", instrument.symbol()),
                None => title,
            }
        };
        let show_label = move || match workspace.has_window(panel) {
            true => "Show",
            false => "Open again",
        };
        view! {
            <li class="flex shrink-0 items-center gap-1.5" data-testid="popped" data-popped=panel.to_string()>
                <span class="text-text-1">{title}</span>
                <button
                    class=BUTTON
                    data-testid="show-window"
                    on:click=move |_| workspace.show_window(panel)
                >
                    {show_label}
                </button>
                <button
                    class=BUTTON
                    data-testid="bring-back"
                    on:click=move |_| workspace.bring_back(panel)
                >
                    "Bring back"
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || panels.with(|panels| !panels.is_empty())>
            <div
                class="mx-1 mt-1 flex h-7 shrink-0 items-center gap-3 overflow-x-auto rounded-md border border-line bg-panel px-2 text-[11px] whitespace-nowrap text-text-2"
                data-testid="popped-out"
            >
                <span id="popped-out-label">"In windows of their own:"</span>
                <ul class="flex items-center gap-4" aria-labelledby="popped-out-label">
                    <For each=move || panels.get() key=|panel| *panel let(panel)>
                        {row(panel)}
                    </For>
                </ul>
            </div>
        </Show>
    }
}
