//! What was found by labels, once images have others: what is cheap is counted anew, and of the rest it is said that it is old. Not how
//! often labels changed counts, but which they are: given back, what was found by them is of now again.

use std::collections::BTreeSet;

use super::OpenedCollection;
use crate::domain::{ClassOrigin, Clustering, LabelState};
use crate::engine::{AnalysisKind, ClassMeans, Finding, Request};

/// What is found by labels, and says so once they are others.
const FOUND_BY_LABELS: [AnalysisKind; 2] = [AnalysisKind::SuspiciousLabels, AnalysisKind::Classes];

/// What depends on labels and is asked for beside what is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct LabelChanges {
    /// By which labels the clusters that are shown are described.
    of_clusters: LabelState,
    /// The clustering that was asked to be described anew, and by which labels, as long as there is no answer.
    asked: Option<(String, LabelState)>,
    /// What was found by other labels than those of now, and whether the clusters that are shown are described by others. Found out when
    /// labels or findings come, and not in every frame.
    old: BTreeSet<AnalysisKind>,
}

impl OpenedCollection {
    /// Whether images got other labels since what is said of those of the clusters was counted.
    pub fn has_clusters_of_old_labels(&self) -> bool {
        self.clustering.is_some() && self.label_changes.old.contains(&AnalysisKind::Clusters)
    }

    /// The same of what an analysis found.
    pub fn is_of_old_labels(&self, kind: AnalysisKind) -> bool {
        self.label_changes.old.contains(&kind)
    }

    /// Whether classes are others by now than those that were compared: those of labels or of tags.
    pub fn has_old_classes(&self) -> bool {
        let Some(means) = self.findings.get(Finding::classes) else { return false };
        let by_label = means.origins.contains(&ClassOrigin::Label);
        (by_label && self.is_of_old_labels(AnalysisKind::Classes)) || has_other_tags(means, self)
    }

    /// By which labels an analysis found what it tells now.
    pub(super) fn labels_of_analysis(&self, kind: AnalysisKind) -> LabelState {
        self.analyses.labels_of(kind).unwrap_or_else(|| self.images.label_state())
    }

    /// Whether labels by which something was found are of images that were not known yet, when there were so many.
    pub(super) fn awaits_labels(&self, known: usize) -> bool {
        self.compared_labels().any(|(_, labels)| labels.images > known)
    }

    /// Finds out what was found by other labels than those of now.
    pub(super) fn compare_labels(&mut self) {
        let is_old = |of: &(AnalysisKind, LabelState)| self.images.have_other_labels_than(of.1);
        let old: BTreeSet<AnalysisKind> = self.compared_labels().filter(is_old).map(|(kind, _)| kind).collect();
        self.label_changes.old = old;
    }

    /// By which labels the clusters that are shown are described, and whatever else depends on them was found.
    fn compared_labels(&self) -> impl Iterator<Item = (AnalysisKind, LabelState)> + '_ {
        let clusters = self.clustering.as_ref().map(|_| (AnalysisKind::Clusters, self.label_changes.of_clusters));
        let found = FOUND_BY_LABELS.into_iter().filter_map(|kind| Some((kind, self.findings.labels_of(kind)?)));
        clusters.into_iter().chain(found)
    }

    /// Images have other labels: asks for what is said of those of the clusters that are shown, once at a time, however many changes
    /// are told one after the other. What was found of classes is forgotten, as far as it tells of labels; it is asked for again where
    /// it is seen.
    pub(super) fn follow_labels(&mut self) -> Vec<Request> {
        self.groups.forget_labels();
        self.ask_labels_of_clusters()
    }

    fn ask_labels_of_clusters(&mut self) -> Vec<Request> {
        if self.label_changes.asked.is_some() || !self.has_clusters_of_old_labels() {
            return Vec::new();
        }
        let name = self.clustering.as_ref().map(|shown| shown.wish.name());
        let Some(name) = name.filter(|name| self.clusterings.contains(name)) else { return Vec::new() };
        self.label_changes.asked = Some((name.clone(), self.images.label_state()));
        vec![Request::OpenClustering(name)]
    }

    /// The person opens a clustering: if that was asked for already, it is they who wait for it.
    pub(super) fn note_clustering_wish(&mut self, name: &str) {
        self.label_changes.asked.take_if(|(asked, _)| asked == name);
    }

    /// Clusters did not come; says whether a person asked for none: they were to be shown, or described by the labels of now, by the way.
    pub(in crate::session) fn give_up_unasked_clusters(&mut self) -> bool {
        let was_of_labels = self.label_changes.asked.take().is_some();
        std::mem::take(&mut self.keeps_colours) || was_of_labels
    }

    /// Clusters came, others than those that are shown or the same. Says whether they were only asked for because of their labels, and
    /// others are shown by now: nobody waits for them.
    pub(super) fn is_overtaken(&mut self, clustering: &Clustering, is_other: bool) -> bool {
        let is_it = |(asked, _): &mut (String, LabelState)| is_other && *asked == clustering.wish.name();
        self.label_changes.asked.take_if(is_it).is_some()
    }

    /// Clusters are shown: notes by which labels they are described, and asks once more if those are old already.
    pub(super) fn note_labels_of_clusters(&mut self) -> Vec<Request> {
        let Some(shown) = self.clustering.as_ref().map(|shown| shown.wish.name()) else { return Vec::new() };
        let asked = self.label_changes.asked.take_if(|(asked, _)| *asked == shown).map(|(_, labels)| labels);
        self.label_changes.of_clusters = asked.unwrap_or_else(|| self.labels_of_analysis(AnalysisKind::Clusters));
        self.compare_labels();
        self.ask_labels_of_clusters()
    }
}

/// Whether other images bear tags by now than those of the classes of tags.
fn has_other_tags(means: &ClassMeans, now: &OpenedCollection) -> bool {
    let of_tags = means.origins.iter().zip(&means.members).filter(|(origin, _)| **origin == ClassOrigin::Tag);
    let (classes, images) =
        of_tags.fold((0, 0), |(classes, images), (_, members)| (classes + 1, images + members.len()));
    let tags = now.tags.words().fold((0, 0), |(tags, images), (_, bearers)| (tags + 1, images + bearers.len()));
    classes > 0 && (classes, images) != tags
}
