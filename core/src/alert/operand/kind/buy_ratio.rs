//! The share of taker buys in what was traded within a window.

use super::window;
use crate::alert::operand::reading::Reading;
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::alert::value::Value;
use crate::model::Field;

const WINDOW: Field = window(300);

pub(super) static BUY_RATIO: OperandSpec = OperandSpec {
    name: "buy_ratio",
    label: "Buy ratio over a window",
    about: "The share that takers bought of all that was traded within a time, 0 to 1.",
    unit: OperandUnit::Plain,
    feed: Feed::Window,
    fields: &[WINDOW],
    reads: Reads::Own(|settings| Reading::Flow {
        window_s: settings.integer(&WINDOW) as u32,
        // Where nothing was traded there is no ratio.
        look: |buys, sells, _| Value::real(buys.0 as f64 / (buys.0 + sells.0) as f64),
    }),
};
