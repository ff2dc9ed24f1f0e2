//! What `tradesuite import` is asked to do.

use std::path::PathBuf;

use clap::Args;
use tradesuite_core::model::{InstrumentId, Timeframe};

use super::{Failure, Place};
use crate::server::import::{Content, Import};
use crate::server::{config, exchange};

#[derive(Args, Clone, Debug)]
pub(super) struct ImportArgs {
    /// What the file holds
    #[arg(value_name = "trades|candles")]
    content: ContentKind,
    /// The file (.csv or .csv.gz)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Whose trades or bars they are, such as coinbase:BTC-USD
    #[arg(long, value_name = "ID")]
    instrument: InstrumentId,
    /// Width of the bars, such as 1m; of candles only
    #[arg(long, value_name = "TF", required_if_eq("content", "candles"))]
    timeframe: Option<Timeframe>,
    /// Folder of the stores [default: data/live]
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Settings file [default: tradesuite.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum ContentKind {
    Trades,
    Candles,
}

/// Says it where the venue is none that is collected: its history is as good as any, but the name
/// may be a slip.
pub fn look_at_venue(instrument: &InstrumentId) {
    if let Err(reason) = config::known(instrument, &exchange::ids()) {
        tracing::warn!("{reason}; what is imported can be asked for, but does not go on");
    }
}

impl ImportArgs {
    /// Where to, and what.
    pub fn understood(self) -> Result<(Place, Import), Failure> {
        let content = match (self.content, self.timeframe) {
            (ContentKind::Trades, None) => Content::Trades,
            (ContentKind::Candles, Some(timeframe)) => Content::Candles(timeframe),
            (ContentKind::Trades, Some(_)) | (ContentKind::Candles, None) => {
                let text = "--timeframe belongs to candles, and to them only";
                return Err(Failure::Usage(text.to_owned()));
            }
        };
        let place = Place {
            data: self.data,
            config: self.config,
            bind: None,
        };
        let import = Import {
            content,
            file: self.file,
            instrument: self.instrument,
        };
        Ok((place, import))
    }
}
