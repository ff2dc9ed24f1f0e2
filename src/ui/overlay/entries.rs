//! What can be found in the palette, and what is done when it is chosen.

use leptos::prelude::*;
use serde_json::Value;
use tradesuite_core::chart::{TOOL_KEYS, ToolAction, ToolKey, Typed, format, read_typed};
use tradesuite_core::command::{COMMANDS, Command, Entry, Group};
use tradesuite_core::dock::{Edit, Panel, PanelId};
use tradesuite_core::model::{Field, FieldKind, InstrumentId, Name, PREFERENCES, Timeframe};

use super::Overlays;
use crate::browser;
use crate::ui::dock::{DOCK_KEYS, go_to, run};
use crate::ui::panel::PANELS;

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A command of the table.
    Run(Command),
    /// A key of the dock, by its place in the table.
    Dock(usize),
    /// A tool of the chart that has the person's attention.
    Tool(ToolAction),
    /// A new panel of a kind.
    Open(&'static str),
    /// A panel that is there.
    GoTo(PanelId),
    /// A workspace of a name.
    Workspace(Name),
    /// The width of a chart's bars.
    Bars(Timeframe),
    /// Another value of a preference.
    Prefer(&'static Field, Value),
    /// An instrument to look at.
    Look(InstrumentId),
}

fn entry(group: Group, id: String, label: impl Into<String>, action: Action) -> Entry<Action> {
    Entry {
        id,
        label: label.into(),
        group,
        keys: "",
        words: String::new(),
        is_found: false,
        action,
    }
}

/// An instrument; `is_found` where the server says that it is meant.
pub fn instrument(id: &InstrumentId, is_found: bool) -> Entry<Action> {
    let venue = format::venue(id.exchange());
    let label = format!("{} · {venue}", id.symbol());
    Entry {
        is_found,
        words: id.to_string(),
        ..entry(
            Group::Instrument,
            format!("instrument/{id}"),
            label,
            Action::Look(id.clone()),
        )
    }
}

/// The instrument that an entry was about, by what is remembered of that.
pub fn remembered(id: &str) -> Option<Entry<Action>> {
    let id = id.strip_prefix("instrument/")?.parse().ok()?;
    Some(instrument(&id, false))
}

/// The entry that is meant whatever it is called: `60` is the timeframe `1h`.
pub fn meant(typed: &str) -> Option<String> {
    match read_typed(typed) {
        Some(Typed::Timeframe(timeframe)) => Some(bars_id(timeframe)),
        _ => None,
    }
}

fn bars_id(timeframe: Timeframe) -> String {
    format!("timeframe/{timeframe}")
}

impl Overlays {
    /// Everything but instruments, in the order of the list.
    pub(super) fn entries(self, names: &[Name]) -> Vec<Entry<Action>> {
        let mut entries = self.panels();
        for name in names {
            entries.push(Entry {
                words: "open layout".to_owned(),
                ..entry(
                    Group::Workspace,
                    format!("workspace/{name}"),
                    name.as_str(),
                    Action::Workspace(name.clone()),
                )
            });
        }
        let offered = COMMANDS.iter().filter(|spec| self.offers(spec.command));
        entries.extend(offered.map(|spec| Entry {
            keys: spec.chords.first().map_or("", |chord| chord.label),
            words: spec.words.to_owned(),
            ..entry(
                spec.group,
                format!("command/{}", spec.id),
                spec.label,
                Action::Run(spec.command),
            )
        }));
        if self.dock.with(Option::is_some) {
            let keys = DOCK_KEYS.iter().enumerate();
            entries.extend(keys.map(|(at, key)| Entry {
                keys: key.keys,
                ..entry(
                    Group::Layout,
                    format!("dock/{}", key.keys),
                    key.label,
                    Action::Dock(at),
                )
            }));
        }
        if self.workspace.chart().is_some() {
            entries.extend(tools());
        }
        entries.extend(settings());
        entries.extend(Timeframe::ALL.map(|timeframe| Entry {
            words: "bars of the chart".to_owned(),
            ..entry(
                Group::Timeframe,
                bars_id(timeframe),
                timeframe.name(),
                Action::Bars(timeframe),
            )
        }));
        entries
    }

    /// Panels to go to, and kinds to open.
    fn panels(self) -> Vec<Entry<Action>> {
        let workspace = self.workspace;
        let id = |panel: &Panel| panel.id;
        let there: Vec<PanelId> = match workspace.is_phone.get() {
            true => workspace
                .phone
                .with(|phone| phone.panels().iter().map(id).collect()),
            false => workspace.with_layout(|layout| {
                let docked = layout.panels().map(id);
                docked.filter(|id| layout.group_of(*id).is_some()).collect()
            }),
        };
        let go = there.into_iter().map(|panel| {
            let title = workspace.title_of(panel);
            let label = match workspace.looks_at_one(panel) {
                true => format!(
                    "Go to {title} · {}",
                    workspace.instrument_of(panel).symbol()
                ),
                false => format!("Go to {title}"),
            };
            Entry {
                words: "panel tab show".to_owned(),
                ..entry(
                    Group::Panel,
                    format!("panel/{panel}"),
                    label,
                    Action::GoTo(panel),
                )
            }
        });
        let open = PANELS.iter().map(|spec| Entry {
            words: "add new panel".to_owned(),
            ..entry(
                Group::Panel,
                format!("open/{}", spec.kind.id),
                format!("Open {}", spec.kind.label),
                Action::Open(spec.kind.id),
            )
        });
        go.chain(open).collect()
    }

    /// Does what was chosen.
    pub(super) fn choose(self, action: Action) {
        let workspace = self.workspace;
        match action {
            Action::Run(command) => self.run(command),
            Action::Dock(at) => {
                if let Some((state, key)) = self.dock.get_untracked().zip(DOCK_KEYS.get(at)) {
                    run(state, key);
                }
            }
            Action::Tool(tool) => self.use_tool(tool),
            Action::Open(kind) if workspace.is_phone.get_untracked() => {
                workspace.open_on_phone(kind);
            }
            Action::Open(kind) => {
                workspace.open(kind, None);
                if let Some(panel) = workspace.focused.get_untracked() {
                    browser::focus_element(&format!("tab-{panel}"));
                }
            }
            Action::GoTo(panel) => {
                self.bring(panel);
                let dock = self.dock.get_untracked();
                if let Some(state) = dock.filter(|_| !workspace.is_phone.get_untracked()) {
                    go_to(state, panel);
                }
            }
            Action::Workspace(name) => workspace.open_named(&name),
            Action::Bars(timeframe) => workspace.set_bars(timeframe),
            Action::Prefer(field, value) => self.preferences.choose(field, value),
            Action::Look(instrument) => workspace.choose(instrument),
        }
    }

    /// Uses a tool of the chart that has the person's attention, else of the first.
    pub(super) fn use_tool(self, tool: ToolAction) {
        if let Some(chart) = untrack(|| self.workspace.chart()) {
            self.bring(chart);
            // A box that the tool opens takes the keyboard.
            self.workspace.tool_wanted.set(Some((chart, tool)));
        }
    }

    /// Shows a panel, whatever tab or maximised group it is behind.
    fn bring(self, panel: PanelId) {
        let workspace = self.workspace;
        if workspace.is_phone.get_untracked() {
            return workspace.show_on_phone(panel);
        }
        let is_hidden = untrack(|| {
            workspace.with_layout(|layout| {
                let maximised = layout.maximised();
                maximised.is_some_and(|group| !group.tabs().contains(&panel))
            })
        });
        if is_hidden {
            workspace.edit(&Edit::Restore);
        }
        workspace.edit(&Edit::Activate(panel));
        workspace.focus(panel);
    }
}

/// Every tool of the chart, under the first of its keys.
fn tools() -> impl Iterator<Item = Entry<Action>> {
    let is_first = |at: usize, key: &ToolKey| {
        let before = TOOL_KEYS.iter().take(at);
        !before.into_iter().any(|other| other.action == key.action)
    };
    TOOL_KEYS
        .iter()
        .enumerate()
        // Going to a date is a command, and what is open over the chart is let go already.
        .filter(|(_, key)| !matches!(key.action, ToolAction::GoTo | ToolAction::LetGo))
        .filter(move |(at, key)| is_first(*at, key))
        .map(|(_, key)| Entry {
            keys: key.keys,
            words: "chart drawing tool anchored".to_owned(),
            ..entry(
                Group::Panel,
                format!("tool/{}", key.keys),
                key.help,
                Action::Tool(key.action),
            )
        })
}

/// Every value of every preference that has a few.
fn settings() -> impl Iterator<Item = Entry<Action>> {
    PREFERENCES.iter().flat_map(|field| {
        let values = match field.kind {
            FieldKind::Choice { options, .. } => {
                let values = options.iter();
                let values = values.map(|option| (option.value, option.label, option.value.into()));
                values.collect()
            }
            FieldKind::Flag { .. } => {
                vec![("on", "on", true.into()), ("off", "off", false.into())]
            }
            _ => Vec::new(),
        };
        values
            .into_iter()
            .map(move |(id, label, value): (_, _, Value)| Entry {
                words: field.help.to_owned(),
                ..entry(
                    Group::Setting,
                    format!("{}/{id}", field.name),
                    format!("{}: {label}", field.label),
                    Action::Prefer(field, value),
                )
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_of_few_values_are_found() {
        let entries: Vec<_> = settings().collect();
        let is_there = |id: &str| entries.iter().any(|entry| entry.id == id);
        for id in ["theme/dark", "zone/local", "sounds/on"] {
            assert!(is_there(id), "{id}");
        }
        for (at, entry) in entries.iter().enumerate() {
            let again = entries[at + 1..].iter().find(|other| other.id == entry.id);
            assert_eq!(again, None);
        }
    }

    #[test]
    fn every_tool_of_the_chart_is_found_once() {
        let entries: Vec<_> = tools().collect();
        for key in TOOL_KEYS {
            let with_it = entries
                .iter()
                .filter(|entry| entry.action == Action::Tool(key.action));
            let expected = match key.action {
                ToolAction::GoTo | ToolAction::LetGo => 0,
                _ => 1,
            };
            assert_eq!(with_it.count(), expected, "{}", key.help);
        }
        let line = entries.iter().find(|entry| entry.id == "tool/Alt H");
        assert_eq!(line.map(|entry| entry.keys), Some("Alt H"));
    }

    #[test]
    fn a_number_means_minutes() {
        assert_eq!(meant("5").as_deref(), Some("timeframe/5m"));
        assert_eq!(meant("1M").as_deref(), Some("timeframe/1M"));
        assert_eq!(meant("eth"), None);
    }

    #[test]
    fn instruments_are_remembered_by_their_id() {
        let id = "coinbase:ETH-USD".parse().expect("an id");
        let held = instrument(&id, false);
        assert_eq!(held.label, "ETH-USD · Coinbase");
        assert_eq!(remembered(&held.id), Some(held));
        assert_eq!(remembered("theme/dark"), None);
    }
}
