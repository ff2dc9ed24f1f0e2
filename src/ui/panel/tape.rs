//! The tape: every trade as it happens, newest first, on one canvas.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use leptos::html::{Canvas, Span};
use leptos::prelude::*;
use tradesuite_core::chart::{LargeTrades, PixelSnap, TapeRow, tape_rows};
use tradesuite_core::model::{InstrumentId, Precision, Side, Trade, UnixMs};
use tradesuite_core::protocol::{Body, Data, Message, TradeData};

use crate::browser::{Align, Font, Rect, Surface, SurfaceSize};
use crate::ui::live::{Link, Live};
use crate::ui::panel::{Painter, Palette, Panel, PanelContext};
use crate::ui::pulse::Pulse;
use crate::ui::widget::Readout;
use crate::ui::workspace::{Workspace, Zone};

/// Trades held; a taller panel than a screen does not exist.
const HELD: usize = 400;
/// Height of a row and of the captions, CSS pixels.
const ROW: f64 = 18.0;
const CAPTIONS: f64 = 20.0;
/// Decimals of a size at most.
const SIZE_DECIMALS: u8 = 4;

/// What the panel holds between two frames.
#[derive(Default)]
struct Trades {
    held: VecDeque<(Trade, bool)>,
    large: LargeTrades,
    precision: Precision,
    seq: u64,
}

impl Trades {
    fn take(&mut self, message: &Message) {
        match &message.body {
            Body::Snapshot(Data::Trades(data)) => {
                *self = Self::default();
                self.add(data);
            }
            Body::Update(Data::Trades(data)) => self.add(data),
            _ => {}
        }
        self.seq = message.seq;
    }

    fn add(&mut self, data: &TradeData) {
        let finest = self.precision.widened(data.precision);
        if finest != self.precision {
            self.widen(finest);
        }
        let fitting = |trade: &Trade| trade.rescaled(data.precision, finest);
        for trade in data.trades.iter().filter_map(fitting) {
            let large = self.large.observe(trade.quantity);
            self.held.push_front((trade, large));
        }
        self.held.truncate(HELD);
    }

    /// Rewrites what is held at finer decimals; a row that does not fit them is no longer shown.
    fn widen(&mut self, to: Precision) {
        let from = std::mem::replace(&mut self.precision, to);
        self.large = LargeTrades::default();
        self.held.retain_mut(|(trade, _)| {
            let rescaled = trade
                .price
                .rescaled(from.price, to.price)
                .zip(trade.quantity.rescaled(from.quantity, to.quantity));
            if let Some((price, quantity)) = rescaled {
                trade.price = price;
                trade.quantity = quantity;
            }
            rescaled.is_some()
        });
    }

    /// What a screen reader and a browser test read.
    fn summary(&self) -> String {
        self.held.front().zip(self.held.back()).map_or_else(
            || "No trade yet".to_owned(),
            |((trade, _), (oldest, _))| {
                format!(
                    "Newest trade {}: {} {} at {}, message {}; {} trades since {}",
                    trade.id.0,
                    trade.side.name(),
                    trade.quantity.to_decimal(self.precision.quantity),
                    trade.price.to_decimal(self.precision.price),
                    self.seq,
                    self.held.len(),
                    oldest.id.0,
                )
            },
        )
    }
}

/// The trades of the instrument looked at.
#[component]
pub fn TapePanel(
    /// Its place in the page.
    context: PanelContext,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let live = Live::expect();
    let canvas = NodeRef::<Canvas>::new();
    let summary = NodeRef::<Span>::new();
    let empty = RwSignal::new(true);
    Effect::new(move || {
        if workspace.ready.get() {
            start(&context.instrument.get(), workspace, canvas, summary, empty);
        }
    });
    let message = move || match live.link().get() {
        Link::Lost => Some("The server cannot be reached; this is what was seen until then."),
        _ => empty.get().then_some("Waiting for a trade…"),
    };
    let summary_id = context.element_id("summary");
    view! {
        <Panel title="Tape">
            <div class="relative min-h-0 grow">
                <canvas
                    node_ref=canvas
                    class="size-full"
                    data-testid="tape"
                    role="img"
                    aria-label="Trades, newest first"
                    aria-describedby=summary_id.clone()
                ></canvas>
                <span id=summary_id class="sr-only" node_ref=summary data-testid="tape-summary"></span>
                <Show when=move || message().is_some()>
                    <p
                        class="absolute inset-x-3 bottom-2 rounded bg-raised px-3 py-2 text-center text-text-2"
                        role="status"
                    >
                        {message}
                    </p>
                </Show>
            </div>
        </Panel>
    }
}

