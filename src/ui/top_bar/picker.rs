//! The instrument picker: a button, and under it the search.

use leptos::prelude::*;
use tradesuite_core::chart::format;

use crate::ui::instrument_search::InstrumentSearch;
use crate::ui::workspace::Workspace;

/// Shows the instrument looked at and lets another be chosen, by mouse or by keys alone.
#[component]
pub fn InstrumentPicker() -> impl IntoView {
    let workspace = Workspace::expect();
    let open = RwSignal::new(false);
    let venue = move || format::venue(workspace.instrument.get().exchange());
    let choose = Callback::new(move |instrument| {
        workspace.choose(instrument);
        open.set(false);
    });
    let search = move || {
        let current = Some(workspace.instrument.get_untracked());
        let close = move || open.set(false);
        view! { <InstrumentSearch class="absolute top-8 left-0" current on_choose=choose close /> }
    };
    view! {
        <div class="relative shrink-0">
            <button
                class="flex h-7 cursor-pointer items-center gap-2 rounded-md bg-raised px-2.5 hover:bg-hover"
                data-testid="instrument"
                aria-haspopup="listbox"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span class="text-[13px] font-semibold">
                    {move || workspace.instrument.get().symbol().to_owned()}
                </span>
                <span class="text-[11px] text-text-2">{venue}</span>
                <svg class="size-3 text-text-2" viewBox="0 0 12 12" aria-hidden="true">
                    <path d="m3 4.5 3 3 3-3" fill="none" stroke="currentColor" stroke-width="1.4" />
                </svg>
            </button>
            <Show when=move || open.get()>{search()}</Show>
        </div>
    }
}
