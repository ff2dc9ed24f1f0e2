//! A button that opens a list of things to choose from.

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;

use crate::browser;

/// How a menu is closed by what is in it.
#[derive(Clone, Copy)]
struct MenuState {
    is_open: RwSignal<bool>,
}

/// The button and, once it is pressed, the list under it. The arrows go through the list, Escape
/// and a press anywhere else close it.
#[component]
pub fn Menu(
    /// Name for readers and for the pointer that rests on it.
    name: &'static str,
    /// For tests.
    testid: &'static str,
    /// Looks of the button.
    class: &'static str,
    /// What the button shows.
    #[prop(into)]
    button: ViewFn,
    /// The [`MenuItem`]s.
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    provide_context(MenuState { is_open });
    let root = NodeRef::<Div>::new();
    let children = StoredValue::new(children);
    let on_key = move |event: KeyboardEvent| {
        if !is_open.get_untracked() {
            return;
        }
        match event.key().as_str() {
            "Escape" => is_open.set(false),
            "ArrowDown" => browser::move_focus(root, 1),
            "ArrowUp" => browser::move_focus(root, -1),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    // In the window's coordinates: a list may reach out of the panel that it belongs to.
    let place = RwSignal::new(String::new());
    let toggle = move |_| {
        if !is_open.get_untracked() {
            place.set(browser::place_below(root));
        }
        is_open.update(|is_open| *is_open = !*is_open);
    };
    view! {
        <div node_ref=root class="relative" on:keydown=on_key>
            <button
                class=class
                title=name
                aria-label=name
                aria-haspopup="menu"
                aria-expanded=move || is_open.get().to_string()
                data-testid=testid
                on:click=toggle
            >
                {button.run()}
            </button>
            <Show when=move || is_open.get()>
                <div class="fixed inset-0 z-40" on:pointerdown=move |_| is_open.set(false)></div>
                <div
                    class="fixed z-50 max-h-[70vh] min-w-40 overflow-y-auto rounded-md border border-line-strong bg-raised py-1 text-[12px] text-text-1"
                    style=move || place.get()
                    role="menu"
                    aria-label=name
                >
                    {children.with_value(|children| children())}
                </div>
            </Show>
        </div>
    }
}

/// A thing to choose.
#[component]
pub fn MenuItem(
    /// For tests.
    #[prop(into)]
    testid: String,
    /// What it does.
    on_choose: impl Fn() + 'static,
    /// The keys that do the same.
    #[prop(optional)]
    keys: &'static str,
    /// Whether it is what is chosen already.
    #[prop(optional, into)]
    is_chosen: Signal<bool>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let menu = expect_context::<MenuState>();
    view! {
        <button
            class="flex h-[26px] w-full cursor-pointer items-center gap-2 whitespace-nowrap px-3 text-left hover:bg-hover focus-visible:bg-hover"
            class=("text-accent", move || is_chosen.get())
            role="menuitem"
            data-testid=testid
            on:click=move |_| {
                menu.is_open.set(false);
                on_choose();
            }
        >
            {children()}
            <kbd class="ml-auto pl-6 font-sans text-[11px] text-text-2">{keys}</kbd>
        </button>
    }
}
