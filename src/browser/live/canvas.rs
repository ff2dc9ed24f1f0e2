//! Painting on a canvas in device pixels.
//!
//! What moves every frame is filled as rectangles grouped by colour; grid and axis labels, which
//! change rarely, go through plotters.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::html::Canvas;
use leptos::prelude::{GetUntracked, NodeRef};
use plotters::prelude::{IntoDrawingArea, IntoFont, PathElement, RGBAColor, Text, TextStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::browser::pen::Pen;
use crate::browser::types::{Align, Axes, Font, Rect, SurfaceSize};

/// The page's own fonts.
pub(super) const FAMILY: &str = "\"Inter Variable\", system-ui, sans-serif";

/// A canvas and its context.
#[derive(Clone, Debug)]
pub struct Surface {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// A call from WebAssembly costs more than the comparison that saves it.
    pen: Rc<RefCell<Pen>>,
}

impl Surface {
    /// The canvas behind a node, once it is in the page.
    #[must_use]
    pub fn of(node: &NodeRef<Canvas>) -> Option<Self> {
        let canvas: HtmlCanvasElement = node.get_untracked()?;
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self {
            canvas,
            context,
            pen: Rc::default(),
        })
    }

    /// Gives the canvas as many device pixels as it covers and says how many. Clears it where
    /// that number changed.
    #[must_use]
    pub fn fit(&self) -> SurfaceSize {
        let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
        let bounds = self.canvas.get_bounding_client_rect();
        // Device pixels from the first to the last edge: at a fractional ratio that is what the
        // canvas covers, and rounding its size alone would stretch it by a pixel.
        let width = ((bounds.right() * ratio).round() - (bounds.left() * ratio).round()).max(0.0);
        let height = ((bounds.bottom() * ratio).round() - (bounds.top() * ratio).round()).max(0.0);
        if f64::from(self.canvas.width()) != width {
            self.canvas.set_width(width as u32);
            self.forget();
        }
        if f64::from(self.canvas.height()) != height {
            self.canvas.set_height(height as u32);
            self.forget();
        }
        SurfaceSize {
            width,
            height,
            ratio,
        }
    }

    /// Makes every pixel transparent.
    pub fn clear(&self) {
        // Also what is known of the context: a browser that loses its graphics begins it anew.
        self.forget();
        self.context.clear_rect(
            0.0,
            0.0,
            f64::from(self.canvas.width()),
            f64::from(self.canvas.height()),
        );
    }

    /// Fills rectangles in one colour.
    pub fn fill_rects(&self, color: &str, opacity: f64, rects: &[Rect]) {
        if rects.is_empty() {
            return;
        }
        self.use_fill(color);
        self.see_through(opacity, || {
            for rect in rects {
                self.context
                    .fill_rect(rect.x, rect.y, rect.width, rect.height);
            }
        });
    }

    /// Writes a text, centred vertically on the point.
    pub fn text(&self, text: &str, at: (f64, f64), align: Align, font: Font, color: &str) {
        self.use_font(font);
        self.use_fill(color);
        if self.pen.borrow_mut().takes_centre() {
            self.context.set_text_baseline("middle");
        }
        if self.pen.borrow_mut().takes_align(align) {
            self.context.set_text_align(match align {
                Align::Left => "left",
                Align::Center => "center",
                Align::Right => "right",
            });
        }
        // Only a canvas in a state of error refuses, and then nothing can be shown anyway.
        let _ = self.context.fill_text(text, at.0, at.1);
    }

    /// Width of a text in device pixels.
    #[must_use]
    pub fn text_width(&self, text: &str, font: Font) -> f64 {
        self.use_font(font);
        self.context
            .measure_text(text)
            .map_or(0.0, |metrics| metrics.width())
    }

    /// Draws a line through the points.
    pub fn polyline(&self, points: &[(f64, f64)], width: f64, color: &str) {
        let Some((first, rest)) = points.split_first() else {
            return;
        };
        self.context.begin_path();
        self.context.move_to(first.0, first.1);
        for point in rest {
            self.context.line_to(point.0, point.1);
        }
        self.context.set_line_width(width);
        self.context.set_line_join("round");
        self.context.set_stroke_style_str(color);
        self.context.stroke();
    }

    /// Fills what the points enclose in one colour.
    pub fn polygon(&self, points: impl Iterator<Item = (f64, f64)>, color: &str, opacity: f64) {
        self.context.begin_path();
        for (x, y) in points {
            self.context.line_to(x, y);
        }
        self.use_fill(color);
        self.see_through(opacity, || self.context.fill());
    }

    /// Does what `paint` says inside a rectangle, and nothing outside.
    pub fn clipped(&self, rect: Rect, paint: impl FnOnce()) {
        self.context.save();
        self.context.begin_path();
        self.context.rect(rect.x, rect.y, rect.width, rect.height);
        self.context.clip();
        paint();
        self.context.restore();
        self.forget();
    }

    /// Draws grid and axis labels with plotters.
    pub fn axes(&self, axes: &Axes) {
        let Some(backend) = CanvasBackend::with_canvas_object(self.canvas.clone()) else {
            return;
        };
        // Plotters sets the same context as it likes.
        self.forget();
        let area = backend.into_drawing_area();
        let line_color = plotters_color(&axes.line_color, axes.line_opacity);
        for line in &axes.lines {
            let element = PathElement::new(vec![line.from, line.to], line_color);
            report(area.draw(&element));
        }
        let label_color = plotters_color(&axes.label_color, 1.0);
        let style = TextStyle::from((FAMILY, axes.font_px).into_font()).color(&label_color);
        for label in &axes.labels {
            let horizontal = match label.align {
                Align::Left => HPos::Left,
                Align::Center => HPos::Center,
                Align::Right => HPos::Right,
            };
            let style = style.clone().pos(Pos::new(horizontal, VPos::Center));
            report(area.draw(&Text::new(label.text.as_str(), label.at, style)));
        }
        report(area.present());
    }

    fn use_font(&self, font: Font) {
        if self.pen.borrow_mut().takes_font(font) {
            let css = format!("{} {}px {FAMILY}", font.weight, font.px);
            self.context.set_font(&css);
        }
    }

    fn use_fill(&self, color: &str) {
        if self.pen.borrow_mut().takes_fill(color) {
            self.context.set_fill_style_str(color);
        }
    }

    /// Does what `paint` says in an opacity from 0 to 1.
    fn see_through(&self, opacity: f64, paint: impl FnOnce()) {
        let is_clear = opacity < 1.0;
        if is_clear {
            self.context.set_global_alpha(opacity);
        }
        paint();
        if is_clear {
            self.context.set_global_alpha(1.0);
        }
    }

    fn forget(&self) {
        self.pen.borrow_mut().forget();
    }
}

/// `#rrggbb` as plotters wants it; anything else becomes a middle grey, which is seen at once.
fn plotters_color(css: &str, opacity: f64) -> RGBAColor {
    let channel = |range: std::ops::Range<usize>| {
        css.get(range)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .unwrap_or(128)
    };
    RGBAColor(channel(1..3), channel(3..5), channel(5..7), opacity)
}

/// Plotters fails only where the canvas does; the page goes on without the grid.
fn report<E: std::error::Error + Send + Sync>(
    result: Result<(), plotters::drawing::DrawingAreaErrorKind<E>>,
) {
    if let Err(error) = result {
        leptos::logging::warn!("failed to draw the axes: {error}");
    }
}
