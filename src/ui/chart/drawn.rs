//! What a person does with drawings on a chart: drawing, choosing, moving, keeping, deleting.

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradesuite_core::chart::{Anchor, ChartView, Crosshair, Spot, format};
use tradesuite_core::model::{Decimal, Drawing, DrawingEdit, Drawings, InstrumentId, Point, Shape};

use crate::ui::chart::session::Session;
use crate::ui::drawings::DrawingBoard;
use crate::ui::panel::PanelContext;

/// The drawings of a chart: which is chosen, and what is open; cheap to copy into every closure.
#[derive(Clone, Copy)]
pub struct ChartDrawings {
    context: PanelContext,
    /// Everything that is drawn.
    pub board: DrawingBoard,
    /// The drawing that keys and the form are about.
    pub selected: RwSignal<Option<u32>>,
    /// Whether the form of the selected drawing is open.
    pub is_open: RwSignal<bool>,
    /// Whether something is measured that can be kept.
    pub has_measure: RwSignal<bool>,
    /// What was done last, for those who do not see it.
    pub said: RwSignal<String>,
}

impl ChartDrawings {
    /// Those of a panel's instrument.
    #[must_use]
    pub fn of(context: PanelContext) -> Self {
        Self {
            context,
            board: DrawingBoard::expect(),
            selected: RwSignal::new(None),
            is_open: RwSignal::new(false),
            has_measure: RwSignal::new(false),
            said: RwSignal::new(String::new()),
        }
    }

    /// What is drawn on the instrument, read again when it changes.
    #[must_use]
    pub fn list(self) -> Drawings {
        self.board.drawings(&self.context.instrument.get())
    }

    /// The drawing that is selected, as long as it is there.
    #[must_use]
    pub fn chosen(self) -> Option<Drawing> {
        let id = self.selected.get()?;
        self.list().get(id).cloned()
    }

    /// What there is to say about the drawings.
    #[must_use]
    pub fn note(self) -> Option<String> {
        self.board.note(&self.context.instrument.get())
    }

    /// Says it no more.
    pub fn unsay(self) {
        self.board.unsay(&self.instrument());
    }

    /// Draws, or changes what is drawn.
    pub fn put(self, drawing: Drawing) {
        self.board
            .edit(&self.instrument(), DrawingEdit::Put(drawing));
    }

    /// Draws something new and selects it.
    pub fn draw(self, shape: Shape) {
        let id = self.board.free_id(&self.instrument());
        self.put(Drawing {
            id,
            colour: None,
            shape,
        });
        self.select(Some(id));
    }

    /// Deletes the selected drawing. Says whether there was one.
    pub fn delete(self) -> bool {
        let Some(drawing) = untrack(|| self.chosen()) else {
            return false;
        };
        let edit = DrawingEdit::Remove(drawing.id);
        self.board.edit(&self.instrument(), edit);
        self.select(None);
        self.said.set(format!("{} deleted", name_of(&drawing)));
        true
    }

    /// Takes the last change of a drawing back, or makes it again. Says whether there was one.
    pub fn step(self, is_back: bool) -> bool {
        let instrument = self.instrument();
        match is_back {
            true => self.board.undo(&instrument),
            false => self.board.redo(&instrument),
        }
    }

    /// Selects a drawing, or none.
    pub fn select(self, id: Option<u32>) {
        if self.selected.get_untracked() != id {
            self.selected.set(id);
            self.is_open.set(false);
        }
    }

    /// Selects the next drawing or the one before, round at the ends.
    pub fn select_next(self, is_on: bool) {
        let drawings = untrack(|| self.list()).drawings;
        let held = self.selected.get_untracked();
        let next = next_of(&drawings, held, is_on);
        self.select(next.map(|at| drawings[at].id));
        self.said.set(match next {
            Some(at) => format!(
                "{}, {} of {}",
                name_of(&drawings[at]),
                at + 1,
                drawings.len()
            ),
            None => "Nothing is drawn".to_owned(),
        });
    }

