//! What else the chart can do: levels of the day and the week before, and saving what is in view.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::ui::chart::indicators::{Indicators, Popover};
use crate::ui::panel::PanelContext;

const ITEM: &str = "flex h-[27px] w-full cursor-pointer items-center justify-between gap-4 rounded px-2 \
    hover:bg-hover";

/// Whether the levels of the day and the week before are wanted.
pub fn wants_levels(context: PanelContext) -> Memo<bool> {
    context.setting("levels", false)
}

/// The button of the chart's header.
#[component]
pub fn MoreButton(
    /// What is open over the chart.
    indicators: Indicators,
) -> impl IntoView {
    let is_open = move || indicators.open.get() == Some(Popover::More);
    view! {
        <button
            class="h-[22px] cursor-pointer rounded px-1.5 hover:bg-hover"
            data-testid="chart-more"
            aria-label="More of the chart"
            aria-haspopup="dialog"
            aria-expanded=move || is_open().to_string()
            on:click=move |_| {
                let next = if is_open() { None } else { Some(Popover::More) };
                indicators.open.set(next);
            }
            on:keydown=move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    indicators.open.set(None);
                }
            }
        >
            "⋮"
        </button>
    }
}

/// The menu.
#[component]
pub fn MoreMenu(
    /// The chart's place in the page.
    context: PanelContext,
    /// What is open over the chart.
    indicators: Indicators,
    /// Saves the chart as a picture.
    save_picture: impl Fn() + Copy + Send + Sync + 'static,
    /// Saves the bars in view and their indicators as a table.
    save_table: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let levels = wants_levels(context);
    let close = move || indicators.open.set(None);
    view! {
        <Show when=move || indicators.open.get() == Some(Popover::More)>
            <div
                class="absolute top-2 right-2 z-20 w-72 max-w-[calc(100%-16px)] rounded-md border border-line-strong bg-raised p-1 text-[12px]"
                role="dialog"
                aria-label="More of the chart"
                data-testid="chart-more-menu"
            >
                <button
                    class=ITEM
                    role="switch"
                    aria-checked=move || levels.get().to_string()
                    data-testid="chart-levels"
                    on:click=move |_| context.set("levels", !levels.get_untracked())
                >
                    <span>"Levels of the day and the week before"</span>
                    <span class="text-text-2">{move || if levels.get() { "on" } else { "off" }}</span>
                </button>
                <button
                    class=ITEM
                    data-testid="chart-save-png"
                    on:click=move |_| {
                        save_picture();
                        close();
                    }
                >
                    <span>"Save as a picture"</span>
                    <span class="text-text-2">"PNG"</span>
                </button>
                <button
                    class=ITEM
                    data-testid="chart-save-csv"
                    on:click=move |_| {
                        save_table();
                        close();
                    }
                >
                    <span>"Save the bars in view"</span>
                    <span class="text-text-2">"CSV"</span>
                </button>
                <p class="px-2 pt-1 text-[11px] text-text-2">
                    "Alt+H draws a line at the pointer, or takes it away. Shift and drag measures. Type a timeframe, an instrument or a date over the chart."
                </p>
            </div>
        </Show>
    }
}
