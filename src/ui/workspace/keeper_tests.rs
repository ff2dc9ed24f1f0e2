//! What holds whatever a person, another window and the line do, in any order.

use proptest::prelude::*;
use tradesuite_core::model::{Name, SaveAnswer};

use super::keeper::Keeper;
use super::todo::{Held, Kept, Ticket, Todo};

/// What happens.
#[derive(Clone, Debug)]
enum Event {
    /// A person changes the document.
    Change,
    /// A person makes it what it was so many changes ago.
    Revert(usize),
    /// The wished time is over.
    Due,
    /// What is out arrives and is answered.
    Answer,
    /// What is out does not arrive.
    LoseRequest,
    /// What is out arrives, its answer does not.
    LoseAnswer,
    /// What is out is given up, and still on its way.
    Delay,
    /// What is on its way arrives.
    Arrive,
    /// The server takes nothing now.
    Full,
    Reached,
    /// The line was lost and is back.
    Reconnected,
    /// The page is loaded anew.
    Reload,
    /// The workspace is left, and opened again at once.
    Leave,
    /// Another window saves it.
    Other,
    Settle(bool),
}

fn alone() -> BoxedStrategy<Event> {
    prop_oneof![
        5 => Just(Event::Change),
        2 => (1..4_usize).prop_map(Event::Revert),
        6 => Just(Event::Due),
        6 => Just(Event::Answer),
        1 => Just(Event::LoseRequest),
        2 => Just(Event::LoseAnswer),
        2 => Just(Event::Delay),
        2 => Just(Event::Arrive),
        1 => Just(Event::Full),
        1 => Just(Event::Reached),
        1 => Just(Event::Reconnected),
        1 => Just(Event::Reload),
        1 => Just(Event::Leave),
    ]
    .boxed()
}

fn together() -> BoxedStrategy<Event> {
    prop_oneof![
        8 => alone(),
        1 => Just(Event::Other),
        1 => any::<bool>().prop_map(Event::Settle),
    ]
    .boxed()
}

fn name() -> Name {
    "Trader".parse().expect("a name")
}

/// A page, its browser, its server and what is on its way between them.
struct World {
    keeper: Keeper,
    waits: bool,
    out: Option<Todo>,
    delayed: Vec<Todo>,
    server: Option<(u64, String)>,
    writes: u64,
    /// What a person typed last, as long as nobody else has it and the person did not give it up.
    typed: Option<String>,
    /// Everything that a person typed.
    past: Vec<String>,
    /// What of it cannot be lost any more: it was saved once, or given up.
    settled: Vec<String>,
    /// The write of another window that was neither shown nor decided about.
    unseen: Option<u64>,
}

impl World {
    fn new() -> Self {
        let mut keeper = Keeper::new(name());
        let kept = Kept {
            text: "ready-made".to_owned(),
            is_saved: true,
            ..Kept::default()
        };
        keeper.resume(name(), kept.clone(), kept.text);
        let mut world = Self {
            keeper,
            waits: false,
            out: None,
            delayed: Vec::new(),
            server: None,
            writes: 0,
            typed: None,
            past: Vec::new(),
            settled: Vec::new(),
            unseen: None,
        };
        world.tell(Keeper::reached);
        world
    }

    fn tell(&mut self, event: impl FnOnce(&mut Keeper) -> Todo) {
        match event(&mut self.keeper) {
            Todo::Nothing => {}
            Todo::Wait(ms) => {
                assert!(ms > 0, "nothing is tried again without a pause");
                self.waits = true;
            }
            todo @ (Todo::Ask(..) | Todo::Save { .. }) => {
                assert_eq!(self.out, None, "one request is out at a time");
                self.out = Some(todo);
            }
            Todo::Show { version, text } => {
                assert_eq!(self.typed, None, "what was typed is not replaced");
                assert_eq!(self.server, Some((version, text.clone())));
                self.unseen = None;
                self.keeper.show(name(), Some(version), text);
            }
            Todo::Open(to) => self.open(&to),
        }
    }

