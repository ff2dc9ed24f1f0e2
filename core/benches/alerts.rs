//! 10,000 rules over 300 instruments: an event, a tick of the clock, and what has to be kept; and
//! what one rule would have done over many trades. Two events of three change a book, one is a
//! trade. Before the first measurement the memory that the rules and their markets take is written
//! to standard error.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tradesuite_core::alert::state::{Engine, Fire};
use tradesuite_core::alert::text::read_watch;
use tradesuite_core::model::alert::{Rule, RuleId, Severity, Template};
use tradesuite_core::model::{
    BookDelta, BookLevel, EventBody, InstrumentId, MarketEvent, Position, Precision, Price,
    Quantity, Sequenced, Side, Trade, TradeId, UnixMs, UnixNs,
};

const RULES: u64 = 10_000;
const INSTRUMENTS: i64 = 300;
const EVENTS_PER_S: i64 = 20_000;
/// Two hours at fifty events a second, so that windows and bars are full.
const WARMING_NS: i64 = 2 * 3_600 * 1_000_000_000;
const WARMING_STEP_NS: i64 = 20_000_000;
const START: UnixMs = UnixMs(1_795_392_000_000);
const MID: i64 = 10_000;
const PRECISION: Precision = Precision {
    price: 2,
    quantity: 1,
};
/// What people watch; `#` is another number in each rule.
const TEXTS: &[&str] = &[
    "last crosses above 10# every 1m",
    "last < 9# every 1m hysteresis 0.1%",
    "last crosses below 9# and rvol(1m,20) > 3 once",
    "ema(1m,20) crosses above ema(1m,50) on 1m close",
    "rsi(5m,14) < # every 5m",
    "cvd_change(5m) > 1# every 1m",
    "buy_ratio(1m) > 0.9# every 1m",
    "spread_bps > # every 1m for 5s",
    "imbalance(10) > 0.9# every 1m",
    "mid moves up #% within 5m every 5m",
    "staleness > 6# every 5m",
    "volatility(1m,14) > 0.0# every 5m",
    "last outside bollinger(1m,20,2).lower to bollinger(1m,20,2).upper every 5m",
];

fn instrument(number: i64) -> InstrumentId {
    format!("kraken:COIN{number}-USD").parse().expect("an id")
}

fn rule(number: u64) -> Rule {
    let of = instrument(number as i64 % INSTRUMENTS);
    let place = (number / INSTRUMENTS as u64) as usize;
    let text = TEXTS[place % TEXTS.len()].replace('#', &(number % 40 + 10).to_string());
    Rule {
        name: "Watched".parse().expect("a name"),
        enabled: true,
        severity: Severity::Info,
        snoozed_until: None,
        channels: Vec::new(),
        message: Template::usual(),
        watch: read_watch(&format!("{of} {text}")).expect("a rule"),
    }
}

/// The events of a market that goes nowhere in particular, one after the other.
struct Feed {
    instruments: Vec<InstrumentId>,
    number: i64,
    /// Exchange time, and how far it is from event to event.
    time: UnixNs,
    step_ns: i64,
}

impl Feed {
    fn next(&mut self) -> (Sequenced, UnixMs) {
        self.number += 1;
        let number = self.number;
        self.time.0 += self.step_ns;
        let time = self.time;
        let wave = (number / INSTRUMENTS * 7_919 % 41) - 20;
        let level = |price: i64| BookLevel {
            price: Price(price),
            quantity: Quantity(1 + number % 50),
        };
        let levels = |of: &[i64], side: i64| -> Vec<BookLevel> {
            of.iter()
                .map(|far| level(MID + side * (21 + far)))
                .collect()
        };
        // So that every instrument has all kinds of events.
        let round = number / INSTRUMENTS;
        let body = match (round, round % 3) {
            (0, _) => EventBody::BookSnapshot(BookDelta {
                time,
                bids: levels(&(0..50).collect::<Vec<_>>(), -1),
                asks: levels(&(0..50).collect::<Vec<_>>(), 1),
            }),
            (_, 0) => EventBody::Trade(Trade {
                id: TradeId(number as u64),
                time,
                received: time,
                price: Price(MID + wave),
                quantity: Quantity(1 + number % 9),
                side: if number % 7 < 4 {
                    Side::Buy
                } else {
                    Side::Sell
                },
            }),
            _ => EventBody::BookUpdate(BookDelta {
                time,
                bids: levels(&[number % 12], -1),
                asks: levels(&[number % 11], 1),
            }),
        };
        let event = MarketEvent {
            instrument: self.instruments[(number % INSTRUMENTS) as usize].clone(),
            precision: PRECISION,
            received: time,
            body,
        };
        let position = Position(number as u64);
        (Sequenced { position, event }, time.to_ms())
    }
}

