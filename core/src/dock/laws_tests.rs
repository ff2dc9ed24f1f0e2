//! What holds after any sequence of changes, and what a wrong document gets for an answer.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::untrusted::Refused;
use crate::model::{Field, FieldKind};

const CHART: PanelKind = PanelKind {
    id: "chart",
    label: "Chart",
    fields: &[Field {
        name: "bars",
        label: "Bars",
        kind: FieldKind::Integer {
            least: 1,
            most: 500,
            default: 100,
            unit: "bars",
        },
        help: "How many bars show",
        when: None,
    }],
};
const BOOK: PanelKind = PanelKind {
    id: "book",
    label: "Book",
    fields: &[],
};
const KINDS: &[&PanelKind] = &[&CHART, &BOOK];
/// Where the tree of groups stands in a document; tables write it as `TREE`.
const TREE: &str = "/desktop/root";

fn side() -> impl Strategy<Value = Side> {
    prop::sample::select(Side::ALL.map(|(_, side)| side).to_vec())
}

fn place() -> impl Strategy<Value = Place> {
    let id = (1..12_u32).prop_map(PanelId);
    prop_oneof![
        1 => (id.clone(), prop::option::of(0..5_u16)).prop_map(|(group, at)| Place::Tab { group, at }),
        4 => (id, side()).prop_map(|(group, side)| Place::Beside { group, side }),
        1 => side().prop_map(Place::Edge),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    let id = || (1..12_u32).prop_map(PanelId);
    let divider = (prop::collection::vec(0..3_u16, 0..3), 0..3_u16);
    let divider = divider.prop_map(|(split, after)| Divider { split, after });
    let window = WindowPlace {
        x: -5,
        y: 7,
        width: 400,
        height: 300,
    };
    prop_oneof![
        6 => (id(), place()).prop_map(|(id, place)| Edit::Open(Panel::new(id, "chart"), place)),
        5 => (id(), place()).prop_map(|(id, place)| Edit::Move(id, place)),
        2 => id().prop_map(Edit::Close),
        2 => Just(Edit::Reopen),
        3 => (divider, any::<u16>()).prop_map(|(divider, size)| Edit::Resize(divider, size)),
        1 => Just(Edit::Equalise),
        1 => id().prop_map(Edit::Maximise),
        1 => Just(Edit::Restore),
        2 => (id(), prop::option::of(Just(window))).prop_map(|(id, w)| Edit::PopOut(id, w)),
        2 => id().prop_map(Edit::PopIn),
        1 => id().prop_map(Edit::Activate),
    ]
}

/// Normal form, sizes, and every panel in exactly one place.
fn stands(layout: &Layout) {
    let mut placed: Vec<PanelId> = layout.root().map(Node::panels).unwrap_or_default();
    placed.extend(layout.popped().iter().map(|popped| popped.panel));
    placed.sort();
    let known: Vec<PanelId> = layout.panels().map(|panel| panel.id).collect();
    assert_eq!(placed, known, "each panel stands in one place");
    let closed = layout.closed().iter().map(|closed| closed.panel.id);
    assert!(closed.clone().all(|id| layout.panel(id).is_none()));
    if let Some(root) = layout.root() {
        assert!(root.depth() <= MAX_DEPTH);
        node_stands(root, None);
    }
    assert_eq!(layout.maximised.is_some(), layout.maximised().is_some());
}

fn node_stands(node: &Node, inside: Option<Axis>) {
    match node {
        Node::Group(group) => assert!(group.tabs().contains(&group.active())),
        Node::Split(split) => {
            assert!(split.children().len() >= 2 && Some(split.axis()) != inside);
            let sizes = split.children().iter().map(|child| u32::from(child.size));
            assert_eq!(sizes.clone().sum::<u32>(), u32::from(WHOLE));
            assert!(sizes.clone().all(|size| size >= u32::from(LEAST)));
            for child in split.children() {
                node_stands(&child.node, Some(split.axis()));
            }
        }
    }
}

/// Groups and dividers cover the window, each pixel once.
fn tiles(geometry: &Geometry) {
    let groups = geometry.groups.iter().map(|group| group.area);
    let areas: Vec<Area> = groups
        .chain(geometry.dividers.iter().map(|divider| divider.area))
        .collect();
    let whole = geometry.whole;
    let pixels = |area: &Area| i64::from(area.width) * i64::from(area.height);
    assert_eq!(areas.iter().map(pixels).sum::<i64>(), pixels(&whole));
    for (at, area) in areas.iter().enumerate() {
        assert!(area.width >= 0 && area.height >= 0 && area.x >= 0 && area.y >= 0);
        assert!(area.x + area.width <= whole.width && area.y + area.height <= whole.height);
        for other in &areas[at + 1..] {
            let apart = area.x + area.width <= other.x
                || other.x + other.width <= area.x
                || area.y + area.height <= other.y
                || other.y + other.height <= area.y;
            assert!(apart || pixels(area) == 0 || pixels(other) == 0);
        }
    }
}

fn workspace(layout: Layout) -> Workspace {
    let mut workspace = Workspace::new("Test".parse().expect("a name"));
    workspace.desktop = layout;
    workspace
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_changes_leave_a_layout_that_stands(
        edits in prop::collection::vec(edit(), 1..60),
        width in 0..3_000_i32,
        height in 0..2_000_i32,
    ) {
        let mut layout = Layout::default();
        for edit in &edits {
            let before = layout.clone();
            if layout.apply(edit).is_err() {
                prop_assert_eq!(&layout, &before, "a refusal changes nothing");
            }
            stands(&layout);
        }
        let geometry = Geometry::of(&layout, width, height);
        if layout.root().is_some() {
            tiles(&geometry);
        }
        let held = workspace(layout);
        let parsed = Workspace::parse(held.to_json().as_bytes(), KINDS);
        prop_assert_eq!(parsed, Ok(held), "what is written is read");
    }

    #[test]
    fn undo_gives_the_state_before_and_redo_the_one_after(edits in prop::collection::vec(edit(), 1..40)) {
        let mut dock = Dock::default();
        let mut states = vec![dock.layout().clone()];
        // What only shows something is no step of undo, and would differ on the way back.
        for edit in edits.iter().filter(|edit| edit.is_arranging()) {
            let _ = dock.apply(edit);
            if states.last() != Some(dock.layout()) {
                states.push(dock.layout().clone());
            }
        }
        let none = &mut Beside::default();
        for state in states.iter().rev().skip(1) {
            prop_assert!(dock.undo(none));
            prop_assert_eq!(dock.layout(), state);
        }
        prop_assert!(!dock.undo(none));
        for state in states.iter().skip(1) {
            prop_assert!(dock.redo(none));
            prop_assert_eq!(dock.layout(), state);
        }
        prop_assert!(!dock.redo(none));
    }

    /// A panel that leaves and comes back while nothing else moved stands where it stood.
    #[test]
    fn a_panel_comes_back_where_it_was(edits in prop::collection::vec(edit(), 1..40), pick in any::<prop::sample::Index>()) {
        let mut layout = Layout::default();
        for edit in &edits {
            let _ = layout.apply(edit);
        }
        layout.apply(&Edit::Restore).expect("restores");
        let docked = layout.root().map(Node::panels).unwrap_or_default();
        if docked.is_empty() {
            return Ok(());
        }
        let panel = docked[pick.index(docked.len())];
        for (away, back) in [
            (Edit::PopOut(panel, None), Edit::PopIn(panel)),
            (Edit::Close(panel), Edit::Reopen),
        ] {
            let mut moved = layout.clone();
            moved.apply(&away).expect("leaves");
            moved.apply(&back).expect("comes back");
            prop_assert_eq!(shape(moved.root()), shape(layout.root()));
        }
    }

    #[test]
    fn a_preview_is_what_dropping_does(edits in prop::collection::vec(edit(), 1..40), x in 0..1_200_i32, y in 0..800_i32, id in 1..12_u32) {
        let mut layout = Layout::default();
        for edit in &edits {
            let _ = layout.apply(edit);
        }
        let geometry = Geometry::of(&layout, 1_200, 800);
        if let Some(landing) = geometry.landing(&layout, PanelId(id), x, y) {
            layout.apply(&Edit::Move(PanelId(id), landing.place)).expect("lands");
            stands(&layout);
            let then = Geometry::of(&layout, 1_200, 800);
            prop_assert_eq!(then.group_of(PanelId(id)).map(|group| group.area), Some(landing.area));
        }
    }

    #[test]
    fn a_divider_goes_where_it_is_dragged(edits in prop::collection::vec(edit(), 1..40), to in -100..1_400_i32, pick in any::<prop::sample::Index>()) {
        let mut layout = Layout::default();
        for edit in &edits {
            let _ = layout.apply(edit);
        }
        let geometry = Geometry::of(&layout, 1_200, 800);
        if geometry.dividers.is_empty() {
            return Ok(());
        }
        let held = &geometry.dividers[pick.index(geometry.dividers.len())];
        let drag = geometry.drag(&held.divider, to).expect("is there");
        prop_assert!((held.range.0..=held.range.1).contains(&drag.at));
        layout.apply(&drag.edit).expect("resizes");
        stands(&layout);
    }

    /// Whatever is put in place of a part of a document, it is refused or stands.
    #[test]
    fn no_document_makes_it_fail(edits in prop::collection::vec(edit(), 1..30), pick in any::<prop::sample::Index>(), with in 0..8_usize) {
        let mut layout = Layout::default();
        for edit in &edits {
            let _ = layout.apply(edit);
        }
        let mut document: Value = serde_json::from_str(&workspace(layout).to_json()).expect("json");
        let strange = [json!(null), json!(-1), json!(1.5), json!("x"), json!([]), json!({}), json!(4_294_967_297_u64), json!(true)];
        let mut pointers = Vec::new();
        pointers_of(&document, String::new(), &mut pointers);
        let pointer = &pointers[pick.index(pointers.len())];
        *document.pointer_mut(pointer).expect("is there") = strange[with].clone();
        if let Ok(read) = Workspace::parse(document.to_string().as_bytes(), KINDS) {
            stands(&read.desktop);
        }
    }
}

/// A tree without its sizes and without what shows.
fn shape(node: Option<&Node>) -> Value {
    match node {
        None => Value::Null,
        Some(Node::Group(group)) => json!(group.tabs()),
        Some(Node::Split(split)) => {
            let children = split.children().iter();
            let children: Vec<Value> = children.map(|child| shape(Some(&child.node))).collect();
            json!({ "axis": split.axis(), "children": children })
        }
    }
}

fn pointers_of(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                pointers_of(value, format!("{at}/{name}"), found);
            }
        }
        Value::Array(values) => {
            for (place, value) in values.iter().enumerate() {
                pointers_of(value, format!("{at}/{place}"), found);
            }
        }
        _ => {}
    }
    found.push(at);
}

