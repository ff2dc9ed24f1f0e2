//! The engine fires exactly where the slow reference does, and sees the same values.

use proptest::prelude::*;

use super::history::History;
use super::judge::{Judge, Now};
use super::script::{MARKETS, Pair, Step, pairs, steps};
use crate::alert::state::fixture::{DAY_MS, ns, rule};
use crate::alert::state::{Engine, Fire};
use crate::model::alert::{Rule, RuleId, Trigger};
use crate::model::{
    BookDelta, BookLevel, EventBody, GapKind, InstrumentId, MarketEvent, Position, Precision,
    Price, Quantity, Sequenced, Side, Timeframe, Trade, TradeId, UnixMs,
};

/// Bars that rules may wait for or look at.
const FRAMES: [Timeframe; 3] = [Timeframe::S1, Timeframe::S5, Timeframe::M1];

struct Run {
    pairs: Vec<Pair>,
    /// Which of its two texts each rule has.
    chosen: Vec<usize>,
    engine: Engine,
    fires: Vec<Fire>,
    histories: [History; 2],
    judges: Vec<Judge>,
    /// Exchange time and the server's clock, milliseconds after the start.
    now: i64,
    wall: i64,
    /// What has passed by the server's clock, and when it was last read.
    elapsed: u64,
    read: Option<i64>,
    position: u64,
    /// How often each rule fired.
    fired: Vec<u64>,
    /// Decimals of prices so far.
    fine: bool,
}

fn number(at: usize) -> RuleId {
    RuleId(at as u64 + 1)
}

impl Run {
    fn new(pairs: Vec<Pair>) -> Self {
        let mut run = Self {
            chosen: vec![0; pairs.len()],
            fired: vec![0; pairs.len()],
            engine: Engine::default(),
            fires: Vec::new(),
            histories: Default::default(),
            judges: Vec::new(),
            now: 0,
            wall: 0,
            elapsed: 0,
            read: None,
            position: 0,
            fine: false,
            pairs,
        };
        run.follow_bars();
        for at in 0..run.pairs.len() {
            let rule = run.rule(at);
            run.engine.set(number(at), &rule).expect("known operands");
            run.judges.push(Judge::new(rule));
        }
        run
    }

    /// Rules that never fire keep all bars, so that an edit meets them as they are from the start.
    fn follow_bars(&mut self) {
        for (at, market) in (1_000..).zip(MARKETS) {
            let text = "volume(1s) > 1000000 and volume(5s) > 1 and volume(1m) > 1 once";
            let rule = rule(&format!("{market} {text}"));
            self.engine.set(number(at), &rule).expect("known operands");
        }
    }

    fn rule(&self, at: usize) -> Rule {
        let pair = &self.pairs[at];
        let mut rule = rule(&pair.texts[self.chosen[at]]);
        rule.snoozed_until = pair.snoozed_until.map(|ms| UnixMs(DAY_MS + ms));
        rule
    }

    fn pass(&mut self) {
        if let Some(read) = self.read {
            self.elapsed += u64::try_from(self.wall - read).unwrap_or(0);
        }
        self.read = Some(self.wall);
    }

