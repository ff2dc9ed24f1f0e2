//! The timeframes in the chart's header: a person's favourites side by side, and a menu of all, in
//! which a star makes one a favourite.

use leptos::prelude::*;
use tradesuite_core::model::Timeframe;

use crate::ui::panel::PanelContext;
use crate::ui::preferences::{MOST_FAVOURITES, Preferences};
use crate::ui::widget::{Menu, MenuItem};

const NOTE: &str = "The ones with a star have a button of their own, six at most.";

/// Width of a chart's bars.
pub fn chosen_timeframe(context: PanelContext) -> Memo<Timeframe> {
    context.setting("timeframe", Timeframe::M1)
}

/// Buttons of the favourites and a menu of all.
#[component]
pub fn TimeframeBar(
    /// The chart's place in the page.
    context: PanelContext,
) -> impl IntoView {
    let favourites = Preferences::expect().favourites;
    let shown = chosen_timeframe(context);
    let choose = move |timeframe: Timeframe| context.set("timeframe", timeframe);
    let button = move |timeframe: Timeframe| {
        view! {
            <button
                class="h-[22px] cursor-pointer rounded px-1.5 hover:bg-hover aria-pressed:bg-accent/20 aria-pressed:text-accent"
                aria-pressed=move || (shown.get() == timeframe).to_string()
                data-testid=format!("timeframe-{timeframe}")
                on:click=move |_| choose(timeframe)
            >
                {timeframe.name()}
            </button>
        }
    };
    let is_beside = move || !favourites.with(|list| list.contains(&shown.get()));
    let opener = move || {
        let text = move || {
            if is_beside() {
                shown.get().name()
            } else {
                "⋯"
            }
        };
        view! { <span class=("text-accent", is_beside)>{text}</span> }.into_any()
    };
    view! {
        <div class="flex items-center gap-0.5" role="group" aria-label="Timeframe">
            <For each=move || favourites.get() key=|timeframe| *timeframe let(timeframe)>
                {button(timeframe)}
            </For>
            <Menu
                name="All timeframes"
                testid="timeframe-all"
                class="grid h-[22px] min-w-6 cursor-pointer place-items-center rounded px-1.5 hover:bg-hover"
                button=opener
                note=NOTE
            >
                {Timeframe::ALL
                    .map(|timeframe| {
                        view! {
                            <div class="flex items-center pr-1" role="none">
                                <MenuItem
                                    testid=format!("timeframe-all-{timeframe}")
                                    is_chosen=Signal::derive(move || shown.get() == timeframe)
                                    on_choose=move || choose(timeframe)
                                >
                                    {timeframe.name()}
                                </MenuItem>
                                <Star timeframe />
                            </div>
                        }
                    })
                    .collect_view()}
            </Menu>
        </div>
    }
}

/// Adds a timeframe to the favourites or takes it away; the menu stays.
#[component]
fn Star(timeframe: Timeframe) -> impl IntoView {
    let preferences = Preferences::expect();
    let favourites = preferences.favourites;
    let is_one = move || favourites.with(|list| list.contains(&timeframe));
    let is_full = move || !is_one() && favourites.with(Vec::len) >= MOST_FAVOURITES;
    let label = format!("{timeframe} among the favourites");
    view! {
        <button
            class="grid size-[26px] shrink-0 cursor-pointer place-items-center rounded text-text-2 hover:bg-hover aria-disabled:cursor-default aria-disabled:opacity-50 pointer-coarse:size-10"
            class=("text-warning", is_one)
            role="menuitemcheckbox"
            aria-checked=move || is_one().to_string()
            aria-disabled=move || is_full().to_string()
            aria-label=label.clone()
            title=label
            data-testid=format!("favourite-{timeframe}")
            on:click=move |_| preferences.toggle_favourite(timeframe)
        >
            {move || if is_one() { "★" } else { "☆" }}
        </button>
    }
}
