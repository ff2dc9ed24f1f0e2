//! Above the panels: the instrument, its day, notices in their place, and the switches of the page.

mod picker;
mod workspaces;

pub use picker::InstrumentPicker;

use std::cell::RefCell;
use std::rc::Rc;

use leptos::html::Span;
use leptos::prelude::*;
use tradesuite_core::chart::{SizeUnit, format};
use tradesuite_core::model::preferences::{THEME, ZONE};
use tradesuite_core::model::{InstrumentId, Precision, Price, Volume};
use tradesuite_core::protocol::{Body, Data, TickerData, Topic};

use crate::browser::{self, FrameLoop};
use crate::ui::live::Live;
use crate::ui::outage::Outage;
use crate::ui::overlay::{Overlay, Overlays};
use crate::ui::preferences::Preferences;
use crate::ui::pulse::{LastTrade, Pulse};
use crate::ui::top_bar::workspaces::WorkspaceBar;
use crate::ui::widget::Readout;
use crate::ui::workspace::{Theme, Workspace, Zone};

/// The bar above the panels.
#[component]
pub fn TopBar() -> impl IntoView {
    view! {
        <header class="flex min-w-0 items-center gap-2 px-2 md:gap-3 md:px-3">
            <Mark />
            <InstrumentPicker />
            <Day />
            <WorkspaceBar />
            <Tools />
            <Switches />
        </header>
    }
}

#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg class="size-6 shrink-0 max-md:hidden" viewBox="0 0 24 24" aria-hidden="true">
            <rect width="24" height="24" rx="6" fill="var(--accent)" />
            <path
                d="M5 15.5 9.5 10l3.5 3.5L19 7"
                fill="none"
                stroke="var(--on-accent)"
                stroke-width="2.2"
                stroke-linecap="round"
                stroke-linejoin="round"
            />
        </svg>
    }
}

/// The day's figures, and the last price as every panel shows it.
#[derive(Default)]
struct DayFigures {
    ticker: Option<TickerData>,
    last: Option<LastTrade>,
}

impl DayFigures {
    fn data(&self) -> Option<TickerData> {
        let mut data = self.ticker?;
        let last = self
            .last
            .and_then(|last| last.price_at(data.precision.price));
        data.ticker.last = last.or(data.ticker.last);
        Some(data)
    }
}

/// The elements that the ticker writes into.
struct DayReadouts {
    last: Readout,
    change: Readout,
    high: Readout,
    low: Readout,
    volume: Readout,
}

impl DayReadouts {
    fn clear(&self) {
        for readout in [
            &self.last,
            &self.change,
            &self.high,
            &self.low,
            &self.volume,
        ] {
            readout.set("–", "");
        }
    }

    fn show(&self, currencies: (&str, &str), data: &TickerData, preferences: Preferences) {
        let numbers = preferences.numbers.get_untracked();
        let decimals = data.precision.price;
        let price = |value| numbers.write(format::price(value, decimals));
        let ticker = &data.ticker;
        let change = ticker
            .last
            .zip(ticker.open_24h)
            .map(|(last, open)| last.0 - open.0);
        let tone = match change.unwrap_or_default() {
            0 => "",
            change if change > 0 => "up",
            _ => "down",
        };
        if let Some(last) = ticker.last {
            self.last.set(&price(last), tone);
        }
        if let Some((change, open)) = change.zip(ticker.open_24h)
            && open.0 != 0
        {
            let percent = format::percent(change as f64 / open.0 as f64 * 100.0);
            let text = format!(
                "{} {percent}",
                format::signed(change.into(), decimals, decimals)
            );
            self.change.set(&numbers.write(text), tone);
        }
        if let Some(high) = ticker.high_24h {
            self.high.set(&price(high), "");
        }
        if let Some(low) = ticker.low_24h {
            self.low.set(&price(low), "");
        }
        if let Some(volume) = ticker.volume_24h {
            let unit = preferences.sizes.get_untracked();
            let text = day_volume(volume, ticker.last, data.precision, (unit, currencies));
            self.volume.set(&numbers.write(text), "");
        }
    }
}

