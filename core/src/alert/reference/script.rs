//! Random markets and random rules: few prices and short windows, so that much happens.

use proptest::prelude::*;
use proptest::sample::select;

/// One thing that happens. Times are waited before it, milliseconds.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Trade {
        market: usize,
        wait: i64,
        /// How much older than the newest it is.
        late: i64,
        cents: i64,
        lots: i64,
        buys: bool,
        /// Written with more decimals than before.
        fine: bool,
        backfill: bool,
    },
    Book {
        market: usize,
        wait: i64,
        snapshot: bool,
        /// Distance from the middle in cents, and quantity.
        bids: Vec<(i64, i64)>,
        asks: Vec<(i64, i64)>,
    },
    Stale(usize),
    Gap(usize, Option<i64>),
    Clock(usize, i64),
    /// The server's clock is moved, perhaps back, and read.
    Wall(i64),
    /// A rule becomes the other of its two.
    Edit(prop::sample::Index),
    Restart,
}

fn wait() -> impl Strategy<Value = i64> {
    prop_oneof![5 => 0..700_i64, 2 => 700..2_500_i64, 1 => Just(1_000), 1 => 5_000..12_000_i64]
}

fn trade() -> impl Strategy<Value = Step> {
    let late = prop_oneof![8 => Just(0), 2 => 1..3_000_i64, 1 => 3_000..30_000_i64];
    let flags = (
        any::<bool>(),
        prop::bool::weighted(0.05),
        prop::bool::weighted(0.1),
    );
    let numbers = (wait(), late, 9_700..=10_300_i64, 1..9_i64);
    (0..2_usize, numbers, flags).prop_map(
        |(market, (wait, late, cents, lots), (buys, fine, backfill))| Step::Trade {
            market,
            wait,
            late,
            // Many prices are the same, and on the levels.
            cents: cents / 50 * 50,
            lots,
            buys,
            fine,
            backfill,
        },
    )
}

fn book() -> impl Strategy<Value = Step> {
    let side = || prop::collection::vec((1..5_i64, 0..4_i64), 0..4);
    (0..2_usize, wait(), any::<bool>(), side(), side()).prop_map(
        |(market, wait, snapshot, bids, asks)| Step::Book {
            market,
            wait,
            snapshot,
            bids,
            asks,
        },
    )
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        24 => trade(),
        6 => book(),
        1 => (0..2_usize).prop_map(Step::Stale),
        1 => (0..2_usize, prop::option::of(-500..4_000_i64)).prop_map(|(market, end)| Step::Gap(market, end)),
        4 => (0..2_usize, wait()).prop_map(|(market, wait)| Step::Clock(market, wait)),
        4 => prop_oneof![4 => 0..3_000_i64, 1 => -9_000..0_i64].prop_map(Step::Wall),
        1 => any::<prop::sample::Index>().prop_map(Step::Edit),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..100)
}

const PRICES: &[&str] = &[
    "last",
    "mid",
    "bid",
    "ask",
    "open(1s)",
    "high(5s)",
    "low(1s,1)",
    "close(5s,2)",
    "close(1s)",
    "ema(1s,3)",
    "sma(5s,2)",
    "bollinger(1s,3,1.5).upper",
    "bollinger(1s,3,1.5).lower",
    "donchian(5s,2).upper",
    "vwap_session(1s).value",
    "wma(1m,2)",
];
const OTHERS: &[&str] = &[
    "volume(1s)",
    "change(3s)",
    "change(400s)",
    "cvd_change(4s)",
    "cvd_change(1s)",
    "buy_ratio(3s)",
    "spread",
    "spread_bps",
    "imbalance(2)",
    "staleness",
    "staleness(trades)",
    "staleness(book)",
    "rvol(1s,2)",
    "volatility(1s,3)",
    "vwap_gap(1s)",
    "cvd(5s)",
    "delta(1s)",
    "volume_z(1s,3)",
    "rsi(1s,2)",
    "atr(1s,2)",
    "macd(1s,2,3,2).signal",
    "obv(5s)",
];

