//! What an intake says of frames written by hand. Times that cannot be are in [`doubted`].

mod doubted;

use proptest::prelude::*;
use tradesuite_core::model::Precision;

use super::*;
use crate::server::exchange::find;

/// A connection on Coinbase's numbered feed, which is short to write by hand.
struct Line {
    intake: Intake,
    sequence: u64,
    received: UnixNs,
    out: Vec<MarketEvent>,
}

const START: UnixNs = UnixNs(1_786_562_853_000_000_000);

impl Line {
    fn new(feed: usize) -> Self {
        let exchange = find("coinbase").unwrap();
        Self {
            intake: Intake::new(exchange.spec(), exchange.feeds()[feed]),
            sequence: 0,
            received: START,
            out: Vec::new(),
        }
    }

    fn numbered() -> Self {
        Self::new(0)
    }

    /// Says a message; what came of it in short words.
    fn say(&mut self, channel: &str, events: &str) -> (Verdict, Vec<String>) {
        let seconds = self.received.0 / 1_000_000_000 % 60;
        let frame = format!(
            r#"{{"channel":"{channel}","timestamp":"2026-08-12T19:27:{seconds:02}Z","sequence_num":{},"events":[{events}]}}"#,
            self.sequence
        );
        self.sequence += 1;
        self.raw(&frame)
    }

    fn raw(&mut self, frame: &str) -> (Verdict, Vec<String>) {
        self.received.0 += 1_000_000;
        let verdict = self.intake.frame(frame, self.received, &mut self.out);
        (verdict, self.drain())
    }

    fn drain(&mut self) -> Vec<String> {
        self.out.drain(..).map(|event| short(&event)).collect()
    }

    fn book(&mut self, kind: &str, symbol: &str, bid: &str, ask: &str) -> (Verdict, Vec<String>) {
        let event = format!(
            r#"{{"type":"{kind}","product_id":"{symbol}","updates":[{{"side":"bid","price_level":"{bid}","new_quantity":"1"}},{{"side":"offer","price_level":"{ask}","new_quantity":"1"}}]}}"#
        );
        self.say("l2_data", &event)
    }

