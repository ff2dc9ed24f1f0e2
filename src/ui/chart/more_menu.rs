//! What else the chart can do: levels of the day and the week before, and saving what is in view.

use leptos::prelude::*;

use crate::ui::panel::PanelContext;
use crate::ui::widget::{Menu, MenuItem};

const NOTE: &str = "Alt+H draws a line at the pointer, or takes it away. Shift and drag measures. \
    Type a timeframe, an instrument or a date over the chart.";

/// Whether the levels of the day and the week before are wanted.
pub fn wants_levels(context: PanelContext) -> Memo<bool> {
    context.setting("levels", false)
}

/// The menu in the chart's header.
#[component]
pub fn MoreMenu(
    /// The chart's place in the page.
    context: PanelContext,
    /// Saves the chart as a picture.
    save_picture: impl Fn() + Copy + Send + Sync + 'static,
    /// Saves the bars in view and their indicators as a table.
    save_table: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let levels = wants_levels(context);
    view! {
        <Menu
            name="More of the chart"
            testid="chart-more"
            class="h-[22px] cursor-pointer rounded px-1.5 hover:bg-hover"
            button=|| "⋮".into_any()
            note=NOTE
        >
            <MenuItem
                testid="chart-levels"
                is_on=levels
                on_choose=move || context.set("levels", !levels.get_untracked())
            >
                "Levels of the day and the week before"
            </MenuItem>
            <MenuItem testid="chart-save-png" on_choose=save_picture>
                "Save as a picture (PNG)"
            </MenuItem>
            <MenuItem testid="chart-save-csv" on_choose=save_table>
                "Save the bars in view (CSV)"
            </MenuItem>
        </Menu>
    }
}
