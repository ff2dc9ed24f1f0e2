//! What an instrument is worth at an instant: its share of the common walk, its own walk, and the
//! overshoots of forced liquidations. A pure function of seed and time. It knows no book and no
//! trades; the order flow follows it.

use super::listing::Listing;
use super::noise::Noise;
use super::walk::{MINUTE_NS, Walk};

/// Minutes of a year, the unit of the listed volatilities.
const YEAR_MINUTES: f64 = 525_960.0;
/// Standard deviation of a year's common return, BTC's share of it.
const MARKET_VOLATILITY: f64 = 0.48;
const SECOND_NS: f64 = 1e9;
/// A liquidation cascade begins at most once in this stretch.
const CASCADE_STRETCH_NS: i64 = 32 * MINUTE_NS;

/// Worth of an instrument at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fair {
    /// Natural logarithm of the price.
    pub log_price: f64,
    /// Variance per minute of the walk around that instant, of the logarithm.
    pub variance: f64,
    /// That variance relative to an average minute's: 1 on average, 0.1 in quiet hours, 10 and
    /// more in bursts.
    pub intensity: f64,
    /// Direction in which positions are being liquidated now: 1 up, −1 down, 0 not at all.
    pub rush: i8,
}

/// The worth of one instrument over time.
#[derive(Clone, Debug)]
pub struct FairPrice {
    base_log: f64,
    market: Walk,
    market_scale: f64,
    own: Walk,
    own_scale: f64,
    cascades: [Cascades; 2],
}

impl FairPrice {
    /// The worth of a listing in the world of this seed, refined down to `depth` halvings.
    pub fn new(listing: &Listing, seed: u64, depth: u8) -> Self {
        let per_minute = |year: f64| year / YEAR_MINUTES.sqrt();
        Self {
            base_log: listing.base_price.ln(),
            market: Walk::new(Noise::new(seed, "market"), depth),
            market_scale: listing.beta * per_minute(MARKET_VOLATILITY),
            own: Walk::new(Noise::new(seed, listing.symbol), depth),
            own_scale: per_minute(listing.own_volatility),
            cascades: [
                Cascades {
                    noise: Noise::new(seed ^ 0x11, "market"),
                    chance: 0.22,
                    scale: listing.beta * MARKET_VOLATILITY,
                },
                Cascades {
                    noise: Noise::new(seed ^ 0x11, listing.symbol),
                    chance: 0.12,
                    scale: listing.own_volatility,
                },
            ],
        }
    }

    /// Worth at a time, nanoseconds since 1970.
    pub fn at(&mut self, time_ns: i64) -> Fair {
        let (market, own) = (self.market.at(time_ns), self.own.at(time_ns));
        let (market_variance, own_variance) = (self.market_scale.powi(2), self.own_scale.powi(2));
        let variance = market_variance * market.intensity() + own_variance * own.intensity();
        let mut fair = Fair {
            log_price: self.base_log
                + self.market_scale * market.value_at(time_ns)
                + self.own_scale * own.value_at(time_ns),
            variance,
            intensity: variance / (market_variance + own_variance),
            rush: 0,
        };
        for cascades in &self.cascades {
            let (overshoot, rush) = cascades.at(time_ns);
            fair.log_price += overshoot;
            if rush != 0 {
                fair.rush = rush;
            }
        }
        fair
    }

    /// Greatest overshoots, down and up, of the cascades that peak within a stretch.
    pub fn peaks(&self, start_ns: i64, end_ns: i64) -> (f64, f64) {
        let mut peaks = (0.0_f64, 0.0_f64);
        for cascades in &self.cascades {
            if let Some(cascade) = cascades.around(start_ns)
                && (start_ns..end_ns).contains(&cascade.peak_ns())
            {
                peaks = (peaks.0.min(cascade.height), peaks.1.max(cascade.height));
            }
        }
        peaks
    }
}

/// Liquidations of one kind: of the whole market, or of one instrument's holders.
#[derive(Clone, Copy, Debug)]
struct Cascades {
    noise: Noise,
    /// Probability of one in a stretch.
    chance: f64,
    /// Volatility of a year, which the heights are relative to.
    scale: f64,
}

