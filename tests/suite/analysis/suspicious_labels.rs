//! Labels that are probably wrong, against cleanlab.

use std::collections::BTreeMap;

use serde::Deserialize;
use tiramisu::analysis::confident_learning::{Probabilities, Suspicion, suspicious, thresholds};
use tiramisu::analysis::knn;
use tiramisu::analysis::label_means::nearer_to_another;
use tiramisu::domain::{LabelScore, Metric};

use super::{NEVER, vectors};

#[derive(Deserialize)]
struct Golden {
    classes: usize,
    labels: Vec<u32>,
    probabilities: Vec<u32>,
    step: u32,
    thresholds: Vec<f64>,
    found: BTreeMap<String, Vec<usize>>,
    scores: BTreeMap<String, Vec<f64>>,
}

impl Golden {
    fn all() -> BTreeMap<String, Self> {
        serde_json::from_str(include_str!("../../golden/suspicious/suspicious.json")).expect("JSON of make.py")
    }

    fn probabilities(&self) -> Probabilities {
        let mut probabilities = Probabilities::new(self.classes);
        for row in self.probabilities.chunks(self.classes) {
            let known = row.iter().zip(0..).filter(|(parts, _)| **parts > 0);
            probabilities.push(known.map(|(parts, class)| (class, *parts as f32 / self.step as f32)));
        }
        probabilities
    }
}

#[test]
fn suspicious_labels_are_the_rows_that_cleanlab_finds_in_the_order_of_its_scores() {
    for (name, golden) in Golden::all() {
        let probabilities = golden.probabilities();
        let ours = thresholds(&golden.labels, &probabilities);
        for (ours, theirs) in ours.iter().zip(&golden.thresholds) {
            assert!((ours - theirs).abs() < 1e-6, "{name}: {ours} and {theirs}");
        }
        let found = suspicious(&golden.labels, &probabilities);
        assert!(found.len() > 5, "{name}: {} rows", found.len());
        for by in LabelScore::ALL {
            let score = |suspicion: &Suspicion| match by {
                LabelScore::Margin => suspicion.margin,
                LabelScore::Confidence => suspicion.confidence,
            };
            let mut ours: Vec<(f32, usize)> = found.iter().map(|found| (score(found), found.row)).collect();
            ours.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let (rows, scores) = (&golden.found[by.word()], &golden.scores[by.word()]);
            // Among equal scores theirs is in any order.
            let mut theirs: Vec<(f32, usize)> =
                scores.iter().map(|score| *score as f32).zip(rows.iter().copied()).collect();
            theirs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let rows = |of: &[(f32, usize)]| of.iter().map(|(_, row)| *row).collect::<Vec<_>>();
            let (mut mine, mut golden_rows) = (rows(&ours), rows(&theirs));
            for ((ours, _), (theirs, _)) in ours.iter().zip(&theirs) {
                assert!((ours - theirs).abs() < 1e-6, "{name} by {by:?}: {ours} and {theirs}");
            }
            mine.sort_unstable();
            golden_rows.sort_unstable();
            assert_eq!(mine, golden_rows, "{name} by {by:?}");
        }
    }
}

#[test]
fn neighbours_make_probabilities_in_which_an_images_own_label_has_no_say() {
    // Two crowds of four on a line, and one of the second that is called like the first.
    let rows: Vec<f32> = [0.0, 0.1, 0.2, 0.3, 5.0, 5.1, 5.2, 5.3].into();
    let labels = [0, 0, 0, 0, 1, 1, 0, 1];
    let graph = knn::exact(&vectors(1, &rows), Metric::Euclidean, 3, NEVER).expect("not cancelled");
    let probabilities = Probabilities::of_neighbours(&graph, &labels, 2);
    assert_eq!(probabilities.row(6), [(1, 1.0)], "all neighbours are of the other class");
    assert_eq!(probabilities.row(4).len(), 2);
    let found = suspicious(&labels, &probabilities);
    assert_eq!(found, [Suspicion { row: 6, likely: 1, margin: 0.0, confidence: 0.0 }]);
}

#[test]
fn nothing_is_suspicious_where_all_have_one_label_or_there_is_nothing() {
    let mut one = Probabilities::new(1);
    (0..4).for_each(|_| one.push([(0, 1.0)]));
    assert_eq!(suspicious(&[0; 4], &one), []);
    assert_eq!(suspicious(&[], &Probabilities::new(3)), []);
    let mut nothing = Probabilities::new(2);
    (0..2).for_each(|_| nothing.push([]));
    assert_eq!(suspicious(&[0, 1], &nothing), [], "no neighbour says anything");
}

/// Two directions for each of two labels, one row that bears the wrong one, and one that is alone with its label.
#[test]
fn a_row_is_nearer_to_the_mean_of_another_label_where_the_others_of_its_own_lie_elsewhere() {
    let rows = [[4.0, 0.1], [2.0, 0.3], [0.1, 1.0], [0.2, 3.0], [0.3, 5.0], [1.0, 1.0], [0.0, 0.0]];
    let labels = [0, 0, 1, 1, 0, 2, 1];
    let found = vectors(2, rows.as_flattened());
    let ask = |asked: &[(usize, u32)]| nearer_to_another(&found, &labels, asked, NEVER).expect("nobody cancels");
    // Row 4 lies with the ones that are called 1; its own length and itself do not speak for its label.
    assert_eq!(ask(&[(4, 1), (0, 1), (2, 0)]), [true, false, false]);
    assert_eq!(ask(&[(5, 0), (6, 0)]), [false, false], "alone with its label, and without direction");
    assert_eq!(nearer_to_another(&found, &labels, &[(4, 1)], &|| true), None);
    // Were it counted among its own, a row of two would never be nearer to others than itself.
    let near = vectors(2, &[1.0, 0.0, 0.5, 0.9, 0.6, 0.8, 0.55, 0.85]);
    assert_eq!(nearer_to_another(&near, &[0, 0, 1, 1], &[(1, 1)], NEVER), Some(vec![true]));
}
