//! High, low and close of the day and the week before: lines that traders watch.

use crate::model::{Candle, Price, Timeframe, UnixMs};

const MS_PER_DAY: i64 = 86_400_000;

/// What a stretch of days left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriorRange {
    /// Its opening, UTC.
    pub from: UnixMs,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Days of it that have a bar: 7 for a whole week.
    pub days: u8,
}

/// The UTC day before today, and the week, from Monday to Sunday, before this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriorLevels {
    /// `None` where there is no bar of that day.
    pub day: Option<PriorRange>,
    /// `None` where there is no bar of that week.
    pub week: Option<PriorRange>,
}

impl PriorLevels {
    /// From daily bars, ascending, as seen at `now`. Eight to fourteen days back are enough.
    #[must_use]
    pub fn at(now: UnixMs, daily: &[Candle]) -> Self {
        let today = Timeframe::D1.floor(now);
        let monday = Timeframe::W1.floor(now);
        Self {
            day: range(daily, Timeframe::D1.back(now, 1), today),
            week: range(daily, Timeframe::W1.back(now, 1), monday),
        }
    }
}

/// Of the bars that open at `from` or later, and before `until`.
fn range(daily: &[Candle], from: UnixMs, until: UnixMs) -> Option<PriorRange> {
    let start = daily.partition_point(|bar| bar.time < from);
    let end = daily.partition_point(|bar| bar.time < until);
    let bars = daily.get(start..end)?;
    debug_assert!(
        bars.len() as i64 <= (until.0 - from.0) / MS_PER_DAY,
        "not daily bars"
    );
    Some(PriorRange {
        from,
        high: bars.iter().map(|bar| bar.high).max()?,
        low: bars.iter().map(|bar| bar.low).min()?,
        close: bars.last()?.close,
        days: u8::try_from(bars.len()).unwrap_or(u8::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Quantity, Side, Trade, TradeId};

    /// The daily bar of a day of November 2026.
    fn day(of_month: i64, [high, low, close]: [i64; 3]) -> Candle {
        let time = UnixMs::parse("2026-11-01T00:00:00Z").expect("a time");
        let time = UnixMs(time.0 + (of_month - 1) * MS_PER_DAY);
        let trade = Trade {
            id: TradeId(1),
            time: time.to_ns(),
            received: time.to_ns(),
            price: Price(close),
            quantity: Quantity(1),
            side: Side::Buy,
        };
        Candle {
            high: Price(high),
            low: Price(low),
            ..Candle::from_trade(time, &trade)
        }
    }

    fn levels(now: &str, daily: &[Candle]) -> PriorLevels {
        PriorLevels::at(UnixMs::parse(now).expect("a time"), daily)
    }

    #[test]
    fn yesterday_and_the_week_before() {
        // The 16th and the 23rd of November 2026 are Mondays.
        let daily: Vec<_> = [
            (15, [999, 1, 500]),
            (16, [110, 90, 100]),
            (17, [130, 100, 120]),
            (18, [125, 95, 97]),
            (22, [105, 80, 85]),
            (23, [300, 84, 290]),
            (24, [400, 280, 310]),
        ]
        .map(|(date, prices)| day(date, prices))
        .to_vec();
        let seen = levels("2026-11-24T10:00:00Z", &daily);
        let yesterday = seen.day.expect("a bar");
        assert_eq!(
            (
                yesterday.from,
                yesterday.high,
                yesterday.low,
                yesterday.close
            ),
            (daily[5].time, Price(300), Price(84), Price(290))
        );
        let week = seen.week.expect("bars");
        assert_eq!(
            (week.high, week.low, week.close, week.days),
            (Price(130), Price(80), Price(85), 4)
        );
        // A day without trades has no levels, and no other day stands in for it.
        assert_eq!(levels("2026-11-20T00:00:00Z", &daily).day, None);
        assert_eq!(levels("2026-11-23T00:00:00Z", &daily).week, Some(week));
        assert_eq!(
            levels("2027-11-23T00:00:00Z", &daily),
            PriorLevels::default()
        );
    }
}
