//! Bars against what venues recorded: bars built from recorded trades, and folded from recorded
//! bars, are those that the venues published.
//!
//! The recordings are not part of the project: they are read from `../shared/market-data` beside
//! it, or from the folder that `TRADESUITE_MARKET_DATA` names.

use std::collections::BTreeMap;
use std::path::Path;

use tradesuite_core::market::{BarEvent, CandleBuilder, fold};
use tradesuite_core::model::{
    Candle, Decimal, Notional, Origin, Precision, Price, Quantity, Side, Timeframe, Trade, TradeId,
    UnixMs, Volume,
};

const PRECISION: Precision = Precision {
    price: 8,
    quantity: 8,
};
const NEVER: UnixMs = UnixMs(i64::MIN);

/// Open, high, low, close, volume at [`PRECISION`].
type Figures = (i64, i64, i64, i64, i128);

/// The recordings' folder; without it the test called `name` says that it was left out.
macro_rules! recordings_or_leave_out {
    ($name:literal) => {
        match tradesuite_recordings::folder($name) {
            Some(folder) => folder,
            None => return,
        }
    };
}

fn rows(folder: &Path, file: &str) -> Vec<Vec<String>> {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
    text.lines()
        .skip(1)
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a decimal in the recording")
}

fn price(text: &str) -> Price {
    Price::from_decimal(decimal(text), PRECISION.price).expect("fits")
}

fn quantity(text: &str) -> Quantity {
    Quantity::from_decimal(decimal(text), PRECISION.quantity).expect("fits")
}

fn time(text: &str) -> UnixMs {
    UnixMs(text.parse().expect("a time in the recording"))
}

/// `ts_ms,open,high,low,close,volume`
fn candles(folder: &Path, file: &str) -> Vec<Candle> {
    let candle = |row: Vec<String>| Candle {
        time: time(&row[0]),
        open: price(&row[1]),
        high: price(&row[2]),
        low: price(&row[3]),
        close: price(&row[4]),
        volume: Volume::from(quantity(&row[5])),
        buy_volume: None,
        quote_volume: None,
        trades: None,
        closed: true,
        revision: 0,
        origin: Origin::Venue,
    };
    rows(folder, file).into_iter().map(candle).collect()
}

/// `ts_ms,id,side,price,amount`
fn trades(folder: &Path, file: &str) -> Vec<Trade> {
    let trade = |row: Vec<String>| Trade {
        id: TradeId(row[1].parse().expect("an id in the recording")),
        time: time(&row[0]).to_ns(),
        received: time(&row[0]).to_ns(),
        price: price(&row[3]),
        quantity: quantity(&row[4]),
        side: if row[2] == "buy" {
            Side::Buy
        } else {
            Side::Sell
        },
    };
    rows(folder, file).into_iter().map(trade).collect()
}

fn figures<'a>(bars: impl IntoIterator<Item = &'a Candle>) -> BTreeMap<UnixMs, Figures> {
    let row = |bar: &Candle| (bar.open.0, bar.high.0, bar.low.0, bar.close.0, bar.volume.0);
    bars.into_iter().map(|bar| (bar.time, row(bar))).collect()
}

/// The last state of every bar of a stored timeframe, as the builder reported it.
fn built(trades: &[Trade], timeframe: Timeframe) -> Vec<Candle> {
    let mut builder = CandleBuilder::new(PRECISION, 2_000);
    let mut bars = BTreeMap::new();
    for trade in trades {
        let mut events: Vec<BarEvent> = Vec::new();
        builder
            .on_trade(trade, PRECISION, &mut events)
            .expect("fits");
        for (of, bar) in events.iter().filter_map(BarEvent::bar) {
            if of == timeframe {
                bars.insert(bar.time, *bar);
            }
        }
    }
    bars.into_values().collect()
}

#[test]
fn trades_of_xrpeth_build_the_recorded_minutes_and_five_minutes() {
    let folder =
        recordings_or_leave_out!("trades_of_xrpeth_build_the_recorded_minutes_and_five_minutes");
    let trades = trades(&folder, "trades/binance_XRPETH_2019-10-11_13.csv");
    let minutes = built(&trades, Timeframe::M1);
    let recorded = candles(&folder, "candles/binance_XRPETH_1m_2019-10-11_13.csv");
    assert_eq!(minutes.len(), 2_469);
    assert_eq!(figures(&minutes), figures(&recorded));

    let five = fold(&minutes, Timeframe::M1, Timeframe::M5, NEVER);
    let seconds = built(&trades, Timeframe::S1);
    let from_seconds = fold(&seconds, Timeframe::S1, Timeframe::M5, NEVER);
    let recorded = candles(&folder, "candles/binance_XRPETH_5m_2019-10-11_13.csv");
    assert_eq!(figures(&five), figures(&recorded));
    assert_eq!(figures(&from_seconds), figures(&recorded));

    let count: u64 = five.iter().filter_map(|bar| bar.trades).sum();
    let quote: i128 = five
        .iter()
        .filter_map(|bar| bar.quote_volume)
        .map(|q| q.0)
        .sum();
    let exact = trades.iter().map(|t| t.price.notional(t.quantity).0).sum();
    assert_eq!((count, Notional(quote)), (12_477, Notional(exact)));
}

