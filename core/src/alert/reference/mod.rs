//! The same rules, followed slowly and obviously: all history is kept, every operand is computed
//! from all of it at every event, every rule is looked at at every event, and what a rule does is
//! read off the list of all earlier looks. The engine has to fire exactly where this does.
//!
//! It shares with the engine how rules are written, what an indicator is over a list of bars, and
//! how long the steps of a window are; nothing else.
//!
//! | part | what it owns |
//! |---|---|
//! | `history` | what happened on a market, and every operand out of it |
//! | `judge` | one rule and all its looks |
//! | `script` | random markets and random rules |
//! | `law_tests` | the property |

mod history;
mod judge;
mod law_tests;
mod script;
