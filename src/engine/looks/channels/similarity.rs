//! Why two images, or parts of them, are alike.

use crossbeam_channel::bounded;

use super::{ChannelWorker, unreadable};
use crate::analysis::why_similar;
use crate::domain::{ChannelShare, ImageId, Metric, Region};
use crate::engine::collection::no_vector::no_vector;
use crate::engine::message::{Problem, WhySimilar, WhySimilarWish};
use crate::engine::tensor::{Searcher, TensorLook};

const WHAT: &str = "The images cannot be compared";

impl ChannelWorker {
    /// The channels that add most to what two images have in common, or to what sets them apart.
    pub(super) fn similarity(&self, wish: WhySimilarWish) -> Result<WhySimilar, Problem> {
        let a = self.vector_for(&wish, wish.a, wish.parts[0])?;
        let b = self.vector_for(&wish, wish.b, wish.parts[1])?;
        let contributions = match wish.is_difference {
            true => why_similar::difference(&a, &b, wish.metric),
            false => why_similar::similarity(&a, &b, wish.metric),
        };
        let score = match wish.metric {
            Metric::Euclidean => why_similar::total(&why_similar::difference(&a, &b, wish.metric)).sqrt(),
            // A thousand amounts are rounded a thousand times.
            Metric::Cosine => why_similar::total(&why_similar::similarity(&a, &b, wish.metric)).clamp(-1.0, 1.0),
            Metric::Dot => why_similar::total(&why_similar::similarity(&a, &b, wish.metric)),
        };
        let total = why_similar::total(&contributions);
        let share = |found: why_similar::Contribution| ChannelShare {
            channel: found.channel,
            a: found.a,
            b: found.b,
            amount: found.amount,
            share: found.share,
        };
        let channels = contributions.into_iter().take(wish.count).map(share).collect();
        Ok(WhySimilar { wish, score, total, channels })
    }

    /// The vector that is kept of an image; that of a part goes through the network, as it did where neighbours of it were found.
    fn vector_for(&self, wish: &WhySimilarWish, image: ImageId, part: Option<Region>) -> Result<Vec<f32>, Problem> {
        let gone = || Problem::new(WHAT, "there is no such image in the collection");
        let record = || self.opened.catalogue.get(image).ok_or_else(gone);
        let Some(region) = part else {
            let Some((_, table)) = &self.open else { return Ok(Vec::new()) };
            let vector = table.vector(&wish.source, image).map_err(unreadable)?;
            return match vector {
                Some(vector) => Ok(vector),
                None => Err(no_vector(WHAT, &record()?, Some(&wish.source.layer))),
            };
        };
        let (reply, answer) = bounded(1);
        self.opened.tensor.look(TensorLook::Vectors {
            searcher: Searcher::Why([wish.a, wish.b]),
            path: record()?.path.below(&self.opened.folder),
            sources: vec![wish.source.clone()],
            region: Some(region),
            reply,
        });
        let vectors = answer.recv().map_err(|_| Problem::new(WHAT, "the network's thread has ended"))?;
        Ok(vectors?.pop().unwrap_or_default())
    }
}
