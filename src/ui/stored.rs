//! Where that is which the server has not got: in the browser, unless it keeps nothing for this page.

/// Says where it is kept.
#[must_use]
pub fn place_of(is_stored: bool) -> &'static str {
    match is_stored {
        true => "in this browser only",
        false => "only in this window, until it is closed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_does_not_keep_is_said_to_be_in_the_window() {
        assert!(place_of(true).contains("browser"));
        assert!(!place_of(false).contains("browser"));
    }
}
