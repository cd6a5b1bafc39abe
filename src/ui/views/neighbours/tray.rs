//! What is asked with, each with how much it counts: pictures, boxes, labels, classes, clusters and tags.

mod chips;

use eframe::egui::{Align, Button, Id, Label, Layout, RichText, Ui, vec2};

use super::alike::Alike;
use super::{anywhere, like};
use crate::domain::Example;
use crate::session::{Action, Choose, Chosen, Comparison, Session};
use crate::ui::icons::Icon;
use crate::ui::question_words;
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::ask_with::{AGAINST, FOR};
use crate::ui::widgets::text::{single_line, small};

use chips::{Chips, Form, HEIGHT, chips_of};

/// So many points of the line are the words', at least: of fewer nobody reads what is asked.
const LEAST_WORDS: f32 = 150.0;
/// In a view of less height one line has all, if it can have it, though chips are short then: what is near wants the room.
const LOW: f32 = 260.0;

/// Whether one picture, or a box on it, is asked with alone: it is there to be seen, and counts whatever its weight.
fn is_plain(chosen: &Chosen) -> bool {
    chosen.examples.is_empty() && chosen.first_weight == 1.0
}

/// Draws how the answer was found.
pub type Facts<'a> = &'a dyn Fn(&mut Ui, &mut Vec<Action>);

/// What stands in the tray besides what is asked with.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// Whether neighbours are shown at every depth.
    pub is_at_every_depth: bool,
    /// Whether the buttons stand here that take something in.
    pub has_ways: bool,
    /// How the answer was found, where that stands nowhere else.
    pub facts: Option<Facts<'a>>,
}

/// What is asked with, in words and with a chip each as soon as it is more than one picture, and the ways to take more in: in one line,
/// if they have room there. Views are often low, and each line above what is near is one too many.
pub fn show(ui: &mut Ui, session: &Session, beside: Beside<'_>, thumbs: &mut Thumbnails, actions: &mut Vec<Action>) {
    if is_plain(&session.opened.chosen) {
        if beside.has_ways || beside.facts.is_some() {
            ui.horizontal_wrapped(|ui| {
                if beside.has_ways {
                    show_ways(ui, session, beside.is_at_every_depth, actions);
                }
                beside.facts.into_iter().for_each(|facts| facts(ui, actions));
            });
        }
        return;
    }
    show_question(ui, session, beside, thumbs, actions);
    if let Some(facts) = beside.facts {
        ui.horizontal_wrapped(|ui| facts(ui, actions));
    }
}

fn show_question(
    ui: &mut Ui,
    session: &Session,
    beside: Beside<'_>,
    thumbs: &mut Thumbnails,
    actions: &mut Vec<Action>,
) {
    let chosen = &session.opened.chosen;
    let first = chosen.first_example();
    let is_open_id = ui.make_persistent_id("images asked with, one by one");
    let is_open = ui.data(|data| data.get_temp::<bool>(is_open_id).unwrap_or_default());
    let alike_id = ui.make_persistent_id("images that share a chip");
    let mut alike = ui.data(|data| data.get_temp::<Alike>(alike_id).unwrap_or_default());
    let examples = || chosen.examples.iter().map(|(example, weight)| (example, *weight));
    alike.follow(examples(), !ui.input(|input| input.pointer.any_down()));
    let first = first.as_ref().map(|first| (first, chosen.first_weight));
    let (chips, hidden) = chips_of(first, examples(), &alike, is_open);
    ui.data_mut(|data| data.insert_temp(alike_id, alike.clone()));
    let mut chips = Chips { session, chips: &chips, hidden, is_open, is_toggled: false, thumbs, actions };
    // Who wants to see those of a set one by one wants to see all.
    let has_details = has_details(ui) || is_open;
    let is_low = ui.available_height() < LOW;
    let ways_id = ui.make_persistent_id("width of the ways");
    // What they took the last time; at first about as much as they take mostly.
    let ways_width = ui.data(|data| data.get_temp::<f32>(ways_id)).unwrap_or(176.0);
    let room = ui.available_width();
    let (mut are_below, mut has_ways) = (has_details, beside.has_ways);
    in_a_line(ui, |ui| {
        show_clear(ui, chips.actions);
        show_details_switch(ui);
        let gap = ui.spacing().item_spacing.x;
        let mut left = ui.available_width();
        // Where they would leave no words they have a line of their own.
        has_ways &= left - ways_width - gap >= LEAST_WORDS;
        if has_ways {
            left -= ways_width + gap;
        }
        let form = chips.form_in(left - LEAST_WORDS - gap).filter(|form| {
            // Above each other they may be wider, if there is height enough.
            *form != Form::Short || is_low || chips.form_in(room) == Some(Form::Short)
        });
        are_below |= form.is_none();
        let for_chips = form.filter(|_| !are_below).map_or(0.0, |form| chips.all_in(form) + gap);
        show_words(ui, session, beside.is_at_every_depth, left - for_chips);
        if let (Some(form), false) = (form, are_below) {
            ui.scope(|ui| chips.show_in_a_line(ui, Some(form)));
        }
        if has_ways {
            let shown = ui.scope(|ui| show_ways(ui, session, beside.is_at_every_depth, chips.actions));
            let width = shown.response.rect.width();
            if (width - ways_width).abs() > 0.5 {
                ui.data_mut(|data| data.insert_temp(ways_id, width));
                ui.ctx().request_repaint();
            }
        }
    });
    if has_details {
        chips.show_all(ui);
    } else if are_below {
        let form = chips.form_in(room);
        let mut wants_all = false;
        in_a_line(ui, |ui| wants_all = chips.show_in_a_line(ui, form));
        if wants_all {
            ui.data_mut(|data| data.insert_temp(details_id(), true));
        }
    }
    if beside.has_ways && !has_ways {
        ui.horizontal_wrapped(|ui| show_ways(ui, session, beside.is_at_every_depth, chips.actions));
    }
    if chips.is_toggled {
        ui.data_mut(|data| data.insert_temp(is_open_id, !is_open));
    }
}

