//! What was found by labels, once images have others: what is cheap is counted anew, and of the rest it is said that it is old.

use super::OpenedCollection;
use crate::domain::{ClassOrigin, Clustering};
use crate::engine::{AnalysisKind, AnalysisWish, ClassMeans, Finding, Request};

/// By which labels something was found: how often images had got others by then.
pub(super) type LabelState = usize;

/// What depends on labels and is asked for beside what is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct LabelChanges {
    /// By which labels the clusters that are shown are described.
    of_clusters: LabelState,
    /// The clustering that was asked to be described anew, and by which labels, as long as there is no answer.
    asked: Option<(String, LabelState)>,
    /// Which were those of now when the running analysis began.
    when_begun: LabelState,
}

impl OpenedCollection {
    /// Whether images got other labels since what is said of those of the clusters was counted.
    pub fn has_clusters_of_old_labels(&self) -> bool {
        self.clustering.is_some() && self.label_changes.of_clusters != self.relabelled
    }

    /// The same of what an analysis found.
    pub fn is_of_old_labels(&self, kind: AnalysisKind) -> bool {
        self.findings.labels_of(kind).is_some_and(|labels| labels != self.relabelled)
    }

    /// Whether classes are others by now than those that were compared: those of labels or of tags.
    pub fn has_old_classes(&self) -> bool {
        let Some(means) = self.findings.get(Finding::classes) else { return false };
        let by_label = means.origins.contains(&ClassOrigin::Label);
        (by_label && self.is_of_old_labels(AnalysisKind::Classes)) || has_other_tags(means, self)
    }

    /// An analysis begins: what it finds is by the labels of now.
    pub(super) fn note_labels_of_analysis(&mut self) {
        self.label_changes.when_begun = self.relabelled;
    }

    /// By which labels an analysis found what it tells now.
    pub(super) fn labels_of_finding(&self, kind: AnalysisKind) -> LabelState {
        // It may have ended by the time that what it found is told.
        let is_of_it =
            self.analysis.as_ref().and_then(|progress| progress.wish.as_ref()).map(AnalysisWish::kind) == Some(kind);
        if is_of_it { self.label_changes.when_begun } else { self.relabelled }
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
        self.label_changes.asked = Some((name.clone(), self.relabelled));
        vec![Request::OpenClustering(name)]
    }

    /// The person opens a clustering: if that was asked for already, it is they who wait for it.
    pub(super) fn note_clustering_wish(&mut self, name: &str) {
        self.label_changes.asked.take_if(|(asked, _)| asked == name);
    }

    /// What was asked for unasked did not come.
    pub(in crate::session) fn give_up_labels_of_clusters(&mut self) {
        self.label_changes.asked = None;
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
        self.label_changes.of_clusters = asked.unwrap_or_else(|| self.labels_of_finding(AnalysisKind::Clusters));
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
