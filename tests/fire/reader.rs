//! A program that follows a book over `/ws/v1`, and minds what it is shown.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// Price and quantity in units of 10^-8.
type Side = BTreeMap<i64, i64>;

/// Bids and asks, best first, in units of 10^-8.
pub type Levels = (Vec<(i64, i64)>, Vec<(i64, i64)>);

/// What it is shown now, and what it was ever shown wrongly.
#[derive(Clone, Debug, Default)]
pub struct View {
    bids: Side,
    asks: Side,
    seq: u64,
    /// The server says that the book is not to be believed.
    pub stale: bool,
    /// Complaints, in one sentence each.
    pub wrong: Vec<String>,
    /// Messages so far.
    pub messages: u64,
}

impl View {
    /// What it holds.
    pub fn levels(&self) -> Levels {
        let bids = self
            .bids
            .iter()
            .rev()
            .map(|(price, quantity)| (*price, *quantity));
        let asks = self
            .asks
            .iter()
            .map(|(price, quantity)| (*price, *quantity));
        (bids.collect(), asks.collect())
    }

    fn take(&mut self, message: &Value) {
        let Some(kind) = message["kind"].as_str() else {
            return;
        };
        self.messages += 1;
        let seq = message["seq"].as_u64().unwrap_or_default();
        if kind != "snapshot" && seq != self.seq + 1 && self.messages > 1 {
            self.wrong
                .push(format!("{kind} {seq} came after {}", self.seq));
        }
        self.seq = seq;
        if kind == "update" && self.stale {
            self.wrong.push(format!("update {seq} of a stale book"));
        }
        self.stale = kind == "stale";
        if kind != "update" {
            self.bids.clear();
            self.asks.clear();
        }
        apply(&mut self.bids, &message["data"]["bids"]);
        apply(&mut self.asks, &message["data"]["asks"]);
        let best = self.bids.last_key_value().zip(self.asks.first_key_value());
        if let Some(((bid, _), (ask, _))) = best
            && bid >= ask
        {
            self.wrong
                .push(format!("crossed in message {seq}: {bid} >= {ask}"));
        }
    }
}

fn apply(side: &mut Side, levels: &Value) {
    for level in levels.as_array().into_iter().flatten() {
        let (price, quantity) = (units(&level[0]), units(&level[1]));
        match quantity {
            0 => side.remove(&price),
            _ => side.insert(price, quantity),
        };
    }
}

/// A number or the text of one, in units of 10^-8.
pub fn units(value: &Value) -> i64 {
    let number = match value {
        Value::String(text) => text.parse().expect("a number"),
        other => other.as_f64().expect("a number"),
    };
    (number * 1e8).round() as i64
}

/// A reader that runs until it is dropped.
pub struct Reader {
    view: Arc<Mutex<View>>,
    task: JoinHandle<()>,
}

impl Reader {
    /// Follows the best fifty levels a side.
    pub async fn follow(address: &str, instrument: &str) -> Self {
        let url = format!("{}/ws/v1", address.replace("http://", "ws://"));
        let (mut socket, _) = connect_async(url).await.expect("a socket");
        let topics = json!({"op": "subscribe", "id": 1, "topics": [format!("book/{instrument}")]});
        socket
            .send(Message::text(topics.to_string()))
            .await
            .expect("sent");
        let view = Arc::new(Mutex::new(View::default()));
        let shared = Arc::clone(&view);
        let task = tokio::spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Text(text) = message else {
                    continue;
                };
                let message: Value = serde_json::from_str(&text).expect("json");
                shared
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take(&message);
            }
            let mut view = shared.lock().unwrap_or_else(PoisonError::into_inner);
            view.wrong.push("the socket ended".to_owned());
        });
        Self { view, task }
    }

    /// What it is shown now.
    pub fn view(&self) -> View {
        self.view
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}