/// One liquidation cascade: the price is pushed for some seconds and then recovers.
#[derive(Clone, Copy, Debug)]
struct Cascade {
    start_ns: i64,
    push_ns: f64,
    recovery_ns: f64,
    /// Overshoot at the peak, of the price's logarithm.
    height: f64,
}

impl Cascade {
    fn peak_ns(&self) -> i64 {
        self.start_ns + self.push_ns as i64
    }

    fn overshoot(&self, time_ns: i64) -> f64 {
        let since = (time_ns - self.start_ns) as f64;
        if since < 0.0 {
            0.0
        } else if since < self.push_ns {
            self.height * since / self.push_ns
        } else {
            self.height * (-(since - self.push_ns) / self.recovery_ns).exp()
        }
    }
}

impl Cascades {
    fn at(&self, time_ns: i64) -> (f64, i8) {
        let (mut overshoot, mut rush) = (0.0, 0);
        for stretch_start in [time_ns, time_ns - CASCADE_STRETCH_NS] {
            let Some(cascade) = self.around(stretch_start) else {
                continue;
            };
            overshoot += cascade.overshoot(time_ns);
            if (cascade.start_ns..cascade.peak_ns()).contains(&time_ns) {
                rush = if cascade.height > 0.0 { 1 } else { -1 };
            }
        }
        (overshoot, rush)
    }

    /// The cascade that begins in the stretch around a time, if there is one.
    fn around(&self, time_ns: i64) -> Option<Cascade> {
        let stretch = time_ns.div_euclid(CASCADE_STRETCH_NS);
        let mut draws = self.noise.at(200, stretch);
        if self.scale == 0.0 || !draws.chance(self.chance) {
            return None;
        }
        let start_ns = stretch * CASCADE_STRETCH_NS
            + (draws.uniform() * (CASCADE_STRETCH_NS - MINUTE_NS) as f64) as i64;
        // Longs are liquidated more often than shorts.
        let direction = if draws.chance(0.58) { -1.0 } else { 1.0 };
        let height = (0.0032 * self.scale * draws.lognormal(0.8)).min(0.03);
        Some(Cascade {
            start_ns,
            push_ns: draws.between(4.0, 22.0) * SECOND_NS,
            recovery_ns: draws.between(15.0, 180.0) * SECOND_NS,
            height: direction * height,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::listing::LISTINGS;
    use super::super::walk::MINUTE_DEPTH;
    use super::*;

    const START_NS: i64 = 29_000_000 * MINUTE_NS;

    fn hourly_returns(symbol: &str) -> Vec<f64> {
        let listing = LISTINGS.iter().find(|row| row.symbol == symbol).unwrap();
        let mut fair = FairPrice::new(listing, 1, MINUTE_DEPTH);
        let prices: Vec<f64> = (0..4_000)
            .map(|hour| fair.at(START_NS + hour * 60 * MINUTE_NS).log_price)
            .collect();
        prices.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    fn correlation(one: &[f64], two: &[f64]) -> f64 {
        let sum = |f: &dyn Fn(usize) -> f64| (0..one.len()).map(f).sum::<f64>();
        sum(&|i| one[i] * two[i]) / (sum(&|i| one[i] * one[i]) * sum(&|i| two[i] * two[i])).sqrt()
    }

    #[test]
    fn instruments_move_together_as_their_betas_say() {
        let btc = hourly_returns("BTC-USD");
        assert!(correlation(&btc, &hourly_returns("ETH-USD")) > 0.7);
        assert!(correlation(&btc, &hourly_returns("SOL-USD")) > 0.6);
        assert!(correlation(&btc, &hourly_returns("USDT-USD")).abs() < 0.2);
    }

    #[test]
    fn liquidations_push_and_recover() {
        let mut fair = FairPrice::new(&LISTINGS[0], 1, MINUTE_DEPTH);
        let (mut seconds_in_rush, mut greatest) = (0, 0.0_f64);
        for second in 0..200_000 {
            let time = START_NS + second * 1_000_000_000;
            seconds_in_rush += i32::from(fair.at(time).rush != 0);
            let (down, up) = fair.peaks(time, time + 1_000_000_000);
            greatest = greatest.max(up).max(-down);
        }
        assert!((50..20_000).contains(&seconds_in_rush), "{seconds_in_rush}");
        assert!((0.0005..=0.03).contains(&greatest), "{greatest}");
    }
}
