//! Lines in memory, for tests: the test is the venue.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;

use super::{ConnectError, Connector, Frame, Line, LineLost};

/// Opens what the test has laid out, in order; when nothing is left, nobody answers.
#[derive(Clone, Default)]
pub struct MemoryConnector(Arc<Mutex<Plan>>);

#[derive(Default)]
struct Plan {
    next: VecDeque<Result<MemoryLine, ConnectError>>,
    attempts: usize,
    urls: Vec<String>,
}

/// The session's end of a line.
pub struct MemoryLine {
    frames: mpsc::Receiver<Result<Frame, LineLost>>,
    sent: mpsc::UnboundedSender<String>,
}

/// The venue's end of a line.
pub struct MemoryVenue {
    frames: mpsc::Sender<Result<Frame, LineLost>>,
    /// What the session sent.
    pub sent: mpsc::UnboundedReceiver<String>,
}

impl MemoryConnector {
    /// The next try succeeds; the venue's end of it.
    pub fn accept(&self) -> MemoryVenue {
        let (frames, receiver) = mpsc::channel(1_024);
        let (sender, sent) = mpsc::unbounded_channel();
        self.0.lock().unwrap().next.push_back(Ok(MemoryLine {
            frames: receiver,
            sent: sender,
        }));
        MemoryVenue { frames, sent }
    }

    /// The next try fails.
    pub fn refuse(&self, error: ConnectError) {
        self.0.lock().unwrap().next.push_back(Err(error));
    }

    /// Tries so far.
    pub fn attempts(&self) -> usize {
        self.0.lock().unwrap().attempts
    }

    /// Addresses asked for so far.
    pub fn urls(&self) -> Vec<String> {
        self.0.lock().unwrap().urls.clone()
    }
}

impl Connector for MemoryConnector {
    type Line = MemoryLine;

    async fn connect(&self, url: &str) -> Result<MemoryLine, ConnectError> {
        let mut plan = self.0.lock().unwrap();
        plan.attempts += 1;
        plan.urls.push(url.to_owned());
        plan.next
            .pop_front()
            .unwrap_or_else(|| Err(ConnectError::Unreachable("nobody answers".to_owned())))
    }
}

impl Line for MemoryLine {
    async fn next(&mut self) -> Result<Frame, LineLost> {
        self.frames
            .recv()
            .await
            .unwrap_or_else(|| Err(LineLost("the line was cut".to_owned())))
    }

    async fn send(&mut self, text: String) -> Result<(), LineLost> {
        self.sent
            .send(text)
            .map_err(|_| LineLost("the line was cut".to_owned()))
    }

    async fn close(&mut self) {
        self.frames.close();
    }
}

impl MemoryVenue {
    /// Sends a text frame.
    pub async fn say(&self, text: &str) {
        self.frame(Frame::Text(text.into())).await;
    }

    /// Sends any frame.
    pub async fn frame(&self, frame: Frame) {
        self.frames
            .send(Ok(frame))
            .await
            .expect("a session listens");
    }

    /// Whether the session has hung up.
    pub async fn closed(&self) {
        self.frames.closed().await;
    }
}
