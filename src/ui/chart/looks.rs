//! How bars are drawn and how the price axis counts: the choices of the chart's header.

use leptos::prelude::*;
use tradesuite_core::chart::{ChartKind, ScaleMode};

use crate::ui::panel::PanelContext;

/// How bars are drawn.
pub fn chosen_kind(context: PanelContext) -> Memo<ChartKind> {
    context.setting("kind", ChartKind::default())
}

/// How the price axis counts.
pub fn chosen_scale(context: PanelContext) -> Memo<ScaleMode> {
    context.setting("scale", ScaleMode::default())
}

/// Both choices.
#[component]
pub fn LookMenus(
    /// The chart's place in the page.
    context: PanelContext,
) -> impl IntoView {
    let (kind, scale) = (chosen_kind(context), chosen_scale(context));
    let kinds = ChartKind::ALL.map(|kind| (kind.name(), kind.label()));
    let scales = ScaleMode::ALL.map(|scale| (scale.name(), scale.label()));
    view! {
        <Choice
            label="Kind of chart"
            testid="chart-kind"
            shown=Signal::derive(move || (kind.get().name(), kind.get().label()))
            choices=kinds.to_vec()
            choose=move |name| {
                if let Some(kind) = ChartKind::ALL.into_iter().find(|kind| kind.name() == name) {
                    context.set("kind", kind);
                }
            }
        />
        <Choice
            label="Price scale"
            testid="chart-scale"
            shown=Signal::derive(move || (scale.get().name(), scale.get().label()))
            choices=scales.to_vec()
            choose=move |name| {
                if let Some(scale) = ScaleMode::ALL.into_iter().find(|scale| scale.name() == name) {
                    context.set("scale", scale);
                }
            }
        />
    }
}

/// A name that opens the browser's own list when it is pressed.
#[component]
fn Choice(
    label: &'static str,
    testid: &'static str,
    /// Name in settings and for people.
    shown: Signal<(&'static str, &'static str)>,
    choices: Vec<(&'static str, &'static str)>,
    choose: impl Fn(String) + 'static,
) -> impl IntoView {
    let options = choices.into_iter().map(|(name, label)| {
        view! { <option value=name>{label}</option> }
    });
    view! {
        <span class="relative grid h-[22px] place-items-center rounded px-1.5 focus-within:outline-2 focus-within:outline-accent hover:bg-hover max-sm:hidden">
            <span class="whitespace-nowrap" aria-hidden="true">{move || shown.get().1}</span>
            <select
                class="absolute inset-0 size-full cursor-pointer bg-panel text-text-1 opacity-0"
                aria-label=label
                data-testid=testid
                prop:value=move || shown.get().0
                on:change=move |event| choose(event_target_value(&event))
            >
                {options.collect_view()}
            </select>
        </span>
    }
}
