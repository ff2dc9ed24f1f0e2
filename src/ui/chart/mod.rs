//! The candlestick chart: two canvases, a legend, its states and its controls.
//!
//! | module | what it owns |
//! |---|---|
//! | [`feed`], [`gap_feed`] | which bars and gaps to ask for, what live bars change |
//! | [`gesture`] | pointers and wheel to viewport |
//! | [`grid`], [`paint`], [`paint_studies`], [`paint_lines`], [`tags`] | the layer below, and the one that moves |
//! | [`legend`], [`summary`], [`facts`] | the figures, for eyes, for readers and for the browser tests |
//! | [`indicators`] | which indicators are wanted and how they look |
//! | [`indicator_menu`], [`study_legend`] | adding, setting, hiding and removing them |
//! | [`marked`] | lines that a person drew, levels of the day and the week before |
//! | [`typing`] | a timeframe, an instrument or a date typed over the chart |
//! | [`timeframes`], [`looks`], [`more_menu`] | the choices of the header |
//! | `session`, `shown`, `canvases`, `tools` | one instrument and timeframe on screen: wires all of them together |
//!
//! What is drawn where is computed in [`tradesuite_core::chart`]. A tick changes the feed's
//! buffer and asks for a frame; signals change only when the notice or the follow button does.

pub mod facts;
pub mod feed;
pub mod gap_feed;
pub mod gesture;
pub mod grid;
pub mod indicator_menu;
pub mod indicators;
pub mod legend;
pub mod looks;
pub mod marked;
pub mod more_menu;
pub mod paint;
pub mod paint_lines;
pub mod paint_studies;
pub mod study_legend;
pub mod summary;
pub mod tags;
pub mod timeframes;
pub mod typing;

mod canvases;
mod session;
mod shown;
mod tools;

use std::collections::BTreeMap;

use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};
use leptos::html::{Canvas, Span};
use leptos::prelude::*;
use tradesuite_core::chart::{Spot, action_of};

