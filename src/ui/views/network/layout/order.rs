//! The order within each row: few lines cross.

use super::ranks::Skeleton;

/// How often all rows are gone through, at most; half of them downwards.
const SWEEPS: usize = 12;

/// Orders every row.
///
/// It starts from a walk along the chain in the order of the file, which leaves branches side by side without a crossing
/// in nearly every network; then each place moves to the mean of its neighbours, row by row, and the best order seen is
/// kept.
pub(super) fn reduce_crossings(skeleton: &mut Skeleton) {
    let mut rows = first_order(skeleton);
    let mut pos = positions(skeleton, &rows);
    let mut best = (crossings(skeleton, &rows, &pos), rows.clone());
    for sweep in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        let is_downwards = sweep % 2 == 0;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        if !is_downwards {
            order.reverse();
        }
        for row in order {
            let joined = if is_downwards { &skeleton.above } else { &skeleton.below };
            settle(&mut rows[row], &mut pos, joined);
        }
        let count = crossings(skeleton, &rows, &pos);
        if count < best.0 {
            best = (count, rows.clone());
        }
    }
    skeleton.rows = best.1;
}

/// A walk in depth: layers before lanes, and layers as the file has them.
fn first_order(skeleton: &mut Skeleton) -> Vec<Vec<usize>> {
    for joined in skeleton.below.iter_mut().chain(&mut skeleton.above) {
        joined.sort_unstable();
    }
    let mut rows = vec![Vec::new(); skeleton.rows.len()];
    let mut is_seen = vec![false; skeleton.row_of.len()];
    let picture = skeleton.has_picture.then_some(skeleton.layer_count);
    let starts = picture.into_iter().chain((0..skeleton.layer_count).filter(|&layer| skeleton.above[layer].is_empty()));
    for start in starts {
        let mut waiting = vec![start];
        while let Some(place) = waiting.pop() {
            if std::mem::replace(&mut is_seen[place], true) {
                continue;
            }
            rows[skeleton.row_of[place]].push(place);
            waiting.extend(skeleton.below[place].iter().rev().filter(|&&next| !is_seen[next]));
        }
    }
    rows
}

fn positions(skeleton: &Skeleton, rows: &[Vec<usize>]) -> Vec<usize> {
    let mut pos = vec![0; skeleton.row_of.len()];
    for row in rows {
        for (index, &place) in row.iter().enumerate() {
            pos[place] = index;
        }
    }
    pos
}

/// Sorts one row by the mean position of what its places are joined to; the others stay where they are.
fn settle(row: &mut [usize], pos: &mut [usize], joined: &[Vec<usize>]) {
    let mean = |place: usize| {
        let joined = &joined[place];
        let sum: usize = joined.iter().map(|&other| pos[other]).sum();
        (!joined.is_empty()).then(|| sum as f64 / joined.len() as f64)
    };
    let means: Vec<Option<f64>> = row.iter().map(|&place| mean(place)).collect();
    let mut movable: Vec<(f64, usize)> =
        row.iter().zip(&means).filter_map(|(&place, mean)| Some(((*mean)?, place))).collect();
    // The sort is stable: equal means keep their order.
    movable.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut next = movable.into_iter();
    for (index, place) in row.iter_mut().enumerate() {
        if means[index].is_some()
            && let Some((_, moved)) = next.next()
        {
            *place = moved;
        }
        pos[*place] = index;
    }
}

/// How many pairs of lines cross between neighbouring rows.
///
/// Barth, Jünger, Mutzel, "Simple and efficient bilayer cross counting" (2002): inversions, with a tree of sums.
fn crossings(skeleton: &Skeleton, rows: &[Vec<usize>], pos: &[usize]) -> usize {
    let mut count = 0;
    let mut ends = Vec::new();
    for pair in rows.windows(2) {
        let mut tree = vec![0_usize; pair[1].len() + 1];
        let mut seen = 0;
        for &upper in &pair[0] {
            ends.clear();
            ends.extend(skeleton.below[upper].iter().map(|&lower| pos[lower]));
            ends.sort_unstable();
            for &end in &ends {
                let mut at_or_before = 0;
                let mut index = end + 1;
                while index > 0 {
                    at_or_before += tree[index];
                    index &= index - 1;
                }
                count += seen - at_or_before;
                seen += 1;
                index = end + 1;
                while index < tree.len() {
                    tree[index] += 1;
                    index += index & index.wrapping_neg();
                }
            }
        }
    }
    count
}
