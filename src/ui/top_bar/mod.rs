//! Above the panels: the instrument, its day, notices in their place, and the switches of the page.

mod picker;
mod workspaces;

pub use picker::InstrumentPicker;

use std::cell::RefCell;
use std::rc::Rc;

use leptos::html::Span;
use leptos::prelude::*;
use tradesuite_core::chart::format;
use tradesuite_core::model::InstrumentId;
use tradesuite_core::protocol::{Body, Data, TickerData, Topic};

use crate::browser::{self, FrameLoop};
use crate::ui::live::Live;
use crate::ui::outage::Outage;
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

    fn show(&self, base: &str, data: &TickerData) {
        let decimals = data.precision.price;
        let price = |value| format::price(value, decimals);
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
            self.change.set(&text, tone);
        }
        if let Some(high) = ticker.high_24h {
            self.high.set(&price(high), "");
        }
        if let Some(low) = ticker.low_24h {
            self.low.set(&price(low), "");
        }
        if let Some(volume) = ticker.volume_24h {
            let amount = format::compact(volume.to_f64(data.precision.quantity));
            self.volume.set(&format!("{amount} {base}"), "");
        }
    }
}

/// The window's title, but for the price.
fn title(instrument: &InstrumentId) -> String {
    let venue = format::venue(instrument.exchange());
    format!("{} · {venue} | TradeSuite", instrument.symbol())
}

#[component]
fn Day() -> impl IntoView {
    let workspace = Workspace::expect();
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
        let base = instrument.base().to_owned();
        // In a frame, like the panels, so that no frame has two last prices.
        let frames = FrameLoop::new(move |_| {
            let Some(data) = shown.borrow().data() else {
                return;
            };
            readouts.show(&base, &data);
            if let Some(last) = data.ticker.last {
                let price = format::price(last, data.precision.price);
                browser::set_title(&format!("{price} {name}"));
            }
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
        let held = StoredValue::new_local(Some((day, trades)));
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

#[component]
fn Switches() -> impl IntoView {
    let workspace = Workspace::expect();
    let theme_label = move || match workspace.theme.get() {
        Theme::Auto => "Theme: system",
        Theme::Dark => "Theme: dark",
        Theme::Light => "Theme: light",
    };
    // Every one as wide as its longest word.
    let button = "h-7 w-10 shrink-0 cursor-pointer rounded text-[11px] text-text-2 hover:bg-hover hover:text-text-1 md:w-12";
    view! {
        <button
            class=button
            data-testid="zone"
            title="Zone of all times: UTC or your own"
            on:click=move |_| {
                workspace
                    .zone
                    .update(|zone| {
                        *zone = match *zone {
                            Zone::Utc => Zone::Local,
                            Zone::Local => Zone::Utc,
                        };
                    });
            }
        >
            {move || match workspace.zone.get() {
                Zone::Utc => "UTC",
                Zone::Local => "Local",
            }}
        </button>
        <button
            class=button
            data-testid="theme"
            title=theme_label
            aria-label=theme_label
            on:click=move |_| workspace.theme.update(|theme| *theme = theme.next())
        >
            {move || match workspace.theme.get() {
                Theme::Auto => "Auto",
                Theme::Dark => "Dark",
                Theme::Light => "Light",
            }}
        </button>
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
