//! Around the rows: in the header which list is shown and what can be done with it, below the rows
//! what is asked of a person and what went wrong.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::{Div, Form};
use leptos::prelude::*;
use tradesuite_core::model::{InstrumentId, Name};
use tradesuite_core::watch::Pasted;

use super::table::Table;
use crate::browser;
use crate::ui::instrument_search::InstrumentSearch;
use crate::ui::live::{Link, Live};
use crate::ui::watchlists::Problem;
use crate::ui::widget::{Menu, MenuItem};

const BUTTON: &str =
    "h-[22px] shrink-0 cursor-pointer rounded px-1.5 hover:bg-hover hover:text-text-1";
const ANSWER: &str =
    "h-6 shrink-0 cursor-pointer rounded border border-line-strong px-2 text-text-1 hover:bg-hover";

/// What is asked of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The name of a new list.
    New,
    /// Another name for the one that is shown.
    Rename,
    /// Whether it may go.
    Delete,
}

/// The tools in the panel's header.
#[component]
pub fn ListTools(
    /// The table below.
    table: Table,
    /// Whether the search is open.
    is_adding: RwSignal<bool>,
    /// What is asked below the rows.
    question: RwSignal<Option<Question>>,
) -> impl IntoView {
    let name = move || table.name.get().map(|name| name.to_string());
    let has_list = move || table.name.with(Option::is_some);
    let names = move || table.lists.names.get().unwrap_or_default();
    let items = move || {
        let item = |name: Name| {
            let (own, label) = (name.clone(), name.to_string());
            let is_chosen = Signal::derive(move || table.name.get().as_ref() == Some(&own));
            let chosen = label.clone();
            view! {
                <MenuItem testid="watch-list" is_chosen on_choose=move || table.context.set("list", chosen.clone())>
                    {label}
                </MenuItem>
            }
        };
        names().into_iter().map(item).collect_view()
    };
    let button = move || {
        view! { <span class="max-w-[14ch] truncate">{move || name().unwrap_or_else(|| "Lists".to_owned())}</span> " ▾" }
            .into_any()
    };
    view! {
        <Menu
            name="Lists"
            testid="watch-lists"
            class="flex h-[22px] cursor-pointer items-center gap-1 rounded px-1.5 font-medium whitespace-nowrap text-text-1 hover:bg-hover"
            is_text=true
            button=button
        >
            {items}
            <div class="my-1 border-t border-line" role="separator"></div>
            <MenuItem testid="watch-new" on_choose=move || question.set(Some(Question::New))>"New list…"</MenuItem>
            <MenuItem testid="watch-rename" on_choose=move || question.set(Some(Question::Rename))>"Rename…"</MenuItem>
            <MenuItem testid="watch-delete" on_choose=move || question.set(Some(Question::Delete))>"Delete…"</MenuItem>
        </Menu>
        <Show when=has_list>
            <AddButton table is_adding />
        </Show>
    }
}

/// What stands below the rows while there is anything to say or to ask.
#[component]
pub fn Footer(
    /// The table above.
    table: Table,
    /// What is asked.
    question: RwSignal<Option<Question>>,
) -> impl IntoView {
    view! {
        <ProblemLine table />
        {move || question.get().map(|asked| view! { <QuestionLine table asked question /> })}
    }
}

/// Says that the rows are not in their order. It lies over the last of them: a line of its own
/// would move rows away from the pointer that they wait for.
#[component]
pub fn WaitingNote(
    /// The table.
    table: Table,
) -> impl IntoView {
    let is_waiting = table.rows.is_waiting;
    view! {
        <span
            class="pointer-events-none absolute right-3 bottom-1 rounded border border-line bg-raised px-1.5 text-[10px] text-text-2 empty:hidden"
            data-testid="watch-waiting"
        >
            {move || is_waiting.get().then_some("order waits")}
        </span>
    }
}

#[component]
fn AddButton(table: Table, is_adding: RwSignal<bool>) -> impl IntoView {
    let place = RwSignal::new(String::new());
    let root = NodeRef::<Div>::new();
    Effect::new(move || {
        if is_adding.get() {
            place.set(browser::place_below(root));
        }
    });
    let add = move |ids: Vec<InstrumentId>, others: Vec<String>| {
        table.edit(|list| {
            let mut refused = Vec::new();
            for id in ids {
                if let Err(why) = list.add(id) {
                    refused.push(why.to_string());
                }
            }
            let is_one = refused.len() == 1 && others.is_empty();
            match (is_one, list.instruments.is_empty()) {
                // Of several, those that are there already are no mistake.
                (true, _) => refused.pop().map_or(Ok(()), Err),
                _ => Ok(()),
            }
        });
        if !others.is_empty() {
            let why = format!("Not instruments: {}.", others.join(", "));
            table.lists.problem.set(Some(Problem::Refused(why)));
        }
    };
    let on_choose = Callback::new(move |id| add(vec![id], Vec::new()));
    let on_many = Callback::new(move |pasted: Pasted| {
        add(pasted.ids, pasted.others);
        is_adding.set(false);
    });
    let close = move || is_adding.set(false);
    view! {
        <div class="shrink-0" node_ref=root>
            <button
                class=BUTTON
                title="Add instruments to the list"
                aria-haspopup="dialog"
                aria-expanded=move || is_adding.get().to_string()
                data-testid="watch-add"
                on:click=move |_| is_adding.set(true)
            >
                "+ Add"
            </button>
            <Show when=move || is_adding.get()>
                <div role="dialog" aria-label="Add instruments">
                    <InstrumentSearch class="fixed" style=place current=None on_choose on_many close />
                </div>
            </Show>
        </div>
    }
}

