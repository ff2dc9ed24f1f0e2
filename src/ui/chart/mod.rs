//! The candlestick chart: two canvases, a legend, its states and its controls.
//!
//! | module | what it owns |
//! |---|---|
//! | [`feed`], [`gap_feed`] | which bars and gaps to ask for, what live bars change |
//! | [`gesture`] | pointers and wheel to viewport |
//! | [`grid`], [`paint`] | the layer below, and the one that moves |
//! | [`legend`], [`summary`], [`facts`] | the figures, for eyes, for readers and for the browser tests |
//! | [`timeframes`] | the buttons of the header |
//! | `shown`, `canvases` | what is held between two frames, and one frame |
//! | `session` | one instrument and timeframe on screen: wires all of them together |
//!
//! What is drawn where is computed in [`tradesuite_core::chart`]. A tick changes the feed's
//! buffer and asks for a frame; signals change only when the notice or the follow button does.

pub mod facts;
pub mod feed;
pub mod gap_feed;
pub mod gesture;
pub mod grid;
pub mod legend;
pub mod paint;
pub mod summary;
pub mod timeframes;

mod canvases;
mod session;
mod shown;

use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::html::{Canvas, Span};
use leptos::prelude::*;
use tradesuite_core::chart::action_of;

use crate::browser;
use crate::ui::chart::feed::Notice;
use crate::ui::chart::gesture::{Pointer, WheelTurn};
use crate::ui::chart::legend::{LegendLine, LegendNodes};
use crate::ui::chart::session::Session;
use crate::ui::chart::timeframes::{TimeframeBar, chosen_timeframe};
use crate::ui::live::{Link, Live};
use crate::ui::panel::{Panel, PanelContext};
use crate::ui::workspace::Workspace;

/// The chart's elements and the few signals that it writes.
#[derive(Clone, Copy)]
struct Parts {
    grid: NodeRef<Canvas>,
    bars: NodeRef<Canvas>,
    legend: LegendNodes,
    /// Says what is missing.
    missing: NodeRef<Span>,
    summary: NodeRef<Span>,
    facts: NodeRef<Span>,
    notice: RwSignal<Option<Notice>>,
    /// Whether the last bar is followed.
    following: RwSignal<bool>,
}

/// The chart of its instrument.
#[component]
pub fn ChartPanel(
    /// Its place in the page.
    context: PanelContext,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let live = Live::expect();
    let parts = Parts {
        grid: NodeRef::new(),
        bars: NodeRef::new(),
        legend: std::array::from_fn(|_| NodeRef::new()),
        missing: NodeRef::new(),
        summary: NodeRef::new(),
        facts: NodeRef::new(),
        notice: RwSignal::new(Some(Notice::Loading)),
        following: RwSignal::new(true),
    };
    let session = StoredValue::new_local(None::<Session>);
    let shown_timeframe = chosen_timeframe(context);
    Effect::new(move || {
        if workspace.ready.get() {
            let instrument = context.instrument.get();
            let timeframe = shown_timeframe.get();
            session.set_value(Some(Session::start(instrument, timeframe, parts)));
        }
    });
    on_cleanup(move || drop(session.try_update_value(Option::take)));
    let with = move |action: &dyn Fn(&Session)| {
        // Nothing happens before the session begins and after the page is taken down.
        let _ = session.try_with_value(|session| session.as_ref().map(action));
    };
    let label = move || {
        let (instrument, timeframe) = (context.instrument.get(), shown_timeframe.get());
        format!("Candlestick chart of {}, {timeframe}", instrument.symbol())
    };
    let summary_id = context.element_id("summary");
    view! {
        <Panel title="Chart" tools=move || view! { <TimeframeBar context /> }>
            <div class="relative min-h-0 grow">
                <canvas node_ref=parts.grid class="pointer-events-none absolute inset-0 size-full" aria-hidden="true"></canvas>
                <canvas
                    node_ref=parts.bars
                    class="absolute inset-0 size-full cursor-crosshair"
                    data-testid="chart"
                    role="application"
                    tabindex="0"
                    aria-label=label
                    aria-describedby=summary_id.clone()
                    on:pointerdown=move |event: PointerEvent| {
                        if event.button() == 0 {
                            browser::capture_pointer(parts.bars, event.pointer_id());
                            with(&|session| session.press(pointer_of(&event)));
                        }
                    }
                    on:pointermove=move |event: PointerEvent| with(&|session| session.move_to(pointer_of(&event)))
                    on:pointerup=move |event: PointerEvent| with(&|session| session.lift(event.pointer_id()))
                    on:pointercancel=move |event: PointerEvent| with(&|session| session.lift(event.pointer_id()))
                    on:pointerleave=move |event: PointerEvent| with(&|session| session.leave(pointer_of(&event)))
                    on:wheel=move |event: WheelEvent| {
                        event.prevent_default();
                        with(&|session| session.wheel(turn_of(&event)));
                    }
                    on:dblclick=move |_| with(&|session| session.reset())
                    on:keydown=move |event: KeyboardEvent| {
                        if event.ctrl_key() || event.alt_key() || event.meta_key() {
                            return;
                        }
                        if let Some(action) = action_of(&event.key(), event.shift_key()) {
                            event.prevent_default();
                            with(&|session| session.act(action));
                        }
                    }
                ></canvas>
                <span id=summary_id class="sr-only" node_ref=parts.summary data-testid="chart-summary"></span>
                <span hidden=true node_ref=parts.facts data-testid="chart-facts"></span>
                <LegendLine context nodes=parts.legend missing=parts.missing />
                <Show when=move || !parts.following.get()>
                    <button
                        class="absolute bottom-9 right-24 h-7 cursor-pointer rounded border border-line-strong bg-raised px-2.5 text-[11px] hover:bg-hover"
                        data-testid="jump-to-now"
                        on:click=move |_| with(&|session| session.jump_to_now())
                    >
                        "To now →"
                    </button>
                </Show>
                <NoticeBox notice=parts.notice link=live.link() />
            </div>
        </Panel>
    }
}

