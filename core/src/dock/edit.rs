//! Every change to a layout, as data: what the pointer, the keyboard and the palette do is one
//! list, and one function does it. A change that is refused changes nothing.

use thiserror::Error;

use super::layout::{Closed, Layout, MAX_CLOSED, MAX_PANELS, Popped, WindowPlace};
use super::panel::{LinkColour, Panel, PanelId};
use super::sizes::{LEAST, WHOLE};
use super::tree::{Divider, Group, MAX_DEPTH, Node, Side};
use crate::model::Settings;

/// Share of a group that a panel docked beside it takes.
const HALF: u16 = WHOLE / 2;
/// Share of the window that a panel docked at its edge takes.
const QUARTER: u16 = WHOLE / 4;

/// Where a panel is put. Groups are named by any panel in them. Where there is no panel yet, it
/// takes the whole window in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Among the tabs of a group.
    Tab {
        /// A panel of it.
        group: PanelId,
        /// Place among the others; `None` for the end.
        at: Option<u16>,
    },
    /// At a side of a group, which gives it half.
    Beside {
        /// A panel of it.
        group: PanelId,
        /// Which side.
        side: Side,
    },
    /// At a side of everything, a quarter of it.
    Edge(Side),
}

/// A change.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A new panel.
    Open(Panel, Place),
    /// A panel to another place, from a window of its own too.
    Move(PanelId, Place),
    /// A panel away; it can be opened again.
    Close(PanelId),
    /// The panel closed last to where it stood.
    Reopen,
    /// A divider: the child before it gets this size, the one after it the rest of the two. Kept
    /// within what leaves each the least size.
    Resize(Divider, u16),
    /// All parts of every split to the same size.
    Equalise,
    /// The group of a panel over the whole window.
    Maximise(PanelId),
    /// Everything in view again.
    Restore,
    /// A panel into a window of its own; for one that has one already, where that stands.
    PopOut(PanelId, Option<WindowPlace>),
    /// A panel from its own window to where it stood.
    PopIn(PanelId),
    /// Shows a panel among its group's tabs.
    Activate(PanelId),
    /// Another link colour, or none.
    Link(PanelId, Option<LinkColour>),
    /// Other settings, checked by [`Settings::set`].
    Set(PanelId, Settings),
}

/// Why a change is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DockError {
    /// No such panel.
    #[error("there is no panel {0} any more")]
    Unknown(PanelId),
    /// It stands in a window of its own.
    #[error("panel {0} is in a window of its own")]
    NotDocked(PanelId),
    /// It stands in no window of its own.
    #[error("panel {0} is in no window of its own")]
    NotPopped(PanelId),
    /// The id of a new panel is in use.
    #[error("there is a panel {0} already")]
    Taken(PanelId),
    /// Too many.
    #[error("there are {MAX_PANELS} panels already, no more fit")]
    Full,
    /// Splits would be nested too deep.
    #[error("splits are nested {MAX_DEPTH} deep here already; dock it at an edge or as a tab")]
    TooDeep,
    /// The tree has changed meanwhile.
    #[error("that divider is not there any more")]
    NoDivider,
    /// Nothing to open again.
    #[error("no panel was closed that could be opened again")]
    NothingClosed,
}

impl Edit {
    /// Whether undo takes it back: what shows and what panels contain is not the arrangement.
    #[must_use]
    pub fn is_arranging(&self) -> bool {
        !matches!(
            self,
            Self::Maximise(_) | Self::Restore | Self::Activate(_) | Self::Link(..) | Self::Set(..)
        )
    }
}

impl Layout {
    /// Makes a change, or nothing of it.
    ///
    /// # Errors
    /// [`DockError`] where it cannot be made.
    pub fn apply(&mut self, edit: &Edit) -> Result<(), DockError> {
        let mut next = self.clone();
        next.change(edit)?;
        if next
            .root
            .as_ref()
            .is_some_and(|root| root.depth() > MAX_DEPTH)
        {
            return Err(DockError::TooDeep);
        }
        *self = next;
        Ok(())
    }

    fn change(&mut self, edit: &Edit) -> Result<(), DockError> {
        match edit {
            Edit::Open(panel, place) => self.open(panel, *place),
            Edit::Move(panel, place) => self.move_to(*panel, *place),
            Edit::Close(panel) => self.close(*panel),
            Edit::Reopen => self.reopen(),
            Edit::Resize(divider, size) => self.resize(divider, *size),
            Edit::Equalise => {
                self.root = self.root.take().map(Node::equalised);
                Ok(())
            }
            Edit::Maximise(panel) => {
                self.docked(*panel)?;
                self.maximised = Some(*panel);
                Ok(())
            }
            Edit::Restore => {
                self.maximised = None;
                Ok(())
            }
            Edit::PopOut(panel, window) => self.pop_out(*panel, *window),
            Edit::PopIn(panel) => {
                let home = self.take_popped(*panel)?.home;
                self.bring_home(*panel, &home);
                Ok(())
            }
            Edit::Activate(panel) => self.activate(*panel),
            Edit::Link(panel, colour) => {
                self.known(*panel)?.link = *colour;
                Ok(())
            }
            Edit::Set(panel, settings) => {
                self.known(*panel)?.settings = settings.clone();
                Ok(())
            }
        }
    }

