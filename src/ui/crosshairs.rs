//! Crosshairs in step: charts that are linked by a colour stand at the time that the pointer is on
//! in one of them. The time is a buffer, not a signal: whoever points writes it and wakes the
//! others, which paint it in their next frame. What is pointed at in other windows of this browser
//! counts as one more chart of its colour.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use tradesuite_core::dock::LinkColour;
use tradesuite_core::model::UnixMs;

use crate::ui::windows::Windows;

/// One chart among those of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pointing {
    member: u64,
    colour: Option<LinkColour>,
    at: Option<UnixMs>,
}

/// Who points where. Plain arithmetic.
#[derive(Debug, Default)]
struct Table(Vec<Pointing>);

impl Table {
    /// The time that another chart of the same colour points at.
    fn seen_by(&self, member: u64) -> Option<UnixMs> {
        let own = self.0.iter().find(|one| one.member == member)?;
        let colour = own.colour?;
        let others = self.0.iter().filter(|one| one.member != member);
        let mut linked = others.filter(|one| one.colour == Some(colour));
        linked.find_map(|one| one.at)
    }

    /// Changes what one chart says of itself. Gives the charts that see another time for it.
    fn change(&mut self, member: u64, change: impl FnOnce(&mut Pointing)) -> Vec<u64> {
        let seen = |table: &Self| -> Vec<_> {
            let all = table.0.iter();
            all.map(|one| (one.member, table.seen_by(one.member)))
                .collect()
        };
        let before = seen(self);
        if let Some(own) = self.0.iter_mut().find(|one| one.member == member) {
            change(own);
        }
        let after = seen(self).into_iter().zip(before);
        let changed = after.filter(|(now, before)| now != before);
        changed.map(|((member, _), _)| member).collect()
    }
}

#[derive(Default)]
struct State {
    table: Table,
    wakers: Vec<(u64, Rc<dyn Fn()>)>,
    /// What stands for the other windows, by colour.
    elsewhere: BTreeMap<LinkColour, u64>,
    newest: u64,
}

impl State {
    fn add(&mut self, colour: Option<LinkColour>) -> u64 {
        self.newest += 1;
        self.table.0.push(Pointing {
            member: self.newest,
            colour,
            at: None,
        });
        self.newest
    }
}

/// A handle on the page's crosshairs; cheap to copy into every component.
#[derive(Clone, Copy)]
pub struct Crosshairs {
    state: StoredValue<Rc<RefCell<State>>, LocalStorage>,
    windows: Windows,
}

/// A chart among those whose crosshairs may be in step, until it is dropped.
pub struct Member {
    crosshairs: Crosshairs,
    id: u64,
}

impl Crosshairs {
    /// Makes the handle and puts it into the context.
    pub fn provide(windows: Windows) {
        let state = StoredValue::new_local(Rc::default());
        let crosshairs = Self { state, windows };
        provide_context(crosshairs);
        windows.on_crosshair(move |colour, at| crosshairs.hear(colour, at));
    }

    /// The pointer is on a time in a chart of another window, or on none.
    fn hear(self, colour: LinkColour, at: Option<UnixMs>) {
        let member = self.with(|state| match state.elsewhere.get(&colour) {
            Some(member) => *member,
            None => {
                let member = state.add(Some(colour));
                state.elsewhere.insert(colour, member);
                member
            }
        });
        if let Some(member) = member {
            self.change(member, |own| own.at = at);
        }
    }

    /// The page's crosshairs.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// A chart joins, linked with none yet; `wake` asks it for a frame.
    #[must_use]
    pub fn join(self, wake: impl Fn() + 'static) -> Member {
        let id = self.with(|state| {
            let id = state.add(None);
            state.wakers.push((id, Rc::new(wake)));
            id
        });
        Member {
            crosshairs: self,
            id: id.unwrap_or_default(),
        }
    }

    /// `None` once the page is being taken down.
    fn with<T>(self, action: impl FnOnce(&mut State) -> T) -> Option<T> {
        let state = self.state.try_get_value()?;
        let mut state = state.try_borrow_mut().ok()?;
        Some(action(&mut state))
    }

    fn change(self, member: u64, change: impl FnOnce(&mut Pointing)) {
        let woken = self.with(|state| {
            let changed = state.table.change(member, change);
            let wakers = state.wakers.iter();
            let woken = wakers.filter(|(id, _)| changed.contains(id));
            woken.map(|(_, wake)| Rc::clone(wake)).collect::<Vec<_>>()
        });
        woken.into_iter().flatten().for_each(|wake| wake());
    }
}

impl Member {
    /// The chart is linked by another colour, or by none.
    pub fn set_link(&self, colour: Option<LinkColour>) {
        self.crosshairs.change(self.id, |own| own.colour = colour);
    }

    /// The pointer is on a bar of this chart that opened then, or on none.
    pub fn point(&self, at: Option<UnixMs>) {
        let same = |one: &Pointing| one.member == self.id && one.at == at;
        let is_new = self
            .crosshairs
            .with(|state| !state.table.0.iter().any(same));
        // Said in every frame, and seldom new.
        if is_new == Some(true) {
            let mut colour = None;
            self.crosshairs.change(self.id, |own| {
                own.at = at;
                colour = own.colour;
            });
            if let Some(colour) = colour {
                self.crosshairs.windows.say_crosshair(colour, at);
            }
        }
    }

    /// The time that the pointer is on in a chart that this one is linked with.
    #[must_use]
    pub fn seen(&self) -> Option<UnixMs> {
        let seen = self.crosshairs.with(|state| state.table.seen_by(self.id));
        seen.flatten()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.point(None);
        self.crosshairs.with(|state| {
            state.table.0.retain(|one| one.member != self.id);
            state.wakers.retain(|(id, _)| *id != self.id);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_of_one_colour_see_where_another_points() {
        let chart = |member, colour| Pointing {
            member,
            colour,
            at: None,
        };
        let blue = Some(LinkColour::Blue);
        let mut table = Table(vec![
            chart(1, blue),
            chart(2, blue),
            chart(3, Some(LinkColour::Red)),
            chart(4, None),
            chart(5, None),
        ]);
        let noon = Some(UnixMs(12));
        assert_eq!(table.change(1, |own| own.at = noon), [2]);
        assert_eq!((table.seen_by(2), table.seen_by(1)), (noon, None));
        assert!(table.change(1, |own| own.at = noon).is_empty(), "the same");
        assert!(table.change(4, |own| own.at = noon).is_empty(), "no link");
        assert_eq!(table.seen_by(5), None);
        assert_eq!(table.change(3, |own| own.colour = blue), [3]);
        assert_eq!(table.change(1, |own| own.at = None), [2, 3]);
    }
}
