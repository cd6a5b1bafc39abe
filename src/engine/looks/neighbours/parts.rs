//! Neighbours of a part: every part of every image is compared.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use super::{Found, NeighbourWorker, Stale, WHAT};
use crate::analysis::neighbours::Scan;
use crate::analysis::region_search::{Window, best_windows};
use crate::domain::{Example, Neighbour, NeighbourWish, Region, StoredLayer, counted};
use crate::engine::message::{Event, Problem, Progress};
use crate::engine::thread::outbox::Outbox;
use crate::images;

/// What is told of a comparison while it goes on; it has ended when this is dropped, whatever became of it.
struct Told(Arc<Progress>);

impl Told {
    fn begin(outbox: &Outbox, images: usize) -> Self {
        let progress = Arc::new(Progress::new("Comparing the region with every part of other pictures"));
        progress.set_total(images, true);
        outbox.tell(Event::ComparisonStarted(progress.clone()));
        Self(progress)
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl NeighbourWorker {
    /// Compares every part of every image: windows of the size of the box, over whole activations.
    pub(super) fn in_parts(
        &self,
        wish: &NeighbourWish,
        source: &StoredLayer,
        scan: &Scan,
        stale: Stale,
    ) -> Result<Found, Problem> {
        let (size, region) = self.boxed(wish)?;
        let table = self.opened.kept.table(&source.layer)?.filter(|table| !table.is_empty()).ok_or_else(|| {
            let why = format!("no activations of {} are stored", source.layer);
            Problem::new(WHAT, why)
                .with_remedy("Keep them: `tiramisu activations FOLDER store`, or in the window under Workspace.")
        })?;
        let shape @ [channels, h, w] = table.shape();
        let probe = self.probe(wish, source, None, channels, stale)?;
        let seen = self.opened.input.footprint(size).seen(region).unwrap_or(region);
        let (rows, columns) = seen.cells(h, w);
        let window = [rows.len(), columns.len()];
        let told = Told::begin(&self.opened.outbox, table.len());
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
            if stale() || told.0.is_cancelled() {
                return ControlFlow::Break(());
            }
            let found = best_windows(&probe, activations, shape, window, source.pooling, wish.metric);
            for (image, found) in images.iter().zip(found) {
                let is_wanted = scan.among.is_none_or(|among| among.contains(*image))
                    && scan.exclude.binary_search(image).is_err()
                    && self.opened.catalogue.get(*image).is_some_and(|record| table.holds(&record));
                if let Some(found) = found.filter(|_| is_wanted) {
                    searched += 1;
                    best.push((Neighbour { image: *image, score: found.score }, found));
                }
            }
            if best.len() > 4 * scan.k.max(256) {
                best.sort_unstable_by(|a, b| is_before(&a.0, &b.0));
                best.truncate(scan.k);
            }
            told.0.add(images.len(), 0);
            ControlFlow::Continue(())
        });
        scanned.map_err(|error| {
            // Opened anew, they may be read the next time.
            self.opened.kept.forget();
            Problem::new("The activations could not be read", error)
        })?;
        if told.0.is_cancelled() {
            return Err(Problem::new(WHAT, "it was stopped").with_remedy("Ask again when there is time."));
        }
        best.sort_unstable_by(|a, b| is_before(&a.0, &b.0));
        best.truncate(scan.k);
        let place = |(neighbour, found): &(Neighbour, Window)| {
            let size =
                self.opened.catalogue.get(neighbour.image).map_or([1, 1], |record| [record.width, record.height]);
            let footprint = self.opened.input.footprint(size);
            let (rows, columns) = (found.row..found.row + window[0], found.column..found.column + window[1]);
            // A window that holds nothing but what was added around the picture has no place on it.
            footprint.cells(rows, columns, [h, w]).unwrap_or_else(|| Region::between((0.0, 0.0), (0.0, 0.0)))
        };
        let parts = best.iter().map(place).collect();
        let neighbours = best.into_iter().map(|(neighbour, _)| neighbour).collect();
        let windows = (h + 1).saturating_sub(window[0]) * (w + 1).saturating_sub(window[1]);
        let how = format!(
            "every part of every image was compared: {} of {} x {} cells in each",
            counted(windows, "window", "windows"),
            window[0],
            window[1]
        );
        Ok(Found { neighbours, parts, searched, elapsed_secs: started.elapsed().as_secs_f64(), how, recall: None })
    }

    /// The box that the probe is, and width and height of its picture.
    fn boxed(&self, wish: &NeighbourWish) -> Result<([u32; 2], Region), Problem> {
        let speaking = wish.examples.iter().filter(|(_, weight)| *weight > 0.0);
        for (example, _) in speaking {
            match example {
                Example::Region { image, region } => {
                    let size = self.opened.catalogue.get(*image).map_or([1, 1], |record| [record.width, record.height]);
                    return Ok((size, *region));
                }
                Example::File { path, region: Some(region) } => {
                    let size = images::upright_size(path).map_err(|error| Problem::new(WHAT, error))?;
                    return Ok((size, *region));
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
        Err(Problem::new(WHAT, "no part of a picture is named").with_remedy("Draw a region on the picture."))
    }
}
