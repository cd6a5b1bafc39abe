//! Classes of images (labels, tags, clusters, one's own), by what their images have in common over all layers.

mod making;

use std::sync::Arc;

use eframe::egui::{Label, RichText, Ui};

use self::making::{Making, count_of_labels, is_comparing, origin_in_words};
use super::groups::{GroupPanel, PanelOf, some_layer};
use crate::domain::{ClassChange, ClassOrigin};
use crate::engine::{AnalysisWish, ClassMeans, Collection, Finding, Groups};
use crate::session::{Action, Session};
use crate::ui::command::Command;
use crate::ui::theme::palette;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::group_card::{CardMeans, CardWish};
use crate::ui::widgets::old_labels;
use crate::ui::widgets::text::{counted, main_button};

/// Of so many images labels are compared in a moment.
const UNASKED: std::ops::RangeInclusive<usize> = 2..=3000;
/// With more labels than this nobody looks at each.
const LABELS: std::ops::RangeInclusive<usize> = 2..=200;

/// What is said first.
const ABOUT: &str = "A class is a set of pictures that people put together: those with one label, with one tag, in one cluster, or \
    that you select.";
/// What comes of comparing them.
const WHY: &str = "See what is typical of each, and which ones the network takes for each other.";

/// What is said where there is nothing to make one of, and how there comes to be some.
const NONE: &str =
    "A class is a set of pictures with one label, one tag or in one cluster, and there are none of these yet.";
const WAYS: [(&str, &str); 3] = [
    ("Labels", "the names of the folders that pictures lie in, or what a file of another program says"),
    ("Tags", "select some pictures and write a word beside them"),
    ("Clusters", "made in the view of that name, without any labels"),
];

/// The classes view.
#[derive(Default)]
pub struct ClassesView {
    making: Making,
    /// The collection whose labels were compared without being asked for, and how often they had changed then.
    begun: Option<(Arc<Collection>, usize)>,
    panel: GroupPanel,
}

impl View for ClassesView {
    fn show(&mut self, ui: &mut Ui, mut cx: ViewContext<'_>) {
        let session = cx.session;
        if session.collection().is_none() {
            empty_state(ui, "Nothing is open", "Open a folder of pictures first.", |_| {});
            return;
        }
        let begins = self.begin(session, cx.actions);
        let means = session.opened.findings.get(Finding::classes).filter(|means| !means.vectors.classes.is_empty());
        let Some(means) = means else {
            self.show_empty(ui, begins || is_comparing(session), &mut cx);
            return;
        };
        // A matrix wants the height, and who looks at one knows by now what a class is.
        if !self.panel.shows_matrix() {
            ui.add(Label::new(RichText::new(ABOUT).color(palette().text)).truncate()).on_hover_text(WHY);
        }
        if self.making.has_none(session, means) {
            self.making.show_all(ui, session, means, cx.actions);
            let hint = "Labels, tags and clusters are switched off. Switch one of them on above, or select images and make \
                        a class of them.";
            empty_state(ui, "No classes are chosen", hint, |_| {});
            return;
        }
        if !self.panel.shows_matrix() {
            show_facts(ui, session, means);
        }
        if session.opened.has_old_classes() {
            let what = "Labels or tags changed since: these are the classes of before.";
            let again = ("Compare them anew", "The classes of the labels and tags of now");
            if old_labels::show(ui, what, again, !is_comparing(session)) {
                cx.actions.push(AnalysisWish::Classes(self.making.wish(session)).into());
            }
        }
        self.show_classes(ui, means, &mut cx);
    }
}

impl ClassesView {
    /// Labels are compared where that takes a moment, once for each collection and once more for other labels: who comes here wants to
    /// see some. Says whether that is asked for now.
    fn begin(&mut self, session: &Session, actions: &mut Vec<Action>) -> bool {
        let opened = &session.opened;
        let (Some(collection), Some((images, _))) = (session.collection(), opened.committed) else { return false };
        // What is kept of before is not found again.
        let is_known = opened.clusterings_are_known && opened.stored_is_told;
        let is_free = !session.is_busy() && !session.is_analysing() && is_known;
        let is_it =
            |(of, changes): &(Arc<Collection>, usize)| Arc::ptr_eq(of, collection) && *changes == opened.relabelled;
        let is_new = !self.begun.as_ref().is_some_and(is_it) && opened.findings.get(Finding::classes).is_none();
        let begins = is_new && is_free && UNASKED.contains(&images) && LABELS.contains(&count_of_labels(session));
        if begins {
            self.begun = Some((collection.clone(), opened.relabelled));
            actions.push(AnalysisWish::Classes(self.making.wish_by_label(session)).into());
        }
        begins
    }

    fn show_classes(&mut self, ui: &mut Ui, means: &Arc<ClassMeans>, cx: &mut ViewContext<'_>) {
        let session = cx.session;
        let is_busy = is_comparing(session);
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
        let (of, mut wished) = (PanelOf { groups: &groups, means: &means_of, about: &about }, Vec::new());
        let wish = self.panel.show(ui, &of, &mut |ui| self.making.show_menu(ui, session, means, &mut wished), cx);
        cx.actions.append(&mut wished);
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

    /// What classes are, and the ways to them: one click each.
    fn show_empty(&mut self, ui: &mut Ui, is_coming: bool, cx: &mut ViewContext<'_>) {
        let session = cx.session;
        if !self.making.can_be_any(session) {
            let commands = &mut *cx.commands;
            empty_state(ui, "No classes yet", NONE, |ui| {
                for (what, how) in WAYS {
                    ui.label(RichText::new(format!("{what}: {how}.")).color(palette().weak));
                }
                ui.add_space(4.0);
                if main_button(ui, Command::Import.name()).clicked() {
                    commands.push(Command::Import);
                }
            });
            return;
        }
        if is_coming {
            empty_state(ui, "Comparing classes", &format!("{ABOUT} {WHY}"), |ui| drop(ui.spinner()));
            return;
        }
        empty_state(ui, "What do pictures of a kind have in common?", &format!("{ABOUT} {WHY}"), |ui| {
            let has_vectors = session.opened.committed.is_some_and(|(images, _)| images > 0);
            if let Some(wish) = self.making.show_begins(ui, session, has_vectors) {
                cx.actions.push(AnalysisWish::Classes(wish).into());
            }
            if self.making.can_be_own(session) {
                ui.add_space(6.0);
                ui.horizontal_wrapped(|ui| self.making.show_own(ui, session, cx.actions));
            }
        });
    }
}

/// How many classes there are, over what they were compared, and at which layer the cards are. In a line of its own.
fn show_facts(ui: &mut Ui, session: &Session, means: &ClassMeans) {
    let classes = counted(means.sizes.len(), "class", "classes");
    let layers = match means.vectors.layers.len() {
        1 => "one layer".to_owned(),
        layers => format!("all {} that are stored", counted(layers, "layer", "layers")),
    };
    let at = some_layer(session).map(|source| session.opened.layer_titles.of_name(&source.layer).to_owned());
    let at = at.map_or_else(String::new, |layer| {
        format!("  ·  typical pictures, and how well each is told apart, at {layer}")
    });
    let facts = format!("{classes}, compared over {layers}{at}");
    let hint = format!(
        "A class is compared by the means of its pictures' {} at these layers. Choose another depth above the views, and the cards \
         follow. {}",
        counted(means.vectors.features(), "feature", "features"),
        means.choice.reason
    );
    let facts = Label::new(RichText::new(facts).small().color(palette().weak)).truncate();
    ui.add(facts).on_hover_text(hint);
}
