//! Where images stand in the graph that joins each with its nearest neighbours: in the middle of a group, near everything, or
//! between groups.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{ImageId, StoredLayer};

/// By what an image is central.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Centrality {
    /// The share of the others of its community that are less typical: ranked by PageRank along the arcs within it.
    #[default]
    Typicality,
    /// How many images have it among their nearest neighbours (k-occurrence; Radovanović, Nanopoulos and Ivanović 2010).
    InDegree,
    /// The share of the shortest paths between others that lead through it (Freeman 1977).
    Betweenness,
    /// How often somebody is there who goes from image to near image at random (Brin and Page 1998).
    PageRank,
    /// How near it is to all others on average: the mean of 1 / distance (Marchiori and Latora 2000).
    Harmonic,
    /// Images that have it among their neighbours, or it has among its own.
    Degree,
}

impl Centrality {
    /// All of them, for menus.
    pub const ALL: [Self; 6] =
        [Self::Typicality, Self::InDegree, Self::Betweenness, Self::PageRank, Self::Harmonic, Self::Degree];

    /// Those that say of pictures what the others do not: orders of the gallery and colours of the map.
    pub const SHOWN: [Self; 3] = [Self::Typicality, Self::InDegree, Self::Betweenness];

    /// The name used on the command line and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Typicality => "typicality",
            Self::InDegree => "in_degree",
            Self::Betweenness => "betweenness",
            Self::PageRank => "pagerank",
            Self::Harmonic => "harmonic",
            Self::Degree => "degree",
        }
    }

    /// The name shown to the person.
    pub fn title(self) -> &'static str {
        match self {
            Self::Typicality => "Typicality",
            Self::InDegree => "In-degree (hubs)",
            Self::Betweenness => "Betweenness (bridges)",
            Self::PageRank => "PageRank",
            Self::Harmonic => "Harmonic centrality",
            Self::Degree => "Degree",
        }
    }

    /// Which images are high, for the person.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Typicality => {
                "Typical pictures: those that others of the same community have near them, and these have others near \
                 them in turn. The most typical of each community come first"
            }
            Self::InDegree => {
                "Hubs: near everything. They are among the nearest neighbours of very many images, and so turn up in \
                 many answers"
            }
            Self::Betweenness => {
                "Bridges between groups: the shortest ways through the graph, from neighbour to neighbour, lead through \
                 them"
            }
            Self::PageRank => "Images at which one is most often, going from neighbour to neighbour at random",
            Self::Harmonic => "Images from which few steps lead to all others",
            Self::Degree => "Images that are joined with many others",
        }
    }
}

/// What is to be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CentralityWish {
    /// By which vectors, compared by cosine.
    pub source: StoredLayer,
    /// Nearest neighbours that each image is joined with.
    pub k: usize,
    /// From how many images shortest paths are searched; `None` for as many as a graph of this size allows.
    pub pivots: Option<usize>,
    /// Where chance starts.
    pub seed: u64,
}

impl CentralityWish {
    /// The usual settings at a layer.
    pub fn new(source: StoredLayer) -> Self {
        Self { source, k: 15, pivots: None, seed: 0 }
    }
}

/// What is true of the graph as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GraphFacts {
    /// Pairs of images of which one has the other among its neighbours.
    pub edges: usize,
    /// Those that have each other.
    pub mutual_edges: usize,
    /// Skewness of the in-degrees: 0 without hubs; above 1 there are strong ones.
    pub skewness: f64,
    /// Images that are among nobody's neighbours.
    pub antihubs: usize,
    /// Communities (Leiden) in which images are more or less typical.
    pub communities: usize,
    /// Parts that hang together.
    pub components: usize,
    /// Images of the largest of them.
    pub largest_component: usize,
    /// Parts within which one gets from each image to each other along the arcs, from an image to its neighbours only.
    pub strong_components: usize,
    /// Images of the largest of them.
    pub largest_strong_component: usize,
    /// From how many images shortest paths were searched; where it is not all, betweenness, harmonic centrality and
    /// distances are estimates.
    pub pivots: usize,
    /// Standard error of the betweenness of the hundred images where it is largest, as a share of it: the median. `None` if
    /// it is exact.
    pub betweenness_error: Option<f64>,
    /// Standard error of harmonic centrality, as a share of it: the median. `None` if it is exact.
    pub harmonic_error: Option<f64>,
    /// In so many steps .9 of the pairs that are joined at all reach each other.
    pub effective_diameter: Option<f64>,
    /// Steps between two that are joined at all, on average.
    pub mean_distance: Option<f64>,
    /// The most steps between any two that were met with.
    pub longest_distance: usize,
}

