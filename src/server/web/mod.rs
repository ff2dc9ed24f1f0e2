//! stub of web
