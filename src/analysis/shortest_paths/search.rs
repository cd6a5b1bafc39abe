//! One search: from a vertex outwards, and back again.

use crate::analysis::{Adjacency, Cancelled};

/// Vertices between two questions whether to go on.
const ASK_EVERY: usize = 1 << 14;
const UNREACHED: u32 = u32::MAX;

/// What is known of a vertex, in one place: neighbours lie anywhere in memory, and each look at one is waited for.
#[derive(Clone, Copy)]
struct Place {
    /// How many shortest paths lead there.
    paths: f64,
    /// For each of them, the shares of the shortest paths to farther vertices that it is the beginning of.
    onwards: f64,
    /// The same with the path to the vertex itself.
    passed: f64,
    distance: u32,
}

const NOWHERE: Place = Place { paths: 0.0, onwards: 0.0, passed: 0.0, distance: UNREACHED };

/// A search with its memory, which serves the next one, too.
pub struct Search {
    places: Vec<Place>,
    /// The vertices that were reached, nearest first; the start is the first.
    order: Vec<u32>,
}

impl Search {
    /// Nothing yet.
    pub fn new(vertices: usize) -> Self {
        Self { places: vec![NOWHERE; vertices], order: Vec::with_capacity(vertices) }
    }

    /// Searches from `start` to all that it reaches. `None` when cancelled.
    pub fn run(&mut self, graph: &Adjacency, start: u32, cancelled: Cancelled<'_>) -> Option<()> {
        self.order.drain(..).for_each(|vertex| self.places[vertex as usize] = NOWHERE);
        self.places[start as usize] = Place { paths: 1.0, distance: 0, ..NOWHERE };
        self.order.push(start);
        let mut next = 0;
        while let Some(vertex) = self.order.get(next) {
            if next.is_multiple_of(ASK_EVERY) && cancelled() {
                return None;
            }
            next += 1;
            let Place { paths, distance, .. } = self.places[*vertex as usize];
            for other in graph.neighbours(*vertex as usize) {
                let place = &mut self.places[*other as usize];
                if place.distance == UNREACHED {
                    place.distance = distance + 1;
                    self.order.push(*other);
                }
                if place.distance == distance + 1 {
                    place.paths += paths;
                }
            }
        }
        for (turn, vertex) in self.order.iter().rev().enumerate() {
            if turn.is_multiple_of(ASK_EVERY) && cancelled() {
                return None;
            }
            let Place { paths, distance, .. } = self.places[*vertex as usize];
            let farther = graph.neighbours(*vertex as usize).iter().map(|other| self.places[*other as usize]);
            let onwards = farther.filter(|place| place.distance == distance + 1).map(|place| place.passed).sum();
            let place = &mut self.places[*vertex as usize];
            (place.onwards, place.passed) = (onwards, 1.0 / paths + onwards);
        }
        Some(())
    }

    /// The vertices that were reached, without the start: each with its distance, and the sum of the shares of the shortest
    /// paths to others that lead through it.
    pub fn reached(&self) -> impl Iterator<Item = (usize, u32, f64)> + '_ {
        self.order.iter().skip(1).map(|vertex| {
            let place = self.places[*vertex as usize];
            (*vertex as usize, place.distance, place.paths * place.onwards)
        })
    }
}
