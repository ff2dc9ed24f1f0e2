//! Query parameters: read one by one, all mistakes named together.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use tradesuite_core::model::{InstrumentId, UnixMs};
use tradesuite_core::protocol::NumberStyle;

use super::super::problem::{FieldError, Problem};
use crate::server::service::{LATEST, PageQuery, Service};

/// The query of a request. Every parameter that is not asked for before [`Params::check`] is an
/// error, as is one that is given twice.
#[derive(Debug)]
pub(super) struct Params {
    given: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(given) = Query::try_from_uri(&parts.uri).map_err(|error| {
            let error = FieldError {
                field: "query".to_owned(),
                message: error.to_string(),
            };
            Problem::parameters(vec![error])
        })?;
        Ok(Self {
            given,
            errors: Vec::new(),
        })
    }
}

impl Params {
    fn error(&mut self, field: &str, message: impl Display) {
        self.errors.push(FieldError {
            field: field.to_owned(),
            message: message.to_string(),
        });
    }

    /// Takes the text of a parameter that has these names.
    fn take(&mut self, names: &[&str]) -> Option<(String, String)> {
        let at = self
            .given
            .iter()
            .position(|(name, _)| names.contains(&name.as_str()))?;
        let taken = self.given.remove(at);
        if self
            .given
            .iter()
            .any(|(name, _)| names.contains(&name.as_str()))
        {
            self.given
                .retain(|(name, _)| !names.contains(&name.as_str()));
            self.error(&taken.0, "given more than once");
        }
        Some(taken)
    }

    fn read<T, E: Display>(
        &mut self,
        names: &[&str],
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let (name, text) = self.take(names)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.error(&name, error);
                None
            }
        }
    }

    /// A parameter that may be absent.
    pub fn optional<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        self.read(&[name], str::parse)
    }

    /// A parameter that must not be absent.
    pub fn required<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        if !self.given.iter().any(|(given, _)| given == name) {
            self.error(name, "required");
        }
        self.optional(name)
    }

    /// One of a few words; the first where absent.
    pub fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let Some((_, text)) = self.take(&[name]) else {
            return choices.first().map(|(_, value)| *value);
        };
        let found = choices.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.error(name, format_args!("one of {}", words.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// A whole number from 1 to `most`.
    pub fn count(&mut self, name: &str, default: u32, most: u32) -> u32 {
        let read = |text: &str| match text.parse() {
            Ok(value) if (1..=most).contains(&value) => Ok(value),
            _ => Err(format!("a whole number from 1 to {most}")),
        };
        self.read(&[name], read).unwrap_or(default)
    }

    /// How numbers are written.
    pub fn numbers(&mut self) -> NumberStyle {
        let styles = [
            ("number", NumberStyle::Number),
            ("string", NumberStyle::Text),
        ];
        self.choice("numbers", &styles).unwrap_or_default()
    }

    /// An instant, under any of these names.
    pub fn time(&mut self, names: &[&str]) -> Option<UnixMs> {
        self.read(names, |text| {
            let time = UnixMs::parse(text).map_err(|error| error.to_string())?;
            match (UnixMs(0)..=LATEST).contains(&time) {
                true => Ok(time),
                false => Err("between 1970 and 2286".to_owned()),
            }
        })
    }

    /// `instrument` or `symbol`.
    pub fn instrument(&mut self, service: &Service) -> Option<InstrumentId> {
        let names = ["instrument", "symbol"];
        if !self
            .given
            .iter()
            .any(|(name, _)| names.contains(&name.as_str()))
        {
            self.error("instrument", "required, such as coinbase:BTC-USD");
        }
        self.optional_instrument(service)
    }

    /// `instrument` or `symbol`, or neither.
    pub fn optional_instrument(&mut self, service: &Service) -> Option<InstrumentId> {
        self.read(&["instrument", "symbol"], |text| service.resolve(text))
    }

    /// `start`, `end`, `limit` and `cursor`.
    pub fn page(&mut self, default: u32, most: u32) -> PageQuery {
        let page = PageQuery {
            start: self.time(&["start", "from"]),
            end: self.time(&["end", "to"]),
            limit: self.count("limit", default, most),
            cursor: self.optional("cursor"),
        };
        if let (Some(start), Some(end)) = (page.start, page.end)
            && start > end
        {
            self.error("start", "after the end");
        }
        page
    }

    /// Names everything that was wrong.
    ///
    /// # Errors
    /// [`Problem`] where anything was.
    pub fn check(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.given) {
            self.error(&name, "there is no such parameter here");
        }
        match self.errors.is_empty() {
            true => Ok(()),
            false => Err(Problem::parameters(self.errors)),
        }
    }

    /// The same for a parameter that must not be absent.
    ///
    /// # Errors
    /// [`Problem`] where anything was wrong.
    pub fn check_with<T>(mut self, required: Option<T>) -> Result<T, Problem> {
        if required.is_none() && self.errors.is_empty() {
            self.error("query", "a required parameter is missing");
        }
        let errors = self.check();
        match required {
            Some(value) => errors.map(|()| value),
            None => Err(errors
                .err()
                .unwrap_or_else(|| Problem::parameters(Vec::new()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        let uri = format!("/?{query}").parse().expect("a uri");
        let Query(given) = Query::try_from_uri(&uri).expect("a query");
        Params {
            given,
            errors: Vec::new(),
        }
    }

    fn fields(result: Result<(), Problem>) -> Vec<String> {
        match result {
            Ok(()) => Vec::new(),
            Err(problem) => problem
                .errors
                .into_iter()
                .map(|error| error.field)
                .collect(),
        }
    }

    #[test]
    fn pages_read_both_kinds_of_time_and_both_names() {
        for query in [
            "start=1795442262000&end=1795442263000",
            "from=2026-11-23T13:57:42Z&to=2026-11-23T13:57:43Z",
        ] {
            let mut params = params(query);
            let page = params.page(500, 5_000);
            assert_eq!(page.start, Some(UnixMs(1_795_442_262_000)), "{query}");
            assert_eq!(page.end, Some(UnixMs(1_795_442_263_000)), "{query}");
            assert_eq!(page.limit, 500);
            assert_eq!(params.check(), Ok(()));
        }
    }

    #[test]
    fn every_mistake_names_its_field() {
        for (query, expected) in [
            ("start=yesterday", vec!["start"]),
            ("from=yesterday&limit=0", vec!["from", "limit"]),
            ("limit=5001", vec!["limit"]),
            ("limit=-1", vec!["limit"]),
            ("limit=1&limit=2", vec!["limit"]),
            ("start=1&from=1", vec!["start"]),
            ("start=2&end=1", vec!["start"]),
            ("start=-1", vec!["start"]),
            ("start=99999999999999", vec!["start"]),
            ("cursor=x", vec!["cursor"]),
            ("numbers=roman", vec!["numbers"]),
            ("tiemframe=1m", vec!["tiemframe"]),
            ("limit=%FF", vec!["limit"]),
        ] {
            let mut params = params(query);
            let _ = params.page(500, 5_000);
            let _ = params.numbers();
            assert_eq!(fields(params.check()), expected, "{query}");
        }
    }
}
