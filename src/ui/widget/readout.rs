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
    /// Text and tone; `None` before the first was written.
    shown: Rc<RefCell<Option<(String, &'static str)>>>,
    exact: Rc<RefCell<String>>,
}

impl Readout {
    /// Writes into `node` once it is in the page. Call it in an effect or a component: until that
    /// ends, what was written is written again into every element that takes the node's place, as
    /// a header's does whenever the header is made anew.
    #[must_use]
    pub fn new(node: NodeRef<Span>) -> Self {
        let readout = Self {
            node,
            shown: Rc::default(),
            exact: Rc::default(),
        };
        let again = readout.clone();
        Effect::new(move || {
            node.track();
            again.write();
        });
        readout
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
        let (held, held_tone) = shown.get_or_insert_default();
        if *held != text || *held_tone != tone {
            text.clone_into(held);
            *held_tone = tone;
            browser::write_text(&self.node, text, tone);
        }
    }

    fn write(&self) {
        if let Some((text, tone)) = self.shown.borrow().as_ref() {
            browser::write_text(&self.node, text, tone);
        }
        let exact = self.exact.borrow();
        if !exact.is_empty() {
            browser::write_exact(&self.node, &exact);
        }
    }
}
