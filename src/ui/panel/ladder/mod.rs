//! The ladder (depth of market): a price axis that stands still, with what rests and what was
//! traded at each price, on one canvas.
//!
//! | module | what it owns |
//! |---|---|
//! | `state` | book, trades and axis between two frames |
//! | `gesture` | wheel, drag and keys to rows |
//! | `paint` | one frame |
//! | `facts` | the figures, for the browser tests |

mod facts;
mod gesture;
mod paint;
mod state;

use crate::ui::panel::fields::{INSTRUMENT, UNIT, chosen_unit, group};
use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::html::Span;
use leptos::prelude::*;
use tradesuite_core::chart::{LadderAction, ladder_action_of};
use tradesuite_core::dock::PanelKind;
use tradesuite_core::protocol::BookDepth;

use crate::ui::panel::live_book::book_topic;
use crate::ui::panel::{
    Feed, GroupSelect, Grouping, Panel, PanelContext, PanelSpec, Screen, ScreenView,
};
use crate::ui::workspace::Workspace;
use state::{Choices, LadderState};

/// The kind.
pub static SPEC: PanelSpec = PanelSpec {
    kind: PanelKind {
        id: "ladder",
        label: "Ladder",
        fields: &[INSTRUMENT, group(0), UNIT],
    },
    view: |context| view! { <LadderPanel context /> }.into_any(),
};

/// The ladder of its instrument.
#[component]
pub fn LadderPanel(
    /// Its place in the page.
    context: PanelContext,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let screen = Screen::new();
    let since = NodeRef::<Span>::new();
    let choices = Choices {
        grouping: Grouping::new(context, 0),
        unit: chosen_unit(context),
        zone: workspace.zone,
        levels: RwSignal::new(BookDepth::default().levels),
        is_scrolled: RwSignal::new(false),
    };
    Effect::new(move || {
        // A wider step may need a deeper book, a narrower one does not.
        choices.grouping.track();
        context.instrument.track();
        let ordinary = BookDepth::default().levels;
        if choices.levels.get_untracked() != ordinary {
            choices.levels.set(ordinary);
        }
    });
    let feed = StoredValue::new_local(None::<Feed<LadderState>>);
    Effect::new(move || {
        if workspace.ready.get() {
            let instrument = context.instrument.get();
            let started = Feed::start(screen, LadderState::new(&instrument, choices, since));
            started.repaint_with(move || {
                choices.grouping.track();
                choices.unit.track();
                choices.zone.track();
            });
            let of_book = instrument.clone();
            started.listen(
                move || book_topic(of_book.clone(), choices.levels.get()),
                |state, message| state.book.take(message),
            );
            started.listen_to_trades(&instrument, LadderState::take_trades);
            feed.set_value(Some(started));
        }
    });
    on_cleanup(move || drop(feed.try_update_value(Option::take)));
    let change = move |action: &dyn Fn(&mut LadderState)| {
        // Nothing happens before the feed begins and after the page is taken down.
        let _ = feed.try_with_value(|feed| feed.as_ref().map(|feed| feed.change(action)));
    };
    let label = move || format!("Ladder of {}", context.instrument.get().symbol());
    let tools = move || {
        view! {
            <button
                class="h-5 cursor-pointer truncate rounded px-1.5 hover:bg-hover hover:text-text-1"
                data-testid="ladder-reset"
                title="What was traded is counted since then; counts from now on where it is clicked (* some may be missing)"
                on:click=move |_| change(&LadderState::reset_traded)
            >
                "↺ "
                <span node_ref=since></span>
            </button>
            <button
                class=move || {
                    let tone = if choices.is_scrolled.get() { "text-accent" } else { "" };
                    format!("h-5 cursor-pointer rounded px-1.5 hover:bg-hover hover:text-text-1 {tone}")
                }
                data-testid="ladder-recentre"
                title="The last price to the middle (Home)"
                on:click=move |_| change(&|state| state.act(LadderAction::Recentre))
            >
                "Centre"
            </button>
            <GroupSelect grouping=choices.grouping testid="ladder-group" />
        }
    };
    view! {
        <Panel title="Ladder" tools=tools>
            <div
                class="relative min-h-0 grow"
                on:pointerenter=move |event: PointerEvent| change(&|state| state.enter(event.offset_y().into()))
                on:pointerleave=move |_| change(&LadderState::leave)
                on:pointerdown=move |event: PointerEvent| {
                    if screen.grasp(&event) {
                        change(&|state| state.press(event.offset_y().into()));
                    }
                }
                on:pointermove=move |event: PointerEvent| change(&|state| state.move_to(event.offset_y().into()))
                on:pointerup=move |_| change(&LadderState::lift)
                on:pointercancel=move |_| change(&LadderState::leave)
                on:wheel=move |event: WheelEvent| {
                    event.prevent_default();
                    change(&|state| state.wheel(event.delta_y(), event.delta_mode()));
                }
                on:keydown=move |event: KeyboardEvent| {
                    if event.ctrl_key() || event.alt_key() || event.meta_key() {
                        return;
                    }
                    if let Some(action) = ladder_action_of(&event.key()) {
                        event.prevent_default();
                        change(&|state| state.act(action));
                    }
                }
            >
                <ScreenView screen context testid="ladder" label=Signal::derive(label) keys=true />
            </div>
        </Panel>
    }
}
