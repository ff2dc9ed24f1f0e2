//! What the depth panel holds between two frames.

use leptos::prelude::{GetUntracked, Memo};
use serde::Serialize;
use tradesuite_core::chart::{Amount, DepthAxis, DepthPoint, SizeUnit};
use tradesuite_core::model::{InstrumentId, Side};

use super::paint::{Painter, plot};
use crate::ui::panel::live_book::LiveBook;
use crate::ui::panel::{Frame, Note, Painted};

/// Percent from the mid to an edge at most.
const WIDEST: f64 = 50.0;

/// How a person has set the panel.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// Percent from the mid to either edge; 0 as far as the book is known.
    pub span: Memo<f64>,
    /// Unit of sizes.
    pub unit: Memo<SizeUnit>,
}

/// The book and the axis.
pub struct DepthState {
    /// As the socket tells it.
    pub book: LiveBook,
    /// What the plot spans.
    pub axis: DepthAxis,
    /// Where the pointer is, CSS pixels from the left; `None` outside.
    pub pointer_x: Option<f64>,
    /// What the pointer points at.
    pub point: Option<DepthPoint>,
    /// Quote and base currency.
    pub units: (String, String),
    choices: Choices,
    painter: Painter,
}

impl DepthState {
    /// Nothing known yet.
    #[must_use]
    pub fn new(instrument: &InstrumentId, choices: Choices) -> Self {
        Self {
            book: LiveBook::default(),
            axis: DepthAxis::default(),
            pointer_x: None,
            point: None,
            units: (instrument.quote().to_owned(), instrument.base().to_owned()),
            choices,
            painter: Painter::default(),
        }
    }

    fn lay_out(&mut self, frame: &Frame) {
        let unit = self.choices.unit.get_untracked();
        if unit != self.axis.unit() {
            self.axis = DepthAxis::new(unit);
        }
        let span = self.choices.span.get_untracked();
        let span = (span > 0.0).then(|| span.min(WIDEST) / 100.0);
        self.axis
            .follow(&self.book.view, span, self.pointer_x.is_some());
        let (width, _) = plot(frame);
        let share = self
            .pointer_x
            .map(|x| x * frame.size.ratio / f64::from(width.max(1)));
        self.point = share
            .filter(|share| (0.0..=1.0).contains(share))
            .and_then(|share| self.axis.point(&self.book.view, share));
    }

    /// What rests on a side within the axis.
    #[must_use]
    pub fn seen(&self, side: Side) -> Amount {
        self.axis.seen(side, self.book.levels(side))
    }

    /// A size in the panel's unit, with it.
    #[must_use]
    pub fn text(&self, amount: Amount, unit: SizeUnit) -> String {
        let name = match unit {
            SizeUnit::Base => &self.units.1,
            SizeUnit::Quote => &self.units.0,
        };
        format!("{} {name}", amount.compact(unit, self.book.precision))
    }
}

impl Painted for DepthState {
    fn note(&self) -> Option<Note> {
        self.book.note()
    }

    fn paint(&mut self, frame: &Frame) -> bool {
        self.lay_out(frame);
        let mut painter = std::mem::take(&mut self.painter);
        painter.paint(self, frame);
        self.painter = painter;
        false
    }

    fn summary(&self) -> String {
        let unit = self.axis.unit();
        format!(
            "{}; {} bid and {} offered within {:.2} % of the middle",
            self.book.summary(),
            self.text(self.seen(Side::Buy), unit),
            self.text(self.seen(Side::Sell), unit),
            self.axis.span() * 100.0
        )
    }

    fn facts(&self) -> String {
        let precision = self.book.precision;
        let point = self.point.map(|point| PointFacts {
            side: point.side.name(),
            price: point.price.to_decimal(precision.price).to_string(),
            quantity: point
                .amount
                .quantity
                .display(precision.quantity)
                .to_string(),
            notional: point
                .amount
                .notional
                .display(precision.notional())
                .to_string(),
        });
        let facts = Facts {
            seq: self.book.seq,
            span: self.axis.span(),
            point,
        };
        serde_json::to_string(&facts).unwrap_or_default()
    }
}

/// The curve in figures.
#[derive(Serialize)]
struct Facts {
    /// Number of the message of the book.
    seq: u64,
    /// From the middle to either edge, share of the price.
    span: f64,
    point: Option<PointFacts>,
}

/// What is pointed at, as exact texts.
#[derive(Serialize)]
struct PointFacts {
    side: &'static str,
    price: String,
    quantity: String,
    notional: String,
}
