//! Above the gallery: order and size of the tiles; above all views: text filter, predicate, label filter.

use eframe::egui::{
    Align, Atom, Atoms, Button, ComboBox, Key, Layout, Rect, Response, RichText, Slider, TextEdit, Ui, Vec2,
};

use super::PAUSE_SECS;
use super::jump;
use super::predicate::{PredicateField, show_remarks};
use crate::domain::predicate::meant_as_predicate;
use crate::domain::{Centrality, ColumnOrder, Filter, Sort, TableColumn};
use crate::session::{Action, Choose, Session};
use crate::ui::command::command_key;
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::centrality;
use crate::ui::widgets::label_filter::LabelFilter;
use crate::ui::widgets::ordering::OrderingNote;
use crate::ui::widgets::reason;
use crate::ui::widgets::text::{counted, thousands};

/// In fewer points the buttons beside the search are signs without words.
const WORDS_FROM: f32 = 320.0;
/// Width and height of the chip with the name that is looked for, in points.
const NAME_CHIP: f32 = 90.0;
const SMALL_CHIP: f32 = 18.0;
/// Widths a tile may have, in points.
const WIDTHS: std::ops::RangeInclusive<f32> = 32.0..=320.0;

/// A width with which the gallery can be used, whatever was asked for.
pub(super) fn usable_width(width: f32) -> f32 {
    if width.is_finite() { width.clamp(*WIDTHS.start(), *WIDTHS.end()) } else { 104.0 }
}

/// Width of the field in points, at least: for a name, and for a query; and for a query that is being written.
const NAME: f32 = 150.0;
const QUERY: f32 = 300.0;
const WRITTEN: f32 = 440.0;

/// What is being typed, until it is taken over as the filter.
#[derive(Default)]
pub(super) struct Bar {
    text: String,
    /// How wide what stands beside the field was in the last frame, in points, and whether the field had the cursor.
    beside: f32,
    is_written: bool,
    typed_at_secs: Option<f64>,
    wants_focus: bool,
    labels: LabelFilter,
    predicate: PredicateField,
    ordering: OrderingNote,
}

impl Bar {
    pub(super) fn focus(&mut self) {
        match self.predicate.is_on {
            true => self.predicate.focus(),
            false => self.wants_focus = true,
        }
    }

    /// How wide field and chips are to be, in points, and how wide at least.
    pub(super) fn widths_of_search(&self) -> [f32; 2] {
        let [wanted, needed] = match (self.predicate.is_on, self.is_written) {
            (false, _) => [NAME, NAME],
            (true, false) => [QUERY, QUERY],
            (true, true) => [WRITTEN, QUERY],
        };
        [self.beside + wanted, self.beside + needed]
    }

    /// Whether the field is there for a query.
    pub(super) fn asks_a_query(&self) -> bool {
        self.predicate.is_on
    }

    /// Whether there is a line beneath the field for what is wrong with a query.
    pub(super) fn has_query_line(&self, session: &Session) -> bool {
        self.predicate.has_line(session)
    }

    /// Shows that line.
    pub(super) fn show_query_line(&self, ui: &mut Ui) {
        self.predicate.show_line(ui);
    }

    /// Whether one of its fields is to get the cursor.
    pub(super) fn wants_focus(&self) -> bool {
        self.wants_focus || self.predicate.wants_focus()
    }

