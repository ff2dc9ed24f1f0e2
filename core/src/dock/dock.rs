//! A layout with undo: what the page holds while it runs.

use std::collections::{BTreeMap, VecDeque};

use super::edit::{DockError, Edit, Place};
use super::layout::Layout;
use super::panel::{LinkColour, Panel, PanelId};
use super::phone::PhoneLayout;
use super::workspace::Linked;

/// Changes that can be taken back.
const MAX_UNDO: usize = 50;

/// A layout and what it was before.
///
/// Undo takes back the arrangement alone: links and settings of panels stay as they are now. Only
/// where everything was replaced it brings everything back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dock {
    layout: Layout,
    past: VecDeque<Step>,
    /// The nearest last.
    future: Vec<Step>,
    /// So that no id is given twice, even where its panel was taken back.
    newest: Option<PanelId>,
}

/// What a workspace has beside the layout of a wide window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// The panels of a narrow window.
    pub phone: PhoneLayout,
    /// What panels of one colour show.
    pub links: BTreeMap<LinkColour, Linked>,
}

/// A layout to go to, back or forth.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    layout: Layout,
    /// What stood beside it, where the step replaces everything: panels of one id are others then.
    beside: Option<Beside>,
}

impl Dock {
    /// A layout that was just loaded: nothing to take back.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            ..Self::default()
        }
    }

    /// The layout as it is.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Makes a change, or nothing of it. One that leaves everything as it is cannot be undone.
    ///
    /// # Errors
    /// [`DockError`] where it cannot be made.
    pub fn apply(&mut self, edit: &Edit) -> Result<(), DockError> {
        let mut next = self.layout.clone();
        next.apply(edit)?;
        if next == self.layout {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.layout, next);
        if edit.is_arranging() {
            self.remember(Step {
                layout: before,
                beside: None,
            });
        }
        Ok(())
    }

    /// Puts another layout in the place of this one, as one change. `beside` is what stood beside
    /// it until now.
    pub fn replace(&mut self, layout: Layout, beside: Beside) {
        let before = std::mem::replace(&mut self.layout, layout);
        self.remember(Step {
            layout: before,
            beside: Some(beside),
        });
    }

    fn remember(&mut self, step: Step) {
        self.future.clear();
        self.past.push_back(step);
        if self.past.len() > MAX_UNDO {
            self.past.pop_front();
        }
    }

    /// What a change would lead to; for what follows the pointer before it is let go.
    ///
    /// # Errors
    /// [`DockError`] where it cannot be made.
    pub fn preview(&self, edit: &Edit) -> Result<Layout, DockError> {
        let mut next = self.layout.clone();
        next.apply(edit)?;
        Ok(next)
    }

    /// Opens a panel of a kind with its defaults, and says its id.
    ///
    /// # Errors
    /// [`DockError`] where it cannot be opened there.
    pub fn open(&mut self, kind: &str, place: Place) -> Result<PanelId, DockError> {
        let unused = PanelId(self.newest.map_or(0, |id| id.0.saturating_add(1)));
        let id = unused.max(self.layout.free_id());
        self.apply(&Edit::Open(Panel::new(id, kind), place))?;
        self.newest = Some(id);
        Ok(id)
    }

    /// Whether there is something to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether something was taken back.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Takes back the last change of the arrangement; `false` where there is none. Where that
    /// replaced everything, `beside` becomes what it was before as well.
    pub fn undo(&mut self, beside: &mut Beside) -> bool {
        let Some(before) = self.past.pop_back() else {
            return false;
        };
        let step = self.go_to(before, beside);
        self.future.push(step);
        true
    }

    /// Makes again what was taken back last; `false` where there is nothing.
    pub fn redo(&mut self, beside: &mut Beside) -> bool {
        let Some(after) = self.future.pop() else {
            return false;
        };
        let step = self.go_to(after, beside);
        self.past.push_back(step);
        true
    }

    /// Makes a step, and says the one that leads back.
    fn go_to(&mut self, step: Step, beside: &mut Beside) -> Step {
        let now = std::mem::replace(&mut self.layout, step.layout);
        let before = match step.beside {
            Some(other) => Some(std::mem::replace(beside, other)),
            None => {
                keep_contents(&mut self.layout, &now);
                None
            }
        };
        Step {
            layout: now,
            beside: before,
        }
    }
}

