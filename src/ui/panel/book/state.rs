//! What the book panel holds between two frames.

use leptos::prelude::{GetUntracked, Memo, RwSignal, Set};
use serde::Serialize;
use tradesuite_core::chart::{
    BookLayout, BookRow, Changes, Group, SizeUnit, WidthScale, group_levels, imbalance,
};
use tradesuite_core::model::{InstrumentId, Side};

use super::paint;
use crate::browser;
use crate::ui::panel::live_book::LiveBook;
use crate::ui::panel::{Frame, Grouping, Note, Painted};
use crate::ui::pulse::LastTrade;

/// How long a changed size flashes, milliseconds: until digits may change again.
const FLASH_MS: f64 = 90.0;

/// How a person has set the panel, and what the panel asks for because of it.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// Ticks a row.
    pub grouping: Grouping,
    /// Unit of sizes.
    pub unit: Memo<SizeUnit>,
    /// Whether a changed size flashes.
    pub flash: Memo<bool>,
    /// Levels a side that are asked for.
    pub levels: RwSignal<u16>,
}

/// One side of the book as it is shown.
#[derive(Default)]
pub struct ShownSide {
    /// Best first.
    pub groups: Vec<Group>,
    /// Rows, best first.
    pub rows: Vec<BookRow>,
    /// Which rows flash.
    pub changes: Changes,
}

/// The book, and how it is shown.
pub struct BookState {
    /// As the socket tells it.
    pub book: LiveBook,
    /// The last trade.
    pub last: Option<LastTrade>,
    /// The bids.
    pub bids: ShownSide,
    /// The asks.
    pub asks: ShownSide,
    /// The bids' share of what is in view.
    pub imbalance: Option<f64>,
    /// Counts a row.
    pub step: i64,
    /// What a row is called: quote and base currency.
    pub units: (String, String),
    /// How the panel is set.
    pub choices: Choices,
    scale: WidthScale,
    /// The message that changes were last looked for at: its number, and the levels told.
    compared: Option<(u64, u16)>,
    /// What the groups were joined from: version of the book, step and rows.
    grouped: Option<(u64, i64, usize)>,
    /// Until when the changes of that flash, milliseconds since the page was opened.
    flash_until: f64,
}

impl BookState {
    /// Nothing known yet.
    #[must_use]
    pub fn new(instrument: &InstrumentId, choices: Choices) -> Self {
        Self {
            book: LiveBook::default(),
            last: None,
            bids: ShownSide::default(),
            asks: ShownSide::default(),
            imbalance: None,
            step: 1,
            units: (instrument.quote().to_owned(), instrument.base().to_owned()),
            choices,
            scale: WidthScale::default(),
            compared: None,
            grouped: None,
            flash_until: f64::MIN,
        }
    }

    /// Joins the levels for a panel with so many rows.
    fn lay_out(&mut self, layout: &BookLayout) {
        let Some(price) = self.book.some_price() else {
            self.bids = ShownSide::default();
            self.asks = ShownSide::default();
            self.imbalance = None;
            self.grouped = None;
            return;
        };
        let decimals = self.book.precision.price;
        let step = self.choices.grouping.step(price, decimals, false);
        if step != self.step {
            self.step = step;
            self.scale = WidthScale::default();
            // Rows of another step are others, not changed ones.
            self.bids.changes = Changes::default();
            self.asks.changes = Changes::default();
            self.compared = None;
        }
        // A trade, too, has the panel painted: the book is the same then.
        let grouped = Some((self.book.version(), step, layout.rows));
        if self.grouped != grouped {
            self.grouped = grouped;
            self.group(layout.rows);
        }
        let now = browser::page_ms();
        self.scale
            .observe(now, &self.bids.groups, &self.asks.groups);
        // And goes on flashing.
        let message = Some((self.book.seq, self.book.depth));
        let is_news = self.compared != message;
        self.compared = message;
        for (side, shown) in [(Side::Buy, &mut self.bids), (Side::Sell, &mut self.asks)] {
            layout.rows(side, &shown.groups, &self.scale, &mut shown.rows);
            if is_news {
                shown.changes.observe(side, &shown.groups);
            }
        }
        if is_news {
            self.flash_until = now + FLASH_MS;
        }
    }

    /// Joins the levels of both sides, and asks for more where they do not fill the rows.
    fn group(&mut self, rows: usize) {
        let mut reaches = true;
        for (side, shown) in [(Side::Buy, &mut self.bids), (Side::Sell, &mut self.asks)] {
            let (levels, is_cut) = (self.book.levels(side), self.book.is_cut(side));
            group_levels(side, levels, is_cut, self.step, rows, &mut shown.groups);
            let is_short = shown.groups.len() < rows
                || shown.groups.last().is_some_and(|last| last.is_partial);
            reaches &= !(is_cut && is_short);
        }
        if let (false, Some(deeper)) = (reaches, self.book.deeper())
            && self.choices.levels.get_untracked() < deeper
        {
            self.choices.levels.set(deeper);
        }
        self.imbalance = imbalance(&self.bids.groups, &self.asks.groups);
    }

    /// Whether changed sizes are marked now.
    #[must_use]
    pub fn flashes(&self) -> bool {
        let is_wanted = self.choices.flash.get_untracked() && !browser::reduced_motion();
        is_wanted && browser::page_ms() < self.flash_until
    }
}

impl Painted for BookState {
    fn note(&self) -> Option<Note> {
        self.book.note()
    }

    fn paint(&mut self, frame: &Frame) -> bool {
        let layout = paint::layout(frame);
        self.lay_out(&layout);
        paint::paint(self, &layout, frame);
        // What flashes in this frame does not for ever.
        self.flashes() && (self.bids.changes.any() || self.asks.changes.any())
    }

    fn summary(&self) -> String {
        if self.book.is_stale() {
            return self.book.summary();
        }
        let last = self.last.map(|last| last.exact_price());
        let weight = match self.imbalance {
            Some(bids) => format!("bids are {:.0} % of what is in view", bids * 100.0),
            None => "a side is empty".to_owned(),
        };
        let last = last.as_deref().unwrap_or("none");
        format!("{}, last {last}, {weight}", self.book.summary())
    }

    fn facts(&self) -> String {
        let row = |row: &BookRow| {
            let precision = self.book.precision;
            [
                row.price.to_decimal(precision.price).to_string(),
                row.amount.quantity.display(precision.quantity).to_string(),
                row.total.quantity.display(precision.quantity).to_string(),
            ]
        };
        let facts = Facts {
            seq: self.book.seq,
            levels: self.book.depth,
            step: tradesuite_core::model::Price(self.step)
                .to_decimal(self.book.precision.price)
                .to_string(),
            bids: self.bids.rows.iter().map(row).collect(),
            asks: self.asks.rows.iter().map(row).collect(),
        };
        serde_json::to_string(&facts).unwrap_or_default()
    }
}

/// The rows in figures: price, size and total as exact texts, best first.
#[derive(Serialize)]
struct Facts {
    /// Number of the message that they follow.
    seq: u64,
    /// Levels a side that are told at most.
    levels: u16,
    /// Price step of a row.
    step: String,
    bids: Vec<[String; 3]>,
    asks: Vec<[String; 3]>,
}
