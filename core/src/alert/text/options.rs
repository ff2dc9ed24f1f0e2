//! What stands behind the condition: how often a rule fires, and its options.

use super::error::TextError;
use super::parser::{Parser, Read};
use super::span::read_span;
use crate::model::alert::{ActiveHours, Hysteresis, LONGEST_S, NoData, Trigger, Watch};
use crate::model::{Timeframe, UnixMs};

impl Parser<'_> {
    pub(super) fn span(&mut self, least: u32) -> Read<u32> {
        let expected = format!(
            "a time such as 90s, 5m or 4h, at most {}d,",
            LONGEST_S / 86_400
        );
        self.parsed(&expected, |text| {
            read_span(text).filter(|seconds| (least..=LONGEST_S).contains(seconds))
        })
    }

    fn timeframe(&mut self) -> Read<Timeframe> {
        self.parsed("a timeframe such as 1m or 4h", |text| text.parse().ok())
    }

    pub(super) fn trigger(&mut self) -> Read<Trigger> {
        if self.skip("once per") {
            let timeframe = self.timeframe()?;
            self.expect("bar")?;
            let repeats = self.skip("repeating");
            return Ok(Trigger::OncePerBar { timeframe, repeats });
        }
        if self.skip("once") {
            return Ok(Trigger::Once);
        }
        if self.skip("on") {
            let timeframe = self.timeframe()?;
            self.expect("close")?;
            let repeats = self.skip("repeating");
            return Ok(Trigger::BarClose { timeframe, repeats });
        }
        if self.skip("every") {
            let at = self.peek();
            let cooldown_s = self.span(0)?;
            let repeats = self.skip("repeating");
            if repeats && cooldown_s == 0 {
                return Err(TextError::new(
                    at.at,
                    "a time above 0 for `repeating`",
                    at.text,
                ));
            }
            return Ok(Trigger::Every {
                cooldown_s,
                repeats,
            });
        }
        Err(self.no("`and`, `or`, or one of once, once per, on, every"))
    }

    pub(super) fn option(&mut self, watch: &mut Watch) -> Read<()> {
        if self.skip("for") {
            watch.hold_s = self.span(1)?;
        } else if self.skip("hysteresis") {
            let expected = "a distance above zero such as 25 or 0.5%";
            let read = |text: &str| text.parse::<Hysteresis>().ok();
            watch.hysteresis = Some(self.parsed(expected, read)?);
        } else if self.skip("no data") {
            watch.no_data = self.parsed("one of keep, clear, fire", |text| {
                let found = NoData::CHOICES.iter().find(|(word, _)| *word == text);
                found.map(|(_, value)| *value)
            })?;
        } else if self.skip("expires") {
            let expected = "a time such as 2026-12-24T18:00:00Z";
            let read = |text: &str| UnixMs::parse(text).ok();
            watch.expires = Some(self.parsed(expected, read)?);
        } else if self.skip("hours") {
            watch.hours = Some(self.hours()?);
        } else {
            return Err(self.no("one of for, hysteresis, no data, expires, hours, or the end"));
        }
        Ok(())
    }

    /// Days, hours and zone; days may have commas.
    fn hours(&mut self) -> Read<ActiveHours> {
        let start = self.peek();
        let mut days = String::new();
        loop {
            days.push_str(self.take().text);
            if !self.skip(",") {
                break;
            }
            days.push(',');
        }
        let (span, zone) = (self.take().text, self.take().text);
        let hours = format!("{days} {span} {zone}").parse();
        hours.map_err(|_| {
            let expected = "days, hours and a zone such as mon-fri 09:00-17:30 +01:00";
            TextError::new(start.at, expected, start.text)
        })
    }
}
