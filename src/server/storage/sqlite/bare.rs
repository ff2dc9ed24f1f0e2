//! Trades whose bars were taken away with `candles.db`. It looks at files and opens none.

use std::path::Path;

use super::{CANDLES_FILE, TRADES_FOLDER, day};

/// Says that a data directory has days of trades and no file of bars; `None` where it has both, or
/// nothing. To be asked before the store is opened, which makes the file.
#[must_use]
pub fn bars_are_gone(data: &Path) -> Option<String> {
    let candles = data.join(CANDLES_FILE);
    // A folder that is not there, or cannot be read, is for those to say who open it.
    let days = day::list(&data.join(TRADES_FOLDER))
        .unwrap_or_default()
        .len();
    (days > 0 && !candles.exists()).then(|| {
        format!(
            "{} is missing, although there are trades of {days} days: it is made anew, without \
             their bars and without the list of gaps; bars are fetched from the venues as far as \
             they have them",
            candles.display()
        )
    })
}
