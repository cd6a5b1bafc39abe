//! What was made of rows, until all of a batch are there.

use std::sync::Arc;

use arrow_array::builder::{FixedSizeListBuilder, PrimitiveBuilder};
use arrow_array::types::{ArrowPrimitiveType, Float16Type, Float32Type};
use arrow_array::{ArrayRef, StringArray, UInt32Array};
use half::f16;
use half::slice::HalfFloatSliceExt;

use super::FeatureColumns;
use crate::domain::{LARGEST_HALF, NumbersRef, Precision, StoredLayer, fits_half, thousands};
use crate::store::columns::Column;

/// Width, height, problem and vectors of rows.
pub struct MadeRows {
    sizes: Vec<Option<[u32; 2]>>,
    problems: Vec<Option<String>>,
    vectors: Vec<Vectors>,
}

/// One column of vectors.
struct Vectors {
    stored: StoredLayer,
    channels: usize,
    lists: Lists,
}

enum Lists {
    Half(FixedSizeListBuilder<PrimitiveBuilder<Float16Type>>),
    Single(FixedSizeListBuilder<PrimitiveBuilder<Float32Type>>),
}

impl MadeRows {
    /// None yet, with room for `rows`.
    pub fn new(columns: &FeatureColumns, rows: usize) -> Self {
        Self {
            sizes: Vec::with_capacity(rows),
            problems: Vec::with_capacity(rows),
            vectors: columns.vectors().map(|column| Vectors::new(column, rows)).collect(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether there are none yet.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// A picture that could not be read.
    pub fn push_problem(&mut self, problem: String) {
        self.sizes.push(None);
        self.problems.push(Some(problem));
        self.vectors.iter_mut().for_each(Vectors::push_none);
    }

    /// A picture of this width and height with its vectors, in the order of the columns. Says whether all of them could be
    /// kept: a vector with a number that halves do not hold is left out where these are wanted.
    ///
    /// # Panics
    /// When the vectors are not as many, or not as long, as the columns.
    pub fn push<'a>(&mut self, size: [u32; 2], vectors: impl ExactSizeIterator<Item = NumbersRef<'a>>) -> bool {
        assert_eq!(vectors.len(), self.vectors.len(), "a vector for each column");
        let mut too_large: Vec<&str> = Vec::new();
        for (column, numbers) in self.vectors.iter_mut().zip(vectors) {
            if !column.push(numbers) && !too_large.contains(&column.stored.layer.as_str()) {
                too_large.push(&column.stored.layer);
            }
        }
        let is_whole = too_large.is_empty();
        self.problems.push((!is_whole).then(|| beyond_half(&too_large)));
        self.sizes.push(Some(size));
        is_whole
    }

    /// Width, height, problem and the vectors, as the columns of a batch.
    pub(super) fn into_arrays(self) -> Vec<ArrayRef> {
        let side = |place: usize| -> ArrayRef {
            Arc::new(self.sizes.iter().map(|size| Some((*size)?[place])).collect::<UInt32Array>())
        };
        let mut arrays = vec![side(0), side(1), Arc::new(StringArray::from(self.problems))];
        arrays.extend(self.vectors.into_iter().map(Vectors::into_array));
        arrays
    }
}

/// The first layers by name: of a deep network it may be hundreds.
fn beyond_half(layers: &[&str]) -> String {
    const MOST: usize = 5;
    let mut named = layers[..layers.len().min(MOST)].join(", ");
    if layers.len() > MOST {
        named += &format!(" and {} more layers", thousands(layers.len() - MOST));
    }
    format!(
        "numbers at {named} are beyond {LARGEST_HALF}, the largest half; ask for single precision (--vectors single)"
    )
}

impl Vectors {
    fn new(column: &Column, rows: usize) -> Self {
        fn lists<T: ArrowPrimitiveType>(column: &Column, rows: usize) -> FixedSizeListBuilder<PrimitiveBuilder<T>> {
            let (item, size) = column.items();
            let numbers = PrimitiveBuilder::with_capacity(rows * column.channels);
            FixedSizeListBuilder::with_capacity(numbers, size, rows).with_field(item)
        }
        let lists = match column.precision {
            Precision::Half => Lists::Half(lists(column, rows)),
            Precision::Single => Lists::Single(lists(column, rows)),
        };
        Self { stored: column.stored.clone(), channels: column.channels, lists }
    }

    fn push_none(&mut self) {
        // Zeros take the place, so that the numbers of all rows can be read as one block.
        match &mut self.lists {
            Lists::Half(lists) => {
                lists.values().append_value_n(f16::ZERO, self.channels);
                lists.append(false);
            }
            Lists::Single(lists) => {
                lists.values().append_value_n(0.0, self.channels);
                lists.append(false);
            }
        }
    }

    /// Says whether the numbers could be kept.
    fn push(&mut self, numbers: NumbersRef<'_>) -> bool {
        assert_eq!(numbers.len(), self.channels, "numbers of {} ({})", self.stored.layer, self.stored.pooling.word());
        match (&mut self.lists, numbers) {
            (Lists::Half(lists), NumbersRef::Half(numbers)) => {
                lists.values().append_slice(numbers);
                lists.append(true);
            }
            (Lists::Half(lists), NumbersRef::Single(numbers)) if numbers.iter().all(|number| fits_half(*number)) => {
                let mut halves = vec![f16::ZERO; numbers.len()];
                halves.convert_from_f32_slice(numbers);
                lists.values().append_slice(&halves);
                lists.append(true);
            }
            (Lists::Half(_), NumbersRef::Single(_)) => {
                self.push_none();
                return false;
            }
            (Lists::Single(lists), numbers) => {
                let mut wide = vec![0.0; numbers.len()];
                numbers.widen_into(&mut wide);
                lists.values().append_slice(&wide);
                lists.append(true);
            }
        }
        true
    }

    fn into_array(self) -> ArrayRef {
        match self.lists {
            Lists::Half(mut lists) => Arc::new(lists.finish()),
            Lists::Single(mut lists) => Arc::new(lists.finish()),
        }
    }
}
