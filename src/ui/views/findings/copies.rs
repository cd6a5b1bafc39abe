//! Images that are the same picture.

use std::collections::BTreeSet;
use std::sync::Arc;

use eframe::egui::{Button, Color32, Label, Rect, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::decide::{Choice, show_choices};
use super::listed::Listed;
use super::{Drawing, facts};
use crate::domain::{
    Decided, Decision, DuplicateGroup, DuplicateReason, DuplicateReport, DuplicateWish, ImageId, ImageRef, ImageSet,
    TO_REMOVE, Tags, distance_in_words,
};
use crate::engine::AnalysisKind;
use crate::session::Choose;
use crate::ui::theme::palette;
use crate::ui::widgets::cut_name::{file_name, middle_cut, stem_and_kind};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::{counted, elapsed, thousands};
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};

/// Side of a picture in points: copies are looked at closely.
const SIDE: f32 = 96.0;
/// Height of a group's row: a line, pictures, and beneath each its name and what becomes of it.
const ROW: f32 = SIDE + 2.0 * CAPTION_HEIGHT + 38.0;
/// Size of what stands beneath pictures, in points.
const WORDS: f32 = 11.5;

/// How much more alike than pictures usually are here two have to be to be copies to the layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum HowAlike {
    Nearly,
    #[default]
    Much,
    More,
    Somewhat,
}

impl HowAlike {
    pub const ALL: [Self; 4] = [Self::Nearly, Self::Much, Self::More, Self::Somewhat];

    /// In words that are read once.
    pub fn words(self) -> &'static str {
        match self {
            Self::Nearly => "Copies are nearly the same",
            Self::Much => "Copies are much more alike than pictures usually are here",
            Self::More => "Copies are more alike than pictures usually are here",
            Self::Somewhat => "Copies are somewhat more alike than pictures usually are here",
        }
    }

    /// Up to which share of the usual distance images are the same to the layer.
    pub fn share(self) -> f32 {
        match self {
            Self::Nearly => 0.05,
            Self::Much => DuplicateWish::SHARE,
            Self::More => 0.3,
            Self::Somewhat => 0.6,
        }
    }

    /// The number behind the words, and what it means.
    pub fn hint(self) -> String {
        format!(
            "To the network two copies differ by at most {:.0} % of what similar pictures usually differ by here. In full: the distance \
             between them at this layer is at most this share of the distance to a tenth neighbour, to a typical one and to each \
             image's own",
            self.share() * 100.0
        )
    }
}

/// The groups of copies.
#[derive(Clone, Default)]
pub(super) struct Copies {
    pub how_alike: HowAlike,
    listed: Option<Listed<DuplicateReport>>,
    /// The copies that are to be selected, once the person agrees: those of this report.
    asked: Option<Arc<DuplicateReport>>,
}

impl Copies {
    pub fn take_in(&mut self, report: Option<&Arc<DuplicateReport>>, tags: &Arc<Tags>) {
        let is_decided = |report: &DuplicateReport, row: usize| Decided(tags).on_copies(&report.groups[row].images);
        Listed::renew(&mut self.listed, report, tags, |report| report.groups.len(), |_, _| true, is_decided);
    }

    pub fn is_current(&self, report: Option<&Arc<DuplicateReport>>, tags: &Arc<Tags>) -> bool {
        Listed::is_current(self.listed.as_ref(), report, tags)
    }

    /// Takes over the list that was made; what was chosen and asked stays.
    pub fn take_over(&mut self, made: Self) {
        self.listed = made.listed;
    }

    pub fn count(&self) -> Option<usize> {
        self.listed.as_ref().map(Listed::count)
    }

    pub fn show(&mut self, ui: &mut Ui, report: &Arc<DuplicateReport>, drawing: &mut Drawing) {
        ui.horizontal(|ui| {
            let titles = &drawing.session.opened.layer_titles;
            let layer = report.layer_called(&|layer| titles.of_name(layer));
            let to_layer = report.wish.features.as_ref().filter(|_| layer.is_some());
            let mut told = counted(report.groups.len(), "group", "groups");
            told += " of files that are identical, or pictures that look alike";
            if let Some((source, _)) = to_layer {
                told += &format!(" or are the same to {}", titles.of_name(&source.layer));
            }
            if report.unread > 0 {
                told += &format!("  ·  {} could not be read", counted(report.unread, "file", "files"));
            }
            told += &self.listed.as_ref().map(Listed::decided_in_words).unwrap_or_default();
            let time = elapsed(report.elapsed_secs);
            let how = format!(
                "Files are compared byte by byte, and how pictures look by 64 bits of each (a perceptual hash, pHash){}. {}, {time}.",
                layer.map_or_else(String::new, |at| format!("; what the network sees, {at}")),
                counted(report.compared, "image", "images"),
            );
            let can = !report.groups.is_empty();
            let hint = "All images of each group but the first, ready to be exported or tagged";
            let button = ui.add_enabled(can, Button::new("Select the copies…")).on_hover_text(hint);
            if button.on_disabled_hover_text("No copies were found").clicked() {
                self.asked = Some(report.clone());
            }
            facts::show(ui, &told, &how, drawing.session, AnalysisKind::Duplicates);
        });
        self.show_question(ui, report, drawing);
        if report.groups.is_empty() {
            empty_state(
                ui,
                "Nothing is here twice",
                "No two files are identical, no two pictures look alike, and the layer tells all apart.",
                |_| {},
            );
            return;
        }
        let Some(listed) = &self.listed else { return };
        if listed.rows.is_empty() {
            let hint = "The tags say what you decided, and Undo takes decisions back.";
            empty_state(ui, "You decided on all groups", hint, |_| {});
            return;
        }
        let rows = &listed.rows;
        ScrollArea::vertical().id_salt("duplicates").auto_shrink(false).show_rows(ui, ROW, rows.len(), |ui, seen| {
            for index in rows[seen].iter().copied() {
                ui.push_id(index, |ui| show_group(ui, index, &listed.of, drawing));
            }
        });
    }

