//! Classes of images (labels, tags, clusters, one's own), by what their images have in common over all layers.

mod making;

use eframe::egui::{Align, Button, Color32, Key, Label, Layout, RichText, ScrollArea, Sense, TextEdit, Ui, vec2};

use self::making::{Making, origin_in_words};
use crate::domain::{ClassChange, ClassOrigin, Example, Metric};
use crate::engine::{AnalysisWish, ClassMeans, Finding, arithmetic};
use crate::session::{Action, Choose, Pick, Session};
use crate::ui::question_words;
use crate::ui::theme::{LabelRanks, palette};
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::ask_with;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::counted;

/// Width of the list of labels in points, where there is room.
const LIST: f32 = 220.0;

/// Room for the dot before a name, in points.
const DOT: f32 = 10.0;

/// The classes view.
#[derive(Default)]
pub struct ClassesView {
    ranks: LabelRanks,
    making: Making,
    /// A label, or labels with signs between, whose nearest classes are shown.
    expression: String,
}

impl View for ClassesView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, actions, .. } = cx;
        if session.collection().is_none() {
            empty_state(ui, "Nothing is open", "Open a folder of pictures first.", |_| {});
            return;
        }
        self.ranks.refresh(&session.opened.label_places);
        let means = session.opened.findings.get(Finding::classes).filter(|means| !means.vectors.classes.is_empty());
        let Some(means) = means else {
            self.show_empty(ui, session, actions);
            return;
        };
        self.show_controls(ui, session, means, actions);
        if self.has_none(session, means) {
            let hint = "Labels, tags and clusters are switched off. Switch one of them on above, or select images and make \
                        a class of them.";
            empty_state(ui, "No classes are chosen", hint, |_| {});
            return;
        }
        let list = LIST.min(ui.available_width() * 0.45);
        ui.horizontal_top(|ui| {
            let (room, below_each_other) = (vec2(list, ui.available_height()), Layout::top_down(Align::Min));
            ui.allocate_ui_with_layout(room, below_each_other, |ui| self.show_labels(ui, session, means, actions));
            ui.separator();
            ui.vertical(|ui| self.show_nearest(ui, session, means, actions));
        });
    }
}

impl ClassesView {
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
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let hint = "A class, or classes joined by + and −: wolves - forest. Where a difference would be negative \
                        it is 0, so it shows what the first class has more of. For exploration only: the authors of \
                        this method withdrew their first interpretation of it.";
            let field =
                TextEdit::singleline(&mut self.expression).hint_text("class, or class - class").desired_width(240.0);
            let response = ui.add(field).on_hover_text(hint).accessible_name("Classes to compare with");
            if response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                self.expression.clear();
            }
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
            let response = ui.label(RichText::new(facts).small().color(palette().weak));
            response.on_hover_text(&means.choice.reason);
        });
        ui.add_space(2.0);
    }

    fn show_labels(&mut self, ui: &mut Ui, session: &Session, means: &ClassMeans, actions: &mut Vec<Action>) {
        ScrollArea::vertical().id_salt("labels").auto_shrink(false).show(ui, |ui| {
            for (class, (label, size)) in means.vectors.classes.iter().zip(&means.sizes).enumerate() {
                let origin = &means.origins[class];
                ui.horizontal(|ui| {
                    show_dot(ui, self.ranks.colour(Some(label)));
                    let response = ui.selectable_label(self.expression == *label, format!("{label}   {size}"));
                    let response = response.on_hover_text(origin_in_words(means, class));
                    if response.clicked() {
                        self.expression.clone_from(label);
                    }
                    ask_with::can_be_dragged(&response, || example_of(means, class));
                    response.context_menu(|ui| {
                        let example = example_of(means, class);
                        ask_with::in_menu(ui, &question_words::example(session, &example), &example, actions);
                    });
                    let forget = || Button::new("×").small().frame(false);
                    if origin.is_own() && !session.is_analysing() {
                        let name = format!("Forget the class {label}");
                        if ui.add(forget()).on_hover_text(&name).accessible_name(&name).clicked() {
                            let change = ClassChange::Remove(label.clone());
                            actions.push(AnalysisWish::Classes(self.making.changed(session, change)).into());
                        }
                    }
                });
            }
        });
    }

    fn show_nearest(&mut self, ui: &mut Ui, session: &Session, means: &ClassMeans, actions: &mut Vec<Action>) {
        if self.expression.trim().is_empty() {
            empty_state(ui, "Choose a class", "The classes most like it appear here, with their cosine.", |_| {});
            return;
        }
        let (probe, operands) = match arithmetic(&means.vectors, &self.expression) {
            Ok(found) => found,
            Err(problem) => {
                ui.add(Label::new(RichText::new(problem.reason()).color(palette().weak)).wrap());
                return;
            }
        };
        if let [class] = operands[..] {
            ui.horizontal(|ui| {
                if ui.add(Button::new("Select its images")).clicked() {
                    actions.push(Choose::PickMany(means.members[class].clone(), Pick::Replace).into());
                }
                let example = example_of(means, class);
                ask_with::beside(ui, &question_words::example(session, &example), &example, actions);
            });
        }
        let nearest = means.vectors.nearest(&probe, Metric::Cosine, means.sizes.len(), &operands);
        let mut next = None;
        ScrollArea::vertical().id_salt("nearest classes").auto_shrink(false).show(ui, |ui| {
            for near in &nearest {
                let label = &means.vectors.classes[near.class];
                ui.horizontal(|ui| {
                    ui.label(RichText::new(format!("{:.3}", near.score)).monospace().color(palette().weak));
                    show_dot(ui, self.ranks.colour(Some(label)));
                    if ui.selectable_label(false, label).clicked() {
                        next = Some(label.clone());
                    }
                });
            }
        });
        if let Some(next) = next {
            self.expression = next;
        }
    }

    fn show_empty(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let hint =
            "The mean of each class's images at every stored layer says which classes the network sees as alike.";
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

/// What asks for neighbours of the mean of a class.
fn example_of(means: &ClassMeans, class: usize) -> Example {
    Example::Class(means.vectors.classes[class].clone())
}

/// The colour of a label before its name, or the room of it before the name of what is no label.
fn show_dot(ui: &mut Ui, colour: Option<Color32>) {
    let (room, _) = ui.allocate_exact_size(vec2(DOT, DOT), Sense::hover());
    if let Some(colour) = colour {
        ui.painter().circle_filled(room.center(), 4.0, colour);
    }
}
