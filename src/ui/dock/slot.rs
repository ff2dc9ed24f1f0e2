//! The place of a panel that has shown: the area of its group below the header. Behind another tab
//! it has none: it is not painted, but keeps what it holds and where it was scrolled to.

use leptos::prelude::*;
use tradesuite_core::dock::{Area, PanelId, PanelKind};

use crate::ui::dock::state::{DockState, HEADER, HeaderSlot, style_of};
use crate::ui::panel::PANELS;
use crate::ui::workspace::Workspace;

/// A panel in its place. The element stays the same wherever the panel is moved.
#[component]
pub fn Slot(
    /// Which.
    panel: PanelId,
    /// What it is.
    kind: &'static PanelKind,
) -> impl IntoView {
    let state = DockState::expect();
    let workspace = state.workspace;
    let area = Memo::new(move |last: Option<&Area>| {
        let area = state
            .geometry
            .with(|geometry| geometry.group_of(panel).map(|group| group.area));
        // A panel that is just going keeps its last place.
        area.or(last.copied()).unwrap_or_default()
    });
    let is_shown = Memo::new(move |_| state.is_shown(panel));
    let style = move || {
        if !is_shown.get() {
            return "display:none".to_owned();
        }
        let area = area.get();
        style_of(Area {
            y: area.y + HEADER,
            height: (area.height - HEADER).max(0),
            ..area
        })
    };
    view! {
        <section
            class="absolute flex flex-col overflow-hidden rounded-b-md border border-t-0 border-line bg-panel"
            id=format!("panel-{panel}")
            role="tabpanel"
            aria-labelledby=format!("tab-{panel}")
            data-testid="panel"
            data-panel=panel.to_string()
            data-kind=kind.id
            style=style
            on:pointerdown=move |_| workspace.focus(panel)
            on:focusin=move |_| workspace.focus(panel)
        >
            <PanelBody panel kind header=state.header(panel) />
        </section>
    }
}

/// What the table of panels has for its kind. It stays what it is: who holds it makes another for
/// another kind.
#[component]
pub fn PanelBody(
    /// Which.
    panel: PanelId,
    /// What it is.
    kind: &'static PanelKind,
    /// Where it puts its tools.
    header: HeaderSlot,
) -> impl IntoView {
    provide_context(header);
    on_cleanup(move || {
        let _ = header.try_set(None);
    });
    let workspace = Workspace::expect();
    let spec = PANELS.iter().find(|spec| spec.kind.id == kind.id);
    spec.map(|spec| (spec.view)(workspace.panel(panel)))
}
