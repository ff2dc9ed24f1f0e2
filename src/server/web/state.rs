//! What handlers are given.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::access::Access;
use crate::server::hub::OutboxLimits;
use crate::server::service::{Documents, Service};

/// How much sockets may ask for.
#[derive(Clone, Debug)]
pub struct SocketLimits {
    /// Topics of one connection.
    pub topics: usize,
    /// Messages that wait for one connection.
    pub outbox: OutboxLimits,
    /// Connections at a time.
    pub connections: Arc<Semaphore>,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            topics: 200,
            outbox: OutboxLimits::default(),
            connections: Arc::new(Semaphore::new(1_024)),
        }
    }
}

/// What handlers are given; a cheap handle.
#[derive(Clone)]
pub struct AppState {
    /// Everything that can be asked.
    pub service: Service,
    /// Everything that a person made.
    pub documents: Documents,
    /// Who is answered.
    pub access: Access,
    /// How much sockets may ask for.
    pub sockets: SocketLimits,
    /// Cancelled when the server ends: open sockets are closed.
    pub shutdown: CancellationToken,
    /// Open sockets; their connections outlive the server that accepted them.
    pub tasks: TaskTracker,
    /// The page's own settings.
    pub leptos: LeptosOptions,
}

impl FromRef<AppState> for Service {
    fn from_ref(state: &AppState) -> Self {
        state.service.clone()
    }
}

impl FromRef<AppState> for Documents {
    fn from_ref(state: &AppState) -> Self {
        state.documents.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
