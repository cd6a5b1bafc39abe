//! Vectors and features read: of all images, one after the other, of some.

use std::ops::ControlFlow;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Float16Type, Float32Type, UInt32Type};

use super::FeatureTable;
use crate::domain::{ImageId, Matrix, Numbers, NumbersRef, Precision, StoredLayer, Vectors};
use crate::store::StoreError;
use crate::store::columns::Column;
use crate::store::table::batch_rows;

impl FeatureTable {
    /// The vectors of all images that have one at a layer: read batch by batch, every number copied once.
    ///
    /// # Errors
    /// When the layer is not stored, or the table cannot be read.
    pub fn vectors(&self, layer: &StoredLayer) -> Result<Vectors, StoreError> {
        let column = self.column(layer)?;
        let (ids, numbers) = match column.precision {
            Precision::Half => {
                let (ids, values) = self.read::<Float16Type>(column)?;
                (ids, Numbers::Half(values))
            }
            Precision::Single => {
                let (ids, values) = self.read::<Float32Type>(column)?;
                (ids, Numbers::Single(values))
            }
        };
        Ok(Vectors { ids, matrix: Matrix::of(column.channels, numbers) })
    }

    /// The images that have a vector in a column, ascending, and their vectors.
    fn read<T: ArrowPrimitiveType>(&self, column: &Column) -> Result<(Vec<ImageId>, Vec<T::Native>), StoreError> {
        let channels = column.channels;
        let mut values: Vec<T::Native> = Vec::with_capacity(self.rows.len() * channels);
        let ranks = self.rows.ranks();
        if ranks.is_some() {
            values.resize(self.rows.len() * channels, T::Native::default());
        }
        let mut lacking = Vec::new();
        let mut row = 0;
        self.table.scan(&[&column.name], batch_rows(column.width()), |batch| {
            let list = batch.column(0).as_fixed_size_list_opt();
            let found = list.and_then(|list| list.values().as_primitive_opt::<T>());
            let found = found.ok_or_else(|| self.damaged(&column.name))?.values();
            if found.len() != batch.num_rows() * channels {
                return Err(self.damaged(&column.name));
            }
            let rank = |offset: usize| ranks.as_ref().map_or(row + offset, |ranks| ranks[row + offset] as usize);
            match &ranks {
                None => values.extend_from_slice(found),
                Some(_) => {
                    for (offset, vector) in found.chunks_exact(channels).enumerate() {
                        values[rank(offset) * channels..(rank(offset) + 1) * channels].copy_from_slice(vector);
                    }
                }
            }
            if batch.column(0).null_count() > 0 {
                let is_lacking = |offset: &usize| batch.column(0).is_null(*offset);
                lacking.extend((0..batch.num_rows()).filter(is_lacking).map(rank));
            }
            row += batch.num_rows();
            Ok(())
        })?;
        if row != self.rows.len() {
            return Err(self.damaged(&column.name));
        }
        if lacking.is_empty() {
            return Ok((self.ids().to_vec(), values));
        }
        lacking.sort_unstable();
        let is_there = |rank: &usize| lacking.binary_search(rank).is_err();
        let there: Vec<usize> = (0..self.rows.len()).filter(is_there).collect();
        let values = there.iter().flat_map(|rank| &values[rank * channels..(rank + 1) * channels]).copied().collect();
        Ok((there.iter().map(|rank| self.ids()[*rank]).collect(), values))
    }

    /// Hands the vectors of a layer to `each`, batch after batch in the table's order, with the images they are of; stops
    /// when it says so.
    ///
    /// # Errors
    /// When the layer is not stored, or cannot be read.
    pub fn each_batch(
        &self,
        layer: &StoredLayer,
        mut each: impl FnMut(&[ImageId], NumbersRef<'_>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let column = self.column(layer)?;
        let channels = column.channels;
        self.table.scan_where(None, &["id", &column.name], batch_rows(column.width()), |batch| {
            let ids = batch.column(0).as_primitive_opt::<UInt32Type>().ok_or_else(|| self.damaged("id"))?;
            let found = column.numbers(batch.column(1)).ok_or_else(|| self.damaged(&column.name))?;
            let ids: Vec<ImageId> = ids.values().iter().map(|id| ImageId(*id)).collect();
            if batch.column(1).null_count() == 0 {
                return Ok(each(&ids, found));
            }
            let mut values = Numbers::new(column.precision);
            let there: Vec<usize> = (0..ids.len()).filter(|row| batch.column(1).is_valid(*row)).collect();
            there.iter().for_each(|row| values.extend(found.slice(row * channels, channels)));
            let ids: Vec<ImageId> = there.into_iter().map(|row| ids[row]).collect();
            Ok(each(&ids, values.as_ref()))
        })
    }

    /// Hands one feature of every image to `each`, in the table's order; `None` where an image has no vector. Stops when it
    /// says so.
    ///
    /// # Errors
    /// When the layer is not stored, or has no such channel, or the table cannot be read.
    pub fn each_feature(
        &self,
        layer: &StoredLayer,
        channel: usize,
        mut each: impl FnMut(ImageId, Option<f32>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let column = self.column(layer)?;
        let channels = column.channels;
        if channel >= channels {
            return Err(self.does_not_fit(format!("{} has channels 0 to {}", column.name, channels.saturating_sub(1))));
        }
        self.table.scan_where(None, &["id", &column.name], batch_rows(column.width()), |batch| {
            let ids = batch.column(0).as_primitive_opt::<UInt32Type>().ok_or_else(|| self.damaged("id"))?;
            let values = column.numbers(batch.column(1)).ok_or_else(|| self.damaged(&column.name))?;
            for row in 0..batch.num_rows() {
                let value = batch.column(1).is_valid(row).then(|| values.get(row * channels + channel));
                if each(ImageId(ids.value(row)), value).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    /// The vector of one image at a layer; `None` when the image has no features.
    ///
    /// # Errors
    /// As [`Self::vectors`].
    pub fn vector(&self, layer: &StoredLayer, id: ImageId) -> Result<Option<Vec<f32>>, StoreError> {
        let column = self.column(layer)?;
        let Some(row) = self.rows.row_of(id) else { return Ok(None) };
        let batch = self.table.take_one(row as u64, &column.name)?;
        if batch.column(0).is_null(0) {
            return Ok(None);
        }
        let found = column.numbers(batch.column(0)).ok_or_else(|| self.damaged(&column.name))?;
        Ok(Some(found.iter().collect()))
    }

    /// The vectors of some images at a layer, in the order in which they are named; `None` of an image that has none there.
    ///
    /// # Errors
    /// When the layer is not stored, or cannot be read.
    pub fn vectors_of(&self, layer: &StoredLayer, ids: &[ImageId]) -> Result<Vec<Option<Vec<f32>>>, StoreError> {
        let column = self.column(layer)?;
        let mut found = vec![None; ids.len()];
        let place = |(place, id): (usize, &ImageId)| Some((place, self.rows.row_of(*id)? as u64));
        let (places, rows): (Vec<usize>, Vec<u64>) = ids.iter().enumerate().filter_map(place).unzip();
        if rows.is_empty() {
            return Ok(found);
        }
        let batch = self.table.take(&rows, &[&column.name])?;
        let stored = column.numbers(batch.column(0)).ok_or_else(|| self.damaged(&column.name))?;
        let numbers: Vec<f32> = stored.iter().collect();
        for (row, place) in places.into_iter().enumerate().filter(|(row, _)| batch.column(0).is_valid(*row)) {
            found[place] = Some(numbers[row * column.channels..(row + 1) * column.channels].to_vec());
        }
        Ok(found)
    }
}
