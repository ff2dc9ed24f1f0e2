//! What frames a panel: its tools go into the header of its group, its content below.

use leptos::prelude::*;

use crate::ui::dock::HeaderSlot;

/// A panel.
#[component]
pub fn Panel(
    /// Its name.
    title: &'static str,
    /// What stands at the right of the header.
    #[prop(optional, into)]
    tools: Option<ViewFn>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let header = expect_context::<HeaderSlot>();
    Effect::new(move || header.set(tools.clone()));
    view! {
        <div class="flex min-h-0 grow flex-col" role="group" aria-label=title>
            {children()}
        </div>
    }
}
