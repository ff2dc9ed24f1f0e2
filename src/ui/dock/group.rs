//! The header of a group: its tabs, the tools of the one that shows, and its menu, in one line.
//!
//! While one of its menus or a dialog of it is open a header stands above everything else of the dock, which then
//! takes no presses: one beside the menu closes it.

use leptos::prelude::*;
use tradesuite_core::dock::{Area, Edit, PanelId, Place};

use crate::ui::dock::menu::{AddPanel, LinkMenu, PanelMenu};
use crate::ui::dock::state::{DockState, HEADER, style_of};
use crate::ui::dock::tab::Tab;

/// A group's header.
#[component]
pub fn GroupHeader(
    /// Its place in the geometry.
    at: usize,
) -> impl IntoView {
    let state = DockState::expect();
    let workspace = state.workspace;
    let group = Memo::new(move |_| state.group(at));
    let active = Memo::new(move |_| group.with(|group| group.as_ref().map(|group| group.active)));
    // Another workspace gives its id to another kind, which has other settings.
    let shown = Memo::new(move |_| {
        let panel = active.get()?;
        Some((panel, workspace.kind_of(panel).map(|kind| kind.id)))
    });
    let tabs = move || {
        group.with(|group| {
            group
                .as_ref()
                .map_or_else(Vec::new, |group| group.tabs.clone())
        })
    };
    let style = move || {
        group.with(|group| {
            group.as_ref().map(|group| {
                style_of(Area {
                    height: HEADER.min(group.area.height),
                    ..group.area
                })
            })
        })
    };
    let is_focused = move || {
        let focused = workspace.focused.get();
        focused.is_some() && active.get() == focused
    };
    let tools = move || {
        let slot = state.header(active.get()?);
        slot.get().map(|tools| tools.run())
    };
    let with_active = move |action: &dyn Fn(PanelId)| {
        if let Some(active) = active.get_untracked() {
            action(active);
        }
    };
    let place = Signal::derive(move || active.get().map(|group| Place::Tab { group, at: None }));
    view! {
        <header
            class="group/header absolute z-[5] has-[[role=dialog]]:z-30 has-[[role=menu]]:z-30 flex items-stretch gap-1 rounded-t-md border border-line bg-panel pr-1"
            style=style
            data-testid="group"
            data-focused=move || is_focused().to_string()
            on:pointerdown=move |_| with_active(&|active| workspace.focus(active))
            on:focusin=move |_| with_active(&|active| workspace.focus(active))
        >
            <div
                class="flex min-w-16 shrink items-stretch overflow-x-auto overflow-y-hidden [scrollbar-width:none]"
                role="tablist"
                aria-label="Panels"
                on:dblclick=move |_| with_active(&|active| {
                    let edit = if workspace.is_maximised() { Edit::Restore } else { Edit::Maximise(active) };
                    workspace.edit(&edit);
                })
            >
                <For each=tabs key=|panel| *panel let(panel)>
                    {view! { <Tab panel group=at /> }.into_any()}
                </For>
            </div>
            <div class="flex items-center">
                {view! { <AddPanel place label="+" /> }.into_any()}
            </div>
            // Where they do not fit they begin at the left, and are scrolled.
            <div class="flex min-w-0 flex-1 items-center justify-end-safe gap-1.5 overflow-x-auto overflow-y-hidden text-[11px] text-text-2 [scrollbar-width:none]">
                {tools}
            </div>
            <div class="flex items-center gap-0.5">
                {move || shown.get().map(|(panel, _)| view! { <LinkMenu panel /> <PanelMenu panel /> }.into_any())}
            </div>
        </header>
    }
}
