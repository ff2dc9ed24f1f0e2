//! Rows of the tape: fills of one order merged, small ones left out.

use std::collections::VecDeque;

use crate::chart::Amount;
use crate::model::{Precision, Side, Trade, TradeId, UnixNs};

use super::prints::{Change, Print, Prints};
use super::row::{TapeRow, TapeRule, TapeSums};
use super::sizes::{ClassRule, SizeClass, Thresholds, WINDOW, least_count};

/// Percentiles are taken anew after so many trades.
const EVERY: usize = 200;

/// A row as it is kept: what it is made of is read from the trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: i64,
    count: u32,
    class: SizeClass,
}

impl Span {
    fn positions(self) -> std::ops::Range<i64> {
        self.first..self.first + i64::from(self.count)
    }
}

/// The trades of one instrument as rows, bounded.
#[derive(Clone, Debug)]
pub struct TapeRows {
    prints: Prints,
    most: usize,
    rule: TapeRule,
    /// Those that are shown, oldest first.
    spans: VecDeque<Span>,
    least: i128,
    thresholds: Thresholds,
    /// Trades taken since the percentiles were.
    since: usize,
    /// Whether the percentiles looked back on fewer rows than they may.
    is_young: bool,
}

impl TapeRows {
    /// No row yet. Of more than `most` trades the oldest leave, by whole rows.
    #[must_use]
    pub fn new(most: usize, rule: TapeRule) -> Self {
        let mut rows = Self {
            prints: Prints::default(),
            most: most.max(1),
            rule,
            spans: VecDeque::new(),
            least: 0,
            thresholds: Thresholds::default(),
            since: 0,
            is_young: true,
        };
        rows.rebuild();
        rows
    }

    /// The trades behind the rows.
    #[must_use]
    pub fn prints(&self) -> &Prints {
        &self.prints
    }

    /// What makes a row.
    #[must_use]
    pub fn rule(&self) -> TapeRule {
        self.rule
    }

    /// Makes the rows anew where the rule changes.
    pub fn set_rule(&mut self, rule: TapeRule) {
        if self.rule != rule {
            self.rule = rule;
            self.rebuild();
        }
    }

    /// Number of rows shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether no row is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// A row, 0 the newest.
    #[must_use]
    pub fn row(&self, from_newest: usize) -> Option<TapeRow> {
        let at = self.spans.len().checked_sub(from_newest + 1)?;
        Some(self.row_of(self.spans[at]))
    }

    /// The row that holds the trade of this key, else the newest that is older, else the oldest.
    /// Counted from the newest; `None` where there is no row.
    #[must_use]
    pub fn find(&self, key: (UnixNs, TradeId)) -> Option<usize> {
        let last = self.spans.len().checked_sub(1)?;
        let begins = |span: &Span| self.prints.at(span.first).key();
        let after = self.spans.partition_point(|span| begins(span) <= key);
        Some(last - after.saturating_sub(1))
    }

    /// Key of the first fill of a row.
    #[must_use]
    pub fn key(&self, from_newest: usize) -> Option<(UnixNs, TradeId)> {
        let at = self.spans.len().checked_sub(from_newest + 1)?;
        Some(self.prints.at(self.spans[at].first).key())
    }

    /// Whether a trade of this key is, or would be, in the row.
    pub(super) fn is_in(&self, key: (UnixNs, TradeId), from_newest: usize) -> bool {
        self.row(from_newest)
            .is_some_and(|row| (row.time, row.first) <= key && key <= (row.time, row.last))
    }

    /// Sums over the rows of a stretch of exchange time, half open.
    #[must_use]
    pub fn sums(&self, time: std::ops::Range<UnixNs>) -> TapeSums {
        let begins = |span: &Span| self.prints.at(span.first).time;
        let start = self.spans.partition_point(|span| begins(span) < time.start);
        let end = self.spans.partition_point(|span| begins(span) < time.end);
        let mut sums = TapeSums::default();
        for span in self.spans.range(start..end.max(start)) {
            let row = self.row_of(*span);
            sums.trades += u64::from(row.fills);
            sums.volume += row.amount.quantity;
            if row.side == Side::Buy {
                sums.buy_volume += row.amount.quantity;
            }
        }
        sums
    }

    /// Takes trades in any order; those held already change nothing. Returns those that are new.
    /// `None`, and nothing is changed, where a number does not fit the finest decimals seen.
    pub fn merge(&mut self, trades: &[Trade], precision: Precision) -> Option<Vec<Print>> {
        let finest = self.prints.precision().widened(precision);
        let fitting = |trade: &Trade| trade.rescaled(precision, finest).map(|t| Print::from(&t));
        let mut news: Vec<Print> = trades.iter().map(fitting).collect::<Option<_>>()?;
        let is_wider = finest != self.prints.precision();
        self.prints.widen(finest)?;
        let change = self.prints.merge(&mut news);
        self.since += news.len();
        if is_wider || (self.is_young && !news.is_empty()) {
            self.rebuild();
        } else {
            if self.since >= EVERY {
                self.measure();
            }
            self.index(change);
        }
        self.trim();
        Some(news)
    }

