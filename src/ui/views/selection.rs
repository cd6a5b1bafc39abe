//! What is chosen: a strip of pictures, what they are, and where they can go.

mod hidden;
mod only;
mod saved;
mod sources;
mod tags;

use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{
    self, Align, Atoms, Button, Frame, Label, Layout, Margin, Panel, Rect, RichText, ScrollArea, Ui, UiBuilder, Vec2,
};

use crate::domain::ImageId;
use crate::session::{Action, Choose, Combining, Place, Session};
use crate::ui::command::{Command, command_key};
use crate::ui::export_menu;
use crate::ui::icons::Icon;
use crate::ui::landmarks::Landmark;
use crate::ui::theme::{colour_of_label, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::label_filter::shown_name;
use crate::ui::widgets::text::{counted, thousands};
use crate::ui::widgets::{GridLayout, Hover, RowScroll, Tile, TileMarks, tag_dot, tile};

use tags::TagRow;

/// Space between pictures in points.
const GAP: f32 = 6.0;

/// From this width on, in points, the tags stand in the bar.
const TAGS_IN_BAR_FROM: f32 = 720.0;
/// Heights of the tray in points: of its line alone, and with room for pictures.
const TRAY: [f32; 2] = [36.0, 104.0];
/// A window of less height has no room for pictures in the tray.
const PICTURES_FROM: f32 = 480.0;
/// One of less height has none for an empty tray either.
const TRAY_FROM: f32 = 260.0;
/// Height of the tags where they have a row of their own, in points.
const TAGS_HEIGHT: f32 = 26.0;
/// In a bar of fewer points signs stand without words.
const WORDS_FROM: f32 = 500.0;
/// The button that hides all else has a word from so many points on, and stands there at all from the lesser number on.
const ONLY_FROM: [f32; 2] = [360.0, 860.0];
/// How the selection came to be is said from so many points on, in so many at most.
const HOW_FROM: f32 = 90.0;
const HOW_MOST: f32 = 210.0;
/// Labels that have no room in the bar are named when it is pointed at, so many of them.
const NAMED_MORE: usize = 20;
/// The share of the bar that labels leave to the tags.
const TAGS_SHARE: f32 = 0.52;

/// What stands on a button: its sign, and its word where there is room.
fn sign(icon: Icon, word: &str, has_words: bool) -> Atoms<'_> {
    match has_words {
        true => Atoms::new((icon.atom(), word)),
        false => Atoms::new(icon.atom()),
    }
}

fn how_to_select() -> String {
    format!("Click, {}-click, Shift-click or draw a band in the gallery; draw a lasso on the map.", command_key())
}

/// Says in the middle of an empty tray how it is filled, and why not, where picks only take out; or what can be seen meanwhile.
fn show_how_to_select(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    if let Some(only) = only::left_alone(session) {
        return only::show_left_alone(ui, session, only, actions);
    }
    let room = ui.available_rect_before_wrap();
    let combining = session.lasting.combining;
    let words = match combining {
        Combining::Replace | Combining::Add => RichText::new(how_to_select()).color(palette().weak),
        Combining::Subtract | Combining::Intersect => {
            let (now, [new, add]) = (combining.title(), [Combining::Replace, Combining::Add].map(Combining::title));
            let why = format!("Nothing is selected, and “{now}” selects nothing: choose “{new}” or “{add}”.");
            RichText::new(why).color(palette().accent)
        }
    };
    let words = words.small();
    ui.put(room, Label::new(words).wrap().selectable(false).halign(Align::Center));
}

/// A button for a command. What everybody knows by its sign needs no word, and the names of labels want the room.
fn show_command(
    ui: &mut Ui,
    session: &Session,
    (icon, name, command): (Icon, &str, Command),
    has_words: bool,
    commands: &mut Vec<Command>,
) {
    let lacks = command.lacks(session);
    let button = match !has_words || matches!(icon, Icon::Undo | Icon::Redo) {
        true => icon.button_if(ui, lacks.is_none(), name),
        false => ui.add_enabled(lacks.is_none(), Button::new((icon.atom(), name))),
    };
    let hint = command.with_keys(command.about().trim_end_matches('.'));
    if button.on_hover_text(hint).on_disabled_hover_text(lacks.unwrap_or_default()).clicked() {
        commands.push(command);
    }
}

