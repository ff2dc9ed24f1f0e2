//! The menu of a narrow window: what top bar and dock offer in a wide one, from the bottom up.

use leptos::prelude::*;
use tradesuite_core::command::{COMMANDS, Command, Group};
use tradesuite_core::dock::{LinkColour, PanelId};
use tradesuite_core::model::Name;

use super::{Overlay, Overlays};
use crate::ui::dock::LinkDot;
use crate::ui::panel::{PANELS, PanelChange};
use crate::ui::widget::{Dialog, FieldForm, has_input};
use crate::ui::workspace::{Theme, Workspace, Zone, names, ready_names};

const CHIP: &str = "h-10 cursor-pointer rounded border border-line-strong px-3 hover:bg-hover aria-pressed:border-accent aria-pressed:text-accent";

/// The menu.
#[component]
pub fn Sheet() -> impl IntoView {
    let overlays = Overlays::expect();
    let workspace = Workspace::expect();
    let close = Callback::new(move |()| overlays.close());
    let active = Memo::new(move |_| {
        workspace
            .phone
            .with(|phone| phone.active().map(|panel| panel.id))
    });
    view! {
        <Dialog
            name="Menu"
            testid="sheet"
            class="inset-x-0 bottom-0 max-h-[85dvh] rounded-t-xl pb-[env(safe-area-inset-bottom)]"
            close
        >
            <div class="flex shrink-0 gap-2 border-b border-line p-3">
                <button
                    class="h-11 grow cursor-pointer rounded border border-line bg-panel px-3 text-left text-text-2"
                    data-testid="sheet-palette"
                    on:click=move |_| overlays.show(Overlay::Palette)
                >
                    "Find anything…"
                </button>
                <button class="size-11 cursor-pointer rounded border border-line-strong" aria-label="Close the menu" data-testid="sheet-close" on:click=move |_| overlays.close()>
                    "✕"
                </button>
            </div>
            <div class="flex min-h-0 flex-col gap-4 overflow-y-auto p-3">
                <Workspaces />
                {move || active.get().map(|panel| view! { <OwnPanel panel /> }.into_any())}
                <Part title="Add a panel">
                    {PANELS
                        .iter()
                        .map(|spec| {
                            let add = move |_| {
                                overlays.close();
                                workspace.open_on_phone(spec.kind.id);
                            };
                            view! {
                                <button class=CHIP data-testid=format!("sheet-add-{}", spec.kind.id) on:click=add>
                                    {spec.kind.label}
                                </button>
                            }
                        })
                        .collect_view()}
                </Part>
                <Page />
            </div>
        </Dialog>
    }
}

/// Choices under a title.
#[component]
fn Part(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section role="group" aria-label=title>
            <h3 class="mb-2 text-[11px] text-text-2">{title}</h3>
            <div class="flex flex-wrap gap-2">{children()}</div>
        </section>
    }
}

#[component]
fn Workspaces() -> impl IntoView {
    let overlays = Overlays::expect();
    let workspace = Workspace::expect();
    let kept = LocalResource::new(names);
    let names = move || match kept.get() {
        Some(Ok(names)) => names,
        _ => ready_names(),
    };
    let problem = move || kept.get().and_then(Result::err);
    let choice = move |name: Name| {
        let held = name.clone();
        let is_shown = move || workspace.name.with(|shown| *shown == held);
        let open = name.clone();
        view! {
            <button
                class=CHIP
                aria-pressed=move || is_shown().to_string()
                data-testid="sheet-workspace"
                on:click=move |_| {
                    overlays.close();
                    workspace.open_named(&open);
                }
            >
                {name.to_string()}
            </button>
        }
    };
    view! {
        <Part title="Workspace">
            <For each=names key=Clone::clone children=choice />
            <p class="text-warning empty:hidden" role="status">{problem}</p>
            <Commands group=Group::Workspace />
        </Part>
    }
}

