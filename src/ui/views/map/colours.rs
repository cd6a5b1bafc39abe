//! What each point looks like. Classes are found image by image, by another thread where there are many; what else decides is a few
//! bits.

mod coming;
mod source;

use std::sync::Arc;

use eframe::egui::{self, Color32};

use super::plane::Plane;
use super::scale;
use crate::domain::{Clustering, ImageId, ImageSet, TagColours};
use crate::session::{Colouring, Session};
use crate::ui::paint::{Classes, Looks, Prominent};
use crate::ui::theme::{self, ClusterColours};
use coming::{Answer, Coming};
use source::{Classified, Source, Wanted, Work};

/// The class of images of which nothing is known.
pub const NO_CLASS: u16 = 0;

/// The class of what counts from 0 otherwise. Beyond some 65,000 all are alike.
pub fn class_of(place: u32) -> u16 {
    u16::try_from(place.saturating_add(1)).unwrap_or(u16::MAX)
}

/// While images are being found, what is to be made of all of them is made anew so often at most.
pub const WHILE_IMAGES_COME_SECS: f64 = 0.5;

/// What the colours of classes depend on.
#[derive(Clone, Copy, PartialEq)]
struct PaletteKey {
    colouring: Colouring,
    is_dark: bool,
    labels: theme::LabelPalette,
    /// How many classes there are, where it is not always the same.
    count: usize,
    /// How many labels there are, where clusters have their colours.
    label_count: usize,
}

/// Looks of all points, kept from frame to frame.
#[derive(Default)]
pub struct Colours {
    /// What is drawn.
    shown: Classified,
    /// What will be, once it is found: until then the images keep the colours they have.
    coming: Option<Coming>,
    /// What could not be found: it is not tried again until something is otherwise.
    failed: Option<Wanted>,
    /// When a thread was last sent for what is drawn now, in seconds of the window.
    sent_secs: f64,
    /// The probe and its neighbours, where the colours are by similarity.
    listed: Vec<ImageId>,
    palette: Arc<Vec<Color32>>,
    palette_key: Option<PaletteKey>,
    /// The colours of tags that it was made of, where it is of tags.
    palette_of_tags: Option<Arc<TagColours>>,
    /// The clusters that it was made of, where it is of clusters.
    palette_of_clusters: Option<Arc<Clustering>>,
    passing: Option<ImageSet>,
    drawn: usize,
    /// Whose images `drawn` counts.
    drawn_of: ImageSet,
}

impl Colours {
    /// Those of a map that begins like this one: it has the colours of this from the first moment on.
    pub fn alike(&self) -> Self {
        let Self {
            shown,
            coming: _,
            failed: _,
            sent_secs: _,
            listed,
            palette,
            palette_key,
            palette_of_tags,
            palette_of_clusters,
            passing,
            drawn,
            drawn_of,
        } = self;
        Self {
            shown: shown.clone(),
            coming: None,
            failed: None,
            sent_secs: 0.0,
            listed: listed.clone(),
            palette: palette.clone(),
            palette_key: *palette_key,
            palette_of_tags: palette_of_tags.clone(),
            palette_of_clusters: palette_of_clusters.clone(),
            passing: passing.clone(),
            drawn: *drawn,
            drawn_of: drawn_of.clone(),
        }
    }

    /// The looks of the points of `plane`, to be coloured by `colouring`, where `tags` are in the order of their classes;
    /// `highlighted` is the class to bring out, and of which colours it is. While the classes of many images are found, the colours
    /// are those from before ([`by`](Self::by)); another frame comes by itself when they are there.
    pub fn refresh(
        &mut self,
        ctx: &egui::Context,
        plane: &Arc<Plane>,
        session: &Session,
        colouring: Colouring,
        tags: &[String],
        highlighted: Option<(Colouring, u16)>,
    ) -> Looks {
        self.refresh_classes(ctx, plane, session, colouring, tags);
        let colouring = self.by().unwrap_or(colouring);
        self.refresh_palette(session, colouring, tags);
        self.refresh_passing(plane, session);
        let chosen = &session.opened.chosen;
        // One image is only being looked at; greying all others would take the colours away with every click.
        let is_alone = chosen.selection.len() < 2;
        let prominent = match highlighted.filter(|(by, _)| *by == colouring) {
            Some((_, class)) => Prominent::OfClass(class),
            None if !is_alone => Prominent::None,
            None if colouring == Colouring::Similarity => Prominent::OfAnyClass,
            None => Prominent::All,
        };
        let palette = theme::palette();
        Looks {
            classes: self.shown.classes.clone(),
            palette: self.palette.clone(),
            selected: chosen.selection.clone(),
            passing: self.passing.clone(),
            prominent,
            keeps_colour: is_alone,
            grey: palette.weak,
            rim: palette.strong,
            opacity: if palette.is_dark { [0.10, 0.30, 0.88, 1.0] } else { [0.14, 0.38, 0.88, 1.0] },
        }
    }

