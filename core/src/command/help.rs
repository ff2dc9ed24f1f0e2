//! The help: every key and gesture in groups, drawn from the tables that are obeyed.

use super::gestures::{self, Gesture};
use super::table::COMMANDS;
use crate::chart::{CHART_KEYS, LADDER_KEYS, TAPE_KEYS, TOOL_KEYS};
use crate::watch::WATCH_KEYS;

/// One thing to do, and all the ways to do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// Each as it stands on the keys.
    pub keys: Vec<String>,
    /// What it does.
    pub label: &'static str,
}

/// What belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpGroup {
    /// For people.
    pub title: &'static str,
    /// In the order of the tables.
    pub lines: Vec<HelpLine>,
}

impl HelpGroup {
    /// Keys that do the same stand in one line.
    fn of(title: &'static str, pairs: impl IntoIterator<Item = (String, &'static str)>) -> Self {
        let mut lines: Vec<HelpLine> = Vec::new();
        for (keys, label) in pairs {
            match lines.iter_mut().find(|line| line.label == label) {
                Some(line) => line.keys.push(keys),
                None => lines.push(HelpLine {
                    keys: vec![keys],
                    label,
                }),
            }
        }
        Self { title, lines }
    }
}

/// Every group. The keys of the dock are the page's: what is on them, and what they do.
#[must_use]
pub fn help(dock: &[(&'static str, &'static str)]) -> Vec<HelpGroup> {
    let gestures = |of: &[Gesture]| {
        let of = of.iter();
        of.map(|(keys, label)| ((*keys).to_owned(), *label))
            .collect::<Vec<_>>()
    };
    let commands = COMMANDS.iter().flat_map(|spec| {
        let chords = spec.chords.iter();
        chords.map(|chord| (chord.label.to_owned(), spec.label))
    });
    let chart = CHART_KEYS
        .iter()
        .map(|key| (shown(key.key, key.shift == Some(true)), key.help));
    let tools = TOOL_KEYS.iter().map(|key| (key.keys.to_owned(), key.help));
    let ladder = LADDER_KEYS
        .iter()
        .map(|key| (shown(key.key, false), key.help));
    let tape = TAPE_KEYS
        .iter()
        .map(|key| (shown(key.key, false), key.help));
    let watchlist = WATCH_KEYS
        .iter()
        .map(|key| (with_alt(key.key, key.alt), key.help));
    vec![
        HelpGroup::of("Everywhere", commands),
        HelpGroup::of(
            "Panels",
            gestures(dock).into_iter().chain(gestures(gestures::DOCK)),
        ),
        HelpGroup::of("Chart", chart.chain(tools).chain(gestures(gestures::CHART))),
        HelpGroup::of("Ladder", ladder),
        HelpGroup::of("Tape", tape.chain(gestures(gestures::TAPE))),
        HelpGroup::of("Watchlist", watchlist),
        HelpGroup::of("Lists and menus", gestures(gestures::LISTS)),
    ]
}

/// What of the help has all of these words; a group whose title has them is kept whole.
#[must_use]
pub fn matching(groups: &[HelpGroup], typed: &str) -> Vec<HelpGroup> {
    let typed = typed.to_lowercase();
    let has = |text: &str| {
        let text = text.to_lowercase();
        typed.split_whitespace().all(|word| text.contains(word))
    };
    let kept = groups.iter().map(|group| HelpGroup {
        title: group.title,
        lines: group
            .lines
            .iter()
            .filter(|line| {
                let keys = line.keys.join(" ");
                has(&format!("{} {} {keys}", group.title, line.label))
            })
            .cloned()
            .collect(),
    });
    kept.filter(|group| !group.lines.is_empty()).collect()
}

/// A key by what stands on it.
fn shown(key: &str, shift: bool) -> String {
    let name = match key {
        "ArrowLeft" => "←",
        "ArrowRight" => "→",
        "ArrowUp" => "↑",
        "ArrowDown" => "↓",
        " " => "Space",
        "PageUp" => "Page Up",
        "PageDown" => "Page Down",
        other => other,
    };
    let name = match name.chars().count() {
        1 => name.to_uppercase(),
        _ => name.to_owned(),
    };
    if shift { format!("Shift {name}") } else { name }
}

