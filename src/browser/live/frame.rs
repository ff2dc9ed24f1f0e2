//! Time in the browser: animation frames, timers, changes of size.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::html::ElementType;
use leptos::prelude::{GetUntracked, NodeRef};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::js_sys::Array;

/// Undoes what it stands for when it is dropped: a timer, an observer, a listener.
pub struct Guard(Option<Box<dyn FnOnce()>>);

impl Guard {
    /// `undo` is called once, at drop.
    pub(super) fn new(undo: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(undo)))
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Guard")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(undo) = self.0.take() {
            undo();
        }
    }
}

/// Paints at most once a frame, and only when asked to.
#[derive(Clone)]
pub struct FrameLoop(Rc<LoopState>);

type FrameCallback = Closure<dyn FnMut(f64)>;

struct LoopState {
    /// The browser's number for the frame that is asked for.
    scheduled: Cell<Option<i32>>,
    callback: RefCell<Option<FrameCallback>>,
}

impl LoopState {
    /// The browser must not call what is gone.
    fn cancel(&self) {
        if let Some((window, handle)) = web_sys::window().zip(self.scheduled.take()) {
            // Fails only for numbers that are none.
            let _ = window.cancel_animation_frame(handle);
        }
    }
}

impl Drop for LoopState {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl std::fmt::Debug for FrameLoop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FrameLoop")
    }
}

impl FrameLoop {
    /// `paint` is given the frame's time in milliseconds since the page was opened.
    #[must_use]
    pub fn new(mut paint: impl FnMut(f64) + 'static) -> Self {
        let state = Rc::new(LoopState {
            scheduled: Cell::new(None),
            callback: RefCell::new(None),
        });
        let weak = Rc::downgrade(&state);
        *state.callback.borrow_mut() = Some(Closure::new(move |at: f64| {
            if let Some(state) = weak.upgrade() {
                state.scheduled.set(None);
                paint(at);
            }
        }));
        Self(state)
    }

    /// Never paints again, and lets go of what it painted from.
    pub fn stop(&self) {
        self.0.callback.borrow_mut().take();
        self.0.cancel();
    }

    /// Paints in the next frame. Calling it again before that changes nothing.
    pub fn request(&self) {
        if self.0.scheduled.get().is_some() {
            return;
        }
        let callback = self.0.callback.borrow();
        if let Some((window, callback)) = web_sys::window().zip(callback.as_ref()) {
            let asked = window.request_animation_frame(callback.as_ref().unchecked_ref());
            self.0.scheduled.set(asked.ok());
        }
    }
}

/// Calls `changed` whenever the element's size changes, and once at the beginning; `None` while
/// the element is not in the page.
#[must_use]
pub fn on_resize<E>(node: NodeRef<E>, mut changed: impl FnMut() + 'static) -> Option<Guard>
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    let element: web_sys::Element = node.get_untracked()?.unchecked_into();
    let callback = Closure::<dyn FnMut(Array)>::new(move |_entries| changed());
    let observer = web_sys::ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
    observer.observe(&element);
    Some(Guard::new(move || {
        observer.disconnect();
        drop(callback);
    }))
}

/// Calls `action` every `ms` milliseconds.
#[must_use]
pub fn every(ms: u32, action: impl FnMut() + 'static) -> Guard {
    let callback = Closure::<dyn FnMut()>::new(action);
    let handle = web_sys::window().and_then(|window| {
        window
            .set_interval_with_callback_and_timeout_and_arguments_0(
                callback.as_ref().unchecked_ref(),
                i32::try_from(ms).unwrap_or(i32::MAX),
            )
            .ok()
    });
    Guard::new(move || {
        if let Some((window, handle)) = web_sys::window().zip(handle) {
            window.clear_interval_with_handle(handle);
        }
        drop(callback);
    })
}

/// Calls `action` once, after `ms` milliseconds.
#[must_use]
pub fn after(ms: u32, action: impl FnOnce() + 'static) -> Guard {
    let callback = Closure::once(action);
    let handle = web_sys::window().and_then(|window| {
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                callback.as_ref().unchecked_ref(),
                i32::try_from(ms).unwrap_or(i32::MAX),
            )
            .ok()
    });
    Guard::new(move || {
        if let Some((window, handle)) = web_sys::window().zip(handle) {
            window.clear_timeout_with_handle(handle);
        }
        drop(callback);
    })
}
