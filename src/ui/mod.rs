//! The page: Leptos components, the same for both builds. They know the browser only through
//! [`crate::browser`] and the server only through [`crate::api`] and the live socket.

use leptos::prelude::*;

/// The page's root.
#[component]
pub fn App() -> impl IntoView {
    view! { <main></main> }
}