    fn open(&mut self, to: &Name) {
        if self.keeper.may_open(to) != Todo::Open(to.clone()) {
            unreachable!("nothing happened between the two");
        }
        self.out = None;
        let kept = self.keeper.kept();
        if kept.is_saved {
            assert_eq!(self.typed, None, "what was typed is not left behind");
            let (version, text) = self.server.clone().unzip();
            self.unseen = None;
            let text = text.unwrap_or_else(|| "ready-made".to_owned());
            self.keeper.show(name(), version, text);
        } else {
            let text = kept.text.clone();
            self.keeper.resume(name(), kept, text);
            self.tell(Keeper::reached);
        }
    }

    /// A person makes the document this.
    fn turn_into(&mut self, text: String) {
        let is_new = !self.settled.contains(&text);
        self.typed = is_new.then(|| text.clone());
        self.past.push(text.clone());
        self.tell(|keeper| keeper.changed(text));
    }

    fn is_held(&self, wanted: &str) -> bool {
        self.server.as_ref().is_some_and(|(_, text)| text == wanted)
    }

    /// What the server makes of a request.
    fn arrive(&mut self, request: &Todo) -> Option<SaveAnswer> {
        let Todo::Save { text, over, .. } = request else {
            return None;
        };
        let version = self.server.as_ref().map(|(version, _)| *version);
        if *over != version {
            return Some(SaveAnswer::Differs(version));
        }
        assert_eq!(self.unseen, None, "nobody's work is overwritten unseen");
        self.writes += 1;
        self.server = Some((self.writes, text.clone()));
        self.settled.push(text.clone());
        if self.typed.as_ref() == Some(text) {
            self.typed = None;
        }
        Some(SaveAnswer::Saved(self.writes))
    }

    fn answer(&mut self) {
        let Some(request) = self.out.take() else {
            return;
        };
        match (self.arrive(&request), request) {
            (Some(answer), Todo::Save { ticket, .. }) => {
                self.tell(|keeper| keeper.answered(ticket, answer));
            }
            (_, Todo::Ask(ticket, _)) => {
                let held = match self.server.clone() {
                    Some((version, text)) => Held::Document { version, text },
                    None => Held::Nothing,
                };
                if self.is_held(&self.keeper.kept().text) {
                    // The very same, whoever wrote it.
                    (self.typed, self.unseen) = (None, None);
                }
                self.tell(|keeper| keeper.found(ticket, held));
            }
            _ => unreachable!("only these two are requests"),
        }
    }

