//! How one panel is set: a form of its kind's table, below the header of its group.

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use serde_json::Value;
use tradesuite_core::dock::PanelId;
use tradesuite_core::model::{Field, FieldKind};

use crate::browser;
use crate::ui::panel::PanelChange;
use crate::ui::widget::{FieldForm, has_input};
use crate::ui::workspace::Workspace;

const BUTTON: &str = "h-7 cursor-pointer rounded border border-line-strong px-2.5 hover:bg-hover";

/// The settings of a panel's kind; empty where a form would show none of them.
pub fn settings_of(workspace: Workspace, panel: PanelId) -> &'static [Field] {
    let kind = workspace.kind_of(panel);
    let fields = kind.map_or(&[][..], |kind| kind.fields);
    if fields.iter().any(has_input) {
        fields
    } else {
        &[]
    }
}

/// The form over the page. A change holds at once.
#[component]
pub fn PanelSettings(
    /// Of which panel.
    panel: PanelId,
    /// Where it stands, as CSS.
    #[prop(into)]
    place: Signal<String>,
    /// Called for Escape, for a click beside it and by its button.
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let context = untrack(|| workspace.panel(panel));
    let fields = untrack(|| settings_of(workspace, panel));
    let title = untrack(|| workspace.title_of(panel));
    let set = move |name, value| context.on_change.run(PanelChange::Setting(name, value));
    // What is looked at is no taste, and stays.
    let is_taste = |field: &&Field| has_input(field) && field.kind != FieldKind::Instrument;
    let set_back = move |_| {
        let given = context.settings.get_untracked();
        for field in fields.iter().filter(is_taste) {
            if given.contains_key(field.name) {
                set(field.name, Value::Null);
            }
        }
    };
    let dialog = NodeRef::<Div>::new();
    Effect::new(move || {
        if dialog.get().is_some() {
            browser::move_focus(dialog, 1);
        }
    });
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    view! {
        <div class="fixed inset-0 z-40" on:click=move |_| close()></div>
        <div
            node_ref=dialog
            class="fixed z-50 flex max-h-[70vh] w-72 flex-col gap-1 overflow-y-auto rounded-md border border-line-strong bg-raised p-2 text-[12px] text-text-1"
            style=move || place.get()
            role="dialog"
            aria-label=format!("Settings: {title}")
            data-testid="panel-settings"
            on:keydown=on_key
        >
            <h3 class="px-1 font-medium">{title.clone()}</h3>
            <FieldForm fields values=context.settings on_set=Callback::new(move |(name, value)| set(name, value)) />
            <div class="mt-1 flex justify-end gap-1.5">
                <button class=BUTTON data-testid="settings-defaults" on:click=set_back>
                    "Defaults"
                </button>
                <button class=BUTTON data-testid="settings-done" on:click=move |_| close()>
                    "Done"
                </button>
            </div>
        </div>
    }
}
