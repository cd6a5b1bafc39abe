//! A row of tools in the form that there is room for: with all words, with signs where those do, or wrapped into two rows.
//!
//! How wide a form is, is known once it was drawn, and holds for what stood there then. Where less stands there, or there is more room,
//! the next wider form is tried anew: one that is too wide is discarded before it is seen.

use eframe::egui::{Align, Frame, Layout, Margin, Ui, Vec2};

use crate::ui::landmarks::Landmark;

/// Forms that are one row: with all words, and with signs. The next one is wrapped.
const SINGLE: usize = 2;

/// What stands where in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// From the left on.
    Left,
    /// From the right on.
    Right,
    /// The same as from the right, in a row of its own from the left on.
    Below,
}

/// What a row takes in each of its forms, as far as that is known, and how it was drawn last where it had room.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowForms {
    /// In points. Of no width is one that is not known.
    widths: [f32; SINGLE],
    last: Option<Drawn>,
}

#[derive(Clone, Copy, Debug)]
struct Drawn {
    form: usize,
    room: f32,
    /// What it took, in points.
    size: Vec2,
}

impl RowForms {
    /// The widest one that has room.
    fn fitting(&self, room: f32) -> usize {
        self.widths.iter().position(|width| *width <= room).unwrap_or(SINGLE)
    }

    /// Takes note of what was drawn, and says what is to come of it.
    fn note(&mut self, drawn: Drawn) -> Next {
        let Drawn { form, room, size } = drawn;
        if form < SINGLE {
            self.widths[form] = size.x;
            if size.x > room {
                return Next::Narrower;
            }
        }
        let last = self.last.replace(drawn);
        let is_as_before = last
            .is_some_and(|last| last.form == form && room <= last.room && (size - last.size).abs().max_elem() < 0.5);
        match form.checked_sub(1).filter(|_| !is_as_before) {
            Some(wider) => {
                self.widths[wider] = 0.0;
                Next::Wider
            }
            None => Next::Same,
        }
    }
}

/// What is drawn next.
enum Next {
    /// The same again.
    Same,
    /// The next narrower form, in the place of this one, which had no room.
    Narrower,
    /// In the next frame the next wider form: it may have room by now.
    Wider,
}

/// Draws the parts of a row by `show`, which is told which and whether there is room for words.
pub fn show(ui: &mut Ui, forms: &mut RowForms, mut show: impl FnMut(&mut Ui, Part, bool)) {
    let frame = Frame::new().inner_margin(Margin::symmetric(8, 4));
    let shown = frame.show(ui, |ui| {
        let room = ui.available_width();
        let form = forms.fitting(room);
        let size = match form {
            SINGLE => {
                let above = ui.horizontal_wrapped(|ui| show(ui, Part::Left, false)).response.rect;
                let below = ui.horizontal_wrapped(|ui| show(ui, Part::Below, true)).response.rect;
                above.size() + below.size()
            }
            _ => show_in_one(ui, form == 0, &mut show),
        };
        match forms.note(Drawn { form, room, size }) {
            Next::Same => {}
            Next::Narrower => ui.ctx().request_discard("the toolbar needs another form"),
            Next::Wider => ui.ctx().request_repaint(),
        }
    });
    Landmark::MapTools.mark(ui, shown.response.rect);
}

/// What it takes.
fn show_in_one(ui: &mut Ui, has_words: bool, show: &mut impl FnMut(&mut Ui, Part, bool)) -> Vec2 {
    let row = ui.horizontal(|ui| {
        let left = ui.horizontal(|ui| show(ui, Part::Left, has_words)).response.rect.width();
        let right = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            show(ui, Part::Right, has_words);
            ui.min_rect().width()
        });
        left + right.inner + 2.0 * ui.spacing().item_spacing.x
    });
    Vec2::new(row.inner, row.response.rect.height())
}
