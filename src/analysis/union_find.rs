//! Which rows hang together.

/// Disjoint sets of rows, united by size with paths halved (Tarjan and van Leeuwen 1984).
#[derive(Clone, Debug)]
pub struct UnionFind {
    parents: Vec<u32>,
    sizes: Vec<u32>,
}

impl UnionFind {
    /// Every row by itself.
    pub fn new(rows: usize) -> Self {
        let rows = u32::try_from(rows).expect("rows are counted in 32 bits, like images");
        Self { parents: (0..rows).collect(), sizes: vec![1; rows as usize] }
    }

    /// The row that stands for the set of `row`.
    pub fn find(&mut self, mut row: u32) -> u32 {
        while self.parents[row as usize] != row {
            let above = self.parents[self.parents[row as usize] as usize];
            self.parents[row as usize] = above;
            row = above;
        }
        row
    }

    /// Makes one set of two; says which row stands for it, one of the two that did.
    pub fn unite(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return a;
        }
        let (root, child) = if self.sizes[a as usize] >= self.sizes[b as usize] { (a, b) } else { (b, a) };
        self.parents[child as usize] = root;
        self.sizes[root as usize] += self.sizes[child as usize];
        root
    }
}
