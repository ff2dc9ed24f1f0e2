//! The frame of a panel: one line with its name and its own tools, the content below.

use leptos::prelude::*;

/// A panel.
#[component]
pub fn Panel(
    /// Its name.
    title: &'static str,
    /// What stands at the right of the header.
    #[prop(optional, into)]
    tools: ViewFn,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <section
            class="flex h-full min-h-0 flex-col overflow-hidden rounded-md border border-line bg-panel"
            aria-label=title
        >
            <header class="flex h-[30px] shrink-0 items-center justify-between gap-3 border-b border-line px-3">
                <h2 class="border-b-2 border-accent text-[12px]/[28px] font-medium">{title}</h2>
                <div class="flex min-w-0 items-center gap-2 text-[11px] text-text-2">{tools.run()}</div>
            </header>
            {children()}
        </section>
    }
}
