//! How the events with which a line ends reach the sink: that its books are stale and what is
//! missed from now on. They are the only ones that say so, and nobody says them again.

use std::time::Duration;

use super::Session;
use crate::server::collector::transport::Line;

/// The last events of a line are given up this long after the server was told to stop: the disk
/// may be full.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(1);

impl<L: Line> Session<'_, L> {
    /// Hands over what is left, however long the journal has no room: until it has, every reader
    /// of the books would take them for good. Only the end of the server cuts that short.
    pub(super) async fn say_last(&mut self) {
        let stop = self.setup.stop;
        let out_of_time = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        tokio::select! {
            biased;
            // Where the sink is gone, so are its readers.
            _ = self.hand_over() => {}
            () = out_of_time => {
                // The next start finds by the trades' ids what is missing.
                tracing::warn!("the journal took nothing more before the line was closed");
            }
        }
    }
}
