//! Who listens to a venue and wants what. A line whose queue is full is too slow and is cut. It
//! does no I/O and knows no words.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::frame::Frame;

/// Messages that may wait for one line before it counts as too slow.
const QUEUE: usize = 4_096;

/// Number of a line of a venue since the simulator started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineId(pub u64);

/// What a new line gets.
#[derive(Debug)]
pub struct Joined {
    /// Its number.
    pub id: LineId,
    /// Messages for it.
    pub queue: mpsc::Receiver<Arc<Frame>>,
    /// Cancelled when it was too slow.
    pub too_slow: CancellationToken,
}

/// One line, seen from the market.
#[derive(Debug)]
pub struct Listener<W> {
    queue: mpsc::Sender<Arc<Frame>>,
    too_slow: CancellationToken,
    /// What it has subscribed.
    pub wants: BTreeSet<W>,
}

/// All lines of a venue; `W` is what can be subscribed.
#[derive(Debug)]
pub struct Lines<W> {
    lines: BTreeMap<LineId, Listener<W>>,
    next_line: u64,
    slow: u64,
}

impl<W> Default for Lines<W> {
    fn default() -> Self {
        Self {
            lines: BTreeMap::new(),
            next_line: 0,
            slow: 0,
        }
    }
}

impl<W: Ord> Lines<W> {
    /// Opens a line.
    pub fn join(&mut self) -> Joined {
        let (sender, queue) = mpsc::channel(QUEUE);
        let too_slow = CancellationToken::new();
        self.next_line += 1;
        let id = LineId(self.next_line);
        let line = Listener {
            queue: sender,
            too_slow: too_slow.clone(),
            wants: BTreeSet::new(),
        };
        self.lines.insert(id, line);
        Joined {
            id,
            queue,
            too_slow,
        }
    }

    /// Closes a line.
    pub fn leave(&mut self, id: LineId) {
        self.lines.remove(&id);
    }

    /// An open line.
    pub fn get(&self, id: LineId) -> Option<&Listener<W>> {
        self.lines.get(&id)
    }

    /// An open line, to change what it wants.
    pub fn get_mut(&mut self, id: LineId) -> Option<&mut Listener<W>> {
        self.lines.get_mut(&id)
    }

    /// Open lines.
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// Lines cut so far because they were too slow.
    pub fn slow(&self) -> u64 {
        self.slow
    }

    /// Whether anybody wants it.
    pub fn wanted(&self, want: &W) -> bool {
        self.lines.values().any(|line| line.wants.contains(want))
    }

    /// Sends a message to all who want it.
    pub fn broadcast(&mut self, want: &W, frame: Frame) {
        let frame = Arc::new(frame);
        let wants = |(id, line): (&LineId, &Listener<W>)| line.wants.contains(want).then_some(*id);
        let listeners: Vec<LineId> = self.lines.iter().filter_map(wants).collect();
        for id in listeners {
            self.send(id, &frame);
        }
    }

    /// Sends a message to one line.
    pub fn send(&mut self, id: LineId, frame: &Arc<Frame>) {
        let Some(line) = self.lines.get(&id) else {
            return;
        };
        if line.queue.try_send(Arc::clone(frame)).is_err() {
            line.too_slow.cancel();
            self.lines.remove(&id);
            self.slow += 1;
        }
    }
}
