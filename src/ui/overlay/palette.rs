//! The palette: a field, and under it everything that fits what is typed.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use tradesuite_core::command::{Entry, Recent, rank};

use super::Overlays;
use super::entries::{Action, instrument, meant, remembered};
use crate::api::search_instruments;
use crate::browser;
use crate::ui::widget::{Dialog, step};
use crate::ui::workspace::{names, ready_names};

/// Lines at the most.
const MOST: usize = 60;
/// Instruments among them.
const INSTRUMENTS: u32 = 12;
/// Where the browser keeps what was chosen last.
const KEY: &str = "tradesuite.recent";

fn recent() -> Recent {
    let kept = browser::stored(KEY);
    kept.map_or_else(Recent::default, |text| Recent::parse(&text))
}

/// What was chosen last and is still there, then everything else.
fn recent_first(recent: &Recent, all: Vec<Entry<Action>>) -> Vec<Entry<Action>> {
    let found = |id: &String| {
        let there = all.iter().find(|entry| entry.id == *id);
        there.cloned().or_else(|| remembered(id))
    };
    let mut entries: Vec<_> = recent.ids().iter().filter_map(found).collect();
    let others = all
        .into_iter()
        .filter(|entry| !recent.ids().contains(&entry.id));
    entries.extend(others);
    entries
}

