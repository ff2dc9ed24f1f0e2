//! The header of a panel's own window: what it is and looks at, its tools, its link and settings,
//! and the way back. All in one line.

use leptos::html::Div;
use leptos::prelude::*;
use tradesuite_core::dock::{PanelId, PanelKind};

use crate::browser;
use crate::ui::dock::{HeaderSlot, LinkMenu, PanelSettings, settings_of};
use crate::ui::outage::Outage;
use crate::ui::top_bar::InstrumentPicker;
use crate::ui::workspace::Workspace;

const BUTTON: &str = "h-6 shrink-0 cursor-pointer rounded px-1.5 text-[11px] text-text-2 hover:bg-hover hover:text-text-1";

/// The header.
#[component]
pub fn WindowHeader(
    /// Of which panel.
    panel: PanelId,
    /// What it is.
    kind: &'static PanelKind,
    /// Its tools.
    header: HeaderSlot,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let tools = move || header.get().map(|tools| tools.run());
    let root = NodeRef::<Div>::new();
    let is_set = RwSignal::new(false);
    let place = RwSignal::new(String::new());
    let has_settings = !untrack(|| settings_of(workspace, panel)).is_empty();
    let set = move |_| {
        place.set(browser::place_below(root));
        is_set.set(true);
    };
    let looks_at_one = move || workspace.shows_instrument(panel).is_some();
    view! {
        <header class="relative z-10 flex h-9 shrink-0 items-center gap-2 border-b border-line bg-panel px-2">
            <h1 class="shrink-0 text-[12px] font-medium max-sm:hidden">{kind.label}</h1>
            <Show when=looks_at_one>
                <InstrumentPicker />
            </Show>
            <div class="relative flex min-w-0 flex-1 items-center self-stretch">
                <div class="flex min-w-0 flex-1 items-center justify-end-safe gap-1.5 overflow-x-auto overflow-y-hidden text-[11px] text-text-2 [scrollbar-width:none]">
                    {tools}
                </div>
                <Outage />
            </div>
            <LinkMenu panel />
            <div node_ref=root class="shrink-0">
                {has_settings
                    .then(|| {
                        view! {
                            <button class=BUTTON data-testid="settings" on:click=set>
                                "Settings"
                            </button>
                        }
                    })}
                <Show when=move || is_set.get()>
                    <PanelSettings panel place close=move || is_set.set(false) />
                </Show>
            </div>
            <button
                class=BUTTON
                data-testid="put-back"
                title="Back into the workspace (Alt Shift O)"
                on:click=move |_| workspace.put_back()
            >
                "Put back"
            </button>
        </header>
    }
}
