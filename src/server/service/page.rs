//! Spans, limits and cursors: how long lists are read a page at a time.
//!
//! Rows are ordered by time, and many may share a millisecond: a cursor is the time at which a
//! page ended and how many rows of that time were on it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use tradesuite_core::model::UnixMs;

use crate::server::storage::{Newest, Span, Stretch};

/// End of a span that has none.
pub const LATEST: UnixMs = UnixMs(9_999_999_999_999);

/// Where the next page begins. Its text is for programs to hand back, not to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Goes on towards the present.
    After {
        /// Time of the last row.
        time: UnixMs,
        /// Rows of that time already given.
        skip: u32,
    },
    /// Goes on towards the past.
    Before {
        /// Time of the first row.
        time: UnixMs,
        /// Rows of that time already given.
        skip: u32,
    },
}

impl Cursor {
    /// Of rows that have a time each: before which the next page ends, where it goes on towards
    /// the past.
    pub(super) fn before(self) -> Option<UnixMs> {
        match self {
            Self::After { .. } => None,
            Self::Before { time, skip: 0 } => Some(UnixMs(time.0 + 1)),
            Self::Before { time, .. } => Some(time),
        }
    }
}

/// A text that no page has given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a cursor of this list")]
pub struct CursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After { time, skip } => write!(f, "a{}.{skip}", time.0),
            Self::Before { time, skip } => write!(f, "b{}.{skip}", time.0),
        }
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let kind = text.bytes().next().ok_or(CursorError)?;
        let (time, skip) = text
            .get(1..)
            .and_then(|rest| rest.split_once('.'))
            .ok_or(CursorError)?;
        let time = UnixMs(time.parse().map_err(|_| CursorError)?);
        let skip = skip.parse().map_err(|_| CursorError)?;
        if !(UnixMs(0)..=LATEST).contains(&time) || skip > 100_000 {
            return Err(CursorError);
        }
        match kind {
            b'a' => Ok(Self::After { time, skip }),
            b'b' => Ok(Self::Before { time, skip }),
            _ => Err(CursorError),
        }
    }
}

/// Which rows are wanted. With `start` the oldest first after it, else the newest before `end`;
/// with a cursor, on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// Inclusive.
    pub start: Option<UnixMs>,
    /// Exclusive.
    pub end: Option<UnixMs>,
    /// Rows a page.
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
}

impl PageQuery {
    /// The whole span that is paged through.
    pub(super) fn stretch(self) -> Stretch {
        (self.start.unwrap_or(UnixMs(0)), self.end.unwrap_or(LATEST))
    }

    /// The same query for rows that may begin before its span.
    pub(super) fn since_the_first(self) -> Self {
        Self {
            start: self.start.map(|_| UnixMs(0)),
            ..self
        }
    }

    /// What has to be read for the page.
    pub(super) fn request(self) -> PageRequest {
        let (start, end) = self.stretch();
        let (start, end, newest, skip) = match self.cursor {
            Some(Cursor::After { time, skip }) => (start.max(time), end, Newest::No, skip),
            Some(Cursor::Before { time, skip }) => {
                (start, end.min(UnixMs(time.0 + 1)), Newest::Yes, skip)
            }
            None if self.start.is_some() => (start, end, Newest::No, 0),
            None => (start, end, Newest::Yes, 0),
        };
        PageRequest {
            // One more tells whether there is a next page.
            span: Span {
                start,
                end,
                limit: self.limit.saturating_add(1).saturating_add(skip),
                newest,
            },
            limit: self.limit as usize,
            skip: skip as usize,
            cursor_time: self.cursor.map(|cursor| match cursor {
                Cursor::After { time, .. } | Cursor::Before { time, .. } => time,
            }),
        }
    }
}

/// What has to be read for a page, and how the page is cut from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageRequest {
    pub span: Span,
    limit: usize,
    skip: usize,
    cursor_time: Option<UnixMs>,
}

impl PageRequest {
    /// The same page, of a part of its span only.
    pub fn within(mut self, (start, end): Stretch) -> Self {
        (self.span.start, self.span.end) = (start, end);
        self
    }

    /// Cuts the page from ascending rows, and says where the next one begins.
    pub fn page<T>(
        self,
        mut rows: Vec<T>,
        time: impl Fn(&T) -> UnixMs,
    ) -> (Vec<T>, Option<Cursor>) {
        match self.span.newest {
            Newest::No => {
                rows.drain(..self.skip.min(rows.len()));
            }
            Newest::Yes => rows.truncate(rows.len().saturating_sub(self.skip)),
        }
        if rows.len() <= self.limit {
            return (rows, None);
        }
        let edge = match self.span.newest {
            Newest::No => {
                rows.truncate(self.limit);
                rows.last()
            }
            Newest::Yes => {
                rows.drain(..rows.len() - self.limit);
                rows.first()
            }
        };
        let Some(edge) = edge.map(&time) else {
            return (rows, None);
        };
        let mut skip = rows.iter().filter(|row| time(row) == edge).count();
        if self.cursor_time == Some(edge) {
            skip += self.skip;
        }
        let skip = u32::try_from(skip).unwrap_or(u32::MAX);
        let next = match self.span.newest {
            Newest::No => Cursor::After { time: edge, skip },
            Newest::Yes => Cursor::Before { time: edge, skip },
        };
        (rows, Some(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(all: &[(UnixMs, usize)], span: Span) -> Vec<(UnixMs, usize)> {
        let mut rows: Vec<_> = all
            .iter()
            .filter(|(time, _)| span.start <= *time && *time < span.end)
            .copied()
            .collect();
        let limit = span.limit as usize;
        match span.newest {
            Newest::No => rows.truncate(limit),
            Newest::Yes => {
                rows.drain(..rows.len().saturating_sub(limit));
            }
        }
        rows
    }

    #[test]
    fn refuses_texts_that_no_page_has_given() {
        for text in [
            "",
            "a",
            "a1",
            "c1.1",
            "a-5.1",
            "a1.-1",
            "ä1.1",
            "a1.999999999",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(CursorError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole_list(times in prop::collection::vec(0..8_i64, 0..60), limit in 1..7_u32, forward in any::<bool>()) {
            let mut times = times;
            times.sort_unstable();
            let all: Vec<(UnixMs, usize)> = times.into_iter().map(UnixMs).zip(0..).collect();
            let mut query = PageQuery { start: forward.then_some(UnixMs(0)), end: None, limit, cursor: None };
            let mut seen = Vec::new();
            loop {
                let request = query.request();
                let (rows, next) = request.page(read(&all, request.span), |row| row.0);
                match forward {
                    true => seen.extend(rows),
                    false => {
                        seen.splice(..0, rows);
                    }
                }
                let Some(next) = next else { break };
                prop_assert_eq!(next.to_string().parse(), Ok(next));
                query.cursor = Some(next);
            }
            prop_assert_eq!(seen, all);
        }
    }
}
