//! Activations as values of bytes.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use half::f16;

use crate::domain::{Numbers, NumbersRef, Precision, fits_half};

/// Little-endian, as numpy reads `<f2`, or `<f4` where half precision is not enough.
pub(super) fn bytes_of(values: NumbersRef<'_>) -> Vec<u8> {
    match values {
        NumbersRef::Half(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        NumbersRef::Single(values) if values.iter().all(|value| fits_half(*value)) => {
            values.iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()).collect()
        }
        NumbersRef::Single(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    }
}

/// The numbers of all rows, in single precision if one of them is; `None` when a row has not `numbers` of them.
pub(super) fn numbers_of(column: &ArrayRef, numbers: usize) -> Option<Numbers> {
    let column = column.as_binary_opt::<i64>()?;
    let is_single = (0..column.len()).any(|row| numbers > 0 && column.value(row).len() == numbers * 4);
    let mut values = Numbers::new(if is_single { Precision::Single } else { Precision::Half });
    for row in 0..column.len() {
        let bytes = column.value(row);
        if bytes.len() == numbers * 2 {
            let halves: Vec<f16> = bytes.as_chunks::<2>().0.iter().map(|bytes| f16::from_le_bytes(*bytes)).collect();
            values.extend(NumbersRef::Half(&halves));
        } else if bytes.len() == numbers * 4 {
            let singles: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
            values.extend(NumbersRef::Single(&singles));
        } else {
            return None;
        }
    }
    Some(values)
}