    /// Nothing is heard of what is out.
    fn lose(&mut self) -> Option<Todo> {
        let request = self.out.take()?;
        let ticket = ticket_of(&request);
        self.tell(|keeper| keeper.failed(ticket));
        Some(request)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Change => self.turn_into(format!("own {}", self.past.len())),
            Event::Revert(ago) => {
                let at = self.past.len().checked_sub(1 + ago);
                if let Some(text) = at.map(|at| self.past[at].clone()) {
                    self.turn_into(text);
                }
            }
            Event::Due if self.waits => {
                self.waits = false;
                self.tell(Keeper::due);
            }
            Event::Answer => self.answer(),
            Event::LoseRequest => drop(self.lose()),
            Event::LoseAnswer => {
                if let Some(request) = self.out.clone() {
                    let _ = self.arrive(&request);
                }
                self.lose();
            }
            Event::Delay => {
                let request = self.lose();
                self.delayed.extend(request);
            }
            Event::Arrive if !self.delayed.is_empty() => {
                let request = self.delayed.remove(0);
                let _ = self.arrive(&request);
            }
            Event::Full => {
                if let Some(Todo::Save { ticket, .. }) = self.out {
                    self.out = None;
                    let full = SaveAnswer::NotSaved("the disk is full".to_owned());
                    self.tell(|keeper| keeper.answered(ticket, full));
                }
            }
            Event::Reached => self.tell(Keeper::reached),
            Event::Reconnected => self.tell(Keeper::reconnected),
            Event::Reload => {
                self.delayed.extend(self.out.take());
                self.waits = false;
                let kept = self.keeper.kept();
                let text = kept.text.clone();
                self.keeper = Keeper::new(name());
                self.keeper.resume(name(), kept, text);
                self.tell(Keeper::reached);
            }
            Event::Leave => self.tell(|keeper| keeper.leave(name())),
            Event::Other => {
                self.writes += 1;
                self.server = Some((self.writes, format!("theirs {}", self.writes)));
                self.unseen = Some(self.writes);
            }
            Event::Settle(take_theirs) => {
                if let Some(now) = self.keeper.overtaken() {
                    if take_theirs {
                        self.typed = None;
                        self.settled.push(self.keeper.kept().text);
                    } else if now == self.unseen {
                        self.unseen = None;
                    }
                }
                self.tell(|keeper| keeper.settle(take_theirs));
            }
            Event::Due | Event::Arrive => {}
        }
    }

    /// Everything goes well until nothing is left to do.
    fn calm_down(&mut self) {
        for _ in 0..50 {
            if self.out.is_some() {
                self.answer();
            } else if self.waits {
                self.happen(Event::Due);
            } else {
                return;
            }
        }
        panic!("it does not come to rest: {:?}", self.keeper);
    }
}

