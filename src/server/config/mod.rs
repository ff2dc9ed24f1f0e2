//! Settings: where each comes from and what it may be.
//!
//! A setting is taken from the command line, else from the environment (`TRADESUITE_…`), else
//! from `tradesuite.toml`, else it has its default. [`SETTINGS`] is the one table of them: the
//! file's keys, the variables' names and the README's list follow from it.

mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use thiserror::Error;
use tradesuite_core::model::{InstrumentId, Mode};

pub(crate) use self::value::known;
use self::value::{
    number, one_of, read_bind, read_bytes, read_days, read_demo_address, read_instruments, read_log,
};

/// One setting.
#[derive(Debug)]
pub struct SettingSpec {
    /// Key in the file; in capitals after `TRADESUITE_` the variable's name.
    pub name: &'static str,
    /// What it has when nobody says otherwise. Empty: it depends, as `help` says.
    pub default: &'static str,
    /// What it does, one sentence.
    pub help: &'static str,
}

/// Every setting.
pub static SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "bind",
        default: "127.0.0.1:8080",
        help: "Address and port to listen on; port 0 takes a free one. Only loopback addresses are accepted.",
    },
    SettingSpec {
        name: "data",
        default: "",
        help: "Folder of the stores; by default data/live, data/demo or data/replay.",
    },
    SettingSpec {
        name: "instruments",
        default: "coinbase:BTC-USD",
        help: "Instruments collected around the clock, separated by commas; others are collected while somebody looks at them.",
    },
    SettingSpec {
        name: "coinbase_feed",
        default: "advanced",
        help: "Which of Coinbase's interfaces is listened to: advanced or exchange.",
    },
    SettingSpec {
        name: "durability",
        default: "normal",
        help: "normal: what was received survives the death of the process; full: also that of the machine.",
    },
    SettingSpec {
        name: "linger_minutes",
        default: "5",
        help: "How long an instrument is still collected after the last look at it.",
    },
    SettingSpec {
        name: "demo_rate",
        default: "300",
        help: "Market events a second that the simulated market makes.",
    },
    SettingSpec {
        name: "demo_address",
        default: "",
        help: "A simulated market that runs already (tradesuite simulate), such as 127.0.0.1:9000; by default --demo starts its own.",
    },
    SettingSpec {
        name: "journal_mb",
        default: "8192",
        help: "Size that the journal may reach while the store does not take what is in it, MB; then what arrives waits in memory.",
    },
    SettingSpec {
        name: "keep_trades_days",
        default: "0",
        help: "Days that trades and bars of one second are kept after their own (UTC), 0 for ever. Wider bars are always kept.",
    },
    SettingSpec {
        name: "keep_book_days",
        default: "30",
        help: "Days that book history is kept after its own (UTC), 0 for ever.",
    },
    SettingSpec {
        name: "keep_bytes",
        default: "0",
        help: "Size that bars, trades and book history may have together, such as 200GB; beyond it the oldest days of trades, bars of one second and book history are deleted, 0 for never.",
    },
    SettingSpec {
        name: "log",
        default: "info",
        help: "What is logged: error, warn, info, debug, trace, or a filter such as tradesuite=debug.",
    },
];

/// Where a value was taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// The environment variable of this name.
    Environment(String),
    /// The settings file.
    File(PathBuf),
    /// Nobody said otherwise.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("command line"),
            Self::Environment(name) => f.write_str(name),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("failed to read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's word.
        reason: String,
    },
    /// The file is not TOML, or not of the expected shape.
    #[error("{path} is not a settings file: {reason}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// The file has a key that no setting has.
    #[error("{path} has the unknown setting {key}; known are {known}")]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// All there are.
        known: String,
    },
    /// The value is not one that the setting can have.
    #[error("{name} = {value:?} (from {origin}): {reason}")]
    Invalid {
        /// The setting.
        name: &'static str,
        /// What it was set to.
        value: String,
        /// Where.
        origin: Source,
        /// What it may be.
        reason: String,
    },
}

