//! The seam in the browser.

mod canvas;
mod element;
mod file;
mod frame;
mod page;
mod pointer;
mod save;
mod socket;
mod sound;
mod windows;

pub use canvas::Surface;
pub use element::{
    focus_element, is_typing, keep_focus, move_focus, origin_of, place_below, size_of,
};
pub use file::read_file;
pub use frame::{FrameLoop, Guard, after, every, on_resize};
pub use page::{
    address_note, address_path, address_query, announce, clear_body, has_facts_in_frames,
    is_narrow, is_visible, now_ms, on_narrow, on_theme_change, on_visibility, page_ms, pasted_text,
    random, reduced_motion, reload, rendered_build, replace_address, scroll_to, set_look,
    set_title, store, stored, theme_color, unstore, write_exact, write_text, zone_offset_minutes,
};
pub use pointer::{capture_pointer, tab_at};
pub use save::{save_csv, save_json, save_png};
pub use socket::Socket;
pub use sound::Sound;
pub use windows::{Channel, OpenedWindow, close_window, on_leaving, origin_on_screen};
