//! The wording of messages against recorded ones, and lines that are too slow.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::*;
use crate::server::simulator::market::Market;
use crate::server::simulator::market::listing::select;
use crate::server::simulator::venue::coinbase::publisher::{Publisher, Wish};

const START: UnixNs = UnixNs(1_795_000_020_000_000_000);

fn market() -> Market {
    let mut market = Market::new(&select("BTC-USD").unwrap(), 1, 200.0, START);
    market.advance(UnixNs(START.0 + 3_000_000_000));
    market.refresh_days();
    market
}

/// The names in a message in the order of their first appearance: what `sequence_num` and the
/// values are does not matter.
fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in text.split("\":").filter_map(|part| part.rsplit('"').next()) {
        if !names.iter().any(|name| name == part) {
            names.push(part.to_owned());
        }
    }
    names.pop();
    names
}

fn recorded() -> Option<BTreeMap<String, String>> {
    let folder = tradesuite_recordings::find("messages_are_worded_like_recorded_ones", "coinbase")?;
    let mut by_kind = BTreeMap::new();
    for file in [
        "advanced-trade-l2-btcusd-2026-08-24.jsonl",
        "advanced-trade-trades-ticker-2026.jsonl",
    ] {
        let text = fs::read_to_string(folder.join(file)).ok()?;
        for line in text.lines() {
            let frame: Value = serde_json::from_str(line).unwrap();
            let message = frame["msg"].as_str().unwrap().to_owned();
            let parsed: Value = serde_json::from_str(&message).unwrap();
            let event = &parsed["events"][0];
            if event["updates"].as_array().is_some_and(Vec::is_empty) {
                continue;
            }
            let kind = format!("{} {}", parsed["channel"], event["type"]).replace('"', "");
            by_kind.entry(kind).or_insert(message);
        }
    }
    Some(by_kind)
}

#[test]
fn messages_are_worded_like_recorded_ones() {
    let Some(recorded) = recorded() else {
        return;
    };
    let market = market();
    let (desk, time) = (&market.desks()[0], market.time());
    let wanted = [(Channel::Ticker, vec!["BTC-USD"])];
    for (kind, frame) in [
        ("l2_data snapshot", Some(book_snapshot(desk, time))),
        ("l2_data update", book_update(desk, time)),
        (
            "market_trades snapshot",
            Some(trades(desk, time, true, desk.trades().iter().rev())),
        ),
        (
            "market_trades update",
            Some(trades(desk, time, false, desk.trades().iter().rev())),
        ),
        ("ticker snapshot", ticker(desk, time, true)),
        ("ticker update", ticker(desk, time, false)),
    ] {
        let ours = frame.expect(kind).numbered(7);
        assert!(serde_json::from_str::<Value>(&ours).is_ok(), "{ours}");
        assert_eq!(names(&ours), names(&recorded[kind]), "{kind}");
    }
    let acknowledgement = subscriptions(time, &wanted).numbered(1);
    let end = |text: &str| text[text.find("\"events\"").unwrap()..].to_owned();
    let theirs = recorded["subscriptions null"]
        .replace("market_trades", "ticker")
        .replace("level2", "ticker");
    assert_eq!(end(&acknowledgement), end(&theirs));
}

#[test]
fn the_number_is_the_only_difference_between_lines() {
    let frame = heartbeat(START, 12);
    assert_eq!(
        frame.numbered(345),
        "{\"channel\":\"heartbeats\",\"timestamp\":\"2026-11-18T11:07:00Z\",\"sequence_num\":345,\
         \"events\":[{\"current_time\":\"2026-11-18T11:07:00Z\",\"heartbeat_counter\":12}]}"
    );
}

#[test]
fn a_line_that_does_not_listen_is_cut_and_others_go_on() {
    let mut market = market();
    let mut publisher = Publisher::new(1);
    let (deaf, mut listening) = (publisher.join(), publisher.join());
    let wish = Wish {
        subscribe: true,
        channel: Channel::Level2,
        products: vec!["BTC-USD".to_owned()],
    };
    for id in [deaf.id, listening.id] {
        publisher.carry_out(id, &wish, &market).unwrap();
    }
    let mut heard = 0;
    for step in 1..=6_000 {
        market.advance(UnixNs(START.0 + 3_000_000_000 + step * 50_000_000));
        publisher.publish(&market);
        while listening.queue.try_recv().is_ok() {
            heard += 1;
        }
    }
    assert!(deaf.too_slow.is_cancelled());
    assert!(!listening.too_slow.is_cancelled());
    assert!(heard > 4_096, "{heard}");
    assert_eq!(
        (publisher.lines().count(), publisher.lines().slow()),
        (1, 1)
    );
}
