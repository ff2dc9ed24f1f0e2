//! A random walk that can be asked for any instant without playing what came before: Brownian
//! motion in multifractal trading time, refined on demand.
//!
//! Time is cut into cells of 65,536 minutes, whose ends are drawn. A cell is halved by sharing its
//! variance unevenly between both halves (a conservative multiplicative cascade: volatility
//! clusters on every scale and returns get fat tails) and by drawing the value in the middle from
//! the Brownian bridge over that variance. After Mandelbrot, Fisher, Calvet: "A Multifractal Model
//! of Asset Returns", 1997. Each draw is a function of seed and cell, so neither order nor density
//! of the questions changes an answer.
//!
//! It knows no prices: the unit is the standard deviation of an average minute.

use std::f64::consts::TAU;

use super::noise::Noise;

/// Nanoseconds of a minute.
pub const MINUTE_NS: i64 = 60_000_000_000;
/// Minutes of a top cell, a power of two: 45.5 days.
const TOP_MINUTES: i64 = 1 << 16;
const TOP_NS: i64 = TOP_MINUTES * MINUTE_NS;
/// Halvings down to a minute.
pub const MINUTE_DEPTH: u8 = 16;
/// Halvings down to 0.94 s, below which the walk is a straight line.
pub const FINEST_DEPTH: u8 = 22;
/// Unevenness of the shares: standard deviation of their log-odds.
const CLUSTERING: f64 = 0.55;
/// Top cells per node of the slow swing: 364 days.
const SWING_CELLS: i64 = 8;

/// One stretch of a walk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    depth: u8,
    index: i64,
    /// Value at the beginning.
    pub start: f64,
    /// Value at the end.
    pub end: f64,
    /// Variance within.
    pub variance: f64,
    /// Business minutes at both ends.
    busy: (f64, f64),
}

impl Cell {
    fn width_ns(&self) -> i64 {
        TOP_NS >> self.depth
    }

    fn start_ns(&self) -> i64 {
        self.index * self.width_ns()
    }

    fn contains(&self, time_ns: i64) -> bool {
        time_ns.div_euclid(self.width_ns()) == self.index
    }

    /// Value at a time within, on a straight line between the ends.
    pub fn value_at(&self, time_ns: i64) -> f64 {
        let part = (time_ns - self.start_ns()) as f64 / self.width_ns() as f64;
        self.start + (self.end - self.start) * part
    }

    /// Variance relative to an average stretch of the same length.
    pub fn intensity(&self) -> f64 {
        self.variance / (self.width_ns() as f64 / MINUTE_NS as f64)
    }
}

/// A position on a walk. Questions about neighbouring times share their work.
#[derive(Clone, Debug)]
pub struct Walk {
    noise: Noise,
    depth: u8,
    /// Nested cells, the widest first.
    path: Vec<Cell>,
}

impl Walk {
    /// The walk of a noise field, refined down to `depth` halvings.
    pub fn new(noise: Noise, depth: u8) -> Self {
        Self {
            noise,
            depth: depth.min(FINEST_DEPTH),
            path: Vec::with_capacity(usize::from(FINEST_DEPTH) + 1),
        }
    }

    /// The finest cell around a time.
    pub fn at(&mut self, time_ns: i64) -> Cell {
        while self.path.last().is_some_and(|cell| !cell.contains(time_ns)) {
            self.path.pop();
        }
        let mut cell = match self.path.last() {
            Some(cell) => *cell,
            None => self.enter(top_cell(self.noise, time_ns.div_euclid(TOP_NS))),
        };
        while cell.depth < self.depth {
            let (left, right) = halves(self.noise, &cell);
            cell = self.enter(if right.start_ns() <= time_ns {
                right
            } else {
                left
            });
        }
        cell
    }

    fn enter(&mut self, cell: Cell) -> Cell {
        self.path.push(cell);
        cell
    }
}

fn top_cell(noise: Noise, index: i64) -> Cell {
    Cell {
        depth: 0,
        index,
        start: top_node(noise, index),
        end: top_node(noise, index + 1),
        variance: TOP_MINUTES as f64,
        busy: (
            business_minutes(index * TOP_NS),
            business_minutes((index + 1) * TOP_NS),
        ),
    }
}

/// Value between two top cells. Independent nodes of half a cell's variance make the step between
/// them as wide as the walk within, and keep prices around their base for good.
fn top_node(noise: Noise, index: i64) -> f64 {
    let scale = (TOP_MINUTES as f64).sqrt();
    let swing_node = |node| noise.at(100, node).normal();
    let node = index.div_euclid(SWING_CELLS);
    let part = index.rem_euclid(SWING_CELLS) as f64 / SWING_CELLS as f64;
    let ease = (1.0 - (part * TAU / 2.0).cos()) / 2.0;
    let swing = swing_node(node) * (1.0 - ease) + swing_node(node + 1) * ease;
    scale * (noise.at(101, index).normal() * 0.5_f64.sqrt() + swing)
}

