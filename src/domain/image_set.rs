//! A set of images.

use std::fmt;
use std::sync::Arc;

use super::ImageId;
use super::touched::touch;

/// Words of a chunk: a kilobyte.
const WORDS: usize = 128;
/// Images of a chunk.
const IMAGES: usize = WORDS * 64;

/// A set of images: one bit each, so that it can be asked for every image of a collection.
///
/// Copies share their bits until one of them is changed, and then all but the few that the change concerns: every step
/// back and every view may hold a set of its own, however many images there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ImageSet {
    /// Bits by id. A chunk without an image is not there, and the last one always has some, so equal sets have equal chunks.
    chunks: Arc<Vec<Option<Arc<Chunk>>>>,
    len: usize,
}

#[derive(Clone, PartialEq, Eq)]
struct Chunk {
    words: [u64; WORDS],
    len: usize,
}

impl ImageSet {
    /// The images with the ids below `count`, which is at most 2^32.
    pub fn first(count: usize) -> Self {
        let full = Arc::new(Chunk { words: [u64::MAX; WORDS], len: IMAGES });
        let mut chunks = vec![Some(full); count / IMAGES];
        let rest = count % IMAGES;
        if rest > 0 {
            let word = |word: usize| match rest.saturating_sub(word * 64) {
                bits @ 0..64 => (1 << bits) - 1,
                _ => u64::MAX,
            };
            chunks.push(Some(Arc::new(Chunk { words: std::array::from_fn(word), len: rest })));
        }
        Self { chunks: Arc::new(chunks), len: count }
    }

    /// How many images are in it.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether `image` is in it.
    #[inline]
    pub fn contains(&self, image: ImageId) -> bool {
        match self.chunks.get(image.index() / IMAGES) {
            Some(Some(chunk)) => chunk.contains(image.index() % IMAGES),
            Some(None) | None => false,
        }
    }

    /// Puts `image` in; says whether it was not there before.
    pub fn insert(&mut self, image: ImageId) -> bool {
        if self.contains(image) {
            return false;
        }
        let chunks = Arc::make_mut(&mut self.chunks);
        let place = image.index() / IMAGES;
        if place >= chunks.len() {
            chunks.resize(place + 1, None);
        }
        Arc::make_mut(chunks[place].get_or_insert_with(|| Arc::new(Chunk::EMPTY))).insert(image.index() % IMAGES);
        self.len += 1;
        touch(1);
        true
    }

    /// Takes `image` out; says whether it was there.
    pub fn remove(&mut self, image: ImageId) -> bool {
        if !self.contains(image) {
            return false;
        }
        touch(1);
        let chunks = Arc::make_mut(&mut self.chunks);
        let place = image.index() / IMAGES;
        if let Some(shared) = &mut chunks[place] {
            let chunk = Arc::make_mut(shared);
            chunk.words[image.index() % IMAGES / 64] &= !(1 << (image.index() % 64));
            chunk.len -= 1;
            self.len -= 1;
            if chunk.len == 0 {
                chunks[place] = None;
                cut(chunks);
            }
        }
        true
    }

    /// The images that are in either.
    pub fn union(&self, other: &Self) -> Self {
        self.with(other, |ours, theirs| ours | theirs)
    }

    /// The images that are in both.
    pub fn intersection(&self, other: &Self) -> Self {
        self.with(other, |ours, theirs| ours & theirs)
    }

    /// The images that are in this one and not in the other.
    pub fn difference(&self, other: &Self) -> Self {
        self.with(other, |ours, theirs| ours & !theirs)
    }

    /// The same set, which shares with another one what both have in common: what is the same in both need not be compared again.
    #[must_use]
    pub fn sharing_with(&self, other: &Self) -> Self {
        other.union(self).intersection(self)
    }

