//! What frames a panel, and the panels beside the chart.
//!
//! | module | what it owns |
//! |---|---|
//! | `context` | what a panel is told by whatever holds it, and may ask of that |
//! | `frame` | header and content |
//! | `screen`, `painter`, `feed` | a canvas with its words and notes; when it is painted; what it is painted from |
//! | `live_book`, `grouping` | what book, depth curve and ladder share: the book as it is told, the step of a row |
//! | `book`, `depth`, `ladder`, `tape` | the panels |

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
