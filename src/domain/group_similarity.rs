//! How similar groups are to each other.

/// Cosines between the middles of groups: of many groups only the largest are compared
/// ([`MOST_IN_MATRIX`](super::MOST_IN_MATRIX)).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupSimilarity {
    /// The groups that are compared, by their places among all groups, ascending.
    pub groups: Vec<usize>,
    /// `[groups, groups]`, row-major, 1 on the diagonal: cosines in `-1..=1`.
    pub cosines: Vec<f32>,
    /// An order in which similar ones stand beside each other: rows of this matrix.
    pub by_similarity: Vec<usize>,
    /// How many groups were too many.
    pub left_out: usize,
}

impl GroupSimilarity {
    /// The cosine between two rows of the matrix.
    pub fn cosine(&self, a: usize, b: usize) -> f32 {
        self.cosines[a * self.groups.len() + b]
    }

    /// The rows, the most similar to one of them first: that one itself, then by falling cosine, ties by place.
    pub fn nearest_to(&self, row: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        order.sort_by(|a, b| {
            let of = |other: usize| (other == row, self.cosine(row, other));
            let ((a_itself, a_cosine), (b_itself, b_cosine)) = (of(*a), of(*b));
            b_itself.cmp(&a_itself).then(b_cosine.total_cmp(&a_cosine)).then(a.cmp(b))
        });
        order
    }
}