    /// What the points that are drawn are coloured by: what was chosen, or while that is on its way what was before.
    pub fn by(&self) -> Option<Colouring> {
        self.shown.source.as_ref().map(|source| source.colouring)
    }

    /// How many points the filter lets through.
    pub fn drawn(&self) -> usize {
        self.drawn
    }

    /// The images that the filter lets through, if there is one.
    pub fn passing(&self) -> Option<&ImageSet> {
        self.passing.as_ref()
    }

    /// Whether an image passes the filter.
    pub fn passes(&self, id: ImageId) -> bool {
        self.passing.as_ref().is_none_or(|passing| passing.contains(id))
    }

    /// The classes of all images, as far as they are known.
    pub fn classes(&self) -> &Classes {
        &self.shown.classes
    }

    /// Whether the classes are those of the clusters and splits of now: as long as those are being found, numbers of classes mean others.
    pub fn are_of_now(&self, session: &Session) -> bool {
        self.shown.source.as_ref().is_some_and(|source| source.are_of_now(session))
    }

    /// Whether every image has its class.
    pub fn is_complete(&self, session: &Session) -> bool {
        self.shown.done >= session.opened.images.len() && self.coming.is_none()
    }

    /// What the ends of the scale are, where the colours are those of a column.
    pub fn ends(&self) -> Option<[String; 2]> {
        self.shown.ends()
    }

    /// The colour of an image's class, if it has one.
    pub fn colour_of(&self, id: ImageId) -> Option<Color32> {
        let class = self.shown.classes.of(id);
        (class != NO_CLASS).then(|| self.colour(class))
    }

    /// The colours of all classes; another one in memory where any differs.
    pub fn palette(&self) -> &Arc<Vec<Color32>> {
        &self.palette
    }

    /// The colour of a class.
    pub fn colour(&self, class: u16) -> Color32 {
        self.palette.get(usize::from(class)).copied().unwrap_or(theme::palette().weak)
    }

    /// Takes up what was found, and has found what is wanted. Of one colouring what is on its way is shown before a later state of it
    /// is begun; of another it is given up.
    fn refresh_classes(
        &mut self,
        ctx: &egui::Context,
        plane: &Arc<Plane>,
        session: &Session,
        colouring: Colouring,
        tags: &[String],
    ) {
        self.coming = self.coming.take().filter(|coming| coming.colouring == colouring);
        self.take_coming();
        let wanted = Source::of(colouring, plane, session);
        let images = session.opened.images.len();
        let is_shown = self.shown.source.as_ref().is_some_and(|known| known.is(&wanted));
        let from = if is_shown { self.shown.done.min(images) } else { 0 };
        let left = if wanted.is_of_none() { 0 } else { images - from };
        let wanted = Wanted(wanted, images);
        let has_failed = self.failed.as_ref().is_some_and(|failed| failed.is(&wanted));
        let is_done = is_shown && from == images;
        if self.coming.is_none() && !is_done && !has_failed && self.is_time(ctx, session, colouring, left) {
            let work = Work::new(wanted.0, &self.shown, plane, session, tags);
            self.coming = Some(Coming::begin(ctx, colouring, work));
            self.take_coming();
        }
        if self.by() == Some(Colouring::Similarity) {
            self.list_neighbours(session);
        }
    }

    /// Whether the classes of so many images are to be found now. A thread that does it shares the places of labels with the session,
    /// which has to copy them when a new one comes: while images are being found, one is sent now and then only.
    fn is_time(&mut self, ctx: &egui::Context, session: &Session, colouring: Colouring, left: usize) -> bool {
        if left <= coming::AT_ONCE {
            return true;
        }
        let now_secs = ctx.input(|input| input.time);
        let wait_secs = self.sent_secs + WHILE_IMAGES_COME_SECS - now_secs;
        if session.is_busy() && self.by() == Some(colouring) && wait_secs > 0.0 {
            ctx.request_repaint_after_secs(wait_secs as f32);
            return false;
        }
        self.sent_secs = now_secs;
        true
    }

    fn take_coming(&mut self) {
        match self.coming.take().map(Coming::ask) {
            Some(Answer::Found(found)) => {
                if self.by() != found.source.as_ref().map(|source| source.colouring) {
                    self.listed.clear();
                }
                self.failed = None;
                self.shown = found;
            }
            Some(Answer::NotYet(coming)) => self.coming = Some(coming),
            Some(Answer::Never(wanted)) => self.failed = Some(wanted),
            None => {}
        }
    }

