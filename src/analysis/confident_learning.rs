//! Labels that are probably wrong, by confident learning (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating
//! Uncertainty in Dataset Labels", section 3.1).
//!
//! Asked is how probable each class is of each row, by something that did not see the row's own label. A class counts for
//! a row where it is at least as probable as it usually is of the rows that have its label: classes that are hard to tell need
//! less. Rows for which another class counts than their own are off the diagonal of the confident joint, and suspicious.
//! These are the rows that `cleanlab.filter.find_label_issues(filter_by="confident_learning")` finds, in the order of its
//! scores; `tests/golden/suspicious` compares them.

use super::KnnGraph;

/// Probabilities that differ by less are the same: their sums are rounded.
const SAME: f64 = 1e-6;
/// No class counts where it is less probable, even if it is never more.
const LEAST_THRESHOLD: f64 = 2.0 * SAME;

/// How probable each class is of each row. Most are nothing, and are not held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Probabilities {
    /// How many classes there are.
    classes: usize,
    /// Where the entries of each row end.
    ends: Vec<usize>,
    /// Class and probability, by class within a row.
    entries: Vec<(u32, f32)>,
}

impl Probabilities {
    /// Of so many classes, for no row yet.
    pub fn new(classes: usize) -> Self {
        Self { classes, ends: Vec::new(), entries: Vec::new() }
    }

    /// The share of each row's neighbours that have each label; its own is not asked, so these are probabilities out of
    /// sample: each row is judged by the others (leave-one-out).
    ///
    /// # Shapes
    /// `labels`: `[graph.rows()]`, below `classes`.
    ///
    /// # Panics
    /// When there is not one label a row.
    pub fn of_neighbours(graph: &KnnGraph, labels: &[u32], classes: usize) -> Self {
        assert!(graph.k() == 0 || graph.rows() == labels.len(), "one label a row");
        let mut shares = Self::new(classes);
        let mut near: Vec<u32> = Vec::with_capacity(graph.k());
        for row in 0..graph.rows() {
            near.clear();
            near.extend(graph.neighbours(row).iter().map(|other| labels[*other as usize]));
            near.sort_unstable();
            let share = |alike: &[u32]| (alike[0], alike.len() as f32 / near.len() as f32);
            shares.push(near.chunk_by(|a, b| a == b).map(share));
        }
        shares
    }

    /// Adds a row: each class that is not impossible, ascending, and how probable it is.
    ///
    /// # Panics
    /// When classes do not ascend, or there is no such class.
    pub fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        let start = self.entries.len();
        self.entries.extend(row);
        let added = &self.entries[start..];
        assert!(added.is_sorted_by(|a, b| a.0 < b.0), "classes ascend");
        assert!(added.last().is_none_or(|(class, _)| (*class as usize) < self.classes), "there is no such class");
        self.ends.push(self.entries.len());
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// The classes that are not impossible, ascending, each with its probability.
    pub fn row(&self, row: usize) -> &[(u32, f32)] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.entries[start..self.ends[row]]
    }

    /// How probable a class is.
    pub fn of(&self, row: usize, class: u32) -> f32 {
        let row = self.row(row);
        row.binary_search_by_key(&class, |(class, _)| *class).map_or(0.0, |place| row[place].1)
    }
}

/// A row whose label is probably wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suspicion {
    /// The row.
    pub row: usize,
    /// The most probable class, the first among equals.
    pub likely: u32,
    /// The probability of its label less that of the most probable other class, from 0 to 1: `(p - q + 1) / 2`.
    pub margin: f32,
    /// The probability of its label.
    pub confidence: f32,
}

/// How probable each class usually is of the rows with its label: from there on it counts.
///
/// # Shapes
/// `labels`: `[probabilities.rows()]`; returns one a class, more than any probability for a class without rows.
pub fn thresholds(labels: &[u32], probabilities: &Probabilities) -> Vec<f64> {
    let mut sums = vec![(0.0f64, 0usize); probabilities.classes];
    for (row, label) in labels.iter().enumerate() {
        let (sum, count) = &mut sums[*label as usize];
        *sum += f64::from(probabilities.of(row, *label));
        *count += 1;
    }
    let mean = |(sum, count): (f64, usize)| match count {
        0 => 2.0,
        _ => (sum / count as f64).max(LEAST_THRESHOLD),
    };
    sums.into_iter().map(mean).collect()
}

/// The rows whose labels are probably wrong, ascending.
///
/// Where several classes count for a row, it is the most probable of all classes that it is counted for, the first among
/// equals. A row whose label is as probable as any other is not suspicious.
///
/// # Shapes
/// `labels`: `[probabilities.rows()]`, each a class.
///
/// # Panics
/// When there is not one label a row, or it is no class.
pub fn suspicious(labels: &[u32], probabilities: &Probabilities) -> Vec<Suspicion> {
    assert_eq!(labels.len(), probabilities.rows(), "one label a row");
    let thresholds = thresholds(labels, probabilities);
    let judge = |(row, label): (usize, &u32)| {
        let known = probabilities.row(row);
        let mut counting =
            known.iter().filter(|(class, share)| f64::from(*share) >= thresholds[*class as usize] - SAME);
        let first = counting.next()?.0;
        let likely = most_probable(known)?;
        let counted_for = if counting.next().is_some() { likely } else { first };
        let confidence = probabilities.of(row, *label);
        let others = known.iter().filter(|(class, _)| class != label);
        let best_other = others.map(|(_, share)| *share).fold(0.0, f32::max);
        let is_right = counted_for == *label || f64::from(confidence) + SAME >= f64::from(best_other);
        let margin = ((f64::from(confidence) - f64::from(best_other) + 1.0) / 2.0) as f32;
        (!is_right).then_some(Suspicion { row, likely, margin, confidence })
    };
    labels.iter().enumerate().filter_map(judge).collect()
}

/// The most probable class, the first among equals.
fn most_probable(known: &[(u32, f32)]) -> Option<u32> {
    known.iter().copied().reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(class, _)| class)
}
