//! Times far ahead of this machine's clock: one that were believed would close every open bar.

use super::*;

fn match_at(id: u64, time: &str) -> String {
    format!(
        r#"{{"type":"match","trade_id":{id},"side":"buy","size":"1","price":"1","product_id":"A-B","time":"{time}"}}"#
    )
}

/// One wrong time would close every open bar and make each later trade a late one.
#[test]
fn a_trade_from_next_year_is_missing_until_the_next_one() {
    let mut line = Line::new(1);
    let mut say = |id, time| line.raw(&match_at(id, time));
    assert_eq!(say(6, "2026-08-12T19:27:31Z").1, ["A-B trade 6"]);
    let (verdict, events) = say(7, "2027-08-12T19:27:32Z");
    let reason = "the time 2027-08-12T19:27:32Z is more than a day ahead of this machine's clock";
    assert_eq!(events, [format!("A-B Trades gap that lasts: {reason}")]);
    assert_eq!(
        (verdict.rejected, verdict.complaint.as_deref()),
        (1, Some(reason))
    );
    // It is said once.
    assert_eq!(say(8, "2027-08-12T19:27:32Z").1, Vec::<String>::new());
    assert_eq!(
        say(9, "2026-08-12T19:27:33Z").1,
        ["A-B Trades gap: trades 7 to 8 are missing", "A-B trade 9"]
    );
    assert_eq!(say(10, "2026-08-12T19:27:34Z").1, ["A-B trade 10"]);
    assert_eq!(line.intake.counts().rejected, 2);
}

#[test]
fn a_gap_for_a_refused_trade_begins_with_what_was_heard_last() {
    let mut line = Line::new(1);
    line.raw(&match_at(6, "2026-08-12T19:27:31Z"));
    let frame = match_at(7, "2027-08-12T19:27:32Z");
    line.intake.frame(&frame, line.received, &mut line.out);
    let EventBody::Gap { start, end, .. } = &line.out[0].body else {
        panic!("{:?}", line.out);
    };
    let heard = UnixNs::parse_rfc3339("2026-08-12T19:27:30Z").unwrap();
    assert_eq!((*start, *end), (heard, None));
}

#[test]
fn a_book_from_next_year_is_not_believed() {
    let snapshot =
        r#"{"type":"snapshot","product_id":"A-B","bids":[["1","1"]],"asks":[["2","1"]]}"#;
    let update = |time: &str| {
        format!(
            r#"{{"type":"l2update","product_id":"A-B","changes":[["buy","1.5","1"]],"time":"{time}"}}"#
        )
    };
    let mut line = Line::new(1);
    line.raw(snapshot);
    let (verdict, events) = line.raw(&update("2027-08-12T19:27:32Z"));
    let reason = "the time 2027-08-12T19:27:32Z is more than a day ahead of this machine's clock";
    assert_eq!(events, [format!("A-B stale: {reason}")]);
    assert_eq!(
        (verdict.rejected, verdict.resync.as_deref()),
        (1, Some(reason))
    );
    let id = InstrumentId::new("coinbase", "A-B").unwrap();
    let time = line.intake.book(&id).unwrap().time();
    assert!(time < UnixNs(START.0 + 1_000_000_000), "{time:?}");
}

#[test]
fn a_heartbeat_and_a_last_trade_from_next_year_say_nothing() {
    let mut line = Line::new(1);
    line.raw(&match_at(6, "2026-08-12T19:27:31Z"));
    for (frame, next) in [
        (
            r#"{"type":"heartbeat","sequence":1,"last_trade_id":6,"product_id":"A-B","time":"2027-08-12T19:27:32Z"}"#,
            7,
        ),
        (
            r#"{"type":"last_match","trade_id":9,"product_id":"A-B","time":"2027-08-12T19:27:30Z"}"#,
            8,
        ),
    ] {
        let (verdict, events) = line.raw(frame);
        assert_eq!((events, verdict.rejected), (Vec::new(), 1), "{frame}");
        let (_, events) = line.raw(&match_at(next, "2026-08-12T19:27:33Z"));
        assert_eq!(events, [format!("A-B trade {next}")]);
    }
}

/// A capture may lack the time at which its frames were received.
#[test]
fn without_a_time_of_receipt_no_time_is_doubted() {
    let mut line = Line::new(1);
    let frame = match_at(6, "2026-08-12T19:27:31Z");
    line.intake.frame(&frame, UnixNs::default(), &mut line.out);
    assert_eq!(line.drain(), ["A-B trade 6"]);
}
