//! What the parts of the dock share: areas on the page, what is being dragged, and the tools that
//! panels put into their headers.

use std::collections::{BTreeSet, HashMap};

use leptos::html::Div;
use leptos::prelude::*;
use tradesuite_core::dock::{
    Area, Edit, Geometry, GroupArea, Landing, Layout, PanelId, PanelKind, Place, WindowPlace,
    kind_of,
};
use tradesuite_core::model::Name;

use crate::browser;
use crate::ui::panel::KINDS;
use crate::ui::workspace::Workspace;

/// Height of a group's header, CSS pixels.
pub const HEADER: i32 = 30;
/// Width and height of a panel's own window at the least, CSS pixels.
const LEAST_WINDOW: i32 = 320;
/// How far a pressed tab is moved before that is a drag, CSS pixels.
const SLACK: i32 = 5;

/// A tab under a pressed pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TabDrag {
    /// Its panel.
    pub panel: PanelId,
    /// Where it was pressed, in the window.
    from: (i32, i32),
    /// Where the pointer is, in the window.
    at: (i32, i32),
    /// Whether it has left the place where it was pressed.
    is_moving: bool,
}

/// What a panel puts into the header of its group.
pub type HeaderSlot = RwSignal<Option<ViewFn>>;

/// A handle on all of it; cheap to copy into every part.
#[derive(Clone, Copy)]
pub struct DockState {
    /// The panels and their arrangement.
    pub workspace: Workspace,
    /// Where everything stands.
    pub geometry: Memo<Geometry>,
    /// Where the dragged panel would land.
    pub landing: Memo<Option<Landing>>,
    /// The arrangement while a divider is dragged; kept only when it is let go.
    pub resizing: RwSignal<Option<Layout>>,
    drag: RwSignal<Option<TabDrag>>,
    ground: NodeRef<Div>,
    /// Width and height of the ground, CSS pixels.
    size: RwSignal<(i32, i32)>,
    headers: StoredValue<HashMap<PanelId, HeaderSlot>>,
    /// Panels of the workspace of this name that have shown.
    mounted: StoredValue<(Option<Name>, BTreeSet<PanelId>)>,
    owner: StoredValue<Option<Owner>>,
}

impl DockState {
    /// Makes the state and puts it into the context.
    pub fn provide(workspace: Workspace, ground: NodeRef<Div>) -> Self {
        let size = RwSignal::new((0, 0));
        let resizing = RwSignal::new(None::<Layout>);
        let drag = RwSignal::new(None::<TabDrag>);
        let geometry = Memo::new(move |_| {
            let (width, height) = size.get();
            if width == 0 || height == 0 {
                return Geometry::default();
            }
            match resizing.get() {
                Some(layout) => Geometry::of(&layout, width, height),
                None => workspace.with_layout(|layout| Geometry::of(layout, width, height)),
            }
        });
        let landing = Memo::new(move |_| {
            let drag = drag.get().filter(|drag| drag.is_moving)?;
            let (x, y) = drag.at;
            geometry.with(|geometry| {
                workspace.with_layout(|layout| match browser::tab_at(x, y) {
                    Some((near, after)) => {
                        let place = place_among(geometry, drag.panel, PanelId(near), after)?;
                        geometry.landing_at(layout, drag.panel, place)
                    }
                    None => {
                        let (left, top) = browser::origin_of(ground);
                        geometry.landing(layout, drag.panel, x - left, y - top)
                    }
                })
            })
        });
        let state = Self {
            workspace,
            geometry,
            landing,
            resizing,
            drag,
            ground,
            size,
            headers: StoredValue::new(HashMap::new()),
            mounted: StoredValue::new((None, BTreeSet::new())),
            owner: StoredValue::new(Owner::current()),
        };
        provide_context(state);
        state
    }

    /// The dock around a part.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// Reads the size of the ground.
    pub fn measure(self) {
        let size = browser::size_of(self.ground);
        if self.size.get_untracked() != size {
            self.size.set(size);
        }
    }

    /// Where a docked panel stands on the screen.
    #[must_use]
    pub fn on_screen(self, panel: PanelId) -> Option<WindowPlace> {
        let geometry = self.geometry.get_untracked();
        let area = geometry.group_of(panel)?.area;
        let (left, top) = browser::origin_of(self.ground);
        let (window_x, window_y) = browser::origin_on_screen();
        Some(WindowPlace {
            x: window_x + left + area.x,
            y: window_y + top + area.y,
            width: u16::try_from(area.width.max(LEAST_WINDOW)).ok()?,
            height: u16::try_from(area.height.max(LEAST_WINDOW)).ok()?,
        })
    }

