//! Short random lives of a workspace beside a model of it in memory: whatever is done in whatever order, both hold the same. In
//! between the power fails, whoever writes is killed, also while they finish what somebody left who was killed, the disk is full, a file cannot
//! be read or not to its end, and other processes read or write, too: then it holds what it held before or what it was to hold, and nothing
//! else.
//!
//! Each life has a seed, which a failure names. `TIRAMISU_HISTORIES=5000 cargo test --release -- histories` lives more of them,
//! `TIRAMISU_HISTORY=SEED` that one alone. (When somebody is killed only the clock knows: such a failure may need a few tries.)

mod others;
mod trouble;
mod verb;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use tiramisu::domain::ImageId;
use tiramisu::store::Workspace;

use self::verb::{Held, Verb};
use super::{Place, assert_holds, files};
use crate::support::skipped;
use crate::support::small_disk::SmallDisk;

/// What is lived unless another number is asked for.
const USUAL: u64 = 24;
const STEPS: usize = 14;
const TAGS: [&str; 3] = ["keep", "blurred", "label:cat"];
const LABELS: [&str; 3] = ["cat", "dog", "owl"];

/// How often something went wrong, in all lives.
#[derive(Debug, Default)]
struct Troubles {
    lives: usize,
    steps: usize,
    cuts: usize,
    killed: usize,
    too_quick_to_kill: usize,
    full: usize,
    room_enough: usize,
    unread: usize,
    refused: usize,
    half_restored: usize,
    killed_resuming: usize,
    read_beside: usize,
    looks_beside: usize,
    written_elsewhere: usize,
}

/// A workspace and what it should hold.
struct Life<'a> {
    workspace: Option<Workspace>,
    random: fastrand::Rng,
    held: Held,
    named: BTreeMap<String, Held>,
    names: usize,
    told: Vec<String>,
    troubles: &'a mut Troubles,
    /// Where the workspace lies, if it has a disk of its own. It goes before its place does.
    disk: Option<SmallDisk>,
    place: Place,
}

impl<'a> Life<'a> {
    fn new(seed: u64, troubles: &'a mut Troubles) -> Self {
        let place = Place::new();
        // Not all, for no disk is as quick as memory.
        let disk = if seed.is_multiple_of(3) { SmallDisk::mount(&place.root()) } else { None };
        let mut workspace = place.open();
        let held = Held::default();
        workspace.features(&held.spec()).expect("a table of vectors");
        let random = fastrand::Rng::with_seed(seed);
        let (named, told) = Default::default();
        troubles.lives += 1;
        Self { workspace: Some(workspace), random, held, named, names: 0, told, troubles, disk, place }
    }

    fn open(&mut self) -> &mut Workspace {
        self.workspace.as_mut().expect("it is open")
    }

    /// Some of these, at least one if there are any.
    fn some(&mut self, of: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut all: Vec<u32> = of.into_iter().collect();
        self.random.shuffle(&mut all);
        let count = if all.is_empty() { 0 } else { self.random.usize(1..=all.len()) };
        all.truncate(count);
        all.sort_unstable();
        all
    }

    /// Something that can be done now.
    fn verb(&mut self) -> Option<Verb> {
        match self.random.u32(0..100) {
            0..18 => Some(Verb::AppendImages(self.random.u32(1..6))),
            18..25 => {
                let ids = self.some(0..self.held.images);
                let into = format!("elsewhere {}", self.random.u32(0..3));
                let mut place = |id: &u32| (self.random.u32(0..4) > 0).then(|| format!("{into}/{id}.jpg"));
                let places: BTreeMap<u32, Option<String>> = ids.iter().map(|id| (*id, place(id))).collect();
                (!places.is_empty()).then_some(Verb::MoveImages(places))
            }
            25..50 => self.change_vectors(),
            50..57 => self.held.may_get_a_layer().then_some(Verb::AddLayer),
            57..60 => (self.held.with_vectors.len() > 3).then_some(Verb::Index),
            60..69 => self.change_tags(),
            69..76 => self.change_labels(),
            76..83 => {
                self.names += 1;
                Some(Verb::Name(format!("state-{}", self.names)))
            }
            83..90 => self.go_back(),
            90..95 => Some(Verb::Compact),
            _ => Some(Verb::Forget(self.random.usize(1..4))),
        }
    }

