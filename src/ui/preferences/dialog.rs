//! The dialog of the preferences: the form of their table, what the colours look like, and the way
//! back to the defaults. Opened by its command, by the wheel in the top bar, or by whoever sets
//! [`Preferences::is_open`].

use leptos::prelude::*;
use tradesuite_core::chart::format;
use tradesuite_core::model::PREFERENCES;

use super::Preferences;
use crate::ui::widget::{Dialog, FieldForm};

const BUTTON: &str = "h-7 cursor-pointer rounded border border-line-strong px-2.5 hover:bg-hover \
    max-md:h-10 max-md:px-4";

/// The dialog, while it is open.
#[component]
pub fn PreferencesDialog() -> impl IntoView {
    let preferences = Preferences::expect();
    view! {
        <Show when=move || preferences.is_open.get()>
            <Choices />
        </Show>
    }
}

#[component]
fn Choices() -> impl IntoView {
    let preferences = Preferences::expect();
    let close = Callback::new(move |()| preferences.is_open.set(false));
    let set = Callback::new(move |(name, value)| {
        if let Some(field) = PREFERENCES.iter().find(|field| field.name == name) {
            preferences.set(field, value);
        }
    });
    view! {
        <Dialog
            name="Preferences"
            testid="preferences-dialog"
            class="top-1/2 left-1/2 max-h-[calc(100dvh-32px)] w-100 max-w-[calc(100vw-16px)] -translate-1/2 rounded-lg"
            close
        >
            <h2 class="border-b border-line px-4 py-3 font-semibold">"Preferences"</h2>
            <div class="flex min-h-0 flex-col gap-1 overflow-y-auto px-3 py-3 max-md:[&_input]:h-10 max-md:[&_label]:min-h-10 max-md:[&_select]:h-10">
                <FieldForm fields=PREFERENCES values=preferences.values() on_set=set />
                <Preview />
            </div>
            <p class="px-4 text-warning empty:hidden" role="status" data-testid="preferences-said">
                {move || preferences.notice.get()}
            </p>
            <div class="flex items-center justify-between gap-2 border-t border-line px-4 py-3">
                <span class="text-[11px] text-text-2">"Kept on the server, for every browser."</span>
                <span class="flex gap-2">
                    <button class=BUTTON data-testid="preferences-defaults" on:click=move |_| preferences.set_back()>
                        "Defaults"
                    </button>
                    <button class=BUTTON data-testid="preferences-done" on:click=move |_| close.run(())>
                        "Done"
                    </button>
                </span>
            </div>
        </Dialog>
    }
}

/// Bars of the preview: left edge, wick's top and bottom, body's top and bottom, whether it rises.
const BARS: [(i32, [i32; 4], bool); 8] = [
    (0, [14, 30, 18, 28], false),
    (12, [18, 36, 22, 33], false),
    (24, [12, 34, 16, 31], true),
    (36, [6, 24, 9, 20], true),
    (48, [8, 26, 11, 22], false),
    (60, [10, 28, 13, 24], true),
    (72, [2, 20, 5, 17], true),
    (84, [4, 18, 7, 13], false),
];

/// What prices, changes and bars look like as it is set.
#[component]
fn Preview() -> impl IntoView {
    let numbers = Preferences::expect().numbers;
    let text = move |figures: String| move || numbers.get().write(figures.clone());
    let bars = BARS.map(|(x, [high, low, top, bottom], is_up)| {
        let colour = if is_up { "var(--up)" } else { "var(--down)" };
        view! {
            <path d=format!("M{} {high}V{low}", x + 4) stroke=colour />
            <rect x=x y=top width="8" height=bottom - top fill=colour />
        }
    });
    view! {
        <div
            class="mt-2 flex items-center justify-between gap-3 rounded border border-line bg-panel px-3 py-2"
            data-testid="preferences-preview"
        >
            <svg class="h-10 w-24 shrink-0" viewBox="0 0 92 40" aria-hidden="true">
                {bars.collect_view()}
            </svg>
            <span class="flex flex-col text-right leading-5">
                <span data-tone="up">
                    "↑ " {text(format::grouped(6_421_355, 2))} " " {text(format::percent(1.91))}
                </span>
                <span data-tone="down">
                    "↓ " {text(format::grouped(6_298_042, 2))} " " {text(format::percent(-0.84))}
                </span>
            </span>
        </div>
    }
}
