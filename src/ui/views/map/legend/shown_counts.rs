//! How many images of each class the filter lets through. It is counted on another thread where there are many; until that is known the
//! numbers of before stand, as long as they are of the same names.

use std::sync::Arc;

use eframe::egui;

use super::entries::Basis;
use crate::domain::{ImageSet, Tags};
use crate::session::{Colouring, Session};
use crate::ui::later::{Asked, Later};
use crate::ui::paint::Classes;
use crate::ui::views::map::colours::{Colours, class_of};

/// So many are counted at once.
const AT_ONCE: usize = 4096;

/// What was counted last, and what is being counted.
#[derive(Default)]
pub struct ShownCounts {
    known: Option<(Of, Vec<u32>)>,
    coming: Option<(Of, Later<Vec<u32>>)>,
}

/// Which images were counted, by which classes.
struct Of {
    shown: ImageSet,
    /// What has names.
    names: Basis,
    by: By,
}

/// What is gone through.
#[derive(Clone)]
enum By {
    /// The class of each image that is shown.
    Classes(Classes),
    /// Who bears each of these tags: an image has one class, and may have many tags.
    Tags(Arc<Tags>, Arc<[String]>),
}

impl Of {
    /// Whether it says something of these names.
    fn is_alike(&self, names: &Basis) -> bool {
        match &self.by {
            By::Classes(_) => self.names.is_alike(names),
            // With each tag that comes the classes of those behind it are others.
            By::Tags(..) => self.names.is(names),
        }
    }

    fn is(&self, shown: &ImageSet, classes: &Classes) -> bool {
        let is_by_it = match &self.by {
            By::Classes(known) => known.is_shared_with(classes),
            By::Tags(..) => true,
        };
        is_by_it && self.shown.is_shared_with(shown)
    }
}

impl By {
    fn of(session: &Session, colouring: Colouring, colours: &Colours, tags: &[String]) -> Self {
        match colouring == Colouring::Tag {
            true => Self::Tags(session.opened.tags.clone(), tags.into()),
            false => Self::Classes(colours.classes().clone()),
        }
    }

    /// Whether it takes no time to go through them.
    fn is_little(&self, shown: &ImageSet) -> bool {
        match self {
            Self::Classes(_) => shown.len() <= AT_ONCE,
            Self::Tags(tags, _) => tags.count_of_all() <= AT_ONCE,
        }
    }

    /// How many of the images have each class; never an empty list.
    fn count(&self, images: &ImageSet) -> Vec<u32> {
        match self {
            Self::Classes(classes) => count(images, classes),
            Self::Tags(tags, names) => {
                let mut counts = vec![0; usize::from(class_of(names.len() as u32)) + 1];
                for (tag, place) in names.iter().zip(0..) {
                    let shown = tags.bearers(tag).iter().filter(|id| images.contains(**id)).count();
                    counts[usize::from(class_of(place))] += shown as u32;
                }
                counts
            }
        }
    }
}

impl ShownCounts {
    /// Has counted what is shown now, if that is something else than before; nothing where all is shown. `tags` are in the order of their
    /// classes.
    pub fn refresh(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        colouring: Colouring,
        colours: &Colours,
        tags: &[String],
    ) {
        let Some(shown) = colours.passing().filter(|_| colours.are_of_now(session)) else {
            *self = Self::default();
            return;
        };
        // What was counted of other names says nothing of these.
        let names = Basis::of(session, colouring);
        self.known.take_if(|(of, _)| !of.is_alike(&names));
        self.coming.take_if(|(of, _)| !of.is_alike(&names));
        self.take_coming();
        let is_known = self.known.as_ref().is_some_and(|(of, _)| of.is(shown, colours.classes()));
        // One at a time: what was overtaken is begun anew once it has ended.
        if is_known || self.coming.is_some() {
            return;
        }
        let by = By::of(session, colouring, colours, tags);
        let of = Of { shown: shown.clone(), names, by: by.clone() };
        let images = shown.clone();
        self.coming = Some((of, Later::begin(ctx, by.is_little(shown), move || by.count(&images))));
        self.take_coming();
    }

    /// How many of a class are shown; `None` where all are, and as long as that is not known.
    pub fn of(&self, class: u16) -> Option<usize> {
        let (_, counts) = self.known.as_ref().filter(|(_, counts)| !counts.is_empty())?;
        Some(counts.get(usize::from(class)).map_or(0, |count| *count as usize))
    }

    fn take_coming(&mut self) {
        let Some((of, later)) = self.coming.take() else { return };
        match later.ask() {
            Asked::Here(counts) => self.known = Some((of, counts)),
            Asked::NotYet(later) => self.coming = Some((of, later)),
            // It is not tried again before something else is shown.
            Asked::Never => self.known = Some((of, Vec::new())),
        }
    }
}

/// How many of the images have each class; never an empty list.
fn count(images: &ImageSet, classes: &Classes) -> Vec<u32> {
    let mut counts = vec![0];
    for image in images.iter() {
        let class = usize::from(classes.of(image));
        if class >= counts.len() {
            counts.resize(class + 1, 0);
        }
        counts[class] += 1;
    }
    counts
}
