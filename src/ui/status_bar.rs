//! Below the panels: how the line to the server and the server's own lines are doing, and on a
//! phone the tabs.

use leptos::prelude::*;
use tradesuite_core::chart::format;
use tradesuite_core::model::{
    ConnectionState, ConnectionStatus, Mode, ServerStatus, StoreState, UnixMs,
};

use crate::ui::live::{Link, Live};
use crate::ui::preferences::{Preferences, SoundNotice};
use crate::ui::server_status::StatusFeed;
use crate::ui::status_panel::{StatusCard, size};
use crate::ui::workspace::{Workspace, Zone};

/// How bad it is; each has a colour and a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Good,
    Warning,
    Bad,
}

impl Tone {
    fn sign(self) -> (&'static str, &'static str) {
        match self {
            Self::Good => ("●", "text-up"),
            Self::Warning => ("▲", "text-warning"),
            Self::Bad => ("■", "text-down"),
        }
    }
}

/// A status that is older is no longer believed, milliseconds; two come every second.
const OLD_MS: f64 = 4_000.0;

/// What the bar says first, about whatever is worst.
fn headline(link: Link, status: Option<&ServerStatus>, age_ms: f64, now_ms: f64) -> (Tone, String) {
    match (link, status) {
        (Link::Connecting, _) => (Tone::Warning, "Connecting to the server…".to_owned()),
        (Link::Lost, _) => (
            Tone::Bad,
            "The server cannot be reached; trying again and again".to_owned(),
        ),
        (Link::Open, None) => (Tone::Warning, "Waiting for the server's status…".to_owned()),
        (Link::Open, Some(_)) if age_ms > OLD_MS => {
            let seconds = (age_ms / 1_000.0).floor();
            let text = format!("The server has not said how it is for {seconds} s");
            (Tone::Warning, text)
        }
        (Link::Open, Some(status)) => {
            let said = |line| describe(line, now_ms);
            let lines: Vec<_> = status.connections.iter().map(said).collect();
            let Some(worst) = lines.iter().map(|(tone, _)| *tone as u8).max() else {
                return (Tone::Warning, "No exchange is connected".to_owned());
            };
            let mut texts: Vec<String> = Vec::new();
            for (_, text) in lines.iter().filter(|(tone, _)| *tone as u8 == worst) {
                if !texts.contains(text) {
                    texts.push(text.clone());
                }
            }
            let tone = lines.iter().map(|(tone, _)| *tone);
            let tone = tone.max_by_key(|tone| *tone as u8);
            (tone.unwrap_or(Tone::Warning), texts.join(" · "))
        }
    }
}

fn describe(connection: &ConnectionStatus, now_ms: f64) -> (Tone, String) {
    let name = format::venue(&connection.exchange);
    let why = |otherwise: &str| {
        let error = connection.last_error.clone();
        error.unwrap_or_else(|| format!("{name} {otherwise}"))
    };
    match connection.state {
        ConnectionState::Live => (Tone::Good, format!("{name} live")),
        ConnectionState::Connecting => (Tone::Warning, format!("{name} connecting…")),
        ConnectionState::Stale => (Tone::Warning, format!("{name} stale")),
        ConnectionState::Waiting => {
            let next = connection.retry_at.map_or_else(String::new, |at| {
                let seconds = ((at as f64 - now_ms) / 1_000.0).ceil().max(0.0);
                format!("; next try in {seconds} s")
            });
            (Tone::Bad, format!("{}{next}", why("cannot be reached")))
        }
        ConnectionState::Blocked => (Tone::Bad, why("is blocked from this location")),
    }
}

/// The bar below the panels.
#[component]
pub fn StatusBar() -> impl IntoView {
    let live = Live::expect();
    let workspace = Workspace::expect();
    let link = live.link();
    let numbers = Preferences::expect().numbers;
    let feed = StatusFeed::expect();
    let (status, now) = (feed.status, feed.now_ms);
    let head = Memo::new(move |_| {
        let status = status.get();
        headline(link.get(), status.as_ref(), feed.age_ms(), now.get())
    });
    let fact = move |read: fn(&ServerStatus) -> String| {
        move || match link.get() {
            Link::Open => status.get().as_ref().map_or_else(String::new, read),
            _ => String::new(),
        }
    };
    let age = move || match (link.get(), status.get()) {
        (Link::Open, Some(status)) => numbers.get().write(age(&status, feed.age_ms())),
        _ => String::new(),
    };
    let since = live.lost_at(workspace.zone);
    let opened = RwSignal::new(false);
    let badge = move || match status.get().map(|status| status.mode) {
        Some(Mode::Demo) => Some("SIMULATED"),
        Some(Mode::Replay) => Some("REPLAY"),
        _ => None,
    };
    let clock = move || {
        let at = now.get() as i64;
        if at == 0 {
            return String::new();
        }
        let zone = workspace.zone.get();
        let local = UnixMs(at + zone.offset_ms(at));
        let name = match zone {
            Zone::Utc => " UTC",
            Zone::Local => "",
        };
        format!("{}{name}", format::clock(local))
    };
    view! {
        <footer class="flex flex-col">
            <div class="flex h-6 min-w-0 items-center gap-4 px-3 text-[11px] whitespace-nowrap text-text-2">
                <Show when=move || badge().is_some()>
                    <span
                        class="rounded bg-warning px-1.5 text-[10px]/[16px] font-semibold text-on-accent"
                        data-testid="mode"
                    >
                        {move || badge().unwrap_or_default()}
                    </span>
                </Show>
                // It takes what room there is: the figures beside it stay where they are.
                <span class="flex min-w-0 flex-1 items-center gap-1.5" role="status" data-testid="link">
                    <span class=move || {
                        head.get().0.sign().1
                    } aria-hidden="true">
                        {move || head.get().0.sign().0}
                    </span>
                    <span class="truncate">
                        {move || match since() {
                            Some(at) => format!("The server cannot be reached; last heard at {at}, trying again and again"),
                            None => head.get().1,
                        }}
                    </span>
                </span>
                <SoundNotice />
                <span class="max-md:hidden">{fact(rejected)}</span>
                <span class="min-w-[8ch] text-right max-md:hidden" data-testid="gaps">{fact(gaps)}</span>
                <span class="min-w-[11ch] text-right max-md:hidden" data-testid="age">{age}</span>
                <span class="min-w-[12ch] text-right max-md:hidden" data-testid="rate">{fact(rate)}</span>
                <button
                    class="cursor-pointer rounded px-1 text-right hover:bg-hover hover:text-text-1 md:min-w-[18ch]"
                    data-testid="store"
                    aria-haspopup="dialog"
                    aria-expanded=move || opened.get().to_string()
                    title="How server, store and exchanges are doing"
                    on:click=move |_| opened.update(|opened| *opened = !*opened)
                >
                    {fact(store)}
                </button>
                <span class="min-w-[8ch] text-right" data-testid="clock">{clock}</span>
            </div>
            <Show when=move || opened.get()>
                <StatusCard close=move || opened.set(false) />
            </Show>
        </footer>
    }
}

