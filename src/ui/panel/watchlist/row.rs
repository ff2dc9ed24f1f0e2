//! One row: an instrument, its figures, its line of the day, and the button that takes it out.

use leptos::html::Canvas;
use leptos::prelude::*;
use tradesuite_core::chart::format;
use tradesuite_core::model::InstrumentId;
use tradesuite_core::protocol::{Body, Data, Topic};
use tradesuite_core::watch::Column;

use super::cells::{CellNodes, Cells};
use super::history::{History, Lack};
use super::rows::Rows;
use super::table::Table;
use crate::ui::live::Live;
use crate::ui::panel::Painter;
use crate::ui::preferences::Preferences;

const FIGURE: &str = "px-1 text-right whitespace-nowrap";
/// Room above and below a line, of its height.
const MARGIN: f64 = 0.2;
const LINE_WIDTH: f64 = 1.25;

/// Two letters for a venue where there is no room for its name.
fn tag(venue: &str) -> String {
    venue.chars().take(2).collect::<String>().to_uppercase()
}

/// Listens to the day, writes the figures and asks for the past, as long as the row is there.
fn follow(
    rows: Rows,
    history: History,
    id: &InstrumentId,
    nodes: CellNodes,
    canvas: NodeRef<Canvas>,
) -> RwSignal<Option<Lack>> {
    let lack = RwSignal::new(None);
    let (live, preferences) = (Live::expect(), Preferences::expect());
    let id = id.clone();
    Effect::new(move || {
        let of = id.clone();
        let painter = Painter::start(canvas, 0.0, move |surface, size, palette| {
            let height = size.height * (1.0 - 2.0 * MARGIN);
            let (line, is_up) = rows.trend(&of, size.width, height);
            let down = size.height * MARGIN;
            let points: Vec<_> = line.into_iter().map(|(x, y)| (x, y + down)).collect();
            let color = if is_up { &palette.up } else { &palette.down };
            surface.polyline(&points, LINE_WIDTH * size.ratio, color);
        });
        let recolored = painter.clone();
        Effect::new(move || {
            preferences.track_looks();
            recolored.recolor();
        });
        rows.attach(&id, Cells::new(nodes), painter);
        history.want(id.clone(), lack);
        let of = id.clone();
        let subscription = live.subscribe(Topic::Ticker(id.clone()), move |message| {
            if let Body::Snapshot(Data::Ticker(data)) | Body::Update(Data::Ticker(data)) =
                &message.body
            {
                rows.hear(&of, *data);
            }
        });
        let held = StoredValue::new_local(Some(subscription));
        let gone = id.clone();
        on_cleanup(move || {
            drop(held.try_update_value(Option::take));
            rows.detach(&gone);
        });
    });
    lack
}

