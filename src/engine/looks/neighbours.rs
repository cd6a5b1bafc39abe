//! Neighbours: a question of any kind becomes a probe, and the probe a list.

pub mod ahead;
mod code;
mod depths;
mod nearest;
mod parts;
mod probe;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use ahead::Ahead;

use crate::analysis::hamming;
use crate::analysis::neighbours::{MixedLayer, Scan, mixed};
use crate::domain::{
    Example, ImageId, ImagePath, Neighbour, NeighbourWish, Region, Representation, StoredLayer, Strategy, Workload,
    choose, counted, fits_half,
};
use crate::engine::collection::library::LayerNow;
use crate::engine::message::{Asked, Event, LookKind, NeighbourList, Problem};
use crate::engine::opened::Opened;
use crate::engine::tensor::Searcher;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;

const WHAT: &str = "The images cannot be compared";

/// Asked whether nobody wants the answer any more.
type Stale<'a> = &'a (dyn Fn() -> bool + Sync);

/// Finds neighbours, on a thread of its own.
pub struct NeighbourWorker {
    /// What is open.
    pub opened: Arc<Opened>,
    /// Whose question it answers: what is found for one is found beside what is found for another.
    pub searcher: Searcher,
}

/// What was found, by how many comparisons.
struct Found {
    neighbours: Vec<Neighbour>,
    /// Where in its picture each is like the probe; empty where wholes were compared.
    parts: Vec<Region>,
    searched: usize,
    elapsed_secs: f64,
    how: String,
    /// Of an index; `None` of an exact answer.
    recall: Option<f64>,
}

impl Found {
    /// As the answer to `wish`.
    fn list(self, wish: NeighbourWish) -> NeighbourList {
        let Self { neighbours, parts, searched, elapsed_secs, how, recall } = self;
        let searched = wish.among.as_ref().map_or(searched, |among| among.len().min(searched));
        NeighbourList { wish, neighbours, parts, searched, is_exact: recall.is_none(), how, recall, elapsed_secs }
    }
}

fn span_of(kind: &LookKind, wish: &NeighbourWish) -> tracing::Span {
    let (kind, examples) = (kind.word(), wish.examples.len());
    tracing::debug_span!("look", kind, layer = wish.at.title(), k = wish.k, examples)
}

impl NeighbourWorker {
    /// Answers until nobody can ask any more.
    pub fn serve(self, slot: &Slot<NeighbourWish>) {
        let mut ahead = Ahead::default();
        while let Some((wish, number)) = slot.wait() {
            let is_of_hover = self.searcher == Searcher::Hover;
            let kind = if is_of_hover { LookKind::HoverNeighbours } else { LookKind::Neighbours };
            let _look = span_of(&kind, &wish).entered();
            let stale = || slot.is_stale(number);
            let (of, outbox) = (Asked::Look(kind), &self.opened.outbox);
            match guarded("Neighbours could not be found", &of, outbox, || self.neighbours(&wish, &stale)) {
                Some(Ok(Some(list))) => {
                    let by_index = list.recall.is_some();
                    outbox.tell(if is_of_hover { Event::HoverNeighbours(list) } else { Event::Neighbours(list) });
                    if let (true, Representation::Layer(source)) = (by_index, &wish.at) {
                        let stays = !self.opened.is_gathering.load(Relaxed);
                        ahead.asked_by_index(&self.opened.library, source, stays);
                    }
                }
                // Of a question that was overtaken nobody waits for an answer.
                Some(Err(problem)) if !stale() => outbox.complain(of, problem),
                Some(Err(_) | Ok(None)) | None => {}
            }
        }
    }