    /// The probe and its neighbours from the nearest (bright) to the farthest of the list; all others are of no class.
    fn list_neighbours(&mut self, session: &Session) {
        let mut classes: Vec<(ImageId, u16)> = Vec::new();
        if let Some(list) = &session.opened.neighbours {
            let last = list.neighbours.len().saturating_sub(1).max(1) as f32;
            let ranked = list.neighbours.iter().enumerate();
            classes.extend(ranked.map(|(rank, found)| (found.image, scale::class(1.0 - rank as f32 / last))));
            classes.extend(list.wish.image().map(|probe| (probe, scale::PROBE)));
        }
        let listed: Vec<ImageId> = classes.iter().map(|(id, _)| *id).collect();
        if self.listed != listed {
            let gone = std::mem::replace(&mut self.listed, listed);
            self.shown.classes.set(gone.into_iter().map(|id| (id, NO_CLASS)));
            self.shown.classes.set(classes);
        }
    }

    fn refresh_palette(&mut self, session: &Session, colouring: Colouring, tags: &[String]) {
        let opened = &session.opened;
        let of_tags = (colouring == Colouring::Tag).then_some(&opened.tag_colours);
        let are_same_of_tags = match (&self.palette_of_tags, of_tags) {
            (Some(known), Some(now)) => Arc::ptr_eq(known, now),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let of_clusters = opened.clustering.as_ref().filter(|_| colouring == Colouring::Cluster);
        let are_same_of_clusters = self.palette_of_clusters.as_ref().map(Arc::as_ptr) == of_clusters.map(Arc::as_ptr);
        let count = match colouring {
            Colouring::Label => opened.images.label_places().len(),
            Colouring::Cluster => opened.clustering.as_ref().map_or(0, |known| known.clusters.len()),
            Colouring::Tag => tags.len(),
            Colouring::Split => opened.splits.images.len(),
            Colouring::Centrality(by) => usize::from(opened.standing(by).is_some()),
            Colouring::Plain
            | Colouring::Similarity
            | Colouring::Faithfulness
            | Colouring::Column(_)
            | Colouring::Channel => 0,
        };
        let (is_dark, labels) = (theme::palette().is_dark, theme::label_palette_in_use());
        let label_count = if of_clusters.is_some() { opened.images.label_places().len() } else { 0 };
        let key = PaletteKey { colouring, is_dark, labels, count, label_count };
        if self.palette_key == Some(key) && are_same_of_tags && are_same_of_clusters {
            return;
        }
        self.palette_key = Some(key);
        self.palette_of_tags = of_tags.cloned();
        self.palette_of_clusters = of_clusters.cloned();
        let mut clusters = ClusterColours::default();
        of_clusters.into_iter().for_each(|clustering| clusters.refresh(clustering, opened.images.label_places()));
        let grey = theme::palette().weak;
        let plain = plain_colour();
        let dots = (0..count.min(usize::from(u16::MAX))).map(theme::label_colour);
        self.palette = Arc::new(match colouring {
            Colouring::Plain => vec![plain],
            Colouring::Label | Colouring::Split => std::iter::once(grey).chain(dots).collect(),
            Colouring::Cluster => {
                let numbers = 0..count.min(usize::from(u16::MAX));
                std::iter::once(grey).chain(numbers.map(|index| clusters.colour(index))).collect()
            }
            Colouring::Tag => {
                let tags = tags.iter().take(usize::from(u16::MAX));
                std::iter::once(grey).chain(tags.map(|tag| theme::tag_colour(opened.tag_colours.of(tag)))).collect()
            }
            Colouring::Faithfulness => scale::palette(plain),
            // As long as it is not measured.
            Colouring::Centrality(_) if count == 0 => vec![plain],
            Colouring::Similarity | Colouring::Centrality(_) | Colouring::Column(_) | Colouring::Channel => {
                scale::palette(grey)
            }
        });
    }

    fn refresh_passing(&mut self, plane: &Plane, session: &Session) {
        let opened = &session.opened;
        // While another order is made, this is what is shown until then.
        let passing = (!opened.shows_everything()).then(|| opened.shown.set());
        let is_same = match (&self.passing, passing) {
            (Some(known), Some(passing)) => known.is_shared_with(passing),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !is_same || !self.drawn_of.is_shared_with(&plane.images) {
            self.passing = passing.cloned();
            self.drawn_of = plane.images.clone();
            self.drawn = self.passing.as_ref().map_or(plane.len(), |passing| passing.intersection(&plane.images).len());
        }
    }
}

/// The colour of points that have no other.
pub fn plain_colour() -> Color32 {
    if theme::palette().is_dark { Color32::from_rgb(143, 178, 214) } else { Color32::from_rgb(58, 102, 148) }
}
