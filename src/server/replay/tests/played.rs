//! A small recording, summed up and played.

use super::*;

/// Two seconds of two trades and a message that cannot be read.
fn small_capture() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let trade = |id| {
        format!(
            r#"{{"type":"match","trade_id":{id},"side":"buy","size":"0.10","price":"2","product_id":"A-B","time":"2026-08-12T19:27:40Z"}}"#
        )
    };
    let url = "wss://ws-feed.exchange.coinbase.com";
    for (t, text) in [
        (100, trade(1)),
        (101, "no JSON".to_owned()),
        (102, trade(3)),
    ] {
        let line = serde_json::json!({"t": t, "ch": "ws", "url": url, "msg": text});
        writeln!(file, "{line}").unwrap();
    }
    file
}

#[test]
fn errors_and_gaps_are_counted() {
    let file = small_capture();
    let summary = summary_of(file.path().to_owned());
    assert_eq!((summary.frames, summary.errors), (3, 1));
    let entry = &summary.instruments[&id("A-B")];
    assert_eq!((entry.trades, entry.taker_buys, entry.gaps), (2, 0, 1));
    assert_eq!(entry.volume, "0.2");
    assert_eq!(entry.book.best_bid, None);
}

#[test]
fn a_second_file_goes_on_where_the_first_ended() {
    let file = small_capture();
    let twice = [file.path().to_owned(), file.path().to_owned()];
    let summary = summarize(&twice, None).unwrap();
    assert_eq!((summary.frames, summary.errors), (6, 2));
    // Its trades are known already.
    assert_eq!(summary.instruments[&id("A-B")].trades, 2);
}

#[test]
fn the_venue_is_named_where_the_address_does_not_say_it() {
    let folder = tempfile::tempdir().unwrap();
    let venue = folder.path().join("coinbase");
    std::fs::create_dir(&venue).unwrap();
    let line = r#"{"t":1,"ch":"ws","url":"wss://127.0.0.1:4000/","msg":"{\"channel\":\"heartbeats\",\"sequence_num\":0}"}"#;
    let (unknown, in_folder) = (folder.path().join("a.jsonl"), venue.join("a.jsonl"));
    for path in [&unknown, &in_folder] {
        std::fs::write(path, line).unwrap();
    }
    let error = summarize(std::slice::from_ref(&unknown), None)
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with(
            "line 1: no exchange is known at \"wss://127.0.0.1:4000/\"; name it with --exchange"
        ),
        "{error}"
    );
    for (path, exchange) in [(unknown.clone(), Some("coinbase")), (in_folder, None)] {
        assert_eq!(summarize(&[path], exchange).unwrap().errors, 0);
    }
    let error = summarize(&[unknown], Some("nowhere"))
        .unwrap_err()
        .to_string();
    assert_eq!(error, "no exchange is called \"nowhere\"");
    assert!(!EXCHANGES.is_empty());
}

async fn played(speed: Speed) -> (Duration, Played, usize) {
    let file = small_capture();
    let (sink, mut events) = mpsc::channel(16);
    let begun = tokio::time::Instant::now();
    let files = vec![file.path().to_owned()];
    let played = play(files, None, speed, sink, CancellationToken::new())
        .await
        .unwrap();
    let mut batches = 0;
    while let Ok(batch) = events.try_recv() {
        assert!(!batch.is_empty());
        batches += 1;
    }
    (begun.elapsed(), played, batches)
}

#[tokio::test(start_paused = true)]
async fn plays_at_the_pace_of_the_recording() {
    let expected = Played {
        frames: 3,
        events: 3,
        errors: 1,
    };
    let (elapsed, played_at_half, batches) = played(Speed::Times(0.5)).await;
    assert!((4_000..4_100).contains(&elapsed.as_millis()), "{elapsed:?}");
    assert_eq!((played_at_half, batches), (expected, 2));
    let (elapsed, played_at_once, batches) = played(Speed::Max).await;
    assert_eq!(
        (elapsed.as_millis(), played_at_once, batches),
        (0, expected, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_play_ends_when_it_is_told_to() {
    let file = small_capture();
    let (sink, _events) = mpsc::channel(16);
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    let files = vec![file.path().to_owned()];
    let played = play(files, None, Speed::Times(1e-6), sink, shutdown)
        .await
        .unwrap();
    assert!(played.frames < 3);
}

#[test]
fn speeds_are_numbers_above_zero_or_max() {
    assert_eq!("max".parse(), Ok(Speed::Max));
    assert_eq!("2.5".parse(), Ok(Speed::Times(2.5)));
    for text in ["", "0", "-1", "nan", "inf", "fast"] {
        assert!(text.parse::<Speed>().is_err(), "{text}");
    }
}
