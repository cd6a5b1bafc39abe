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

    /// The codes of `ids`: from `newer`, encoded with the same reference, where it has them, else from these. An image that
    /// neither has is left out.
    ///
    /// # Panics
    /// When the two have other features, or `ids` do not ascend.
    pub fn updated(&self, newer: &Self, ids: &[ImageId]) -> Self {
        assert_eq!(self.features, newer.features, "codes of the same features");
        let of =
            |id: &ImageId| newer.row_of(*id).map(|row| newer.row(row)).or_else(|| Some(self.row(self.row_of(*id)?)));
        let known: Vec<(ImageId, TernaryRow<'_>)> = ids.iter().filter_map(|id| Some((*id, of(id)?))).collect();
        let mut codes = Self::zeros(known.iter().map(|(id, _)| *id).collect(), self.features);
        for (row, (_, code)) in known.iter().enumerate() {
            let (positive, negative) = codes.planes_mut(row);
            positive.copy_from_slice(code.positive);
            negative.copy_from_slice(code.negative);
        }
        codes
    }

    /// Bytes of a row when stored: 2 bits a feature, each plane filled up to a whole byte.
    pub fn row_bytes(features: usize) -> usize {
        2 * features.div_ceil(8)
    }

    /// The codes as bytes, row after row: the plane of +1, then that of -1; feature `f` is bit `f % 8` of byte `f / 8`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let plane_bytes = self.features.div_ceil(8);
        let mut bytes = Vec::with_capacity(self.rows() * 2 * plane_bytes);
        for row in 0..self.rows() {
            let TernaryRow { positive, negative } = self.row(row);
            for plane in [positive, negative] {
                bytes.extend(plane.iter().flat_map(|word| word.to_le_bytes()).take(plane_bytes));
            }
        }
        bytes
    }

    /// Takes what [`to_bytes`](Self::to_bytes) gave.
    ///
    /// # Errors
    /// When there are more or fewer bytes than that, or the planes contradict each other.
    ///
    /// # Panics
    /// When `ids` do not ascend.
    pub fn from_bytes(ids: Vec<ImageId>, features: usize, bytes: &[u8]) -> Result<Self, BadCodes> {
        let expected = ids.len() * Self::row_bytes(features);
        if bytes.len() != expected {
            return Err(BadCodes::Length { expected, found: bytes.len() });
        }
        let mut codes = Self::zeros(ids, features);
        let plane_bytes = features.div_ceil(8);
        let beyond = match features % 64 {
            0 => 0,
            used => u64::MAX << used,
        };
        for row in 0..codes.rows() {
            let bytes = &bytes[row * 2 * plane_bytes..(row + 1) * 2 * plane_bytes];
            let image = codes.ids[row];
            let (positive, negative) = codes.planes_mut(row);
            for (plane, bytes) in [(&mut *positive, &bytes[..plane_bytes]), (&mut *negative, &bytes[plane_bytes..])] {
                for (word, bytes) in plane.iter_mut().zip(bytes.chunks(8)) {
                    let mut whole = [0; 8];
                    whole[..bytes.len()].copy_from_slice(bytes);
                    *word = u64::from_le_bytes(whole);
                }
            }
            let both = positive.iter().zip(&*negative).any(|(positive, negative)| positive & negative != 0);
            let last = |plane: &[u64]| plane.last().copied().unwrap_or(0) & beyond;
            if both || last(positive) != 0 || last(negative) != 0 {
                return Err(BadCodes::Damaged { image });
            }
        }
        Ok(codes)
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
