//! The indicators' lines of the legend: names, values at the crosshair, and the buttons to hide,
//! set and remove them. Those in panes stand at the top of theirs.

use std::collections::BTreeMap;

use leptos::html::Span;
use leptos::prelude::*;
use tradesuite_core::chart::{
    ChartView, Crosshair, NumberStyle, SizeUnit, Study, format, is_drawn,
};
use tradesuite_core::indicator::{Colour, Output, Place, Unit};
use tradesuite_core::model::{InstrumentId, Precision};

use crate::ui::chart::indicators::{IndicatorSetting, Indicators, Popover};
use crate::ui::widget::Readout;

const BUTTON: &str = "grid size-4 cursor-pointer place-items-center rounded text-text-2 \
    hover:bg-hover hover:text-text-1 pointer-coarse:size-7";

/// Names of the theme's colours for lines.
const LINES: [&str; 5] = [
    "var(--line-a)",
    "var(--line-b)",
    "var(--line-c)",
    "var(--line-d)",
    "var(--line-e)",
];

/// Where values are written, by indicator: one text for each output that is drawn.
pub type StudyReadouts = StoredValue<BTreeMap<u32, Vec<Readout>>, LocalStorage>;

/// Writes every value at the bar pointed at, else at the last one.
pub fn write_values(
    view: &ChartView,
    crosshair: Option<Crosshair>,
    numbers: NumberStyle,
    readouts: StudyReadouts,
) {
    let last = view.series().bounds().map(|bounds| bounds.last);
    let Some(index) = crosshair.map(|crosshair| crosshair.index).or(last) else {
        return;
    };
    let precision = view.series().precision();
    readouts.with_value(|readouts| {
        for study in view.studies().list() {
            let places = readouts.get(&study.plan().id).into_iter().flatten();
            for ((_, text), readout) in texts(study, index, precision).zip(places) {
                readout.set(&numbers.write(text), "");
            }
        }
    });
}

/// Outputs that are drawn and their values at a bar, as people read them.
pub fn texts(
    study: &Study,
    index: i64,
    precision: Precision,
) -> impl Iterator<Item = (&'static Output, String)> {
    let outputs = study.plan().params.spec().outputs.iter().enumerate();
    outputs
        .filter(|(_, output)| is_drawn(output.style))
        .map(move |(at, output)| {
            let value = study.value(at, index);
            let text = |value| text(value, (output.unit, study.unit()), precision);
            (output, value.map_or_else(|| "–".to_owned(), text))
        })
}

/// The legend as texts at places in device pixels, for a picture.
#[must_use]
pub fn captions(
    view: &ChartView,
    instrument: &InstrumentId,
    numbers: NumberStyle,
) -> Vec<(String, (f64, f64))> {
    const INSET: f64 = 10.0;
    const LINE: f64 = 16.0;
    let px = |css: f64| f64::from(view.snap().px(css));
    let precision = view.series().precision();
    let venue = format::venue(instrument.exchange());
    let mut first = format!("{} {} · {venue}", instrument.symbol(), view.timeframe());
    if let Some(legend) = view.legend(None) {
        let volume = match view.size_unit() {
            SizeUnit::Base => &legend.volume,
            SizeUnit::Quote => &legend.quote.volume,
        };
        first += &numbers.write(format!(
            "   O {}   H {}   L {}   C {}   V {volume}",
            legend.open, legend.high, legend.low, legend.close
        ));
    }
    let mut all = vec![(first, (px(INSET), px(INSET)))];
    let last = view.series().bounds().map_or(0, |bounds| bounds.last);
    let shown = view.studies().list().iter();
    for study in shown.filter(|study| !study.plan().is_hidden) {
        let id = study.plan().id;
        let values = texts(study, last, precision).map(|(_, text)| numbers.write(text));
        let values: Vec<String> = values.collect();
        let text = format!("{}   {}", study.plan().params.title(), values.join("   "));
        let pane = view.panes().iter().position(|pane| pane.study == id);
        let top = match pane.and_then(|at| view.rows().get(at + 1)) {
            Some(rows) => f64::from(rows.top) + px(6.0),
            None => px(INSET) + px(LINE) * all.len() as f64,
        };
        all.push((text, (px(INSET), top)));
    }
    all
}

fn text(value: f64, (unit, sizes): (Unit, SizeUnit), precision: Precision) -> String {
    match (unit, sizes) {
        (Unit::Price, _) => format::decimal(value, precision.price),
        (Unit::Volume, SizeUnit::Base) => format::compact(value),
        // Parts of bars are only known in base units: their average prices stand for the rest.
        (Unit::Volume, SizeUnit::Quote) => format!("≈{}", format::compact(value)),
        (Unit::Plain, _) => format::decimal(value, 2),
    }
}

/// The lines of the indicators over the prices, or of those in panes.
#[component]
pub fn StudyLegend(
    /// The chart's indicators.
    indicators: Indicators,
    /// Where values are written.
    readouts: StudyReadouts,
    /// Whether those in panes are wanted.
    in_panes: bool,
) -> impl IntoView {
    let wanted = move |setting: &IndicatorSetting| {
        setting.spec().is_some_and(|spec| {
            let is_pane = matches!(spec.place, Place::Pane { .. });
            // A hidden pane is gone: its line stands with the others, so that it can come back.
            (is_pane && !setting.hidden) == in_panes
        })
    };
    let ids = Memo::new(move |_| {
        indicators.list.with(|list| {
            let wanted = list.iter().filter(|setting| wanted(setting));
            wanted.map(|setting| setting.id).collect::<Vec<_>>()
        })
    });
    view! {
        <For
            each=move || ids.get()
            key=|id| *id
            children=move |id| view! { <Line id indicators readouts in_panes /> }
        />
    }
}

