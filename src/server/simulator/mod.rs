//! stub of simulator
