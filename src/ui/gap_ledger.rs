//! The gap ledger: what of the market is known to be missing, why, and whether it was fetched
//! afterwards. The newest entries over all instruments, read anew when a gap is counted.

use leptos::prelude::*;
use tradesuite_core::chart::format;
use tradesuite_core::model::{Gap, GapKind, GapLedger, InstrumentId, ServerStatus, UnixMs};

use crate::api::load_gap_ledger;
use crate::browser;
use crate::ui::server_status::StatusFeed;
use crate::ui::workspace::{Workspace, Zone};

/// Between a gap that is counted and its entry in the ledger, milliseconds.
const WRITTEN_MS: u32 = 1_500;
/// Entries may be filled at any time: between two readings at the most, milliseconds.
const AGAIN_MS: u32 = 20_000;
/// Columns of the table, and the width that each needs the tables to have, as the style sheet knows
/// it; empty where it is always there.
const COLUMNS: [(&str, &str); 6] = [
    ("Instrument", ""),
    ("Lacks", "380"),
    ("From", ""),
    ("For", "480"),
    ("Became", ""),
    ("Why", "600"),
];
const CELL: &str = "pr-4 last:pr-0";

/// What became of an entry, in a word.
fn fate(gap: &Gap) -> &'static str {
    match (gap.filled, gap.end) {
        (true, _) => "filled",
        (false, Some(_)) => "lost",
        (false, None) => "goes on",
    }
}

/// One line of the table.
fn cells(gap: &Gap, offset_ms: i64) -> [String; 6] {
    let from = UnixMs(gap.start.0 + offset_ms);
    let venue = format::venue(gap.instrument.exchange());
    [
        format!("{} {venue}", gap.instrument.symbol()),
        match gap.kind {
            GapKind::Trades => "trades",
            GapKind::Book => "book",
        }
        .to_owned(),
        format!("{} {}", format::day(from), format::clock(from)),
        gap.end.map_or_else(
            || "–".to_owned(),
            |end| format::duration(end.0 - gap.start.0),
        ),
        fate(gap).to_owned(),
        gap.reason.clone(),
    ]
}

/// What is said of a ledger that has nothing to show.
fn nothing(instruments: usize, since: Option<&str>) -> String {
    match (instruments, since) {
        (0, Some(since)) => format!("No gaps since the server was started, {since}."),
        (0, None) => "No gaps are known.".to_owned(),
        _ => "None of the gaps fits this choice.".to_owned(),
    }
}

fn counted(status: Option<&ServerStatus>) -> u64 {
    let lines = status.iter().flat_map(|status| &status.connections);
    lines.map(|line| line.gaps + line.resyncs).sum()
}

/// When to read the ledger: a number that rises.
fn readings(status: RwSignal<Option<ServerStatus>>) -> RwSignal<u32> {
    let reading = RwSignal::new(0_u32);
    let again = move || {
        // Whoever waits may be gone.
        let _ = reading.try_update(|count| *count = count.wrapping_add(1));
    };
    let count = Memo::new(move |_| status.with(|status| counted(status.as_ref())));
    let written = StoredValue::new_local(None);
    Effect::new(move |first: Option<()>| {
        count.track();
        if first.is_some() {
            written.set_value(Some(browser::after(WRITTEN_MS, again)));
        }
    });
    Effect::new(move || {
        let held = StoredValue::new_local(Some(browser::every(AGAIN_MS, again)));
        on_cleanup(move || {
            let _ = held.try_update_value(Option::take);
        });
    });
    reading
}

/// The ledger with its filters.
#[component]
pub fn GapLedgerView() -> impl IntoView {
    let feed = StatusFeed::expect();
    let zone = Workspace::expect().zone;
    let instrument = RwSignal::new(None::<InstrumentId>);
    let only_lost = RwSignal::new(false);
    let reading = readings(feed.status);
    let found = LocalResource::new(move || {
        reading.track();
        load_gap_ledger(instrument.get(), only_lost.get())
    });
    let ledger = Memo::new(move |_| match found.get() {
        Some(Ok(ledger)) => Some(ledger),
        _ => None,
    });
    // What was read last stays while it is read again, and where that fails.
    let shown = RwSignal::new(None::<GapLedger>);
    Effect::new(move || {
        if let Some(ledger) = ledger.get() {
            shown.set(Some(ledger));
        }
    });
    let with =
        move |read: fn(&GapLedger) -> usize| shown.with(|ledger| ledger.as_ref().map_or(0, read));
    let started = Memo::new(move |_| {
        let up = feed
            .status
            .with(|status| status.as_ref().map(|status| status.uptime_s))?;
        // To the minute, or the sentence would change every other second.
        let minutes = (feed.heard_ms.get_untracked() as i64 / 1_000 - up as i64) / 60;
        Some(UnixMs(minutes * 60_000))
    });
    let note = move || match (found.get(), shown.with(Option::is_some)) {
        (Some(Err(why)), _) => Some(format!("The ledger cannot be read: {why}")),
        (_, false) => Some("Loading…".to_owned()),
        _ if with(|ledger| ledger.gaps.len()) == 0 => {
            let since = started.get().map(|at| day_and_minute(at, zone.get()));
            let named = with(|ledger| ledger.instruments.len());
            Some(nothing(named, since.as_deref()))
        }
        _ => None,
    };
    let has_rows = move || with(|ledger| ledger.gaps.len()) > 0;
    let more = move || {
        let more = shown.with(|ledger| ledger.as_ref().map_or(0, |ledger| ledger.more));
        (more > 0).then(|| format!("{more} older ones are in GET /api/v1/gaps."))
    };
    view! {
        <section class="flex flex-col gap-2" aria-label="Gap ledger" data-testid="gap-ledger">
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 text-text-2">
                <h3 class="font-medium text-text-1">"Gaps"</h3>
                <Filters instrument only_lost shown />
            </div>
            <p class="whitespace-normal text-text-2 empty:hidden" role="status" data-testid="gap-note">
                {note}
            </p>
            <Show when=has_rows>
                <GapTable shown zone />
            </Show>
            <p class="text-text-2 empty:hidden">{more}</p>
        </section>
    }
}