/// What was traded in a day. In quote currency it is counted at the last price, and says so.
fn day_volume(
    volume: Volume,
    last: Option<Price>,
    precision: Precision,
    (unit, (base, quote)): (SizeUnit, (&str, &str)),
) -> String {
    let volume = volume.to_f64(precision.quantity);
    match (unit, last) {
        (SizeUnit::Quote, Some(last)) => {
            let paid = volume * last.to_f64(precision.price);
            format!("≈{} {quote}", format::compact(paid))
        }
        _ => format!("{} {base}", format::compact(volume)),
    }
}

/// The window's title, but for the price.
fn title(instrument: &InstrumentId) -> String {
    let venue = format::venue(instrument.exchange());
    format!("{} · {venue} | TradeSuite", instrument.symbol())
}

fn show_in_title(data: &TickerData, name: &str, preferences: Preferences) {
    if let Some(last) = data.ticker.last {
        let price = format::price(last, data.precision.price);
        let price = preferences.numbers.get_untracked().write(price);
        browser::set_title(&format!("{price} {name}"));
    }
}

/// How often the title of a page is written that nobody sees, milliseconds.
const TITLE_MS: u32 = 1_000;

#[component]
fn Day() -> impl IntoView {
    let workspace = Workspace::expect();
    let preferences = Preferences::expect();
    let live = Live::expect();
    let nodes: [NodeRef<Span>; 5] = std::array::from_fn(|_| NodeRef::new());
    let [last, change, high, low, volume] = nodes;
    Effect::new(move || {
        if !workspace.ready.get() {
            return;
        }
        let instrument = workspace.instrument.get();
        let readouts = DayReadouts {
            last: Readout::new(last),
            change: Readout::new(change),
            high: Readout::new(high),
            low: Readout::new(low),
            volume: Readout::new(volume),
        };
        readouts.clear();
        let name = title(&instrument);
        browser::set_title(&name);
        let figures = Rc::new(RefCell::new(DayFigures::default()));
        let shown = Rc::clone(&figures);
        let (base, quote) = (instrument.base().to_owned(), instrument.quote().to_owned());
        let (behind, name_behind) = (Rc::clone(&figures), name.clone());
        // In a frame, like the panels, so that no frame has two last prices.
        let frames = FrameLoop::new(move |_| {
            let Some(data) = shown.borrow().data() else {
                return;
            };
            readouts.show((&base, &quote), &data, preferences);
            show_in_title(&data, &name, preferences);
        });
        // A page in a tab behind has no frames, but its title is read.
        let calm = browser::every(TITLE_MS, move || {
            let data = behind.borrow().data();
            if let Some(data) = data.filter(|_| !browser::is_visible()) {
                show_in_title(&data, &name_behind, preferences);
            }
        });
        let again = frames.clone();
        Effect::new(move || {
            preferences.numbers.track();
            preferences.sizes.track();
            again.request();
        });
        let (on_day, day_frames) = (Rc::clone(&figures), frames.clone());
        let day = live.subscribe(Topic::Ticker(instrument.clone()), move |message| {
            if let Body::Snapshot(Data::Ticker(data)) | Body::Update(Data::Ticker(data)) =
                &message.body
            {
                on_day.borrow_mut().ticker = Some(*data);
                day_frames.request();
            }
        });
        let trades = Pulse::expect().listen(&instrument, move |beat| {
            figures.borrow_mut().last = beat.last;
            frames.request();
        });
        let held = StoredValue::new_local(Some((day, trades, calm)));
        on_cleanup(move || drop(held.try_update_value(Option::take)));
    });
    // As wide as the figures usually become, so that those beside them stay where they are.
    let figure = |label: &'static str, testid: &'static str, width, node: NodeRef<Span>| {
        view! {
            <div class=width>
                <div class="text-[11px]/[14px] font-medium text-text-1">
                    <span node_ref=node data-testid=testid>"–"</span>
                </div>
                <div class="text-[10px]/[13px] text-text-2">{label}</div>
            </div>
        }
    };
    view! {
        <div class="min-w-[7ch] shrink-0 text-[18px]/[24px] font-semibold md:min-w-[9ch]" aria-label="Last price">
            <span node_ref=last data-testid="last-price">"–"</span>
        </div>
        <div class="relative flex min-w-0 grow items-center self-stretch">
            <div class="flex min-w-0 gap-4 overflow-hidden pl-2 whitespace-nowrap max-lg:hidden">
                {figure("24 h change", "day-change", "min-w-[17ch]", change)}
                {figure("24 h high", "day-high", "min-w-[10ch]", high)}
                {figure("24 h low", "day-low", "min-w-[10ch]", low)}
                {figure("24 h volume", "day-volume", "min-w-[10ch]", volume)}
            </div>
            <Outage />
        </div>
    }
}

