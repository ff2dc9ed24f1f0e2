//! The help: every key and gesture, in groups, narrowed down by a few words.

use leptos::prelude::*;
use tradesuite_core::command::{HelpGroup, HelpLine, help, matching};

use super::Overlays;
use crate::ui::dock::DOCK_KEYS;
use crate::ui::widget::Dialog;

fn all() -> Vec<HelpGroup> {
    let dock: Vec<_> = DOCK_KEYS.iter().map(|key| (key.keys, key.label)).collect();
    help(&dock)
}

/// The help.
#[component]
pub fn Help() -> impl IntoView {
    let overlays = Overlays::expect();
    let search = RwSignal::new(String::new());
    let groups = StoredValue::new(all());
    let found = Memo::new(move |_| groups.with_value(|all| matching(all, &search.get())));
    let close = Callback::new(move |()| overlays.close());
    view! {
        <Dialog
            name="Keys and gestures"
            testid="help"
            class="inset-x-2 top-2 bottom-2 mx-auto max-w-[920px] rounded-lg md:top-[6vh] md:bottom-[6vh]"
            close
        >
            <header class="flex shrink-0 items-center gap-3 border-b border-line px-4 py-2">
                <h2 class="text-[13px] font-semibold max-md:hidden">"Keys and gestures"</h2>
                <input
                    class="h-10 min-w-0 grow rounded border border-line bg-panel px-2 text-text-1 placeholder:text-text-2 md:h-7"
                    data-testid="help-search"
                    placeholder="Search"
                    aria-label="Search keys and gestures"
                    autocomplete="off"
                    prop:value=move || search.get()
                    on:input=move |event| search.set(event_target_value(&event))
                />
                <button
                    class="h-10 shrink-0 cursor-pointer rounded border border-line-strong px-2.5 hover:bg-hover md:h-7"
                    data-testid="help-close"
                    on:click=move |_| overlays.close()
                >
                    "Close"
                </button>
            </header>
            <div class="min-h-0 grow overflow-y-auto px-4 py-3 md:columns-2 md:gap-8" tabindex="0" role="region" aria-label="All of them">
                {move || found.get().into_iter().map(group_view).collect_view()}
                <p class="text-text-2" role="status">
                    {move || if found.with(Vec::is_empty) { "Nothing fits these words." } else { "" }}
                </p>
            </div>
        </Dialog>
    }
}

fn group_view(group: HelpGroup) -> impl IntoView {
    view! {
        <section class="mb-4 break-inside-avoid-column" data-testid="help-group">
            <h3 class="mb-1 font-medium text-text-1">{group.title}</h3>
            <dl>{group.lines.into_iter().map(line_view).collect_view()}</dl>
        </section>
    }
}

fn line_view(line: HelpLine) -> impl IntoView {
    let keys = line.keys.into_iter().map(|keys| {
        view! {
            <kbd class="rounded border border-line-strong bg-panel px-1.5 font-sans text-[11px]/[18px] text-text-1">
                {keys}
            </kbd>
        }
    });
    view! {
        <div class="flex min-h-6 items-center justify-between gap-3 border-t border-line py-0.5" data-testid="help-line">
            <dt class="text-text-2">{line.label}</dt>
            <dd class="flex flex-wrap justify-end gap-1">{keys.collect_view()}</dd>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_dock_is_in_it() {
        let groups = all();
        let lines: Vec<&HelpLine> = groups.iter().flat_map(|group| &group.lines).collect();
        for key in DOCK_KEYS {
            let is_there = |line: &&&HelpLine| line.keys.iter().any(|keys| keys == key.keys);
            let line = lines.iter().find(is_there);
            assert_eq!(line.map(|line| line.label), Some(key.label), "{}", key.keys);
        }
    }
}
