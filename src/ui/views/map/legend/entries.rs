//! The classes that have names, listed once and kept: there may be thousands, and a frame looks only at those that it shows.

use std::cmp::Reverse;
use std::mem::discriminant;
use std::sync::Arc;

use eframe::egui::{self, Color32};

use super::listing::{Entry, Listing};
use crate::domain::{Clustering, Splits, Tags};
use crate::session::{Colouring, Session};
use crate::ui::later::{Asked, Later};
use crate::ui::paint::effort::{note_begun, note_done, note_names};
use crate::ui::theme;
use crate::ui::views::map::colours::{Colours, NO_CLASS, WHILE_IMAGES_COME_SECS};

/// So many names are listed within a frame.
const AT_ONCE: usize = 1_000;

/// Classes beyond those that have a colour of their own: all of them are grey.
#[derive(Clone, Copy)]
pub struct Others {
    pub classes: usize,
    pub images: usize,
}

/// All there are, by name; clusters by size. And those of them that are searched for, in the order that is wanted.
#[derive(Default)]
pub struct Entries {
    of: Option<Basis>,
    /// The same of later, on its way.
    coming: Option<Coming>,
    /// When they were listed, in seconds of the window; and whether they are to be listed anew, but not yet.
    listed_secs: f64,
    is_late: bool,
    all: Vec<Entry>,
    /// What was searched for, and whether the most frequent came first.
    arranged_by: Option<(String, bool)>,
    /// Places among all of them.
    arranged: Vec<u32>,
    /// The colours by which the others were counted.
    palette: Option<Arc<Vec<Color32>>>,
    others: Option<Others>,
}

/// Names that another thread lists, and of what. Who drops it gives it up.
struct Coming {
    of: Basis,
    listed: Option<Later<Vec<Entry>>>,
}

impl Coming {
    fn begin(ctx: &egui::Context, of: Basis, listing: Listing) -> Self {
        note_begun(0);
        let listed = Later::on_thread(ctx, "the legend of a map", move || listing.list());
        Self { of, listed: Some(listed) }
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        note_done();
    }
}

/// What of the session they are made of, as it was then.
#[derive(Clone)]
pub(super) enum Basis {
    /// Labels and their numbers change with images that come, and with labels that are given.
    Label {
        images: usize,
        relabelled: usize,
    },
    Cluster(Option<Arc<Clustering>>),
    Tag(Arc<Tags>),
    Split(Arc<Splits>),
    /// The colouring has no classes with names.
    Unnamed,
}

impl Basis {
    pub(super) fn of(session: &Session, colouring: Colouring) -> Self {
        let opened = &session.opened;
        match colouring {
            Colouring::Label => Self::Label { images: opened.images.len(), relabelled: opened.relabelled },
            Colouring::Cluster => Self::Cluster(opened.clustering.clone()),
            Colouring::Tag => Self::Tag(opened.tags.clone()),
            Colouring::Split => Self::Split(opened.splits.clone()),
            Colouring::Plain
            | Colouring::Similarity
            | Colouring::Faithfulness
            | Colouring::Column(_)
            | Colouring::Channel
            | Colouring::Centrality(_) => Self::Unnamed,
        }
    }

    /// Whether both are names of the same kind. Other clusters, and other splits, have nothing in common but their numbers.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        match self {
            Self::Cluster(_) | Self::Split(_) => self.is(other),
            Self::Label { .. } | Self::Tag(_) | Self::Unnamed => discriminant(self) == discriminant(other),
        }
    }

    /// Whether both are the same things in memory.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Label { images, relabelled }, Self::Label { images: others, relabelled: anew }) => {
                images == others && relabelled == anew
            }
            (Self::Cluster(Some(known)), Self::Cluster(Some(now))) => Arc::ptr_eq(known, now),
            (Self::Cluster(known), Self::Cluster(now)) => known.is_none() && now.is_none(),
            (Self::Tag(known), Self::Tag(now)) => Arc::ptr_eq(known, now),
            (Self::Split(known), Self::Split(now)) => Arc::ptr_eq(known, now),
            (Self::Unnamed, Self::Unnamed) => true,
            (Self::Label { .. } | Self::Cluster(_) | Self::Tag(_) | Self::Split(_) | Self::Unnamed, _) => false,
        }
    }
}

