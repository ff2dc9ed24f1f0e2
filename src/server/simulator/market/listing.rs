//! What is listed on the synthetic market: one table, a row an instrument. It knows neither the
//! state of the market nor how a venue words it.

use thiserror::Error;
use tradesuite_core::model::Precision;

/// One instrument of the synthetic market.
#[derive(Debug, PartialEq)]
pub struct Listing {
    /// `BASE-QUOTE`.
    pub symbol: &'static str,
    /// The base currency's name for people.
    pub name: &'static str,
    /// Level around which the price moves, quote currency per base unit.
    pub base_price: f64,
    /// Decimals of prices and quantities; the tick and the quantity step are one unit of the last.
    pub precision: Precision,
    /// How much of the common market move it takes: 1 is BTC's.
    pub beta: f64,
    /// Standard deviation of a year's own return, beside the common move.
    pub own_volatility: f64,
    /// Quote currency traded in an average minute.
    pub minute_notional: f64,
    /// Share of all market events, relative to the other rows.
    pub activity: f64,
    /// Spread that its market makers compete down to, ticks.
    pub spread_ticks: i64,
}

/// Instruments or counts that the table cannot serve.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ListingError {
    /// A symbol that is not in the table.
    #[error("{0} is not listed on the simulated market; one of {names} is", names = names())]
    Unknown(String),
    /// A count outside the table.
    #[error("between 1 and {max} instruments can be simulated, not {0}", max = LISTINGS.len())]
    Count(usize),
}

fn names() -> String {
    let symbols: Vec<_> = LISTINGS.iter().map(|listing| listing.symbol).collect();
    symbols.join(" ")
}

impl Listing {
    /// Base currency.
    pub fn base(&self) -> &'static str {
        self.symbol.split('-').next().unwrap_or_default()
    }

    /// Quote currency.
    pub fn quote(&self) -> &'static str {
        self.symbol.split('-').nth(1).unwrap_or_default()
    }
}

/// Reads `12` (the first twelve rows) or `BTC-USD,ETH-USD`.
///
/// # Errors
/// [`ListingError`] for what is not listed.
pub fn select(text: &str) -> Result<Vec<&'static Listing>, ListingError> {
    if let Ok(count) = text.trim().parse::<usize>() {
        return match LISTINGS.get(..count) {
            Some(rows) if count > 0 => Ok(rows.iter().collect()),
            _ => Err(ListingError::Count(count)),
        };
    }
    let mut selected: Vec<&'static Listing> = Vec::new();
    for symbol in text.split(',').map(str::trim) {
        let listing = LISTINGS
            .iter()
            .find(|listing| listing.symbol.eq_ignore_ascii_case(symbol))
            .ok_or_else(|| ListingError::Unknown(symbol.to_owned()))?;
        if !selected.contains(&listing) {
            selected.push(listing);
        }
    }
    Ok(selected)
}

/// A row: symbol, name, price, decimals of price and quantity, beta, own volatility, thousands of
/// quote currency a minute, activity, spread in ticks.
#[expect(clippy::too_many_arguments, reason = "a table's row, read across")]
const fn row(
    symbol: &'static str,
    name: &'static str,
    base_price: f64,
    (price, quantity): (u8, u8),
    beta: f64,
    own_volatility: f64,
    minute_thousands: f64,
    activity: f64,
    spread_ticks: i64,
) -> Listing {
    Listing {
        symbol,
        name,
        base_price,
        precision: Precision { price, quantity },
        beta,
        own_volatility,
        minute_notional: minute_thousands * 1_000.0,
        activity,
        spread_ticks,
    }
}

