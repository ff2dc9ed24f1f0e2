//! What faults do to the messages of one line: some are lost, doubled, spoilt or change places.
//! Deterministic in the seed and the number of the line. It sends nothing itself.

use std::time::Duration;

use crate::server::simulator::faults::{Fault, FaultState};
use crate::server::simulator::market::noise::{Draws, Noise};

/// Silence of a stalled line.
pub const STALL: Duration = Duration::from_secs(20);
const GIANT_BYTES: usize = 20_000_000;
/// What stands before a checksum, where a venue has them.
const CHECKSUM: &str = "\"checksum\":";

/// The faults of one line.
#[derive(Debug)]
pub struct Tamper {
    draws: Draws,
    seen: FaultState,
    held: Option<String>,
}

impl Tamper {
    /// The faults of the line with this number; `state` is what is in force as it opens.
    pub fn new(seed: u64, line: u64, state: FaultState) -> Self {
        Self {
            draws: Noise::new(seed, "faults").at(500, line as i64),
            seen: state,
            held: None,
        }
    }

    /// Time until something happens that comes on average every `fault` seconds; `None`: never.
    pub fn wait_for(&mut self, fault: Fault, state: &FaultState) -> Option<Duration> {
        let mean = state.plan.get(fault);
        let wait = mean * self.draws.exponential().min(5.0);
        (mean > 0.0).then(|| Duration::from_secs_f64(wait.max(0.05)))
    }

    /// Whether a fault was asked for once since the last time this was asked.
    pub fn asked_once(&mut self, fault: Fault, state: &FaultState) -> bool {
        let asked = state.once_since(&self.seen, fault);
        if asked {
            self.seen.forget(fault, state);
        }
        asked
    }

    /// What is sent in place of a message, in order.
    pub fn pass(&mut self, message: String, state: &FaultState) -> Vec<String> {
        let mut happens = |fault| {
            let asked = state.once_since(&self.seen, fault);
            if asked {
                self.seen.forget(fault, state);
            }
            let chance = state.plan.get(fault);
            asked || (chance > 0.0 && self.draws.chance(chance))
        };
        let mut sent = Vec::with_capacity(2);
        if happens(Fault::Giant) {
            sent.push(giant());
        }
        if happens(Fault::Drop) {
            sent.extend(self.held.take());
            return sent;
        }
        let (repeat, swap) = (happens(Fault::Repeat), happens(Fault::Swap));
        let (corrupt, malformed) = (happens(Fault::Corrupt), happens(Fault::Malformed));
        let mut message = message;
        if message.contains(CHECKSUM) && happens(Fault::WrongChecksum) {
            message = with_wrong_checksum(&message);
        }
        if corrupt {
            message = corrupted(message, &mut self.draws);
        }
        if malformed {
            let mut end = (message.len() as f64 * self.draws.uniform()) as usize;
            while !message.is_char_boundary(end) {
                end -= 1;
            }
            message.truncate(end);
        }
        if swap && self.held.is_none() {
            self.held = Some(message);
            return sent;
        }
        if repeat {
            sent.push(message.clone());
        }
        sent.push(message);
        sent.extend(self.held.take());
        sent
    }
}

/// Replaces one byte by one that no message has. A digit that turned into another would be seen by
/// nobody but a checksum: that is [`Fault::WrongChecksum`] seen from the other side, and what TLS
/// is for.
fn corrupted(message: String, draws: &mut Draws) -> String {
    let mut bytes = message.into_bytes();
    if bytes.is_empty() {
        return String::new();
    }
    let at = (draws.uniform() * bytes.len() as f64) as usize;
    bytes[at] = b'\x1a';
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Changes the last bit of the checksum.
fn with_wrong_checksum(message: &str) -> String {
    let Some(start) = message.find(CHECKSUM).map(|at| at + CHECKSUM.len()) else {
        return message.to_owned();
    };
    let digits = message[start..].bytes().take_while(u8::is_ascii_digit);
    let end = start + digits.count();
    let Ok(value) = message[start..end].parse::<u32>() else {
        return message.to_owned();
    };
    let wrong = value ^ 1;
    format!("{}{wrong}{}", &message[..start], &message[end..])
}

fn giant() -> String {
    format!(
        "{{\"channel\":\"giant\",\"padding\":\"{}\"}}",
        "x".repeat(GIANT_BYTES)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::simulator::faults::FaultSwitch;
    use serde_json::json;

    fn run(plan: &str, count: usize) -> Vec<String> {
        let state = FaultSwitch::new(plan.parse().unwrap()).state();
        let mut tamper = Tamper::new(1, 1, state);
        (0..count)
            .flat_map(|number| tamper.pass(format!("{{\"n\":{number}}}"), &state))
            .collect()
    }

    #[test]
    fn each_fault_does_what_it_says() {
        let plain: Vec<String> = (0..4).map(|number| format!("{{\"n\":{number}}}")).collect();
        assert_eq!(run("", 4), plain);
        assert_eq!(run("drop=1", 4), [""; 0]);
        let order = |places: [usize; 4]| places.map(|place| plain[place].clone());
        assert_eq!(run("repeat=1", 2), order([0, 0, 1, 1]));
        assert_eq!(run("swap=1", 4), order([1, 0, 3, 2]));
        assert!(
            run("malformed=1", 4)
                .iter()
                .zip(&plain)
                .all(|(cut, whole)| cut.len() < whole.len())
        );
        assert!(
            run("corrupt=1", 40)
                .iter()
                .enumerate()
                .all(|(n, text)| *text != format!("{{\"n\":{n}}}"))
        );
        assert!(run("giant=1", 1)[0].len() > GIANT_BYTES);
    }

    #[test]
    fn only_what_has_a_checksum_has_a_wrong_one() {
        let state = FaultSwitch::new("wrong_checksum=1".parse().unwrap()).state();
        let mut tamper = Tamper::new(1, 1, state);
        for (message, expected) in [
            (r#"{"n":1}"#, r#"{"n":1}"#),
            (r#"{"checksum":12,"n":1}"#, r#"{"checksum":13,"n":1}"#),
        ] {
            assert_eq!(tamper.pass(message.to_owned(), &state), [expected]);
        }
    }

    #[test]
    fn equal_seeds_have_equal_faults() {
        let plan = "drop=0.2,repeat=0.2,swap=0.2,corrupt=0.2";
        assert_eq!(run(plan, 200), run(plan, 200));
    }

    #[test]
    fn once_is_once() {
        let switch = FaultSwitch::new("".parse().unwrap());
        let mut tamper = Tamper::new(1, 1, switch.state());
        switch
            .change(json!({"once": ["drop"]}).as_object().unwrap())
            .unwrap();
        let state = switch.state();
        let sent: Vec<_> = (0..3)
            .flat_map(|n| tamper.pass(n.to_string(), &state))
            .collect();
        assert_eq!(sent, ["1", "2"]);
        assert!(!tamper.asked_once(Fault::Drop, &state));
    }
}
