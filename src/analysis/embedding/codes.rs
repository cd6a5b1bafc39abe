//! Ternary codes in two bit planes: 2 bits a feature instead of 32.

use thiserror::Error;

use crate::domain::ImageId;

/// What each image says of each feature of the whole network: more than usual (+1), less (-1), nothing special (0).
///
/// A row is two planes of bits, one for +1 and one for -1; never both at a place. Feature `f` is bit `f % 64` of word
/// `f / 64`; a plane is filled up to a whole word with zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TernaryCodes {
    features: usize,
    ids: Vec<ImageId>,
    positive: Vec<u64>,
    negative: Vec<u64>,
}

/// One image's codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TernaryRow<'a> {
    /// Where it is +1.
    pub positive: &'a [u64],
    /// Where it is -1.
    pub negative: &'a [u64],
}

impl TernaryRow<'_> {
    /// The code at a feature.
    pub fn get(&self, feature: usize) -> i8 {
        let bit = |plane: &[u64]| (plane[feature / 64] >> (feature % 64) & 1) as i8;
        bit(self.positive) - bit(self.negative)
    }
}

/// Why bytes are no ternary codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadCodes {
    /// Cut off, or of another number of features.
    #[error("{found} bytes were found where {expected} are needed; embed the collection again")]
    Length {
        /// Bytes that the images and features make.
        expected: usize,
        /// Bytes that were given.
        found: usize,
    },
    /// A feature is +1 and -1 at once, or there are bits beyond the last feature.
    #[error("the codes of image {} are damaged; embed the collection again", image.0)]
    Damaged {
        /// The first such image.
        image: ImageId,
    },
}

impl TernaryCodes {
    /// Codes of zeros.
    ///
    /// # Panics
    /// When `ids` do not ascend.
    pub fn zeros(ids: Vec<ImageId>, features: usize) -> Self {
        assert!(ids.is_sorted_by(|a, b| a < b), "images in ascending order, each once");
        let words = ids.len() * features.div_ceil(64);
        Self { features, ids, positive: vec![0; words], negative: vec![0; words] }
    }

    /// Packs plain codes; what is neither -1 nor +1 counts by its sign.
    ///
    /// # Shapes
    /// - `values`: `[ids.len(), features]`, row-major
    ///
    /// # Panics
    /// When `values` has another shape, or `ids` do not ascend.
    pub fn pack(ids: Vec<ImageId>, features: usize, values: &[i8]) -> Self {
        assert_eq!(values.len(), ids.len() * features, "one code an image and feature");
        let mut codes = Self::zeros(ids, features);
        for row in 0..codes.rows() {
            let values = &values[row * features..(row + 1) * features];
            let (positive, negative) = codes.planes_mut(row);
            for (feature, value) in values.iter().enumerate() {
                positive[feature / 64] |= u64::from(*value > 0) << (feature % 64);
                negative[feature / 64] |= u64::from(*value < 0) << (feature % 64);
            }
        }
        codes
    }

    /// The plain codes, `[rows, features]`, row-major.
    pub fn unpack(&self) -> Vec<i8> {
        (0..self.rows()).flat_map(|row| (0..self.features).map(move |feature| self.ternary(row, feature))).collect()
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Number of images.
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Whose rows they are, ascending.
    pub fn ids(&self) -> &[ImageId] {
        &self.ids
    }

    /// Words of a row in each plane.
    pub fn words(&self) -> usize {
        self.features.div_ceil(64)
    }

    /// The row of an image, if it has one.
    pub fn row_of(&self, id: ImageId) -> Option<usize> {
        // Usually nothing is missing and the row is the id itself.
        match self.ids.get(id.index()) {
            Some(found) if *found == id => Some(id.index()),
            _ => self.ids.binary_search(&id).ok(),
        }
    }

    /// One row.
    pub fn row(&self, row: usize) -> TernaryRow<'_> {
        let words = self.words();
        let range = row * words..(row + 1) * words;
        TernaryRow { positive: &self.positive[range.clone()], negative: &self.negative[range] }
    }

    /// The code of one image at one feature.
    pub fn ternary(&self, row: usize, feature: usize) -> i8 {
        assert!(feature < self.features, "feature {feature} of {}", self.features);
        self.row(row).get(feature)
    }

    /// Bytes in memory of the codes of so many images.
    pub fn memory_bytes(images: usize, features: usize) -> u64 {
        2 * 8 * images as u64 * features.div_ceil(64) as u64
    }

    /// Bytes of a row when stored: 2 bits a feature, each plane filled up to a whole byte.
    pub fn row_bytes(features: usize) -> usize {
        2 * features.div_ceil(8)
    }

    /// Appends the bytes of a row to those of others: the plane of +1 to the first, that of -1 to the second. Feature `f` is bit
    /// `f % 8` of byte `f / 8`.
    pub fn append_bytes(&self, row: usize, [strong, weak]: [&mut Vec<u8>; 2]) {
        let plane_bytes = self.features.div_ceil(8);
        let TernaryRow { positive, negative } = self.row(row);
        for (plane, bytes) in [(positive, strong), (negative, weak)] {
            bytes.extend(plane.iter().flat_map(|word| word.to_le_bytes()).take(plane_bytes));
        }
    }

    /// Takes a row that [`append_bytes`](Self::append_bytes) gave.
    ///
    /// # Errors
    /// When there are more or fewer bytes than that, or the planes contradict each other.
    pub fn set_bytes(&mut self, row: usize, bytes: [&[u8]; 2]) -> Result<(), BadCodes> {
        let expected = Self::row_bytes(self.features);
        if bytes.iter().any(|plane| plane.len() * 2 != expected) {
            return Err(BadCodes::Length { expected, found: bytes[0].len() + bytes[1].len() });
        }
        let beyond = match self.features % 64 {
            0 => 0,
            used => u64::MAX << used,
        };
        let image = self.ids[row];
        let (positive, negative) = self.planes_mut(row);
        for (plane, bytes) in [&mut *positive, &mut *negative].into_iter().zip(bytes) {
            for (word, bytes) in plane.iter_mut().zip(bytes.chunks(8)) {
                let mut whole = [0; 8];
                whole[..bytes.len()].copy_from_slice(bytes);
                *word = u64::from_le_bytes(whole);
            }
        }
        let both = positive.iter().zip(&*negative).any(|(positive, negative)| positive & negative != 0);
        let last = |plane: &[u64]| plane.last().copied().unwrap_or(0) & beyond;
        match both || last(positive) != 0 || last(negative) != 0 {
            true => Err(BadCodes::Damaged { image }),
            false => Ok(()),
        }
    }

    /// Both planes of a row.
    fn planes_mut(&mut self, row: usize) -> (&mut [u64], &mut [u64]) {
        let words = self.words();
        let range = row * words..(row + 1) * words;
        (&mut self.positive[range.clone()], &mut self.negative[range])
    }

    /// Whose rows they are, and both planes of all rows, for writers that share them out.
    pub(super) fn parts_mut(&mut self) -> (&[ImageId], &mut [u64], &mut [u64]) {
        (&self.ids, &mut self.positive, &mut self.negative)
    }
}
