//! The chart as a panel; what it is made of is [`crate::ui::chart`].

use leptos::prelude::*;
use tradesuite_core::dock::PanelKind;
use tradesuite_core::model::{Choice, Field, FieldKind};

use crate::ui::chart::ChartPanel;
use crate::ui::panel::PanelSpec;
use crate::ui::panel::fields::{INSTRUMENT, TIMEFRAME};

/// Indicators of one chart as JSON at most, bytes.
const MOST_BYTES: u32 = 32_768;

/// The kind.
pub static SPEC: PanelSpec = PanelSpec {
    kind: PanelKind {
        id: "chart",
        label: "Chart",
        fields: &[
            INSTRUMENT,
            TIMEFRAME,
            Field {
                name: "kind",
                label: "Bars as",
                kind: FieldKind::Choice {
                    options: &[
                        choice("candles", "candles"),
                        choice("hollow-candles", "hollow candles"),
                        choice("bars", "bars"),
                        choice("line", "a line"),
                        choice("area", "an area"),
                        choice("heikin-ashi", "Heikin Ashi"),
                    ],
                    default: "candles",
                },
                help: "How bars are drawn",
                when: None,
            },
            Field {
                name: "scale",
                label: "Price scale",
                kind: FieldKind::Choice {
                    options: &[
                        choice("linear", "linear"),
                        choice("log", "logarithmic"),
                        choice("percent", "percent"),
                    ],
                    default: "linear",
                },
                help: "How the price axis counts",
                when: None,
            },
            Field {
                name: "levels",
                label: "Levels before",
                kind: FieldKind::Flag { default: false },
                help: "High, low and close of the day and the week before",
                when: None,
            },
            Field {
                name: "indicators",
                label: "Indicators",
                kind: FieldKind::Data { bytes: MOST_BYTES },
                help: "Which indicators are drawn, and how",
                when: None,
            },
            Field {
                name: "lines",
                label: "Lines",
                kind: FieldKind::Data { bytes: MOST_BYTES },
                // Only read: the chart makes drawings of them and keeps them no longer.
                help: "Lines by instrument, as documents from before drawings have them",
                when: None,
            },
        ],
    },
    view: |context| view! { <ChartPanel context /> }.into_any(),
};

const fn choice(value: &'static str, label: &'static str) -> Choice {
    Choice { value, label }
}

#[cfg(test)]
mod tests {
    use tradesuite_core::dock::Workspace;

    use crate::ui::panel::KINDS;

    #[test]
    fn a_workspace_from_before_drawings_still_opens() {
        let text = r#"{"version":1,"name":"Mine","desktop":{"root":{"tabs":[1]},"panels":[{"id":1,
            "kind":"chart","settings":{"lines":{"coinbase:BTC-USD":["61234.50"]}}}]}}"#;
        let document = Workspace::parse(text.as_bytes(), &KINDS).expect("stands");
        let panel = document.desktop.panels().next().expect("a chart");
        assert!(panel.settings.given().contains_key("lines"));
    }
}
