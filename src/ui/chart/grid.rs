//! The layer below the bars: grid, axis labels and the frame. Painted only when they changed.

use tradesuite_core::chart::{ChartView, LabelMetrics, PriceTick, TimeTick};

use crate::browser::{Align, Axes, AxisLabel, AxisLine, Font, Rect, Surface, SurfaceSize};
use crate::ui::panel::Palette;

/// Size of axis labels, CSS pixels.
pub const LABEL_PX: f64 = 11.0;
/// From the panel's right edge to the price labels, CSS pixels.
pub const LABEL_INSET: f64 = 8.0;
const GRID_OPACITY: f64 = 0.09;

/// The axis font on this screen.
#[must_use]
pub fn label_font(ratio: f64) -> Font {
    Font {
        px: LABEL_PX * ratio,
        weight: 400,
    }
}

/// Widths of the axis font; they change when the page's font has arrived.
#[must_use]
pub fn measure(surface: &Surface, ratio: f64) -> LabelMetrics {
    let width = |text| surface.text_width(text, label_font(ratio)) / ratio;
    let separator = (width("0,0") - width("00")).max(width("0.0") - width("00"));
    LabelMetrics {
        digit: width("0000000000") / 10.0,
        separator,
        ..LabelMetrics::default()
    }
}

/// Where the plot ends, device pixels.
#[must_use]
pub fn plot_edges(view: &ChartView) -> (i32, i32) {
    let (width, height) = view.plot();
    (view.snap().px(width), view.snap().px(height))
}

/// Labels of the price axis that stand whole beside the plot.
pub fn price_labels(view: &ChartView, metrics: LabelMetrics) -> impl Iterator<Item = &PriceTick> {
    let half = view.snap().px(metrics.height / 2.0);
    let (_, bottom) = plot_edges(view);
    let ticks = view.price_ticks().iter();
    ticks.filter(move |tick| (half..bottom - half).contains(&tick.y))
}

/// Labels of the time axis that stand whole below the plot, with their middle in device pixels.
pub fn time_labels(
    view: &ChartView,
    metrics: LabelMetrics,
) -> impl Iterator<Item = (i32, &TimeTick)> {
    let snap = view.snap();
    let columns = view.axis().columns(snap);
    let (right, _) = plot_edges(view);
    view.time_ticks().iter().filter_map(move |tick| {
        // Letters are about as wide as digits: near enough to keep labels whole.
        let half = snap.px(metrics.width(&tick.label) / 2.0);
        let x = columns.at(tick.index);
        (x >= half && x + half <= right).then_some((x, tick))
    })
}

/// Lines and labels of the laid out chart.
fn axes(view: &ChartView, metrics: LabelMetrics, size: SurfaceSize, palette: &Palette) -> Axes {
    let snap = view.snap();
    let (right, bottom) = plot_edges(view);
    let columns = view.axis().columns(snap);
    let across = view.price_ticks().iter().map(|tick| AxisLine {
        from: (0, tick.y),
        to: (right, tick.y),
    });
    let down = view
        .time_ticks()
        .iter()
        .map(|tick| columns.at(tick.index))
        .filter(|x| (0..right).contains(x))
        .map(|x| AxisLine {
            from: (x, 0),
            to: (x, bottom),
        });
    let edge = size.width as i32 - snap.px(LABEL_INSET);
    let prices = price_labels(view, metrics).map(|tick| AxisLabel {
        at: (edge, tick.y),
        align: Align::Right,
        text: tick.label.clone(),
    });
    let middle = i32::midpoint(bottom, size.height as i32);
    let times = time_labels(view, metrics).map(|(x, tick)| AxisLabel {
        at: (x, middle),
        align: Align::Center,
        text: tick.label.clone(),
    });
    Axes {
        lines: across.chain(down).collect(),
        labels: prices.chain(times).collect(),
        font_px: LABEL_PX * size.ratio,
        line_color: palette.text_1.clone(),
        line_opacity: GRID_OPACITY,
        label_color: palette.text_2.clone(),
    }
}

/// Paints the layer.
pub fn paint_grid(
    view: &ChartView,
    metrics: LabelMetrics,
    surface: &Surface,
    size: SurfaceSize,
    palette: &Palette,
) {
    surface.clear();
    surface.axes(&axes(view, metrics, size, palette));
    let (right, bottom) = plot_edges(view);
    let (right, bottom) = (f64::from(right), f64::from(bottom));
    let frame = [
        Rect {
            x: right,
            y: 0.0,
            width: 1.0,
            height: bottom + 1.0,
        },
        Rect {
            x: 0.0,
            y: bottom,
            width: size.width,
            height: 1.0,
        },
    ];
    surface.fill_rects(&palette.line, 1.0, &frame);
}
