//! An operand in the text form: read and printed by the table of its fields.

use serde_json::Value as Json;

use super::error::TextError;
use super::lexer::Token;
use super::span::{read_span, span_text};
use crate::alert::operand::{OperandSpec, operand};
use crate::model::alert::Operand;
use crate::model::untrusted::{Faults, Item};
use crate::model::{Field, FieldKind, Settings};

/// The field that stands behind a point rather than among the others.
const OUTPUT: &str = "output";

/// Splits `macd.signal` into the operand and which of its values.
pub(super) fn named(
    word: Token<'_>,
) -> Result<(&'static OperandSpec, Option<Token<'_>>), TextError> {
    let (name, output) = match word.text.split_once('.') {
        Some((name, output)) => {
            let at = word.at + name.len() + 1;
            (name, Some(Token { at, text: output }))
        }
        None => (word.text, None),
    };
    match operand(name) {
        Some(spec) => Ok((spec, output)),
        None => Err(TextError::new(
            word.at,
            "an operand such as last or ema(1m,20)",
            word.text,
        )),
    }
}

/// The operand with the settings that were written.
pub(super) fn build(
    spec: &'static OperandSpec,
    arguments: &[Token<'_>],
    output: Option<Token<'_>>,
    at: Token<'_>,
) -> Result<Operand, TextError> {
    let mut settings = Settings::default();
    let fields = spec.fields.iter().filter(|field| field.name != OUTPUT);
    let mut fields = fields.peekable();
    for argument in arguments {
        let Some(field) = fields.next() else {
            let none = format!("`)`, as {} has no more settings,", spec.name);
            return Err(TextError::new(argument.at, none, argument.text));
        };
        set(&mut settings, field, *argument)?;
    }
    if let Some(output) = output {
        let field = spec.fields.iter().find(|field| field.name == OUTPUT);
        let Some(field) = field else {
            let none = format!("no `.`, as {} has one value,", spec.name);
            return Err(TextError::new(output.at - 1, none, output.text));
        };
        set(&mut settings, field, output)?;
    }
    let settings = settings.without_defaults(spec.fields);
    if let Err(reason) = spec.reading(&settings) {
        let wanted = format!("another setting ({reason})");
        return Err(TextError::new(at.at, wanted, at.text));
    }
    Ok(Operand {
        name: spec.name.to_owned(),
        settings,
    })
}

fn set(settings: &mut Settings, field: &Field, word: Token<'_>) -> Result<(), TextError> {
    let value = match field.kind {
        FieldKind::Integer { unit: "s", .. } => read_span(word.text).map(Json::from),
        FieldKind::Integer { .. } => word.text.parse::<i64>().ok().map(Json::from),
        FieldKind::Decimal { .. } => {
            let number = word.text.parse::<f64>().ok();
            number
                .and_then(serde_json::Number::from_f64)
                .map(Json::Number)
        }
        _ => None,
    };
    // What is no number is refused as a text, in the words of the field.
    let value = value.unwrap_or_else(|| word.text.into());
    let mut faults = Faults::default();
    let checked = field.check(&Item::whole(&value), &mut faults);
    match faults.finish(checked) {
        Ok(value) => settings.set(field, value).map_err(|reason| (word, reason)),
        Err(error) => Err((word, error.to_string())),
    }
    .map_err(|(word, reason)| {
        let reason = reason.split(" is wanted").next().unwrap_or_default();
        let label = field.label.to_lowercase();
        TextError::new(word.at, format!("{reason} ({label})"), word.text)
    })
}

/// As it is read. Settings are left out from the last one that is as usual; a timeframe, and which
/// of several values, are always said.
pub(super) fn text(of: &Operand) -> String {
    let Some(spec) = operand(&of.name) else {
        return of.name.clone();
    };
    let fields = spec.fields.iter().filter(|field| field.name != OUTPUT);
    let fields: Vec<&Field> = fields.collect();
    let said = |field: &Field| {
        of.settings.given().contains_key(field.name)
            || matches!(field.kind, FieldKind::Timeframe { .. })
    };
    let count = fields
        .iter()
        .rposition(|field| said(field))
        .map_or(0, |last| last + 1);
    let arguments = fields[..count].iter().map(|field| {
        let value = of.settings.value(field);
        match (field.kind, value.as_i64()) {
            (FieldKind::Integer { unit: "s", .. }, Some(seconds)) => {
                span_text(u32::try_from(seconds).unwrap_or(u32::MAX))
            }
            (FieldKind::Decimal { .. }, _) => value.as_f64().unwrap_or_default().to_string(),
            _ => value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        }
    });
    let arguments: Vec<String> = arguments.collect();
    let mut text = spec.name.to_owned();
    if count > 0 {
        text = format!("{text}({})", arguments.join(","));
    }
    match spec.fields.iter().find(|field| field.name == OUTPUT) {
        Some(field) => format!("{text}.{}", of.settings.text(field)),
        None => text,
    }
}
