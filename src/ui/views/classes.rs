//! Classes of images (labels, tags, clusters, one's own), by what their images have in common over all layers.

mod making;

use std::sync::Arc;

use eframe::egui::{Button, Label, RichText, TextWrapMode, Ui};

use self::making::{Making, origin_in_words};
use super::groups::{GroupPanel, PanelOf};
use crate::domain::{ClassChange, ClassOrigin, ClassesBy};
use crate::engine::{AnalysisWish, ClassMeans, ClassWish, Collection, Finding, Groups};
use crate::session::{Action, Session};
use crate::ui::theme::palette;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::group_card::{CardMeans, CardWish};
use crate::ui::widgets::text::counted;

/// Of so many images labels are compared in a moment; of fewer a person sees them by eye.
const UNASKED: std::ops::RangeInclusive<usize> = 100..=3000;
/// With more labels than this nobody looks at each.
const LABELS: std::ops::RangeInclusive<usize> = 2..=200;

/// The classes view.
#[derive(Default)]
pub struct ClassesView {
    making: Making,
    /// The collection whose labels were compared without being asked for.
    begun: Option<Arc<Collection>>,
    panel: GroupPanel,
}

impl View for ClassesView {
    fn show(&mut self, ui: &mut Ui, mut cx: ViewContext<'_>) {
        let session = cx.session;
        if session.collection().is_none() {
            empty_state(ui, "Nothing is open", "Open a folder of pictures first.", |_| {});
            return;
        }
        self.begin(session, cx.actions);
        let means = session.opened.findings.get(Finding::classes).filter(|means| !means.vectors.classes.is_empty());
        let Some(means) = means else {
            self.show_empty(ui, session, cx.actions);
            return;
        };
        self.show_controls(ui, session, means, cx.actions);
        if self.has_none(session, means) {
            let hint = "Labels, tags and clusters are switched off. Switch one of them on above, or select images and make \
                        a class of them.";
            empty_state(ui, "No classes are chosen", hint, |_| {});
            return;
        }
        self.show_classes(ui, means, &mut cx);
    }
}

impl ClassesView {
    /// Labels are compared where that takes a moment, once for each collection: who comes here wants to see some.
    fn begin(&mut self, session: &Session, actions: &mut Vec<Action>) {
        let opened = &session.opened;
        let (Some(collection), Some((images, _))) = (session.collection(), opened.committed) else { return };
        // What is kept of before is not found again.
        let is_known = opened.clusterings_are_known && opened.stored_is_told;
        let is_free = !session.is_busy() && !session.is_analysing() && is_known;
        let is_begun = self.begun.as_ref().is_some_and(|begun| Arc::ptr_eq(begun, collection));
        let is_new = !is_begun && opened.findings.get(Finding::classes).is_none();
        let labels = opened.images.labels().keys().filter(|label| !label.is_empty()).count();
        if is_new && is_free && UNASKED.contains(&images) && LABELS.contains(&labels) {
            self.begun = Some(collection.clone());
            let by_label = ClassWish { by: vec![ClassesBy::Label], ..self.making.wish(session) };
            actions.push(AnalysisWish::Classes(by_label).into());
        }
    }

    /// Whether no class is wished for: nothing is switched on, and the person made none.
    fn has_none(&self, session: &Session, means: &ClassMeans) -> bool {
        self.making.wish(session).by.is_empty() && !means.origins.iter().any(ClassOrigin::is_own)
    }

    fn show_controls(&mut self, ui: &mut Ui, session: &Session, means: &ClassMeans, actions: &mut Vec<Action>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            if self.making.show_kinds(ui, session) && !self.has_none(session, means) {
                actions.push(AnalysisWish::Classes(self.making.wish(session)).into());
            }
            self.making.show_field(ui, session, actions);
            self.making.show_query(ui, session, actions);
            let again = |ui: &mut Ui, can: bool| {
                let button = ui.add_enabled(can, Button::new("Compare again"));
                button.on_hover_text("After images, labels, tags or clusters were added").clicked()
            };
            if session.is_analysing() {
                ui.spinner();
            } else if again(ui, !self.has_none(session, means)) {
                actions.push(AnalysisWish::Classes(self.making.wish(session)).into());
            }
            let (classes, features) = (means.sizes.len(), means.vectors.features());
            let facts =
                format!("{} over {}", counted(classes, "class", "classes"), counted(features, "feature", "features"));
            let facts = Label::new(RichText::new(facts).small().color(palette().weak));
            // As a whole in the next line where this one is full.
            let response = ui.add(facts.wrap_mode(TextWrapMode::Extend));
            response.on_hover_text(&means.choice.reason);
        });
        ui.add_space(2.0);
    }

    fn show_classes(&mut self, ui: &mut Ui, means: &Arc<ClassMeans>, cx: &mut ViewContext<'_>) {
        let session = cx.session;
        let is_busy = session.is_analysing();
        let means_of = |class: usize| {
            let no_name = match &means.origins[class] {
                ClassOrigin::Label => Some("Called like the label"),
                ClassOrigin::Tag => Some("Called like the tag"),
                ClassOrigin::Cluster(_) => Some("Called like the cluster, which gets its name among the clusters"),
                ClassOrigin::Where(_) | ClassOrigin::Selection(_) if is_busy => Some("Classes are being compared"),
                ClassOrigin::Where(_) | ClassOrigin::Selection(_) => None,
            };
            CardMeans { no_name, can_regroup: false, can_forget: means.origins[class].is_own(), is_busy }
        };
        let groups = Groups::Classes(means.clone());
        let about = |class: usize| origin_in_words(means, class);
        let wish = self.panel.show(ui, &PanelOf { groups: &groups, means: &means_of, about: &about }, cx);
        let Some((class, wish)) = wish else { return };
        let from = &means.vectors.classes[class];
        let change = match wish {
            CardWish::Forget => ClassChange::Remove(from.clone()),
            CardWish::Name(to) if to.trim() != from && !to.trim().is_empty() => {
                ClassChange::Rename { from: from.clone(), to: to.trim().to_owned() }
            }
            CardWish::Name(_)
            | CardWish::Select(_)
            | CardWish::Mark
            | CardWish::BeginName
            | CardWish::GiveUpName
            | CardWish::Tag(_)
            | CardWish::MergeWith
            | CardWish::Split(_)
            | CardWish::CompareWith => return,
        };
        cx.actions.push(AnalysisWish::Classes(self.making.changed(session, change)).into());
    }

    fn show_empty(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let hint = "A class is a set of pictures that belong together for people: by label, by tag, of a cluster, or chosen by you. \
                    Compare them to see which look alike to the network, and what is typical of each.";
        empty_state(ui, "Compare classes", hint, |ui| {
            ui.horizontal_wrapped(|ui| self.making.show_kinds(ui, session));
            ui.horizontal_wrapped(|ui| {
                self.making.show_field(ui, session, actions);
                self.making.show_query(ui, session, actions);
            });
            let has_vectors = session.opened.committed.is_some_and(|(images, _)| images > 0);
            let wish = self.making.wish(session);
            if session.is_analysing() {
                ui.spinner();
            } else {
                let why_not = if has_vectors { "Switch on Label, Tag or Cluster" } else { "No image has vectors yet" };
                let can = has_vectors && !wish.by.is_empty();
                if ui.add_enabled(can, Button::new("Compare")).on_disabled_hover_text(why_not).clicked() {
                    actions.push(AnalysisWish::Classes(wish).into());
                }
            }
        });
    }
}
