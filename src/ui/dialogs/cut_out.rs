//! Boxes that become pictures of their own: which, seen by which layer, where to; how far it is, and what came of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use eframe::egui::{self, ComboBox, Key, ProgressBar, RichText, ScrollArea, Ui};

use super::path::PathField;
use super::{left_out, modal};
use crate::domain::Pooling;
use crate::engine::{BoxCounts, Collection, CutOutReport, CutOutWish, NetworkFile, Progress, WhichBoxes};
use crate::session::{Action, CutOut, CutOutState, NoticeOf, Open, Session};
use crate::ui::command::Command;
use crate::ui::theme::palette;
use crate::ui::widgets::problem::{dismiss, show_problems_of, show_standing_problem};
use crate::ui::widgets::text::{counted, main_button, thousands};
use crate::ui::{Question, Waker};

/// Height of the list of labels, in points.
const LABELS: f32 = 150.0;

/// What is chosen so far.
pub struct CutOutDialog {
    /// The labels that are not meant, by their places among those that were counted.
    unticked: BTreeSet<usize>,
    /// Which layer's vectors they get; `None` where none sees more than one place.
    layer: Option<usize>,
    folder: PathField,
}

impl CutOutDialog {
    /// Of all boxes, seen by the layer that is looked at if it has places, into a folder beside that of the pictures.
    pub fn new(collection: &Collection, layer: usize, waker: Waker) -> Self {
        let layers = [layer, collection.default_layer()].into_iter().chain((0..collection.layers.len()).rev());
        let layer = layers.into_iter().find(|&index| has_places(collection, index));
        let mut folder = PathField::new(Question::CutOutInto, &usual_folder(collection), waker);
        folder.focus();
        Self { unticked: BTreeSet::new(), layer, folder }
    }

    /// Where the folder is written.
    pub(super) fn path(&mut self) -> &mut PathField {
        &mut self.folder
    }

    /// Says whether it is done.
    pub(super) fn show(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) -> bool {
        let Some(collection) = session.collection() else { return true };
        let cut_outs = &session.opened.cut_outs;
        modal(ctx, "Boxes as pictures", 520.0, |ui| {
            let own = if let CutOutState::Failed(problem) = &cut_outs.state { Some(problem) } else { None };
            show_problems_of(ui, session, NoticeOf::CutOut, own, actions);
            if let CutOutState::Done(report) = &cut_outs.state {
                return show_report(ui, report, actions);
            }
            let about = "Each box becomes a picture of its own, in a folder with a workspace of its own. There boxes are \
                         looked at, searched, mapped and clustered like pictures, by what a layer sees under them.";
            ui.label(RichText::new(about).color(palette().weak));
            ui.add_space(6.0);
            if let CutOutState::Running { wish, progress } = &cut_outs.state {
                // Whatever is chosen in a dialog that was opened since.
                ui.label(format!("Into {}", wish.folder.display()));
                ui.add_space(8.0);
                return show_running(ui, progress.as_deref(), actions);
            }
            let counts = match &cut_outs.counts {
                Some(counts) if counts.labels.is_empty() => {
                    return show_none(ui, counts, commands);
                }
                Some(counts) => counts,
                None => {
                    if let CutOutState::Failed(problem) = &cut_outs.state {
                        show_standing_problem(ui, problem);
                    } else {
                        ui.label(RichText::new("Counting the boxes…").color(palette().weak));
                    }
                    ui.add_space(8.0);
                    return ui.button("Close").clicked();
                }
            };
            self.show_labels(ui, counts);
            self.show_layers(ui, session, collection);
            let is_entered = self.show_folder(ui);
            ui.label(self.sum_in_words(counts));
            left_out::show(ui, &counts.left_out, ["box is left out", "boxes are left out"]);
            ui.add_space(8.0);
            match &cut_outs.state {
                CutOutState::Failed(problem) => {
                    show_standing_problem(ui, problem);
                    ui.add_space(8.0);
                    let before = actions.len();
                    let is_done = self.show_end(ui, counts, collection, is_entered, actions);
                    if actions.len() > before {
                        dismiss(problem, session, actions);
                    }
                    is_done
                }
                CutOutState::Stopped => {
                    let said = "Stopped. What was cut out stays; cut out the same again, and it goes on from there.";
                    ui.label(RichText::new(said).color(palette().weak));
                    self.show_end(ui, counts, collection, is_entered, actions)
                }
                CutOutState::Idle | CutOutState::Running { .. } | CutOutState::Done(_) => {
                    self.show_end(ui, counts, collection, is_entered, actions)
                }
            }
        })
    }

