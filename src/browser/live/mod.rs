//! The seam in the browser.

mod canvas;
mod frame;
mod page;
mod socket;

pub use canvas::Surface;
pub use frame::{FrameLoop, Guard, after, every, on_resize};
pub use page::{
    is_visible, now_ms, on_theme_change, on_visibility, page_ms, random, reduced_motion, set_theme,
    set_title, store, stored, theme_color, write_text, zone_offset_minutes,
};
pub use socket::Socket;

use wasm_bindgen::prelude::wasm_bindgen;

/// Where the browser enters: takes over the page that the server rendered.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(crate::ui::App);
}
