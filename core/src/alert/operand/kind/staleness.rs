//! For how long nothing has come, by the server's clock.

use crate::alert::operand::reading::{Reading, Silence};
use crate::alert::operand::spec::{Feed, OperandSpec, OperandUnit, Reads};
use crate::model::{Choice, Field, FieldKind};

const OF: Field = Field {
    name: "of",
    label: "Of",
    kind: FieldKind::Choice {
        options: &[
            Choice {
                value: "any",
                label: "Anything",
            },
            Choice {
                value: "trades",
                label: "Trades",
            },
            Choice {
                value: "book",
                label: "The order book",
            },
        ],
        default: "any",
    },
    help: "Which data is missed.",
    when: None,
};

pub(super) static STALENESS: OperandSpec = OperandSpec {
    name: "staleness",
    label: "Time without data",
    about: "Whole seconds by the server's clock since data came.",
    unit: OperandUnit::Seconds,
    feed: Feed::Clock,
    fields: &[OF],
    reads: Reads::Own(|settings| {
        Reading::Silence(match settings.text(&OF).as_str() {
            "trades" => Silence::Trades,
            "book" => Silence::Book,
            _ => Silence::Any,
        })
    }),
};
