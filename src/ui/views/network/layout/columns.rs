//! Where from left to right: chains straight, branches about the middle of what they part from.

use std::collections::HashSet;

use super::BOX_WIDTH;
use super::ranks::Skeleton;

/// Between two boxes.
const BOX_GAP: f32 = 28.0;

/// Between a box and a lane.
const LANE_GAP: f32 = 18.0;

/// Between two lanes.
const LANES_GAP: f32 = 9.0;

/// The middle of every place.
///
/// Brandes, Köpf, "Fast and simple horizontal coordinate assignment" (2001): places are strung on vertical lines in four
/// ways (from above and below, from left and right); the mean of the two middle answers is taken. Only joints of the
/// [`trunk`] are strung, so that what skips ahead bulges and the chain stays straight.
pub(super) fn assign(skeleton: &Skeleton) -> Vec<f32> {
    let trunk = trunk(skeleton);
    let conflicts = conflicts(skeleton);
    let mut answers = Vec::with_capacity(4);
    for is_downwards in [true, false] {
        for is_leftwards in [true, false] {
            answers.push(one_way(skeleton, &trunk, &conflicts, is_downwards, is_leftwards));
        }
    }
    let mut x = balance(skeleton, &answers);
    // The means keep the distances; this only makes sure of it, rounding included.
    for row in &skeleton.rows {
        for pair in row.windows(2) {
            x[pair[1]] = x[pair[1]].max(x[pair[0]] + apart(skeleton, pair[0], pair[1]));
        }
    }
    x.into_iter().map(|x| x as f32).collect()
}

fn apart(skeleton: &Skeleton, left: usize, right: usize) -> f64 {
    let half = |place| if skeleton.is_lane(place) { 0.0 } else { BOX_WIDTH / 2.0 };
    let gap = match (skeleton.is_lane(left), skeleton.is_lane(right)) {
        (false, false) => BOX_GAP,
        (true, true) => LANES_GAP,
        _ => LANE_GAP,
    };
    f64::from(half(left) + half(right) + gap)
}

/// Joints that should be straight, as (upper, lower).
///
/// Those within a lane; and of a layer those to the layers of its longest branch: rows are counted along the longest
/// branch, so at its end only that one reaches the next row without a lane, and at its start it has the most rows below.
fn trunk(skeleton: &Skeleton) -> HashSet<(usize, usize)> {
    let mut rows_below = vec![0_usize; skeleton.layer_count + 1];
    // Every edge leads to a later layer; the picture, though numbered last, takes nothing.
    for &(from, to) in skeleton.edges.iter().rev() {
        rows_below[from] = rows_below[from].max(rows_below[to] + 1);
    }
    let main = |place: usize, joined: &[usize]| -> Vec<usize> {
        let alike: Vec<usize> =
            joined.iter().copied().filter(|&other| skeleton.is_lane(other) == skeleton.is_lane(place)).collect();
        let most = alike.iter().filter_map(|&other| rows_below.get(other)).max().copied();
        match alike.is_empty() {
            true => joined.to_vec(),
            false => alike.into_iter().filter(|&other| rows_below.get(other).copied() == most).collect(),
        }
    };
    let mut trunk = HashSet::new();
    for upper in 0..skeleton.row_of.len() {
        for lower in main(upper, &skeleton.below[upper]) {
            let above = &skeleton.above[lower];
            let is_alike = |other: usize| skeleton.is_lane(other) == skeleton.is_lane(lower);
            if is_alike(upper) || !above.iter().any(|&other| is_alike(other)) {
                trunk.insert((upper, lower));
            }
        }
    }
    trunk
}

fn positions(skeleton: &Skeleton) -> Vec<usize> {
    let mut pos = vec![0; skeleton.row_of.len()];
    for row in &skeleton.rows {
        for (index, &place) in row.iter().enumerate() {
            pos[place] = index;
        }
    }
    pos
}

/// Joints (upper, lower) that cross a lane: the lane stays straight, they give way.
fn conflicts(skeleton: &Skeleton) -> HashSet<(usize, usize)> {
    let pos = positions(skeleton);
    let mut found = HashSet::new();
    for pair in skeleton.rows.windows(2) {
        let (upper, lower) = (&pair[0], &pair[1]);
        let lane_above = |place: usize| {
            let is_lane = |other: &&usize| skeleton.is_lane(**other);
            skeleton.above[place].iter().find(is_lane).filter(|_| skeleton.is_lane(place)).copied()
        };
        let (mut scanned, mut from) = (0, 0);
        for (index, &place) in lower.iter().enumerate() {
            let above = lane_above(place);
            if above.is_none() && index + 1 != lower.len() {
                continue;
            }
            let to = above.map_or(upper.len(), |above| pos[above]);
            for &crossing in &lower[scanned..=index] {
                for &other in &skeleton.above[crossing] {
                    let is_lane = skeleton.is_lane(other) && skeleton.is_lane(crossing);
                    if (pos[other] < from || pos[other] > to) && !is_lane {
                        found.insert((other, crossing));
                    }
                }
            }
            scanned = index + 1;
            from = to;
        }
    }
    found
}

