//! A workspace in several windows: what linked panels look at is the same in all of them, and a
//! panel may stand in one of its own.
//!
//! The window that shows the workspace is the one that keeps it. A panel's own window tells what a
//! person does there, and is told when the panel stands among the others again. While it is out a
//! panel is not in the tree; it is listed until its window is closed or it is brought back, so
//! that nothing is lost where a window has gone without a word.

use leptos::prelude::*;
use tradesuite_core::dock::{Edit, LinkColour, News, PanelId, PanelPlace, Popped, WindowPlace};
use tradesuite_core::model::InstrumentId;

use super::Workspace;
use crate::browser::{self, Guard, OpenedWindow};
use crate::ui::address::panel_address;
use crate::ui::windows::Windows;

/// How often it is looked whether a window is closed, milliseconds.
const LOOK_MS: u32 = 1_000;
/// A window that this one opened is closed so long after it said that it leaves, milliseconds.
const CLOSED_MS: u32 = 200;
/// A window may be loaded anew for so long before it is taken to be closed, milliseconds.
const LOADING_MS: u32 = 4_000;
/// What a window is made as where nobody knows, CSS pixels.
const USUAL: WindowPlace = WindowPlace {
    x: 80,
    y: 80,
    width: 720,
    height: 480,
};

const BLOCKED: &str = "The browser did not let a window be opened: allow pop-ups for this page, and try again. \
    The panel is where it was.";

/// What is known of other windows; cheap to copy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Others {
    pub windows: Windows,
    /// Windows that this one opened.
    opened: StoredValue<Vec<(PanelPlace, OpenedWindow)>, LocalStorage>,
    /// Panels whose windows have said that they are there.
    heard_of: RwSignal<Vec<PanelPlace>>,
    /// Waits for windows that are loaded anew, and looks for closed ones.
    waiting: StoredValue<Vec<Guard>, LocalStorage>,
    /// The newest preferences that were said or heard of.
    preferred: StoredValue<Option<u64>>,
}

impl Others {
    pub fn new() -> Self {
        Self {
            windows: Windows::new(),
            opened: StoredValue::new_local(Vec::new()),
            heard_of: RwSignal::new(Vec::new()),
            waiting: StoredValue::new_local(Vec::new()),
            preferred: StoredValue::new(None),
        }
    }
}

impl Workspace {
    /// Talks with the other windows from then on.
    pub fn join_windows(self) {
        let others = self.others;
        Effect::new(move || {
            others.windows.join(move |news| self.hear(news));
            let look = browser::every(LOOK_MS, move || self.look_for_closed());
            others.waiting.update_value(|waiting| waiting.push(look));
        });
        Effect::new(move |before: Option<(_, Vec<PanelId>)>| {
            let now = (self.name.get(), self.popped_out());
            let same = before.filter(|(name, _)| *name == now.0);
            let back = same.into_iter().flat_map(|(_, panels)| panels);
            for panel in back.filter(|panel| !now.1.contains(panel)) {
                self.close_window_of(panel);
            }
            now
        });
        self.share_preferences();
    }

    /// The channel to the other windows.
    #[must_use]
    pub fn windows(self) -> Windows {
        self.others.windows
    }

    /// Panels of the wide window that stand in windows of their own.
    #[must_use]
    pub fn popped_out(self) -> Vec<PanelId> {
        self.with_layout(|layout| layout.popped().iter().map(|popped| popped.panel).collect())
    }

    /// Whether the window of such a panel is there.
    #[must_use]
    pub fn has_window(self, panel: PanelId) -> bool {
        let place = self.place_of(panel);
        self.others.heard_of.with(|heard| heard.contains(&place))
    }

    /// Puts a panel into a window of its own; says so where the browser does not let it.
    pub fn pop_out(self, panel: PanelId, window: WindowPlace) {
        if let Err(error) = self.preview(&Edit::PopOut(panel, Some(window))) {
            return self.refuse(Some(error));
        }
        if self.open_window(panel, window) {
            self.edit(&Edit::PopOut(panel, Some(window)));
        }
    }

    /// Brings the window of a panel to the front, or opens it again.
    pub fn show_window(self, panel: PanelId) {
        let place = self.place_of(panel);
        let is_shown = self.others.opened.with_value(|opened| {
            let mut opened = opened.iter();
            let found = opened.find(|(at, window)| *at == place && !window.is_closed());
            found.inspect(|(_, window)| window.show()).is_some()
        });
        if !is_shown {
            let window = self.dock.with_untracked(|dock| {
                let mut popped = dock.layout().popped().iter();
                popped.find(|popped| popped.panel == panel)?.window
            });
            self.open_window(panel, window.unwrap_or(USUAL));
        }
    }

    /// Puts a panel from its own window to where it stood.
    pub fn bring_back(self, panel: PanelId) {
        if self.is_out(panel) {
            self.edit(&Edit::PopIn(panel));
            self.focus(panel);
        }
    }

    /// Asks which panels of what is shown now are in windows of their own.
    pub(super) fn ask_who_is_out(self) {
        let workspace = self.name.get_untracked();
        self.say(&News::WhoIsOut { workspace });
    }

    pub(super) fn say(self, news: &News) {
        self.others.windows.say(news);
    }

    /// Says which instrument a person chose for the panels of a colour.
    pub(super) fn say_linked(self, colour: LinkColour, instrument: InstrumentId) {
        self.say(&News::Linked { colour, instrument });
    }

