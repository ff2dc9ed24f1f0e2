//! How many ticks a row of a book or ladder covers: the choice, and the header's list of choices.
//!
//! The setting `group` counts ticks, so that it means something on every instrument; 0 leaves the
//! choice to the price. What an instrument does not offer becomes the next smaller that it does.

use leptos::ev::Targeted;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{Event, HtmlSelectElement};
use tradesuite_core::chart::{auto_group, format, group_sizes};
use tradesuite_core::model::{Decimal, Price};

use crate::api::load_instrument;
use crate::ui::panel::PanelContext;

const SETTING: &str = "group";

/// The choice of one panel; cheap to copy into closures.
#[derive(Clone, Copy, Debug)]
pub struct Grouping {
    context: PanelContext,
    /// Ticks; 0 is automatic.
    chosen: Memo<i64>,
    /// The venue's smallest price step; `None` until it is known.
    tick: RwSignal<Option<Decimal>>,
    offer: RwSignal<Offer>,
}

/// What an instrument offers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    /// Counts of 10^−`decimals`.
    tick: i64,
    decimals: u8,
    /// Ticks, ascending.
    sizes: Vec<i64>,
    /// Ticks.
    automatic: i64,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            tick: 1,
            decimals: 0,
            sizes: vec![1],
            automatic: 1,
        }
    }
}

impl Offer {
    /// Ticks for a choice.
    fn size(&self, chosen: i64) -> i64 {
        if chosen <= 0 {
            return self.automatic;
        }
        let offered = self.sizes.iter().rev().find(|size| **size <= chosen);
        offered.copied().unwrap_or(1)
    }

    fn label(&self, size: i64) -> String {
        format::grouped(i128::from(size) * i128::from(self.tick), self.decimals)
    }
}

impl Grouping {
    /// Reads the setting and asks for the instrument's tick. Call it in a component.
    #[must_use]
    pub fn new(context: PanelContext, default: i64) -> Self {
        let tick = RwSignal::new(None);
        Effect::new(move || {
            let instrument = context.instrument.get();
            tick.set(None);
            spawn_local(async move {
                let found = load_instrument(instrument.clone()).await;
                let is_wanted = context.instrument.try_get_untracked() == Some(instrument);
                if let (Ok(found), true) = (found, is_wanted) {
                    tick.try_set(Some(found.tick_size));
                }
            });
        });
        Self {
            context,
            chosen: context.setting(SETTING, default),
            tick,
            offer: RwSignal::new(Offer::default()),
        }
    }

    /// Says what prices look like, and learns the step in counts. Until the tick is known, or
    /// where none is, the last digit is the step.
    pub fn step(self, price: Price, decimals: u8) -> i64 {
        let tick = self.tick.get_untracked();
        let tick = tick.and_then(|tick| tick.mantissa_at(decimals));
        let tick = tick.filter(|tick| *tick > 0).unwrap_or(1);
        let offer = Offer {
            tick,
            decimals,
            sizes: group_sizes(tick, price),
            automatic: auto_group(tick, price),
        };
        let step = tick.saturating_mul(offer.size(self.chosen.get_untracked()));
        if self.offer.with_untracked(|shown| *shown != offer) {
            self.offer.set(offer);
        }
        step
    }

    /// Lets an effect run again when another step is chosen or the tick becomes known.
    pub fn track(self) {
        self.chosen.track();
        self.tick.track();
    }
}

/// The list in a panel's header.
#[component]
pub fn GroupSelect(
    /// The panel's choice.
    grouping: Grouping,
    /// For the browser tests.
    testid: &'static str,
) -> impl IntoView {
    let Grouping {
        context,
        chosen,
        offer,
        ..
    } = grouping;
    let shown = move || {
        let chosen = chosen.get();
        if chosen <= 0 {
            0
        } else {
            offer.with(|offer| offer.size(chosen))
        }
    };
    let options = move || {
        let offer = offer.get();
        let automatic = format!("Auto · {}", offer.label(offer.automatic));
        let sizes = offer.sizes.iter().map(|size| (*size, offer.label(*size)));
        let shown = shown();
        std::iter::once((0, automatic))
            .chain(sizes)
            .map(|(size, label)| {
                view! {
                    <option value=size.to_string() selected=size == shown>
                        {label}
                    </option>
                }
            })
            .collect_view()
    };
    let on_change = move |event: Targeted<Event, HtmlSelectElement>| {
        if let Ok(size) = event.target().value().parse::<i64>() {
            context.set(SETTING, size);
        }
    };
    view! {
        <select
            class="h-5 cursor-pointer rounded bg-panel text-right text-[11px] text-text-2 hover:bg-hover hover:text-text-1"
            data-testid=testid
            aria-label="Price step of a row"
            prop:value=move || shown().to_string()
            on:change:target=on_change
        >
            {options}
        </select>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_offered_becomes_the_next_smaller() {
        let offer = Offer {
            tick: 1,
            decimals: 2,
            sizes: vec![1, 2, 5, 10],
            automatic: 5,
        };
        for (chosen, expected) in [(0, 5), (-3, 5), (1, 1), (4, 2), (10, 10), (500, 10)] {
            assert_eq!(offer.size(chosen), expected, "{chosen}");
        }
        assert_eq!(offer.label(50), "0.50");
    }
}
