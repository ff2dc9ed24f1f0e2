//! The order book: asks above, bids below, last trade and spread between them, on one canvas.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::html::{Canvas, Span};
use leptos::prelude::*;
use tradesuite_core::chart::{BookLayout, BookRow, PixelSnap, WidthScale, format, grouped_levels};
use tradesuite_core::market::patch_view;
use tradesuite_core::model::{BookDelta, BookView, InstrumentId, Precision, Price, Side, Volume};
use tradesuite_core::protocol::{Body, BookData, BookDepth, Data, Message, Topic};

use crate::browser::{Align, Font, Rect, Surface, SurfaceSize};
use crate::ui::live::{Link, Live};
use crate::ui::panel::{Painter, Palette, Panel, PanelContext};
use crate::ui::pulse::{LastTrade, Pulse};
use crate::ui::widget::Readout;
use crate::ui::workspace::Workspace;

/// Decimals of a size at most.
const SIZE_DECIMALS: u8 = 4;
/// Height of the captions, CSS pixels.
const CAPTIONS: f64 = 20.0;
/// Digits change at most this often, milliseconds.
const INTERVAL_MS: f64 = 100.0;

/// What the panel holds between two frames.
#[derive(Default)]
struct Book {
    view: BookView,
    precision: Precision,
    seq: u64,
    known: bool,
    stale: Option<String>,
    last: Option<LastTrade>,
    scale: WidthScale,
    bids: Vec<(Price, Volume)>,
    asks: Vec<(Price, Volume)>,
    rows: Vec<BookRow>,
}

impl Book {
    fn take(&mut self, message: &Message) {
        match &message.body {
            Body::Snapshot(Data::Book(data)) => {
                self.view.bids.clear();
                self.view.asks.clear();
                self.apply(message.seq, data);
            }
            Body::Update(Data::Book(data)) => self.apply(message.seq, data),
            Body::Stale { reason } => {
                self.seq = message.seq;
                self.view = BookView::default();
                self.stale = Some(reason.clone());
            }
            _ => {}
        }
    }

    fn apply(&mut self, seq: u64, data: &BookData) {
        self.seq = seq;
        self.known = true;
        self.stale = None;
        if self.precision != data.precision {
            // A widened book is sent whole, so nothing of the old digits is kept.
            self.precision = data.precision;
            self.scale = WidthScale::default();
        }
        patch_view(
            &mut self.view,
            &BookDelta {
                time: data.time,
                bids: data.bids.clone(),
                asks: data.asks.clone(),
            },
        );
        self.view.sequence = data.sequence;
    }

    /// What a screen reader and a browser test read.
    fn summary(&self) -> String {
        let side = |levels: &[tradesuite_core::model::BookLevel]| {
            levels.first().map_or_else(
                || "none".to_owned(),
                |level| {
                    format!(
                        "{} x {}",
                        level.price.to_decimal(self.precision.price),
                        level.quantity.to_decimal(self.precision.quantity)
                    )
                },
            )
        };
        let said = |last: LastTrade| {
            let (price, decimals) = last.price();
            price.to_decimal(decimals).to_string()
        };
        match &self.stale {
            Some(reason) => format!("Stale: {reason}"),
            None => format!(
                "Best bid {}, best ask {}, last {}, {} bids and {} asks shown, message {}",
                side(&self.view.bids),
                side(&self.view.asks),
                self.last.map_or_else(|| "none".to_owned(), said),
                self.view.bids.len(),
                self.view.asks.len(),
                self.seq
            ),
        }
    }
}

