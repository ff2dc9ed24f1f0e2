//! One venue's REST interface: its limits kept, its refusals told apart, its answers read.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tradesuite_core::model::{Instrument, VenueEvent};

use super::backoff::{Backoff, Jitter};
use super::http::{Http, NoReply, Reply};
use super::limiter::{Demand, Limiter};
use crate::server::exchange::{
    DecodeError, Exchange, HttpRequest, VenueCandleQuery, VenueCandles, VenueTradeQuery,
};

/// Tries of one request.
const TRIES: u32 = 3;
/// Longest wait that a caller is kept for; longer ones become an error.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a venue's answer is not there. Every text is a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RestError {
    /// No answer at all, or only server errors.
    #[error("{exchange} cannot be reached: {reason}")]
    Unreachable {
        /// The venue's name.
        exchange: &'static str,
        /// Why.
        reason: String,
    },
    /// 403 or 451.
    #[error("{exchange} is blocked from this location (HTTP {status})")]
    Blocked {
        /// The venue's name.
        exchange: &'static str,
        /// HTTP status.
        status: u16,
    },
    /// 429, with a longer wait than a caller is kept for.
    #[error("{exchange} asks to be left alone for {wait_s} s")]
    RateLimited {
        /// The venue's name.
        exchange: &'static str,
        /// How long.
        wait_s: u64,
    },
    /// 404, or the venue has no such thing.
    #[error("{exchange} does not have it")]
    NotFound {
        /// The venue's name.
        exchange: &'static str,
    },
    /// Any other refusal, with the beginning of the venue's own words.
    #[error("{exchange} refused the request (HTTP {status}): {words}")]
    Refused {
        /// The venue's name.
        exchange: &'static str,
        /// HTTP status.
        status: u16,
        /// Its words.
        words: String,
    },
    /// The answer does not say what it should.
    #[error("{exchange} sent what cannot be read: {reason}")]
    Malformed {
        /// The venue's name.
        exchange: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl RestError {
    /// Whether the same request may succeed soon.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::RateLimited { .. })
    }

    /// Whether the same request may succeed some day: a body may have been cut off, and a location
    /// be blocked for an hour.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        let is_odd = matches!(self, Self::Blocked { .. } | Self::Malformed { .. });
        is_odd || self.is_retryable()
    }
}

/// A venue's REST interface.
#[derive(Clone)]
pub struct VenueRest {
    exchange: &'static dyn Exchange,
    base_url: String,
    http: Arc<dyn Http>,
    limiter: Limiter,
    jitter: Jitter,
}

impl VenueRest {
    /// At its own address, or at `base_url` where one is given (simulator, tests).
    #[must_use]
    pub fn new(
        exchange: &'static dyn Exchange,
        base_url: Option<String>,
        http: Arc<dyn Http>,
        jitter: Jitter,
    ) -> Self {
        let spec = exchange.spec();
        let base_url = base_url.unwrap_or_else(|| spec.rest_url.to_owned());
        Self {
            exchange,
            base_url,
            http,
            limiter: Limiter::per_second(spec.requests_per_s),
            jitter,
        }
    }

