//! Book history, and what is known about the data: gaps, instruments, coverage, position.

use tradesuite_core::model::{Gap, GapKind, Instrument, Origin, Position, UnixMs, UnixNs};

use super::{MIDNIGHT, NS_PER_MS, all, bar, delta, instrument, precision, span, trade, write};
use crate::server::storage::{BookChange, BookRecord, MarketStore, Newest, StoreBatch};

pub(super) async fn gaps_are_revised_and_found(store: &dyn MarketStore) {
    let gap = |start: i64, end: Option<i64>, filled| Gap {
        instrument: instrument("GP-USD"),
        kind: GapKind::Trades,
        start: UnixMs(MIDNIGHT + start),
        end: end.map(|end| UnixMs(MIDNIGHT + end)),
        reason: "the line was cut".to_owned(),
        filled,
    };
    let batch = |gaps| StoreBatch {
        gaps,
        ..StoreBatch::default()
    };
    write(
        store,
        batch(vec![gap(100, None, false), gap(0, Some(10), false)]),
    )
    .await;
    write(store, batch(vec![gap(0, Some(10), true)])).await;
    let id = instrument("GP-USD");
    let starts = async |asked| {
        let found = store.gaps(Some(&id), asked).await.expect("reads");
        found
            .iter()
            .map(|gap| gap.start.0 - MIDNIGHT)
            .collect::<Vec<_>>()
    };
    assert_eq!(starts(all()).await, [0, 100]);
    assert_eq!(starts(span(11, 100, 9, Newest::No)).await, [0_i64; 0]);
    assert_eq!(starts(span(10, 101, 9, Newest::No)).await, [0, 100]);
    assert_eq!(starts(span(500, 600, 9, Newest::No)).await, [100]);
    write(store, batch(vec![gap(100, Some(200), false)])).await;
    let found = store.gaps(None, all()).await.expect("reads");
    assert_eq!(found, [gap(0, Some(10), true), gap(100, Some(200), false)]);
}

pub(super) async fn gaps_are_read_by_their_starts(store: &dyn MarketStore) {
    let gap = |symbol: &str, kind, start: i64, end: Option<i64>| Gap {
        instrument: instrument(symbol),
        kind,
        start: UnixMs(MIDNIGHT + start),
        end: end.map(|end| UnixMs(MIDNIGHT + end)),
        reason: "the line was cut".to_owned(),
        filled: false,
    };
    let in_order = [
        gap("GS-USD", GapKind::Trades, 0, None),
        gap("GS-USD", GapKind::Trades, 5, Some(5)),
        gap("GS-USD", GapKind::Book, 7, Some(50)),
        gap("GS-USD", GapKind::Trades, 7, Some(20)),
        gap("GS-USD", GapKind::Trades, 60, Some(70)),
    ];
    let gaps = in_order.iter().rev().cloned().collect();
    write_gaps(store, gaps).await;
    let id = instrument("GS-USD");
    let at = |ms: i64| UnixMs(MIDNIGHT + ms);
    for (touching, starts, expected) in [
        ((0, 99), span(0, 99, 9, Newest::No), vec![0, 1, 2, 3, 4]),
        // A gap without length is found where it is.
        ((5, 6), span(0, 99, 9, Newest::No), vec![0, 1]),
        ((30, 99), span(0, 99, 9, Newest::No), vec![0, 2, 4]),
        ((30, 99), span(0, 99, 2, Newest::No), vec![0, 2]),
        ((30, 99), span(7, 99, 2, Newest::No), vec![2, 4]),
        ((30, 60), span(0, 99, 9, Newest::Yes), vec![0, 2]),
        ((0, 99), span(0, 8, 3, Newest::Yes), vec![1, 2, 3]),
    ] {
        let touching = (at(touching.0), at(touching.1));
        let found = store.gaps_starting(Some(&id), touching, starts).await;
        let expected: Vec<Gap> = expected
            .into_iter()
            .map(|n: usize| in_order[n].clone())
            .collect();
        assert_eq!(found.expect("reads"), expected, "{touching:?} {starts:?}");
    }
}

async fn write_gaps(store: &dyn MarketStore, gaps: Vec<Gap>) {
    let batch = StoreBatch {
        gaps,
        ..StoreBatch::default()
    };
    write(store, batch).await;
}

