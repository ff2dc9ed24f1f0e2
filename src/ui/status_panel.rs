//! Opened from the status bar: every connection to a venue, what the store holds and until when,
//! the server itself, and what is known to be missing.

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use tradesuite_core::chart::format;
use tradesuite_core::model::{
    ConnectionState, ConnectionStatus, KindStatus, ServerStatus, StoreState, UnixMs,
};

use crate::ui::gap_ledger::GapLedgerView;
use crate::ui::server_status::StatusFeed;
use crate::ui::workspace::{Workspace, Zone};

/// Columns of the store's table, and the width that each needs the tables to have, CSS pixels, as
/// the style sheet knows it; empty where it is always there.
const KINDS: [(&str, &str); 5] = [
    ("", ""),
    ("Size", ""),
    ("Per day", "300"),
    ("Kept", ""),
    ("Next deletion", "380"),
];
/// Columns of the connections' table.
const LINES: [(&str, &str); 8] = [
    ("", ""),
    ("State", ""),
    ("Messages", "300"),
    ("Age", ""),
    ("Gaps", ""),
    ("Resyncs", "480"),
    ("Bad sums", "480"),
    ("Lines", "480"),
];

/// A size in the unit that suits it.
pub(super) fn size(bytes: u64) -> String {
    let bytes = bytes as f64;
    match bytes {
        ..1e6 => format!("{:.0} kB", bytes / 1e3),
        ..1e9 => format!("{:.1} MB", bytes / 1e6),
        _ => format!("{:.2} GB", bytes / 1e9),
    }
}

fn kind_row(kind: &KindStatus, zone: Zone) -> Vec<String> {
    let name = match kind.kind.as_str() {
        "trades" => "Trades",
        "book" => "Book history",
        "candles" => "Candles",
        other => other,
    };
    vec![
        name.to_owned(),
        size(kind.bytes),
        kind.bytes_per_day.map_or_else(|| "–".to_owned(), size),
        kind.keep_days.map_or_else(
            || "for ever".to_owned(),
            |days| format!("{days} {}", if days == 1 { "day" } else { "days" }),
        ),
        kind.next_deletion
            .map_or_else(|| "–".to_owned(), |at| day_and_time(at, zone)),
    ]
}

fn day_and_time(at: UnixMs, zone: Zone) -> String {
    let local = UnixMs(at.0 + zone.offset_ms(at.0));
    let said = match zone {
        Zone::Utc => " UTC",
        Zone::Local => "",
    };
    format!(
        "{} {}{said}",
        format::day(local),
        format::hour_minute(local)
    )
}

fn line_row(line: &ConnectionStatus) -> Vec<String> {
    let state = match line.state {
        ConnectionState::Connecting => "connecting",
        ConnectionState::Live => "live",
        ConnectionState::Stale => "stale",
        ConnectionState::Waiting => "waiting",
        ConnectionState::Blocked => "blocked",
    };
    vec![
        format::venue(&line.exchange),
        state.to_owned(),
        format!("{:.0}/s", line.messages_per_s),
        line.age_ms.map_or_else(|| "–".to_owned(), format::duration),
        line.gaps.to_string(),
        line.resyncs.to_string(),
        line.checksum_failures.to_string(),
        (line.reconnects + 1).to_string(),
    ]
}

/// The store in one line.
fn store_line(status: &ServerStatus) -> String {
    let store = &status.store;
    let state = match store.state {
        StoreState::Ok => "keeps up",
        StoreState::Behind => "is behind",
        StoreState::Failed => "takes nothing",
    };
    let problem = store.problem.as_ref();
    let why = problem.map_or_else(String::new, |problem| format!(": {problem}"));
    format!(
        "Store ({}), {}: {state}{why}",
        store.kind,
        size(store.bytes)
    )
}

fn server_line(status: &ServerStatus) -> String {
    let up = i64::try_from(status.uptime_s.saturating_mul(1_000)).unwrap_or(i64::MAX);
    let memory = match status.memory_bytes {
        0 => String::new(),
        bytes => format!(", {} of memory", size(bytes)),
    };
    format!(
        "TradeSuite {}, up {}{memory}",
        status.version,
        format::duration(up)
    )
}

