//! What every state store has to do.

use crate::server::storage::{Change, Expected, Outcome, Room, StateStore};

const OWNER: &str = "ann";

fn change(key: &str, expected: Expected, value: Option<&str>) -> Change {
    Change {
        key: key.to_owned(),
        expected,
        value: value.map(|value| value.as_bytes().to_vec()),
    }
}

async fn make(store: &dyn StateStore, changes: Vec<Change>) -> Outcome {
    let made = store.change(OWNER, changes, None).await;
    made.expect("answers")
}

fn version(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Made(version) => *version,
        other => panic!("not made: {other:?}"),
    }
}

/// Runs every check against an empty store. Each uses keys of its own.
pub(in crate::server::storage) async fn check_state(store: &dyn StateStore) {
    who_saves_second_is_told(store).await;
    what_is_made_anew_has_another_version(store).await;
    changes_are_made_together_or_not_at_all(store).await;
    room_is_kept(store).await;
    owners_do_not_meet(store).await;
}

async fn who_saves_second_is_told(store: &dyn StateStore) {
    use Expected::{Absent, Present, Version};
    let first = make(store, vec![change("w/a", Absent, Some("1"))]).await;
    let first = version(&first);
    let second = make(store, vec![change("w/a", Version(first), Some("2"))]).await;
    let second = version(&second);
    assert!(second > first);
    let key = "w/a".to_owned();
    let held = Some(second);
    for expected in [Absent, Version(first), Version(second + 1)] {
        let late = make(store, vec![change("w/a", expected, Some("3"))]).await;
        let key = key.clone();
        assert_eq!(late, Outcome::Differs { key, held }, "{expected:?}");
    }
    let entry = store.entry(OWNER, "w/a").await.expect("reads");
    let entry = entry.expect("is there");
    assert_eq!((entry.value, entry.version), (b"2".to_vec(), second));
    version(&make(store, vec![change("w/a", Present, Some("45"))]).await);
    let rows = store.rows(OWNER, "w/").await.expect("reads");
    assert_eq!((rows.len(), rows[0].bytes), (1, 2));
    for expected in [Present, Version(second)] {
        let held = None;
        let gone = make(store, vec![change("w/b", expected, Some("1"))]).await;
        let key = "w/b".to_owned();
        assert_eq!(gone, Outcome::Differs { key, held }, "{expected:?}");
    }
}

async fn what_is_made_anew_has_another_version(store: &dyn StateStore) {
    let first = make(store, vec![change("n/a", Expected::Absent, Some("1"))]).await;
    let first = version(&first);
    let gone = change("n/a", Expected::Version(first), None);
    version(&make(store, vec![gone.clone()]).await);
    assert_eq!(store.entry(OWNER, "n/a").await.expect("reads"), None);
    let anew = make(store, vec![change("n/a", Expected::Absent, Some("1"))]).await;
    let held = Some(version(&anew));
    assert!(held > Some(first));
    let key = "n/a".to_owned();
    assert_eq!(
        make(store, vec![gone]).await,
        Outcome::Differs { key, held }
    );
}

async fn changes_are_made_together_or_not_at_all(store: &dyn StateStore) {
    let first = make(store, vec![change("t/a", Expected::Absent, Some("1"))]).await;
    let held = version(&first);
    let renamed = |expected| {
        vec![
            change("t/b", Expected::Absent, Some("1")),
            change("t/a", expected, None),
        ]
    };
    let late = make(store, renamed(Expected::Version(held + 1))).await;
    assert!(matches!(late, Outcome::Differs { .. }));
    let keys = async || -> Vec<String> {
        let rows = store.rows(OWNER, "t/").await.expect("reads");
        rows.into_iter().map(|row| row.key).collect()
    };
    assert_eq!(keys().await, ["t/a"]);
    version(&make(store, renamed(Expected::Version(held))).await);
    assert_eq!(keys().await, ["t/b"]);
}

async fn room_is_kept(store: &dyn StateStore) {
    let put = async |key: &str, expected| {
        let room = Room {
            prefix: "r/".to_owned(),
            most: 2,
        };
        let changes = vec![change(key, expected, Some("1"))];
        let made = store.change(OWNER, changes, Some(room)).await;
        made.expect("answers")
    };
    version(&put("r/a", Expected::Absent).await);
    version(&put("r/b", Expected::Absent).await);
    assert_eq!(put("r/c", Expected::Absent).await, Outcome::Full);
    assert_eq!(store.entry(OWNER, "r/c").await.expect("reads"), None);
    version(&put("r/b", Expected::Present).await);
}

async fn owners_do_not_meet(store: &dyn StateStore) {
    version(&make(store, vec![change("o/a", Expected::Absent, Some("1"))]).await);
    assert_eq!(store.entry("bob", "o/a").await.expect("reads"), None);
    let changes = vec![change("o/a", Expected::Absent, Some("2"))];
    let made = store.change("bob", changes, None).await;
    version(&made.expect("answers"));
    let entry = store.entry(OWNER, "o/a").await.expect("reads");
    assert_eq!(entry.map(|entry| entry.value), Some(b"1".to_vec()));
}