/// Every image with its place in the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct CentralityReport {
    /// The table of the vectors.
    pub features: String,
    /// What was asked for.
    pub wish: CentralityWish,
    /// The images, ascending. What follows has a value for each of them.
    pub ids: Vec<ImageId>,
    /// See [`Centrality::Degree`].
    pub degrees: Vec<u32>,
    /// How many of its neighbours have it among theirs.
    pub mutual_degrees: Vec<u32>,
    /// See [`Centrality::InDegree`].
    pub in_degrees: Vec<u32>,
    /// See [`Centrality::PageRank`]; together 1.
    pub pageranks: Vec<f32>,
    /// See [`Centrality::Typicality`]; from 0 to 1.
    pub typicalities: Vec<f32>,
    /// See [`Centrality::Betweenness`]; from 0 to 1.
    pub betweennesses: Vec<f32>,
    /// See [`Centrality::Harmonic`]; from 0 to 1.
    pub harmonics: Vec<f32>,
    /// The community, counted from 0 by falling size.
    pub communities: Vec<u32>,
    /// The part that hangs together, counted from 0 by falling size.
    pub components: Vec<u32>,
    /// The part within which each is reached along the arcs, counted from 0 by falling size.
    pub strong_components: Vec<u32>,
    /// What is true of the whole graph.
    pub facts: GraphFacts,
    /// How long it took.
    pub elapsed_secs: f64,
    /// Where each image stands, by each of [`Centrality::SHOWN`]; made by [`with_standings`](Self::with_standings).
    pub standings: Vec<Standing>,
}

impl CentralityReport {
    /// Sorts the images by all that they are shown by, so that nobody has to wait for it later.
    #[must_use]
    pub fn with_standings(mut self) -> Self {
        self.standings = Centrality::SHOWN.iter().map(|by| Standing::of(&self, *by)).collect();
        self
    }

    /// Where images stand, if they are shown by this.
    pub fn standing(&self, by: Centrality) -> Option<&Standing> {
        self.standings.get(Centrality::SHOWN.iter().position(|shown| *shown == by)?)
    }

    /// The name of its table in the workspace.
    pub fn table(&self) -> String {
        format!("centrality_{}_{}", self.features, self.wish.source.column())
    }

    /// One value of a row.
    pub fn value(&self, by: Centrality, row: usize) -> f32 {
        match by {
            Centrality::Typicality => self.typicalities[row],
            Centrality::InDegree => self.in_degrees[row] as f32,
            Centrality::Betweenness => self.betweennesses[row],
            Centrality::PageRank => self.pageranks[row],
            Centrality::Harmonic => self.harmonics[row],
            Centrality::Degree => self.degrees[row] as f32,
        }
    }

    /// The rows, the most central first; of those that are equally typical that of the larger community, else by id.
    pub fn order(&self, by: Centrality) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.ids.len() as u32).collect();
        rows.sort_unstable_by(|a, b| {
            let [a, b] = [*a, *b].map(|row| row as usize);
            let community = match by {
                Centrality::Typicality => self.communities[a].cmp(&self.communities[b]),
                Centrality::InDegree
                | Centrality::Betweenness
                | Centrality::PageRank
                | Centrality::Harmonic
                | Centrality::Degree => Ordering::Equal,
            };
            self.value(by, b).total_cmp(&self.value(by, a)).then(community).then(a.cmp(&b))
        });
        rows
    }
}

/// Where each image stands in an [order](CentralityReport::order), made once and looked up often.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// By image: its place, counted from 0; `u32::MAX` of one that has none.
    places: Vec<u32>,
    /// By image: the share of the images that are less central than it.
    shares: Vec<f32>,
}

impl Standing {
    /// Of all images of a report.
    pub fn of(report: &CentralityReport, by: Centrality) -> Self {
        let order = report.order(by);
        let images = report.ids.last().map_or(0, |last| last.index() + 1);
        let mut this = Self { places: vec![u32::MAX; images], shares: vec![0.0; images] };
        let others = order.len().saturating_sub(1).max(1) as f32;
        let mut less = 0;
        for (place, row) in order.iter().enumerate().rev() {
            let (row, id) = (*row as usize, report.ids[*row as usize].index());
            // What is equal has the same share: those after all of them are less.
            let is_less = |next: &u32| report.value(by, *next as usize) < report.value(by, row);
            if order.get(place + 1).is_some_and(is_less) {
                less = order.len() - place - 1;
            }
            (this.places[id], this.shares[id]) = (place as u32, less as f32 / others);
        }
        this
    }

    /// The place of an image, the most central first; behind all others if nothing is known of it.
    pub fn place(&self, id: ImageId) -> u32 {
        self.places.get(id.index()).copied().unwrap_or(u32::MAX)
    }

    /// The share of the images that are less central than this one, if anything is known of it.
    pub fn share(&self, id: ImageId) -> Option<f32> {
        (self.place(id) != u32::MAX).then(|| self.shares[id.index()])
    }
}
