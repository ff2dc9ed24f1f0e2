//! The header's figures, and the line that says what waits: written at most ten times a second.

use std::cell::Cell;

use leptos::html::Span;
use leptos::prelude::*;
use tradesuite_core::chart::{SizeUnit, format};

use super::state::TapeState;
use crate::ui::widget::Readout;

/// Digits change at most this often, milliseconds.
const DIGITS_MS: f64 = 100.0;

/// Elements and signals of the header; cheap to copy.
#[derive(Clone, Copy)]
pub struct HeaderNodes {
    window: NodeRef<Span>,
    delta: NodeRef<Span>,
    buys: NodeRef<Span>,
    rate: NodeRef<Span>,
    /// Rows that came since one scrolled back; `None` where the newest are followed.
    pub waiting: RwSignal<Option<usize>>,
}

impl HeaderNodes {
    /// Elements that are not in the page yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            window: NodeRef::new(),
            delta: NodeRef::new(),
            buys: NodeRef::new(),
            rate: NodeRef::new(),
            waiting: RwSignal::new(None),
        }
    }
}

/// What writes into them.
pub struct Header {
    waiting: RwSignal<Option<usize>>,
    window: Readout,
    delta: Readout,
    buys: Readout,
    rate: Readout,
    written_ms: Cell<f64>,
}

impl Header {
    /// Writes into these elements.
    #[must_use]
    pub fn new(nodes: HeaderNodes) -> Self {
        Self {
            waiting: nodes.waiting,
            window: Readout::new(nodes.window),
            delta: Readout::new(nodes.delta),
            buys: Readout::new(nodes.buys),
            rate: Readout::new(nodes.rate),
            written_ms: Cell::new(f64::MIN),
        }
    }

    /// Says how things are.
    pub fn write(&self, state: &TapeState, now_ms: f64) {
        let follows = state.scroll.is_following();
        let is_due = now_ms - self.written_ms.get() >= DIGITS_MS;
        if is_due || follows != self.waiting.get_untracked().is_none() {
            let waiting = (!follows).then(|| state.scroll.waiting(&state.rows));
            if self.waiting.get_untracked() != waiting {
                self.waiting.set(waiting);
            }
        }
        if is_due {
            self.written_ms.set(now_ms);
            self.write_flow(state, now_ms);
        }
    }

    fn write_flow(&self, state: &TapeState, now_ms: f64) {
        let Some((sums, length_s)) = state.flow(now_ms) else {
            for readout in [&self.window, &self.delta, &self.buys, &self.rate] {
                readout.set("–", "");
            }
            return;
        };
        let numbers = state.choices.numbers.get_untracked();
        self.window.set(&format::duration(length_s * 1_000), "");
        let unit = state.choices.rule.get_untracked().unit;
        let delta = match unit {
            SizeUnit::Base => sums.delta(),
            SizeUnit::Quote => sums.quote_delta(),
        };
        let decimals = unit.decimals(state.precision());
        let size = delta as f64 / 10_f64.powi(decimals.into());
        let (sign, tone) = match delta {
            1.. => ("+", "up"),
            0 => ("", ""),
            _ => ("", "down"),
        };
        self.delta.set(
            &numbers.write(format!("{sign}{}", format::compact(size))),
            tone,
        );
        let buys = sums
            .buy_ratio()
            .map_or_else(|| "–".to_owned(), |ratio| format!("{:.0} %", ratio * 100.0));
        self.buys.set(&buys, "");
        self.rate.set(
            &numbers.write(rate_text(sums.trades as f64 / length_s as f64)),
            "",
        );
    }
}

/// Trades a second: `0.4/s`, `14/s`.
fn rate_text(rate: f64) -> String {
    if rate < 9.95 {
        format!("{rate:.1}/s")
    } else {
        format!("{}/s", format::grouped(rate.round() as i128, 0))
    }
}

/// Who was taking over the last minutes. Widths are fixed, so that nothing moves.
#[component]
pub fn FlowFigures(
    /// Where the figures are written.
    nodes: HeaderNodes,
    /// The currency that the delta is in.
    #[prop(into)]
    currency: Signal<String>,
) -> impl IntoView {
    let help = move || {
        format!(
            "Over the time said first, as far back as trades are held: buys less sells of takers in {} (CVD), share of buys in the volume, trades a second",
            currency.get()
        )
    };
    view! {
        <span class="flex min-w-0 items-center gap-2 whitespace-nowrap" data-testid="tape-flow" title=help>
            <span class="inline-block w-9 text-right" node_ref=nodes.window data-testid="tape-window"></span>
            <span>"CVD"</span>
            <span class="-ml-1 inline-block w-12 text-right" node_ref=nodes.delta data-testid="tape-cvd"></span>
            <span>"buys"</span>
            <span class="-ml-1 inline-block w-8 text-right" node_ref=nodes.buys data-testid="tape-buys"></span>
            <span class="inline-block w-9 text-right" node_ref=nodes.rate data-testid="tape-rate"></span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_short() {
        for (rate, expected) in [
            (0.0, "0.0/s"),
            (0.44, "0.4/s"),
            (9.96, "10/s"),
            (1_204.4, "1,204/s"),
        ] {
            assert_eq!(rate_text(rate), expected);
        }
    }
}
