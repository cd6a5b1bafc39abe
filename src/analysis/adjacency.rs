//! Who names whom: for each vertex a list of others, without weights.

use super::KnnGraph;

/// Vertices `0..n`, each with the others that it names, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjacency {
    /// Where each list begins, and the end of the last.
    offsets: Vec<usize>,
    others: Vec<u32>,
}

impl Adjacency {
    /// From arcs `(from, to)` in any order. One that is given twice counts once, one to itself not at all.
    ///
    /// # Panics
    /// When an arc names a vertex that does not exist.
    pub fn from_arcs(vertices: usize, arcs: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut arcs: Vec<(u32, u32)> = arcs.into_iter().filter(|(from, to)| from != to).collect();
        let exists = |vertex: u32| (vertex as usize) < vertices;
        assert!(arcs.iter().all(|(from, to)| exists(*from) && exists(*to)), "arcs among {vertices} vertices");
        arcs.sort_unstable();
        arcs.dedup();
        let mut lists = Lists::with_capacity(vertices, arcs.len());
        let mut arcs = arcs.into_iter().peekable();
        for vertex in 0..vertices as u32 {
            while let Some((_, to)) = arcs.next_if(|(from, _)| *from == vertex) {
                lists.others.push(to);
            }
            lists.end();
        }
        lists.done()
    }

    /// Each row's nearest neighbours; those that are infinitely far are none.
    pub fn from_knn(knn: &KnnGraph) -> Self {
        let mut lists = Lists::with_capacity(knn.rows(), knn.rows() * knn.k());
        for row in 0..knn.rows() {
            let first = lists.others.len();
            let near = knn.neighbours(row).iter().zip(knn.distances(row));
            lists.others.extend(near.filter(|(_, distance)| distance.is_finite()).map(|(other, _)| *other));
            lists.others[first..].sort_unstable();
            lists.end();
        }
        lists.done()
    }

    /// Every arc the other way round: for each vertex those that name it.
    pub fn reversed(&self) -> Self {
        let mut offsets = vec![0; self.vertices() + 1];
        self.others.iter().for_each(|to| offsets[*to as usize + 1] += 1);
        for vertex in 0..self.vertices() {
            offsets[vertex + 1] += offsets[vertex];
        }
        let mut next = offsets.clone();
        let mut others = vec![0; self.others.len()];
        for from in 0..self.vertices() {
            for to in self.neighbours(from) {
                others[next[*to as usize]] = from as u32;
                next[*to as usize] += 1;
            }
        }
        Self { offsets, others }
    }

    /// The undirected graph: an edge, at both its ends, wherever one names the other. `reversed` is this one
    /// [reversed](Self::reversed).
    pub fn undirected(&self, reversed: &Self) -> Self {
        let mut lists = Lists::with_capacity(self.vertices(), 2 * self.others.len());
        for vertex in 0..self.vertices() {
            let (mut ours, mut theirs) = (self.neighbours(vertex), reversed.neighbours(vertex));
            while let Some(least) = ours.first().into_iter().chain(theirs.first()).min().copied() {
                lists.others.push(least);
                ours = &ours[usize::from(ours.first() == Some(&least))..];
                theirs = &theirs[usize::from(theirs.first() == Some(&least))..];
            }
            lists.end();
        }
        lists.others.shrink_to_fit();
        lists.done()
    }

    /// The arcs `(from, to)` for which `keep` is true.
    pub fn filtered(&self, keep: impl Fn(u32, u32) -> bool) -> Self {
        let mut lists = Lists::with_capacity(self.vertices(), self.others.len());
        for vertex in 0..self.vertices() {
            lists.others.extend(self.neighbours(vertex).iter().filter(|to| keep(vertex as u32, **to)));
            lists.end();
        }
        lists.done()
    }

    /// Number of vertices.
    pub fn vertices(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Number of arcs; of an undirected graph twice the number of edges.
    pub fn arcs(&self) -> usize {
        self.others.len()
    }

    /// Those that a vertex names, ascending.
    pub fn neighbours(&self, vertex: usize) -> &[u32] {
        &self.others[self.offsets[vertex]..self.offsets[vertex + 1]]
    }

    /// How many each vertex names.
    pub fn degrees(&self) -> Vec<u32> {
        self.offsets.windows(2).map(|ends| (ends[1] - ends[0]) as u32).collect()
    }
}

/// Lists that are written one after the other.
struct Lists {
    offsets: Vec<usize>,
    others: Vec<u32>,
}

impl Lists {
    fn with_capacity(vertices: usize, arcs: usize) -> Self {
        let mut offsets = Vec::with_capacity(vertices + 1);
        offsets.push(0);
        Self { offsets, others: Vec::with_capacity(arcs) }
    }

    /// The list of one vertex has ended.
    fn end(&mut self) {
        self.offsets.push(self.others.len());
    }

    fn done(self) -> Adjacency {
        Adjacency { offsets: self.offsets, others: self.others }
    }
}