/// What is said while the server cannot be reached: also that a list is not saved.
fn cut_off(unsaved: Option<&Name>) -> String {
    let seen = "Not connected: this is what was seen until then.";
    match unsaved {
        Some(name) => {
            format!("{seen} What was changed in {name} is saved once the line is back.")
        }
        None => seen.to_owned(),
    }
}

/// What went wrong, and what can be done about it.
#[component]
fn ProblemLine(table: Table) -> impl IntoView {
    let link = Live::expect().link();
    let lists = table.lists;
    let problem = lists.problem;
    let text = move || match (problem.get(), link.get()) {
        (Some(Problem::Overtaken(name)), _) => Some(format!(
            "Another window changed {name} meanwhile. Nothing was overwritten."
        )),
        (_, Link::Lost) => Some(cut_off(lists.unsaved().as_ref())),
        (Some(Problem::Unread(why)), _) => Some(format!("The lists cannot be read: {why}")),
        (Some(Problem::Unsaved(name, why)), _) => Some(format!("{name} is not saved: {why}")),
        (Some(Problem::Refused(why)), _) => Some(why),
        (None, _) => None,
    };
    let answers = move || {
        let is_lost = link.get() == Link::Lost;
        match problem.get()? {
            Problem::Overtaken(name) => {
                let own = name.clone();
                let view = view! {
                    <button class=ANSWER data-testid="watch-theirs" on:click=move |_| lists.take_theirs(name.clone())>"Take theirs"</button>
                    <button class=ANSWER data-testid="watch-own" on:click=move |_| lists.keep_own(own.clone())>"Keep mine"</button>
                };
                Some(view.into_any())
            }
            _ if is_lost => None,
            Problem::Unsaved(..) | Problem::Unread(_) => {
                let again = move |_| leptos::task::spawn_local(lists.read());
                let view = view! { <button class=ANSWER data-testid="watch-again" on:click=again>"Try again"</button> };
                Some(view.into_any())
            }
            Problem::Refused(_) => {
                let view = view! {
                    <button class=ANSWER data-testid="watch-dismiss" aria-label="Dismiss" on:click=move |_| problem.set(None)>"×"</button>
                };
                Some(view.into_any())
            }
        }
    };
    view! {
        <Show when=move || text().is_some()>
            <div class="flex shrink-0 flex-wrap items-center gap-1.5 border-t border-line bg-raised px-2.5 py-1 text-[11px] text-warning" role="status" data-testid="watch-problem">
                <span class="min-w-0 grow basis-32">{text}</span>
                {answers}
            </div>
        </Show>
    }
}

/// Asks for a name, or whether a list may go.
#[component]
fn QuestionLine(
    table: Table,
    asked: Question,
    question: RwSignal<Option<Question>>,
) -> impl IntoView {
    let shown = table.name.get_untracked();
    let first = match (asked, &shown) {
        (Question::Rename, Some(name)) => name.to_string(),
        _ => String::new(),
    };
    let entered = RwSignal::new(first);
    let error = RwSignal::new(None::<String>);
    let form = NodeRef::<Form>::new();
    Effect::new(move || {
        if form.get().is_some() {
            browser::move_focus(form, 1);
        }
    });
    let show = move |name: Name| table.context.set("list", name.as_str());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let name = entered.with_untracked(|text| text.trim().parse::<Name>());
        match (asked, name, shown.clone()) {
            (Question::Delete, _, Some(own)) => {
                let back = move || table.context.set("list", "");
                table.lists.delete(own, back);
            }
            (Question::New, Ok(name), _) => table.lists.create(name, show),
            (Question::Rename, Ok(name), Some(own)) => table.lists.rename(own, name, show),
            (_, Err(why), _) => return error.set(Some(why.to_string())),
            (_, _, None) => {}
        }
        question.set(None);
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            question.set(None);
        }
    };
    let label = match asked {
        Question::New => "New list",
        Question::Rename => "Rename the list",
        Question::Delete => "Delete the list",
    };
    let body = match asked {
        Question::Delete => {
            let name = table.name.get_untracked();
            let name = name.map_or_else(String::new, |name| name.to_string());
            view! { <span class="min-w-0 grow basis-24">{format!("Delete {name} for good?")}</span> }.into_any()
        }
        _ => view! {
            <input
                class="h-6 min-w-0 grow basis-24 rounded border border-line bg-panel px-1.5 text-text-1"
                aria-label="Name of the list"
                placeholder="Name"
                autocomplete="off"
                data-testid="watch-name"
                prop:value=move || entered.get()
                on:input=move |event| entered.set(event_target_value(&event))
            />
        }
        .into_any(),
    };
    view! {
        <form
            node_ref=form
            class="flex shrink-0 flex-wrap items-center gap-1.5 border-t border-line bg-raised px-2.5 py-1 text-[11px]"
            role="dialog"
            aria-label=label
            data-testid="watch-question"
            on:submit=on_submit
            on:keydown=on_key
        >
            {body}
            <button class=ANSWER type="submit" data-testid="watch-yes">
                {match asked {
                    Question::New => "Make",
                    Question::Rename => "Rename",
                    Question::Delete => "Delete",
                }}
            </button>
            <button class=ANSWER type="button" data-testid="watch-no" on:click=move |_| question.set(None)>"Cancel"</button>
            <p class="w-full text-warning empty:hidden" role="alert">{move || error.get()}</p>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_saved_is_said_while_the_line_is_lost() {
        let name: Name = "Mine".parse().expect("a name");
        assert!(cut_off(Some(&name)).contains("changed in Mine is saved once the line is back"));
        assert!(!cut_off(None).contains("saved"));
    }
}
