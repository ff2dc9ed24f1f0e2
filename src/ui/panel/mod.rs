//! What frames a panel, and the panels beside the chart.

mod book;
mod context;
mod depth;
mod feed;
mod frame;
mod grouping;
mod ladder;
mod live_book;
mod painter;
mod screen;
mod tape;

pub use book::BookPanel;
pub use context::{PanelChange, PanelContext, PanelSettings};
pub use depth::DepthPanel;
pub use feed::{Feed, Frame, Note, Painted};
pub use frame::Panel;
pub use grouping::{GroupSelect, Grouping};
pub use ladder::LadderPanel;
pub use painter::{Painter, Palette};
pub use screen::{CAPTIONS, Screen, ScreenView};
pub use tape::TapePanel;