fn ticket_of(request: &Todo) -> Ticket {
    match request {
        Todo::Ask(ticket, _) | Todo::Save { ticket, .. } => *ticket,
        other => unreachable!("{other:?} is no request"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_typed_is_saved_and_nobody_is_asked_without_need(
        events in prop::collection::vec(alone(), 0..60),
    ) {
        let mut world = World::new();
        for event in events {
            world.happen(event);
            prop_assert_eq!(world.keeper.overtaken(), None, "there is no other window");
            if let Some(typed) = world.past.last() {
                prop_assert_eq!(&world.keeper.kept().text, typed);
            }
        }
        world.calm_down();
        prop_assert_eq!(world.keeper.overtaken(), None);
        if let Some(typed) = world.past.last() {
            prop_assert!(world.is_held(typed), "{typed}: {:?}", world.server);
        }
    }

    #[test]
    fn no_window_overwrites_another_unseen(
        events in prop::collection::vec(together(), 0..60),
    ) {
        let mut world = World::new();
        for event in events {
            world.happen(event);
        }
        world.calm_down();
        let kept = world.keeper.kept();
        prop_assert!(
            world.keeper.overtaken().is_some() || kept.is_saved,
            "{:?} with {:?}", world.keeper, world.server
        );
        for take_theirs in [false, true] {
            world.happen(Event::Settle(take_theirs));
            world.calm_down();
        }
        prop_assert_eq!(world.keeper.overtaken(), None);
    }
}

fn saved(todo: &Todo) -> (Ticket, &str, Option<u64>) {
    match todo {
        Todo::Save {
            ticket, text, over, ..
        } => (*ticket, text, *over),
        other => panic!("{other:?} saves nothing"),
    }
}

fn asked(todo: &Todo) -> Ticket {
    match todo {
        Todo::Ask(ticket, _) => *ticket,
        other => panic!("{other:?} asks nothing"),
    }
}

fn document(version: u64, text: &str) -> Held {
    Held::Document {
        version,
        text: text.to_owned(),
    }
}

/// A workspace in version 3 that nobody has changed.
fn shown() -> Keeper {
    let mut keeper = Keeper::new(name());
    keeper.show(name(), Some(3), "a".to_owned());
    keeper
}

#[test]
fn what_is_changed_while_a_save_is_out_is_saved_after_it() {
    let mut keeper = shown();
    assert_eq!(keeper.changed("b".to_owned()), Todo::Wait(600));
    let first = keeper.due();
    assert_eq!(keeper.changed("c".to_owned()), Todo::Nothing);
    assert_eq!(keeper.due(), Todo::Nothing, "one is out");
    let (ticket, text, over) = saved(&first);
    assert_eq!((text, over), ("b", Some(3)));
    let todo = keeper.answered(ticket, SaveAnswer::Saved(4));
    assert_eq!(todo, Todo::Wait(600));
    let second = keeper.due();
    let (ticket, text, over) = saved(&second);
    assert_eq!((text, over), ("c", Some(4)));
    assert_eq!(keeper.answered(ticket, SaveAnswer::Saved(5)), Todo::Nothing);
    assert!(keeper.is_untouched());
}

#[test]
fn what_failed_is_tried_again_with_pauses_and_as_soon_as_the_line_is_back() {
    let mut keeper = shown();
    keeper.changed("b".to_owned());
    for pause in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
        let todo = keeper.due();
        assert_eq!(keeper.failed(saved(&todo).0), Todo::Wait(pause));
    }
    assert_eq!(saved(&keeper.reached()).1, "b");
}

#[test]
fn an_answer_that_was_given_up_is_passed_over() {
    let mut keeper = shown();
    keeper.changed("b".to_owned());
    let late = saved(&keeper.due()).0;
    keeper.failed(late);
    assert_eq!(keeper.answered(late, SaveAnswer::Saved(4)), Todo::Nothing);
    let again = keeper.due();
    assert_eq!(saved(&again).2, Some(3));
    let todo = keeper.answered(saved(&again).0, SaveAnswer::Differs(Some(4)));
    // It had arrived: what the server holds is one's own.
    assert_eq!(keeper.found(asked(&todo), document(4, "b")), Todo::Nothing);
    assert_eq!((keeper.overtaken(), keeper.is_untouched()), (None, true));
}

#[test]
fn the_other_document_is_taken_by_one_word() {
    let mut keeper = shown();
    keeper.changed("b".to_owned());
    let todo = keeper.due();
    let todo = keeper.answered(saved(&todo).0, SaveAnswer::Differs(Some(9)));
    assert_eq!(keeper.found(asked(&todo), document(9, "z")), Todo::Nothing);
    assert_eq!(keeper.overtaken(), Some(Some(9)));
    assert_eq!(
        keeper.changed("c".to_owned()),
        Todo::Nothing,
        "it waits for the word"
    );
    let mut mine = keeper.clone();
    assert_eq!(saved(&mine.settle(false)).2, Some(9));
    let todo = keeper.settle(true);
    let (version, text) = (9, "z".to_owned());
    assert_eq!(
        keeper.found(asked(&todo), document(9, "z")),
        Todo::Show { version, text }
    );
}

#[test]
fn what_this_page_does_not_understand_is_left_as_it_is() {
    let mut keeper = Keeper::new(name());
    let kept = Kept {
        version: Some(3),
        text: "a".to_owned(),
        is_saved: true,
        sent: None,
        base: None,
    };
    keeper.resume(name(), kept, "a".to_owned());
    let todo = keeper.reached();
    assert_eq!(keeper.found(asked(&todo), Held::Unreadable), Todo::Nothing);
    assert_eq!(keeper.changed("b".to_owned()), Todo::Nothing);
    assert_eq!(
        (keeper.due(), keeper.reached()),
        (Todo::Nothing, Todo::Nothing)
    );
    assert!(!keeper.kept().is_saved, "the browser keeps it");
}

#[test]
fn what_cannot_be_saved_does_not_hold_a_person_back() {
    let other: Name = "Monitor".parse().expect("a name");
    let mut keeper = shown();
    keeper.changed("b".to_owned());
    let todo = keeper.leave(other.clone());
    let open = Todo::Open(other.clone());
    assert_eq!(keeper.failed(saved(&todo).0), open);
    assert_eq!(keeper.may_open(&other), open);
    let kept = keeper.kept();
    assert_eq!((kept.is_saved, kept.sent.as_deref()), (false, Some("b")));
    // It cannot be read: what is shown is saved again.
    assert_eq!(saved(&keeper.stay()).1, "b");
    assert_eq!(keeper.may_open(&other), Todo::Nothing);
}

#[test]
fn an_address_on_top_of_what_is_kept_is_no_change_of_a_person() {
    let mut keeper = Keeper::new(name());
    let kept = Kept {
        version: Some(3),
        text: "a".to_owned(),
        is_saved: true,
        sent: None,
        base: None,
    };
    keeper.resume(name(), kept, "a, of the address".to_owned());
    let todo = keeper.reached();
    let todo = keeper.found(asked(&todo), document(4, "b"));
    assert!(matches!(todo, Todo::Show { version: 4, .. }), "{todo:?}");
}

#[test]
fn what_was_deleted_is_not_saved_again() {
    let mut keeper = Keeper::new(name());
    keeper.show(name(), Some(1), "one".to_owned());
    assert!(matches!(keeper.changed("two".to_owned()), Todo::Wait(_)));
    let Todo::Save { ticket, .. } = keeper.due() else {
        panic!("nothing was saved");
    };
    // Deleted while that was on its way: it finds nothing to be saved over.
    assert_eq!(keeper.forsake(), Todo::Nothing);
    assert_eq!(
        keeper.leave("Other".parse().expect("a name")),
        Todo::Nothing
    );
    let next = keeper.answered(ticket, SaveAnswer::Differs(None));
    assert_eq!(next, Todo::Open("Other".parse().expect("a name")));
}

#[test]
fn the_same_version_of_another_store_is_a_strangers_document() {
    // Changed here, and not saved when the page was closed.
    let mut keeper = shown();
    keeper.changed("b".to_owned());
    let mut again = Keeper::new(name());
    again.resume(name(), keeper.kept(), "b".to_owned());
    let todo = again.reached();
    assert_eq!(again.found(asked(&todo), document(3, "z")), Todo::Nothing);
    assert_eq!(again.overtaken(), Some(Some(3)));
    assert_eq!(again.due(), Todo::Nothing, "nothing is saved over it");
    assert_eq!(saved(&again.settle(false)).2, Some(3));
    // Nothing changed here: theirs is shown.
    let mut again = Keeper::new(name());
    again.resume(name(), shown().kept(), "a".to_owned());
    let todo = again.reached();
    let todo = again.found(asked(&todo), document(3, "z"));
    assert!(matches!(todo, Todo::Show { version: 3, .. }), "{todo:?}");
}

#[test]
fn an_open_page_looks_again_after_the_line_was_lost() {
    let mut keeper = shown();
    keeper.changed("b".to_owned());
    let todo = keeper.due();
    assert_eq!(keeper.failed(saved(&todo).0), Todo::Wait(1_000));
    let todo = keeper.reconnected();
    let mut stranger = keeper.clone();
    assert_eq!(
        stranger.found(asked(&todo), document(3, "z")),
        Todo::Nothing
    );
    assert_eq!(stranger.overtaken(), Some(Some(3)));
    // The same store: it goes on.
    assert_eq!(
        keeper.found(asked(&todo), document(3, "a")),
        Todo::Wait(600)
    );
    assert_eq!(saved(&keeper.due()).2, Some(3));
}

#[test]
fn what_an_address_made_of_a_document_is_no_other_document() {
    let mut keeper = Keeper::new(name());
    keeper.show(name(), Some(3), "a, of the address".to_owned());
    keeper.stems_from("a".to_owned());
    let mut again = Keeper::new(name());
    again.resume(name(), keeper.kept(), "a, of the address".to_owned());
    let todo = again.reached();
    assert_eq!(again.found(asked(&todo), document(3, "a")), Todo::Nothing);
}
