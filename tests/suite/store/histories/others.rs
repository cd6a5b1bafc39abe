//! Other processes in the life of a workspace: they read it, write it when it is left to them, want to, and are killed.

use std::ffi::OsStr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tiramisu::store::Workspace;

use super::Life;
use super::trouble::{Other, Reader};
use super::verb::{Held, Verb};
use crate::store::files;

impl Life<'_> {
    /// Another process, to which the workspace is left.
    pub(super) fn another(&self, verb: Option<&Verb>) -> Other {
        Other::start(&self.place.root(), &self.place.pictures(), verb, &self.held)
    }

    /// Another process goes back to a named state and is killed once it has begun, and so are some who are to finish that.
    pub(super) fn kill_who_goes_back(&mut self) {
        let Some(verb) = self.go_back() else { return };
        self.workspace = None;
        self.told.push(format!("{verb:?}, killed once it began"));
        let is_begun = self.another(Some(&verb)).kill_at(&self.place.root().join(".put_back.json"));
        if is_begun {
            self.troubles.half_restored += 1;
            for _ in 0..self.random.usize(1..4) {
                let micros = self.random.u64(0..=self.random.clone().u64(1..150_000));
                self.told.push(format!("who finishes it is killed after {micros} us"));
                let was_killed = self.another(None).kill_after(Duration::from_micros(micros));
                self.troubles.killed_resuming += usize::from(was_killed);
            }
        }
        let after = verb.changes(&self.held);
        self.take_what_is_left(&verb);
        assert!(!is_begun || self.held == after, "what was begun was not finished: {:?}, {after:?}", self.held);
    }

    /// Another process reads all the time. It sees no half of anything.
    pub(super) fn be_read_meanwhile(&mut self, verb: &Verb) {
        self.told.push(format!("{verb:?}, while another process reads"));
        self.troubles.read_beside += 1;
        let mut reader = Reader::start(&self.place.root());
        let before = self.held.clone();
        let is_done = AtomicBool::new(false);
        let mut seen = vec![reader.look()];
        std::thread::scope(|scope| {
            let looking = scope.spawn(|| {
                let mut seen = Vec::new();
                loop {
                    // The last look begins when all is done.
                    let is_last = is_done.load(Ordering::Acquire);
                    seen.push(reader.look());
                    if is_last {
                        return seen;
                    }
                }
            });
            let acted = catch_unwind(AssertUnwindSafe(|| self.act(verb)));
            is_done.store(true, Ordering::Release);
            seen.extend(looking.join().expect("it reads"));
            acted.unwrap_or_else(|panic| resume_unwind(panic));
        });
        self.troubles.looks_beside += seen.len();
        assert_eq!(seen.first(), Some(&Ok(before.clone())), "before it");
        assert_eq!(seen.last(), Some(&Ok(self.held.clone())), "after it");
        for seen in seen {
            match seen {
                _ if verb.may_disturb_readers() => {}
                Ok(seen) => assert!(seen.lies_between(&before, &self.held), "{seen:?}: {before:?}, {:?}", self.held),
                Err(reason) => panic!("who reads was told: {reason}"),
            }
        }
    }

    /// Another process writes, which who has the workspace open to read sees when they look again.
    pub(super) fn let_another_write(&mut self, verb: &Verb) {
        self.told.push(format!("{verb:?}, by another process"));
        self.troubles.written_elsewhere += 1;
        self.workspace = None;
        let mut reader = Workspace::open(&self.place.root()).expect("it can be read");
        self.another(Some(verb)).finish();
        let before = self.held.clone();
        self.has_done(verb);
        if !verb.may_disturb_readers() {
            let seen = Held::seen(&reader).expect("what is read is still there");
            assert!(seen.lies_between(&before, &self.held), "{seen:?}: {before:?}, {:?}", self.held);
        }
        reader.refresh().expect("it can be read");
        assert_eq!(Held::seen(&reader).expect("it can be read"), self.held);
        self.workspace = Some(self.place.open());
    }

    /// Who has it open has it alone, and nobody else changes anything.
    pub(super) fn be_refused(&mut self, verb: &Verb) {
        self.told.push(format!("another process wants: {verb:?}"));
        self.troubles.refused += 1;
        let root = self.place.root();
        let is_hidden = |name: &OsStr| name.as_encoded_bytes().starts_with(b".");
        let all = || {
            let mut found = files(&root);
            found.retain(|(path, _)| !path.strip_prefix(&root).is_ok_and(|it| it.iter().any(is_hidden)));
            found
        };
        let before = all();
        assert!(self.another(Some(verb)).ends_refused(), "two write at once");
        assert_eq!(all(), before, "who was refused changed something");
    }
}