/// Text values by setting, with their sources.
#[derive(Debug)]
pub struct Resolved(BTreeMap<&'static str, (String, Source)>);

impl Resolved {
    /// Lays the sources over each other. `flags` holds what the command line set, `environment`
    /// looks a variable up, `file` is the settings file; the default file may be absent.
    ///
    /// # Errors
    /// [`ConfigError`] where the file cannot be read or has a key that no setting has.
    pub fn load(
        flags: &BTreeMap<&'static str, String>,
        environment: impl Fn(&str) -> Option<String>,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let in_file = match file {
            Some(path) => read_file(path)?,
            None => BTreeMap::new(),
        };
        let values = SETTINGS.iter().map(|setting| {
            let variable = format!("TRADESUITE_{}", setting.name.to_uppercase());
            let found = if let Some(value) = flags.get(setting.name) {
                (value.clone(), Source::Flag)
            } else if let Some(value) = environment(&variable) {
                (value, Source::Environment(variable))
            } else if let Some((value, path)) = in_file.get(setting.name).zip(file) {
                (value.clone(), Source::File(path.to_owned()))
            } else {
                (setting.default.to_owned(), Source::Default)
            };
            (setting.name, found)
        });
        Ok(Self(values.collect()))
    }

    /// Every setting with its value and source, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str, &Source)> {
        self.0
            .iter()
            .map(|(name, (value, source))| (*name, value.as_str(), source))
    }

    fn text(&self, name: &'static str) -> &str {
        self.0.get(name).map_or("", |(value, _)| value)
    }

    fn parse<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        read(self.text(name)).map_err(|reason| ConfigError::Invalid {
            name,
            value: self.text(name).to_owned(),
            origin: self
                .0
                .get(name)
                .map_or(Source::Default, |(_, source)| source.clone()),
            reason,
        })
    }
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    let malformed = |reason: String| ConfigError::Malformed {
        path: path.to_owned(),
        reason,
    };
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| malformed(error.to_string()))?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        if !SETTINGS.iter().any(|setting| setting.name == key) {
            return Err(ConfigError::Unknown {
                path: path.to_owned(),
                key,
                known: SETTINGS
                    .iter()
                    .map(|s| s.name)
                    .collect::<Vec<_>>()
                    .join(", "),
            });
        }
        let text = plain_text(&value)
            .ok_or_else(|| malformed(format!("{key} is neither a text, a number nor a list")))?;
        values.insert(key, text);
    }
    Ok(values)
}

fn plain_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(plain_text).collect();
            texts.map(|texts| texts.join(","))
        }
        toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

/// How much a committed event survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The death of the process.
    Normal,
    /// Also that of the machine.
    Full,
}

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen; a loopback address.
    pub bind: SocketAddr,
    /// Folder of the stores.
    pub data: PathBuf,
    /// Collected around the clock.
    pub instruments: Vec<InstrumentId>,
    /// Name of the feed that is listened to, by the ids of the venues that have several.
    pub feeds: BTreeMap<&'static str, String>,
    /// How much a committed event survives.
    pub durability: Durability,
    /// Minutes that an instrument is still collected after the last look at it.
    pub linger_minutes: u32,
    /// Events a second of the simulated market.
    pub demo_rate: u32,
    /// A simulated market that runs already.
    pub demo_address: Option<SocketAddr>,
    /// Size that the journal may reach, MB.
    pub journal_mb: u32,
    /// Days that trades are kept; `None` for ever.
    pub keep_trades_days: Option<u32>,
    /// Days that book history is kept; `None` for ever.
    pub keep_book_days: Option<u32>,
    /// Bytes that the market store may take; `None` without limit.
    pub keep_bytes: Option<u64>,
    /// Filter of the log.
    pub log: String,
}