    fn trades(&mut self, kind: &str, ids: &[u64]) -> (Verdict, Vec<String>) {
        let rows: Vec<String> = ids
            .iter()
            .map(|id| {
                format!(r#"{{"product_id":"A-B","trade_id":"{id}","price":"1.5","size":"2","time":"2026-08-12T19:27:40Z","side":"BUY"}}"#)
            })
            .collect();
        let event = format!(r#"{{"type":"{kind}","trades":[{}]}}"#, rows.join(","));
        self.say("market_trades", &event)
    }
}

fn short(event: &MarketEvent) -> String {
    let body = match &event.body {
        EventBody::Trade(trade) => format!("trade {}", trade.id.0),
        EventBody::Backfill(trade) => format!("backfill {}", trade.id.0),
        EventBody::BookSnapshot(_) => "snapshot".to_owned(),
        EventBody::BookUpdate(_) => "update".to_owned(),
        EventBody::BookStale { reason } => format!("stale: {reason}"),
        EventBody::Gap {
            kind, end, reason, ..
        } => {
            let lasts = if end.is_none() { " that lasts" } else { "" };
            format!("{kind:?} gap{lasts}: {reason}")
        }
        EventBody::Clock { .. } => "clock".to_owned(),
    };
    format!("{} {body}", event.instrument.symbol())
}

#[test]
fn a_hole_in_the_numbers_makes_every_book_stale_until_its_snapshot() {
    let mut line = Line::numbered();
    assert_eq!(line.book("snapshot", "A-B", "1", "2").1, ["A-B snapshot"]);
    assert_eq!(line.book("snapshot", "C-D", "1", "2").1, ["C-D snapshot"]);
    line.sequence += 3;
    let (verdict, mut events) = line.book("update", "A-B", "1.5", "2");
    events.sort();
    let reason = "messages 2 to 4 are missing";
    assert_eq!(
        events,
        [
            format!("A-B stale: {reason}"),
            format!("C-D stale: {reason}")
        ]
    );
    assert_eq!((verdict.gaps, verdict.rejected), (1, 0));
    assert_eq!(verdict.resync.as_deref(), Some(reason));
    assert_eq!(
        line.book("snapshot", "A-B", "1", "2").1,
        ["A-B snapshot".to_owned(), format!("A-B Book gap: {reason}")]
    );
    assert_eq!(line.book("update", "A-B", "1.5", "2").1, ["A-B update"]);
    assert_eq!(
        line.book("update", "C-D", "1.5", "2").1,
        Vec::<String>::new()
    );
    let counts = line.intake.counts();
    assert_eq!((counts.holes, counts.missing_messages), (1, 3));
}

#[test]
fn trade_ids_show_what_is_missing_and_what_is_known() {
    let mut line = Line::numbered();
    assert_eq!(
        line.trades("snapshot", &[11, 10]).1,
        ["A-B backfill 10", "A-B backfill 11"]
    );
    assert_eq!(line.trades("update", &[12]).1, ["A-B trade 12"]);
    assert_eq!(line.trades("update", &[12]).1, Vec::<String>::new());
    let (verdict, events) = line.trades("update", &[15]);
    assert_eq!(
        events,
        [
            "A-B Trades gap: trades 13 to 14 are missing",
            "A-B trade 15"
        ]
    );
    assert_eq!(verdict.gaps, 1);
    assert_eq!(line.trades("update", &[14]).1, ["A-B trade 14"]);
    assert_eq!(line.intake.counts().repeated_trades, 1);
}

#[test]
fn a_new_line_goes_on_with_the_trades_and_begins_with_new_books() {
    let mut line = Line::numbered();
    line.book("snapshot", "A-B", "1", "2");
    line.trades("update", &[10]);
    line.intake
        .lost("the line broke", line.received, &mut line.out);
    assert_eq!(
        line.drain(),
        [
            "A-B stale: the line broke",
            "A-B Trades gap that lasts: the line broke"
        ]
    );
    // It is gone, and was said to be.
    line.intake
        .lost("the line broke again", line.received, &mut line.out);
    assert_eq!(line.drain(), Vec::<String>::new());
    line.intake.opened();
    line.sequence = 0;
    assert_eq!(
        line.trades("snapshot", &[12, 11, 10]).1,
        ["A-B backfill 11", "A-B backfill 12"]
    );
    assert_eq!(
        line.book("snapshot", "A-B", "1", "2").1,
        ["A-B snapshot", "A-B Book gap: the line broke"]
    );
}

#[test]
fn numbers_that_begin_anew_are_a_new_line() {
    let mut line = Line::numbered();
    line.book("snapshot", "A-B", "1", "2");
    line.trades("update", &[10]);
    line.sequence = 0;
    let (verdict, events) = line.trades("update", &[11]);
    assert_eq!(
        events,
        [
            "A-B stale: the venue began to count anew",
            "A-B Trades gap that lasts: the venue began to count anew",
            "A-B trade 11"
        ]
    );
    assert_eq!((verdict.gaps, line.intake.counts().holes), (0, 0));
    line.sequence = 1;
    assert_eq!(line.trades("update", &[12]).1, ["A-B trade 12"]);
    line.sequence = 1;
    assert_eq!(line.trades("update", &[13]).1, Vec::<String>::new());
    assert_eq!(line.intake.counts().repeated_messages, 1);
}

#[test]
fn what_was_held_before_the_start_is_gone_on_from() {
    let mut line = Line::numbered();
    let id = InstrumentId::new("coinbase", "A-B").unwrap();
    let precision = Precision {
        price: 4,
        quantity: 0,
    };
    let instrument = Instrument::undescribed(id, precision);
    line.intake.carry(&instrument, Some((TradeId(7), START)));
    assert_eq!(
        line.trades("update", &[9]).1,
        ["A-B Trades gap: trade 8 is missing", "A-B trade 9"]
    );
}

/// Killed, started again, and cut off before the first trade was told: what was missed began when
/// the last trade held was made.
#[test]
fn a_gap_after_a_restart_begins_with_what_is_held() {
    let mut line = Line::numbered();
    let id = InstrumentId::new("coinbase", "A-B").unwrap();
    let instrument = Instrument::undescribed(id, Precision::default());
    let held = UnixNs(START.0 - 300_000_000_000);
    line.intake.carry(&instrument, Some((TradeId(7), held)));
    line.book("snapshot", "A-B", "1", "2");
    line.intake
        .lost("the line broke", line.received, &mut line.out);
    let start_of = |out: &[MarketEvent]| {
        let start = out.iter().find_map(|event| match event.body {
            EventBody::Gap {
                kind: GapKind::Trades,
                start,
                ..
            } => Some(start),
            _ => None,
        });
        start.unwrap()
    };
    assert_eq!(start_of(&line.out), held);
    line.drain();
    line.intake.opened();
    let match_9 = r#"{"channel":"market_trades","timestamp":"2026-08-12T19:27:41Z","sequence_num":0,"events":[{"type":"update","trades":[{"product_id":"A-B","trade_id":"9","price":"1.5","size":"2","time":"2026-08-12T19:27:40Z","side":"BUY"}]}]}"#;
    line.intake.frame(match_9, line.received, &mut line.out);
    assert_eq!(start_of(&line.out), held);
    assert_eq!(
        line.drain(),
        ["A-B Trades gap: trade 8 is missing", "A-B trade 9"]
    );
}

#[test]
fn the_trade_before_the_subscription_is_where_counting_begins() {
    let mut line = Line::new(1);
    let last = |id| {
        format!(
            r#"{{"type":"last_match","trade_id":{id},"product_id":"A-B","time":"2026-08-12T19:27:30Z"}}"#
        )
    };
    let trade = |id| {
        format!(
            r#"{{"type":"match","trade_id":{id},"side":"buy","size":"1","price":"1","product_id":"A-B","time":"2026-08-12T19:27:40Z"}}"#
        )
    };
    assert_eq!(line.raw(&last(5)).1, Vec::<String>::new());
    assert_eq!(line.raw(&trade(6)).1, ["A-B trade 6"]);
    // After a new line: two more happened meanwhile.
    let (verdict, events) = line.raw(&last(8));
    assert_eq!(events, ["A-B Trades gap: trades 7 to 8 are missing"]);
    assert_eq!(verdict.gaps, 1);
    assert_eq!(line.raw(&last(8)).1, Vec::<String>::new());
    assert_eq!(line.raw(&trade(9)).1, ["A-B trade 9"]);
}

#[test]
fn a_crossing_breaks_a_book_without_proof() {
    let snapshot =
        r#"{"type":"snapshot","product_id":"A-B","bids":[["1","1"]],"asks":[["2","1"]]}"#;
    let update = |bid: &str| {
        format!(
            r#"{{"type":"l2update","product_id":"A-B","changes":[["buy","{bid}","1"]],"time":"2026-08-12T19:27:40Z"}}"#
        )
    };
    let mut line = Line::new(1);
    assert_eq!(line.raw(snapshot).1, ["A-B snapshot"]);
    assert_eq!(line.raw(&update("1.5")).1, ["A-B update"]);
    let (verdict, events) = line.raw(&update("2"));
    let reason = "bids and asks crossed: a change was lost";
    assert_eq!(events, [format!("A-B stale: {reason}")]);
    assert_eq!(verdict.resync.as_deref(), Some(reason));
    let id = InstrumentId::new("coinbase", "A-B").unwrap();
    assert!(line.intake.book(&id).unwrap().is_stale());
    // The same on the numbered feed is what the venue says.
    let mut line = Line::numbered();
    line.book("snapshot", "A-B", "1", "2");
    assert_eq!(line.book("update", "A-B", "3", "3").1, ["A-B update"]);
    assert_eq!(line.intake.instruments().next().unwrap().2.crossed, 1);
}

#[test]
fn what_cannot_be_read_or_kept_is_counted_and_its_book_not_believed() {
    let mut line = Line::numbered();
    line.book("snapshot", "A-B", "1", "2");
    let (verdict, events) = line.raw("no JSON");
    assert_eq!(verdict.rejected, 1);
    assert!(verdict.complaint.is_some() && verdict.resync.is_some());
    assert_eq!(events, ["A-B stale: a message could not be read"]);
    line.book("snapshot", "A-B", "1", "2");
    // 19 digits fit alone, but not with the two more decimals of the next price.
    let (verdict, events) = line.book("update", "A-B", "9000000000000000000", "2.25");
    assert_eq!(verdict.rejected, 1);
    assert!(
        events[0].starts_with("A-B stale: book message"),
        "{events:?}"
    );
    assert_eq!(line.intake.counts().rejected, 2);
}

#[test]
fn a_heartbeat_moves_the_time_of_quiet_instruments() {
    let mut line = Line::numbered();
    line.trades("update", &[1]);
    line.received.0 += 20_000_000_000;
    assert_eq!(
        line.say("heartbeats", r#"{"heartbeat_counter":1}"#).1,
        ["A-B clock"]
    );
    assert_eq!(
        line.say("heartbeats", r#"{"heartbeat_counter":2}"#).1,
        Vec::<String>::new()
    );
}

#[test]
fn an_instrument_that_is_left_is_stale() {
    let mut line = Line::numbered();
    line.book("snapshot", "A-B", "1", "2");
    let ids = ["A-B", "X-Y"].map(|symbol| InstrumentId::new("coinbase", symbol).unwrap());
    line.intake.dropped(&ids, line.received, &mut line.out);
    assert_eq!(
        line.drain(),
        [
            "A-B stale: it is not collected any more",
            "A-B Trades gap that lasts: it is not collected any more"
        ]
    );
}

#[test]
fn an_instrument_that_is_left_is_not_heard_of_until_it_is_carried_again() {
    let mut line = Line::numbered();
    line.book("snapshot", "A-B", "1", "2");
    line.trades("update", &[10]);
    let id = InstrumentId::new("coinbase", "A-B").unwrap();
    let ids = std::slice::from_ref(&id);
    line.intake.dropped(ids, line.received, &mut line.out);
    line.drain();
    // What was on its way neither ends the gap nor brings a book back.
    assert_eq!(line.trades("update", &[11]).1, Vec::<String>::new());
    assert_eq!(
        line.book("snapshot", "A-B", "1", "2").1,
        Vec::<String>::new()
    );
    line.received.0 += 20_000_000_000;
    assert_eq!(
        line.say("heartbeats", r#"{"heartbeat_counter":1}"#).1,
        Vec::<String>::new()
    );
    let book = line.intake.book(&id).unwrap();
    assert!(book.is_stale() && book.best_bid().is_none());
    let instrument = Instrument::undescribed(id.clone(), Precision::default());
    line.intake.carry(&instrument, None);
    let (_, events) = line.trades("update", &[13]);
    assert_eq!(
        events,
        [
            "A-B Trades gap: trades 11 to 12 are missing",
            "A-B trade 13"
        ]
    );
    assert_eq!(
        line.book("snapshot", "A-B", "1", "2").1,
        ["A-B snapshot", "A-B Book gap: it is not collected any more"]
    );
}

#[test]
fn a_venue_gone_mad_costs_no_memory() {
    let mut line = Line::new(1);
    for number in 0..=MAX_INSTRUMENTS {
        let (verdict, _) = line.raw(&format!(
            r#"{{"type":"last_match","trade_id":5,"product_id":"A{number}-B","time":"2026-08-12T19:27:30Z"}}"#
        ));
        assert_eq!(verdict.rejected, u64::from(number == MAX_INSTRUMENTS));
    }
    assert_eq!(line.intake.instruments().count(), MAX_INSTRUMENTS);
}

proptest! {
    #[test]
    fn whatever_is_lost_no_book_is_believed_without_its_snapshot(
        said in proptest::collection::vec((0..4_u8, 0..3_u64), 1..60),
    ) {
        let mut line = Line::numbered();
        let id = InstrumentId::new("coinbase", "A-B").unwrap();
        let mut whole = false;
        for (index, (kind, lost)) in said.into_iter().enumerate() {
            let lost = if index == 0 { 0 } else { lost };
            line.sequence += lost;
            whole &= lost == 0;
            let (verdict, _) = match kind {
                0 => {
                    whole = true;
                    line.book("snapshot", "A-B", "1", "2")
                }
                1 | 2 => line.book("update", "A-B", "1.1", "2"),
                _ => line.trades("update", &[index as u64]),
            };
            // Whatever is lost may be the snapshot that is waited for.
            prop_assert_eq!(verdict.resync.is_some(), lost > 0);
            let believed = line.intake.book(&id).is_some_and(|book| !book.is_stale());
            prop_assert_eq!(believed, whole);
        }
    }
}
