//! A workspace from JSON that anybody may have written: everything is checked, every mistake is
//! named with its place, and nothing is taken from a document with a mistake in it.

mod away;
mod tree;

use std::collections::BTreeMap;

use serde_json::Value;

use super::panel::{LinkColour, Panel, PanelId, PanelKind, kind_of};
use super::phone::{MAX_TABS, PhoneLayout};
use super::workspace::{Linked, Workspace};
use crate::model::Settings;
use crate::model::untrusted::{self, Faults, Item, Limits, Refused, Step};

/// Of a document; the deepest layout needs 18 levels, settings of a panel seven.
pub const LIMITS: Limits = Limits {
    bytes: 512 << 10,
    depth: 32,
};
/// Leads from one version to the next, version 1 to 2 first.
pub(super) const STEPS: &[Step] = &[];

const MAX_ID: i64 = 1_000_000_000;

impl Workspace {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Refused`], with every mistake.
    pub fn parse(text: &[u8], kinds: &[&'static PanelKind]) -> Result<Self, Refused> {
        let value = untrusted::parse(text, LIMITS)?;
        Self::from_value(value, kinds)
    }

    /// Reads a document that is parsed already, within [`LIMITS`].
    ///
    /// # Errors
    /// [`Refused::Wrong`], with every mistake.
    pub fn from_value(value: Value, kinds: &[&'static PanelKind]) -> Result<Self, Refused> {
        let value = untrusted::upgraded(value, STEPS)?;
        let mut reader = Reader {
            kinds,
            faults: Faults::default(),
        };
        let workspace = reader.workspace(&Item::whole(&value));
        reader.faults.finish(workspace)
    }
}

struct Reader<'k> {
    kinds: &'k [&'static PanelKind],
    faults: Faults,
}

impl Reader<'_> {
    fn workspace(&mut self, item: &Item<'_>) -> Option<Workspace> {
        let names = ["version", "name", "desktop", "phone", "links"];
        let fields = item.fields(&mut self.faults, &names)?;
        let name = fields
            .required(&mut self.faults, "name")
            .and_then(|item| item.parsed(&mut self.faults));
        let desktop = fields
            .required(&mut self.faults, "desktop")
            .and_then(|item| self.layout(&item));
        let phone = match fields.optional("phone") {
            Some(item) => self.phone(&item),
            None => Some(PhoneLayout::default()),
        };
        let links = match fields.optional("links") {
            Some(item) => self.links(&item),
            None => Some(BTreeMap::new()),
        };
        Some(Workspace {
            name: name?,
            desktop: desktop?,
            phone: phone?,
            links: links?,
        })
    }

    fn links(&mut self, item: &Item<'_>) -> Option<BTreeMap<LinkColour, Linked>> {
        let colours = LinkColour::ALL.map(|(name, _)| name);
        let fields = item.fields(&mut self.faults, &colours)?;
        let mut links = BTreeMap::new();
        for (name, colour) in LinkColour::ALL {
            let Some(item) = fields.optional(name) else {
                continue;
            };
            let known = ["instrument", "timeframe"];
            let linked = item.fields(&mut self.faults, &known)?;
            let faults = &mut self.faults;
            links.insert(
                colour,
                Linked {
                    instrument: linked.optional("instrument").and_then(|i| i.parsed(faults)),
                    timeframe: linked.optional("timeframe").and_then(|i| i.parsed(faults)),
                },
            );
        }
        Some(links)
    }

    fn phone(&mut self, item: &Item<'_>) -> Option<PhoneLayout> {
        let fields = item.fields(&mut self.faults, &["panels", "active"])?;
        let list = fields.required(&mut self.faults, "panels")?;
        let mut panels: Vec<Panel> = Vec::new();
        for item in list.list(&mut self.faults, MAX_TABS)? {
            let panel = self.panel(&item)?;
            if panels.iter().any(|held| held.id == panel.id) {
                self.again(&item, panel.id);
            }
            panels.push(panel);
        }
        let first = panels.first().map(|panel| panel.id);
        let active = match fields.optional("active") {
            None => first,
            Some(item) => {
                let active = self.id(&item)?;
                if !panels.iter().any(|panel| panel.id == active) {
                    self.faults.add(&item.at, "not one of the panels");
                }
                Some(active)
            }
        };
        Some(PhoneLayout { panels, active })
    }

    fn panel(&mut self, item: &Item<'_>) -> Option<Panel> {
        let fields = item.fields(&mut self.faults, &["id", "kind", "link", "settings"])?;
        let id = fields
            .required(&mut self.faults, "id")
            .and_then(|item| self.id(&item));
        let link = match fields.optional("link") {
            None => Some(None),
            Some(item) => item.choice(&mut self.faults, &LinkColour::ALL).map(Some),
        };
        let named = fields.required(&mut self.faults, "kind")?;
        let known = named.value.as_str().and_then(|id| kind_of(self.kinds, id));
        let Some(kind) = known else {
            let ids: Vec<(&str, ())> = self.kinds.iter().map(|kind| (kind.id, ())).collect();
            return named.choice(&mut self.faults, &ids).and(None);
        };
        let settings = match fields.optional("settings") {
            None => Some(Settings::default()),
            Some(item) => Settings::read(kind.fields, &item, &mut self.faults),
        };
        Some(Panel {
            id: id?,
            kind: kind.id.to_owned(),
            link: link?,
            settings: settings?,
        })
    }

    fn id(&mut self, item: &Item<'_>) -> Option<PanelId> {
        let id = item.integer(&mut self.faults, 1..=MAX_ID)?;
        u32::try_from(id).ok().map(PanelId)
    }

    fn again(&mut self, item: &Item<'_>, id: PanelId) {
        let reason = format!("there are two panels {id}");
        self.faults.add(&item.at, reason);
    }
}
