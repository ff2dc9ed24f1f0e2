//! What is missing: in the ledger, and in the bars on both sides of it.

use tradesuite_core::model::Origin;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_gap_over_a_restart_shows_in_the_bars_on_both_sides() {
    let gap = EventBody::Gap {
        kind: GapKind::Trades,
        start: nth(1, 0).time,
        end: Some(nth(2, 0).time),
        reason: "a hole".to_owned(),
        filled: false,
    };
    let instrument = id("A-USD");
    let events = numbered(vec![
        event(&instrument, EventBody::Backfill(nth(0, 3_600_000 * 48))),
        event(&instrument, EventBody::Trade(nth(1, 0))),
        event(&instrument, gap),
        event(&instrument, EventBody::Trade(nth(2, 0))),
    ]);
    let store = MemoryStore::default();
    for life in [&events[..2], &events[2..]] {
        let mut ledger = Ledger::default();
        for event in life {
            ledger.take(event, &store).await.unwrap();
        }
        write_out(&mut ledger, &store).await;
    }
    let held = store.held.lock().unwrap();
    let around = held
        .candles
        .iter()
        .filter(|((.., time), _)| *time > UnixMs(1_699_900_000_000));
    let origins: Vec<Origin> = around.map(|(_, bar)| bar.candle.origin).collect();
    assert_eq!(origins, vec![Origin::Both; origins.len()]);
    assert!(origins.len() >= 4);
}

/// The line broke again before the mender could say what became of the first break.
#[tokio::test(start_paused = true)]
async fn a_verdict_on_an_older_gap_leaves_the_open_one_alone() {
    let trade = |number| EventBody::Trade(nth(number, 0));
    let at = |number| nth(number, 0).time.to_ms().0;
    for restarts in [false, true] {
        let bodies = vec![
            trade(1),
            gap(at(1) + 1, None, false),
            trade(5),
            gap(at(5) + 1, None, false),
            gap(at(1) + 1, Some(at(5)), false),
            trade(9),
        ];
        let store = ledgered(bodies, restarts).await;
        let held = store.held.lock().unwrap();
        let gaps: Vec<_> = held.gaps.iter().map(|gap| (gap.start.0, gap.end)).collect();
        assert_eq!(
            gaps,
            [
                (at(1) + 1, Some(UnixMs(at(5)))),
                (at(5) + 1, Some(UnixMs(at(9)))),
            ],
            "restarts: {restarts}"
        );
    }
}

