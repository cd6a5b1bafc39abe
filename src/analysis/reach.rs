//! Numbers brought to where single precision can square them and add the squares up: times a power of two, which is
//! exact. Halves are there already.

use std::borrow::Cow;

use rayon::prelude::*;

use super::{KnnGraph, rows};
use crate::domain::{Matrix, Metric, NumbersRef, Vectors};

/// Where the largest number may lie, as powers of two: a million squares of the one make 2^120, and the square of the other
/// is far from nothing.
const WITHIN: [i32; 2] = [-30, 50];
/// Where it is brought to otherwise.
const MIDDLE: i32 = 20;
/// No power is larger: its own must be in single precision, too.
const MOST: i32 = 126;
/// Numbers that one task looks at.
const PIECE: usize = 1 << 16;

/// What numbers up to `largest` are multiplied by: 1 where they are in reach, or where there is nothing to multiply.
pub fn power_for(largest: f64) -> f64 {
    if largest <= 0.0 || !largest.is_finite() {
        return 1.0;
    }
    let exponent = largest.log2().floor() as i32;
    if (WITHIN[0]..WITHIN[1]).contains(&exponent) { 1.0 } else { 2f64.powi((MIDDLE - exponent).min(MOST)) }
}

/// The power for the finite numbers of a matrix.
pub fn power_of(matrix: &Matrix) -> f32 {
    match matrix.values() {
        NumbersRef::Half(_) => 1.0,
        NumbersRef::Single(values) => power_for(values.par_chunks(PIECE).map(largest).reduce(|| 0.0, f64::max)) as f32,
    }
}

fn largest(values: &[f32]) -> f64 {
    let most = values.iter().filter(|value| value.is_finite()).fold(0.0f32, |most, value| most.max(value.abs()));
    f64::from(most)
}

/// Vectors in reach, and what brings distances between them back.
pub struct InReach<'a> {
    /// The vectors: each row times a power of its own for cosines, to which lengths are nothing; else all times the same.
    pub vectors: Cow<'a, Vectors>,
    metric: Metric,
    power: f64,
}

impl<'a> InReach<'a> {
    pub fn new(vectors: &'a Vectors, metric: Metric) -> Self {
        let power = if metric == Metric::Cosine { 1.0 } else { power_of(&vectors.matrix) };
        Self::by(vectors, metric, power)
    }

    /// Two sets of vectors that are to be compared with each other.
    pub fn both(a: &'a Vectors, b: &'a Vectors, metric: Metric) -> [Self; 2] {
        // The larger numbers need the smaller power; where all are small, that brings those as far as they go together.
        let powers = [a, b].map(|vectors| if metric == Metric::Cosine { 1.0 } else { power_of(&vectors.matrix) });
        let power = powers[0].min(powers[1]);
        [Self::by(a, metric, power), Self::by(b, metric, power)]
    }

    fn by(vectors: &'a Vectors, metric: Metric, power: f32) -> Self {
        let vectors = match vectors.matrix.values() {
            NumbersRef::Single(values) if metric == Metric::Cosine => {
                let columns = vectors.matrix.columns().max(1);
                let power = |row: &[f32]| power_for(largest(row)) as f32;
                match values.par_chunks(columns).any(|row| power(row) != 1.0) {
                    true => times(vectors, values, columns, power),
                    false => Cow::Borrowed(vectors),
                }
            }
            NumbersRef::Single(values) if power != 1.0 => times(vectors, values, PIECE, |_| power),
            NumbersRef::Half(_) if power != 1.0 => {
                let mut values = vec![0.0; vectors.matrix.values().len()];
                rows::widen(vectors.matrix.values(), &mut values);
                times(vectors, &values, PIECE, |_| power)
            }
            NumbersRef::Half(_) | NumbersRef::Single(_) => Cow::Borrowed(vectors),
        };
        Self { vectors, metric, power: f64::from(power) }
    }

    /// What all numbers were multiplied by; 1 where each row has a power of its own.
    pub fn power(&self) -> f32 {
        self.power as f32
    }

    /// What a distance of the graph is multiplied by to be between these vectors.
    fn of_distances(&self) -> f64 {
        match self.metric {
            Metric::Cosine => 1.0,
            Metric::Euclidean => self.power,
            Metric::Dot => self.power * self.power,
        }
    }

    /// A distance between these vectors as it is between those they were made of. What is too much for single precision is
    /// its largest number.
    pub fn told(&self, distance: f32) -> f32 {
        let power = self.of_distances();
        if power == 1.0 { distance } else { rows::told(f64::from(distance) / power) }
    }

    /// The way back.
    pub fn inside(&self, distance: f32) -> f32 {
        let power = self.of_distances();
        if power == 1.0 { distance } else { rows::told(f64::from(distance) * power) }
    }

    /// A graph of these vectors as one of those they were made of.
    pub fn told_graph(&self, graph: KnnGraph) -> KnnGraph {
        if self.of_distances() == 1.0 { graph } else { graph.with_distances(|distance| self.told(distance)) }
    }

    /// The way back.
    pub fn inside_graph<'g>(&self, graph: &'g KnnGraph) -> Cow<'g, KnnGraph> {
        match self.of_distances() == 1.0 {
            true => Cow::Borrowed(graph),
            false => Cow::Owned(graph.clone().with_distances(|distance| self.inside(distance))),
        }
    }
}

/// All numbers, chunk by chunk, times the power of the chunk.
fn times<'a>(
    vectors: &Vectors,
    values: &[f32],
    chunk: usize,
    power: impl Fn(&[f32]) -> f32 + Sync,
) -> Cow<'a, Vectors> {
    let mut values = values.to_vec();
    values.par_chunks_mut(chunk).for_each(|chunk| {
        let power = power(chunk);
        chunk.iter_mut().for_each(|value| *value *= power);
    });
    Cow::Owned(Vectors { ids: vectors.ids.clone(), matrix: Matrix::of(vectors.matrix.columns(), values.into()) })
}
