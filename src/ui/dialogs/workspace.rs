//! The workspace itself: what it costs, and the states it had.

mod activations;
mod comparing;
mod index;
mod lost_names;
mod overview;
mod storage;
mod versions;
mod words;

use eframe::egui::{self, Align, CollapsingHeader, ProgressBar, RichText, ScrollArea, Ui};

use super::modal;
use crate::domain::{IndexKind, Preference, VersionName};
use crate::engine::{AnalysisKind, MaintenanceReport, MaintenanceWish};
use crate::session::{Action, Analyse, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::problem::show_problem;

/// Width of the dialog in points, where there is room.
const WIDTH: f32 = 860.0;
/// Height of what is below the list, in points, and of a question that is asked there.
const BELOW: f32 = 56.0;
const QUESTION: f32 = 96.0;

/// Why nothing can be changed now.
const WAIT: &str = "Wait until what runs has ended: see Jobs and problems";

/// Which part of what few need is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Storage,
    Versions,
}

/// What cannot be taken back, and waits for the person's word.
#[derive(Clone, Debug, PartialEq)]
enum Confirmation {
    DeleteVersions,
    Prefer { preference: Preference, plan: String },
    Restore { table: Option<String>, version: VersionName },
}

/// What the dialog keeps of its own.
#[derive(Default)]
pub struct WorkspaceDialog {
    tab: Tab,
    asked: Option<Confirmation>,
    /// The name being written for the present state.
    tag: String,
    /// The version that another one of its table is to be compared with.
    picked: Option<(String, u64)>,
    /// How the next index is built.
    index_kind: IndexKind,
}

impl WorkspaceDialog {
    /// Says whether it is done.
    pub(super) fn show(&mut self, ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) -> bool {
        let Some(collection) = session.collection() else { return true };
        let root = collection.workspace.display().to_string();
        modal(ctx, "Workspace", WIDTH, |ui| {
            let about = "All that is known of this folder: what each layer saw, tags, clusters, maps. Your pictures are not in it.";
            ui.label(RichText::new(about).color(palette().text));
            ui.label(RichText::new(root).small().color(palette().weak));
            if let Some(problem) = &session.opened.maintenance.problem
                && show_problem(ui, problem)
            {
                actions.push(Maintain::inspect().into());
            }
            let below = BELOW + if self.asked.is_some() { QUESTION } else { 0.0 };
            let news = session.opened.maintenance.news.clone();
            match &news {
                None if session.opened.maintenance.problem.is_none() => {
                    ui.label(RichText::new("Inspecting the workspace…").color(palette().weak));
                }
                None => {}
                Some(news) => {
                    let room = (ui.available_height() - below).max(70.0);
                    let list = ScrollArea::vertical().id_salt("workspace").max_height(room).auto_shrink([false, true]);
                    list.show(ui, |ui| {
                        self.show_overview(ui, session, news, actions);
                        self.show_advanced(ui, session, news, actions);
                    });
                }
            }
            self.show_question(ui, session, actions);
            ui.separator();
            show_end(ui, session, actions)
        })
    }

    /// What few people need: how it is laid out, indices, and the versions of each table.
    fn show_advanced(&mut self, ui: &mut Ui, session: &Session, news: &MaintenanceReport, actions: &mut Vec<Action>) {
        ui.add_space(8.0);
        let header = CollapsingHeader::new("Advanced").show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.selectable_value(&mut self.tab, Tab::Storage, "Storage").on_hover_text("What is stored, and how");
                let hint = "Every state that each table had";
                ui.selectable_value(&mut self.tab, Tab::Versions, "Versions").on_hover_text(hint);
            });
            match self.tab {
                Tab::Storage => self.show_storage(ui, session, news, actions),
                Tab::Versions => self.show_versions(ui, session, news, actions),
            }
        });
        if header.header_response.clicked() {
            // What was opened is seen, not only its title.
            header.header_response.scroll_to_me(Some(Align::TOP));
        }
    }

    /// Asks before what cannot be taken back.
    fn show_question(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let Some(asked) = self.asked.clone() else { return };
        ui.separator();
        let (question, yes, wish) = match asked {
            Confirmation::DeleteVersions => (
                "Delete all versions except the latest of each table and those with a name? Deleted versions cannot \
                 be restored."
                    .to_owned(),
                "Delete them",
                MaintenanceWish::DeleteVersions(1),
            ),
            Confirmation::Prefer { preference: Preference::LittleSpace, plan } => (
                format!(
                    "Little space deletes indices, which can be rebuilt, and old versions without a name, which \
                     cannot be restored. {plan}"
                ),
                "Delete to save space",
                MaintenanceWish::Prefer(Some(Preference::LittleSpace)),
            ),
            Confirmation::Prefer { preference, plan } => {
                (plan, "Build them", MaintenanceWish::Prefer(Some(preference)))
            }
            Confirmation::Restore { table, version } => (
                match &table {
                    Some(table) => format!(
                        "Restore version {version} of “{}”? What is there now stays a version that can be restored, too.",
                        words::of_table(table, session).title
                    ),
                    None => format!(
                        "Restore {version}, everything as it was then? What is there now stays a version that can be \
                         restored, too."
                    ),
                },
                "Restore",
                MaintenanceWish::Restore { table, version },
            ),
        };
        ui.label(question);
        ui.horizontal(|ui| {
            if ui.button(RichText::new(yes).color(palette().problem)).clicked() {
                actions.push(Maintain::Maintenance(wish).into());
                self.asked = None;
            }
            if ui.button("Leave it").clicked() {
                self.asked = None;
            }
        });
    }
}

/// What runs, and the way out.
fn show_end(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) -> bool {
    let mut is_done = false;
    ui.horizontal(|ui| {
        is_done = ui.button("Close").clicked();
        let maintenance = session.opened.maintenance.progress.as_ref().filter(|_| session.opened.maintenance.is_busy());
        // What was asked for here comes before what else runs.
        let analyses = &session.opened.analyses;
        let of_here = analyses.of(AnalysisKind::Index).or_else(|| analyses.of(AnalysisKind::Activations));
        let analysis = of_here.or_else(|| analyses.now().next_back());
        let analysis = analysis.map(|begun| (&begun.progress, Action::from(Analyse::Stop(begun.number))));
        let maintenance = maintenance.map(|progress| (progress, Maintain::Stop.into()));
        if let Some((progress, stop)) = maintenance.or(analysis) {
            let share = progress.done() as f32 / progress.total().max(1) as f32;
            ui.add(ProgressBar::new(share).desired_width(200.0));
            ui.label(RichText::new(&progress.title).color(palette().weak));
            if ui.button("Stop").clicked() {
                actions.push(stop);
            }
        }
    });
    is_done
}

/// A list that may be wider than there is room.
fn scrolled(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ScrollArea::horizontal().id_salt(name).auto_shrink([false, true]).show(ui, content);
}