#[test]
fn recorded_minutes_of_xrpeth_fold_to_the_recorded_five_minutes() {
    let folder =
        recordings_or_leave_out!("recorded_minutes_of_xrpeth_fold_to_the_recorded_five_minutes");
    let minutes = candles(&folder, "candles/binance_XRPETH_1m_2019-10-11_13.csv");
    let folded = fold(&minutes, Timeframe::M1, Timeframe::M5, NEVER);
    let recorded = candles(&folder, "candles/binance_XRPETH_5m_2019-10-11_13.csv");
    assert_eq!(figures(&folded), figures(&recorded));
    assert!(
        folded
            .iter()
            .all(|bar| bar.trades.is_none() && bar.origin == Origin::Venue)
    );
}

#[test]
fn trades_of_kraken_build_the_recorded_minutes() {
    let folder = recordings_or_leave_out!("trades_of_kraken_build_the_recorded_minutes");
    let trades = trades(&folder, "trades/kraken_XBTUSDT_2025-11-10.csv");
    let minutes = figures(&built(&trades, Timeframe::M1));
    let recorded = figures(&candles(
        &folder,
        "candles/kraken_XBTUSDT_1m_2025-11-10.csv",
    ));
    // The trades begin within their first minute and end within their last; Kraken lists minutes
    // without trades, with volume 0.
    let covered =
        minutes.keys().nth(1).expect("two minutes")..minutes.keys().next_back().expect("a minute");
    let mut compared = 0;
    for (time, recorded) in recorded.range(covered) {
        match minutes.get(time) {
            Some(built) => assert_eq!(built, recorded, "{time:?}"),
            None => assert_eq!(recorded.4, 0, "{time:?}"),
        }
        compared += usize::from(recorded.4 > 0);
    }
    assert_eq!(compared, minutes.len() - 2);
}

#[test]
fn recorded_seconds_of_coinbase_fold_to_minutes_and_days() {
    let folder = recordings_or_leave_out!("recorded_seconds_of_coinbase_fold_to_minutes_and_days");
    let seconds = candles(&folder, "candles/coinbase_BTCUSD_1s_2016-10-07_09.csv");
    let minutes = fold(&seconds, Timeframe::S1, Timeframe::M1, NEVER);
    let recorded = candles(&folder, "candles/coinbase_BTCUSD_1m_2016-10-07_09.csv");
    assert_eq!(figures(&minutes), figures(&recorded));
    let days = fold(&minutes, Timeframe::M1, Timeframe::D1, NEVER);
    assert_eq!(days, fold(&seconds, Timeframe::S1, Timeframe::D1, NEVER));
    assert_eq!(days.len(), 3);
    compare_days(&folder, &days);
}

#[test]
fn recorded_minutes_of_coinbase_fold_to_days() {
    let folder = recordings_or_leave_out!("recorded_minutes_of_coinbase_fold_to_days");
    for (file, days) in [
        ("candles/coinbase_BTCUSD_1m_2017-09-03_04.csv", 2),
        ("candles/coinbase_BTCUSD_1m_2017-12-17.csv", 1),
        ("candles/coinbase_BTCUSD_1m_2018-04-04_06.csv", 3),
    ] {
        let minutes = candles(&folder, file);
        let hours = fold(&minutes, Timeframe::M1, Timeframe::H1, NEVER);
        let folded = fold(&hours, Timeframe::H1, Timeframe::D1, NEVER);
        assert_eq!(folded.len(), days, "{file}");
        compare_days(&folder, &folded);
    }
}

/// Holds folded days against Coinbase's recorded ones.
fn compare_days(folder: &Path, folded: &[Candle]) {
    let recorded = figures(&candles(
        folder,
        "candles/coinbase_BTCUSD_1d_2014-12_2018-08.csv",
    ));
    for (time, day) in figures(folded) {
        assert_eq!(recorded.get(&time), Some(&day), "{}", time.to_rfc3339());
    }
}