/// The card over the page.
#[component]
pub fn StatusCard(
    /// Called for Escape and for a click beside it.
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let card = NodeRef::<Div>::new();
    Effect::new(move || {
        if let Some(card) = card.get() {
            // Fails only where the element cannot have the focus.
            let _ = card.focus();
        }
    });
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    view! {
        <div class="fixed inset-0 z-10" on:click=move |_| close()></div>
        <div
            node_ref=card
            class="fixed right-2 bottom-8 z-20 max-h-[80dvh] w-[720px] max-w-[calc(100vw-16px)] overflow-auto rounded-md border border-line-strong bg-raised p-3 outline-none max-md:bottom-20"
            data-testid="status-panel"
            role="dialog"
            aria-label="Status of the server"
            tabindex="-1"
            on:keydown=on_key
        >
            <StatusTables />
        </div>
    }
}

/// The server, its lines and its store.
#[component]
pub fn StatusTables() -> impl IntoView {
    let status = StatusFeed::expect().status;
    let zone = Workspace::expect().zone;
    let with = move |read: fn(&ServerStatus) -> String| {
        move || status.with(|status| status.as_ref().map_or_else(String::new, read))
    };
    let kinds = Memo::new(move |_| {
        status.with(|status| {
            let kinds = status.iter().flat_map(|status| &status.store.kinds);
            kinds
                .map(|kind| kind_row(kind, zone.get()))
                .collect::<Vec<_>>()
        })
    });
    let lines = Memo::new(move |_| {
        status.with(|status| {
            let lines = status.iter().flat_map(|status| &status.connections);
            lines.map(line_row).collect::<Vec<_>>()
        })
    });
    view! {
        <div class="@container/status flex flex-col gap-3 text-[11px] whitespace-nowrap">
            <p class="whitespace-normal text-text-2">{with(server_line)}</p>
            <p class="whitespace-normal text-warning empty:hidden" data-testid="status-notices">
                {with(|status| status.notices.join(" "))}
            </p>
            <Table columns=&LINES rows=lines testid="status-lines" />
            <p class="whitespace-normal text-text-2">{with(store_line)}</p>
            <Table columns=&KINDS rows=kinds testid="status-kinds" />
            <GapLedgerView />
        </div>
    }
}

/// A table whose first column names its rows; nothing where there are none.
#[component]
fn Table(
    /// Their names, and the widths that they need.
    columns: &'static [(&'static str, &'static str)],
    /// What stands in them.
    rows: Memo<Vec<Vec<String>>>,
    /// For the browser tests.
    testid: &'static str,
) -> impl IntoView {
    let head = move || {
        let cell = |(name, room): (&'static str, &'static str)| {
            view! { <th class="pr-4 pb-1 text-right font-normal first:text-left last:pr-0" data-room=room>{name}</th> }
        };
        columns.iter().copied().map(cell).collect_view()
    };
    let row = move |cells: Vec<String>| {
        let cell = |(text, (_, room)): (String, &(&'static str, &'static str))| {
            view! { <td class="pr-4 text-right first:text-left last:pr-0" data-room=*room>{text}</td> }
        };
        view! { <tr class="h-5">{cells.into_iter().zip(columns).map(cell).collect_view()}</tr> }
    };
    view! {
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <table class="border-collapse tabular-nums" data-testid=testid>
                <thead class="text-text-2">
                    <tr>{head}</tr>
                </thead>
                <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_that_suits_them() {
        for (bytes, expected) in [
            (0, "0 kB"),
            (999_000, "999 kB"),
            (5_150_000, "5.2 MB"),
            (12_340_000_000, "12.34 GB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }

    #[test]
    fn a_kind_says_how_long_it_is_kept() {
        let book = KindStatus {
            kind: "book".to_owned(),
            bytes: 120_000_000,
            bytes_per_day: Some(90_000_000),
            keep_days: Some(30),
            next_deletion: Some(UnixMs(1_795_392_000_000)),
        };
        let row = kind_row(&book, Zone::Utc);
        assert_eq!(row[..4], ["Book history", "120.0 MB", "90.0 MB", "30 days"]);
        assert!(row[4].ends_with("00:00 UTC"), "{}", row[4]);
        let trades = KindStatus {
            kind: "trades".to_owned(),
            bytes_per_day: None,
            keep_days: None,
            next_deletion: None,
            ..book
        };
        assert_eq!(kind_row(&trades, Zone::Utc)[2..], ["–", "for ever", "–"]);
    }
}
