//! How many requests an address may make: so many a second, refused beyond. Time is an argument.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tradesuite_core::model::UnixNs;

const SECOND_NS: i64 = 1_000_000_000;
/// Addresses remembered; beyond, all are forgotten.
const REMEMBERED: usize = 10_000;

/// A token bucket an address. A cheap handle.
#[derive(Clone, Debug)]
pub struct RequestLimit {
    per_second: f64,
    buckets: Arc<Mutex<HashMap<IpAddr, (f64, UnixNs)>>>,
}

impl RequestLimit {
    /// Allows `per_second` requests a second, and as many at once after a pause.
    pub fn new(per_second: u32) -> Self {
        Self {
            per_second: f64::from(per_second),
            buckets: Arc::default(),
        }
    }

    /// Whether a request from this address is allowed now.
    pub fn allows(&self, address: IpAddr, now: UnixNs) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED {
            buckets.clear();
        }
        let (tokens, last) = buckets.entry(address).or_insert((self.per_second, now));
        let since = (now.0 - last.0).max(0) as f64 / SECOND_NS as f64;
        *tokens = (*tokens + since * self.per_second).min(self.per_second);
        *last = now;
        let allowed = *tokens >= 1.0;
        if allowed {
            *tokens -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn refuses_the_eleventh_and_recovers() {
        let limit = RequestLimit::new(10);
        let (one, two) = (
            Ipv4Addr::new(127, 0, 0, 1).into(),
            Ipv4Addr::new(127, 0, 0, 2).into(),
        );
        let allowed = |address, at, count| {
            (0..count)
                .filter(|_| limit.allows(address, UnixNs(at)))
                .count()
        };
        assert_eq!(allowed(one, 0, 12), 10);
        assert_eq!(allowed(two, 0, 1), 1);
        assert_eq!(allowed(one, SECOND_NS / 10, 3), 1);
        assert_eq!(allowed(one, 3 * SECOND_NS, 20), 10);
    }
}
