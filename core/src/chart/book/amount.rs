//! A size, exact in base units and in quote currency.

use serde::{Deserialize, Serialize};

use crate::chart::format;
use crate::model::{BookLevel, Notional, Precision, Price, Quantity, Volume};

/// In which unit sizes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SizeUnit {
    /// Base units, as the venue counts them.
    #[default]
    Base,
    /// Quote currency: each part at its own price.
    Quote,
}

impl SizeUnit {
    /// Decimals of what [`Amount::count`] counts.
    #[must_use]
    pub fn decimals(self, precision: Precision) -> u8 {
        match self {
            Self::Base => precision.quantity,
            Self::Quote => precision.notional(),
        }
    }
}

/// A sum of sizes. Both units are summed from the parts, so that neither is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Base units.
    pub quantity: Volume,
    /// Quote currency.
    pub notional: Notional,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self {
        quantity: Volume::ZERO,
        notional: Notional::ZERO,
    };

    /// Some base units at a price.
    #[must_use]
    pub fn new(price: Price, quantity: Quantity) -> Self {
        Self {
            quantity: quantity.into(),
            notional: price.notional(quantity),
        }
    }

    /// Whether nothing is there.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.quantity == Volume::ZERO
    }

    /// How much it is in a unit, in counts, for drawing only.
    #[must_use]
    pub fn counts(self, unit: SizeUnit) -> f64 {
        match unit {
            SizeUnit::Base => self.quantity.to_f64(0),
            SizeUnit::Quote => self.notional.to_f64(0),
        }
    }

    /// The sum in a unit, exact: counts of 10^−[`SizeUnit::decimals`].
    #[must_use]
    pub fn count(self, unit: SizeUnit) -> i128 {
        match unit {
            SizeUnit::Base => self.quantity.0,
            SizeUnit::Quote => self.notional.0,
        }
    }

    /// As people read it: base units rounded to `decimals` at most, quote currency compact.
    #[must_use]
    pub fn text(self, unit: SizeUnit, precision: Precision, decimals: u8) -> String {
        match unit {
            SizeUnit::Base => {
                let shown = decimals.min(precision.quantity);
                format::size(self.quantity.0, precision.quantity, shown)
            }
            SizeUnit::Quote => self.compact(unit, precision),
        }
    }

    /// In few characters, in either unit.
    #[must_use]
    pub fn compact(self, unit: SizeUnit, precision: Precision) -> String {
        format::compact(match unit {
            SizeUnit::Base => self.quantity.to_f64(precision.quantity),
            SizeUnit::Quote => self.notional.to_f64(precision.notional()),
        })
    }
}

impl From<BookLevel> for Amount {
    fn from(level: BookLevel) -> Self {
        Self::new(level.price, level.quantity)
    }
}

impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.quantity += other.quantity;
        self.notional += other.notional;
    }
}

impl std::ops::SubAssign for Amount {
    fn sub_assign(&mut self, other: Self) {
        self.quantity -= other.quantity;
        self.notional -= other.notional;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_units_are_sums_of_the_parts() {
        let mut amount = Amount::new(Price(10_000), Quantity(150));
        amount += Amount::new(Price(10_100), Quantity(50));
        assert_eq!(
            (amount.quantity, amount.notional),
            (Volume(200), Notional(2_005_000))
        );
        let precision = Precision {
            price: 2,
            quantity: 2,
        };
        assert_eq!(amount.text(SizeUnit::Base, precision, 4), "2.00");
        assert_eq!(amount.text(SizeUnit::Base, precision, 1), "2.0");
        assert_eq!(amount.text(SizeUnit::Quote, precision, 4), "200");
    }
}