    /// Opens the form of the selected drawing. Says whether there is one.
    pub fn open(self) -> bool {
        let is_chosen = untrack(|| self.chosen()).is_some();
        if is_chosen {
            self.is_open.set(true);
        }
        is_chosen
    }

    /// Lines that a chart kept for itself before drawings were kept on the server become drawings,
    /// once it is known which there are; then the chart keeps them no longer.
    pub fn take_over_lines(self) {
        let held = self.context.setting("lines", BTreeMap::new());
        Effect::new(move || {
            let instrument = self.context.instrument.get();
            let mut lines: BTreeMap<InstrumentId, Vec<String>> = held.get();
            if !self.board.is_known(&instrument) {
                return;
            }
            let Some(texts) = lines.remove(&instrument) else {
                return;
            };
            let prices = texts.iter().filter_map(|text| text.parse().ok());
            self.board.take_over(&instrument, prices);
            match lines.is_empty() {
                true => self.context.set("lines", serde_json::Value::Null),
                false => self.context.set("lines", lines),
            }
        });
    }

    fn instrument(self) -> InstrumentId {
        self.context.instrument.get_untracked()
    }
}

/// The place of the drawing after the one that is selected, or before it.
fn next_of(drawings: &[Drawing], held: Option<u32>, is_on: bool) -> Option<usize> {
    let count = drawings.len();
    let at = held.and_then(|id| drawings.iter().position(|drawing| drawing.id == id));
    let next = match (at, is_on) {
        (Some(at), true) => at + 1,
        (Some(at), false) => at + count - 1,
        (None, true) => 0,
        (None, false) => count.checked_sub(1)?,
    };
    (count > 0).then(|| next % count)
}

/// What a drawing is, in a few words.
#[must_use]
pub fn name_of(drawing: &Drawing) -> String {
    match &drawing.shape {
        Shape::Line { price, label } if label.is_empty() => format!("Line at {price}"),
        Shape::Line { price, label } => format!("Line {label} at {price}"),
        Shape::Measure { from, to } => {
            let span = format::duration((to.time.0 - from.time.0).abs());
            format!("Measure from {} to {}, {span}", from.price, to.price)
        }
        Shape::Vwap { time } => {
            let time = time.to_rfc3339();
            format!("VWAP since {} UTC", time[..16].replace('T', " "))
        }
    }
}

/// A place of the chart, whatever its bars are.
fn point_of(view: &ChartView, anchor: &Anchor) -> Point {
    Point {
        time: anchor.time,
        price: anchor.price.to_decimal(view.series().precision().price),
    }
}

impl Session {
    /// Draws a line where the crosshair is, at the last price where there is none, or takes the one
    /// that is there away. Before the first bars there are no prices, and nothing happens.
    pub fn toggle_line(&self) {
        let drawings = self.parts.drawings;
        let (at, price) = {
            let shown = self.shown.borrow();
            let view = shown.feed.view();
            let in_prices =
                |(x, y): &(f64, f64)| matches!(view.spot(*x, *y), Spot::Plot(0) | Spot::Drawing(_));
            let place = shown.gestures.crosshair().filter(in_prices);
            let at = place.and_then(|(x, y)| view.drawing_at(x, y));
            let at = at.filter(|id| view.lines().price_of(*id).is_some());
            let pointed = place.and_then(|(x, y)| Some(view.anchor(x, y)?.price));
            let price = pointed.or_else(|| view.last_price().map(|(price, _)| price));
            let decimals = view.series().precision().price;
            (at, price.map(|price| price.to_decimal(decimals)))
        };
        match (at, price) {
            (Some(id), _) => {
                drawings.select(Some(id));
                drawings.delete();
            }
            (None, Some(price)) => {
                let label = String::new();
                drawings.draw(Shape::Line { price, label });
                drawings.said.set(format!("Line at {price} drawn"));
            }
            (None, None) => {}
        }
    }