/// Says what is loading, missing or not true any more.
#[component]
fn NoticeBox(notice: RwSignal<Option<Notice>>, link: Signal<Link>) -> impl IntoView {
    let text = move || match (notice.get(), link.get()) {
        (Some(Notice::Loading), _) => Some("Loading bars…".to_owned()),
        (Some(Notice::Failed(why)), _) => Some(format!(
            "The bars could not be loaded: {why}. Trying again."
        )),
        (_, Link::Lost) => {
            Some("The server cannot be reached; this is what was seen until then.".to_owned())
        }
        (Some(Notice::Empty(why)), _) if why.is_empty() => Some(
            "No bars yet: this market has not traded since the server began to watch it."
                .to_owned(),
        ),
        (Some(Notice::Empty(why) | Notice::Incomplete(why)), _) => Some(why),
        (Some(Notice::Few(1)), _) => Some("One bar so far; nothing older is known.".to_owned()),
        (Some(Notice::Few(bars)), _) => {
            Some(format!("{bars} bars so far; nothing older is known."))
        }
        (Some(Notice::Stale(why)), _) => Some(format!("Stale: {why}")),
        (None, _) => None,
    };
    let covers = move || {
        matches!(
            notice.get(),
            Some(Notice::Loading | Notice::Failed(_) | Notice::Empty(_))
        )
    };
    let place = move || {
        let at = if covers() {
            "top-1/2 -translate-y-1/2"
        } else {
            "bottom-9"
        };
        format!(
            "pointer-events-none absolute left-1/2 {at} max-w-[80%] -translate-x-1/2 rounded bg-raised px-3 py-2 text-center text-text-2"
        )
    };
    view! {
        <Show when=move || text().is_some()>
            <p class=place data-testid="chart-note" role="status">
                {text}
            </p>
        </Show>
    }
}

fn pointer_of(event: &PointerEvent) -> Pointer {
    Pointer {
        id: event.pointer_id(),
        x: event.offset_x().into(),
        y: event.offset_y().into(),
        touch: event.pointer_type() == "touch",
    }
}

fn turn_of(event: &WheelEvent) -> WheelTurn {
    WheelTurn {
        x: event.offset_x().into(),
        delta_x: event.delta_x(),
        delta_y: event.delta_y(),
        mode: event.delta_mode(),
        pinch: event.ctrl_key(),
        shift: event.shift_key(),
    }
}
