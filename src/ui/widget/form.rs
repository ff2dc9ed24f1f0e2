//! A form drawn from a table of settings: one input for each, and what is entered is checked as
//! documents are.

use leptos::prelude::*;
use serde_json::{Map, Value};
use tradesuite_core::model::{Choice, Field, FieldKind, Settings, Timeframe};

use super::list::list_input;

const INPUT: &str = "h-7 w-32 rounded border border-line bg-panel px-2 text-right text-text-1";

/// What is set, and what takes a change.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub field: &'static Field,
    /// What is set, else the default.
    pub value: Memo<Value>,
    pub on_set: Callback<(&'static str, Value)>,
    /// Why what was entered last was not taken.
    pub error: RwSignal<Option<String>>,
    /// The list that it stands in, and its row there.
    pub row: Option<(&'static str, usize)>,
}

impl Entry {
    /// Takes what was entered, if it stands. The default is not kept: where a later version has
    /// another one, that holds. A list without rows is kept: its reader may have rows of its own for
    /// one that was never set.
    pub fn enter(self, value: Value) {
        match Settings::default().set(self.field, value.clone()) {
            Ok(()) => {
                self.error.set(None);
                let is_list = matches!(self.field.kind, FieldKind::List { .. });
                let is_default = !is_list && value == self.field.default_value();
                let kept = if is_default { Value::Null } else { value };
                self.on_set.run((self.field.name, kept));
            }
            Err(reason) => self.error.set(Some(reason)),
        }
    }

    fn text(self) -> String {
        match self.value.get() {
            Value::Null => String::new(),
            Value::String(text) => text,
            // Without the `.0` that tells a decimal number from a whole one.
            Value::Number(number) if number.is_f64() => {
                number.as_f64().unwrap_or_default().to_string()
            }
            other => other.to_string(),
        }
    }

    /// For the browser tests.
    fn testid(self) -> String {
        let name = self.field.name;
        match self.row {
            None => format!("field-{name}"),
            Some((list, row)) => format!("field-{list}-{row}-{name}"),
        }
    }
}

/// Whether the form shows a setting: those that only their reader understands have no input.
#[must_use]
pub fn has_input(field: &Field) -> bool {
    !matches!(field.kind, FieldKind::Data { .. })
}

/// The form.
#[component]
pub fn FieldForm(
    /// The table.
    fields: &'static [Field],
    /// What is set; what is not in it has its default.
    #[prop(into)]
    values: Signal<Map<String, Value>>,
    /// Takes a value that stands; null for the default.
    on_set: Callback<(&'static str, Value)>,
) -> impl IntoView {
    fields
        .iter()
        .filter(|field| has_input(field))
        .map(|field| {
            let entry = Entry {
                field,
                value: Memo::new(move |_| {
                    let given = values.with(|values| values.get(field.name).cloned());
                    given.unwrap_or_else(|| field.default_value())
                }),
                on_set,
                error: RwSignal::new(None),
                row: None,
            };
            let is_shown = move || values.with(|values| field.is_shown(fields, values));
            view! {
                <Show when=is_shown>
                    <EntryRow entry />
                </Show>
            }
        })
        .collect_view()
}

/// A name and what is set beside it.
#[component]
pub fn FormRow(
    /// The name.
    label: &'static str,
    /// What it does, for the pointer that rests on it.
    #[prop(optional)]
    help: &'static str,
    /// The input.
    children: Children,
) -> impl IntoView {
    view! {
        <label class="flex min-h-7 items-center justify-between gap-2 px-1" title=help>
            <span class="text-text-2">{label}</span>
            {children()}
        </label>
    }
}

#[component]
fn EntryRow(entry: Entry) -> impl IntoView {
    let unit = match entry.field.kind {
        FieldKind::Integer { unit, .. } | FieldKind::Decimal { unit, .. } => unit,
        _ => "",
    };
    let inputs = view! {
        <span class="flex items-center gap-1.5">
            {input_of(entry)} <span class="text-[11px] text-text-2 empty:hidden">{unit}</span>
        </span>
    };
    let row = match entry.field.kind {
        // Its inputs have names of their own, and one name cannot be that of several.
        FieldKind::List { .. } => view! {
            <div class="flex items-start justify-between gap-2 px-1" title=entry.field.help>
                <span class="shrink-0 leading-7 whitespace-nowrap text-text-2">{entry.field.label}</span>
                {inputs}
            </div>
        }
        .into_any(),
        _ => view! {
            <FormRow label=entry.field.label help=entry.field.help>
                {inputs}
            </FormRow>
        }
        .into_any(),
    };
    view! {
        {row}
        <p class="px-1 text-[11px] text-warning empty:hidden" role="alert">
            {move || entry.error.get()}
        </p>
    }
}

/// The input of a setting.
pub(super) fn input_of(entry: Entry) -> AnyView {
    match entry.field.kind {
        FieldKind::Flag { .. } => flag_input(entry),
        FieldKind::Integer { least, most, .. } => {
            number_input(entry, [least.to_string(), most.to_string(), "1".to_owned()])
        }
        FieldKind::Decimal { least, most, .. } => {
            // Any number between two of the arrows' steps may be entered as well.
            number_input(
                entry,
                [least.to_string(), most.to_string(), "any".to_owned()],
            )
        }
        FieldKind::Choice { options, .. } => {
            let options = options
                .iter()
                .map(|Choice { value, label }| (*value, *label));
            select_input(entry, options.collect())
        }
        FieldKind::Timeframe { .. } => {
            let names = Timeframe::ALL.map(|timeframe| (timeframe.name(), timeframe.name()));
            select_input(entry, names.to_vec())
        }
        FieldKind::Text { .. } | FieldKind::Instrument => text_input(entry, "text"),
        FieldKind::Colour { .. } => text_input(entry, "color"),
        FieldKind::List { fields, most } => list_input(entry, fields, most),
        FieldKind::Data { .. } => ().into_any(),
    }
}

fn flag_input(entry: Entry) -> AnyView {
    view! {
        <input
            class="size-4 accent-accent"
            type="checkbox"
            prop:checked=move || entry.value.get() == Value::Bool(true)
            data-testid=entry.testid()
            on:change=move |event| entry.enter(event_target_checked(&event).into())
        />
    }
    .into_any()
}

fn number_input(entry: Entry, [least, most, step]: [String; 3]) -> AnyView {
    view! {
        <input
            class=INPUT
            type="number"
            min=least
            max=most
            step=step
            prop:value=move || entry.text()
            data-testid=entry.testid()
            on:change=move |event| entry.enter(number(&event_target_value(&event)))
        />
    }
    .into_any()
}

fn select_input(entry: Entry, options: Vec<(&'static str, &'static str)>) -> AnyView {
    let options = options.into_iter().map(|(value, label)| {
        view! {
            <option value=value prop:selected=move || entry.text() == value>
                {label}
            </option>
        }
    });
    view! {
        <select
            class=INPUT
            data-testid=entry.testid()
            on:change=move |event| entry.enter(event_target_value(&event).into())
        >
            {options.collect_view()}
        </select>
    }
    .into_any()
}

/// Nothing entered is the default.
fn text_input(entry: Entry, kind: &'static str) -> AnyView {
    let entered = |text: String| {
        if text.is_empty() {
            Value::Null
        } else {
            text.into()
        }
    };
    view! {
        <input
            class=INPUT
            type=kind
            autocomplete="off"
            prop:value=move || entry.text()
            data-testid=entry.testid()
            on:change=move |event| entry.enter(entered(event_target_value(&event)))
        />
    }
    .into_any()
}

/// What was entered as a number, whole where it was written so; nothing entered is the default.
fn number(text: &str) -> Value {
    let whole = text.parse::<i64>().map(Value::from);
    whole
        .or_else(|_| text.parse::<f64>().map(Value::from))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (text, expected) in [
            ("7", json!(7)),
            ("0.5", json!(0.5)),
            ("", Value::Null),
            ("seven", Value::Null),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
