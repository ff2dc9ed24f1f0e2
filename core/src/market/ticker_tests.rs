//! Tests of `ticker`.