/// One of the lines.
#[component]
fn Line(id: u32, indicators: Indicators, readouts: StudyReadouts, in_panes: bool) -> impl IntoView {
    let setting = Memo::new(move |_| {
        let found = |list: &Vec<IndicatorSetting>| list.iter().find(|s| s.id == id).cloned();
        indicators.list.with(found)
    });
    let title = move || {
        let params = setting.get().and_then(|setting| setting.params());
        params.map(|params| params.title()).unwrap_or_default()
    };
    let is_hidden = move || setting.get().is_some_and(|setting| setting.hidden);
    let outputs = setting
        .get_untracked()
        .and_then(|setting| setting.spec())
        .map_or(&[][..], |spec| spec.outputs);
    let drawn: Vec<_> = outputs
        .iter()
        .filter(|output| is_drawn(output.style))
        .map(|output| (output, NodeRef::<Span>::new()))
        .collect();
    let places = drawn.iter().map(|(_, node)| Readout::new(*node)).collect();
    readouts.update_value(|readouts| {
        readouts.insert(id, places);
    });
    on_cleanup(move || {
        // The same may have been written by a line elsewhere in the page since then.
        let _ = readouts.try_update_value(|readouts| {
            if !is_wanted_elsewhere(indicators, id) {
                readouts.remove(&id);
            }
        });
    });
    let values = drawn
        .into_iter()
        .map(|(output, node)| {
            let color = move || {
                let setting = setting.get();
                setting.map(|setting| css_color(&setting, output))
            };
            view! {
                <span
                    class="whitespace-nowrap"
                    style:color=color
                    title=output.label
                    node_ref=node
                    data-testid=format!("indicator-{id}-{}", output.name)
                >
                    "–"
                </span>
            }
        })
        .collect_view();
    let top = move || {
        let tops = indicators.tops.get();
        let top = tops.iter().find(|(study, _)| *study == id);
        top.map_or_else(
            || "-100px".to_owned(),
            |(_, top)| format!("{}px", top + 5.0),
        )
    };
    let place = if in_panes {
        "absolute left-2.5"
    } else {
        "w-fit"
    };
    view! {
        <div
            class=format!("group pointer-events-auto {place} flex max-w-full items-center gap-x-2 text-[11px]/[16px]")
            style:top=move || if in_panes { top() } else { String::new() }
            data-testid=format!("indicator-{id}")
            role="group"
            aria-label=title
        >
            <span class=move || if is_hidden() { "min-w-0 truncate text-text-2" } else { "min-w-0 truncate" }>
                {title}
            </span>
            <Show when=move || is_hidden()>
                <span class="text-text-2">"hidden"</span>
            </Show>
            <span class=move || if is_hidden() { "hidden" } else { "flex min-w-0 gap-x-2 overflow-hidden" }>{values}</span>
            <span class="flex shrink-0 gap-x-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
                <button
                    class=BUTTON
                    aria-label=move || if is_hidden() { "Show" } else { "Hide" }
                    aria-pressed=move || is_hidden().to_string()
                    data-testid=format!("indicator-{id}-hide")
                    on:click=move |_| indicators.change(id, |setting| setting.hidden = !setting.hidden)
                >
                    <svg class="size-3" viewBox="0 0 12 12" fill="none" stroke="currentColor" aria-hidden="true">
                        <path d="M1 6c2.5-4 7.5-4 10 0-2.5 4-7.5 4-10 0Z" />
                        <circle cx="6" cy="6" r="1.5" />
                    </svg>
                </button>
                <button
                    class=BUTTON
                    aria-label="Settings"
                    data-testid=format!("indicator-{id}-settings")
                    on:click=move |_| indicators.open.set(Some(Popover::Form(id)))
                >
                    <svg class="size-3" viewBox="0 0 12 12" fill="none" stroke="currentColor" aria-hidden="true">
                        <path d="M1 3.500h10M1 8.500h10" />
                        <circle cx="4" cy="3.5" r="1.3" fill="currentColor" />
                        <circle cx="8" cy="8.5" r="1.3" fill="currentColor" />
                    </svg>
                </button>
                <button
                    class=BUTTON
                    aria-label="Remove"
                    data-testid=format!("indicator-{id}-remove")
                    on:click=move |_| indicators.remove(id)
                >
                    <svg class="size-3" viewBox="0 0 12 12" fill="none" stroke="currentColor" aria-hidden="true">
                        <path d="m2.5 2.5 7 7m0-7-7 7" />
                    </svg>
                </button>
            </span>
        </div>
    }
}

/// A pane that is hidden or shown moves its line: the new one is made before the old one goes.
fn is_wanted_elsewhere(indicators: Indicators, id: u32) -> bool {
    let list = indicators.list.try_get_untracked().unwrap_or_default();
    list.iter().any(|setting| setting.id == id)
}

/// An output's colour as a style sheet has it.
pub fn css_color(setting: &IndicatorSetting, output: &Output) -> String {
    if let Some(chosen) = setting.colors.get(output.name) {
        return chosen.clone();
    }
    match output.colour {
        Colour::Slot(slot) => {
            let at = usize::from(slot) + usize::from(setting.shift);
            LINES[at % LINES.len()].to_owned()
        }
        Colour::Up => "var(--up)".to_owned(),
        Colour::Down => "var(--down)".to_owned(),
        Colour::BySign => "var(--text-1)".to_owned(),
    }
}
