//! The window of one panel: a slim header, the panel, and the status bar. What is shown and what is
//! told to the other windows is [`crate::ui::workspace`].

mod header;

use leptos::ev::keydown;
use leptos::prelude::*;
use tradesuite_core::dock::{PanelId, PanelKind};

use self::header::WindowHeader;
use crate::browser;
use crate::ui::dock::{HeaderSlot, PanelBody};
use crate::ui::status_bar::StatusBar;
use crate::ui::workspace::{OwnWindow, Workspace};

/// The whole window.
#[component]
pub fn PanelWindow() -> impl IntoView {
    let workspace = Workspace::expect();
    // Another document may give the number to a panel of another kind.
    let shown = Memo::new(move |_| match workspace.own_window() {
        OwnWindow::Panel(panel) => Some((panel, workspace.kind_of(panel)?)),
        _ => None,
    });
    view! {
        <div class="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)_auto] md:grid-rows-[minmax(0,1fr)_24px]">
            <main class="flex min-h-0 flex-col">
                {move || match shown.get() {
                    Some((panel, kind)) => view! { <OwnPanel panel kind /> }.into_any(),
                    None => view! { <NoPanel /> }.into_any(),
                }}
            </main>
            <StatusBar />
        </div>
    }
}

#[component]
fn OwnPanel(panel: PanelId, kind: &'static PanelKind) -> impl IntoView {
    let workspace = Workspace::expect();
    let header: HeaderSlot = RwSignal::new(None);
    Effect::new(move || {
        let title = match workspace.shows_instrument(panel) {
            Some(instrument) => format!("{} · {} | TradeSuite", kind.label, instrument.symbol()),
            None => format!("{} | TradeSuite", kind.label),
        };
        browser::set_title(&title);
    });
    Effect::new(move || {
        let listener = window_event_listener(keydown, move |event| {
            let is_plain = !event.ctrl_key() && !event.meta_key();
            if event.alt_key() && event.shift_key() && is_plain && event.code() == "KeyO" {
                event.prevent_default();
                workspace.put_back();
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <WindowHeader panel kind header />
        <section
            class="flex min-h-0 grow flex-col overflow-hidden bg-panel"
            id=format!("panel-{panel}")
            aria-label=kind.label
            data-testid="panel"
            data-panel=panel.to_string()
            data-kind=kind.id
        >
            <PanelBody panel kind header />
        </section>
    }
}

/// What stands there without a panel.
#[component]
fn NoPanel() -> impl IntoView {
    let workspace = Workspace::expect();
    let words = move || match workspace.own_window() {
        OwnWindow::Opening | OwnWindow::Panel(_) => "Opening…".to_owned(),
        OwnWindow::Back => "The panel stands in its workspace again.".to_owned(),
        OwnWindow::Missing(why) => why,
    };
    let is_over = move || workspace.own_window() != OwnWindow::Opening;
    view! {
        <div class="grid grow place-items-center p-4 text-center text-text-2" role="status" data-testid="no-panel">
            <div>
                <p>{words}</p>
                <Show when=is_over>
                    <a class="mt-3 inline-block text-accent underline" href="/">
                        "Open the workspace"
                    </a>
                </Show>
            </div>
        </div>
    }
}