use crate::browser;
use crate::ui::chart::feed::Notice;
use crate::ui::chart::gesture::{Pointer, WheelTurn};
use crate::ui::chart::indicator_menu::{IndicatorButton, IndicatorPopover};
use crate::ui::chart::indicators::Indicators;
use crate::ui::chart::legend::{LegendLine, LegendNodes};
use crate::ui::chart::looks::{LookMenus, chosen_kind, chosen_scale};
use crate::ui::chart::marked::DrawnLines;
use crate::ui::chart::more_menu::{MoreMenu, wants_levels};
use crate::ui::chart::session::Session;
use crate::ui::chart::study_legend::{StudyLegend, StudyReadouts};
use crate::ui::chart::timeframes::{TimeframeBar, chosen_timeframe};
use crate::ui::chart::typing::{TypeBox, begins};
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
    /// The indicators, as they are set.
    indicators: Indicators,
    /// Where their values are written.
    study_values: StudyReadouts,
    /// Told when a frame ends before every indicator is computed.
    unfinished: Trigger,
    /// The lines drawn, as they are kept.
    lines: DrawnLines,
    /// The line to the server.
    live: Live,
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
        indicators: Indicators::of(context),
        study_values: StoredValue::new_local(BTreeMap::new()),
        unfinished: Trigger::new(),
        lines: DrawnLines::of(context),
        live,
    };
    let indicators = parts.indicators;
    let session = StoredValue::new_local(None::<Session>);
    let shown_timeframe = chosen_timeframe(context);
    let (kind, scale) = (chosen_kind(context), chosen_scale(context));
    let started = Trigger::new();
    let with = move |action: &dyn Fn(&Session)| {
        // Nothing happens before the session begins and after the page is taken down.
        let _ = session.try_with_value(|session| session.as_ref().map(action));
    };
    Effect::new(move || {
        if workspace.ready.get() {
            let instrument = context.instrument.get();
            let timeframe = shown_timeframe.get();
            session.set_value(Some(Session::start(instrument, timeframe, parts)));
            started.notify();
        }
    });
    Effect::new(move || {
        started.track();
        let (kind, scale) = (kind.get(), scale.get());
        with(&|session| session.set_looks(kind, scale));
    });
    Effect::new(move || {
        started.track();
        let list = indicators.list.get();
        with(&|session| session.set_indicators(&list));
    });
    let levels = wants_levels(context);
    Effect::new(move || {
        started.track();
        let wanted = levels.get();
        with(&|session| session.set_levels(wanted));
    });
    Effect::new(move || {
        started.track();
        with(&|session| session.set_lines());
    });
    let typed = RwSignal::new(None::<String>);
    on_cleanup(move || drop(session.try_update_value(Option::take)));
    let label = move || {
        let (instrument, timeframe) = (context.instrument.get(), shown_timeframe.get());
        format!("Candlestick chart of {}, {timeframe}", instrument.symbol())
    };
    let cursor = RwSignal::new(CROSSHAIR);
    let summary_id = context.element_id("summary");
    view! {
        <Panel title="Chart" tools=move || {
            view! {
                <TimeframeBar context />
                <LookMenus context />
                <IndicatorButton indicators />
                <MoreMenu
                    context
                    save_picture=move || with(&|session| session.save_picture())
                    save_table=move || with(&|session| session.save_table())
                />
            }
        }>
            <div class="relative min-h-0 grow">
                <canvas node_ref=parts.grid class="pointer-events-none absolute inset-0 size-full" aria-hidden="true"></canvas>
                <canvas
                    node_ref=parts.bars
                    class=move || format!("absolute inset-0 size-full {}", cursor.get())
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
                    on:pointermove=move |event: PointerEvent| {
                        let pointer = pointer_of(&event);
                        with(&|session| {
                            session.move_to(pointer);
                            if event.buttons() == 0 {
                                show_cursor(cursor, session.spot(pointer.x, pointer.y));
                            }
                        });
                    }
                    on:pointerup=move |event: PointerEvent| with(&|session| session.lift(event.pointer_id()))
                    on:pointercancel=move |event: PointerEvent| with(&|session| session.lift(event.pointer_id()))
                    on:pointerleave=move |event: PointerEvent| with(&|session| session.leave(pointer_of(&event)))
                    on:wheel=move |event: WheelEvent| {
                        event.prevent_default();
                        with(&|session| session.wheel(turn_of(&event)));
                    }
                    on:dblclick=move |event: MouseEvent| {
                        with(&|session| session.double(event.offset_x().into(), event.offset_y().into()));
                    }
                    on:keydown=move |event: KeyboardEvent| {
                        if event.alt_key() && event.code() == "KeyH" {
                            event.prevent_default();
                            with(&|session| session.toggle_line());
                        }
                        if event.ctrl_key() || event.alt_key() || event.meta_key() {
                            return;
                        }
                        if event.key() == "Escape" {
                            with(&|session| session.end_measure());
                        }
                        if let Some(action) = action_of(&event.key(), event.shift_key()) {
                            event.prevent_default();
                            with(&|session| session.act(action));
                        } else if begins(&event.key()) {
                            event.prevent_default();
                            typed.set(Some(event.key()));
                        }
                    }
                ></canvas>
                <span id=summary_id class="sr-only" node_ref=parts.summary data-testid="chart-summary"></span>
                <span hidden=true node_ref=parts.facts data-testid="chart-facts"></span>
                <div class="pointer-events-none absolute top-2 left-2.5 flex max-w-[calc(100%-90px)] flex-col">
                    <LegendLine context nodes=parts.legend missing=parts.missing />
                    <StudyLegend indicators readouts=parts.study_values in_panes=false />
                </div>
                <div class="pointer-events-none absolute inset-0 overflow-hidden">
                    <StudyLegend indicators readouts=parts.study_values in_panes=true />
                </div>
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
                <IndicatorPopover indicators />
                <TypeBox
                    context
                    typed
                    go_to=move |time| with(&|session| session.go_to(time))
                    leave=move || {
                        if let Some(canvas) = parts.bars.get_untracked() {
                            // Fails only where the element cannot have the focus.
                            let _ = canvas.focus();
                        }
                    }
                />
            </div>
        </Panel>
    }
}

/// Says what is loading, missing or not true any more.
#[component]
fn NoticeBox(notice: RwSignal<Option<Notice>>, link: Signal<Link>) -> impl IntoView {
    let since = Live::expect().lost_at(Workspace::expect().zone);
    let text = move || match (notice.get(), link.get()) {
        (Some(Notice::Loading), _) => Some("Loading bars…".to_owned()),
        (Some(Notice::Failed(why)), _) => Some(format!(
            "The bars could not be loaded: {why}. Trying again."
        )),
        (_, Link::Lost) => Some(format!(
            "The server cannot be reached; this is what was seen until {}.",
            since().unwrap_or_else(|| "then".to_owned())
        )),
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

const CROSSHAIR: &str = "cursor-crosshair";

/// Shows by the pointer what can be dragged there.
fn show_cursor(cursor: RwSignal<&'static str>, spot: Spot) {
    let wanted = match spot {
        Spot::Plot(_) => CROSSHAIR,
        Spot::PriceAxis(_) => "cursor-ns-resize",
        Spot::Divider(_) | Spot::Line(_) => "cursor-row-resize",
        Spot::TimeAxis => "cursor-grab",
    };
    if cursor.get_untracked() != wanted {
        cursor.set(wanted);
    }
}

fn pointer_of(event: &PointerEvent) -> Pointer {
    Pointer {
        id: event.pointer_id(),
        x: event.offset_x().into(),
        y: event.offset_y().into(),
        touch: event.pointer_type() == "touch",
        shift: event.shift_key(),
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
