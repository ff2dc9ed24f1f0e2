//! What is said over the bars: that they are loading, missing, not true any more, or that there is
//! none of a time.

use leptos::prelude::*;
use tradesuite_core::chart::format;
use tradesuite_core::model::UnixMs;

use crate::ui::chart::feed::Notice;
use crate::ui::live::{Link, Live};
use crate::ui::workspace::{Workspace, Zone};

/// What became of going to a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Going {
    /// Its bars are being loaded.
    To(UnixMs),
    /// It is before the first bar there is, which opened then.
    BeforeFirst(UnixMs),
    /// It is after the newest bar.
    AfterLast,
}

/// A time in the shown zone, to the minute.
fn written(time: UnixMs, zone: Zone) -> String {
    let local = UnixMs(time.0 + zone.offset_ms(time.0));
    let text = local.to_rfc3339();
    let name = match zone {
        Zone::Utc => " UTC",
        Zone::Local => "",
    };
    format!("{}{name}", text[..16].replace('T', " "))
}

fn text_of_going(going: Going, zone: Zone) -> String {
    match going {
        Going::To(time) => format!(
            "Going to {}: loading older bars… Esc stops.",
            written(time, zone)
        ),
        Going::BeforeFirst(first) => format!(
            "There are bars from {} on; before that none is known.",
            written(first, zone)
        ),
        Going::AfterLast => "That time has not come yet; these are the newest bars.".to_owned(),
    }
}

/// `since` is when the server was heard last, while it is lost.
fn text_of(notice: Option<Notice>, link: Link, since: Option<String>) -> Option<String> {
    match (notice, link) {
        (Some(Notice::Loading), _) => Some("Loading bars…".to_owned()),
        (Some(Notice::Failed(why)), _) => Some(format!(
            "The bars could not be loaded: {why}. Trying again."
        )),
        (_, Link::Lost) => Some(format!(
            "The server cannot be reached; this is what was seen until {}.",
            since.unwrap_or_else(|| "then".to_owned())
        )),
        (Some(Notice::Empty(why)), _) if why.is_empty() => Some(
            "No bars yet: this market has not traded since the server began to watch it."
                .to_owned(),
        ),
        (Some(Notice::Empty(why) | Notice::Incomplete(why)), _) => Some(why),
        (Some(Notice::Few(1)), _) => Some("One bar so far; nothing older is known.".to_owned()),
        (Some(Notice::Few(bars)), _) => Some(format!(
            "{} bars so far; nothing older is known.",
            format::grouped(bars as i128, 0)
        )),
        (Some(Notice::Stale(why)), _) => Some(format!("Stale: {why}")),
        (None, _) => None,
    }
}

/// Says it.
#[component]
pub fn NoticeBox(
    /// What is to be said about the bars.
    notice: RwSignal<Option<Notice>>,
    /// What became of going to a time.
    going: RwSignal<Option<Going>>,
    /// What the line to the server is doing.
    link: Signal<Link>,
) -> impl IntoView {
    let zone = Workspace::expect().zone;
    let since = Live::expect().lost_at(zone);
    let text = move || {
        let of_going = going.get().map(|going| text_of_going(going, zone.get()));
        of_going.or_else(|| text_of(notice.get(), link.get(), since()))
    };
    let covers = move || {
        matches!(
            notice.get(),
            Some(Notice::Loading | Notice::Failed(_) | Notice::Empty(_))
        )
    };
    let place = move || {
        let at = if covers() {
            "top-1/2 -translate-y-1/2"
        } else {
            "bottom-9"
        };
        format!(
            "pointer-events-none absolute left-1/2 {at} max-w-[80%] -translate-x-1/2 rounded bg-raised px-3 py-2 text-center text-text-2"
        )
    };
    view! {
        <Show when=move || text().is_some()>
            <p class=place data-testid="chart-note" role="status">
                {text}
            </p>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_from_when_there_are_bars() {
        let first = Going::BeforeFirst(UnixMs(1_795_435_200_000));
        assert_eq!(
            text_of_going(first, Zone::Utc),
            "There are bars from 2026-11-23 12:00 UTC on; before that none is known."
        );
    }
}
