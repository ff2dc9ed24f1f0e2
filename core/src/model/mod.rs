//! The shared vocabulary: plain types with serde, used by server, browser and scripts alike.
//!
//! Types here hold values and their units; they compute only what follows from the value itself
//! (parsing, printing, ordering, bucket arithmetic). What depends on a stream of events lives in
//! [`crate::market`].

pub mod alert;
mod book;
mod candle;
mod civil;
mod decimal;
mod document;
mod drawing;
mod drawing_edit;
mod event;
mod field;
mod gap;
mod instrument;
mod listing;
mod name;
mod number;
pub mod preferences;
mod status;
mod ticker;
mod time;
mod timeframe;
mod trade;
pub mod untrusted;
mod watchlist;

pub use book::{BookLevel, BookView};
pub use candle::{Candle, Origin};
pub use civil::{CivilDate, CivilTime};
pub use decimal::{Decimal, DecimalError, MAX_SCALE};
pub use document::{Current, DocumentRow, SaveAnswer, Shelf, StoredDocument};
pub use drawing::{Drawing, Drawings, Point, Shape};
pub use drawing_edit::{DrawingEdit, TooManyDrawings};
pub use event::{
    BookChecksum, BookDelta, BookUpkeep, EventBody, MarketEvent, Position, Sequenced, VenueBody,
    VenueEvent, VenueLevel,
};
pub use field::{Choice, Chosen, Field, FieldKind, Settings, assert_table_stands};
pub use gap::{Gap, GapKind};
pub use instrument::{
    Instrument, InstrumentId, InstrumentIdError, InstrumentKind, InstrumentStatus,
};
pub use listing::{CandlePage, GapLedger, InstrumentRow, TradePage, TradesBefore};
pub use name::{Name, NameError};
pub use number::{Notional, NumberError, Precision, Price, Quantity, Volume};
pub use preferences::{PREFERENCES, Preferences};
pub use status::{
    ConnectionState, ConnectionStatus, KindStatus, Mode, ServerStatus, StoreState, StoreStatus,
};
pub use ticker::Ticker;
pub use time::{TimeError, UnixMs, UnixNs};
pub use timeframe::{Timeframe, TimeframeError};
pub use trade::{Side, Trade, TradeId};
pub use watchlist::{ListError, Watchlist};
