//! Bars by the pixel they stand on: where bars are denser than pixels, those of one are joined.

use super::axis::Columns;
use super::bar::Bar;

/// What is drawn in one place: a bar, or all the bars of one pixel.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub(super) x: i32,
    pub(super) open: i64,
    pub(super) high: i64,
    pub(super) low: i64,
    pub(super) close: i64,
    pub(super) volume: f64,
}

impl Column {
    fn of(bar: &Bar, x: i32) -> Self {
        Self {
            x,
            open: bar.open.0,
            high: bar.high.0,
            low: bar.low.0,
            close: bar.close.0,
            volume: volume(bar),
        }
    }

    /// Takes the next bar of the same pixel in.
    fn extend(&mut self, bar: &Bar) {
        self.high = self.high.max(bar.high.0);
        self.low = self.low.min(bar.low.0);
        self.close = bar.close.0;
        self.volume += volume(bar);
    }
}

/// Counts of 10^−decimals. Converting 128 bits is slow, and sums that need them are rare.
fn volume(bar: &Bar) -> f64 {
    match i64::try_from(bar.volume.0) {
        Ok(small) => small as f64,
        Err(_) => bar.volume.0 as f64,
    }
}

/// Bars, in slices with their first index, by the device pixel their middle lies in.
pub(super) fn columns<'a>(
    slices: impl Iterator<Item = (i64, &'a [Bar])>,
    place: Columns,
) -> impl Iterator<Item = Column> {
    let mut bars = slices
        .flat_map(|(first, bars)| bars.iter().zip(first..))
        .map(move |(bar, index)| (bar, place.at(index)));
    let mut next = bars.next();
    std::iter::from_fn(move || {
        let (bar, x) = next?;
        let mut column = Column::of(bar, x);
        loop {
            next = bars.next();
            match next {
                Some((bar, other)) if other == x => column.extend(bar),
                _ => return Some(column),
            }
        }
    })
}
