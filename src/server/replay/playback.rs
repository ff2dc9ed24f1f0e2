//! Recorded connections: which venue a frame is of, and the intake that checks it.

use std::path::{Path, PathBuf};

use tradesuite_core::model::{MarketEvent, UnixNs};

use super::capture::{Capture, CaptureError, CapturedFrame, Channel};
use crate::server::collector::intake::{Intake, Verdict};
use crate::server::exchange::{Exchange, Feed, find, find_by_url};

/// Plays frames through one intake a connection.
pub struct Playback {
    named: Option<&'static dyn Exchange>,
    connections: Vec<Connection>,
    /// The connection of the frame before, which is mostly that of the next.
    current: usize,
    file: usize,
    folder: Option<String>,
    received: UnixNs,
    frames: u64,
}

struct Connection {
    url: String,
    number: u64,
    /// The file whose frames it carries.
    file: usize,
    intake: Intake,
    /// Whether a complaint about it was logged.
    complained: bool,
}

impl Playback {
    /// Nothing played yet. `exchange` is the venue of frames whose address says none.
    ///
    /// # Errors
    /// One sentence where no venue has that name.
    pub fn new(exchange: Option<&str>) -> Result<Self, String> {
        let named = exchange
            .map(|id| find(id).ok_or_else(|| format!("no exchange is called {id:?}")))
            .transpose()?;
        Ok(Self {
            named,
            connections: Vec::new(),
            current: 0,
            file: 0,
            folder: None,
            received: UnixNs::default(),
            frames: 0,
        })
    }

    /// Frames played, those that the client sent included.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The intake of every connection.
    pub fn intakes(&self) -> impl Iterator<Item = &Intake> {
        self.connections.iter().map(|connection| &connection.intake)
    }

    /// A new file begins: what follows is on new lines.
    pub fn begin(&mut self, path: &Path) {
        self.file += 1;
        let folder = std::path::absolute(path).ok();
        self.folder = folder
            .as_deref()
            .and_then(Path::parent)
            .and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned());
    }

    /// Plays one frame and appends what it says to `out`.
    ///
    /// # Errors
    /// One sentence where nothing says of which venue it is.
    pub fn frame(
        &mut self,
        frame: &CapturedFrame,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Verdict, String> {
        self.frames += 1;
        self.received = frame.received.unwrap_or(self.received);
        if frame.channel != Channel::Ws {
            return Ok(Verdict::default());
        }
        let index = self.connection(frame)?;
        let connection = &mut self.connections[index];
        if connection.file != self.file {
            let reason = "a new recording begins";
            connection.file = self.file;
            connection.intake.lost(reason, self.received, out);
            connection.intake.opened();
        }
        let verdict = connection.intake.frame(&frame.text, self.received, out);
        if let Some(complaint) = &verdict.complaint {
            let (url, frame) = (&frame.url, self.frames);
            if std::mem::replace(&mut connection.complained, true) {
                tracing::debug!(url, complaint, frame, "recorded trouble");
            } else {
                tracing::warn!(url, complaint, frame, "recorded trouble; more is counted");
            }
        }
        Ok(verdict)
    }

    fn connection(&mut self, frame: &CapturedFrame) -> Result<usize, String> {
        let is_its = |connection: &Connection| {
            connection.number == frame.connection && connection.url == frame.url
        };
        if self.connections.get(self.current).is_some_and(is_its) {
            return Ok(self.current);
        }
        self.current = match self.connections.iter().position(is_its) {
            Some(index) => index,
            None => {
                let (exchange, feed) = self.venue(&frame.url)?;
                self.connections.push(Connection {
                    url: frame.url.clone(),
                    number: frame.connection,
                    file: self.file,
                    intake: Intake::new(exchange.spec(), feed),
                    complained: false,
                });
                self.connections.len() - 1
            }
        };
        Ok(self.current)
    }

    fn venue(&self, url: &str) -> Result<(&'static dyn Exchange, &'static dyn Feed), String> {
        if let Some(found) = find_by_url(url) {
            return Ok(found);
        }
        let folder = self.folder.as_deref().and_then(find);
        self.named
            .or(folder)
            .and_then(|exchange| Some((exchange, *exchange.feeds().first()?)))
            .ok_or_else(|| format!("no exchange is known at {url:?}; name it with --exchange"))
    }
}

/// The frames of several files, one after the other.
pub struct Frames {
    files: std::vec::IntoIter<PathBuf>,
    open: Option<Capture>,
}

/// What comes next in a row of files.
pub enum Next {
    /// A new file begins.
    File(PathBuf),
    /// A frame of it.
    Frame(CapturedFrame),
}

impl Frames {
    /// All of these files. A file that is missing is found out before the first is read.
    ///
    /// # Errors
    /// [`CaptureError`] of the first file that cannot be opened.
    pub fn of(files: Vec<PathBuf>) -> Result<Self, CaptureError> {
        for file in &files {
            Capture::open(file)?;
        }
        Ok(Self {
            files: files.into_iter(),
            open: None,
        })
    }

    /// An error at the place read last.
    #[must_use]
    pub fn complain(&self, reason: String) -> Option<CaptureError> {
        Some(self.open.as_ref()?.complain(reason))
    }
}

impl Iterator for Frames {
    type Item = Result<Next, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(frame) = self.open.as_mut().and_then(Iterator::next) {
            return Some(frame.map(Next::Frame));
        }
        let path = self.files.next()?;
        match Capture::open(&path) {
            Ok(capture) => self.open = Some(capture),
            Err(error) => return Some(Err(error)),
        }
        Some(Ok(Next::File(path)))
    }
}
