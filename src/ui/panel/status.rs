//! The server, its lines to the venues and its store, as a panel.

use leptos::prelude::*;
use tradesuite_core::dock::PanelKind;

use crate::ui::live::Live;
use crate::ui::panel::{Panel, PanelSpec};
use crate::ui::status_panel::StatusTables;
use crate::ui::workspace::Workspace;

/// The kind.
pub static SPEC: PanelSpec = PanelSpec {
    kind: PanelKind {
        id: "status",
        label: "Status",
        fields: &[],
    },
    view: |_| view! { <StatusView /> }.into_any(),
};

#[component]
fn StatusView() -> impl IntoView {
    let since = Live::expect().lost_at(Workspace::expect().zone);
    let lost = move || since().map(|at| format!("Not connected: this is how it was at {at}."));
    view! {
        <Panel title="Status">
            // Focusable, or it could not be scrolled by keys.
            <div
                class="min-h-0 grow overflow-auto p-3 -outline-offset-2"
                role="region"
                aria-label="Status of the server"
                tabindex="0"
            >
                <p class="pb-2 text-[11px] text-warning empty:hidden" role="status" data-testid="status-note">
                    {lost}
                </p>
                <StatusTables />
            </div>
        </Panel>
    }
}
