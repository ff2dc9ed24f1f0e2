//! The box that opens when one types over the chart: a timeframe, a time to go to, an instrument.

use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::chart::{Typed, read_typed};
use tradesuite_core::model::UnixMs;

use crate::api::search_instruments;
use crate::ui::panel::PanelContext;

/// Whether a key begins to type.
#[must_use]
pub fn begins(key: &str) -> bool {
    let mut letters = key.chars();
    letters.next().is_some_and(char::is_alphanumeric) && letters.next().is_none()
}

/// What Enter will do.
fn promise(text: &str) -> String {
    match read_typed(text) {
        None => "A timeframe (5, 4h), an instrument (ETH) or a date (2026-11-20)".to_owned(),
        Some(Typed::Timeframe(timeframe)) => format!("Bars of {timeframe}"),
        Some(Typed::Time(time)) => format!("Go to {}", &time.to_rfc3339()[..16].replace('T', " ")),
        Some(Typed::Instrument(text)) => format!("Look for {text}"),
    }
}

/// The box.
#[component]
pub fn TypeBox(
    /// The chart's place in the page.
    context: PanelContext,
    /// What was typed so far; `None` where the box is closed.
    typed: RwSignal<Option<String>>,
    /// Goes to a time, local milliseconds of the shown zone.
    go_to: impl Fn(UnixMs) + Copy + Send + Sync + 'static,
    /// Gives the chart the focus back.
    leave: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let error = RwSignal::new(None::<String>);
    let close = move || {
        error.set(None);
        typed.set(None);
        leave();
    };
    let enter = move || {
        let text = typed.get_untracked().unwrap_or_default();
        match read_typed(&text) {
            None => close(),
            Some(Typed::Timeframe(timeframe)) => {
                context.set("timeframe", timeframe);
                close();
            }
            Some(Typed::Time(time)) => {
                go_to(time);
                close();
            }
            Some(Typed::Instrument(text)) => spawn_local(async move {
                match search_instruments(text.clone(), 1).await {
                    Ok(rows) => match rows.into_iter().next() {
                        Some(row) => {
                            context.choose(row.id);
                            close();
                        }
                        None => error.set(Some(format!("Nothing is called {text}."))),
                    },
                    Err(why) => error.set(Some(format!("The list cannot be had: {why}"))),
                }
            }),
        }
    };
    let input = NodeRef::<Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Fails only where the element cannot have the focus.
            let _ = input.focus();
        }
    });
    view! {
        <Show when=move || typed.with(Option::is_some)>
            <div
                class="absolute top-1/3 left-1/2 z-20 w-64 max-w-[calc(100%-16px)] -translate-x-1/2 rounded-md border border-line-strong bg-raised p-2"
                role="dialog"
                aria-label="Timeframe, instrument or date"
            >
                <input
                    node_ref=input
                    class="h-8 w-full rounded border border-line bg-panel px-2 text-[13px] text-text-1"
                    aria-label="Timeframe, instrument or date"
                    autocomplete="off"
                    data-testid="chart-typed"
                    prop:value=move || typed.get().unwrap_or_default()
                    on:input=move |event| {
                        error.set(None);
                        typed.set(Some(event_target_value(&event)));
                    }
                    on:blur=move |_| {
                        if typed.try_get_untracked().flatten().is_some() {
                            typed.set(None);
                        }
                    }
                    on:keydown=move |event: KeyboardEvent| {
                        match event.key().as_str() {
                            "Enter" => enter(),
                            "Escape" => close(),
                            _ => {}
                        }
                    }
                />
                <p class="px-1 pt-1.5 text-[11px] text-text-2" role="status" data-testid="chart-typed-note">
                    {move || error.get().unwrap_or_else(|| promise(&typed.get().unwrap_or_default()))}
                </p>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_begin_to_type() {
        for (key, expected) in [
            ("5", true),
            ("e", true),
            ("É", true),
            ("F5", false),
            (" ", false),
            ("Enter", false),
        ] {
            assert_eq!(begins(key), expected, "{key}");
        }
    }

    #[test]
    fn it_says_what_enter_will_do() {
        assert_eq!(promise("5"), "Bars of 5m");
        assert_eq!(promise("2026-11-20"), "Go to 2026-11-20 00:00");
        assert_eq!(promise("eth"), "Look for eth");
    }
}