fn rate(status: &ServerStatus) -> String {
    // The sum of nothing is a negative zero, and would be shown as one.
    let rates = status.connections.iter().map(|c| c.messages_per_s);
    let rate = rates.fold(0.0, |sum, rate| sum + rate);
    format!("{rate:.0} msg/s")
}

/// Time since the last message of the quietest exchange: what the server knew of it, and the time
/// since it said so.
fn age(status: &ServerStatus, age_ms: f64) -> String {
    let ages = status.connections.iter().filter_map(|c| c.age_ms);
    // Up to a second is the pace at which the server speaks.
    let since = (age_ms - 1_000.0).max(0.0) as i64;
    ages.max().map_or_else(String::new, |ms| {
        format!("age {}", format::duration(ms + since))
    })
}

fn gaps(status: &ServerStatus) -> String {
    let gaps: u64 = status.connections.iter().map(|c| c.gaps).sum();
    format!("{gaps} {}", if gaps == 1 { "gap" } else { "gaps" })
}

fn rejected(status: &ServerStatus) -> String {
    match status.rejected {
        0 => String::new(),
        count => format!("{count} rejected"),
    }
}

fn store(status: &ServerStatus) -> String {
    let name = match status.store.kind.as_str() {
        "sqlite" => "SQLite",
        "influxdb" => "InfluxDB",
        other => other,
    };
    let size = size(status.store.bytes);
    match status.store.state {
        StoreState::Ok => format!("{name} {size}"),
        StoreState::Behind => format!("{name} {size}, behind"),
        StoreState::Failed => format!("{name} takes no writes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(state: ConnectionState) -> ConnectionStatus {
        ConnectionStatus {
            exchange: "coinbase".to_owned(),
            state,
            messages_per_s: 0.0,
            age_ms: None,
            gaps: 0,
            resyncs: 0,
            checksum_failures: 0,
            reconnects: 0,
            last_error: Some("Coinbase cannot be reached: no such name".to_owned()),
            retry_at: Some(5_000),
        }
    }

    fn status() -> ServerStatus {
        ServerStatus {
            version: String::new(),
            mode: Mode::Live,
            uptime_s: 0,
            memory_bytes: 0,
            store: tradesuite_core::model::StoreStatus {
                kind: "sqlite".to_owned(),
                state: StoreState::Ok,
                bytes: 0,
                problem: None,
                kinds: Vec::new(),
            },
            connections: vec![
                connection(ConnectionState::Live),
                connection(ConnectionState::Waiting),
            ],
            rejected: 0,
            notices: Vec::new(),
        }
    }

    #[test]
    fn the_worst_is_said_first() {
        let status = status();
        let (tone, text) = headline(Link::Open, Some(&status), 900.0, 1_500.0);
        assert_eq!(tone, Tone::Bad);
        assert_eq!(
            text,
            "Coinbase cannot be reached: no such name; next try in 4 s"
        );
        let (_, text) = headline(Link::Lost, Some(&status), 0.0, 0.0);
        assert!(text.contains("server cannot be reached"));
    }

    #[test]
    fn a_server_that_falls_silent_is_not_believed() {
        let mut status = status();
        status.connections.truncate(1);
        status.connections[0].age_ms = Some(40);
        let said = |age_ms| headline(Link::Open, Some(&status), age_ms, 0.0);
        assert_eq!(said(4_000.0), (Tone::Good, "Coinbase live".to_owned()));
        let (tone, text) = said(4_900.0);
        assert_eq!(tone, Tone::Warning);
        assert_eq!(text, "The server has not said how it is for 4 s");
        assert_eq!(age(&status, 800.0), "age 40 ms");
        assert_eq!(age(&status, 4_000.0), age_of(3_040));
    }

    #[test]
    fn no_exchange_sends_no_messages() {
        let mut status = status();
        status.connections.clear();
        assert_eq!(rate(&status), "0 msg/s");
    }

    fn age_of(ms: i64) -> String {
        format!("age {}", format::duration(ms))
    }

    #[test]
    fn blocked_is_told_apart() {
        let blocked = ConnectionStatus {
            last_error: None,
            ..connection(ConnectionState::Blocked)
        };
        let (tone, text) = describe(&blocked, 0.0);
        assert_eq!(tone, Tone::Bad);
        assert!(text.contains("blocked from this location"));
    }
}