/// The order book of the instrument looked at.
#[component]
pub fn BookPanel(
    /// Its place in the page.
    context: PanelContext,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let live = Live::expect();
    let canvas = NodeRef::<Canvas>::new();
    let summary = NodeRef::<Span>::new();
    let note = RwSignal::new(None::<String>);
    Effect::new(move || {
        if workspace.ready.get() {
            start(
                &context.instrument.get(),
                workspace,
                live,
                canvas,
                summary,
                note,
            );
        }
    });
    let message = move || match live.link().get() {
        Link::Lost => Some("The server cannot be reached.".to_owned()),
        _ => note.get(),
    };
    let summary_id = context.element_id("summary");
    view! {
        <Panel title="Order book">
            <div class="relative min-h-0 grow">
                <canvas
                    node_ref=canvas
                    class="size-full"
                    data-testid="book"
                    role="img"
                    aria-label="Order book, asks above bids"
                    aria-describedby=summary_id.clone()
                ></canvas>
                <span id=summary_id class="sr-only" node_ref=summary data-testid="book-summary"></span>
                <Show when=move || message().is_some()>
                    <p
                        class="absolute inset-x-3 top-1/2 -translate-y-1/2 rounded bg-raised px-3 py-2 text-center text-text-2"
                        data-testid="book-note"
                        role="status"
                    >
                        {message}
                    </p>
                </Show>
            </div>
        </Panel>
    }
}

/// Listens to the book and paints it until the surrounding effect runs again.
fn start(
    instrument: &InstrumentId,
    workspace: Workspace,
    live: Live,
    canvas: NodeRef<Canvas>,
    summary: NodeRef<Span>,
    note: RwSignal<Option<String>>,
) {
    let book = Rc::new(RefCell::new(Book::default()));
    note.set(Some("Waiting for the book…".to_owned()));
    let summary = Readout::new(summary);
    let units = (instrument.quote().to_owned(), instrument.base().to_owned());
    let painted = Rc::clone(&book);
    let painter = Painter::start(canvas, INTERVAL_MS, move |surface, size, palette| {
        let mut book = painted.borrow_mut();
        paint(&mut book, surface, size, palette, &units);
        summary.set(&book.summary(), "");
    });
    let (on_book, on_trades) = (Rc::clone(&book), book);
    let (book_painter, trade_painter, theme_painter) = (painter.clone(), painter.clone(), painter);
    let book_topic = Topic::Book {
        instrument: instrument.clone(),
        depth: BookDepth::default(),
    };
    let books = live.subscribe(book_topic, move |message| {
        let mut book = on_book.borrow_mut();
        book.take(message);
        let state = match &book.stale {
            Some(reason) => Some(format!("Stale: {reason}")),
            None if !book.known => Some("Waiting for the book…".to_owned()),
            None if book.view.bids.is_empty() && book.view.asks.is_empty() => {
                Some("The book is empty.".to_owned())
            }
            None => None,
        };
        if note.get_untracked() != state {
            note.set(state);
        }
        book_painter.request();
    });
    let trades = Pulse::expect().listen(instrument, move |beat| {
        on_trades.borrow_mut().last = beat.last;
        trade_painter.request_now();
    });
    Effect::new(move || {
        workspace.theme.track();
        theme_painter.recolor();
    });
    let held = StoredValue::new_local(Some((books, trades)));
    on_cleanup(move || drop(held.try_update_value(Option::take)));
}