/// Resident memory of this process, bytes; 0 where the system does not say.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4_096
}

#[expect(clippy::print_stderr, reason = "criterion has no place for sizes")]
fn say_sizes(engine: &Engine, before: u64) {
    let memory = resident().saturating_sub(before);
    let kept = rmp_serde::to_vec(&engine.saved()).expect("it can be kept");
    let (counts, length) = (engine.counts(), kept.len());
    eprintln!(
        "{RULES} rules: {} KB in memory, {} B a rule, {} KB to keep; {} events, {} fires",
        memory / 1_024,
        memory / RULES,
        length / 1_024,
        counts.events,
        counts.fires,
    );
}

fn alerts(criterion: &mut Criterion) {
    let before = resident();
    let mut engine = Engine::default();
    for number in 0..RULES {
        let known = engine.set(RuleId(number), &rule(number));
        known.expect("known operands");
    }
    let mut feed = Feed {
        instruments: (0..INSTRUMENTS).map(instrument).collect(),
        number: -1,
        time: START.to_ns(),
        step_ns: WARMING_STEP_NS,
    };
    let mut fires: Vec<Fire> = Vec::new();
    for _ in 0..WARMING_NS / WARMING_STEP_NS {
        let (event, wall) = feed.next();
        engine.on_event(&event, wall, &mut fires);
        fires.clear();
    }
    feed.step_ns = 1_000_000_000 / EVENTS_PER_S;
    say_sizes(&engine, before);

    let mut group = criterion.benchmark_group("10,000 rules over 300 instruments");
    group.throughput(Throughput::Elements(1));
    group.bench_function("event", |bencher| {
        bencher.iter(|| {
            let (event, wall) = feed.next();
            engine.on_event(black_box(&event), wall, &mut fires);
            fires.clear();
        });
    });
    group.bench_function("event alone, without rules", |bencher| {
        bencher.iter(|| black_box(feed.next()));
    });
    group.throughput(Throughput::Elements(RULES));
    group.bench_function("tick", |bencher| {
        let mut wall = UnixMs(START.0 + 24 * 3_600_000);
        bencher.iter(|| {
            wall.0 += 1;
            engine.on_wall(wall, &mut fires);
            fires.clear();
        });
    });
    group.bench_function("state to keep", |bencher| {
        bencher.iter(|| rmp_serde::to_vec(&engine.saved()));
    });
    group.finish();
}

/// What a rule would have done: one instrument's trades, a tenth of a busy day.
fn dry_run(criterion: &mut Criterion) {
    const TRADES: u64 = 100_000;
    let mut group = criterion.benchmark_group("dry run over 100,000 trades");
    group.throughput(Throughput::Elements(TRADES));
    group.sample_size(10);
    for text in [
        "last crosses above 100 and rvol(1m,20) > 3 every 1m",
        "ema(1m,20) crosses above ema(1m,50) on 1m close",
        "buy_ratio(5m) > 0.6 and cvd_change(1h) > 100 every 1m",
    ] {
        let watch = read_watch(&format!("{} {text}", instrument(0))).expect("a rule");
        let rule = Rule { watch, ..rule(0) };
        group.bench_function(text, |bencher| {
            bencher.iter(|| {
                let mut engine = Engine::default();
                engine.set(RuleId(1), &rule).expect("known operands");
                let mut feed = Feed {
                    instruments: vec![instrument(0); INSTRUMENTS as usize],
                    number: -1,
                    time: START.to_ns(),
                    step_ns: 86_400_000_000_000 / 3_000_000,
                };
                let mut fires = Vec::new();
                let mut taken = 0;
                while taken < TRADES {
                    let (event, wall) = feed.next();
                    if let EventBody::Trade(_) = event.event.body {
                        engine.on_event(&event, wall, &mut fires);
                        taken += 1;
                    }
                }
                fires.len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, alerts, dry_run);
criterion_main!(benches);
