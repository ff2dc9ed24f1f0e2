//! The dock of a narrow window: one panel, and the others as tabs at the bottom.

use leptos::prelude::*;
use tradesuite_core::dock::{Panel, PanelId, PanelKind, kind_of};

use crate::ui::dock::slot::PanelBody;
use crate::ui::dock::state::HeaderSlot;
use crate::ui::panel::KINDS;
use crate::ui::workspace::Workspace;

/// One panel and the tabs.
#[component]
pub fn PhoneDock() -> impl IntoView {
    let workspace = Workspace::expect();
    let active = Memo::new(move |_| workspace.phone.with(|phone| named(phone.active()?)));
    let is_active = move |panel| active.get().is_some_and(|(active, _)| active == panel);
    let tabs = move || {
        workspace.phone.with(|phone| {
            let panels = phone.panels().iter();
            panels.filter_map(named).collect::<Vec<_>>()
        })
    };
    view! {
        <div class="flex min-h-0 grow flex-col" data-testid="phone-dock">
            {move || active.get().map(|(panel, kind)| view! { <PhonePanel panel kind /> })}
            <Show when=move || active.with(Option::is_none)>
                <p class="m-auto px-6 text-center text-text-2" data-testid="phone-empty">
                    "This workspace has no panel. The menu at the top right adds one."
                </p>
            </Show>
            <nav class="grid shrink-0 auto-cols-fr grid-flow-col border-t border-line bg-panel" role="tablist" aria-label="Panels">
                <For each=tabs key=|(panel, kind)| (*panel, kind.id) let((panel, kind))>
                    <button
                        class="h-11 min-w-0 cursor-pointer truncate border-t-2 border-transparent px-1 text-text-2 aria-selected:border-accent aria-selected:text-text-1"
                        id=format!("tab-{panel}")
                        role="tab"
                        aria-selected=move || is_active(panel).to_string()
                        aria-controls=format!("panel-{panel}")
                        data-testid=format!("tab-{}", kind.id)
                        on:click=move |_| workspace.show_on_phone(panel)
                    >
                        {kind.label}
                    </button>
                </For>
            </nav>
        </div>
    }
}

/// What an element of a panel is known by.
fn named(panel: &Panel) -> Option<(PanelId, &'static PanelKind)> {
    Some((panel.id, kind_of(&KINDS, &panel.kind)?))
}

#[component]
fn PhonePanel(panel: PanelId, kind: &'static PanelKind) -> impl IntoView {
    let header: HeaderSlot = RwSignal::new(None);
    let tools = move || header.get().map(|tools| tools.run());
    view! {
        <section
            class="flex min-h-0 grow flex-col overflow-hidden bg-panel"
            id=format!("panel-{panel}")
            role="tabpanel"
            aria-labelledby=format!("tab-{panel}")
            data-testid="panel"
            data-panel=panel.to_string()
            data-kind=kind.id
        >
            <header class="flex h-[34px] shrink-0 items-center gap-1.5 overflow-x-auto border-b border-line px-3 text-[11px] text-text-2">
                {tools}
            </header>
            <PanelBody panel kind header />
        </section>
    }
}
