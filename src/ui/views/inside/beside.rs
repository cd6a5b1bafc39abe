//! What lies beside the picture: as wide as pictures of the collection usually leave room, unless the person made it otherwise. By the
//! shape of each it would jump from picture to picture, and with it all that one looks at.

use eframe::egui::containers::panel::PanelState;
use eframe::egui::{Frame, Margin, Panel, Rect, Ui, Vec2, vec2};

use crate::session::Session;

/// What the panel is known by.
const NAME: &str = "inside: channels beside";
/// Channels lie beside the picture where there is so much width, and more of it than of height.
const BESIDE_MIN: f32 = 520.0;
/// What is beside takes this share of the width at least, as far as that is no more than so many points.
const LEAST_SHARE: f32 = 0.4;
const LEAST_MOST: f32 = 620.0;
/// And this share at most.
const MOST_SHARE: f32 = 0.68;
/// Around the picture, in points.
const AROUND: f32 = 24.0;
/// What is in it may make the panel wider by so many points; who drags its border moves it further.
const UNTOUCHED: f32 = 4.0;

/// Draws what lies beside the picture or, where there is more height than width, below it. `usual` is the height of pictures beside their
/// width, and `made` how wide it was made last.
pub(super) fn show(ui: &mut Ui, session: &Session, usual: f32, made: &mut f32, content: impl FnOnce(&mut Ui)) {
    // A panel becomes as wide as what is in it: a sentence, while the network runs, would have the picture jump.
    let content = |ui: &mut Ui| {
        ui.set_min_width(ui.available_width());
        content(ui);
    };
    let room = ui.available_size();
    let frame = Frame::new().inner_margin(Margin::same(4));
    if room.x >= BESIDE_MIN && room.x > room.y * 1.1 {
        let panel = Panel::right(NAME).resizable(true).frame(frame);
        let width = width(session, usual, room).round();
        follow(ui, width, made);
        panel.default_size(width).size_range(190.0..=room.x * 0.7).show(ui, content);
    } else {
        Panel::bottom("inside: channels below")
            .resizable(true)
            .default_size(room.y * 0.4)
            .size_range(70.0..=(room.y * 0.75).max(70.0))
            .frame(frame)
            .show(ui, content);
    }
}

/// What a picture of the usual shape leaves, when it is as high as the room.
fn width(session: &Session, usual: f32, room: Vec2) -> f32 {
    let least = (room.x * LEAST_SHARE).min(LEAST_MOST);
    if session.opened.chosen.beside.is_some() {
        return least;
    }
    (room.x - room.y / usual.max(0.1) - AROUND).clamp(least, (room.x * MOST_SHARE).max(least))
}

/// A panel stays as wide as it was: one that the person did not touch becomes as wide as suits the room there is now.
fn follow(ui: &Ui, width: f32, made: &mut f32) {
    let id = ui.scope_id().with(NAME);
    let known = PanelState::load(ui.ctx(), id);
    let is_untouched = |known: &PanelState| (known.size().x - *made).abs() <= UNTOUCHED;
    if let Some(mut state) = known.filter(|known| is_untouched(known) && known.size().x != width) {
        state.outer_rect = Rect::from_min_size(state.outer_rect.min, vec2(width, state.outer_rect.height()));
        ui.data_mut(|data| data.insert_persisted(id, state));
        *made = width;
    }
    if known.is_none() {
        *made = width;
    }
}
