//! Whether a venue answers, on both of its interfaces, and how far our clock is from its own.

use tradesuite_core::model::UnixMs;

use super::{Finding, Verdict};
use crate::server::clock::Clock;
use crate::server::collector::http::Http;
use crate::server::collector::transport::{Connector, Line as _};
use crate::server::exchange::Exchange;

/// A venue says its time in whole seconds, and the answer is on its way for a while: closer than
/// this cannot be told.
const SAME_MS: i64 = 2_000;
/// Beyond this, bars close too early or too late by our clock.
const FAR_MS: i64 = 30_000;

/// What a visit found.
pub struct Visit {
    /// Whether it answers.
    pub finding: Finding,
    label: &'static str,
    /// Our clock minus the venue's, milliseconds.
    offset_ms: Option<i64>,
}

/// Asks the venue for anything by REST, and opens its WebSocket.
pub async fn visit<C: Connector>(
    exchange: &'static dyn Exchange,
    http: &dyn Http,
    connector: &C,
    clock: &Clock,
) -> Visit {
    let spec = exchange.spec();
    let asked = http.get(spec.rest_url, "/", &[]).await;
    let offset_ms = asked.as_ref().ok().and_then(|reply| {
        let theirs: UnixMs = reply.date?;
        Some(clock.now().to_ms().0 - theirs.0)
    });
    let rest = match asked {
        Err(no_reply) => Some(format!("{} cannot be reached: {}", spec.label, no_reply.0)),
        Ok(reply) if matches!(reply.status, 403 | 451) => Some(format!(
            "{} is blocked from this location (HTTP {})",
            spec.label, reply.status
        )),
        // Whatever else it says to such a question, it is there.
        Ok(_) => None,
    };
    let finding = match (rest, exchange.feeds().first()) {
        (Some(problem), _) => Finding::new(spec.id, Verdict::Bad, problem),
        (None, None) => Finding::new(spec.id, Verdict::Good, format!("{} answers", spec.label)),
        (None, Some(feed)) => match connector.connect(feed.spec().ws_url).await {
            Ok(mut line) => {
                line.close().await;
                let sentence = format!("{} answers by REST and WebSocket", spec.label);
                Finding::new(spec.id, Verdict::Good, sentence)
            }
            Err(error) => Finding::new(spec.id, Verdict::Bad, format!("{} {error}", spec.label)),
        },
    };
    Visit {
        finding,
        label: spec.label,
        offset_ms,
    }
}

/// What the visits say of our clock.
pub fn clock(visits: &[Visit]) -> Finding {
    let told = visits
        .iter()
        .filter_map(|visit| Some((visit.label, visit.offset_ms?)))
        .min_by_key(|(_, offset)| offset.abs());
    let Some((label, offset_ms)) = told else {
        let sentence = "no venue said what time it is, so the clock could not be compared";
        return Finding::new("clock", Verdict::Doubtful, sentence);
    };
    let way = if offset_ms > 0 { "ahead of" } else { "behind" };
    let seconds = offset_ms.abs() as f64 / 1e3;
    match offset_ms.abs() {
        ..SAME_MS => Finding::new(
            "clock",
            Verdict::Good,
            format!(
                "the clock agrees with {label}'s to within {} s",
                SAME_MS / 1_000
            ),
        ),
        SAME_MS..FAR_MS => Finding::new(
            "clock",
            Verdict::Doubtful,
            format!("the clock is {seconds:.0} s {way} {label}'s; set it by NTP"),
        ),
        _ => Finding::new(
            "clock",
            Verdict::Bad,
            format!(
                "the clock is {seconds:.0} s {way} {label}'s: bars would close at the wrong time; set it by NTP"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::collector::http::{HttpClient, NoReply, Reply};
    use crate::server::collector::transport::websocket::WebSocketConnector;
    use crate::server::exchange::EXCHANGES;
    use async_trait::async_trait;
    use tradesuite_core::model::UnixNs;

    struct Answers(Result<Reply, NoReply>);

    #[async_trait]
    impl Http for Answers {
        async fn get(
            &self,
            _: &str,
            _: &str,
            _: &[(&'static str, String)],
        ) -> Result<Reply, NoReply> {
            self.0.clone()
        }
    }

    #[tokio::test]
    async fn a_venue_that_is_away_and_one_that_blocks_are_told_apart() {
        let connector = WebSocketConnector::default();
        let clock = Clock::manual(UnixNs(0));
        for (answer, hint) in [
            (
                Err(NoReply("no such host".to_owned())),
                "cannot be reached: no such host",
            ),
            (
                Ok(Reply {
                    status: 451,
                    ..Reply::default()
                }),
                "is blocked from this location (HTTP 451)",
            ),
        ] {
            let visit = visit(EXCHANGES[0], &Answers(answer), &connector, &clock).await;
            assert_eq!(visit.finding.verdict, Verdict::Bad);
            assert!(
                visit.finding.sentence.contains(hint),
                "{}",
                visit.finding.sentence
            );
        }
    }

    #[tokio::test]
    async fn an_answers_date_is_read() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("binds");
        let address = listener.local_addr().expect("an address");
        let router = axum::Router::new()
            .fallback(|| async { ([("date", "Mon, 23 Nov 2026 13:57:42 GMT")], "hello") });
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let reply = HttpClient::default()
            .get(&format!("http://{address}"), "/", &[])
            .await;
        assert_eq!(
            reply.expect("an answer").date,
            Some(UnixMs(1_795_442_262_000))
        );
        server.abort();
    }

    #[test]
    fn the_clock_is_compared_with_the_nearest_venue() {
        let visit = |offset_ms| Visit {
            finding: Finding::new("x", Verdict::Good, ""),
            label: "Coinbase",
            offset_ms,
        };
        for (offsets, verdict, hint) in [
            (vec![None], Verdict::Doubtful, "no venue"),
            (vec![Some(900)], Verdict::Good, "agrees with Coinbase's"),
            (vec![Some(-9_000), None], Verdict::Doubtful, "9 s behind"),
            (vec![Some(90_000)], Verdict::Bad, "90 s ahead of"),
            (vec![Some(90_000), Some(3)], Verdict::Good, "agrees"),
        ] {
            let visits: Vec<Visit> = offsets.into_iter().map(visit).collect();
            let finding = clock(&visits);
            assert_eq!(finding.verdict, verdict);
            assert!(finding.sentence.contains(hint), "{}", finding.sentence);
        }
    }
}
