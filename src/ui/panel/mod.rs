//! The kinds of panel, one file or folder each, and what they are made of.
//!
//! A kind is a line of [`PANELS`]: its place in documents, its settings, from which forms are drawn
//! and documents checked, and its view.
//!
//! | module | what it owns |
//! |---|---|
//! | `context`, `fields` | what a panel is told by whatever holds it, and may ask of that; settings that several have |
//! | `frame` | tools and content |
//! | `screen`, `painter`, `feed` | a canvas with its words and notes; when it is painted; what it is painted from |
//! | `live_book`, `grouping` | what book, depth curve and ladder share: the book as it is told, the step of a row |
//! | `chart`, `book`, `depth`, `ladder`, `tape`, `watchlist`, `status` | the panels |

mod book;
mod chart;
mod context;
mod depth;
mod feed;
mod fields;
mod frame;
mod grouping;
mod ladder;
mod live_book;
mod pace;
mod painter;
mod screen;
mod status;
mod tape;
mod watchlist;

use std::sync::LazyLock;

use leptos::prelude::AnyView;
use tradesuite_core::dock::PanelKind;

pub use context::{PanelChange, PanelContext, PanelSettings};
pub use feed::{Feed, Frame, Note, Painted};
pub use frame::Panel;
pub use grouping::{GroupSelect, Grouping};
pub use pace::PacedFrames;
pub use painter::{Painter, Palette};
pub use screen::{CAPTIONS, Screen, ScreenView};

/// A kind of panel.
#[derive(Debug)]
pub struct PanelSpec {
    /// What documents and forms know of it.
    pub kind: PanelKind,
    /// Draws one of it.
    pub view: fn(PanelContext) -> AnyView,
}

/// Every kind, in the order of menus.
pub static PANELS: &[&PanelSpec] = &[
    &chart::SPEC,
    &book::SPEC,
    &ladder::SPEC,
    &depth::SPEC,
    &tape::SPEC,
    &watchlist::SPEC,
    &status::SPEC,
];

/// [`PANELS`] without their views: what documents are checked by.
pub static KINDS: LazyLock<Vec<&'static PanelKind>> =
    LazyLock::new(|| PANELS.iter().map(|spec| &spec.kind).collect());

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::assert_table_stands;

    #[test]
    fn every_table_stands() {
        for kind in KINDS.iter() {
            assert_table_stands(kind.fields);
            let again = KINDS.iter().filter(|other| other.id == kind.id);
            assert_eq!(again.count(), 1, "{}", kind.id);
        }
    }
}