pub(super) async fn missing_trades_are_found_among_other_gaps(store: &dyn MarketStore) {
    let id = instrument("GM-USD");
    let gap = |kind, start: i64, filled| Gap {
        instrument: id.clone(),
        kind,
        start: UnixMs(MIDNIGHT + start),
        end: Some(UnixMs(MIDNIGHT + start + 5)),
        reason: "the line was cut".to_owned(),
        filled,
    };
    let mut gaps: Vec<Gap> = [10, 20, 30]
        .map(|start| gap(GapKind::Trades, start, false))
        .to_vec();
    gaps.extend((0..50).map(|start| gap(GapKind::Book, start, false)));
    gaps.extend([5, 15, 25, 35].map(|start| gap(GapKind::Trades, start, true)));
    write_gaps(store, gaps).await;
    for (asked, expected) in [
        (span(0, 99, 9, Newest::No), vec![10, 20, 30]),
        (span(0, 99, 2, Newest::No), vec![10, 20]),
        (span(0, 99, 2, Newest::Yes), vec![20, 30]),
        // One that ends where the span starts touches it.
        (span(25, 30, 9, Newest::No), vec![20]),
        (span(26, 30, 9, Newest::No), vec![]),
    ] {
        let found = store.missing_trades(Some(&id), asked).await;
        let starts: Vec<i64> = found
            .expect("reads")
            .iter()
            .map(|gap| gap.start.0 - MIDNIGHT)
            .collect();
        assert_eq!(starts, expected, "{asked:?}");
    }
    let newest = store
        .missing_trades(None, span(0, 31, 1, Newest::Yes))
        .await;
    assert_eq!(newest.expect("reads").len(), 1);
}

pub(super) async fn books_are_rebuilt(store: &dyn MarketStore) {
    let record = |position: u64, ms: i64, change| BookRecord {
        instrument: instrument("BK-USD"),
        precision: precision(2, 3),
        position: Some(Position(position)),
        received: UnixNs((MIDNIGHT + ms) * NS_PER_MS),
        change,
    };
    let book = vec![
        record(
            1,
            0,
            BookChange::Snapshot(delta(0, &[(9, 1), (8, 2)], &[(11, 1), (12, 5)])),
        ),
        record(2, 10, BookChange::Update(delta(10, &[(9, 0), (7, 4)], &[]))),
        record(3, 20, BookChange::Stale),
        record(4, 30, BookChange::Snapshot(delta(30, &[(5, 5)], &[(6, 6)]))),
    ];
    for _ in 0..2 {
        let book = book.clone();
        write(
            store,
            StoreBatch {
                book,
                ..StoreBatch::default()
            },
        )
        .await;
    }
    for (ms, depth, expected) in [
        (-1, 9, None),
        (0, 9, Some((vec![(9, 1), (8, 2)], 2, false))),
        (9, 1, Some((vec![(9, 1)], 1, false))),
        (10, 9, Some((vec![(8, 2), (7, 4)], 2, false))),
        (25, 9, Some((vec![(8, 2), (7, 4)], 2, true))),
        (1_000, 9, Some((vec![(5, 5)], 1, false))),
    ] {
        let at = UnixMs(MIDNIGHT + ms);
        let found = store.book_at(&instrument("BK-USD"), at, depth).await;
        let found = found.expect("reads").map(|(found, view)| {
            assert_eq!(found, precision(2, 3));
            let bids = view
                .bids
                .iter()
                .map(|level| (level.price.0, level.quantity.0));
            (bids.collect::<Vec<_>>(), view.asks.len(), view.stale)
        });
        assert_eq!(found, expected, "{ms} ms");
    }
}

pub(super) async fn instruments_are_kept(store: &dyn MarketStore) {
    let mut described = Instrument::undescribed(instrument("IN-USD"), precision(2, 8));
    for decimals in [2, 3] {
        described.precision.price = decimals;
        let instruments = vec![described.clone()];
        write(
            store,
            StoreBatch {
                instruments,
                ..StoreBatch::default()
            },
        )
        .await;
    }
    assert_eq!(store.instruments().await.expect("reads"), [described]);
}

pub(super) async fn coverage_is_from_first_to_last(store: &dyn MarketStore) {
    const DAY: i64 = 86_400_000;
    let at = |ms| UnixMs(MIDNIGHT + ms);
    let moment = |position, ms| BookRecord {
        instrument: instrument("CV-USD"),
        precision: precision(0, 0),
        position: Some(Position(position)),
        received: UnixNs((MIDNIGHT + ms) * NS_PER_MS),
        change: BookChange::Snapshot(delta(ms, &[], &[])),
    };
    write(
        store,
        StoreBatch {
            trades: vec![trade("CV-USD", 1, -DAY), trade("CV-USD", 2, DAY)],
            candles: vec![
                bar("CV-USD", 3, Origin::Venue, 1),
                bar("CV-USD", 9, Origin::Venue, 1),
            ],
            book: vec![moment(101, 5), moment(102, DAY)],
            ..StoreBatch::default()
        },
    )
    .await;
    let coverage = store.coverage(&instrument("CV-USD")).await.expect("reads");
    assert_eq!(coverage.trades, Some((at(-DAY), at(DAY))));
    assert_eq!(coverage.candles, Some((at(180_000), at(540_000))));
    assert_eq!(coverage.book, Some((at(5), at(DAY))));
}

pub(super) async fn the_position_goes_with_the_result(store: &dyn MarketStore) {
    for (position, held) in [(Some(7), 7), (None, 7), (Some(9), 9), (Some(8), 9)] {
        let position = position.map(Position);
        write(
            store,
            StoreBatch {
                position,
                ..StoreBatch::default()
            },
        )
        .await;
        assert_eq!(store.position().await.expect("reads"), Some(Position(held)));
    }
}
