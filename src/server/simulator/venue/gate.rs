//! Which requests are answered: what is one too many, and what a fault says to refuse, is turned
//! away in the venue's own words.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::server::simulator::App;
use crate::server::simulator::faults::Fault;
use crate::server::simulator::market::noise::Noise;

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// This location is not served.
    Blocked,
    /// It was one request too many.
    TooMany,
    /// The venue itself failed.
    Failed,
    /// The venue has too much to do, and says so as an answer.
    Busy,
}

#[derive(Clone)]
struct Gate {
    app: App,
    requests: Arc<AtomicI64>,
    word: fn(Turned) -> Response,
}

/// Puts the gate before a venue's addresses; `word` says its refusals.
pub fn guarded(routes: Router<App>, app: &App, word: fn(Turned) -> Response) -> Router<App> {
    let gate = Gate {
        app: app.clone(),
        requests: Arc::default(),
        word,
    };
    routes.route_layer(from_fn_with_state(gate, admit))
}

async fn admit(
    State(gate): State<Gate>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let plan = gate.app.faults.state().plan;
    let number = gate.requests.fetch_add(1, Ordering::Relaxed);
    let mut draws = Noise::new(gate.app.seed, "requests").at(600, number);
    let mut happens = |fault| draws.chance(plan.get(fault));
    let (too_many, failed, blocked, busy) = (
        happens(Fault::Http429),
        happens(Fault::Http5xx),
        happens(Fault::Http403),
        happens(Fault::Busy),
    );
    if blocked {
        return (gate.word)(Turned::Blocked);
    }
    if too_many || !gate.app.limit.allows(peer.ip(), gate.app.clock.now()) {
        return (gate.word)(Turned::TooMany);
    }
    if failed {
        return (gate.word)(Turned::Failed);
    }
    if busy {
        return (gate.word)(Turned::Busy);
    }
    next.run(request).await
}

/// A JSON body that is already written.
pub fn json_body(text: String) -> Response {
    let mut response = text.into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
