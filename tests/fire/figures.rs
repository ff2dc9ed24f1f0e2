//! What a trade amounts to, as text, so that both sides are compared digit by digit.

use serde_json::Value;

/// A trade's figures, decimals without trailing zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Exchange time, Unix microseconds.
    pub time_us: i64,
    /// Price.
    pub price: String,
    /// Base units.
    pub quantity: String,
    /// The taker's side.
    pub side: String,
}

impl Figures {
    /// As the market tells it: `[id, unix_ns, price, quantity, side]`.
    pub fn told(row: &Value) -> Self {
        Self {
            time_us: row[1].as_i64().expect("a time").div_euclid(1_000),
            price: plain(row[2].as_str().expect("a price")),
            quantity: plain(row[3].as_str().expect("a quantity")),
            side: row[4].as_str().expect("a side").to_owned(),
        }
    }

    /// As REST has it with `numbers=string`.
    pub fn kept(row: &Value) -> Self {
        Self {
            time_us: row["time_us"].as_i64().expect("a time"),
            price: plain(row["price"].as_str().expect("a price")),
            quantity: plain(row["quantity"].as_str().expect("a quantity")),
            side: row["side"].as_str().expect("a side").to_owned(),
        }
    }
}

/// Without trailing zeros.
pub fn plain(text: &str) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    }
}
