//! `GET …/products/{id}/candles`: bars of any day, newest first, at most 350.
//!
//! `{"candles":[{"start":"1712192400","low":"66055.14","high":"66331.99","open":"66312.4","close":"66181.6","volume":"355.82896243"}]}`

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::rest::Refusal;
use crate::server::simulator::App;
use crate::server::simulator::market::bars::Bar;
use crate::server::simulator::market::listing::Listing;
use crate::server::simulator::market::walk::MINUTE_NS;
use crate::server::simulator::venue::digits::push_decimal;
use crate::server::simulator::venue::gate::json_body;

/// Bars in one answer.
const MOST_BARS: i64 = 350;

/// Names of granularities and their minutes.
const GRANULARITIES: [(&str, i64); 9] = [
    ("ONE_MINUTE", 1),
    ("FIVE_MINUTE", 5),
    ("FIFTEEN_MINUTE", 15),
    ("THIRTY_MINUTE", 30),
    ("ONE_HOUR", 60),
    ("TWO_HOUR", 120),
    ("FOUR_HOUR", 240),
    ("SIX_HOUR", 360),
    ("ONE_DAY", 1_440),
];

/// Which bars were asked for: openings from `from` up to `to`, minutes since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    width: i64,
    from: i64,
    to: i64,
}

fn read_span(query: &HashMap<String, String>) -> Result<Span, Refusal> {
    let seconds = |name: &str| -> Result<i64, Refusal> {
        query
            .get(name)
            .and_then(|text| text.parse().ok())
            .filter(|seconds| (0..=9_000_000_000).contains(seconds))
            .ok_or_else(|| Refusal::argument(format!("{name} argument is invalid")))
    };
    let (start, end) = (seconds("start")?, seconds("end")?);
    let width = query
        .get("granularity")
        .and_then(|name| GRANULARITIES.iter().find(|(known, _)| known == name))
        .map(|(_, minutes)| *minutes)
        .ok_or_else(|| Refusal::argument("granularity argument is invalid"))?;
    if end < start || (end - start) / (width * 60) > MOST_BARS {
        return Err(Refusal::argument(
            "start and end argument is invalid - number of candles requested should be less than 350",
        ));
    }
    // Both ends are included; a bar more than fits is left out at the old end.
    let to = end.div_euclid(60) + 1;
    let first = (start + 59).div_euclid(60);
    let newest = (to - 1).div_euclid(width) * width;
    Ok(Span {
        width,
        from: first.max(newest - (MOST_BARS - 1) * width),
        to,
    })
}

/// Answers.
pub async fn get(
    State(app): State<App>,
    Path(symbol): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let span = read_span(&query)?;
    let history_minutes = i64::from(app.history_days) * 1_440;
    let asked = app
        .floor
        .ask(move |floor| {
            let market = &floor.market;
            let desk = &market.desks()[market.find(&symbol)?];
            let played: Vec<Bar> = desk
                .played()
                .between(span.from, span.to + span.width)
                .collect();
            let now = market.time().0.div_euclid(MINUTE_NS);
            Some((desk.history().clone(), desk.listing(), played, now))
        })
        .await?;
    let (history, listing, played, now) = asked.ok_or_else(Refusal::unknown_product)?;
    let from = span.from.max(now - history_minutes);
    // A year of minutes is work for a thread of its own.
    let bars = tokio::task::spawn_blocking(move || {
        history.bars(span.width, (from, span.to), &played, now)
    })
    .await
    .map_err(|_| Refusal::internal())?;
    Ok(json_body(word(listing, &bars)))
}

fn word(listing: &Listing, bars: &[Bar]) -> String {
    let mut out = String::with_capacity(40 + bars.len() * 140);
    out.push_str("{\"candles\":[");
    for (index, bar) in bars.iter().rev().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str("{\"start\":\"");
        out.push_str(&(bar.minute * 60).to_string());
        for (name, count) in [
            ("low", bar.low),
            ("high", bar.high),
            ("open", bar.open),
            ("close", bar.close),
        ] {
            out.push_str("\",\"");
            out.push_str(name);
            out.push_str("\":\"");
            push_decimal(&mut out, count, listing.precision.price);
        }
        out.push_str("\",\"volume\":\"");
        push_decimal(&mut out, bar.volume, listing.precision.quantity);
        out.push_str("\"}");
    }
    out.push_str("]}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(query: &[(&str, &str)]) -> Result<Span, String> {
        let query = query
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        read_span(&query).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn both_ends_are_included_and_350_fit() {
        let ask = |start: &str, end: &str| {
            span(&[("start", start), ("end", end), ("granularity", "ONE_HOUR")])
        };
        assert_eq!(
            ask("7200", "10800"),
            Ok(Span {
                width: 60,
                from: 120,
                to: 181
            })
        );
        let many = ask("0", "1260000").expect("350 hours");
        assert_eq!((many.from, many.to), (60, 21_001), "the newest 350");
        assert!(
            ask("0", "1263600")
                .expect_err("351 hours")
                .contains("less than 350")
        );
        assert!(ask("10", "5").is_err());
        assert!(ask("x", "5").expect_err("no number").contains("start"));
        assert!(span(&[("start", "0"), ("end", "1"), ("granularity", "ONE_YEAR")]).is_err());
    }
}
