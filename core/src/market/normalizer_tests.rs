//! Tests of `normalizer`.
