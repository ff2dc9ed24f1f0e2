//! stub of service