    fn go_back(&mut self) -> Option<Verb> {
        let names: Vec<String> = self.named.keys().cloned().collect();
        let name = self.random.choice(&names)?.clone();
        let then = self.named[&name].clone();
        Some(Verb::GoBack(name, then))
    }

    fn change_vectors(&mut self) -> Option<Verb> {
        let has = self.held.with_vectors.clone();
        let removes = self.random.u32(0..4) == 0 && !has.is_empty();
        let lacking: Vec<u32> = (0..self.held.images).filter(|id| id % 5 != 0 && !has.contains(id)).collect();
        let ids = if removes { self.some(has) } else { self.some(lacking) };
        let verb = if removes { Verb::RemoveVectors } else { Verb::AppendVectors };
        (!ids.is_empty()).then(|| verb(ids))
    }

    fn change_tags(&mut self) -> Option<Verb> {
        let tag = TAGS[self.random.usize(0..TAGS.len())].to_owned();
        let bearers = self.held.tags.get(&tag).cloned().unwrap_or_default();
        let removes = self.random.bool() && !bearers.is_empty();
        let others: BTreeSet<u32> = (0..self.held.images).filter(|id| !bearers.contains(id)).collect();
        let ids = if removes { self.some(bearers) } else { self.some(others) };
        let verb = if removes { Verb::RemoveTag } else { Verb::AddTag };
        (!ids.is_empty()).then(|| verb(tag, ids))
    }

    fn change_labels(&mut self) -> Option<Verb> {
        if self.random.u32(0..5) == 0 {
            return (!self.held.labels.is_empty()).then(|| Verb::ForgetLabels(self.random.bool()));
        }
        let (label, by_hand) = (LABELS[self.random.usize(0..LABELS.len())].to_owned(), self.random.bool());
        let ids = self.some(0..self.held.images);
        (!ids.is_empty()).then_some(Verb::Label(label, by_hand, ids))
    }

    fn step(&mut self) {
        self.troubles.steps += 1;
        match self.random.u32(0..480) {
            0..28 => self.reopen(),
            28..52 => self.cannot_read(),
            chance => {
                // Not all can be done in an empty workspace.
                let Some(verb) = (0..8).find_map(|_| self.verb()) else { return };
                match chance {
                    52..54 => self.be_refused(&verb),
                    54..70 if !self.named.is_empty() => self.kill_who_goes_back(),
                    70..90 => self.be_read_meanwhile(&verb),
                    90..106 => self.let_another_write(&verb),
                    106..186 if verb.only_table().is_some() => self.cut_power(&verb),
                    186..236 => self.kill(&verb),
                    236..346 if self.disk.is_some() => self.fill_the_disk(&verb),
                    _ => self.act(&verb),
                }
            }
        }
    }

    fn act(&mut self, verb: &Verb) {
        self.told.push(format!("{verb:?}"));
        let held = self.held.clone();
        verb.act(self.open(), &held).expect("it can be done");
        self.has_done(verb);
    }

    fn has_done(&mut self, verb: &Verb) {
        self.held = verb.changes(&self.held);
        if let Verb::Name(name) = verb {
            self.named.insert(name.clone(), self.held.clone());
        }
    }

    /// As if the last commit of a table had not reached the disk whole: then it was not made.
    fn cut_power(&mut self, verb: &Verb) {
        let before = self.held.clone();
        self.act(verb);
        let table = verb.only_table().expect("it is of one");
        let folder = self.place.root().join(format!("{table}.lance/_versions"));
        let found = files(&folder).into_iter().map(|(path, _)| path);
        let manifests: Vec<_> = found.filter(|path| path.extension().is_some_and(|end| end == "manifest")).collect();
        if manifests.len() < 2 {
            return;
        }
        self.told.push(format!("the power fails at {table}"));
        self.troubles.cuts += 1;
        self.workspace = None;
        // Their names count down.
        let newest = manifests.first().expect("there are two");
        let whole = fs::read(newest).expect("a manifest");
        let left = self.random.usize(0..whole.len());
        fs::write(newest, &whole[..left]).expect("a torn manifest");
        self.workspace = Some(self.place.open());
        self.held = before;
    }