/// A folder may get another market, whose time is that of an earlier day.
#[tokio::test(start_paused = true)]
async fn no_gap_ends_before_it_starts() {
    let trade = |number| EventBody::Trade(nth(number, 0));
    let at = |number| nth(number, 0).time.to_ms().0;
    for (after, end) in [
        // A new trade of an earlier time ends what stands open.
        (trade(2), at(9)),
        (gap(at(9), Some(at(5)), false), at(9)),
        (gap(at(9), Some(at(5)), true), at(9)),
        (gap(at(9), Some(at(9) + 7), false), at(9) + 7),
    ] {
        for restarts in [false, true] {
            let bodies = vec![trade(1), gap(at(9), None, false), after.clone()];
            let store = ledgered(bodies, restarts).await;
            let held = store.held.lock().unwrap();
            let gaps: Vec<_> = held.gaps.iter().map(|gap| (gap.start.0, gap.end)).collect();
            assert_eq!(
                gaps,
                [(at(9), Some(UnixMs(end)))],
                "{after:?}, restarts: {restarts}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bars_lack_trades_as_soon_as_nothing_is_heard_any_more() {
    let (minute, hour) = (60_000, 3_600_000);
    let start = Timeframe::H1.floor(UnixMs(1_700_000_000_000)).0;
    for restarts in [false, true] {
        let mut bodies = vec![
            EventBody::Trade(trade(1, start - 48 * hour)),
            EventBody::Trade(trade(2, start + minute)),
            gap(start + 2 * minute, None, false),
            EventBody::Clock {
                time: UnixMs(start + 2 * hour).to_ns(),
            },
        ];
        let store = ledgered(bodies.clone(), restarts).await;
        let held = bar(&store, Timeframe::H1, start);
        assert_eq!((held.origin, held.closed), (Origin::Both, true));
        assert_eq!(store.held.lock().unwrap().gaps[0].end, None);
        // The next trade ends it, whatever the gap's second half is called.
        bodies.push(EventBody::Trade(trade(3, start + 3 * hour)));
        let store = ledgered(bodies, restarts).await;
        let gaps = store.held.lock().unwrap().gaps.clone();
        let ends: Vec<_> = gaps.iter().map(|gap| (gap.start.0, gap.end)).collect();
        let end = Some(UnixMs(start + 3 * hour));
        assert_eq!(ends, [(start + 2 * minute, end)]);
        let held = bar(&store, Timeframe::H1, start + 3 * hour);
        assert_eq!(held.origin, Origin::Both);
    }
}

/// A bar of which only the first trades are fetched, after a restart: the rest cannot be had.
#[tokio::test(start_paused = true)]
async fn a_bar_that_was_fetched_in_part_after_a_restart_is_not_whole() {
    let (minute, hour) = (60_000, 3_600_000);
    let start = Timeframe::H1.floor(UnixMs(1_700_000_000_000)).0;
    let end = start + 20 * minute;
    let before = vec![
        EventBody::Trade(trade(0, start - 48 * hour)),
        EventBody::Trade(trade(1, start)),
        gap(start + 1, Some(end), false),
        EventBody::Trade(trade(9, end)),
    ];
    let after = [
        EventBody::Backfill(trade(2, start + 3 * minute)),
        gap(start + 1, Some(end), false),
    ];
    for (said, later, killed) in [
        ("soon after the gap", None, vec![4]),
        ("before the trade that ended it", None, vec![3, 5]),
        ("days after it", Some(trade(10, start + 72 * hour)), vec![5]),
    ] {
        let mut bodies = before.clone();
        bodies.extend(later.map(EventBody::Trade));
        bodies.extend(after.clone());
        let bodies = bodies.into_iter().map(|body| event(&id("A-USD"), body));
        let (mut ledger, store) = (Ledger::default(), MemoryStore::default());
        for (at, event) in numbered(bodies.collect()).iter().enumerate() {
            if killed.contains(&at) {
                ledger = Ledger::default();
            }
            ledger.take(event, &store).await.unwrap();
            let batch = ledger.batch(&store).await.unwrap();
            store.write(batch).await.unwrap();
        }
        for timeframe in [Timeframe::S1, Timeframe::M1, Timeframe::H1] {
            let held = bar(&store, timeframe, start + 3 * minute);
            assert_eq!(held.origin, Origin::Both, "{timeframe}, killed {said}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn fetched_trades_make_bars_whole_again() {
    let (minute, hour) = (60_000, 3_600_000);
    let start = Timeframe::D1.floor(UnixMs(1_700_000_000_000)).0 + 10 * hour;
    let missed = [2, 4, 3].map(|n| EventBody::Backfill(trade(n, start + n as i64 * minute)));
    let mut bodies = vec![
        EventBody::Trade(trade(0, start - 48 * hour)),
        EventBody::Trade(trade(1, start + minute)),
        gap(start + minute, None, false),
        EventBody::Trade(trade(5, start + 20 * hour)),
    ];
    bodies.extend(missed);
    for restarts in [false, true] {
        let store = ledgered(bodies.clone(), restarts).await;
        // The trades are there, but nobody said yet that they are all.
        let held = bar(&store, Timeframe::H1, start);
        assert_eq!((held.origin, held.trades), (Origin::Both, Some(4)));
        let revision = held.revision;
        let mut bodies = bodies.clone();
        bodies.push(gap(start + minute, Some(start + 20 * hour), true));
        let store = ledgered(bodies, restarts).await;
        assert!(store.held.lock().unwrap().gaps[0].filled);
        for (timeframe, time, trades) in [
            (Timeframe::M1, start + 3 * minute, 1),
            (Timeframe::H1, start, 4),
            (Timeframe::D1, start, 4),
            (Timeframe::D1, start + 20 * hour, 1),
        ] {
            let held = bar(&store, timeframe, time);
            let seen = (held.origin, held.trades);
            assert_eq!(
                seen,
                (Origin::Trades, Some(trades)),
                "{timeframe} {restarts}"
            );
        }
        assert!(bar(&store, Timeframe::H1, start).revision >= revision);
    }
}