    /// Whether both are one set in memory: then they are equal without being compared.
    pub fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chunks, &other.chunks)
    }

    /// The words of 64 images each that are others than in `before`, ascending: the place of each (its first image is 64 times
    /// that), and what it is now. What both share is not looked at.
    pub fn changed_words<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = (usize, u64)> + 'a {
        let count = self.chunks.len().max(before.chunks.len());
        let count = if self.is_shared_with(before) { 0 } else { count };
        let chunk = |set: &'a Self, place: usize| set.chunks.get(place).and_then(Option::as_ref);
        let changed = (0..count).filter_map(move |place| {
            let (now, then) = (chunk(self, place), chunk(before, place));
            let is_same = match (now, then) {
                (Some(now), Some(then)) => Arc::ptr_eq(now, then),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            (!is_same).then_some((place, now, then))
        });
        changed.flat_map(|(place, now, then)| {
            let word = |chunk: Option<&'a Arc<Chunk>>, at: usize| chunk.map_or(0, |chunk| chunk.words[at]);
            (0..WORDS).filter_map(move |at| {
                let new = word(now, at);
                (new != word(then, at)).then_some((place * WORDS + at, new))
            })
        })
    }

    /// Bytes that it takes beside `other`: what both share counts for nothing.
    pub fn bytes_beside(&self, other: &Self) -> usize {
        if self.is_shared_with(other) {
            return 0;
        }
        let is_shared = |place: usize, chunk: &Arc<Chunk>| {
            other.chunks.get(place).and_then(Option::as_ref).is_some_and(|theirs| Arc::ptr_eq(theirs, chunk))
        };
        let own = self.chunks.iter().enumerate().filter_map(|(place, chunk)| Some((place, chunk.as_ref()?)));
        let own = own.filter(|(place, chunk)| !is_shared(*place, chunk)).count();
        own * size_of::<Chunk>() + size_of_val(&self.chunks[..])
    }

    /// Ascending.
    pub fn iter(&self) -> impl Iterator<Item = ImageId> + '_ {
        self.iter_chunks(0)
    }

    /// Ascending, from a chunk on.
    fn iter_chunks(&self, first: usize) -> impl Iterator<Item = ImageId> + '_ {
        let chunks = self.chunks.iter().enumerate().skip(first);
        let chunks = chunks.filter_map(|(place, chunk)| Some((place * WORDS, &chunk.as_ref()?.words)));
        let words = chunks.flat_map(|(first, words)| (first..).zip(words.iter().copied()));
        words.flat_map(|(place, mut word)| {
            touch(word.count_ones() as usize);
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros();
                // Takes the lowest bit away.
                word &= word.wrapping_sub(1);
                (bit < u64::BITS).then(|| ImageId(place as u32 * u64::BITS + bit))
            })
        })
    }

    /// Ascending, from the one before which there are `skipped`: a list of very many can be shown in part.
    pub fn iter_from(&self, skipped: usize) -> impl Iterator<Item = ImageId> + '_ {
        let mut before = 0;
        let first = self.chunks.iter().position(|chunk| {
            let len = chunk.as_ref().map_or(0, |chunk| chunk.len);
            let is_here = before + len > skipped;
            before += if is_here { 0 } else { len };
            is_here
        });
        let first = first.unwrap_or(self.chunks.len());
        touch(first);
        self.iter_chunks(first).skip(skipped - before.min(skipped))
    }

    /// Joins the words of both, of which those that are 0 in both stay so. What comes out as ours was stays shared.
    fn with(&self, other: &Self, join: fn(u64, u64) -> u64) -> Self {
        let joined = |place: usize| {
            touch(1);
            let [ours, theirs] = [&self.chunks, &other.chunks].map(|chunks| chunks.get(place).and_then(Option::as_ref));
            let word = |chunk: Option<&Arc<Chunk>>, at: usize| chunk.map_or(0, |chunk| chunk.words[at]);
            let words: [u64; WORDS] = std::array::from_fn(|at| join(word(ours, at), word(theirs, at)));
            if let Some(same) = [ours, theirs].into_iter().flatten().find(|chunk| chunk.words == words) {
                return Some(same.clone());
            }
            let len = words.iter().map(|word| word.count_ones() as usize).sum();
            (len > 0).then(|| Arc::new(Chunk { words, len }))
        };
        let mut chunks: Vec<_> = (0..self.chunks.len().max(other.chunks.len())).map(joined).collect();
        cut(&mut chunks);
        let len = chunks.iter().flatten().map(|chunk| chunk.len).sum();
        Self { chunks: Arc::new(chunks), len }
    }
}

/// Gives up the empty chunks at the end.
fn cut(chunks: &mut Vec<Option<Arc<Chunk>>>) {
    chunks.truncate(chunks.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
}

impl Chunk {
    const EMPTY: Self = Self { words: [0; WORDS], len: 0 };

    #[inline]
    fn contains(&self, place: usize) -> bool {
        self.words[place / 64] >> (place % 64) & 1 == 1
    }

    fn insert(&mut self, place: usize) {
        self.len += usize::from(!self.contains(place));
        self.words[place / 64] |= 1 << (place % 64);
    }
}

impl FromIterator<ImageId> for ImageSet {
    fn from_iter<I: IntoIterator<Item = ImageId>>(images: I) -> Self {
        // Nobody shares these yet, so nobody need be asked at every image.
        let mut chunks: Vec<Option<Box<Chunk>>> = Vec::new();
        for image in images {
            touch(1);
            let place = image.index() / IMAGES;
            if place >= chunks.len() {
                chunks.resize_with(place + 1, || None);
            }
            chunks[place].get_or_insert_with(|| Box::new(Chunk::EMPTY)).insert(image.index() % IMAGES);
        }
        let len = chunks.iter().flatten().map(|chunk| chunk.len).sum();
        Self { chunks: Arc::new(chunks.into_iter().map(|chunk| chunk.map(Arc::from)).collect()), len }
    }
}

impl Extend<ImageId> for ImageSet {
    fn extend<I: IntoIterator<Item = ImageId>>(&mut self, images: I) {
        *self = self.union(&images.into_iter().collect());
    }
}

impl fmt::Debug for ImageSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
