//! Places in the gallery to go to at once: the letters of names and labels, the months of files.

use eframe::egui::{Button, ComboBox, ScrollArea, Ui};

use crate::domain::{ImageRef, Sort, moment_in_words};
use crate::session::Session;

/// Fewer images are scrolled through at once.
const WORTH_FROM: usize = 500;

/// No list is longer: who wants one of so many places writes a filter.
const MARKS: usize = 120;

/// Shows what can be gone to in the order of the gallery, if it has such places; says which cell is wished for.
pub(super) fn show(ui: &mut Ui, session: &Session) -> Option<usize> {
    let opened = &session.opened;
    if opened.shown.len() < WORTH_FROM || !has_marks(opened.chosen.sort) {
        return None;
    }
    let mut wished = None;
    let combo = ComboBox::from_id_salt("jump").width(64.0).selected_text("Go to").show_ui(ui, |ui| {
        ScrollArea::vertical().show(ui, |ui| {
            for (name, cell) in marks(session) {
                if ui.add(Button::selectable(false, name)).clicked() {
                    wished = Some(cell);
                }
            }
        });
    });
    let hint = match opened.chosen.sort {
        Sort::Newest => "Go to the files of a month",
        Sort::Path | Sort::Label | Sort::Pixels | Sort::Similarity | Sort::Centrality(_) | Sort::Column(_) => {
            "Go to a letter"
        }
    };
    combo.response.on_hover_text(hint).accessible_name("Go to");
    wished
}

fn has_marks(sort: Sort) -> bool {
    match sort {
        Sort::Path | Sort::Label | Sort::Newest => true,
        Sort::Pixels | Sort::Similarity | Sort::Centrality(_) | Sort::Column(_) => false,
    }
}

/// The places, each with the first cell of it. What belongs together stands together, so each is found by halving: a handful
/// of looks at the order, however many images it has.
fn marks(session: &Session) -> Vec<(String, usize)> {
    let shown = &session.opened.shown;
    let name_at = |cell: usize, length: usize| {
        let image = shown.get(cell).and_then(|id| session.image(id));
        image.map(|image| mark_of(image, session.opened.chosen.sort, length)).unwrap_or_default()
    };
    let Some(last) = shown.len().checked_sub(1) else { return Vec::new() };
    // What all have in common tells nothing apart: the letter after it does.
    let [first_name, last_name] = [0, last].map(|cell| name_at(cell, usize::MAX));
    let common = first_name.chars().zip(last_name.chars()).take_while(|(a, b)| a == b).count();
    let length = match session.opened.chosen.sort {
        Sort::Newest => usize::MAX,
        Sort::Path | Sort::Label | Sort::Pixels | Sort::Similarity | Sort::Centrality(_) | Sort::Column(_) => {
            common + 1
        }
    };
    let mut marks: Vec<(String, usize)> = Vec::new();
    let mut cell = 0;
    while cell <= last && marks.len() < MARKS {
        let name = name_at(cell, length);
        let (mut here, mut beyond) = (cell, shown.len());
        while beyond - here > 1 {
            let middle = here + (beyond - here) / 2;
            if name_at(middle, length) == name { here = middle } else { beyond = middle }
        }
        marks.push((name, cell));
        cell = beyond;
    }
    let shortened = |(name, cell): (String, usize)| {
        let end = name.rsplit('/').next().filter(|end| !end.is_empty()).map_or(name.clone(), str::to_owned);
        (if end.is_empty() { "(none)".to_owned() } else { end }, cell)
    };
    marks.into_iter().map(shortened).collect()
}

/// What an image stands for in an order, of so many letters at most.
fn mark_of(image: ImageRef<'_>, sort: Sort, length: usize) -> String {
    match sort {
        Sort::Path => image.path.text.chars().take(length).collect(),
        Sort::Label => image.label.unwrap_or("").chars().take(length).collect(),
        // The month, without the day.
        Sort::Newest => moment_in_words(image.modified_unix_secs).chars().take(7).collect(),
        Sort::Pixels | Sort::Similarity | Sort::Centrality(_) | Sort::Column(_) => String::new(),
    }
}