impl Entries {
    /// Lists what there is, if that is something else than before. `tags` are in the order of their classes. While images are being
    /// found, numbers of labels change all the time: then it is done now and then only.
    pub fn refresh(&mut self, ctx: &egui::Context, session: &Session, colouring: Colouring, tags: &[String]) {
        let basis = Basis::of(session, colouring);
        self.is_late = false;
        self.coming.take_if(|coming| !coming.of.is_alike(&basis));
        self.take_coming();
        if self.of.as_ref().is_some_and(|known| known.is(&basis)) {
            self.coming = None;
            return;
        }
        if self.coming.is_some() {
            self.is_late = true;
            return;
        }
        let now_secs = ctx.input(|input| input.time);
        let wait_secs = self.listed_secs + WHILE_IMAGES_COME_SECS - now_secs;
        let are_labels = matches!((&self.of, &basis), (Some(Basis::Label { .. }), Basis::Label { .. }));
        if are_labels && session.is_busy() && wait_secs > 0.0 {
            ctx.request_repaint_after_secs(wait_secs as f32);
            self.is_late = true;
            return;
        }
        self.listed_secs = now_secs;
        let listing = Listing::of(session, colouring, tags);
        // Names of other colours say nothing of those that are drawn.
        if self.of.as_ref().is_some_and(|known| known.is_alike(&basis)) && listing.len() > AT_ONCE {
            self.coming = Some(Coming::begin(ctx, basis, listing));
            self.is_late = true;
            return;
        }
        self.take(basis, listing.list());
    }

    /// Takes up what was listed by another thread, if it is there.
    fn take_coming(&mut self) {
        let Some(mut coming) = self.coming.take() else { return };
        match coming.listed.take().map_or(Asked::Never, Later::ask) {
            Asked::Here(listed) => self.take(coming.of.clone(), listed),
            Asked::NotYet(later) => {
                coming.listed = Some(later);
                self.coming = Some(coming);
            }
            // It is not tried again until something is otherwise.
            Asked::Never => self.of = Some(coming.of.clone()),
        }
    }

    fn take(&mut self, of: Basis, listed: Vec<Entry>) {
        self.of = Some(of);
        self.all = listed;
        note_names(self.all.len());
        self.arranged_by = None;
        self.palette = None;
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Those that have no colour of their own, if there are any.
    pub fn others(&mut self, colours: &Colours) -> Option<Others> {
        let palette = colours.palette();
        // Each label that comes is another colour, too.
        if !self.is_late && !self.palette.as_ref().is_some_and(|known| Arc::ptr_eq(known, palette)) {
            let grey = theme::palette().weak;
            let others = self.all.iter().filter(|entry| entry.class != NO_CLASS && colours.colour(entry.class) == grey);
            let (classes, images) = others.fold((0, 0), |(classes, images), entry| (classes + 1, images + entry.count));
            note_names(self.all.len());
            self.others = (classes > 0).then_some(Others { classes, images });
            self.palette = Some(palette.clone());
        }
        self.others
    }

    /// Keeps those in sight whose names contain what is searched for, if it is something else than before.
    pub fn arrange(&mut self, search: &str, is_by_count: bool) {
        if self.arranged_by.as_ref().is_some_and(|(text, by_count)| text == search && *by_count == is_by_count) {
            return;
        }
        self.arranged_by = Some((search.to_owned(), is_by_count));
        let search = search.trim().to_lowercase();
        let is_wanted = |entry: &Entry| search.is_empty() || entry.name.to_lowercase().contains(&search);
        let wanted = (0_u32..).zip(&self.all).filter(|(_, entry)| is_wanted(entry));
        self.arranged = wanted.map(|(place, _)| place).collect();
        note_names(self.all.len());
        if is_by_count {
            // Stable: of equal ones the first by name.
            self.arranged.sort_by_key(|place| Reverse(self.all[*place as usize].count));
        }
    }

    /// How many are in sight.
    pub fn arranged_len(&self) -> usize {
        self.arranged.len()
    }

    /// One of those that are in sight.
    pub fn arranged(&self, row: usize) -> Option<&Entry> {
        self.all.get(*self.arranged.get(row)? as usize)
    }
}
