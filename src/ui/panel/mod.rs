//! What frames a panel, and the panels beside the chart.

mod book;
mod context;
mod frame;
mod kinds;
mod painter;
mod tape;

pub use book::BookPanel;
pub use context::{PanelChange, PanelContext, PanelSettings};
pub use frame::Panel;
pub use kinds::{INSTRUMENT, PANEL_KINDS, TIMEFRAME};
pub use painter::{Painter, Palette};
pub use tape::TapePanel;
