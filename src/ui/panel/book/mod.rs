//! The order book: asks above, bids below, last trade and spread between them, on one canvas.
//!
//! | module | what it owns |
//! |---|---|
//! | `state` | the book between two frames, the rows that are shown, the figures |
//! | `paint` | one frame |

mod paint;
mod state;

use crate::ui::panel::fields::{INSTRUMENT, UNIT, chosen_unit, group};
use leptos::prelude::*;
use tradesuite_core::dock::PanelKind;
use tradesuite_core::model::{Field, FieldKind};
use tradesuite_core::protocol::BookDepth;

use crate::ui::panel::live_book::book_topic;
use crate::ui::panel::{
    Feed, GroupSelect, Grouping, Panel, PanelContext, PanelSpec, Screen, ScreenView,
};
use crate::ui::workspace::Workspace;
use state::{BookState, Choices};

/// The kind.
pub static SPEC: PanelSpec = PanelSpec {
    kind: PanelKind {
        id: "book",
        label: "Order book",
        fields: &[
            INSTRUMENT,
            group(1),
            UNIT,
            Field {
                name: "flash",
                label: "Flash on change",
                kind: FieldKind::Flag { default: false },
                help: "Whether a size flashes when it changes",
                when: None,
            },
        ],
    },
    view: |context| view! { <BookPanel context /> }.into_any(),
};

/// The order book of its instrument.
#[component]
pub fn BookPanel(
    /// Its place in the page.
    context: PanelContext,
) -> impl IntoView {
    let workspace = Workspace::expect();
    let screen = Screen::new();
    let choices = Choices {
        grouping: Grouping::new(context, 1),
        unit: chosen_unit(context),
        flash: context.setting("flash", false),
        levels: RwSignal::new(BookDepth::default().levels),
    };
    Effect::new(move || {
        // A wider step may need a deeper book, a narrower one does not.
        choices.grouping.track();
        context.instrument.track();
        let ordinary = BookDepth::default().levels;
        if choices.levels.get_untracked() != ordinary {
            choices.levels.set(ordinary);
        }
    });
    Effect::new(move || {
        if workspace.ready.get() {
            let instrument = context.instrument.get();
            let feed = Feed::start(screen, BookState::new(&instrument, choices));
            feed.repaint_with(move || {
                choices.grouping.track();
                choices.unit.track();
                choices.flash.track();
            });
            let of_book = instrument.clone();
            feed.listen(
                move || book_topic(of_book.clone(), choices.levels.get()),
                |state, message| state.book.take(message),
            );
            feed.listen_to_trades(&instrument, |state, beat| state.last = beat.last);
        }
    });
    let label = move || {
        let instrument = context.instrument.get();
        format!("Order book of {}, asks above bids", instrument.symbol())
    };
    view! {
        <Panel title="Order book" tools=move || view! { <GroupSelect grouping=choices.grouping testid="book-group" /> }>
            <div class="relative min-h-0 grow">
                <ScreenView screen context testid="book" label=Signal::derive(label) />
            </div>
        </Panel>
    }
}
