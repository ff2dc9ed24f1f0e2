//! Trades in any order, however late: the same bars. Memory goes back some minutes only, so that
//! most of these bars are made anew from what the store holds.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::market::{bars_of, plain};
use super::*;

/// Numbered trades over three days, in the order in which they arrive.
fn arrivals() -> impl Strategy<Value = Vec<EventBody>> {
    const THREE_DAYS: i64 = 3 * 86_400_000;
    let times = prop::collection::vec(0..THREE_DAYS, 1..60);
    let in_order = times.prop_map(|mut times| {
        times.sort_unstable();
        let numbered = times.into_iter().zip(1_u64..);
        let trades = numbered.map(|(ms, number)| trade(number, 1_700_000_000_000 + ms));
        trades.collect::<Vec<_>>()
    });
    let shuffled = in_order.prop_flat_map(|trades| Just(trades).prop_shuffle());
    let fetched = |trade: Trade| match trade.id.0.is_multiple_of(4) {
        true => EventBody::Backfill(trade),
        false => EventBody::Trade(trade),
    };
    shuffled.prop_map(move |trades| trades.into_iter().map(fetched).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn late_trades_in_any_order_give_the_same_bars(bodies in arrivals(), restarts in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let store = runtime.block_on(ledgered(bodies.clone(), restarts));
        let bodies = bodies.into_iter().map(|body| event(&id("A-USD"), body));
        let held = store.held.lock().unwrap();
        let held = held.candles.iter().map(|(key, record)| (key.clone(), plain(record.candle)));
        prop_assert_eq!(held.collect::<BTreeMap<_, _>>(), bars_of(&numbered(bodies.collect())));
    }
}
