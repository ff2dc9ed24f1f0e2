//! How long day files are kept: rules, and what follows from them. Pure: files and time are given.
//!
//! Only whole days that are over are ever deleted, the oldest first. Bars of one second, by far the
//! most, go with the trades that they were made of; wider ones are kept for ever.

use std::path::Path;

use tradesuite_core::model::{KindStatus, UnixMs};

use super::day::Day;

const MS_PER_DAY: i64 = 86_400_000;
/// Time after a day's end (UTC) until it counts as over: late messages and short gaps have been
/// dealt with by then.
const GRACE_MS: i64 = 3_600_000;
/// Days over which a day's usual size is taken.
const USUAL_DAYS: usize = 7;

/// How long what is kept. The default keeps everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Days that trades, and bars of one second, are kept; `None` for ever.
    pub trades_days: Option<u32>,
    /// Days that book history is kept; `None` for ever.
    pub book_days: Option<u32>,
    /// Bytes that everything together may take, bars included; `None` without limit.
    pub bytes: Option<u64>,
}

/// What lies in files by day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Book history: first, because where space is short it goes before trades of the same day.
    Book,
    /// Trades.
    Trades,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Book, Self::Trades];

    /// Name of the kind and of its folder.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Book => "book",
            Self::Trades => "trades",
        }
    }

    /// Of which kind and day a file is.
    pub fn of_file(path: &Path) -> Option<(Self, Day)> {
        let folder = path.parent()?.file_name()?;
        let kind = Self::ALL.into_iter().find(|kind| folder == kind.name())?;
        Some((kind, Day::parse(path.file_name()?.to_str()?)?))
    }
}

/// A day's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DayFile {
    pub day: Day,
    pub kind: Kind,
    /// Size with its log, bytes.
    pub bytes: u64,
}

/// What bars take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bars {
    /// Bytes that are there.
    pub bytes: u64,
    /// Bytes that a day adds, as far as that is known.
    pub per_day: Option<u64>,
}

/// The time to go by where something is sealed or deleted: that of the clock, but never past the
/// newest day of which there are trades. A clock may be wrong by weeks, above all where a machine
/// has just started, and what was deleted does not come back; trades have their venue's time. So
/// the newest day is never over, and where there are no trades no day is.
pub(super) fn believed(files: &[DayFile], clock: UnixMs) -> UnixMs {
    let trades = files.iter().filter(|file| file.kind == Kind::Trades);
    let newest = trades.map(|file| file.day).max();
    let oldest = files.iter().map(|file| file.day).min();
    match newest.or(oldest) {
        // The last moment that is of that day.
        Some(day) => clock.min(UnixMs(day.end().0 - 1)),
        None => clock,
    }
}

/// Whether a day is over: nothing but late rows comes any more.
pub(super) fn is_over(day: Day, now: UnixMs) -> bool {
    day.end().0 + GRACE_MS <= now.0
}

/// The last day that is over.
pub(super) fn last_over(now: UnixMs) -> Day {
    Day(Day::of(UnixMs(now.0 - GRACE_MS).to_ns()).0 - 1)
}

impl Retention {
    fn days(&self, kind: Kind) -> Option<u32> {
        match kind {
            Kind::Book => self.book_days,
            Kind::Trades => self.trades_days,
        }
    }

    /// When a file is too old, where there is an age for it.
    fn expiry(&self, file: &DayFile) -> Option<UnixMs> {
        let days = self.days(file.kind)?;
        Some(UnixMs(file.day.end().0 + i64::from(days) * MS_PER_DAY))
    }

    /// Whether there is more than may be. `others` are the bytes beside these files.
    pub(super) fn is_short(&self, files: &[DayFile], others: u64) -> bool {
        self.bytes.is_some_and(|most| total(files, others) > most)
    }

    /// Files to delete now, the oldest first. `others` are bytes that no deletion of files frees;
    /// days that are not over free nothing either, but are counted.
    pub(super) fn due(&self, files: &[DayFile], others: u64, now: UnixMs) -> Vec<DayFile> {
        let mut bytes = total(files, others);
        let mut files: Vec<_> = files.iter().filter(|f| is_over(f.day, now)).collect();
        files.sort_unstable_by_key(|file| (file.day, file.kind));
        let mut due = Vec::new();
        for file in files {
            let old = self.expiry(file).is_some_and(|expiry| expiry <= now);
            if old || self.bytes.is_some_and(|most| bytes > most) {
                bytes -= file.bytes;
                due.push(*file);
            }
        }
        due
    }

