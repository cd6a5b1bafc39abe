//! The classes that have names, listed once and kept: there may be thousands, and a frame looks only at those that it shows.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{self, Color32};

use crate::domain::{Cluster, Clustering, ImageId, PerImage, Splits, Tags};
use crate::session::{Colouring, Session};
use crate::ui::paint::effort::note_names;
use crate::ui::theme;
use crate::ui::views::map::colours::{Colours, NO_CLASS, WHILE_IMAGES_COME_SECS, class_of};

/// A class, its name and how many images it has.
pub struct Entry {
    pub class: u16,
    pub name: String,
    pub count: usize,
}

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

/// What of the session they are made of, as it was then.
enum Basis {
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
    fn of(session: &Session, colouring: Colouring) -> Self {
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

    /// Whether both are the same things in memory.
    fn is(&self, other: &Self) -> bool {
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
        if self.of.as_ref().is_some_and(|known| known.is(&basis)) {
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
        (self.of, self.listed_secs) = (Some(basis), now_secs);
        self.all = listed(session, colouring, tags);
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

fn listed(session: &Session, colouring: Colouring, tags: &[String]) -> Vec<Entry> {
    let opened = &session.opened;
    match colouring {
        Colouring::Label if opened.images.labels().keys().any(|label| !label.is_empty()) => {
            let entry = |(label, count): (&String, &usize)| Entry {
                class: opened.images.label_places().of(label).map_or(NO_CLASS, class_of),
                name: if label.is_empty() { "no label".into() } else { label.clone() },
                count: *count,
            };
            opened.images.labels().iter().map(entry).collect()
        }
        Colouring::Cluster => {
            let clusters = opened.clustering.iter().flat_map(|clustering| clustering.filled());
            let entry = |(index, cluster): (usize, &Cluster)| Entry {
                class: class_of(index as u32),
                name: cluster.title(index),
                count: cluster.size,
            };
            clusters.map(entry).collect()
        }
        Colouring::Tag => {
            let places: HashMap<&str, u32> = tags.iter().map(String::as_str).zip(0..).collect();
            let entry = |(tag, images): (&str, &PerImage<ImageId>)| {
                let class = class_of(*places.get(tag)?);
                Some(Entry { class, name: tag.to_owned(), count: images.len() })
            };
            opened.tags.words().filter_map(entry).collect()
        }
        Colouring::Split => {
            let entry = |((split, images), place): ((&String, &Vec<ImageId>), u32)| Entry {
                class: class_of(place),
                name: split.clone(),
                count: images.len(),
            };
            opened.splits.images.iter().zip(0..).map(entry).collect()
        }
        Colouring::Label
        | Colouring::Plain
        | Colouring::Similarity
        | Colouring::Faithfulness
        | Colouring::Column(_)
        | Colouring::Channel
        | Colouring::Centrality(_) => Vec::new(),
    }
}
