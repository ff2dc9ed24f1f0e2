//! Alerts: rules over one instrument's market, followed event by event.
//!
//! Nothing here reads a clock, a file or a socket. Rules come in as [`crate::model::alert::Rule`],
//! the market as numbered events with the server's time beside them, and what comes out are
//! fires with their evidence. The page draws its forms from the same tables.
//!
//! | module | what it owns |
//! |---|---|
//! | [`operand`] | what a rule can look at: the table [`operand::OPERANDS`] |
//! | [`value`] | exact prices and floats beside each other |
//! | [`text`] | a rule in one line |

pub mod operand;
pub mod text;
pub mod value;