/// A line as high as a chip, with all of it in the middle.
fn in_a_line(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 6.0;
        add(ui);
    });
}

/// The way back to one picture.
fn show_clear(ui: &mut Ui, actions: &mut Vec<Action>) {
    let hint = "Ask with nothing else than the picture that is looked at";
    if ui.add(small("Clear")).on_hover_text(hint).accessible_name("Ask with nothing else").clicked() {
        actions.push(Choose::ClearExamples.into());
    }
}

/// What is asked, in words, in so many points; the pointer shows all of it.
fn show_words(ui: &mut Ui, session: &Session, is_at_every_depth: bool, width: f32) {
    if let Some(words) = question_words::question(session, is_at_every_depth) {
        let cut = single_line(ui.painter(), words.clone(), 11.5, palette().text, width.max(1.0));
        ui.add(Label::new(cut)).on_hover_text(words);
    }
}

/// Where it is remembered whether all that is asked with is to be seen at once.
fn details_id() -> Id {
    Id::unique("details of what is asked with")
}

fn has_details(ui: &Ui) -> bool {
    ui.data(|data| data.get_temp(details_id()).unwrap_or_default())
}

fn show_details_switch(ui: &mut Ui) {
    let has_details = has_details(ui);
    let hint = match has_details {
        true => "Show what is asked with in one line, so that more is seen of what is near",
        false => "Show all that is asked with at once, each with its name",
    };
    let switch = Button::selectable(has_details, RichText::new("Details").small()).frame_when_inactive(true).small();
    if ui.add(switch).on_hover_text(hint).accessible_name("Details of what is asked with").clicked() {
        ui.data_mut(|data| data.insert_temp(details_id(), !has_details));
    }
}

/// Buttons that take something in.
pub fn show_ways(ui: &mut Ui, session: &Session, is_at_every_depth: bool, actions: &mut Vec<Action>) {
    let chosen = &session.opened.chosen;
    let first = chosen.first_example();
    let others = session.opened.selection_to_ask_with().unwrap_or_default();
    let can_add = !others.is_empty();
    ui.spacing_mut().item_spacing.x = 6.0;
    like::show_adding(ui, session, actions);
    let count = others.len();
    let signs =
        [(Icon::Plus, FOR, "Also like the selected images"), (Icon::Minus, AGAINST, "Less like the selected images")];
    for (sign, weight, hint) in signs.into_iter().filter(|_| can_add) {
        let name = if weight > 0.0 { "+ Selection" } else { "− Selection" };
        let button = ui.add(small((sign.small(), "Selection")));
        if button.on_hover_text(format!("{hint} ({count})")).accessible_name(name).clicked() {
            actions.push(Choose::AddExamples(others.clone(), weight).into());
        }
    }
    if let Some(first) = &first {
        let name = question_words::example(session, first);
        let hint = format!("Hold {name}: ask with it also when another picture is clicked");
        if ui
            .add(small((Icon::Hold.small(), "Hold")))
            .on_hover_text(hint)
            .accessible_name(format!("Hold {name}"))
            .clicked()
        {
            actions.push(Choose::HoldExample.into());
        }
    }
    if let (Some(Example::Region { .. }), true) = (first, is_plain(chosen)) {
        let hint = "Search with the whole picture";
        if ui
            .add(small((RichText::new("Region").small(), Icon::Close.sized(10.0))))
            .on_hover_text(hint)
            .accessible_name(hint)
            .clicked()
        {
            actions.push(Choose::Region(None).into());
        }
    }
    if asks_with_region(chosen) && chosen.comparison == Comparison::Layer && !is_at_every_depth {
        anywhere::show(ui, session, actions);
    }
}

fn asks_with_region(chosen: &Chosen) -> bool {
    let is_first = chosen.region.is_some() && chosen.asked_probe().is_some();
    is_first || chosen.examples.iter().any(|(example, _)| matches!(example, Example::Region { .. }))
}
