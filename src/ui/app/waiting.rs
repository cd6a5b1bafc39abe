//! While the system's dialog is waited for. It takes a moment to come, and whoever types meanwhile types for it.

use eframe::egui::{Align2, Area, Context, Event, Frame, Id, Key, Margin, Order, RichText};

use super::App;
use crate::ui::theme::palette;

/// At most so wide, in points.
const WIDTH: f32 = 320.0;

impl App {
    /// Takes the keys of this frame away from the window: what they call, and what they write. Escape waits no longer, as it would turn away
    /// from the dialog if that were there.
    pub(super) fn rest_keys(&mut self, ctx: &Context) {
        if !self.chooser.is_asking() {
            return;
        }
        self.typed_ahead.clear();
        // Keys that are let go are told all the same, or they would be held down for ever.
        let is_typed = |event: &Event| {
            matches!(
                event,
                Event::Key { pressed: true, .. }
                    | Event::Text(_)
                    | Event::Paste(_)
                    | Event::Copy
                    | Event::Cut
                    | Event::Ime(_)
            )
        };
        let is_left = ctx.input(|input| input.key_pressed(Key::Escape));
        ctx.input_mut(|input| input.events.retain(|event| !is_typed(event)));
        if is_left {
            self.chooser.give_up();
        }
    }

    /// Says what is waited for, and lets the person go on without it.
    pub(super) fn show_waiting(&mut self, ctx: &Context) {
        let Some(question) = self.chooser.open_question() else { return };
        // Over dialogs, too: some of them ask.
        let area = Area::new(Id::unique("waiting for a dialog")).order(Order::Tooltip).fade_in(false);
        let shown = area.anchor(Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
            Frame::popup(&ctx.global_style()).inner_margin(Margin::same(14)).show(ui, |ui| {
                ui.set_max_width(WIDTH.min(ctx.content_rect().width() - 40.0));
                ui.label(RichText::new("Waiting for the system's dialog").strong().color(palette().strong));
                ui.label(RichText::new(question.title()).color(palette().text));
                let about =
                    "Until it has answered, keys do nothing in this window, but for Escape, which waits no longer.";
                ui.label(RichText::new(about).small().color(palette().weak));
                ui.add_space(4.0);
                ui.button("Stop waiting")
                    .on_hover_text("Go on without it; what it says later changes nothing")
                    .clicked()
            })
        });
        if shown.inner.inner {
            self.chooser.give_up();
        }
    }
}
