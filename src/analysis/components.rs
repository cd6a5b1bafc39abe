//! Which vertices hang together: in any direction, or in both.

use super::{Adjacency, Cancelled, partition};

/// Vertices between two questions whether to go on.
const ASK_EVERY: usize = 1 << 16;

/// The connected components of an undirected graph, numbered by falling size. Of the graph that a directed one
/// [becomes](Adjacency::undirected) without directions they are its weakly connected ones. `None` when cancelled.
pub fn connected(graph: &Adjacency, cancelled: Cancelled<'_>) -> Option<Vec<u32>> {
    let mut of: Vec<Option<u32>> = vec![None; graph.vertices()];
    let (mut component, mut seen) = (0, 0usize);
    let mut open = Vec::new();
    for start in 0..graph.vertices() {
        if of[start].is_some() {
            continue;
        }
        of[start] = Some(component);
        open.push(start as u32);
        while let Some(vertex) = open.pop() {
            seen += 1;
            if seen.is_multiple_of(ASK_EVERY) && cancelled() {
                return None;
            }
            for other in graph.neighbours(vertex as usize) {
                if of[*other as usize].is_none() {
                    of[*other as usize] = Some(component);
                    open.push(*other);
                }
            }
        }
        component += 1;
    }
    Some(by_size(&of))
}

/// The strongly connected components of a directed graph (Tarjan 1972, with Nuutila and Soisalon-Soininen's single stack
/// of candidates), numbered by falling size: within one, each vertex is reached from each other along the arcs. `None` when
/// cancelled.
///
/// Vertices on the way are kept on a stack of our own: a path as long as the graph would be more than a thread's.
pub fn strongly_connected(graph: &Adjacency, cancelled: Cancelled<'_>) -> Option<Vec<u32>> {
    const UNSEEN: u32 = u32::MAX;
    let vertices = graph.vertices();
    let mut of: Vec<Option<u32>> = vec![None; vertices];
    let mut component = 0;
    // When each vertex was met; then the first met that it leads back to.
    let mut met = vec![UNSEEN; vertices];
    let mut back = vec![UNSEEN; vertices];
    let mut candidates: Vec<u32> = Vec::new();
    // Vertices on the way, each with how many of its arcs were followed.
    let mut way: Vec<(u32, usize)> = Vec::new();
    let mut time = 0;
    for start in 0..vertices as u32 {
        if met[start as usize] != UNSEEN {
            continue;
        }
        way.push((start, 0));
        while let Some((vertex, followed)) = way.last_mut() {
            let at = *vertex as usize;
            if *followed == 0 {
                (met[at], back[at]) = (time, time);
                time += 1;
                if (time as usize).is_multiple_of(ASK_EVERY) && cancelled() {
                    return None;
                }
            }
            let arcs = graph.neighbours(at);
            // The arc that led on to another vertex is looked at once more when that is done.
            let next = arcs[*followed..].iter().position(|other| met[*other as usize] == UNSEEN);
            let until = next.map_or(arcs.len(), |next| *followed + next);
            for other in &arcs[followed.saturating_sub(1)..until] {
                if of[*other as usize].is_none() {
                    back[at] = back[at].min(back[*other as usize]);
                }
            }
            if next.is_some() {
                *followed = until + 1;
                way.push((arcs[until], 0));
                continue;
            }
            way.pop();
            if back[at] < met[at] {
                candidates.push(at as u32);
                continue;
            }
            of[at] = Some(component);
            while let Some(other) = candidates.pop_if(|other| met[*other as usize] > met[at]) {
                of[other as usize] = Some(component);
            }
            component += 1;
        }
    }
    Some(by_size(&of))
}

fn by_size(of: &[Option<u32>]) -> Vec<u32> {
    partition::by_size(of).into_iter().map(|of| of.expect("every vertex is in a component")).collect()
}
