//! What a row's figures are written into, and in which words.

use leptos::html::Span;
use leptos::prelude::*;
use tradesuite_core::chart::{NumberStyle, SizeUnit, format};
use tradesuite_core::model::InstrumentId;
use tradesuite_core::protocol::TickerData;
use tradesuite_core::watch::{DayChange, Figures};

use crate::ui::widget::Readout;

/// How figures are written, as it is preferred or set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Style {
    /// What volume is counted in.
    pub unit: SizeUnit,
    /// The signs between digits.
    pub numbers: NumberStyle,
}

/// Elements of a row; cheap to copy.
#[derive(Clone, Copy)]
pub struct CellNodes {
    /// Last price.
    pub last: NodeRef<Span>,
    /// Change over 24 hours.
    pub change: NodeRef<Span>,
    /// Volume of 24 hours.
    pub volume: NodeRef<Span>,
    /// Best ask less best bid.
    pub spread: NodeRef<Span>,
}

impl CellNodes {
    /// Elements that are not in the page yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            last: NodeRef::new(),
            change: NodeRef::new(),
            volume: NodeRef::new(),
            spread: NodeRef::new(),
        }
    }
}

/// What writes into them.
pub struct Cells {
    last: Readout,
    change: Readout,
    volume: Readout,
    spread: Readout,
}

/// The class of a change: its sign, beside which the colour stands.
fn tone(change: Option<DayChange>) -> &'static str {
    match change.map_or(0, |change| change.counts.signum()) {
        0 => "",
        1 => "up",
        _ => "down",
    }
}

fn signed(percent: f64) -> String {
    let text = format::decimal(percent, 2);
    let is_more = percent > 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    format!("{}{text}", if is_more { "+" } else { "" })
}

/// One decimal where the spread is wide, more where it is narrow.
fn basis_points(spread: f64) -> String {
    format::decimal(spread, if spread < 9.995 { 2 } else { 1 })
}

impl Cells {
    /// Writes into these elements. Call it in an effect.
    #[must_use]
    pub fn new(nodes: CellNodes) -> Self {
        Self {
            last: Readout::new(nodes.last),
            change: Readout::new(nodes.change),
            volume: Readout::new(nodes.volume),
            spread: Readout::new(nodes.spread),
        }
    }

    /// Says how the day is. What is not known is a dash.
    pub fn write(&self, data: &TickerData, figures: &Figures, numbers: NumberStyle) {
        let decimals = data.precision.price;
        let words =
            |text: Option<String>| text.map_or_else(|| "–".to_owned(), |text| numbers.write(text));
        let last = data.ticker.last;
        self.last
            .set(&words(last.map(|last| format::price(last, decimals))), "");
        if let Some(last) = last {
            self.last.note_exact(&last.to_decimal(decimals).to_string());
        }
        let percent = figures.change.map(|change| change.percent);
        self.change
            .set(&words(percent.map(signed)), tone(figures.change));
        self.volume
            .set(&words(figures.volume.map(format::short)), "");
        if let Some(volume) = data.ticker.volume_24h {
            let exact = volume.display(data.precision.quantity).to_string();
            self.volume.note_exact(&exact);
        }
        self.spread
            .set(&words(figures.spread_bp.map(basis_points)), "");
    }
}

/// What is known of a row, for the pointer that rests on it.
#[must_use]
pub fn title(id: &InstrumentId, data: &TickerData, style: Style) -> String {
    let Style { unit, numbers } = style;
    let decimals = data.precision.price;
    let ticker = &data.ticker;
    let mut parts = vec![format!("{} {}", id.symbol(), format::venue(id.exchange()))];
    if let Some((last, open)) = ticker.last.zip(ticker.open_24h) {
        let change = numbers.write(format::signed((last.0 - open.0).into(), decimals, decimals));
        parts.push(format!("{change} {} since 24 h ago", id.quote()));
    }
    if let Some(volume) = Figures::of(ticker, data.precision, unit).volume {
        let amount = numbers.write(format::short(volume));
        let currency = match unit {
            SizeUnit::Base => id.base(),
            SizeUnit::Quote => id.quote(),
        };
        parts.push(format!("volume {amount} {currency}"));
    }
    if let Some((bid, ask)) = ticker.bid.zip(ticker.ask) {
        let spread = numbers.write(format::grouped((ask.0 - bid.0).into(), decimals));
        parts.push(format!("spread {spread}"));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{Precision, Price, Ticker, Volume};

    #[test]
    fn the_sign_says_what_the_colour_says() {
        for (counts, percent, text, expected) in [
            (204, 1.914, "+1.91", "up"),
            (-82, -0.824, "−0.82", "down"),
            (0, 0.0, "0.00", ""),
            (1, 0.001, "0.00", "up"),
        ] {
            let change = DayChange { counts, percent };
            assert_eq!(signed(percent), text);
            assert_eq!(tone(Some(change)), expected);
        }
        assert_eq!(tone(None), "");
    }

    #[test]
    fn spreads_keep_their_length() {
        assert_eq!(basis_points(0.016), "0.02");
        assert_eq!(basis_points(9.996), "10.0");
    }

    #[test]
    fn a_row_is_told_at_length() {
        let data = TickerData {
            precision: Precision {
                price: 2,
                quantity: 1,
            },
            ticker: Ticker {
                last: Some(Price(6_421_355)),
                open_24h: Some(Price(6_300_000)),
                volume_24h: Some(Volume(148_204)),
                bid: Some(Price(6_421_354)),
                ask: Some(Price(6_421_356)),
                ..Ticker::default()
            },
        };
        let id = "coinbase:BTC-USD".parse().expect("an id");
        let style = Style::default();
        assert_eq!(
            title(&id, &data, style),
            "BTC-USD Coinbase, +1,213.55 USD since 24 h ago, volume 14.82k BTC, spread 0.02"
        );
        let other = Style {
            unit: SizeUnit::Quote,
            numbers: NumberStyle::Point,
        };
        assert_eq!(
            title(&id, &data, other),
            "BTC-USD Coinbase, +1.213,55 USD since 24 h ago, volume 951,7M USD, spread 0,02"
        );
        assert_eq!(
            title(&id, &TickerData::default(), style),
            "BTC-USD Coinbase"
        );
    }
}
