//! The help: every key and gesture in groups, drawn from the tables that are obeyed.

use super::gestures::{self, Gesture};
use super::table::COMMANDS;
use crate::chart::{CHART_KEYS, LADDER_KEYS, TAPE_KEYS};

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
    let ladder = LADDER_KEYS
        .iter()
        .map(|key| (shown(key.key, false), key.help));
    let tape = TAPE_KEYS
        .iter()
        .map(|key| (shown(key.key, false), key.help));
    vec![
        HelpGroup::of("Everywhere", commands),
        HelpGroup::of(
            "Panels",
            gestures(dock).into_iter().chain(gestures(gestures::DOCK)),
        ),
        HelpGroup::of("Chart", chart.chain(gestures(gestures::CHART))),
        HelpGroup::of("Ladder", ladder),
        HelpGroup::of("Tape", tape.chain(gestures(gestures::TAPE))),
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

#[cfg(test)]
mod tests {
    use super::*;

    const DOCK: &[(&str, &str)] = &[("Alt W", "Close the panel")];

    #[test]
    fn every_key_of_every_table_is_in_it() {
        let groups = help(DOCK);
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
        ] {
            assert!(keys.iter().any(|key| key == wanted), "{wanted}");
        }
        for key in CHART_KEYS {
            let shown = shown(key.key, key.shift == Some(true));
            assert!(keys.contains(&shown), "{shown}");
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
        assert_eq!(
            matching(&groups, "ladder")[0].lines.len(),
            groups[3].lines.len()
        );
        assert_eq!(matching(&groups, "no such thing"), []);
    }
}
