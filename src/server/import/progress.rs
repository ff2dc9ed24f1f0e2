//! Saying how far an import is: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Where it is said.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    terminal: bool,
}

impl Progress {
    /// On standard error.
    #[must_use]
    pub fn on_stderr() -> Self {
        Self {
            bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()),
            terminal: std::io::stderr().is_terminal(),
        }
    }

    /// Nowhere.
    #[must_use]
    pub fn silent() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            terminal: true,
        }
    }

    /// Begins something that takes `rows` rows; 0 where nobody knows.
    pub(super) fn begin(&self, what: &'static str, rows: u64) {
        if !self.terminal {
            tracing::info!(rows, "{what}");
        }
        let template = match rows {
            0 => "{msg} {human_pos} rows, {per_sec}",
            _ => "{msg} {wide_bar} {human_pos} of {human_len} rows, {eta} left",
        };
        // A template that is not understood leaves the style as it was.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.reset();
        self.bar.set_length(rows);
        self.bar.set_message(what);
    }

    pub(super) fn advance(&self, rows: u64) {
        self.bar.inc(rows);
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
