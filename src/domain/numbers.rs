//! Numbers in the precision in which they are stored.

use half::f16;
use half::slice::HalfFloatSliceExt;

use super::{Precision, StoredLayer, counted, thousands};

/// The largest half.
pub const LARGEST_HALF: f32 = 65_504.0;

/// Numbers up to this size are stored in half precision. The largest half is 65,504; what lies nearer to it than to the
/// half before it is taken for too large already, so that a stored 65,504 is never a number that was cut off.
pub const LARGEST_IN_HALF: f32 = 65_488.0;

/// Numbers of a layer, in half precision or, where that does not reach far enough, in single.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// 16 bits each: 11 bits are more than enough for activations.
    Half(Vec<f16>),
    /// 32 bits each.
    Single(Vec<f32>),
}

/// Some [`Numbers`] of somebody else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NumbersRef<'a> {
    /// In half precision.
    Half(&'a [f16]),
    /// In single precision.
    Single(&'a [f32]),
}

/// Whether half precision holds a number. What is not finite it holds as it is.
pub fn fits_half(value: f32) -> bool {
    !value.is_finite() || value.abs() <= LARGEST_IN_HALF
}

/// Which layers are kept in single precision, and why, in a sentence without its stop; the first five by name.
pub fn single_in_words(columns: &[StoredLayer]) -> String {
    let mut layers: Vec<&str> = Vec::new();
    for column in columns {
        if !layers.contains(&column.layer.as_str()) {
            layers.push(&column.layer);
        }
    }
    let named = layers.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    let more = match layers.len().saturating_sub(5) {
        0 => String::new(),
        more => format!(" and {} more", thousands(more)),
    };
    let who = counted(layers.len(), "layer is", "layers are");
    format!("{who} stored in single precision, because half precision ends at 65,504: {named}{more}")
}

impl Numbers {
    /// Nothing yet.
    pub fn new(precision: Precision) -> Self {
        match precision {
            Precision::Half => Self::Half(Vec::new()),
            Precision::Single => Self::Single(Vec::new()),
        }
    }

    /// In half precision if all of them fit, else in single.
    pub fn narrowed(values: Vec<f32>) -> Self {
        match values.iter().all(|value| fits_half(*value)) {
            true => Self::Half(values.into_iter().map(f16::from_f32).collect()),
            false => Self::Single(values),
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.as_ref().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their precision.
    pub fn precision(&self) -> Precision {
        self.as_ref().precision()
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.len() * self.precision().bytes()
    }

    /// To look at.
    pub fn as_ref(&self) -> NumbersRef<'_> {
        match self {
            Self::Half(values) => NumbersRef::Half(values),
            Self::Single(values) => NumbersRef::Single(values),
        }
    }

    /// The same in single precision; every half is a single.
    pub fn into_single(self) -> Vec<f32> {
        match self {
            Self::Half(values) => values.to_f32_vec(),
            Self::Single(values) => values,
        }
    }

    /// Appends others. All are in single precision afterwards if either are.
    pub fn extend(&mut self, others: NumbersRef<'_>) {
        match (&mut *self, others) {
            (Self::Half(values), NumbersRef::Half(others)) => values.extend_from_slice(others),
            (Self::Single(values), NumbersRef::Single(others)) => values.extend_from_slice(others),
            (Self::Single(values), NumbersRef::Half(others)) => {
                let before = values.len();
                values.resize(before + others.len(), 0.0);
                others.convert_to_f32_slice(&mut values[before..]);
            }
            (Self::Half(values), NumbersRef::Single(others)) => {
                let mut wide = std::mem::take(values).to_f32_vec();
                wide.extend_from_slice(others);
                *self = Self::Single(wide);
            }
        }
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Self::new(Precision::Half)
    }
}

impl From<Vec<f16>> for Numbers {
    fn from(values: Vec<f16>) -> Self {
        Self::Half(values)
    }
}

impl From<Vec<f32>> for Numbers {
    fn from(values: Vec<f32>) -> Self {
        Self::Single(values)
    }
}

impl FromIterator<f16> for Numbers {
    fn from_iter<I: IntoIterator<Item = f16>>(values: I) -> Self {
        Self::Half(values.into_iter().collect())
    }
}

impl<'a> NumbersRef<'a> {
    /// How many.
    pub fn len(self) -> usize {
        match self {
            Self::Half(values) => values.len(),
            Self::Single(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Their precision.
    pub fn precision(self) -> Precision {
        match self {
            Self::Half(_) => Precision::Half,
            Self::Single(_) => Precision::Single,
        }
    }

    /// One of them.
    ///
    /// # Panics
    /// When there is no such one.
    #[inline]
    pub fn get(self, place: usize) -> f32 {
        match self {
            Self::Half(values) => values[place].to_f32(),
            Self::Single(values) => values[place],
        }
    }

    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = f32> + 'a {
        (0..self.len()).map(move |place| self.get(place))
    }

    /// `count` of them from `first` on.
    ///
    /// # Panics
    /// When there are not as many.
    #[inline]
    pub fn slice(self, first: usize, count: usize) -> Self {
        match self {
            Self::Half(values) => Self::Half(&values[first..first + count]),
            Self::Single(values) => Self::Single(&values[first..first + count]),
        }
    }

    /// Pieces of `size`, one after the other; the last may be shorter.
    ///
    /// # Panics
    /// When the size is 0.
    pub fn chunks(self, size: usize) -> impl Iterator<Item = Self> + 'a {
        (0..self.len()).step_by(size).map(move |first| self.slice(first, size.min(self.len() - first)))
    }

    /// Writes them in single precision into `wide`, which has the same length.
    ///
    /// # Panics
    /// When it has another.
    pub fn widen_into(self, wide: &mut [f32]) {
        match self {
            Self::Half(values) => values.convert_to_f32_slice(wide),
            Self::Single(values) => wide.copy_from_slice(values),
        }
    }

    /// In half precision; `None` if they are not.
    pub fn as_half(self) -> Option<&'a [f16]> {
        match self {
            Self::Half(values) => Some(values),
            Self::Single(_) => None,
        }
    }

    /// A copy to keep.
    pub fn to_numbers(self) -> Numbers {
        match self {
            Self::Half(values) => Numbers::Half(values.to_vec()),
            Self::Single(values) => Numbers::Single(values.to_vec()),
        }
    }
}

impl<'a> From<&'a [f16]> for NumbersRef<'a> {
    fn from(values: &'a [f16]) -> Self {
        Self::Half(values)
    }
}

impl<'a> From<&'a [f32]> for NumbersRef<'a> {
    fn from(values: &'a [f32]) -> Self {
        Self::Single(values)
    }
}

impl<'a> From<&'a Vec<f16>> for NumbersRef<'a> {
    fn from(values: &'a Vec<f16>) -> Self {
        Self::Half(values)
    }
}

impl<'a, const COUNT: usize> From<&'a [f16; COUNT]> for NumbersRef<'a> {
    fn from(values: &'a [f16; COUNT]) -> Self {
        Self::Half(values)
    }
}

impl PartialEq<Vec<f16>> for NumbersRef<'_> {
    fn eq(&self, other: &Vec<f16>) -> bool {
        *self == NumbersRef::Half(other)
    }
}
