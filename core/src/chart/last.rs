//! The bar of the last trade. Trades and bars reach a page on ways of their own; everything on it
//! is to say one last price all the same.

use crate::model::{Price, Timeframe, UnixMs};

use super::bar::Bar;
use super::series::Series;

/// The bar of the last trade, which it closes, where that is one of the last two held: the newest
/// may have come before its first trade. Else the last bar held.
#[must_use]
pub fn last_bar(
    series: &Series,
    timeframe: Timeframe,
    last: Option<(UnixMs, Price)>,
) -> Option<Bar> {
    let newest = series.last()?;
    let traded = last.and_then(|(time, price)| {
        let open = timeframe.floor(time);
        let at = series.index_at_or_after(open);
        let bar = series.bar(at).filter(|bar| bar.time == open)?;
        let is_near = series.bounds()?.last - at < 2;
        is_near.then(|| Bar {
            high: bar.high.max(price),
            low: bar.low.min(price),
            close: price,
            ..*bar
        })
    });
    Some(traded.unwrap_or(*newest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::fixture::{minute, minutes};

    #[test]
    fn the_last_bar_closes_with_the_last_trade() {
        let series = minutes(0..500);
        let bars = [498, 499].map(minute);
        let open = |at: usize| bars[at].time;
        let beyond = Price(bars[1].high.0 + 7);
        for (last, expected) in [
            (None, bars[1]),
            // The trade is not in the bar yet.
            (
                Some((UnixMs(open(1).0 + 30_000), beyond)),
                Bar {
                    close: beyond,
                    high: beyond,
                    ..bars[1]
                },
            ),
            // The bar came before its first trade.
            (
                Some((open(0), bars[0].low)),
                Bar {
                    close: bars[0].low,
                    ..bars[0]
                },
            ),
            // A bar of it has not come yet, and one that is long over is not the last.
            (Some((UnixMs(open(1).0 + 60_000), beyond)), bars[1]),
            (Some((minute(300).time, beyond)), bars[1]),
        ] {
            let found = last_bar(&series, Timeframe::M1, last);
            assert_eq!(found, Some(expected), "{last:?}");
        }
    }
}
