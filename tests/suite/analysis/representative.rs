//! The image that stands for all, against what it is defined to be.

use tiramisu::analysis::representative::representative;

fn cosine(a: &[f32], b: &[f64]) -> f64 {
    let dot: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * b).sum();
    let length = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>().sqrt();
    dot / (length(&a.iter().map(|value| f64::from(*value)).collect::<Vec<_>>()) * length(b))
}

/// The row most similar to the mean of the directions of these rows.
fn by_hand(rows: &[usize], vectors: &[Vec<f32>]) -> usize {
    let mut mean = vec![0.0f64; vectors[0].len()];
    for row in rows {
        let length = vectors[*row].iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        mean.iter_mut().zip(&vectors[*row]).for_each(|(sum, value)| *sum += f64::from(*value) / length);
    }
    let similarity = |row: &usize| cosine(&vectors[*row], &mean);
    rows.iter().copied().max_by(|a, b| similarity(a).total_cmp(&similarity(b)).then(b.cmp(a))).expect("some")
}

#[test]
fn it_is_the_one_in_the_middle_of_the_largest_label() {
    let mut random = fastrand::Rng::with_seed(7);
    let names = [Some("bees"), Some("ants"), None, Some("cows")];
    let labels: Vec<Option<&str>> = (0..60).map(|_| names[random.usize(..4)]).collect();
    let vectors: Vec<Vec<f32>> = (0..60).map(|_| (0..8).map(|_| random.f32() - 0.3).collect()).collect();
    let of = |name: &str| (0..60).filter(|row| labels[*row] == Some(name)).collect::<Vec<usize>>();
    let largest = ["ants", "bees", "cows"].into_iter().rev().max_by_key(|name| of(name).len()).expect("some");
    assert_eq!(representative(&labels, &vectors), Some(by_hand(&of(largest), &vectors)), "{largest}");
    let none = vec![None; 60];
    let all: Vec<usize> = (0..60).collect();
    assert_eq!(representative(&none, &vectors), Some(by_hand(&all, &vectors)), "without labels of all");
    let alone: Vec<String> = (0..60).map(|row| format!("{row:02}")).collect();
    let alone: Vec<Option<&str>> = alone.iter().map(|name| Some(name.as_str())).collect();
    assert_eq!(representative(&alone, &vectors), Some(by_hand(&all, &vectors)), "no label has a few");
}

#[test]
fn of_equal_ones_the_first_counts_and_what_has_no_direction_none() {
    let labels = [Some("b"), Some("a"), Some("b"), Some("a"), Some("b"), Some("a")];
    let same = vec![vec![1.0, 2.0]; 6];
    assert_eq!(
        representative(&labels, &same),
        Some(1),
        "both are of three: the first of the alphabet, and of it the first"
    );
    let without = [vec![], vec![0.0, 0.0], vec![f32::NAN, 1.0], vec![0.0, 3.0]];
    assert_eq!(representative(&[None; 4], &without), Some(3));
    assert_eq!(representative(&[None; 3], &without[..3]), None);
    assert_eq!(representative(&[], &[]), None);
}
