//! The instrument picker: a button, and under it a search with a list.

use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use tradesuite_core::chart::format;

use tradesuite_core::model::InstrumentRow;

use crate::api::search_instruments;
use crate::browser;
use crate::ui::widget::step;
use crate::ui::workspace::Workspace;

const ROWS: u32 = 50;

/// Shows the instrument looked at and lets another be chosen, by mouse or by keys alone.
#[component]
pub fn InstrumentPicker() -> impl IntoView {
    let workspace = Workspace::expect();
    let open = RwSignal::new(false);
    let venue = move || format::venue(workspace.instrument.get().exchange());
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
            <Show when=move || open.get()>
                <SearchList close=move || open.set(false) />
            </Show>
        </div>
    }
}

/// The search and its list.
#[component]
fn SearchList(
    /// Called when something was chosen, or nothing is wanted any more.
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let search = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let input = NodeRef::<Input>::new();
    let found = LocalResource::new(move || {
        let text = search.get();
        async move { (text.clone(), search_instruments(text, ROWS).await) }
    });
    let rows = Memo::new(move |_| match found.get() {
        Some((_, Ok(rows))) => rows,
        _ => Vec::new(),
    });
    // It begins at the instrument looked at, and at the closest once something is typed.
    Effect::new(move || {
        let current = workspace.instrument.get_untracked();
        let found = rows.with(|rows| rows.iter().position(|row| row.id == current));
        let typed = search.with_untracked(|search| !search.is_empty());
        at.set(found.filter(|_| !typed).unwrap_or_default());
    });
    Effect::new(move || browser::scroll_to(&format!("instrument-{}", at.get())));
    // Enter was pressed before the answer to what was typed had come.
    let hurried = RwSignal::new(false);
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Fails only where the element cannot have the focus.
            let _ = input.focus();
        }
    });
    let choose = move |row: &InstrumentRow| {
        workspace.choose(row.id.clone());
        close();
    };
    Effect::new(move || {
        let Some((text, Ok(rows))) = found.get() else {
            return;
        };
        if hurried.get_untracked() && text == search.get_untracked() {
            hurried.set(false);
            if let Some(row) = rows.first() {
                choose(row);
            }
        }
    });
    let on_key = move |event: KeyboardEvent| {
        let key = event.key();
        let rows = rows.get_untracked();
        if let Some(next) = step(at.get_untracked(), rows.len(), &key) {
            event.prevent_default();
            at.set(next);
        } else if key == "Enter" {
            let answered = found.get_untracked().map(|(text, _)| text);
            if answered.as_deref() != Some(search.get_untracked().as_str()) {
                hurried.set(true);
            } else if let Some(row) = rows.get(at.get_untracked()) {
                choose(row);
            }
        } else if key == "Escape" {
            close();
        }
    };
    let note = move || match found.get() {
        None => Some("Loading…".to_owned()),
        Some((_, Err(error))) => Some(format!("The list cannot be had: {error}")),
        Some((_, Ok(rows))) if rows.is_empty() => {
            Some("No instrument fits these words.".to_owned())
        }
        Some((_, Ok(_))) => None,
    };
    view! {
        <div class="fixed inset-0 z-10" on:click=move |_| close()></div>
        <div class="absolute top-8 left-0 z-20 w-72 rounded-md border border-line-strong bg-raised p-1">
            <input
                node_ref=input
                class="h-8 w-full rounded border border-line bg-panel px-2 text-[12px] text-text-1 placeholder:text-text-2"
                data-testid="instrument-search"
                placeholder="Search instruments"
                aria-label="Search instruments"
                role="combobox"
                aria-expanded="true"
                aria-controls="instrument-list"
                aria-activedescendant=move || format!("instrument-{}", at.get())
                autocomplete="off"
                prop:value=move || search.get()
                on:input=move |event| {
                    search.set(event_target_value(&event));
                    at.set(0);
                    hurried.set(false);
                }
                on:keydown=on_key
            />
            <ul id="instrument-list" class="mt-1 max-h-80 overflow-auto" role="listbox" aria-label="Instruments">
                <For
                    each=move || rows.get().into_iter().enumerate()
                    key=|(index, row)| (*index, row.id.clone())
                    children=move |(index, row)| {
                        let exchange = row.exchange.clone();
                        let symbol = row.id.symbol().to_owned();
                        view! {
                            <li
                                id=format!("instrument-{index}")
                                class="flex h-[27px] cursor-pointer items-center justify-between rounded px-2 aria-selected:bg-hover"
                                role="option"
                                data-testid="instrument-option"
                                aria-selected=move || (at.get() == index).to_string()
                                on:pointermove=move |_| at.set(index)
                                on:click=move |_| choose(&row)
                            >
                                <span class="font-medium">{symbol}</span>
                                <span class="text-[11px] text-text-2">{exchange}</span>
                            </li>
                        }
                    }
                />
            </ul>
            <p class="px-2 py-1 text-[11px] text-text-2" role="status">
                {note}
            </p>
        </div>
    }
}
