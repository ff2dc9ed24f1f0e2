//! Says at length what the status bar has no room for: that an exchange is away, what is wrong,
//! that it is tried again and how to look around meanwhile; that nothing is being kept, that the
//! server was updated, and that the page's address names what does not exist.

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::chart::format;
use tradesuite_core::model::{ConnectionState, ConnectionStatus, Mode, ServerStatus, StoreState};

use crate::api::{BUILD, server_build};
use crate::browser;
use crate::ui::live::{Link, Live};
use crate::ui::server_status::StatusFeed;
use crate::ui::workspace::Workspace;

const BUTTON: &str = "ml-1 h-6 cursor-pointer rounded border border-line-strong bg-raised px-2 text-[11px] hover:bg-hover";

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

/// The notices above the panels; they take no room while everything is well.
#[component]
pub fn Outage() -> impl IntoView {
    let StatusFeed { status, now_ms, .. } = StatusFeed::expect();
    let away = Memo::new(move |_| {
        let status = status.get()?;
        (status.mode == Mode::Live).then(|| words(&status, now_ms.get()))?
    });
    let workspace = Workspace::expect();
    let misnamed = Memo::new(move |_| workspace.address_problem.get());
    let overtaken = Memo::new(move |_| {
        let text = "Another window has changed this workspace meanwhile.";
        workspace.overtaken.get().map(|_| text.to_owned())
    });
    let unsaved = Memo::new(move |_| {
        let (name, why) = workspace.unsaved.get()?;
        Some(format!("{name} is kept in this browser only: {why}."))
    });
    let refusal = Memo::new(move |_| workspace.refusal.get());
    let updated = updated(Live::expect());
    let unkept = Memo::new(move |_| status.with(|status| status.as_ref().and_then(unkept)));
    view! {
        <Line text=updated testid="updated">
            " "
            <button class=BUTTON on:click=move |_| browser::reload()>
                "Reload"
            </button>
        </Line>
        <Line text=misnamed testid="misnamed">
            " "
            <button class=BUTTON on:click=move |_| workspace.address_problem.set(None)>
                "Close"
            </button>
        </Line>
        <Line text=overtaken testid="overtaken">
            " "
            <button class=BUTTON data-testid="take-theirs" on:click=move |_| workspace.settle(true)>
                "Show theirs"
            </button>
            " "
            <button class=BUTTON data-testid="keep-mine" on:click=move |_| workspace.settle(false)>
                "Keep mine"
            </button>
        </Line>
        <Line text=unsaved testid="unsaved">
            " "
            <button class=BUTTON on:click=move |_| workspace.unsaved.set(None)>
                "Close"
            </button>
        </Line>
        <Line text=refusal testid="refusal">
            " "
            <button class=BUTTON on:click=move |_| workspace.refusal.set(None)>
                "Close"
            </button>
        </Line>
        <Line text=unkept testid="unkept" />
        <Line text=away testid="outage">
            " "
            <span class="text-text-2">
                "To look around without an exchange, start the server with "
                <code class="rounded bg-raised px-1 text-text-1">"--demo"</code>
                ": a simulated market, marked as such."
            </span>
        </Line>
    }
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

/// One notice, with what is said after it.
#[component]
fn Line(
    /// Shown while there is any.
    text: Memo<Option<String>>,
    /// For the browser tests.
    testid: &'static str,
    #[prop(optional)] children: Option<ChildrenFn>,
) -> impl IntoView {
    view! {
        <Show when=move || text.get().is_some()>
            <div
                class="mx-1 mb-1 rounded-md border border-line bg-panel px-3 py-2 leading-5"
                data-testid=testid
                role="status"
            >
                <span class="mr-1.5 text-down" aria-hidden="true">
                    "■"
                </span>
                <span>{move || text.get().unwrap_or_default()}</span>
                {children.clone().map(|children| children())}
            </div>
        </Show>
    }
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
