//! MsgPack as rmp-serde writes it, read into any type.
//!
//! rmp-serde reads it as well, and the server has it do so. It repeats its table of all markers
//! for every type, though, and a page has a hundred of them: a twentieth of what a browser loads.
//! Here the table stands once, and a type adds the few shapes that serde knows.

use rmp::Marker;
pub use serde::de::value::Error as UnpackError;
use serde::de::value::Error;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer,
    MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Lists within lists, at the most: nothing that travels is nested by a tenth of it.
const DEEPEST: u8 = 64;

/// Reads one value, which is all there is.
///
/// # Errors
/// Bytes that are no MsgPack, none of this type, or followed by others.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let mut reader = Reader {
        rest: bytes,
        levels_left: DEEPEST,
    };
    let value = T::deserialize(&mut reader)?;
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(Error::custom("bytes follow the value"))
    }
}

struct Reader<'de> {
    rest: &'de [u8],
    levels_left: u8,
}

/// What stands at a place. Lists and maps say how many entries follow.
#[derive(Clone, Copy)]
enum Token<'de> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'de str),
    Bytes(&'de [u8]),
    List(usize),
    Map(usize),
}

impl<'de> Reader<'de> {
    fn token(&mut self) -> Result<Token<'de>, Error> {
        let [marker] = self.array()?;
        Ok(match Marker::from_u8(marker) {
            Marker::Null => Token::Nil,
            Marker::False => Token::Bool(false),
            Marker::True => Token::Bool(true),
            Marker::FixPos(value) => Token::Unsigned(value.into()),
            Marker::FixNeg(value) => Token::Signed(value.into()),
            Marker::U8 => Token::Unsigned(self.unsigned::<1>()?),
            Marker::U16 => Token::Unsigned(self.unsigned::<2>()?),
            Marker::U32 => Token::Unsigned(self.unsigned::<4>()?),
            Marker::U64 => Token::Unsigned(self.unsigned::<8>()?),
            Marker::I8 => Token::Signed(i8::from_be_bytes(self.array()?).into()),
            Marker::I16 => Token::Signed(i16::from_be_bytes(self.array()?).into()),
            Marker::I32 => Token::Signed(i32::from_be_bytes(self.array()?).into()),
            Marker::I64 => Token::Signed(i64::from_be_bytes(self.array()?)),
            Marker::F32 => Token::Float(f32::from_be_bytes(self.array()?).into()),
            Marker::F64 => Token::Float(f64::from_be_bytes(self.array()?)),
            Marker::FixStr(length) => self.text(length.into())?,
            Marker::Str8 => self.sized::<1>(Self::text)?,
            Marker::Str16 => self.sized::<2>(Self::text)?,
            Marker::Str32 => self.sized::<4>(Self::text)?,
            Marker::Bin8 => self.sized::<1>(Self::bytes)?,
            Marker::Bin16 => self.sized::<2>(Self::bytes)?,
            Marker::Bin32 => self.sized::<4>(Self::bytes)?,
            Marker::FixArray(length) => Token::List(length.into()),
            Marker::Array16 => Token::List(self.length::<2>()?),
            Marker::Array32 => Token::List(self.length::<4>()?),
            Marker::FixMap(length) => Token::Map(length.into()),
            Marker::Map16 => Token::Map(self.length::<2>()?),
            Marker::Map32 => Token::Map(self.length::<4>()?),
            Marker::Reserved
            | Marker::Ext8
            | Marker::Ext16
            | Marker::Ext32
            | Marker::FixExt1
            | Marker::FixExt2
            | Marker::FixExt4
            | Marker::FixExt8
            | Marker::FixExt16 => return Err(Error::custom("a marker that has no meaning here")),
        })
    }

    fn take(&mut self, length: usize) -> Result<&'de [u8], Error> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| Error::custom("the bytes end too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn unsigned<const N: usize>(&mut self) -> Result<u64, Error> {
        let bytes = self.array::<N>()?;
        Ok(bytes
            .iter()
            .fold(0, |all, byte| (all << 8) | u64::from(*byte)))
    }

    fn length<const N: usize>(&mut self) -> Result<usize, Error> {
        usize::try_from(self.unsigned::<N>()?).map_err(Error::custom)
    }

    fn sized<const N: usize>(
        &mut self,
        read: fn(&mut Self, usize) -> Result<Token<'de>, Error>,
    ) -> Result<Token<'de>, Error> {
        let length = self.length::<N>()?;
        read(self, length)
    }

    fn text(&mut self, length: usize) -> Result<Token<'de>, Error> {
        let text = str::from_utf8(self.take(length)?).map_err(Error::custom)?;
        Ok(Token::Text(text))
    }

    fn bytes(&mut self, length: usize) -> Result<Token<'de>, Error> {
        self.take(length).map(Token::Bytes)
    }

    fn deeper(&mut self) -> Result<(), Error> {
        self.levels_left = self
            .levels_left
            .checked_sub(1)
            .ok_or_else(|| Error::custom("lists are nested too deep"))?;
        Ok(())
    }

    /// Leaves a list or a map that was read to its end.
    fn leave(&mut self, left: usize) -> Result<(), Error> {
        self.levels_left += 1;
        if left == 0 {
            Ok(())
        } else {
            Err(Error::custom("more entries than the type has"))
        }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token()? {
            Token::Nil => visitor.visit_unit(),
            Token::Bool(value) => visitor.visit_bool(value),
            Token::Unsigned(value) => visitor.visit_u64(value),
            Token::Signed(value) => visitor.visit_i64(value),
            Token::Float(value) => visitor.visit_f64(value),
            Token::Text(text) => visitor.visit_borrowed_str(text),
            Token::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Token::List(left) => {
                self.deeper()?;
                let mut entries = Entries { reader: self, left };
                let value = visitor.visit_seq(&mut entries)?;
                let left = entries.left;
                self.leave(left).map(|()| value)
            }
            Token::Map(left) => {
                self.deeper()?;
                let mut entries = Entries { reader: self, left };
                let value = visitor.visit_map(&mut entries)?;
                let left = entries.left;
                self.leave(left).map(|()| value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let before = self.rest;
        if matches!(self.token()?, Token::Nil) {
            return visitor.visit_none();
        }
        self.rest = before;
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// A variant is its name, or a map from its name to what it holds.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.token()? {
            Token::Text(name) => visitor.visit_enum(name.into_deserializer()),
            Token::Map(1) => {
                self.deeper()?;
                let value = visitor.visit_enum(&mut *self)?;
                self.leave(0).map(|()| value)
            }
            _ => Err(Error::custom(
                "neither the name of a variant nor one with its value",
            )),
        }
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The entries of a list or a map.
struct Entries<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
}

impl Entries<'_, '_> {
    /// Whether there is another, which is then taken.
    fn next(&mut self) -> bool {
        let is_left = self.left > 0;
        self.left -= usize::from(is_left);
        is_left
    }

    /// Bytes are left for so many at the most: nobody may be told to make room for more.
    fn most(&self) -> usize {
        self.left.min(self.reader.rest.len())
    }
}

impl<'de> SeqAccess<'de> for &mut Entries<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        if !self.next() {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.most())
    }
}

