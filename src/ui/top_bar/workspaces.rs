//! The workspaces to choose from: the ready-made ones side by side, and a menu of all of them with
//! what can be done to the one that is shown.

use leptos::prelude::*;
use tradesuite_core::command::{COMMANDS, Group};
use tradesuite_core::dock::READY;
use tradesuite_core::model::Name;

use crate::ui::overlay::Overlays;
use crate::ui::widget::{Menu, MenuItem};
use crate::ui::workspace::{Workspace, is_ready_made, names, ready_names};

/// For the browser tests.
fn testid(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// A button for each ready-made workspace, and the menu.
#[component]
pub fn WorkspaceBar() -> impl IntoView {
    let workspace = Workspace::expect();
    let buttons = READY.iter().map(|ready| {
        let is_shown = move || workspace.name.with(|name| name.as_str() == ready.name);
        view! {
            <button
                class="h-6 cursor-pointer rounded px-2.5 text-[11px] text-text-2 hover:text-text-1 aria-pressed:bg-panel aria-pressed:text-text-1 aria-pressed:ring-1 aria-pressed:ring-line-strong max-lg:hidden"
                title=ready.about
                aria-pressed=move || is_shown().to_string()
                data-testid=format!("workspace-{}", testid(ready.name))
                on:click=move |_| {
                    if let Ok(name) = ready.name.parse() {
                        workspace.open_named(&name);
                    }
                }
            >
                {ready.name}
            </button>
        }
    });
    view! {
        <div
            class="flex shrink-0 items-center rounded-md border border-line p-0.5 max-md:hidden"
            role="group"
            aria-label="Workspace"
            aria-busy=move || workspace.is_reading.get().to_string()
            data-testid="workspaces"
        >
            {buttons.collect_view()}
            // The menu is of them all, not of the one beside it.
            <span class="mx-1 h-4 w-px bg-line-strong max-lg:hidden" aria-hidden="true"></span>
            <WorkspaceMenu />
        </div>
    }
}

/// All of them, and what can be done.
#[component]
fn WorkspaceMenu() -> impl IntoView {
    let workspace = Workspace::expect();
    let name = move || workspace.name.get().to_string();
    // In a wide bar the pressed button names a ready-made one already.
    let is_said = move || workspace.name.with(is_ready_made);
    view! {
        <Menu
            name="Workspaces"
            testid="workspace-menu"
            class="flex h-6 cursor-pointer items-center gap-1 rounded px-1.5 text-[11px] text-text-1 hover:bg-hover has-[[data-own=true]]:bg-panel has-[[data-own=true]]:ring-1 has-[[data-own=true]]:ring-line-strong"
            button=move || {
                view! {
                    <span class="max-w-32 truncate" class=("lg:hidden", is_said) data-own=move || (!is_said()).to_string()>
                        {name}
                    </span>
                    <svg class="size-3 text-text-2" viewBox="0 0 12 12" aria-hidden="true">
                        <path d="m3 4.5 3 3 3-3" fill="none" stroke="currentColor" stroke-width="1.4" />
                    </svg>
                }
                    .into_any()
            }
        >
            {ready_names().into_iter().map(|name| view! { <Choice name /> }).collect_view()}
            <Others />
            <div class="my-1 border-t border-line" role="separator"></div>
            <Commands />
        </Menu>
    }
}

/// What the server keeps beside the ready-made ones, asked for whenever the menu is opened.
#[component]
fn Others() -> impl IntoView {
    let kept = LocalResource::new(names);
    let others = move || {
        let names = kept.get().and_then(Result::ok).unwrap_or_default();
        names
            .into_iter()
            .filter(|name| !is_ready_made(name))
            .collect::<Vec<_>>()
    };
    let note = move || match kept.get() {
        None => Some("Loading…".to_owned()),
        Some(Err(why)) => Some(why),
        Some(Ok(_)) => None,
    };
    let note_view = move |text: String| {
        view! {
            <div class="max-w-72 px-3 py-1 text-[11px] text-text-2" role="menuitem" aria-disabled="true" data-testid="workspace-note">
                {text}
            </div>
        }
    };
    view! {
        <For each=others key=Clone::clone children=|name| view! { <Choice name /> } />
        {move || note().map(note_view)}
    }
}

/// One workspace to open.
#[component]
fn Choice(name: Name) -> impl IntoView {
    let workspace = Workspace::expect();
    let (held, open) = (name.clone(), name.clone());
    let is_shown = Memo::new(move |_| workspace.name.with(|shown| *shown == held));
    view! {
        <MenuItem
            testid=format!("open-{}", testid(name.as_str()))
            is_chosen=Signal::from(is_shown)
            on_choose=move || workspace.open_named(&open)
        >
            <span class="max-w-64 truncate">{name.to_string()}</span>
        </MenuItem>
    }
}

/// What can be done to the one that is shown.
#[component]
fn Commands() -> impl IntoView {
    let overlays = Overlays::expect();
    let specs = COMMANDS
        .iter()
        .filter(|spec| spec.group == Group::Workspace);
    let items = specs.filter(|spec| untrack(|| overlays.offers(spec.command)));
    items
        .map(|spec| {
            view! {
                <MenuItem testid=spec.id on_choose=move || overlays.run(spec.command)>
                    {spec.label}
                </MenuItem>
            }
        })
        .collect_view()
}