/// A number near what operands of this kind are.
fn number(price: bool) -> BoxedStrategy<String> {
    match price {
        true => (194..=206_i64)
            .prop_map(|halves| format!("{}.{}", halves / 2, halves % 2 * 5))
            .boxed(),
        false => select(vec!["-1", "0", "0.5", "1", "2", "3", "50"])
            .prop_map(str::to_owned)
            .boxed(),
    }
}

/// A comparison, twice: with the same operands and other numbers.
fn test() -> impl Strategy<Value = [String; 2]> {
    any::<bool>().prop_flat_map(|price| {
        let table = if price { PRICES } else { OTHERS };
        let operand = || select(table).prop_map(str::to_owned);
        let level = || {
            prop_oneof![
                3 => (number(price), number(price)).prop_map(|(a, b)| [a, b]),
                1 => operand().prop_map(|same| [same.clone(), same]),
            ]
        };
        let operators = vec![">", "<", "crosses above", "crosses below", "crosses"];
        let channels = vec!["inside", "outside", "enters", "leaves"];
        let moves = (select(vec!["up", "down"]), select(vec!["0.5", "1", "2.5"]), 1..6_u32);
        prop_oneof![
            4 => (operand(), select(operators), level()).prop_map(|(left, operator, level)| {
                level.map(|level| format!("{left} {operator} {level}"))
            }),
            2 => (operand(), select(channels), level(), level()).prop_map(|(left, operator, low, high)| {
                [0, 1].map(|which| format!("{left} {operator} {} to {}", low[which], high[which]))
            }),
            1 => (operand(), moves).prop_map(|(left, (direction, percent, within))| {
                let text = format!("{left} moves {direction} {percent}% within {within}s");
                [text.clone(), text]
            }),
        ]
    })
}

fn condition() -> impl Strategy<Value = [String; 2]> {
    let shapes = vec![
        "A",
        "A",
        "A and B",
        "A or B",
        "A and (B or C)",
        "(A and B) or C",
    ];
    (select(shapes), test(), test(), test()).prop_map(|(shape, a, b, c)| {
        [0, 1].map(|which| {
            let parts = shape.chars().map(|letter| match letter {
                'A' => a[which].clone(),
                'B' => b[which].clone(),
                'C' => c[which].clone(),
                other => other.to_string(),
            });
            parts.collect()
        })
    })
}

/// A rule of one of the markets, and what it becomes when it is edited.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) market: usize,
    pub(super) texts: [String; 2],
    /// Milliseconds after the start.
    pub(super) snoozed_until: Option<i64>,
}

pub(super) const MARKETS: [&str; 2] = ["kraken:A-B", "kraken:C-D"];

pub(super) fn pairs() -> impl Strategy<Value = Vec<Pair>> {
    let trigger = || {
        select(vec![
            "once",
            "every 0s",
            "every 0s",
            "every 3s",
            "every 2s repeating",
            "once per 1s bar",
            "once per 5s bar repeating",
            "on 1s close",
            "on 1s close repeating",
            "on 5s close",
        ])
    };
    let options = select(vec![
        "",
        "",
        "",
        "for 2s",
        "for 5s",
        "hysteresis 0.5",
        "hysteresis 1%",
        "no data clear",
        "no data fire",
        "for 1s hysteresis 0.5 no data fire",
        "expires 2026-11-23T00:00:40Z",
    ]);
    let snoozed = prop::option::weighted(0.1, 0..20_000_i64);
    let pair = (
        0..2_usize,
        condition(),
        [trigger(), trigger()],
        options,
        snoozed,
    )
        .prop_map(|(market, conditions, triggers, options, snoozed_until)| {
            let texts = [0, 1].map(|which| {
                let (condition, trigger) = (&conditions[which], triggers[which]);
                let text = format!("{} {condition} {trigger} {options}", MARKETS[market]);
                // What crosses either way cannot be held.
                match options.contains("for ") {
                    true => text
                        .replace("crosses above", "crosses+above")
                        .replace("crosses below", "crosses+below")
                        .replace("crosses ", "> ")
                        .replace('+', " "),
                    false => text,
                }
            });
            Pair {
                market,
                texts,
                snoozed_until,
            }
        });
    prop::collection::vec(pair, 1..6)
}
