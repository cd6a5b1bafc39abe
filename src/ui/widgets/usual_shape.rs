//! How high pictures of a collection usually are beside their width, so that little room is left about them in a grid of equal cells.

use std::sync::Arc;

use crate::domain::ImageId;
use crate::engine::Collection;
use crate::session::Session;

/// Images that are looked at, spread over the collection: at most so many in a frame, whatever its size.
const LOOKED_AT: usize = 32;
/// Of wide cells so many of ten pictures are no higher than they, of high ones no wider; the others are drawn smaller.
const FITTING_OF_TEN: usize = 7;
/// The least and the greatest height of a cell beside its width.
const HEIGHTS: [f32; 2] = [0.6, 1.3];
/// Pictures of such heights are about as high as wide.
const SQUARE: [f32; 2] = [0.9, 1.1];
/// What is wider or higher counts as these.
const RATIOS: [f32; 2] = [0.25, 4.0];
/// Heights are multiples of this, so that a picture more or less moves nothing.
const STEP: f32 = 0.05;

/// The usual height, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct UsualShape {
    /// Of which collection, how many images, and in which state of what is known of them.
    of: (Option<Arc<Collection>>, usize, u64),
    height: Option<f32>,
    /// The mean of width beside height.
    ratio: Option<f32>,
}

impl UsualShape {
    /// The height of a cell beside its width: 1 while no picture is known.
    pub fn refresh(&mut self, session: &Session) -> f32 {
        let (count, revision) = (session.opened.images.len(), session.opened.images.revision());
        let collection = session.collection();
        let is_same = self.of.0.as_ref().map(Arc::as_ptr) == collection.map(Arc::as_ptr);
        if !is_same || (self.of.1, self.of.2) != (count, revision) {
            self.of = (collection.cloned(), count, revision);
            let wanted = LOOKED_AT.min(count);
            let at = |place: usize| ImageId((place * count / wanted.max(1)) as u32);
            let looked_at = (0..wanted).filter_map(|place| session.image(at(place)));
            let sizes = looked_at.filter(|image| image.width > 0 && image.height > 0);
            let heights: Vec<f32> = sizes.map(|image| image.height as f32 / image.width as f32).collect();
            let ratios = heights.iter().map(|height| (1.0 / height).clamp(RATIOS[0], RATIOS[1]));
            self.ratio = (!heights.is_empty()).then(|| ratios.sum::<f32>() / heights.len() as f32);
            self.height = usual(heights);
        }
        self.height.unwrap_or(1.0)
    }

    /// How wide pictures are beside their height in the mean, as it was known then: 1 while no picture is known.
    pub fn mean_ratio(&self) -> f32 {
        self.ratio.unwrap_or(1.0)
    }
}

/// Where most are wide, cells are as high as that takes; where most are high, likewise; else they are squares.
fn usual(mut heights: Vec<f32>) -> Option<f32> {
    heights.sort_unstable_by(f32::total_cmp);
    let at = |of_ten: usize| heights.get((heights.len() * of_ten / 10).min(heights.len().saturating_sub(1))).copied();
    let (wide, high) = (at(FITTING_OF_TEN)?, at(10 - FITTING_OF_TEN)?);
    let usual = match () {
        () if wide < SQUARE[0] => (wide / STEP - 1e-3).ceil() * STEP,
        () if high > SQUARE[1] => (high / STEP + 1e-3).floor() * STEP,
        () => 1.0,
    };
    Some(usual.clamp(HEIGHTS[0], HEIGHTS[1]))
}
