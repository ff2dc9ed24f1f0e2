//! What several indicators are made of. Each part follows the rule of
//! [`super::Indicator`]: it knows the bars that are final, and looks at one more without taking it.
//!
//! | part | what it keeps |
//! |---|---|
//! | [`Ring`] | the last numbers |
//! | [`Window`] | the last numbers and their sums, for mean and deviation |
//! | [`Extreme`] | the highest or lowest of the last numbers |
//! | [`Average`] | an exponential average, Wilder's included |
//! | [`TrueRange`] | the previous close |
//! | [`VolumePrice`] | volume-weighted mean and deviation of price |

mod average;
mod extreme;
mod ring;
mod true_range;
mod volume_price;
mod window;

pub(super) use average::Average;
pub(super) use extreme::Extreme;
pub(super) use ring::Ring;
pub(super) use true_range::TrueRange;
pub(super) use volume_price::VolumePrice;
pub(super) use window::Window;
