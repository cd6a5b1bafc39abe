//! All lists of findings together. They are made anew where something was found or decided: in the frame that shows them or, where
//! they are long, on a thread, so that what is told of them stays current.

use std::sync::Arc;

use eframe::egui::Context;

use super::What;
use super::copies::Copies;
use super::labels::Labels;
use super::odd::Odd;
use super::suspicious::Suspicious;
use super::unlike::Unlike;
use crate::domain::Tags;
use crate::engine::Finding;
use crate::session::{Findings, Session};
use crate::ui::later::{Asked, Later};

/// The lists of what was found, without what was decided on.
#[derive(Clone, Default)]
pub(super) struct Lists {
    pub copies: Copies,
    pub suspicious: Suspicious,
    pub unlike: Unlike,
    pub odd: Odd,
}

impl Lists {
    /// Makes those anew that would be others.
    pub fn take_in(&mut self, findings: &Findings, tags: &Arc<Tags>, labels: &Labels) {
        self.copies.take_in(findings.get(Finding::duplicates), tags);
        self.suspicious.take_in(findings.get(Finding::suspicious_labels), tags, labels);
        self.odd.take_in(findings.get(Finding::odd_pictures), tags);
        self.unlike.take_in(findings.get(Finding::outliers), tags);
    }

    /// Whether none would be another.
    fn are_current(&self, findings: &Findings, tags: &Arc<Tags>, labels: &Labels) -> bool {
        self.copies.is_current(findings.get(Finding::duplicates), tags)
            && self.suspicious.is_current(findings.get(Finding::suspicious_labels), tags, labels)
            && self.odd.is_current(findings.get(Finding::odd_pictures), tags)
            && self.unlike.is_current(findings.get(Finding::outliers), tags)
    }

    /// Takes over the lists that were made; what a person chose beside them stays.
    fn take_over(&mut self, made: Self) {
        self.copies.take_over(made.copies);
        self.suspicious = made.suspicious;
        self.odd = made.odd;
        self.unlike.take_over(made.unlike);
    }

    /// What was listed is of another collection; what a person chose beside the lists stays.
    pub fn forget(&mut self) {
        self.take_over(Self::default());
    }

    /// How many there are to be looked at, as far as that is known.
    pub fn count(&self, what: What, session: &Session) -> Option<usize> {
        match what {
            What::Duplicates => self.copies.count(),
            What::SuspiciousLabels => self.suspicious.count(),
            What::Outliers => self.unlike.count(),
            What::OddPictures => self.odd.count(),
            // What became unreadable since the list was made is to be looked at, too.
            What::Unreadable => Some(session.opened.problem_count.saturating_sub(self.odd.unreadable_decided())),
        }
    }
}

/// Makes lists on a thread, one time after the other.
#[derive(Default)]
pub(super) struct MadeAside {
    coming: Option<Later<Lists>>,
}

impl MadeAside {
    /// Takes over what was made since, and has made what would be another. Whatever came meanwhile is made when that is there.
    pub fn keep_current(&mut self, ctx: &Context, lists: &mut Lists, session: &Session) {
        let (findings, tags, labels) = (&session.opened.findings, &session.opened.tags, Labels::of(session));
        match self.coming.take().map(Later::ask) {
            Some(Asked::NotYet(later)) => return self.coming = Some(later),
            // They may have been made otherwise meanwhile.
            Some(Asked::Here(made)) if !lists.are_current(findings, tags, &labels) => lists.take_over(made),
            Some(Asked::Here(_)) => {}
            // No thread could be had.
            Some(Asked::Never) => lists.take_in(findings, tags, &labels),
            None => {}
        }
        if !lists.are_current(findings, tags, &labels) {
            let (mut lists, findings, tags) = (lists.clone(), findings.clone(), tags.clone());
            self.coming = Some(Later::on_thread(ctx, "findings", move || {
                lists.take_in(&findings, &tags, &labels);
                lists
            }));
        }
    }

    /// What is being made is of no use any more.
    pub fn give_up(&mut self) {
        self.coming = None;
    }
}
