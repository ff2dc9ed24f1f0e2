//! Wheel and drag to whole rows: what is left of a row is kept for the next event.

/// A notch of a wheel is 100 pixels and turns by three rows.
const PX_A_ROW_OF_WHEEL: f64 = 100.0 / 3.0;

/// Where the pointer is, and what it has moved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hand {
    /// Where it points, CSS pixels from the top; `None` outside.
    pub y: Option<f64>,
    /// Where the row that is dragged was taken, while one is.
    held: Option<f64>,
    turned: f64,
}

impl Hand {
    /// Comes down at a place.
    pub fn press(&mut self, y: f64) {
        (self.y, self.held) = (Some(y), Some(y));
    }

    /// Moves. Says by how many rows of this height it has dragged the axis, positive towards
    /// higher prices.
    pub fn move_to(&mut self, y: f64, row: f64) -> i64 {
        self.y = Some(y);
        let Some(held) = &mut self.held else {
            return 0;
        };
        let rows = ((y - *held) / row).trunc();
        *held += rows * row;
        rows as i64
    }

    /// Is lifted.
    pub fn lift(&mut self) {
        self.held = None;
    }

    /// Leaves.
    pub fn leave(&mut self) {
        *self = Self::default();
    }

    /// The wheel turns, in the browser's words: by pixels, lines or pages, positive towards the
    /// reader. Says by how many rows, positive towards higher prices.
    pub fn wheel(&mut self, delta: f64, mode: u32, page: usize) -> i64 {
        self.turned += match mode {
            1 => delta,
            2 => delta * page as f64,
            _ => delta / PX_A_ROW_OF_WHEEL,
        };
        let rows = self.turned.trunc();
        self.turned -= rows;
        -(rows as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notch_is_three_rows_and_nothing_is_lost() {
        let mut hand = Hand::default();
        assert_eq!(hand.wheel(100.0, 0, 20), -3);
        let by_bits: i64 = (0..10).map(|_| hand.wheel(-10.0, 0, 20)).sum();
        assert_eq!(by_bits, 2, "the rest waits");
        assert_eq!(hand.wheel(-1.0, 0, 20), 1);
        assert_eq!(Hand::default().wheel(1.0, 2, 20), -20);
    }

    #[test]
    fn a_drag_takes_the_rows_along() {
        let mut hand = Hand::default();
        assert_eq!(hand.move_to(100.0, 18.0), 0, "not held");
        hand.press(100.0);
        assert_eq!(hand.move_to(130.0, 18.0), 1);
        assert_eq!(hand.move_to(136.0, 18.0), 1);
        assert_eq!(hand.move_to(100.0, 18.0), -2);
        hand.lift();
        assert_eq!(hand.move_to(400.0, 18.0), 0);
    }
}
