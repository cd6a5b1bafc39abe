//! How many images of each class the filter lets through. It is counted on another thread where there are many; until that is known the
//! numbers of before stand.

use eframe::egui;

use crate::domain::ImageSet;
use crate::ui::later::{Asked, Later};
use crate::ui::paint::Classes;
use crate::ui::views::map::colours::Colours;

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
    classes: Classes,
}

impl Of {
    fn is(&self, shown: &ImageSet, classes: &Classes) -> bool {
        self.shown.is_shared_with(shown) && self.classes.is_shared_with(classes)
    }
}

impl ShownCounts {
    /// Has counted what is shown now, if that is something else than before; nothing where all is shown.
    pub fn refresh(&mut self, ctx: &egui::Context, colours: &Colours) {
        let Some(shown) = colours.passing() else {
            *self = Self::default();
            return;
        };
        self.take_coming();
        let classes = colours.classes();
        let is_known = self.known.as_ref().is_some_and(|(of, _)| of.is(shown, classes));
        // One at a time: what was overtaken is begun anew once it has ended.
        if is_known || self.coming.is_some() {
            return;
        }
        let (images, by) = (shown.clone(), classes.clone());
        let of = Of { shown: shown.clone(), classes: classes.clone() };
        self.coming = Some((of, Later::begin(ctx, images.len() <= AT_ONCE, move || count(&images, &by))));
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
