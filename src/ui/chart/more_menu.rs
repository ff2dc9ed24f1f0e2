//! What else the chart can do: drawing, going to a date, levels of the day and the week before, and
//! saving what is in view.

use leptos::prelude::*;

use crate::ui::chart::drawn::ChartDrawings;
use crate::ui::panel::PanelContext;
use crate::ui::widget::{Menu, MenuItem};

const NOTE: &str = "Drawings are the same in every chart of the instrument. Drag a line to move it; \
    a double click or Enter sets it. Shift and drag measures, Alt K keeps the measure. Type a \
    timeframe, an instrument or a date over the chart.";

/// Whether the levels of the day and the week before are wanted.
pub fn wants_levels(context: PanelContext) -> Memo<bool> {
    context.setting("levels", false)
}

/// The menu in the chart's header.
#[component]
pub fn MoreMenu(
    /// The chart's place in the page.
    context: PanelContext,
    /// The chart's drawings.
    drawings: ChartDrawings,
    /// Draws a line.
    draw_line: impl Fn() + Copy + Send + Sync + 'static,
    /// Draws an average since a bar.
    draw_average: impl Fn() + Copy + Send + Sync + 'static,
    /// Asks for a date to go to.
    go_to: impl Fn() + Copy + Send + Sync + 'static,
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
            <MenuItem testid="chart-go-to" keys="Alt G" on_choose=go_to>
                "Go to a date…"
            </MenuItem>
            <MenuItem testid="chart-draw-line" keys="Alt H" on_choose=draw_line>
                "Draw a line"
            </MenuItem>
            <MenuItem testid="chart-draw-vwap" keys="Alt V" on_choose=draw_average>
                "Draw the VWAP since a bar"
            </MenuItem>
            <Show when=move || drawings.chosen().is_some()>
                <MenuItem
                    testid="chart-edit-drawing"
                    keys="Enter"
                    on_choose=move || {
                        drawings.open();
                    }
                >
                    "Set the selected drawing…"
                </MenuItem>
                <MenuItem
                    testid="chart-delete-drawing"
                    keys="Delete"
                    on_choose=move || {
                        drawings.delete();
                    }
                >
                    "Delete the selected drawing"
                </MenuItem>
            </Show>
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
