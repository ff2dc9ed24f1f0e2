//! What windows of one browser tell each other: texts on a channel that every window of this server's page
//! hears. Anybody may write there, an older or a newer page too, so what is not understood is
//! passed over.
//!
//! A window says only what a person did in it, never what it heard: so nothing goes round in
//! circles. The timeframe is each chart's own and is not among it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::panel::{LinkColour, PanelId};
use super::read::LIMITS;
use crate::model::{InstrumentId, Name, UnixMs};

/// Version of the texts; those of another one are passed over.
const VERSION: u32 = 1;
/// Longest text: a whole document, written as a text in a text.
const LONGEST: usize = 2 * LIMITS.bytes;

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum News {
    /// A person chose what panels of this colour look at.
    Linked {
        /// The colour.
        colour: LinkColour,
        /// What they look at now.
        instrument: InstrumentId,
    },
    /// The server has other preferences than before: they are to be read anew.
    Preferred {
        /// The write that they stem from: the version of their document.
        write: u64,
    },
    /// The crosshair stands at another time, or nowhere.
    Crosshair {
        /// Of charts of this colour.
        colour: LinkColour,
        /// Unix milliseconds.
        time: Option<UnixMs>,
    },
    /// A window shows this workspace, and wants to know which of its panels are in windows of their
    /// own: each answers [`News::Here`].
    WhoIsOut {
        /// Which workspace.
        workspace: Name,
    },
    /// A window of its own has this panel. Whoever shows the workspace answers
    /// [`News::Document`].
    Here(Place),
    /// That window is being closed or loaded anew.
    Leaving(Place),
    /// A person wants the panel back where it stood.
    PutBack(Place),
    /// The panel stands among the others again: its window is not wanted any more.
    Close(Place),
    /// The workspace as it is.
    Document {
        /// Which.
        workspace: Name,
        /// Its document.
        text: String,
    },
    /// A person changed the panel in its window; answered by [`News::Taken`] where somebody keeps it.
    Contents {
        /// Which panel.
        #[serde(flatten)]
        place: Place,
        /// Its colour.
        link: Option<LinkColour>,
        /// Its settings.
        settings: Map<String, Value>,
    },
    /// That was taken and is kept.
    Taken(Place),
}

/// A panel of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Name of the workspace.
    pub workspace: Name,
    /// Number of the panel in it.
    pub panel: PanelId,
}

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    #[serde(flatten)]
    news: &'a News,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

impl News {
    /// The text for the channel; `None` for what is too long to be read there.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        let written = Written {
            version: VERSION,
            news: self,
        };
        let text = serde_json::to_string(&written).ok()?;
        (text.len() <= LONGEST).then_some(text)
    }

    /// Reads a text of the channel; `None` for whatever is no news of this version.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let Version { version } = serde_json::from_str(text).ok()?;
        if version != VERSION {
            return None;
        }
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            workspace: "Mine / ½".parse().expect("a name"),
            panel: PanelId(7),
        }
    }

    #[test]
    fn what_is_said_is_heard() {
        let workspace = place().workspace;
        let mut settings = Map::new();
        settings.insert("timeframe".to_owned(), "5m".into());
        let all = [
            News::Linked {
                colour: LinkColour::Green,
                instrument: "kraken:ETH-USD".parse().expect("an id"),
            },
            News::Preferred { write: 7 },
            News::Crosshair {
                colour: LinkColour::Blue,
                time: Some(UnixMs(1_700_000_000_000)),
            },
            News::Crosshair {
                colour: LinkColour::Blue,
                time: None,
            },
            News::WhoIsOut {
                workspace: workspace.clone(),
            },
            News::Here(place()),
            News::Leaving(place()),
            News::PutBack(place()),
            News::Close(place()),
            News::Document {
                workspace,
                text: "{\"version\":1}".to_owned(),
            },
            News::Contents {
                place: place(),
                link: Some(LinkColour::Red),
                settings,
            },
            News::Taken(place()),
        ];
        for news in all {
            let text = news.to_text().expect("short enough");
            assert_eq!(News::read(&text).as_ref(), Some(&news), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_passed_over() {
        let linked = r#""news":"linked","colour":"blue","instrument":"kraken:ETH-USD""#;
        assert!(News::read(&format!("{{\"version\":1,{linked}}}")).is_some());
        for text in [
            String::new(),
            "null".to_owned(),
            "[1]".to_owned(),
            format!("{{{linked}}}"),
            format!("{{\"version\":2,{linked}}}"),
            format!("{{\"version\":-1,{linked}}}"),
            r#"{"version":1,"news":"linked","colour":"pink","instrument":"kraken:ETH-USD"}"#
                .to_owned(),
            r#"{"version":1,"news":"linked","colour":"blue","instrument":"ETH"}"#.to_owned(),
            r#"{"version":1,"news":"something_else"}"#.to_owned(),
            r#"{"version":1,"news":"here","workspace":"Trader"}"#.to_owned(),
            r#"{"version":1,"news":"here","workspace":"","panel":1}"#.to_owned(),
            r#"{"version":1,"news":"here","workspace":"Trader","panel":-1}"#.to_owned(),
            format!(
                "{{\"version\":1,{linked},\"more\":\"{}\"}}",
                "x".repeat(LONGEST)
            ),
            "[".repeat(10_000),
        ] {
            let start: String = text.chars().take(80).collect();
            assert_eq!(News::read(&text), None, "{start}");
        }
    }

    #[test]
    fn what_is_too_long_is_not_said() {
        let document = News::Document {
            workspace: place().workspace,
            text: "x".repeat(LONGEST),
        };
        assert_eq!(document.to_text(), None);
    }
}
