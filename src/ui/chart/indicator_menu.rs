//! What opens over the chart: the menu of indicators with its search, and the form of one, drawn
//! from its table.

use leptos::ev::KeyboardEvent;
use leptos::html::{Div, Input};
use leptos::prelude::*;
use serde_json::{Value, json};
use tradesuite_core::chart::is_drawn;
use tradesuite_core::indicator::{Field, FieldKind, Output, Params, Place, Style};

use crate::browser;
use crate::ui::chart::indicators::{
    IndicatorSetting, Indicators, LINE_WIDTHS, MOST, Popover, found,
};
use crate::ui::chart::study_legend::css_color;
use crate::ui::widget::FormRow;

const BOX: &str = "absolute top-2 right-2 z-20 flex max-h-[calc(100%-16px)] w-72 max-w-[calc(100%-16px)] \
    flex-col gap-1 overflow-auto rounded-md border border-line-strong bg-raised p-2 text-[12px]";
const INPUT: &str = "h-7 w-28 rounded border border-line bg-panel px-2 text-right text-text-1";

/// The button of the chart's header.
#[component]
pub fn IndicatorButton(
    /// The chart's indicators.
    indicators: Indicators,
) -> impl IntoView {
    let count = move || indicators.list.with(Vec::len);
    let is_open = move || indicators.open.get() == Some(Popover::Menu);
    view! {
        <button
            class="h-[22px] cursor-pointer rounded px-1.5 whitespace-nowrap hover:bg-hover"
            data-testid="indicators"
            aria-haspopup="dialog"
            aria-expanded=move || is_open().to_string()
            on:click=move |_| {
                let next = if is_open() { None } else { Some(Popover::Menu) };
                indicators.open.set(next);
            }
        >
            "Indicators"
            <Show when=move || { count() > 0 }>
                <span class="ml-1 text-text-2">{count}</span>
            </Show>
        </button>
    }
}

/// Whatever is open.
#[component]
pub fn IndicatorPopover(
    /// The chart's indicators.
    indicators: Indicators,
) -> impl IntoView {
    let close = move || indicators.open.set(None);
    move || {
        let opened = indicators.open.get()?;
        let inside = match opened {
            Popover::Menu => view! { <Menu indicators /> }.into_any(),
            Popover::Form(id) => view! { <Form indicators id /> }.into_any(),
        };
        Some(view! {
            <div class="absolute inset-0 z-10" on:click=move |_| close()></div>
            <div
                class="contents"
                on:keydown=move |event: KeyboardEvent| {
                    if event.key() == "Escape" {
                        close();
                    }
                }
            >
                {inside}
            </div>
        })
    }
}

/// Every indicator, with a search.
#[component]
fn Menu(indicators: Indicators) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let input = NodeRef::<Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Fails only where the element cannot have the focus.
            let _ = input.focus();
        }
    });
    let rows = move || {
        let specs = found(&search.get());
        let rows = specs.into_iter().map(|spec| {
            let place = match spec.place {
                Place::OverPrice => "over price",
                Place::Pane { .. } => "pane",
            };
            view! {
                <li>
                    <button
                        class="flex h-[27px] w-full cursor-pointer items-center justify-between rounded px-2 hover:bg-hover"
                        title=spec.about
                        data-testid=format!("add-{}", spec.id)
                        on:click=move |_| indicators.add(spec)
                    >
                        <span>{spec.label}</span>
                        <span class="text-[11px] text-text-2">{place}</span>
                    </button>
                </li>
            }
        });
        rows.collect_view()
    };
    let is_full = move || indicators.list.with(Vec::len) >= MOST;
    view! {
        <div class=BOX role="dialog" aria-label="Add an indicator" data-testid="indicator-menu">
            <input
                node_ref=input
                class="h-8 shrink-0 rounded border border-line bg-panel px-2 text-text-1 placeholder:text-text-2"
                placeholder="Search indicators"
                aria-label="Search indicators"
                autocomplete="off"
                data-testid="indicator-search"
                prop:value=move || search.get()
                on:input=move |event| search.set(event_target_value(&event))
                on:keydown=move |event: KeyboardEvent| {
                    if event.key() == "Enter" && let Some(first) = found(&search.get_untracked()).first() {
                        indicators.add(first);
                    }
                }
            />
            <ul>{rows}</ul>
            <Show when=is_full>
                <p class="px-2 text-[11px] text-warning">"A chart takes sixteen indicators."</p>
            </Show>
        </div>
    }
}

