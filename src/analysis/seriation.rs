//! An order in which similar things stand beside each other: the leaves of a hierarchical clustering by average linkage (Sokal
//! and Michener 1958), each branch turned so that its nearer end touches the branch beside it.

use super::Cancelled;

/// A branch of the tree: its leaves from one end to the other.
struct Branch {
    leaves: Vec<usize>,
    /// By its place among the branches: the mean distance between their leaves.
    distances: Vec<f32>,
}

/// The order of `count` things, beginning with the branch of the first. `None` when cancelled.
///
/// Cubic in `count`: meant for what fits on a screen.
///
/// # Shapes
/// `distances`: `[count, count]`, row-major, symmetric. What is no number counts as farther than everything.
///
/// # Panics
/// When there are not `count` rows of `count` distances.
pub fn order(distances: &[f32], count: usize, cancelled: Cancelled<'_>) -> Option<Vec<usize>> {
    assert_eq!(distances.len(), count * count, "one distance for each pair");
    let between = |a: usize, b: usize| {
        let distance = distances[a * count + b];
        if distance.is_nan() { f32::INFINITY } else { distance }
    };
    let mut branches: Vec<Option<Branch>> = (0..count)
        .map(|at| Some(Branch { leaves: vec![at], distances: (0..count).map(|other| between(at, other)).collect() }))
        .collect();
    for _ in 1..count {
        if cancelled() {
            return None;
        }
        let (a, b) = nearest_pair(&branches)?;
        let (first, second) = (branches[a].take()?, branches[b].take()?);
        let (of_first, of_second) = (first.leaves.len() as f32, second.leaves.len() as f32);
        let mixed = |(x, y): (&f32, &f32)| (x * of_first + y * of_second) / (of_first + of_second);
        let merged: Vec<f32> = first.distances.iter().zip(&second.distances).map(mixed).collect();
        for (place, branch) in branches.iter_mut().enumerate() {
            if let Some(branch) = branch {
                branch.distances[a] = merged[place];
            }
        }
        branches[a] = Some(Branch { leaves: joined(first.leaves, second.leaves, &between), distances: merged });
    }
    let whole = branches.into_iter().flatten().next().map(|branch| branch.leaves).unwrap_or_default();
    // Of the two directions the one that begins nearer to the first: the same things, the same order.
    let is_backward = whole.iter().position(|leaf| *leaf == 0).is_some_and(|place| place * 2 > count);
    Some(if is_backward { whole.into_iter().rev().collect() } else { whole })
}

/// The two branches nearest to each other, the earlier first; of equal ones those that stand first.
fn nearest_pair(branches: &[Option<Branch>]) -> Option<(usize, usize)> {
    let mut best: Option<(f32, usize, usize)> = None;
    for (a, branch) in branches.iter().enumerate() {
        let Some(branch) = branch else { continue };
        for (b, other) in branches.iter().enumerate().skip(a + 1) {
            let distance = branch.distances[b];
            if other.is_some() && best.is_none_or(|(known, ..)| distance < known) {
                best = Some((distance, a, b));
            }
        }
    }
    best.map(|(_, a, b)| (a, b))
}

/// Two branches beside each other, turned so that the ends that touch are as near as can be.
fn joined(mut a: Vec<usize>, mut b: Vec<usize>, between: &impl Fn(usize, usize) -> f32) -> Vec<usize> {
    let ends = |leaves: &[usize]| [leaves[0], leaves[leaves.len() - 1]];
    let ([a_first, a_last], [b_first, b_last]) = (ends(&a), ends(&b));
    let touching = [(a_last, b_first), (a_last, b_last), (a_first, b_first), (a_first, b_last)];
    let of = |way: &usize| between(touching[*way].0, touching[*way].1);
    let best = (0..4).min_by(|x, y| of(x).total_cmp(&of(y))).unwrap_or(0);
    if best >= 2 {
        a.reverse();
    }
    if best % 2 == 1 {
        b.reverse();
    }
    a.append(&mut b);
    a
}
