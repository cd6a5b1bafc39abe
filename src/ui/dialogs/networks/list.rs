//! The left side: search, then all networks, by hand or by keyboard.

use eframe::egui::{EventFilter, Id, Key, Modifiers, RichText, ScrollArea, Spinner, TextEdit, Ui};

use super::{Item, NetworkDialog, row};
use crate::engine::NetworkFile;
use crate::session::{Action, Networks, NoticeText, Open, Session};
use crate::ui::theme::palette;

impl NetworkDialog {
    /// Says whether a network was taken at once, by a double click.
    pub(super) fn show_list(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) -> bool {
        let follows = std::mem::take(&mut self.follows);
        let all = Item::all(session);
        self.step(ui, &found(&all, &self.search));
        let is_changed = self.show_search(ui);
        let shown = found(&all, &self.search);
        if is_changed {
            self.choose_found(&shown);
        }
        let mut is_taken = false;
        ScrollArea::vertical().id_salt("networks").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let mut section = "";
            for item in &shown {
                if item.section() != section {
                    section = item.section();
                    ui.add_space(6.0);
                    ui.label(RichText::new(section).small().color(palette().weak));
                }
                is_taken |= self.show_item(ui, session, item, follows, actions);
            }
            if session.lasting.networks.list.is_none() {
                show_waiting(ui, session, actions);
            } else if shown.is_empty() {
                ui.add_space(8.0);
                ui.label(RichText::new("No network is called like that.").color(palette().weak));
            }
        });
        is_taken
    }

    /// Says whether something was typed.
    fn show_search(&mut self, ui: &mut Ui) -> bool {
        let edit = TextEdit::singleline(&mut self.search)
            .id(search_id())
            .hint_text("Search: resnet, onnx, here …")
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name("Search networks");
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        // Enter leads on to what can be done with the network.
        self.wants_main |= response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        response.changed()
    }

    /// What is typed leads to the first network that fits, unless something is being written of another.
    fn choose_found(&mut self, shown: &[Item<'_>]) {
        if self.form.is_none() && !shown.iter().any(|item| item.file() == self.chosen) {
            let first = shown.first().map_or_else(|| self.chosen.clone(), Item::file);
            self.choose(first);
        }
    }

    /// Says whether it was taken.
    fn show_item(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        item: &Item<'_>,
        follows: bool,
        actions: &mut Vec<Action>,
    ) -> bool {
        let file = item.file();
        let is_chosen = self.chosen == file;
        let response = row::show(ui, row_id(&file), session, item, is_chosen);
        if is_chosen && follows {
            response.scroll_to_me(None);
        }
        if response.clicked() && !is_chosen {
            self.choose(file.clone());
        }
        let is_taken = response.double_clicked() && item.is_here();
        if is_taken && session.lasting.network != file {
            actions.push(Open::Through(file).into());
        }
        is_taken
    }

    /// Up and down lead from one network to the next, from the search as well as from a row.
    fn step(&mut self, ui: &Ui, shown: &[Item<'_>]) {
        let ctx = ui.ctx();
        let focused = ctx.memory(|memory| memory.focused());
        let row = shown.iter().map(|item| row_id(&item.file())).find(|id| focused == Some(*id));
        if let Some(row) = row {
            // Otherwise an arrow would move the focus to the next button.
            let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
            ctx.memory_mut(|memory| memory.set_focus_lock_filter(row, filter));
        } else if focused != Some(search_id()) {
            return;
        }
        let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let here = shown.iter().position(|item| item.file() == self.chosen);
        let last = shown.len().saturating_sub(1);
        let next = match here {
            _ if pressed(Key::ArrowDown) => here.map_or(0, |here| (here + 1).min(last)),
            _ if pressed(Key::ArrowUp) => here.map_or(0, |here| here.saturating_sub(1)),
            _ => return,
        };
        let Some(next) = shown.get(next).map(Item::file) else { return };
        if row.is_some() {
            ctx.memory_mut(|memory| memory.request_focus(row_id(&next)));
        }
        self.choose(next);
    }
}

/// Those that fit what is searched.
fn found<'a>(all: &[Item<'a>], search: &str) -> Vec<Item<'a>> {
    all.iter().filter(|item| item.matches(search)).copied().collect()
}

fn show_waiting(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    ui.add_space(8.0);
    if !session.notices().iter().any(|notice| matches!(notice.text, NoticeText::Problem(_))) {
        ui.horizontal(|ui| {
            ui.add(Spinner::new().color(palette().accent));
            ui.label(RichText::new("Looking for networks…").color(palette().weak));
        });
        return;
    }
    ui.label(RichText::new("The list of published networks could not be read.").color(palette().weak));
    if ui.button("Look again").clicked() {
        actions.push(Networks::List.into());
    }
}

fn search_id() -> Id {
    Id::unique("search networks")
}

fn row_id(network: &NetworkFile) -> Id {
    Id::unique(("network", format!("{network:?}")))
}