    /// Shows what orders the gallery; says which cell of it is to be gone to, if one is.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        (tile_width, has_own_shapes): (&mut f32, &mut bool),
        actions: &mut Vec<Action>,
    ) -> Option<usize> {
        let mut go_to = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            // What is right is laid out first; the order takes what is left.
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().slider_width = if ui.available_width() > 300.0 { 84.0 } else { 44.0 };
                show_size(ui, tile_width);
                show_shapes(ui, has_own_shapes);
                go_to = jump::show(ui, session);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    show_sort(ui, session, actions);
                    self.ordering.show(ui, session);
                });
            });
        });
        show_remarks(ui, session);
        if let Sort::Centrality(by) = session.opened.chosen.sort {
            centrality::show_measuring(ui, session, by, actions);
        }
        ui.add_space(2.0);
        go_to
    }

    /// Shows what decides which images there are, from right to left: the text field takes what is left.
    pub(super) fn show_search(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        self.predicate.refresh(session);
        // What is searched for needs the room more.
        let room = ui.available_width();
        let has_words = room >= WORDS_FROM;
        self.show_chips(ui, session, has_words, actions);
        self.show_toggle(ui, session, has_words, actions);
        let (beside, was_written) = (room - ui.available_width(), self.is_written);
        self.show_field(ui, session, actions);
        if (beside - self.beside).abs() > 0.5 || was_written != self.is_written {
            self.beside = beside;
            ui.ctx().request_repaint();
        }
    }

    fn show_chips(&mut self, ui: &mut Ui, session: &Session, has_words: bool, actions: &mut Vec<Action>) {
        if let Some(labels) = self.labels.show(ui, session, has_words) {
            actions.push(Choose::Filter(Filter { labels, ..session.opened.chosen.filter.clone() }).into());
        }
        if session.opened.chosen.filter.only_problems {
            show_problems_chip(ui, session, actions);
        }
        show_only_chip(ui, session, has_words, actions);
        show_removed_chip(ui, session, has_words, actions);
        if self.predicate.is_on {
            show_name_chip(ui, session, actions);
        }
    }

    fn show_field(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        match self.predicate.is_on {
            true => self.is_written = self.predicate.show(ui, session, actions),
            false => {
                self.is_written = false;
                self.show_text(ui, session, actions);
            }
        }
    }

    fn show_toggle(&mut self, ui: &mut Ui, session: &Session, has_words: bool, actions: &mut Vec<Action>) {
        let mut sign = Atoms::new(Icon::Query.atom());
        if has_words {
            sign.push_right("Query");
        }
        let toggle = Button::selectable(self.predicate.is_on, sign).frame_when_inactive(true);
        let hint = match self.predicate.is_on {
            true => "Look for names again, instead of asking",
            false => "Ask more than a name: label = 'dog' and width > 512 and not tag('blurred')",
        };
        if ui.add(toggle).on_hover_text(hint).accessible_name("Filter by predicate").clicked() {
            let filter = self.predicate.toggle(&session.opened.chosen.filter);
            actions.push(Choose::Filter(filter).into());
        }
    }

    fn show_text(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let edit = TextEdit::singleline(&mut self.text)
            .id(ui.make_persistent_id("gallery filter"))
            .prefix(Icon::Search.sized(14.0))
            .hint_text("Filter by name")
            .desired_width(ui.available_width().max(40.0));
        let response = ui.add(edit).accessible_name("Filter by name");
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        let now_secs = ui.ctx().time();
        if response.changed() {
            self.typed_at_secs = Some(now_secs);
        }
        if response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
            self.text.clear();
            self.typed_at_secs = Some(f64::NEG_INFINITY);
        }
        if self.typed_at_secs.is_none() && self.offers_query(&response, session, actions) {
            return;
        }
        let Some(typed_at_secs) = self.typed_at_secs else {
            // Nothing is being typed: what is shown is what is chosen, also after an undo.
            if self.text != session.opened.chosen.filter.text {
                self.text.clone_from(&session.opened.chosen.filter.text);
            }
            return;
        };
        if now_secs - typed_at_secs >= PAUSE_SECS || response.lost_focus() {
            self.typed_at_secs = None;
            actions.push(
                Choose::Filter(Filter { text: self.text.clone(), ..session.opened.chosen.filter.clone() }).into(),
            );
        } else {
            ui.ctx().request_repaint_after_secs(PAUSE_SECS as f32);
        }
    }
}

impl Bar {
    /// Offers to ask as a query what was written as a name, if no name has it and it looks like one; says whether that was taken.
    fn offers_query(&mut self, field: &Response, session: &Session, actions: &mut Vec<Action>) -> bool {
        let (opened, filter) = (&session.opened, &session.opened.chosen.filter);
        let is_in_vain = opened.shown.is_empty() && !opened.images.is_empty() && self.text == filter.text;
        let Some(query) = is_in_vain.then(|| meant_as_predicate(&self.text)).flatten() else { return false };
        let why = format!("No file that can be shown has {} in its name or its folders.", self.text.trim());
        if !reason::offer_beneath(field, &why, "Ask it as a query") {
            return false;
        }
        let predicate = self.predicate.take(query);
        self.text.clear();
        actions.push(Choose::Filter(Filter { text: String::new(), predicate, ..filter.clone() }).into());
        true
    }
}

fn show_size(ui: &mut Ui, tile_width: &mut f32) {
    ui.spacing_mut().interact_size.y = 20.0;
    ui.add(Slider::new(tile_width, WIDTHS).show_value(false).logarithmic(true))
        .on_hover_text(format!("Size of the pictures ({} and scroll)", command_key()))
        .accessible_name("Tile size");
}

/// Whether pictures have their own shapes: the sign is a row of such.
fn show_shapes(ui: &mut Ui, has_own_shapes: &mut bool) {
    let sign = Atom::paint(Vec2::new(16.0, 12.0), |ui, args| {
        let [left, right] = [args.rect.left(), args.rect.right()];
        for (from, to) in [(left, left + 4.0), (left + 5.5, right - 4.5), (right - 3.0, right)] {
            let picture = Rect::from_x_y_ranges(from..=to, args.rect.y_range());
            ui.painter().rect_filled(picture, 1.0, args.fallback_text_color);
        }
    });
    let toggle = Button::selectable(*has_own_shapes, sign).frame_when_inactive(true);
    let hint = match has_own_shapes {
        true => "Show pictures in cells of one shape",
        false => "Show pictures in their own shapes, in rows of one height each",
    };
    if ui.add(toggle).on_hover_text(hint).accessible_name("Pictures in their own shapes").clicked() {
        *has_own_shapes = !*has_own_shapes;
    }
}

