//! Short random lives of a workspace beside a model of it in memory: whatever is done in whatever order, both hold the same.
//!
//! Each life has a seed, which a failure names. `TIRAMISU_HISTORIES=5000 cargo test --release -- histories` lives more of them,
//! `TIRAMISU_HISTORY=SEED` that one alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tiramisu::domain::{ImageId, ImagePath, ImageRecord, VersionName};
use tiramisu::store::{FeatureRows, FeatureSpec, Workspace};

use super::{Place, assert_holds, files, image, images, rows, spec};

/// What is lived unless another number is asked for.
const USUAL: u64 = 24;
const STEPS: usize = 14;
const TAGS: [&str; 3] = ["keep", "blurred", "label:cat"];

/// What a workspace holds.
#[derive(Clone, Debug, Default, PartialEq)]
struct Held {
    images: u32,
    /// Those that are not where they were first.
    moved: BTreeMap<u32, String>,
    with_vectors: BTreeSet<u32>,
    tags: BTreeMap<&'static str, BTreeSet<u32>>,
}

impl Held {
    /// What is known of an image.
    fn record(&self, id: u32) -> ImageRecord {
        let record = image(id).record;
        let path = self.moved.get(&id).map(|text| ImagePath { text: text.clone(), raw: None });
        ImageRecord { path: path.unwrap_or(record.path), ..record }
    }
}

/// A workspace and what it should hold.
struct Life {
    place: Place,
    workspace: Option<Workspace>,
    spec: FeatureSpec,
    random: fastrand::Rng,
    held: Held,
    named: BTreeMap<String, Held>,
    told: Vec<String>,
}

