//! What each point looks like. Classes are found image by image, some in each frame; what else decides is a few bits.

mod source;

use std::sync::Arc;

use eframe::egui::{self, Color32};

use super::plane::Plane;
use super::scale;
use crate::domain::{ImageId, ImageSet, TagColours};
use crate::session::{Colouring, Session};
use crate::ui::paint::{Classes, Looks, Prominent};
use crate::ui::theme;
use source::Source;

/// Images that are given their class in one frame at most.
const A_FRAME: usize = 1 << 15;

/// The same where all that is known of each is looked at.
const OF_A_COLUMN: usize = 1 << 14;

/// The class of images of which nothing is known.
pub const NO_CLASS: u16 = 0;

/// The class of what counts from 0 otherwise. Beyond some 65,000 all are alike.
pub fn class_of(place: u32) -> u16 {
    u16::try_from(place.saturating_add(1)).unwrap_or(u16::MAX)
}

/// What the colours of classes depend on.
#[derive(Clone, Copy, PartialEq)]
struct PaletteKey {
    colouring: Colouring,
    is_dark: bool,
    labels: theme::LabelPalette,
    /// How many classes there are, where it is not always the same.
    count: usize,
}

/// Looks of all points, kept from frame to frame. A map that begins like another begins with a copy.
#[derive(Clone, Default)]
pub struct Colours {
    source: Option<Source>,
    classes: Classes,
    /// What the classes will be, where that takes several frames: until then the images keep those they have.
    coming: Option<Classes>,
    /// Images that have their class.
    done: usize,
    /// The probe and its neighbours, where the colours are by similarity.
    listed: Vec<ImageId>,
    palette: Arc<Vec<Color32>>,
    palette_key: Option<PaletteKey>,
    /// The colours of tags that it was made of, where it is of tags.
    palette_of_tags: Option<Arc<TagColours>>,
    passing: Option<ImageSet>,
    drawn: usize,
    /// Whose images `drawn` counts.
    drawn_of: ImageSet,
}

impl Colours {
    /// The looks of the points of `plane`, coloured by `colouring`, where `tags` are in the order of their classes;
    /// `highlighted` is the class to bring out. Asks for another frame where there is more to be done.
    pub fn refresh(
        &mut self,
        ctx: &egui::Context,
        plane: &Plane,
        session: &Session,
        colouring: Colouring,
        tags: &[String],
        highlighted: Option<u16>,
    ) -> Looks {
        self.refresh_source(plane, session, colouring);
        self.go_on(plane, session, tags);
        if !self.is_complete(session) {
            ctx.request_repaint();
        }
        self.refresh_palette(session, colouring, tags);
        self.refresh_passing(plane, session);
        let chosen = &session.opened.chosen;
        // One image is only being looked at; greying all others would take the colours away with every click.
        let is_alone = chosen.selection.len() < 2;
        let prominent = match highlighted {
            Some(class) => Prominent::OfClass(class),
            None if !is_alone => Prominent::None,
            None if colouring == Colouring::Similarity => Prominent::OfAnyClass,
            None => Prominent::All,
        };
        let palette = theme::palette();
        Looks {
            classes: self.classes.clone(),
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

    /// Whether they are by this.
    pub fn are_by(&self, colouring: Colouring) -> bool {
        self.source.as_ref().is_some_and(|source| source.colouring == colouring)
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
        &self.classes
    }

    /// Whether every image has its class.
    pub fn is_complete(&self, session: &Session) -> bool {
        self.done >= session.opened.images.len() && self.coming.is_none()
    }

    /// What the ends of the scale are, where the colours are those of a column.
    pub fn ends(&self) -> Option<[String; 2]> {
        self.source.as_ref()?.ends()
    }

    /// The colour of an image's class, if it has one.
    pub fn colour_of(&self, id: ImageId) -> Option<Color32> {
        let class = self.classes.of(id);
        (class != NO_CLASS).then(|| self.colour(class))
    }

    /// The colour of a class.
    pub fn colour(&self, class: u16) -> Color32 {
        self.palette.get(usize::from(class)).copied().unwrap_or(theme::palette().weak)
    }

    fn refresh_source(&mut self, plane: &Plane, session: &Session, colouring: Colouring) {
        if self.source.as_ref().is_some_and(|known| known.is_of(colouring, plane, session)) {
            return;
        }
        let source = Source::of(colouring, plane, session);
        let before = self.source.replace(source);
        let is_same_colouring = before.is_some_and(|before| before.colouring == colouring);
        if is_same_colouring && colouring != Colouring::Similarity {
            self.coming = Some(Classes::default());
        } else {
            self.coming = None;
            self.classes = Classes::default();
        }
        self.done = 0;
        self.listed.clear();
    }

    /// Gives the next images their class.
    fn go_on(&mut self, plane: &Plane, session: &Session, tags: &[String]) {
        let Some(source) = &self.source else { return };
        if source.colouring == Colouring::Similarity {
            self.done = session.opened.images.len();
            return self.list_neighbours(session);
        }
        let count = session.opened.images.len();
        let most = if matches!(source.colouring, Colouring::Column(_)) { OF_A_COLUMN } else { A_FRAME };
        let end = count.min(self.done + most);
        if count.saturating_sub(self.done) > most && self.coming.is_none() {
            // Each state that is shown is a million points drawn.
            self.coming = Some(self.classes.clone());
        }
        let classes = self.coming.as_mut().unwrap_or(&mut self.classes);
        source.classify(self.done..end, classes, tags, plane, session);
        self.done = end;
        if end == count
            && let Some(classes) = self.coming.take()
        {
            self.classes = classes;
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
            self.classes.set(gone.into_iter().map(|id| (id, NO_CLASS)));
            self.classes.set(classes);
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
        let count = match colouring {
            Colouring::Label => opened.label_places.len(),
            Colouring::Cluster => opened.clustering.as_ref().map_or(0, |known| known.clusters.len()),
            Colouring::Tag => tags.len(),
            Colouring::Centrality(by) => usize::from(opened.standing(by).is_some()),
            Colouring::Plain
            | Colouring::Similarity
            | Colouring::Faithfulness
            | Colouring::Column(_)
            | Colouring::Channel => 0,
        };
        let (is_dark, labels) = (theme::palette().is_dark, theme::label_palette_in_use());
        let key = PaletteKey { colouring, is_dark, labels, count };
        if self.palette_key == Some(key) && are_same_of_tags {
            return;
        }
        self.palette_key = Some(key);
        self.palette_of_tags = of_tags.cloned();
        let grey = theme::palette().weak;
        let plain = plain_colour();
        let dots = (0..count.min(usize::from(u16::MAX))).map(theme::label_colour);
        self.palette = Arc::new(match colouring {
            Colouring::Plain => vec![plain],
            Colouring::Label | Colouring::Cluster => std::iter::once(grey).chain(dots).collect(),
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
        let passing = (!opened.chosen.filter.is_empty()).then(|| opened.shown.set());
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
