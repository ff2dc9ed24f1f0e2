//! The layer below the bars: grid, axis labels and the frame. Painted only when they changed.

use tradesuite_core::chart::{ChartView, LabelMetrics, NumberStyle, PriceTick, Rows, TimeTick};

use crate::browser::{Align, Axes, AxisLabel, AxisLine, Font, Rect, Surface, SurfaceSize};
use crate::ui::panel::Palette;

/// Size of axis labels, CSS pixels.
pub const LABEL_PX: f64 = 11.0;
/// From the panel's right edge to the price labels, CSS pixels.
pub const LABEL_INSET: f64 = 8.0;
const GRID_OPACITY: f64 = 0.09;
/// Levels that are always drawn in a pane: length of a dash, CSS pixels.
const GUIDE: f64 = 3.0;
const GUIDE_OPACITY: f64 = 0.4;

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

/// Where all panes together end, device pixels.
#[must_use]
pub fn plot_edges(view: &ChartView) -> (i32, i32) {
    let (width, height) = view.panes_size();
    (view.snap().px(width), view.snap().px(height))
}

/// Labels of price axes that stand whole beside their pane, with their row.
pub fn price_labels(view: &ChartView, metrics: LabelMetrics) -> impl Iterator<Item = (i32, &str)> {
    let half = view.snap().px(metrics.height / 2.0);
    let is_whole = move |rows: Rows, y: i32| (rows.top + half..rows.bottom() - half).contains(&y);
    let rows = view.rows().first().copied().unwrap_or_default();
    let prices = view.price_ticks().iter();
    let prices = prices.map(|tick: &PriceTick| (tick.y, tick.label.as_str()));
    let values = view.panes().iter().zip(view.rows().iter().skip(1));
    let values = values.flat_map(move |(pane, rows)| {
        let ticks = pane
            .ticks
            .iter()
            .filter(move |tick| is_whole(*rows, tick.y));
        ticks.map(|tick| (tick.y, tick.label.as_str()))
    });
    prices
        .filter(move |(y, _)| is_whole(rows, *y))
        .chain(values)
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
fn axes(
    view: &ChartView,
    (metrics, numbers): (LabelMetrics, NumberStyle),
    size: SurfaceSize,
    palette: &Palette,
) -> Axes {
    let snap = view.snap();
    let (right, bottom) = plot_edges(view);
    let columns = view.axis().columns(snap);
    let values = view.panes().iter().flat_map(|pane| &pane.ticks);
    let rows = view.price_ticks().iter().map(|tick| tick.y);
    let across = rows.chain(values.map(|tick| tick.y)).map(|y| AxisLine {
        from: (0, y),
        to: (right, y),
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
    let prices = price_labels(view, metrics).map(|(y, label)| AxisLabel {
        at: (edge, y),
        align: Align::Right,
        text: numbers.write(label.to_owned()),
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

/// Paints the layer; labels in widths of the axis font, numbers in a style.
pub fn paint_grid(
    view: &ChartView,
    labels: (LabelMetrics, NumberStyle),
    surface: &Surface,
    size: SurfaceSize,
    palette: &Palette,
) {
    surface.clear();
    surface.axes(&axes(view, labels, size, palette));
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
    let dividers = view.rows().iter().skip(1).map(|rows| Rect {
        x: 0.0,
        y: f64::from(rows.top - 1),
        width: size.width,
        height: 1.0,
    });
    let dividers: Vec<Rect> = dividers.collect();
    surface.fill_rects(&palette.line_strong, 1.0, &dividers);
    let guides = view.panes().iter().flat_map(|pane| &pane.guides);
    let guides = guides.flat_map(|y| guide(*y, right, view.snap().px(GUIDE)));
    let guides: Vec<Rect> = guides.collect();
    surface.fill_rects(&palette.text_2, GUIDE_OPACITY, &guides);
}

/// A dashed line across the plot, dashes as long as their gaps.
fn guide(y: i32, right: f64, dash: i32) -> impl Iterator<Item = Rect> {
    let dash = dash.max(1);
    (0..right as i32)
        .step_by(2 * dash as usize)
        .map(move |x| Rect {
            x: f64::from(x),
            y: f64::from(y),
            width: f64::from(dash).min(right - f64::from(x)),
            height: 1.0,
        })
}
