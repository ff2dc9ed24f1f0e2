//! The box that asks for a date to go to, in the zone that the page shows.

use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use tradesuite_core::model::UnixMs;

use crate::ui::workspace::{Workspace, Zone};

/// What an input of date and time holds: `2026-11-20T14:30`, also with seconds.
fn read(text: &str) -> Option<UnixMs> {
    let minutes = text.get(..16)?;
    UnixMs::parse(&format!("{minutes}:00Z")).ok()
}

/// What such an input is to hold.
fn write(local: UnixMs) -> String {
    local.to_rfc3339().chars().take(16).collect()
}

/// The box.
#[component]
pub fn GoToBox(
    /// The time that it begins with, local milliseconds of the shown zone; `None` where the box is
    /// closed.
    asked: RwSignal<Option<UnixMs>>,
    /// Goes to a time, local milliseconds of the shown zone.
    go_to: impl Fn(UnixMs) + Copy + Send + Sync + 'static,
    /// Gives the chart the focus back.
    leave: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let zone = Workspace::expect().zone;
    let error = RwSignal::new(false);
    let input = NodeRef::<Input>::new();
    let close = move || {
        error.set(false);
        asked.set(None);
        leave();
    };
    let enter = move || {
        // Closed already, where a key that went to a button was heard here as well.
        let Some(input) = input.get_untracked() else {
            return;
        };
        match read(&input.value()) {
            Some(local) => {
                go_to(local);
                close();
            }
            None => error.set(true),
        }
    };
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Fails only where the element cannot have the focus.
            let _ = input.focus();
        }
    });
    let label = move || match zone.get() {
        Zone::Utc => "Go to a date (UTC)",
        Zone::Local => "Go to a date (local time)",
    };
    view! {
        <Show when=move || asked.with(Option::is_some)>
            <div class="absolute inset-0 z-10" on:click=move |_| close()></div>
            <div
                class="absolute top-1/3 left-1/2 z-20 w-64 max-w-[calc(100%-16px)] -translate-x-1/2 rounded-md border border-line-strong bg-raised p-2 text-[12px]"
                role="dialog"
                aria-label=label
                data-testid="go-to"
                on:keydown=move |event: KeyboardEvent| {
                    event.stop_propagation();
                    match event.key().as_str() {
                        "Enter" => enter(),
                        "Escape" => close(),
                        _ => {}
                    }
                }
            >
                <label class="flex flex-col gap-1.5">
                    <span class="px-1 text-[11px] text-text-2">{label}</span>
                    <input
                        node_ref=input
                        class="h-8 w-full rounded border border-line bg-panel px-2 text-[13px] text-text-1"
                        type="datetime-local"
                        data-testid="go-to-time"
                        prop:value=move || asked.get().map(write).unwrap_or_default()
                        on:input=move |_| error.set(false)
                    />
                </label>
                <div class="mt-2 flex items-center justify-between gap-2">
                    <p class="px-1 text-[11px] text-warning" role="alert">
                        {move || error.get().then_some("Date and time are wanted.")}
                    </p>
                    <button
                        class="h-7 shrink-0 cursor-pointer rounded border border-line-strong px-2.5 hover:bg-hover"
                        data-testid="go-to-go"
                        on:click=move |event| {
                            event.stop_propagation();
                            enter();
                        }
                    >
                        "Go"
                    </button>
                </div>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_read_and_written() {
        let noon = UnixMs(1_795_435_200_000);
        assert_eq!(read("2026-11-23T12:00"), Some(noon));
        assert_eq!(read("2026-11-23T12:00:59"), Some(noon));
        assert_eq!(read(""), None);
        assert_eq!(read("2026-13-23T12:00"), None);
        assert_eq!(write(noon), "2026-11-23T12:00");
    }
}
