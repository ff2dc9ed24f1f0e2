//! stub of collector