fn show_sort(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let now = session.opened.chosen.sort;
    let combo = ComboBox::from_id_salt("sort").width(84.0).selected_text(title(now)).show_ui(ui, |ui| {
        for sort in Sort::ALL {
            let row = Button::selectable(sort == now, title(sort));
            if let Sort::Centrality(by) = sort {
                if centrality::show_entry(ui, session, by, row, actions) {
                    actions.push(Choose::Sort(sort).into());
                }
                continue;
            }
            let can = sort != Sort::Similarity || session.opened.neighbours.is_some() || now == sort;
            let row = ui.add_enabled(can, row);
            if row.on_disabled_hover_text("Click an image first, to sort by similarity to it").clicked() {
                actions.push(Choose::Sort(sort).into());
            }
        }
    });
    combo.response.on_hover_text("Order of the gallery").accessible_name("Sort by");
}

fn show_problems_chip(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let text = RichText::new("Only problems").color(palette().problem);
    let chip = ui.add(Button::new((text, Icon::Close.small())).small()).on_hover_text("Show all images again");
    if chip.accessible_name("Only problems  ×").clicked() {
        actions.push(Choose::Filter(Filter { only_problems: false, ..session.opened.chosen.filter.clone() }).into());
    }
}

/// The name that is looked for, while the field is there for a query: what is not seen would be forgotten.
fn show_name_chip(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let filter = &session.opened.chosen.filter;
    let name = filter.text.trim();
    if name.is_empty() {
        return;
    }
    let chip = Button::new((RichText::new(format!("“{name}”")).small(), Icon::Close.small())).small().truncate();
    let hint = format!("Only files with {name} in their names or folders are shown. Click to look for no name");
    let chip = ui.add_sized([ui.available_width().min(NAME_CHIP), SMALL_CHIP], chip).on_hover_text(hint);
    if chip.accessible_name(format!("Look for no name: {name}")).clicked() {
        actions.push(Choose::Filter(Filter { text: String::new(), ..filter.clone() }).into());
    }
}

/// How many pictures are shown because they were selected when nothing else was to be seen, and a way to see the others.
fn show_only_chip(ui: &mut Ui, session: &Session, has_words: bool, actions: &mut Vec<Action>) {
    let filter = &session.opened.chosen.filter;
    let Some(only) = &filter.only else { return };
    let seen = session.opened.shown_of(only);
    let text = if has_words { format!("Only {}", thousands(seen)) } else { thousands(seen) };
    let chip = Button::new((Icon::Select.small(), RichText::new(text).small(), Icon::Close.small())).small();
    let pictures = counted(seen, "picture", "pictures");
    let of = if seen < only.len() { format!(" of the {}", thousands(only.len())) } else { String::new() };
    let hint = format!("Only {pictures}{of} that you selected can be seen. Click to show the others again");
    if ui.add(chip).on_hover_text(hint).accessible_name(format!("Show more than {pictures}")).clicked() {
        actions.push(Choose::Filter(Filter { only: None, ..filter.clone() }).into());
    }
}

/// How many pictures are hidden because they are to be removed, and a way to see them.
fn show_removed_chip(ui: &mut Ui, session: &Session, has_words: bool, actions: &mut Vec<Action>) {
    let opened = &session.opened;
    let count = opened.to_remove().len();
    if count == 0 || opened.asks_for_removed() {
        return;
    }
    let is_hiding = opened.hidden().is_some();
    let text = match (has_words, is_hiding) {
        (true, true) => format!("{} hidden", thousands(count)),
        (true, false) => format!("{} to remove", thousands(count)),
        (false, _) => thousands(count),
    };
    let pictures = counted(count, "picture", "pictures");
    let (name, hint) = match is_hiding {
        true => {
            (format!("Show {pictures} to remove"), format!("You decided to remove {pictures}: click to see them again"))
        }
        false => {
            (format!("Hide {pictures} to remove"), format!("You decided to remove {pictures}: click to hide them"))
        }
    };
    let chip = Button::selectable(!is_hiding, (Icon::Remove.small(), RichText::new(text).small()));
    let chip = ui.add(chip.frame_when_inactive(true)).on_hover_text(hint + ". No file is touched");
    if chip.accessible_name(name).clicked() {
        actions.push(Choose::ShowRemoved(is_hiding).into());
    }
}

fn title(sort: Sort) -> &'static str {
    match sort {
        Sort::Path => "By path",
        Sort::Label => "By label",
        Sort::Pixels => "Largest first",
        Sort::Newest => "Newest first",
        Sort::Similarity => "Most similar",
        Sort::Centrality(Centrality::Typicality) => "Most typical",
        Sort::Centrality(Centrality::InDegree) => "Hubs first",
        Sort::Centrality(Centrality::Betweenness) => "Bridges first",
        Sort::Centrality(by @ (Centrality::PageRank | Centrality::Harmonic | Centrality::Degree)) => by.title(),
        Sort::Column(ColumnOrder { column: TableColumn::Modified, .. }) => "Oldest first",
        Sort::Column(ColumnOrder { column: TableColumn::Pixels, .. }) => "Smallest first",
        Sort::Column(order) => order.column.title(),
    }
}
