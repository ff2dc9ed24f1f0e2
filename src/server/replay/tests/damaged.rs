//! Recordings of real venues, altered.

use super::*;

#[test]
fn a_recorded_change_that_is_lost_or_altered_is_never_shown() {
    let test = "a_recorded_change_that_is_lost_or_altered_is_never_shown";
    let Some(path) = recordings::find(test, KRAKEN_BOOKS[0]) else {
        return;
    };
    let frames: Vec<_> = Capture::open(&path).unwrap().map(Result::unwrap).collect();
    let first_update = frames
        .iter()
        .position(|frame| frame.text.contains("\"update\",\"data\":[{\"symbol\""))
        .unwrap();
    let altered = frames[first_update]
        .text
        .replace("2.08665551", "2.08665552");
    assert_ne!(altered, frames[first_update].text);
    for replacement in [None, Some(altered)] {
        let mut playback = Playback::new(None).unwrap();
        let mut events = Vec::new();
        let mut failures = 0;
        // Up to the second snapshot, which mends it.
        for (index, frame) in frames.iter().take(25).enumerate() {
            let mut frame = frame.clone();
            if index == first_update {
                match &replacement {
                    None => continue,
                    Some(text) => frame.text.clone_from(text),
                }
            }
            let verdict = playback.frame(&frame, &mut events).unwrap();
            assert_eq!(verdict.resync.is_some(), verdict.checksum_failures > 0);
            failures += verdict.checksum_failures;
        }
        let words: Vec<_> = events
            .iter()
            .map(|event| match &event.body {
                EventBody::BookSnapshot(_) => "snapshot",
                EventBody::BookUpdate(_) => "update",
                EventBody::BookStale { .. } => "stale",
                EventBody::Gap { .. } => "gap",
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(failures, 1);
        assert_eq!(words, ["snapshot", "stale", "snapshot", "gap"]);
    }
}

#[test]
fn no_mutation_of_a_recorded_frame_panics() {
    let test = "no_mutation_of_a_recorded_frame_panics";
    let [ten, deep, ether] = KRAKEN_BOOKS;
    let files = [
        EXCHANGE_FEED,
        ADVANCED_BOOK,
        ADVANCED_TRADES,
        ten,
        deep,
        ether,
    ];
    let Some(paths) = files
        .map(|file| recordings::find(test, file))
        .into_iter()
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let frames: Vec<_> = paths
        .iter()
        .flat_map(|path| Capture::open(path).unwrap().take(200))
        .map(Result::unwrap)
        .filter(|frame| frame.channel == Channel::Ws && frame.text.len() < 4_000)
        .collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8);
    let mut runner = proptest::test_runner::TestRunner::default();
    runner
        .run(
            &(any::<prop::sample::Index>(), changes),
            |(index, changes)| {
                let frame = &frames[index.index(frames.len())];
                let mut bytes = frame.text.as_bytes().to_vec();
                for (at, byte) in changes {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
                let text = String::from_utf8_lossy(&bytes);
                let (_, feed) = find_by_url(&frame.url).expect("a known address");
                let _ = feed
                    .decoder()
                    .decode(&text, UnixNs(1), &mut Decoded::default());
                Ok(())
            },
        )
        .unwrap();
}