    /// `None` when nobody wants the answer any more.
    fn neighbours(&self, asked: &NeighbourWish, stale: Stale) -> Result<Option<NeighbourList>, Problem> {
        let wish = &self.recognised(asked);
        let among = wish.among.as_ref();
        let exclude = wish.members();
        let scan = Scan { metric: wish.metric, k: wish.k, exclude: &exclude, among };
        let found = match &wish.at {
            Representation::Layer(source) if wish.anywhere => self.in_parts(wish, source, &scan, stale)?,
            Representation::Mix(_) | Representation::Embedding if wish.anywhere => {
                return Err(
                    Problem::new(WHAT, "parts of pictures are compared at one layer").with_remedy("Choose a layer.")
                );
            }
            Representation::Layer(source) => self.at_layer(wish, source, &scan, stale)?,
            Representation::Mix(layers) => self.at_layers(wish, layers, &scan, stale)?,
            Representation::Embedding => self.by_codes(wish, &scan, stale)?,
        };
        if stale() {
            return Ok(None);
        }
        Ok(Some(found.list(asked.clone())))
    }

    /// The same question, with the collection's own image wherever its file is named; each is told.
    fn recognised(&self, asked: &NeighbourWish) -> NeighbourWish {
        let mut wish = asked.clone();
        for (example, _) in &mut wish.examples {
            let Example::File { path, region } = example else { continue };
            let Some(image) = self.image_at(path) else { continue };
            self.opened.outbox.tell(Event::Recognised { file: path.clone(), image });
            *example = match *region {
                Some(region) => Example::Region { image, region },
                None => Example::Image(image),
            };
        }
        wish
    }

    /// The image of the collection whose file this is, by whatever way the path leads there.
    fn image_at(&self, path: &Path) -> Option<ImageId> {
        let known = |path: &Path, folder: &Path| {
            let below = path.strip_prefix(folder).ok()?;
            self.opened.catalogue.find(&ImagePath::from_relative(below))
        };
        known(path, &self.opened.folder)
            .or_else(|| known(&path.canonicalize().ok()?, &self.opened.folder.canonicalize().ok()?))
    }

    fn at_layer(
        &self,
        wish: &NeighbourWish,
        source: &StoredLayer,
        scan: &Scan,
        stale: Stale,
    ) -> Result<Found, Problem> {
        let LayerNow { table, channels, is_in_single, index } = self.opened.library.at(source, wish.metric)?;
        let rows = table.rows();
        let choice = choose(Workload::Neighbours {
            rows,
            channels,
            recall: index.as_ref().map(|record| record.recall),
            is_filtered: scan.among.is_some(),
            exactly: wish.exactly,
            exact_bytes: self.opened.exact_bytes,
        });
        if let (Strategy::Index, Some(record)) = (choice.strategy, index) {
            // Vectors that are in memory need not be read, neither for the question nor for a second look.
            let at_hand = self.opened.library.at_hand(source, &table);
            let probe = self.probe(wish, source, at_hand.as_deref(), channels, stale)?;
            // An index over halves would be asked for another probe than this.
            if probe.iter().any(|value| !fits_half(*value)) && !is_in_single {
                let how = "every image was compared: what is asked with has numbers beyond half precision, in which the \
                           index is stored";
                return self.exactly(wish, source, scan, how.to_owned(), stale);
            }
            let started = Instant::now();
            let could_not = |error| Problem::new("The index could not be asked", error);
            let wanted = scan.k + scan.exclude.len();
            let found = match at_hand {
                Some(near) => {
                    let promising = table.promising(&record, &probe, wanted).map_err(could_not)?;
                    promising.map(|images| near.index.exact_of(&near.vectors, &probe, scan, &images))
                }
                None => {
                    let mut neighbours = table.nearest(&record, &probe, wanted).map_err(could_not)?;
                    let are_finite = neighbours.iter().all(|neighbour| neighbour.score.is_finite());
                    neighbours.retain(|neighbour| scan.exclude.binary_search(&neighbour.image).is_err());
                    neighbours.truncate(scan.k);
                    are_finite.then_some(neighbours)
                }
            };
            let Some(neighbours) = found.filter(|_| fits_products(&probe)) else {
                let how = "every image was compared: products of these vectors exceed single precision, in which the \
                           index computes";
                return self.exactly(wish, source, scan, how.to_owned(), stale);
            };
            let (elapsed_secs, recall) = (started.elapsed().as_secs_f64(), Some(record.recall));
            return Ok(Found {
                neighbours,
                parts: Vec::new(),
                searched: rows,
                elapsed_secs,
                how: choice.reason,
                recall,
            });
        }
        self.exactly(wish, source, scan, choice.reason, stale)
    }

