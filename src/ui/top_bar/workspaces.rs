//! The workspaces to choose from, side by side.

use leptos::prelude::*;
use tradesuite_core::dock::READY;

use crate::ui::workspace::Workspace;

/// A button for each ready-made workspace.
#[component]
pub fn WorkspaceBar() -> impl IntoView {
    let workspace = Workspace::expect();
    let buttons = READY.iter().map(|ready| {
        let is_shown = move || workspace.name.with(|name| name.as_str() == ready.name);
        view! {
            <button
                class="h-6 cursor-pointer rounded px-2.5 text-[11px] text-text-2 hover:text-text-1 aria-pressed:bg-hover aria-pressed:text-text-1"
                title=ready.about
                aria-pressed=move || is_shown().to_string()
                data-testid=format!("workspace-{}", ready.name.to_lowercase().replace(' ', "-"))
                on:click=move |_| {
                    if let Ok(name) = ready.name.parse() {
                        workspace.open_named(&name);
                    }
                }
            >
                {ready.name}
            </button>
        }
    });
    view! {
        <div
            class="flex shrink-0 items-center rounded-md border border-line p-0.5 max-lg:hidden"
            role="group"
            aria-label="Workspace"
            aria-busy=move || workspace.is_reading.get().to_string()
            data-testid="workspaces"
        >
            {buttons.collect_view()}
        </div>
    }
}
