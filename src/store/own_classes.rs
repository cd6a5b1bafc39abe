//! Classes that a person made, apart from their vectors: handwork, which is kept wherever the vectors are, and waits in
//! `awaited_classes.json` for those that are not made yet.

use std::collections::BTreeMap;
use std::io;

use super::aside::was_set_aside;
use super::manifests::{is_hopeless, is_table};
use super::names::table_path;
use super::{Recorder, StoreError, Workspace, durable, plain_file};
use crate::domain::{ClassOrigin, HandworkTaken, OwnClass};

/// Classes without vectors.
pub(super) const AWAITED: &str = "awaited_classes.json";

/// The classes that a person made beside a table of features.
pub struct OwnClasses {
    /// These.
    pub classes: Vec<OwnClass>,
    /// Whether their table is damaged: then they are those that the newest copy of the handwork has of it.
    pub are_of_copy: bool,
}

/// The classes that a person made beside all tables of features.
#[derive(Default)]
pub(super) struct AllOwnClasses {
    /// Each once, and those that wait for their vectors.
    pub classes: Vec<OwnClass>,
    /// The places of those of each table.
    pub beside: BTreeMap<String, Vec<usize>>,
    /// Tables that are damaged, and how many classes the copy has of each.
    pub of_copy: Vec<(String, usize)>,
}

impl AllOwnClasses {
    /// Takes one in, unless it is there, and returns its place.
    fn take(&mut self, class: OwnClass) -> usize {
        let known = self.classes.iter().position(|known| *known == class);
        known.unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        })
    }
}

impl Workspace {
    /// The classes that a person made beside the table `features`. Where a damaged table hides them, those of the newest copy of the
    /// handwork stand in their place.
    ///
    /// # Errors
    /// When the disk does not let us read them.
    pub fn own_classes_of(&self, features: &str) -> Result<OwnClasses, StoreError> {
        let own = |(name, origin): (String, ClassOrigin)| origin.is_own().then_some(OwnClass { name, origin });
        match self.class_origins(features) {
            Ok(all) if !all.is_empty() || !self.are_classes_lost(features) => {
                Ok(OwnClasses { classes: all.into_iter().filter_map(own).collect(), are_of_copy: false })
            }
            // That it cannot be read, or was set aside, is told where it is opened.
            Ok(_) => {
                let classes = self.copied_classes(features);
                let are_of_copy = !classes.is_empty();
                Ok(OwnClasses { classes, are_of_copy })
            }
            Err(error @ (StoreError::Damaged { .. } | StoreError::Table { .. })) => {
                tracing::warn!("{error}");
                Ok(OwnClasses { classes: self.copied_classes(features), are_of_copy: true })
            }
            // What passes, as the failure of a drive does, is no damage: the table may be whole.
            Err(error) => Err(error),
        }
    }

    /// Whether there was a table of classes that nobody can open, and no other since.
    fn are_classes_lost(&self, features: &str) -> bool {
        let path = table_path(self.root(), &format!("classes_{features}"));
        is_hopeless(&path) || (!is_table(&path) && was_set_aside(&path))
    }

    /// The classes that a person made, of all networks, each once, and those that wait for their vectors. Examples are called by the
    /// paths that they have today.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn own_classes(&self) -> Result<Vec<OwnClass>, StoreError> {
        Ok(self.all_own_classes()?.classes)
    }

    /// The same, and beside which vectors each was made.
    pub(super) fn all_own_classes(&self) -> Result<AllOwnClasses, StoreError> {
        let mut all = AllOwnClasses::default();
        let mut found: Vec<(Option<String>, OwnClass)> = Vec::new();
        for features in self.feature_tables()? {
            let OwnClasses { classes, are_of_copy } = self.own_classes_of(&features.table)?;
            if are_of_copy {
                all.of_copy.push((features.table.clone(), classes.len()));
            }
            found.extend(classes.into_iter().map(|class| (Some(features.table.clone()), class)));
        }
        found.extend(self.awaited_classes()?.into_iter().map(|class| (None, class)));
        let selections = found.iter().any(|(_, class)| matches!(class.origin, ClassOrigin::Selection(_)));
        if selections {
            let (images, records) = (self.images_by_path()?, self.images()?);
            for (_, class) in &mut found {
                if let ClassOrigin::Selection(paths) = &mut class.origin {
                    for path in paths {
                        if let Some(record) = images.one(path).and_then(|id| records.get(id.index())) {
                            path.clone_from(&record.path.text);
                        }
                    }
                }
            }
        }
        for (table, class) in found {
            let place = all.take(class);
            if let Some(table) = table {
                all.beside.entry(table).or_default().push(place);
            }
        }
        Ok(all)
    }

    /// The classes that wait for their vectors.
    ///
    /// # Errors
    /// When the file that says so is there and cannot be read.
    pub fn awaited_classes(&self) -> Result<Vec<OwnClass>, StoreError> {
        let path = self.root().join(AWAITED);
        let failed = |error| StoreError::from_io("cannot read the classes that wait for their vectors", &path, error);
        match plain_file::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| failed(io::Error::other(error))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(failed(error)),
        }
    }

    /// Takes classes into the workspace, where they wait for their vectors. What is there stays.
    pub(super) fn take_classes(
        &self,
        recorder: &Recorder,
        classes: &[OwnClass],
        taken: &mut HandworkTaken,
    ) -> Result<(), StoreError> {
        let mut known = self.own_classes()?;
        let mut awaited = self.awaited_classes()?;
        let before = awaited.len();
        for class in classes.iter().filter(|class| class.origin.is_own()) {
            match known.iter().find(|known| known.name == class.name) {
                Some(other) if other.origin == class.origin => {}
                Some(_) => {
                    taken.classes_left.push(format!("{}: a class of this name has other pictures here", class.name))
                }
                None => {
                    known.push(class.clone());
                    awaited.push(class.clone());
                }
            }
        }
        taken.classes_added = awaited.len() - before;
        if taken.classes_added > 0 { recorder.await_vectors(&awaited) } else { Ok(()) }
    }
}

impl Recorder {
    /// Says which classes wait for their vectors.
    ///
    /// # Errors
    /// When the disk does not let us; what was said before stays then.
    pub fn await_vectors(&self, classes: &[OwnClass]) -> Result<(), StoreError> {
        let path = self.root().join(AWAITED);
        if classes.is_empty() && !path.exists() {
            return Ok(());
        }
        let text = serde_json::to_vec_pretty(classes).expect("names and paths make JSON");
        let failed = |error| StoreError::from_io("cannot keep the classes that wait for their vectors", &path, error);
        durable::replace(&path, &text).map_err(failed)
    }
}
