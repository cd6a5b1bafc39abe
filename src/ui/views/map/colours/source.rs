//! What the classes of images are by, and the work of finding them.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{NO_CLASS, class_of};
use crate::domain::{CentralityReport, Clustering, ImageId, ImageRecords, Projection, Splits, Tags};
use crate::engine::ChannelValues;
use crate::session::{Colouring, Session};
use crate::ui::paint::Classes;
use crate::ui::views::map::plane::Plane;
use crate::ui::views::map::quantiles::Quantiles;
use crate::ui::views::map::scale;

/// Images whose numbers stand for those of all.
const SAMPLE: usize = 4096;

/// After so many images it is asked whether they are still wanted.
const PIECE: usize = 1 << 15;

/// Images get other classes only when this is another.
#[derive(Clone)]
pub struct Source {
    /// What the person chose.
    pub colouring: Colouring,
    basis: Basis,
}

/// What of the session it looks at, as it was then.
#[derive(Clone, Default)]
struct Basis {
    relabelled: usize,
    /// Images of which the size is known, about; and how many there are, to a factor of two.
    described: (usize, u32),
    clustering: Option<Arc<Clustering>>,
    projection: Option<Arc<Projection>>,
    centrality: Option<Arc<CentralityReport>>,
    tags: Option<Arc<Tags>>,
    splits: Option<Arc<Splits>>,
    channel: Option<Arc<ChannelValues>>,
}

impl Source {
    /// As the session is now.
    pub fn of(colouring: Colouring, plane: &Plane, session: &Session) -> Self {
        Self { colouring, basis: Basis::of(colouring, plane, session) }
    }

    /// Whether it is the same.
    pub fn is(&self, other: &Self) -> bool {
        self.colouring == other.colouring && self.basis.is(&other.basis)
    }

    /// Whether its clusters and splits, if it is by them, are those of now.
    pub fn are_of_now(&self, session: &Session) -> bool {
        let opened = &session.opened;
        let by_clusters = self.colouring == Colouring::Cluster;
        let by_splits = self.colouring == Colouring::Split;
        (!by_clusters || same(self.basis.clustering.as_ref(), opened.clustering.as_ref()))
            && (!by_splits || same(self.basis.splits.as_ref(), Some(&opened.splits)))
    }

    /// Whether it gives no image a class by itself, so that there is nothing to be looked through.
    pub fn is_of_none(&self) -> bool {
        matches!(self.colouring, Colouring::Plain | Colouring::Similarity)
    }
}

/// Classes as they were found.
#[derive(Clone, Default)]
pub struct Classified {
    /// By what; `None` at first.
    pub source: Option<Source>,
    /// Where a number stands, if it is by one.
    pub quantiles: Option<Quantiles>,
    /// Of each image.
    pub classes: Classes,
    /// So many of the first images have theirs.
    pub done: usize,
}

/// By what classes are found, and of how many images.
#[derive(Clone)]
pub struct Wanted(pub Source, pub usize);

impl Wanted {
    /// Whether it is the same.
    pub fn is(&self, other: &Self) -> bool {
        self.1 == other.1 && self.0.is(&other.0)
    }
}

/// What there is to do: all that it needs, so that any thread can do it.
pub struct Work {
    source: Source,
    known: Classified,
    range: Range<usize>,
    images: ImageRecords,
    tags: Vec<String>,
    plane: Arc<Plane>,
}

impl Work {
    /// To give all images of the session their classes by `source`, as far as they are not among those that are `known` by it.
    /// `tags` are in the order of their classes.
    pub fn new(source: Source, known: &Classified, plane: &Arc<Plane>, session: &Session, tags: &[String]) -> Self {
        let opened = &session.opened;
        let known = match &known.source {
            Some(before) if before.is(&source) => known.clone(),
            // Of another state of the same most are as they were, and stay as they are on the device.
            Some(before) if before.colouring == source.colouring && !source.is_of_none() => {
                Classified { classes: known.classes.clone(), ..Classified::default() }
            }
            Some(_) | None => Classified::default(),
        };
        let range = known.done.min(opened.images.len())..opened.images.len();
        let tags = if source.colouring == Colouring::Tag { tags.to_vec() } else { Vec::new() };
        Self { source, known, range, images: opened.images.clone(), tags, plane: plane.clone() }
    }

