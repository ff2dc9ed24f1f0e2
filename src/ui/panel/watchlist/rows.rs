//! The rows between two frames: what the market said of each, which of it is written, and in which
//! order they stand.
//!
//! A message only notes what it says. A frame writes what changed, at most ten times a second; the
//! order, the lines of the day and the words for readers follow once a second. In a page that is
//! hidden there is no frame.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use leptos::html::Span;
use leptos::prelude::*;
use tradesuite_core::model::InstrumentId;
use tradesuite_core::protocol::TickerData;
use tradesuite_core::watch::{Figures, Sort, StillOrder, Trend, sorted};

use super::cells::{Cells, Style, title};
use crate::browser::{self, FrameLoop};
use crate::ui::panel::Painter;
use crate::ui::widget::Readout;

/// Digits change at most this often, milliseconds.
const DIGITS_MS: f64 = 100.0;
/// The order changes at most this often, milliseconds.
const ORDER_MS: u32 = 1_000;

/// One row.
#[derive(Default)]
struct Row {
    data: Option<TickerData>,
    trend: Trend,
    /// Whether the market said more than is written.
    is_dirty: bool,
    /// The same of the line of the day.
    is_trend_dirty: bool,
    /// What it is written into, while it is in the page.
    cells: Option<Cells>,
    painter: Option<Painter>,
}

#[derive(Default)]
struct State {
    rows: HashMap<InstrumentId, Row>,
    own: Vec<InstrumentId>,
    sort: Option<Sort>,
    style: Style,
    order: StillOrder,
    is_pointed: bool,
    is_focused: bool,
    frames: Option<FrameLoop>,
    summary: Option<Readout>,
    written_ms: f64,
    is_second_over: bool,
}

/// A handle on the rows of one panel; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct Rows {
    state: StoredValue<Rc<RefCell<State>>, LocalStorage>,
    /// Instruments from the top.
    pub shown: RwSignal<Vec<InstrumentId>>,
    /// Whether another order waits until nobody points at the rows.
    pub is_waiting: RwSignal<bool>,
}

impl Rows {
    /// Nothing to show yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: StoredValue::new_local(Rc::default()),
            shown: RwSignal::new(Vec::new()),
            is_waiting: RwSignal::new(false),
        }
    }

    /// Begins to write. Call it in an effect: everything ends with its owner.
    pub fn start(self, summary: NodeRef<Span>) {
        let frames = FrameLoop::new(move |at| self.frame(at));
        let summary = Readout::new(summary);
        self.with(|state| {
            state.frames = Some(frames.clone());
            state.summary = Some(summary);
        });
        let second = browser::every(ORDER_MS, move || {
            self.with(|state| {
                state.is_second_over = true;
                state.request();
            });
        });
        let held = StoredValue::new_local(Some((second, frames)));
        on_cleanup(move || {
            if let Some((_second, frames)) = held.try_update_value(Option::take).flatten() {
                frames.stop();
            }
        });
    }

    /// `None` once the panel is being taken down.
    fn with<T>(self, action: impl FnOnce(&mut State) -> T) -> Option<T> {
        let state = self.state.try_get_value()?;
        let mut state = state.try_borrow_mut().ok()?;
        Some(action(&mut state))
    }

    /// What a person chose: the instruments in their own order, how they are sorted and how their
    /// figures are written. Holds at once, whoever points at them.
    pub fn choose(self, own: Vec<InstrumentId>, sort: Sort, style: Style) {
        let moved = self.with(|state| {
            state
                .rows
                .retain(|id, row| row.cells.is_some() || own.contains(id));
            for id in &own {
                state.rows.entry(id.clone()).or_default().is_dirty = true;
            }
            (state.own, state.sort, state.style) = (own, Some(sort), style);
            let wanted = state.wanted();
            state.request();
            state
                .order
                .obey(wanted)
                .then(|| state.order.shown().to_vec())
        });
        self.show(moved.flatten());
    }

    /// A row is in the page.
    pub fn attach(self, id: &InstrumentId, cells: Cells, painter: Painter) {
        self.with(|state| {
            let row = state.rows.entry(id.clone()).or_default();
            (row.cells, row.painter) = (Some(cells), Some(painter));
            (row.is_dirty, row.is_trend_dirty) = (true, true);
            state.request();
        });
    }

    /// It is no longer.
    pub fn detach(self, id: &InstrumentId) {
        self.with(|state| {
            let is_listed = state.own.contains(id);
            if !is_listed {
                state.rows.remove(id);
            } else if let Some(row) = state.rows.get_mut(id) {
                (row.cells, row.painter) = (None, None);
            }
        });
    }

    /// The market says how the day is.
    pub fn hear(self, id: &InstrumentId, data: TickerData) {
        self.with(|state| {
            let Some(row) = state.rows.get_mut(id) else {
                return;
            };
            if let Some(last) = data.ticker.last {
                let price = last.to_f64(data.precision.price);
                row.trend.follow(data.ticker.time.to_ms(), price);
            }
            row.data = Some(data);
            (row.is_dirty, row.is_trend_dirty) = (true, true);
            state.request();
        });
    }

    /// Changes the line of the day.
    pub fn change_trend(self, id: &InstrumentId, change: impl FnOnce(&mut Trend)) {
        self.with(|state| {
            if let Some(row) = state.rows.get_mut(id) {
                change(&mut row.trend);
                if let Some(painter) = &row.painter {
                    painter.request();
                }
            }
        });
    }

    /// The line of the day in a box of this size, and whether the price has risen.
    #[must_use]
    pub fn trend(self, id: &InstrumentId, width: f64, height: f64) -> (Vec<(f64, f64)>, bool) {
        let found = self.with(|state| {
            let row = state.rows.get(id)?;
            let change = row.figures(state.style).change;
            let is_up = change.is_none_or(|change| change.counts >= 0);
            Some((row.trend.line(width, height), is_up))
        });
        found.flatten().unwrap_or_default()
    }

    /// What is known of a row, at length.
    #[must_use]
    pub fn title(self, id: &InstrumentId) -> String {
        let known = self.with(|state| {
            let data = state.rows.get(id)?.data.as_ref()?;
            Some(title(id, data, state.style))
        });
        let known = known.flatten();
        known.unwrap_or_else(|| "Nothing is known yet".to_owned())
    }

    /// A pointer is among the rows, or not.
    pub fn point(self, is_in: bool) {
        self.hold(|state| state.is_pointed = is_in);
    }

    /// The keyboard is among the rows, or not.
    pub fn focus(self, is_in: bool) {
        self.hold(|state| state.is_focused = is_in);
    }

    fn hold(self, change: impl FnOnce(&mut State)) {
        let is_waiting = self.with(|state| {
            change(state);
            let is_held = state.is_pointed || state.is_focused;
            state.order.hold(is_held);
            state.order.is_waiting()
        });
        self.say_waiting(is_waiting.unwrap_or_default());
    }

    fn frame(self, at: f64) {
        let moved = self.with(|state| state.frame(at)).flatten();
        let is_waiting = self.with(|state| state.order.is_waiting());
        self.say_waiting(is_waiting.unwrap_or_default());
        self.show(moved);
    }

    fn show(self, moved: Option<Vec<InstrumentId>>) {
        if let Some(moved) = moved {
            self.shown.set(moved);
        }
    }

    fn say_waiting(self, is_waiting: bool) {
        if self.is_waiting.try_get_untracked() == Some(!is_waiting) {
            self.is_waiting.set(is_waiting);
        }
    }
}