    fn show_labels(&mut self, ui: &mut Ui, counts: &BoxCounts) {
        let labels = &counts.labels;
        ui.horizontal(|ui| {
            ui.label("Boxes with these labels");
            if ui.button("All").accessible_name("All labels of boxes").clicked() {
                self.unticked.clear();
            }
            if ui.button("None").accessible_name("No label of boxes").clicked() {
                self.unticked = (0..labels.len()).collect();
            }
        });
        let list = ScrollArea::vertical().max_height(LABELS).auto_shrink([false, true]);
        let row = ui.spacing().interact_size.y;
        list.show_rows(ui, row, labels.len(), |ui, rows| {
            for index in rows {
                let (label, boxes) = &labels[index];
                let name = label.as_deref().unwrap_or("without a label");
                let mut is_ticked = !self.unticked.contains(&index);
                ui.horizontal(|ui| {
                    if ui.checkbox(&mut is_ticked, name).changed() {
                        match is_ticked {
                            true => self.unticked.remove(&index),
                            false => self.unticked.insert(index),
                        };
                    }
                    ui.label(RichText::new(thousands(*boxes)).small().color(palette().weak));
                });
            }
        });
        ui.add_space(4.0);
    }

    fn show_layers(&mut self, ui: &mut Ui, session: &Session, collection: &Collection) {
        let titles = &session.opened.layer_titles;
        let Some(layer) = &mut self.layer else {
            let why =
                "No layer of this network sees more than one place of a picture, so none can tell its boxes apart.";
            ui.label(RichText::new(why).color(palette().problem));
            return;
        };
        ui.horizontal(|ui| {
            ui.label("Their vectors are what is seen by");
            let combo = ComboBox::from_id_salt("layer of boxes").width(180.0).truncate();
            let combo = combo.selected_text(titles.name(*layer)).show_ui(ui, |ui| {
                for index in (0..collection.layers.len()).filter(|&index| has_places(collection, index)) {
                    let name = &collection.layers[index].name;
                    ui.selectable_value(layer, index, titles.name(index)).on_hover_text(name);
                }
            });
            let hint = "Its average over the places under a box, each by how much of it the box covers";
            combo.response.on_hover_text(hint).accessible_name("Layer");
        });
        ui.add_space(4.0);
    }

    /// Says whether Enter was pressed behind what is written there.
    fn show_folder(&mut self, ui: &mut Ui) -> bool {
        ui.horizontal(|ui| {
            ui.label("Into the folder");
            if ui.button("Choose…").clicked() {
                self.folder.ask(Question::CutOutInto);
            }
        });
        let field = self.folder.show(ui);
        let note =
            "A new or empty one, or one of boxes that were cut out before: what is there already is not made again.";
        ui.label(RichText::new(note).small().color(palette().weak));
        self.folder.show_verdict(ui);
        field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }

    /// `1,204 boxes with 2 labels become pictures, in a folder for each label.`
    fn sum_in_words(&self, counts: &BoxCounts) -> String {
        let boxes = self.boxes(counts);
        if boxes == 0 {
            return "No box is chosen.".to_owned();
        }
        let pictures = if boxes == 1 { "becomes a picture" } else { "become pictures" };
        let boxes = counted(boxes, "box", "boxes");
        match self.ticked(counts).filter(|index| counts.labels[*index].0.is_some()).count() {
            0 => format!("{boxes} {pictures}."),
            1 => format!("{boxes} {pictures}, in a folder for the label."),
            labels => format!("{boxes} {pictures}, in a folder for each of {} labels.", thousands(labels)),
        }
    }

    /// How many boxes are meant.
    fn boxes(&self, counts: &BoxCounts) -> usize {
        self.ticked(counts).map(|index| counts.labels[index].1).sum()
    }

    /// The labels that are meant, by their places.
    fn ticked(&self, counts: &BoxCounts) -> impl Iterator<Item = usize> {
        (0..counts.labels.len()).filter(|index| !self.unticked.contains(index))
    }

    /// The buttons while nothing runs; what `is_entered` is as if the main one was pressed.
    fn show_end(
        &mut self,
        ui: &mut Ui,
        counts: &BoxCounts,
        collection: &Collection,
        is_entered: bool,
        actions: &mut Vec<Action>,
    ) -> bool {
        let boxes = self.boxes(counts);
        let folder = self.folder.verdict().and_then(|verdict| verdict.as_ref().ok()).cloned();
        let mut is_done = false;
        ui.horizontal(|ui| {
            let can_begin = boxes > 0 && folder.is_some() && self.layer.is_some();
            let words = format!("Cut out {}", counted(boxes, "box", "boxes"));
            let button = ui.add_enabled_ui(can_begin, |ui| main_button(ui, &words)).inner;
            let button = button.on_disabled_hover_text("Tick a label, and write a folder that there can be");
            if is_entered && !can_begin {
                self.folder.focus();
            }
            if (button.clicked() || is_entered)
                && let (Some(folder), Some(layer), true) = (folder, self.layer, can_begin)
            {
                actions.push(CutOut::Begin(self.wish(counts, collection, layer, folder)).into());
            }
            is_done = ui.button("Close").clicked();
        });
        is_done
    }

