//! Images that are found, and read.

use std::collections::HashMap;
use std::path::Path;

use super::OpenedCollection;
use super::chosen::Chosen;
use crate::domain::{Example, ImageId, ImageRecord, Sort};
use crate::engine::Request;

impl OpenedCollection {
    pub(in crate::session) fn take_found(&mut self, images: Vec<ImageRecord>) {
        let first_new = self.images.len();
        for image in images {
            debug_assert_eq!(image.id.index(), self.images.len(), "images arrive in id order");
            *self.labels.entry(image.label.clone().unwrap_or_default()).or_default() += 1;
            place(&mut self.label_places, image.label.as_ref());
            self.problem_count += usize::from(image.problem.is_some());
            self.gone_count += usize::from(image.is_gone());
            if let Some(resumed) = &mut self.resumed {
                resumed.meet(&image);
            }
            self.images.push(image);
        }
        // The walk finds images in path order: usually they just follow, and nothing need be sorted.
        let new = &self.images[first_new..];
        let last = self.shown.last().map(|id| &self.images[id.index()].path);
        let follows = new.is_sorted_by_key(|image| &image.path)
            && new.first().is_none_or(|first| last.is_none_or(|last| *last <= first.path));
        if self.chosen.sort == Sort::Path && follows {
            let passing: Vec<_> = new.iter().filter(|image| self.passes(image)).map(|image| image.id).collect();
            self.shown.extend(passing);
        } else {
            self.refresh_shown();
        }
    }

    pub(in crate::session) fn take_described(&mut self, images: Vec<ImageRecord>) {
        let mut has_new_labels = false;
        for image in images {
            let Some(slot) = self.images.get_mut(image.id.index()) else { continue };
            self.problem_count += usize::from(image.problem.is_some());
            self.problem_count -= usize::from(slot.problem.is_some());
            self.gone_count += usize::from(image.is_gone());
            self.gone_count -= usize::from(slot.is_gone());
            if slot.label != image.label {
                has_new_labels = true;
                self.relabelled += 1;
                place(&mut self.label_places, image.label.as_ref());
                *self.labels.entry(image.label.clone().unwrap_or_default()).or_default() += 1;
                let before = slot.label.clone().unwrap_or_default();
                if let Some(count) = self.labels.get_mut(&before) {
                    *count -= 1;
                    if *count == 0 {
                        self.labels.remove(&before);
                    }
                }
            }
            *slot = image;
        }
        let by_label = self.chosen.sort == Sort::Label || !self.chosen.filter.labels.is_empty();
        if self.chosen.sort == Sort::Pixels || self.chosen.filter.only_problems || (has_new_labels && by_label) {
            self.refresh_shown();
        }
    }

    /// The picture from elsewhere is none: its image is what is looked at from now on, as if it had been clicked. No step
    /// of its own, since the person has made one choice only.
    pub(in crate::session) fn take_recognised(&mut self, file: &Path, image: ImageId) -> Vec<Request> {
        let Some(Example::File { path, region }) = &self.chosen.like else { return Vec::new() };
        if path != file {
            return Vec::new();
        }
        let region = *region;
        let (probe, anchor) = (Some(image), Some(image));
        let mut chosen = Chosen { like: None, probe, anchor, region, ..self.chosen.clone() };
        chosen.examples.retain(|(example, _)| *example != image);
        self.restore(chosen)
    }
}

/// Notes a label that comes for the first time.
fn place(places: &mut HashMap<String, u32>, label: Option<&String>) {
    if let Some(label) = label
        && !places.contains_key(label)
    {
        let place = u32::try_from(places.len()).unwrap_or(u32::MAX);
        places.insert(label.clone(), place);
    }
}
