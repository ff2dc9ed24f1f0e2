//! Words and signs, each with its place.

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// In bytes, from 0.
    pub(super) at: usize,
    /// A sign, or a word: what stands between signs and spaces.
    pub(super) text: &'a str,
}

const SIGNS: &[char] = &['(', ')', ',', '<', '>'];

/// The pieces, in order. Every text has some reading as pieces.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        if next.is_whitespace() {
            at += next.len_utf8();
            continue;
        }
        let ends = |c: char| c.is_whitespace() || SIGNS.contains(&c);
        let length = if SIGNS.contains(&next) {
            next.len_utf8()
        } else {
            text[at..].find(ends).unwrap_or(text.len() - at)
        };
        let text = &text[at..at + length];
        found.push(Token { at, text });
        at += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_signs_and_spaces() {
        let pieces = tokens("ä:B-U last>65 and\trvol(1m, 20).x");
        let texts: Vec<_> = pieces.iter().map(|piece| piece.text).collect();
        assert_eq!(
            texts,
            [
                "ä:B-U", "last", ">", "65", "and", "rvol", "(", "1m", ",", "20", ")", ".x"
            ]
        );
        assert_eq!(pieces[1].at, 7);
    }
}
