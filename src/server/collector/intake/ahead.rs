//! Which exchange times cannot be believed. Whoever keeps trades goes by the newest time it has
//! heard: a single time from next year would close every open bar, call each later trade late and
//! be the newest trade at every start from then on.

use tradesuite_core::model::UnixNs;

/// A clock that goes so much before this machine's is wrong, or this machine's is; a wrong time
/// zone is less.
const MOST_AHEAD_NS: i64 = 86_400_000_000_000;

/// 2010-01-01, before any venue. A machine of which the clock is not set says an earlier time, as
/// does a recording that does not say when its frames were received.
const CLOCK_IS_SET: UnixNs = UnixNs(1_262_304_000_000_000_000);

/// Why an exchange time cannot be believed, in one sentence; `None` where it can, or where nothing
/// says what time it was when it was received. The past is never doubted: what is late is taken,
/// too.
#[must_use]
pub fn ahead(time: UnixNs, received: UnixNs) -> Option<String> {
    let is_ahead = time.0.saturating_sub(received.0) > MOST_AHEAD_NS;
    (received >= CLOCK_IS_SET && is_ahead).then(|| {
        let time = time.to_ms().to_rfc3339();
        format!("the time {time} is more than a day ahead of this machine's clock")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_future_is_doubted() {
        let now = 1_786_562_853_000_000_000;
        for (time, received, expected) in [
            (now, now, false),
            (now + MOST_AHEAD_NS, now, false),
            (now + MOST_AHEAD_NS + 1, now, true),
            (i64::MAX, now, true),
            (0, now, false),
            (now, 0, false),
            (i64::MAX, i64::MIN, false),
            (i64::MAX, CLOCK_IS_SET.0 - 1, false),
            (i64::MAX, CLOCK_IS_SET.0, true),
        ] {
            let found = ahead(UnixNs(time), UnixNs(received)).is_some();
            assert_eq!(found, expected, "{time} at {received}");
        }
    }
}