    /// The panels that have shown since they were docked, and what they are. Those behind another
    /// tab go on as they are, unseen and unpainted, so that a person finds them as they were left.
    #[must_use]
    pub fn mounted(self) -> Vec<(PanelId, &'static PanelKind)> {
        let shown = self.geometry.with(|geometry| {
            let groups = geometry.groups.iter();
            groups.map(|group| group.active).collect::<Vec<_>>()
        });
        self.workspace.with_layout(|layout| {
            let name = self.workspace.name.get();
            let mounted = self.mounted.try_update_value(|(of, mounted)| {
                // Another workspace gives its numbers to other panels, which have not shown.
                if of.as_ref() != Some(&name) {
                    mounted.clear();
                    *of = Some(name);
                }
                mounted.extend(shown);
                mounted.retain(|panel| layout.group_of(*panel).is_some());
                mounted.clone()
            });
            // In the order of their numbers: that of the elements says nothing, so it need not
            // follow the arrangement.
            let mounted = mounted.unwrap_or_default().into_iter();
            let kind = |panel| kind_of(&KINDS, &layout.panel(panel)?.kind);
            mounted
                .filter_map(|panel| Some((panel, kind(panel)?)))
                .collect()
        })
    }

    /// Whether a panel shows: it is the one of its group that does, and no other group has the
    /// whole window.
    #[must_use]
    pub fn is_shown(self, panel: PanelId) -> bool {
        self.geometry.with(|geometry| {
            let mut groups = geometry.groups.iter();
            groups.any(|group| group.active == panel)
        })
    }

    /// A group by its place in the geometry.
    #[must_use]
    pub fn group(self, at: usize) -> Option<GroupArea> {
        self.geometry
            .with(|geometry| geometry.groups.get(at).cloned())
    }

    /// The header of a panel: what it puts there, whoever of the two is made first.
    #[must_use]
    pub fn header(self, panel: PanelId) -> HeaderSlot {
        if let Some(slot) = self.headers.with_value(|held| held.get(&panel).copied()) {
            return slot;
        }
        let make = || RwSignal::new(None);
        let slot = match self.owner.get_value() {
            // It outlives both panel and header.
            Some(owner) => owner.with(make),
            None => make(),
        };
        self.headers.update_value(|held| {
            held.insert(panel, slot);
        });
        slot
    }

    /// Whether something follows the pointer.
    #[must_use]
    pub fn is_dragging(self) -> bool {
        self.resizing.with(Option::is_some) || self.drag.get().is_some_and(|drag| drag.is_moving)
    }

    /// The panel whose tab follows the pointer.
    #[must_use]
    pub fn dragged(self) -> Option<PanelId> {
        let drag = self.drag.get()?;
        drag.is_moving.then_some(drag.panel)
    }

    /// A tab is pressed.
    pub fn press(self, panel: PanelId, at: (i32, i32)) {
        self.drag.set(Some(TabDrag {
            panel,
            from: at,
            at,
            is_moving: false,
        }));
    }

    /// The pointer moves.
    pub fn drag_to(self, at: (i32, i32)) {
        if self.drag.get_untracked().is_none() {
            return;
        }
        self.drag.update(|drag| {
            if let Some(drag) = drag {
                let far = (at.0 - drag.from.0).abs().max((at.1 - drag.from.1).abs());
                drag.is_moving |= far > SLACK;
                drag.at = at;
            }
        });
    }

    /// The pointer is lifted: the panel lands.
    pub fn drop_tab(self) {
        let landing = self.landing.get_untracked();
        if let (Some(drag), Some(landing)) = (self.drag.get_untracked(), landing) {
            self.workspace.edit(&Edit::Move(drag.panel, landing.place));
            self.workspace.focus(drag.panel);
        }
        self.drag.set(None);
    }

    /// Nothing lands.
    pub fn cancel(self) {
        self.drag.set(None);
        self.resizing.set(None);
    }
}

/// The place before or after a tab, counted without the tab that moves.
fn place_among(geometry: &Geometry, moved: PanelId, near: PanelId, after: bool) -> Option<Place> {
    let tabs = &geometry.group_of(near)?.tabs;
    let others = || tabs.iter().copied().filter(|tab| *tab != moved);
    if near == moved {
        return None;
    }
    let at = others().position(|tab| tab == near)? as u16 + u16::from(after);
    Some(Place::Tab {
        group: near,
        at: Some(at),
    })
}

/// CSS of an area.
#[must_use]
pub fn style_of(area: Area) -> String {
    let Area {
        x,
        y,
        width,
        height,
    } = area;
    format!("left:{x}px;top:{y}px;width:{width}px;height:{height}px")
}
