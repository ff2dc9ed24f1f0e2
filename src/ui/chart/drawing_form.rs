//! What is said and set about drawings over the chart: the form of the selected one, the button
//! that keeps a measure, and the note where something could not be saved.

use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use tradesuite_core::model::{Decimal, Drawing, Shape};

use crate::browser;
use crate::ui::chart::drawn::{ChartDrawings, name_of};
use crate::ui::widget::FormRow;

const BOX: &str = "absolute top-2 right-2 z-20 flex max-h-[calc(100%-16px)] w-64 \
    max-w-[calc(100%-16px)] flex-col gap-1 overflow-auto rounded-md border border-line-strong \
    bg-raised p-2 text-[12px]";
const INPUT: &str = "h-7 w-32 rounded border border-line bg-panel px-2 text-right text-text-1";
const BUTTON: &str = "h-7 cursor-pointer rounded border border-line-strong px-2.5 hover:bg-hover";
/// Longest label, in characters, as documents have it.
const LABEL: &str = "80";

/// The form of the selected drawing.
#[component]
pub fn DrawingForm(
    /// The chart's drawings.
    drawings: ChartDrawings,
    /// Gives the chart the focus back.
    leave: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let close = move || {
        drawings.is_open.set(false);
        leave();
    };
    // Made anew for another drawing only: what is typed stays while this one is changed.
    let id = Memo::new(move |_| {
        let is_open = drawings.is_open.get();
        let chosen = drawings.chosen().map(|drawing| drawing.id);
        chosen.filter(|_| is_open)
    });
    move || {
        id.get()?;
        Some(view! {
            <div class="absolute inset-0 z-10" on:click=move |_| close()></div>
            <div
                class="contents"
                on:keydown=move |event: KeyboardEvent| {
                    event.stop_propagation();
                    if matches!(event.key().as_str(), "Escape" | "Enter") {
                        close();
                    }
                }
            >
                <Form drawings close />
            </div>
        })
    }
}

#[component]
fn Form(drawings: ChartDrawings, close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let error = RwSignal::new(None::<&'static str>);
    let first = NodeRef::<Input>::new();
    Effect::new(move || {
        if let Some(input) = first.get() {
            // Fails only where the element cannot have the focus.
            let _ = input.focus();
        }
    });
    let change = move |change: &dyn Fn(&mut Drawing)| {
        if let Some(mut drawing) = untrack(|| drawings.chosen()) {
            change(&mut drawing);
            drawings.put(drawing);
        }
    };
    let set_price = move |text: String| match text.replace(',', "").trim().parse::<Decimal>() {
        Ok(new) if new.mantissa > 0 => {
            error.set(None);
            change(&|drawing| {
                if let Shape::Line { price, .. } = &mut drawing.shape {
                    *price = new;
                }
            });
        }
        _ => error.set(Some("A price such as 64213.5 is wanted.")),
    };
    let label = move || match drawings.chosen()?.shape {
        Shape::Line { label, .. } => Some(label),
        _ => None,
    };
    let price = move || match drawings.chosen()?.shape {
        Shape::Line { price, .. } => Some(price.to_string()),
        _ => None,
    };
    let is_line = untrack(label).is_some();
    let colour = move || {
        let chosen = drawings.chosen().and_then(|drawing| drawing.colour);
        chosen.unwrap_or_else(|| browser::theme_color("--accent"))
    };
    let name = move || drawings.chosen().map(|drawing| name_of(&drawing));
    view! {
        <div class=BOX role="dialog" aria-label="The selected drawing" data-testid="drawing-form">
            <h3 class="px-1 font-medium">{name}</h3>
            {is_line.then(|| view! {
                <FormRow label="Label">
                    <input
                        node_ref=first
                        class=INPUT
                        maxlength=LABEL
                        autocomplete="off"
                        data-testid="drawing-label"
                        prop:value=move || label().unwrap_or_default()
                        on:change=move |event| {
                            let text = event_target_value(&event).trim().to_owned();
                            change(&|drawing| {
                                if let Shape::Line { label, .. } = &mut drawing.shape {
                                    text.clone_into(label);
                                }
                            });
                        }
                    />
                </FormRow>
                <FormRow label="Price">
                    <input
                        class=INPUT
                        inputmode="decimal"
                        autocomplete="off"
                        data-testid="drawing-price"
                        prop:value=move || price().unwrap_or_default()
                        on:change=move |event| set_price(event_target_value(&event))
                    />
                </FormRow>
            })}
            <p class="px-1 text-[11px] text-warning empty:hidden" role="alert">{move || error.get()}</p>
            <FormRow label="Colour">
                <span class="flex gap-1.5">
                    <button
                        class=BUTTON
                        data-testid="drawing-plain"
                        on:click=move |_| change(&|drawing| drawing.colour = None)
                    >
                        "Theme's"
                    </button>
                    <input
                        class="h-7 w-10 cursor-pointer rounded border border-line bg-panel p-0.5"
                        type="color"
                        data-testid="drawing-colour"
                        prop:value=colour
                        on:change=move |event| {
                            let colour = event_target_value(&event);
                            change(&|drawing| drawing.colour = Some(colour.clone()));
                        }
                    />
                </span>
            </FormRow>
            <div class="mt-1 flex justify-between">
                <button
                    class=BUTTON
                    data-testid="drawing-delete"
                    on:click=move |_| {
                        drawings.delete();
                        close();
                    }
                >
                    "Delete"
                </button>
                <button class=BUTTON data-testid="drawing-done" on:click=move |_| close()>
                    "Done"
                </button>
            </div>
        </div>
    }
}

/// The button that keeps a measure, and the note about what is drawn.
#[component]
pub fn DrawingNotes(
    /// The chart's drawings.
    drawings: ChartDrawings,
    /// Keeps what is measured.
    keep: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    // Sheets are the browser's: the server, which renders this too, has none.
    let note = RwSignal::new(None);
    Effect::new(move || note.set(drawings.note()));
    view! {
        <Show when=move || drawings.has_measure.get()>
            <button
                class="absolute bottom-9 left-2.5 h-7 cursor-pointer rounded border border-line-strong bg-raised px-2.5 text-[11px] hover:bg-hover"
                title="Alt K"
                data-testid="keep-measure"
                on:click=move |_| keep()
            >
                "Keep the measure"
            </button>
        </Show>
        <Show when=move || note.with(Option::is_some)>
            <p
                class="absolute bottom-9 left-2.5 z-10 flex max-w-[calc(100%-100px)] items-center gap-2 rounded border border-line-strong bg-raised px-2.5 py-1 text-[11px]"
                role="status"
                data-testid="drawing-note"
            >
                <span>{move || note.get()}</span>
                <button
                    class="grid size-5 shrink-0 cursor-pointer place-items-center rounded text-text-2 hover:bg-hover"
                    aria-label="Close"
                    on:click=move |_| drawings.unsay()
                >
                    "×"
                </button>
            </p>
        </Show>
        <span class="sr-only" role="status" data-testid="drawing-said">{move || drawings.said.get()}</span>
    }
}
