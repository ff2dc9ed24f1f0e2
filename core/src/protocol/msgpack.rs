//! Messages as MsgPack: the envelope as a map, the payload as columns.
//!
//! Decoding takes any bytes: what does not make a message is a [`DecodeError`], and memory is
//! bounded by a small multiple of the input's length, whatever lengths it claims.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::Ticker;

use super::VERSION;
use super::columns::{BookColumns, CandleColumns, ColumnError, TradeColumns, precision};
use super::message::{Body, Data, Message, TickerData};
use super::topic::Topic;
use super::unpack::unpack;

/// Bytes that are no message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Not MsgPack of this shape.
    #[error("malformed message: {0}")]
    Malformed(String),
    /// From another version of the protocol: the page has to be loaded again.
    #[error("message of version {0}, this is version 1")]
    Version(u8),
    /// Columns of unequal length, or a code that no value has.
    #[error("the columns of {0} do not fit together")]
    Columns(Topic),
}

#[derive(Serialize)]
struct Outgoing<'a, D> {
    v: u8,
    topic: &'a Topic,
    seq: u64,
    kind: &'static str,
    data: D,
}

/// The envelope without its payload, whose type follows from the topic.
#[derive(Deserialize)]
struct Incoming {
    v: u8,
    topic: Topic,
    seq: u64,
    kind: Kind,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Snapshot,
    Update,
    Stale,
}

#[derive(Deserialize)]
struct Payload<D> {
    data: D,
}

#[derive(Serialize, Deserialize)]
struct StaleWire {
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct TickerWire {
    price_decimals: u8,
    quantity_decimals: u8,
    ticker: Ticker,
}

impl Message {
    /// The message as one MsgPack frame.
    #[must_use]
    pub fn to_msgpack(&self) -> Vec<u8> {
        match &self.body {
            Body::Stale { reason } => self.pack(StaleWire {
                reason: reason.clone(),
            }),
            Body::Snapshot(data) | Body::Update(data) => match data {
                Data::Candles(data) => self.pack(CandleColumns::from(data)),
                Data::Trades(data) => self.pack(TradeColumns::from(data)),
                Data::Book(data) => self.pack(BookColumns::from(data)),
                Data::Ticker(data) => self.pack(TickerWire {
                    price_decimals: data.precision.price,
                    quantity_decimals: data.precision.quantity,
                    ticker: data.ticker,
                }),
                Data::Status(status) => self.pack(status.as_ref()),
            },
        }
    }

    fn pack<D: Serialize>(&self, data: D) -> Vec<u8> {
        let outgoing = Outgoing {
            v: VERSION,
            topic: &self.topic,
            seq: self.seq,
            kind: self.body.kind(),
            data,
        };
        // Plain structs into memory: nothing here can fail.
        rmp_serde::to_vec_named(&outgoing).unwrap_or_default()
    }

    /// Reads one MsgPack frame.
    ///
    /// # Errors
    /// [`DecodeError`] for bytes that are no message of this version.
    pub fn from_msgpack(bytes: &[u8]) -> Result<Self, DecodeError> {
        let envelope: Incoming = read(bytes)?;
        if envelope.v != VERSION {
            return Err(DecodeError::Version(envelope.v));
        }
        let body = match envelope.kind {
            Kind::Stale => Body::Stale {
                reason: payload::<StaleWire>(bytes)?.reason,
            },
            Kind::Snapshot => Body::Snapshot(data(&envelope.topic, bytes)?),
            Kind::Update => Body::Update(data(&envelope.topic, bytes)?),
        };
        Ok(Self {
            topic: envelope.topic,
            seq: envelope.seq,
            body,
        })
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    unpack(bytes).map_err(|error| DecodeError::Malformed(error.to_string()))
}

fn payload<D: DeserializeOwned>(bytes: &[u8]) -> Result<D, DecodeError> {
    read::<Payload<D>>(bytes).map(|payload| payload.data)
}

fn data(topic: &Topic, bytes: &[u8]) -> Result<Data, DecodeError> {
    let misfit = |_: ColumnError| DecodeError::Columns(topic.clone());
    Ok(match topic {
        Topic::Candles { .. } => Data::Candles(
            payload::<CandleColumns>(bytes)?
                .try_into()
                .map_err(misfit)?,
        ),
        Topic::Trades(_) => {
            Data::Trades(payload::<TradeColumns>(bytes)?.try_into().map_err(misfit)?)
        }
        Topic::Book { .. } => {
            Data::Book(payload::<BookColumns>(bytes)?.try_into().map_err(misfit)?)
        }
        Topic::Ticker(_) => {
            let wire = payload::<TickerWire>(bytes)?;
            Data::Ticker(TickerData {
                precision: precision(wire.price_decimals, wire.quantity_decimals)
                    .map_err(misfit)?,
                ticker: wire.ticker,
            })
        }
        Topic::Status => Data::Status(payload(bytes)?),
        Topic::Alerts => {
            return Err(DecodeError::Malformed(
                "alerts carry no data in this version".into(),
            ));
        }
    })
}

#[cfg(test)]
#[path = "msgpack_tests.rs"]
mod tests;
