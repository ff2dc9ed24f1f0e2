//! Order books.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_book_begins_with_a_snapshot_and_goes_on_with_changes() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(1_000)])).await;
    let outbox = listen(&hub, &[book()]).await;

    let first = next(&outbox).await;
    assert_eq!((first.seq, first.body.kind()), (0, "snapshot"));
    assert_eq!(book_of(&first).bids, levels(&[(9_900, 5), (9_800, 6)]));

    let change = EventBody::BookUpdate(delta(2_000, &[(9_900, 0)], &[(10_050, 1)]));
    hub.feed(&events.batch([change])).await;
    let second = next(&outbox).await;
    assert_eq!((second.seq, second.body.kind()), (1, "update"));
    assert_eq!(book_of(&second).bids, levels(&[(9_900, 0)]));
    assert_eq!(book_of(&second).asks, levels(&[(10_050, 1)]));
}

#[tokio::test(start_paused = true)]
async fn a_busy_book_is_said_at_most_every_100_ms() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(0)])).await;
    let outbox = listen(&hub, &[book()]).await;
    let first = next(&outbox).await;
    let mut view = BookView {
        bids: book_of(&first).bids.clone(),
        asks: book_of(&first).asks.clone(),
        ..BookView::default()
    };
    let reader = tokio::spawn(async move {
        let mut messages = Vec::new();
        while let Some(message) = soon(&outbox).await {
            messages.push((tokio::time::Instant::now(), message));
        }
        messages
    });
    for step in 1..=50 {
        let change = EventBody::BookUpdate(delta(step, &[(9_900, step + 5)], &[]));
        hub.feed(&events.batch([change])).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let messages = reader.await.expect("reads");
    for (at, pair) in messages.windows(2).enumerate() {
        assert!(
            pair[1].0 - pair[0].0 >= Duration::from_millis(100),
            "message {at}"
        );
        assert_eq!(pair[1].1.seq, pair[0].1.seq + 1);
    }
    for (_, message) in &messages {
        let book = book_of(message);
        patch_view(&mut view, book.time, &book.bids, &book.asks);
    }
    assert_eq!(view.bids[0], levels(&[(9_900, 55)])[0]);
}

#[tokio::test(start_paused = true)]
async fn all_listeners_see_the_same_numbers() {
    let (hub, mut events) = (hub(), Events::default());
    hub.feed(&events.batch([snapshot(0)])).await;
    let first = listen(&hub, &[book()]).await;
    next(&first).await;
    hub.feed(&events.batch([EventBody::BookUpdate(delta(1, &[(9_900, 9)], &[]))]))
        .await;
    assert_eq!(next(&first).await.seq, 1);

    let second = listen(&hub, &[book()]).await;
    let greeting = next(&second).await;
    assert_eq!((greeting.seq, greeting.body.kind()), (1, "snapshot"));
    assert_eq!(book_of(&greeting).bids[0], levels(&[(9_900, 9)])[0]);

    hub.feed(&events.batch([EventBody::BookUpdate(delta(2, &[(9_900, 3)], &[]))]))
        .await;
    let (one, two) = (next(&first).await, next(&second).await);
    assert_eq!(one, two);
    assert_eq!(one.seq, 2);
}

#[tokio::test(start_paused = true)]
async fn a_stale_book_is_said_at_once_and_returns_with_a_snapshot() {
    let (hub, mut events) = (hub(), Events::default());
    let outbox = listen(&hub, &[book()]).await;
    assert_eq!(
        next(&outbox).await.body,
        Body::Stale {
            reason: "no snapshot yet".into()
        }
    );

    hub.feed(&events.batch([snapshot(0)])).await;
    assert_eq!(next(&outbox).await.body.kind(), "snapshot");
    hub.feed(&events.batch([EventBody::BookStale {
        reason: "a hole".into(),
    }]))
    .await;
    let stale = next(&outbox).await;
    assert_eq!(
        (stale.seq, stale.body),
        (
            2,
            Body::Stale {
                reason: "a hole".into()
            }
        )
    );

    // Changes of a book that waits for its snapshot mean nothing.
    hub.feed(&events.batch([EventBody::BookUpdate(delta(1, &[(9_900, 9)], &[]))]))
        .await;
    assert_eq!(soon(&outbox).await, None);
    hub.feed(&events.batch([snapshot(2)])).await;
    let back = next(&outbox).await;
    assert_eq!((back.seq, back.body.kind()), (3, "snapshot"));
}
