//! What the parts of a list share, and what a person does in it: choosing, moving and taking out
//! rows, by pointer and by keys.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;
use tradesuite_core::model::{ConnectionState, InstrumentId, Name, ServerStatus, Watchlist};
use tradesuite_core::watch::{Column, Sort, WatchAction, watch_action_of};

use super::history::History;
use super::rows::Rows;
use super::settings::{Choices, word_of};
use crate::browser;
use crate::ui::live::{Link, Live};
use crate::ui::panel::PanelContext;
use crate::ui::watchlists::{Problem, Watchlists};

/// Height of a row, CSS pixels.
pub const ROW: i32 = 27;
/// How far a pressed row is moved before that is a drag, CSS pixels.
const SLACK: i32 = 5;
/// Said where rows are to be moved that stand in another order.
const SORTED: &str = "Rows are moved in your own order: press the sorted column's head until it \
    is no longer marked.";

/// A row under a pressed pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Drag {
    id: InstrumentId,
    from_y: i32,
    /// Before which row it would land; `None` while it is not moved.
    before: Option<usize>,
}

/// A handle on a list's table; cheap to copy into every part.
#[derive(Clone, Copy)]
pub struct Table {
    /// The panel's place in the page.
    pub context: PanelContext,
    /// How it is set.
    pub choices: Choices,
    /// The rows between two frames.
    pub rows: Rows,
    /// Questions about the past.
    pub history: History,
    /// The page's lists.
    pub lists: Watchlists,
    /// The list that is shown, if there is one of that name.
    pub name: Memo<Option<Name>>,
    /// Columns that stand in it.
    pub columns: Memo<Vec<Column>>,
    /// Whether there is room for whole names of venues.
    pub is_wide: Memo<bool>,
    /// Venues whose figures may be old; `None` where all may.
    pub stale: Memo<Option<Vec<String>>>,
    /// The element around the rows.
    pub body: NodeRef<Div>,
    /// The row that has the keyboard, or had it last.
    active: RwSignal<Option<InstrumentId>>,
    drag: RwSignal<Option<Drag>>,
}

/// What a table is made of beside what it makes itself.
#[derive(Clone, Copy)]
pub struct TableParts {
    /// The panel's place in the page.
    pub context: PanelContext,
    /// How it is set.
    pub choices: Choices,
    /// The list that is shown, if there is one of that name.
    pub name: Memo<Option<Name>>,
    /// Columns that stand in it.
    pub columns: Memo<Vec<Column>>,
    /// Whether there is room for whole names of venues.
    pub is_wide: Memo<bool>,
    /// Venues whose figures may be old; `None` where all may.
    pub stale: Memo<Option<Vec<String>>>,
}

/// Venues whose figures may be old; `None` where all may.
#[must_use]
pub fn stale_venues(link: Link, status: Option<&ServerStatus>) -> Option<Vec<String>> {
    if link == Link::Lost {
        return None;
    }
    let mut stale = Vec::new();
    for line in status.iter().flat_map(|status| &status.connections) {
        // A line that is just being opened beside one that is live carries nothing yet.
        let is_away = match line.state {
            ConnectionState::Live | ConnectionState::Connecting => false,
            ConnectionState::Stale | ConnectionState::Waiting | ConnectionState::Blocked => true,
        };
        if is_away && !stale.contains(&line.exchange) {
            stale.push(line.exchange.clone());
        }
    }
    Some(stale)
}

/// Before which of `count` rows a point stands that is so far below the first.
fn gap_at(down: i32, count: usize) -> usize {
    let nearest = (down + ROW / 2).div_euclid(ROW).max(0);
    (nearest as usize).min(count)
}

impl Table {
    /// A table of these.
    #[must_use]
    pub fn new(parts: TableParts) -> Self {
        let rows = Rows::new();
        Self {
            context: parts.context,
            choices: parts.choices,
            rows,
            history: History::new(rows, Live::expect()),
            lists: Watchlists::expect(),
            name: parts.name,
            columns: parts.columns,
            is_wide: parts.is_wide,
            stale: parts.stale,
            body: NodeRef::new(),
            active: RwSignal::new(None),
            drag: RwSignal::new(None),
        }
    }

    /// Whether a column stands in it.
    #[must_use]
    pub fn shows(self, column: Column) -> bool {
        self.columns.with(|columns| columns.contains(&column))
    }

    /// Whether a venue's figures may be old.
    #[must_use]
    pub fn is_stale(self, venue: &str) -> bool {
        self.stale.with(|stale| {
            let stale = stale.as_ref();
            stale.is_none_or(|stale| stale.iter().any(|name| name == venue))
        })
    }

    /// The element of a row.
    #[must_use]
    pub fn row_id(self, id: &InstrumentId) -> String {
        self.context.element_id(&format!("row-{id}"))
    }

