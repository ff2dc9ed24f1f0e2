//! Laws of the order flow: the same again from the same seed, a sound book, trades inside it.

use super::*;
use crate::server::simulator::market::listing::LISTINGS;

const START: UnixNs = UnixNs(1_795_000_020_000_000_000);

fn play(
    listing: &'static Listing,
    seed: u64,
    rate: f64,
    seconds: i64,
    step_ns: i64,
) -> (OrderFlow, Vec<Move>) {
    let mut flow = OrderFlow::new(listing, seed, rate, START);
    let (mut moves, end) = (Vec::new(), START.0 + seconds * 1_000_000_000);
    let mut now = START.0;
    while now < end {
        now = (now + step_ns).min(end);
        flow.advance(UnixNs(now), &mut moves);
    }
    (flow, moves)
}

#[test]
fn the_same_seed_and_times_give_the_same_moves_however_finely_advanced() {
    let (_, coarse) = play(&LISTINGS[0], 7, 100.0, 60, 60_000_000_000);
    let (_, fine) = play(&LISTINGS[0], 7, 100.0, 60, 13_000_000);
    let (_, other) = play(&LISTINGS[0], 8, 100.0, 60, 13_000_000);
    assert!(coarse.len() > 1_000);
    assert_eq!(coarse, fine);
    assert_ne!(coarse, other);
}

#[test]
fn the_book_is_never_crossed_and_trades_print_at_its_best_price() {
    for listing in &LISTINGS[..12] {
        let mut mirror = OrderFlow::new(listing, 3, 60.0, START).book().clone();
        let (flow, moves) = play(listing, 3, 60.0, 120, 50_000_000);
        let mut last_id = None;
        for step in moves {
            match step {
                Move::Level {
                    side,
                    price,
                    quantity,
                    ..
                } => {
                    assert!(quantity.is_zero() || mirror.rests(side, price.0), "crossed");
                    mirror.set(side, price.0, quantity.0);
                }
                Move::Trade(trade) => {
                    let maker = match trade.side {
                        Side::Buy => BookSide::Ask,
                        Side::Sell => BookSide::Bid,
                    };
                    let (best, resting) = mirror.best(maker).expect("a level");
                    assert_eq!(trade.price.0, best, "{}", listing.symbol);
                    assert!((1..=resting).contains(&trade.quantity.0));
                    assert!(last_id.is_none_or(|last| trade.id.0 == last + 1));
                    last_id = Some(trade.id.0);
                }
            }
        }
        assert!(last_id.is_some(), "{} did not trade", listing.symbol);
        assert_eq!(mirror.snapshot(START), flow.book().snapshot(START));
        for side in [BookSide::Bid, BookSide::Ask] {
            let count = mirror.count(side);
            let opened = OrderFlow::new(listing, 3, 60.0, START).book().count(side);
            assert!(
                count > opened / 3 && count < 2 * opened,
                "{} {count}",
                listing.symbol
            );
        }
    }
}

#[test]
fn bitcoin_looks_like_a_market() {
    let (mut flow, mut one_tick, mut samples, mut moves) = (
        OrderFlow::new(&LISTINGS[0], 5, 100.0, START),
        0,
        0,
        Vec::new(),
    );
    for tenth in 1..=6_000 {
        let now = UnixNs(START.0 + tenth * 100_000_000);
        flow.advance(now, &mut moves);
        let situation = flow.situation(now);
        assert!(
            situation.mispricing.abs() < 60.0,
            "the book lost the worth: {situation:?}"
        );
        let best = |side| flow.book().best(side).expect("a level").0;
        one_tick += i32::from(best(BookSide::Ask) - best(BookSide::Bid) == 1);
        samples += 1;
    }
    assert!(
        one_tick * 10 > samples * 6,
        "{one_tick} of {samples} with a spread of one tick"
    );

    let trades: Vec<Trade> = moves
        .iter()
        .filter_map(|step| match step {
            Move::Trade(trade) => Some(*trade),
            Move::Level { .. } => None,
        })
        .collect();
    let same_side = trades
        .windows(2)
        .filter(|pair| pair[0].side == pair[1].side)
        .count();
    assert!(
        same_side * 100 > trades.len() * 60,
        "sides of takers persist: {same_side}"
    );
    let sweeps = trades
        .windows(3)
        .filter(|fills| fills[0].time == fills[2].time && fills[0].price != fills[2].price)
        .count();
    assert!(sweeps > 20, "{sweeps} sweeps");
    let mut sizes: Vec<i64> = trades.iter().map(|trade| trade.quantity.0).collect();
    sizes.sort_unstable();
    let at = |part: f64| sizes[(sizes.len() as f64 * part) as usize] as f64;
    assert!(at(0.99) > 10.0 * at(0.5), "sizes have a fat tail");
}