fn halves(noise: Noise, cell: &Cell) -> (Cell, Cell) {
    let mut draws = noise.at(u64::from(cell.depth), cell.index);
    let busy = business_minutes(cell.start_ns() + cell.width_ns() / 2);
    let uneven = (CLUSTERING * draws.normal()).exp();
    let odds = (busy - cell.busy.0) / (cell.busy.1 - busy) * uneven;
    let share = odds / (1.0 + odds);
    let deviation = (cell.variance * share * (1.0 - share)).sqrt();
    let middle = cell.start + (cell.end - cell.start) * share + deviation * draws.normal();
    let left = Cell {
        depth: cell.depth + 1,
        index: cell.index * 2,
        start: cell.start,
        end: middle,
        variance: cell.variance * share,
        busy: (cell.busy.0, busy),
    };
    let right = Cell {
        index: left.index + 1,
        start: middle,
        end: cell.end,
        variance: cell.variance * (1.0 - share),
        busy: (busy, cell.busy.1),
        ..left
    };
    (left, right)
}

/// Minutes since 1970 on a clock that runs faster when people trade: most at 15:00 UTC and on
/// Wednesdays, least at 3:00 and on Saturday nights. The integral of
/// 1 + 0.45·cos(day) + 0.25·cos(week).
fn business_minutes(time_ns: i64) -> f64 {
    const DAY: f64 = 1_440.0;
    const WEEK: f64 = 7.0 * DAY;
    let minutes = time_ns as f64 / MINUTE_NS as f64;
    // 1970-01-01 was a Thursday.
    let day = TAU * (minutes - 15.0 * 60.0) / DAY;
    let week = TAU * (minutes - 6.6 * DAY) / WEEK;
    minutes + 0.45 * DAY / TAU * day.sin() + 0.25 * WEEK / TAU * week.sin()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MINUTE: i64 = 29_000_000;

    fn minutes(seed: u64, count: i64) -> Vec<Cell> {
        let mut walk = Walk::new(Noise::new(seed, "test"), MINUTE_DEPTH);
        (0..count)
            .map(|minute| walk.at((START_MINUTE + minute) * MINUTE_NS))
            .collect()
    }

    #[test]
    fn the_order_of_questions_changes_nothing() {
        let forwards = minutes(3, 500);
        let mut walk = Walk::new(Noise::new(3, "test"), MINUTE_DEPTH);
        for minute in (0..500).rev().step_by(7) {
            let cell = walk.at((START_MINUTE + minute) * MINUTE_NS);
            assert_eq!(cell, forwards[minute as usize]);
        }
    }

    #[test]
    fn it_is_continuous_and_finer_cells_share_the_ends_of_their_minute() {
        let coarse = minutes(5, 100);
        let mut fine = Walk::new(Noise::new(5, "test"), FINEST_DEPTH);
        for (minute, pair) in coarse.windows(2).enumerate() {
            assert_eq!(pair[0].end, pair[1].start);
            let at = (START_MINUTE + minute as i64) * MINUTE_NS;
            assert_eq!(fine.at(at).value_at(at), pair[0].start);
            let last = fine.at(at + MINUTE_NS - 1);
            assert_eq!(last.end, pair[0].end);
        }
    }

    #[test]
    fn returns_have_fat_tails_and_volatility_clusters() {
        let returns: Vec<f64> = minutes(11, 200_000)
            .iter()
            .map(|cell| cell.end - cell.start)
            .collect();
        let count = returns.len() as f64;
        let variance = returns.iter().map(|r| r * r).sum::<f64>() / count;
        assert!(
            (0.4..2.5).contains(&variance),
            "variance of a minute {variance}"
        );
        let kurtosis = returns.iter().map(|r| r.powi(4)).sum::<f64>() / count / variance.powi(2);
        assert!(
            kurtosis > 4.5,
            "kurtosis {kurtosis}, a normal distribution has 3"
        );

        let sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
        for (lag, least) in [(1, 0.1), (60, 0.05), (1_440, 0.01)] {
            let correlation = autocorrelation(&sizes, lag);
            assert!(correlation > least, "lag {lag}: {correlation}");
        }
        let direction = autocorrelation(&returns, 1);
        assert!(
            direction.abs() < 0.03,
            "returns predict themselves: {direction}"
        );
    }

    fn autocorrelation(series: &[f64], lag: usize) -> f64 {
        let mean = series.iter().sum::<f64>() / series.len() as f64;
        let product = |a: f64, b: f64| (a - mean) * (b - mean);
        let own: f64 = series.iter().map(|&x| product(x, x)).sum();
        let lagged: f64 = series.windows(lag + 1).map(|w| product(w[0], w[lag])).sum();
        lagged / own
    }
}
