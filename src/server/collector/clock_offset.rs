//! How far this machine's clock is from the times that a venue's messages carry. Pure.
//!
//! A message may be late, and a quiet market's may tell of a change long ago, so of the messages of
//! a minute or two the one that is closest to the clock counts.

use tradesuite_core::model::UnixNs;

const NS_PER_MS: i64 = 1_000_000;
const NS_PER_MINUTE: i64 = 60_000 * NS_PER_MS;
/// Fewer messages than these say nothing.
const ENOUGH: u64 = 10;
/// Differences beyond this are said, milliseconds.
const MUCH_MS: i64 = 60_000;

/// What the messages of one minute by this machine's clock said.
#[derive(Clone, Copy, Debug, Default)]
struct Minute {
    messages: u64,
    /// The clock minus the venue's time, nanoseconds, where the two were closest.
    closest: Option<i64>,
}

/// Follows one connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ClockOffset {
    minute: i64,
    now: Minute,
    before: Minute,
}

impl ClockOffset {
    /// A message with the venue's time came.
    pub fn hear(&mut self, venue: UnixNs, received: UnixNs) {
        let minute = received.0.div_euclid(NS_PER_MINUTE);
        if minute != self.minute {
            self.before = std::mem::take(&mut self.now);
            self.minute = minute;
        }
        let offset = received.0.saturating_sub(venue.0);
        self.now.messages += 1;
        self.now.closest = closest([self.now.closest, Some(offset)]);
    }

    /// The clock minus the venue's time, milliseconds; `None` where too little was heard.
    pub fn ms(&self) -> Option<i64> {
        let closest = closest([self.now.closest, self.before.closest]);
        let is_enough = self.now.messages + self.before.messages >= ENOUGH;
        closest.filter(|_| is_enough).map(|ns| ns / NS_PER_MS)
    }
}

fn closest(offsets: [Option<i64>; 2]) -> Option<i64> {
    let told = offsets.into_iter().flatten();
    told.min_by_key(|offset| offset.unsigned_abs())
}

/// In one sentence, that the clock is far from every venue's time; `None` where it is not.
/// `offsets` are the connections' venues and milliseconds.
pub(super) fn sentence(offsets: impl IntoIterator<Item = (&'static str, i64)>) -> Option<String> {
    let told = offsets.into_iter();
    let (exchange, ms) = told.min_by_key(|(_, ms)| ms.unsigned_abs())?;
    let way = if ms > 0 { "ahead of" } else { "behind" };
    (ms.unsigned_abs() > MUCH_MS.unsigned_abs()).then(|| {
        format!(
            "this machine's clock is {} s {way} the times that {exchange} sends: set it by NTP; \
             until it is right, bars may close at the wrong time and book history may be filed \
             under the wrong day",
            ms.unsigned_abs() / 1_000
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 30_000_000 * NS_PER_MINUTE;

    fn heard(messages: &[(i64, i64)]) -> Option<i64> {
        let mut offset = ClockOffset::default();
        for (at_ms, late_ms) in messages {
            let received = START + at_ms * NS_PER_MS;
            offset.hear(UnixNs(received - late_ms * NS_PER_MS), UnixNs(received));
        }
        offset.ms()
    }

    #[test]
    fn the_closest_of_many_messages_counts() {
        let late = [(1_000, 90_000); 9];
        assert_eq!(heard(&late), None, "too few");
        let with = |last| heard(&[&late[..], &[last]].concat());
        for (last, expected) in [
            ((2_000, 90_000), 90_000),
            ((2_000, 80), 80),
            ((2_000, -80), -80),
            ((2_000, -100_000), 90_000),
            // The minute before is still known.
            ((61_000, 120_000), 90_000),
        ] {
            assert_eq!(with(last), Some(expected), "{last:?}");
        }
        // Two minutes later it is not.
        let messages = [&late[..], &[(61_000, 5)], &[(121_000, 200_000); 9]].concat();
        assert_eq!(heard(&messages), Some(5));
        let messages = [&messages[..], &[(181_000, 200_000); 9]].concat();
        assert_eq!(heard(&messages), Some(200_000));
    }

    #[test]
    fn only_a_clock_that_is_far_from_every_venue_is_said() {
        let said = |offsets: &[(&'static str, i64)]| sentence(offsets.iter().copied());
        assert_eq!(said(&[]), None);
        assert_eq!(said(&[("kraken", 60_000)]), None);
        assert_eq!(said(&[("kraken", 3_456_000_000), ("coinbase", 40)]), None);
        for (offsets, words) in [
            (
                [("kraken", 3_456_000_000)],
                "3456000 s ahead of the times that kraken",
            ),
            (
                [("coinbase", -61_000)],
                "61 s behind the times that coinbase",
            ),
        ] {
            let said = said(&offsets).expect("a sentence");
            assert!(said.contains(words), "{said}");
        }
    }
}
