//! The line of figures at the top of the chart: the bar under the pointer, else the last one.

use leptos::html::Span;
use leptos::prelude::*;
use tradesuite_core::chart::{
    ChartView, Crosshair, GapTick, Legend, NumberStyle, SizeUnit, format,
};
use tradesuite_core::model::UnixMs;

use crate::ui::chart::timeframes::chosen_timeframe;
use crate::ui::panel::PanelContext;
use crate::ui::widget::Readout;

/// Names of the figures and of their elements, and below which width of the chart one makes room
/// for the others: the line never wraps into the bars.
const FIGURES: [(&str, &str, &str); 7] = [
    ("O", "legend-open", PRICES),
    ("H", "legend-high", PRICES),
    ("L", "legend-low", PRICES),
    ("C", "legend-close", ""),
    ("V", "legend-volume", "@max-[350px]/legend:hidden"),
    ("Δ", "legend-delta", "@max-[660px]/legend:hidden"),
    ("", "legend-change", "@max-[280px]/legend:hidden"),
];

/// The prices of a bar that its shape shows as well.
const PRICES: &str = "@max-[580px]/legend:hidden";

/// Place of the volume among them.
const VOLUME: usize = 4;
/// Room for a quantity in four digits, or for a change in percent.
const SHORT: &str = "inline-block min-w-[7ch]";

/// What is said of missing trades stands beside a mark like theirs, where there is anything to say.
const MISSING: &str = "text-warning [&:not(:empty)]:before:mr-1.5 \
    [&:not(:empty)]:before:inline-block [&:not(:empty)]:before:size-2 \
    [&:not(:empty)]:before:border-t-[3px] [&:not(:empty)]:before:border-warning \
    [&:not(:empty)]:before:bg-warning/25 [&:not(:empty)]:before:content-['']";

/// Elements of the figures.
pub type LegendNodes = [NodeRef<Span>; FIGURES.len()];

/// Writes the figures.
pub struct LegendReadouts([Readout; FIGURES.len()]);

impl LegendReadouts {
    /// Writes into these elements.
    #[must_use]
    pub fn new(nodes: LegendNodes) -> Self {
        Self(nodes.map(Readout::new))
    }

    /// Shows a bar's figures, volumes in a unit; nothing where there is none.
    pub fn set(&self, legend: Option<&Legend>, unit: SizeUnit, numbers: NumberStyle) {
        let Some(legend) = legend else {
            self.0.iter().for_each(|readout| readout.set("–", ""));
            return;
        };
        let tone = if legend.is_up { "up" } else { "down" };
        let (volume, exact, delta) = match unit {
            SizeUnit::Base => (&legend.volume, Some(&legend.exact_volume), &legend.delta),
            SizeUnit::Quote => {
                let quote = &legend.quote;
                (&quote.volume, quote.exact_volume.as_ref(), &quote.delta)
            }
        };
        let delta = delta.as_deref().unwrap_or("–");
        let delta_tone = match delta.trim_start_matches('≈').chars().next() {
            Some('+') => "up",
            Some('−') => "down",
            _ => "",
        };
        let texts = [
            (legend.open.as_str(), ""),
            (legend.high.as_str(), ""),
            (legend.low.as_str(), ""),
            (legend.close.as_str(), tone),
            (volume.as_str(), ""),
            (delta, delta_tone),
            (legend.change.as_str(), tone),
        ];
        for (readout, (text, tone)) in self.0.iter().zip(texts) {
            readout.set(&numbers.write(text.to_owned()), tone);
        }
        self.0[VOLUME].note_exact(exact.map_or("", String::as_str));
    }
}

/// What is said of missing trades: of the tick or the bar pointed at, else what the marks mean
/// where any are in view. `offset_ms` says how far the shown zone is ahead of UTC.
#[must_use]
pub fn missing_text(
    view: &ChartView,
    crosshair: Option<Crosshair>,
    tick: Option<GapTick>,
    offset_ms: &dyn Fn(UnixMs) -> i64,
) -> String {
    let clock = |time: UnixMs| format::clock(UnixMs(time.0 + offset_ms(time)));
    let of_tick = tick.as_ref().and_then(|tick| view.gap_of_tick(tick));
    let under = crosshair.and_then(|crosshair| view.gap_of(crosshair.index));
    let others = match tick {
        Some(GapTick { count: 2, .. }) => " (and another gap)".to_owned(),
        Some(GapTick { count: 3.., .. }) => {
            let others = tick.map_or(0, |tick| tick.count - 1);
            format!(" (and {others} other gaps)")
        }
        _ => String::new(),
    };
    let has_columns = !view.gap_columns().is_empty();
    match of_tick.or(under) {
        Some(gap) => {
            let until = gap.end.map_or_else(|| "now".to_owned(), clock);
            let from = clock(gap.start);
            format!(
                "Trades are missing from {from} to {until}: {}{others}",
                gap.reason
            )
        }
        None if has_columns => "Trades are missing in the marked bars".to_owned(),
        None if view.gap_ticks().is_empty() => String::new(),
        None => "Trades are missing for less than a bar where the time axis is marked".to_owned(),
    }
}

/// The line.
#[component]
pub fn LegendLine(
    /// The chart's place in the page.
    context: PanelContext,
    /// Elements of the figures.
    nodes: LegendNodes,
    /// What is said of missing trades.
    missing: NodeRef<Span>,
) -> impl IntoView {
    let timeframe = chosen_timeframe(context);
    let symbol = move || context.instrument.get().symbol().to_owned();
    let rest = move || {
        let instrument = context.instrument.get();
        let venue = format::venue(instrument.exchange());
        format!("{} · {venue}", timeframe.get())
    };
    let figures = FIGURES.into_iter().zip(nodes).enumerate();
    let figures = figures.map(|(at, ((name, testid, elided), node))| {
        let room = if at < VOLUME { "" } else { SHORT };
        view! {
            <span class=format!("shrink-0 {elided}")>
                <span class="mr-1 text-text-2">{name}</span>
                <span class=room node_ref=node data-testid=testid>"–"</span>
            </span>
        }
    });
    view! {
        <div class="flex flex-col text-[11px]/[16px]" data-testid="legend">
            <div class="flex gap-x-2.5 overflow-hidden whitespace-nowrap">
                <span class="min-w-0 truncate">
                    <span class="font-semibold">{symbol}</span>
                    " "
                    <span class="text-text-2">{rest}</span>
                </span>
                {figures.collect_view()}
            </div>
            <span class=MISSING node_ref=missing data-testid="legend-missing"></span>
        </div>
    }
}
