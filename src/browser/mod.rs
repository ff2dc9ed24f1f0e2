//! The one seam to the browser: canvas, frames, socket, storage, the reader's clock and theme.
//!
//! Components are written once for both builds. In the browser these functions do their work
//! (`live`); on the server, where a component is only rendered to HTML, the same signatures do
//! nothing (`inert`). Nothing outside this module asks which build it is in.

mod pen;
mod types;

#[cfg(not(feature = "hydrate"))]
mod inert;
#[cfg(feature = "hydrate")]
mod live;

#[cfg(not(feature = "hydrate"))]
pub use inert::*;
#[cfg(feature = "hydrate")]
pub use live::*;
pub use pen::Pen;
pub use types::{
    Align, Axes, AxisLabel, AxisLine, FileContent, Font, PickedFile, Rect, SocketEvent, SurfaceSize,
};
