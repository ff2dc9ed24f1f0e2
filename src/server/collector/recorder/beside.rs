//! Trades that bars in memory may have already: those that were fetched, and those of a write that
//! was torn. Such a bar is left as it is, and made anew from all trades that the store holds.

use tradesuite_core::market::PrecisionOverflow;
use tradesuite_core::model::{Origin, Precision, Timeframe, Trade};

use super::bars::{Changed, InstrumentBars};

impl InstrumentBars {
    /// Adds a trade that was fetched. Bars with figures of the venue have it already, or cannot
    /// tell: they are to be made anew from all trades.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] as for any trade.
    pub fn backfill(
        &mut self,
        trade: &Trade,
        precision: Precision,
    ) -> Result<Changed, PrecisionOverflow> {
        self.trade_beside(trade, precision, |held| held.origin != Origin::Trades)
    }

    /// Takes a trade that the store holds, although its bars are not known to have it: a write was
    /// torn between the two. All of them are to be made anew from all trades.
    ///
    /// # Errors
    /// [`PrecisionOverflow`] as for any trade.
    pub fn torn(
        &mut self,
        trade: &Trade,
        precision: Precision,
    ) -> Result<Changed, PrecisionOverflow> {
        let mut stored = Timeframe::STORED.into_iter();
        if stored.all(|timeframe| self.bars(timeframe).next().is_none()) {
            // The very first write was torn.
            self.begins_at(trade.time.to_ms());
        }
        let mut changed = self.trade_beside(trade, precision, |_| true)?;
        for timeframe in Timeframe::STORED {
            let open = timeframe.floor(trade.time.to_ms());
            changed.leave_to_store(timeframe, open);
            self.mark_mixed(timeframe, open);
        }
        Ok(changed)
    }
}
