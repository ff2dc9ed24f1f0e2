//! Answers at one precision, ascending, whatever precisions and order the rows came in.

use tradesuite_core::model::{Candle, Precision, Trade};

use super::{Newest, Rows, StoreError};

/// What can be brought to another precision.
pub(super) trait Rescale: Sized {
    /// What it is ordered by, for saying where something is wrong.
    fn time_key(&self) -> i64;
    /// The same value at a finer precision; `None` where it does not fit.
    fn rescaled(self, from: Precision, to: Precision) -> Option<Self>;
}

impl Rescale for Trade {
    fn time_key(&self) -> i64 {
        self.time.0
    }

    fn rescaled(self, from: Precision, to: Precision) -> Option<Self> {
        Trade::rescaled(self, from, to)
    }
}

impl Rescale for Candle {
    fn time_key(&self) -> i64 {
        self.time.0
    }

    fn rescaled(self, from: Precision, to: Precision) -> Option<Self> {
        Candle::rescaled(self, from, to)
    }
}

/// SQL for the direction in which a limit counts.
pub(super) fn order(newest: Newest) -> &'static str {
    match newest {
        Newest::No => "ASC",
        Newest::Yes => "DESC",
    }
}

/// Brings rows to the finest precision among them, and newest-first ones into ascending order.
pub(super) fn align<T: Rescale>(
    mut found: Vec<(Precision, T)>,
    newest: Newest,
) -> Result<Rows<T>, StoreError> {
    if newest == Newest::Yes {
        found.reverse();
    }
    let precisions = found.iter().map(|(precision, _)| *precision);
    let precision = precisions.reduce(Precision::widened).unwrap_or_default();
    let rows = found
        .into_iter()
        .map(|(from, row)| {
            if from == precision {
                return Ok(row);
            }
            let key = row.time_key();
            row.rescaled(from, precision).ok_or_else(|| {
                StoreError::Damaged(format!("the row at {key} does not fit at {precision:?}"))
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Rows { precision, rows })
}
