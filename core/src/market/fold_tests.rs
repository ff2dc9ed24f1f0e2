//! Folding what was built from trades is building from trades, for every timeframe.

use proptest::prelude::*;

use super::*;
use crate::market::{CandleBuilder, OpenBar};
use crate::model::{Precision, Price, Quantity, Side, Trade, TradeId, Volume};

fn builder(trades: &[Trade], clock_ms: i64) -> CandleBuilder {
    let mut builder = CandleBuilder::new(Precision::default(), 2_000);
    let mut events = Vec::new();
    for trade in trades {
        builder
            .on_trade(trade, Precision::default(), &mut events)
            .expect("fits");
    }
    builder.on_clock(UnixMs(clock_ms).to_ns(), &mut events);
    builder
}

/// Bars of any timeframe from trades directly.
fn direct(trades: &[Trade], timeframe: Timeframe, over_until: UnixMs) -> Vec<Candle> {
    let mut bars: Vec<OpenBar> = Vec::new();
    for trade in trades {
        let time = timeframe.floor(trade.time.to_ms());
        match bars.iter_mut().find(|bar| bar.candle.time == time) {
            Some(bar) => bar.add(trade),
            None => bars.push(OpenBar::from_trade(time, trade)),
        }
    }
    bars.sort_by_key(|bar| bar.candle.time);
    bars.into_iter()
        .map(|bar| Candle {
            closed: timeframe.next(bar.candle.time) <= over_until,
            ..bar.candle
        })
        .collect()
}

fn without_revision(bars: impl IntoIterator<Item = Candle>) -> Vec<Candle> {
    let plain = |bar| Candle { revision: 0, ..bar };
    bars.into_iter().map(plain).collect()
}

/// Trades over minutes, hours, weeks or a year, ascending, and how long after the last one it is.
fn market() -> impl Strategy<Value = (Vec<Trade>, i64)> {
    let rows = prop::collection::vec((0.0..1.0_f64, 1..50_i64, 1..9_i64, any::<bool>()), 1..100);
    (rows, 0..4_usize, 0..400_000_i64).prop_map(|(mut rows, span, pause)| {
        let span = [600e3, 86_400e3, 40.0 * 86_400e3, 400.0 * 86_400e3][span];
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let trade = |(id, (at, price, quantity, buy)): (usize, (f64, i64, i64, bool))| Trade {
            id: TradeId(id as u64),
            time: UnixMs(1_790_000_000_000 + (at * span) as i64).to_ns(),
            received: UnixMs(0).to_ns(),
            price: Price(price),
            quantity: Quantity(quantity),
            side: if buy { Side::Buy } else { Side::Sell },
        };
        (rows.into_iter().enumerate().map(trade).collect(), pause)
    })
}

proptest! {
    #[test]
    fn folded_bars_are_those_built_from_trades((trades, pause) in market()) {
        let clock = trades.last().expect("a trade").time.to_ms().0 + pause;
        let built = builder(&trades, clock);
        for target in Timeframe::ALL {
            let expected = direct(&trades, target, built.over_until());
            for base in Timeframe::STORED.into_iter().filter(|base| *base <= target) {
                let bars: Vec<Candle> = built.bars(base).map(|bar| bar.candle).collect();
                let folded = fold(&bars, base, target, built.over_until());
                prop_assert_eq!(&without_revision(folded), &expected, "{} from {}", target, base);
            }
        }
    }

    #[test]
    fn folding_in_two_steps_is_folding_in_one((trades, pause) in market()) {
        let clock = trades.last().expect("a trade").time.to_ms().0 + pause;
        let built = builder(&trades, clock);
        let over = built.over_until();
        let seconds: Vec<Candle> = built.bars(Timeframe::S1).map(|bar| bar.candle).collect();
        let minutes: Vec<Candle> = fold(&seconds, Timeframe::S1, Timeframe::M1, over);
        prop_assert_eq!(
            fold(&minutes, Timeframe::M1, Timeframe::M5, over),
            fold(&seconds, Timeframe::S1, Timeframe::M5, over)
        );
    }
}

fn minute(at: i64, closed: bool) -> Candle {
    let trade = Trade {
        id: TradeId(1),
        time: UnixMs(at * 60_000).to_ns(),
        received: UnixMs(at * 60_000).to_ns(),
        price: Price(10 + at),
        quantity: Quantity(2),
        side: Side::Buy,
    };
    Candle {
        closed,
        ..Candle::from_trade(UnixMs(at * 60_000), &trade)
    }
}

const NEVER: UnixMs = UnixMs(i64::MIN);

#[test]
fn unknown_figures_stay_unknown_and_origins_mix() {
    let venue = Candle {
        buy_volume: None,
        quote_volume: None,
        trades: None,
        origin: Origin::Venue,
        ..minute(1, true)
    };
    let bars = fold(
        &[minute(0, true), venue, minute(2, true)],
        Timeframe::M1,
        Timeframe::M5,
        NEVER,
    );
    assert_eq!(bars.len(), 1);
    let bar = bars[0];
    assert_eq!(
        (bar.buy_volume, bar.quote_volume, bar.trades),
        (None, None, None)
    );
    assert_eq!((bar.origin, bar.volume), (Origin::Both, Volume(6)));
    assert_eq!((bar.open, bar.close), (Price(10), Price(12)));
}

#[test]
fn a_bar_closes_with_its_bucket_and_not_before() {
    for (bars, over_until, closed) in [
        (vec![minute(0, true)], NEVER, vec![false]),
        (vec![minute(0, true), minute(4, false)], NEVER, vec![false]),
        (vec![minute(0, true), minute(4, true)], NEVER, vec![true]),
        (
            vec![minute(0, true), minute(5, false)],
            NEVER,
            vec![false, false],
        ),
        (
            vec![minute(0, true), minute(5, true)],
            NEVER,
            vec![true, false],
        ),
        (vec![minute(0, true)], UnixMs(299_999), vec![false]),
        (vec![minute(0, true)], UnixMs(300_000), vec![true]),
    ] {
        let folded = fold(&bars, Timeframe::M1, Timeframe::M5, over_until);
        let flags: Vec<bool> = folded.iter().map(|bar| bar.closed).collect();
        assert_eq!(flags, closed, "{bars:?} {over_until:?}");
    }
}

#[test]
fn nothing_folds_to_nothing() {
    assert!(fold(&[], Timeframe::D1, Timeframe::Month1, NEVER).is_empty());
}
