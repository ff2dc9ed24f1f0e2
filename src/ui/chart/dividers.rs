//! The lines between panes for the keyboard: each can be reached and moved. By the pointer they are
//! moved on the canvas itself.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::ui::chart::indicators::Indicators;

/// How far a key moves a line, CSS pixels; with Shift.
const STEP: f64 = 8.0;
const LARGE_STEP: f64 = 48.0;

/// How far a key moves a line, downwards where positive.
fn step(key: &str, shift: bool) -> Option<f64> {
    let step = if shift { LARGE_STEP } else { STEP };
    match key {
        "ArrowUp" => Some(-step),
        "ArrowDown" => Some(step),
        _ => None,
    }
}

/// The lines.
#[component]
pub fn PaneDividers(
    /// The chart's indicators, and where their panes begin.
    indicators: Indicators,
    /// Moves the upper edge of an indicator's pane by so many CSS pixels.
    move_edge: impl Fn(u32, f64) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let name = move |id: u32| {
        let params = indicators.list.with(|list| {
            let setting = list.iter().find(|setting| setting.id == id);
            setting.and_then(|setting| setting.params())
        });
        let title = params.map(|params| params.title()).unwrap_or_default();
        format!("Upper edge of {title}")
    };
    let ids = Memo::new(move |_| {
        let tops = indicators.tops.get();
        tops.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    });
    let top = move |id: u32| {
        indicators.tops.with(|tops| {
            let found = tops.iter().find(|(study, _)| *study == id);
            found.map_or(0.0, |(_, top)| *top)
        })
    };
    let line = move |id: u32| {
        view! {
            <div
                class="pointer-events-none absolute inset-x-0 h-1 rounded focus-visible:bg-accent/60"
                style:top=move || format!("{}px", top(id) - 2.5)
                role="separator"
                tabindex="0"
                aria-orientation="horizontal"
                aria-label=move || name(id)
                aria-valuenow=move || top(id).round().to_string()
                data-testid=format!("pane-edge-{id}")
                on:keydown=move |event: KeyboardEvent| {
                    if event.ctrl_key() || event.alt_key() || event.meta_key() {
                        return;
                    }
                    if let Some(by) = step(&event.key(), event.shift_key()) {
                        event.prevent_default();
                        move_edge(id, by);
                    }
                }
            ></div>
        }
    };
    view! { <For each=move || ids.get() key=|id| *id children=line /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_move_an_edge() {
        assert_eq!(step("ArrowUp", false), Some(-STEP));
        assert_eq!(step("ArrowDown", true), Some(LARGE_STEP));
        assert_eq!(step("Enter", false), None);
    }
}