/// Gives panels the links and settings that they have now.
fn keep_contents(layout: &mut Layout, now: &Layout) {
    let closed = now.closed.iter().map(|closed| &closed.panel);
    for panel in now.panels.values().chain(closed) {
        if let Some(held) = layout.panels.get_mut(&panel.id) {
            held.clone_from(panel);
        }
        let mut closed = layout.closed.iter_mut();
        if let Some(held) = closed.find(|closed| closed.panel.id == panel.id) {
            held.panel.clone_from(panel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dock::{LinkColour, Side};

    fn dock() -> (Dock, PanelId, PanelId) {
        let mut dock = Dock::default();
        let chart = dock.open("chart", Place::Edge(Side::Left)).expect("opens");
        let beside = Place::Beside {
            group: chart,
            side: Side::Right,
        };
        let book = dock.open("book", beside).expect("opens");
        (dock, chart, book)
    }

    #[test]
    fn undo_leaves_links_and_settings_alone() {
        let (mut dock, chart, book) = dock();
        dock.apply(&Edit::Close(book)).expect("closes");
        let link = Edit::Link(chart, Some(LinkColour::Blue));
        dock.apply(&link).expect("links");
        let none = &mut Beside::default();
        assert!(dock.undo(none));
        assert!(dock.layout().group_of(book).is_some());
        let linked = dock.layout().panel(chart).and_then(|panel| panel.link);
        assert_eq!(linked, Some(LinkColour::Blue));
        assert!(dock.redo(none) && !dock.can_redo());
        assert!(dock.layout().group_of(book).is_none());
    }

    #[test]
    fn no_id_is_given_twice() {
        let (mut dock, chart, book) = dock();
        assert!(dock.undo(&mut Beside::default()));
        let next = dock.open("tape", Place::Edge(Side::Top)).expect("opens");
        assert!(next > book && book > chart);
    }

    #[test]
    fn what_replaced_everything_is_taken_back_whole() {
        let linked = |id: &str| {
            let instrument = Some(id.parse().expect("an id"));
            let linked = Linked {
                instrument,
                timeframe: None,
            };
            Beside {
                links: BTreeMap::from([(LinkColour::Blue, linked)]),
                ..Beside::default()
            }
        };
        let (mut dock, chart, book) = dock();
        let link = Edit::Link(chart, Some(LinkColour::Red));
        dock.apply(&link).expect("links");
        let (before, old) = (dock.layout().clone(), linked("kraken:ETH-USD"));
        // Another kind of panel has the same id.
        let mut fresh = Dock::default();
        fresh.open("tape", Place::Edge(Side::Left)).expect("opens");
        dock.replace(fresh.layout().clone(), old.clone());
        let mut beside = linked("coinbase:BTC-USD");
        dock.apply(&Edit::Close(chart)).expect("closes the tape");
        assert!(dock.undo(&mut beside));
        assert_eq!(
            beside,
            linked("coinbase:BTC-USD"),
            "only a panel was closed"
        );
        assert!(dock.undo(&mut beside));
        assert_eq!((dock.layout(), &beside), (&before, &old));
        assert!(dock.redo(&mut beside));
        assert_eq!(dock.layout(), fresh.layout());
        assert_eq!(beside, linked("coinbase:BTC-USD"));
        assert!(dock.undo(&mut beside) && dock.undo(&mut beside));
        assert!(
            dock.layout().group_of(book).is_none(),
            "as before it was opened"
        );
    }

    #[test]
    fn what_changes_nothing_is_not_undone() {
        let (mut dock, _, _) = dock();
        let steps = dock.past.len();
        dock.apply(&Edit::Equalise).expect("is equal already");
        assert_eq!(dock.past.len(), steps);
        assert_eq!(dock.apply(&Edit::Reopen), Err(DockError::NothingClosed));
        assert_eq!(dock.past.len(), steps);
    }
}
