//! Accepts connections: so many at a time, each with as much time for a request as an honest
//! client needs. Who sends nothing, or a header a letter a minute, is shown out.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Wait after a failure to accept: files of other connections may be closed by then.
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// How much connections may take.
#[derive(Clone, Copy, Debug)]
pub struct EntranceLimits {
    /// HTTP connections at a time; further ones wait. Live sockets have a limit of their own.
    pub connections: usize,
    /// Longest time until a request's header has come, counted from the end of the answer before
    /// it: a connection without a request is closed after that, too.
    pub header: Duration,
    /// Longest time that answers may take after the server was asked to end.
    pub goodbye: Duration,
}

impl Default for EntranceLimits {
    fn default() -> Self {
        Self {
            connections: 512,
            header: Duration::from_secs(20),
            goodbye: Duration::from_secs(10),
        }
    }
}

/// Serves until `shutdown`; requests that are being answered then are finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: EntranceLimits,
    shutdown: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    let accepting = async {
        // The semaphore is never closed.
        while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
            let stream = accept(&listener).await;
            let (router, shutdown) = (router.clone(), shutdown.clone());
            connections.spawn(async move {
                attend(stream, router, limits, shutdown).await;
                drop(permit);
            });
        }
    };
    shutdown.run_until_cancelled(accepting).await;
    connections.close();
    if tokio::time::timeout(limits.goodbye, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!("answers that are still being read are cut off");
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// One connection, until it ends or becomes a live socket.
async fn attend(
    stream: TcpStream,
    router: Router,
    limits: EntranceLimits,
    shutdown: CancellationToken,
) {
    // Small messages must not wait for others. Fails only where the client is gone.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Clients come and go as they like.
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    async fn open(limits: EntranceLimits) -> (SocketAddr, CancellationToken, TaskTracker) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(async || "here"));
        let (shutdown, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(serve(listener, router, limits, shutdown.clone()));
        tasks.close();
        (address, shutdown, tasks)
    }

    fn quick(connections: usize) -> EntranceLimits {
        EntranceLimits {
            connections,
            header: Duration::from_millis(100),
            goodbye: Duration::from_secs(5),
        }
    }

    const QUESTION: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

    /// What the server answers to these bytes before it closes the connection.
    async fn until_closed(address: SocketAddr, sent: &[u8]) -> String {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn who_does_not_finish_a_header_is_shown_out() {
        let (address, ..) = open(quick(8)).await;
        for begun in [&b""[..], b"GET / HT", b"GET / HTTP/1.1\r\nhost: loc"] {
            let answer = until_closed(address, begun).await;
            assert!(!answer.contains("200"), "{answer}");
        }
    }

    #[tokio::test]
    async fn a_connection_that_is_not_used_any_more_is_closed() {
        let (address, ..) = open(quick(8)).await;
        let answer = until_closed(address, QUESTION).await;
        assert!(answer.ends_with("here"), "{answer}");
    }

    #[tokio::test]
    async fn those_beyond_the_limit_wait_for_a_place() {
        let (address, ..) = open(quick(1)).await;
        let _idle = TcpStream::connect(address).await.unwrap();
        let answer = until_closed(address, QUESTION).await;
        assert!(answer.ends_with("here"), "{answer}");
    }

    #[tokio::test]
    async fn it_ends_with_the_server() {
        let limits = EntranceLimits::default();
        let (address, shutdown, tasks) = open(limits).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(QUESTION).await.unwrap();
        let mut begun = [0; 15];
        client.read_exact(&mut begun).await.unwrap();
        assert_eq!(&begun, b"HTTP/1.1 200 OK");
        shutdown.cancel();
        tasks.wait().await;
        client.read_to_end(&mut Vec::new()).await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
