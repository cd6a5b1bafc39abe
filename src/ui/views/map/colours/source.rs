//! What the classes of images are by.

use std::ops::Range;
use std::sync::Arc;

use super::{NO_CLASS, class_of};
use crate::domain::{CentralityReport, Clustering, ImageId, Projection, Tags};
use crate::engine::ChannelValues;
use crate::session::{Colouring, Session};
use crate::ui::paint::Classes;
use crate::ui::views::map::plane::Plane;
use crate::ui::views::map::quantiles::Quantiles;
use crate::ui::views::map::scale;

/// Images whose numbers stand for those of all.
const SAMPLE: usize = 4096;

/// Images get other classes only when this is another.
#[derive(Clone)]
pub struct Source {
    /// What the person chose.
    pub colouring: Colouring,
    basis: Basis,
    quantiles: Quantiles,
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
    channel: Option<Arc<ChannelValues>>,
}

impl Source {
    /// As the session is now.
    pub fn of(colouring: Colouring, plane: &Plane, session: &Session) -> Self {
        let quantiles = match colouring {
            Colouring::Column(column) => {
                let images = &session.opened.images;
                let step = images.len().div_ceil(SAMPLE).max(1);
                let sample = (0..images.len()).step_by(step).filter_map(|index| images.get(ImageId(index as u32)));
                Quantiles::of(sample.filter_map(|image| column.value(&image)))
            }
            Colouring::Channel => {
                let values = session.opened.channel_values().map_or(&[][..], |known| &known.values);
                let step = values.len().div_ceil(SAMPLE).max(1);
                Quantiles::of(values.iter().step_by(step).map(|value| f64::from(*value)))
            }
            Colouring::Label
            | Colouring::Plain
            | Colouring::Similarity
            | Colouring::Cluster
            | Colouring::Tag
            | Colouring::Faithfulness
            | Colouring::Centrality(_) => Quantiles::default(),
        };
        Self { colouring, basis: Basis::of(colouring, plane, session), quantiles }
    }

    /// Whether it still is.
    pub fn is_of(&self, colouring: Colouring, plane: &Plane, session: &Session) -> bool {
        self.colouring == colouring && self.basis.is(&Basis::of(colouring, plane, session))
    }

    /// What the ends of the scale are.
    pub fn ends(&self) -> Option<[String; 2]> {
        let ends = self.quantiles.ends()?;
        match self.colouring {
            Colouring::Column(column) => Some(ends.map(|value| column.in_words(value))),
            Colouring::Channel => Some(ends.map(|value| format!("{value:.2}"))),
            Colouring::Label
            | Colouring::Plain
            | Colouring::Similarity
            | Colouring::Cluster
            | Colouring::Tag
            | Colouring::Faithfulness
            | Colouring::Centrality(_) => None,
        }
    }

    /// Gives these images their class.
    pub fn classify(
        &self,
        range: Range<usize>,
        classes: &mut Classes,
        tags: &[String],
        plane: &Plane,
        session: &Session,
    ) {
        let opened = &session.opened;
        let images = opened.images.range(range.clone());
        let (first, beyond) = (ImageId(range.start as u32), ImageId(range.end as u32));
        let ids = range.clone().map(|index| ImageId(index as u32));
        match self.colouring {
            Colouring::Plain | Colouring::Similarity => {}
            Colouring::Label => {
                let place = |label: &str| opened.label_places.get(label).map(|place| class_of(*place));
                let class_of = |label: Option<&str>| label.and_then(place).unwrap_or(NO_CLASS);
                classes.set_from(first, opened.images.by_label(range, class_of));
            }
            Colouring::Cluster => {
                let of = |id| self.basis.clustering.as_ref().and_then(|known| known.cluster_of(id));
                classes.set_from(first, ids.map(|id| of(id).map_or(NO_CLASS, class_of)));
            }
            Colouring::Tag => {
                classes.set_from(first, ids.map(|_| NO_CLASS));
                // The first of several comes last and stays.
                for (place, tag) in tags.iter().enumerate().rev() {
                    let Some(bearers) = self.basis.tags.as_ref().and_then(|tags| tags.images.get(tag)) else {
                        continue;
                    };
                    let begin = bearers.partition_point(|id| *id < first);
                    let end = bearers.partition_point(|id| *id < beyond);
                    classes.set(bearers[begin..end].iter().map(|id| (*id, class_of(place as u32))));
                }
            }
            Colouring::Column(column) => {
                let of = |value| scale::class(self.quantiles.share(value));
                classes.set_from(first, images.map(|image| column.value(&image).map_or(NO_CLASS, of)));
            }
            Colouring::Channel => {
                let known = self.basis.channel.as_ref();
                let of = |id| known.and_then(|known| known.of(id)).map(|value| self.quantiles.below(f64::from(value)));
                classes.set_from(first, ids.map(|id| of(id).map_or(NO_CLASS, scale::class)));
            }
            Colouring::Faithfulness => {
                let known = self.basis.projection.as_ref().and_then(|map| map.faithfulness.as_ref());
                let kept = known.map_or(&[][..], |known| &known.kept_of_each);
                let of = |id| plane.row_of(id).and_then(|row| kept.get(row));
                classes.set_from(first, ids.map(|id| of(id).map_or(NO_CLASS, |kept| scale::class(*kept))));
            }
            Colouring::Centrality(by) => {
                let standing = self.basis.centrality.as_ref().and_then(|report| report.standing(by));
                let of = |id| standing.and_then(|standing| standing.share(id));
                classes.set_from(first, ids.map(|id| of(id).map_or(NO_CLASS, scale::class)));
            }
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
        fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
            match (a, b) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            }
        }
        self.relabelled == other.relabelled
            && self.described == other.described
            && same(self.clustering.as_ref(), other.clustering.as_ref())
            && same(self.projection.as_ref(), other.projection.as_ref())
            && same(self.centrality.as_ref(), other.centrality.as_ref())
            && same(self.tags.as_ref(), other.tags.as_ref())
            && same(self.channel.as_ref(), other.channel.as_ref())
    }
}
