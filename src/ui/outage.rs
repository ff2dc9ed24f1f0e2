//! Says at length what the status bar has no room for: that an exchange is away, what is wrong,
//! that it is tried again and how to look around meanwhile; that nothing is being kept, that the
//! server was updated, what was refused, and that the page's address names what does not exist.
//! All of it in one line of the top bar, one notice after the other.

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::chart::format;
use tradesuite_core::model::{ConnectionState, ConnectionStatus, Mode, ServerStatus, StoreState};

use crate::api::{BUILD, server_build};
use crate::browser;
use crate::ui::live::{Link, Live};
use crate::ui::preferences::Preferences;
use crate::ui::server_status::StatusFeed;
use crate::ui::stored::place_of;
use crate::ui::workspace::Workspace;

const BUTTON: &str = "h-6 shrink-0 cursor-pointer rounded border border-line-strong bg-raised px-2 text-[11px] hover:bg-hover";

/// What is said to whoever has no exchange.
const LOOK_AROUND: &str = "To look around without an exchange, start the server with --demo: a \
    simulated market, marked as such.";

/// A line that is lost for less than this comes back unnoticed, milliseconds.
const SHORT_MS: i64 = 10_000;

/// What to say about the first exchange that is away; nothing while all answer.
fn words(status: &ServerStatus, now_ms: f64) -> Option<String> {
    let lost = status.connections.iter().find(|line| is_away(line))?;
    let next = match (lost.state, lost.retry_at) {
        (ConnectionState::Waiting | ConnectionState::Blocked, Some(at)) => {
            let seconds = ((at as f64 - now_ms) / 1_000.0).ceil().max(0.0);
            format!("The next try is in {seconds} s")
        }
        _ => "It is tried again now".to_owned(),
    };
    let what = match &lost.last_error {
        Some(error) => error.clone(),
        None => format!("{} cannot be reached", format::venue(&lost.exchange)),
    };
    Some(format!("{what}. {next}, and so on until it answers."))
}

fn is_away(line: &ConnectionStatus) -> bool {
    let is_down = match line.state {
        ConnectionState::Live | ConnectionState::Stale => false,
        ConnectionState::Connecting => line.last_error.is_some(),
        ConnectionState::Waiting | ConnectionState::Blocked => true,
    };
    is_down && line.age_ms.is_none_or(|age| age > SHORT_MS)
}

/// Why nothing that arrives is kept; nothing while it is.
fn unkept(status: &ServerStatus) -> Option<String> {
    let problem = status.store.problem.as_ref();
    (status.store.state == StoreState::Failed).then(|| match problem {
        Some(problem) => format!("What arrives is not being stored: {problem}."),
        None => "What arrives is not being stored.".to_owned(),
    })
}

/// How many kinds of notices there are.
const KINDS: usize = 8;

/// What is said in the line, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// What a person just wanted was refused.
    Refusal,
    /// Another window has saved this workspace.
    Overtaken,
    /// The server has not got the workspace.
    Unsaved,
    /// The preferences are not saved, or another window changed them.
    Preferences,
    /// Nothing that arrives is stored.
    Unkept,
    /// The page is of another build than the server.
    Updated,
    /// The address names what does not exist.
    Misnamed,
    /// An exchange is away.
    Away,
}

impl Kind {
    const ALL: [Self; KINDS] = [
        Self::Refusal,
        Self::Overtaken,
        Self::Unsaved,
        Self::Preferences,
        Self::Unkept,
        Self::Updated,
        Self::Misnamed,
        Self::Away,
    ];

    /// For the browser tests.
    fn testid(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::Overtaken => "overtaken",
            Self::Unsaved => "unsaved",
            Self::Preferences => "preferences-notice",
            Self::Unkept => "unkept",
            Self::Updated => "updated",
            Self::Misnamed => "misnamed",
            Self::Away => "outage",
        }
    }
}

/// The most urgent of what is to be said, and how much else waits behind it.
fn first(said: [bool; KINDS]) -> Option<(Kind, usize)> {
    let mut all = Kind::ALL.into_iter().zip(said).filter(|(_, said)| *said);
    let (kind, _) = all.next()?;
    Some((kind, all.count()))
}

