//! The faces that the synthetic market shows: one venue's protocol each. A face words and parses;
//! it never decides what happens on the market.

pub mod coinbase;
pub mod digits;
pub mod limit;