    /// Takes a step; what fired in the engine, and in the reference.
    fn step(&mut self, step: &Step) -> (Vec<Fired>, Vec<Fired>) {
        let mut expected = Vec::new();
        let before = self.fires.len();
        match step {
            Step::Wall(ms) => {
                self.wall += ms;
                self.pass();
                self.engine
                    .on_wall(UnixMs(DAY_MS + self.wall), &mut self.fires);
                for at in 0..self.judges.len() {
                    self.judge(at, None, false, &mut expected);
                }
            }
            Step::Edit(at) => {
                let at = at.index(self.pairs.len());
                self.chosen[at] = 1 - self.chosen[at];
                let rule = self.rule(at);
                self.engine.set(number(at), &rule).expect("known operands");
                if rule.watch != self.judges[at].rule.watch {
                    self.judges[at] = Judge::new(rule);
                }
            }
            Step::Restart => {
                let kept = rmp_serde::to_vec(&self.engine.saved()).expect("it can be kept");
                self.engine = Engine::default();
                self.follow_bars();
                for at in 0..self.pairs.len() {
                    self.engine
                        .set(number(at), &self.rule(at))
                        .expect("known operands");
                }
                let kept = rmp_serde::from_slice(&kept).expect("it reads back");
                self.engine.restore(&kept).expect("its own version");
            }
            _ => {
                let (market, event) = self.event(step);
                self.pass();
                self.engine
                    .on_event(&event, UnixMs(DAY_MS + self.wall), &mut self.fires);
                self.follow(market, &event.event, &mut expected);
            }
        }
        let fired = self.fires[before..].iter();
        let fired = fired
            .map(|fire| (fire.rule, fire.number, fire.time.0))
            .collect();
        expected.sort_unstable();
        (fired, expected)
    }

    /// What the reference makes of an event.
    fn follow(&mut self, market: usize, event: &MarketEvent, expected: &mut Vec<Fired>) {
        let quiet = matches!(event.body, EventBody::Backfill(_));
        let rules: Vec<usize> = (0..self.judges.len())
            .filter(|at| self.pairs[*at].market == market)
            .collect();
        if let Some(time) = event.time() {
            for closed in self.histories[market].advance(time, &FRAMES) {
                for &at in &rules {
                    let trigger = self.judges[at].rule.watch.trigger;
                    if matches!(trigger, Trigger::BarClose { timeframe, .. } if timeframe == closed.0)
                    {
                        self.judge(at, Some(closed), quiet, expected);
                    }
                }
            }
        }
        self.histories[market].take(event, self.elapsed, &FRAMES);
        for at in rules {
            self.judge(at, None, quiet, expected);
        }
    }

    fn judge(
        &mut self,
        at: usize,
        closed: Option<(Timeframe, UnixMs)>,
        quiet: bool,
        expected: &mut Vec<Fired>,
    ) {
        let history = &self.histories[self.pairs[at].market];
        let judge = &mut self.judges[at];
        let by_bars = matches!(judge.rule.watch.trigger, Trigger::BarClose { .. });
        if by_bars != closed.is_some() {
            return;
        }
        let now = Now {
            clock: history.clock(),
            elapsed_ms: self.elapsed,
            wall: UnixMs(DAY_MS + self.wall),
            quiet,
        };
        let elapsed = self.elapsed;
        if judge.look(now, &|operand| history.value(operand, elapsed, closed)) {
            self.fired[at] += 1;
            expected.push((number(at), self.fired[at], now.clock.0));
        }
    }

