//! The tape: every trade as it happens, newest first, back through history, on one canvas.
//!
//! | module | what it owns |
//! |---|---|
//! | `settings` | what a person sets |
//! | `session` | one instrument's tape on screen: ties all of them together |
//! | `state` | the tape between two frames |
//! | `history` | which older trades are asked for |
//! | `gesture` | wheel and drag to pixels |
//! | `header` | the figures of the header, and what waits |
//! | `paint` | one frame |
//! | `facts` | words and figures for readers and tests |
//!
//! Which trades are one row, which are shown and which stands at the top is computed in
//! [`tradesuite_core::chart`]. At most 200,000 trades are held (some 11 MB).

mod facts;
mod gesture;
mod header;
mod history;
mod paint;
mod session;
mod settings;
mod state;

use crate::ui::panel::fields::{INSTRUMENT, UNIT};
use crate::ui::panel::tape::settings::LONGEST_WINDOW_S;
use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::prelude::*;
use tradesuite_core::chart::{SizeUnit, TapeAction, format, tape_action_of};
use tradesuite_core::dock::PanelKind;
use tradesuite_core::model::{Choice, Chosen, Field, FieldKind};

use crate::ui::panel::{Panel, PanelContext, PanelSpec, Screen, ScreenView};
use crate::ui::preferences::Preferences;
use crate::ui::workspace::Workspace;
use header::{FlowFigures, HeaderNodes};
use session::Session;
use settings::Choices;

const PERCENTILES: Option<Chosen> = classes("percentiles");
const SIZES: Option<Chosen> = classes("sizes");

const fn classes(value: &'static str) -> Option<Chosen> {
    Some(Chosen {
        name: "classes",
        value,
    })
}

/// The kind.
pub static SPEC: PanelSpec = PanelSpec {
    kind: PanelKind {
        id: "tape",
        label: "Tape",
        fields: &[
            INSTRUMENT,
            Field {
                name: "merge",
                label: "Join fills",
                kind: FieldKind::Flag { default: true },
                help: "Whether fills of one order are one row",
                when: None,
            },
            UNIT,
            Field {
                name: "least",
                label: "Smallest row",
                kind: FieldKind::Decimal {
                    least: 0.0,
                    most: 1e15,
                    step: 1.0,
                    default: 0.0,
                    unit: "",
                },
                help: "Smaller rows are not shown",
                when: None,
            },
            Field {
                name: "milliseconds",
                label: "Milliseconds",
                kind: FieldKind::Flag { default: false },
                help: "Whether times are said to the millisecond",
                when: None,
            },
            Field {
                name: "classes",
                label: "Large rows by",
                kind: FieldKind::Choice {
                    options: &[
                        Choice {
                            value: "percentiles",
                            label: "percentiles",
                        },
                        Choice {
                            value: "sizes",
                            label: "sizes",
                        },
                    ],
                    default: "percentiles",
                },
                help: "What makes a row stand out",
                when: None,
            },
            Field {
                name: "large_percentile",
                label: "Large from",
                kind: FieldKind::Decimal {
                    least: 0.0,
                    most: 100.0,
                    step: 0.1,
                    default: 98.0,
                    unit: "%",
                },
                help: "Share of the latest rows that a large one exceeds",
                when: PERCENTILES,
            },
            Field {
                name: "huge_percentile",
                label: "Huge from",
                kind: FieldKind::Decimal {
                    least: 0.0,
                    most: 100.0,
                    step: 0.1,
                    default: 99.8,
                    unit: "%",
                },
                help: "Share of the latest rows that a huge one exceeds",
                when: PERCENTILES,
            },
            Field {
                name: "large_size",
                label: "Large from",
                kind: FieldKind::Decimal {
                    least: 0.0,
                    most: 1e15,
                    step: 1.0,
                    default: 1.0,
                    unit: "",
                },
                help: "Size from which a row is large",
                when: SIZES,
            },
            Field {
                name: "huge_size",
                label: "Huge from",
                kind: FieldKind::Decimal {
                    least: 0.0,
                    most: 1e15,
                    step: 1.0,
                    default: 10.0,
                    unit: "",
                },
                help: "Size from which a row is huge",
                when: SIZES,
            },
            Field {
                name: "window",
                label: "Window",
                kind: FieldKind::Integer {
                    least: 10,
                    most: LONGEST_WINDOW_S,
                    default: 300,
                    unit: "s",
                },
                help: "Seconds that the header's figures are of",
                when: None,
            },
            Field {
                name: "sound",
                label: "Sound",
                kind: FieldKind::Choice {
                    options: &[
                        Choice {
                            value: "off",
                            label: "off",
                        },
                        Choice {
                            value: "large",
                            label: "large rows",
                        },
                        Choice {
                            value: "huge",
                            label: "huge rows",
                        },
                    ],
                    default: "large",
                },
                help: "Which rows are heard while the preferences allow sounds",
                when: None,
            },
        ],
    },
    view: |context| view! { <TapePanel context /> }.into_any(),
};