    /// The first day whose bars of one second are kept; `None` where all are. They are kept as long
    /// as trades may be, and where space is short only beside the trades of their day.
    pub(super) fn seconds_from(&self, files: &[DayFile], others: u64, now: UnixMs) -> Option<Day> {
        let by_age = self.trades_days.map(|days| {
            let today = Day::of(now.to_ns());
            Day(today.0 - i64::from(days))
        });
        let by_size = self.is_short(files, others).then(|| {
            let trades = files.iter().filter(|file| file.kind == Kind::Trades);
            let open = Day(last_over(now).0 + 1);
            trades.map(|file| file.day).fold(open, Day::min)
        });
        by_age.max(by_size)
    }

    /// How much of a kind there is, how fast it grows and when the next of it is deleted.
    pub(super) fn status(
        &self,
        kind: Kind,
        files: &[DayFile],
        bars: Bars,
        now: UnixMs,
    ) -> KindStatus {
        let of_kind = || files.iter().filter(|file| file.kind == kind);
        let oldest = of_kind().min_by_key(|file| file.day);
        let by_age = oldest.and_then(|file| self.expiry(file));
        KindStatus {
            kind: kind.name().to_owned(),
            bytes: of_kind().map(|file| file.bytes).sum(),
            bytes_per_day: usual_day(kind, files, now),
            keep_days: self.days(kind),
            next_deletion: [by_age, self.full_at(kind, files, bars, now)]
                .into_iter()
                .flatten()
                .min(),
        }
    }

    /// When space is expected to run out for the oldest file of all, if that is of this kind.
    fn full_at(&self, kind: Kind, files: &[DayFile], bars: Bars, now: UnixMs) -> Option<UnixMs> {
        let oldest = files.iter().min_by_key(|file| (file.day, file.kind))?;
        if oldest.kind != kind {
            return None;
        }
        let left = self.bytes?.saturating_sub(total(files, bars.bytes));
        let growths = Kind::ALL.map(|kind| usual_day(kind, files, now).unwrap_or(0));
        let growth = growths.iter().sum::<u64>() + bars.per_day.unwrap_or(0);
        let days = left.checked_div(growth)?;
        let ms = i64::try_from(days).ok()?.checked_mul(MS_PER_DAY)?;
        now.0.checked_add(ms).map(UnixMs)
    }
}

/// Bytes of files and of what is beside them.
fn total(files: &[DayFile], others: u64) -> u64 {
    others + files.iter().map(|file| file.bytes).sum::<u64>()
}