fn with_alt(key: &str, alt: bool) -> String {
    let name = shown(key, false);
    if alt { format!("Alt {name}") } else { name }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    const DOCK: &[(&str, &str)] = &[("Alt W", "Close the panel")];

    /// A table of keys by its name in the sources, the part of the help that it belongs to, and its rows as shown there.
    type Table = (&'static str, &'static str, Vec<(String, &'static str)>);

    fn tables() -> Vec<Table> {
        let chart = CHART_KEYS.iter();
        let ladder = LADDER_KEYS.iter();
        let tape = TAPE_KEYS.iter();
        let watch = WATCH_KEYS.iter();
        let tools = TOOL_KEYS.iter();
        vec![
            (
                "CHART_KEYS",
                "Chart",
                chart
                    .map(|key| (shown(key.key, key.shift == Some(true)), key.help))
                    .collect(),
            ),
            (
                "TOOL_KEYS",
                "Chart",
                tools.map(|key| (key.keys.to_owned(), key.help)).collect(),
            ),
            (
                "LADDER_KEYS",
                "Ladder",
                ladder
                    .map(|key| (shown(key.key, false), key.help))
                    .collect(),
            ),
            (
                "TAPE_KEYS",
                "Tape",
                tape.map(|key| (shown(key.key, false), key.help)).collect(),
            ),
            (
                "WATCH_KEYS",
                "Watchlist",
                watch
                    .map(|key| (with_alt(key.key, key.alt), key.help))
                    .collect(),
            ),
        ]
    }

    /// The names of all tables of keys in the sources below a folder.
    fn declared(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                declared(&path, names);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source");
            let lines = text.lines();
            names.extend(lines.filter_map(|line| {
                let (name, _) = line.strip_prefix("pub static ")?.split_once(": &[")?;
                name.ends_with("_KEYS").then(|| name.to_owned())
            }));
        }
    }

    #[test]
    fn no_table_of_keys_is_forgotten() {
        let mut names = BTreeSet::new();
        declared(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut names,
        );
        let known: BTreeSet<_> = tables().into_iter().map(|(name, ..)| name.into()).collect();
        assert_eq!(names, known);
    }

    #[test]
    fn every_key_of_every_table_is_in_it() {
        let groups = help(DOCK);
        let line_of = |title: &str, label: &str| {
            let group = groups.iter().find(|group| group.title == title);
            let mut lines = group.expect("the group").lines.iter();
            lines.find(|line| line.label == label)
        };
        for (name, title, keys) in tables() {
            for (keys, label) in keys {
                let line = line_of(title, label).unwrap_or_else(|| panic!("{name}: {label}"));
                assert!(line.keys.contains(&keys), "{name}: {keys}");
            }
        }
        for spec in COMMANDS {
            for chord in spec.chords {
                let line = line_of("Everywhere", spec.label).expect("the command");
                assert!(line.keys.iter().any(|keys| keys == chord.label));
            }
        }
        let keys: Vec<String> = groups
            .iter()
            .flat_map(|group| group.lines.iter().flat_map(|line| line.keys.clone()))
            .collect();
        for wanted in [
            "Ctrl K",
            "F1",
            "?",
            "Alt W",
            "Shift ←",
            "Page Up",
            "C",
            "Home",
            "Alt V",
            "Ctrl Z",
            "Alt ↑",
            "Space",
        ] {
            assert!(keys.iter().any(|key| key == wanted), "{wanted}");
        }
    }

    #[test]
    fn nothing_is_said_twice() {
        for group in help(DOCK) {
            for (at, line) in group.lines.iter().enumerate() {
                for keys in &line.keys {
                    let again = group.lines[at + 1..]
                        .iter()
                        .find(|other| other.keys.contains(keys));
                    assert_eq!(again, None, "{}: {keys}", group.title);
                }
            }
        }
    }

    #[test]
    fn keys_that_do_the_same_stand_together() {
        let groups = help(DOCK);
        let chart = groups.iter().find(|group| group.title == "Chart");
        let lines = &chart.expect("the chart's").lines;
        let screen = lines.iter().find(|line| line.label == "A screen back");
        assert_eq!(screen.expect("a line").keys, ["Shift ←", "Page Up"]);
    }

    #[test]
    fn words_narrow_it_down() {
        let groups = help(DOCK);
        let found = matching(&groups, "CLOSE alt");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].lines[0].label, "Close the panel");
        assert_eq!(matching(&groups, ""), groups);
        let ladder = groups.iter().find(|group| group.title == "Ladder");
        assert_eq!(
            matching(&groups, "ladder")[0],
            *ladder.expect("the ladder's")
        );
        assert_eq!(matching(&groups, "no such thing"), []);
    }
}