/// The panel that shows: its link, its settings, away with it.
#[component]
fn OwnPanel(panel: PanelId) -> impl IntoView {
    let overlays = Overlays::expect();
    let workspace = Workspace::expect();
    let link = move || workspace.link_of(panel);
    let context = untrack(|| workspace.panel(panel));
    let fields = untrack(|| workspace.kind_of(panel)).map_or(&[][..], |kind| kind.fields);
    let is_set = RwSignal::new(false);
    let set = Callback::new(move |(name, value)| {
        context.on_change.run(PanelChange::Setting(name, value));
    });
    let colours = std::iter::once(None).chain(LinkColour::ALL.map(|(_, colour)| Some(colour)));
    let colours = colours.map(move |colour| {
        let name = colour.map_or("none", LinkColour::name);
        view! {
            <button
                class="grid size-10 cursor-pointer place-items-center rounded border border-line-strong aria-pressed:border-accent"
                aria-label=format!("Link: {name}")
                aria-pressed=move || (link() == colour).to_string()
                data-testid=format!("sheet-link-{name}")
                on:click=move |_| workspace.link(panel, colour)
            >
                <LinkDot link=Signal::stored(colour) />
            </button>
        }
    });
    view! {
        <Part title="This panel">
            {colours.collect_view()}
            {fields
                .iter()
                .any(has_input)
                .then(|| {
                    view! {
                        <button
                            class=CHIP
                            aria-expanded=move || is_set.get().to_string()
                            data-testid="sheet-settings"
                            on:click=move |_| is_set.update(|is_set| *is_set = !*is_set)
                        >
                            "Settings"
                        </button>
                    }
                })}
            <button
                class=CHIP
                data-testid="sheet-close-panel"
                on:click=move |_| {
                    overlays.close();
                    workspace.close_on_phone(panel);
                }
            >
                "Close it"
            </button>
            <Show when=move || is_set.get()>
                <div class="flex w-full flex-col gap-1 [&_input]:h-10 [&_input[type=checkbox]]:size-6 [&_label]:min-h-10 [&_select]:h-10">
                    <FieldForm fields values=context.settings on_set=set />
                </div>
            </Show>
        </Part>
    }
}

/// Theme and zone, preferences and help.
#[component]
fn Page() -> impl IntoView {
    let overlays = Overlays::expect();
    let preferences = overlays.preferences;
    let theme = move || match preferences.theme.get() {
        Theme::Auto => "Theme: as the system",
        Theme::Dark => "Theme: dark",
        Theme::Light => "Theme: light",
    };
    let zone = move || match preferences.zone.get() {
        Zone::Utc => "Times: UTC",
        Zone::Local => "Times: this device's",
    };
    view! {
        <Part title="Page">
            <button class=CHIP data-testid="sheet-theme" on:click=move |_| overlays.run(Command::Theme)>
                {theme}
            </button>
            <button class=CHIP data-testid="sheet-zone" on:click=move |_| overlays.run(Command::Zone)>
                {zone}
            </button>
            <button class=CHIP data-testid="sheet-preferences" on:click=move |_| overlays.run(Command::Preferences)>
                "Preferences"
            </button>
            <button class=CHIP data-testid="sheet-help" on:click=move |_| overlays.run(Command::Help)>
                "Keys and gestures"
            </button>
        </Part>
    }
}

/// Everything of the table that is of a group and makes sense now.
#[component]
fn Commands(group: Group) -> impl IntoView {
    let overlays = Overlays::expect();
    let offered = move || {
        let specs = COMMANDS.iter();
        specs
            .filter(|spec| spec.group == group && overlays.offers(spec.command))
            .collect::<Vec<_>>()
    };
    view! {
        <For each=offered key=|spec| spec.id let(spec)>
            <button
                class=CHIP
                data-testid=format!("sheet-{}", spec.id)
                on:click=move |_| {
                    overlays.close();
                    overlays.run(spec.command);
                }
            >
                {spec.label}
            </button>
        </For>
    }
}
