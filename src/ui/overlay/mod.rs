//! What lies over the page while it is asked for: palette, help, the menu of a narrow window, and
//! the questions about workspaces. One at a time.
//!
//! | file | what it owns |
//! |---|---|
//! | `palette` | the field and the list that finds anything |
//! | `entries` | what can be found there, and what is done when it is chosen |
//! | `help` | every key and gesture |
//! | `sheet` | the menu of a narrow window |
//! | `questions` | save as, rename, delete, reset, import |
//!
//! Commands are a table of [`tradesuite_core::command`]: their keys are obeyed here, wherever the
//! keyboard is.

mod entries;
mod help;
mod palette;
mod questions;
mod sheet;

use leptos::ev::{KeyboardEvent, keydown};
use leptos::prelude::*;
use tradesuite_core::chart::ToolAction;
use tradesuite_core::command::{Command, Press, command_of};
use tradesuite_core::dock::Edit;
use tradesuite_core::model::preferences::{THEME, ZONE};

use crate::browser;
use crate::ui::dock::DockState;
use crate::ui::overlay::help::Help;
use crate::ui::overlay::palette::Palette;
use crate::ui::overlay::questions::Question;
use crate::ui::overlay::sheet::Sheet;
use crate::ui::preferences::Preferences;
use crate::ui::workspace::{Workspace, is_ready_made};

/// What can lie over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// The menu of a narrow window.
    Sheet,
    /// Finds anything.
    Palette,
    /// Every key and gesture.
    Help,
    /// A question about the present workspace.
    Question(Asked),
}

/// What is asked about the present workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Under which name it is saved as well.
    SaveAs,
    /// What it is called from now on.
    Rename,
    /// Whether it is deleted.
    Delete,
    /// Whether it becomes what it was when it came.
    Reset,
    /// Which file is read.
    Import,
}

/// A handle on what lies over the page; cheap to copy into every component.
#[derive(Clone, Copy)]
pub struct Overlays {
    workspace: Workspace,
    preferences: Preferences,
    shown: RwSignal<Option<Overlay>>,
    /// The dock of a wide window, while there is one.
    dock: RwSignal<Option<DockState>>,
}

impl Overlays {
    /// Makes the handle and puts it into the context.
    pub fn provide(workspace: Workspace) -> Self {
        let overlays = Self {
            workspace,
            preferences: Preferences::expect(),
            shown: RwSignal::new(None),
            dock: RwSignal::new(None),
        };
        provide_context(overlays);
        overlays
    }

    /// What lies over this page.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// A dock is there, until the component that says so is gone.
    pub fn has_dock(self, state: DockState) {
        self.dock.set(Some(state));
        on_cleanup(move || {
            let _ = self.dock.try_set(None);
        });
    }

    /// Shows something in the place of whatever is shown.
    pub fn show(self, overlay: Overlay) {
        // First, so that the keyboard is given back before it is taken again.
        if self.preferences.is_open.get_untracked() {
            self.preferences.is_open.set(false);
        }
        self.shown.set(Some(overlay));
    }

    /// Nothing lies over the page any more.
    pub fn close(self) {
        self.shown.set(None);
    }

    fn toggle(self, overlay: Overlay) {
        match self.shown.get_untracked() == Some(overlay) {
            true => self.close(),
            false => self.show(overlay),
        }
    }

    /// Whether a command makes sense now.
    #[must_use]
    pub fn offers(self, command: Command) -> bool {
        let is_ready = self.workspace.name.with(is_ready_made);
        match command {
            Command::Palette => false,
            Command::Rename | Command::Delete => !is_ready,
            Command::Reset => is_ready,
            Command::Equalise => self.dock.with(Option::is_some),
            Command::GoToDate => self.workspace.chart().is_some(),
            _ => true,
        }
    }

    /// Does what a command asks for.
    pub fn run(self, command: Command) {
        let (workspace, preferences) = (self.workspace, self.preferences);
        let ask = |asked| self.show(Overlay::Question(asked));
        match command {
            Command::Palette => self.toggle(Overlay::Palette),
            Command::Help => self.toggle(Overlay::Help),
            Command::Preferences => {
                self.close();
                preferences.is_open.update(|is_open| *is_open = !*is_open);
            }
            Command::Theme => {
                preferences.choose(&THEME, preferences.theme.get_untracked().next());
            }
            Command::Zone => {
                preferences.choose(&ZONE, preferences.zone.get_untracked().other());
            }
            Command::SaveAs => ask(Asked::SaveAs),
            Command::Rename => ask(Asked::Rename),
            Command::Delete => ask(Asked::Delete),
            Command::Reset => ask(Asked::Reset),
            Command::Import => ask(Asked::Import),
            Command::Export => workspace.export(),
            Command::Equalise => workspace.edit(&Edit::Equalise),
            Command::GoToDate => self.use_tool(ToolAction::GoTo),
        }
    }

    fn on_key(self, event: &KeyboardEvent) {
        let key = event.key();
        let found = command_of(Press {
            key: &key,
            ctrl: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
            in_field: browser::is_typing(),
        });
        if let Some(command) = found {
            event.prevent_default();
            if !event.repeat() {
                self.run(command);
            }
        }
    }
}

/// Whatever lies over the page. One that takes the place of another stands after it here, so that
/// the keyboard is given back before it is taken again.
#[component]
pub fn OverlayView() -> impl IntoView {
    let overlays = Overlays::expect();
    Effect::new(move || {
        let listener = window_event_listener(keydown, move |event| overlays.on_key(&event));
        on_cleanup(move || listener.remove());
    });
    let is = move |overlay| move || overlays.shown.get() == Some(overlay);
    let asked = move || match overlays.shown.get() {
        Some(Overlay::Question(asked)) => Some(asked),
        _ => None,
    };
    view! {
        <Show when=is(Overlay::Sheet)>{view! { <Sheet /> }.into_any()}</Show>
        <Show when=is(Overlay::Palette)>{view! { <Palette /> }.into_any()}</Show>
        <Show when=is(Overlay::Help)>{view! { <Help /> }.into_any()}</Show>
        {move || asked().map(|asked| view! { <Question asked /> }.into_any())}
    }
}