impl Row {
    fn figures(&self, style: Style) -> Figures {
        self.data.as_ref().map_or_else(Figures::default, |data| {
            Figures::of(&data.ticker, data.precision, style.unit)
        })
    }
}

impl State {
    fn request(&self) {
        if let Some(frames) = &self.frames {
            frames.request();
        }
    }

    fn wanted(&self) -> Vec<InstrumentId> {
        let sort = self.sort.unwrap_or(Sort::OWN);
        sorted(&self.own, sort, |id| {
            let row = self.rows.get(id);
            row.map_or_else(Figures::default, |row| row.figures(self.style))
        })
    }

    /// Writes what changed; the rows in another order where they are to move.
    fn frame(&mut self, at: f64) -> Option<Vec<InstrumentId>> {
        if at - self.written_ms < DIGITS_MS {
            self.request();
            return None;
        }
        self.written_ms = at;
        for row in self.rows.values_mut().filter(|row| row.is_dirty) {
            row.is_dirty = false;
            if let (Some(cells), Some(data)) = (&row.cells, &row.data) {
                cells.write(data, &row.figures(self.style), self.style.numbers);
            }
        }
        if !std::mem::take(&mut self.is_second_over) {
            return None;
        }
        for row in self.rows.values_mut().filter(|row| row.is_trend_dirty) {
            row.is_trend_dirty = false;
            if let Some(painter) = &row.painter {
                painter.request();
            }
        }
        if let Some(summary) = &self.summary {
            summary.set(&self.words(), "");
        }
        let wanted = self.wanted();
        self.order
            .follow(wanted)
            .then(|| self.order.shown().to_vec())
    }

    /// What a screen reader reads of all rows.
    fn words(&self) -> String {
        let changes = self.own.iter().filter_map(|id| {
            let row = self.rows.get(id)?;
            row.figures(self.style).change
        });
        let (mut rise, mut fall) = (0, 0);
        for change in changes {
            match change.counts {
                0 => {}
                counts if counts > 0 => rise += 1,
                _ => fall += 1,
            }
        }
        let count = self.own.len();
        let noun = if count == 1 {
            "instrument"
        } else {
            "instruments"
        };
        format!("{count} {noun}: over 24 hours {rise} rose and {fall} fell.")
    }
}
