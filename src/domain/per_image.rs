//! A value of each of some images, in their order.

use std::ops::{Deref, Index};
use std::slice::{self, SliceIndex};
use std::vec;

use serde::{Deserialize, Serialize};

use super::ImageId;
use super::touched::touch;

/// A value of each of some images, in their order.
///
/// Whoever goes through them is [counted](super::images_touched): for all of them who begins to, who copies or compares them, and who
/// takes them as a slice; for one who looks one up. How many there are can be asked for nothing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PerImage<T>(Vec<T>);

impl<T> PerImage<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one at a place.
    pub fn get(&self, place: usize) -> Option<&T> {
        touch(1);
        self.0.get(place)
    }

    /// The first.
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// The last.
    pub fn last(&self) -> Option<&T> {
        self.get(self.len().checked_sub(1)?)
    }

    /// All of them, in order.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        touch(self.len());
        self.0.iter()
    }

    /// The place of a value among ascending ones, or the one where it would be. As in a set, who looks for an image has come upon it
    /// somewhere: it is not counted.
    ///
    /// # Errors
    /// The place where it would be.
    pub fn binary_search(&self, value: &T) -> Result<usize, usize>
    where
        T: Ord,
    {
        self.0.binary_search(value)
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.0[..])
    }

    /// These, to be changed.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl PerImage<ImageId> {
    /// The place of an image among ascending ones. Usually none is missing, and its place is the id itself.
    pub fn row_of(&self, id: ImageId) -> Option<usize> {
        match self.get(id.index()) {
            Some(found) if *found == id => Some(id.index()),
            Some(_) | None => self.binary_search(&id).ok(),
        }
    }
}

impl<T> Default for PerImage<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone> Clone for PerImage<T> {
    fn clone(&self) -> Self {
        touch(self.len());
        Self(self.0.clone())
    }
}

impl<T: PartialEq> PartialEq for PerImage<T> {
    fn eq(&self, other: &Self) -> bool {
        touch(self.len());
        self.0 == other.0
    }
}

impl<T: Eq> Eq for PerImage<T> {}

impl<T: PartialEq> PartialEq<Vec<T>> for PerImage<T> {
    fn eq(&self, other: &Vec<T>) -> bool {
        touch(self.len());
        self.0 == *other
    }
}

impl<T> Deref for PerImage<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        touch(self.len());
        &self.0
    }
}

impl<T, I: SliceIndex<[T]>> Index<I> for PerImage<T> {
    type Output = I::Output;

    fn index(&self, place: I) -> &I::Output {
        let found = &self.0[place];
        touch(size_of_val(found) / size_of::<T>().max(1));
        found
    }
}

impl<T> From<Vec<T>> for PerImage<T> {
    fn from(values: Vec<T>) -> Self {
        Self(values)
    }
}

impl<T> FromIterator<T> for PerImage<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let values = Vec::from_iter(values);
        touch(values.len());
        Self(values)
    }
}

impl<'a, T> IntoIterator for &'a PerImage<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> IntoIterator for PerImage<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        touch(self.len());
        self.0.into_iter()
    }
}
