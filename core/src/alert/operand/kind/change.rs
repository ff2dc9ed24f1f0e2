//! How far the last price is from the price a time ago.

use super::window;
use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::model::Field;

const WINDOW: Field = window(300);

pub(super) static CHANGE: OperandSpec = OperandSpec {
    name: "change",
    label: "Change over a lookback",
    about: "How far the last price is from the price a time ago, percent.",
    unit: OperandUnit::Percent,
    feed: Feed::Window,
    fields: &[WINDOW],
    reads: Reads::Own(|settings| Reading::Change {
        lookback_s: settings.integer(&WINDOW) as u32,
    }),
};
