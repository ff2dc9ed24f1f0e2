//! Bars of a coarser timeframe from those of a finer one.
//!
//! The coarser buckets must be made of whole finer ones, as those of every timeframe are of its
//! [`Timeframe::stored_base`]. All bars must be at one precision.

use crate::model::{Candle, Origin, Timeframe, UnixMs};

/// Folds bars of `base`, ascending by opening time, into bars of `target`, ascending.
///
/// A bar is closed once its bucket is over: `over_until` (exchange time less the grace) passed its
/// end, or a closed bar shows that it did. A figure that one bar lacks is unknown for the whole;
/// the revision is the sum of the revisions.
#[must_use]
pub fn fold(
    bars: &[Candle],
    base: Timeframe,
    target: Timeframe,
    over_until: UnixMs,
) -> Vec<Candle> {
    let over_until = bars
        .iter()
        .rev()
        .find(|bar| bar.closed)
        .map_or(over_until, |bar| over_until.max(base.next(bar.time)));
    let mut folded: Vec<Candle> = Vec::new();
    for bar in bars {
        let time = target.floor(bar.time);
        match folded.last_mut() {
            Some(last) if last.time == time => append(last, bar),
            _ => folded.push(Candle {
                time,
                closed: target.next(time) <= over_until,
                ..*bar
            }),
        }
    }
    folded
}

/// Continues a coarser bar with the next finer one; says nothing about closing.
fn append(bar: &mut Candle, next: &Candle) {
    bar.high = bar.high.max(next.high);
    bar.low = bar.low.min(next.low);
    bar.close = next.close;
    bar.volume += next.volume;
    bar.buy_volume = both(bar.buy_volume, next.buy_volume, |a, b| *a += b);
    bar.quote_volume = both(bar.quote_volume, next.quote_volume, |a, b| *a += b);
    bar.trades = both(bar.trades, next.trades, |a, b| *a += b);
    bar.revision = bar.revision.saturating_add(next.revision);
    if bar.origin != next.origin {
        bar.origin = Origin::Both;
    }
}

/// The sum where both are known.
fn both<T>(sum: Option<T>, next: Option<T>, add: impl Fn(&mut T, T)) -> Option<T> {
    let mut sum = sum?;
    add(&mut sum, next?);
    Some(sum)
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
