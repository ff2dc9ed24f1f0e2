//! Batches as bytes: a header, the events in MessagePack, all of it in one zstd frame whose own
//! checksum (XXH64) tells a damaged batch from a whole one.
//!
//! Header, little endian: version (u8), position before the first event (u64), position of the
//! first event (u64), number of events (u32). It must not know where the bytes are kept.

use std::io::{Read as _, Write as _};

use serde::Deserialize as _;
use thiserror::Error;
use tradesuite_core::model::{MarketEvent, Position, Sequenced};

const VERSION: u8 = 1;
const HEADER: usize = 1 + 8 + 8 + 4;
/// Level 1: the journal is short-lived, time matters more than size.
const LEVEL: i32 = 1;
/// Bytes that a batch may unpack to; far above what the writer puts into one.
const MAX_UNPACKED: u64 = 1 << 30;

/// Why bytes are not a batch.
#[derive(Debug, Error)]
pub(super) enum CodecError {
    /// Of a later version.
    #[error("batch of version {0}, this program reads {VERSION}")]
    Newer(u8),
    /// Not what was written.
    #[error("{0}")]
    Damaged(String),
}

/// Which events a batch holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Position of the event before: one less than `first`, unless numbers were skipped.
    pub after: Position,
    /// Position of the first event.
    pub first: Position,
    /// Number of events.
    pub count: u32,
}

impl Header {
    /// Position of the last event.
    pub fn last(self) -> Position {
        Position(self.first.0 + u64::from(self.count) - 1)
    }
}

fn damaged(error: impl ToString) -> CodecError {
    CodecError::Damaged(error.to_string())
}

/// Packs events. `scratch` is reused between calls.
pub(super) fn encode<'a>(
    header: Header,
    events: impl Iterator<Item = &'a MarketEvent>,
    scratch: &mut Vec<u8>,
) -> Result<Vec<u8>, CodecError> {
    scratch.clear();
    scratch.push(VERSION);
    scratch.extend_from_slice(&header.after.0.to_le_bytes());
    scratch.extend_from_slice(&header.first.0.to_le_bytes());
    scratch.extend_from_slice(&header.count.to_le_bytes());
    for event in events {
        rmp_serde::encode::write(scratch, event).map_err(damaged)?;
    }
    let mut packer = zstd::Encoder::new(Vec::new(), LEVEL).map_err(damaged)?;
    packer.include_checksum(true).map_err(damaged)?;
    packer.write_all(scratch).map_err(damaged)?;
    packer.finish().map_err(damaged)
}

fn unpack(data: &[u8]) -> Result<(Header, Vec<u8>), CodecError> {
    let mut bytes = Vec::new();
    zstd::Decoder::with_buffer(data)
        .map_err(damaged)?
        .take(MAX_UNPACKED)
        .read_to_end(&mut bytes)
        .map_err(damaged)?;
    let Some(header) = bytes.first_chunk::<HEADER>() else {
        return Err(CodecError::Damaged("the header is cut off".to_owned()));
    };
    if header[0] != VERSION {
        return Err(CodecError::Newer(header[0]));
    }
    let eight = |at: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&header[at..at + 8]);
        Position(u64::from_le_bytes(word))
    };
    let mut four = [0; 4];
    four.copy_from_slice(&header[17..]);
    let header = Header {
        after: eight(1),
        first: eight(9),
        count: u32::from_le_bytes(four),
    };
    if header.count == 0 || header.first.0 <= header.after.0 {
        return Err(CodecError::Damaged("the header makes no sense".to_owned()));
    }
    Ok((header, bytes))
}

/// Which events the bytes hold; verifies the checksum.
pub(super) fn verify(data: &[u8]) -> Result<Header, CodecError> {
    unpack(data).map(|(header, _)| header)
}

/// Unpacks the events; verifies the checksum.
pub(super) fn decode(data: &[u8]) -> Result<Vec<Sequenced>, CodecError> {
    let (header, bytes) = unpack(data)?;
    let mut reader = rmp_serde::Deserializer::from_read_ref(&bytes[HEADER..]);
    (header.first.0..=header.last().0)
        .map(|position| {
            Ok(Sequenced {
                position: Position(position),
                event: MarketEvent::deserialize(&mut reader).map_err(damaged)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::journal::tests::any_event;
    use proptest::prelude::*;
    use tradesuite_core::model::{EventBody, GapKind, InstrumentId, Precision, UnixNs};

    /// What earlier versions wrote: a gap always had an end, and was never filled.
    #[derive(serde::Serialize)]
    enum OldBody {
        Gap {
            kind: GapKind,
            start: UnixNs,
            end: UnixNs,
            reason: String,
        },
    }

    #[derive(serde::Serialize)]
    struct OldEvent {
        instrument: InstrumentId,
        precision: Precision,
        received: UnixNs,
        body: OldBody,
    }

    #[test]
    fn gaps_of_earlier_versions_are_read() {
        let old = OldEvent {
            instrument: "coinbase:BTC-USD".parse().unwrap(),
            precision: Precision::default(),
            received: UnixNs(9),
            body: OldBody::Gap {
                kind: GapKind::Book,
                start: UnixNs(1),
                end: UnixNs(7),
                reason: "a hole".to_owned(),
            },
        };
        let bytes = rmp_serde::to_vec(&old).unwrap();
        let event: MarketEvent = rmp_serde::from_slice(&bytes).unwrap();
        let expected = EventBody::Gap {
            kind: GapKind::Book,
            start: UnixNs(1),
            end: Some(UnixNs(7)),
            reason: "a hole".to_owned(),
            filled: false,
        };
        assert_eq!(event.body, expected);
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(events in prop::collection::vec(any_event(), 1..40), first in 1..u64::MAX / 2) {
            let header = Header { after: Position(first - 1), first: Position(first), count: events.len() as u32 };
            let data = encode(header, events.iter(), &mut Vec::new()).expect("encodes");
            prop_assert_eq!(verify(&data).expect("whole"), header);
            let back: Vec<MarketEvent> = decode(&data).expect("decodes").into_iter().map(|s| s.event).collect();
            prop_assert_eq!(back, events);
        }

        #[test]
        fn a_changed_byte_is_seen(events in prop::collection::vec(any_event(), 1..10), at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
            let header = Header { after: Position(0), first: Position(1), count: events.len() as u32 };
            let mut data = encode(header, events.iter(), &mut Vec::new()).expect("encodes");
            let at = at.index(data.len());
            data[at] ^= flip;
            // A flag without meaning in the frame's own header may change; the content may not.
            if let Ok(back) = decode(&data) {
                prop_assert!(back.into_iter().map(|s| s.event).eq(events));
            }
        }

        #[test]
        fn no_bytes_panic(data in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&data);
        }
    }
}
