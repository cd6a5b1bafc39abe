//! Some thousands of images, in columns.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use crate::domain::label_state::{image_share, name_share};
use crate::domain::{ImageId, ImageRef, PathRef};

/// Images of a chunk: few enough to be copied when more is known of one of them, many enough that chunks can be walked.
pub const CHUNK: usize = 4096;

/// The place of each label among those of a chunk.
pub type Names = HashMap<Arc<str>, u16>;

/// No label.
const NONE: u16 = u16::MAX;

/// Some thousands of images.
#[derive(Clone, Default)]
pub struct Chunk {
    /// Shared by all states of the chunk with as many images.
    paths: Arc<Paths>,
    /// Every label here. Most images of a chunk have few: it holds neighbours of the folder.
    labels: Vec<Label>,
    /// Labels that no image has any more.
    free: usize,
    label_of: Vec<u16>,
    sizes: Vec<[u32; 2]>,
    file_bytes: Vec<u64>,
    modified_unix_secs: Vec<i64>,
    /// Few images have one, and many of those the same.
    problems: BTreeMap<u16, Arc<str>>,
    gone: usize,
    edits: u32,
    relabels: u32,
    /// What the labels of its images sum up to.
    label_sum: u64,
}

/// All paths, one behind the other.
#[derive(Clone, Default)]
struct Paths {
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
    /// The exact bytes of those that are not UTF-8.
    raw: BTreeMap<u16, Box<[u8]>>,
}

#[derive(Clone)]
struct Label {
    name: Arc<str>,
    /// What it adds to sums.
    share: u64,
    /// 0 if all that had it have another now: its place is free.
    count: usize,
}

