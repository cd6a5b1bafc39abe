//! Groups against labels: how many images of each group bear each label.

use std::collections::BTreeMap;

use super::{Cluster, counted, thousands};

/// So many rows and columns of a matrix are told apart; a window has room for no more.
pub const MOST_IN_MATRIX: usize = 200;

/// A row or a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionEnd {
    /// The group by its place among the groups, or the label by its place among the names of the matrix; `None` for all
    /// others together.
    pub place: Option<usize>,
    /// What it is called.
    pub name: String,
    /// Its labelled images: those of the row or the column, summed up.
    pub images: usize,
}

/// The contingency table of groups and labels, over the images that have both. The largest are told apart
/// ([`MOST_IN_MATRIX`]), the rest are counted together in a last row and column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// The groups, in their order.
    pub rows: Vec<ConfusionEnd>,
    /// The labels, most frequent first, ties by name.
    pub columns: Vec<ConfusionEnd>,
    /// `[rows, columns]`, row-major: images.
    pub counts: Vec<usize>,
}

impl Confusion {
    /// Counts; `names` are what the groups are called.
    ///
    /// # Panics
    /// When there is not one name a group.
    pub fn of(groups: &[Cluster], names: &[String], most: usize) -> Self {
        assert_eq!(groups.len(), names.len(), "one name a group");
        let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
        let counts = groups.iter().flat_map(|group| &group.labels);
        counts.for_each(|(label, count)| *labels.entry(label).or_default() += count);
        let mut labels: Vec<(&str, usize)> = labels.into_iter().collect();
        labels.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let labelled = |group: &Cluster| group.labels.iter().map(|(_, count)| count).sum::<usize>();
        // Of what was merged away only the place is left.
        let there: Vec<usize> = (0..groups.len()).filter(|place| groups[*place].size > 0).collect();
        let mut kept = there.clone();
        if kept.len() > most {
            kept.sort_by_key(|place| (std::cmp::Reverse(groups[*place].size), *place));
            kept.truncate(most.saturating_sub(1));
            kept.sort_unstable();
        }
        let shown = if labels.len() > most { most.saturating_sub(1) } else { labels.len() };
        let mut rows: Vec<ConfusionEnd> = kept
            .iter()
            .map(|&place| ConfusionEnd {
                place: Some(place),
                name: names[place].clone(),
                images: labelled(&groups[place]),
            })
            .collect();
        let mut columns: Vec<ConfusionEnd> = labels[..shown]
            .iter()
            .enumerate()
            .map(|(place, (label, images))| ConfusionEnd {
                place: Some(place),
                name: (*label).to_owned(),
                images: *images,
            })
            .collect();
        let all: usize = labels.iter().map(|(_, count)| count).sum();
        let others = |what: usize, word: &str, ends: &[ConfusionEnd]| ConfusionEnd {
            place: None,
            name: format!("{} other {word}", thousands(what)),
            images: all - ends.iter().map(|end| end.images).sum::<usize>(),
        };
        if kept.len() < there.len() {
            rows.push(others(there.len() - kept.len(), "groups", &rows));
        }
        if shown < labels.len() {
            columns.push(others(labels.len() - shown, "labels", &columns));
        }
        let column_of: BTreeMap<&str, usize> =
            labels[..shown].iter().enumerate().map(|(place, (label, _))| (*label, place)).collect();
        let mut row_of = vec![kept.len(); groups.len()];
        kept.iter().enumerate().for_each(|(row, place)| row_of[*place] = row);
        let mut counts = vec![0; rows.len() * columns.len()];
        for (group, row) in groups.iter().zip(row_of) {
            for (label, count) in &group.labels {
                let column = column_of.get(label.as_str()).copied().unwrap_or(shown);
                counts[row * columns.len() + column] += count;
            }
        }
        Self { rows, columns, counts }
    }

    /// How many images of a row have the label of a column.
    pub fn count(&self, row: usize, column: usize) -> usize {
        self.counts[row * self.columns.len() + column]
    }

    /// The share of the labelled images of a row that have the label of a column, in `0..=1`.
    pub fn share(&self, row: usize, column: usize) -> f32 {
        match self.rows[row].images {
            0 => 0.0,
            images => self.count(row, column) as f32 / images as f32,
        }
    }

    /// The columns so that each stands near the row that has most of it, where the rows stand in this order.
    pub fn columns_along(&self, rows: &[usize]) -> Vec<usize> {
        let home = |column: usize| {
            let best = (0..rows.len()).max_by_key(|at| (self.count(rows[*at], column), std::cmp::Reverse(*at)));
            (self.columns[column].place.is_none(), best.unwrap_or(0))
        };
        let mut order: Vec<(usize, (bool, usize))> = (0..self.columns.len()).map(|c| (c, home(c))).collect();
        order.sort_by_key(|(column, (is_others, home))| (*is_others, *home, *column));
        order.into_iter().map(|(column, _)| column).collect()
    }

    /// What a cell says, in a sentence.
    pub fn in_words(&self, row: usize, column: usize) -> String {
        let (group, label, count) = (&self.rows[row], &self.columns[column], self.count(row, column));
        let percent = |of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 * 100.0 };
        format!(
            "{} of the {} in {} have the label {}: {:.0} % of them, and {:.0} % of all with that label",
            thousands(count),
            counted(group.images, "labelled image", "labelled images"),
            group.name,
            label.name,
            percent(group.images),
            percent(label.images),
        )
    }
}
