//! A canvas that is painted when its data, its size or the theme changes, and not otherwise.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::html::Canvas;
use leptos::prelude::*;

use crate::browser::{self, Surface, SurfaceSize};
use crate::ui::dock::state::DockState;
use crate::ui::panel::pace::PacedFrames;

/// The size of a canvas is known for so long at most, milliseconds: at a fractional number of
/// device pixels per CSS pixel it follows from the place, too, and nothing tells of every move.
const SIZE_MS: f64 = 1_000.0;

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
    frames: PacedFrames,
    palette: Rc<RefCell<Option<Palette>>>,
    /// Whether the canvas may have another size than it had.
    is_moved: Rc<Cell<bool>>,
}

/// The size of a canvas, read only where it may be another: reading it has the browser lay out
/// whatever changed on the page.
struct Fitted {
    size: SurfaceSize,
    read_at: f64,
}

impl Fitted {
    fn fit(&mut self, surface: &Surface, is_moved: bool, at: f64) -> SurfaceSize {
        let is_old = at - self.read_at >= SIZE_MS;
        if is_moved || is_old || surface.ratio() != self.size.ratio {
            self.size = surface.fit();
            self.read_at = at;
        }
        self.size
    }
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
        let is_moved = Rc::new(Cell::new(true));
        let (colors, moved) = (Rc::clone(&palette), Rc::clone(&is_moved));
        let mut surface = None;
        let mut fitted = Fitted {
            size: SurfaceSize::default(),
            read_at: f64::MIN,
        };
        let frames = PacedFrames::new(interval_ms, move |at| {
            surface = surface.take().or_else(|| Surface::of(&node));
            let Some(surface) = &surface else {
                return false;
            };
            let size = fitted.fit(surface, moved.take(), at);
            if size.is_empty() {
                return false;
            }
            let mut colors = colors.borrow_mut();
            surface.clear();
            paint(surface, size, colors.get_or_insert_with(Palette::read))
        });
        let painter = Self {
            frames,
            palette,
            is_moved,
        };
        painter.watch(node);
        painter.request();
        painter
    }

    /// Paints in the next frame, or as soon as the interval is over.
    pub fn request(&self) {
        self.frames.request();
    }

    /// Paints in the next frame, whenever it was painted last.
    pub fn request_now(&self) {
        self.frames.request_now();
    }

    /// Reads the colours anew and paints.
    pub fn recolor(&self) {
        self.palette.borrow_mut().take();
        self.request();
    }

    /// Reads the size anew and paints before anybody sees the old picture stretched.
    fn resize(&self) {
        self.is_moved.set(true);
        self.request_now();
    }

    fn watch(&self, node: NodeRef<Canvas>) {
        let (on_size, on_theme, on_move) = (self.clone(), self.clone(), self.clone());
        let guards = (
            browser::on_resize(node, move || on_size.resize()),
            browser::on_theme_change(move || on_theme.recolor()),
        );
        if let Some(dock) = use_context::<DockState>() {
            Effect::new(move || {
                dock.geometry.track();
                on_move.resize();
            });
        }
        let held = StoredValue::new_local(Some((guards, self.frames.clone())));
        on_cleanup(move || {
            if let Some((_guards, frames)) = held.try_update_value(Option::take).flatten() {
                // Who waits for an answer still holds the painter.
                frames.stop();
            }
        });
    }
}
