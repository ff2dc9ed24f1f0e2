//! The row of timeframes in the chart's header.

use leptos::prelude::*;
use tradesuite_core::model::Timeframe;

use crate::ui::panel::PanelContext;

/// The ones that always have a button.
const SHOWN: [Timeframe; 6] = [
    Timeframe::S1,
    Timeframe::M1,
    Timeframe::M5,
    Timeframe::M15,
    Timeframe::H1,
    Timeframe::D1,
];

/// Width of a chart's bars.
pub fn chosen_timeframe(context: PanelContext) -> Memo<Timeframe> {
    context.setting("timeframe", Timeframe::M1)
}

/// Buttons of the usual timeframes and a list of all.
#[component]
pub fn TimeframeBar(
    /// The chart's place in the page.
    context: PanelContext,
) -> impl IntoView {
    let shown = chosen_timeframe(context);
    let choose = move |timeframe: Timeframe| context.set("timeframe", timeframe);
    let is_usual = move || SHOWN.contains(&shown.get());
    let buttons = SHOWN.map(|timeframe| {
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
    });
    let others = Timeframe::ALL.map(|timeframe| {
        view! {
            <option value=timeframe.name()>{timeframe.name()}</option>
        }
    });
    view! {
        <div class="flex items-center gap-0.5" role="group" aria-label="Timeframe">
            {buttons.collect_view()}
            <span class="relative grid h-[22px] min-w-6 place-items-center rounded px-1.5 focus-within:outline-2 focus-within:outline-accent hover:bg-hover">
                <span class=move || if is_usual() { "" } else { "text-accent" } aria-hidden="true">
                    {move || if is_usual() { "⋯" } else { shown.get().name() }}
                </span>
                <select
                    class="absolute inset-0 size-full cursor-pointer bg-panel text-text-1 opacity-0"
                    aria-label="All timeframes"
                    data-testid="timeframe-all"
                    prop:value=move || shown.get().name()
                    on:change=move |event| {
                        if let Ok(timeframe) = event_target_value(&event).parse() {
                            choose(timeframe);
                        }
                    }
                >
                    {others.collect_view()}
                </select>
            </span>
        </div>
    }
}