#[test]
fn a_panel_that_comes_back_has_its_size() {
    let mut dock = Dock::default();
    let left = dock.open("chart", Place::Edge(Side::Left)).expect("opens");
    let edge = |side| Place::Edge(side);
    let right = dock.open("book", edge(Side::Right)).expect("opens");
    let low = dock.open("tape", edge(Side::Bottom)).expect("opens");
    let wide = dock.open("tape", edge(Side::Right)).expect("opens");
    let before = Geometry::of(dock.layout(), 1_600, 900);
    for panel in [left, right, low, wide] {
        dock.apply(&Edit::PopOut(panel, None)).expect("leaves");
        dock.apply(&Edit::PopIn(panel)).expect("comes back");
        let after = Geometry::of(dock.layout(), 1_600, 900);
        for (one, other) in before.groups.iter().zip(&after.groups) {
            assert_eq!(one.tabs, other.tabs);
            let off = (one.area.width - other.area.width).abs()
                + (one.area.height - other.area.height).abs();
            assert!(off <= 2, "{panel}: {one:?} {other:?}");
        }
    }
}

#[test]
fn limits_are_said_and_change_nothing() {
    let mut dock = Dock::default();
    let mut last = dock.open("chart", Place::Edge(Side::Left)).expect("opens");
    let refused = loop {
        let side = match dock.layout().groups().len() % 2 {
            0 => Side::Bottom,
            _ => Side::Right,
        };
        let before = dock.clone();
        match dock.open("chart", Place::Beside { group: last, side }) {
            Ok(id) => last = id,
            Err(error) => {
                assert_eq!(dock, before);
                break error;
            }
        }
    };
    assert_eq!(refused, DockError::TooDeep);
    assert_eq!(dock.layout().root().map(Node::depth), Some(MAX_DEPTH));
    let tab = Place::Tab {
        group: last,
        at: None,
    };
    while dock.layout().panels().count() < MAX_PANELS {
        dock.open("book", tab).expect("opens");
    }
    assert_eq!(dock.open("book", tab), Err(DockError::Full));
}

