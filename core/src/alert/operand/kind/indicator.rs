//! Every indicator as an operand: its timeframe, its parameters, and which of its outputs.

use std::sync::LazyLock;

use crate::alert::operand::bar::TIMEFRAME;
use crate::alert::operand::spec::{Feed, OUTPUT, OperandSpec, OperandUnit, Reads};
use crate::indicator::{Field as Parameter, FieldKind as ParameterKind, INDICATORS, Unit};
use crate::indicator::{IndicatorSpec, Output};
use crate::model::{Choice, Field, FieldKind};

/// The largest whole number that every JSON reader takes over exactly.
const LATEST_MS: i64 = 9_007_199_254_740_991;

static TABLE: LazyLock<Vec<OperandSpec>> =
    LazyLock::new(|| INDICATORS.iter().map(|spec| operand(spec)).collect());

/// Made once, of the table of indicators.
pub(super) fn indicators() -> &'static [OperandSpec] {
    &TABLE
}

fn operand(spec: &'static IndicatorSpec) -> OperandSpec {
    let mut fields = vec![TIMEFRAME];
    fields.extend(spec.fields.iter().map(field));
    if let [first, _, ..] = spec.outputs {
        fields.push(output(spec.outputs, first));
    }
    OperandSpec {
        name: spec.id,
        label: spec.label,
        about: spec.about,
        unit: match spec.outputs.first().map(|output| output.unit) {
            Some(Unit::Price) => OperandUnit::Price,
            Some(Unit::Volume) => OperandUnit::Volume,
            Some(Unit::Plain) | None => OperandUnit::Plain,
        },
        feed: Feed::Bar,
        // The table is made once and lasts as long as the program.
        fields: fields.leak(),
        reads: Reads::Indicator(spec),
    }
}

fn field(parameter: &Parameter) -> Field {
    Field {
        name: parameter.name,
        label: parameter.label,
        kind: match parameter.kind {
            ParameterKind::Bars { min, max, default } => FieldKind::Integer {
                least: min.into(),
                most: max.into(),
                default: default.into(),
                unit: "bars",
            },
            ParameterKind::Factor {
                min,
                max,
                step,
                default,
            } => FieldKind::Decimal {
                least: min,
                most: max,
                step,
                default,
                unit: "",
            },
            ParameterKind::Time => FieldKind::Integer {
                least: 0,
                most: LATEST_MS,
                default: 0,
                unit: "ms",
            },
            ParameterKind::Choice(choices) => {
                let options = choices.iter().map(|choice| Choice {
                    value: choice.name,
                    label: choice.label,
                });
                FieldKind::Choice {
                    options: options.collect::<Vec<_>>().leak(),
                    default: choices.first().map_or("", |choice| choice.name),
                }
            }
        },
        help: "",
        when: None,
    }
}

fn output(outputs: &'static [Output], first: &Output) -> Field {
    let options = outputs.iter().map(|output| Choice {
        value: output.name,
        label: output.label,
    });
    Field {
        name: OUTPUT,
        label: "Value",
        kind: FieldKind::Choice {
            options: options.collect::<Vec<_>>().leak(),
            default: first.name,
        },
        help: "Which of its values is looked at.",
        when: None,
    }
}