    /// Draws the average price since the bar pointed at, else since the first in view.
    pub fn draw_average(&self) {
        let since = {
            let shown = self.shown.borrow();
            let view = shown.feed.view();
            let pointed = shown
                .crosshair()
                .map(|crosshair: Crosshair| crosshair.index);
            let index = pointed.unwrap_or(view.axis().visible_bars().start);
            view.series().bar(index).map(|bar| bar.time)
        };
        if let Some(time) = since {
            let shape = Shape::Vwap { time };
            self.parts.drawings.draw(shape);
        }
    }

    /// Keeps what is measured as a drawing.
    pub fn keep_measure(&self) {
        let shape = {
            let shown = self.shown.borrow();
            let view = shown.feed.view();
            shown.gestures.measure().map(|measure| Shape::Measure {
                from: point_of(view, &measure.from),
                to: point_of(view, &measure.to),
            })
        };
        if let Some(shape) = shape {
            self.end_measure();
            self.parts.drawings.draw(shape);
        }
    }

    /// Keeps the price that a line was dragged to.
    pub(super) fn keep_line(&self, id: u32) {
        let moved = {
            let shown = self.shown.borrow();
            shown.marked.moved(shown.feed.view(), id)
        };
        if let Some(moved) = moved {
            self.parts.drawings.put(moved);
        }
    }

    /// Moves the selected line by so many steps of the instrument's price. Says whether one is
    /// selected.
    pub fn move_line(&self, steps: i64) -> bool {
        let drawings = self.parts.drawings;
        let Some(mut drawing) = untrack(|| drawings.chosen()) else {
            return false;
        };
        let Shape::Line { price, .. } = &mut drawing.shape else {
            return false;
        };
        let (tick, decimals) = {
            let shown = self.shown.borrow();
            let view = shown.feed.view();
            (view.tick(), view.series().precision().price)
        };
        let moved = price.mantissa_at(decimals).and_then(|counts| {
            let mantissa = counts.checked_add(tick.checked_mul(steps)?)?;
            let scale = decimals;
            (mantissa > 0).then_some(Decimal { mantissa, scale })
        });
        if let Some(moved) = moved {
            *price = moved;
            drawings.put(drawing);
            drawings.said.set(format!("Line at {moved}"));
        }
        true
    }

    /// Takes over what is drawn, and which of it is selected.
    pub fn set_drawings(&self, list: Drawings, selected: Option<u32>) {
        self.change(|shown| {
            shown.marked.set_drawings(list);
            shown.selected = selected;
            shown.plan();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::UnixMs;

    fn line(id: u32, label: &str) -> Drawing {
        Drawing {
            id,
            colour: None,
            shape: Shape::Line {
                price: "64213.50".parse().expect("a price"),
                label: label.to_owned(),
            },
        }
    }

    #[test]
    fn drawings_are_gone_through_in_both_directions() {
        let all = [line(5, ""), line(9, ""), line(2, "")];
        for (held, is_on, expected) in [
            (None, true, Some(0)),
            (None, false, Some(2)),
            (Some(5), true, Some(1)),
            (Some(2), true, Some(0)),
            (Some(5), false, Some(2)),
            (Some(77), true, Some(0)),
        ] {
            assert_eq!(next_of(&all, held, is_on), expected, "{held:?} {is_on}");
        }
        assert_eq!(next_of(&[], None, true), None);
        assert_eq!(next_of(&[], Some(1), false), None);
    }

    #[test]
    fn drawings_have_names() {
        assert_eq!(name_of(&line(1, "")), "Line at 64213.50");
        assert_eq!(name_of(&line(1, "stop")), "Line stop at 64213.50");
        let vwap = Drawing {
            shape: Shape::Vwap {
                time: UnixMs(1_795_435_200_000),
            },
            ..line(1, "")
        };
        assert_eq!(name_of(&vwap), "VWAP since 2026-11-23 12:00 UTC");
    }
}
