//! The window of one panel. It begins with what this browser holds of the workspace, and hears from
//! the window that shows it how it is now.
//!
//! It keeps nothing itself while another window does. Where none answers it puts what a person
//! changed into the browser's copy of the workspace, which whoever opens that next saves.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};
use tradesuite_core::dock::{
    Dock, Edit, LinkColour, News, PanelId, PanelPlace, Workspace as Document,
};
use tradesuite_core::model::{Settings, Shelf};

use super::Workspace;
use super::copies::{copy_of, put_copy};
use super::todo::Kept;
use crate::api::load_document;
use crate::browser::{self, Guard};
use crate::ui::address::panel_named;
use crate::ui::panel::KINDS;

/// How long the window that shows the workspace may take to answer, milliseconds.
const ANSWER_MS: u32 = 1_500;

/// What the window of one panel shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OwnWindow {
    /// Nothing yet; a window of a whole workspace for ever.
    #[default]
    Opening,
    /// This panel.
    Panel(PanelId),
    /// None: it stands among the others again.
    Back,
    /// None: why there is none.
    Missing(String),
}

/// What it needs beside that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    pub shown: RwSignal<OwnWindow>,
    place: StoredValue<Option<PanelPlace>>,
    /// Waits for the answer to what was said last.
    patience: StoredValue<Option<Guard>, LocalStorage>,
    leaving: StoredValue<Option<Guard>, LocalStorage>,
}

impl Own {
    pub fn new() -> Self {
        Self {
            shown: RwSignal::new(OwnWindow::default()),
            place: StoredValue::new(None),
            patience: StoredValue::new_local(None),
            leaving: StoredValue::new_local(None),
        }
    }
}

impl Workspace {
    /// Shows the panel that the address names, and goes with the window that shows its workspace.
    pub fn follow(self) {
        Effect::new(move || {
            let Some(place) = panel_named(&browser::address_query()) else {
                return self.miss("The address names no panel.");
            };
            self.own.place.set_value(Some(place.clone()));
            self.others.windows.join(move |news| self.hear_of(news));
            let left = place.clone();
            let leaving = browser::on_leaving(move || self.say(&News::Leaving(left.clone())));
            self.own.leaving.set_value(Some(leaving));
            match copy_of(&place.workspace) {
                Ok(Some((_, document))) => self.show_own(document),
                _ => spawn_local(self.read_own(place.clone())),
            }
            self.say(&News::Here(place));
        });
        self.share_preferences();
    }

    /// What this window shows, where it is that of one panel.
    #[must_use]
    pub fn own_window(self) -> OwnWindow {
        self.own.shown.get()
    }

    /// The panel of this window, where it is that of one.
    pub(super) fn own_panel(self) -> Option<PanelId> {
        match self.own.shown.get() {
            OwnWindow::Panel(panel) => Some(panel),
            _ => None,
        }
    }

    /// Puts the panel of this window to where it stood, and closes the window.
    pub fn put_back(self) {
        let Some(place) = self.own.place.get_value() else {
            return;
        };
        self.say(&News::PutBack(place.clone()));
        self.be_patient_with_others(move || {
            // Nobody shows the workspace: it is there when somebody does.
            let panel = place.panel;
            change_copy(&place, |document| {
                document.desktop.apply(&Edit::PopIn(panel)).is_ok()
            });
            self.end();
        });
    }

    /// A person changed a panel, or what it looks at: told where this is the window of that panel.
    pub(super) fn say_contents(self, panel: PanelId) {
        let place = self.own.place.get_value();
        let Some(place) = place.filter(|place| place.panel == panel) else {
            return;
        };
        let contents = self.dock.with_untracked(|dock| {
            let panel = dock.layout().panel(panel)?;
            Some((panel.link, panel.settings.given().clone()))
        });
        let Some((link, settings)) = contents else {
            return;
        };
        self.say(&News::Contents {
            place: place.clone(),
            link,
            settings,
        });
        self.be_patient_with_others(move || self.keep_alone(&place));
    }

    /// Takes the contents of a panel as another window has them; whether there is such a panel. A
    /// setting that does not fit is passed over.
    pub(super) fn take_contents(
        self,
        panel: PanelId,
        link: Option<LinkColour>,
        given: Map<String, Value>,
    ) -> bool {
        let kind = untrack(|| self.kind_of(panel));
        let Some(kind) = kind else {
            return false;
        };
        let mut settings = Settings::default();
        for (name, value) in given {
            if let Some(field) = kind.field(&name) {
                let _ = settings.set(field, value);
            }
        }
        let done = self.dock.try_update(|dock| {
            dock.apply(&Edit::Link(panel, link))?;
            dock.apply(&Edit::Set(panel, settings))
        });
        done.is_some_and(|done| done.is_ok())
    }

