//! The page: Leptos components, the same for both builds. They know the browser only through
//! [`crate::browser`] and the server only through [`crate::api`] and the live socket.
//!
//! | module | what it owns |
//! |---|---|
//! | [`shell`] | the HTML document around everything |
//! | [`workspace`] | what a person chose: panels, their arrangement, what they look at |
//! | [`preferences`] | what a person prefers everywhere: colours, zone, numbers, sizes, sounds |
//! | [`windows`] | the channel between windows of this browser |
//! | [`panel_window`] | the window of one panel |
//! | [`dock`] | the panels on the page: groups, tabs, dividers, dragging |
//! | [`address`] | the page's address: what it names, and how it is written |
//! | [`live`] | the socket: subscriptions, holes, reconnecting |
//! | [`pulse`] | trades and the last price, the same for every panel in every frame |
//! | [`drawings`] | what is drawn on instruments, the same in every chart and window |
//! | [`crosshairs`] | crosshairs of linked charts in step |
//! | [`chart`] | the candlestick chart |
//! | [`panel`] | order book, depth curve, ladder, tape and what frames a panel |
//! | [`top_bar`], [`status_bar`], [`outage`] | above and below the panels |
//! | [`overlay`] | over everything: palette, help, questions, the menu of a narrow window |
//! | [`instrument_search`], [`watchlists`] | looking for an instrument; lists of them, as the server keeps them |
//! | [`server_status`], [`status_panel`] | the server's word on itself and its exchanges |
//! | [`gap_ledger`] | what of the market is known to be missing |
//! | [`widget`] | small parts that know nothing of markets |
//!
//! A tick is never a signal write: signals hold what a person changes, buffers hold what the
//! market changes, and a frame paints them.

pub mod address;
pub mod chart;
pub mod crosshairs;
pub mod dock;
pub mod drawings;
pub mod gap_ledger;
pub mod instrument_search;
pub mod live;
pub mod outage;
pub mod overlay;
pub mod panel;
pub mod panel_window;
pub mod preferences;
pub mod pulse;
pub mod server_status;
pub mod shell;
pub mod status_bar;
pub mod status_panel;
pub mod top_bar;
pub mod watchlists;
pub mod widget;
pub mod windows;
pub mod workspace;

#[cfg(test)]
mod contrast_tests;

use leptos::prelude::*;

use crate::ui::address::Page;
use crate::ui::crosshairs::Crosshairs;
use crate::ui::dock::DockView;
use crate::ui::drawings::DrawingBoard;
use crate::ui::live::Live;
use crate::ui::overlay::{OverlayView, Overlays};
use crate::ui::panel_window::PanelWindow;
use crate::ui::preferences::PreferencesDialog;
use crate::ui::pulse::Pulse;
use crate::ui::server_status::StatusFeed;
use crate::ui::status_bar::StatusBar;
use crate::ui::top_bar::TopBar;
use crate::ui::watchlists::Watchlists;
use crate::ui::workspace::Workspace;

/// The page's root.
#[component]
pub fn App(
    /// What this window shows.
    page: Page,
) -> impl IntoView {
    let workspace = Workspace::provide();
    Overlays::provide(workspace);
    let live = Live::provide();
    match page {
        Page::Workspace => {
            workspace.watch_width();
            workspace.join_windows();
            workspace.keep(live);
        }
        Page::Panel => workspace.follow(),
    }
    Pulse::provide(live);
    DrawingBoard::provide(live);
    Crosshairs::provide(workspace.windows());
    StatusFeed::provide(live);
    Watchlists::provide(live);
    match page {
        Page::Workspace => view! { <WorkspaceWindow /> }.into_any(),
        Page::Panel => view! { <PanelWindow /> }.into_any(),
    }
}

/// A workspace, and what stands above and below it.
#[component]
fn WorkspaceWindow() -> impl IntoView {
    view! {
        <div class="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[44px_1fr_auto] md:grid-rows-[44px_1fr_24px]">
            <TopBar />
            <main class="flex min-h-0 flex-col">
                <DockView />
            </main>
            <StatusBar />
        </div>
        <PreferencesDialog />
        <OverlayView />
    }
}
