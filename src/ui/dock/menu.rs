//! What can be done with a panel, its link, and which panels can be added.

use leptos::html::Div;
use leptos::prelude::*;
use tradesuite_core::dock::{Edit, LinkColour, PanelId, Place};

use crate::browser;
use crate::ui::dock::popped::pop_out;
use crate::ui::dock::settings::{PanelSettings, settings_of};
use crate::ui::dock::state::DockState;
use crate::ui::dock::tab::close;
use crate::ui::panel::PANELS;
use crate::ui::widget::{Menu, MenuItem};
use crate::ui::workspace::Workspace;

/// Adds a panel of any kind.
#[component]
pub fn AddPanel(
    /// Where; an empty dock has one place only.
    #[prop(into)]
    place: Signal<Option<Place>>,
    /// What the button says.
    label: &'static str,
) -> impl IntoView {
    let state = DockState::expect();
    view! {
        <Menu
            name="Add a panel"
            testid="add-panel"
            class="grid h-[22px] min-w-[22px] cursor-pointer place-items-center rounded px-1.5 text-text-2 hover:bg-hover hover:text-text-1"
            button=move || label.into_any()
        >
            {PANELS
                .iter()
                .map(|spec| {
                    view! {
                        <MenuItem
                            testid=format!("add-{}", spec.kind.id)
                            on_choose=move || state.workspace.open(spec.kind.id, place.get_untracked())
                        >
                            {spec.kind.label}
                        </MenuItem>
                    }
                })
                .collect_view()}
        </Menu>
    }
}

/// The colour by which a panel is linked with others.
#[component]
pub fn LinkMenu(
    /// Of which panel.
    panel: PanelId,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let link = move || workspace.link_of(panel);
    let choices = std::iter::once(None).chain(LinkColour::ALL.map(|(_, colour)| Some(colour)));
    view! {
        <Menu
            name="Link with panels of the same colour"
            testid="link-menu"
            class="grid size-[22px] cursor-pointer place-items-center rounded hover:bg-hover"
            button=move || view! { <LinkDot link=Signal::derive(link) /> }.into_any()
        >
            {choices
                .clone()
                .map(|colour| {
                    let (id, label) = match colour {
                        Some(colour) => (colour.name(), colour.name()),
                        None => ("none", "not linked"),
                    };
                    view! {
                        <MenuItem
                            testid=format!("link-{id}")
                            is_chosen=Signal::derive(move || link() == colour)
                            on_choose=move || workspace.link(panel, colour)
                        >
                            <LinkDot link=Signal::stored(colour) />
                            <span class="first-letter:uppercase">{label}</span>
                        </MenuItem>
                    }
                })
                .collect_view()}
        </Menu>
    }
}

/// A link's colour; a ring where there is none.
#[component]
pub fn LinkDot(
    /// The colour.
    link: Signal<Option<LinkColour>>,
) -> impl IntoView {
    let style = move || {
        link.get().map(|colour| {
            format!(
                "background:var(--link-{0});border-color:var(--link-{0})",
                colour.name()
            )
        })
    };
    view! { <span class="block size-2.5 rounded-full border border-text-3" style=style aria-hidden="true"></span> }
}

/// Everything else that can be done with a panel.
#[component]
pub fn PanelMenu(
    /// Which.
    panel: PanelId,
) -> impl IntoView {
    let state = DockState::expect();
    let workspace = state.workspace;
    let edit = move |edit: Edit| move || workspace.edit(&edit);
    let maximise = move || {
        let edit = if workspace.is_maximised() {
            Edit::Restore
        } else {
            Edit::Maximise(panel)
        };
        workspace.edit(&edit);
    };
    let maximise_label = move || {
        if workspace.is_maximised() {
            "Restore"
        } else {
            "Maximise"
        }
    };
    let root = NodeRef::<Div>::new();
    let is_set = RwSignal::new(false);
    let place = RwSignal::new(String::new());
    let has_settings = !untrack(|| settings_of(workspace, panel)).is_empty();
    let set = move || {
        place.set(browser::place_below(root));
        is_set.set(true);
    };
    let close_settings = move || {
        is_set.set(false);
        browser::focus_element(&format!("tab-{panel}"));
    };
    view! {
        <div node_ref=root>
            <Menu
                name="Panel"
                testid="panel-menu"
                class="grid size-[22px] cursor-pointer place-items-center rounded text-text-2 hover:bg-hover hover:text-text-1"
                button=|| "⋯".into_any()
            >
                {has_settings
                    .then(|| {
                        view! {
                            <MenuItem testid="settings" on_choose=set>
                                "Settings…"
                            </MenuItem>
                        }
                    })}
                <MenuItem testid="maximise" keys="Alt Enter" on_choose=maximise>{maximise_label}</MenuItem>
                <MenuItem testid="pop-out" keys="Alt Shift O" on_choose=move || pop_out(state, panel)>
                    "Into a window of its own"
                </MenuItem>
                <MenuItem testid="equalise" on_choose=edit(Edit::Equalise)>"Equal sizes"</MenuItem>
                <MenuItem testid="undo" keys="Alt Z" on_choose=move || workspace.undo()>"Undo"</MenuItem>
                <MenuItem testid="reopen" keys="Alt Shift T" on_choose=edit(Edit::Reopen)>"Open what was closed"</MenuItem>
                <MenuItem testid="close" keys="Alt W" on_choose=move || close(state, panel)>"Close"</MenuItem>
            </Menu>
            <Show when=move || is_set.get()>
                <PanelSettings panel place close=close_settings />
            </Show>
        </div>
    }
}
