//! Neighbours at one layer after the other: what a probe is like at every depth.

use std::path::PathBuf;

use super::{NeighbourWorker, Stale};
use crate::analysis::neighbours::Scan;
use crate::domain::{Example, NeighbourWish, Region, Representation, StoredLayer};
use crate::engine::message::{Asked, DepthNeighbours, DepthsWish, Event, LookKind, Problem};
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;

/// What goes through the network for the question: which example, and its vector at each of the layers.
type Computed = Vec<(usize, Vec<Vec<f32>>)>;

impl NeighbourWorker {
    /// Answers until nobody can ask any more.
    pub fn serve_depths(self, slot: &Slot<Option<DepthsWish>>) {
        while let Some((wish, number)) = slot.wait() {
            let Some(wish) = wish else { continue };
            let layers = wish.sources.len();
            let _look = tracing::debug_span!("look", kind = LookKind::Depths.word(), layers, k = wish.of.k).entered();
            let stale = || slot.is_stale(number);
            let (of, outbox) = (Asked::Look(LookKind::Depths), &self.opened.outbox);
            match guarded("Neighbours could not be found", &of, outbox, || self.at_depths(&wish, &stale)) {
                // Of a question that was overtaken nobody waits for an answer.
                Some(Err(problem)) if !stale() => outbox.complain(of, problem),
                Some(Err(_) | Ok(())) | None => {}
            }
        }
    }

    /// Tells of one layer after the other. The vectors of one are held at a time, beside those that are kept for further
    /// questions anyway.
    fn at_depths(&self, wish: &DepthsWish, stale: Stale) -> Result<(), Problem> {
        let asked = NeighbourWish { anywhere: false, ..self.recognised(&wish.of) };
        let exclude = asked.members();
        let computed = self.computed_at_all(&asked, &wish.sources, stale)?;
        for (place, source) in wish.sources.iter().enumerate() {
            if stale() {
                break;
            }
            let mut here = NeighbourWish { at: Representation::Layer(source.clone()), ..asked.clone() };
            for (example, vectors) in &computed {
                here.examples[*example].0 = Example::Vector(vectors[place].clone());
            }
            let scan = Scan { metric: here.metric, k: here.k, exclude: &exclude, among: here.among.as_ref() };
            let found = self.at_layer(&here, source, &scan, stale)?;
            if stale() {
                break;
            }
            let list = found.list(NeighbourWish { at: here.at, ..wish.of.clone() });
            self.opened.outbox.tell(Event::DepthNeighbours(DepthNeighbours { number: wish.number, list }));
        }
        Ok(())
    }

    /// What is in no table goes through the network once for all layers, not once for each.
    fn computed_at_all(
        &self,
        asked: &NeighbourWish,
        sources: &[StoredLayer],
        stale: Stale,
    ) -> Result<Computed, Problem> {
        let mut computed = Vec::new();
        let Some(first) = sources.first() else { return Ok(computed) };
        for (place, (example, _)) in asked.examples.iter().enumerate() {
            if stale() {
                break;
            }
            if let Some((path, region)) = self.outside(example, first)? {
                computed.push((place, self.computed_at(&path, sources, region)?));
            }
        }
        Ok(computed)
    }

    /// Which picture an example is, or a part of which, if the workspace has no vector of it.
    fn outside(&self, example: &Example, source: &StoredLayer) -> Result<Option<(PathBuf, Option<Region>)>, Problem> {
        Ok(match example {
            Example::File { path, region } => Some((path.clone(), *region)),
            Example::Region { image, region } => Some((self.path_of(*image)?, Some(*region))),
            Example::Image(image) => match self.opened.library.vector(source, *image)? {
                Some(_) => None,
                None => Some((self.path_of(*image)?, None)),
            },
            Example::Label(_) | Example::Tag(_) | Example::Cluster { .. } | Example::Class(_) | Example::Vector(_) => {
                None
            }
        })
    }
}
