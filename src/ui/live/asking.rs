//! Asking the server something beside the line, so that a question never outlives the line on which
//! its answer would have come, and looking whether the server is there again.
//!
//! What is sent into a line that was cut without a word may hang for minutes, and a browser keeps
//! only a few requests open: they are given up when the line is, and none is begun before it is
//! back. Then whoever waits asks anew.

use std::future::Future;
use std::pin::pin;

use futures::channel::oneshot;
use futures::future::{Either, select};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::chart::format;
use tradesuite_core::model::UnixMs;

use super::{Link, Live, State};
use crate::api::{PageError, server_build};
use crate::browser;
use crate::ui::workspace::Zone;

/// How often it is looked whether the server is there again, milliseconds. It is asked by a request,
/// not by opening a line: browsers make those that fail often wait for seconds.
const PROBE_MS: u32 = 1_000;
/// How long it may take to answer, milliseconds: longer than the pause, for slow lines, and not so
/// long that several that hang take all the connections that a browser has.
const PATIENCE_MS: u32 = 4_000;
/// How long any other answer may take, milliseconds.
const LONGEST_MS: u32 = 15_000;

impl Live {
    /// Asks the server; an error at once where it cannot be reached, or as soon as that is known.
    ///
    /// # Errors
    /// That of the answer, or [`PageError::Unreachable`].
    pub async fn ask<T>(
        self,
        request: impl Future<Output = Result<T, PageError>>,
    ) -> Result<T, PageError> {
        let is_lost = self.link.try_get_untracked() == Some(Link::Lost);
        let (held, given_up) = oneshot::channel::<()>();
        let is_kept = !is_lost && self.with(|state| state.wait_with(held)).is_some();
        if !is_kept {
            return Err(unreachable());
        }
        match select(pin!(request), given_up).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(unreachable()),
        }
    }

    /// [`Live::ask`] where there may be no line yet.
    ///
    /// # Errors
    /// As there.
    pub async fn asked<T>(
        live: Option<Self>,
        request: impl Future<Output = Result<T, PageError>>,
    ) -> Result<T, PageError> {
        match live {
            Some(live) => live.ask(request).await,
            None => request.await,
        }
    }

    /// [`Live::ask`], given up also where the line is open and no answer comes.
    ///
    /// # Errors
    /// As there.
    pub async fn ask_for_a_while<T>(
        self,
        request: impl Future<Output = Result<T, PageError>>,
    ) -> Result<T, PageError> {
        let (held, late) = oneshot::channel::<()>();
        let _patience = browser::after(LONGEST_MS, move || drop(held));
        match select(pin!(self.ask(request)), late).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => {
                let why = "the server does not answer";
                Err(PageError::Unreachable(why.to_owned()))
            }
        }
    }

    /// The time of day when the server was heard last, in a zone; `None` while the line is open.
    pub fn lost_at(self, zone: Memo<Zone>) -> impl Fn() -> Option<String> + Copy {
        move || {
            let at = self.lost_since().get()? as i64;
            Some(format::clock(UnixMs(at + zone.get().offset_ms(at))))
        }
    }

    /// Looks again and again whether the server is there, and opens the line as soon as it is.
    pub(super) fn probe(self) {
        let line = self.with(|state| {
            state.retry = Some(browser::after(PROBE_MS, move || self.probe()));
            state.line
        });
        spawn_local(async move {
            let (held, late) = oneshot::channel::<()>();
            let _patience = browser::after(PATIENCE_MS, move || drop(held));
            let asked = pin!(server_build());
            let answer = select(asked, late).await;
            let is_there = match answer {
                Either::Left((answer, _)) => !matches!(answer, Err(PageError::Unreachable(_))),
                Either::Right(_) => false,
            };
            // One of them was the first, and has opened the line.
            if is_there && self.with(|state| state.line) == line {
                self.connect();
            }
        });
    }

    /// Looks at once where the server was away when the page was last seen: a browser lets the
    /// timers of a hidden page hardly run.
    pub(super) fn look_again(self) {
        let waits = self.with(|state| state.retry.is_some());
        if waits == Some(true) {
            self.probe();
        }
    }
}

impl State {
    /// Who waits for an answer; it is told by dropping what it holds.
    fn wait_with(&mut self, held: oneshot::Sender<()>) {
        self.asking.retain(|held| !held.is_canceled());
        self.asking.push(held);
    }
}

fn unreachable() -> PageError {
    PageError::Unreachable("the server cannot be reached".to_owned())
}