impl Life {
    fn new(seed: u64) -> Self {
        let place = Place::new();
        let spec = spec(&[("conv1", 3)]);
        let mut workspace = place.open();
        workspace.features(&spec).expect("a table of vectors");
        let random = fastrand::Rng::with_seed(seed);
        let (held, named, told) = Default::default();
        Self { place, workspace: Some(workspace), spec, random, held, named, told }
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

    fn step(&mut self) {
        match self.random.u32(0..100) {
            0..16 => self.append_images(),
            16..22 => self.move_images(),
            22..40 => self.change_vectors(false),
            40..52 => self.change_tags(false),
            52..60 => self.change_vectors(true),
            60..66 => self.change_tags(true),
            66..75 => self.name(),
            75..82 => self.restore(),
            82..88 => {
                self.told.push("compact".to_owned());
                self.open().maintain(true, &mut |_, _| true).expect("it is brought into its layout");
            }
            88..93 => {
                let kept = self.random.usize(1..4);
                self.told.push(format!("forget all but {kept} versions"));
                self.open().delete_old_versions(kept).expect("old versions are forgotten");
            }
            _ => self.reopen(),
        }
    }

    fn append_images(&mut self) {
        let (from, count) = (self.held.images, self.random.u32(1..6));
        self.told.push(format!("append images {from}..{}", from + count));
        self.open().append_images(images(from..from + count)).expect("images are appended");
        self.held.images += count;
    }

    /// Some images lie elsewhere from now on, or where they lay first again. What is known of them stays theirs.
    fn move_images(&mut self) {
        let ids = self.some(0..self.held.images);
        if ids.is_empty() {
            return;
        }
        let into = format!("elsewhere {}", self.random.u32(0..3));
        self.told.push(format!("move {ids:?} {into}"));
        for id in ids.iter().copied() {
            match self.random.u32(0..4) {
                0 => self.held.moved.remove(&id),
                _ => self.held.moved.insert(id, format!("{into}/{id}.jpg")),
            };
        }
        let records = ids.iter().map(|id| self.held.record(*id)).collect();
        self.open().move_images(records).expect("images are moved");
    }

    /// Appends or removes vectors; the power fails after it if `is_cut`.
    fn change_vectors(&mut self, is_cut: bool) {
        let before = self.held.clone();
        let lacking: Vec<u32> =
            (0..self.held.images).filter(|id| id % 5 != 0 && !self.held.with_vectors.contains(id)).collect();
        let spec = self.spec.clone();
        let removes = self.random.u32(0..4) == 0 && !self.held.with_vectors.is_empty();
        let ids = if removes { self.some(before.with_vectors.clone()) } else { self.some(lacking) };
        if ids.is_empty() {
            return;
        }
        self.told.push(format!("{} vectors of {ids:?}", if removes { "remove" } else { "append" }));
        let mut table = self.open().features(&spec).expect("a table of vectors");
        if removes {
            table.remove(&ids.iter().map(|id| ImageId(*id)).collect::<Vec<_>>()).expect("vectors are removed");
            self.held.with_vectors.retain(|id| !ids.contains(id));
        } else {
            let paths = ids.iter().map(|id| self.held.record(*id).path.text).collect();
            let rows = FeatureRows { paths, ..rows(&spec.columns, ids.clone()) };
            table.append(rows).expect("vectors are appended");
            self.held.with_vectors.extend(ids);
        }
        drop(table);
        if is_cut {
            self.cut_power(&spec.table_name(), before);
        }
    }

    fn change_tags(&mut self, is_cut: bool) {
        let before = self.held.clone();
        let tag = TAGS[self.random.usize(0..TAGS.len())];
        let bearers = self.held.tags.get(tag).cloned().unwrap_or_default();
        let removes = self.random.bool() && !bearers.is_empty();
        let all = self.held.images;
        let others: Vec<u32> = (0..all).filter(|id| !bearers.contains(id)).collect();
        let ids = if removes { self.some(bearers) } else { self.some(others) };
        if ids.is_empty() {
            return;
        }
        self.told.push(format!("{} {tag}: {ids:?}", if removes { "untag" } else { "tag" }));
        let named: Vec<ImageId> = ids.iter().map(|id| ImageId(*id)).collect();
        let recorder = self.open().recorder().expect("somebody who writes results");
        let bearers = self.held.tags.entry(tag).or_default();
        if removes {
            assert_eq!(recorder.remove_tag(&named, tag).expect("the tag is taken"), named);
            bearers.retain(|id| !ids.contains(id));
        } else {
            assert_eq!(recorder.add_tag(&named, tag, |_| None).expect("the tag is given"), named);
            bearers.extend(ids);
        }
        self.held.tags.retain(|_, bearers| !bearers.is_empty());
        drop(recorder);
        if is_cut {
            self.cut_power("tags", before);
        }
    }

    /// As if the last commit of a table had not reached the disk whole: then it was not made.
    fn cut_power(&mut self, table: &str, before: Held) {
        let folder = self.place.root().join(format!("{table}.lance/_versions"));
        let found = files(&folder).into_iter().map(|(path, _)| path);
        let manifests: Vec<_> = found.filter(|path| path.extension().is_some_and(|end| end == "manifest")).collect();
        if manifests.len() < 2 {
            return;
        }
        self.told.push(format!("the power fails at {table}"));
        self.workspace = None;
        // Their names count down.
        let newest = manifests.first().expect("there are two");
        let whole = fs::read(newest).expect("a manifest");
        let left = self.random.usize(0..whole.len());
        fs::write(newest, &whole[..left]).expect("a torn manifest");
        self.workspace = Some(self.place.open());
        self.held = before;
    }

    fn name(&mut self) {
        let name = format!("state-{}", self.named.len());
        self.told.push(format!("call it {name}"));
        self.open().tag(&name, None, &VersionName::Latest).expect("it gets a name");
        let held = self.held.clone();
        self.named.insert(name, held);
    }

    fn restore(&mut self) {
        let names: Vec<String> = self.named.keys().cloned().collect();
        if names.is_empty() {
            return;
        }
        let name = names[self.random.usize(0..names.len())].clone();
        self.told.push(format!("go back to {name}"));
        self.open().restore(None, &VersionName::Name(name.clone())).expect("it goes back");
        self.held = self.named[&name].clone();
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
        let tags: BTreeMap<String, Vec<ImageId>> = self
            .held
            .tags
            .iter()
            .map(|(tag, bearers)| ((*tag).to_owned(), bearers.iter().map(|id| ImageId(*id)).collect()))
            .collect();
        let table = self.spec.table_name();
        let writer = self.workspace.as_ref().expect("it is open");
        for workspace in [&reader, writer] {
            assert_eq!(workspace.images().expect("images"), expected);
            assert_holds(&workspace.read_features(&table).expect("vectors"), &self.spec.columns, &ids);
            assert_eq!(workspace.tags().expect("tags").images.into_iter().collect::<BTreeMap<_, _>>(), tags);
        }
    }
}

fn live(seed: u64) {
    let mut life = Life::new(seed);
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
fn a_workspace_holds_what_a_model_of_it_holds_whatever_is_done_in_whatever_order() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    if let Some(seed) = number("TIRAMISU_HISTORY") {
        return live(seed);
    }
    (0..number("TIRAMISU_HISTORIES").unwrap_or(USUAL)).for_each(live);
}