/// One frame.
fn paint(
    book: &mut Book,
    surface: &Surface,
    size: SurfaceSize,
    palette: &Palette,
    units: &(String, String),
) {
    let snap = PixelSnap::new(size.ratio);
    let px = |css: f64| f64::from(snap.px(css));
    let layout = BookLayout::new(size.height / size.ratio - CAPTIONS);
    let columns = Columns::new(size.width, &px);
    let caption = Font {
        px: 10.0 * size.ratio,
        weight: 400,
    };
    let names = [
        format!("Price ({})", units.0),
        format!("Size ({})", units.1),
        "Total".to_owned(),
    ];
    for (name, x) in names.iter().zip(columns.edges) {
        surface.text(
            name,
            (x, px(CAPTIONS / 2.0)),
            Align::Right,
            caption,
            &palette.text_2,
        );
    }
    let Book {
        view,
        precision,
        scale,
        bids,
        asks,
        rows,
        last,
        known,
        ..
    } = book;
    grouped_levels(Side::Buy, &view.bids, 1, layout.rows, bids);
    grouped_levels(Side::Sell, &view.asks, 1, layout.rows, asks);
    scale.observe(bids, asks);
    for (side, levels, color) in [
        (Side::Sell, &*asks, palette.down.as_str()),
        (Side::Buy, &*bids, palette.up.as_str()),
    ] {
        layout.rows(side, levels, scale, rows);
        let row_top = |row: &BookRow| px(CAPTIONS + row.y);
        let height = |row: &BookRow| px(CAPTIONS + row.y + BookLayout::ROW) - row_top(row);
        let bar = |share: f64, row: &BookRow| {
            let width = (size.width * share).round();
            Rect {
                x: size.width - width,
                y: row_top(row),
                width,
                height: height(row),
            }
        };
        let totals: Vec<Rect> = rows.iter().map(|row| bar(row.total_share, row)).collect();
        let sizes: Vec<Rect> = rows.iter().map(|row| bar(row.size_share, row)).collect();
        surface.fill_rects(color, 0.065, &totals);
        surface.fill_rects(color, 0.13, &sizes);
        let font = Font {
            px: 11.5 * size.ratio,
            weight: 400,
        };
        let shown = SIZE_DECIMALS.min(precision.quantity);
        for row in rows.iter() {
            let y = px(CAPTIONS + row.y + BookLayout::ROW / 2.0);
            let rounded = |volume: Volume| format::size(volume.0, precision.quantity, shown);
            let texts = [
                (format::price(row.price, precision.price), color),
                (rounded(row.quantity), palette.text_1.as_str()),
                (rounded(row.total), palette.text_2.as_str()),
            ];
            for ((text, color), x) in texts.iter().zip(columns.edges) {
                surface.text(text, (x, y), Align::Right, font, color);
            }
        }
    }
    if *known {
        paint_middle(surface, size, palette, &layout, (view, *precision, *last));
    }
}

/// The line between the sides: last trade, spread, mid.
fn paint_middle(
    surface: &Surface,
    size: SurfaceSize,
    palette: &Palette,
    layout: &BookLayout,
    (view, precision, last): (&BookView, Precision, Option<LastTrade>),
) {
    let snap = PixelSnap::new(size.ratio);
    let px = |css: f64| f64::from(snap.px(css));
    let top = px(CAPTIONS + layout.middle_y);
    let height = px(CAPTIONS + layout.middle_y + BookLayout::MIDDLE) - top;
    let band = Rect {
        x: 0.0,
        y: top,
        width: size.width,
        height,
    };
    surface.fill_rects(&palette.raised, 1.0, &[band]);
    let y = (top + height / 2.0).round();
    let small = Font {
        px: 10.5 * size.ratio,
        weight: 400,
    };
    let mut x = px(10.0);
    if let Some(last) = last {
        let font = Font {
            px: 15.0 * size.ratio,
            weight: 600,
        };
        let (price, decimals) = last.price();
        let (arrow, color) = match last.side() {
            Side::Buy => ("↑", &palette.up),
            Side::Sell => ("↓", &palette.down),
        };
        let text = format!("{} {arrow}", format::price(price, decimals));
        surface.text(&text, (x, y), Align::Left, font, color);
        x += surface.text_width(&text, font) + px(8.0);
    }
    if let (Some(bid), Some(ask)) = (view.bids.first(), view.asks.first()) {
        let spread = format::grouped(i128::from(ask.price.0 - bid.price.0), precision.price);
        surface.text(
            &format!("spread {spread}"),
            (x, y),
            Align::Left,
            small,
            &palette.text_2,
        );
        // Half a count needs one more decimal.
        let mid = (i128::from(ask.price.0) + i128::from(bid.price.0)) * 5;
        let mid = format!("mid {}", format::grouped(mid, precision.price + 1));
        let end = (size.width - px(10.0), y);
        surface.text(&mid, end, Align::Right, small, &palette.text_2);
    }
}

/// Right edges of the three columns, device pixels.
struct Columns {
    edges: [f64; 3],
}

impl Columns {
    fn new(width: f64, px: &impl Fn(f64) -> f64) -> Self {
        let inner = width - px(10.0);
        Self {
            edges: [
                (inner * 0.36).round(),
                (inner * 0.68).round(),
                inner.round(),
            ],
        }
    }
}
