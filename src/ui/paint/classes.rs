//! Which of some tens or thousands of colours each image has.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::domain::ImageId;

/// Images of a chunk: a row of the texture they are sent to.
pub(super) const IMAGES: usize = 2048;

/// A class for each image: a place in a palette. 0 is what images have of which nothing is known.
///
/// Copies share what is the same in both, so that the device is sent what differs and nothing else.
#[derive(Clone, Default)]
pub struct Classes {
    chunks: Arc<Vec<Arc<Chunk>>>,
}

pub(super) type Chunk = [u16; IMAGES];

impl Classes {
    /// The class of an image.
    #[inline]
    pub fn of(&self, image: ImageId) -> u16 {
        self.chunks.get(image.index() / IMAGES).map_or(0, |chunk| chunk[image.index() % IMAGES])
    }

    /// Gives classes to images that follow one another.
    pub fn set_from(&mut self, first: ImageId, classes: impl IntoIterator<Item = u16>) {
        self.set_each((first.index()..).zip(classes));
    }

    /// Gives a class to each of these images.
    pub fn set(&mut self, classes: impl IntoIterator<Item = (ImageId, u16)>) {
        self.set_each(classes.into_iter().map(|(image, class)| (image.index(), class)));
    }

    /// The images of a class among those below `count`, ascending.
    pub fn images_of(&self, class: u16, count: usize) -> impl Iterator<Item = ImageId> + '_ {
        let known = self.chunks.iter().flat_map(|chunk| chunk.iter().copied());
        let all = known.chain(std::iter::repeat(0)).take(count);
        all.enumerate().filter(move |(_, of)| *of == class).map(|(index, _)| ImageId(index as u32))
    }

    /// Bytes that it takes beside the pieces that are `counted` already, which its own are from now on.
    pub fn bytes_beside(&self, counted: &mut HashSet<usize>) -> usize {
        let new = self.chunks.iter().filter(|chunk| counted.insert(Arc::as_ptr(chunk) as usize));
        new.count() * size_of::<Chunk>()
    }

    pub(super) fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    /// Whether both are one in memory.
    pub fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chunks, &other.chunks)
    }

    fn set_each(&mut self, classes: impl Iterator<Item = (usize, u16)>) {
        let chunks = Arc::make_mut(&mut self.chunks);
        for (index, class) in classes {
            let place = index / IMAGES;
            if place >= chunks.len() {
                chunks.resize_with(place + 1, || Arc::new([0; IMAGES]));
            }
            if chunks[place][index % IMAGES] != class {
                Arc::make_mut(&mut chunks[place])[index % IMAGES] = class;
            }
        }
    }
}

impl fmt::Debug for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classes").field("images", &(self.chunks.len() * IMAGES)).finish()
    }
}
