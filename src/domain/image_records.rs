//! What is known of all images of a collection, held once.

mod chunk;
mod shared;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::touched::touch;
use super::{ImageId, ImageRecord, ImageRef, LabelPlaces, LabelState, PathRef, label_palette};
use chunk::{CHUNK, Chunk, Names};

pub use shared::SharedRecords;

/// What is known of all images: image `i` has id `i`.
///
/// It is a state. Copies share all they have in common, chunk by chunk, so that the engine hands the same memory to whoever
/// listens, and whoever works on a state keeps it while the engine goes on. What is said of one image takes the length of
/// its path and some 30 bytes. Labels are counted by whoever makes a state, so that nobody who takes it in counts them.
#[derive(Clone, Default)]
pub struct ImageRecords {
    chunks: Arc<Vec<Arc<Chunk>>>,
    len: usize,
    /// How many images have each label; those without one under `""`.
    labels: Arc<BTreeMap<String, usize>>,
    label_places: Arc<LabelPlaces>,
    /// Rises with every change.
    revision: u64,
}

/// So many labels get a place whether an image has them or not: half of the colours that there are.
const PLACED_BEFORE: usize = label_palette::COUNT / 2;

/// How one state differs from an earlier one, of the images that were known then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordChanges {
    /// Whether more is known of some of them, or something else.
    pub are_described: bool,
    /// Whether some have other labels.
    pub are_relabelled: bool,
}

