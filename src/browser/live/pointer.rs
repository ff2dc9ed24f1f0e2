//! Pointers in the browser.

use leptos::html::Canvas;
use leptos::prelude::{GetUntracked, NodeRef};

/// Sends a pointer's events to the canvas until it is lifted, wherever it goes.
pub fn capture_pointer(node: &NodeRef<Canvas>, pointer_id: i32) {
    if let Some(canvas) = node.get_untracked() {
        // Fails only for a pointer that is gone already.
        let _ = canvas.set_pointer_capture(pointer_id);
    }
}
