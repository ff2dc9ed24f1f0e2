//! What the text of a setting may be. Errors say what is needed, without the setting's name.

use std::net::SocketAddr;

use tradesuite_core::model::{Decimal, InstrumentId};

pub(super) fn read_bind(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| "an address and a port are needed, such as 127.0.0.1:8080".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("only loopback addresses are accepted, such as 127.0.0.1: there is no sign-in yet, so the server must not be reachable from elsewhere".to_owned())
    }
}

pub(super) fn read_demo_address(text: &str) -> Result<Option<SocketAddr>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(Some(address)),
        _ => Err(
            "an address of this machine and a port are needed, such as 127.0.0.1:9000".to_owned(),
        ),
    }
}

pub(super) fn read_log(text: &str) -> Result<String, String> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!(
            "error, warn, info, debug, trace or a filter is needed ({error})"
        )),
    }
}

pub(super) fn read_instruments(text: &str, venues: &[&str]) -> Result<Vec<InstrumentId>, String> {
    let read = |part: &str| {
        let id: InstrumentId = part.parse().map_err(|error| format!("{part}: {error}"))?;
        known(&id, venues)?;
        Ok(id)
    };
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(read)
        .collect()
}

/// Whether an instrument's venue is one of those that there are.
pub(crate) fn known(id: &InstrumentId, venues: &[&str]) -> Result<(), String> {
    if venues.contains(&id.exchange()) {
        Ok(())
    } else {
        let (venue, known) = (id.exchange(), venues.join(", "));
        Err(format!(
            "{id}: there is no venue {venue}; known are {known}"
        ))
    }
}

pub(super) fn one_of<'a>(text: &'a str, allowed: &[&str]) -> Result<&'a str, String> {
    if allowed.contains(&text) {
        Ok(text)
    } else {
        Err(format!("one of {} is needed", allowed.join(", ")))
    }
}

pub(super) fn number(text: &str, least: u32, most: u32) -> Result<u32, String> {
    match text.parse() {
        Ok(value) if (least..=most).contains(&value) => Ok(value),
        _ => Err(format!("a whole number from {least} to {most} is needed")),
    }
}

pub(super) fn read_days(text: &str) -> Result<Option<u32>, String> {
    number(text, 0, 36_500).map(|days| (days > 0).then_some(days))
}

/// A number of bytes, or of thousands, millions … of them: `200GB`, `1.5 TB`.
pub(super) fn read_bytes(text: &str) -> Result<Option<u64>, String> {
    const UNITS: [(&str, u64); 5] = [
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("kB", 1_000),
        ("B", 1),
    ];
    let unit = UNITS.iter().find_map(|(name, bytes)| {
        let number = text.strip_suffix(name)?;
        Some((number.trim_end(), *bytes))
    });
    let (number, unit) = unit.unwrap_or((text, 1));
    let needed = || {
        "a size is needed, such as 200GB or 1.5 TB: a number with TB, GB, MB, kB or B; 0 for no limit".to_owned()
    };
    let number = Decimal::parse(number).map_err(|_| needed())?.normalized();
    let part = 10_u64.checked_pow(number.scale.into()).ok_or_else(needed)?;
    let bytes = u64::try_from(number.mantissa)
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(needed)?;
    Ok(Some(bytes / part).filter(|bytes| *bytes > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("0", None),
            ("0GB", None),
            ("1000", Some(1_000)),
            ("64 kB", Some(64_000)),
            ("200GB", Some(200_000_000_000)),
            ("1.5 TB", Some(1_500_000_000_000)),
        ] {
            assert_eq!(read_bytes(text), Ok(bytes), "{text}");
        }
    }
}
