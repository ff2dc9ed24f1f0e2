//! Above the panels: the instrument, its day, and the switches of the page.

mod picker;

use std::cell::RefCell;
use std::rc::Rc;

use leptos::html::Span;
use leptos::prelude::*;
use tradesuite_core::chart::format;
use tradesuite_core::model::{Precision, Trade};
use tradesuite_core::protocol::{Body, Data, Message, TickerData, Topic, TradeData};

use crate::browser;
use crate::ui::live::Live;
use crate::ui::top_bar::picker::InstrumentPicker;
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
            <div class="grow"></div>
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

/// The day's figures. They come a few times a second only; the last price is the tape's, so that
/// both say the same in every frame.
#[derive(Default)]
struct DayFigures {
    ticker: Option<TickerData>,
    newest: Option<(Trade, Precision)>,
}

impl DayFigures {
    fn take(&mut self, message: &Message) {
        match &message.body {
            Body::Snapshot(Data::Ticker(data)) | Body::Update(Data::Ticker(data)) => {
                self.ticker = Some(*data);
            }
            Body::Snapshot(Data::Trades(data)) => {
                self.newest = None;
                self.take_trades(data);
            }
            Body::Update(Data::Trades(data)) => self.take_trades(data),
            _ => {}
        }
    }

    fn take_trades(&mut self, data: &TradeData) {
        let newest = data.trades.iter().max_by_key(|trade| trade.key());
        if let Some(trade) = newest
            && self
                .newest
                .is_none_or(|(held, _)| held.key() <= trade.key())
        {
            self.newest = Some((*trade, data.precision));
        }
    }

    fn data(&self) -> Option<TickerData> {
        let mut data = self.ticker?;
        let last = self.newest.and_then(|(trade, from)| {
            let to = data.precision.price;
            trade.price.rescaled(from.price, to)
        });
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
        browser::set_title(&format!("{} · TradeSuite", instrument.symbol()));
        let topics = [
            Topic::Ticker(instrument.clone()),
            Topic::Trades(instrument.clone()),
        ];
        let figures = Rc::new(RefCell::new(DayFigures::default()));
        let show = Rc::new(move |message: &Message| {
            let mut figures = figures.borrow_mut();
            figures.take(message);
            let Some(data) = figures.data() else { return };
            readouts.show(instrument.base(), &data);
            // A title is looked at in passing: the pace of the day's figures will do.
            if let (Topic::Ticker(_), Some(last)) = (&message.topic, data.ticker.last) {
                let price = format::price(last, data.precision.price);
                browser::set_title(&format!("{price} {} · TradeSuite", instrument.symbol()));
            }
        });
        let subscriptions = topics.map(|topic| {
            let show = Rc::clone(&show);
            live.subscribe(topic, move |message| show(message))
        });
        let subscriptions = StoredValue::new_local(Some(subscriptions));
        on_cleanup(move || drop(subscriptions.try_update_value(Option::take)));
    });
    let figure = |label: &'static str, testid: &'static str, node: NodeRef<Span>| {
        view! {
            <div>
                <div class="text-[11px]/[14px] font-medium text-text-1">
                    <span node_ref=node data-testid=testid>"–"</span>
                </div>
                <div class="text-[10px]/[13px] text-text-2">{label}</div>
            </div>
        }
    };
    view! {
        <div class="min-w-[7ch] text-[18px]/[24px] font-semibold" aria-label="Last price">
            <span node_ref=last data-testid="last-price">"–"</span>
        </div>
        <div class="flex gap-5 pl-2 max-lg:hidden">
            {figure("24 h change", "day-change", change)} {figure("24 h high", "day-high", high)}
            {figure("24 h low", "day-low", low)} {figure("24 h volume", "day-volume", volume)}
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
    let button = "h-7 shrink-0 cursor-pointer rounded px-1 text-[11px] md:px-2 text-text-2 hover:bg-hover hover:text-text-1";
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
    use super::*;
    use tradesuite_core::model::{Price, Quantity, Side, Ticker, TradeId, UnixNs};

    fn message(data: Data, snapshot: bool) -> Message {
        let body = if snapshot {
            Body::Snapshot
        } else {
            Body::Update
        };
        Message {
            topic: Topic::Status,
            seq: 1,
            body: body(data),
        }
    }

    fn trades(given: &[(u64, i64)], decimals: u8) -> Data {
        let trade = |&(id, price): &(u64, i64)| Trade {
            id: TradeId(id),
            time: UnixNs(id as i64),
            received: UnixNs(0),
            price: Price(price),
            quantity: Quantity(1),
            side: Side::Buy,
        };
        Data::Trades(TradeData {
            precision: Precision {
                price: decimals,
                quantity: 0,
            },
            trades: given.iter().map(trade).collect(),
        })
    }

    #[test]
    fn the_last_price_is_the_tapes() {
        let mut day = DayFigures::default();
        let ticker = Data::Ticker(TickerData {
            precision: Precision {
                price: 2,
                quantity: 0,
            },
            ticker: Ticker {
                last: Some(Price(500)),
                ..Ticker::default()
            },
        });
        day.take(&message(trades(&[(1, 510)], 2), true));
        assert!(day.data().is_none(), "the day is not known");
        day.take(&message(ticker, true));
        let mut check = |given: Data, snapshot, expected| {
            day.take(&message(given, snapshot));
            let last = day.data().and_then(|data| data.ticker.last);
            assert_eq!(last, Some(Price(expected)));
        };
        check(trades(&[(3, 530), (2, 520)], 2), false, 530);
        check(trades(&[(2, 520)], 2), false, 530);
        check(trades(&[(4, 54)], 1), false, 540);
        // Nothing on the tape, or more decimals than the figures have: what these say.
        check(trades(&[], 2), true, 500);
        check(trades(&[(5, 5_551)], 3), false, 500);
    }
}
