//! Where the browser enters: puts the living page in the place of what the server rendered, if both
//! are of one build.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::api::BUILD;
use crate::browser;
use crate::ui::App;
use crate::ui::address::Page;

const STRANGER: &str = "This page's files belong to another build than the server: reload the page. \
    Where that does not help, build both again (make build).";

/// Called by the page's script once the module is loaded; Leptos names it so.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    if browser::rendered_build().is_some_and(|build| build == BUILD) {
        let page = Page::at(&browser::address_path());
        browser::clear_body();
        leptos::mount::mount_to_body(move || leptos::view! { <App page /> });
    } else {
        browser::announce(STRANGER);
    }
}