/// One of the four answers.
fn one_way(
    skeleton: &Skeleton,
    trunk: &HashSet<(usize, usize)>,
    conflicts: &HashSet<(usize, usize)>,
    is_downwards: bool,
    is_leftwards: bool,
) -> Vec<f64> {
    let mut rows = skeleton.rows.clone();
    if !is_downwards {
        rows.reverse();
    }
    if !is_leftwards {
        rows.iter_mut().for_each(|row| row.reverse());
    }
    let mut pos = vec![0; skeleton.row_of.len()];
    for row in &rows {
        for (index, &place) in row.iter().enumerate() {
            pos[place] = index;
        }
    }
    let joined = if is_downwards { &skeleton.above } else { &skeleton.below };
    let may_string = |place: usize, other: usize| {
        let joint = if is_downwards { (other, place) } else { (place, other) };
        trunk.contains(&joint) && !conflicts.contains(&joint)
    };
    let root = string(&rows, &pos, joined, may_string);
    let sign = if is_leftwards { 1.0 } else { -1.0 };
    compact(skeleton, &rows, &root).into_iter().map(|x| sign * x).collect()
}

/// Strings places to the median of what they are joined to in the row before; gives the first place of each string.
fn string(
    rows: &[Vec<usize>],
    pos: &[usize],
    joined: &[Vec<usize>],
    may_string: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let mut root: Vec<usize> = (0..pos.len()).collect();
    let mut next = root.clone();
    for row in rows {
        let mut free_from = 0;
        for &place in row {
            let mut others: Vec<usize> =
                joined[place].iter().copied().filter(|&other| may_string(place, other)).collect();
            if others.is_empty() {
                continue;
            }
            others.sort_by_key(|&other| pos[other]);
            let last = others.len() - 1;
            for &other in &others[last / 2..=last.div_ceil(2)] {
                if next[place] == place && pos[other] >= free_from {
                    next[other] = place;
                    root[place] = root[other];
                    next[place] = root[place];
                    free_from = pos[other] + 1;
                }
            }
        }
    }
    root
}

/// Puts strings as far left as they go, then to the right where there is room towards what follows.
fn compact(skeleton: &Skeleton, rows: &[Vec<usize>], root: &[usize]) -> Vec<f64> {
    let count = root.len();
    let mut after: Vec<Vec<(usize, f64)>> = vec![Vec::new(); count];
    let mut waits = vec![0_usize; count];
    for row in rows {
        for pair in row.windows(2) {
            let (left, right) = (root[pair[0]], root[pair[1]]);
            if left != right {
                after[left].push((right, apart(skeleton, pair[0], pair[1])));
                waits[right] += 1;
            }
        }
    }
    let mut order: Vec<usize> = (0..count).filter(|&place| root[place] == place && waits[place] == 0).collect();
    let mut x = vec![0.0_f64; count];
    let mut done = 0;
    while done < order.len() {
        let left = order[done];
        done += 1;
        for &(right, apart) in &after[left] {
            x[right] = x[right].max(x[left] + apart);
            waits[right] -= 1;
            if waits[right] == 0 {
                order.push(right);
            }
        }
    }
    for &left in order.iter().rev() {
        let room = after[left].iter().map(|&(right, apart)| x[right] - apart).fold(f64::INFINITY, f64::min);
        if room.is_finite() {
            x[left] = x[left].max(room);
        }
    }
    (0..count).map(|place| x[root[place]]).collect()
}

/// Moves the answers over the narrowest of them and takes the mean of the middle two.
fn balance(skeleton: &Skeleton, answers: &[Vec<f64>]) -> Vec<f64> {
    let reach = |answer: &[f64]| {
        let places = skeleton.rows.iter().flatten();
        places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &place| {
            (low.min(answer[place]), high.max(answer[place]))
        })
    };
    let reaches: Vec<(f64, f64)> = answers.iter().map(|answer| reach(answer)).collect();
    let Some(&(low, high)) = reaches.iter().min_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0))) else {
        return Vec::new();
    };
    // Answers alternate: from the left, from the right.
    let shift: Vec<f64> = reaches
        .iter()
        .enumerate()
        .map(|(way, reach)| if way % 2 == 0 { low - reach.0 } else { high - reach.1 })
        .collect();
    (0..skeleton.row_of.len())
        .map(|place| {
            let mut four: Vec<f64> = answers.iter().zip(&shift).map(|(answer, shift)| answer[place] + shift).collect();
            four.sort_by(f64::total_cmp);
            (four[1] + four[2]) / 2.0 - low
        })
        .collect()
}
