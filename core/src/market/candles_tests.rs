//! Tests of `candles`.
