//! Blocks of sealed trades in a day's file: finding and reading them. How they come to be stands
//! in `seal`.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tradesuite_core::model::UnixNs;

use super::block::{self, Held};
use super::upgrade;
use crate::server::storage::rows::order;
use crate::server::storage::{Newest, StoreError};

/// The first version of a file that has blocks; an older one may be open for reading.
const SINCE: i64 = 2;

/// Reads trades in a half-open span from the end that is asked for, in that direction, until there
/// are at least `limit` or no more.
pub(super) fn read(
    connection: &Connection,
    series: i64,
    (start, end): (UnixNs, UnixNs),
    limit: u32,
    newest: Newest,
) -> Result<Vec<Held>, StoreError> {
    let mut found: Vec<Held> = Vec::new();
    if upgrade::version(connection)? < SINCE {
        return Ok(found);
    }
    let order = order(newest);
    let mut select = connection.prepare_cached(&format!(
        "SELECT count, data FROM blocks WHERE series = ?1 AND end >= ?2 AND start < ?3
         ORDER BY start {order}"
    ))?;
    let mut rows = select.query(params![series, start.0, end.0])?;
    while (found.len() as u64) < u64::from(limit)
        && let Some(row) = rows.next()?
    {
        let mut trades = content(row)?;
        trades.retain(|(_, trade)| start <= trade.time && trade.time < end);
        if newest == Newest::Yes {
            trades.reverse();
        }
        found.append(&mut trades);
    }
    Ok(found)
}

/// First and last time in the blocks of an instrument.
pub(super) fn ends(
    connection: &Connection,
    series: i64,
) -> Result<Option<(UnixNs, UnixNs)>, StoreError> {
    if upgrade::version(connection)? < SINCE {
        return Ok(None);
    }
    let (start, end): (Option<i64>, Option<i64>) = connection
        .prepare_cached("SELECT min(start), max(end) FROM blocks WHERE series = ?1")?
        .query_row([series], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(start.map(UnixNs).zip(end.map(UnixNs)))
}

/// Trades of a row that begins with `count, data`.
pub(super) fn content(row: &Row<'_>) -> Result<Vec<Held>, StoreError> {
    block::decode(blob(row, 1)?, row.get::<_, u32>(0)? as usize)
}

fn blob<'a>(row: &'a Row<'_>, index: usize) -> Result<&'a [u8], StoreError> {
    let data = row.get_ref(index)?.as_blob();
    data.map_err(|_| StoreError::Damaged("a block of trades has no content".to_owned()))
}

/// Which trades are in blocks already, for telling late ones from repeated ones. Lives as long as
/// one transaction.
#[derive(Debug)]
pub(super) struct SealedIds {
    /// Whether the file has blocks; most days that are written to have none.
    any: bool,
    /// Ids of the blocks that were looked into.
    known: HashMap<i64, HashSet<i64>>,
}

impl SealedIds {
    pub fn new(connection: &Connection) -> Result<Self, StoreError> {
        let first = connection
            .prepare_cached("SELECT 1 FROM blocks LIMIT 1")?
            .query_row([], |_| Ok(()))
            .optional()?;
        Ok(Self {
            any: first.is_some(),
            known: HashMap::new(),
        })
    }

    /// Whether a trade is in a block.
    pub fn contain(
        &mut self,
        connection: &Connection,
        series: i64,
        id: i64,
    ) -> Result<bool, StoreError> {
        if !self.any {
            return Ok(false);
        }
        let mut select = connection.prepare_cached(
            "SELECT id FROM blocks WHERE series = ?1 AND least_id <= ?2 AND greatest_id >= ?2",
        )?;
        let mut rows = select.query([series, id])?;
        while let Some(row) = rows.next()? {
            let block = row.get(0)?;
            let ids = match self.known.entry(block) {
                std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(ids(connection, block)?)
                }
            };
            if ids.contains(&id) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn ids(connection: &Connection, block: i64) -> Result<HashSet<i64>, StoreError> {
    let mut select = connection.prepare_cached("SELECT count, data FROM blocks WHERE id = ?1")?;
    let mut rows = select.query([block])?;
    let Some(row) = rows.next()? else {
        return Ok(HashSet::new());
    };
    let ids = block::ids(blob(row, 1)?, row.get::<_, u32>(0)? as usize)?;
    Ok(ids.into_iter().collect())
}