    fn miss(self, why: &str) {
        self.own.shown.set(OwnWindow::Missing(why.to_owned()));
    }

    fn end(self) {
        self.own.shown.set(OwnWindow::Back);
        browser::close_window();
    }

    fn be_patient_with_others(self, otherwise: impl FnOnce() + 'static) {
        let guard = browser::after(ANSWER_MS, otherwise);
        self.own.patience.set_value(Some(guard));
    }

    fn hear_of(self, news: News) {
        let Some(own) = self.own.place.get_value() else {
            return;
        };
        match news {
            News::Linked { colour, instrument } => self.hear_linked(colour, instrument),
            News::Preferred { write } => self.hear_preferred(write),
            News::WhoIsOut { workspace } if workspace == own.workspace => {
                self.say(&News::Here(own));
            }
            News::Document { workspace, text } if workspace == own.workspace => {
                if let Ok(document) = Document::parse(text.as_bytes(), &KINDS) {
                    self.show_own(document);
                }
            }
            News::Taken(place) if place == own => self.own.patience.set_value(None),
            News::Close(place) if place == own => {
                self.own.patience.set_value(None);
                self.end();
            }
            _ => {}
        }
    }

    fn show_own(self, document: Document) {
        let Some(place) = self.own.place.get_value() else {
            return;
        };
        if document.desktop.panel(place.panel).is_none() {
            let why = format!(
                "The workspace {} has no such panel any more.",
                place.workspace
            );
            return self.miss(&why);
        }
        self.name.set(document.name);
        self.dock.set(Dock::new(document.desktop));
        self.links.set(document.links);
        self.focused.set(Some(place.panel));
        self.own.shown.set(OwnWindow::Panel(place.panel));
        self.ready.set(true);
    }

    /// Reads the workspace from the server, where this browser has not shown it yet.
    async fn read_own(self, place: PanelPlace) {
        let stored = load_document(Shelf::Workspaces, place.workspace.to_string()).await;
        if self.ready.get_untracked() {
            return;
        }
        let stored = match stored {
            Ok(Some(stored)) => stored,
            Ok(None) => {
                let why = format!("There is no workspace {} on this server.", place.workspace);
                return self.miss(&why);
            }
            Err(why) => return self.miss(&format!("The panel cannot be shown: {why}.")),
        };
        match Document::parse(stored.text.as_bytes(), &KINDS) {
            Ok(document) => {
                let kept = Kept {
                    version: Some(stored.version),
                    text: document.to_json(),
                    is_saved: true,
                    sent: None,
                    base: None,
                };
                put_copy(&place.workspace, &kept);
                self.show_own(document);
            }
            Err(why) => self.miss(&format!(
                "The workspace {} cannot be read: {why}.",
                place.workspace
            )),
        }
    }

    /// Nobody shows the workspace: what was changed here is put into the browser's copy of it.
    fn keep_alone(self, place: &PanelPlace) {
        let panel = self
            .dock
            .with_untracked(|dock| dock.layout().panel(place.panel).cloned());
        let Some(panel) = panel else { return };
        let linked = panel.link.and_then(|colour| {
            let linked = self
                .links
                .with_untracked(|links| links.get(&colour).cloned());
            Some((colour, linked?))
        });
        change_copy(place, |document| {
            if let Some((colour, linked)) = linked {
                document.links.insert(colour, linked);
            }
            let desktop = &mut document.desktop;
            desktop.apply(&Edit::Link(panel.id, panel.link)).is_ok()
                && desktop.apply(&Edit::Set(panel.id, panel.settings)).is_ok()
        });
    }
}

/// Changes the browser's copy of a workspace, as if a person had done so in its window; nothing
/// where `change` says that it cannot be done.
fn change_copy(place: &PanelPlace, change: impl FnOnce(&mut Document) -> bool) {
    if let Ok(Some((kept, mut document))) = copy_of(&place.workspace)
        && change(&mut document)
    {
        let kept = Kept {
            base: kept.base.or(kept.is_saved.then_some(kept.text)),
            text: document.to_json(),
            is_saved: false,
            version: kept.version,
            sent: kept.sent,
        };
        put_copy(&place.workspace, &kept);
    }
}
