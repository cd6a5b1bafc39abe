//! A row of a list: a picture, why it is there, and what can be decided. Decisions are tags, or labels, so they can be undone.

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Label, Popup, PopupCloseBehavior, Rect, Response, RichText, ScrollArea, Sense, Stroke, TextStyle, Ui, UiBuilder,
    Vec2, vec2,
};

use super::nearest::{self, Beside, Verdict};
use super::{Drawing, TILE};
use crate::domain::{Decision, ImageGroup, ImageId, ImageRef, ImageSet, TO_REMOVE};
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::{colour_of_label, palette};
use crate::ui::widgets::text::{counted, small, thousands};
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};
use crate::ui::widgets::{asked_menu, label_field};

/// Height of a row: a picture or four lines of words, and a little room.
const ROW: f32 = TILE + 18.0;
/// Lines that a reason may take.
const LINES: usize = 2;
/// What asks for a label that is not proposed.
const ANOTHER: &str = "Another label…";
/// What a small button has beside its words: a sign, and room around both, in points.
const BESIDE_WORDS: f32 = 26.0;
/// Room between the picture of a row and those beside it.
const APART: f32 = 17.0;

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
            text: format!("Tag \"{TO_REMOVE}\""),
            hint: "It should leave the collection. This only tags it: no file is touched. What is tagged can be selected or \
                   hidden above",
            decision: Decision::Remove,
        }
    }
}

/// What a row says.
pub(super) struct Row<'a> {
    /// The picture.
    pub image: ImageId,
    /// Why it is listed, in words that are read once.
    pub reason: String,
    /// The numbers behind that and what they mean, for who points at it; empty where the reason says all.
    pub details: String,
    /// Whether that is a weak sign: it is written paler.
    pub is_weak: bool,
    /// What its neighbours say, if it is listed for that.
    pub verdict: Option<Verdict<'a>>,
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

/// A button a choice; `of` whom, for screen readers. Where there is no room for all words, the last ones are given up.
pub(super) fn show_choices(ui: &mut Ui, ids: &[ImageId], of: &str, choices: &[Choice], drawing: &mut Drawing) {
    let is_tight = width_of(ui, choices) > ui.available_width();
    for Choice { text, hint, decision } in choices {
        let button = match is_tight && *decision == Decision::Remove {
            true => ui.add(small(icon_of(decision).small())).on_hover_text(format!("{text}. {hint}")),
            false => ui.add(small((icon_of(decision).small(), RichText::new(text).small()))).on_hover_text(*hint),
        };
        let is_chosen = button.accessible_name(format!("{text}: {of}")).clicked();
        let ids = ids.to_vec();
        if let Decision::Relabel(_) = decision {
            let button = ui
                .add(small(RichText::new(ANOTHER).small()))
                .on_hover_text("Give it a label that is neither its own nor this one: one that there is, or a new one");
            ask_label(&button.accessible_name(format!("{ANOTHER}: {of}")), &ids.iter().copied().collect(), drawing);
        }
        if !is_chosen {
            continue;
        }
        let choice = match (decision, decision.tag()) {
            (Decision::Relabel(label), _) => Some(Choose::Relabel(ids.into_iter().collect(), label.clone())),
            (_, tag) => tag.map(|tag| Choose::Tag { ids, tag: tag.to_owned(), is_on: true }),
        };
        drawing.actions.extend(choice.map(Action::from));
    }
}

/// How wide the buttons of choices are with all their words, in points.
fn width_of(ui: &Ui, choices: &[Choice]) -> f32 {
    let font = TextStyle::Small.resolve(ui.style());
    let width = |words: &str| {
        let galley = ui.painter().layout_no_wrap(words.to_owned(), font.clone(), palette().text);
        galley.size().x + BESIDE_WORDS + ui.spacing().item_spacing.x
    };
    let asks = choices.iter().any(|choice| matches!(choice.decision, Decision::Relabel(_)));
    choices.iter().map(|choice| width(&choice.text)).sum::<f32>() + if asks { width(ANOTHER) } else { 0.0 }
}