/// A row.
#[component]
pub fn RowView(
    /// Of which instrument.
    id: InstrumentId,
    /// The table that it stands in.
    table: Table,
) -> impl IntoView {
    let rows = table.rows;
    let nodes = CellNodes::new();
    let canvas = NodeRef::<Canvas>::new();
    let lack = follow(rows, table.history, &id, nodes, canvas);
    let title = RwSignal::new(String::new());
    let venue = format::venue(id.exchange());
    let held = StoredValue::new(id.clone());
    let is_chosen = Memo::new(move |_| {
        let chosen = table.context.instrument.get();
        held.with_value(|id| *id == chosen)
    });
    let has_keyboard = Memo::new(move |_| table.is_active(&held.get_value()));
    let is_stale = Memo::new(move |_| held.with_value(|id| table.is_stale(id.exchange())));
    let is_unknown = Memo::new(move |_| lack.get() == Some(Lack::Unknown));
    let hides = move |column: Column| move || is_unknown.get() || !table.shows(column);
    let describe = move || title.set(rows.title(&held.get_value()));
    let short = tag(&venue);
    let name = venue.clone();
    let venue_text = move || match table.is_wide.get() {
        true => name.clone(),
        false => short.clone(),
    };
    let past = move || match lack.get() {
        Some(Lack::Past(why)) => Some(format!("The last 24 hours cannot be had: {why}")),
        _ => None,
    };
    let label = format!("{} {venue}", id.symbol());
    let remove_label = format!("Take {label} out of the list");
    view! {
        <div
            id=table.row_id(&id)
            class="group/row relative grid h-[27px] cursor-pointer [grid-template-columns:var(--watch-columns)] items-center border-b border-line px-1.5 select-none hover:bg-hover aria-selected:bg-raised aria-selected:shadow-[inset_2px_0_0_var(--accent)] data-[stale=true]:opacity-60 data-[stale=true]:grayscale"
            role="row"
            tabindex=move || if has_keyboard.get() { "0" } else { "-1" }
            aria-selected=move || is_chosen.get().to_string()
            data-testid="watch-row"
            data-instrument=id.to_string()
            data-stale=move || is_stale.get().to_string()
            title=move || title.get()
            on:pointerenter=move |_| describe()
            on:focus=move |_| {
                describe();
                table.activate(held.get_value());
            }
            on:click=move |_| table.look_at(held.get_value())
            on:pointerdown=move |event| table.press(held.get_value(), &event)
        >
            <div class="flex min-w-0 items-baseline gap-1 px-1 whitespace-nowrap" role="rowheader">
                <span class="shrink-0 font-medium" aria-label=label.clone()>{id.symbol().to_owned()}</span>
                <span class="truncate text-[10px] text-text-2" aria-hidden="true" title=venue>{venue_text}</span>
                <Show when=move || is_stale.get()>
                    <svg class="size-2.5 shrink-0 self-center text-warning" viewBox="0 0 12 12" role="img" aria-label="not up to date" data-testid="watch-stale">
                        <path d="M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1Zm0 2.2V6l2 1.4" fill="none" stroke="currentColor" stroke-width="1.3" />
                    </svg>
                </Show>
                <Show when=move || past().is_some()>
                    <span class="shrink-0 text-warning" title=past role="img" aria-label=past data-testid="watch-lack">"!"</span>
                </Show>
            </div>
            <div class="col-span-full col-start-2 truncate px-1 text-right text-warning" role="gridcell" hidden=move || !is_unknown.get() data-testid="watch-unknown">
                "not known here"
            </div>
            <div class="h-[22px] px-1" role="gridcell" aria-hidden="true" hidden=hides(Column::Trend)>
                <canvas node_ref=canvas class="pointer-events-none size-full" data-testid="watch-trend"></canvas>
            </div>
            <div class=FIGURE role="gridcell" hidden=hides(Column::Last)>
                <span class="font-medium" node_ref=nodes.last data-testid="watch-last">"–"</span>
            </div>
            <div class=FIGURE role="gridcell" hidden=hides(Column::Change)>
                <span node_ref=nodes.change data-testid="watch-change">"–"</span>
            </div>
            <div class=format!("{FIGURE} text-text-2") role="gridcell" hidden=hides(Column::Volume)>
                <span node_ref=nodes.volume data-testid="watch-volume">"–"</span>
            </div>
            <div class=format!("{FIGURE} text-text-2") role="gridcell" hidden=hides(Column::Spread)>
                <span node_ref=nodes.spread data-testid="watch-spread">"–"</span>
            </div>
            <div
                class="absolute inset-y-0 left-0 hidden items-center bg-hover group-hover/row:flex group-focus/row:flex"
                role="gridcell"
            >
                <button
                    class="size-[22px] cursor-pointer rounded bg-raised text-text-2 hover:text-text-1"
                    tabindex="-1"
                    title=remove_label.clone()
                    aria-label=remove_label
                    data-testid="watch-remove"
                    on:click=move |event| {
                        event.stop_propagation();
                        table.remove(held.get_value());
                    }
                    on:pointerdown=move |event| event.stop_propagation()
                >
                    "×"
                </button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn a_venue_has_two_letters_at_least() {
        assert_eq!(tag("Coinbase"), "CO");
        assert_eq!(tag("Kraken"), "KR");
    }
}
