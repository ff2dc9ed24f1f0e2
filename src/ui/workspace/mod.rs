//! The workspace on the page: panels, how they are arranged, and what linked ones look at.
//!
//! | file | what it owns |
//! |---|---|
//! | `contents` | what each panel is told of itself, and what a person changes in it |
//! | `ready` | ready-made workspaces, looking at what the server has |
//! | `keeping` | reading the document when the page opens, writing it when something changed |
//! | `keeper`, `todo` | what has to be read and written when, so that nothing is lost; in which words |
//! | `current` | which workspace this class of device begins with |
//! | `copies` | what the browser holds of each workspace |
//! | `named` | workspaces by their names: saved as another, renamed, deleted, set back, as files |
//! | `asked` | what is asked of it by a word: the width of bars, a chart to go to a date in, panels of a narrow window |
//! | `windows` | the same workspace in several windows, panels in windows of their own |
//! | `own_window` | the window of one panel |
//!
//! What may be done to an arrangement is [`tradesuite_core::dock`]; this holds it in signals.

mod asked;
mod contents;
mod copies;
mod current;
mod keeper;
mod keeping;
mod named;
mod own_window;
mod ready;
mod todo;
mod windows;

#[cfg(test)]
mod keeper_tests;

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradesuite_core::chart::ToolAction;
use tradesuite_core::dock::{
    self, Beside, Dock, DockError, Edit, Layout, LinkColour, Linked, Panel, PanelId, PhoneLayout,
    Place, READY, Side,
};
use tradesuite_core::model::{InstrumentId, Name, Timeframe};

use self::keeping::Keeping;
pub use self::named::{LONGEST_FILE, document_in, is_ready_made, names, ready_names};
use self::own_window::Own;
pub use self::own_window::OwnWindow;
use self::windows::Others;
use crate::browser;
use crate::ui::preferences::Preferences;
pub use crate::ui::preferences::{Theme, Zone};

const FIRST_INSTRUMENT: &str = "coinbase:BTC-USD";

/// A handle on the page's workspace; cheap to copy into every component.
#[derive(Clone, Copy, Debug)]
pub struct Workspace {
    /// What the panel looks at that has the person's attention.
    pub instrument: Memo<InstrumentId>,
    /// Colours, as they are preferred.
    pub theme: Memo<Theme>,
    /// Zone of every time, as it is preferred.
    pub zone: Memo<Zone>,
    /// Its name.
    pub name: RwSignal<Name>,
    /// The panels of a narrow window.
    pub phone: RwSignal<PhoneLayout>,
    /// Whether the window is narrow.
    pub is_phone: RwSignal<bool>,
    /// The panel of a wide window that has the person's attention.
    pub focused: RwSignal<Option<PanelId>>,
    /// The chart that is to use one of its tools, and which; it takes that back when it does.
    pub tool_wanted: RwSignal<Option<(PanelId, ToolAction)>>,
    /// Why the last change was refused.
    pub refusal: RwSignal<Option<String>>,
    /// Whether what is kept has been read. Until then nothing is asked for, so that the first
    /// instrument is not fetched only to be thrown away.
    pub ready: RwSignal<bool>,
    /// What the page's address names and does not exist, in sentences.
    pub address_problem: RwSignal<Option<String>>,
    /// A workspace that only this browser has as it is, and why.
    pub unsaved: RwSignal<Option<(Name, String)>>,
    /// Another window has saved this workspace meanwhile: the version that is there now.
    pub overtaken: RwSignal<Option<Option<u64>>>,
    /// Whether what is shown may be another workspace in a moment: the server is asked for it.
    pub is_reading: RwSignal<bool>,
    keeping: Keeping,
    preferences: Preferences,
    others: Others,
    own: Own,
    /// The panels of a wide window, with undo.
    dock: RwSignal<Dock>,
    links: RwSignal<BTreeMap<LinkColour, Linked>>,
}

impl Workspace {
    /// Makes the workspace and the preferences and puts them into the context. What is kept is read
    /// once it is mounted.
    pub fn provide() -> Self {
        let empty = dock::Workspace::new(first_name());
        let preferences = Preferences::provide();
        let Preferences { theme, zone, .. } = preferences;
        let workspace = Self {
            // Read when it is first asked for, which is after the workspace is there.
            instrument: Memo::new(|_| Self::expect().attended_instrument()),
            theme,
            zone,
            name: RwSignal::new(empty.name),
            phone: RwSignal::new(empty.phone),
            is_phone: RwSignal::new(false),
            focused: RwSignal::new(None),
            tool_wanted: RwSignal::new(None),
            refusal: RwSignal::new(None),
            ready: RwSignal::new(false),
            address_problem: RwSignal::new(None),
            unsaved: RwSignal::new(None),
            overtaken: RwSignal::new(None),
            is_reading: RwSignal::new(true),
            keeping: Keeping::new(),
            preferences,
            others: Others::new(),
            own: Own::new(),
            dock: RwSignal::new(Dock::new(empty.desktop)),
            links: RwSignal::new(empty.links),
        };
        provide_context(workspace);
        workspace
    }

    /// The workspace of this page.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// Goes with the width of the window; that of one panel is never a phone's.
    pub fn watch_width(self) {
        Effect::new(move || {
            self.is_phone.set(browser::is_narrow());
            let guard = browser::on_narrow(move |is_narrow| self.is_phone.set(is_narrow));
            let held = StoredValue::new_local(Some(guard));
            on_cleanup(move || {
                let _ = held.try_update_value(Option::take);
            });
        });
    }

