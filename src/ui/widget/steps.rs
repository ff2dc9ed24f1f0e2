//! Going through a list by keys while the keyboard stays in the field above it.

/// Where the arrow keys lead in a list of `count` rows.
#[must_use]
pub fn step(at: usize, count: usize, key: &str) -> Option<usize> {
    match key {
        "ArrowDown" if at + 1 < count => Some(at + 1),
        "ArrowUp" if at > 0 => Some(at - 1),
        "Home" => Some(0),
        "End" if count > 0 => Some(count - 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn arrow_keys_stay_in_the_list() {
        for (at, count, key, expected) in [
            (0, 3, "ArrowDown", Some(1)),
            (2, 3, "ArrowDown", None),
            (0, 3, "ArrowUp", None),
            (1, 3, "End", Some(2)),
            (0, 0, "End", None),
            (0, 3, "x", None),
        ] {
            assert_eq!(step(at, count, key), expected, "{at} of {count}, {key}");
        }
    }
}
