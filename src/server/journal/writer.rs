//! The thread that owns the file: commits in groups, tries again when the disk refuses, cuts what
//! every consumer has passed. It must not number or publish events.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tradesuite_core::model::Position;

use super::Batch;
use super::file::JournalFile;
use super::{GROUP_MS, Inner, JournalState, Shared, window};

/// Commits between two looks at what may be cut.
const CUT_EVERY: u32 = 50;
const FIRST_PAUSE_MS: u64 = 50;
const LONGEST_PAUSE_MS: u64 = 5_000;
/// Refusals in a row after which a journal that is being closed gives up.
const LAST_TRIES: u32 = 5;

/// Runs until the journal is closed and everything is committed. Returns the number of events
/// that could not be.
pub(super) fn run(shared: &Shared, mut file: JournalFile) -> u64 {
    let mut refusals = 0_u32;
    let mut commits = 0_u32;
    let mut full = cut(shared, &mut file);
    let lost = loop {
        let (group, draining) = next_group(shared, refusals > 0);
        if group.is_empty() {
            break 0;
        }
        // At the end the limit gives way: what waits in memory would be lost.
        if full && !draining {
            pause(shared, 1, draining);
            full = cut(shared, &mut file);
            continue;
        }
        match file.commit(&group) {
            Ok(()) => {
                finish(shared, &group);
                commits += 1;
                if refusals > 0 || commits.is_multiple_of(CUT_EVERY) {
                    full = cut(shared, &mut file);
                }
                refusals = 0;
            }
            Err(error) => {
                refusals += 1;
                report_failure(shared, &error, refusals);
                if draining && refusals >= LAST_TRIES {
                    break shared.lock().window.uncommitted_events();
                }
                pause(shared, refusals, draining);
            }
        }
    };
    if lost == 0 {
        cut(shared, &mut file);
    } else {
        tracing::error!(
            events = lost,
            "the journal closes without having committed everything"
        );
    }
    file.close();
    shared.closed.store(true, Ordering::Release);
    // Wakes the tails, which then see that nothing follows.
    shared.appended.send_modify(|_| ());
    shared.committed.send_modify(|_| ());
    lost
}

/// Waits for events, and then a moment for more of them. Empty when nothing will follow.
fn next_group(shared: &Shared, retrying: bool) -> (Vec<Batch>, bool) {
    let idle = |inner: &mut Inner| !inner.draining && !inner.window.has_uncommitted();
    let inner = shared
        .wake
        .wait_while(shared.lock(), idle)
        .unwrap_or_else(PoisonError::into_inner);
    let wait = Duration::from_millis(if retrying { 0 } else { GROUP_MS });
    let (inner, _) = shared
        .wake
        .wait_timeout_while(inner, wait, |inner| !inner.draining)
        .unwrap_or_else(PoisonError::into_inner);
    (inner.window.uncommitted(), inner.draining)
}

fn finish(shared: &Shared, group: &[Batch]) {
    let mut inner = shared.lock();
    let freed = inner.window.commit(group.len());
    // Under the lock: what has left the window must be known to be in the file.
    if let Some(batch) = group.last() {
        shared.committed.send_replace(window::last(batch));
    }
    drop(inner);
    shared.room.add_permits(freed as usize);
}

/// Cuts what every consumer has passed and, while there is room, what was shown; says how large the file is, and answers whether that is
/// too large.
fn cut(shared: &Shared, file: &mut JournalFile) -> bool {
    let limit = shared.options.limit_bytes;
    let (passed, shown) = {
        let inner = shared.lock();
        (inner.consumers.values().copied().min(), inner.shown)
    };
    let passed = passed.unwrap_or(Position(0));
    let up_to = match shown {
        Some(shown) if file.used_bytes() <= limit / 2 => passed.min(shown),
        _ => passed,
    };
    if let Err(error) = file.cut(up_to) {
        tracing::warn!(%error, "the journal could not be cut; it is tried again later");
    }
    let bytes = file.used_bytes();
    shared.bytes.store(bytes, Ordering::Relaxed);
    let full = bytes > limit;
    let state = match full {
        true => JournalState::Full { bytes, limit },
        false => JournalState::Ok,
    };
    set_state(shared, state);
    full
}

fn report_failure(shared: &Shared, error: &str, refusals: u32) {
    if refusals == 1 {
        tracing::error!(error, "the journal does not commit; events wait in memory");
    }
    let reason = error.to_owned();
    set_state(shared, JournalState::Failing { reason });
}

fn set_state(shared: &Shared, state: JournalState) {
    shared.state.send_if_modified(|held| {
        let kind = std::mem::discriminant(&state);
        let turned = std::mem::discriminant(held) != kind;
        if turned && matches!(state, JournalState::Full { .. }) {
            tracing::warn!("the journal has reached its size limit, because a consumer does not pass; events wait in memory");
        }
        let changed = *held != state;
        *held = state;
        changed
    });
}

/// Waits longer after each refusal; closing the journal ends the wait.
fn pause(shared: &Shared, refusals: u32, draining: bool) {
    let factor = 1_u64 << (refusals - 1).min(10);
    let ms = (FIRST_PAUSE_MS * factor).min(LONGEST_PAUSE_MS);
    let wait = Duration::from_millis(ms);
    if draining {
        std::thread::sleep(wait);
        return;
    }
    let _ = shared
        .wake
        .wait_timeout_while(shared.lock(), wait, |inner| !inner.draining)
        .unwrap_or_else(PoisonError::into_inner);
}
