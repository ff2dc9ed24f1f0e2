//! The new name in the body of a renaming.

use tradesuite_core::model::Name;
use tradesuite_core::model::untrusted::{self, Faults, Item, Limits, Refused};

const LIMITS: Limits = Limits {
    bytes: 1_024,
    depth: 2,
};

/// Reads `{"name":"New"}`.
pub(super) fn new_name(text: &[u8]) -> Result<Name, Refused> {
    let value = untrusted::parse(text, LIMITS)?;
    let mut faults = Faults::default();
    let fields = Item::whole(&value).fields(&mut faults, &["name"]);
    let item = fields.and_then(|fields| fields.required(&mut faults, "name"));
    let name = item.and_then(|item| item.parsed(&mut faults));
    faults.finish(name)
}
