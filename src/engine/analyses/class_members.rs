//! Which images make a class: those with a label, with a tag, in a cluster, let through by a predicate, or selected once.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use crate::domain::{ClassChange, ClassOrigin, ClassesBy, Clustering, ImageId, OwnClass, counted};
use crate::engine::collection::catalogue::Catalogue;
use crate::engine::collection::matching::ids_where;
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::message::{ClassWish, Problem};
use crate::engine::opened::Opened;
use crate::store::{ImagesByPath, OwnClasses, QueryError, StoreError, StoredClasses, Workspace};

const WHAT: &str = "The classes could not be made";

/// Names of classes that a person made, and which images make each.
type Own = Vec<(String, ClassOrigin)>;

/// One class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// What it is called: no other class of the same list is called so.
    pub name: String,
    /// Which images make it.
    pub origin: ClassOrigin,
    /// These, ascending.
    pub images: Vec<ImageId>,
}

/// Where to look.
pub struct Members<'a> {
    workspace: &'a WorkspaceReader,
    features: &'a str,
    catalogue: &'a Catalogue,
    /// As the person opened it.
    folder: &'a Path,
    /// Read for the first class of a selection, for all of them.
    by_path: OnceCell<ImagesByPath>,
}

impl<'a> Members<'a> {
    /// Looks in what is open, beside its vectors, among all images.
    pub fn new(opened: &'a Opened) -> Self {
        let Opened { workspace, catalogue, folder, .. } = opened;
        Self { workspace, features: opened.features(), catalogue, folder, by_path: OnceCell::new() }
    }

    /// All classes that are wished for: those of labels, tags and clusters first, then those that a person made. Also
    /// returned is why some of a person's cannot be filled at the moment; they are empty.
    ///
    /// # Errors
    /// When there are none, the new one has no image, or the workspace cannot be read.
    pub fn wished(&self, wish: &ClassWish) -> Result<(Vec<Class>, Vec<Problem>), Problem> {
        let mut classes = Vec::new();
        for by in &wish.by {
            classes.extend(self.divided(by)?);
        }
        let (mut own, remark) = self.kept()?;
        let mut remarks = Vec::from_iter(remark);
        let change = match &wish.change {
            Some(ClassChange::AddSelected { name, images }) => {
                let ids: Vec<ImageId> = images.iter().collect();
                let records = self.catalogue.some(&ids).map_err(unread)?;
                let paths = records.into_iter().map(|record| record.path.text).collect();
                Some(ClassChange::Add { name: name.clone(), origin: ClassOrigin::Selection(paths) })
            }
            change => change.clone(),
        };
        match &change {
            // What is selected was looked up.
            None | Some(ClassChange::AddSelected { .. }) => {}
            Some(ClassChange::Remove(name)) => {
                let before = own.len();
                own.retain(|(known, _)| known != name);
                if own.len() == before {
                    let problem =
                        Problem::new("No class was forgotten", format!("there is no class of your own called {name}"));
                    return Err(problem.with_remedy(
                        "Classes of labels, tags and clusters disappear with the label, tag or cluster.",
                    ));
                }
            }
            Some(ClassChange::Rename { from, to }) => {
                let to = checked(to)?;
                let problem = |why: String| Problem::new("The class was not renamed", why);
                if classes.iter().map(|class| &class.name).chain(own.iter().map(|(name, _)| name)).any(|n| *n == to) {
                    return Err(problem(format!("another class is called {to} already")));
                }
                match own.iter_mut().find(|(known, _)| known == from) {
                    Some((known, _)) => *known = to,
                    None => return Err(problem(format!("there is no class of your own called {from}"))),
                }
            }
            Some(ClassChange::Add { name, origin }) => {
                let name = checked(name)?;
                if classes.iter().any(|class| class.name == name) {
                    let why = format!("a {} is called {name} already", classes_word(&classes, &name));
                    return Err(Problem::new("The class was not added", why).with_remedy("Choose another name."));
                }
                own.retain(|(known, _)| *known != name);
                if self.of(&name, origin)?.is_empty() {
                    let why = format!("there is no image in the class {name}");
                    return Err(Problem::new("The class was not added", why));
                }
                own.push((name, origin.clone()));
            }
        }
        for (name, origin) in own {
            let images = self.of(&name, &origin).unwrap_or_else(|problem| {
                let what = format!("The class {name} is empty for now");
                remarks.push(Problem { what, why: format!("{}: {}", problem.what, problem.why), ..problem });
                Vec::new()
            });
            classes.push(Class { name, origin, images });
        }
        // Whoever forgets the last one wants none.
        if classes.is_empty() && !matches!(wish.change, Some(ClassChange::Remove(_))) {
            return Err(nothing(&wish.by));
        }
        give_names(&mut classes);
        Ok((classes, remarks))
    }

