//! Randomness that is a function of where it is asked for: the same seed, stream and place give
//! the same numbers in any order of asking. It owns no state beyond a draw and knows no market.

use std::f64::consts::TAU;

/// Increment and finalizer of SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A named field of random numbers.
#[derive(Clone, Copy, Debug)]
pub struct Noise(u64);

impl Noise {
    /// The field `stream` of a seed. Different names are independent.
    pub fn new(seed: u64, stream: &str) -> Self {
        let name = stream
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
            });
        Self(mix(mix(seed.wrapping_add(GOLDEN)) ^ name))
    }

    /// The numbers at one place of the field.
    pub fn at(self, layer: u64, index: i64) -> Draws {
        Draws(mix(self.0
            ^ mix(
                layer.wrapping_mul(GOLDEN) ^ (index as u64).rotate_left(32)
            )))
    }
}

/// A sequence of random numbers.
#[derive(Clone, Debug)]
pub struct Draws(u64);

impl Draws {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Uniform in the open interval from 0 to 1, so that its logarithm is finite.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Whether something with this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Uniform from `low` up to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (TAU * self.uniform()).cos()
    }

    /// Log-normal with mean 1 and standard deviation `sigma` of the logarithm.
    pub fn lognormal(&mut self, sigma: f64) -> f64 {
        (sigma * self.normal() - sigma * sigma / 2.0).exp()
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Pareto from 1 upwards with tail exponent `alpha`.
    pub fn pareto(&mut self, alpha: f64) -> f64 {
        self.uniform().powf(-1.0 / alpha)
    }

    /// Log-uniform from 1 to `high`.
    pub fn log_uniform(&mut self, high: f64) -> f64 {
        high.powf(self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_places_give_equal_numbers_and_others_do_not() {
        let (one, two) = (Noise::new(7, "market"), Noise::new(7, "BTC-USD"));
        assert_eq!(one.at(3, -5).bits(), one.at(3, -5).bits());
        assert_ne!(one.at(3, -5).bits(), one.at(3, 5).bits());
        assert_ne!(one.at(3, -5).bits(), one.at(4, -5).bits());
        assert_ne!(one.at(3, -5).bits(), two.at(3, -5).bits());
        assert_ne!(one.at(0, 0).bits(), Noise::new(8, "market").at(0, 0).bits());
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut draws = Noise::new(1, "moments").at(0, 0);
        let count = 200_000;
        let (mut sum, mut squares, mut lognormal, mut exponential) = (0.0, 0.0, 0.0, 0.0);
        for _ in 0..count {
            let normal = draws.normal();
            sum += normal;
            squares += normal * normal;
            lognormal += draws.lognormal(0.5);
            exponential += draws.exponential();
        }
        let mean = |total: f64| total / f64::from(count);
        assert!(mean(sum).abs() < 0.01);
        assert!((mean(squares) - 1.0).abs() < 0.02);
        assert!((mean(lognormal) - 1.0).abs() < 0.01);
        assert!((mean(exponential) - 1.0).abs() < 0.01);
    }
}