impl ImageRecords {
    /// How many images there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Which state it is: of two states of one collection, the later has the larger number.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What is known of one image.
    pub fn get(&self, id: ImageId) -> Option<ImageRef<'_>> {
        if id.index() >= self.len {
            return None;
        }
        touch(1);
        Some(self.at(id.index()))
    }

    /// All of them, in the order of ids.
    pub fn iter(&self) -> impl Iterator<Item = ImageRef<'_>> {
        self.range(0..self.len)
    }

    /// Those with ids in `range`, as far as there are any.
    pub fn range(&self, range: Range<usize>) -> impl Iterator<Item = ImageRef<'_>> {
        (range.start..range.end.min(self.len)).map(|index| {
            touch(1);
            self.at(index)
        })
    }

    /// The images with this label; `None` for those without one. Where nobody has it, a chunk costs a look at its labels.
    pub fn with_label<'a>(&'a self, label: Option<&'a str>) -> impl Iterator<Item = ImageId> + 'a {
        self.chunks.iter().enumerate().flat_map(move |(place, chunk)| {
            touch(1);
            let rows = chunk.with_label(label);
            rows.inspect(|_| touch(1)).map(move |row| ImageId((place * CHUNK + row) as u32))
        })
    }

    /// What `of` says of the label of each image with an id in `range`, ascending, as far as there are any. It is asked once for
    /// each label of a chunk: a million images have some thousands of these.
    pub fn by_label<T: Copy>(
        &self,
        range: Range<usize>,
        mut of: impl FnMut(Option<&str>) -> T,
    ) -> impl Iterator<Item = T> {
        let range = range.start.min(self.len)..range.end.min(self.len);
        touch(range.len());
        // Of an empty range no chunk is asked, also where that begins within one.
        let chunks = range.start / CHUNK..if range.is_empty() { 0 } else { range.end.div_ceil(CHUNK) };
        chunks.flat_map(move |place| {
            let first = place * CHUNK;
            let rows = range.start.saturating_sub(first)..(range.end - first).min(CHUNK);
            self.chunks[place].by_label(rows, &mut of)
        })
    }

    /// How many cannot be read, those that are gone among them.
    pub fn problem_count(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.problem_count()).sum()
    }

    /// How many have files that are not in the folder any more.
    pub fn gone_count(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.gone_count()).sum()
    }

    /// How many images have each label, by name; those without one count under `""`.
    pub fn labels(&self) -> &Arc<BTreeMap<String, usize>> {
        &self.labels
    }

    /// All labels that images have or had, in the order in which they came. Colours go by it, so that a new label recolours none.
    pub fn label_places(&self) -> &Arc<LabelPlaces> {
        &self.label_places
    }

    /// Which labels the images have now.
    pub fn label_state(&self) -> LabelState {
        LabelState { images: self.len, sum: self.label_sum(self.len) }
    }

    /// Whether images of that state have other labels by now; not as long as they are not all known.
    pub fn have_other_labels_than(&self, state: LabelState) -> bool {
        state.images <= self.len && self.label_sum(state.images) != state.sum
    }

    /// What the labels of the first so many images sum up to. A chunk costs one look, the last one more if only some of it count.
    fn label_sum(&self, images: usize) -> u64 {
        let chunks = self.chunks.iter().take(images.div_ceil(CHUNK)).enumerate();
        chunks.fold(0, |sum: u64, (place, chunk)| {
            let first = place * CHUNK;
            let rows = images.min(self.len) - first;
            touch(if rows >= CHUNK || images == self.len { 1 } else { rows });
            sum.wrapping_add(chunk.label_sum(ImageId(first as u32), rows))
        })
    }

    /// What is otherwise than in the state `before` this one.
    pub fn changes_since(&self, before: &Self) -> RecordChanges {
        let mut changes = RecordChanges::default();
        for (was, is) in self.differing(before) {
            let Some(was) = was else { continue };
            changes.are_described |= is.edits() != was.edits();
            changes.are_relabelled |= is.relabels() != was.relabels();
        }
        changes
    }

    /// Gives labels their places before images that have them come, in this order. So the names of folders have the same ones, and with
    /// them the same colours, whatever labels are imported in their stead. Places are few: of many folders only the first ones get
    /// theirs so. Says whether others could.
    pub fn place_labels<'a>(&mut self, labels: impl IntoIterator<Item = &'a str>) -> bool {
        let mut labels = labels.into_iter();
        while self.label_places.len() < PLACED_BEFORE {
            let Some(label) = labels.next() else { return true };
            if !label.is_empty() && self.label_places.of(label).is_none() {
                Arc::make_mut(&mut self.label_places).add(label);
            }
        }
        false
    }

    /// Adds images; their ids continue those that are there.
    ///
    /// # Panics
    /// When there are 2^32 images.
    pub fn extend<'a>(&mut self, images: impl IntoIterator<Item = ImageRef<'a>>) {
        let chunks = Arc::make_mut(&mut self.chunks);
        let mut names = None;
        // Of the chunk, by the places of its labels.
        let mut new = Vec::new();
        for image in images {
            debug_assert_eq!(image.id.index(), self.len, "ids continue those that are there");
            assert!(u32::try_from(self.len).is_ok(), "a collection has fewer than 2^32 images");
            if self.len.is_multiple_of(CHUNK) {
                count_new(chunks, &mut new, (&mut self.labels, &mut self.label_places));
                shrink_last(chunks);
                chunks.push(Arc::default());
                names = None;
            }
            let Some(last) = chunks.last_mut() else { continue };
            let chunk = Arc::make_mut(last);
            let names = names.get_or_insert_with(|| chunk.names());
            // Those without a label stand first.
            let place = chunk.push(image, names).map_or(0, |place| usize::from(place) + 1);
            new.resize(new.len().max(place + 1), 0);
            new[place] += 1;
            self.len += 1;
        }
        count_new(chunks, &mut new, (&mut self.labels, &mut self.label_places));
        if self.len.is_multiple_of(CHUNK) {
            shrink_last(chunks);
        }
        self.revision += 1;
    }

    /// Takes in where images lie now, and what is known of them. Unknown ones are left out.
    pub fn relocate(&mut self, images: &[ImageRef<'_>]) {
        let mut by_chunk: BTreeMap<usize, HashMap<usize, PathRef<'_>>> = BTreeMap::new();
        for image in images.iter().filter(|image| image.id.index() < self.len) {
            by_chunk.entry(image.id.index() / CHUNK).or_default().insert(image.id.index() % CHUNK, image.path);
        }
        let chunks = Arc::make_mut(&mut self.chunks);
        for (place, paths) in by_chunk {
            Arc::make_mut(&mut chunks[place]).relocate(&paths);
        }
        self.replace(images.iter().copied());
    }

    /// Takes in what is known of images now. Where they lie does not change, and unknown ones are left out.
    pub fn replace<'a>(&mut self, images: impl IntoIterator<Item = ImageRef<'a>>) {
        let chunks = Arc::make_mut(&mut self.chunks);
        let mut names: Option<(usize, Names)> = None;
        for image in images {
            let place = image.id.index() / CHUNK;
            let Some(chunk) = chunks.get_mut(place).filter(|_| image.id.index() < self.len) else { continue };
            let was = chunk.get(image.id).label.unwrap_or("");
            let is = image.label.unwrap_or("");
            if was != is {
                let labels = Arc::make_mut(&mut self.labels);
                take_one(labels, was);
                count(labels, &mut self.label_places, is, 1);
            }
            let chunk = Arc::make_mut(chunk);
            let names = match &mut names {
                Some((of, names)) if *of == place => names,
                other => &mut other.insert((place, chunk.names())).1,
            };
            chunk.set(image, names);
        }
        self.revision += 1;
    }

    /// All of them, each for itself.
    pub fn to_vec(&self) -> Vec<ImageRecord> {
        self.iter().map(ImageRef::to_record).collect()
    }

    /// Bytes of memory, about.
    pub fn bytes(&self) -> usize {
        let labels: usize = self.labels.keys().map(|label| 3 * (label.len() + 32)).sum();
        labels + self.chunks.iter().map(|chunk| chunk.bytes()).sum::<usize>()
    }

    fn at(&self, index: usize) -> ImageRef<'_> {
        self.chunks[index / CHUNK].get(ImageId(index as u32))
    }

    /// The chunks that are others than before, each with what it was.
    fn differing<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = (Option<&'a Chunk>, &'a Chunk)> {
        self.chunks.iter().enumerate().filter_map(|(place, is)| {
            touch(1);
            let was = before.chunks.get(place);
            let is_same = was.is_some_and(|was| Arc::ptr_eq(was, is));
            (!is_same).then_some((was.map(|was| &**was), &**is))
        })
    }
}

