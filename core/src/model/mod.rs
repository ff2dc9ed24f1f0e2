//! The shared vocabulary: plain types with serde, used by server, browser and scripts alike.
//!
//! Types here hold values and their units; they compute only what follows from the value itself
//! (parsing, printing, ordering, bucket arithmetic). What depends on a stream of events lives in
//! [`crate::market`].

mod book;
mod candle;
mod civil;
mod decimal;
mod event;
mod gap;
mod instrument;
mod listing;
mod number;
mod status;
mod ticker;
mod time;
mod timeframe;
mod trade;

pub use book::{BookLevel, BookView};
pub use candle::{Candle, Origin};
pub use civil::{CivilDate, CivilTime};
pub use decimal::{Decimal, DecimalError, MAX_SCALE};
pub use event::{
    BookChecksum, BookDelta, BookUpkeep, EventBody, MarketEvent, Position, Sequenced, VenueBody,
    VenueEvent, VenueLevel,
};
pub use gap::{Gap, GapKind};
pub use instrument::{
    Instrument, InstrumentId, InstrumentIdError, InstrumentKind, InstrumentStatus,
};
pub use listing::{CandlePage, InstrumentRow, TradePage, TradesBefore};
pub use number::{Notional, NumberError, Precision, Price, Quantity, Volume};
pub use status::{
    ConnectionState, ConnectionStatus, KindStatus, Mode, ServerStatus, StoreState, StoreStatus,
};
pub use ticker::Ticker;
pub use time::{TimeError, UnixMs, UnixNs};
pub use timeframe::{Timeframe, TimeframeError};
pub use trade::{Side, Trade, TradeId};
