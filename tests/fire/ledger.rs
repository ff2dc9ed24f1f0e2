//! What a server holds, against what the market did.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use tradesuite_core::model::{Decimal, Timeframe, UnixMs};

use crate::figures::{Figures, plain};
use crate::process::{Server, until_said};

/// Those that are stored, and some that are folded from them.
const TIMEFRAMES: [Timeframe; 6] = [
    Timeframe::S1,
    Timeframe::S5,
    Timeframe::M1,
    Timeframe::M5,
    Timeframe::H1,
    Timeframe::D1,
];

/// Trades by id.
pub type Trades = BTreeMap<u64, Figures>;

/// What a comparison found.
pub struct Found {
    /// Trades that are held.
    pub held: usize,
    /// Trades that are not, each of them within a gap of the ledger.
    pub missing: usize,
    /// Bars that were compared.
    pub bars: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            held,
            missing,
            bars,
        } = self;
        write!(
            f,
            "{held} trades held, {missing} missing and known to be, {bars} bars equal"
        )
    }
}

/// The trades of an instrument that a server holds.
pub async fn held(server: &Server, instrument: &str) -> Trades {
    let path = format!("trades?instrument={instrument}&start=0&limit=5000&numbers=string");
    let rows = server.all("trades", &path).await;
    let count = rows.len();
    let trades: Trades = rows
        .iter()
        .map(|row| {
            let id = row["id"].as_u64().expect("an id");
            (id, Figures::kept(row))
        })
        .collect();
    assert_eq!(
        trades.len(),
        count,
        "a trade of {instrument} is there twice"
    );
    trades
}

/// Waits until no trade is known to be missing. What the venue refused is asked for again a minute
/// later.
pub async fn everything_fetched(server: &Server, instrument: &str) {
    let path = format!("gaps?instrument={instrument}&start=0");
    until_said("every missing trade to be fetched", async || {
        let mut gaps = server.all("gaps", &path).await;
        gaps.retain(|gap| gap["kind"] == "trades" && gap["filled"] == false);
        match gaps.is_empty() {
            true => Ok(()),
            false => Err(format!("{gaps:?}")),
        }
    })
    .await;
}

/// Compares everything that a server holds of an instrument with what the market did.
pub async fn compare(server: &Server, instrument: &str, told: &Trades) -> Found {
    let held = held(server, instrument).await;
    let gaps = server
        .all("gaps", &format!("gaps?instrument={instrument}&start=0"))
        .await;
    for (id, figures) in &held {
        assert_eq!(told.get(id), Some(figures), "trade {id} of {instrument}");
    }
    let first = held.keys().next().copied().expect("trades are held");
    let missing: Trades = told
        .range(first..)
        .filter(|(id, _)| !held.contains_key(id))
        .map(|(id, figures)| (*id, figures.clone()))
        .collect();
    for (id, figures) in &missing {
        let known = gaps.iter().any(|gap| is_within(gap, figures.time_us));
        assert!(
            known,
            "trade {id} of {instrument} is missing and no gap says so: {gaps:?}"
        );
    }
    let mut bars = 0;
    for timeframe in TIMEFRAMES {
        let path = format!(
            "candles?instrument={instrument}&timeframe={timeframe}&start={}&limit=5000&numbers=string",
            held[&first].time_us / 1_000
        );
        let rows = server.all("candles", &path).await;
        bars += compare_bars(&rows, timeframe, &held, &missing);
    }
    Found {
        held: held.len(),
        missing: missing.len(),
        bars,
    }
}

fn is_within(gap: &Value, time_us: i64) -> bool {
    let (start, end) = (gap["start"].as_i64().expect("a start"), gap["end"].as_i64());
    let time_ms = time_us.div_euclid(1_000);
    gap["kind"] == "trades"
        && gap["filled"] == false
        && start <= time_ms
        && end.is_none_or(|end| time_ms <= end)
}

/// Bars of which every trade is held must be those that the trades make, and there must be no
/// others. The first bucket began before the server did.
fn compare_bars(rows: &[Value], timeframe: Timeframe, held: &Trades, missing: &Trades) -> usize {
    let bucket = |figures: &Figures| timeframe.floor(UnixMs(figures.time_us.div_euclid(1_000)));
    let first = held.values().next().map(bucket).expect("trades are held");
    let incomplete: Vec<UnixMs> = missing.values().map(bucket).chain([first]).collect();
    let mut built = BTreeMap::new();
    for (id, figures) in held {
        let bar = built.entry(bucket(figures)).or_insert_with(Vec::new);
        bar.push((*id, figures));
    }
    for row in rows {
        let open = UnixMs(row["time"].as_i64().expect("a time"));
        let is_made = built.contains_key(&open) || incomplete.contains(&open);
        assert!(is_made, "no trade made this {timeframe} bar: {row}");
    }
    let mut compared = 0;
    for (open, trades) in built {
        if incomplete.contains(&open) {
            continue;
        }
        let row = rows.iter().find(|row| row["time"] == open.0);
        let row = row.unwrap_or_else(|| panic!("no {timeframe} bar at {}", open.0));
        assert_eq!(
            figures_of(row),
            bar_of(&trades),
            "{timeframe} bar at {}: {row}",
            open.0
        );
        compared += 1;
    }
    compared
}

/// Open, high, low, close, volume, taker buys, number of trades.
type Bar = ([String; 6], u64);

fn figures_of(row: &Value) -> Bar {
    let names = ["open", "high", "low", "close", "volume", "buy_volume"];
    let texts = names.map(|name| plain(row[name].as_str().unwrap_or("nothing")));
    (texts, row["trades"].as_u64().unwrap_or_default())
}

/// The bar that these trades make, by exact arithmetic of its own.
fn bar_of(trades: &[(u64, &Figures)]) -> Bar {
    let mut ordered = trades.to_vec();
    ordered.sort_by_key(|(id, figures)| (figures.time_us, *id));
    let scale = 12;
    let count = |text: &str| -> i128 {
        let decimal = Decimal::parse(text).expect("a decimal");
        i128::from(decimal.mantissa) * 10_i128.pow(u32::from(scale - decimal.scale))
    };
    let prices: Vec<i128> = ordered
        .iter()
        .map(|(_, figures)| count(&figures.price))
        .collect();
    let sum = |side: Option<&str>| -> i128 {
        let counted = ordered
            .iter()
            .filter(|(_, f)| side.is_none_or(|side| f.side == side));
        counted.map(|(_, figures)| count(&figures.quantity)).sum()
    };
    let text = |value: i128| {
        let unit = 10_i128.pow(u32::from(scale));
        plain(&format!("{}.{:012}", value / unit, value % unit))
    };
    let figures = [
        prices[0],
        *prices.iter().max().expect("trades"),
        *prices.iter().min().expect("trades"),
        prices[prices.len() - 1],
        sum(None),
        sum(Some("buy")),
    ];
    (figures.map(text), ordered.len() as u64)
}
