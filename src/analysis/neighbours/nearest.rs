//! The best few of many, in a total order: the same whichever way the work was split.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::domain::{Metric, Neighbour};

/// The best `k` so far; the worst of them lies on top, ready to be replaced.
pub struct Nearest {
    k: usize,
    metric: Metric,
    heap: BinaryHeap<Candidate>,
}

/// A neighbour ordered by farness: the greatest is the one to give up first.
#[derive(PartialEq)]
struct Candidate {
    farness: f64,
    neighbour: Neighbour,
}

impl Nearest {
    pub fn new(k: usize, metric: Metric) -> Self {
        Self { k, metric, heap: BinaryHeap::new() }
    }

    /// Takes a neighbour in if it is among the best; one whose score is not finite never is.
    #[inline]
    pub fn offer(&mut self, neighbour: Neighbour) {
        if !neighbour.score.is_finite() {
            return;
        }
        let farness = if self.metric.larger_is_nearer() { -neighbour.score } else { neighbour.score };
        self.push(Candidate { farness, neighbour });
    }

    #[inline]
    fn push(&mut self, candidate: Candidate) {
        if self.heap.len() < self.k {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    pub fn merge(mut self, other: Self) -> Self {
        for candidate in other.heap {
            self.push(candidate);
        }
        self
    }

    pub fn into_sorted(self) -> Vec<Neighbour> {
        self.heap.into_sorted_vec().into_iter().map(|candidate| candidate.neighbour).collect()
    }
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.farness.total_cmp(&other.farness).then(self.neighbour.image.cmp(&other.neighbour.image))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