    /// Whether the keyboard comes to this row.
    #[must_use]
    pub fn is_active(self, id: &InstrumentId) -> bool {
        self.rows.shown.with(|shown| {
            self.active.with(|active| {
                let active = active.as_ref().filter(|active| shown.contains(active));
                active.or(shown.first()) == Some(id)
            })
        })
    }

    /// A row has the keyboard.
    pub fn activate(self, id: InstrumentId) {
        if self
            .active
            .with_untracked(|active| active.as_ref() != Some(&id))
        {
            self.active.set(Some(id));
        }
    }

    /// Looks at an instrument, in every panel that is linked with this one.
    pub fn look_at(self, id: InstrumentId) {
        self.context.choose(id);
    }

    /// Changes the list that is shown.
    pub fn edit(self, change: impl FnOnce(&mut Watchlist) -> Result<(), String>) {
        if let Some(name) = self.name.get_untracked() {
            self.lists.edit(&name, change);
        }
    }

    /// Takes an instrument out.
    pub fn remove(self, id: InstrumentId) {
        self.edit(|list| {
            list.remove(&id);
            Ok(())
        });
    }

    /// A column's head is pressed.
    pub fn sort_by(self, column: Column) {
        let sort = self.choices.sort.get_untracked().pressed(column);
        self.context.set("sort", word_of(sort));
    }

    fn may_move(self) -> bool {
        self.choices.sort.get_untracked() == Sort::OWN
    }

    fn put(self, id: &InstrumentId, at: usize) {
        if self.may_move() {
            self.edit(|list| {
                list.put(id, at);
                Ok(())
            });
        } else {
            let why = Problem::Refused(SORTED.to_owned());
            self.lists.problem.set(Some(why));
        }
    }

    /// A key is pressed on a row.
    pub fn on_key(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        let Some(action) = watch_action_of(&event.key(), event.alt_key()) else {
            return;
        };
        let shown = self.rows.shown.get_untracked();
        let active = self.active.get_untracked();
        let at = active.and_then(|active| shown.iter().position(|id| *id == active));
        let Some(id) = at.map(|at| shown[at].clone()) else {
            return;
        };
        let at = at.unwrap_or_default();
        event.prevent_default();
        // With Alt the arrows go from panel to panel everywhere else.
        event.stop_propagation();
        let next = match action {
            WatchAction::Choose => return self.look_at(id),
            WatchAction::Remove => {
                self.remove(id);
                shown.get(at + 1).or(shown.get(at.wrapping_sub(1)))
            }
            WatchAction::Move(by) => {
                self.put(&id, at.saturating_add_signed(by as isize));
                shown.get(at)
            }
            _ => action.lead(at, shown.len()).and_then(|at| shown.get(at)),
        };
        if let Some(next) = next {
            self.activate(next.clone());
            browser::focus_element(&self.row_id(next));
        }
    }

    /// A row is pressed.
    pub fn press(self, id: InstrumentId, event: &PointerEvent) {
        // A finger scrolls.
        if event.button() == 0 && event.pointer_type() != "touch" {
            self.drag.set(Some(Drag {
                id,
                from_y: event.client_y(),
                before: None,
            }));
        }
    }

    /// The pointer moves.
    pub fn drag_to(self, event: &PointerEvent) {
        let Some(drag) = self.drag.get_untracked() else {
            return;
        };
        let y = event.client_y();
        if drag.before.is_none() {
            if (y - drag.from_y).abs() <= SLACK || !self.may_move() {
                return;
            }
            // From now on it moves a row, and presses none.
            browser::capture_pointer(self.body, event.pointer_id());
        }
        let (_, top) = browser::origin_of(self.body);
        let before = gap_at(y - top, self.rows.shown.with_untracked(Vec::len));
        if drag.before != Some(before) {
            self.drag.set(Some(Drag {
                before: Some(before),
                ..drag
            }));
        }
    }

    /// The pointer is lifted, or taken away: then nothing is moved.
    pub fn lift(self, lands: bool) {
        let Some(drag) = self.drag.get_untracked() else {
            return;
        };
        self.drag.set(None);
        if let Some(before) = drag.before.filter(|_| lands) {
            let from = self
                .rows
                .shown
                .with_untracked(|shown| shown.iter().position(|id| *id == drag.id));
            let is_above = from.is_some_and(|from| from < before);
            self.put(&drag.id, before - usize::from(is_above));
        }
    }

    /// Before which row the dragged one would land.
    #[must_use]
    pub fn landing(self) -> Option<usize> {
        self.drag.with(|drag| drag.as_ref()?.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_lands_at_the_nearest_edge() {
        for (down, expected) in [
            (-40, 0),
            (0, 0),
            (13, 0),
            (14, 1),
            (40, 1),
            (41, 2),
            (900, 3),
        ] {
            assert_eq!(gap_at(down, 3), expected, "{down}");
        }
    }

    #[test]
    fn nothing_is_fresh_without_the_server() {
        assert_eq!(stale_venues(Link::Lost, None), None);
        assert_eq!(stale_venues(Link::Open, None), Some(Vec::new()));
    }
}
