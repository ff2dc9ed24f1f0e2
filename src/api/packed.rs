//! Answers of server functions as MsgPack: written by rmp-serde, read by the page as live messages
//! are.

use leptos::server_fn::Bytes;
use leptos::server_fn::codec::Post;
use leptos::server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tradesuite_core::protocol::{UnpackError, unpack};

/// MsgPack.
pub struct PackedEncoding;

/// The output of a server function as MsgPack.
pub type Packed = Post<PackedEncoding>;

impl ContentType for PackedEncoding {
    const CONTENT_TYPE: &'static str = "application/msgpack";
}

impl FormatType for PackedEncoding {
    const FORMAT_TYPE: Format = Format::Binary;
}

impl<T: Serialize> Encodes<T> for PackedEncoding {
    type Error = rmp_serde::encode::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        rmp_serde::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for PackedEncoding {
    type Error = UnpackError;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        unpack(&bytes)
    }
}
