//! The chart as a panel; what it is made of is [`crate::ui::chart`].

use leptos::prelude::*;
use tradesuite_core::dock::PanelKind;

use crate::ui::chart::ChartPanel;
use crate::ui::panel::PanelSpec;
use crate::ui::panel::fields::{INSTRUMENT, TIMEFRAME};

/// The kind.
pub static SPEC: PanelSpec = PanelSpec {
    kind: PanelKind {
        id: "chart",
        label: "Chart",
        fields: &[INSTRUMENT, TIMEFRAME],
    },
    view: |context| view! { <ChartPanel context /> }.into_any(),
};