impl Settings {
    /// Checks every value. `venues` are the ids of those there are, `feed_names` says which feeds
    /// the one with an id has.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] naming the first setting that cannot be used, its source and what
    /// it may be.
    pub fn check(
        resolved: &Resolved,
        mode: Mode,
        venues: &[&'static str],
        feed_names: impl Fn(&str) -> Vec<&'static str>,
    ) -> Result<Self, ConfigError> {
        let data = resolved.text("data");
        Ok(Self {
            bind: resolved.parse("bind", read_bind)?,
            data: if data.is_empty() {
                PathBuf::from("data").join(mode.name())
            } else {
                PathBuf::from(data)
            },
            instruments: resolved.parse("instruments", |text| read_instruments(text, venues))?,
            feeds: read_feeds(resolved, feed_names)?,
            durability: resolved.parse("durability", |text| {
                one_of(text, &["normal", "full"]).map(|name| match name {
                    "full" => Durability::Full,
                    _ => Durability::Normal,
                })
            })?,
            linger_minutes: resolved.parse("linger_minutes", |text| number(text, 0, 1_440))?,
            demo_rate: resolved.parse("demo_rate", |text| number(text, 1, 100_000))?,
            demo_address: resolved.parse("demo_address", read_demo_address)?,
            journal_mb: resolved.parse("journal_mb", |text| number(text, 1, 1_000_000))?,
            keep_trades_days: resolved.parse("keep_trades_days", read_days)?,
            keep_book_days: resolved.parse("keep_book_days", read_days)?,
            keep_bytes: resolved.parse("keep_bytes", read_bytes)?,
            log: resolved.parse("log", read_log)?,
        })
    }
}

/// The settings called `VENUE_feed`.
fn read_feeds(
    resolved: &Resolved,
    feed_names: impl Fn(&str) -> Vec<&'static str>,
) -> Result<BTreeMap<&'static str, String>, ConfigError> {
    let choices = SETTINGS
        .iter()
        .filter_map(|setting| Some((setting.name, setting.name.strip_suffix("_feed")?)));
    choices
        .map(|(name, exchange)| {
            let feed = resolved.parse(name, |text| {
                one_of(text, &feed_names(exchange)).map(ToOwned::to_owned)
            })?;
            Ok((exchange, feed))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(
        flags: &[(&'static str, &str)],
        variables: &[(&str, &str)],
        file: Option<&str>,
    ) -> Result<Resolved, ConfigError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tradesuite.toml");
        if let Some(text) = file {
            std::fs::write(&path, text).expect("a file");
        }
        let flags = flags.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        Resolved::load(
            &flags,
            |name| variables.get(name).map(|value| (*value).to_owned()),
            file.map(|_| path.as_path()),
        )
    }

    const VENUES: [&str; 2] = ["coinbase", "kraken"];

    fn feed_names(exchange: &str) -> Vec<&'static str> {
        assert_eq!(exchange, "coinbase");
        vec!["advanced", "exchange"]
    }

    #[test]
    fn the_nearer_source_wins() {
        let file = Some(
            "bind = \"127.0.0.1:1\"\nlinger_minutes = 7\ninstruments = [\"coinbase:ETH-USD\", \"coinbase:SOL-USD\"]",
        );
        let resolved = resolve(
            &[("bind", "127.0.0.1:3")],
            &[
                ("TRADESUITE_BIND", "127.0.0.1:2"),
                ("TRADESUITE_DEMO_RATE", "9"),
            ],
            file,
        )
        .expect("settings");
        let settings =
            Settings::check(&resolved, Mode::Demo, &VENUES, feed_names).expect("settings");
        assert_eq!(settings.bind.port(), 3);
        assert_eq!(settings.demo_rate, 9);
        assert_eq!(settings.linger_minutes, 7);
        assert_eq!(settings.instruments.len(), 2);
        assert_eq!(settings.data, PathBuf::from("data/demo"));
        let source = |name| {
            let found = resolved.iter().find(|(n, _, _)| *n == name);
            found.map(|(_, _, source)| source.to_string())
        };
        assert_eq!(source("bind").as_deref(), Some("command line"));
        assert_eq!(source("demo_rate").as_deref(), Some("TRADESUITE_DEMO_RATE"));
        assert_eq!(source("log").as_deref(), Some("default"));
    }

    #[test]
    fn a_bad_value_is_named_with_its_source() {
        for (name, value, hint) in [
            ("bind", "0.0.0.0:80", "loopback"),
            ("bind", "here", "address and a port"),
            ("instruments", "BTC", "venue:BASE-QUOTE"),
            (
                "instruments",
                "coinbase:BTC-USD,krakn:BTC-USD",
                "no venue krakn; known are coinbase, kraken",
            ),
            ("durability", "maybe", "normal, full"),
            ("coinbase_feed", "full", "advanced, exchange"),
            ("demo_rate", "0", "1 to 100000"),
            ("linger_minutes", "-1", "0 to 1440"),
            ("demo_address", "10.0.0.1:9000", "of this machine"),
            ("journal_mb", "0", "1 to 1000000"),
            ("keep_book_days", "a week", "0 to 36500"),
            ("keep_bytes", "much", "200GB"),
            ("keep_bytes", "-1GB", "200GB"),
            ("keep_bytes", "1KB", "TB, GB, MB, kB or B"),
            ("keep_bytes", "99999999999TB", "200GB"),
            ("log", "x=y=z", "trace or a filter"),
        ] {
            let resolved = resolve(&[(name, value)], &[], None).expect("settings");
            let error =
                Settings::check(&resolved, Mode::Live, &VENUES, feed_names).expect_err("bad value");
            let text = error.to_string();
            assert!(text.contains(name) && text.contains(hint), "{text}");
            assert!(text.contains("command line"), "{text}");
        }
    }

    #[test]
    fn a_bad_file_is_named() {
        for (file, hint) in [
            ("bimd = 1", "unknown setting bimd"),
            ("bind = ", "not a settings file"),
            ("bind = { a = 1 }", "neither a text"),
        ] {
            let error = resolve(&[], &[], Some(file)).expect_err("bad file");
            assert!(error.to_string().contains(hint), "{error}");
        }
    }
}
