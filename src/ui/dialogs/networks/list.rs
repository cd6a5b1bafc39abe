//! The left side: search, then all networks, by hand or by keyboard.

use eframe::egui::{EventFilter, Id, Key, Modifiers, RichText, ScrollArea, Spinner, TextEdit, Ui};

use super::{Item, NetworkDialog, row};
use crate::engine::NetworkFile;
use crate::session::{Action, Networks, NoticeOf, Open, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::problem::has_problems_of;

/// In which order published networks stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// As in the catalogue: kin beside each other.
    #[default]
    Family,
    /// The smallest first, which are the quickest to get and mostly to run.
    Size,
    /// The most accurate first.
    Accuracy,
}

impl Order {
    const ALL: [(Self, &str, &str); 3] = [
        (Self::Family, "Family", "Networks of one kind beside each other"),
        (Self::Size, "Smallest", "The smallest first: quick to get, and mostly quick to run"),
        (Self::Accuracy, "Most accurate", "Those that name most pictures of ImageNet rightly first, as published"),
    ];
}

impl NetworkDialog {
    /// Says whether a network was taken at once, by a double click.
    pub(super) fn show_list(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) -> bool {
        let follows = std::mem::take(&mut self.follows);
        let all = Item::all(session);
        self.step(ui, &found(&all, &self.search, self.order));
        let is_changed = self.show_search(ui);
        self.show_orders(ui);
        let shown = found(&all, &self.search, self.order);
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

    fn show_orders(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (order, word, hint) in Order::ALL {
                let chip = ui.selectable_label(self.order == order, RichText::new(word).small()).on_hover_text(hint);
                if chip.accessible_name(format!("Order of networks: {}", word.to_lowercase())).clicked() {
                    (self.order, self.follows) = (order, true);
                }
            }
        });
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

/// Those that fit what is searched, published ones in this order.
fn found<'a>(all: &[Item<'a>], search: &str, order: Order) -> Vec<Item<'a>> {
    let mut found: Vec<Item<'a>> = all.iter().filter(|item| item.matches(search)).copied().collect();
    let first = found.iter().position(Item::is_published).unwrap_or(found.len());
    let count = found[first..].iter().take_while(|item| item.is_published()).count();
    let published = &mut found[first..first + count];
    match order {
        Order::Family => {}
        Order::Size => published.sort_by_key(|item| item.bytes().unwrap_or(u64::MAX)),
        Order::Accuracy => published.sort_by(|a, b| b.top_1().total_cmp(&a.top_1())),
    }
    found
}

fn show_waiting(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    ui.add_space(8.0);
    if !has_problems_of(session, NoticeOf::Networks) {
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