    /// Asks before what was selected makes room for very many images.
    fn show_question(&mut self, ui: &mut Ui, report: &Arc<DuplicateReport>, drawing: &mut Drawing) {
        // Something else may have been found since.
        if !self.asked.as_ref().is_some_and(|asked| Arc::ptr_eq(asked, report)) {
            self.asked = None;
            return;
        }
        let to_remove = drawing.session.opened.to_remove();
        let mut question = format!(
            "Select {}, all but the first of {}?",
            counted(report.groups.iter().map(|group| copies_of(group, to_remove).count()).sum(), "image", "images"),
            match report.groups.len() {
                1 => "the one group".to_owned(),
                groups => format!("each of {}", counted(groups, "group", "groups")),
            }
        );
        let selected = drawing.session.opened.chosen.selection.len();
        if selected > 0 {
            question += &format!(" {} selected now and will not be then.", counted(selected, "image is", "images are"));
        }
        ui.horizontal_wrapped(|ui| {
            ui.label(question);
            if ui.button("Select them").clicked() {
                let copies = report.groups.iter().flat_map(|group| copies_of(group, to_remove));
                drawing.actions.push(Choose::PickMany(copies.collect(), tile::pick_held(ui)).into());
                self.asked = None;
            }
            if ui.button("Leave it").clicked() {
                self.asked = None;
            }
        });
    }
}

/// Which of a group stays: the first that nobody decided to remove, whether those are hidden or not.
fn staying(group: &DuplicateGroup, to_remove: &ImageSet) -> Option<ImageId> {
    group.images.iter().copied().find(|id| !to_remove.contains(*id))
}

/// The others that nobody decided to remove yet.
fn copies_of(group: &DuplicateGroup, to_remove: &ImageSet) -> impl Iterator<Item = ImageId> {
    let stays = staying(group, to_remove);
    group.images.iter().copied().filter(move |id| Some(*id) != stays && !to_remove.contains(*id))
}

fn show_group(ui: &mut Ui, index: usize, report: &DuplicateReport, drawing: &mut Drawing) {
    let group = &report.groups[index];
    let hidden = drawing.session.opened.hidden();
    let images: Vec<ImageId> =
        group.images.iter().copied().filter(|id| !hidden.is_some_and(|hidden| hidden.contains(*id))).collect();
    let left_out = group.images.len() - images.len();
    let to_remove = drawing.session.opened.to_remove();
    let stays = staying(group, to_remove);
    let copies: Vec<ImageId> = copies_of(group, to_remove).collect();
    let titles = &drawing.session.opened.layer_titles;
    let layer = report.wish.features.as_ref().map_or("the layer", |(source, _)| titles.of_name(&source.layer));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let mut row = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(0.0, 3.0))));
    row.horizontal(|ui| {
        let count = counted(images.len(), "picture", "pictures");
        let count = RichText::new(count).small().color(palette().strong);
        let select = ui.add(Button::new(count).frame(false)).on_hover_text("Select the images of this group");
        if select.accessible_name(format!("Select duplicates {index}")).clicked() {
            drawing.actions.push(Choose::PickMany(images.clone(), tile::pick_held(ui)).into());
        }
        let dismiss = Choice {
            text: "Dismiss".to_owned(),
            hint: "They are no copies, or may be: the group is not listed again",
            decision: Decision::NoCopy,
        };
        let of = format!("duplicates {index}");
        show_choices(ui, &group.images, &of, &[dismiss], drawing);
        let remove = Choice {
            text: format!("Tag the copies \"{TO_REMOVE}\""),
            hint: "All but the first should leave the collection. This only tags them: no file is touched. What is tagged can \
                   be selected or hidden above",
            ..Choice::remove()
        };
        show_choices(ui, &copies, &of, &[remove], drawing);
        for (what, values) in [("labels", &group.labels), ("splits", &group.splits)] {
            if !values.is_empty() {
                let values: Vec<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
                let text = format!("different {what}: {}", values.join(", "));
                ui.add(Label::new(RichText::new(text).small().color(palette().warning)).truncate());
            }
        }
        if left_out > 0 {
            let words = format!("{} to remove left out", thousands(left_out));
            ui.label(RichText::new(words).small().color(palette().weak));
        }
        let mut reasons = reasons_of(group, layer);
        let all = images.iter().filter_map(|id| drawing.session.image(*id));
        if let Some(folder) = folder_of_all(all).filter(|folder| !folder.is_empty()) {
            reasons += &format!("  ·  all in {folder}");
        }
        let reasons = Label::new(RichText::new(reasons).small().color(palette().weak)).truncate();
        ui.add(reasons).on_hover_text(numbers_of(group, layer));
    });
    row.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let room = (ui.available_width() / (SIDE + 4.0)) as usize;
        let seen: Vec<ImageRef<'_>> = images.iter().take(room).filter_map(|id| drawing.session.image(*id)).collect();
        let kinds: BTreeSet<&str> = seen.iter().map(|image| stem_and_kind(image.path.file_name()).1).collect();
        for (image, name) in seen.iter().zip(names_of(&seen)) {
            let (whole, _) = ui.allocate_exact_size(vec2(SIDE, SIDE + 2.0 * CAPTION_HEIGHT), Sense::hover());
            let picture = whole.with_max_y(whole.top() + SIDE);
            drop(drawing.show_tile(ui, image.id, picture, "Duplicate"));
            let becomes = match () {
                () if Some(image.id) == stays => ("stays", palette().good),
                () if to_remove.contains(image.id) => (TO_REMOVE, palette().warning),
                () => ("copy", palette().weak),
            };
            show_caption(ui, whole.with_min_y(picture.bottom()), image.path.text, (&name, kinds.len() > 1), becomes);
        }
    });
}

