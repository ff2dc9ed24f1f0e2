//! The page's address: `/?instrument=coinbase:BTC-USD&timeframe=1m` opens what it names, and names
//! what is shown, so that it can be kept and shared; `/panel?workspace=Trader&panel=3` is the
//! window of one panel. Pure.

use tradesuite_core::dock::{PanelId, PanelPlace};
use tradesuite_core::model::{InstrumentId, Timeframe};

/// Where windows of one panel are.
pub const PANEL_PATH: &str = "/panel";

/// What a window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// A workspace.
    #[default]
    Workspace,
    /// One panel of it.
    Panel,
}

impl Page {
    /// What stands at a path.
    #[must_use]
    pub fn at(path: &str) -> Self {
        match path {
            PANEL_PATH => Self::Panel,
            _ => Self::Workspace,
        }
    }
}

/// The address of a panel's own window.
#[must_use]
pub fn panel_address(place: &PanelPlace) -> String {
    let mut address = format!("{PANEL_PATH}?workspace=");
    for byte in place.workspace.as_str().bytes() {
        if byte.is_ascii_alphanumeric() {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{address}&panel={}", place.panel)
}

/// The panel that an address names; `None` where it names none.
#[must_use]
pub fn panel_named(query: &str) -> Option<PanelPlace> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let value = |wanted: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut named = pairs.filter(|(name, _)| *name == wanted);
        named.next().map(|(_, value)| decoded(value))
    };
    Some(PanelPlace {
        workspace: value("workspace")?.parse().ok()?,
        panel: PanelId(value("panel")?.parse().ok()?),
    })
}

/// What an address names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The instrument, where it names one.
    pub instrument: Option<InstrumentId>,
    /// The width of the bars, where it names one.
    pub timeframe: Option<Timeframe>,
    /// A sentence for each value that is none.
    pub problems: Vec<String>,
}

impl Address {
    /// Reads the query of an address, with or without its question mark. Other names are passed
    /// over.
    #[must_use]
    pub fn read(query: &str) -> Self {
        let mut address = Self::default();
        let query = query.strip_prefix('?').unwrap_or(query);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decoded(value);
            match name {
                "instrument" => match parse_instrument(&value) {
                    Some(id) => address.instrument = Some(id),
                    None => address.problems.push(format!(
                        "The address names “{value}”, which is no instrument; one is written like coinbase:BTC-USD."
                    )),
                },
                "timeframe" => match value.parse() {
                    Ok(timeframe) => address.timeframe = Some(timeframe),
                    Err(_) => address.problems.push(format!(
                        "The address names “{value}”, which is no timeframe; there are {}.",
                        Timeframe::ALL.map(Timeframe::name).join(", ")
                    )),
                },
                _ => {}
            }
        }
        address
    }

    /// The address that names this.
    #[must_use]
    pub fn of(instrument: &InstrumentId, timeframe: Timeframe) -> String {
        // Ids are made of characters that stand for themselves in a query.
        format!("/?instrument={instrument}&timeframe={timeframe}")
    }
}

/// An id in any case of letters; `BTC/USD` means `BTC-USD`.
fn parse_instrument(text: &str) -> Option<InstrumentId> {
    let (exchange, symbol) = text.split_once(':')?;
    let symbol = symbol.replace('/', "-").to_ascii_uppercase();
    InstrumentId::new(&exchange.to_ascii_lowercase(), &symbol).ok()
}

/// A value with its `%3A` and `+` read as what they stand for.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        let (byte, used) = match escaped.flatten() {
            Some(byte) => (byte, 3),
            None if *first == b'+' => (b' ', 1),
            None => (*first, 1),
        };
        bytes.push(byte);
        rest = &rest[used..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(query: &str, instrument: Option<&str>, timeframe: Option<Timeframe>, problems: usize) {
        let address = Address::read(query);
        let named = address.instrument.as_ref().map(InstrumentId::as_str);
        assert_eq!(named, instrument, "{query}");
        assert_eq!(address.timeframe, timeframe, "{query}");
        assert_eq!(address.problems.len(), problems, "{query}: {address:?}");
    }

    #[test]
    fn it_opens_what_it_names() {
        let bitcoin = Some("coinbase:BTC-USD");
        check("", None, None, 0);
        check("?", None, None, 0);
        check(
            "?instrument=coinbase:BTC-USD&timeframe=1h",
            bitcoin,
            Some(Timeframe::H1),
            0,
        );
        check("?instrument=Coinbase%3abtc%2FUSD", bitcoin, None, 0);
        check(
            "timeframe=1M&other=1&bare",
            None,
            Some(Timeframe::Month1),
            0,
        );
        check(
            "?instrument=BTC-USD&timeframe=1h",
            None,
            Some(Timeframe::H1),
            1,
        );
        check("?instrument=%zz&timeframe=7m", None, None, 2);
        check("?instrument=", None, None, 1);
    }

    #[test]
    fn a_bad_value_is_named() {
        let problems = Address::read("?timeframe=7m").problems;
        assert!(problems[0].contains("“7m”"), "{problems:?}");
        assert!(problems[0].ends_with("1d, 1w, 1M."), "{problems:?}");
    }

    #[test]
    fn a_panel_is_named() {
        for query in [
            "",
            "?workspace=Trader",
            "?panel=1",
            "?workspace=&panel=1",
            "?workspace=Trader&panel=-1",
            "?workspace=Trader&panel=x",
        ] {
            assert_eq!(panel_named(query), None, "{query}");
        }
        let named = panel_named("?workspace=Order+flow&panel=3").expect("a panel");
        assert_eq!(named.workspace.as_str(), "Order flow");
        assert_eq!(named.panel, PanelId(3));
        assert_eq!(Page::at("/panel"), Page::Panel);
        assert_eq!(Page::at("/"), Page::Workspace);
    }

    proptest! {
        #[test]
        fn a_panels_address_is_read(
            workspace in "\\PC{1,20}".prop_filter_map("no name", |text| text.parse().ok()),
            panel: u32,
        ) {
            let place = PanelPlace {
                workspace,
                panel: PanelId(panel),
            };
            let address = panel_address(&place);
            let query = address.strip_prefix(PANEL_PATH).expect("its path");
            prop_assert_eq!(panel_named(query), Some(place));
        }

        #[test]
        fn what_is_written_is_read(at in 0..Timeframe::ALL.len(), base in "[A-Z0-9]{1,6}") {
            let id: InstrumentId = format!("kraken:{base}-USD").parse().expect("an id");
            let address = Address::of(&id, Timeframe::ALL[at]);
            let read = Address::read(address.strip_prefix('/').expect("a path"));
            prop_assert_eq!(read, Address {
                instrument: Some(id),
                timeframe: Some(Timeframe::ALL[at]),
                problems: Vec::new(),
            });
        }

        #[test]
        fn nothing_breaks_it(query in ".{0,60}") {
            let _ = Address::read(&query);
        }
    }
}
