//! Pointers on a chart: hovering, dragging, pinching, the wheel.
//!
//! Turns events, as plain numbers, into changes of the viewport. Positions are CSS pixels from
//! the chart's top left corner.

use tradesuite_core::chart::{Anchor, ChartView, Measure, Spot};

/// A finger or mouse that touches or hovers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointer {
    /// The browser's number for it.
    pub id: i32,
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Whether it is a finger: fingers do not hover.
    pub touch: bool,
    /// Whether Shift is held.
    pub shift: bool,
}

/// What a person did with the pointer that was lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The heights of panes.
    Panes,
    /// The price of a line that was drawn.
    Line(u32),
    /// Nothing: it was only pressed there, on what was drawn or beside it.
    Pressed(Option<u32>),
}

/// A turn of the wheel, in the browser's words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WheelTurn {
    /// Where, from the left.
    pub x: f64,
    /// Sideways, positive to the right.
    pub delta_x: f64,
    /// Positive towards the reader.
    pub delta_y: f64,
    /// `WheelEvent.deltaMode`: 0 pixels, 1 lines, 2 pages.
    pub mode: u32,
    /// Ctrl is held, or two fingers pinch on a trackpad.
    pub pinch: bool,
    /// Shift is held: sideways.
    pub shift: bool,
}

/// How far a finger may move and still tap, CSS pixels.
const TAP_SLOP: f64 = 6.0;
/// Zoom of one notch of a wheel (100 pixels).
const NOTCH: f64 = 1.12;

/// The pointers that are down, and where the crosshair is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gestures {
    down: Vec<Pointer>,
    /// Where the only pointer came down, while it may still be a tap.
    tap: Option<(f64, f64)>,
    crosshair: Option<(f64, f64)>,
    /// What the only pointer took hold of.
    held: Option<Spot>,
    /// What was drawn where it came down.
    touched: Option<u32>,
    /// Where a measure began, while it is drawn.
    measuring: Option<Anchor>,
    measure: Option<Measure>,
}

impl Gestures {
    /// Where the crosshair is wanted.
    #[must_use]
    pub fn crosshair(&self) -> Option<(f64, f64)> {
        self.crosshair
    }

    /// What is measured.
    #[must_use]
    pub fn measure(&self) -> Option<Measure> {
        self.measure
    }

    /// Measures nothing any more. Says whether anything was.
    pub fn end_measure(&mut self) -> bool {
        self.measuring = None;
        self.measure.take().is_some()
    }

    /// Whether the chart is being dragged or pinched.
    #[must_use]
    pub fn is_dragging(&self) -> bool {
        !self.down.is_empty()
    }

    /// A pointer comes down.
    pub fn press(&mut self, pointer: Pointer, view: &mut ChartView) {
        self.down.retain(|other| other.id != pointer.id);
        self.down.push(pointer);
        self.tap = (self.down.len() == 1).then_some((pointer.x, pointer.y));
        self.end_measure();
        self.grab(view);
    }

    /// A pointer moves, down or not.
    pub fn move_to(&mut self, pointer: Pointer, view: &mut ChartView) {
        let held = self.down.iter_mut().find(|held| held.id == pointer.id);
        let Some(held) = held else {
            if !pointer.touch && self.down.is_empty() {
                self.crosshair = Some((pointer.x, pointer.y));
            }
            return;
        };
        *held = pointer;
        if let Some((x, y)) = self.tap
            && (pointer.x - x).hypot(pointer.y - y) > TAP_SLOP
        {
            self.tap = None;
        }
        if !pointer.touch {
            self.crosshair = Some((pointer.x, pointer.y));
        }
        match self.down.as_slice() {
            // A finger that trembles while it taps moves nothing, nor does a press on a drawing.
            [_] if self.tap.is_some() && (pointer.touch || self.touched.is_some()) => {}
            [one] if self.measuring.is_some() => {
                let to = view.anchor(one.x, one.y);
                let ends = self.measuring.zip(to);
                self.measure = ends.map(|(from, to)| Measure { from, to });
            }
            [one] => {
                if let Some(Spot::Drawing(id)) = self.held
                    && let Some(anchor) = view.anchor(one.x, one.y)
                {
                    view.lines_mut().move_to(id, anchor.price);
                }
                view.drag_to(one.y);
                if matches!(self.held, Some(Spot::Plot(_) | Spot::TimeAxis)) {
                    view.axis_mut().drag_to(one.x);
                }
            }
            [first, second, ..] => view.axis_mut().pinch_to(first.x, second.x),
            [] => {}
        }
    }