/// Mean size of the last days of a kind that are over.
fn usual_day(kind: Kind, files: &[DayFile], now: UnixMs) -> Option<u64> {
    let mut over: Vec<_> = files
        .iter()
        .filter(|file| file.kind == kind && is_over(file.day, now))
        .collect();
    over.sort_unstable_by_key(|file| std::cmp::Reverse(file.day));
    over.truncate(USUAL_DAYS);
    let sum: u64 = over.iter().map(|file| file.bytes).sum();
    sum.checked_div(over.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: i64 = 20_780;

    fn file(days_ago: i64, kind: Kind, bytes: u64) -> DayFile {
        DayFile {
            day: Day(TODAY - days_ago),
            kind,
            bytes,
        }
    }

    /// Six hours into today.
    fn now() -> UnixMs {
        UnixMs(Day(TODAY - 1).end().0 + 6 * 3_600_000)
    }

    fn week() -> Vec<DayFile> {
        let of_day = |day| [file(day, Kind::Trades, 10), file(day, Kind::Book, 100)];
        (0..7).flat_map(of_day).collect()
    }

    fn bars(per_day: Option<u64>) -> Bars {
        Bars { bytes: 50, per_day }
    }

    #[test]
    fn the_oldest_days_go_and_never_the_open_one() {
        let keep = |trades_days, book_days, bytes| Retention {
            trades_days,
            book_days,
            bytes,
        };
        let cases = [
            (keep(None, None, None), vec![]),
            (keep(None, Some(5), None), vec![(6, Kind::Book)]),
            (keep(Some(5), Some(9), None), vec![(6, Kind::Trades)]),
            // 770 and 50 of bars: two book days have to go, and what lies before the second.
            (
                keep(None, None, Some(650)),
                vec![(6, Kind::Book), (6, Kind::Trades), (5, Kind::Book)],
            ),
            (keep(None, None, Some(820)), vec![]),
            // Age is seen first where both ask.
            (keep(None, Some(5), Some(720)), vec![(6, Kind::Book)]),
        ];
        for (retention, expected) in cases {
            let due = retention.due(&week(), 50, now());
            let due: Vec<_> = due.iter().map(|f| (TODAY - f.day.0, f.kind)).collect();
            assert_eq!(due, expected, "{retention:?}");
        }
        let nothing = keep(Some(1), Some(1), Some(0));
        let due = nothing.due(&week(), 0, now());
        assert!(due.iter().all(|file| file.day.0 < TODAY));
        assert_eq!(due.len(), 12);
    }

    #[test]
    fn bars_of_one_second_go_with_the_trades_of_their_day() {
        let keep = |trades_days, bytes| Retention {
            trades_days,
            book_days: Some(1),
            bytes,
        };
        let all = week();
        let no_trades: Vec<_> = (0..7).map(|day| file(day, Kind::Book, 100)).collect();
        for (retention, files, expected) in [
            (keep(None, None), &all, None),
            (keep(None, Some(820)), &all, None),
            (keep(None, Some(819)), &all, Some(6)),
            (keep(Some(3), None), &all, Some(3)),
            (keep(Some(3), Some(819)), &all, Some(3)),
            (keep(Some(9), Some(819)), &all, Some(6)),
            (keep(None, Some(1)), &no_trades, Some(0)),
        ] {
            let from = retention.seconds_from(files, 50, now());
            assert_eq!(from.map(|day| TODAY - day.0), expected, "{retention:?}");
        }
        // In the hour after midnight yesterday is not over.
        let early = UnixMs(Day(TODAY - 1).end().0 + 60_000);
        let from = keep(None, Some(1)).seconds_from(&no_trades, 50, early);
        assert_eq!(from, Some(Day(TODAY - 1)));
    }

    #[test]
    fn the_clock_is_believed_as_far_as_there_are_trades() {
        let end = |days_ago| UnixMs(Day(TODAY - days_ago).end().0 - 1);
        let trades = |days_ago| file(days_ago, Kind::Trades, 1);
        let book = |days_ago| file(days_ago, Kind::Book, 1);
        for (files, clock, expected) in [
            (vec![trades(3), trades(0)], now(), now()),
            (vec![trades(3), trades(0)], end(-40), end(0)),
            // What a wrong clock wrote is no witness for it.
            (vec![trades(0), book(-40)], end(-40), end(0)),
            (vec![book(2), book(1)], end(-40), end(2)),
            (vec![], now(), now()),
        ] {
            assert_eq!(believed(&files, clock), expected, "{files:?}");
        }
    }

    #[test]
    fn a_day_is_over_an_hour_after_its_end() {
        let end = Day(TODAY).end().0;
        for (at, over) in [
            (end - 1, false),
            (end + GRACE_MS - 1, false),
            (end + GRACE_MS, true),
        ] {
            assert_eq!(is_over(Day(TODAY), UnixMs(at)), over);
            let last = if over { TODAY } else { TODAY - 1 };
            assert_eq!(last_over(UnixMs(at)), Day(last));
        }
    }

    #[test]
    fn says_what_is_deleted_when() {
        let keep = Retention {
            trades_days: None,
            book_days: Some(30),
            bytes: None,
        };
        let book = keep.status(Kind::Book, &week(), bars(None), now());
        assert_eq!((book.bytes, book.bytes_per_day), (700, Some(100)));
        let oldest = Day(TODAY - 6).end().0;
        assert_eq!(book.next_deletion, Some(UnixMs(oldest + 30 * MS_PER_DAY)));
        let trades = keep.status(Kind::Trades, &week(), bars(None), now());
        assert_eq!((trades.bytes, trades.next_deletion), (70, None));
        // 820 are there, 110 come a day: after four days there is no room for a fifth.
        let keep = Retention {
            bytes: Some(820 + 500),
            ..Retention::default()
        };
        let book = keep.status(Kind::Book, &week(), bars(None), now());
        assert_eq!(book.next_deletion, Some(UnixMs(now().0 + 4 * MS_PER_DAY)));
        let trades = keep.status(Kind::Trades, &week(), bars(None), now());
        assert_eq!(trades.next_deletion, None);
        // With 140 of bars a day there is none for a third.
        let book = keep.status(Kind::Book, &week(), bars(Some(140)), now());
        assert_eq!(book.next_deletion, Some(UnixMs(now().0 + 2 * MS_PER_DAY)));
        let empty = keep.status(Kind::Book, &[], bars(None), now());
        assert_eq!(
            (empty.bytes, empty.bytes_per_day, empty.next_deletion),
            (0, None, None)
        );
    }
}
