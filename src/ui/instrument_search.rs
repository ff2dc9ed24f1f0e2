//! A search for instruments with the list of what is found: the same wherever one is looked for.

use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use tradesuite_core::model::{InstrumentId, InstrumentRow};
use tradesuite_core::watch::{Pasted, read_pasted};

use crate::api::search_instruments;
use crate::browser;
use crate::ui::widget::step;

const ROWS: u32 = 50;

/// The search and its list. A press beside it and Escape close it.
#[component]
pub fn InstrumentSearch(
    /// Where it stands.
    class: &'static str,
    /// The same as CSS, where that follows from the page.
    #[prop(optional)]
    style: Option<RwSignal<String>>,
    /// Where the list begins.
    #[prop(optional_no_strip)]
    current: Option<InstrumentId>,
    /// Takes what was chosen.
    on_choose: Callback<InstrumentId>,
    /// Takes several that were entered at once, and what of the text is none.
    #[prop(optional)]
    on_many: Option<Callback<Pasted>>,
    /// Called when nothing is wanted any more.
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
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
        let is_current = |row: &InstrumentRow| Some(&row.id) == current.as_ref();
        let found = rows.with(|rows| rows.iter().position(is_current));
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
    let choose = move |row: &InstrumentRow| on_choose.run(row.id.clone());
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
    // Whether a text names several instruments, which then are taken.
    let take_many = move |text: &str| {
        let pasted = read_pasted(text);
        let many = on_many.filter(|_| pasted.ids.len() > 1);
        many.map(|many| many.run(pasted)).is_some()
    };
    let on_key = move |event: KeyboardEvent| {
        let key = event.key();
        let rows = rows.get_untracked();
        if let Some(next) = step(at.get_untracked(), rows.len(), &key) {
            event.prevent_default();
            at.set(next);
        } else if key == "Enter" {
            let answered = found.get_untracked().map(|(text, _)| text);
            if search.with_untracked(|text| take_many(text)) {
                search.set(String::new());
            } else if answered.as_deref() != Some(search.get_untracked().as_str()) {
                hurried.set(true);
            } else if let Some(row) = rows.get(at.get_untracked()) {
                choose(row);
            }
        } else if key == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    let note = move || match found.get() {
        None => Some("Loading…".to_owned()),
        Some((_, Err(error))) => Some(format!("The list cannot be had: {error}")),
        Some((text, Ok(_))) if on_many.is_some() && read_pasted(&text).ids.len() > 1 => {
            let count = read_pasted(&text).ids.len();
            Some(format!("Enter adds these {count} instruments."))
        }
        Some((_, Ok(rows))) if rows.is_empty() => {
            Some("No instrument fits these words.".to_owned())
        }
        Some((_, Ok(_))) => None,
    };
    view! {
        <div class="fixed inset-0 z-40" on:click=move |_| close()></div>
        <div
            class=format!("{class} z-50 w-72 rounded-md border border-line-strong bg-raised p-1")
            style=move || style.map(|style| style.get())
        >
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
                on:paste=move |event| {
                    // The input itself would join the lines to one word.
                    if browser::pasted_text(&event).is_some_and(|text| take_many(&text)) {
                        event.prevent_default();
                    }
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