    /// A pointer is lifted, or taken away by the browser. Says what was changed.
    pub fn lift(&mut self, id: i32, view: &mut ChartView) -> Option<Changed> {
        let at = self.down.iter().position(|held| held.id == id)?;
        let resized = view.release();
        let line = match self.held {
            Some(Spot::Drawing(id)) => Some(id),
            _ => None,
        };
        let has_measured = self.measuring.take().is_some();
        let lifted = self.down.remove(at);
        let is_tap = self.tap.take().is_some();
        let touched = self.touched.take();
        if self.down.is_empty() {
            if lifted.touch && is_tap {
                // A tap shows the crosshair, another one hides it.
                self.crosshair = match self.crosshair {
                    Some(_) => None,
                    None => Some((lifted.x, lifted.y)),
                };
            }
            self.held = None;
            view.axis_mut().release();
        } else {
            self.grab(view);
        }
        match line {
            _ if is_tap && !has_measured => Some(Changed::Pressed(touched)),
            _ if resized => Some(Changed::Panes),
            line => line.map(Changed::Line),
        }
    }

    /// Twice pressed: an axis fits itself again, the plot shows what it did at first.
    pub fn double(x: f64, y: f64, view: &mut ChartView) {
        match view.spot(x, y) {
            Spot::PriceAxis(pane) => view.set_auto(pane),
            Spot::Plot(_) | Spot::TimeAxis => {
                view.set_auto(0);
                let snap = view.snap();
                view.axis_mut().reset(snap);
            }
            Spot::Divider(_) | Spot::Drawing(_) => {}
        }
    }

    /// The mouse leaves the chart.
    pub fn leave(&mut self, pointer: Pointer) {
        if !pointer.touch && self.down.is_empty() {
            self.crosshair = None;
        }
    }

    /// The wheel turns: zoom at the pointer, sideways pan.
    pub fn wheel(turn: WheelTurn, view: &mut ChartView) {
        let unit = match turn.mode {
            1 => 100.0 / 3.0,
            2 => 400.0,
            _ => 1.0,
        };
        let (mut sideways, mut along) = (turn.delta_x * unit, turn.delta_y * unit);
        if turn.shift && sideways == 0.0 {
            (sideways, along) = (along, 0.0);
        }
        if turn.pinch {
            along *= 8.0;
        }
        let axis = view.axis_mut();
        if sideways.abs() > along.abs() {
            axis.pan_by(-sideways);
        } else if along != 0.0 {
            let notches = (-along / 100.0).clamp(-3.0, 3.0);
            axis.zoom_at(turn.x.clamp(0.0, axis.width()), NOTCH.powf(notches));
        }
    }

