//! Classes of images (labels, tags, clusters, one's own), by what their images have in common over all layers.

mod making;

use eframe::egui::{Align, Button, Key, Label, Layout, RichText, ScrollArea, TextEdit, Ui, vec2};

use self::making::{Making, origin_in_words};
use crate::domain::{ClassChange, Metric};
use crate::engine::{ClassMeans, arithmetic};
use crate::session::{Action, Pick, Session};
use crate::ui::theme::{LabelRanks, palette};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::thousands;

/// Width of the list of labels in points, where there is room.
const LIST: f32 = 220.0;

/// The classes view.
#[derive(Default)]
pub struct ClassesView {
    ranks: LabelRanks,
    making: Making,
    /// A label, or labels with signs between, whose nearest classes are shown.
    expression: String,
}

impl ClassesView {
    /// Shows the view.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        if session.collection().is_none() {
            empty_state(ui, "Nothing is open", "Open a folder of pictures first.", |_| {});
            return;
        }
        self.ranks.refresh(&session.labels);
        let means = session.classes.as_ref().filter(|means| !means.vectors.classes.is_empty());
        let Some(means) = means else {
            self.show_empty(ui, session, actions);
            return;
        };
        self.show_controls(ui, session, means, actions);
        let list = LIST.min(ui.available_width() * 0.45);
        ui.horizontal_top(|ui| {
            let (room, below_each_other) = (vec2(list, ui.available_height()), Layout::top_down(Align::Min));
            ui.allocate_ui_with_layout(room, below_each_other, |ui| self.show_labels(ui, session, means, actions));
            ui.separator();
            ui.vertical(|ui| self.show_nearest(ui, means, actions));
        });
    }

    fn show_controls(&mut self, ui: &mut Ui, session: &Session, means: &ClassMeans, actions: &mut Vec<Action>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            if self.making.show_kinds(ui, session) {
                actions.push(Action::FindClasses(self.making.wish(session)));
            }
            self.making.show_field(ui, session, actions);
            self.making.show_query(ui, session, actions);
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let hint = "A class, or classes with + and − between: wolves - forest. A difference is 0 where it would be \
                        negative: it is what the first has more of. An exploration: those who proposed such \
                        sums withdrew what they first had read from them.";
            let field =
                TextEdit::singleline(&mut self.expression).hint_text("class, or class - class").desired_width(240.0);
            let response = ui.add(field).on_hover_text(hint).accessible_name("Classes to compare with");
            if response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                self.expression.clear();
            }
            if session.is_analysing() {
                ui.spinner();
            } else if ui
                .button("Compare again")
                .on_hover_text("After images, labels, tags or clusters were added")
                .clicked()
            {
                actions.push(Action::FindClasses(self.making.wish(session)));
            }
            let (classes, features) = (means.sizes.len(), means.vectors.features());
            let facts = format!("{} classes over {} features", thousands(classes), thousands(features));
            let response = ui.label(RichText::new(facts).small().color(palette().weak));
            response.on_hover_text(&means.choice.reason);
        });
        ui.add_space(2.0);
    }

    fn show_labels(&mut self, ui: &mut Ui, session: &Session, means: &ClassMeans, actions: &mut Vec<Action>) {
        ScrollArea::vertical().id_salt("labels").auto_shrink(false).show(ui, |ui| {
            for (class, (label, size)) in means.vectors.classes.iter().zip(&means.sizes).enumerate() {
                let text = RichText::new(format!("{label}   {size}"))
                    .color(self.ranks.colour(Some(label)).unwrap_or(palette().text));
                let origin = &means.origins[class];
                ui.horizontal(|ui| {
                    let response = ui.selectable_label(self.expression == *label, text);
                    if response.on_hover_text(origin_in_words(means, class)).clicked() {
                        self.expression.clone_from(label);
                    }
                    let forget = || Button::new("×").small().frame(false);
                    if origin.is_own() && !session.is_analysing() {
                        let name = format!("Forget the class {label}");
                        if ui.add(forget()).on_hover_text(&name).accessible_name(&name).clicked() {
                            let change = ClassChange::Remove(label.clone());
                            actions.push(Action::FindClasses(self.making.changed(session, change)));
                        }
                    }
                });
            }
        });
    }

    fn show_nearest(&mut self, ui: &mut Ui, means: &ClassMeans, actions: &mut Vec<Action>) {
        if self.expression.trim().is_empty() {
            empty_state(ui, "Choose a class", "The classes most like it appear here, with their cosine.", |_| {});
            return;
        }
        let (probe, operands) = match arithmetic(&means.vectors, &self.expression) {
            Ok(found) => found,
            Err(problem) => {
                ui.add(
                    Label::new(RichText::new(format!("{} {}", problem.why, problem.remedy)).color(palette().weak))
                        .wrap(),
                );
                return;
            }
        };
        if let [class] = operands[..]
            && ui.add(Button::new("Select its images").small()).clicked()
        {
            actions.push(Action::PickMany(means.members[class].clone(), Pick::Replace));
        }
        let nearest = means.vectors.nearest(&probe, Metric::Cosine, means.sizes.len(), &operands);
        let mut next = None;
        ScrollArea::vertical().id_salt("nearest classes").auto_shrink(false).show(ui, |ui| {
            for near in &nearest {
                let label = &means.vectors.classes[near.class];
                ui.horizontal(|ui| {
                    ui.label(RichText::new(format!("{:.3}", near.score)).monospace().color(palette().weak));
                    let colour = self.ranks.colour(Some(label)).unwrap_or(palette().text);
                    if ui.selectable_label(false, RichText::new(label).color(colour)).clicked() {
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
            let has_vectors = session.committed.is_some_and(|(images, _)| images > 0);
            let wish = self.making.wish(session);
            if session.is_analysing() {
                ui.spinner();
            } else {
                let why_not = if has_vectors { "Choose what the classes are" } else { "No image has vectors yet" };
                let can = has_vectors && !wish.by.is_empty();
                if ui.add_enabled(can, Button::new("Compare")).on_disabled_hover_text(why_not).clicked() {
                    actions.push(Action::FindClasses(wish));
                }
            }
        });
    }
}