    /// The images of one class.
    ///
    /// # Errors
    /// When the workspace cannot be read, or its predicate cannot be answered.
    pub fn of(&self, name: &str, origin: &ClassOrigin) -> Result<Vec<ImageId>, Problem> {
        let named = |by: &ClassesBy| {
            let found = self.divided(by)?.into_iter().find(|class| class.name == name);
            Ok(found.map(|class| class.images).unwrap_or_default())
        };
        match origin {
            ClassOrigin::Label => named(&ClassesBy::Label),
            ClassOrigin::Tag => named(&ClassesBy::Tag),
            ClassOrigin::Cluster(clustering) => named(&ClassesBy::Cluster(Some(clustering.clone()))),
            ClassOrigin::Where(predicate) => ids_where(predicate, self.workspace, self.features, self.folder),
            ClassOrigin::Selection(paths) => {
                // Also those that were moved since, and those that were met and are not on record yet.
                let mut found = self.by_path()?.at(paths);
                let wanted: HashSet<&str> = paths.iter().map(String::as_str).collect();
                let all = self.catalogue.now();
                let met = all.iter().filter(|image| wanted.contains(image.path.text)).map(|image| image.id);
                found.extend(met);
                found.sort_unstable();
                found.dedup();
                Ok(found)
            }
        }
    }

    /// The images of a kept class, by its name, and what to say where a damaged table hides some and it comes from a copy.
    ///
    /// # Errors
    /// When no class of that name was made yet, and as [`Members::of`].
    pub fn of_kept(&self, name: &str) -> Result<(Vec<ImageId>, Option<Problem>), Problem> {
        let (own, remark) = self.kept()?;
        // Where the table cannot be read, what a person made is all there is.
        let stored = match self.workspace()?.classes(self.features) {
            Ok(stored) => stored.unwrap_or_default(),
            Err(_) if remark.is_some() => StoredClasses::default(),
            Err(error) => return Err(unread(error)),
        };
        match stored.classes.iter().position(|class| class == name) {
            Some(place) if stored.origins[place].is_own() => Ok((self.of(name, &stored.origins[place])?, remark)),
            // Names that several classes would have were made unique when they were kept: so they are again.
            Some(place) => {
                let found = self.as_kept(&stored.origins, &stored.origins[place], own)?;
                let found = found.into_iter().find(|class| class.name == name);
                Ok((found.map(|class| class.images).unwrap_or_default(), remark))
            }
            None => {
                if let Some((_, origin)) = own.iter().find(|(known, _)| known == name) {
                    return Ok((self.of(name, origin)?, remark));
                }
                let further = own.iter().map(|(known, _)| known).filter(|known| !stored.classes.contains(known));
                let known: Vec<&str> = stored.classes.iter().chain(further).map(String::as_str).collect();
                let known = known.join(", ");
                let known =
                    if known.is_empty() { "there are none yet".to_owned() } else { format!("there are {known}") };
                Err(Problem::new(WHAT, format!("there is no class {name}")).with_remedy(format!("{known}.")))
            }
        }
    }

