//! The HTML document around the page.

use leptos::prelude::*;

use crate::api::BUILD;
use crate::ui::App;
use crate::ui::address::Page;

/// Where the page's files lie: at another address for every build, so that what a browser has kept
/// of one never meets another.
#[must_use]
pub fn files() -> String {
    format!("/build/{BUILD}")
}

/// The document that the server renders, so that there is something to see until the page has been loaded.
pub fn shell(options: LeptosOptions, page: Page) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme="auto" data-build=BUILD>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <title>"TradeSuite"</title>
                <meta name="description" content="A self-hosted crypto market workstation." />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="preload" href="/fonts/inter-latin.woff2" r#as="font" type="font/woff2" crossorigin="" />
                <link rel="stylesheet" href=format!("{}/pkg/tradesuite.css", files()) />
                <AutoReload options=options.clone() />
                <HydrationScripts options root=files() />
            </head>
            <body>
                <App page />
            </body>
        </html>
    }
}
