//! The chart's indicators as they are set: kept with the panel, edited through the legend and the
//! menu.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tradesuite_core::chart::StudyPlan;
use tradesuite_core::indicator::{
    Colour, INDICATORS, IndicatorSpec, Output, Params, Place, Style, indicator,
};

use crate::ui::panel::{Palette, PanelContext};

/// Indicators of one chart at most.
pub const MOST: usize = 16;
/// Width of a line where nothing is said, CSS pixels.
pub const LINE_WIDTH: f64 = 1.5;
/// Widths to choose from, CSS pixels.
pub const LINE_WIDTHS: [f64; 4] = [1.0, 1.5, 2.0, 3.0];

/// One indicator as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorSetting {
    /// A number of its own among those of the chart.
    pub id: u32,
    /// Which: a name in [`INDICATORS`].
    pub indicator: String,
    /// Its parameters; what is not in them has its default.
    #[serde(default)]
    pub params: Value,
    /// Whether it is kept without being drawn.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Colours of outputs by name, `#rrggbb`, where they were chosen.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub colors: BTreeMap<String, String>,
    /// How many of the theme's colours its own lie after those of the table, so that two of a
    /// kind differ.
    #[serde(default)]
    pub shift: u8,
    /// Width of its lines, CSS pixels, where it was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<f64>,
    /// Share of the height that its pane has, where that was set by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference over"
)]
fn is_false(value: &bool) -> bool {
    !value
}

impl IndicatorSetting {
    /// The indicator; `None` where there is none of that name.
    #[must_use]
    pub fn spec(&self) -> Option<&'static IndicatorSpec> {
        indicator(&self.indicator)
    }

    /// Its parameters; the defaults where they do not fit.
    #[must_use]
    pub fn params(&self) -> Option<Params> {
        let spec = self.spec()?;
        let given = Params::from_json(spec, &self.params);
        Some(given.unwrap_or_else(|_| Params::defaults(spec)))
    }

    /// What the chart is to compute.
    #[must_use]
    pub fn plan(&self) -> Option<StudyPlan> {
        Some(StudyPlan {
            id: self.id,
            params: self.params()?,
            is_hidden: self.hidden,
            share: self.share,
        })
    }

    /// Width of its lines, CSS pixels.
    #[must_use]
    pub fn line_width(&self) -> f64 {
        let width = self.width.filter(|width| (0.5..=8.0).contains(width));
        width.unwrap_or(LINE_WIDTH)
    }

    /// Colour of an output: the one of values at or above zero, and the one of those below.
    #[must_use]
    pub fn colors<'a>(&'a self, output: &Output, palette: &'a Palette) -> (&'a str, &'a str) {
        if let Some(chosen) = self.colors.get(output.name) {
            return (chosen, chosen);
        }
        let both = |color: &'a String| (color.as_str(), color.as_str());
        match output.colour {
            Colour::Slot(slot) => {
                let at = usize::from(slot) + usize::from(self.shift);
                both(&palette.lines[at % palette.lines.len()])
            }
            Colour::Up => both(&palette.up),
            Colour::Down => both(&palette.down),
            Colour::BySign => (&palette.up, &palette.down),
        }
    }

    /// The theme's colour of its first line, by place.
    fn first_slot(&self) -> Option<u8> {
        let outputs = self.spec()?.outputs.iter();
        outputs
            .filter(|output| output.style != Style::Hidden)
            .find_map(|output| match output.colour {
                Colour::Slot(slot) => Some((slot + self.shift) % 5),
                _ => None,
            })
    }
}

/// The list with one more: with a number of its own, and where it is drawn over the prices in a
/// colour that no other has there, as long as there is one.
#[must_use]
pub fn with_added(list: &[IndicatorSetting], spec: &IndicatorSpec) -> Vec<IndicatorSetting> {
    let mut list = list.to_vec();
    if list.len() >= MOST {
        return list;
    }
    let over_price = |setting: &&IndicatorSetting| {
        setting
            .spec()
            .is_some_and(|spec| spec.place == Place::OverPrice)
    };
    let taken: Vec<u8> = if spec.place == Place::OverPrice {
        let others = list.iter().filter(over_price);
        others.filter_map(IndicatorSetting::first_slot).collect()
    } else {
        Vec::new()
    };
    let mut added = IndicatorSetting {
        id: list.iter().map(|setting| setting.id).max().unwrap_or(0) + 1,
        indicator: spec.id.to_owned(),
        params: Value::Object(serde_json::Map::new()),
        hidden: false,
        colors: BTreeMap::new(),
        shift: 0,
        width: None,
        share: None,
    };
    let is_free = |shift: &u8| {
        let shifted = IndicatorSetting {
            shift: *shift,
            ..added.clone()
        };
        shifted
            .first_slot()
            .is_none_or(|slot| !taken.contains(&slot))
    };
    added.shift = (0..5).find(is_free).unwrap_or(0);
    list.push(added);
    list
}