/// What pictures beside each other are called: by their files where they lie in one folder, which is named once; else with the folders
/// before them, and all of the way where those are called the same.
fn names_of(images: &[ImageRef<'_>]) -> Vec<String> {
    if folder_of_all(images.iter().copied()).is_some() {
        return images.iter().map(|image| image.path.file_name().to_owned()).collect();
    }
    let named: BTreeSet<&str> = images.iter().map(|image| image.path.in_folder()).collect();
    let are_different = named.len() == images.len();
    let name = |image: &ImageRef<'_>| match are_different {
        true => image.path.in_folder().to_owned(),
        false => image.path.text.to_owned(),
    };
    images.iter().map(name).collect()
}

/// The folder that all of them lie in, if it is one; empty for the folder that is open.
fn folder_of_all<'a>(mut images: impl Iterator<Item = ImageRef<'a>>) -> Option<&'a str> {
    let folder = |image: ImageRef<'a>| image.path.text.rsplit_once('/').map_or("", |(folder, _)| folder);
    let first = folder(images.next()?);
    images.all(|image| folder(image) == first).then_some(first)
}

/// What a picture is called and what becomes of it, beneath it and beneath each other. Where another copy is of another kind, its name
/// could be mistaken for that.
fn show_caption(
    ui: &Ui,
    room: Rect,
    path: &str,
    (name, could_be_mistaken): (&str, bool),
    (becomes, colour): (&str, Color32),
) {
    let galleys = [
        file_name(ui.painter(), name, WORDS, palette().text, room.width() - 2.0, could_be_mistaken),
        middle_cut(ui.painter(), becomes, WORDS, colour, room.width() - 2.0),
    ];
    let told = [format!("{path} is called {name}"), format!("{path}: {becomes}")];
    for (line, (galley, told)) in galleys.into_iter().zip(told).enumerate() {
        let corner = room.min + vec2(1.0, 1.0 + line as f32 * (CAPTION_HEIGHT - 1.0));
        let response = ui.interact(
            Rect::from_min_size(corner, galley.size()),
            ui.make_persistent_id(("caption", path, line)),
            Sense::hover(),
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &told));
        ui.painter().galley(corner, galley, palette().text);
        response.on_hover_text(path);
    }
}

/// `identical files, look alike, the same to conv3`.
fn reasons_of(group: &DuplicateGroup, layer: &str) -> String {
    let words = |(reason, far): &(DuplicateReason, f32)| match reason {
        DuplicateReason::Content => "identical files".to_owned(),
        DuplicateReason::Appearance => match *far as usize {
            0 => "look the same".to_owned(),
            _ => "look alike".to_owned(),
        },
        DuplicateReason::Features => format!("the same to {layer}"),
    };
    group.reasons.iter().map(words).collect::<Vec<_>>().join(", ")
}

/// The numbers behind that, and what they mean.
fn numbers_of(group: &DuplicateGroup, layer: &str) -> String {
    let words = |(reason, far): &(DuplicateReason, f32)| match reason {
        DuplicateReason::Content => "Their files are the same, byte by byte.".to_owned(),
        DuplicateReason::Appearance => format!(
            "How a picture looks is told by 64 bits (a perceptual hash, pHash): of theirs {} at most.",
            match *far as usize {
                0 => "none differs".to_owned(),
                1 => "1 differs".to_owned(),
                bits => format!("{bits} differ"),
            }
        ),
        DuplicateReason::Features => {
            format!("At {layer} their cosine distance is {} at most.", distance_in_words(*far))
        }
    };
    group.reasons.iter().map(words).collect::<Vec<_>>().join(" ")
}
