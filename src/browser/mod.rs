//! The browser seam.