    fn wish(&self, counts: &BoxCounts, collection: &Collection, layer: usize, folder: PathBuf) -> CutOutWish {
        CutOutWish {
            boxes: WhichBoxes::Labelled(self.ticked(counts).map(|index| counts.labels[index].0.clone()).collect()),
            layers: vec![collection.layers[layer].name.clone()],
            pooling: Pooling::Average,
            folder,
            workspace: None,
            name: None,
        }
    }
}

/// Whether a layer sees more than one place of a picture.
fn has_places(collection: &Collection, layer: usize) -> bool {
    collection.layers.get(layer).is_some_and(|layer| layer.shape[1] * layer.shape[2] > 1)
}

/// Beside the folder of the pictures, under its name; at home for the sample collection, which lies among the program's own data.
fn usual_folder(collection: &Collection) -> PathBuf {
    let folder = &collection.folder;
    let name = folder.file_name().map_or_else(|| "boxes".into(), |name| format!("{}-boxes", name.to_string_lossy()));
    match etcetera::home_dir() {
        Ok(home) if collection.is_sample => home.join(name),
        _ => folder.with_file_name(name),
    }
}

/// What is said where no box can be cut out; says whether the dialog is to be closed.
fn show_none(ui: &mut Ui, counts: &BoxCounts, commands: &mut Vec<Command>) -> bool {
    let has_none = counts.left_out.count == 0;
    if has_none {
        ui.label("No boxes were imported.");
        let remedy = "They come from files of COCO, YOLO, Pascal VOC or Hugging Face.";
        ui.label(RichText::new(remedy).color(palette().weak));
    }
    left_out::show(ui, &counts.left_out, ["box is left out", "boxes are left out"]);
    ui.add_space(8.0);
    let mut is_done = false;
    ui.horizontal(|ui| {
        if has_none && main_button(ui, Command::Import.name()).clicked() {
            commands.push(Command::Import);
        }
        is_done = ui.button("Close").clicked();
    });
    is_done
}

/// How far it is; says whether the dialog is to be closed.
fn show_running(ui: &mut Ui, progress: Option<&Progress>, actions: &mut Vec<Action>) -> bool {
    let share = progress.map_or(0.0, Progress::share);
    let bar = ProgressBar::new(share).desired_height(6.0).fill(palette().accent);
    ui.add(bar).accessible_name("Boxes as pictures");
    let said = progress.filter(|progress| progress.total() > 0).map_or_else(
        || "Beginning…".to_owned(),
        |progress| format!("{} of {}", thousands(progress.done()), counted(progress.total(), "box", "boxes")),
    );
    ui.label(RichText::new(said).small().color(palette().weak));
    let mut is_done = false;
    ui.horizontal(|ui| {
        if progress.is_some_and(Progress::is_cancelled) {
            ui.label(RichText::new("Stopping…").color(palette().weak));
        } else if ui.button("Stop").accessible_name("Stop cutting out").clicked() {
            actions.push(CutOut::Stop.into());
        }
        is_done = ui.button("Close").on_hover_text("It goes on").clicked();
    });
    is_done
}

/// What came of it; says whether the dialog is to be closed.
fn show_report(ui: &mut Ui, report: &CutOutReport, actions: &mut Vec<Action>) -> bool {
    let CutOutReport { folder, network, layers, boxes, already, left_out, workspace: _ } = report;
    ui.label(format!("{}.", counted(*boxes, "box is a picture now", "boxes are pictures now")));
    ui.label(RichText::new(folder.display().to_string()).small().color(palette().weak));
    ui.add_space(4.0);
    if *already > 0 {
        ui.label(format!("{} made before.", counted(*already, "of them was", "of them were")));
    }
    let vectors = format!("Their vectors are what {} sees; they are called “{network}”.", layers.join(", "));
    ui.label(RichText::new(vectors).color(palette().weak));
    left_out::show(ui, left_out, ["box was left out", "boxes were left out"]);
    ui.add_space(8.0);
    let mut is_done = false;
    ui.horizontal(|ui| {
        if main_button(ui, "Open them").clicked() {
            let network = NetworkFile::Vectors(network.clone());
            actions.push(Open::FolderThrough { folder: folder.clone(), network }.into());
            is_done = true;
        }
        if ui.button("Cut out others").clicked() {
            actions.push(CutOut::Again.into());
        }
        is_done |= ui.button("Close").clicked();
    });
    is_done
}