impl Chunk {
    /// What is known of an image that is here.
    pub fn get(&self, id: ImageId) -> ImageRef<'_> {
        let row = id.index() % CHUNK;
        let [width, height] = self.sizes[row];
        ImageRef {
            id,
            path: self.paths.get(row),
            label: self.labels.get(usize::from(self.label_of[row])).map(|label| &*label.name),
            width,
            height,
            file_bytes: self.file_bytes[row],
            modified_unix_secs: self.modified_unix_secs[row],
            problem: self.problems.get(&(row as u16)).map(|problem| &**problem),
        }
    }

    /// Adds an image; `names` are those of this chunk. The place of its label, if it has one.
    pub fn push(&mut self, image: ImageRef<'_>, names: &mut Names) -> Option<u16> {
        let row = self.sizes.len();
        Arc::make_mut(&mut self.paths).push(image.path);
        let label = self.label(image.label, names);
        self.label_of.push(label);
        self.label_sum = self.label_sum.wrapping_add(self.share_of(image.id, row));
        self.sizes.push([image.width, image.height]);
        self.file_bytes.push(image.file_bytes);
        self.modified_unix_secs.push(image.modified_unix_secs);
        self.set_problem(row, image);
        (label != NONE).then_some(label)
    }

    /// Takes in what is known of an image that is here; `names` are those of this chunk.
    pub fn set(&mut self, image: ImageRef<'_>, names: &mut Names) {
        let row = image.id.index() % CHUNK;
        let before = self.get(image.id);
        debug_assert_eq!(before.path, image.path, "an image stays where it is");
        let is_relabelled = before.label != image.label;
        self.gone -= usize::from(before.is_gone());
        if is_relabelled {
            self.label_sum = self.label_sum.wrapping_sub(self.share_of(image.id, row));
            if let Some(label) = self.labels.get_mut(usize::from(self.label_of[row])) {
                label.count -= 1;
                self.free += usize::from(label.count == 0);
            }
            self.label_of[row] = self.label(image.label, names);
            self.label_sum = self.label_sum.wrapping_add(self.share_of(image.id, row));
            self.relabels += 1;
        }
        self.sizes[row] = [image.width, image.height];
        self.file_bytes[row] = image.file_bytes;
        self.modified_unix_secs[row] = image.modified_unix_secs;
        self.problems.remove(&(row as u16));
        self.set_problem(row, image);
        self.edits += 1;
    }

    /// Some of the images lie elsewhere now: `paths` has those, by row.
    pub fn relocate(&mut self, paths: &HashMap<usize, PathRef<'_>>) {
        let mut now = Paths::default();
        for row in 0..self.sizes.len() {
            now.push(paths.get(&row).copied().unwrap_or_else(|| self.paths.get(row)));
        }
        self.paths = Arc::new(now);
        self.edits += 1;
    }

    /// The place of each label.
    pub fn names(&self) -> Names {
        let places = self.labels.iter().zip(0u16..);
        places.filter(|(label, _)| label.count > 0).map(|(label, place)| (label.name.clone(), place)).collect()
    }

    /// The name of the label at this place.
    pub fn label_at(&self, place: usize) -> &str {
        self.labels.get(place).map_or("", |label| &label.name)
    }

    /// The rows of the images with a label, or without any.
    pub fn with_label(&self, label: Option<&str>) -> impl Iterator<Item = usize> {
        let place = match label {
            None => Some(NONE),
            Some(label) => {
                let found = self.labels.iter().position(|known| known.count > 0 && *known.name == *label);
                found.map(|place| place as u16)
            }
        };
        let rows = place.map(|place| self.label_of.iter().enumerate().filter(move |(_, of)| **of == place));
        rows.into_iter().flatten().map(|(row, _)| row)
    }

    /// What `of` says of the label of each of some rows, asked once for each label.
    pub fn by_label<'a, T: Copy>(
        &'a self,
        rows: Range<usize>,
        of: &mut dyn FnMut(Option<&str>) -> T,
    ) -> impl Iterator<Item = T> + use<'a, T> {
        let none = of(None);
        let of_each: Vec<T> = self.labels.iter().map(|label| of(Some(&label.name))).collect();
        self.label_of[rows].iter().map(move |place| of_each.get(usize::from(*place)).copied().unwrap_or(none))
    }

    /// Images that cannot be read.
    pub fn problem_count(&self) -> usize {
        self.problems.len()
    }

    /// Images whose files are gone.
    pub fn gone_count(&self) -> usize {
        self.gone
    }

    /// How often something new was learned of an image that was here.
    pub fn edits(&self) -> u32 {
        self.edits
    }

    /// How often one of them got another label.
    pub fn relabels(&self) -> u32 {
        self.relabels
    }

    /// What the labels of the first so many of its images sum up to, the first of all of which is `first`.
    pub fn label_sum(&self, first: ImageId, rows: usize) -> u64 {
        if rows >= self.label_of.len() {
            return self.label_sum;
        }
        let ids = (first.0..).map(ImageId).zip(0..rows);
        ids.fold(0, |sum, (id, row)| sum.wrapping_add(self.share_of(id, row)))
    }

    /// What the image of this row adds to that.
    fn share_of(&self, id: ImageId, row: usize) -> u64 {
        let label = self.labels.get(usize::from(self.label_of[row]));
        image_share(id, label.map_or_else(|| name_share(""), |label| label.share))
    }

    /// No more images come.
    pub fn shrink(&mut self) {
        let paths = Arc::make_mut(&mut self.paths);
        paths.text.shrink_to_fit();
        paths.ends.shrink_to_fit();
        self.labels.shrink_to_fit();
        self.label_of.shrink_to_fit();
        self.sizes.shrink_to_fit();
        self.file_bytes.shrink_to_fit();
        self.modified_unix_secs.shrink_to_fit();
    }

    /// Bytes of memory, about.
    pub fn bytes(&self) -> usize {
        let names: usize = self.labels.iter().map(|label| label.name.len() + size_of::<Label>() + 16).sum();
        let problems: usize = self.problems.values().map(|problem| problem.len() + 32).sum();
        let raw: usize = self.paths.raw.values().map(|bytes| bytes.len() + 32).sum();
        let numbers = self.label_of.capacity() * 2
            + (self.sizes.capacity() + self.file_bytes.capacity() + self.modified_unix_secs.capacity()) * 8;
        names + problems + raw + numbers + self.paths.text.capacity() + self.paths.ends.capacity() * 4
    }

    /// The place of a label, which has one image more now.
    fn label(&mut self, name: Option<&str>, names: &mut Names) -> u16 {
        let Some(name) = name else { return NONE };
        if let Some(&place) = names.get(name) {
            let label = &mut self.labels[usize::from(place)];
            self.free -= usize::from(label.count == 0);
            label.count += 1;
            return place;
        }
        let label = Label { name: name.into(), share: name_share(name), count: 1 };
        let is_free = |label: &Label| label.count == 0;
        let place = match (self.free > 0).then(|| self.labels.iter().position(is_free)).flatten() {
            Some(place) => {
                names.remove(&self.labels[place].name);
                self.free -= 1;
                self.labels[place] = label.clone();
                place
            }
            None => {
                self.labels.push(label.clone());
                self.labels.len() - 1
            }
        } as u16;
        names.insert(label.name, place);
        place
    }

    fn set_problem(&mut self, row: usize, image: ImageRef<'_>) {
        self.gone += usize::from(image.is_gone());
        let Some(problem) = image.problem else { return };
        // Whole folders have the same one.
        let same = self.problems.values().next_back().filter(|known| ***known == *problem).cloned();
        self.problems.insert(row as u16, same.unwrap_or_else(|| problem.into()));
    }
}

impl Paths {
    fn get(&self, row: usize) -> PathRef<'_> {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        PathRef {
            text: &self.text[start as usize..self.ends[row] as usize],
            raw: self.raw.get(&(row as u16)).map(|bytes| &**bytes),
        }
    }

    fn push(&mut self, path: PathRef<'_>) {
        if let Some(raw) = path.raw {
            self.raw.insert(self.ends.len() as u16, raw.into());
        }
        self.text.push_str(path.text);
        self.ends.push(u32::try_from(self.text.len()).expect("the paths of a chunk take less than 4 GiB"));
    }
}
