//! One TLS set-up for sockets and requests: rustls on ring, Mozilla's roots built in, so that a
//! bare container needs no certificates of its own.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// The configuration of every outgoing TLS connection.
#[must_use]
pub fn client_config() -> Arc<ClientConfig> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring serves the default TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}
