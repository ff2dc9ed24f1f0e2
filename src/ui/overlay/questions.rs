//! Questions about the present workspace. What cannot be done is said in the question itself, which
//! stays until it is answered or closed.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use tradesuite_core::dock::Workspace as Document;

use super::{Asked, Overlays};
use crate::browser;
use crate::ui::widget::Dialog;
use crate::ui::workspace::{LONGEST_FILE, Workspace, document_in};

const BUTTON: &str = "h-10 cursor-pointer rounded border border-line-strong px-3 hover:bg-hover disabled:cursor-default disabled:opacity-50 md:h-7";
const FIELD: &str = "h-10 rounded border border-line bg-panel px-2 text-text-1 md:h-7";

impl Asked {
    fn title(self) -> &'static str {
        match self {
            Self::SaveAs => "Save workspace as",
            Self::Rename => "Rename workspace",
            Self::Delete => "Delete workspace",
            Self::Reset => "Reset workspace",
            Self::Import => "Import workspace",
        }
    }

    /// What is meant by yes.
    fn yes(self) -> &'static str {
        match self {
            Self::SaveAs => "Save",
            Self::Rename => "Rename",
            Self::Delete => "Delete",
            Self::Reset => "Reset",
            Self::Import => "Import",
        }
    }

    /// What is to be known before; `undone` says how changes of the layout are taken back here.
    fn words(self, name: &str, undone: &str) -> String {
        match self {
            Self::SaveAs => {
                format!("{name} stays as it is; what comes is kept under the new name.")
            }
            Self::Rename => format!("{name} has another name from now on, here and everywhere."),
            Self::Delete => {
                format!("{name} is deleted here and everywhere. That cannot be undone.")
            }
            Self::Reset => format!(
                "Panels, sizes, settings and instruments of {name} become what they were when it came. {undone}"
            ),
            Self::Import => {
                "A file that this page has exported, or one of the same form.".to_owned()
            }
        }
    }

    fn has_name(self) -> bool {
        matches!(self, Self::SaveAs | Self::Rename | Self::Import)
    }
}

/// A question, and its answer.
#[component]
pub fn Question(
    /// Which.
    asked: Asked,
) -> impl IntoView {
    let overlays = Overlays::expect();
    let workspace = Workspace::expect();
    let shown = workspace.name.get_untracked();
    // What the answer is about is the server's document: that should be what is shown.
    if matches!(asked, Asked::Rename | Asked::Delete) {
        workspace.hurry();
    }
    let begin = match asked {
        Asked::Rename => shown.to_string(),
        _ => String::new(),
    };
    let name = RwSignal::new(begin);
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let document = RwSignal::new(None::<Document>);
    let undone = match workspace.is_phone.get_untracked() {
        false => "It is one change of the layout: Alt Z takes it back while this page is open.",
        // A narrow window has no such key; a wide one of this page has.
        true => "That cannot be undone in a narrow window.",
    };
    let close = Callback::new(move |()| overlays.close());
    let needs_file = move || asked == Asked::Import && document.with(Option::is_none);
    let answer = move || {
        if is_busy.get_untracked() || untrack(needs_file) {
            return;
        }
        is_busy.set(true);
        problem.set(None);
        let text = name.get_untracked();
        let held = document.get_untracked();
        spawn_local(async move {
            let done = match (asked, held) {
                (Asked::SaveAs, _) => workspace.save_as(&text).await,
                (Asked::Rename, _) => workspace.rename(&text).await,
                (Asked::Delete, _) => workspace.delete().await,
                (Asked::Import, Some(held)) => workspace.import(held, &text).await,
                (Asked::Import, None) => Ok(()),
                (Asked::Reset, _) => {
                    workspace.reset().await;
                    Ok(())
                }
            };
            is_busy.try_set(false);
            match done {
                Ok(()) => overlays.close(),
                Err(why) => {
                    problem.try_set(Some(why));
                }
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        answer();
    };
    view! {
        <Dialog
            name=asked.title()
            testid="question"
            class="inset-x-2 top-2 mx-auto max-w-[400px] rounded-lg md:top-[18vh]"
            close
        >
            <form class="flex flex-col gap-3 p-4" on:submit=submit>
                <h2 class="text-[13px] font-semibold">{asked.title()}</h2>
                <p class="text-text-2">{asked.words(shown.as_str(), undone)}</p>
                {(asked == Asked::Import).then(|| view! { <FileField name document problem /> })}
                {asked
                    .has_name()
                    .then(|| {
                        view! {
                            <label class="flex flex-col gap-1">
                                <span class="text-[11px] text-text-2">"Name"</span>
                                <input
                                    class=FIELD
                                    data-testid="question-name"
                                    maxlength="64"
                                    autocomplete="off"
                                    disabled=needs_file
                                    prop:value=move || name.get()
                                    on:input=move |event| {
                                        problem.set(None);
                                        name.set(event_target_value(&event));
                                    }
                                />
                            </label>
                        }
                    })}
                <p class="max-h-40 overflow-y-auto break-words text-warning empty:hidden" role="alert" data-testid="question-problem">
                    {move || problem.get()}
                </p>
                <div class="flex justify-end gap-2">
                    <button class=BUTTON type="button" data-testid="question-no" on:click=move |_| overlays.close()>
                        "Cancel"
                    </button>
                    <button
                        class=format!("{BUTTON} bg-hover font-medium")
                        type="submit"
                        data-testid="question-yes"
                        disabled=move || is_busy.get() || needs_file()
                    >
                        {asked.yes()}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// Picks a file. Its name of a workspace is proposed, and may be changed.
#[component]
fn FileField(
    name: RwSignal<String>,
    document: RwSignal<Option<Document>>,
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let picked = RwSignal::new(None::<String>);
    let read = move |_| {
        browser::read_file(field, LONGEST_FILE, move |file| {
            picked.try_set(Some(file.name.clone()));
            match document_in(&file) {
                Ok(read) => {
                    problem.try_set(None);
                    name.try_set(read.name.to_string());
                    document.try_set(Some(read));
                }
                Err(why) => {
                    document.try_set(None);
                    problem.try_set(Some(why));
                }
            }
        });
    };
    view! {
        <label class="flex items-center gap-2">
            <span class="sr-only">"File"</span>
            <input
                node_ref=field
                class="w-full cursor-pointer text-text-2 file:mr-2 file:h-10 file:cursor-pointer file:rounded file:border file:border-line-strong file:bg-raised file:px-3 file:text-text-1 md:file:h-7"
                type="file"
                accept=".json,application/json"
                data-testid="question-file"
                on:change=read
            />
        </label>
        <p class="truncate text-[11px] text-text-2 empty:hidden" data-testid="question-picked">
            {move || picked.get()}
        </p>
    }
}
