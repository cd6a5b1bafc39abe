//! A row of a list: a picture, why it is there, and what can be decided. Decisions are tags, so they can be undone.

use eframe::egui::{Button, Label, RichText, ScrollArea, Sense, Ui, UiBuilder, Vec2, vec2};

use super::nearest::{self, Beside};
use super::{Drawing, TILE};
use crate::domain::{Decision, ImageId, Tags};
use crate::session::{Ask, Choose};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;

/// Height of a row: a picture, and a little room.
const ROW: f32 = TILE + 8.0;

/// Something that can be decided.
pub(super) struct Choice {
    /// What stands on the button.
    pub text: String,
    /// What it means.
    pub hint: &'static str,
    /// What is decided by it.
    pub decision: Decision,
}

impl Choice {
    /// The picture should leave the collection.
    pub fn remove() -> Self {
        Self {
            text: "Remove".to_owned(),
            hint: "Tag it as one to remove: query tag('to remove') to take such pictures out. No file is touched",
            decision: Decision::Remove,
        }
    }
}

/// What a row says.
pub(super) struct Row {
    /// The picture.
    pub image: ImageId,
    /// Why it is listed.
    pub reason: String,
    /// What can be decided.
    pub choices: Vec<Choice>,
}

/// The sign of a decision.
fn icon_of(decision: &Decision) -> Icon {
    match decision {
        Decision::Remove => Icon::Remove,
        Decision::Relabel(_) => Icon::Label,
        Decision::LabelIsRight | Decision::PictureIsRight | Decision::NoCopy => Icon::Dismiss,
    }
}

/// A button a choice; `of` whom, for screen readers.
pub(super) fn show_choices(ui: &mut Ui, ids: &[ImageId], of: &str, choices: &[Choice], drawing: &mut Drawing) {
    for Choice { text, hint, decision } in choices {
        let tag = Tags::cleaned(&decision.tag());
        let button =
            ui.add_enabled(tag.is_ok(), Button::new((icon_of(decision).small(), RichText::new(text).small())).small());
        let button = button.on_hover_text(*hint).on_disabled_hover_text("The label is too long to be a tag");
        let button = button.accessible_name(format!("{text}: {of}"));
        if let (true, Ok(tag)) = (button.clicked(), tag) {
            drawing.actions.push(Choose::Tag { ids: ids.to_vec(), tag, is_on: true }.into());
        }
    }
}

/// A list of rows, of which `row` makes those that are seen; `what` each of them is. Where they are judged by what is near,
/// `beside` says how, and it is shown.
pub(super) fn show_rows(
    ui: &mut Ui,
    what: &str,
    count: usize,
    row: impl Fn(usize) -> Option<Row>,
    beside: Option<&Beside<'_>>,
    drawing: &mut Drawing,
) {
    let mut missing = Vec::new();
    ScrollArea::vertical().id_salt(what).auto_shrink(false).show_rows(ui, ROW, count, |ui, seen| {
        for place in seen {
            let Some(row) = row(place) else { continue };
            let is_missing = ui.push_id(row.image.0, |ui| show_row(ui, what, &row, beside, drawing)).inner;
            missing.extend(is_missing.then_some(row.image));
        }
    });
    if let (Some(beside), false) = (beside, missing.is_empty()) {
        drawing.actions.push(Ask::Nearest(beside.source.clone(), missing).into());
    }
}

/// Says whether what is near is still to be asked for.
fn show_row(ui: &mut Ui, what: &str, row: &Row, beside: Option<&Beside<'_>>, drawing: &mut Drawing) -> bool {
    let session = drawing.session;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(0.0, 4.0))));
    let Some(image) = session.image(row.image) else { return false };
    let mut is_missing = false;
    inner.horizontal_top(|ui| {
        let (picture, _) = ui.allocate_exact_size(Vec2::splat(TILE), Sense::hover());
        drawing.show_tile(ui, row.image, picture, what);
        if let Some(beside) = beside {
            ui.add_space(6.0);
            is_missing = nearest::show(ui, image, beside, drawing);
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            let path = RichText::new(image.path.text).small().color(palette().weak);
            ui.add(Label::new(path).truncate());
            ui.add(Label::new(RichText::new(&row.reason).color(palette().text)).truncate()).on_hover_text(&row.reason);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                show_choices(ui, &[row.image], image.path.text, &row.choices, drawing);
            });
        });
    });
    is_missing
}
