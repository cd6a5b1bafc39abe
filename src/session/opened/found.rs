//! Images that are found, and read.

use std::path::Path;

use super::OpenedCollection;
use super::chosen::Chosen;
use super::ordering::AT_ONCE;
use crate::domain::{Example, ImageId, ImageRecords, Region, TableColumn};
use crate::engine::Request;

impl OpenedCollection {
    /// Takes in what is known of all images now. Nothing is done for each of them, but for those that are new.
    pub(in crate::session) fn take_images(&mut self, images: ImageRecords) -> Vec<Request> {
        // Two threads may tell at a time: the later state stands.
        if images.revision() < self.images.revision() {
            self.outgrow(images);
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.images, images);
        let (first_new, count) = (before.len(), self.images.len());
        let changes = self.images.changes_since(&before);
        self.relabelled += usize::from(changes.are_relabelled);
        self.problem_count = self.images.problem_count();
        self.gone_count = self.images.gone_count();
        if let Some(resumed) = &mut self.resumed {
            self.images.range(first_new..count).for_each(|image| resumed.meet(image));
        }
        let Chosen { sort, filter, .. } = &self.chosen;
        let column = sort.column();
        let by_label = column == Some(TableColumn::Label) || !filter.labels.is_empty();
        let by_pixels = column.is_some_and(|column| column.is_of_pixels() || column == TableColumn::Problem);
        let is_other =
            (changes.are_described && (by_pixels || filter.only_problems)) || (changes.are_relabelled && by_label);
        let mut requests = match () {
            () if is_other => self.refresh_shown_soon(),
            () if count > first_new && !self.append_shown(first_new) => self.refresh_shown_soon(),
            () => Vec::new(),
        };
        if changes.are_relabelled || self.awaits_labels(first_new) {
            self.compare_labels();
        }
        if changes.are_relabelled {
            requests.extend(self.ask_tally_anew());
            requests.extend(self.follow_labels());
        }
        self.outgrow(before);
        requests
    }

    /// Nobody needs these any more. Of many images they are somebody else's to drop: whoever labelled all of them anew has left a
    /// state that shares next to nothing with the one of now.
    fn outgrow(&mut self, images: ImageRecords) {
        self.outgrown_images = Some(images).filter(|images| images.len() > AT_ONCE);
    }

    /// The picture from elsewhere is none: its image is what is looked at from now on, as if it had been clicked. No step
    /// of its own, since the person has made one choice only.
    pub(in crate::session) fn take_recognised(&mut self, file: &Path, image: ImageId) -> Vec<Request> {
        let is_it = |example: &Example| matches!(example, Example::File { path, .. } if path == file);
        let Some(like @ Example::File { region, .. }) = self.chosen.like.clone().filter(is_it) else {
            return self.take_recognised_example(is_it, image);
        };
        let (probe, anchor) = (Some(image), Some(image));
        let mut chosen = Chosen { like: None, asks_with_probe: true, probe, anchor, region, ..self.chosen.clone() };
        chosen.take_over_weight(&like, &picture_or_part(image, region));
        chosen.settle_examples();
        self.restore(chosen)
    }

    /// The same of a picture that is asked with beside another.
    fn take_recognised_example(&mut self, is_it: impl Fn(&Example) -> bool, image: ImageId) -> Vec<Request> {
        let mut chosen = self.chosen.clone();
        let Some((example, _)) = chosen.examples.iter_mut().find(|(example, _)| is_it(example)) else {
            return Vec::new();
        };
        let Example::File { region, .. } = *example else { return Vec::new() };
        let now = picture_or_part(image, region);
        let before = std::mem::replace(example, now.clone());
        chosen.take_over_weight(&before, &now);
        chosen.settle_examples();
        self.restore(chosen)
    }
}

/// A picture that is asked with, or the box on it.
fn picture_or_part(image: ImageId, region: Option<Region>) -> Example {
    region.map_or(Example::Image(image), |region| Example::Region { image, region })
}
