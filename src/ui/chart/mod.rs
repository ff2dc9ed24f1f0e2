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
//! | [`marked`] | what a person drew, levels of the day and the week before |
//! | [`drawn`], [`drawing_form`] | drawing, choosing and moving; the form of a drawing |
//! | [`dividers`] | the lines between panes, for the keyboard |
//! | [`typing`], [`go_to`] | a timeframe, an instrument or a date typed over the chart; the box of a date |
//! | [`notice`] | what is said over the bars |
//! | `keys` | what keys do |
//! | [`timeframes`], [`looks`], [`more_menu`] | the choices of the header |
//! | `session`, `shown`, `canvases`, `tools` | one instrument and timeframe on screen: wires all of them together |
//!
//! What is drawn where is computed in [`tradesuite_core::chart`]. A tick changes the feed's
//! buffer and asks for a frame; signals change only when the notice or the follow button does.

pub mod dividers;
pub mod drawing_form;
pub mod drawn;
pub mod facts;
pub mod feed;
pub mod gap_feed;
pub mod gesture;
pub mod go_to;
pub mod grid;
pub mod indicator_menu;
pub mod indicators;
pub mod legend;
pub mod looks;
pub mod marked;
pub mod more_menu;
pub mod notice;
pub mod paint;
pub mod paint_lines;
pub mod paint_studies;
pub mod study_legend;
pub mod summary;
pub mod tags;
pub mod timeframes;
pub mod typing;

mod canvases;
mod keys;
mod session;
mod shown;
mod tools;

use std::collections::BTreeMap;

use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};
use leptos::html::{Canvas, Span};
use leptos::prelude::*;
use tradesuite_core::chart::Spot;
use tradesuite_core::dock::PanelId;

use crate::browser;
use crate::ui::chart::dividers::PaneDividers;
use crate::ui::chart::drawing_form::{DrawingForm, DrawingNotes};
use crate::ui::chart::drawn::ChartDrawings;
use crate::ui::chart::feed::Notice;
use crate::ui::chart::gesture::{Pointer, WheelTurn};
use crate::ui::chart::go_to::GoToBox;
use crate::ui::chart::indicator_menu::{IndicatorButton, IndicatorPopover};
use crate::ui::chart::indicators::Indicators;
use crate::ui::chart::keys::{Boxes, on_key, use_tool};
use crate::ui::chart::legend::{LegendLine, LegendNodes};
use crate::ui::chart::looks::{LookMenus, chosen_kind, chosen_scale};
use crate::ui::chart::more_menu::{MoreMenu, wants_levels};
use crate::ui::chart::notice::{Going, NoticeBox};
use crate::ui::chart::session::Session;
use crate::ui::chart::study_legend::{StudyLegend, StudyReadouts};
use crate::ui::chart::timeframes::{TimeframeBar, chosen_timeframe};
use crate::ui::chart::typing::TypeBox;
use crate::ui::live::Live;
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
    /// What became of going to a time.
    going: RwSignal<Option<Going>>,
    /// Whether the last bar is followed.
    following: RwSignal<bool>,
    /// The indicators, as they are set.
    indicators: Indicators,
    /// Where their values are written.
    study_values: StudyReadouts,
    /// Told when a frame ends before every indicator is computed.
    unfinished: Trigger,
    /// What is drawn.
    drawings: ChartDrawings,
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
        going: RwSignal::new(None),
        following: RwSignal::new(true),
        indicators: Indicators::of(context),
        study_values: StoredValue::new_local(BTreeMap::new()),
        unfinished: Trigger::new(),
        drawings: ChartDrawings::of(context),
        live,
    };
    let (indicators, drawings) = (parts.indicators, parts.drawings);
    drawings.take_over_lines();
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
        let (list, selected) = (drawings.list(), drawings.selected.get());
        with(&|session| session.set_drawings(list.clone(), selected));
    });
    Effect::new(move || {
        started.track();
        let colour = workspace.link_of(PanelId(context.id));
        with(&|session| session.set_link(colour));
    });
    let boxes = Boxes {
        typed: RwSignal::new(None),
        asked: RwSignal::new(None),
    };
    Effect::new(move || {
        started.track();
        let wanted = workspace.tool_wanted.get();
        if let Some((_, action)) = wanted.filter(|(chart, _)| *chart == PanelId(context.id)) {
            with(&|session| {
                workspace.tool_wanted.set(None);
                // Whether there was anything to do matters to a key only, which others may want.
                untrack(|| use_tool(session, boxes, action));
            });
        }
    });
    let leave = move || {
        if let Some(canvas) = parts.bars.get_untracked() {
            // Fails only where the element cannot have the focus.
            let _ = canvas.focus();
        }
    };
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
                    drawings
                    draw_line=move || with(&|session| session.toggle_line())
                    draw_average=move || with(&|session| session.draw_average())
                    go_to=move || with(&|session| boxes.asked.set(Some(session.middle())))
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
                    on:keydown=move |event: KeyboardEvent| with(&|session| on_key(session, boxes, &event))
                ></canvas>
                <span id=summary_id class="sr-only" node_ref=parts.summary data-testid="chart-summary"></span>
                <span hidden=true node_ref=parts.facts data-testid="chart-facts"></span>
                <div class="pointer-events-none @container/legend absolute top-2 left-2.5 flex w-[calc(100%-90px)] flex-col">
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
                <NoticeBox notice=parts.notice going=parts.going link=live.link() />
                <PaneDividers indicators move_edge=move |id, by| with(&|session| session.move_edge(id, by)) />
                <DrawingNotes drawings keep=move || with(&|session| session.keep_measure()) />
                <IndicatorPopover indicators />
                <DrawingForm drawings leave />
                <TypeBox context typed=boxes.typed go_to=move |time| with(&|session| session.go_to(time)) leave />
                <GoToBox asked=boxes.asked go_to=move |time| with(&|session| session.go_to(time)) leave />
            </div>
        </Panel>
    }
}

const CROSSHAIR: &str = "cursor-crosshair";

/// Shows by the pointer what can be dragged there.
fn show_cursor(cursor: RwSignal<&'static str>, spot: Spot) {
    let wanted = match spot {
        Spot::Plot(_) => CROSSHAIR,
        Spot::PriceAxis(_) => "cursor-ns-resize",
        Spot::Divider(_) => "cursor-row-resize",
        Spot::Drawing(_) => "cursor-pointer",
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
