//! The elements of a painted panel: one canvas, its words for those who cannot see it, and a note
//! where it does not show the market as it is.
//!
//! A note on figures that still stand there takes the place of the captions, so that it never
//! covers a price; where nothing stands there it is in the middle.

use leptos::ev::PointerEvent;
use leptos::html::{Canvas, Span};
use leptos::prelude::*;
use leptos::web_sys::EventTarget;

use crate::browser;
use crate::ui::live::{Link, Live};
use crate::ui::panel::{Note, PanelContext};
use crate::ui::workspace::Workspace;

/// Height of the line of captions at the top of a canvas, CSS pixels.
pub const CAPTIONS: f64 = 20.0;

/// The elements and what is said about them; cheap to copy into closures.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// What is painted on.
    pub canvas: NodeRef<Canvas>,
    /// Where the summary is written.
    pub(super) summary: NodeRef<Span>,
    /// Where the figures are written.
    pub(super) facts: NodeRef<Span>,
    /// Why the market is not shown as it is.
    pub(super) note: RwSignal<Option<Note>>,
    /// How often a person has asked for everything anew.
    pub(super) asked: RwSignal<u32>,
}

impl Screen {
    /// Elements that are not in the page yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            canvas: NodeRef::new(),
            summary: NodeRef::new(),
            facts: NodeRef::new(),
            note: RwSignal::new(None),
            asked: RwSignal::new(0),
        }
    }

    /// Leaves the topics and listens to them again: the server answers with how things are.
    pub fn resync(self) {
        self.asked.update(|asked| *asked = asked.wrapping_add(1));
    }

    /// Holds a pointer that came down on the canvas with its main button, until it is lifted. Says
    /// whether it did: what lies over the canvas keeps its presses, or it could not be clicked.
    #[must_use]
    pub fn grasp(self, event: &PointerEvent) -> bool {
        let canvas = self.canvas.get_untracked().map(EventTarget::from);
        let is_grasped = event.button() == 0 && canvas.is_some() && event.target() == canvas;
        if is_grasped {
            browser::capture_pointer(self.canvas, event.pointer_id());
        }
        is_grasped
    }
}

impl Default for Screen {
    fn default() -> Self {
        Self::new()
    }
}

/// A screen in the page. Gestures are listened to by the element around it.
#[component]
pub fn ScreenView(
    /// Its elements.
    screen: Screen,
    /// Its place in the page.
    context: PanelContext,
    /// For the browser tests; summary, figures and note are named after it.
    testid: &'static str,
    /// What the canvas shows.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it listens to keys.
    #[prop(optional)]
    keys: bool,
) -> impl IntoView {
    let link = Live::expect().link();
    let is_lost = move || link.get() == Link::Lost;
    let class = move || {
        let dimmed = if is_lost() { "opacity-50" } else { "" };
        format!("size-full {dimmed}")
    };
    let summary_id = context.element_id("summary");
    view! {
        <canvas
            node_ref=screen.canvas
            class=class
            data-testid=testid
            role=if keys { "application" } else { "img" }
            tabindex=keys.then_some("0")
            aria-label=label
            aria-describedby=summary_id.clone()
        ></canvas>
        <span
            id=summary_id
            class="sr-only"
            node_ref=screen.summary
            data-testid=format!("{testid}-summary")
        ></span>
        <span hidden=true node_ref=screen.facts data-testid=format!("{testid}-facts")></span>
        <NoteView screen link testid />
    }
}

/// What is said instead of the market, if anything.
#[component]
fn NoteView(screen: Screen, link: Signal<Link>, testid: &'static str) -> impl IntoView {
    let middle = move || match (screen.note.get(), link.get()) {
        (Some(Note::Waiting(_)), Link::Lost) => Some("The server cannot be reached."),
        (Some(Note::Waiting(text) | Note::Empty(text)), _) => Some(text),
        _ => None,
    };
    let since = Live::expect().lost_at(Workspace::expect().zone);
    let strip = move || match (screen.note.get(), link.get()) {
        (Some(Note::Waiting(_)), _) => None,
        // Nothing that was stale is shown.
        (Some(Note::Stale(_)), Link::Lost) => Some("Not connected.".to_owned()),
        (_, Link::Lost) => Some(format!(
            "Not connected: this is what was seen until {}.",
            since().unwrap_or_else(|| "then".to_owned())
        )),
        (Some(Note::Stale(reason)), _) => Some(format!("Stale: {reason}")),
        _ => None,
    };
    let may_ask = move || link.get() != Link::Lost;
    let note_id = move || format!("{testid}-note");
    view! {
        <Show when=move || middle().is_some()>
            <p
                class="pointer-events-none absolute inset-x-3 top-1/2 -translate-y-1/2 rounded bg-raised px-3 py-2 text-center text-text-2"
                data-testid=note_id
                role="status"
            >
                {middle}
            </p>
        </Show>
        <Show when=move || strip().is_some()>
            <div
                class="absolute inset-x-0 top-0 flex h-5 items-center gap-2 bg-raised pr-1 pl-2.5 text-[11px] text-warning"
                data-testid=note_id
                role="status"
            >
                <span class="min-w-0 grow truncate" title=strip>
                    {strip}
                </span>
                <Show when=may_ask>
                    <button
                        class="shrink-0 cursor-pointer rounded px-1.5 text-text-1 hover:bg-hover"
                        data-testid=format!("{testid}-resync")
                        on:click=move |_| screen.resync()
                    >
                        "Ask again"
                    </button>
                </Show>
            </div>
        </Show>
    }
}