/// The palette.
#[component]
pub fn Palette() -> impl IntoView {
    let overlays = Overlays::expect();
    let search = RwSignal::new(String::new());
    let chosen = RwSignal::new(None::<String>);
    // Enter was pressed before the answer to what was typed had come.
    let hurried = RwSignal::new(false);
    let kept = LocalResource::new(names);
    let found = LocalResource::new(move || {
        let text = search.get().trim().to_owned();
        async move {
            let rows = match text.is_empty() {
                true => Ok(Vec::new()),
                false => search_instruments(text.clone(), INSTRUMENTS).await,
            };
            (text, rows)
        }
    });
    let recent = StoredValue::new(recent());
    let rows = Memo::new(move |_| {
        let names = match kept.get() {
            Some(Ok(names)) => names,
            _ => ready_names(),
        };
        let typed = search.get();
        let mut all = overlays.entries(&names);
        if typed.trim().is_empty() {
            let mut entries = recent.with_value(|recent| recent_first(recent, all));
            entries.truncate(MOST);
            return entries;
        }
        if let Some((text, Ok(rows))) = found.get() {
            let is_found = text == typed.trim();
            all.extend(rows.iter().map(|row| instrument(&row.id, is_found)));
        }
        rank(&all, &typed, meant(&typed).as_deref(), MOST)
    });
    let at = Memo::new(move |_| {
        let chosen = chosen.get();
        let place = |id| rows.with(|rows| rows.iter().position(|row| row.id == id));
        chosen.and_then(place).unwrap_or_default()
    });
    Effect::new(move || browser::scroll_to(&format!("palette-{}", at.get())));
    let close = Callback::new(move |()| overlays.close());
    let choose = move |entry: Entry<Action>| {
        recent.update_value(|recent| recent.note(&entry.id));
        browser::store(KEY, &recent.with_value(Recent::to_json));
        // First, so that the keyboard is back where it was when the action takes it elsewhere.
        overlays.close();
        overlays.choose(entry.action);
    };
    let choose_at = move |at: usize| {
        if let Some(entry) = rows.with_untracked(|rows| rows.get(at).cloned()) {
            choose(entry);
        }
    };
    let is_answered = move || {
        let text = search.get_untracked();
        let answered = found.get_untracked().map(|(text, _)| text);
        answered.as_deref() == Some(text.trim())
    };
    Effect::new(move || {
        if found.get().is_some() && hurried.get_untracked() && is_answered() {
            hurried.set(false);
            choose_at(at.get_untracked());
        }
    });
    let on_key = move |event: KeyboardEvent| {
        let key = event.key();
        let count = rows.with_untracked(Vec::len);
        if let Some(next) = step(at.get_untracked(), count, &key) {
            event.prevent_default();
            chosen.set(rows.with_untracked(|rows| rows.get(next).map(|row| row.id.clone())));
        } else if key == "Enter" {
            event.prevent_default();
            // Pressed again, it takes what is there.
            if is_answered() || hurried.get_untracked() {
                choose_at(at.get_untracked());
            } else {
                hurried.set(true);
            }
        }
    };
    let note = move || match (found.get(), kept.get()) {
        (Some((_, Err(why))), _) => format!("Instruments cannot be had: {why}."),
        (_, Some(Err(why))) => why,
        (None, _) => "Loading…".to_owned(),
        _ if rows.with(Vec::is_empty) => "Nothing fits these words.".to_owned(),
        _ => "↑ ↓ choose, Enter takes it, Escape closes".to_owned(),
    };
    view! {
        <Dialog
            name="Find anything"
            testid="palette"
            class="inset-x-0 top-2 mx-auto w-[560px] max-w-[calc(100vw-16px)] rounded-lg md:top-[12vh]"
            close
        >
            <input
                class="h-11 shrink-0 border-b border-line bg-panel px-3 text-[14px] text-text-1 outline-none placeholder:text-text-2"
                data-testid="palette-search"
                placeholder="Instrument, panel, workspace, timeframe, setting…"
                aria-label="Find anything"
                role="combobox"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant=move || format!("palette-{}", at.get())
                autocomplete="off"
                prop:value=move || search.get()
                on:input=move |event| {
                    search.set(event_target_value(&event));
                    chosen.set(None);
                    hurried.set(false);
                }
                on:keydown=on_key
            />
            <ul id="palette-list" class="max-h-[min(420px,60dvh)] overflow-y-auto p-1" role="listbox" aria-label="What was found">
                <For
                    each=move || rows.get().into_iter().enumerate()
                    key=|(index, entry)| (*index, entry.id.clone())
                    children=move |(index, entry)| {
                        let group = entry.group.label();
                        view! {
                            <li
                                id=format!("palette-{index}")
                                class="flex h-10 cursor-pointer items-center gap-3 rounded px-2 aria-selected:bg-hover md:h-8"
                                role="option"
                                data-testid="palette-option"
                                data-entry=entry.id.clone()
                                aria-selected=move || (at.get() == index).to_string()
                                on:pointermove=move |_| choose_by_pointer(chosen, rows, index)
                                on:click=move |_| choose_at(index)
                            >
                                <span class="min-w-0 truncate">{entry.label.clone()}</span>
                                <span class="ml-auto shrink-0 text-[11px] text-text-2">{group}</span>
                                <kbd class="shrink-0 rounded border border-line-strong px-1 font-sans text-[11px] text-text-2 empty:hidden max-md:hidden">
                                    {entry.keys}
                                </kbd>
                            </li>
                        }
                    }
                />
            </ul>
            <p class="shrink-0 border-t border-line px-3 py-2 text-[11px] text-text-2" role="status" data-testid="palette-note">
                {note}
            </p>
        </Dialog>
    }
}

/// The line under the pointer is the one that Enter takes.
fn choose_by_pointer(
    chosen: RwSignal<Option<String>>,
    rows: Memo<Vec<Entry<Action>>>,
    index: usize,
) {
    let id = rows.with_untracked(|rows| rows.get(index).map(|row| row.id.clone()));
    if chosen.with_untracked(|chosen| *chosen != id) {
        chosen.set(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_last_stands_first_and_once() {
        let ids = ["coinbase:BTC-USD", "coinbase:ETH-USD"].map(|id| id.parse().expect("an id"));
        let all: Vec<_> = ids.iter().map(|id| instrument(id, false)).collect();
        let mut recent = Recent::default();
        for id in ["gone", "instrument/kraken:SOL-USD", &all[1].id] {
            recent.note(id);
        }
        let labels: Vec<String> = recent_first(&recent, all)
            .into_iter()
            .map(|entry| entry.label)
            .collect();
        assert_eq!(
            labels,
            [
                "ETH-USD · Coinbase",
                "SOL-USD · Kraken",
                "BTC-USD · Coinbase"
            ]
        );
    }
}
