//! What somebody drew on the charts of an instrument.

use serde::{Serialize, Serializer};

use super::decimal::Decimal;
use super::document::{read_small, write_small};
use super::drawing_edit::LAST_ID;
use super::time::UnixMs;
use super::untrusted::{Faults, Fields, Item, Refused, Step};

/// Drawings of an instrument at the most.
pub(super) const MOST: usize = 200;
/// Longest label, in characters.
const LABEL: usize = 80;
/// The end of the year 2286: later times are mistakes.
const LATEST_MS: i64 = 9_999_999_999_999;
const STEPS: &[Step] = &[];

/// Everything drawn on one instrument; the charts of all timeframes show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Drawings {
    /// The last drawn on top.
    pub drawings: Vec<Drawing>,
}

/// One drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drawing {
    /// Its name among the drawings of the instrument.
    pub id: u32,
    /// `#rrggbb`; `None` for the theme's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// What it is.
    #[serde(flatten)]
    pub shape: Shape,
}

/// What can be drawn. Prices are written as text, digit by digit, and are exact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "shape", rename_all = "lowercase")]
pub enum Shape {
    /// A horizontal line.
    Line {
        /// Quote currency per base unit.
        #[serde(serialize_with = "as_text")]
        price: Decimal,
        /// What is written on it; may be empty.
        label: String,
    },
    /// A distance between two points.
    Measure {
        /// Where it was begun.
        from: Point,
        /// Where it was ended.
        to: Point,
    },
    /// The volume-weighted average price since a time.
    Vwap {
        /// The opening time of its first bar, or any time in it.
        time: UnixMs,
    },
}

/// A point of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Unix milliseconds.
    pub time: UnixMs,
    /// Quote currency per base unit.
    #[serde(serialize_with = "as_text")]
    pub price: Decimal,
}

fn as_text<S: Serializer>(price: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(price)
}

impl Drawings {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Refused`], with every mistake.
    pub fn parse(text: &[u8]) -> Result<Self, Refused> {
        read_small(text, STEPS, |item, faults| {
            let fields = item.fields(faults, &["version", "drawings"])?;
            let list = fields.required(faults, "drawings")?;
            let mut drawings: Vec<Drawing> = Vec::new();
            for item in list.list(faults, MOST)? {
                let Some(drawing) = drawing(&item, faults) else {
                    continue;
                };
                if drawings.iter().any(|held| held.id == drawing.id) {
                    let id = drawing.id;
                    faults.add(&item.at, format_args!("there are two drawings {id}"));
                }
                drawings.push(drawing);
            }
            Some(Self { drawings })
        })
    }

    /// The document: what [`Self::parse`] reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        write_small(STEPS, self)
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Line,
    Measure,
    Vwap,
}

fn drawing(item: &Item<'_>, faults: &mut Faults) -> Option<Drawing> {
    // Which other fields there may be depends on the shape.
    let shapes = [
        ("line", Kind::Line),
        ("measure", Kind::Measure),
        ("vwap", Kind::Vwap),
    ];
    let kind = item.value.get("shape").and_then(|shape| shape.as_str());
    let kind = shapes.iter().find(|(name, _)| Some(*name) == kind);
    let own: &[&str] = match kind {
        Some((_, Kind::Line)) => &["id", "colour", "shape", "price", "label"],
        Some((_, Kind::Measure)) => &["id", "colour", "shape", "from", "to"],
        Some((_, Kind::Vwap)) => &["id", "colour", "shape", "time"],
        None => &[
            "id", "colour", "shape", "price", "label", "from", "to", "time",
        ],
    };
    let fields = item.fields(faults, own)?;
    let shape = fields.required(faults, "shape")?;
    let kind = shape.choice(faults, &shapes)?;
    let id = fields.required(faults, "id")?;
    let id = id.integer(faults, 1..=i64::from(LAST_ID));
    let colour = match fields.optional("colour") {
        None => Some(None),
        Some(item) => item.colour(faults).map(|colour| Some(colour.to_owned())),
    };
    let shape = match kind {
        Kind::Line => Shape::Line {
            price: price(&fields, faults)?,
            label: match fields.optional("label") {
                None => String::new(),
                Some(item) => item.text(faults, LABEL)?.to_owned(),
            },
        },
        Kind::Measure => Shape::Measure {
            from: point(&fields, "from", faults)?,
            to: point(&fields, "to", faults)?,
        },
        Kind::Vwap => Shape::Vwap {
            time: time(&fields, faults)?,
        },
    };
    Some(Drawing {
        id: u32::try_from(id?).ok()?,
        colour: colour?,
        shape,
    })
}

fn point(fields: &Fields<'_>, name: &str, faults: &mut Faults) -> Option<Point> {
    let item = fields.required(faults, name)?;
    let fields = item.fields(faults, &["time", "price"])?;
    Some(Point {
        time: time(&fields, faults)?,
        price: price(&fields, faults)?,
    })
}

fn time(fields: &Fields<'_>, faults: &mut Faults) -> Option<UnixMs> {
    let item = fields.required(faults, "time")?;
    item.integer(faults, 0..=LATEST_MS).map(UnixMs)
}

fn price(fields: &Fields<'_>, faults: &mut Faults) -> Option<Decimal> {
    let item = fields.required(faults, "price")?;
    match item.value.as_str().map(Decimal::parse) {
        Some(Ok(price)) => Some(price),
        _ => {
            let reason = "a price as text is wanted, such as \"64213.5\"";
            faults.add(&item.at, reason);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_read_back_exactly() {
        let text = r##"{"version":1,"drawings":[{"id":1,"shape":"line","price":"64213.50","label":"stop"},{"id":2,"colour":"#1e90ff","shape":"measure","from":{"time":0,"price":"0.00000001"},"to":{"time":60000,"price":"2"}},{"id":7,"shape":"vwap","time":1795442220000}]}"##;
        let drawings = Drawings::parse(text.as_bytes()).expect("stands");
        assert_eq!(drawings.to_json(), text);
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        for (drawing, expected) in [
            (
                r#"{"id":1,"shape":"line","price":64213.5}"#,
                "/drawings/0/price: a price as text is wanted, such as \"64213.5\"",
            ),
            (
                r#"{"id":1,"shape":"line","price":"1e400"}"#,
                "/drawings/0/price: a price as text is wanted, such as \"64213.5\"",
            ),
            (
                r#"{"id":1,"shape":"vwap","time":-1}"#,
                "/drawings/0/time: a whole number from 0 to 9999999999999 is wanted, not -1",
            ),
            (
                r#"{"id":1,"shape":"circle"}"#,
                "/drawings/0/shape: one of line, measure, vwap is wanted, not \"circle\"",
            ),
            (
                r#"{"id":1,"shape":"vwap","time":0,"label":"x"}"#,
                "/drawings/0/label: there is no such field; there are id, colour, shape, time",
            ),
            (
                r#"{"id":1,"shape":"vwap","time":0},{"id":1,"shape":"vwap","time":0}"#,
                "/drawings/1: there are two drawings 1",
            ),
            (
                r#"{"id":1,"colour":"red","shape":"vwap","time":0}"#,
                "/drawings/0/colour: a colour such as #1e90ff is wanted",
            ),
        ] {
            let text = format!(r#"{{"version":1,"drawings":[{drawing}]}}"#);
            let refused = Drawings::parse(text.as_bytes()).expect_err("refused");
            assert_eq!(refused.to_string(), expected);
        }
    }
}