    fn grab(&mut self, view: &mut ChartView) {
        match self.down.as_slice() {
            [] => {}
            [one] => {
                let mut spot = view.spot(one.x, one.y);
                if one.shift && matches!(spot, Spot::Plot(0) | Spot::Drawing(_)) {
                    self.held = None;
                    self.measuring = view.anchor(one.x, one.y);
                    return;
                }
                if let Spot::Drawing(id) = spot {
                    self.touched = Some(id);
                    if view.lines().price_of(id).is_none() {
                        // Only lines are dragged: with anything else the chart is.
                        spot = Spot::Plot(0);
                    }
                }
                self.held = Some(spot);
                view.grab(spot, one.y);
                if matches!(spot, Spot::Plot(_) | Spot::TimeAxis) {
                    view.axis_mut().grab(one.x);
                }
            }
            [first, second, ..] => {
                (self.held, self.touched) = (None, None);
                view.release();
                view.axis_mut().grab_two(first.x, second.x);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradesuite_core::chart::{Bar, ChartSize, DrawnLine, DrawnMeasure, StudyPlan};
    use tradesuite_core::indicator::{Params, indicator};
    use tradesuite_core::model::{Precision, Price, Timeframe, UnixMs, Volume};

    fn view() -> ChartView {
        let size = ChartSize {
            width: 900.0,
            height: 400.0,
            ratio: 1.0,
        };
        let mut view = ChartView::new(Timeframe::M1, Precision::default(), size);
        view.merge((0..2_000).map(|minute| Bar {
            time: UnixMs(minute * 60_000),
            open: Price(100),
            high: Price(120),
            low: Price(90),
            close: Price(110),
            volume: Volume(1),
            buy_volume: None,
            quote_volume: None,
            closed: true,
        }));
        view.lay_out(&|_| 0);
        view
    }

    fn mouse(x: f64) -> Pointer {
        Pointer {
            id: 1,
            x,
            y: 50.0,
            touch: false,
            shift: false,
        }
    }

    fn finger(id: i32, x: f64) -> Pointer {
        Pointer {
            id,
            x,
            y: 50.0,
            touch: true,
            shift: false,
        }
    }

    #[test]
    fn a_mouse_hovers_drags_and_leaves() {
        let (mut gestures, mut view) = (Gestures::default(), view());
        gestures.move_to(mouse(300.0), &mut view);
        assert_eq!(gestures.crosshair(), Some((300.0, 50.0)));
        let before = view.axis().index_at(300.0);
        gestures.press(mouse(300.0), &mut view);
        gestures.move_to(mouse(420.0), &mut view);
        assert!((view.axis().index_at(420.0) - before).abs() < 1e-9);
        assert!(gestures.is_dragging());
        gestures.lift(1, &mut view);
        assert!(!view.axis().is_held());
        gestures.leave(mouse(-5.0));
        assert_eq!(gestures.crosshair(), None);
    }

    fn mouse_at(x: f64, y: f64) -> Pointer {
        Pointer { y, ..mouse(x) }
    }

    #[test]
    fn dragging_the_axis_sets_the_scale_by_hand_and_a_double_click_frees_it() {
        let (mut gestures, mut view) = (Gestures::default(), view());
        let (fitted, place) = (*view.scale(), view.axis().clone());
        gestures.press(mouse_at(890.0, 100.0), &mut view);
        gestures.move_to(mouse_at(890.0, 160.0), &mut view);
        assert_eq!(gestures.lift(1, &mut view), None);
        view.lay_out(&|_| 0);
        assert!(!view.is_auto(0) && view.scale().range().1 > fitted.range().1);
        assert_eq!(*view.axis(), place, "the time stood still");
        let under = view.scale().price(50.0);
        gestures.press(mouse_at(300.0, 50.0), &mut view);
        gestures.move_to(mouse_at(300.0, 90.0), &mut view);
        gestures.lift(1, &mut view);
        view.lay_out(&|_| 0);
        assert!((view.scale().price(90.0) - under).abs() < 1e-6);
        Gestures::double(890.0, 100.0, &mut view);
        view.lay_out(&|_| 0);
        assert_eq!(*view.scale(), fitted);
    }

    #[test]
    fn dragging_a_divider_changes_heights_alone() {
        let (mut gestures, mut view) = (Gestures::default(), view());
        view.set_studies(vec![StudyPlan {
            id: 7,
            params: Params::defaults(indicator("rsi").expect("an indicator")),
            is_hidden: false,
            share: None,
        }]);
        view.lay_out(&|_| 0);
        let (place, divider) = (view.axis().clone(), f64::from(view.rows()[1].top));
        gestures.press(mouse_at(300.0, divider), &mut view);
        gestures.move_to(mouse_at(340.0, divider - 50.0), &mut view);
        view.lay_out(&|_| 0);
        assert_eq!(f64::from(view.rows()[1].top), divider - 50.0);
        assert_eq!(gestures.lift(1, &mut view), Some(Changed::Panes));
        assert_eq!(*view.axis(), place);
        let shares = view.pane_shares();
        assert!(shares[0].0 == 7 && shares[0].1 > 1.0, "{shares:?}");
    }

    #[test]
    fn lines_are_dragged_and_shift_measures() {
        let (mut gestures, mut view) = (Gestures::default(), view());
        let price = view.scale().price_on_tick(100.0, 1);
        view.lines_mut().drawn.push(DrawnLine { id: 7, price });
        let y = f64::from(view.scale().row(price));
        gestures.press(mouse_at(300.0, y + 1.0), &mut view);
        gestures.move_to(mouse_at(302.0, y + 3.0), &mut view);
        let pressed = gestures.lift(1, &mut view);
        assert_eq!(pressed, Some(Changed::Pressed(Some(7))));
        assert_eq!(view.lines().price_of(7), Some(price), "only pressed");
        let place = view.axis().clone();
        gestures.press(mouse_at(300.0, y + 1.0), &mut view);
        gestures.move_to(mouse_at(350.0, 60.0), &mut view);
        assert_eq!(gestures.lift(1, &mut view), Some(Changed::Line(7)));
        let price = view.scale().price_on_tick(60.0, 1);
        assert_eq!(view.lines().price_of(7), Some(price));
        assert_eq!(*view.axis(), place, "the chart stood still");
        let shift = |x, y| Pointer {
            shift: true,
            ..mouse_at(x, y)
        };
        gestures.press(shift(300.0, 150.0), &mut view);
        gestures.move_to(shift(390.0, 50.0), &mut view);
        gestures.lift(1, &mut view);
        let measure = gestures.measure().expect("a measure");
        assert_eq!(measure.to.index - measure.from.index, 10);
        assert!(measure.is_up());
        assert_eq!(*view.axis(), place, "nothing was dragged");
        gestures.press(mouse_at(300.0, 150.0), &mut view);
        assert_eq!(gestures.measure(), None);
        let pressed = gestures.lift(1, &mut view);
        assert_eq!(pressed, Some(Changed::Pressed(None)));
    }

    #[test]
    fn a_kept_measure_is_pressed_at_its_edge_and_the_chart_is_dragged_by_it() {
        let (mut gestures, mut view) = (Gestures::default(), view());
        let place = |x, y| {
            let anchor = view.anchor(x, y).expect("bars");
            (anchor.time, anchor.price)
        };
        let (from, to) = (place(300.0, 150.0), place(390.0, 50.0));
        let measure = DrawnMeasure { id: 4, from, to };
        view.lines_mut().measures.push(measure);
        let edge = f64::from(view.scale().row(to.1));
        gestures.press(mouse_at(340.0, edge), &mut view);
        let pressed = gestures.lift(1, &mut view);
        assert_eq!(pressed, Some(Changed::Pressed(Some(4))));
        assert_eq!(view.spot(340.0, 100.0), Spot::Plot(0), "its middle is free");
        let under = view.axis().index_at(340.0);
        gestures.press(mouse_at(340.0, edge), &mut view);
        gestures.move_to(mouse_at(400.0, edge), &mut view);
        assert_eq!(gestures.lift(1, &mut view), None);
        assert!((view.axis().index_at(400.0) - under).abs() < 1e-9);
    }

    #[test]
    fn a_tap_shows_the_crosshair_and_a_drag_does_not() {
        let (mut gestures, mut view) = (Gestures::default(), view());
        let before = view.axis().clone();
        gestures.press(finger(7, 300.0), &mut view);
        gestures.move_to(finger(7, 303.0), &mut view);
        gestures.lift(7, &mut view);
        assert_eq!(gestures.crosshair(), Some((303.0, 50.0)));
        assert_eq!(view.axis().index_at(0.0), before.index_at(0.0));
        gestures.press(finger(8, 300.0), &mut view);
        gestures.lift(8, &mut view);
        assert_eq!(gestures.crosshair(), None);
        gestures.press(finger(9, 300.0), &mut view);
        gestures.move_to(finger(9, 400.0), &mut view);
        gestures.lift(9, &mut view);
        assert_eq!(gestures.crosshair(), None);
        assert!((view.axis().index_at(400.0) - before.index_at(300.0)).abs() < 1e-9);
    }

    #[test]
    fn two_fingers_pinch_and_one_goes_on_dragging() {
        let (mut gestures, mut view) = (Gestures::default(), view());
        view.axis_mut().pan_by(2_000.0);
        let (left, right) = (view.axis().index_at(300.0), view.axis().index_at(500.0));
        gestures.press(finger(1, 300.0), &mut view);
        gestures.press(finger(2, 500.0), &mut view);
        gestures.move_to(finger(1, 200.0), &mut view);
        gestures.move_to(finger(2, 600.0), &mut view);
        assert!((view.axis().index_at(200.0) - left).abs() < 1e-9);
        assert!((view.axis().index_at(600.0) - right).abs() < 1e-9);
        gestures.lift(1, &mut view);
        gestures.move_to(finger(2, 650.0), &mut view);
        assert!((view.axis().index_at(650.0) - right).abs() < 1e-9);
        gestures.lift(2, &mut view);
        assert!(!view.axis().is_held());
    }

    #[test]
    fn the_wheel_zooms_at_the_pointer_and_pans_sideways() {
        let mut view = view();
        view.axis_mut().pan_by(2_000.0);
        let turn = WheelTurn {
            x: 250.0,
            delta_x: 0.0,
            delta_y: -100.0,
            mode: 0,
            pinch: false,
            shift: false,
        };
        let before = view.axis().clone();
        Gestures::wheel(turn, &mut view);
        assert!((view.axis().spacing() / before.spacing() - NOTCH).abs() < 1e-9);
        assert!((view.axis().index_at(250.0) - before.index_at(250.0)).abs() < 1e-9);
        let zoomed = view.axis().clone();
        Gestures::wheel(
            WheelTurn {
                shift: true,
                ..turn
            },
            &mut view,
        );
        assert!((view.axis().x(0.0) - zoomed.x(0.0) - 100.0).abs() < 1e-6);
        let three_lines = WheelTurn {
            delta_y: 3.0,
            mode: 1,
            ..turn
        };
        let wide = view.axis().spacing();
        Gestures::wheel(three_lines, &mut view);
        assert!((wide / view.axis().spacing() - NOTCH).abs() < 1e-9);
    }
}
