//! The watchlist: instruments at a glance, each with its last price, its day and a line of it.
//!
//! | module | what it owns |
//! |---|---|
//! | `settings` | what a person sets |
//! | `table` | what the parts share; choosing, moving and taking out rows |
//! | `rows`, `cells` | the rows between two frames, and what their figures are written into |
//! | `row` | one row in the page |
//! | `history` | which rows' past is asked for, a few at a time |
//! | `footer` | in the header which list is shown and adding to it; below the rows questions and what went wrong |
//!
//! Figures, columns and orders are computed in [`tradesuite_core::watch`]; the lists themselves are
//! [`crate::ui::watchlists`].

mod cells;
mod footer;
mod history;
mod row;
mod rows;
mod settings;
mod table;

use leptos::ev::PointerEvent;
use leptos::html::{Div, Span};
use leptos::prelude::*;
use tradesuite_core::dock::PanelKind;
use tradesuite_core::model::{InstrumentId, Name};
use tradesuite_core::watch::{COLUMNS, Column, VENUE_WIDTH, columns_for, spec_of, width_of};

use self::cells::Style;
use self::footer::{Footer, ListTools, WaitingNote};
use self::row::RowView;
use self::settings::{Choices, FIELDS};
use self::table::{ROW, Table, TableParts, stale_venues};
use crate::browser;
use crate::ui::live::{Link, Live};
use crate::ui::panel::{Panel, PanelContext, PanelSpec};
use crate::ui::preferences::Preferences;
use crate::ui::server_status::StatusFeed;
use crate::ui::watchlists::Watchlists;
use crate::ui::workspace::Workspace;

/// What the rows have at their sides, CSS pixels.
const SIDES: i32 = 12;

/// The kind.
pub static SPEC: PanelSpec = PanelSpec {
    kind: PanelKind {
        id: "watchlist",
        label: "Watchlist",
        fields: FIELDS,
    },
    view: |context| view! { <WatchlistPanel context /> }.into_any(),
};

/// Width of an element, followed.
fn width_of_node(node: NodeRef<Div>) -> RwSignal<i32> {
    let width = RwSignal::new(0);
    Effect::new(move || {
        if node.get().is_none() {
            return;
        }
        let measure = move || {
            let (now, _) = browser::size_of(node);
            if width.try_get_untracked().is_some_and(|width| width != now) {
                width.set(now);
            }
        };
        let held = StoredValue::new_local(browser::on_resize(node, measure));
        on_cleanup(move || {
            let _ = held.try_update_value(Option::take);
        });
    });
    width
}

/// The list of a name; the first where none is named.
fn named(lists: Watchlists, wanted: &str) -> Option<Name> {
    lists.names.with(|names| {
        let names = names.as_ref()?;
        match wanted.is_empty() {
            true => names.first().cloned(),
            false => names.iter().find(|name| name.as_str() == wanted).cloned(),
        }
    })
}

fn table_of(context: PanelContext, ground: NodeRef<Div>) -> Table {
    let choices = Choices::new(context);
    let lists = Watchlists::expect();
    let (link, status) = (Live::expect().link(), StatusFeed::expect().status);
    let width = width_of_node(ground);
    let columns =
        Memo::new(move |_| columns_for(width.get() - SIDES, |column| choices.wants(column)));
    let is_wide = Memo::new(move |_| {
        let others = columns.with(|columns| width_of(columns)) - spec_of(Column::Instrument).width;
        width.get() - SIDES - others >= VENUE_WIDTH
    });
    Table::new(TableParts {
        context,
        choices,
        name: Memo::new(move |_| choices.list.with(|wanted| named(lists, wanted))),
        columns,
        is_wide,
        stale: Memo::new(move |_| status.with(|status| stale_venues(link.get(), status.as_ref()))),
    })
}

/// The list of a panel.
#[component]
pub fn WatchlistPanel(
    /// Its place in the page.
    context: PanelContext,
) -> impl IntoView {
    let ground = NodeRef::<Div>::new();
    let summary = NodeRef::<Span>::new();
    let table = table_of(context, ground);
    let workspace = Workspace::expect();
    let numbers = Preferences::expect().numbers;
    let is_adding = RwSignal::new(false);
    Effect::new(move || {
        if workspace.ready.get() {
            table.lists.want();
        }
    });
    Effect::new(move || table.rows.start(summary));
    let own = Memo::new(move |_| -> Vec<InstrumentId> {
        let list = table.name.get().and_then(|name| table.lists.list(&name));
        list.map_or_else(Vec::new, |list| list.instruments)
    });
    Effect::new(move || {
        table.rows.choose(
            own.get(),
            table.choices.sort.get(),
            Style {
                unit: table.choices.unit.get(),
                numbers: numbers.get(),
            },
        );
    });
    let template = move || {
        let columns = table.columns.get();
        let width = |column: &Column| match column {
            Column::Instrument => "minmax(0,1fr)".to_owned(),
            column => format!("{}px", spec_of(*column).width),
        };
        let widths: Vec<_> = columns.iter().map(width).collect();
        format!("--watch-columns:{}", widths.join(" "))
    };
    let label = move || match table.name.get() {
        Some(name) => format!("Watchlist {name}"),
        None => "Watchlist".to_owned(),
    };
    let question = RwSignal::new(None);
    let tools = move || view! { <ListTools table is_adding question /> };
    view! {
        <Panel title="Watchlist" tools=tools>
            <div class="relative flex min-h-0 grow flex-col" node_ref=ground style=template data-testid="watchlist">
                <div
                    class="flex min-h-0 grow flex-col"
                    role="grid"
                    aria-label=label
                    aria-describedby=context.element_id("summary")
                    data-testid="watch-grid"
                >
                    <Heads table />
                    <Body table />
                </div>
                <span id=context.element_id("summary") class="sr-only" node_ref=summary data-testid="watchlist-summary"></span>
                <Empty table own is_adding />
                <WaitingNote table />
            </div>
            <Footer table question />
        </Panel>
    }
}

