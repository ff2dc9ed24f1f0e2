//! Books with a checksum and a depth, by frames written by hand.

use tradesuite_core::model::{BookLevel, EventBody, InstrumentId, MarketEvent, UnixNs};

use crate::server::collector::intake::{Intake, Verdict};
use crate::server::exchange::find;

/// Levels as the venue writes them: price without decimals, quantity with one.
type Levels<'a> = &'a [(u32, &'a str)];

struct Line {
    intake: Intake,
    out: Vec<MarketEvent>,
}

impl Line {
    /// A book of ten levels a side is subscribed.
    fn new() -> Self {
        let kraken = find("kraken").unwrap();
        let mut line = Self {
            intake: Intake::new(kraken.spec(), kraken.feeds()[0]),
            out: Vec::new(),
        };
        line.say(r#"{"method":"subscribe","result":{"channel":"book","depth":10,"symbol":"A/B"},"success":true}"#);
        line
    }

    fn say(&mut self, frame: &str) -> Verdict {
        self.out.clear();
        self.intake.frame(frame, UnixNs(1), &mut self.out)
    }

    /// A message at a second, with bids alone, and a checksum over `digits`.
    fn book(&mut self, kind: &str, second: u32, bids: Levels<'_>, digits: &str) -> Verdict {
        let bids: Vec<_> = bids
            .iter()
            .map(|(price, quantity)| format!(r#"{{"price":{price},"qty":{quantity}}}"#))
            .collect();
        let checksum = crc32fast::hash(digits.as_bytes());
        self.say(&format!(
            r#"{{"channel":"book","type":"{kind}","data":[{{"symbol":"A/B","bids":[{}],"asks":[],"checksum":{checksum},"timestamp":"2026-08-01T02:53:{second:02}Z"}}]}}"#,
            bids.join(",")
        ))
    }

    fn words(&self) -> Vec<&str> {
        let word = |event: &MarketEvent| match event.body {
            EventBody::BookSnapshot(_) => "snapshot",
            EventBody::BookUpdate(_) => "update",
            EventBody::BookStale { .. } => "stale",
            EventBody::Gap { .. } => "gap",
            _ => "other",
        };
        self.out.iter().map(word).collect()
    }

    fn is_stale(&self) -> bool {
        let id = InstrumentId::new("kraken", "A-B").unwrap();
        self.intake.book(&id).is_none_or(|book| book.is_stale())
    }
}

#[test]
fn a_wrong_checksum_keeps_the_message_from_everybody() {
    let mut line = Line::new();
    assert_eq!(line.book("snapshot", 1, &[(7, "0.5")], "75").rejected, 0);
    assert_eq!(line.words(), ["snapshot"]);
    let verdict = line.book("update", 2, &[(8, "1.5")], "815 nonsense");
    assert_eq!(verdict.checksum_failures, 1);
    assert!(verdict.resync.is_some());
    assert_eq!(line.words(), ["stale"]);
    assert!(line.is_stale());
    // What follows is of no use until a book comes that is proven itself.
    assert_eq!(line.book("update", 3, &[(9, "1.0")], "x").resync, None);
    assert!(line.words().is_empty());
    assert_eq!(
        line.book("snapshot", 4, &[(7, "0.5")], "x")
            .checksum_failures,
        1
    );
    assert_eq!(line.words(), ["stale"]);
    assert!(
        line.book("snapshot", 5, &[(9, "1.0")], "910")
            .resync
            .is_none()
    );
    assert_eq!(line.words(), ["snapshot", "gap"]);
    assert!(!line.is_stale());
}

#[test]
fn a_snapshot_older_than_changes_before_it_is_no_book() {
    let mut line = Line::new();
    line.book("update", 5, &[(8, "1.5")], "815");
    let late = line.book("snapshot", 4, &[(7, "0.5")], "75");
    assert!(late.resync.is_some() && late.checksum_failures == 0);
    assert!(line.words().is_empty() && line.is_stale());
    line.book("snapshot", 5, &[(7, "0.5")], "75");
    assert_eq!(line.words(), ["snapshot"]);
    // On a new line nothing has been heard yet.
    line.intake.lost("cut", UnixNs(2), &mut Vec::new());
    line.intake.opened();
    line.book("snapshot", 1, &[(7, "0.5")], "75");
    assert!(!line.is_stale());
}

#[test]
fn what_falls_behind_the_depth_is_deleted_for_everybody() {
    let mut line = Line::new();
    let ten: Vec<_> = (11..=20).map(|price| (price, "0.5")).collect();
    let digits = |from: u32, to: u32| -> String {
        (from..=to).rev().map(|price| format!("{price}5")).collect()
    };
    line.book("snapshot", 1, &ten, &digits(11, 20));
    line.book("update", 2, &[(21, "0.5")], &digits(12, 21));
    let EventBody::BookUpdate(delta) = &line.out[0].body else {
        panic!("an update");
    };
    let said = |level: &BookLevel| (level.price.0, level.quantity.is_zero());
    let said: Vec<_> = delta.bids.iter().map(said).collect();
    assert_eq!(said, [(21, false), (11, true)]);
    assert_eq!(line.words(), ["update"]);
}