/// The form of one indicator.
#[component]
fn Form(indicators: Indicators, id: u32) -> impl IntoView {
    let first = indicators.list.with_untracked(|list| {
        let found = list.iter().find(|setting| setting.id == id);
        found.and_then(|setting| Some((setting.clone(), setting.params()?)))
    });
    let error = RwSignal::new(None::<String>);
    let panel = NodeRef::<Div>::new();
    Effect::new(move || {
        if let Some(panel) = panel.get() {
            // Fails only where the element cannot have the focus.
            let _ = panel.focus();
        }
    });
    let (setting, params) = first?;
    let spec = params.spec();
    let values = params.to_json();
    let set_param = move |name: &'static str, value: Value| {
        let mut given = indicators.list.with_untracked(|list| {
            let found = list.iter().find(|setting| setting.id == id);
            let params = found.and_then(IndicatorSetting::params);
            params.map_or(Value::Null, |params| params.to_json())
        });
        given[name] = value;
        match Params::from_json(spec, &given) {
            Ok(_) => {
                error.set(None);
                indicators.change(id, |setting| setting.params = given);
            }
            Err(wrong) => error.set(Some(wrong.to_string())),
        }
    };
    let fields = spec.fields.iter().map(|field| {
        let value = values.get(field.name).cloned().unwrap_or_default();
        view! { <FormRow label=field.label>{input_of(field, &value, set_param)}</FormRow> }
    });
    let drawn = spec.outputs.iter().filter(|output| is_drawn(output.style));
    let colors = drawn.map(|output| {
        let color = setting.clone();
        view! { <FormRow label=output.label>{color_input(indicators, &color, output)}</FormRow> }
    });
    let has_lines = spec
        .outputs
        .iter()
        .any(|output| matches!(output.style, Style::Line | Style::Band { .. }));
    let width = setting.line_width();
    let widths = LINE_WIDTHS.map(|choice| {
        let selected = (choice - width).abs() < 1e-9;
        view! { <option value=choice.to_string() selected=selected>{format!("{choice} px")}</option> }
    });
    Some(view! {
        <div
            class=BOX
            node_ref=panel
            tabindex="-1"
            role="dialog"
            aria-label=format!("Settings of {}", spec.label)
            data-testid="indicator-form"
        >
            <h3 class="px-1 font-medium" title=spec.about>{spec.label}</h3>
            {fields.collect_view()}
            <p class="px-1 text-[11px] text-warning empty:hidden" role="alert">{move || error.get()}</p>
            {colors.collect_view()}
            {has_lines.then(move || view! {
                <FormRow label="Line width">
                    <select
                        class=INPUT
                        data-testid="indicator-width"
                        on:change=move |event| {
                            let width = event_target_value(&event).parse().ok();
                            indicators.change(id, |setting| setting.width = width);
                        }
                    >
                        {widths.collect_view()}
                    </select>
                </FormRow>
            })}
            <button
                class="mt-1 h-7 cursor-pointer self-end rounded border border-line-strong px-2.5 hover:bg-hover"
                on:click=move |_| indicators.open.set(None)
            >
                "Done"
            </button>
        </div>
    })
}

fn input_of(
    field: &'static Field,
    value: &Value,
    set: impl Fn(&'static str, Value) + Copy + 'static,
) -> AnyView {
    let name = field.name;
    let number = move |min: f64, max: f64, step: f64| {
        view! {
            <input
                class=INPUT
                type="number"
                min=min.to_string()
                max=max.to_string()
                step=step.to_string()
                value=value.to_string()
                data-testid=format!("field-{name}")
                on:input=move |event| {
                    // What is no number is refused with the reason, as any other wrong value.
                    let text = event_target_value(&event);
                    let whole = text.parse::<i64>().map(|whole| json!(whole));
                    let value = whole.or_else(|_| text.parse::<f64>().map(|float| json!(float)));
                    set(name, value.unwrap_or(Value::Null));
                }
            />
        }
        .into_any()
    };
    match field.kind {
        FieldKind::Bars { min, max, .. } => number(min.into(), max.into(), 1.0),
        FieldKind::Factor { min, max, step, .. } => number(min, max, step),
        FieldKind::Time => time_input(name, value, set),
        FieldKind::Choice(choices) => {
            let options = choices.iter().map(|choice| {
                let selected = value.as_str() == Some(choice.name);
                view! { <option value=choice.name selected=selected>{choice.label}</option> }
            });
            view! {
                <select
                    class=INPUT
                    data-testid=format!("field-{name}")
                    on:change=move |event| set(name, Value::from(event_target_value(&event)))
                >
                    {options.collect_view()}
                </select>
            }
            .into_any()
        }
    }
}

/// An instant, entered in UTC.
fn time_input(
    name: &'static str,
    value: &Value,
    set: impl Fn(&'static str, Value) + Copy + 'static,
) -> AnyView {
    use tradesuite_core::model::UnixMs;
    let shown = value.as_i64().map(|ms| UnixMs(ms).to_rfc3339());
    let shown = shown.map_or_else(String::new, |text| text.chars().take(16).collect());
    view! {
        <input
            class="h-7 w-44 rounded border border-line bg-panel px-2 text-text-1"
            type="datetime-local"
            value=shown
            title="UTC"
            data-testid=format!("field-{name}")
            on:change=move |event| {
                let text = format!("{}:00Z", event_target_value(&event));
                if let Ok(time) = UnixMs::parse(&text) {
                    set(name, Value::from(time.0));
                }
            }
        />
    }
    .into_any()
}

fn color_input(
    indicators: Indicators,
    setting: &IndicatorSetting,
    output: &'static Output,
) -> AnyView {
    let id = setting.id;
    let css = css_color(setting, output);
    let shown = match css
        .strip_prefix("var(")
        .and_then(|css| css.strip_suffix(')'))
    {
        Some(token) => browser::theme_color(token),
        None => css,
    };
    view! {
        <input
            class="h-7 w-10 cursor-pointer rounded border border-line bg-panel p-0.5"
            type="color"
            value=shown
            data-testid=format!("color-{}", output.name)
            on:input=move |event| {
                let color = event_target_value(&event);
                indicators.change(id, |setting| {
                    setting.colors.insert(output.name.to_owned(), color);
                });
            }
        />
    }
    .into_any()
}
