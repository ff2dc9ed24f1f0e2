//! What crosses the seam: plain values that both builds know.

/// A rectangle in device pixels. Whole numbers give sharp edges.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// Size of a canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SurfaceSize {
    /// Width in device pixels.
    pub width: f64,
    /// Height in device pixels.
    pub height: f64,
    /// Device pixels per CSS pixel.
    pub ratio: f64,
}

impl SurfaceSize {
    /// Whether there is nothing to paint on.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.width < 1.0 || self.height < 1.0
    }
}

/// A font on a canvas; the family is the page's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Font {
    /// Size in device pixels.
    pub px: f64,
    /// CSS weight.
    pub weight: u16,
}

/// Where a text stands relative to its point. Texts are centred vertically.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// To the right of the point.
    Left,
    /// Around the point.
    Center,
    /// To the left of the point.
    Right,
}

/// Grid and axis labels, drawn in one go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axes {
    /// Lines of the grid and the frame.
    pub lines: Vec<AxisLine>,
    /// Labels.
    pub labels: Vec<AxisLabel>,
    /// Size of the labels in device pixels.
    pub font_px: f64,
    /// CSS colour of the lines.
    pub line_color: String,
    /// Opacity of the lines, 0 to 1.
    pub line_opacity: f64,
    /// CSS colour of the labels.
    pub label_color: String,
}

/// A line one device pixel wide, horizontal or vertical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisLine {
    /// Start, device pixels.
    pub from: (i32, i32),
    /// End, device pixels.
    pub to: (i32, i32),
}

/// A label of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AxisLabel {
    /// Where it stands, device pixels.
    pub at: (i32, i32),
    /// Relative to that.
    pub align: Align,
    /// What it says.
    pub text: String,
}

/// A file that a person picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickedFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// What is in it.
    pub content: FileContent,
}

/// What is in a file, as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// All of it.
    Read(Vec<u8>),
    /// It is longer than what is wanted, and was not touched.
    TooLong,
    /// The browser does not give it; why, in its words.
    Unreadable(String),
}

/// What happens on a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// It can be used.
    Open,
    /// A binary message.
    Binary(Vec<u8>),
    /// A text message.
    Text(String),
    /// It is gone; nothing follows.
    Closed,
}