    /// The classes of these origins with the names they are kept by; without what cannot be read, unless it is `asked`.
    fn as_kept(&self, origins: &[ClassOrigin], asked: &ClassOrigin, own: Own) -> Result<Vec<Class>, Problem> {
        let mut seen: Vec<&ClassOrigin> = Vec::new();
        let mut classes = Vec::new();
        for origin in origins.iter().filter(|origin| !origin.is_own()) {
            if seen.contains(&origin) {
                continue;
            }
            seen.push(origin);
            let by = match origin {
                ClassOrigin::Label => ClassesBy::Label,
                ClassOrigin::Tag => ClassesBy::Tag,
                ClassOrigin::Cluster(clustering) => ClassesBy::Cluster(Some(clustering.clone())),
                ClassOrigin::Where(_) | ClassOrigin::Selection(_) => continue,
            };
            match self.divided(&by) {
                Ok(found) => classes.extend(found),
                Err(problem) if origin == asked => return Err(problem),
                Err(_) => {}
            }
        }
        classes.extend(own.into_iter().map(|(name, origin)| Class { name, origin, images: Vec::new() }));
        give_names(&mut classes);
        Ok(classes)
    }

    /// A clustering by its name or how it begins; the only one there is, if none is named.
    ///
    /// # Errors
    /// When there is none, or several.
    pub fn clustering(&self, written: Option<&str>) -> Result<Clustering, Problem> {
        let workspace = self.workspace()?;
        let name = match written {
            Some(written) => written.to_owned(),
            None => {
                let mut names = workspace.clusterings(self.features).map_err(unread)?;
                match names.len() {
                    0 => {
                        let problem = Problem::new(WHAT, "nothing was clustered yet");
                        return Err(problem.with_remedy("Make clusters first: `tiramisu cluster FOLDER`."));
                    }
                    1 => names.remove(0),
                    _ => {
                        let several = names.join(", ");
                        let problem = Problem::new(WHAT, format!("there are several clusterings: {several}"));
                        return Err(problem.with_remedy("Name one, as in cluster:NAME."));
                    }
                }
            }
        };
        workspace.clustering_called(self.features, &name).map_err(|error| match error {
            QueryError::Predicate(error) => Problem::new(WHAT, &error.what).with_remedy(error.remedy),
            error @ (QueryError::Store(_) | QueryError::Stopped) => Problem::new(WHAT, error),
        })
    }

    fn workspace(&self) -> Result<Workspace, Problem> {
        self.workspace.now().map_err(unread)
    }

    fn by_path(&self) -> Result<&ImagesByPath, Problem> {
        if let Some(read) = self.by_path.get() {
            return Ok(read);
        }
        let read = self.workspace()?.images_by_path().map_err(unread)?;
        Ok(self.by_path.get_or_init(|| read))
    }

    /// The classes a person made, as they are kept, and those that wait for their vectors; and what to say where a damaged table
    /// hides some.
    fn kept(&self) -> Result<(Own, Option<Problem>), Problem> {
        let workspace = self.workspace()?;
        let OwnClasses { classes, are_of_copy } = workspace.own_classes_of(self.features).map_err(unread)?;
        let remark = are_of_copy.then(|| from_copy(self.features, classes.len()));
        let mut own = Own::with_capacity(classes.len());
        for OwnClass { name, origin } in classes.into_iter().chain(workspace.awaited_classes().map_err(unread)?) {
            if own.iter().all(|(known, _)| *known != name) {
                own.push((name, origin));
            }
        }
        Ok((own, remark))
    }

