//! Plain GET requests: time-outs and a size limit, nothing about venues.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Url};
use tradesuite_core::model::UnixMs;

use super::tls;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// From the first byte asked to the last byte read.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(20);
/// A venue's whole list of instruments is one or two MB.
const MAX_BODY: usize = 16 << 20;

/// An answer, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
    /// What time it had, to the second.
    pub date: Option<UnixMs>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// There was no (whole) answer; one sentence why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoReply(pub String);

/// Gets things.
#[async_trait]
pub trait Http: Send + Sync {
    /// Asks for `base` + `path` with these parameters.
    ///
    /// # Errors
    /// [`NoReply`] where no answer came, in time and of a bearable size.
    async fn get(
        &self,
        base: &str,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Reply, NoReply>;
}

/// The network.
#[derive(Clone, Debug)]
pub struct HttpClient(Client);

impl Default for HttpClient {
    fn default() -> Self {
        let client = Client::builder()
            .user_agent(concat!("tradesuite/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .tls_backend_preconfigured((*tls::client_config()).clone())
            .build()
            .expect("the TLS set-up is one that the client knows");
        Self(client)
    }
}

#[async_trait]
impl Http for HttpClient {
    async fn get(
        &self,
        base: &str,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Reply, NoReply> {
        let url = Url::parse(&format!("{}{path}", base.trim_end_matches('/')))
            .map_err(|error| NoReply(format!("{base}{path} is no address: {error}")))?;
        let mut answer = self
            .0
            .get(url)
            .query(query)
            .send()
            .await
            .map_err(|error| NoReply(describe(&error)))?;
        let mut reply = Reply {
            status: answer.status().as_u16(),
            retry_after: answer
                .headers()
                .get("retry-after")
                .and_then(|value| value.to_str().ok())
                .and_then(|text| text.trim().parse().ok())
                .map(Duration::from_secs),
            date: answer
                .headers()
                .get("date")
                .and_then(|value| value.to_str().ok())
                .and_then(|text| httpdate::parse_http_date(text).ok())
                .and_then(|date| date.duration_since(std::time::UNIX_EPOCH).ok())
                .and_then(|since| i64::try_from(since.as_millis()).ok())
                .map(UnixMs),
            body: Vec::new(),
        };
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| NoReply(describe(&error)))?
        {
            if reply.body.len() + chunk.len() > MAX_BODY {
                return Err(NoReply(format!(
                    "the answer is larger than {MAX_BODY} bytes"
                )));
            }
            reply.body.extend_from_slice(&chunk);
        }
        Ok(reply)
    }
}

/// The innermost cause: that is the one a person can act on.
fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    async fn answering(answer: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4_096];
            let _ = stream.read(&mut request).await.unwrap();
            // A client that has seen enough hangs up.
            let _ = stream.write_all(&answer).await;
        });
        base
    }

    #[tokio::test]
    async fn status_wait_and_body_come_through() {
        let base = answering(
            b"HTTP/1.1 429 Slow\r\nretry-after: 3\r\ncontent-length: 4\r\n\r\nbusy".to_vec(),
        )
        .await;
        let reply = HttpClient::default()
            .get(&base, "/products", &[("limit", "1".to_owned())])
            .await;
        assert_eq!(
            reply,
            Ok(Reply {
                status: 429,
                retry_after: Some(Duration::from_secs(3)),
                date: None,
                body: b"busy".to_vec(),
            })
        );
    }

    #[tokio::test]
    async fn a_body_without_end_is_cut_and_a_broken_one_is_said() {
        let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        endless.resize(endless.len() + MAX_BODY + 1, b'x');
        let base = answering(endless).await;
        let NoReply(why) = HttpClient::default()
            .get(&base, "/", &[])
            .await
            .expect_err("too large");
        assert!(why.contains("larger than"), "{why}");
        let base = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf".to_vec()).await;
        assert!(HttpClient::default().get(&base, "/", &[]).await.is_err());
    }

    #[tokio::test]
    async fn nobody_there_is_no_reply() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        assert!(HttpClient::default().get(&base, "/", &[]).await.is_err());
        assert!(
            HttpClient::default()
                .get("no address", "/", &[])
                .await
                .is_err()
        );
    }
}
