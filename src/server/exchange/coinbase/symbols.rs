//! From the venue's product names to instrument ids, without making a new one for every frame.

use std::collections::HashMap;

use tradesuite_core::model::InstrumentId;

use super::ID;
use crate::server::exchange::DecodeError;

/// Names remembered; far more than a connection carries, so that a venue gone mad costs no memory.
const CAPACITY: usize = 2_048;

/// The instrument ids of one connection.
#[derive(Debug, Default)]
pub struct Symbols(HashMap<Box<str>, InstrumentId>);

impl Symbols {
    /// The id of a product (`BTC-USD`).
    ///
    /// # Errors
    /// [`DecodeError::Field`] where no instrument can be named so.
    pub fn id(&mut self, product: &str) -> Result<InstrumentId, DecodeError> {
        if let Some(id) = self.0.get(product) {
            return Ok(id.clone());
        }
        let id = InstrumentId::new(ID, product).map_err(|error| DecodeError::Field {
            field: "product_id",
            reason: format!("{:?}: {error}", crate::server::exchange::shorten(product)),
        })?;
        if self.0.len() < CAPACITY {
            self.0.insert(product.into(), id.clone());
        }
        Ok(id)
    }
}