    fn divided(&self, by: &ClassesBy) -> Result<Vec<Class>, Problem> {
        let class = |origin: ClassOrigin| move |(name, images)| Class { name, origin: origin.clone(), images };
        Ok(match by {
            ClassesBy::Label => {
                let mut labels: BTreeMap<String, Vec<ImageId>> = BTreeMap::new();
                for image in self.catalogue.now().iter() {
                    let Some(label) = image.label else { continue };
                    match labels.get_mut(label) {
                        Some(images) => images.push(image.id),
                        None => drop(labels.insert(label.to_owned(), vec![image.id])),
                    }
                }
                labels.into_iter().map(class(ClassOrigin::Label)).collect()
            }
            ClassesBy::Tag => {
                let tags = self.workspace()?.tags_of_met(|id| self.catalogue.get(id)).map_err(unread)?;
                let words = tags.words().map(|(tag, images)| (tag.to_owned(), images.to_vec()));
                words.map(class(ClassOrigin::Tag)).collect()
            }
            ClassesBy::Cluster(written) => {
                let clustering = self.clustering(written.as_deref())?;
                let origin = ClassOrigin::Cluster(clustering.wish.name());
                let titles = clustering.filled();
                let images = |(index, cluster): (usize, &crate::domain::Cluster)| {
                    let members = clustering.members(index as u32).collect();
                    (cluster.name.clone().unwrap_or_else(|| format!("cluster {index}")), members)
                };
                titles.map(images).map(class(origin)).collect()
            }
        })
    }
}

fn unread(error: StoreError) -> Problem {
    Problem::new(WHAT, error)
}

/// That a damaged table hides classes of a person's own, and that those of a copy stand in their place.
pub fn from_copy(features: &str, count: usize) -> Problem {
    let what = "Classes that you made yourself could not be read";
    if count == 0 {
        let why = format!("classes_{features}.lance is damaged, and no copy of what you did by hand has any");
        let remedy = "Make them again, or go back to an earlier version of that table (`tiramisu versions`).";
        return Problem::new(what, why).with_remedy(remedy);
    }
    let count = counted(count, "class", "classes");
    let why = format!("classes_{features}.lance is damaged; the newest copy of what you did by hand has {count}");
    Problem::new(what, why).with_remedy("The classes of the copy are used. Add again what is missing.")
}

fn nothing(by: &[ClassesBy]) -> Problem {
    if by.is_empty() {
        return Problem::new("There are no classes", "neither labels nor tags nor clusters were asked for")
            .with_remedy("Ask for one of them, or make a class of your own.");
    }
    let explained = |by: &ClassesBy| match by {
        ClassesBy::Label => (
            "no image has a label",
            "An image's label is the name of the folder it lies in, or comes from a file (`tiramisu import`).",
        ),
        ClassesBy::Tag => ("no image has a tag", "Give images tags, in the selection view or by `tiramisu tag`."),
        ClassesBy::Cluster(_) => ("the clustering has no clusters", "Make clusters anew."),
    };
    let (whys, remedies): (Vec<&str>, Vec<&str>) = by.iter().map(explained).unzip();
    Problem::new("There are no classes", whys.join(", and ")).with_remedy(remedies.join(" "))
}

fn checked(name: &str) -> Result<String, Problem> {
    let problem = |why: String| Problem::new("The class was not added", why);
    crate::domain::Tags::cleaned(name).map_err(|why| problem(why.replace("a tag", "a class")))
}

fn classes_word(classes: &[Class], name: &str) -> &'static str {
    classes.iter().find(|class| class.name == name).map_or("class", |class| class.origin.word())
}

/// No two classes have one name: the later of two says where it is from, `cats (tag)`, and then gets a number. Those that a
/// person made keep the name they got.
fn give_names(classes: &mut [Class]) {
    let own = classes.iter().filter(|class| class.origin.is_own());
    let mut taken: HashSet<String> = own.map(|class| class.name.clone()).collect();
    for class in classes.iter_mut().filter(|class| !class.origin.is_own()) {
        let (plain, word) = (class.name.clone(), class.origin.word());
        let numbered = (2..).map(|number| format!("{plain} ({word} {number})"));
        let mut names = [plain.clone(), format!("{plain} ({word})")].into_iter().chain(numbered);
        class.name = names.find(|name| !taken.contains(name)).expect("some number is free");
        taken.insert(class.name.clone());
    }
}
