//! PageRank (Brin and Page 1998): how often somebody is at each vertex who follows arcs at random and now and then begins
//! anew anywhere.

use rayon::prelude::*;

use super::{Adjacency, Cancelled};

/// How often an arc is followed, beside beginning anew.
pub const DAMPING: f64 = 0.85;
/// Ranks have settled when a sweep changes them by less than this, all vertices together. They are then less than six times
/// this from their limit, which `0.85 / (1 - 0.85)` bounds.
pub const TOLERANCE: f64 = 1e-9;

/// More than it can take: each sweep leaves at most .85 of what is to be changed, and 2 is the most at first.
const MOST_SWEEPS: usize = 200;
/// Vertices of one task: sums are taken task by task, so that they do not depend on the threads.
const TASK: usize = 1 << 14;

/// The rank of each vertex; together 1. Arcs count alike. From a vertex without arcs one goes on anywhere. `None` when
/// cancelled.
///
/// # Panics
/// When `incoming` is not `outgoing` [reversed](Adjacency::reversed), as far as that shows.
pub fn pagerank(outgoing: &Adjacency, incoming: &Adjacency, cancelled: Cancelled<'_>) -> Option<Vec<f64>> {
    let vertices = outgoing.vertices();
    assert_eq!((incoming.vertices(), incoming.arcs()), (vertices, outgoing.arcs()), "the same arcs, both ways");
    let anywhere = 1.0 / vertices.max(1) as f64;
    let degrees = outgoing.degrees();
    let mut ranks = vec![anywhere; vertices];
    let mut next = ranks.clone();
    let mut passed = vec![0.0; vertices];
    for _ in 0..MOST_SWEEPS {
        let mut stranded = 0.0;
        for ((passed, rank), degree) in passed.iter_mut().zip(&ranks).zip(&degrees) {
            match degree {
                0 => (*passed, stranded) = (0.0, stranded + rank),
                degree => *passed = rank / f64::from(*degree),
            }
        }
        let anew = (1.0 - DAMPING + DAMPING * stranded) * anywhere;
        let changes: Option<Vec<f64>> = next
            .par_chunks_mut(TASK)
            .enumerate()
            .map(|(task, next)| {
                if cancelled() {
                    return None;
                }
                let mut change = 0.0;
                for (vertex, next) in (task * TASK..).zip(next) {
                    let came: f64 = incoming.neighbours(vertex).iter().map(|from| passed[*from as usize]).sum();
                    *next = anew + DAMPING * came;
                    change += (*next - ranks[vertex]).abs();
                }
                Some(change)
            })
            .collect();
        std::mem::swap(&mut ranks, &mut next);
        if changes?.into_iter().sum::<f64>() < TOLERANCE {
            break;
        }
    }
    Some(ranks)
}