#[test]
fn focus_moves_by_what_is_seen() {
    let mut dock = Dock::default();
    let chart = dock.open("chart", Place::Edge(Side::Left)).expect("opens");
    let right = Place::Edge(Side::Right);
    let book = dock.open("book", right).expect("opens");
    let below = Place::Beside {
        group: book,
        side: Side::Bottom,
    };
    let tape = dock.open("book", below).expect("opens");
    let geometry = Geometry::of(dock.layout(), 1_200, 800);
    for (from, side, to) in [
        (chart, Side::Right, Some(book)),
        (book, Side::Left, Some(chart)),
        (tape, Side::Left, Some(chart)),
        (tape, Side::Top, Some(book)),
        (book, Side::Bottom, Some(tape)),
        (chart, Side::Left, None),
        (chart, Side::Bottom, None),
    ] {
        assert_eq!(geometry.neighbour(from, side), to, "{from} {side:?}");
    }
    assert_eq!(dock.layout().next_tab(chart, true), Some(chart));
}

#[test]
fn a_wrong_document_gets_a_clear_answer() {
    let good = json!({
        "version": 1, "name": "Mine",
        "desktop": {
            "root": {"split": "row", "children": [
                {"size": 4000, "tabs": [1], "active": 1},
                {"size": 6000, "tabs": [2, 3], "active": 3},
            ]},
            "panels": [
                {"id": 1, "kind": "chart", "link": "blue", "settings": {"bars": 50}},
                {"id": 2, "kind": "book"},
                {"id": 3, "kind": "book"},
            ],
        },
        "phone": {"panels": [{"id": 1, "kind": "chart"}], "active": 1},
        "links": {"blue": {"instrument": "coinbase:BTC-USD"}},
    });
    let parse = |value: &Value| Workspace::parse(value.to_string().as_bytes(), KINDS);
    stands(&parse(&good).expect("stands").desktop);
    for (pointer, with, expected) in [
        (
            "/version",
            json!(2),
            "/version: the document is of version 2; this program knows 1, a newer one wrote it",
        ),
        (
            "/name",
            json!(" "),
            "/name: a name has 1 to 64 characters, no space at either end and no control characters",
        ),
        (
            "TREE/children/0/size",
            json!(-4_000),
            "TREE/children/0/size: a whole number from 100 to 10000 is wanted, not -4000",
        ),
        (
            "TREE/children/0/size",
            json!(null),
            "TREE/children/0/size: a whole number from 100 to 10000 is wanted, not null",
        ),
        (
            "TREE/children/0/size",
            json!(5_000),
            "TREE/children: the sizes add up to 11000, not to 10000",
        ),
        (
            "TREE/split",
            json!("diagonal"),
            "TREE/split: one of row, column is wanted, not \"diagonal\"",
        ),
        (
            "TREE/children/0/tabs",
            json!([2]),
            "TREE/children/0/active: not one of the tabs; TREE/children/1/tabs/0: panel 2 stands in two places; /desktop/panels: panel 1 is neither docked nor in a window of its own",
        ),
        (
            "TREE/children/1/tabs/1",
            json!(9),
            "TREE/children/1/tabs/1: there is no panel 9 among the panels; TREE/children/1/active: not one of the tabs; /desktop/panels: panel 3 is neither docked nor in a window of its own",
        ),
        (
            "/desktop/panels/0/kind",
            json!("orb"),
            "/desktop/panels/0/kind: one of chart, book is wanted, not \"orb\"; TREE/children/0/tabs/0: there is no panel 1 among the panels",
        ),
        (
            "/desktop/panels/0/link",
            json!("pink"),
            "/desktop/panels/0/link: one of blue, orange, green, red, violet, yellow is wanted, not \"pink\"; TREE/children/0/tabs/0: there is no panel 1 among the panels",
        ),
        (
            "/desktop/panels/0/settings/bars",
            json!(0),
            "/desktop/panels/0/settings/bars: a whole number from 1 to 500 is wanted, not 0",
        ),
        (
            "/desktop/panels/0/settings",
            json!({"colour": 1}),
            "/desktop/panels/0/settings/colour: there is no such field; there are bars",
        ),
        (
            "/desktop/panels/1/id",
            json!(1),
            "/desktop/panels/1: there are two panels 1; TREE/children/1/tabs/0: there is no panel 2 among the panels",
        ),
        (
            "/phone/active",
            json!(2),
            "/phone/active: not one of the panels",
        ),
        (
            "/links",
            json!({"pink": {}}),
            "/links/pink: there is no such field; there are blue, orange, green, red, violet, yellow",
        ),
        (
            "/links/blue/instrument",
            json!("BTC"),
            "/links/blue/instrument: not an instrument: venue:BASE-QUOTE, such as coinbase:BTC-USD, is",
        ),
    ] {
        let [pointer, expected] = [pointer, expected].map(|text| text.replace("TREE", TREE));
        let mut wrong = good.clone();
        *wrong.pointer_mut(&pointer).expect("is there") = with;
        let refused = parse(&wrong).expect_err(&pointer);
        assert_eq!(refused.to_string(), expected);
    }
}