/// Asks below a button, once it was pressed, which label pictures are to have.
pub(super) fn ask_label(button: &Response, images: &ImageSet, drawing: &mut Drawing) {
    if button.clicked() {
        drawing.label.begin();
    }
    let (session, field) = (drawing.session, &mut *drawing.label);
    let mut given = None;
    Popup::menu(button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(label_field::WIDTH)
        .show(|ui| given = field.show(ui, session));
    drawing.actions.extend(given.map(|label| Action::from(Choose::Relabel(images.clone(), label))));
}

/// A way to give all that is selected one label.
pub(super) fn show_label_for_selection(ui: &mut Ui, drawing: &mut Drawing) {
    let selection = drawing.session.opened.chosen.selection.clone();
    if selection.is_empty() {
        return;
    }
    let words = format!("Label {}…", counted(selection.len(), "selected picture", "selected pictures"));
    let button = ui.button((Icon::Label.atom(), words)).on_hover_text(
        "Give all that is selected one label, in place of those of their folders or of an import. No file is touched, and Undo takes it \
         back",
    );
    ask_label(&button.accessible_name("Label what is selected"), &selection, drawing);
}

/// A list of rows, of which `row` makes those that are seen; `what` each of them is. Where they are judged by what is near,
/// `beside` says how, and it is shown.
pub(super) fn show_rows<'a>(
    ui: &mut Ui,
    what: &str,
    count: usize,
    row: impl Fn(usize) -> Option<Row<'a>>,
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
fn show_row(ui: &mut Ui, what: &str, row: &Row<'_>, beside: Option<&Beside<'_>>, drawing: &mut Drawing) -> bool {
    let session = drawing.session;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(0.0, 4.0))));
    let Some(image) = session.image(row.image) else { return false };
    let mut is_missing = false;
    inner.horizontal_top(|ui| {
        if let Some(beside) = beside {
            show_with_label(ui, image, what, beside, drawing);
            is_missing = nearest::show(ui, image, row.verdict.as_ref(), beside, drawing);
        } else {
            let (picture, _) = ui.allocate_exact_size(Vec2::splat(TILE), Sense::hover());
            drop(drawing.show_tile(ui, row.image, picture, what));
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            // Of outliers it is said above that they do not stand out.
            let sign = if row.is_weak && row.verdict.is_some() { "  ·  a weak sign" } else { "" };
            let path = RichText::new(format!("{}{sign}", image.path.text)).small().color(palette().weak);
            ui.add(Label::new(path).truncate());
            let colour = if row.is_weak { palette().weak } else { palette().text };
            let mut reason = LayoutJob::simple(row.reason.clone(), TextStyle::Body.resolve(ui.style()), colour, 0.0);
            reason.wrap.max_rows = LINES;
            // A reason that is cut is told in full by itself.
            let reason = ui.add(Label::new(reason).wrap());
            if !row.details.is_empty() {
                reason.on_hover_ui(|ui| drop(ui.label(RichText::new(&row.details).small().color(palette().weak))));
            }
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                show_choices(ui, &[row.image], image.path.text, &row.choices, drawing);
            });
        });
    });
    is_missing
}

/// The picture that a row is about, with its label, set apart from those beside it.
fn show_with_label(ui: &mut Ui, image: ImageRef<'_>, what: &str, beside: &Beside<'_>, drawing: &mut Drawing) {
    let size = vec2(nearest::WIDTH, nearest::HEIGHT + CAPTION_HEIGHT);
    let (room, _) = ui.allocate_exact_size(size + vec2(APART, 0.0), Sense::hover());
    let picture = Rect::from_min_size(room.min, vec2(nearest::WIDTH, nearest::HEIGHT));
    let response = drawing.show_tile(ui, image.id, picture, what);
    if let (Some(response), Some(nearest)) = (response, nearest::nearest_to(image.id, beside, drawing)) {
        asked_menu::compared_with(&response, || nearest);
    }
    let line = Rect::from_min_size(picture.left_bottom(), vec2(nearest::WIDTH, CAPTION_HEIGHT));
    if let Some(label) = image.label {
        tile::paint_caption(
            ui,
            line,
            colour_of_label(drawing.session.opened.images.label_places(), image.label),
            label,
            palette().strong,
        );
    }
    let between = room.right() - APART / 2.0;
    ui.painter().vline(between, room.y_range(), Stroke::new(1.0, palette().line));
}

/// How many are tagged as ones to remove, and what can be done with them.
pub(super) fn show_removals(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let tag = TO_REMOVE;
    let opened = &session.opened;
    let count = opened.tags.count(tag);
    if count == 0 {
        return;
    }
    ui.separator();
    ui.label(RichText::new(format!("{} tagged \"{tag}\"", thousands(count))).small().color(palette().weak));
    let hint =
        "Select the pictures with this tag: to look at them, or to move their files with \"Move files into folders\"";
    let select = ui.add(small("Select them")).on_hover_text(hint);
    if select.accessible_name(format!("Select them: {tag}")).clicked() {
        let group = ImageGroup::Tag(opened.tags.clone(), tag.to_owned());
        actions.push(Choose::PickGroup(group, tile::pick_held(ui)).into());
    }
}
