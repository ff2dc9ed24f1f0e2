//! Which Host and Origin are answered.
//!
//! A page of a stranger may make the browser talk to this server, under the stranger's name
//! (DNS rebinding) or its own (cross-site requests). So the Host has to be a loopback name or the
//! address that is bound, an Origin has to be that very Host, and a request that changes
//! something must not come from another site. The same holds for the socket, to which browsers
//! apply no same-origin policy of their own.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Who is answered.
#[derive(Clone, Debug)]
pub struct Access {
    bound: IpAddr,
}

impl Access {
    /// Answers loopback names and the bound address.
    #[must_use]
    pub fn new(bound: SocketAddr) -> Self {
        Self { bound: bound.ip() }
    }

    fn is_own(&self, host: &str) -> bool {
        let address = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        match address {
            Ok(address) => {
                address.is_loopback() || (address == self.bound && !address.is_unspecified())
            }
            Err(_) => host.eq_ignore_ascii_case("localhost"),
        }
    }

    fn judge(
        &self,
        method: &Method,
        authority: Option<&Authority>,
        headers: &HeaderMap,
    ) -> Result<(), Problem> {
        let host = match authority {
            Some(authority) => authority.clone(),
            None => single(headers, &HOST)
                .ok_or_else(|| Problem::forbidden("bad_host", "a request needs one Host header"))?
                .parse()
                .map_err(|_| Problem::forbidden("bad_host", "the Host header is not a host"))?,
        };
        if !self.is_own(host.host()) {
            return Err(Problem::forbidden(
                "foreign_host",
                "this server answers to loopback names and its own address only",
            ));
        }
        if headers.contains_key(ORIGIN) {
            let own = single(headers, &ORIGIN)
                .and_then(|origin| {
                    origin
                        .strip_prefix("http://")
                        .or_else(|| origin.strip_prefix("https://"))
                })
                .is_some_and(|origin| origin.eq_ignore_ascii_case(host.as_str()));
            if !own {
                return Err(Problem::forbidden(
                    "foreign_origin",
                    "requests of pages from elsewhere are not answered",
                ));
            }
        }
        let changes = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        if changes && headers.contains_key(SEC_FETCH_SITE) {
            let site = single(headers, &SEC_FETCH_SITE);
            if !matches!(site, Some("same-origin" | "none")) {
                return Err(Problem::forbidden(
                    "foreign_site",
                    "pages from elsewhere may not change anything here",
                ));
            }
        }
        Ok(())
    }
}

/// The value of a header that must not be repeated.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Lets through what [`Access`] allows.
pub(super) async fn check(State(access): State<Access>, request: Request, next: Next) -> Response {
    match access.judge(
        request.method(),
        request.uri().authority(),
        request.headers(),
    ) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(
        bound: &str,
        method: Method,
        pairs: &[(&'static str, &'static str)],
    ) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().expect("a value"));
        }
        let access = Access::new(bound.parse().expect("an address"));
        access
            .judge(&method, None, &headers)
            .err()
            .map(|problem| problem.code.to_owned())
    }

    #[test]
    fn answers_its_own_names_only() {
        for (bound, host, expected) in [
            ("127.0.0.1:8080", "127.0.0.1:8080", None),
            ("127.0.0.1:8080", "localhost:9000", None),
            ("127.0.0.1:8080", "LOCALHOST", None),
            ("127.0.0.1:8080", "[::1]:8080", None),
            ("127.0.0.1:8080", "127.9.9.9", None),
            ("192.168.1.5:8080", "192.168.1.5:8080", None),
            ("127.0.0.1:8080", "192.168.1.5:8080", Some("foreign_host")),
            ("0.0.0.0:8080", "0.0.0.0:8080", Some("foreign_host")),
            ("127.0.0.1:8080", "evil.example", Some("foreign_host")),
            (
                "127.0.0.1:8080",
                "localhost.evil.example",
                Some("foreign_host"),
            ),
            (
                "127.0.0.1:8080",
                "127.0.0.1.evil.example",
                Some("foreign_host"),
            ),
            ("127.0.0.1:8080", "local host", Some("bad_host")),
            ("127.0.0.1:8080", "", Some("bad_host")),
        ] {
            assert_eq!(
                judge(bound, Method::GET, &[("host", host)]).as_deref(),
                expected,
                "{host}"
            );
        }
        assert_eq!(
            judge("127.0.0.1:1", Method::GET, &[]).as_deref(),
            Some("bad_host")
        );
        let twice = [("host", "localhost"), ("host", "evil.example")];
        assert_eq!(
            judge("127.0.0.1:1", Method::GET, &twice).as_deref(),
            Some("bad_host")
        );
    }

    #[test]
    fn an_origin_has_to_be_the_host() {
        for (origin, expected) in [
            ("http://localhost:8080", None),
            ("https://localhost:8080", None),
            ("http://localhost:3000", Some("foreign_origin")),
            ("http://127.0.0.1:8080", Some("foreign_origin")),
            ("http://evil.example", Some("foreign_origin")),
            ("null", Some("foreign_origin")),
            ("", Some("foreign_origin")),
        ] {
            let headers = [("host", "localhost:8080"), ("origin", origin)];
            let code = judge("127.0.0.1:8080", Method::GET, &headers);
            assert_eq!(code.as_deref(), expected, "{origin}");
        }
    }

    #[test]
    fn other_sites_change_nothing() {
        for (method, site, expected) in [
            (Method::POST, "same-origin", None),
            (Method::POST, "none", None),
            (Method::POST, "cross-site", Some("foreign_site")),
            (Method::POST, "same-site", Some("foreign_site")),
            (Method::DELETE, "nonsense", Some("foreign_site")),
            (Method::GET, "cross-site", None),
        ] {
            let headers = [("host", "localhost:8080"), ("sec-fetch-site", site)];
            let code = judge("127.0.0.1:8080", method.clone(), &headers);
            assert_eq!(code.as_deref(), expected, "{method} {site}");
        }
    }
}