fn day_and_minute(at: UnixMs, zone: Zone) -> String {
    let local = UnixMs(at.0 + zone.offset_ms(at.0));
    format!("{} {}", format::day(local), format::hour_minute(local))
}

#[component]
fn Filters(
    instrument: RwSignal<Option<InstrumentId>>,
    only_lost: RwSignal<bool>,
    shown: RwSignal<Option<GapLedger>>,
) -> impl IntoView {
    let instruments = Memo::new(move |_| {
        shown.with(|ledger| {
            ledger
                .as_ref()
                .map_or_else(Vec::new, |ledger| ledger.instruments.clone())
        })
    });
    let options = move || {
        let option = |id: InstrumentId| {
            let label = format!("{} {}", id.symbol(), format::venue(id.exchange()));
            let (value, own) = (id.to_string(), id);
            let is_chosen = move || instrument.with(|chosen| chosen.as_ref() == Some(&own));
            view! {
                <option value=value prop:selected=is_chosen>
                    {label}
                </option>
            }
        };
        instruments.get().into_iter().map(option).collect_view()
    };
    view! {
        <select
            class="h-6 rounded border border-line bg-panel px-1 text-text-1"
            aria-label="Gaps of which instrument"
            data-testid="gap-instrument"
            on:change=move |event| instrument.set(event_target_value(&event).parse().ok())
        >
            <option value="">"All instruments"</option>
            {options}
        </select>
        <label class="flex items-center gap-1.5">
            <input
                class="size-4 accent-accent"
                type="checkbox"
                data-testid="gap-lost"
                prop:checked=move || only_lost.get()
                on:change=move |event| only_lost.set(event_target_checked(&event))
            />
            "Only lost"
        </label>
    }
}

#[component]
fn GapTable(shown: RwSignal<Option<GapLedger>>, zone: Memo<Zone>) -> impl IntoView {
    let row = move |gap: &Gap| {
        let [instrument, kind, from, length, became, why] =
            cells(gap, zone.get().offset_ms(gap.start.0));
        let tone = if gap.filled { "" } else { "text-warning" };
        // Also where there is no room for the last column.
        let whole = why.clone();
        view! {
            <tr class="h-5 align-top" title=whole data-testid="gap-row" data-instrument=gap.instrument.to_string()>
                <th class="pr-4 text-left font-normal">{instrument}</th>
                <td class=CELL data-room=COLUMNS[1].1>{kind}</td>
                <td class=CELL>{from}</td>
                <td class="pr-4 text-right" data-room=COLUMNS[3].1>{length}</td>
                <td class=format!("{CELL} {tone}")>{became}</td>
                <td class="max-w-60 truncate text-text-2" data-room=COLUMNS[5].1>
                    {why}
                </td>
            </tr>
        }
    };
    let rows = move || {
        shown.with(|ledger| {
            let gaps = ledger.iter().flat_map(|ledger| &ledger.gaps);
            gaps.map(row).collect_view()
        })
    };
    let head = COLUMNS.map(|(name, room)| {
        let side = if name == "For" {
            "text-right"
        } else {
            "text-left"
        };
        view! { <th class=format!("{CELL} pb-1 font-normal {side}") data-room=room>{name}</th> }
    });
    view! {
        <div class="overflow-x-auto">
            <table class="border-collapse tabular-nums" data-testid="gap-table">
                <thead class="text-text-2">
                    <tr>{head.collect_view()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(end: Option<i64>, filled: bool) -> Gap {
        Gap {
            instrument: "kraken:ETH-USD".parse().expect("an id"),
            kind: GapKind::Trades,
            start: UnixMs(1_795_392_000_000),
            end: end.map(UnixMs),
            reason: "the line was cut".to_owned(),
            filled,
        }
    }

    #[test]
    fn a_row_says_what_is_missing_and_what_became_of_it() {
        let lost = gap(Some(1_795_392_003_500), false);
        assert_eq!(
            cells(&lost, 0),
            [
                "ETH-USD Kraken",
                "trades",
                "23 Nov 00:00:00",
                "3.5 s",
                "lost",
                "the line was cut"
            ]
        );
        assert_eq!(cells(&lost, 3_600_000)[2], "23 Nov 01:00:00");
        assert_eq!(fate(&gap(None, false)), "goes on");
        assert_eq!(fate(&gap(Some(1), true)), "filled");
    }

    #[test]
    fn an_empty_ledger_says_why_it_is() {
        for (instruments, since, expected) in [
            (
                0,
                Some("23 Nov 13:21"),
                "No gaps since the server was started, 23 Nov 13:21.",
            ),
            (0, None, "No gaps are known."),
            (3, None, "None of the gaps fits this choice."),
        ] {
            assert_eq!(nothing(instruments, since), expected);
        }
    }
}