    /// Compares every image.
    fn exactly(
        &self,
        wish: &NeighbourWish,
        source: &StoredLayer,
        scan: &Scan,
        how: String,
        stale: Stale,
    ) -> Result<Found, Problem> {
        let searchable = self.opened.library.vectors(source)?;
        let channels = searchable.vectors.matrix.columns();
        let probe = self.probe(wish, source, Some(&searchable), channels, stale)?;
        let started = Instant::now();
        let neighbours = searchable.index.exact_among(&searchable.vectors, &probe, scan, stale);
        let elapsed_secs = started.elapsed().as_secs_f64();
        let searched = searchable.vectors.ids.len();
        let how = how + &left_out(searchable.index.not_finite());
        Ok(Found { neighbours, parts: Vec::new(), searched, elapsed_secs, how, recall: None })
    }

    fn at_layers(
        &self,
        wish: &NeighbourWish,
        layers: &[(StoredLayer, f32)],
        scan: &Scan,
        stale: Stale,
    ) -> Result<Found, Problem> {
        let mut ready = Vec::with_capacity(layers.len());
        for (source, weight) in layers {
            let searchable = self.opened.library.vectors(source)?;
            let channels = searchable.vectors.matrix.columns();
            let probe = self.probe(wish, source, Some(&searchable), channels, stale)?;
            ready.push((searchable, probe, *weight));
        }
        let started = Instant::now();
        let parts: Vec<MixedLayer> = ready
            .iter()
            .map(|(searchable, probe, weight)| MixedLayer {
                vectors: &searchable.vectors,
                index: Some(&searchable.index),
                probe,
                weight: *weight,
            })
            .collect();
        let neighbours = mixed(&parts, scan, stale);
        let searched = ready.iter().map(|(searchable, ..)| searchable.vectors.ids.len()).min().unwrap_or(0);
        let not_finite: usize = ready.iter().map(|(searchable, ..)| searchable.index.not_finite()).sum();
        let how = format!("every vector of {} was compared", counted(layers.len(), "layer", "layers"))
            + &left_out(not_finite);
        Ok(Found {
            neighbours,
            parts: Vec::new(),
            searched,
            elapsed_secs: started.elapsed().as_secs_f64(),
            how,
            recall: None,
        })
    }

    fn by_codes(&self, wish: &NeighbourWish, scan: &Scan, stale: Stale) -> Result<Found, Problem> {
        let embedding = self.opened.library.embedding(stale)?;
        let probe = self.code(wish, &embedding, stale)?;
        let started = Instant::now();
        let wanted = |id| scan.among.is_none_or(|among| among.contains(id)) && scan.exclude.binary_search(&id).is_err();
        let neighbours = hamming::nearest_among(&embedding.codes, probe.row(0), scan.k, &wanted, stale);
        let (rows, features) = (embedding.codes.rows(), embedding.codes.features());
        let how = choose(Workload::Codes { rows, features }).reason;
        let elapsed_secs = started.elapsed().as_secs_f64();
        Ok(Found { neighbours, parts: Vec::new(), searched: rows, elapsed_secs, how, recall: None })
    }
}

/// Whether single precision can hold the square of a probe's length, and so what an index makes of it.
fn fits_products(probe: &[f32]) -> bool {
    let square: f64 = probe.iter().map(|value| f64::from(*value).powi(2)).sum();
    square == 0.0 || (square as f32).is_normal()
}

/// What is told of vectors that are nobody's neighbours; nothing if there are none.
fn left_out(not_finite: usize) -> String {
    match not_finite {
        0 => String::new(),
        some => format!("; {} with a number that is not finite left out", counted(some, "vector", "vectors")),
    }
}