/// Indicators whose names contain every word, in the order of the table.
#[must_use]
pub fn found(search: &str) -> Vec<&'static IndicatorSpec> {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    let matches = |spec: &&&IndicatorSpec| {
        let names = format!("{} {} {}", spec.id, spec.label, spec.short).to_lowercase();
        words.iter().all(|word| names.contains(word))
    };
    INDICATORS.iter().filter(matches).copied().collect()
}

/// What is open over the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Popover {
    /// The menu of indicators.
    Menu,
    /// The form of one of them.
    Form(u32),
}

/// The indicators of a panel; cheap to copy into every closure.
#[derive(Clone, Copy)]
pub struct Indicators {
    context: PanelContext,
    /// As they are set.
    pub list: Memo<Vec<IndicatorSetting>>,
    /// What is open over the chart.
    pub open: RwSignal<Option<Popover>>,
    /// Where panes begin by indicator, CSS pixels from the chart's top.
    pub tops: RwSignal<Vec<(u32, f64)>>,
}

impl Indicators {
    /// Those kept with a panel.
    #[must_use]
    pub fn of(context: PanelContext) -> Self {
        Self {
            context,
            list: context.setting("indicators", Vec::new()),
            open: RwSignal::new(None),
            tops: RwSignal::new(Vec::new()),
        }
    }

    /// One more.
    pub fn add(self, spec: &IndicatorSpec) {
        self.keep(&with_added(&self.list.get_untracked(), spec));
    }

    /// One less.
    pub fn remove(self, id: u32) {
        let mut list = self.list.get_untracked();
        list.retain(|setting| setting.id != id);
        self.keep(&list);
        if self.open.get_untracked() == Some(Popover::Form(id)) {
            self.open.set(None);
        }
    }

    /// Changes one.
    pub fn change(self, id: u32, change: impl FnOnce(&mut IndicatorSetting)) {
        let mut list = self.list.get_untracked();
        if let Some(setting) = list.iter_mut().find(|setting| setting.id == id) {
            change(setting);
            self.keep(&list);
        }
    }

    /// Keeps the shares of the height that panes have now.
    pub fn keep_shares(self, shares: &[(u32, f64)]) {
        let mut list = self.list.get_untracked();
        for setting in &mut list {
            let share = shares.iter().find(|(id, _)| *id == setting.id);
            setting.share = share.map(|(_, share)| (share * 1e9).round() / 1e9);
        }
        self.keep(&list);
    }

    fn keep(self, list: &[IndicatorSetting]) {
        self.context.set("indicators", list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn added(names: &[&str]) -> Vec<IndicatorSetting> {
        names.iter().fold(Vec::new(), |list, name| {
            with_added(&list, indicator(name).expect("an indicator"))
        })
    }

    #[test]
    fn two_of_a_kind_differ_in_number_and_colour() {
        let list = added(&["ema", "ema", "rsi", "rsi"]);
        let ids: Vec<u32> = list.iter().map(|setting| setting.id).collect();
        assert_eq!(ids, [1, 2, 3, 4]);
        let palette = Palette {
            lines: ["a", "b", "c", "d", "e"].map(str::to_owned),
            ..Palette::default()
        };
        let color = |at: usize| {
            let setting = &list[at];
            let output = &setting.spec().expect("known").outputs[0];
            setting.colors(output, &palette).0.to_owned()
        };
        assert_ne!(color(0), color(1));
        assert_eq!(color(2), color(3), "each has a pane of its own");
        assert_eq!(added(&["sma"; 20]).len(), MOST);
    }

    #[test]
    fn what_is_kept_is_read_back_and_what_does_not_fit_has_its_default() {
        let mut list = added(&["bollinger"]);
        list[0].params = json!({"period": 30});
        list[0].colors.insert("upper".into(), "#123456".into());
        let text = serde_json::to_string(&list).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Vec<IndicatorSetting>>(&text).expect("a list"),
            list
        );
        assert_eq!(list[0].params().expect("known").to_json()["period"], 30);
        list[0].params = json!({"period": -3});
        assert_eq!(list[0].params().expect("known").to_json()["period"], 20);
        list[0].indicator = "none".into();
        assert!(list[0].plan().is_none());
        let least: IndicatorSetting =
            serde_json::from_value(json!({"id": 3, "indicator": "rsi"})).expect("a setting");
        assert!(least.plan().is_some());
        assert_eq!(least.line_width(), LINE_WIDTH);
    }

    #[test]
    fn the_search_finds_by_every_name() {
        let ids = |search| -> Vec<&str> { found(search).iter().map(|spec| spec.id).collect() };
        assert_eq!(ids("").len(), INDICATORS.len());
        assert_eq!(ids("BB"), ["bollinger"]);
        assert_eq!(ids("moving exp"), ["ema"]);
        assert!(ids("vwap").len() >= 2);
        assert!(ids("no such thing").is_empty());
    }
}