impl<'de> MapAccess<'de> for &mut Entries<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if !self.next() {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.most())
    }
}

impl<'de> EnumAccess<'de> for &mut Reader<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let variant = seed.deserialize(&mut *self)?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Reader<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        serde::Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Empty,
        One(i64),
        Two(u8, String),
        Named { at: Option<f64>, flag: bool },
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Wrapped(u64);

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Everything {
        shapes: Vec<Shape>,
        wrapped: Option<Wrapped>,
        counts: BTreeMap<String, i32>,
        pair: (f32, char),
        nothing: (),
    }

    fn shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            Just(Shape::Empty),
            any::<i64>().prop_map(Shape::One),
            (any::<u8>(), ".{0,40}").prop_map(|(number, text)| Shape::Two(number, text)),
            (prop::option::of(-1e9..1e9_f64), any::<bool>())
                .prop_map(|(at, flag)| Shape::Named { at, flag }),
        ]
    }

    fn everything() -> impl Strategy<Value = Everything> {
        (
            prop::collection::vec(shape(), 0..40),
            prop::option::of(any::<u64>().prop_map(Wrapped)),
            prop::collection::btree_map("[a-z]{1,3}", any::<i32>(), 0..20),
            (-1e9..1e9_f32, any::<char>()),
        )
            .prop_map(|(shapes, wrapped, counts, pair)| Everything {
                shapes,
                wrapped,
                counts,
                pair,
                nothing: (),
            })
    }

    proptest! {
        #[test]
        fn it_reads_what_the_library_writes_as_the_library_does(value in everything()) {
            for bytes in [rmp_serde::to_vec(&value).unwrap(), rmp_serde::to_vec_named(&value).unwrap()] {
                prop_assert_eq!(&rmp_serde::from_slice::<Everything>(&bytes).unwrap(), &value);
                prop_assert_eq!(&unpack::<Everything>(&bytes).unwrap(), &value);
            }
        }

        #[test]
        fn damaged_bytes_are_refused_or_read_and_never_panic(
            value in everything(),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = rmp_serde::to_vec(&value).unwrap();
            *at.get_mut(&mut bytes) = byte;
            let _answer = unpack::<Everything>(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            prop_assert!(unpack::<Everything>(&bytes).is_err());
        }
    }

    #[test]
    fn what_is_no_value_of_the_type_is_said() {
        for (bytes, expected) in [
            (&[0x01, 0x02][..], "bytes follow the value"),
            (&[0xcd, 0x01][..], "the bytes end too early"),
            (&[0xd4, 0x01, 0x01][..], "a marker that has no meaning here"),
            (&[0xc1][..], "a marker that has no meaning here"),
        ] {
            assert_eq!(unpack::<u64>(bytes).unwrap_err().to_string(), expected);
        }
        let longer = [0x93, 1, 2, 3];
        assert!(unpack::<(u8, u8)>(&longer).is_err());
        let claims = [0xdd, 0xff, 0xff, 0xff, 0xff, 1];
        assert!(unpack::<Vec<u64>>(&claims).is_err());
        let nested = [[0x91; 100].as_slice(), &[0xc0]].concat();
        assert_eq!(
            unpack::<serde::de::IgnoredAny>(&nested)
                .unwrap_err()
                .to_string(),
            "lists are nested too deep"
        );
    }
}
