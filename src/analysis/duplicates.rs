//! Images that are the same picture: the same file, the same look, or the same to the network.

mod alike_hashes;
mod near_vectors;
mod standing_out;
mod suspects;

use std::collections::BTreeMap;

use super::Cancelled;
use super::union_find::UnionFind;
use crate::domain::DuplicateReason;

pub use near_vectors::usual_distance;
pub use standing_out::reaches;
pub use suspects::Suspects;

/// Images that hang together, each linked to at least one other.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its rows, ascending; at least two.
    pub rows: Vec<u32>,
    /// What links them, and the farthest link of that kind: 0 for content, differing bits for appearance (the ends of a
    /// chain can be farther apart than any link in it), the distance from the centre for features.
    pub reasons: Vec<(DuplicateReason, f32)>,
}

/// Links between rows, gathered from one or several sources.
#[derive(Clone, Debug)]
pub struct Duplicates {
    sets: UnionFind,
    /// The farthest link of each kind, kept at the row that stands for its set; infinitely near where there is none.
    farthest: Vec<[f32; 3]>,
}

impl Duplicates {
    /// No links yet between `rows` rows.
    pub fn new(rows: usize) -> Self {
        Self { sets: UnionFind::new(rows), farthest: vec![[f32::NEG_INFINITY; 3]; rows] }
    }

    /// Links two rows.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn link(&mut self, a: u32, b: u32, reason: DuplicateReason, distance: f32) {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        let root = self.sets.unite(a, b) as usize;
        let other = if root == a as usize { b } else { a } as usize;
        let others = self.farthest[other];
        let farthest = &mut self.farthest[root];
        farthest.iter_mut().zip(others).for_each(|(mine, other)| *mine = mine.max(other));
        farthest[reason as usize] = farthest[reason as usize].max(distance);
    }

    /// Links the rows whose files hold the same bytes.
    ///
    /// # Shapes
    /// `hashes`: `[rows]`; `None` where the file could not be read.
    ///
    /// # Panics
    /// When there is not one entry a row.
    pub fn add_equal_content(&mut self, hashes: &[Option<[u8; 32]>]) {
        assert_eq!(hashes.len(), self.farthest.len(), "one entry a row");
        let mut known: Vec<([u8; 32], u32)> =
            hashes.iter().enumerate().filter_map(|(row, hash)| Some(((*hash)?, row as u32))).collect();
        known.sort_unstable();
        for pair in known.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            self.link(pair[0].1, pair[1].1, DuplicateReason::Content, 0.0);
        }
    }

    /// Links all rows whose perceptual hashes differ in at most `radius` bits. `None` when cancelled; some links may then
    /// be there.
    ///
    /// Exact for every radius. The same hash is looked at once however many rows have it. Few hashes are compared all
    /// with all; many are looked up by their four bands of 16 bits, of which at least one is nearly the same in two
    /// hashes that are near (Norouzi, Punjani and Fleet 2012).
    ///
    /// # Shapes
    /// `hashes`: `[rows]`; `None` where there is no hash.
    ///
    /// # Panics
    /// When there is not one entry a row.
    pub fn add_alike(&mut self, hashes: &[Option<u64>], radius: u32, cancelled: Cancelled<'_>) -> Option<()> {
        assert_eq!(hashes.len(), self.farthest.len(), "one entry a row");
        let mut known: Vec<(u64, u32)> =
            hashes.iter().enumerate().filter_map(|(row, hash)| Some(((*hash)?, row as u32))).collect();
        known.sort_unstable();
        let mut distinct = Vec::with_capacity(known.len());
        let mut first_rows = Vec::with_capacity(known.len());
        for (hash, row) in known {
            if distinct.last() == Some(&hash) {
                self.link(first_rows[first_rows.len() - 1], row, DuplicateReason::Appearance, 0.0);
            } else {
                distinct.push(hash);
                first_rows.push(row);
            }
        }
        alike_hashes::for_each_pair(&distinct, radius, cancelled, |a, b, bits| {
            self.link(first_rows[a as usize], first_rows[b as usize], DuplicateReason::Appearance, bits as f32);
        })
    }

    /// The groups of at least two rows, largest first, ties by first row.
    pub fn groups(mut self) -> Vec<Group> {
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for row in 0..self.farthest.len() as u32 {
            members.entry(self.sets.find(row)).or_default().push(row);
        }
        let mut groups: Vec<Group> = members
            .into_iter()
            .filter(|(_, rows)| rows.len() > 1)
            .map(|(root, rows)| {
                let farthest = self.farthest[root as usize];
                let reasons = DuplicateReason::ALL.into_iter().map(|reason| (reason, farthest[reason as usize]));
                Group { rows, reasons: reasons.filter(|(_, far)| *far > f32::NEG_INFINITY).collect() }
            })
            .collect();
        groups.sort_by(|a, b| b.rows.len().cmp(&a.rows.len()).then(a.rows[0].cmp(&b.rows[0])));
        groups
    }
}

/// A group whose rows disagree: the same picture under two labels, or in two splits of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict<'a> {
    /// Which group.
    pub group: usize,
    /// What its rows are said to be, most frequent first, ties by name; at least two.
    pub values: Vec<(&'a str, usize)>,
}

/// The groups whose rows have different `values` (labels, splits), in the order of the groups. Rows without a value do
/// not disagree with anything.
///
/// # Shapes
/// `values`: `[rows]`.
///
/// # Panics
/// When a group has a row beyond the values.
pub fn conflicts<'a>(groups: &[Group], values: &[Option<&'a str>]) -> Vec<Conflict<'a>> {
    let of_group = |(group, members): (usize, &Group)| {
        let mut counts: BTreeMap<&'a str, usize> = BTreeMap::new();
        for value in members.rows.iter().filter_map(|row| values[*row as usize]) {
            *counts.entry(value).or_default() += 1;
        }
        let mut values: Vec<(&'a str, usize)> = counts.into_iter().collect();
        values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        (values.len() > 1).then_some(Conflict { group, values })
    };
    groups.iter().enumerate().filter_map(of_group).collect()
}

/// The split a path belongs to, if its first folder is named like one: `train`, `val`, `test` and their kin.
pub fn split_of(path: &str) -> Option<&str> {
    const NAMES: [&str; 9] = ["train", "training", "val", "valid", "validation", "dev", "eval", "test", "testing"];
    let (first, _) = path.split_once('/')?;
    NAMES.iter().any(|name| first.eq_ignore_ascii_case(name)).then_some(first)
}