    /// By what, and of how many images.
    pub fn wanted(&self) -> Wanted {
        Wanted(self.source.clone(), self.range.end)
    }

    /// How many images are to be looked at.
    pub fn len(&self) -> usize {
        if self.source.is_of_none() { 0 } else { self.range.len() }
    }

    /// Does it, unless it is stopped.
    pub fn run(self, is_stopped: &AtomicBool) -> Option<Classified> {
        let Classified { quantiles, mut classes, .. } = self.known.clone();
        let quantiles = quantiles.or_else(|| self.quantiles());
        for from in self.range.clone().step_by(PIECE) {
            if is_stopped.load(Ordering::Relaxed) {
                return None;
            }
            let range = from..self.range.end.min(from + PIECE);
            self.classify(range, quantiles.as_ref(), &mut classes);
        }
        Some(Classified { source: Some(self.source), quantiles, classes, done: self.range.end })
    }

    /// Where numbers stand, by a sample of them.
    fn quantiles(&self) -> Option<Quantiles> {
        match self.source.colouring {
            Colouring::Column(column) => {
                let step = self.images.len().div_ceil(SAMPLE).max(1);
                let places = (0..self.images.len()).step_by(step);
                let sample = places.filter_map(|index| self.images.get(ImageId(index as u32)));
                Some(Quantiles::of(sample.filter_map(|image| column.value(&image))))
            }
            Colouring::Channel => {
                let values = self.source.basis.channel.as_ref().map_or(&[][..], |known| &known.values);
                let step = values.len().div_ceil(SAMPLE).max(1);
                Some(Quantiles::of(values.iter().step_by(step).map(|value| f64::from(*value))))
            }
            Colouring::Label
            | Colouring::Plain
            | Colouring::Similarity
            | Colouring::Cluster
            | Colouring::Tag
            | Colouring::Split
            | Colouring::Faithfulness
            | Colouring::Centrality(_) => None,
        }
    }

    /// Gives these images their class.
    fn classify(&self, range: Range<usize>, quantiles: Option<&Quantiles>, classes: &mut Classes) {
        let basis = &self.source.basis;
        let images = self.images.range(range.clone());
        let (first, beyond) = (ImageId(range.start as u32), ImageId(range.end as u32));
        let ids = range.clone().map(|index| ImageId(index as u32));
        match self.source.colouring {
            Colouring::Plain | Colouring::Similarity => {}
            Colouring::Label => {
                let place = |label: &str| self.images.label_places().of(label).map(class_of);
                let class_of = |label: Option<&str>| label.and_then(place).unwrap_or(NO_CLASS);
                classes.set_from(first, self.images.by_label(range, class_of));
            }
            Colouring::Cluster => {
                let of = |id| basis.clustering.as_ref().and_then(|known| known.cluster_of(id));
                classes.set_from(first, ids.map(|id| of(id).map_or(NO_CLASS, class_of)));
            }
            Colouring::Tag => {
                classes.set_from(first, ids.map(|_| NO_CLASS));
                // The first of several comes last and stays.
                for (place, tag) in self.tags.iter().enumerate().rev() {
                    let bearers = basis.tags.as_ref().map_or(&[][..], |tags| tags.bearers(tag));
                    let begin = bearers.partition_point(|id| *id < first);
                    let end = bearers.partition_point(|id| *id < beyond);
                    classes.set(bearers[begin..end].iter().map(|id| (*id, class_of(place as u32))));
                }
            }
            Colouring::Split => {
                classes.set_from(first, ids.map(|_| NO_CLASS));
                // No image is in two.
                let parts = basis.splits.iter().flat_map(|splits| splits.images.values());
                for (place, images) in parts.enumerate() {
                    let (begin, end) =
                        (images.partition_point(|id| *id < first), images.partition_point(|id| *id < beyond));
                    classes.set(images[begin..end].iter().map(|id| (*id, class_of(place as u32))));
                }
            }
            Colouring::Column(column) => {
                let of = |value| quantiles.map_or(NO_CLASS, |known| scale::class(known.share(value)));
                classes.set_from(first, images.map(|image| column.value(&image).map_or(NO_CLASS, of)));
            }
            Colouring::Channel => {
                let of = |id| {
                    let value = basis.channel.as_ref().and_then(|known| known.of(id))?;
                    quantiles.map(|known| scale::class(known.below(f64::from(value))))
                };
                classes.set_from(first, ids.map(|id| of(id).unwrap_or(NO_CLASS)));
            }
            Colouring::Faithfulness => {
                let known = basis.projection.as_ref().and_then(|map| map.faithfulness.as_ref());
                let kept = known.map_or(&[][..], |known| &known.kept_of_each);
                let of = |id| self.plane.row_of(id).and_then(|row| kept.get(row));
                classes.set_from(first, ids.map(|id| of(id).map_or(NO_CLASS, |kept| scale::class(*kept))));
            }
            Colouring::Centrality(by) => {
                let standing = basis.centrality.as_ref().and_then(|report| report.standing(by));
                let of = |id| standing.and_then(|standing| standing.share(id));
                classes.set_from(first, ids.map(|id| of(id).map_or(NO_CLASS, scale::class)));
            }
        }
    }
}

