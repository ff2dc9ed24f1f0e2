//! The live bar is the fold of all its finer bars, and closes once.

use proptest::prelude::*;

use super::*;
use crate::market::CandleBuilder;
use crate::model::{Price, Quantity, Side, Trade, TradeId};

const NONE: Precision = Precision {
    price: 0,
    quantity: 0,
};

fn trade(id: u64, time_ms: i64, price: i64) -> Trade {
    Trade {
        id: TradeId(id),
        time: UnixMs(time_ms).to_ns(),
        received: UnixMs(time_ms).to_ns(),
        price: Price(price),
        quantity: Quantity(1),
        side: Side::Sell,
    }
}

fn bar(time_ms: i64, price: i64) -> Candle {
    Candle::from_trade(UnixMs(time_ms), &trade(1, time_ms, price))
}

#[test]
fn takes_changes_of_the_last_buckets_and_hands_older_ones_back() {
    let mut folder = Folder::new(Timeframe::M5);
    let mut update = |bar: Candle| folder.update(&bar, NONE).expect("fits");
    let close = |bar: Option<Candle>| bar.map(|bar| (bar.time.0 / 60_000, bar.close.0));
    assert_eq!(close(update(bar(0, 10))), Some((0, 10)));
    assert_eq!(close(update(bar(0, 11))), Some((0, 11)));
    assert_eq!(close(update(bar(360_000, 12))), Some((5, 12)));
    assert_eq!(close(update(bar(60_000, 13))), Some((0, 13)));
    for bucket in 2..KEPT_BUCKETS as i64 {
        assert!(update(bar(bucket * 300_000, 14)).is_some());
    }
    assert_eq!(close(update(bar(120_000, 15))), Some((0, 15)));
    assert!(update(bar(KEPT_BUCKETS as i64 * 300_000, 16)).is_some());
    assert_eq!(update(bar(180_000, 17)), None);
}

#[test]
fn a_quiet_bucket_closes_by_the_clock_once() {
    let mut folder = Folder::new(Timeframe::M5);
    folder.update(&bar(0, 10), NONE).expect("fits");
    assert!(folder.close_until(UnixMs(299_999)).is_empty());
    let closed = folder.close_until(UnixMs(300_000));
    assert!(matches!(closed[..], [bar] if bar.closed && bar.time == UnixMs(0)));
    assert!(folder.close_until(UnixMs(900_000)).is_empty());
}

#[test]
fn widens_what_it_holds() {
    let mut folder = Folder::new(Timeframe::M5);
    folder.update(&bar(0, 10), NONE).expect("fits");
    let fine = Precision {
        price: 1,
        quantity: 0,
    };
    let live = folder
        .update(&bar(60_000, 105), fine)
        .expect("fits")
        .expect("live");
    assert_eq!((live.open, live.close), (Price(100), Price(105)));
    assert_eq!(live.quote_volume.map(|quote| quote.0), Some(205));
}

proptest! {
    #[test]
    fn following_the_builder_gives_the_fold_of_its_bars(
        steps in prop::collection::vec((0..20_000_i64, -1_500..1_i64, 1..50_i64), 1..90),
    ) {
        for target in Timeframe::ALL {
            let mut builder = CandleBuilder::new(NONE, 2_000);
            let mut folder = Folder::new(target);
            let mut closed = std::collections::BTreeSet::new();
            let mut now = 0;
            for (id, (step, late, price)) in steps.iter().enumerate() {
                now += step;
                let mut events = Vec::new();
                builder.on_trade(&trade(id as u64, now + late, *price), NONE, &mut events).expect("fits");
                builder.on_clock(UnixMs(now).to_ns(), &mut events);
                for (timeframe, bar) in events.iter().filter_map(|event| event.bar()) {
                    if timeframe == folder.base() {
                        let folded = folder.update(bar, NONE).expect("fits");
                        prop_assert!(folded.is_some(), "{} {:?}", target, bar);
                    }
                }
                for bar in folder.close_until(builder.over_until()) {
                    prop_assert!(closed.insert(bar.time));
                }
            }
            let bars: Vec<Candle> = builder.bars(folder.base()).map(|bar| bar.candle).collect();
            let whole = fold(&bars, folder.base(), target, builder.over_until());
            prop_assert_eq!(folder.live(), whole.last().copied());
            let over = whole.iter().filter(|bar| bar.closed).map(|bar| bar.time);
            prop_assert_eq!(over.collect::<std::collections::BTreeSet<_>>(), closed);
        }
    }
}
