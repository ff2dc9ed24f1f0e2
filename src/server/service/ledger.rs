//! The newest entries of the gap ledger, over all instruments.

use std::collections::BTreeSet;

use tradesuite_core::model::{Gap, GapLedger, InstrumentId};

use super::{PageQuery, Service, ServiceError};

/// Entries in one answer.
const SHOWN: usize = 100;
/// Entries that are looked through for it: of a ledger that is longer, the newest.
const READ: u32 = 5_000;

impl Service {
    /// The newest entries, of one instrument where it is named; `only_lost` leaves out what was
    /// fetched afterwards. An instrument that no venue lists any longer may have entries too.
    ///
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn gap_ledger(
        &self,
        instrument: Option<&InstrumentId>,
        only_lost: bool,
    ) -> Result<GapLedger, ServiceError> {
        let newest = PageQuery {
            start: None,
            end: None,
            limit: READ,
            cursor: None,
        };
        let (all, _) = self.gaps(None, newest).await?;
        Ok(ledger(all, instrument, only_lost))
    }
}

/// What is asked for of gaps that are ascending by start.
fn ledger(all: Vec<Gap>, instrument: Option<&InstrumentId>, only_lost: bool) -> GapLedger {
    let instruments: BTreeSet<InstrumentId> =
        all.iter().map(|gap| gap.instrument.clone()).collect();
    let is_wanted = |gap: &Gap| {
        let is_of_it = instrument.is_none_or(|wanted| *wanted == gap.instrument);
        is_of_it && !(only_lost && gap.filled)
    };
    let mut gaps: Vec<Gap> = all.into_iter().rev().filter(is_wanted).collect();
    let more = gaps.len().saturating_sub(SHOWN) as u64;
    gaps.truncate(SHOWN);
    GapLedger {
        gaps,
        more,
        instruments: instruments.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::model::{GapKind, UnixMs};

    fn id(text: &str) -> InstrumentId {
        text.parse().expect("an id")
    }

    fn gaps(count: i64) -> Vec<Gap> {
        let gap = |at: i64| Gap {
            instrument: id(if at % 2 == 0 { "a:A-X" } else { "b:B-X" }),
            kind: GapKind::Trades,
            start: UnixMs(at),
            end: Some(UnixMs(at + 1)),
            reason: "the line was cut".to_owned(),
            filled: at % 3 == 0,
        };
        (0..count).map(gap).collect()
    }

    #[test]
    fn the_newest_stand_first_and_the_rest_is_counted() {
        let all = ledger(gaps(130), None, false);
        assert_eq!((all.gaps.len(), all.more), (SHOWN, 30));
        assert_eq!(all.gaps[0].start, UnixMs(129));
        assert_eq!(all.instruments, [id("a:A-X"), id("b:B-X")]);
    }

    #[test]
    fn what_is_not_asked_for_is_left_out_but_its_instrument_named() {
        let starts = |ledger: &GapLedger| -> Vec<i64> {
            ledger.gaps.iter().map(|gap| gap.start.0).collect()
        };
        let of_one = ledger(gaps(6), Some(&id("a:A-X")), false);
        assert_eq!(starts(&of_one), [4, 2, 0]);
        assert_eq!(of_one.instruments.len(), 2);
        let lost = ledger(gaps(6), Some(&id("a:A-X")), true);
        assert_eq!((starts(&lost), lost.more), (vec![4, 2], 0));
    }
}
