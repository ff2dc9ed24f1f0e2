//! What a running state can do because its numbers can be written down. A page copies states and
//! never keeps one; that these two functions are left out of it makes each of its indicators
//! smaller.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::spec::Indicator;

/// What every state can do because its numbers can be written down: be copied, kept and read back.
pub trait Kept {
    /// Another one that knows the same bars.
    fn copied(&self) -> Box<dyn Indicator>;

    /// Its numbers, to the bit.
    #[cfg(feature = "engine")]
    fn saved(&self) -> Vec<u8>;

    /// Takes over what [`Kept::saved`] gave of the same indicator; otherwise `false`, and nothing
    /// was changed.
    #[cfg(feature = "engine")]
    #[must_use]
    fn restore(&mut self, saved: &[u8]) -> bool;
}

impl<T: Indicator + Clone + Serialize + DeserializeOwned + 'static> Kept for T {
    fn copied(&self) -> Box<dyn Indicator> {
        Box::new(self.clone())
    }

    #[cfg(feature = "engine")]
    fn saved(&self) -> Vec<u8> {
        // Numbers, lists and options: nothing that MsgPack could not hold.
        rmp_serde::to_vec(self).unwrap_or_default()
    }

    #[cfg(feature = "engine")]
    fn restore(&mut self, saved: &[u8]) -> bool {
        let read = rmp_serde::from_slice(saved);
        read.map(|read| *self = read).is_ok()
    }
}