/// The selection view.
#[derive(Default)]
pub struct SelectionView {
    tags: TagRow,
    saved: saved::SavedMenu,
    scroll: RowScroll,
    hover: Hover,
    under: Option<ImageId>,
    /// Whether the picture that was clicked is to be looked inside of.
    looks_inside: bool,
    hidden: hidden::Hidden,
}

impl View for SelectionView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        // Where the view is wide the tags need no row of their own: the pictures want the height.
        let is_wide = ui.available_width() > TAGS_IN_BAR_FROM;
        self.show_bar(ui, session, is_wide, actions, commands);
        if !is_wide {
            self.tags.show(ui, session, actions);
        }
        self.under = None;
        if session.opened.chosen.selection.is_empty() {
            empty_state(ui, "Nothing is selected", &how_to_select(), |_| {});
        } else if ui.available_height() < 140.0 {
            self.show_strip(ui, session, thumbs, actions);
        } else {
            self.show_grid(ui, session, thumbs, actions);
        }
        self.settle(session, actions, commands);
    }
}

impl SelectionView {
    /// Draws it as a tray below all that is in `ui`; says where. It is as high empty as with pictures in it: what lies above it would be
    /// laid out anew with the first pick, and a map fitted anew, under the pointer that picks. Where one picture is looked into it is a
    /// line, whatever is selected: the height is the picture's.
    pub fn show_tray(&mut self, ui: &mut Ui, cx: ViewContext<'_>) -> Rect {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        let is_wide = ui.available_width() > TAGS_IN_BAR_FROM;
        let is_filled = !session.opened.chosen.selection.is_empty();
        let has_room = ui.available_height() > PICTURES_FROM && session.lasting.place != Place::LookInside;
        if !is_filled && ui.available_height() < TRAY_FROM {
            return Rect::from_min_max(ui.max_rect().left_bottom(), ui.max_rect().right_bottom());
        }
        let [line, high] = TRAY;
        let tags = if is_wide { 0.0 } else { TAGS_HEIGHT };
        let frame = Frame::new().fill(palette().ground).inner_margin(Margin { left: 6, right: 6, top: 6, bottom: 0 });
        let panel = Panel::bottom("selection tray").exact_size(if has_room { high + tags } else { line } + 6.0);
        let tray = panel.frame(frame).resizable(false).show_separator_line(false).show(ui, |ui| {
            let room = ui.max_rect();
            ui.painter().rect_filled(room, 6.0, palette().panel);
            ui.scope_builder(UiBuilder::new().max_rect(room.shrink2(egui::vec2(10.0, 4.0))), |ui| {
                self.show_bar(ui, session, is_wide, actions, commands);
                self.under = None;
                if has_room && is_filled {
                    if !is_wide {
                        self.tags.show(ui, session, actions);
                    }
                    self.show_strip(ui, session, thumbs, actions);
                } else if has_room {
                    show_how_to_select(ui, session, actions);
                }
                self.settle(session, actions, commands);
            });
        });
        Landmark::Selection.mark(ui, tray.response.rect);
        tray.response.rect
    }

    /// Says what the pointer did with the pictures.
    fn settle(&mut self, session: &Session, actions: &mut Vec<Action>, commands: &mut Vec<Command>) {
        self.hover.settle(self.under, session, actions);
        if std::mem::take(&mut self.looks_inside) {
            commands.push(Command::LookInside);
        }
    }

