//! Below: what can be done with the network whose details are shown.

use eframe::egui::{Align, Button, Label, Layout, Response, RichText, Ui};

use super::{Item, NetworkDialog};
use crate::engine::KnownNetwork;
use crate::session::{Action, Networks, NoticeOf, NoticeText, Open, Session};
use crate::ui::command::Command;
use crate::ui::theme::palette;
use crate::ui::widgets::download;
use crate::ui::widgets::text::{bytes, main_button, quiet_button};

impl NetworkDialog {
    /// Says whether the dialog is done.
    pub(super) fn show_end(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) -> bool {
        let mut is_done = false;
        ui.horizontal(|ui| {
            ui.set_min_height(28.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                is_done |= ui.button("Close").clicked();
                if ui.button("Load a file…").on_hover_text(Command::LoadNetwork.name()).clicked() {
                    commands.push(Command::LoadNetwork);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if let Some(item) = self.item(session) {
                        is_done |= self.show_deeds(ui, session, &item, actions);
                    }
                    show_news(ui, session);
                });
            });
        });
        self.wants_main = false;
        is_done
    }

    fn show_deeds(&mut self, ui: &mut Ui, session: &Session, item: &Item<'_>, actions: &mut Vec<Action>) -> bool {
        if let Item::Known(known) = item {
            if let Some(download) = session.lasting.networks.download(&known.name) {
                let room = ui.available_width();
                download::show_bar(ui, &download.progress, (room - 330.0).clamp(60.0, 180.0), true);
                if download::show_cancel(ui, &download.progress, Button::new("Cancel"))
                    .is_some_and(|button| button.clicked())
                {
                    actions.push(Networks::StopDownload(known.name.clone()).into());
                }
                return false;
            }
            if self.removed.as_ref() == Some(&known.name) {
                self.ask_removal(ui, known, actions);
                return false;
            }
        }
        let is_used = session.lasting.network == item.file();
        let mut is_taken = false;
        if is_used {
            ui.add_enabled(false, Button::new("In use")).on_disabled_hover_text("You look through it already");
        } else if item.is_here() {
            let button = main_button(ui, "Use");
            self.focus_main(&button);
            if button.on_hover_text("Look through this network").clicked() {
                actions.push(Open::Through(item.file()).into());
                is_taken = true;
            }
        }
        if let Item::Known(known) = item {
            self.show_download(ui, known, actions);
            self.show_removal(ui, known, is_used);
        }
        if last_news(session).is_none() {
            let said = match (is_used, item.is_here() && session.collection().is_some()) {
                (true, _) => "Choose another one in the list to look through it",
                (false, true) => "Your pictures go through it once; what was found through others stays",
                (false, false) => "",
            };
            if !said.is_empty() {
                let words = RichText::new(said).small().color(palette().weak);
                ui.add(Label::new(words).truncate()).on_hover_text(said);
            }
        }
        is_taken
    }

    fn show_download(&self, ui: &mut Ui, known: &KnownNetwork, actions: &mut Vec<Action>) {
        let is_missing = known.files.iter().any(|file| !file.is_here && !file.from.is_empty());
        if known.is_here {
            let hint = "Optional files, such as the names of its classes";
            if is_missing && quiet_button(ui, "Get what is missing").on_hover_text(hint).clicked() {
                actions.push(Networks::Download(known.name.clone()).into());
            }
        } else if known.files.is_empty() {
            ui.label(RichText::new("Its file was moved or deleted.").color(palette().warning));
        } else {
            let button = main_button(ui, &download_text(known));
            self.focus_main(&button);
            let hint = format!("From {}. A stopped download continues where it stopped", publisher(known));
            if button.on_hover_text(hint).clicked() {
                actions.push(Networks::Download(known.name.clone()).into());
            }
        }
    }

    fn show_removal(&mut self, ui: &mut Ui, known: &KnownNetwork, is_used: bool) {
        let is_any_here = known.files.iter().any(|file| file.is_here);
        let (text, hint) = match (known.is_own, is_any_here) {
            (true, _) => ("Forget…", "Remove it from this list"),
            (false, true) => ("Delete…", "Delete its downloaded files"),
            (false, false) => return,
        };
        let button = ui.add_enabled_ui(!is_used, |ui| quiet_button(ui, text)).inner;
        if button.on_hover_text(hint).on_disabled_hover_text("It is in use; choose another network first").clicked() {
            self.removed = Some(known.name.clone());
        }
    }

    fn ask_removal(&mut self, ui: &mut Ui, known: &KnownNetwork, actions: &mut Vec<Action>) {
        let (question, yes) = match (known.is_own, known.files.is_empty()) {
            (true, true) => ("Forget it? Its file stays where it is.".to_owned(), "Forget it"),
            (true, false) => ("Forget it and delete its downloaded files?".to_owned(), "Forget it"),
            (false, _) => (format!("Delete its files{}?", size_here(known)), "Delete them"),
        };
        ui.label(question);
        if ui.add(Button::new(RichText::new(yes).color(palette().problem))).clicked() {
            actions.push(Networks::Remove(known.name.clone()).into());
            self.removed = None;
        }
        if ui.button("Keep").clicked() {
            self.removed = None;
        }
    }

    fn focus_main(&self, button: &Response) {
        if self.wants_main {
            button.request_focus();
        }
    }
}

/// The last good news of networks, which would lie over the dialog otherwise.
fn show_news(ui: &mut Ui, session: &Session) {
    let Some(news) = last_news(session) else { return };
    ui.add(Label::new(RichText::new(news).small().color(palette().good)).truncate()).on_hover_text(news);
}

fn last_news(session: &Session) -> Option<&str> {
    let last = session.notices().iter().rfind(|notice| notice.of == NoticeOf::Networks)?;
    if let NoticeText::News(news) = &last.text { Some(news) } else { None }
}

/// `Download (5.0 MB)`, with what is still missing.
fn download_text(known: &KnownNetwork) -> String {
    let missing = known.files.iter().filter(|file| !file.is_here && !file.is_optional);
    let size: Option<u64> = missing.map(|file| file.bytes).sum();
    size.map_or_else(|| "Download".to_owned(), |size| format!("Download ({})", bytes(size)))
}

fn size_here(known: &KnownNetwork) -> String {
    let size: Option<u64> = known.files.iter().filter(|file| file.is_here).map(|file| file.bytes).sum();
    size.map(|size| format!(", {}", bytes(size))).unwrap_or_default()
}

fn publisher(known: &KnownNetwork) -> &str {
    if known.publisher.is_empty() { "its publisher" } else { &known.publisher }
}