/// Counts images that came into the last chunk: `new` says how many have no label, and how many that of each place. It is emptied.
fn count_new(
    chunks: &[Arc<Chunk>],
    new: &mut Vec<usize>,
    (labels, places): (&mut Arc<BTreeMap<String, usize>>, &mut Arc<LabelPlaces>),
) {
    let Some(chunk) = chunks.last().filter(|_| !new.is_empty()) else { return };
    let labels = Arc::make_mut(labels);
    for (place, images) in new.drain(..).enumerate().filter(|(_, images)| *images > 0) {
        count(labels, places, place.checked_sub(1).map_or("", |place| chunk.label_at(place)), images);
    }
}

fn count(labels: &mut BTreeMap<String, usize>, places: &mut Arc<LabelPlaces>, label: &str, images: usize) {
    touch(1);
    match labels.get_mut(label) {
        Some(known) => *known += images,
        None => {
            labels.insert(label.to_owned(), images);
        }
    }
    if !label.is_empty() && places.of(label).is_none() {
        Arc::make_mut(places).add(label);
    }
}

fn take_one(labels: &mut BTreeMap<String, usize>, label: &str) {
    touch(1);
    let Some(known) = labels.get_mut(label) else { return };
    *known -= 1;
    if *known == 0 {
        labels.remove(label);
    }
}

/// Gives back what the last chunk took for images to come.
fn shrink_last(chunks: &mut [Arc<Chunk>]) {
    if let Some(last) = chunks.last_mut() {
        Arc::make_mut(last).shrink();
    }
}

impl PartialEq for ImageRecords {
    /// Whether both are one state.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chunks, &other.chunks) || (self.len == other.len && self.differing(other).next().is_none())
    }
}

impl fmt::Debug for ImageRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImageRecords({} images, state {})", self.len, self.revision)
    }
}

impl From<&[ImageRecord]> for ImageRecords {
    fn from(records: &[ImageRecord]) -> Self {
        let mut all = Self::default();
        all.extend(records.iter().map(ImageRecord::borrowed));
        all
    }
}

impl From<Vec<ImageRecord>> for ImageRecords {
    fn from(records: Vec<ImageRecord>) -> Self {
        records.as_slice().into()
    }
}
