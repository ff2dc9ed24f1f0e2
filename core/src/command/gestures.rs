//! What the pointer does, and what is typed over a chart: what the help says beside keys.

/// What is done, and what comes of it.
pub type Gesture = (&'static str, &'static str);

/// Over a chart.
pub static CHART: &[Gesture] = &[
    (
        "drag",
        "Move in time; older bars are loaded as one comes to them",
    ),
    ("wheel, pinch", "Zoom at the pointer"),
    ("drag the price axis", "Stretch the prices by hand"),
    ("double-click the price axis", "Fit the prices again"),
    ("Shift and drag", "Measure"),
    ("5, 4h, D and Enter", "That timeframe"),
    ("eth and Enter", "That instrument"),
    ("2026-11-20 and Enter", "Go to that day"),
];

/// In the dock.
pub static DOCK: &[Gesture] = &[
    ("drag a tab", "Dock the panel elsewhere"),
    (
        "drag a divider",
        "Resize; near an even share it snaps to that",
    ),
    ("double-click the tabs", "Maximise or restore"),
    ("middle button on a tab", "Close the panel"),
    ("← → on a tab", "Tab before, tab after"),
    ("← → ↑ ↓ on a divider", "Resize"),
];

/// In the tape.
pub static TAPE: &[Gesture] = &[(
    "wheel",
    "Scroll back through all trades that the server holds",
)];

/// In lists and menus.
pub static LISTS: &[Gesture] = &[
    ("↑ ↓", "Choose"),
    ("Enter", "Take what is chosen"),
    ("Escape", "Away with it"),
];
