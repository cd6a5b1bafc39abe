//! Which row each layer is in, and the lanes of lines that pass rows.

/// Lines may pass so many rows in all. A network has some thousand such places; a file that is no network could ask for
/// any number.
const MAX_LANE_PLACES: usize = 40_000;

/// Layers, the picture, and a place for every line in every row it passes.
///
/// All lines from one layer share one lane, so that a layer which fifty later ones take (DenseNet) costs one line beside
/// the chain and not fifty.
#[derive(Clone, Debug, Default)]
pub(super) struct Skeleton {
    /// Number of layers; the picture is the place after them, lanes come after the picture.
    pub layer_count: usize,
    /// Places by row, from left to right.
    pub rows: Vec<Vec<usize>>,
    /// The row of each place.
    pub row_of: Vec<usize>,
    /// What lies in the row above and is joined to each place.
    pub above: Vec<Vec<usize>>,
    /// The same below.
    pub below: Vec<Vec<usize>>,
    /// The lane of each layer and of the picture: its places from the row below it down.
    pub lanes: Vec<Vec<usize>>,
    /// From, to; without doubles.
    pub edges: Vec<(usize, usize)>,
    /// Whether any layer takes the picture.
    pub has_picture: bool,
}

impl Skeleton {
    pub(super) fn new(inputs: &[&[Option<usize>]]) -> Self {
        let layer_count = inputs.len();
        let picture = layer_count;
        let mut edges = Vec::new();
        for (layer, taken) in inputs.iter().enumerate() {
            let mut sources: Vec<usize> = taken.iter().map(|from| from.unwrap_or(picture)).collect();
            sources.retain(|&from| from == picture || from < layer);
            sources.sort_unstable();
            sources.dedup();
            edges.extend(sources.into_iter().map(|from| (from, layer)));
        }
        let has_picture = edges.iter().any(|&(from, _)| from == picture);
        let mut skeleton = Self { layer_count, has_picture, edges, ..Self::default() };
        skeleton.rank();
        skeleton.add_lanes();
        skeleton
    }

    /// Whether a place is neither a layer nor the picture.
    pub(super) fn is_lane(&self, place: usize) -> bool {
        place > self.layer_count
    }

    /// Longest path from the picture; what takes nothing lies right above what takes it.
    fn rank(&mut self) {
        let picture = self.layer_count;
        self.row_of = vec![0; self.layer_count + 1];
        let mut takes = vec![false; self.layer_count + 1];
        // Edges come in the order of the layer they lead to, and lead from earlier ones.
        for &(from, to) in &self.edges {
            takes[to] = true;
            self.row_of[to] = self.row_of[to].max(self.row_of[from] + 1);
        }
        let mut highest_taker = vec![usize::MAX; self.layer_count + 1];
        for &(from, to) in &self.edges {
            highest_taker[from] = highest_taker[from].min(self.row_of[to]);
        }
        for place in 0..self.layer_count {
            if !takes[place] && highest_taker[place] != usize::MAX {
                self.row_of[place] = highest_taker[place] - 1;
            }
        }
        let row_count = self.row_of.iter().max().map_or(0, |last| last + 1);
        self.rows = vec![Vec::new(); row_count];
        for place in 0..=self.layer_count {
            if place != picture || self.has_picture {
                self.rows[self.row_of[place]].push(place);
            }
        }
    }

    fn add_lanes(&mut self) {
        let mut takers = vec![Vec::new(); self.layer_count + 1];
        for &(from, to) in &self.edges {
            takers[from].push(to);
        }
        self.above = vec![Vec::new(); self.layer_count + 1];
        self.below = vec![Vec::new(); self.layer_count + 1];
        self.lanes = vec![Vec::new(); self.layer_count + 1];
        let reach = |skeleton: &Self, from: usize| {
            let last = takers[from].iter().map(|&to| skeleton.row_of[to]).max().unwrap_or(0);
            last.saturating_sub(skeleton.row_of[from] + 1)
        };
        // The shortest first: what the limit cuts off are the longest.
        let mut sources: Vec<usize> = (0..=self.layer_count).collect();
        sources.sort_by_key(|&from| (reach(self, from), from));
        let mut place_count = 0;
        for from in sources {
            let length = reach(self, from);
            place_count += length;
            let is_within = place_count <= MAX_LANE_PLACES;
            if is_within {
                self.add_lane(from, length);
            }
            for &to in &takers[from] {
                match self.row_of[to] - self.row_of[from] - 1 {
                    0 => self.join(from, to),
                    passed if is_within => self.join(self.lanes[from][passed - 1], to),
                    _ => {}
                }
            }
        }
    }

    fn add_lane(&mut self, from: usize, length: usize) {
        let mut before = from;
        for row in self.row_of[from] + 1..=self.row_of[from] + length {
            let place = self.row_of.len();
            self.row_of.push(row);
            self.above.push(Vec::new());
            self.below.push(Vec::new());
            self.lanes[from].push(place);
            self.join(before, place);
            before = place;
        }
    }

    fn join(&mut self, upper: usize, lower: usize) {
        self.below[upper].push(lower);
        self.above[lower].push(upper);
    }
}
