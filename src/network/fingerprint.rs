//! A short name for exactly this network.

use super::{Graph, Source};

impl Graph {
    /// Sixteen hexadecimal digits that follow from structure, weights and preprocessing.
    ///
    /// Vectors of networks with different fingerprints must not be compared. Not a protection against forgery. Reads every
    /// weight: a few milliseconds for a small network, a few tenths of a second for a very large one.
    pub fn fingerprint(&self) -> String {
        format!("{:016x}", digest(self))
    }
}

fn digest(graph: &Graph) -> u64 {
    let mut hash = Hash::new();
    hash.numbers(graph.input);
    // Plain data in serde's order: a new field is a new fingerprint, as it should be.
    hash.bytes(serde_json::to_string(&graph.preprocessing).expect("plain numbers serialise").as_bytes());
    for node in &graph.nodes {
        hash.bytes(node.name.as_bytes());
        for input in &node.inputs {
            hash.number(match input {
                Source::Input => u64::MAX,
                Source::Node(index) => *index as u64,
            });
        }
        hash.bytes(node.op.settings().as_bytes());
        for weights in node.op.weights() {
            hash.numbers(weights.shape.iter().copied());
            for pair in weights.values.chunks(2) {
                let low = u64::from(pair[0].to_bits());
                let high = pair.get(1).map_or(0, |value| u64::from(value.to_bits()));
                hash.number(low | high << 32);
            }
        }
    }
    hash.finish()
}

/// A multiply-and-fold hash over 64-bit words (the mixing step of wyhash): the same on every machine, and fast enough
/// for half a gigabyte of weights.
struct Hash(u64);

impl Hash {
    fn new() -> Self {
        Self(0x243f_6a88_85a3_08d3)
    }

    fn number(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f;
        self.0 = (product as u64) ^ ((product >> 64) as u64).rotate_left(23).wrapping_add(word);
    }

    fn numbers(&mut self, numbers: impl IntoIterator<Item = usize>) {
        numbers.into_iter().for_each(|number| self.number(number as u64));
        self.number(u64::MAX - 1);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.number(u64::from_le_bytes(word));
        }
        self.number(bytes.len() as u64);
    }

    fn finish(mut self) -> u64 {
        self.number(0x1357_9bdf);
        self.number(0);
        self.0
    }
}