    fn known(&mut self, panel: PanelId) -> Result<&mut Panel, DockError> {
        let known = self.panels.get_mut(&panel);
        known.ok_or(DockError::Unknown(panel))
    }

    fn docked(&mut self, panel: PanelId) -> Result<&mut Group, DockError> {
        self.known(panel)?;
        let root = self.root.as_mut();
        let group = root.and_then(|root| root.group_of_mut(panel));
        group.ok_or(DockError::NotDocked(panel))
    }

    fn open(&mut self, panel: &Panel, place: Place) -> Result<(), DockError> {
        let closed = self.closed.iter().any(|closed| closed.panel.id == panel.id);
        if closed || self.panels.contains_key(&panel.id) {
            return Err(DockError::Taken(panel.id));
        }
        if self.panels.len() >= MAX_PANELS {
            return Err(DockError::Full);
        }
        self.put(panel.id, place)?;
        self.panels.insert(panel.id, panel.clone());
        Ok(())
    }

    fn move_to(&mut self, panel: PanelId, place: Place) -> Result<(), DockError> {
        self.known(panel)?;
        let own: Vec<PanelId> = self
            .group_of(panel)
            .map(|group| group.tabs().to_vec())
            .unwrap_or_default();
        // The group may be named by the very panel that leaves it: another one stands for it.
        let stand_in = |group: PanelId| match own.contains(&group) {
            true => own.iter().copied().find(|tab| *tab != panel),
            false => Some(group),
        };
        let place = match place {
            Place::Tab { group, at } => stand_in(group).map(|group| Place::Tab { group, at }),
            Place::Beside { group, side } => {
                stand_in(group).map(|group| Place::Beside { group, side })
            }
            Place::Edge(side) => Some(Place::Edge(side)),
        };
        // Beside or into a group of which it is the only panel: it is there already.
        let Some(place) = place else { return Ok(()) };
        match own.is_empty() {
            true => self.popped.retain(|popped| popped.panel != panel),
            false => self.take_out(panel),
        }
        self.put(panel, place)
    }

    fn put(&mut self, panel: PanelId, place: Place) -> Result<(), DockError> {
        let fresh = Group::of(panel);
        match (self.root.take(), place) {
            (None, _) => self.root = Some(Node::Group(fresh)),
            (Some(root), Place::Edge(side)) => {
                self.root = root.with_at_edge(side, QUARTER, fresh);
            }
            (root, Place::Tab { group, at }) => {
                self.root = root;
                let at = at.map_or(usize::MAX, usize::from);
                self.docked(group)?.put(panel, at);
            }
            (Some(root), Place::Beside { group, side }) => {
                self.root = Some(root);
                let near = self.docked(group)?.tabs().to_vec();
                let root = self.root.take();
                self.root = root.and_then(|root| root.with_beside(&near, side, HALF, fresh));
            }
        }
        self.keep_in_view(panel);
        Ok(())
    }

    fn close(&mut self, panel: PanelId) -> Result<(), DockError> {
        self.known(panel)?;
        let home = match self.group_of(panel) {
            Some(_) => {
                let home = self.home_of(panel);
                self.take_out(panel);
                home
            }
            None => self.take_popped(panel)?.home,
        };
        if let Some(panel) = self.panels.remove(&panel) {
            self.closed.push(Closed { panel, home });
        }
        let forgotten = self.closed.len().saturating_sub(MAX_CLOSED);
        self.closed.drain(..forgotten);
        Ok(())
    }

    fn reopen(&mut self) -> Result<(), DockError> {
        if self.panels.len() >= MAX_PANELS {
            return Err(DockError::Full);
        }
        let Closed { panel, home } = self.closed.pop().ok_or(DockError::NothingClosed)?;
        let id = panel.id;
        self.panels.insert(id, panel);
        self.bring_home(id, &home);
        Ok(())
    }

    fn resize(&mut self, divider: &Divider, size: u16) -> Result<(), DockError> {
        let root = self.root.as_mut();
        let split = root.and_then(|root| root.split_at_mut(&divider.split));
        let at = usize::from(divider.after);
        let pair = split.and_then(|split| split.children.get_mut(at..at + 2));
        let Some([before, after]) = pair else {
            return Err(DockError::NoDivider);
        };
        let both = before.size + after.size;
        before.size = size.clamp(LEAST, both - LEAST);
        after.size = both - before.size;
        Ok(())
    }

    fn pop_out(&mut self, panel: PanelId, window: Option<WindowPlace>) -> Result<(), DockError> {
        self.known(panel)?;
        let mut popped = self.popped.iter_mut();
        if let Some(popped) = popped.find(|popped| popped.panel == panel) {
            popped.window = window;
            return Ok(());
        }
        let home = self.home_of(panel);
        self.take_out(panel);
        self.popped.push(Popped {
            panel,
            home,
            window,
        });
        Ok(())
    }

    fn take_popped(&mut self, panel: PanelId) -> Result<Popped, DockError> {
        self.known(panel)?;
        let at = self.popped.iter().position(|popped| popped.panel == panel);
        let at = at.ok_or(DockError::NotPopped(panel))?;
        Ok(self.popped.remove(at))
    }

    fn activate(&mut self, panel: PanelId) -> Result<(), DockError> {
        self.docked(panel)?.active = panel;
        self.keep_in_view(panel);
        Ok(())
    }
}
