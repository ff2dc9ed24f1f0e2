//! Readers that are slow, leave, or never come.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_cut_begins_anew_and_slows_nobody() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(0)])).await;
    let tiny = OutboxLimits {
        states: 2,
        events: 2,
        total: 3,
    };
    let slow = listen_with(&hub, &[book()], tiny).await;
    let quick = listen(&hub, &[book()]).await;
    let mut last = next(&quick).await;
    for step in 1..=20 {
        hub.feed(&events.batch([EventBody::BookUpdate(delta(
            step,
            &[(9_900, step + 5)],
            &[],
        ))]))
        .await;
        let message = next(&quick).await;
        assert_eq!(message.seq, last.seq + 1);
        last = message;
    }
    let Some(Delivery::Cut(topics)) = slow.next().await else {
        panic!("the slow reader was not cut");
    };
    assert_eq!(topics, [book()]);
    // Not asked again for the snapshot yet: nothing comes.
    hub.feed(&events.batch([EventBody::BookUpdate(delta(21, &[(9_900, 77)], &[]))]))
        .await;
    next(&quick).await;
    hub.join(&book(), &slow).await;
    let fresh = next(&slow).await;
    assert_eq!((fresh.seq, fresh.body.kind()), (21, "snapshot"));
    assert_eq!(book_of(&fresh).bids[0], levels(&[(9_900, 77)])[0]);
    assert_eq!(soon(&slow).await, None);
}

#[tokio::test(start_paused = true)]
async fn leaving_ends_the_messages() {
    let (hub, mut events) = (hub(), Events::default());
    let shallow = Topic::Book {
        instrument: bitcoin(),
        depth: BookDepth {
            levels: 1,
            interval_ms: 500,
        },
    };
    hub.feed(&events.batch([snapshot(0)])).await;
    let outbox = listen(&hub, &[book(), shallow.clone()]).await;
    next(&outbox).await;
    assert_eq!(book_of(&next(&outbox).await).bids.len(), 1);
    hub.leave(&book(), &outbox).await;
    hub.feed(&events.batch([EventBody::BookUpdate(delta(1, &[(9_900, 9)], &[]))]))
        .await;
    assert_eq!(
        soon(&outbox).await.map(|message| message.topic),
        Some(shallow)
    );
    assert_eq!(soon(&outbox).await, None);
}

#[tokio::test(start_paused = true)]
async fn leaving_a_topic_that_nobody_serves_ends_no_other() {
    let hub = hub();
    let outbox = listen(&hub, &[Topic::Status]).await;
    assert_eq!(next(&outbox).await.body.kind(), "stale");
    hub.leave(&book(), &outbox).await;
    hub.publish_status(status());
    let heard = soon(&outbox).await.expect("the status");
    assert_eq!((heard.topic, heard.body.kind()), (Topic::Status, "update"));
}

#[tokio::test(start_paused = true)]
async fn an_idle_instrument_leaves_memory_unless_somebody_looks() {
    let (hub, mut events) = (hub(), Events::default());
    let ethereum = "coinbase:ETH-USD".parse().expect("an id");
    hub.feed(&events.batch([snapshot(0)])).await;
    hub.feed(&events.batch_of(&ethereum, [snapshot(0)])).await;
    let lease = hub.interest().lease(&ethereum);
    tokio::time::sleep(Duration::from_secs(700)).await;
    assert_eq!(hub.instruments(), std::slice::from_ref(&ethereum));
    drop(lease);
    tokio::time::sleep(Duration::from_secs(400)).await;
    assert_eq!(hub.instruments(), []);
}

#[tokio::test(start_paused = true)]
async fn closing_ends_every_task() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(0)])).await;
    hub.close().await;
    assert!(hub.book(&bitcoin(), 5).await.is_none());
    hub.feed(&events.batch([EventBody::Clock { time: UnixNs(1) }]))
        .await;
}
