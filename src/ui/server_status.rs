//! The server's word on itself and its exchanges, as the page last heard it.

use leptos::prelude::*;
use tradesuite_core::model::ServerStatus;
use tradesuite_core::protocol::{Body, Data, Topic};

use crate::browser;
use crate::ui::live::Live;

/// Status and the second hand that ages it; cheap to copy into every component.
#[derive(Clone, Copy, Debug)]
pub struct StatusFeed {
    /// The newest status; `None` before the first.
    pub status: RwSignal<Option<ServerStatus>>,
    /// When it came, on the same clock as `now_ms`.
    pub heard_ms: RwSignal<f64>,
    /// The reader's clock, Unix milliseconds, once a second; 0 before the page runs in a browser.
    pub now_ms: RwSignal<f64>,
}

impl StatusFeed {
    /// Puts it into the context and listens from then on.
    pub fn provide(live: Live) -> Self {
        let feed = Self {
            status: RwSignal::new(None),
            heard_ms: RwSignal::new(0.0),
            now_ms: RwSignal::new(0.0),
        };
        provide_context(feed);
        Effect::new(move || feed.listen(live));
        feed
    }

    /// The page's feed.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// How old the newest status is, milliseconds.
    #[must_use]
    pub fn age_ms(self) -> f64 {
        (self.now_ms.get() - self.heard_ms.get()).max(0.0)
    }

    fn listen(self, live: Live) {
        let subscription = live.subscribe(Topic::Status, move |message| {
            if let Body::Snapshot(Data::Status(new)) | Body::Update(Data::Status(new)) =
                &message.body
            {
                self.heard_ms.set(browser::now_ms());
                self.status.set(Some(new.as_ref().clone()));
            }
        });
        self.now_ms.set(browser::now_ms());
        let tick = browser::every(1_000, move || self.now_ms.set(browser::now_ms()));
        let held = StoredValue::new_local(Some((subscription, tick)));
        on_cleanup(move || drop(held.try_update_value(Option::take)));
    }
}
