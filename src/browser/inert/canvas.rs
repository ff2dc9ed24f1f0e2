//! The canvas on the server: none.

use leptos::html::Canvas;
use leptos::prelude::NodeRef;

use crate::browser::types::{Align, Axes, Font, Rect, SurfaceSize};

/// A canvas that is not there.
#[derive(Clone, Debug)]
pub struct Surface;

impl Surface {
    /// No canvas.
    #[must_use]
    pub fn of(_node: &NodeRef<Canvas>) -> Option<Self> {
        None
    }

    /// As on most screens.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        1.0
    }

    /// Empty.
    #[must_use]
    pub fn fit(&self) -> SurfaceSize {
        SurfaceSize::default()
    }

    /// Nothing.
    pub fn clear(&self) {}

    /// Nothing.
    pub fn fill_rects(&self, _color: &str, _opacity: f64, _rects: &[Rect]) {}

    /// Nothing.
    pub fn text(&self, _text: &str, _at: (f64, f64), _align: Align, _font: Font, _color: &str) {}

    /// No width.
    #[must_use]
    pub fn text_width(&self, _text: &str, _font: Font) -> f64 {
        0.0
    }

    /// Nothing.
    pub fn polyline(&self, _points: &[(f64, f64)], _width: f64, _color: &str) {}

    /// Nothing.
    pub fn polygon(&self, _points: impl Iterator<Item = (f64, f64)>, _color: &str, _opacity: f64) {}

    /// Nothing.
    pub fn clipped(&self, _rect: Rect, _paint: impl FnOnce()) {}

    /// Nothing.
    pub fn axes(&self, _axes: &Axes) {}
}
