//! The labels, by what their images have in common over all layers.

use eframe::egui::{Button, Key, Label, RichText, ScrollArea, TextEdit, Ui, vec2};

use crate::domain::{ImageId, Metric};
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
        let Some(means) = &session.classes else {
            show_empty(ui, session, actions);
            return;
        };
        self.show_controls(ui, session, means, actions);
        let list = LIST.min(ui.available_width() * 0.45);
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(list, ui.available_height()), |ui| self.show_labels(ui, means));
            ui.separator();
            ui.vertical(|ui| self.show_nearest(ui, session, means, actions));
        });
    }

    fn show_controls(&mut self, ui: &mut Ui, session: &Session, means: &ClassMeans, actions: &mut Vec<Action>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let hint = "A label, or labels with + and − between: wolves - forest. An exploration: those who proposed such \
                        sums withdrew what they first had read from them.";
            let field = TextEdit::singleline(&mut self.expression).hint_text("label, or label - label").desired_width(240.0);
            let response = ui.add(field).on_hover_text(hint).accessible_name("Classes to compare with");
            if response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                self.expression.clear();
            }
            if session.is_analysing() {
                ui.spinner();
            } else if ui.button("Compare again").on_hover_text("After images or labels were added").clicked() {
                actions.push(Action::FindClasses);
            }
            let (classes, features) = (means.sizes.len(), means.vectors.features());
            let facts = format!("{} classes over {} features", thousands(classes), thousands(features));
            ui.label(RichText::new(facts).small().color(palette().weak));
        });
        ui.add_space(2.0);
    }

    fn show_labels(&mut self, ui: &mut Ui, means: &ClassMeans) {
        ScrollArea::vertical().id_salt("labels").auto_shrink(false).show(ui, |ui| {
            for (label, size) in means.vectors.classes.iter().zip(&means.sizes) {
                let text = RichText::new(format!("{label}   {size}"))
                    .color(self.ranks.colour(Some(label)).unwrap_or(palette().text));
                if ui.selectable_label(self.expression == *label, text).clicked() {
                    self.expression.clone_from(label);
                }
            }
        });
    }

    fn show_nearest(&mut self, ui: &mut Ui, session: &Session, means: &ClassMeans, actions: &mut Vec<Action>) {
        if self.expression.trim().is_empty() {
            empty_state(ui, "Choose a label", "The labels most like it appear here, with their cosine.", |_| {});
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
        if let [class] = operands[..] {
            let label = &means.vectors.classes[class];
            let of_label = |image: &&crate::domain::ImageRecord| image.label.as_ref() == Some(label);
            if ui.add(Button::new("Select its images").small()).clicked() {
                let ids: Vec<ImageId> = session.images.iter().filter(of_label).map(|image| image.id).collect();
                actions.push(Action::PickMany(ids, Pick::Replace));
            }
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
}

fn show_empty(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let hint = "The mean of each label's images at every stored layer says which labels the network sees as alike.";
    empty_state(ui, "Compare the labels", hint, |ui| {
        let can = session.committed.is_some_and(|(images, _)| images > 0)
            && session.labels.keys().any(|label| !label.is_empty());
        if session.is_analysing() {
            ui.spinner();
        } else {
            let why_not = "No image has vectors yet, or none has a label";
            if ui.add_enabled(can, Button::new("Compare")).on_disabled_hover_text(why_not).clicked() {
                actions.push(Action::FindClasses);
            }
        }
    });
}
