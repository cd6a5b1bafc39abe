//! What each image of a list is most like: neighbours that tell why it is in the list.

use super::{NeighbourWorker, Stale};
use crate::analysis::neighbours::Scan;
use crate::domain::{ImageId, Metric, Neighbour, NeighbourWish};
use crate::engine::message::{Asked, Event, LookKind, NearestImages, NearestWish, Problem};
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;

/// Images answered together: some are seen while the others are still being compared.
const PORTION: usize = 4;

impl NeighbourWorker {
    /// Answers until nobody can ask any more.
    pub fn serve_nearest(self, slot: &Slot<NearestWish>) {
        while let Some((wish, number)) = slot.wait() {
            let images = wish.images.len();
            let _look = tracing::debug_span!("look", kind = LookKind::Nearest.word(), images, k = wish.k).entered();
            let stale = || slot.is_stale(number);
            let (of, outbox) = (Asked::Look(LookKind::Nearest), &self.opened.outbox);
            match guarded("Neighbours could not be found", &of, outbox, || self.nearest(&wish, &stale)) {
                // Of a question that was overtaken nobody waits for an answer.
                Some(Err(problem)) if !stale() => outbox.complain(of, problem),
                Some(Err(_) | Ok(())) | None => {}
            }
        }
    }

    fn nearest(&self, wish: &NearestWish, stale: Stale) -> Result<(), Problem> {
        for portion in wish.images.chunks(PORTION) {
            let mut found = Vec::with_capacity(portion.len());
            for image in portion {
                let neighbours = self.nearest_of(*image, wish, stale)?;
                if stale() {
                    return Ok(());
                }
                found.push((*image, neighbours));
            }
            self.opened.outbox.tell(Event::Nearest(NearestImages {
                source: wish.source.clone(),
                version: wish.version,
                k: wish.k,
                found,
            }));
        }
        Ok(())
    }

    /// None of an image that has no vector: it would have to go through the network first.
    fn nearest_of(&self, image: ImageId, wish: &NearestWish, stale: Stale) -> Result<Vec<Neighbour>, Problem> {
        if self.opened.library.vector(&wish.source, image)?.is_none() {
            return Ok(Vec::new());
        }
        let asked = NeighbourWish::of(image, wish.source.clone(), Metric::Cosine, wish.k);
        let scan = Scan { metric: asked.metric, k: asked.k, exclude: &[image], among: None };
        Ok(self.at_layer(&asked, &wish.source, &scan, stale)?.neighbours)
    }
}