/// The trades of its instrument.
#[component]
pub fn TapePanel(
    /// Its place in the page.
    context: PanelContext,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let screen = Screen::new();
    let choices = Choices::new(context);
    let nodes = HeaderNodes::new();
    let session = StoredValue::new_local(None::<Session>);
    Effect::new(move || {
        if workspace.ready.get() {
            let instrument = context.instrument.get();
            session.set_value(None);
            let started = Session::start(instrument, screen, choices, nodes);
            session.set_value(Some(started));
        }
    });
    on_cleanup(move || drop(session.try_update_value(Option::take)));
    let with = move |action: &dyn Fn(&Session)| {
        // Nothing happens before the session begins and after the page is taken down.
        let _ = session.try_with_value(|session| session.as_ref().map(action));
    };
    let label = move || {
        format!(
            "Trades of {}, newest first",
            context.instrument.get().symbol()
        )
    };
    let currency = move || {
        let instrument = context.instrument.get();
        match choices.rule.get().unit {
            SizeUnit::Base => instrument.base().to_owned(),
            SizeUnit::Quote => instrument.quote().to_owned(),
        }
    };
    let tools = move || view! { <FlowFigures nodes currency=Signal::derive(currency) /> };
    view! {
        <Panel title="Tape" tools=tools>
            <div
                class="relative min-h-0 grow"
                on:pointerdown=move |event: PointerEvent| {
                    if screen.grasp(&event) {
                        with(&|session| session.press(&event));
                    }
                }
                on:pointermove=move |event: PointerEvent| with(&|session| session.move_to(&event))
                on:pointerup=move |event: PointerEvent| with(&|session| session.lift(&event, true))
                on:pointercancel=move |event: PointerEvent| with(&|session| session.lift(&event, false))
                on:pointerleave=move |_| with(&|session| session.point(None))
                on:wheel=move |event: WheelEvent| {
                    // With Ctrl the browser zooms the page.
                    if !event.ctrl_key() {
                        event.prevent_default();
                        with(&|session| session.wheel(&event));
                    }
                }
                on:keydown=move |event: KeyboardEvent| {
                    if event.ctrl_key() || event.alt_key() || event.meta_key() {
                        return;
                    }
                    if let Some(action) = tape_action_of(&event.key()) {
                        event.prevent_default();
                        with(&|session| session.act(action));
                    }
                }
            >
                <ScreenView screen context testid="tape" label=Signal::derive(label) keys=true />
            </div>
            <WaitingLine
                waiting=nodes.waiting
                on_now=Callback::new(move |()| with(&|session| session.act(TapeAction::Now)))
            />
        </Panel>
    }
}

/// Says what came since one scrolled back. It stands below the rows, which do not move for it.
#[component]
fn WaitingLine(waiting: RwSignal<Option<usize>>, on_now: Callback<()>) -> impl IntoView {
    let numbers = Preferences::expect().numbers;
    let text = move || {
        let count = waiting.get().unwrap_or_default();
        let rows = if count == 1 { "row" } else { "rows" };
        let count = numbers.get().write(format::grouped(count as i128, 0));
        format!("{count} newer {rows}")
    };
    view! {
        <Show when=move || waiting.get().is_some()>
            <div class="flex h-6 shrink-0 items-center justify-between border-t border-line px-2.5 text-[11px] text-text-2">
                <span data-testid="tape-waiting">"Paused · " {text}</span>
                <button
                    class="h-5 cursor-pointer rounded px-1.5 text-accent hover:bg-hover"
                    data-testid="tape-to-now"
                    title="To the newest trade (Home)"
                    on:click=move |_| on_now.run(())
                >
                    "↑ To now"
                </button>
            </div>
        </Show>
    }
}