/// The heads of the columns: pressed, they sort.
#[component]
fn Heads(table: Table) -> impl IntoView {
    let sort = table.choices.sort;
    let head = |column: Column| {
        let spec = spec_of(column);
        let is_sorted = move || sort.get().by == Some(column);
        let aria_sort = move || match (is_sorted(), sort.get().is_falling) {
            (false, _) => "none",
            (true, true) => "descending",
            (true, false) => "ascending",
        };
        let arrow = move || match aria_sort() {
            "descending" => "↓",
            "ascending" => "↑",
            _ => "",
        };
        let side = if column == Column::Instrument {
            "justify-start"
        } else {
            "justify-end"
        };
        let class = format!("flex h-5 w-full items-center gap-0.5 whitespace-nowrap px-1 {side}");
        let content = match spec.sorts {
            true => view! {
                <button
                    class=format!("{class} cursor-pointer rounded hover:text-text-1")
                    title=format!("{}. Press to sort", spec.about)
                    data-testid=format!("watch-sort-{}", spec.id)
                    on:click=move |_| table.sort_by(column)
                >
                    <span aria-hidden="true" class="text-accent">{arrow}</span>
                    {spec.label}
                </button>
            }
            .into_any(),
            false => view! { <span class=class title=spec.about>{spec.label}</span> }.into_any(),
        };
        view! {
            <div role="columnheader" aria-sort=spec.sorts.then_some(aria_sort) hidden=move || !table.shows(column)>
                {content}
            </div>
        }
    };
    view! {
        <div class="shrink-0 overflow-y-hidden border-b border-line text-[10px] text-text-2 [scrollbar-gutter:stable]" role="rowgroup">
            <div class="grid [grid-template-columns:var(--watch-columns)] px-1.5" role="row">
                {COLUMNS.iter().map(|spec| head(spec.column)).collect_view()}
            </div>
        </div>
    }
}

#[component]
fn Body(table: Table) -> impl IntoView {
    let shown = table.rows.shown;
    let landing = move || {
        table
            .landing()
            .map(|before| format!("top:{}px", before as i32 * ROW - 1))
    };
    view! {
        <div class="min-h-0 grow overflow-x-hidden overflow-y-auto [scrollbar-gutter:stable]" role="presentation">
            <div
                node_ref=table.body
                class="relative"
                role="rowgroup"
                on:pointerenter=move |_| table.rows.point(true)
                on:pointerleave=move |_| table.rows.point(false)
                on:focusin=move |_| table.rows.focus(true)
                on:focusout=move |_| table.rows.focus(false)
                on:pointermove=move |event: PointerEvent| table.drag_to(&event)
                on:pointerup=move |_| table.lift(true)
                on:pointercancel=move |_| table.lift(false)
                on:keydown=move |event| table.on_key(&event)
            >
                <For each=move || shown.get() key=Clone::clone let(id)>
                    {view! { <RowView id table /> }.into_any()}
                </For>
                <Show when=move || landing().is_some()>
                    <div class="pointer-events-none absolute inset-x-1 h-0.5 bg-accent" style=landing aria-hidden="true" data-testid="watch-landing"></div>
                </Show>
            </div>
        </div>
    }
}

/// What is said where there is no row.
#[component]
fn Empty(table: Table, own: Memo<Vec<InstrumentId>>, is_adding: RwSignal<bool>) -> impl IntoView {
    let link = Live::expect().link();
    let lists = table.lists;
    let words = Memo::new(move |_| {
        if own.with(|own| !own.is_empty()) {
            return None;
        }
        let has_read = lists.names.with(Option::is_some);
        let is_there = table.name.with(Option::is_some);
        let text = match (is_there, has_read, link.get()) {
            (true, ..) => "This list is empty.".to_owned(),
            (false, true, _) => match table.choices.list.get() {
                name if name.is_empty() => "There is no list yet. Make one above.".to_owned(),
                name => format!("There is no list {name} any more. Choose another above."),
            },
            (false, false, Link::Lost) => "The server cannot be reached.".to_owned(),
            (false, false, _) => "Loading…".to_owned(),
        };
        Some(text)
    });
    let may_add = move || table.name.with(Option::is_some);
    view! {
        <Show when=move || words.with(Option::is_some)>
            <div class="absolute inset-x-3 top-1/3 flex flex-col items-center gap-2 text-center text-text-2" role="status" data-testid="watch-empty">
                <p>{move || words.get()}</p>
                <Show when=may_add>
                    <button
                        class="h-7 cursor-pointer rounded border border-line-strong px-2.5 text-text-1 hover:bg-hover"
                        data-testid="watch-add-first"
                        on:click=move |_| is_adding.set(true)
                    >
                        "Add an instrument"
                    </button>
                </Show>
            </div>
        </Show>
    }
}