    /// The event of a step, and of which market.
    fn event(&mut self, step: &Step) -> (usize, Sequenced) {
        let (market, wait) = match step {
            Step::Trade { market, wait, .. } | Step::Book { market, wait, .. } => (*market, *wait),
            Step::Clock(market, wait) => (*market, *wait),
            Step::Stale(market) | Step::Gap(market, _) => (*market, 0),
            Step::Wall(_) | Step::Edit(_) | Step::Restart => (0, 0),
        };
        self.now += wait;
        self.wall += wait;
        self.position += 1;
        if let Step::Trade { fine, .. } = step {
            self.fine |= fine;
        }
        let (precision, scale) = match self.fine {
            true => (
                Precision {
                    price: 3,
                    quantity: 2,
                },
                10,
            ),
            false => (
                Precision {
                    price: 2,
                    quantity: 1,
                },
                1,
            ),
        };
        let level = |(cents, quantity): (i64, i64)| BookLevel {
            price: Price(cents * scale),
            quantity: Quantity(quantity * scale),
        };
        let time = ns(self.now);
        let body = match step {
            Step::Trade {
                late,
                cents,
                lots,
                buys,
                backfill,
                ..
            } => {
                let trade = Trade {
                    id: TradeId(self.position),
                    time: ns(self.now - late),
                    received: time,
                    price: Price(cents * scale),
                    quantity: Quantity(lots * scale),
                    side: if *buys { Side::Buy } else { Side::Sell },
                };
                match backfill {
                    true => EventBody::Backfill(trade),
                    false => EventBody::Trade(trade),
                }
            }
            Step::Book {
                snapshot,
                bids,
                asks,
                ..
            } => {
                let delta = BookDelta {
                    time,
                    bids: bids
                        .iter()
                        .map(|(far, quantity)| level((10_000 - far * 50, *quantity)))
                        .collect(),
                    asks: asks
                        .iter()
                        .map(|(far, quantity)| level((10_000 + far * 50, *quantity)))
                        .collect(),
                };
                match snapshot {
                    true => EventBody::BookSnapshot(delta),
                    false => EventBody::BookUpdate(delta),
                }
            }
            Step::Stale(_) => EventBody::BookStale {
                reason: "a message is missing".to_owned(),
            },
            Step::Gap(_, end) => EventBody::Gap {
                kind: GapKind::Trades,
                start: time,
                end: end.map(|after| ns(self.now + after)),
                reason: "the line was cut".to_owned(),
                filled: false,
            },
            _ => EventBody::Clock { time },
        };
        let instrument: InstrumentId = MARKETS[market].parse().expect("an id");
        let event = MarketEvent {
            instrument,
            precision,
            received: ns(self.wall),
            body,
        };
        (
            market,
            Sequenced {
                position: Position(self.position),
                event,
            },
        )
    }

    /// The first operand of which engine and reference see different values.
    fn differs(&self, market: usize) -> Option<String> {
        let rules = (0..self.judges.len()).filter(|at| self.pairs[*at].market == market);
        for at in rules {
            let operands = self.judges[at].rule.watch.condition.values();
            for ((name, seen), (_, operand)) in
                self.engine.values(number(at)).into_iter().zip(operands)
            {
                let expected = self.histories[market].value(operand, self.elapsed, None);
                if seen != expected {
                    return Some(format!("{name}: {seen:?}, not {expected:?}"));
                }
            }
        }
        None
    }
}

type Fired = (RuleId, u64, i64);

/// Every market has traded once, so that there is exchange time.
fn begin() -> Vec<Step> {
    let trade = |market| Step::Trade {
        market,
        wait: 0,
        late: 0,
        cents: 10_000,
        lots: 1,
        buys: true,
        fine: false,
        backfill: false,
    };
    vec![trade(0), trade(1)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn the_engine_fires_exactly_where_the_reference_does(pairs in pairs(), steps in steps()) {
        let mut run = Run::new(pairs);
        for (at, step) in begin().iter().chain(&steps).enumerate() {
            let (fired, expected) = run.step(step);
            prop_assert_eq!(fired, expected, "at step {}: {:?}", at, step);
            let market = match step {
                Step::Trade { market, .. } | Step::Book { market, .. } => Some(*market),
                Step::Clock(market, _) | Step::Stale(market) | Step::Gap(market, _) => Some(*market),
                _ => None,
            };
            if let Some(difference) = market.and_then(|market| run.differs(market)) {
                prop_assert!(false, "at step {}: {:?}: {}", at, step, difference);
            }
        }
    }
}

/// A property that never sees a fire proves nothing.
#[test]
fn random_rules_fire_often() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut fires, mut rules, mut fired) = (0, 0, 0);
    for _ in 0..40 {
        let drawn = (pairs(), steps())
            .new_tree(&mut runner)
            .expect("a case")
            .current();
        let mut run = Run::new(drawn.0);
        for step in begin().iter().chain(&drawn.1) {
            run.step(step);
        }
        fires += run.fires.len();
        rules += run.fired.len();
        fired += run.fired.iter().filter(|count| **count > 0).count();
    }
    assert!(
        fires > 100 && fired * 3 > rules,
        "{fires} fires of {fired} of {rules} rules"
    );
}