    fn show_bar(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        has_tags: bool,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) {
        let has_words = ui.available_width() >= WORDS_FROM;
        let [has_only, has_only_word] = ONLY_FROM.map(|from| ui.available_width() >= from);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.show_export(ui, session, has_words, commands);
                if has_words {
                    ui.separator();
                }
                let commands_of = [
                    (Icon::Redo, "Redo", Command::Redo),
                    (Icon::Undo, "Undo", Command::Undo),
                    (Icon::Invert, "Invert", Command::InvertSelection),
                    (Icon::Clear, "Clear", Command::SelectNone),
                ];
                for (icon, name, command) in commands_of {
                    show_command(ui, session, (icon, name, command), has_words, commands);
                }
                if has_only {
                    only::show_button(ui, session, has_only_word, actions);
                }
                self.saved.show(ui, session, has_words, actions);
                if has_words {
                    // To the left what selects, to the right what is done with it.
                    ui.separator();
                }
                sources::show(ui, session, has_words, actions);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let room = ui.available_width();
                    let for_tags = match (has_tags, room * TAGS_SHARE >= tags::UNFOLDED_FROM) {
                        (false, _) => 0.0,
                        (true, true) => room * TAGS_SHARE,
                        (true, false) => tags::FOLDED.min(room),
                    };
                    self.show_counts(ui, session, for_tags);
                    if has_tags {
                        self.tags.show(ui, session, actions);
                    }
                });
            });
        });
        ui.add_space(2.0);
    }

    /// How many, and of which labels as far as there is room, apart from so many points.
    fn show_counts(&mut self, ui: &mut Ui, session: &Session, kept_free: f32) {
        if let Some(only) = only::left_alone(session) {
            return only::show_in_line(ui, session, only);
        }
        if session.opened.chosen.selection.is_empty() {
            ui.add(Label::new(RichText::new("No pictures are selected").color(palette().weak)).truncate())
                .on_hover_text(how_to_select());
            return;
        }
        let total = counted(session.opened.chosen.selection.len(), "image", "images");
        let count = ui.add(Label::new(RichText::new(total).strong().color(palette().strong)).truncate());
        if let Some(by) = &session.opened.chosen.selected_by {
            count.on_hover_text(by.to_string());
            let words = RichText::new(by.to_string()).small().color(palette().weak);
            let room = ui.available_width() - kept_free;
            if room >= HOW_FROM {
                ui.scope(|ui| {
                    ui.set_max_width((room - 6.0).min(HOW_MOST));
                    ui.add(Label::new(words).truncate()).on_hover_text(by.to_string());
                });
            }
        }
        let hidden = self.hidden.count(&session.opened.chosen.selection, session.opened.shown.set());
        if hidden > 0 {
            let hint = "The filter or the query hides them, or that they are to be removed. Tags and exports take all that is selected, these, too.";
            let text = format!("{} not shown", thousands(hidden));
            ui.label(RichText::new(text).small().color(palette().warning)).on_hover_text(hint);
        }
        let labels = &session.opened.tally.labels;
        let small = |ui: &Ui, text: String| {
            let font = egui::TextStyle::Small.resolve(ui.style());
            ui.painter().layout_no_wrap(text, font, palette().weak)
        };
        for (place, (label, count)) in labels.iter().enumerate() {
            let galley = small(ui, format!("{} {}", shown_name(label), thousands(*count)));
            let left = labels.len() - place;
            // Those that have no room are told of, for which some is needed.
            let named = if place == 0 { "" } else { "+ " };
            let more = small(ui, format!("{named}{}", counted(left, "label", "labels")));
            let more_width = more.size().x;
            let after = if left > 1 { more_width + 6.0 } else { 0.0 };
            if galley.size().x + 18.0 + after > ui.available_width() - kept_free {
                let named = labels[place..].iter().take(NAMED_MORE);
                let mut hint: Vec<_> =
                    named.map(|(label, count)| format!("{} {}", shown_name(label), thousands(*count))).collect();
                if left > NAMED_MORE {
                    hint.push(format!("and {} more labels", thousands(left - NAMED_MORE)));
                }
                // Where there is not even room for how many there are, the count of pictures is all that is said.
                if more_width <= ui.available_width() - kept_free {
                    ui.add(Label::new(more).selectable(false)).on_hover_text(hint.join("\n"));
                }
                break;
            }
            let (_, rect) = ui.allocate_space(galley.size() + egui::vec2(12.0, 0.0));
            let dot = colour_of_label(session.opened.images.label_places(), Some(label)).unwrap_or(palette().weak);
            ui.painter().circle_filled(rect.left_center() + egui::vec2(4.0, 0.0), 3.5, dot);
            ui.painter().galley(rect.min + egui::vec2(12.0, 0.0), galley, palette().weak);
        }
    }

    fn show_export(&self, ui: &mut Ui, session: &Session, has_words: bool, commands: &mut Vec<Command>) {
        let takes = session.opened.usually_taken_in_words();
        ui.add_enabled_ui(takes.is_some(), |ui| {
            let (response, _) = MenuButton::new(sign(Icon::Export, "Export", has_words)).ui(ui, |ui| {
                export_menu::show(ui, session, |ui, command| {
                    let lacks = command.lacks(session);
                    let button = ui.add_enabled(lacks.is_none(), export_menu::entry(command, None));
                    let button = export_menu::named(button, command);
                    let button = button.on_hover_ui(|ui| drop(ui.label(export_menu::outcome(command))));
                    if button.on_disabled_hover_text(lacks.unwrap_or_default()).clicked() {
                        commands.push(command);
                    }
                });
            });
            let response = response.on_hover_text(format!("Export {}", takes.unwrap_or_default()));
            response.on_disabled_hover_text("There are no pictures yet").accessible_name("Export");
        });
    }

    /// One row that scrolls sideways.
    fn show_strip(&mut self, ui: &mut Ui, session: &Session, thumbs: &mut Thumbnails, actions: &mut Vec<Action>) {
        let side = (ui.available_height() - ui.spacing().scroll.allocated_width() - 2.0).max(24.0);
        let selection = &session.opened.chosen.selection;
        let count = selection.len();
        let layout = GridLayout { columns: count, cell: Vec2::splat(side), gap: GAP, count };
        let id = ui.make_persistent_id("selection strip");
        ScrollArea::horizontal().id_salt("strip").auto_shrink(false).show_viewport(ui, |ui, view| {
            ui.set_height(side);
            ui.set_width(count as f32 * (side + GAP) - GAP);
            let origin = ui.min_rect().min.to_vec2();
            let first = ((view.left().max(0.0) / (side + GAP)) as usize).min(count);
            let last = ((view.right().max(0.0) / (side + GAP)).ceil() as usize).min(count);
            for (cell, image) in (first..last).zip(selection.iter_from(first)) {
                self.show_tile(ui, session, thumbs, actions, (image, layout.rect_of(cell).translate(origin), id));
            }
        });
    }

    /// Rows that scroll down.
    fn show_grid(&mut self, ui: &mut Ui, session: &Session, thumbs: &mut Thumbnails, actions: &mut Vec<Action>) {
        let selection = &session.opened.chosen.selection;
        let area = ui.available_rect_before_wrap();
        let width = area.width() - ui.spacing().scroll.allocated_width();
        let layout = GridLayout::fill(width, 88.0, 0.0, GAP, selection.len());
        let id = ui.make_persistent_id("selection grid");
        self.scroll.begin(ui, layout, area);
        ui.scope_builder(UiBuilder::new().max_rect(area).id_salt("grid"), |ui| {
            ui.set_clip_rect(ui.clip_rect().with_min_y(area.top()).with_max_y(area.bottom()).intersect(ui.clip_rect()));
            ui.set_min_size(area.size());
            let top = self.scroll.top();
            let cells = layout.cells_of(layout.rows_below(top, area.height()));
            let first = cells.start;
            for (cell, image) in cells.zip(selection.iter_from(first)) {
                let rect = layout.rect_below(cell, top).translate(area.min.to_vec2());
                self.show_tile(ui, session, thumbs, actions, (image, rect, id));
            }
            self.scroll.end(ui, layout, area, id, "Selection scroll bar");
        });
    }

    fn show_tile(
        &mut self,
        ui: &Ui,
        session: &Session,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
        (image, rect, id): (ImageId, Rect, egui::Id),
    ) {
        let Some(image) = session.image(image) else { return };
        // Everything here is selected; an outline around each would say nothing.
        let marks = TileMarks { selected: false, ..TileMarks::of(session, image) };
        let name = format!("Selected: {}", image.path.text);
        let tags = |ui: &mut Ui| tile::tell_tags(ui, session, image.id);
        let tile = Tile { image, marks, name: &name, more: Some(&tags) };
        let response = tile.show(ui, rect, id.with(image.id.0), thumbs);
        self.looks_inside |= response.double_clicked();
        if response.clicked() {
            // A plain click looks at the image without giving up the selection.
            let modifiers = ui.input(|input| input.modifiers);
            actions.push(match modifiers.command || modifiers.alt {
                true => tile::click(image.id, modifiers).into(),
                false => Choose::LookAt(image.id).into(),
            });
        }
        tag_dot::on_picture(ui.painter(), rect, session, image.id, tile::fit);
        if response.hovered() {
            self.under = Some(image.id);
        }
    }
}
