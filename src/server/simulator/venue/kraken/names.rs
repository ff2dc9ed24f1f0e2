//! The venue's names: `BTC/USD` on the feed; `XBTUSD` and `XBT/USD` in REST, which keeps older codes
//! of two currencies.

use crate::server::simulator::market::Market;
use crate::server::simulator::market::listing::Listing;

/// The name on the feed.
pub fn symbol(listing: &Listing) -> String {
    listing.symbol.replace('-', "/")
}

/// The name of REST's `wsname`.
pub fn ws_name(listing: &Listing) -> String {
    format!("{}/{}", older(listing.base()), older(listing.quote()))
}

/// The name that REST takes and answers with.
pub fn pair(listing: &Listing) -> String {
    format!("{}{}", older(listing.base()), older(listing.quote()))
}

fn older(code: &str) -> &str {
    match code {
        "BTC" => "XBT",
        "DOGE" => "XDG",
        other => other,
    }
}

/// The instrument with this name on the feed.
pub fn find(market: &Market, name: &str) -> Option<usize> {
    market
        .desks()
        .iter()
        .position(|desk| symbol(desk.listing()) == name)
}

/// The instrument that REST is asked for, by any of its names.
pub fn find_pair(market: &Market, name: &str) -> Option<usize> {
    market.desks().iter().position(|desk| {
        let listing = desk.listing();
        [pair(listing), ws_name(listing), symbol(listing)].contains(&name.to_owned())
    })
}
