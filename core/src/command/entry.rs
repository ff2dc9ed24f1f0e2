//! What can be found in the palette, and how well it fits what was typed.

/// Among what an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own name")]
pub enum Group {
    Page,
    Panel,
    Workspace,
    Timeframe,
    Layout,
    Setting,
    Instrument,
}

impl Group {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Page => "Page",
            Self::Panel => "Panel",
            Self::Workspace => "Workspace",
            Self::Timeframe => "Timeframe",
            Self::Layout => "Layout",
            Self::Setting => "Setting",
            Self::Instrument => "Instrument",
        }
    }
}

/// Something to choose. `A` is what is done then.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<A> {
    /// Under which it is remembered; no two have the same.
    pub id: String,
    /// For people.
    pub label: String,
    /// Among what it stands.
    pub group: Group,
    /// The keys that do the same; empty where there are none.
    pub keys: &'static str,
    /// Other words to find it by.
    pub words: String,
    /// Whether somebody else has found that it fits what was typed: it stays, however little its
    /// label has of that.
    pub is_found: bool,
    /// What is done.
    pub action: A,
}

/// How well a word fits; the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is the label, but for capitals.
    Whole,
    /// The label begins with it.
    Begins,
    /// A word of the label begins with it.
    Word,
    /// Somebody else says that it fits.
    Found,
    /// The first letters of the label's words, one after the other.
    Initials,
    /// Another word or the group begins with it.
    Other,
    /// It is inside the label.
    Inside,
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

fn fit<A>(word: &str, entry: &Entry<A>) -> Option<Fit> {
    let label = entry.label.to_lowercase();
    let initials: String = words_of(&label)
        .filter_map(|word| word.chars().next())
        .collect();
    let other = entry.words.to_lowercase();
    let group = entry.group.label().to_lowercase();
    let mut others = words_of(&other).chain([group.as_str()]);
    let fits = [
        (Fit::Whole, label == word),
        (Fit::Begins, label.starts_with(word)),
        (
            Fit::Word,
            words_of(&label).any(|held| held.starts_with(word)),
        ),
        (Fit::Found, entry.is_found),
        (
            Fit::Initials,
            word.chars().count() > 1 && initials.starts_with(word),
        ),
        (Fit::Other, others.any(|held| held.starts_with(word))),
        (
            Fit::Inside,
            word.chars().count() > 1 && label.contains(word),
        ),
    ];
    fits.into_iter()
        .find_map(|(fit, stands)| stands.then_some(fit))
}

/// How far an entry is from what was typed; `None` where a word of that does not fit.
fn distance<A>(typed: &str, entry: &Entry<A>) -> Option<usize> {
    if let Some(Fit::Whole | Fit::Begins) = fit(typed, entry) {
        return fit(typed, entry).map(|fit| fit as usize);
    }
    let fits: Option<Vec<Fit>> = typed
        .split_whitespace()
        .map(|word| fit(word, entry))
        .collect();
    // Of two words each may fit perfectly; what fits as a whole is still closer.
    Some(1 + fits?.into_iter().map(|fit| fit as usize).sum::<usize>())
}

/// The entries that fit what was typed, the closest first, at most `most`; those that fit alike in
/// their own order, and all of them where nothing was typed. `meant` names the entry that is meant
/// whatever it is called, as `60` means the timeframe `1h`.
#[must_use]
pub fn rank<A: Clone>(
    entries: &[Entry<A>],
    typed: &str,
    meant: Option<&str>,
    most: usize,
) -> Vec<Entry<A>> {
    let typed = typed.trim().to_lowercase();
    let far = |entry: &Entry<A>| match meant {
        Some(id) if id == entry.id => Some(0),
        _ => distance(&typed, entry).map(|far| far + 1),
    };
    let mut found: Vec<(usize, &Entry<A>)> = entries
        .iter()
        .filter_map(|entry| Some((far(entry)?, entry)))
        .collect();
    if !typed.is_empty() {
        found.sort_by_key(|(far, _)| *far);
    }
    found
        .into_iter()
        .take(most)
        .map(|(_, entry)| entry.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(group: Group, label: &str, words: &str) -> Entry<()> {
        Entry {
            id: label.to_lowercase(),
            label: label.to_owned(),
            group,
            keys: "",
            words: words.to_owned(),
            is_found: false,
            action: (),
        }
    }

    fn entries() -> Vec<Entry<()>> {
        let found = Entry {
            is_found: true,
            ..entry(Group::Instrument, "XBT-USD", "")
        };
        vec![
            entry(Group::Page, "Keys and gestures", "help shortcuts"),
            entry(Group::Panel, "Open Order book", ""),
            entry(Group::Panel, "Go to Order book", ""),
            entry(Group::Workspace, "Order flow", "layout"),
            entry(Group::Timeframe, "1h", "bars"),
            entry(Group::Timeframe, "1m", "bars"),
            entry(Group::Timeframe, "1M", "bars"),
            entry(Group::Setting, "Theme: dark", "colours"),
            found,
        ]
    }

    fn check(typed: &str, expected: &[&str]) {
        let found = rank(&entries(), typed, None, 3);
        let labels: Vec<&str> = found.iter().map(|entry| entry.label.as_str()).collect();
        let shown = labels.get(..expected.len());
        assert_eq!(shown, Some(expected), "{typed:?}: {labels:?}");
    }

    #[test]
    fn the_closest_is_first() {
        check("order fl", &["Order flow"]);
        check("order", &["Order flow", "Open Order book"]);
        check("book", &["Open Order book", "Go to Order book"]);
        check("go book", &["Go to Order book"]);
        check("of", &["XBT-USD", "Order flow"]);
        check("1h", &["1h"]);
        check("dark", &["Theme: dark"]);
        check("  THEME  dark ", &["Theme: dark"]);
        check("shortc", &["XBT-USD", "Keys and gestures"]);
        check("xbt", &["XBT-USD"]);
    }

    #[test]
    fn every_word_has_to_fit() {
        let mut all = entries();
        all.pop();
        for typed in ["zzz", "order zzz", "q"] {
            assert_eq!(rank(&all, typed, None, 9), [], "{typed}");
        }
    }

    #[test]
    fn nothing_typed_leaves_the_order_and_what_is_meant_is_first() {
        let all = entries();
        assert_eq!(rank(&all, " ", None, 99), all);
        assert_eq!(rank(&all, "60", Some("1h"), 1)[0].label, "1h");
    }
}