/// Ways to everything else: the palette and the help; in a narrow window the menu, which has both.
#[component]
fn Tools() -> impl IntoView {
    let overlays = Overlays::expect();
    let button = "grid size-7 shrink-0 cursor-pointer place-items-center rounded text-text-2 hover:bg-hover hover:text-text-1 max-md:hidden";
    view! {
        <div class="flex shrink-0 items-center">
            <button
                class=button
                title="Find anything (Ctrl K)"
                aria-label="Find anything"
                aria-haspopup="dialog"
                data-testid="open-palette"
                on:click=move |_| overlays.show(Overlay::Palette)
            >
                <svg class="size-4" viewBox="0 0 16 16" aria-hidden="true">
                    <path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm3.3 7.8 3.2 3.2" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" />
                </svg>
            </button>
            <button
                class=button
                title="Keys and gestures (F1)"
                aria-label="Keys and gestures"
                aria-haspopup="dialog"
                data-testid="open-help"
                on:click=move |_| overlays.show(Overlay::Help)
            >
                <span class="text-[13px] font-semibold" aria-hidden="true">"?"</span>
            </button>
        </div>
        <button
            class="grid size-10 shrink-0 cursor-pointer place-items-center rounded text-text-1 hover:bg-hover md:hidden"
            aria-label="Menu"
            aria-haspopup="dialog"
            data-testid="open-sheet"
            on:click=move |_| overlays.show(Overlay::Sheet)
        >
            <svg class="size-5" viewBox="0 0 20 20" aria-hidden="true">
                <path d="M3 5.5h14M3 10h14M3 14.5h14" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
            </svg>
        </button>
    }
}

#[component]
fn Switches() -> impl IntoView {
    let preferences = Preferences::expect();
    let theme_label = move || match preferences.theme.get() {
        Theme::Auto => "Theme: system",
        Theme::Dark => "Theme: dark",
        Theme::Light => "Theme: light",
    };
    // Every one as wide as its longest word.
    let button = "h-7 w-12 shrink-0 cursor-pointer rounded text-[11px] text-text-2 hover:bg-hover hover:text-text-1 max-md:hidden";
    view! {
        <button
            class=button
            data-testid="zone"
            title="Zone of all times: UTC or your own"
            on:click=move |_| preferences.choose(&ZONE, preferences.zone.get_untracked().other())
        >
            {move || match preferences.zone.get() {
                Zone::Utc => "UTC",
                Zone::Local => "Local",
            }}
        </button>
        <button
            class=button
            data-testid="theme"
            title=theme_label
            aria-label=theme_label
            on:click=move |_| preferences.choose(&THEME, preferences.theme.get_untracked().next())
        >
            {move || match preferences.theme.get() {
                Theme::Auto => "Auto",
                Theme::Dark => "Dark",
                Theme::Light => "Light",
            }}
        </button>
        <button
            class="grid size-7 shrink-0 cursor-pointer place-items-center rounded text-text-2 hover:bg-hover hover:text-text-1 max-md:hidden"
            data-testid="preferences"
            title="Preferences (Ctrl ,)"
            aria-label="Preferences"
            aria-haspopup="dialog"
            on:click=move |_| preferences.is_open.set(true)
        >
            <Gear />
        </button>
    }
}

/// A wheel with eight teeth.
#[component]
fn Gear() -> impl IntoView {
    view! {
        <svg class="size-4" viewBox="0 0 16 16" aria-hidden="true">
            <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2.16" />
            <circle cx="8" cy="8" r="3.5" fill="none" stroke="currentColor" stroke-width="1.5" />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn the_title_names_instrument_and_venue() {
        let id = "coinbase:BTC-USD".parse().expect("an id");
        assert_eq!(title(&id), "BTC-USD · Coinbase | TradeSuite");
    }
}
