//! What a canvas was told last, so that it is not told the same again for every text. Knows
//! nothing of the canvas itself.

use super::types::{Align, Font};

/// The settings of a canvas's context that a text is written with, as far as they are known.
///
/// Each function takes what is wanted from now on and says whether the context must be told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pen {
    font: Option<Font>,
    /// Empty while it is unknown: no colour is written so.
    fill: String,
    align: Option<Align>,
    is_centred: bool,
}

impl Pen {
    /// A font.
    pub fn takes_font(&mut self, font: Font) -> bool {
        self.font.replace(font) != Some(font)
    }

    /// A CSS colour.
    pub fn takes_fill(&mut self, color: &str) -> bool {
        let is_new = self.fill != color;
        if is_new {
            self.fill.clear();
            self.fill.push_str(color);
        }
        is_new
    }

    /// Where texts stand relative to their points.
    pub fn takes_align(&mut self, align: Align) -> bool {
        self.align.replace(align) != Some(align)
    }

    /// Texts centred vertically on their points.
    pub fn takes_centre(&mut self) -> bool {
        !std::mem::replace(&mut self.is_centred, true)
    }

    /// Somebody else used the context, or the browser began it anew.
    pub fn forget(&mut self) {
        self.font = None;
        self.fill.clear();
        self.align = None;
        self.is_centred = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Font = Font {
        px: 11.0,
        weight: 400,
    };

    /// What the context is told for a text: font, fill, align, baseline.
    fn told(pen: &mut Pen, font: Font, color: &str, align: Align) -> [bool; 4] {
        [
            pen.takes_font(font),
            pen.takes_fill(color),
            pen.takes_align(align),
            pen.takes_centre(),
        ]
    }

    #[test]
    fn a_context_is_told_what_differs() {
        let mut pen = Pen::default();
        let bold = Font {
            weight: 600,
            ..SMALL
        };
        let large = Font { px: 15.0, ..bold };
        for (font, color, align, expected) in [
            (SMALL, "#111111", Align::Left, [true; 4]),
            (SMALL, "#111111", Align::Left, [false; 4]),
            (bold, "#111111", Align::Left, [true, false, false, false]),
            (large, "#111111", Align::Left, [true, false, false, false]),
            (large, "#222222", Align::Left, [false, true, false, false]),
            (large, "#222222", Align::Right, [false, false, true, false]),
            (SMALL, "#111111", Align::Left, [true, true, true, false]),
        ] {
            let step = format!("{font:?} {color} {align:?}");
            assert_eq!(told(&mut pen, font, color, align), expected, "{step}");
        }
    }

    #[test]
    fn a_context_is_told_all_again_after_others_used_it() {
        let mut pen = Pen::default();
        told(&mut pen, SMALL, "#111111", Align::Center);
        pen.forget();
        assert_eq!(
            told(&mut pen, SMALL, "#111111", Align::Center),
            [true; 4],
            "nothing is known"
        );
    }
}
