//! Something over the page that has to be answered or closed: it has the keyboard until then, and
//! gives it back to what had it.

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;

use crate::browser;

/// The dialog and the ground that it dims. Escape and a press beside it close it.
#[component]
pub fn Dialog(
    /// Name for readers.
    name: &'static str,
    /// For tests.
    testid: &'static str,
    /// Its place and size.
    class: &'static str,
    /// Closes it.
    close: Callback<()>,
    /// What is in it; the first of it that can have the keyboard has it.
    children: Children,
) -> impl IntoView {
    let held = StoredValue::new_local(Some(browser::keep_focus()));
    on_cleanup(move || {
        let _ = held.try_update_value(Option::take);
    });
    let dialog = NodeRef::<Div>::new();
    Effect::new(move || {
        if dialog.get().is_some() {
            browser::move_focus(dialog, 1);
        }
    });
    let on_key = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "Escape" => close.run(()),
            "Tab" if event.shift_key() => browser::move_focus(dialog, -1),
            "Tab" => browser::move_focus(dialog, 1),
            // The dock is behind it, and its keys with it.
            _ if event.alt_key() => return event.stop_propagation(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div class="fixed inset-0 z-[60] bg-ground/70" on:click=move |_| close.run(())></div>
        <div
            node_ref=dialog
            class=format!(
                "fixed z-[61] flex flex-col overflow-hidden border border-line-strong bg-raised text-[12px] text-text-1 {class}",
            )
            role="dialog"
            aria-modal="true"
            aria-label=name
            data-testid=testid
            on:keydown=on_key
        >
            {children()}
        </div>
    }
}
