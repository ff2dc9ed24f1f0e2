//! The depth curve: what rests between the mid and each price, both sides, on one canvas.
//!
//! A panel of its own and no part of the book's: it wants width where the book wants height, and
//! twenty times the levels, which nobody should be sent who only looks at the best fifty.
//!
//! | module | what it owns |
//! |---|---|
//! | `state` | the book between two frames, the axis, the figures |
//! | `paint` | one frame |

mod paint;
mod state;

use crate::ui::panel::fields::{INSTRUMENT, UNIT, chosen_unit};
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use tradesuite_core::dock::PanelKind;
use tradesuite_core::model::{Field, FieldKind};
use tradesuite_core::protocol::BookDepth;

use crate::ui::panel::live_book::book_topic;
use crate::ui::panel::{Feed, Panel, PanelContext, PanelSpec, Screen, ScreenView};
use crate::ui::workspace::Workspace;
use state::{Choices, DepthState};

/// The kind.
pub static SPEC: PanelSpec = PanelSpec {
    kind: PanelKind {
        id: "depth",
        label: "Depth",
        fields: &[
            INSTRUMENT,
            Field {
                name: "span",
                label: "Span",
                kind: FieldKind::Decimal {
                    least: 0.0,
                    most: 50.0,
                    step: 0.1,
                    default: 0.0,
                    unit: "%",
                },
                help: "From the mid to either edge; 0 as far as the book is known",
                when: None,
            },
            UNIT,
        ],
    },
    view: |context| view! { <DepthPanel context /> }.into_any(),
};

/// The depth curve of its instrument.
#[component]
pub fn DepthPanel(
    /// Its place in the page.
    context: PanelContext,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let screen = Screen::new();
    let choices = Choices {
        span: context.setting("span", 0.0_f64),
        unit: chosen_unit(context),
    };
    let feed = StoredValue::new_local(None::<Feed<DepthState>>);
    Effect::new(move || {
        if workspace.ready.get() {
            let instrument = context.instrument.get();
            let started = Feed::start(screen, DepthState::new(&instrument, choices));
            started.repaint_with(move || {
                choices.span.track();
                choices.unit.track();
            });
            started.listen(
                move || book_topic(instrument.clone(), BookDepth::MAX_LEVELS),
                |state, message| state.book.take(message),
            );
            feed.set_value(Some(started));
        }
    });
    on_cleanup(move || drop(feed.try_update_value(Option::take)));
    let point = move |x: Option<f64>| {
        // Nothing happens before the feed begins and after the page is taken down.
        let _ = feed.try_with_value(|feed| {
            let feed = feed.as_ref();
            feed.map(|feed| feed.change(|state| state.pointer_x = x))
        });
    };
    let label = move || format!("Depth curve of {}", context.instrument.get().symbol());
    view! {
        <Panel title="Depth">
            <div
                class="relative min-h-0 grow cursor-crosshair"
                on:pointermove=move |event: PointerEvent| point(Some(event.offset_x().into()))
                on:pointerdown=move |event: PointerEvent| point(Some(event.offset_x().into()))
                on:pointerleave=move |_| point(None)
                on:pointercancel=move |_| point(None)
            >
                <ScreenView screen context testid="depth" label=Signal::derive(label) />
            </div>
        </Panel>
    }
}
