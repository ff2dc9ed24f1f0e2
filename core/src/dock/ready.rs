//! Workspaces that come with the program. They are plans: a panel of a kind that the program
//! does not have is left out, and its neighbours take its place.

use super::panel::{LinkColour, Panel, PanelId, PanelKind, kind_of};
use super::phone::MAX_TABS;
use super::tree::{Axis, Group, Node, Split};
use super::workspace::{Linked, Workspace};
use crate::model::{InstrumentId, Name};

/// A workspace that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Ready {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub about: &'static str,
    desktop: &'static Plan,
    /// Kinds of the tabs of a narrow window.
    phone: &'static [&'static str],
}

#[derive(Clone, Copy, Debug)]
enum Plan {
    Split(Axis, &'static [(u64, Plan)]),
    /// Kinds of the tabs, and the colour that links them.
    Tabs(&'static [&'static str], LinkColour),
}

use Axis::{Column, Row};
use LinkColour::{Blue, Green, Orange, Red};
use Plan::{Split as In, Tabs};

/// Every ready-made workspace; the first is what a new user sees.
pub static READY: &[Ready] = &[
    Ready {
        name: "Trader",
        about: "A chart with the watchlist on one side, book and tape on the other",
        desktop: &In(
            Row,
            &[
                (18, Tabs(&["watchlist", "status"], Blue)),
                (58, Tabs(&["chart"], Blue)),
                (
                    24,
                    In(
                        Column,
                        &[
                            (55, Tabs(&["book", "ladder"], Blue)),
                            (45, Tabs(&["tape"], Blue)),
                        ],
                    ),
                ),
            ],
        ),
        phone: &["chart", "book", "tape", "watchlist"],
    },
    Ready {
        name: "Order flow",
        about: "Ladder and tape first, the chart above the depth curve",
        desktop: &In(
            Row,
            &[
                (24, Tabs(&["ladder"], Blue)),
                (
                    48,
                    In(
                        Column,
                        &[(65, Tabs(&["chart"], Blue)), (35, Tabs(&["depth"], Blue))],
                    ),
                ),
                (
                    28,
                    In(
                        Column,
                        &[(60, Tabs(&["tape"], Blue)), (40, Tabs(&["book"], Blue))],
                    ),
                ),
            ],
        ),
        phone: &["ladder", "tape", "chart"],
    },
    Ready {
        name: "Monitor",
        about: "Four charts of four instruments, with watchlist and status beside them",
        desktop: &In(
            Row,
            &[
                (
                    78,
                    In(
                        Column,
                        &[
                            (
                                50,
                                In(
                                    Row,
                                    &[(50, Tabs(&["chart"], Blue)), (50, Tabs(&["chart"], Orange))],
                                ),
                            ),
                            (
                                50,
                                In(
                                    Row,
                                    &[(50, Tabs(&["chart"], Green)), (50, Tabs(&["chart"], Red))],
                                ),
                            ),
                        ],
                    ),
                ),
                (
                    22,
                    In(
                        Column,
                        &[
                            (60, Tabs(&["watchlist"], Blue)),
                            (40, Tabs(&["status"], Blue)),
                        ],
                    ),
                ),
            ],
        ),
        phone: &["watchlist", "chart", "status"],
    },
    Ready {
        name: "Minimal",
        about: "One chart, and book and tape as tabs beside it",
        desktop: &In(
            Row,
            &[
                (75, Tabs(&["chart"], Blue)),
                (25, Tabs(&["book", "tape"], Blue)),
            ],
        ),
        phone: &["chart", "book", "tape"],
    },
];

impl Ready {
    /// The workspace of these kinds of panel; each colour shows the next of the instruments.
    ///
    /// # Panics
    /// Never: the names above are names.
    #[must_use]
    pub fn build(&self, kinds: &[&'static PanelKind], instruments: &[InstrumentId]) -> Workspace {
        let name: Name = self.name.parse().expect("the table holds names");
        let mut workspace = Workspace::new(name);
        let mut panels = Vec::new();
        workspace.desktop.root = self.desktop.build(kinds, &mut panels);
        let colours: Vec<LinkColour> = panels
            .iter()
            .filter_map(|panel: &Panel| panel.link)
            .collect();
        workspace.desktop.panels = panels.into_iter().map(|panel| (panel.id, panel)).collect();
        let known = |id: &&&'static str| kind_of(kinds, id).is_some();
        let tabs = self.phone.iter().filter(known).take(MAX_TABS);
        workspace.phone.panels = (1..)
            .zip(tabs)
            .map(|(id, kind)| linked(id, kind, Blue))
            .collect();
        workspace.phone.active = workspace.phone.panels.first().map(|panel| panel.id);
        for (at, (_, colour)) in LinkColour::ALL.iter().enumerate() {
            if *colour == Blue || colours.contains(colour) {
                let instrument = instruments.iter().cycle().nth(at).cloned();
                workspace.links.insert(
                    *colour,
                    Linked {
                        instrument,
                        timeframe: None,
                    },
                );
            }
        }
        workspace
    }
}

fn linked(id: u32, kind: &str, colour: LinkColour) -> Panel {
    Panel {
        link: Some(colour),
        ..Panel::new(PanelId(id), kind)
    }
}

impl Plan {
    fn build(&self, kinds: &[&'static PanelKind], panels: &mut Vec<Panel>) -> Option<Node> {
        match self {
            Self::Split(axis, parts) => {
                let mut children = Vec::new();
                for (weight, part) in *parts {
                    if let Some(node) = part.build(kinds, panels) {
                        children.push((*weight, node));
                    }
                }
                Split::normal(*axis, children)
            }
            Self::Tabs(wanted, colour) => {
                let mut tabs = Vec::new();
                for kind in wanted.iter().filter(|id| kind_of(kinds, id).is_some()) {
                    let id = panels.len() as u32 + 1;
                    panels.push(linked(id, kind, *colour));
                    tabs.push(PanelId(id));
                }
                let active = *tabs.first()?;
                Some(Node::Group(Group { tabs, active }))
            }
        }
    }
}