#[test]
fn a_monstrous_document_is_refused_before_it_is_read() {
    let large = vec![b' '; 10 << 20];
    assert!(matches!(
        Workspace::parse(&large, KINDS),
        Err(Refused::TooLarge {
            bytes: 10_485_760,
            ..
        })
    ));
    for depth in [1_000, 200_000] {
        let open = r#"{"split":"row","children":["#.repeat(depth);
        let refused = Workspace::parse(open.as_bytes(), KINDS).expect_err("refused");
        let expected = match depth {
            1_000 => "nested more than 32 deep at line 1",
            _ => "at most 524288 are read",
        };
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    let many: Vec<Value> = (1..=65)
        .map(|id| json!({"id": id, "kind": "book"}))
        .collect();
    let document = json!({"version": 1, "name": "Many", "desktop": {"panels": many}});
    let refused = Workspace::parse(document.to_string().as_bytes(), KINDS);
    assert_eq!(
        refused.expect_err("refused").to_string(),
        "/desktop/panels: 65 entries, at most 64 fit"
    );
}

#[test]
fn ready_made_workspaces_stand_with_whatever_kinds_there_are() {
    let kind = |id: &'static str| -> &'static PanelKind {
        Box::leak(Box::new(PanelKind {
            id,
            label: id,
            fields: &[],
        }))
    };
    let all: Vec<&'static PanelKind> = [
        "chart",
        "book",
        "ladder",
        "tape",
        "watchlist",
        "depth",
        "status",
    ]
    .map(kind)
    .to_vec();
    let instruments = ["coinbase:BTC-USD", "coinbase:ETH-USD"].map(|id| id.parse().expect("an id"));
    for ready in READY {
        for kinds in [&all[..], &all[..2], &all[6..], &[]] {
            let built = ready.build(kinds, &instruments);
            stands(&built.desktop);
            let read = Workspace::parse(built.to_json().as_bytes(), kinds);
            assert_eq!(read.as_ref(), Ok(&built), "{}", ready.name);
        }
        let whole = ready.build(&all, &instruments);
        let geometry = Geometry::of(&whole.desktop, 1_600, 900);
        tiles(&geometry);
        for group in &geometry.groups {
            assert!(group.area.width >= MIN_WIDTH && group.area.height >= MIN_HEIGHT);
        }
    }
}
