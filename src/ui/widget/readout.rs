//! A text in the page that the market writes, without a signal in between.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::html::Span;
use leptos::prelude::*;

use crate::browser;

/// Writes into one element. Writing the same again costs nothing.
#[derive(Clone, Debug)]
pub struct Readout {
    node: NodeRef<Span>,
    shown: Rc<RefCell<(String, &'static str)>>,
    exact: Rc<RefCell<String>>,
}

impl Readout {
    /// Writes into `node` once it is in the page.
    #[must_use]
    pub fn new(node: NodeRef<Span>) -> Self {
        Self {
            node,
            shown: Rc::default(),
            exact: Rc::default(),
        }
    }

    /// Notes the exact value of what is shown in few characters, for programs.
    pub fn note_exact(&self, exact: &str) {
        let mut noted = self.exact.borrow_mut();
        if *noted != exact {
            exact.clone_into(&mut noted);
            browser::write_exact(&self.node, exact);
        }
    }

    /// Shows `text` in a tone: `up`, `down`, or empty for the ordinary one.
    pub fn set(&self, text: &str, tone: &'static str) {
        let mut shown = self.shown.borrow_mut();
        if shown.0 != text || shown.1 != tone {
            text.clone_into(&mut shown.0);
            shown.1 = tone;
            browser::write_text(&self.node, text, tone);
        }
    }
}
