//! The part of a form that holds rows: each with its inputs, one more to be added, each to be
//! removed.

use leptos::prelude::*;
use serde_json::{Map, Value};
use tradesuite_core::model::Field;

use super::form::{Entry, input_of};

type Row = Map<String, Value>;

const BUTTON: &str = "grid h-7 min-w-7 cursor-pointer place-items-center rounded text-text-2 \
    hover:bg-hover hover:text-text-1 disabled:cursor-default disabled:opacity-50 max-md:min-h-10 \
    max-md:min-w-10";

/// The rows of a list that has at most so many, of these fields each.
pub(super) fn list_input(entry: Entry, fields: &'static [Field], most: u16) -> AnyView {
    let rows = move || rows_of(&entry.value.get());
    let count = Memo::new(move |_| rows().len());
    let enter = move |change: &dyn Fn(&mut Vec<Row>)| {
        let mut rows = untrack(rows);
        change(&mut rows);
        entry.enter(rows.into_iter().map(Value::Object).collect());
    };
    let is_full = move || count.get() >= usize::from(most);
    let row = move |at: usize| {
        let cells = fields.iter().map(move |field| {
            let value = Memo::new(move |_| {
                let given = rows().get(at).and_then(|row| row.get(field.name).cloned());
                given.unwrap_or_else(|| field.default_value())
            });
            let on_set = Callback::new(move |(name, value)| {
                enter(&|rows| set_cell(rows, at, name, &value));
            });
            let cell = Entry {
                field,
                value,
                on_set,
                error: entry.error,
                row: Some((entry.field.name, at)),
            };
            view! {
                <label title=field.help>
                    <span class="sr-only">{format!("{} {}", field.label, at + 1)}</span>
                    {input_of(cell)}
                </label>
            }
        });
        let name = entry.field.name;
        view! {
            <span class="flex items-center [&_select]:w-18">
                {cells.collect_view()}
                <button
                    type="button"
                    class=BUTTON
                    aria-label=format!("Remove {} {}", fields.first().map_or("", |field| field.label), at + 1)
                    data-testid=format!("field-{name}-{at}-remove")
                    on:click=move |_| {
                        enter(&|rows| {
                            rows.remove(at);
                        });
                    }
                >
                    "×"
                </button>
            </span>
        }
    };
    view! {
        <span class="flex flex-wrap justify-end gap-1" role="group" aria-label=entry.field.label>
            <For each=move || 0..count.get() key=|at| *at let(at)>
                {row(at).into_any()}
            </For>
            <button
                type="button"
                class=format!("{BUTTON} px-2")
                disabled=is_full
                data-testid=format!("field-{}-add", entry.field.name)
                on:click=move |_| enter(&|rows| rows.push(Map::new()))
            >
                "Add"
            </button>
        </span>
    }
    .into_any()
}

fn rows_of(value: &Value) -> Vec<Row> {
    let rows = value.as_array().into_iter().flatten();
    rows.filter_map(|row| row.as_object().cloned()).collect()
}

/// Null sets a cell back to its default.
fn set_cell(rows: &mut [Row], at: usize, name: &str, value: &Value) {
    if let Some(row) = rows.get_mut(at) {
        match value {
            Value::Null => row.remove(name),
            value => row.insert(name.to_owned(), value.clone()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_cell_is_set_and_the_others_stay() {
        let mut rows = rows_of(&json!([{"timeframe": "5m"}, {"timeframe": "1h"}, 7]));
        assert_eq!(rows.len(), 2);
        set_cell(&mut rows, 1, "timeframe", &json!("4h"));
        set_cell(&mut rows, 0, "timeframe", &Value::Null);
        set_cell(&mut rows, 9, "timeframe", &json!("1d"));
        assert_eq!(json!(rows), json!([{}, {"timeframe": "4h"}]));
    }
}
