//! A canvas that is painted when its data, its size or the theme changes, and not otherwise.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::html::Canvas;
use leptos::prelude::*;

use crate::browser::{self, FrameLoop, Surface, SurfaceSize};

/// The theme's colours, read once a change of theme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// Background of a panel.
    pub panel: String,
    /// Background of what lies on a panel.
    pub raised: String,
    /// Hairlines.
    pub line: String,
    /// Hairlines that must be seen.
    pub line_strong: String,
    /// What is read first.
    pub text_1: String,
    /// What is read second.
    pub text_2: String,
    /// Rising, bids, buys.
    pub up: String,
    /// Falling, asks, sells.
    pub down: String,
    /// [`Palette::up`] as text, or below text.
    pub up_text: String,
    /// [`Palette::down`] as text, or below text.
    pub down_text: String,
    /// Selected.
    pub accent: String,
    /// Warning.
    pub warning: String,
    /// Text on a coloured ground.
    pub on_accent: String,
    /// Lines of indicators, in order.
    pub lines: [String; 5],
}

impl Palette {
    fn read() -> Self {
        let color = browser::theme_color;
        Self {
            panel: color("--panel"),
            raised: color("--raised"),
            line: color("--line"),
            line_strong: color("--line-strong"),
            text_1: color("--text-1"),
            text_2: color("--text-2"),
            up: color("--up"),
            down: color("--down"),
            up_text: color("--up-text"),
            down_text: color("--down-text"),
            accent: color("--accent"),
            warning: color("--warning"),
            on_accent: color("--on-accent"),
            lines: ["--line-a", "--line-b", "--line-c", "--line-d", "--line-e"].map(color),
        }
    }
}

/// Asks a canvas to be painted.
#[derive(Clone, Debug)]
pub struct Painter {
    frames: FrameLoop,
    /// The next frame is painted whatever was painted just now.
    urgent: Rc<Cell<bool>>,
    palette: Rc<RefCell<Option<Palette>>>,
}

impl Painter {
    /// Paints `node` with `paint`, at most every `interval_ms` milliseconds (0: every frame).
    /// Call it in an effect; the painter ends with the effect's owner.
    pub fn start(
        node: NodeRef<Canvas>,
        interval_ms: f64,
        mut paint: impl FnMut(&Surface, SurfaceSize, &Palette) + 'static,
    ) -> Self {
        Self::start_moving(node, interval_ms, move |surface, size, palette| {
            paint(surface, size, palette);
            false
        })
    }

    /// [`Painter::start`] for a picture that may go on by itself: `paint` says whether it does.
    pub fn start_moving(
        node: NodeRef<Canvas>,
        interval_ms: f64,
        mut paint: impl FnMut(&Surface, SurfaceSize, &Palette) -> bool + 'static,
    ) -> Self {
        let palette = Rc::new(RefCell::new(None));
        let urgent = Rc::new(Cell::new(false));
        let is_urgent = Rc::clone(&urgent);
        let frames_of_itself: Rc<RefCell<Option<FrameLoop>>> = Rc::default();
        let (colors, again) = (Rc::clone(&palette), Rc::clone(&frames_of_itself));
        let mut painted_at = f64::MIN;
        let mut surface = None;
        let mut last_size = SurfaceSize::default();
        let frames = FrameLoop::new(move |at| {
            surface = surface.take().or_else(|| Surface::of(&node));
            let Some(surface) = &surface else {
                return;
            };
            let size = surface.fit();
            let is_early = at - painted_at < interval_ms && size == last_size;
            let is_urgent = is_urgent.take();
            if is_early && let Some(frames) = again.borrow().as_ref() {
                // Also after an urgent frame: what is written less often than painted follows.
                frames.request();
            }
            if is_early && !is_urgent {
                return;
            }
            painted_at = at;
            last_size = size;
            if !size.is_empty() {
                let mut colors = colors.borrow_mut();
                surface.clear();
                let goes_on = paint(surface, size, colors.get_or_insert_with(Palette::read));
                if goes_on && let Some(frames) = again.borrow().as_ref() {
                    frames.request();
                }
            }
        });
        *frames_of_itself.borrow_mut() = Some(frames.clone());
        let painter = Self {
            frames,
            urgent,
            palette,
        };
        painter.watch(node, frames_of_itself);
        painter.request();
        painter
    }

    /// Paints in the next frame, or as soon as the interval is over.
    pub fn request(&self) {
        self.frames.request();
    }

    /// Paints in the next frame, whenever it was painted last.
    pub fn request_now(&self) {
        self.urgent.set(true);
        self.request();
    }

    /// Reads the colours anew and paints.
    pub fn recolor(&self) {
        self.palette.borrow_mut().take();
        self.request();
    }

    fn watch(&self, node: NodeRef<Canvas>, frames_of_itself: Rc<RefCell<Option<FrameLoop>>>) {
        let on_size = self.clone();
        let on_theme = self.clone();
        let guards = (
            browser::on_resize(node, move || on_size.request()),
            browser::on_theme_change(move || on_theme.recolor()),
        );
        let held = StoredValue::new_local(Some((guards, frames_of_itself)));
        on_cleanup(move || {
            if let Some((_guards, frames)) = held.try_update_value(Option::take).flatten() {
                // Who waits for an answer still holds the painter. This also breaks the loop's hold
                // on itself.
                if let Some(frames) = frames.take() {
                    frames.stop();
                }
            }
        });
    }
}
