//! Neighbours: a question of any kind becomes a probe, and the probe a list.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::bounded;

use crate::analysis::embedding::TernaryCodes;
use crate::analysis::hamming;
use crate::analysis::neighbours::{ImageSet, MixedLayer, Search as Scan, mixed, probe_of};
use crate::analysis::probe::{Probe, mean_of};
use crate::analysis::region_search::{Window, best_windows};
use crate::domain::predicate::names_there_are;
use crate::domain::{
    ClassOrigin, Example, ImageId, ImagePath, Job, Metric, Neighbour, NeighbourWish, Pooling, Region, Representation,
    StoredLayer, WorkEngine, choose, counted, fits_half,
};
use crate::engine::analyses::class_members::Members;
use crate::engine::collection::embedding::Embedding;
use crate::engine::collection::library::{LayerNow, Shelf};
use crate::engine::message::{Asked, Event, LookKind, NeighbourList, Problem};
use crate::engine::opened::Opened;
use crate::engine::tensor::TensorLook;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;
use crate::images;

const WHAT: &str = "The images cannot be compared";

/// Asked whether nobody wants the answer any more.
type Stale<'a> = &'a (dyn Fn() -> bool + Sync);

/// Finds neighbours, on a thread of its own.
pub struct NeighbourSearch {
    /// What is open.
    pub opened: Arc<Opened>,
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

impl NeighbourSearch {
    /// Answers until nobody can ask any more.
    pub fn serve(self, slot: &Slot<NeighbourWish>) {
        while let Some((wish, number)) = slot.wait() {
            let stale = || slot.is_stale(number);
            let (of, outbox) = (Asked::Look(LookKind::Neighbours), &self.opened.outbox);
            match guarded("Neighbours could not be found", &of, outbox, || self.neighbours(&wish, &stale)) {
                Some(Ok(Some(list))) => outbox.tell(Event::Neighbours(list)),
                // Of a question that was overtaken nobody waits for an answer.
                Some(Err(problem)) if !stale() => outbox.complain(of, problem),
                Some(Err(_) | Ok(None)) | None => {}
            }
        }
    }

