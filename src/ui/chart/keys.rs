//! Keys of the chart: those of its drawings first, then those of the viewport; what is left begins
//! to type.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use tradesuite_core::chart::{Held, ToolAction, action_of, tool_of};
use tradesuite_core::model::UnixMs;

use crate::ui::chart::session::Session;
use crate::ui::chart::typing::begins;

/// What a key may open beside the chart.
#[derive(Clone, Copy)]
pub struct Boxes {
    /// The box of what is typed.
    pub typed: RwSignal<Option<String>>,
    /// The box of a date to go to.
    pub asked: RwSignal<Option<UnixMs>>,
}

/// Obeys a key.
pub fn on_key(session: &Session, boxes: Boxes, event: &KeyboardEvent) {
    let held = Held {
        alt: event.alt_key(),
        ctrl: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
    };
    if let Some(action) = tool_of(&event.code(), held)
        && use_tool(session, boxes, action)
    {
        event.prevent_default();
        if action != ToolAction::LetGo {
            // Undo is the layout's too, where nothing was drawn.
            event.stop_propagation();
        }
        return;
    }
    if held.alt || held.ctrl {
        return;
    }
    let key = event.key();
    let is_obeyed = match steps(&key, held.shift) {
        Some(steps) => session.move_line(steps),
        None => false,
    };
    if is_obeyed {
        event.prevent_default();
    } else if let Some(action) = action_of(&key, held.shift) {
        event.prevent_default();
        session.act(action);
    } else if begins(&key) {
        event.prevent_default();
        boxes.typed.set(Some(key));
    }
}

/// How many steps of the price a key moves the selected line.
fn steps(key: &str, shift: bool) -> Option<i64> {
    let size = if shift { 10 } else { 1 };
    match key {
        "ArrowUp" => Some(size),
        "ArrowDown" => Some(-size),
        _ => None,
    }
}

/// Does what a key of the tools does. Says whether there was anything to do.
pub fn use_tool(session: &Session, boxes: Boxes, action: ToolAction) -> bool {
    let drawings = session.parts.drawings;
    match action {
        ToolAction::Line => session.toggle_line(),
        ToolAction::Vwap => session.draw_average(),
        ToolAction::KeepMeasure => session.keep_measure(),
        ToolAction::Next => drawings.select_next(true),
        ToolAction::Previous => drawings.select_next(false),
        ToolAction::Edit => return drawings.open(),
        ToolAction::Delete => return drawings.delete(),
        ToolAction::LetGo => {
            drawings.select(None);
            session.let_go();
        }
        ToolAction::Undo => return drawings.step(true),
        ToolAction::Redo => return drawings.step(false),
        ToolAction::GoTo => boxes.asked.set(Some(session.middle())),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_move_a_line_by_its_steps() {
        assert_eq!(steps("ArrowUp", false), Some(1));
        assert_eq!(steps("ArrowDown", true), Some(-10));
        assert_eq!(steps("ArrowLeft", false), None);
    }
}