    /// Reads the arrangement of the wide window.
    pub fn with_layout<T>(self, read: impl FnOnce(&Layout) -> T) -> T {
        self.dock.with(|dock| read(dock.layout()))
    }

    /// What a change would lead to.
    ///
    /// # Errors
    /// [`DockError`] where it cannot be made.
    pub fn preview(self, edit: &Edit) -> Result<Layout, DockError> {
        self.dock.with_untracked(|dock| dock.preview(edit))
    }

    /// Makes a change of the wide window; says why where it is refused.
    pub fn edit(self, edit: &Edit) {
        let done = self.dock.try_update(|dock| dock.apply(edit));
        self.refuse(done.and_then(Result::err));
    }

    fn refuse(self, error: Option<DockError>) {
        let refusal = error.map(|error| error.to_string());
        if self.refusal.with_untracked(|shown| *shown != refusal) {
            self.refusal.set(refusal);
        }
    }

    /// Takes back the last change of the arrangement.
    pub fn undo(self) {
        self.step(Dock::undo);
    }

    /// Makes it again.
    pub fn redo(self) {
        self.step(Dock::redo);
    }

    fn step(self, step: impl FnOnce(&mut Dock, &mut Beside) -> bool) {
        let before = self.beside();
        let mut beside = before.clone();
        self.dock.try_update(|dock| step(dock, &mut beside));
        if beside != before {
            self.phone.set(beside.phone);
            self.links.set(beside.links);
        }
    }

    /// What stands beside the layout of a wide window now.
    fn beside(self) -> Beside {
        Beside {
            phone: self.phone.get_untracked(),
            links: self.links.get_untracked(),
        }
    }

    /// Opens a panel of a kind and goes to it. It is linked like the panel that was looked at.
    pub fn open(self, kind: &str, place: Option<Place>) {
        let link = match self.focused.get_untracked() {
            Some(focused) => self.link_of(focused),
            None => Some(LinkColour::Blue),
        };
        let place = place.unwrap_or(Place::Edge(Side::Right));
        let opened = self.dock.try_update(|dock| dock.open(kind, place));
        match opened {
            Some(Ok(panel)) => {
                self.edit(&Edit::Link(panel, link));
                self.focus(panel);
            }
            Some(Err(error)) => self.refuse(Some(error)),
            None => {}
        }
    }

    /// Turns to a panel.
    pub fn focus(self, panel: PanelId) {
        if self.focused.get_untracked() != Some(panel) {
            self.focused.set(Some(panel));
        }
    }

    /// Shows a panel of the narrow window.
    pub fn show_on_phone(self, panel: PanelId) {
        // Which one is attended to is in the layout itself; `focused` is about the wide window, where
        // the same number is another panel.
        let shown = self.phone.try_update(|phone| phone.activate(panel));
        self.refuse(shown.and_then(Result::err));
    }

    /// Whether one group has the whole window.
    #[must_use]
    pub fn is_maximised(self) -> bool {
        self.with_layout(|layout| layout.maximised().is_some())
    }

    fn attended_instrument(self) -> InstrumentId {
        match self.attended_to(|panel| self.looks_at_one(panel).then_some(panel)) {
            Some(panel) => self.instrument_of(panel),
            None => first_instrument(),
        }
    }

    /// Looks at another instrument in the panel that has the person's attention, and in those
    /// that are linked with it; in the first one that looks at an instrument where that panel does
    /// not.
    pub fn choose(self, instrument: InstrumentId) {
        let looks_at_one = |panel| self.looks_at_one(panel).then_some(panel);
        match untrack(|| self.attended_to(looks_at_one)) {
            Some(panel) => self.look_at(panel, instrument),
            None => {
                let refusal = "No panel here looks at an instrument.";
                self.refusal.set(Some(refusal.to_owned()));
            }
        }
    }

    /// The chart that has the person's attention, else the first one, and the width of its bars.
    fn attended_chart(self) -> Option<(PanelId, Timeframe)> {
        self.attended_to(|panel| Some((panel, self.timeframe_of(panel)?)))
    }

    /// What is found in the panel that has the person's attention, else in the first panel of this
    /// window in which it is.
    fn attended_to<T>(self, find: impl Fn(PanelId) -> Option<T>) -> Option<T> {
        let id = |panel: &Panel| panel.id;
        let others: Vec<PanelId> = match self.is_phone.get() {
            true => self
                .phone
                .with(|phone| phone.panels().iter().map(id).collect()),
            false => self.with_layout(|layout| {
                let panels = layout.panels().map(id);
                panels
                    .filter(|panel| layout.group_of(*panel).is_some())
                    .collect()
            }),
        };
        self.attended().into_iter().chain(others).find_map(find)
    }

    /// The focused panel if it is there, else the first that is.
    fn attended(self) -> Option<PanelId> {
        if self.is_phone.get() {
            return self
                .phone
                .with(|phone| phone.active().map(|panel| panel.id));
        }
        if let Some(own) = self.own_panel() {
            return Some(own);
        }
        let focused = self.focused.get();
        self.with_layout(|layout| {
            let focused = focused.filter(|panel| layout.group_of(*panel).is_some());
            let first = || layout.groups().first().map(|group| group.active());
            focused.or_else(first)
        })
    }
}

fn first_name() -> Name {
    let name = READY[0].name.parse();
    name.expect("the ready-made workspaces have names")
}

fn first_instrument() -> InstrumentId {
    FIRST_INSTRUMENT
        .parse()
        .expect("the first instrument's id is well formed")
}
