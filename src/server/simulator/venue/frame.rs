//! A message, worded once for all lines: what differs between lines is at most its number, whose
//! place is remembered.

/// A message that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its words, without a number.
    pub text: String,
    /// Where the number belongs, for venues that number the messages of a line.
    pub number_at: Option<usize>,
    /// Whether it is the state upon subscribing.
    pub snapshot: bool,
}

impl Frame {
    /// A message without a number.
    pub fn plain(text: String, snapshot: bool) -> Self {
        Self {
            text,
            number_at: None,
            snapshot,
        }
    }

    /// The message with its number on one line.
    pub fn numbered(&self, number: u64) -> String {
        let Some(at) = self.number_at else {
            return self.text.clone();
        };
        let digits = number.to_string();
        let mut text = String::with_capacity(self.text.len() + digits.len());
        text.push_str(&self.text[..at]);
        text.push_str(&digits);
        text.push_str(&self.text[at..]);
        text
    }
}
