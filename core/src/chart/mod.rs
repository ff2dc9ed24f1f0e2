//! Geometry of charts, order books, ladders and tapes: market figures and a viewport in, device
//! pixels and texts out.
//!
//! Nothing here draws, measures text or reads a clock; the painter hands over sizes, glyph
//! widths and the time, and fills the rectangles it gets back.
//!
//! - Prices are counts of 10^−decimals, as everywhere ([`crate::model::Price`]); scales take them
//!   as `f64`, exact up to 2^53.
//! - Bars are laid out by index, not by time, as trading terminals do: an hour without trades
//!   leaves no hole. The index of a bar never changes while history is put before it
//!   ([`Series`]), so that a viewport that is tied to indexes cannot jump.
//! - Layout is in CSS pixels as `f64`; what is painted is whole device pixels as `i32`
//!   ([`PixelSnap`]).

pub mod format;

mod axis;
mod bar;
mod book;
mod columns;
mod crosshair;
mod csv;
mod drawing;
mod gaps;
mod keys;
mod kind;
mod ladder;
mod last;
mod lines;
mod log_ticks;
mod marks;
mod measure;
mod numbers;
mod price_axis;
mod price_scale;
mod price_ticks;
mod series;
mod snap;
mod stack;
mod studies;
mod tape;
mod time_ticks;
mod tool_keys;
mod trace;
mod typed;
mod value_ticks;
mod view;

#[cfg(test)]
mod fixture;

pub use axis::{Bounds, Columns, TimeAxis};
pub use bar::{Bar, Extremes};
pub use book::{
    Amount, BookLayout, BookRow, Changes, DepthAxis, DepthPoint, DepthSteps, Group, SizeUnit,
    WidthScale, auto_group, group_levels, group_price, group_sizes, imbalance, mid_price,
    next_depth,
};
pub use crosshair::{Across, Crosshair, Legend, Level, QuoteFigures};
pub use csv::csv;
pub use drawing::Drawing;
pub use gaps::{GapTick, gap_columns, gap_ticks, gap_under};
pub use keys::{CHART_KEYS, ChartAction, ChartKey, action_of};
pub use kind::{ChartKind, DrawnBars, heikin_ashi};
pub use ladder::{
    LADDER_KEYS, LadderAction, LadderAxis, LadderKey, Traded, TradedAtPrice, ladder_action_of,
};
pub use last::last_bar;
pub use lines::{DrawnLine, DrawnMeasure, PriceLine, PriceLines, row_in_pane};
pub use marks::Marks;
pub use measure::{Anchor, Measure};
pub use numbers::NumberStyle;
pub use price_axis::PriceAxis;
pub use price_scale::{PriceScale, Rows, ScaleMode};
pub use price_ticks::{AxisWidth, LabelMetrics, PriceTick, price_step, price_ticks};
pub use series::Series;
pub use snap::{PixelSnap, Rect};
pub use stack::PaneStack;
pub use studies::{Studies, Study, StudyPlan, is_drawn};
pub use tape::{
    ClassRule, Print, Prints, SizeClass, TAPE_KEYS, TapeAction, TapeKey, TapeRow, TapeRows,
    TapeRule, TapeScroll, TapeSums, TapeTexts, TextStyle, tape_action_of,
};
pub use time_ticks::{TimeTick, TimeWeight, time_ticks};
pub use tool_keys::{Held, TOOL_KEYS, ToolAction, ToolKey, tool_of};
pub use trace::Trace;
pub use typed::{Typed, read_typed};
pub use value_ticks::{ValueTick, percent_ticks, value_ticks};
pub use view::{ChartSize, ChartView, DRAWN_STUDY, Pane, Spot};
