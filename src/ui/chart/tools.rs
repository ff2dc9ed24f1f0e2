//! What a person does with a chart beside moving it: lines, levels, measures, going to a time,
//! saving what is in view.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::chart::{Spot, csv};
use tradesuite_core::model::UnixMs;

use crate::browser;
use crate::ui::chart::marked::load_levels;
use crate::ui::chart::session::Session;
use crate::ui::chart::study_legend::captions;
use crate::ui::preferences::Preferences;

impl Session {
    /// Draws a line where the crosshair is, or takes the one that is there away. Before the first
    /// bars there are no prices, and nothing happens.
    pub fn toggle_line(&self) {
        self.change(|shown| {
            let crosshair = shown.gestures.crosshair();
            let view = shown.feed.view_mut();
            // Or it would be forgotten in the next frame, which tells the chart what is kept.
            shown.marked.tell(view);
            let in_prices =
                |(x, y): &(f64, f64)| matches!(view.spot(*x, *y), Spot::Plot(0) | Spot::Line(_));
            if let Some((x, y)) = crosshair.filter(in_prices) {
                view.toggle_line(x, y);
            }
        });
        self.keep_lines();
    }

    /// Keeps the lines as they are drawn now.
    pub(super) fn keep_lines(&self) {
        let learned = {
            let mut shown = self.shown.borrow_mut();
            let shown = &mut *shown;
            let lines = shown.marked.learn(shown.feed.view());
            lines.map(|lines| (shown.instrument.clone(), lines.to_vec()))
        };
        if let Some((instrument, lines)) = learned {
            self.parts.lines.keep(&instrument, &lines);
        }
    }

    /// Takes over which lines are drawn.
    pub fn set_lines(&self) {
        self.change(|shown| {
            let lines = self.parts.lines.get(&shown.instrument);
            shown.marked.set_drawn(lines);
        });
    }

    /// Shows the levels of the day and the week before, or no longer.
    pub fn set_levels(&self, wanted: bool) {
        if !wanted {
            self.change(|shown| shown.marked.set_levels(Vec::new()));
            return;
        }
        let (weak, painter) = (Rc::downgrade(&self.shown), self.painter.clone());
        let instrument = self.shown.borrow().instrument.clone();
        spawn_local(async move {
            let now = UnixMs(browser::now_ms() as i64);
            let levels = load_levels(instrument, now).await;
            let Some(shown) = weak.upgrade() else { return };
            match levels {
                Ok(levels) => shown.borrow_mut().marked.set_levels(levels),
                Err(why) => leptos::logging::warn!("failed to load the levels: {why}"),
            }
            painter.request();
        });
    }

    /// Measures nothing any more.
    pub fn end_measure(&self) {
        self.change(|shown| {
            shown.gestures.end_measure();
        });
    }

    /// Goes to a time, local milliseconds of the shown zone, as soon as its bars are there.
    pub fn go_to(&self, local: UnixMs) {
        let zone = self.workspace.zone.get_untracked();
        let time = UnixMs(local.0 - zone.offset_ms(local.0));
        self.change(|shown| shown.target = Some(time));
    }

    /// Saves the bars in view and their indicators as a table.
    pub fn save_table(&self) {
        let shown = self.shown.borrow();
        let name = format!("{}.csv", shown.file_name());
        browser::save_csv(&name, &csv(shown.feed.view()));
    }

    /// Saves the chart as a picture.
    pub fn save_picture(&self) {
        let shown = self.shown.borrow();
        let name = format!("{}.png", shown.file_name());
        let layers = [self.parts.grid, self.parts.bars];
        let ratio = shown.feed.view().snap().ratio();
        let ground = browser::theme_color("--panel");
        let ink = browser::theme_color("--text-1");
        let numbers = Preferences::expect().numbers.get_untracked();
        let captions = captions(shown.feed.view(), &shown.instrument, numbers);
        browser::save_png(&name, &layers, &ground, &captions, (&ink, 11.0 * ratio));
    }
}
