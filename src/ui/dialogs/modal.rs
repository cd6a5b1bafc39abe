//! What every dialog lies in: a frame in the middle of the window, which never gets lower while it is open.

use eframe::egui::{self, Frame, Id, Key, Margin, Modal, Modifiers, RichText, Ui, vec2};

use crate::ui::theme::palette;
use crate::ui::widgets::text::main_button;

/// Shows `content` under `title`; true once `content` says so or the person turns away (Escape, a click outside).
///
/// What it says may get shorter from one step to the next. A frame that shrank with it towards the middle would draw what is under the
/// pointer away, and put something else there.
pub(super) fn modal(ctx: &egui::Context, title: &str, width: f32, content: impl FnOnce(&mut Ui) -> bool) -> bool {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    let room = ctx.content_rect().size() - vec2(64.0, 64.0);
    let id = Id::unique(title);
    let highest = Highest::of(ctx, id);
    let response = Modal::new(id).frame(frame).show(ctx, |ui| {
        ui.set_width(width.min(room.x));
        // Else a list in it has the room from where it begins now to the window's end, grows by that, and begins higher the next time.
        ui.set_max_height(room.y);
        ui.label(RichText::new(title).heading().color(palette().strong));
        ui.add_space(4.0);
        let inner = content(ui);
        highest.note(ui, id);
        // Only now, so that the content is laid out as if there were no more room than it needs.
        ui.expand_to_include_y(ui.min_rect().top() + highest.height.min(room.y));
        inner
    });
    response.should_close() || response.inner
}

/// The button that does what a dialog is for; Enter presses it, unless something else has the keyboard.
pub(super) fn main_or_enter(ui: &mut Ui, text: &str) -> bool {
    main_or_enter_if(ui, true, text)
}

/// The same of a dialog that takes something, where it cannot be pressed unless it `can` be taken.
pub(super) fn main_or_enter_if(ui: &mut Ui, can: bool, text: &str) -> bool {
    let why_not = "What was to be taken is there no more: choose above what else";
    let button = ui.add_enabled_ui(can, |ui| main_button(ui, text).on_disabled_hover_text(why_not)).inner;
    let is_clicked = button.clicked();
    if !can {
        return false;
    }
    let is_free = ui.memory(|memory| memory.focused().is_none());
    is_clicked || (is_free && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)))
}

/// How high a dialog was at most since it was opened.
#[derive(Clone, Copy, Default)]
struct Highest {
    height: f32,
    /// In which pass that was noted.
    pass: u64,
}

impl Highest {
    /// As noted in the pass before this one; where that noted none, the dialog was closed since.
    fn of(ctx: &egui::Context, id: Id) -> Self {
        let pass = ctx.cumulative_pass_nr();
        let known = ctx.data(|data| data.get_temp::<Self>(id)).filter(|known| known.pass + 1 >= pass);
        Self { pass, ..known.unwrap_or_default() }
    }

    /// Notes how high the content is. What is only measured is not seen by anybody.
    fn note(self, ui: &Ui, id: Id) {
        let height = if ui.is_sizing_pass() { self.height } else { self.height.max(ui.min_rect().height()) };
        ui.ctx().data_mut(|data| data.insert_temp(id, Self { height, ..self }));
    }
}
