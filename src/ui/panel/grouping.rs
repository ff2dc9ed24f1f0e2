//! How many ticks a row of a book or ladder covers: the choice, and the header's list of choices.
//!
//! The setting `group` counts ticks, so that it means something on every instrument; 0 leaves the
//! choice to the price. What an instrument does not offer becomes the next smaller that it does.
//!
//! A step that the price chose stays while the price goes to and fro about the border to the next,
//! and while it is frozen.

use leptos::ev::Targeted;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{Event, HtmlSelectElement};
use tradesuite_core::chart::{auto_group, format, group_sizes};
use tradesuite_core::model::{Decimal, InstrumentId, Price};

use crate::api::load_instrument;
use crate::browser::{self, Guard};
use crate::ui::live::{Link, Live};
use crate::ui::panel::PanelContext;
use crate::ui::preferences::Preferences;

const SETTING: &str = "group";
/// How long after a failure the tick is asked for again, milliseconds; doubled every time.
const RETRY_MS: u32 = 2_000;
/// The longest of these waits, milliseconds.
const LONGEST_RETRY_MS: u32 = 30_000;

/// The choice of one panel; cheap to copy into closures.
#[derive(Clone, Copy, Debug)]
pub struct Grouping {
    context: PanelContext,
    /// Ticks; 0 is automatic.
    chosen: Memo<i64>,
    /// The venue's smallest price step; `None` until it is known.
    tick: RwSignal<Option<Decimal>>,
    offer: RwSignal<Offer>,
    /// The last step of this instrument; `None` before the first.
    held: StoredValue<Option<Held>>,
}

/// A step, and what it followed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    /// Counts of 10^−`decimals`.
    tick: i64,
    decimals: u8,
    /// Ticks; 0 is automatic.
    chosen: i64,
    /// Ticks.
    automatic: i64,
    /// Ticks.
    size: i64,
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
        let held = StoredValue::new(None);
        Effect::new(move || {
            context.instrument.track();
            held.set_value(None);
        });
        learn_tick(context.instrument, tick);
        Self {
            context,
            chosen: context.setting(SETTING, default),
            tick,
            offer: RwSignal::new(Offer::default()),
            held,
        }
    }

    /// Says what prices look like, and learns the step in counts. Until the tick is known, or
    /// where none is, the last digit is the step. One that is frozen follows a person's choice
    /// only, not the price.
    pub fn step(self, price: Price, decimals: u8, is_frozen: bool) -> i64 {
        let tick = self.tick.get_untracked();
        let tick = tick.and_then(|tick| tick.mantissa_at(decimals));
        let tick = tick.filter(|tick| *tick > 0).unwrap_or(1);
        let chosen = self.chosen.get_untracked();
        let held = self.held.get_value();
        let held = held.filter(|held| (held.tick, held.decimals) == (tick, decimals));
        if let Some(held) = held.filter(|held| is_frozen && held.chosen == chosen) {
            return tick.saturating_mul(held.size);
        }
        let automatic = automatic(held.map(|held| held.automatic), tick, price);
        let sizes = group_sizes(tick, price);
        // Every paint comes here, and hardly ever with another offer.
        let is_offered = self.offer.with_untracked(|shown| {
            (shown.tick, shown.decimals, shown.automatic) == (tick, decimals, automatic)
                && sizes.clone().eq(shown.sizes.iter().copied())
        });
        if !is_offered {
            self.offer.set(Offer {
                tick,
                decimals,
                sizes: sizes.collect(),
                automatic,
            });
        }
        let size = self.offer.with_untracked(|shown| shown.size(chosen));
        self.held.set_value(Some(Held {
            tick,
            decimals,
            chosen,
            automatic,
            size,
        }));
        tick.saturating_mul(size)
    }

    /// Lets an effect run again when another step is chosen or the tick becomes known.
    pub fn track(self) {
        self.chosen.track();
        self.tick.track();
    }
}

/// Ticks for a price: what it has now, as long as that would suit a price within a tenth of it.
fn automatic(held: Option<i64>, tick: i64, price: Price) -> i64 {
    let band = price.0 / 10;
    let at = |price: i64| auto_group(tick, Price(price));
    let suits = at(price.0 - band)..=at(price.0.saturating_add(band));
    held.filter(|held| suits.contains(held))
        .unwrap_or_else(|| at(price.0))
}

/// Asks for the tick of the instrument, again and again until there is an answer.
fn learn_tick(instrument: Signal<InstrumentId>, tick: RwSignal<Option<Decimal>>) {
    let again = Trigger::new();
    let waiting = StoredValue::new_local(None::<Guard>);
    let live = Live::expect();
    Effect::new(move |before: Option<Link>| {
        let now = live.link().get();
        let is_back = now == Link::Open && before == Some(Link::Lost);
        if is_back && tick.with_untracked(Option::is_none) {
            again.notify();
        }
        now
    });
    Effect::new(move |last: Option<(InstrumentId, u32)>| {
        again.track();
        let wanted = instrument.get();
        let wait_ms = match last {
            Some((asked, waited_ms)) if asked == wanted => (waited_ms * 2).min(LONGEST_RETRY_MS),
            _ => RETRY_MS,
        };
        tick.set(None);
        waiting.set_value(None);
        let asked = wanted.clone();
        spawn_local(async move {
            let found = live.ask(load_instrument(asked.clone())).await;
            if instrument.try_get_untracked() != Some(asked) {
                return;
            }
            if let Ok(found) = found {
                tick.try_set(Some(found.tick_size));
            } else {
                let retry = browser::after(wait_ms, move || again.notify());
                // Where the panel is gone meanwhile, the wait ends with this.
                let _ = waiting.try_update_value(|waiting| *waiting = Some(retry));
            }
        });
        (wanted, wait_ms)
    });
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
    let numbers = Preferences::expect().numbers;
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
        let numbers = numbers.get();
        let label = |size| numbers.write(offer.label(size));
        let automatic = format!("Auto · {}", label(offer.automatic));
        let sizes = offer.sizes.iter().map(|size| (*size, label(*size)));
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

    #[test]
    fn a_price_about_a_border_does_not_change_the_step() {
        for (held, price, expected) in [
            (None, 199_000, 2),
            (None, 201_000, 5),
            (Some(2), 201_000, 2),
            (Some(5), 199_000, 5),
            (Some(2), 220_000, 2),
            (Some(2), 230_000, 5),
            (Some(5), 185_000, 5),
            (Some(5), 180_000, 2),
            (Some(100), 199_000, 2),
        ] {
            let found = automatic(held, 1, Price(price));
            assert_eq!(found, expected, "{held:?} at {price}");
        }
    }
}