    /// The venue.
    #[must_use]
    pub fn exchange(&self) -> &'static dyn Exchange {
        self.exchange
    }

    /// The list of instruments.
    ///
    /// # Errors
    /// [`RestError`]
    pub async fn instruments(&self) -> Result<Vec<Instrument>, RestError> {
        let body = self
            .get(&self.exchange.instruments(), &Demand::awaited())
            .await?;
        let listed = self
            .exchange
            .parse_instruments(&body)
            .map_err(|error| self.malformed(&error))?;
        if listed.left_out > 0 {
            let (exchange, left_out) = (self.label(), listed.left_out);
            tracing::warn!(
                exchange,
                left_out,
                "instruments that cannot be described exactly"
            );
        }
        Ok(listed.instruments)
    }

    /// Bars; those that nobody waits for after everything else.
    ///
    /// # Errors
    /// [`RestError`], [`RestError::NotFound`] where the venue has no such timeframe.
    pub async fn candles(
        &self,
        query: &VenueCandleQuery<'_>,
        demand: &Demand,
    ) -> Result<VenueCandles, RestError> {
        let request = self.exchange.candles(query).ok_or(RestError::NotFound {
            exchange: self.label(),
        })?;
        let body = self.get(&request, demand).await?;
        self.exchange
            .parse_candles(query.instrument, &body)
            .map_err(|error| self.malformed(&error))
    }

    /// Trades of the past.
    ///
    /// # Errors
    /// [`RestError`], [`RestError::NotFound`] where the venue does not give them.
    pub async fn trades(&self, query: &VenueTradeQuery<'_>) -> Result<Vec<VenueEvent>, RestError> {
        let request = self.exchange.trades(query).ok_or(RestError::NotFound {
            exchange: self.label(),
        })?;
        let body = self.get(&request, &Demand::awaited()).await?;
        self.exchange
            .parse_trades(query.instrument, &body)
            .map_err(|error| self.malformed(&error))
    }

    /// Asks, again where that may help, and gives back the body of a good answer.
    async fn get(&self, request: &HttpRequest, demand: &Demand) -> Result<Vec<u8>, RestError> {
        let mut backoff = Backoff::default();
        let mut tries_left = TRIES;
        loop {
            self.limiter.turn_by(demand).await;
            let answer = self
                .http
                .get(&self.base_url, &request.path, &request.query)
                .await;
            tries_left -= 1;
            let (error, asked_wait) = match answer {
                Ok(reply) if reply.status == 200 => return Ok(reply.body),
                Ok(reply) => (self.refusal(&reply), reply.retry_after),
                Err(NoReply(reason)) => return Err(self.unreachable(reason)),
            };
            if let Some(pause) = asked_wait {
                self.limiter.hold(pause.min(Duration::from_secs(300)));
            }
            let wait = asked_wait.unwrap_or_else(|| backoff.next(self.jitter.draw()));
            if tries_left == 0 || !error.is_retryable() || wait > PATIENCE {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
        }
    }

    fn refusal(&self, reply: &Reply) -> RestError {
        let exchange = self.label();
        match reply.status {
            status @ (403 | 451) => RestError::Blocked { exchange, status },
            404 => RestError::NotFound { exchange },
            429 => RestError::RateLimited {
                exchange,
                wait_s: reply.retry_after.map_or(1, |wait| wait.as_secs()),
            },
            status @ 500.. => self.unreachable(format!("it answers with HTTP {status}")),
            status => RestError::Refused {
                exchange,
                status,
                words: String::from_utf8_lossy(&reply.body)
                    .chars()
                    .filter(|c| !c.is_control())
                    .take(200)
                    .collect(),
            },
        }
    }

    fn label(&self) -> &'static str {
        self.exchange.spec().label
    }

    fn unreachable(&self, reason: String) -> RestError {
        RestError::Unreachable {
            exchange: self.label(),
            reason,
        }
    }

    /// Why a body was of no use. Some venues refuse with status 200.
    fn malformed(&self, error: &DecodeError) -> RestError {
        let exchange = self.label();
        match error {
            DecodeError::Venue(words) => RestError::Refused {
                exchange,
                status: 200,
                words: words.clone(),
            },
            DecodeError::RateLimited(_) => RestError::RateLimited {
                exchange,
                wait_s: 1,
            },
            DecodeError::Unwell(words) => self.unreachable(format!("it answers {words}")),
            DecodeError::Json(_) | DecodeError::Field { .. } => RestError::Malformed {
                exchange,
                reason: error.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::clock::Stopwatch;
    use crate::server::collector::testing::{LineVenue, ScriptedHttp};
    use crate::server::exchange::kraken::Kraken;

    fn reply(status: u16, retry_after_s: Option<u64>, body: &str) -> Result<Reply, NoReply> {
        Ok(Reply {
            status,
            retry_after: retry_after_s.map(Duration::from_secs),
            date: None,
            body: body.as_bytes().to_vec(),
        })
    }

    async fn check(answers: Vec<Result<Reply, NoReply>>) -> (Result<usize, RestError>, usize, u64) {
        let http = ScriptedHttp::new(answers);
        let rest = VenueRest::new(&LineVenue, None, http.clone(), Jitter::fixed(1.0));
        let watch = Stopwatch::start();
        let answer = rest.instruments().await.map(|list| list.len());
        (answer, http.asked(), watch.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_told_apart() {
        let exchange = "Line";
        for (status, expected) in [
            (
                403,
                RestError::Blocked {
                    exchange,
                    status: 403,
                },
            ),
            (
                451,
                RestError::Blocked {
                    exchange,
                    status: 451,
                },
            ),
            (404, RestError::NotFound { exchange }),
            (
                400,
                RestError::Refused {
                    exchange,
                    status: 400,
                    words: "no".to_owned(),
                },
            ),
        ] {
            let (answer, asked, _) = check(vec![reply(status, None, "no")]).await;
            assert_eq!((answer, asked), (Err(expected), 1), "{status}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn server_errors_are_tried_again_and_given_up() {
        let (answer, asked, waited) = check(vec![
            reply(502, None, ""),
            reply(503, None, ""),
            reply(200, None, "line:A-B"),
        ])
        .await;
        assert_eq!((answer, asked, waited), (Ok(1), 3, 3));
        let (answer, asked, _) = check(vec![
            reply(500, None, ""),
            reply(500, None, ""),
            reply(500, None, ""),
            reply(200, None, ""),
        ])
        .await;
        assert!(matches!(answer, Err(RestError::Unreachable { .. })));
        assert_eq!(asked, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn the_venues_wait_is_obeyed_within_reason() {
        let (answer, asked, waited) =
            check(vec![reply(429, Some(7), ""), reply(200, None, "")]).await;
        assert_eq!((answer, asked, waited), (Ok(0), 2, 7));
        let (answer, asked, waited) = check(vec![reply(429, Some(3_600), "")]).await;
        let expected = RestError::RateLimited {
            exchange: "Line",
            wait_s: 3_600,
        };
        assert_eq!((answer, asked, waited), (Err(expected), 1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn no_answer_and_nonsense_are_said() {
        let (answer, ..) = check(vec![Err(NoReply("no route".to_owned()))]).await;
        assert_eq!(
            answer.expect_err("no answer").to_string(),
            "Line cannot be reached: no route"
        );
        // It is there, but not well: that passes.
        let body = r#"{"error":["EService:Unavailable"]}"#;
        let http = ScriptedHttp::new(vec![reply(200, None, body)]);
        let rest = VenueRest::new(&Kraken, None, http, Jitter::fixed(1.0));
        let error = rest.instruments().await.expect_err("no list");
        assert_eq!(
            error.to_string(),
            "Kraken cannot be reached: it answers EService:Unavailable"
        );
        assert!(error.is_retryable());
        let (answer, ..) = check(vec![reply(200, None, "nonsense")]).await;
        let error = answer.expect_err("nonsense");
        assert!(matches!(error, RestError::Malformed { .. }));
        assert!(error.may_pass() && !error.is_retryable());
    }

    #[test]
    fn what_the_venue_refuses_for_a_reason_stays_refused() {
        let exchange = "Line";
        let words = "no such pair".to_owned();
        for (error, expected) in [
            (RestError::NotFound { exchange }, false),
            (
                RestError::Refused {
                    exchange,
                    status: 200,
                    words,
                },
                false,
            ),
            (
                RestError::Blocked {
                    exchange,
                    status: 403,
                },
                true,
            ),
        ] {
            assert_eq!(error.may_pass(), expected, "{error}");
        }
    }
}
