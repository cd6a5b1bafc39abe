//! What is cheap is looked for without being asked, once nothing else is being done: at once where the view is looked at, and
//! elsewhere as soon as all that a person waits for is there.

use std::sync::Arc;

use crate::domain::{DuplicateWish, OutlierWish, SuspiciousLabelWish};
use crate::engine::{AnalysisKind, AnalysisWish, Collection, Finding};
use crate::session::{Action, Session};
use crate::ui::by_the_way;

/// Thumbnails of so many pictures are looked at in some seconds.
pub(super) const PICTURES: usize = 20_000;
/// Neighbours of so many images are found in some seconds, at five layers, too.
const COMPARED: usize = 3000;

/// What was asked for, of which state of which collection.
#[derive(Default)]
pub(super) struct Unasked {
    of: Option<(Arc<Collection>, u64)>,
    asked: Vec<AnalysisKind>,
}

impl Unasked {
    /// While something else is looked at.
    pub fn ask_by_the_way(&mut self, session: &Session, actions: &mut Vec<Action>) {
        if by_the_way::can_begin(session, actions) {
            self.ask(session, actions);
        }
    }

    pub fn ask(&mut self, session: &Session, actions: &mut Vec<Action>) {
        let opened = &session.opened;
        let (Some(collection), Some((images @ 1.., version))) = (session.collection(), opened.committed) else {
            return;
        };
        if session.is_busy() || session.is_analysing() {
            return;
        }
        if !self.of.as_ref().is_some_and(|(known, of)| Arc::ptr_eq(known, collection) && *of == version) {
            self.of = Some((collection.clone(), version));
            self.asked.clear();
        }
        let findings = &opened.findings;
        if opened.images.len() > PICTURES {
            return;
        }
        // Nothing that did not change is measured again, so what was found before is brought up to date.
        if findings.get(Finding::odd_pictures).is_none() || findings.is_from_before(AnalysisKind::OddPictures) {
            if self.is_new(AnalysisKind::OddPictures) {
                actions.push(AnalysisWish::OddPictures.into());
            }
            // Until these are there, what is kept of the others has been told, and is not found again.
            return;
        }
        if findings.get(Finding::duplicates).is_none() && self.is_new(AnalysisKind::Duplicates) {
            // Comparing vectors takes longer, and is done when somebody asks for it.
            let wish = DuplicateWish { by_content: true, bits: Some(DuplicateWish::BITS), features: None };
            actions.push(AnalysisWish::Duplicates(wish).into());
            return;
        }
        if opened.images.len() > COMPARED {
            return;
        }
        let Some(source) = session.source() else { return };
        let labels = opened.images.labels().keys().filter(|label| !label.is_empty()).take(2).count();
        if (findings.get(Finding::suspicious_labels).is_none(), labels) == (true, 2)
            && self.is_new(AnalysisKind::SuspiciousLabels)
        {
            actions.push(AnalysisWish::SuspiciousLabels(SuspiciousLabelWish::new(source)).into());
            return;
        }
        // Among fewer there is no such neighbour.
        let is_enough = images > super::NEIGHBOURS;
        if is_enough && findings.get(Finding::outliers).is_none() && self.is_new(AnalysisKind::Outliers) {
            actions.push(AnalysisWish::Outliers(OutlierWish { source, k: super::NEIGHBOURS }).into());
        }
    }

    fn is_new(&mut self, kind: AnalysisKind) -> bool {
        let is_new = !self.asked.contains(&kind);
        if is_new {
            self.asked.push(kind);
        }
        is_new
    }
}