/// Everything that can be simulated, most traded first.
#[rustfmt::skip]
pub static LISTINGS: &[Listing] = &[
    row("BTC-USD",    "Bitcoin",           83_000.0,     (2, 8), 1.00, 0.08, 560.0, 36.0, 1),
    row("ETH-USD",    "Ethereum",           2_670.0,     (2, 8), 1.20, 0.30, 320.0, 22.0, 1),
    row("SOL-USD",    "Solana",               148.0,     (2, 8), 1.40, 0.45, 150.0, 14.0, 1),
    row("XRP-USD",    "XRP",                    2.31,    (4, 6), 1.10, 0.50, 110.0,  9.0, 1),
    row("DOGE-USD",   "Dogecoin",               0.1843,  (5, 1), 1.45, 0.55,  60.0,  6.0, 1),
    row("ADA-USD",    "Cardano",                0.712,   (4, 8), 1.30, 0.50,  32.0,  4.0, 1),
    row("LINK-USD",   "Chainlink",             16.4,     (3, 2), 1.30, 0.50,  26.0,  4.0, 2),
    row("AVAX-USD",   "Avalanche",             24.6,     (2, 8), 1.40, 0.55,  20.0,  3.0, 1),
    row("LTC-USD",    "Litecoin",              94.7,     (2, 8), 1.00, 0.40,  18.0,  3.0, 1),
    row("SUI-USD",    "Sui",                    3.42,    (4, 1), 1.50, 0.65,  30.0,  4.0, 2),
    row("USDT-USD",   "Tether",                 0.99985, (5, 2), 0.00, 0.004, 40.0,  3.0, 1),
    row("BCH-USD",    "Bitcoin Cash",         462.0,     (2, 8), 1.10, 0.45,  10.0,  2.0, 3),
    row("DOT-USD",    "Polkadot",               4.63,    (3, 8), 1.30, 0.45,  11.0,  2.0, 1),
    row("XLM-USD",    "Stellar Lumens",         0.2874,  (6, 8), 1.15, 0.50,  11.0,  2.0, 4),
    row("HBAR-USD",   "Hedera",                 0.1912,  (5, 1), 1.30, 0.60,  12.0,  2.0, 1),
    row("UNI-USD",    "Uniswap",                8.34,    (3, 6), 1.30, 0.55,   9.0,  2.0, 2),
    row("AAVE-USD",   "Aave",                 241.0,     (2, 3), 1.35, 0.55,  10.0,  2.0, 3),
    row("NEAR-USD",   "NEAR Protocol",          2.97,    (3, 3), 1.40, 0.55,   8.0,  2.0, 1),
    row("PEPE-USD",   "Pepe",                   0.00000981, (8, 0), 1.60, 0.85, 22.0, 3.0, 1),
    row("SHIB-USD",   "Shiba Inu",              0.00001247, (8, 0), 1.40, 0.60, 12.0, 2.0, 1),
    row("ATOM-USD",   "Cosmos",                 4.71,    (3, 2), 1.25, 0.45,   6.0,  1.5, 2),
    row("APT-USD",    "Aptos",                  5.24,    (2, 2), 1.40, 0.55,   6.0,  1.5, 1),
    row("ARB-USD",    "Arbitrum",               0.3947,  (4, 2), 1.50, 0.55,   6.0,  1.5, 1),
    row("OP-USD",     "Optimism",               0.7521,  (3, 2), 1.50, 0.55,   5.0,  1.5, 1),
    row("FIL-USD",    "Filecoin",               2.68,    (3, 3), 1.30, 0.50,   5.0,  1.5, 2),
    row("INJ-USD",    "Injective",             12.7,     (3, 2), 1.45, 0.60,   5.0,  1.5, 5),
    row("ETC-USD",    "Ethereum Classic",      19.2,     (2, 8), 1.10, 0.40,   5.0,  1.2, 1),
    row("ALGO-USD",   "Algorand",               0.2261,  (4, 0), 1.25, 0.50,   5.0,  1.2, 1),
    row("RENDER-USD", "Render",                 3.88,    (3, 3), 1.45, 0.60,   5.0,  1.2, 2),
    row("TIA-USD",    "Celestia",               2.14,    (3, 2), 1.45, 0.65,   4.0,  1.2, 1),
    row("GRT-USD",    "The Graph",              0.0942,  (4, 2), 1.30, 0.55,   3.0,  1.0, 1),
    row("LDO-USD",    "Lido DAO",               0.912,   (3, 2), 1.40, 0.55,   3.0,  1.0, 1),
    row("CRV-USD",    "Curve DAO",              0.6135,  (4, 2), 1.35, 0.60,   4.0,  1.0, 2),
    row("MKR-USD",    "Maker",              1_612.0,     (2, 6), 1.15, 0.50,   3.0,  1.0, 40),
    row("SNX-USD",    "Synthetix",              0.748,   (3, 3), 1.35, 0.60,   2.0,  0.8, 1),
    row("COMP-USD",   "Compound",              48.3,     (2, 3), 1.20, 0.50,   2.0,  0.8, 3),
    row("ICP-USD",    "Internet Computer",      5.61,    (3, 4), 1.30, 0.50,   4.0,  1.0, 3),
    row("BONK-USD",   "Bonk",                   0.00001893, (8, 0), 1.60, 0.90, 8.0, 1.5, 1),
    row("ETH-BTC",    "Ethereum",               0.03217, (5, 8), 0.20, 0.30,   0.4,  2.0, 1),
    row("SOL-ETH",    "Solana",                 0.05543, (5, 8), 0.20, 0.40,   0.01, 0.8, 1),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selects_by_count_and_by_name() {
        let symbols =
            |text| select(text).map(|rows| rows.iter().map(|row| row.symbol).collect::<Vec<_>>());
        assert_eq!(symbols("2"), Ok(vec!["BTC-USD", "ETH-USD"]));
        assert_eq!(
            symbols("sol-usd, BTC-USD,SOL-USD"),
            Ok(vec!["SOL-USD", "BTC-USD"])
        );
        assert_eq!(symbols("0"), Err(ListingError::Count(0)));
        assert_eq!(symbols("41"), Err(ListingError::Count(41)));
        assert_eq!(
            symbols("XAU-USD"),
            Err(ListingError::Unknown("XAU-USD".to_owned()))
        );
    }

    #[test]
    fn a_price_has_room_for_ticks() {
        for listing in LISTINGS {
            let ticks = listing.base_price * 10_f64.powi(i32::from(listing.precision.price));
            assert!(ticks > 100.0, "{} has only {ticks} ticks", listing.symbol);
        }
    }
}
