//! What a person does with a chart beside moving it and drawing on it: levels, measures, going to
//! a time, saving what is in view.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::chart::csv;
use tradesuite_core::model::UnixMs;

use crate::browser;
use crate::ui::chart::marked::load_levels;
use crate::ui::chart::notice::Going;
use crate::ui::chart::session::Session;
use crate::ui::chart::study_legend::captions;
use crate::ui::preferences::Preferences;

impl Session {
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

    /// Measures nothing any more, and goes nowhere.
    pub fn let_go(&self) {
        self.change(|shown| {
            shown.gestures.end_measure();
            shown.going = None;
        });
    }

    /// Goes to a time, local milliseconds of the shown zone, as soon as its bars are there.
    pub fn go_to(&self, local: UnixMs) {
        let zone = self.workspace.zone.get_untracked();
        // The offset is that of the time itself, which is known only nearly before.
        let near = local.0 - zone.offset_ms(local.0);
        let time = UnixMs(local.0 - zone.offset_ms(near));
        self.change(|shown| {
            let last = shown.feed.view().series().last();
            if last.is_some_and(|last| time > last.time) {
                // Looking far back, the newest bars are not held.
                shown.feed.jump_to_now();
            }
            shown.going = Some(Going::To(time));
        });
    }

    /// When the bar in the middle of the view opened, local milliseconds of the shown zone; now,
    /// where there is none.
    #[must_use]
    pub fn middle(&self) -> UnixMs {
        let shown = self.shown.borrow();
        let view = shown.feed.view();
        let bars = view.axis().visible_bars();
        let bar = view.series().bar(i64::midpoint(bars.start, bars.end));
        let time = bar.map_or(browser::now_ms() as i64, |bar| bar.time.0);
        UnixMs(time + self.workspace.zone.get_untracked().offset_ms(time))
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