/// The line of notices. It lies over the day's figures while there is anything to say, so that
/// nothing on the page moves for it; on a phone it lies over the whole bar.
#[component]
pub fn Outage() -> impl IntoView {
    let texts = texts();
    // What goes on by itself can be hidden; it is said again once it was over in between.
    let hidden = RwSignal::new([false; KINDS]);
    Effect::new(move || {
        let is_said = texts.map(|text| text.with(Option::is_some));
        hidden.maybe_update(|hidden| {
            let before = *hidden;
            for (hidden, is_said) in hidden.iter_mut().zip(is_said) {
                *hidden &= is_said;
            }
            *hidden != before
        });
    });
    let shown = Memo::new(move |_| {
        let hidden = hidden.get();
        first(std::array::from_fn(|at| {
            texts[at].with(Option::is_some) && !hidden[at]
        }))
    });
    let kind = Memo::new(move |_| shown.get().map(|(kind, _)| kind));
    let text = move || {
        let text = kind.get().and_then(|kind| texts[kind as usize].get());
        text.unwrap_or_default()
    };
    let more = move || match shown.get() {
        Some((_, more @ 1..)) => format!(" (and {more} more)"),
        _ => String::new(),
    };
    let line = move |kind: Kind| {
        view! {
            <div
                class="absolute inset-0 flex items-center gap-2 bg-ground text-[11px]/[14px] max-md:fixed max-md:bottom-auto max-md:z-10 max-md:h-11 max-md:px-2"
                data-testid=kind.testid()
            >
                <span class="text-down" aria-hidden="true">
                    "■"
                </span>
                <span class="line-clamp-2 min-w-0" title=text>
                    {text}
                    <span class="text-text-2">{more}</span>
                </span>
                <Actions kind hide=move || hidden.update(|hidden| hidden[kind as usize] = true) />
            </div>
        }
    };
    view! {
        <div class="contents" role="status">
            {move || kind.get().map(line)}
        </div>
    }
}

/// What can be done about a notice.
#[component]
fn Actions(
    /// Which.
    kind: Kind,
    /// Says it no more.
    hide: impl Fn() + 'static,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let preferences = Preferences::expect();
    let close = move || match kind {
        Kind::Refusal => workspace.refusal.set(None),
        Kind::Unsaved => workspace.unsaved.set(None),
        Kind::Preferences => preferences.notice.set(None),
        Kind::Misnamed => workspace.address_problem.set(None),
        _ => hide(),
    };
    view! {
        {(kind == Kind::Updated)
            .then(|| {
                view! {
                    <button class=BUTTON on:click=move |_| browser::reload()>
                        "Reload"
                    </button>
                }
            })}
        {if kind == Kind::Overtaken {
            view! {
                <button class=BUTTON data-testid="take-theirs" on:click=move |_| workspace.settle(true)>
                    "Show theirs"
                </button>
                <button class=BUTTON data-testid="keep-mine" on:click=move |_| workspace.settle(false)>
                    "Keep mine"
                </button>
            }
                .into_any()
        } else {
            view! {
                <button class=BUTTON data-testid="close-notice" on:click=move |_| close()>
                    "Close"
                </button>
            }
                .into_any()
        }}
    }
}

/// What there is to say of each kind, in the order of [`Kind::ALL`].
fn texts() -> [Memo<Option<String>>; KINDS] {
    let StatusFeed { status, now_ms, .. } = StatusFeed::expect();
    let workspace = Workspace::expect();
    let refusal = Memo::new(move |_| workspace.refusal.get());
    let overtaken = Memo::new(move |_| {
        let text = "Another window has changed this workspace meanwhile.";
        workspace.overtaken.get().map(|_| text.to_owned())
    });
    let unsaved = Memo::new(move |_| {
        let (name, why) = workspace.unsaved.get()?;
        let place = place_of(workspace.is_stored());
        Some(format!("{name} is kept {place}: {why}."))
    });
    let notice = Preferences::expect().notice;
    let preferences = Memo::new(move |_| notice.get());
    let unkept = Memo::new(move |_| status.with(|status| status.as_ref().and_then(unkept)));
    let misnamed = Memo::new(move |_| workspace.address_problem.get());
    let away = Memo::new(move |_| {
        let status = status.get()?;
        let words = (status.mode == Mode::Live).then(|| words(&status, now_ms.get()))?;
        words.map(|words| format!("{words} {LOOK_AROUND}"))
    });
    let updated = updated(Live::expect());
    [
        refusal,
        overtaken,
        unsaved,
        preferences,
        unkept,
        updated,
        misnamed,
        away,
    ]
}

