//! Hands recorded events on at the pace at which they were recorded, or faster.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tradesuite_core::model::{MarketEvent, UnixNs};

use super::playback::{Frames, Next, Playback};

/// Frames read ahead of the pace.
const READ_AHEAD: usize = 1_024;
/// Events handed over together at the most.
const MAX_EVENTS_AT_ONCE: usize = 1_024;
/// A silence that is longer stands between two recordings and is not waited for.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// How fast a recording is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// So many times as fast as it was recorded; above 0.
    Times(f64),
    /// Without waiting.
    Max,
}

/// A text that is no speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a speed: a number above 0, or max, is")]
pub struct SpeedError;

impl FromStr for Speed {
    type Err = SpeedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("max") {
            return Ok(Self::Max);
        }
        match text.parse::<f64>() {
            Ok(times) if times.is_finite() && times > 0.0 => Ok(Self::Times(times)),
            _ => Err(SpeedError),
        }
    }
}

/// What was played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Lines of the capture.
    pub frames: u64,
    /// Events handed on.
    pub events: u64,
    /// Frames and values that did not parse, fit or verify.
    pub errors: u64,
}

/// Plays the files into `sink`, which holds the play back where it is full, until they end,
/// nobody takes events any more, or `shutdown`.
///
/// # Errors
/// Where a file cannot be read, naming it and the line, or no venue is known for a frame.
pub async fn play(
    files: Vec<PathBuf>,
    exchange: Option<String>,
    speed: Speed,
    sink: mpsc::Sender<Vec<MarketEvent>>,
    shutdown: CancellationToken,
) -> anyhow::Result<Played> {
    let playback = Playback::new(exchange.as_deref()).map_err(anyhow::Error::msg)?;
    let (read, mut ahead) = mpsc::channel(READ_AHEAD);
    let reader = tokio::task::spawn_blocking(move || read_ahead(files, &read));
    let mut player = Player {
        playback,
        sink,
        pace: Pace::new(speed),
        events: Vec::new(),
        played: Played::default(),
    };
    let ended = tokio::select! {
        () = shutdown.cancelled() => Ok(()),
        ended = player.follow(&mut ahead) => ended,
    };
    drop(ahead);
    reader.await.context("failed to read the captures")??;
    ended?;
    player.played.frames = player.playback.frames();
    player.played.errors = player
        .playback
        .intakes()
        .map(|intake| intake.counts().rejected)
        .sum();
    Ok(player.played)
}

fn read_ahead(files: Vec<PathBuf>, read: &mpsc::Sender<Next>) -> anyhow::Result<()> {
    for next in Frames::of(files)? {
        if read.blocking_send(next?).is_err() {
            break;
        }
    }
    Ok(())
}

struct Player {
    playback: Playback,
    sink: mpsc::Sender<Vec<MarketEvent>>,
    pace: Pace,
    events: Vec<MarketEvent>,
    played: Played,
}

impl Player {
    async fn follow(&mut self, ahead: &mut mpsc::Receiver<Next>) -> anyhow::Result<()> {
        while let Some(next) = ahead.recv().await {
            let frame = match next {
                Next::File(path) => {
                    self.playback.begin(&path);
                    continue;
                }
                Next::Frame(frame) => frame,
            };
            if let Some(due) = frame.received.and_then(|received| self.pace.due(received))
                && due > Instant::now()
            {
                if !self.hand_over().await {
                    return Ok(());
                }
                tokio::time::sleep_until(due).await;
            }
            self.playback
                .frame(&frame, &mut self.events)
                .map_err(anyhow::Error::msg)?;
            if self.events.len() >= MAX_EVENTS_AT_ONCE && !self.hand_over().await {
                return Ok(());
            }
        }
        self.hand_over().await;
        Ok(())
    }

    /// Whether anybody still takes events.
    async fn hand_over(&mut self) -> bool {
        if self.events.is_empty() {
            return true;
        }
        self.played.events += self.events.len() as u64;
        let events = std::mem::take(&mut self.events);
        self.sink.send(events).await.is_ok()
    }
}

/// When frames are due.
struct Pace {
    speed: Speed,
    /// When the play began, and the recorded time of the frame before.
    begun: Option<(Instant, UnixNs)>,
    /// Time since the play began at which the frame before was due.
    due: Duration,
}

impl Pace {
    fn new(speed: Speed) -> Self {
        Self {
            speed,
            begun: None,
            due: Duration::ZERO,
        }
    }

    /// When a frame recorded at this time is due; `None` where nothing is waited for.
    fn due(&mut self, received: UnixNs) -> Option<Instant> {
        let Speed::Times(times) = self.speed else {
            return None;
        };
        let (start, before) = *self.begun.get_or_insert_with(|| (Instant::now(), received));
        let step = u64::try_from(received.0.saturating_sub(before.0)).unwrap_or(0);
        let step = Duration::from_nanos(step);
        if step <= LONGEST_SILENCE {
            self.due += step.div_f64(times);
        }
        self.begun = Some((start, received));
        start.checked_add(self.due)
    }
}