    /// Another window said which instrument that is.
    pub(super) fn hear_linked(self, colour: LinkColour, instrument: InstrumentId) {
        let is_shown = self.links.with_untracked(|links| {
            let linked = links.get(&colour);
            linked.is_some_and(|linked| linked.instrument.as_ref() == Some(&instrument))
        });
        if !is_shown {
            self.links.update(|links| {
                links.entry(colour).or_default().instrument = Some(instrument);
            });
        }
    }

    /// Another window saved preferences: they hold here, too.
    pub(super) fn hear_preferred(self, write: u64) {
        // Before they are read: what was heard is not said again.
        self.others.preferred.set_value(Some(write));
        self.preferences.read_anew();
    }

    /// Says when this window has saved preferences.
    pub(super) fn share_preferences(self) {
        let preferred = self.others.preferred;
        Effect::new(move || {
            let saved = self.preferences.saved.get();
            if let Some(write) = saved.filter(|_| saved != preferred.get_value()) {
                preferred.set_value(saved);
                self.say(&News::Preferred { write });
            }
        });
    }

    fn place_of(self, panel: PanelId) -> PanelPlace {
        PanelPlace {
            workspace: self.name.get_untracked(),
            panel,
        }
    }

    fn is_out(self, panel: PanelId) -> bool {
        let is_it = |popped: &Popped| popped.panel == panel;
        self.dock
            .with_untracked(|dock| dock.layout().popped().iter().any(is_it))
    }

    /// Whether it could be opened; says so where not.
    fn open_window(self, panel: PanelId, window: WindowPlace) -> bool {
        let place = self.place_of(panel);
        let address = panel_address(&place);
        let at = (window.x, window.y, window.width, window.height);
        let Some(opened) = OpenedWindow::open(&address, &address, at) else {
            self.refusal.set(Some(BLOCKED.to_owned()));
            return false;
        };
        self.others.opened.update_value(|held| {
            held.retain(|(at, _)| *at != place);
            held.push((place, opened));
        });
        true
    }

    fn hear(self, news: News) {
        if !self.ready.get_untracked() {
            return;
        }
        let is_mine =
            |place: &PanelPlace| self.name.with_untracked(|name| place.workspace == *name);
        match news {
            News::Linked { colour, instrument } => self.hear_linked(colour, instrument),
            News::Preferred { write } => self.hear_preferred(write),
            News::Here(place) if is_mine(&place) => self.welcome(place),
            News::Leaving(place) if is_mine(&place) => self.see_off(place),
            News::PutBack(place) if is_mine(&place) => self.bring_back(place.panel),
            News::Contents {
                place,
                link,
                settings,
            } if is_mine(&place) => {
                if self.take_contents(place.panel, link, settings) {
                    self.say(&News::Taken(place));
                }
            }
            _ => {}
        }
    }

    /// The window of a panel is there: the panel is not among the others then.
    fn welcome(self, place: PanelPlace) {
        let panel = place.panel;
        let is_known = self
            .dock
            .with_untracked(|dock| dock.layout().panel(panel).is_some());
        if is_known && !self.is_out(panel) {
            self.edit(&Edit::PopOut(panel, None));
        }
        if !self.is_out(panel) {
            return self.say(&News::Close(place));
        }
        self.others.heard_of.update(|heard| {
            heard.retain(|at| *at != place);
            heard.push(place);
        });
        self.say(&News::Document {
            workspace: self.name.get_untracked(),
            text: untrack(|| self.document()).to_json(),
        });
    }

    /// The window of a panel is closed, or loaded anew: then it will say that it is there.
    fn see_off(self, place: PanelPlace) {
        self.others
            .heard_of
            .update(|heard| heard.retain(|at| *at != place));
        let soon = browser::after(CLOSED_MS, move || self.look_for_closed());
        let late = browser::after(LOADING_MS, move || {
            let is_back = self
                .others
                .heard_of
                .with_untracked(|heard| heard.contains(&place));
            let is_mine = self.name.with_untracked(|name| *name == place.workspace);
            let opened = self.others.opened;
            // One that is still open was only sent elsewhere.
            let is_open = opened.with_value(|opened| {
                let mut opened = opened.iter();
                opened.any(|(at, window)| *at == place && !window.is_closed())
            });
            if is_mine && !is_back && !is_open {
                self.bring_back(place.panel);
            }
        });
        self.others.waiting.update_value(|waiting| {
            // The first goes on for ever; of the others the oldest have fired long ago.
            if waiting.len() > 32 {
                waiting.drain(1..17);
            }
            waiting.extend([soon, late]);
        });
    }

    /// Brings back the panels whose windows are closed.
    fn look_for_closed(self) {
        let closed = self.others.opened.try_update_value(|opened| {
            let closed = opened.extract_if(.., |(_, window)| window.is_closed());
            closed.map(|(place, _)| place).collect::<Vec<_>>()
        });
        for place in closed.unwrap_or_default() {
            if self.name.with_untracked(|name| *name == place.workspace) {
                self.bring_back(place.panel);
            }
        }
    }

    /// The panel stands among the others again.
    fn close_window_of(self, panel: PanelId) {
        let place = self.place_of(panel);
        self.say(&News::Close(place.clone()));
        self.others.opened.update_value(|opened| {
            for (_, window) in opened.extract_if(.., |(at, _)| *at == place) {
                window.close();
            }
        });
        self.others
            .heard_of
            .update(|heard| heard.retain(|at| *at != place));
    }
}
