//! Docking: which panels there are, how they share the window, and the document in which that is
//! kept. Pure: nothing here draws or knows a browser.
//!
//! | file | what it owns |
//! |---|---|
//! | `panel` | a panel and its kind |
//! | `sizes` | parts of a whole, in integers |
//! | `tree` | splits and groups of tabs, always in normal form |
//! | `layout` | the tree, the panels, and where panels outside of the tree came from |
//! | `edit` | every change to a layout, as data |
//! | `dock` | a layout with undo |
//! | `geometry` | areas of groups and dividers, focus by direction |
//! | `resize` | dragging a divider, with snapping |
//! | `landing` | where a dragged panel would land |
//! | `phone` | the layout of a narrow window: tabs |
//! | `window` | what windows of one browser tell each other |
//! | `workspace` | the document, for every class of device |
//! | `read` | the document from JSON that anybody may have written |
//! | `ready` | workspaces that come with the program |
//!
//! A panel is named by its [`PanelId`], a group by any panel in it: no name of a group can go
//! stale. A tree has one normal form (no empty group, no split of one, no row directly in a row),
//! so that equal arrangements are equal trees.

#[expect(
    clippy::module_inception,
    reason = "a dock is what the module is about"
)]
mod dock;
mod edit;
mod geometry;
mod landing;
mod layout;
mod panel;
mod phone;
mod read;
mod ready;
mod resize;
mod sizes;
mod tree;
mod window;
mod workspace;

#[cfg(test)]
mod laws_tests;

pub use dock::{Beside, Dock};
pub use edit::{DockError, Edit, Place};
pub use geometry::{Area, DividerArea, GAP, Geometry, GroupArea, MIN_HEIGHT, MIN_WIDTH};
pub use landing::Landing;
pub use layout::{Closed, Home, Layout, MAX_PANELS, Popped, WindowPlace};
pub use panel::{LinkColour, Panel, PanelId, PanelKind, kind_of};
pub use phone::{MAX_TABS, PhoneLayout};
pub use read::LIMITS;
pub use ready::{READY, Ready};
pub use resize::{Drag, Snap};
pub use sizes::{LEAST, WHOLE};
pub use tree::{Axis, Child, Divider, Group, MAX_DEPTH, Node, Side, Split};
pub use window::{News, Place as PanelPlace};
pub use workspace::{Linked, VERSION, Workspace};