    /// Another process does it, and is killed.
    fn kill(&mut self, verb: &Verb) {
        self.workspace = None;
        // Most take some hundredths of a second, and everything before the first commit is like nothing.
        let micros = self.random.u64(0..=self.random.clone().u64(1..150_000));
        self.told.push(format!("{verb:?}, killed after {micros} us"));
        match self.another(Some(verb)).kill_after(Duration::from_micros(micros)) {
            true => self.troubles.killed += 1,
            false => self.troubles.too_quick_to_kill += 1,
        }
        self.take_what_is_left(verb);
    }

    fn fill_the_disk(&mut self, verb: &Verb) {
        let room = self.random.u64(0..=self.random.clone().u64(1..200_000));
        self.told.push(format!("{verb:?}, with room for {room} bytes"));
        let held = self.held.clone();
        let disk = self.disk.take().expect("it has one of its own");
        let outcome = disk.with_room(room, || verb.act(self.open(), &held));
        self.disk = Some(disk);
        match outcome {
            Ok(()) => {
                self.troubles.room_enough += 1;
                self.has_done(verb);
            }
            Err(error) => {
                self.told.push(format!("it was refused: {error}"));
                self.troubles.full += 1;
                self.workspace = None;
                self.take_what_is_left(verb);
            }
        }
    }

    /// It was done, or nothing was.
    fn take_what_is_left(&mut self, verb: &Verb) {
        self.workspace = Some(self.place.open());
        let seen = Held::seen(self.open()).expect("it can be read");
        let after = verb.changes(&self.held);
        assert!(seen == self.held || seen == after, "{seen:?} is neither {:?} nor {after:?}", self.held);
        // A name that not all tables got is nobody's.
        self.held = seen;
    }

    fn cannot_read(&mut self) {
        self.workspace = None;
        let (root, pictures) = (self.place.root(), self.place.pictures());
        if let Some(harm) = trouble::harm_a_file(&root, &pictures, &self.held, &mut self.random) {
            self.told.push(harm);
            self.troubles.unread += 1;
        }
        self.workspace = Some(self.place.open());
    }

    fn reopen(&mut self) {
        self.told.push("open it again".to_owned());
        self.workspace = None;
        self.workspace = Some(self.place.open());
    }

    /// Both the writer and somebody who opens it now see what there should be.
    fn check(&self) {
        let reader = Workspace::open(&self.place.root()).expect("it can be read");
        let expected: Vec<_> = (0..self.held.images).map(|id| self.held.record(id)).collect();
        let ids: Vec<u32> = self.held.with_vectors.iter().copied().collect();
        let spec = self.held.spec();
        let writer = self.workspace.as_ref().expect("it is open");
        for workspace in [&reader, writer] {
            assert_eq!(workspace.images().expect("images"), expected);
            assert_eq!(Held::seen(workspace).expect("it can be read"), self.held);
            let table = workspace.read_features(&spec.table_name()).expect("vectors");
            assert_holds(&table, &spec.columns, &ids);
            for index in table.indices().expect("indices") {
                let Some(probe) = ids.first() else { continue };
                let vector = table.vector(&index.source, ImageId(*probe)).expect("a table").expect("a vector");
                let found = table.nearest(&index, &vector, ids.len()).expect("an answer");
                let known = |id: ImageId| self.held.with_vectors.contains(&id.0);
                assert!(found.iter().all(|neighbour| known(neighbour.image)), "{found:?}");
            }
        }
    }
}

fn live(seed: u64, troubles: &mut Troubles) {
    let mut life = Life::new(seed, troubles);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        for _ in 0..STEPS {
            life.step();
            life.check();
        }
    }));
    if let Err(panic) = outcome {
        eprintln!("TIRAMISU_HISTORY={seed}:\n  {}", life.told.join("\n  "));
        resume_unwind(panic);
    }
}

#[test]
fn a_workspace_holds_what_a_model_of_it_holds_whatever_is_done_and_goes_wrong_in_whatever_order() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let mut troubles = Troubles::default();
    match number("TIRAMISU_HISTORY") {
        Some(seed) => live(seed, &mut troubles),
        None => {
            let first = number("TIRAMISU_HISTORIES_FROM").unwrap_or(0);
            (first..first + number("TIRAMISU_HISTORIES").unwrap_or(USUAL)).for_each(|seed| live(seed, &mut troubles));
        }
    }
    eprintln!("{troubles:?}");
    if troubles.full + troubles.room_enough == 0 {
        skipped!("the full disk: no disk of its own can be mounted here, or there were too few lives");
    }
}
