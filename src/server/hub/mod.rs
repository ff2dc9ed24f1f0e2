//! stub of hub