    /// Forgets the rows that begin before a trade.
    pub fn forget_before(&mut self, key: (UnixNs, TradeId)) {
        let positions = self.prints.positions();
        let mut start = positions.start;
        while start < positions.end && self.prints.at(start).key() < key {
            start = self.span_from(start).positions().end;
        }
        self.forget(start);
    }

    /// Forgets everything held.
    pub fn clear(&mut self) {
        self.prints = Prints::default();
        self.rebuild();
    }

    fn joined(&self, position: i64) -> bool {
        let positions = self.prints.positions();
        self.rule.merge
            && position > positions.start
            && position < positions.end
            && self
                .prints
                .at(position - 1)
                .continues_in(self.prints.at(position))
    }

    fn rebuild(&mut self) {
        self.measure();
        self.spans.clear();
        self.append(self.prints.positions().start);
    }

    /// Takes thresholds and percentiles from what is held now.
    fn measure(&mut self) {
        let decimals = self.rule.unit.decimals(self.prints.precision());
        self.least = least_count(self.rule.least, decimals);
        let mut sizes = Vec::new();
        if let ClassRule::Percentiles { .. } = self.rule.classes {
            let positions = self.prints.positions();
            let mut end = positions.end;
            while end > positions.start && sizes.len() < WINDOW {
                let mut start = end - 1;
                while self.joined(start) {
                    start -= 1;
                }
                sizes.push(self.size(start..end));
                end = start;
            }
            self.is_young = sizes.len() < WINDOW;
        } else {
            self.is_young = false;
        }
        self.thresholds = Thresholds::new(self.rule.classes, decimals, sizes);
        self.since = 0;
    }

    fn index(&mut self, change: Change) {
        if let Some(from) = change.from {
            self.append(from);
        } else if change.front > 0 {
            self.prepend(change.front as i64);
        }
    }

    /// Makes the rows from the one that the trade before `position` belongs to.
    fn append(&mut self, position: i64) {
        let positions = self.prints.positions();
        let mut start = (position - 1).max(positions.start);
        while self.joined(start) {
            start -= 1;
        }
        while self.spans.back().is_some_and(|span| span.first >= start) {
            self.spans.pop_back();
        }
        while start < positions.end {
            let span = self.span_from(start);
            start = span.positions().end;
            if let Some(span) = self.shown(span) {
                self.spans.push_back(span);
            }
        }
    }

    /// Makes the rows of `count` trades that were put before all others.
    fn prepend(&mut self, count: i64) {
        let positions = self.prints.positions();
        let mut end = positions.start + count;
        while self.joined(end) {
            end += 1;
        }
        while self.spans.front().is_some_and(|span| span.first < end) {
            self.spans.pop_front();
        }
        let mut start = positions.start;
        let mut older = Vec::new();
        while start < end {
            let span = self.span_from(start);
            start = span.positions().end;
            older.extend(self.shown(span));
        }
        older
            .into_iter()
            .rev()
            .for_each(|span| self.spans.push_front(span));
    }

    fn span_from(&self, first: i64) -> Span {
        let mut end = first + 1;
        while self.joined(end) {
            end += 1;
        }
        Span {
            first,
            // No venue fills an order in more parts than a tape holds.
            count: u32::try_from(end - first).unwrap_or(u32::MAX),
            class: SizeClass::default(),
        }
    }

    /// The row with its class; `None` where it is too small to be shown.
    fn shown(&self, span: Span) -> Option<Span> {
        let size = self.size(span.positions());
        (size >= self.least).then(|| Span {
            class: self.thresholds.class(size),
            ..span
        })
    }

    fn size(&self, positions: std::ops::Range<i64>) -> i128 {
        let mut amount = Amount::ZERO;
        for print in self.prints.range(positions) {
            amount += Amount::new(print.price, print.quantity);
        }
        amount.count(self.rule.unit)
    }

    /// Lets the oldest rows go where there are too many trades.
    fn trim(&mut self) {
        let positions = self.prints.positions();
        let mut start = positions.end - self.most as i64;
        if start <= positions.start {
            return;
        }
        while self.joined(start) {
            start += 1;
        }
        self.forget(start);
    }

    /// Forgets the rows before a position at which one begins.
    fn forget(&mut self, start: i64) {
        while self.spans.front().is_some_and(|span| span.first < start) {
            self.spans.pop_front();
        }
        self.prints.forget_before(start);
    }

    fn row_of(&self, span: Span) -> TapeRow {
        let begin = self.prints.at(span.first);
        let mut row = TapeRow {
            time: begin.time,
            first: begin.id,
            last: begin.id,
            fills: span.count,
            side: begin.side,
            price: begin.price,
            low: begin.price,
            high: begin.price,
            amount: Amount::ZERO,
            class: span.class,
        };
        for print in self.prints.range(span.positions()) {
            row.last = print.id;
            row.price = print.price;
            row.low = row.low.min(print.price);
            row.high = row.high.max(print.price);
            row.amount += Amount::new(print.price, print.quantity);
        }
        row
    }
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
