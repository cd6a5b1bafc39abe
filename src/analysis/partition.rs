//! Two ways of putting the same things in groups, compared.

use std::collections::BTreeMap;

use super::Graph;

/// Counts of things by their group in one partition and in the other, where they are in one of each.
pub struct Contingency {
    cells: BTreeMap<(u32, u32), u64>,
    rows: BTreeMap<u32, u64>,
    columns: BTreeMap<u32, u64>,
    total: u64,
}

impl Contingency {
    /// Counts.
    ///
    /// # Panics
    /// When the two are not of the same things.
    pub fn new(a: &[Option<u32>], b: &[Option<u32>]) -> Self {
        assert_eq!(a.len(), b.len(), "two partitions of the same things");
        let mut this = Self { cells: BTreeMap::new(), rows: BTreeMap::new(), columns: BTreeMap::new(), total: 0 };
        for (a, b) in a.iter().zip(b).filter_map(|(a, b)| Some(((*a)?, (*b)?))) {
            *this.cells.entry((a, b)).or_default() += 1;
            *this.rows.entry(a).or_default() += 1;
            *this.columns.entry(b).or_default() += 1;
            this.total += 1;
        }
        this
    }

    /// Things that are in a group of both.
    pub fn total(&self) -> usize {
        self.total as usize
    }

    /// Normalised mutual information, by the arithmetic mean of the two entropies: 1 for the same groups. Two partitions
    /// of one group each say the same: 1, too.
    pub fn nmi(&self) -> f64 {
        let total = self.total as f64;
        let entropy = |counts: &BTreeMap<u32, u64>| -> f64 {
            counts.values().map(|count| *count as f64 / total).map(|share| -share * share.ln()).sum()
        };
        let mean = (entropy(&self.rows) + entropy(&self.columns)) / 2.0;
        if self.total == 0 || mean <= 0.0 {
            return 1.0;
        }
        let information: f64 = self
            .cells
            .iter()
            .map(|((a, b), count)| {
                let (count, expected) = (*count as f64, self.rows[a] as f64 * self.columns[b] as f64 / total);
                count / total * (count / expected).ln()
            })
            .sum();
        (information / mean).clamp(0.0, 1.0)
    }

    /// Adjusted Rand index (Hubert and Arabie 1985): 1 for the same groups, about 0 for chance.
    pub fn ari(&self) -> f64 {
        let pairs = |count: &u64| *count as f64 * (*count as f64 - 1.0) / 2.0;
        let both: f64 = self.cells.values().map(pairs).sum();
        let (a, b): (f64, f64) = (self.rows.values().map(pairs).sum(), self.columns.values().map(pairs).sum());
        let all = pairs(&self.total);
        let expected = if all > 0.0 { a * b / all } else { 0.0 };
        let most = (a + b) / 2.0;
        if most == expected { 1.0 } else { (both - expected) / (most - expected) }
    }

    /// The share of things that are in the most frequent group of `b` within their group of `a`.
    pub fn purity(&self) -> f64 {
        let mut most: BTreeMap<u32, u64> = BTreeMap::new();
        for ((a, _), count) in &self.cells {
            let known = most.entry(*a).or_default();
            *known = (*known).max(*count);
        }
        if self.total == 0 { 1.0 } else { most.values().sum::<u64>() as f64 / self.total as f64 }
    }
}

/// Counts groups anew from 0 by falling size, ties by their first member.
pub fn by_size(of: &[Option<u32>]) -> Vec<Option<u32>> {
    let mut sizes: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for (row, group) in of.iter().enumerate() {
        if let Some(group) = group {
            sizes.entry(*group).or_insert((0, row)).0 += 1;
        }
    }
    let mut groups: Vec<(u32, (usize, usize))> = sizes.into_iter().collect();
    groups.sort_by_key(|(_, (size, first))| (std::cmp::Reverse(*size), *first));
    let rank: BTreeMap<u32, u32> = groups.iter().zip(0..).map(|((group, _), rank)| (*group, rank)).collect();
    of.iter().map(|group| group.map(|group| rank[&group])).collect()
}

/// Newman and Girvan's modularity with weights and a resolution: how much more weight lies within groups than chance would
/// put there. Vertices in no group count as groups of their own.
///
/// # Panics
/// When there is not one entry a vertex.
pub fn modularity(graph: &Graph, of: &[Option<u32>], resolution: f64) -> f64 {
    assert_eq!(graph.vertices(), of.len(), "one group a vertex");
    let weight = |vertex: usize| graph.weights(vertex).iter().map(|weight| f64::from(*weight)).sum::<f64>();
    let total: f64 = (0..of.len()).map(weight).sum();
    if total == 0.0 {
        return 0.0;
    }
    let alone = of.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    let group = |vertex: usize| of[vertex].map_or(alone + vertex, |group| group as usize);
    let mut strengths = vec![0.0; alone + of.len()];
    let mut within = 0.0;
    for vertex in 0..of.len() {
        strengths[group(vertex)] += weight(vertex);
        for (other, weight) in graph.neighbours(vertex).iter().zip(graph.weights(vertex)) {
            if group(vertex) == group(*other as usize) {
                within += f64::from(*weight);
            }
        }
    }
    let expected: f64 = strengths.iter().map(|strength| (strength / total).powi(2)).sum();
    within / total - resolution * expected
}