/// Says so once the server is of another build than this page; asked whenever the line is opened,
/// since an update ends it.
fn updated(live: Live) -> Memo<Option<String>> {
    let build = RwSignal::new(None::<String>);
    Effect::new(move || {
        if live.link().get() == Link::Open {
            spawn_local(async move {
                // A server that does not answer this now is asked when the line is next opened.
                if let Ok(found) = server_build().await {
                    build.try_set(Some(found));
                }
            });
        }
    });
    Memo::new(move |_| {
        let is_other = build.with(|build| build.as_ref().is_some_and(|build| build != BUILD));
        is_other.then(|| "The server was updated; this page is from before.".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(state: ConnectionState, age_ms: Option<i64>) -> ConnectionStatus {
        ConnectionStatus {
            exchange: "coinbase".to_owned(),
            state,
            messages_per_s: 0.0,
            age_ms,
            gaps: 0,
            resyncs: 0,
            checksum_failures: 0,
            reconnects: 0,
            last_error: Some("Coinbase cannot be reached: its name was not found".to_owned()),
            retry_at: Some(5_000),
        }
    }

    fn status(
        connections: Vec<ConnectionStatus>,
        state: StoreState,
        problem: Option<&str>,
    ) -> ServerStatus {
        ServerStatus {
            version: String::new(),
            mode: Mode::Live,
            uptime_s: 0,
            memory_bytes: 0,
            store: tradesuite_core::model::StoreStatus {
                kind: "sqlite".to_owned(),
                state,
                bytes: 0,
                problem: problem.map(str::to_owned),
                kinds: Vec::new(),
            },
            connections,
            rejected: 0,
            notices: Vec::new(),
        }
    }

    #[test]
    fn it_says_what_is_wrong_and_when_it_is_tried_again() {
        use ConnectionState::{Blocked, Connecting, Live, Stale, Waiting};
        let reached = "Coinbase cannot be reached: its name was not found.";
        for (state, age_ms, expected) in [
            (Live, None, None),
            (Stale, Some(60_000), None),
            (Waiting, Some(3_000), None),
            (
                Waiting,
                None,
                Some(format!(
                    "{reached} The next try is in 4 s, and so on until it answers."
                )),
            ),
            (
                Connecting,
                Some(11_000),
                Some(format!(
                    "{reached} It is tried again now, and so on until it answers."
                )),
            ),
            (
                Blocked,
                None,
                Some(format!(
                    "{reached} The next try is in 4 s, and so on until it answers."
                )),
            ),
        ] {
            let status = status(vec![line(state, age_ms)], StoreState::Ok, None);
            assert_eq!(words(&status, 1_500.0), expected, "{state:?}");
        }
    }

    #[test]
    fn the_most_urgent_is_said_and_the_rest_is_counted() {
        for (said, expected) in [
            ([].as_slice(), None),
            ([Kind::Away].as_slice(), Some((Kind::Away, 0))),
            (
                [Kind::Away, Kind::Refusal, Kind::Unkept].as_slice(),
                Some((Kind::Refusal, 2)),
            ),
        ] {
            assert_eq!(first(Kind::ALL.map(|kind| said.contains(&kind))), expected);
        }
    }

    #[test]
    fn a_store_that_takes_nothing_is_said() {
        for (state, problem, expected) in [
            (StoreState::Ok, None, None),
            (StoreState::Behind, Some("30000 events wait"), None),
            (
                StoreState::Failed,
                Some("the disk is full"),
                Some("What arrives is not being stored: the disk is full."),
            ),
        ] {
            let found = unkept(&status(Vec::new(), state, problem));
            assert_eq!(found.as_deref(), expected);
        }
    }
}