/// Listens to the trades and paints them until the surrounding effect runs again.
fn start(
    instrument: &InstrumentId,
    workspace: Workspace,
    canvas: NodeRef<Canvas>,
    summary: NodeRef<Span>,
    empty: RwSignal<bool>,
) {
    let trades = Rc::new(RefCell::new(Trades::default()));
    empty.set(true);
    let summary = Readout::new(summary);
    let units = (instrument.quote().to_owned(), instrument.base().to_owned());
    let painted = Rc::clone(&trades);
    let painter = Painter::start(canvas, 0.0, move |surface, size, palette| {
        let trades = painted.borrow();
        paint(
            &trades,
            surface,
            size,
            palette,
            &units,
            workspace.zone.get_untracked(),
        );
        summary.set(&trades.summary(), "");
    });
    let theme_painter = painter.clone();
    let subscription = Pulse::expect().listen(instrument, move |beat| {
        let mut trades = trades.borrow_mut();
        for message in beat.messages {
            trades.take(message);
        }
        if empty.get_untracked() != trades.held.is_empty() {
            empty.set(trades.held.is_empty());
        }
        painter.request();
    });
    Effect::new(move || {
        workspace.theme.track();
        workspace.zone.track();
        theme_painter.recolor();
    });
    let held = StoredValue::new_local(Some(subscription));
    on_cleanup(move || drop(held.try_update_value(Option::take)));
}

/// One frame.
fn paint(
    trades: &Trades,
    surface: &Surface,
    size: SurfaceSize,
    palette: &Palette,
    units: &(String, String),
    zone: Zone,
) {
    let snap = PixelSnap::new(size.ratio);
    let px = |css: f64| f64::from(snap.px(css));
    let inner = size.width - px(10.0);
    let columns = [
        (px(10.0), Align::Left),
        ((inner * 0.50).round(), Align::Right),
        ((inner * 0.77).round(), Align::Right),
        (inner.round(), Align::Right),
    ];
    let caption = Font {
        px: 10.0 * size.ratio,
        weight: 400,
    };
    let names = [
        "Time".to_owned(),
        format!("Price ({})", units.0),
        format!("Size ({})", units.1),
        "Value".to_owned(),
    ];
    for (name, (x, align)) in names.iter().zip(columns) {
        surface.text(
            name,
            (x, px(CAPTIONS / 2.0)),
            align,
            caption,
            &palette.text_2,
        );
    }
    let count = ((size.height / size.ratio - CAPTIONS) / ROW)
        .floor()
        .max(0.0) as usize;
    let precision = trades.precision;
    let rows = tape_rows(
        trades
            .held
            .iter()
            .take(count)
            .map(|(trade, large)| (trade, *large)),
        precision,
        SIZE_DECIMALS.min(precision.quantity),
        &|at: UnixMs| zone.offset_ms(at.0),
    );
    for (at, row) in rows.iter().enumerate() {
        let top = px(CAPTIONS + at as f64 * ROW);
        let bottom = px(CAPTIONS + (at + 1) as f64 * ROW);
        paint_row(row, (top, bottom), surface, size, palette, columns);
    }
}

fn paint_row(
    row: &TapeRow,
    (top, bottom): (f64, f64),
    surface: &Surface,
    size: SurfaceSize,
    palette: &Palette,
    columns: [(f64, Align); 4],
) {
    let color = match row.side {
        Side::Buy => palette.up.as_str(),
        Side::Sell => palette.down.as_str(),
    };
    if row.large {
        let band = Rect {
            x: 0.0,
            y: top,
            width: size.width,
            height: bottom - top,
        };
        surface.fill_rects(color, 0.14, &[band]);
    }
    let font = Font {
        px: 11.5 * size.ratio,
        weight: if row.large { 600 } else { 400 },
    };
    let texts = [
        (&row.time, palette.text_2.as_str()),
        (&row.price, color),
        (&row.size, palette.text_1.as_str()),
        (&row.value, palette.text_2.as_str()),
    ];
    let y = ((top + bottom) / 2.0).round();
    for ((text, color), (x, align)) in texts.into_iter().zip(columns) {
        surface.text(text, (x, y), align, font, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Price, Quantity, TradeId, UnixNs};

    fn data(precision: Precision, ids: std::ops::Range<u64>) -> TradeData {
        let trade = |id| Trade {
            id: TradeId(id),
            time: UnixNs(id as i64),
            received: UnixNs(id as i64),
            price: Price(10),
            quantity: Quantity(3),
            side: Side::Buy,
        };
        TradeData {
            precision,
            trades: ids.map(trade).collect(),
        }
    }

    #[test]
    fn the_newest_stands_first_and_old_ones_go() {
        let mut trades = Trades::default();
        trades.add(&data(Precision::default(), 0..1_000));
        assert_eq!(trades.held.len(), HELD);
        assert_eq!(trades.held[0].0.id, TradeId(999));
    }

    #[test]
    fn finer_digits_rewrite_what_is_held() {
        let mut trades = Trades::default();
        trades.add(&data(Precision::default(), 0..1));
        let finer = Precision {
            price: 2,
            quantity: 1,
        };
        trades.add(&data(finer, 1..2));
        let oldest = trades.held[1].0;
        assert_eq!(
            (oldest.price, oldest.quantity),
            (Price(1_000), Quantity(30))
        );
        trades.add(&data(Precision::default(), 2..3));
        let newest = trades.held[0].0;
        assert_eq!((newest.price, trades.precision), (Price(1_000), finer));
    }
}