impl Classified {
    /// What the ends of the scale are.
    pub fn ends(&self) -> Option<[String; 2]> {
        let ends = self.quantiles.as_ref()?.ends()?;
        match self.source.as_ref()?.colouring {
            Colouring::Column(column) => Some(ends.map(|value| column.in_words(value))),
            Colouring::Channel => Some(ends.map(|value| format!("{value:.2}"))),
            Colouring::Label
            | Colouring::Plain
            | Colouring::Similarity
            | Colouring::Cluster
            | Colouring::Tag
            | Colouring::Split
            | Colouring::Faithfulness
            | Colouring::Centrality(_) => None,
        }
    }
}

impl Basis {
    fn of(colouring: Colouring, plane: &Plane, session: &Session) -> Self {
        let opened = &session.opened;
        let nothing = Self::default();
        match colouring {
            Colouring::Plain | Colouring::Similarity => nothing,
            Colouring::Label => Self { relabelled: opened.relabelled, ..nothing },
            Colouring::Cluster => Self { clustering: opened.clustering.clone(), ..nothing },
            Colouring::Tag => Self { tags: Some(opened.tags.clone()), ..nothing },
            Colouring::Split => Self { splits: Some(opened.splits.clone()), ..nothing },
            Colouring::Column(column) => {
                let described = opened.committed.filter(|_| column.is_of_pixels()).map_or(0, |(images, _)| images);
                Self { described: (described, opened.images.len().max(1).ilog2()), ..nothing }
            }
            Colouring::Channel => Self { channel: opened.channel_values().cloned(), ..nothing },
            Colouring::Faithfulness => Self { projection: Some(plane.projection.clone()), ..nothing },
            Colouring::Centrality(_) => Self { centrality: opened.centrality().cloned(), ..nothing },
        }
    }

    /// Whether both are the same things in memory.
    fn is(&self, other: &Self) -> bool {
        self.relabelled == other.relabelled
            && self.described == other.described
            && same(self.clustering.as_ref(), other.clustering.as_ref())
            && same(self.projection.as_ref(), other.projection.as_ref())
            && same(self.centrality.as_ref(), other.centrality.as_ref())
            && same(self.tags.as_ref(), other.tags.as_ref())
            && same(self.splits.as_ref(), other.splits.as_ref())
            && same(self.channel.as_ref(), other.channel.as_ref())
    }
}

/// Whether both are one in memory, or neither is there.
fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
