//! Delta over a window: by how much the cumulative volume delta has changed in it. (Its level is
//! the indicator `cvd`, the delta of one bar the indicator `delta`.)

use super::window;
use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::alert::value::Value;
use crate::model::Field;

const WINDOW: Field = window(300);

pub(super) static CVD_CHANGE: OperandSpec = OperandSpec {
    name: "cvd_change",
    label: "Delta over a window (change of the CVD)",
    about: "What takers bought less what they sold within a time, base units.",
    unit: OperandUnit::Volume,
    feed: Feed::Window,
    fields: &[WINDOW],
    reads: Reads::Own(|settings| Reading::Flow {
        window_s: settings.integer(&WINDOW) as u32,
        look: |buys, sells, precision| Value::of_sum(buys.0 - sells.0, precision.quantity),
    }),
};
