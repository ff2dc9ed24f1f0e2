//! A button that opens a list of things to choose from.

use leptos::context::Provider;
use leptos::ev::KeyboardEvent;
use leptos::html::{Button, Div};
use leptos::prelude::*;

use crate::browser;

/// How a menu is closed by what is in it.
#[derive(Clone, Copy)]
struct MenuState {
    is_open: RwSignal<bool>,
    button: NodeRef<Button>,
}

impl MenuState {
    /// Closes the list; the button has the keyboard again, as before it was pressed.
    fn close(self) {
        self.is_open.set(false);
        if let Some(button) = self.button.get_untracked() {
            // Fails only where the element cannot have the focus.
            let _ = button.focus();
        }
    }
}

/// The button and, once it is pressed, the list under it, whose first item has the keyboard then.
/// The arrows go through the list; Escape, Tab and a click anywhere else close it.
#[component]
pub fn Menu(
    /// Name for readers and for the pointer that rests on it.
    name: &'static str,
    /// For tests.
    testid: &'static str,
    /// Looks of the button.
    class: &'static str,
    /// Whether what the button shows is text that names it.
    #[prop(optional)]
    is_text: bool,
    /// What the button shows.
    #[prop(into)]
    button: ViewFn,
    /// What is said below the list.
    #[prop(optional)]
    note: &'static str,
    /// The [`MenuItem`]s.
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let menu = MenuState {
        is_open,
        button: NodeRef::new(),
    };
    let (root, list) = (NodeRef::<Div>::new(), NodeRef::<Div>::new());
    let children = StoredValue::new(children);
    Effect::new(move || {
        if list.get().is_some() && is_open.get_untracked() {
            browser::move_focus(list, 1);
        }
    });
    let on_key = move |event: KeyboardEvent| {
        if !is_open.get_untracked() {
            return;
        }
        match event.key().as_str() {
            "Escape" => menu.close(),
            "ArrowDown" => browser::move_focus(list, 1),
            "ArrowUp" => browser::move_focus(list, -1),
            // From the button on, as if there were no list.
            "Tab" => return menu.close(),
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
                node_ref=menu.button
                class=class
                title=name
                aria-label=(!is_text).then_some(name)
                aria-haspopup="menu"
                aria-expanded=move || is_open.get().to_string()
                data-testid=testid
                on:click=toggle
            >
                {button.run()}
            </button>
            <Show when=move || is_open.get()>
                <div class="fixed inset-0 z-40" on:click=move |_| menu.close()></div>
                <div
                    class="fixed z-50 max-h-[70vh] min-w-40 overflow-y-auto rounded-md border border-line-strong bg-raised py-1 text-[12px] text-text-1"
                    style=move || place.get()
                >
                    // Menus stand side by side: the items of each are to find their own.
                    <Provider value=menu>
                        <div node_ref=list role="menu" aria-label=name>
                            {children.with_value(|children| children())}
                        </div>
                    </Provider>
                    <p class="max-w-72 px-3 pt-1 text-[11px] whitespace-normal text-text-2 empty:hidden">{note}</p>
                </div>
            </Show>
        </div>
    }
}

/// What an item is beside something to do.
#[derive(Clone, Copy, Default)]
enum Mark {
    /// Nothing.
    #[default]
    None,
    /// One of several, of which one is chosen.
    One(Signal<bool>),
    /// Something that is on or off.
    Switch(Signal<bool>),
}

impl Mark {
    fn role(self) -> &'static str {
        match self {
            Self::None => "menuitem",
            Self::One(_) => "menuitemradio",
            Self::Switch(_) => "menuitemcheckbox",
        }
    }

    /// Whether it is chosen or on; `None` where it can be neither.
    fn is_checked(self) -> Option<bool> {
        match self {
            Self::None => None,
            Self::One(is_checked) | Self::Switch(is_checked) => Some(is_checked.get()),
        }
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
    /// Whether it is what is chosen, where one of the items is.
    #[prop(optional, into)]
    is_chosen: Option<Signal<bool>>,
    /// Whether it is on, where it can be off.
    #[prop(optional, into)]
    is_on: Option<Signal<bool>>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let menu = expect_context::<MenuState>();
    let switch = is_on.map(Mark::Switch);
    let mark = is_chosen.map(Mark::One).or(switch).unwrap_or_default();
    let is_checked = move || mark.is_checked().unwrap_or_default();
    // The place of the sign is kept where there may be one, so that the items stand in line.
    let sign = (!matches!(mark, Mark::None)).then(|| {
        view! {
            <span class="w-3" aria-hidden="true">
                {move || if is_checked() { "✓" } else { "" }}
            </span>
        }
    });
    view! {
        <button
            class="flex h-[26px] w-full cursor-pointer items-center gap-2 whitespace-nowrap px-3 text-left hover:bg-hover focus-visible:bg-hover"
            class=("text-accent", is_checked)
            role=mark.role()
            aria-checked=move || mark.is_checked().map(|is_checked| is_checked.to_string())
            data-testid=testid
            on:click=move |_| {
                menu.close();
                on_choose();
            }
        >
            {sign}
            {children()}
            <kbd class="ml-auto pl-6 font-sans text-[11px] text-text-2">{keys}</kbd>
        </button>
    }
}
