//! The log that everything later can be rebuilt from.
//!
//! [`Journal::append`] numbers events in order of arrival, hands them to the
//! [`Bus`](crate::server::bus::Bus) at once and commits them in groups. Consumers read it through
//! a [`Tail`], which yields every event once and in order: from disk while it is behind, from the
//! bus once it has caught up.
