//! TradeSuite: a self-hosted crypto market workstation. This library is built twice: as the
//! server (`ssr`) and as the page's WebAssembly (`hydrate`).
//!
//! # Code map
//!
//! | where | what |
//! |---|---|
//! | `core/` | the crate `tradesuite-core`: model, market arithmetic, chart geometry, docking, wire protocol; no clock, no I/O |
//! | [`api`] | server functions: the page's own calls, bodies of a few lines |
//! | `server` | everything behind the socket: exchanges, journal, stores, collector, hub, services, web |
//! | [`ui`] | Leptos components: shell, chart, panels, widgets |
//! | [`browser`] | the one seam to the browser: canvas, socket, frames, pointer, storage |
//!
//! The way of the data: exchange socket → `server::exchange` decodes → `server::collector`
//! checks → `server::journal` numbers and keeps → `server::collector::recorder` writes the store
//! and `server::hub` encodes once for every browser → [`ui`] buffers and paints.
//!
//! Who may import whom is said in `tests/tidy.rs`, which fails on anything else.

// Views are types within types: those of a panel are nested deeper than the usual 128.
#![recursion_limit = "256"]

pub mod api;
pub mod browser;
#[cfg(feature = "hydrate")]
pub mod hydrate;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;