    /// `None` when nobody wants the answer any more.
    fn neighbours(&self, asked: &NeighbourWish, stale: Stale) -> Result<Option<NeighbourList>, Problem> {
        let wish = &self.recognised(asked);
        let among = wish.among.as_ref().map(|among| among.iter().copied().collect::<ImageSet>());
        let exclude = wish.members();
        let scan = Scan { metric: wish.metric, k: wish.k, exclude: &exclude, among: among.as_ref() };
        let found = match &wish.at {
            Representation::Layer(source) if wish.anywhere => self.in_parts(wish, source, &scan, stale)?,
            _ if wish.anywhere => {
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
        let Found { neighbours, parts, searched, elapsed_secs, how, recall } = found;
        let searched = among.map_or(searched, |among| among.len().min(searched));
        Ok(Some(NeighbourList {
            wish: asked.clone(),
            neighbours,
            parts,
            searched,
            is_exact: recall.is_none(),
            how,
            recall,
            elapsed_secs,
        }))
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
            self.opened.roll.find(&ImagePath::from_relative(below))
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
        let choice = choose(Job::Neighbours {
            rows,
            channels,
            recall: index.as_ref().map(|record| record.recall),
            is_filtered: scan.among.is_some(),
            exactly: wish.exactly,
        });
        if let (WorkEngine::Index, Some(record)) = (choice.engine, index) {
            let probe = self.probe(wish, source, None, channels, stale)?;
            // An index over halves would be asked for another probe than this.
            if probe.iter().any(|value| !fits_half(*value)) && !is_in_single {
                let how = "every image was compared: the probe is beyond the half precision that the index is in";
                return self.exactly(wish, source, scan, how.to_owned(), stale);
            }
            let started = Instant::now();
            let nearest = table.nearest(&record, &probe, scan.k + scan.exclude.len());
            let mut neighbours = nearest.map_err(|error| Problem::new("The index could not be asked", error))?;
            if !fits_products(&probe) || neighbours.iter().any(|neighbour| !neighbour.score.is_finite()) {
                let how = "every image was compared: products of these vectors are beyond the single precision that the \
                           index reckons in";
                return self.exactly(wish, source, scan, how.to_owned(), stale);
            }
            neighbours.retain(|neighbour| scan.exclude.binary_search(&neighbour.image).is_err());
            neighbours.truncate(scan.k);
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
        let shelf = self.opened.library.vectors(source)?;
        let channels = shelf.vectors.matrix.columns();
        let probe = self.probe(wish, source, Some(&shelf), channels, stale)?;
        let started = Instant::now();
        let neighbours = shelf.index.exact_among(&shelf.vectors, &probe, scan, stale);
        let elapsed_secs = started.elapsed().as_secs_f64();
        let searched = shelf.vectors.ids.len();
        let how = how + &left_out(shelf.index.not_finite());
        Ok(Found { neighbours, parts: Vec::new(), searched, elapsed_secs, how, recall: None })
    }

    /// Compares every part of every image: windows of the size of the box, over whole activations.
    fn in_parts(
        &self,
        wish: &NeighbourWish,
        source: &StoredLayer,
        scan: &Scan,
        stale: Stale,
    ) -> Result<Found, Problem> {
        let (size, region) = self.boxed(wish)?;
        let table = self.opened.kept.table(&source.layer)?.filter(|table| !table.is_empty()).ok_or_else(|| {
            let why = format!("no activations of {} are kept", source.layer);
            Problem::new(WHAT, why)
                .with_remedy("Keep them: `tiramisu activations FOLDER keep`, or in the window under Workspace.")
        })?;
        let shape @ [channels, h, w] = table.shape();
        let probe = self.probe(wish, source, None, channels, stale)?;
        let seen = self.opened.input.footprint(size).seen(region).unwrap_or(region);
        let (rows, columns) = seen.cells(h, w);
        let window = [rows.len(), columns.len()];
        let started = Instant::now();
        let mut best: Vec<(Neighbour, Window)> = Vec::new();
        let mut searched = 0;
        let is_before = |a: &Neighbour, b: &Neighbour| {
            let by_score = match wish.larger_is_nearer() {
                true => b.score.total_cmp(&a.score),
                false => a.score.total_cmp(&b.score),
            };
            by_score.then(a.image.cmp(&b.image))
        };
        let scanned = table.scan(|images, activations| {
            if stale() {
                return ControlFlow::Break(());
            }
            let found = best_windows(&probe, activations, shape, window, source.pooling, wish.metric);
            for (image, found) in images.iter().zip(found) {
                let is_wanted = scan.among.is_none_or(|among| among.contains(*image))
                    && scan.exclude.binary_search(image).is_err()
                    && self.opened.roll.get(*image).is_some_and(|record| table.holds(&record));
                if let Some(found) = found.filter(|_| is_wanted) {
                    searched += 1;
                    best.push((Neighbour { image: *image, score: found.score }, found));
                }
            }
            if best.len() > 4 * scan.k.max(256) {
                best.sort_unstable_by(|a, b| is_before(&a.0, &b.0));
                best.truncate(scan.k);
            }
            ControlFlow::Continue(())
        });
        scanned.map_err(|error| {
            // Opened anew, they may be read the next time.
            self.opened.kept.forget();
            Problem::new("The activations could not be read", error)
        })?;
        best.sort_unstable_by(|a, b| is_before(&a.0, &b.0));
        best.truncate(scan.k);
        let place = |(neighbour, found): &(Neighbour, Window)| {
            let size = self.opened.roll.get(neighbour.image).map_or([1, 1], |record| [record.width, record.height]);
            let footprint = self.opened.input.footprint(size);
            let (rows, columns) = (found.row..found.row + window[0], found.column..found.column + window[1]);
            // A window that holds nothing but what was added around the picture has no place on it.
            footprint.cells(rows, columns, [h, w]).unwrap_or_else(|| Region::between((0.0, 0.0), (0.0, 0.0)))
        };
        let parts = best.iter().map(place).collect();
        let neighbours = best.into_iter().map(|(neighbour, _)| neighbour).collect();
        let windows = (h + 1).saturating_sub(window[0]) * (w + 1).saturating_sub(window[1]);
        let how = format!(
            "every part of every image was compared: {windows} windows of {} x {} cells in each",
            window[0], window[1]
        );
        Ok(Found { neighbours, parts, searched, elapsed_secs: started.elapsed().as_secs_f64(), how, recall: None })
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
            let shelf = self.opened.library.vectors(source)?;
            let channels = shelf.vectors.matrix.columns();
            let probe = self.probe(wish, source, Some(&shelf), channels, stale)?;
            ready.push((shelf, probe, *weight));
        }
        let started = Instant::now();
        let parts: Vec<MixedLayer> = ready
            .iter()
            .map(|(shelf, probe, weight)| MixedLayer {
                vectors: &shelf.vectors,
                index: Some(&shelf.index),
                probe,
                weight: *weight,
            })
            .collect();
        let neighbours = mixed(&parts, scan, stale);
        let searched = ready.iter().map(|(shelf, ..)| shelf.vectors.ids.len()).min().unwrap_or(0);
        let not_finite: usize = ready.iter().map(|(shelf, ..)| shelf.index.not_finite()).sum();
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
        let how = choose(Job::Codes { rows, features }).reason;
        let elapsed_secs = started.elapsed().as_secs_f64();
        Ok(Found { neighbours, parts: Vec::new(), searched: rows, elapsed_secs, how, recall: None })
    }

    /// The one vector that stands for all examples.
    ///
    /// Without a shelf the vectors of images are read one by one.
    fn probe(
        &self,
        wish: &NeighbourWish,
        source: &StoredLayer,
        shelf: Option<&Shelf>,
        channels: usize,
        stale: Stale,
    ) -> Result<Vec<f32>, Problem> {
        // As it is: of one image alone, the length is part of the question where the measure sees it.
        match &wish.examples[..] {
            [(Example::Image(image), weight)] if *weight > 0.0 => return self.vector_of(*image, source, shelf),
            [(Example::File { path, region: None }, weight)] if *weight > 0.0 => {
                return self.computed_of(path, source, None);
            }
            _ => {}
        }
        let mut probe = Probe::default();
        for (example, weight) in &wish.examples {
            let vector = match example {
                Example::Image(image) => self.vector_of(*image, source, shelf)?,
                Example::Region { image, region } => self.computed(*image, source, Some(*region))?,
                Example::File { path, region } => self.computed_of(path, source, *region)?,
                Example::Vector(vector) => vector.clone(),
                many @ (Example::Label(_) | Example::Tag(_) | Example::Cluster { .. } | Example::Class(_)) => {
                    match shelf {
                        Some(shelf) => self.mean_of(many, wish.metric, shelf, stale)?,
                        None => self.mean_of(many, wish.metric, &*self.opened.library.vectors(source)?, stale)?,
                    }
                }
            };
            probe.add(vector, *weight, channels).map_err(|error| Problem::new(WHAT, error))?;
        }
        probe.check().map_err(|error| Problem::new(WHAT, error))?;
        Ok(probe.vector(wish.metric))
    }

    fn vector_of(&self, image: ImageId, source: &StoredLayer, shelf: Option<&Shelf>) -> Result<Vec<f32>, Problem> {
        let known = match shelf {
            Some(shelf) => probe_of(&shelf.vectors, image),
            None => self.opened.library.vector(source, image)?,
        };
        match known {
            Some(vector) => Ok(vector),
            None => self.computed(image, source, None),
        }
    }

    fn mean_of(&self, many: &Example, metric: Metric, shelf: &Shelf, stale: Stale) -> Result<Vec<f32>, Problem> {
        let images = self.images_of(many)?;
        match mean_of(&shelf.vectors, &images, metric, stale) {
            Some(mean) if mean.images > 0 => Ok(mean.vector),
            // Nobody sees what comes of a question that nobody asks any more.
            None => Ok(vec![0.0; shelf.vectors.matrix.columns()]),
            Some(_) => {
                let of = many.title().unwrap_or_default();
                Err(Problem::new(WHAT, format!("no image of {of} has vectors at this layer"))
                    .with_remedy("Extract features first."))
            }
        }
    }

    /// The images that an example of many images is the mean of.
    fn images_of(&self, many: &Example) -> Result<Vec<ImageId>, Problem> {
        let members =
            Members { workspace: &self.opened.workspace, features: self.opened.features(), roll: &self.opened.roll };
        let found = match many {
            Example::Label(label) => return self.images_with(label),
            Example::Tag(tag) => members.of(tag, &ClassOrigin::Tag)?,
            Example::Class(class) => members.of_kept(class)?,
            Example::Cluster { clustering, cluster } => {
                let found = members.clustering(Some(clustering))?;
                let index = u32::try_from(*cluster).unwrap_or(u32::MAX);
                found.members(index).collect()
            }
            Example::Image(image) | Example::Region { image, .. } => vec![*image],
            Example::Vector(_) | Example::File { .. } => Vec::new(),
        };
        if found.is_empty() {
            let of = many.title().unwrap_or_default();
            return Err(Problem::new(WHAT, format!("{of} has no images")));
        }
        Ok(found)
    }

    fn images_with(&self, label: &str) -> Result<Vec<ImageId>, Problem> {
        let all = self.opened.roll.all();
        let has_it = |found: &str| found == label;
        let images: Vec<ImageId> =
            all.iter().filter(|image| image.label.as_deref().is_some_and(has_it)).map(|image| image.id).collect();
        if !images.is_empty() {
            return Ok(images);
        }
        let mut labels: Vec<&str> = all.iter().filter_map(|image| image.label.as_deref()).collect();
        labels.sort_unstable();
        labels.dedup();
        let remedy = match labels.is_empty() {
            true => "An image's label is the name of the folder it lies in.".to_owned(),
            false => names_there_are(label, "labels", &labels),
        };
        Err(Problem::new(WHAT, format!("no image has the label {label}")).with_remedy(remedy))
    }

    /// The vector of an image that is not in the workspace yet, or of a part of one.
    fn computed(&self, image: ImageId, source: &StoredLayer, region: Option<Region>) -> Result<Vec<f32>, Problem> {
        let record =
            self.opened.roll.get(image).ok_or_else(|| Problem::new(WHAT, "the image is not in the collection"))?;
        if let Some(reason) = &record.problem {
            return Err(Problem::new(WHAT, format!("{reason}: {}", record.path.text)));
        }
        self.computed_of(&record.path.below(&self.opened.folder), source, region)
    }

    /// The vector of a picture, or of a part of one, by the network.
    fn computed_of(&self, path: &Path, source: &StoredLayer, region: Option<Region>) -> Result<Vec<f32>, Problem> {
        Ok(self.computed_at(path, std::slice::from_ref(source), region)?.pop().unwrap_or_default())
    }

    /// The same at several layers, in one pass.
    fn computed_at(
        &self,
        path: &Path,
        sources: &[StoredLayer],
        region: Option<Region>,
    ) -> Result<Vec<Vec<f32>>, Problem> {
        let (reply, answer) = bounded(1);
        let look = TensorLook::Vectors { path: path.to_owned(), sources: sources.to_vec(), region, reply };
        self.opened.tensor.look(look);
        answer.recv().map_err(|_| Problem::new(WHAT, "the network's thread has ended"))?
    }

    /// The box that the probe is, and width and height of its picture.
    fn boxed(&self, wish: &NeighbourWish) -> Result<([u32; 2], Region), Problem> {
        let speaking = wish.examples.iter().filter(|(_, weight)| *weight > 0.0);
        for (example, _) in speaking {
            match example {
                Example::Region { image, region } => {
                    let size = self.opened.roll.get(*image).map_or([1, 1], |record| [record.width, record.height]);
                    return Ok((size, *region));
                }
                Example::File { path, region: Some(region) } => {
                    let decoded = images::decode(path).map_err(|error| Problem::new(WHAT, error))?;
                    return Ok(([decoded.rgb.width(), decoded.rgb.height()], *region));
                }
                Example::File { region: None, .. }
                | Example::Image(_)
                | Example::Label(_)
                | Example::Tag(_)
                | Example::Cluster { .. }
                | Example::Class(_)
                | Example::Vector(_) => {}
            }
        }
        Err(Problem::new(WHAT, "no part of a picture is named").with_remedy("Draw a box on the picture."))
    }

    /// The code that stands for all examples: that of one image, or where they are more, what the weighted mean of their
    /// codes is nearest to.
    fn code(&self, wish: &NeighbourWish, embedding: &Embedding, stale: Stale) -> Result<TernaryCodes, Problem> {
        let codes = &embedding.codes;
        let mut members: Vec<(ImageId, f32)> = Vec::new();
        let mut outside: Vec<(TernaryCodes, f32)> = Vec::new();
        for (example, weight) in &wish.examples {
            match example {
                Example::Image(image) => members.push((*image, *weight)),
                Example::Label(_) | Example::Tag(_) | Example::Cluster { .. } | Example::Class(_) => {
                    let images: Vec<ImageId> =
                        self.images_of(example)?.into_iter().filter(|id| codes.row_of(*id).is_some()).collect();
                    let each = *weight / images.len().max(1) as f32;
                    members.extend(images.into_iter().map(|image| (image, each)));
                }
                Example::File { path, region: None } => outside.push((self.code_of(path, embedding, stale)?, *weight)),
                Example::Region { .. } | Example::File { .. } | Example::Vector(_) => {
                    let why = "the embedding has whole images only, no parts of them and no vectors from outside";
                    return Err(Problem::new(WHAT, why).with_remedy("Choose a layer."));
                }
            }
        }
        let mut sums = vec![0.0f32; codes.features()];
        let mut weights = 0.0;
        for (image, weight) in members {
            let row = codes.row_of(image).ok_or_else(|| {
                let path = self.opened.roll.get(image).map(|record| record.path.text).unwrap_or_default();
                Problem::new(WHAT, format!("the image has no embedding: {path}")).with_remedy("Extract features first.")
            })?;
            weights += weight.max(0.0);
            let row = codes.row(row);
            sums.iter_mut().enumerate().for_each(|(feature, sum)| *sum += weight * f32::from(row.get(feature)));
        }
        for (code, weight) in &outside {
            weights += weight.max(0.0);
            let row = code.row(0);
            sums.iter_mut().enumerate().for_each(|(feature, sum)| *sum += weight * f32::from(row.get(feature)));
        }
        if weights <= 0.0 {
            return Err(Problem::new(WHAT, "nothing speaks for the probe"));
        }
        let nearest = |sum: &f32| (sum / weights).round().clamp(-1.0, 1.0) as i8;
        let ternary: Vec<i8> = sums.iter().map(nearest).collect();
        Ok(TernaryCodes::pack(vec![ImageId(0)], codes.features(), &ternary))
    }

    /// The code of a picture that is not in the collection, by the reference of those that are.
    fn code_of(&self, path: &Path, embedding: &Embedding, stale: Stale) -> Result<TernaryCodes, Problem> {
        let layers = &embedding.reference.layers;
        let average = |name: &String| StoredLayer { layer: name.clone(), pooling: Pooling::Average };
        let sources: Vec<StoredLayer> = layers.iter().map(|layer| average(&layer.name)).collect();
        let vectors = self.computed_at(path, &sources, None)?;
        let mut code = TernaryCodes::zeros(vec![ImageId(0)], embedding.codes.features());
        for (number, vector) in vectors.iter().enumerate() {
            if vector.len() != layers[number].features() {
                let why = format!("the embedding has another number of channels at {}", layers[number].name);
                return Err(Problem::new(WHAT, why).with_remedy("Make it anew: `tiramisu embed FOLDER`."));
            }
            // Stopped half-way, the code is worthless, but then nobody looks at it either.
            embedding.reference.encode_wide(number, vector, &mut code, stale);
        }
        Ok(code)
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
