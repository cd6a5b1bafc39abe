//! One picture as large as the window, at its own resolution.
//!
//! It shows the probe in the place of the views: pixels come from the engine in pieces, decoded at the scale at which they are
//! seen; until they are there the thumbnail or a coarser scale is stretched. What is held is bounded, however large the picture is.

mod bar;
pub mod boxes;
mod camera;
mod closeup;
mod overlay;
mod pieces;

use eframe::egui::{self, Key, Modifiers, Role, Sense, Ui, WidgetInfo};

use crate::engine::PicturePieces;
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::paint::HeatMapStyle;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::asked_menu;
use crate::ui::widgets::empty::empty_state;

pub use camera::PictureCamera;
pub use closeup::{Closeup, Placed};

/// What the keys for plus and minus magnify by.
const KEY_ZOOM: f64 = 1.5;

/// How the channel that is chosen elsewhere is drawn over the picture.
#[derive(Clone, Copy, Debug)]
pub struct ChannelLooks {
    /// The colours.
    pub style: HeatMapStyle,
    /// The values at their ends.
    pub range: [f32; 2],
}

/// The viewer, open or not.
pub struct Viewer {
    /// Whether it is open.
    pub is_open: bool,
    /// Whether keys are meant for it.
    pub has_keyboard: bool,
    shown: Option<Closeup>,
    /// Whether the channel lies over the picture.
    has_overlay: bool,
    /// How strongly, in `0..=1`.
    opacity: f32,
    /// Whether the boxes that were imported lie over it.
    has_boxes: bool,
}

impl Default for Viewer {
    fn default() -> Self {
        Self { is_open: false, has_keyboard: true, shown: None, has_overlay: true, opacity: 0.6, has_boxes: true }
    }
}

impl Viewer {
    /// Takes what arrived; pieces of other pictures are let go. Called once a frame.
    pub fn begin_frame(&mut self, ctx: &egui::Context, arrived: &mut Vec<PicturePieces>) {
        for news in arrived.drain(..) {
            if let Some(shown) = &mut self.shown {
                shown.take(news);
            }
        }
        if let Some(shown) = &mut self.shown {
            shown.begin_frame(ctx);
        }
    }

    /// Bytes of texture in use.
    pub fn bytes(&self) -> usize {
        self.shown.as_ref().map_or(0, Closeup::bytes)
    }

    /// Lets go of what is held, and says that nobody looks any more. To be called while it is not shown.
    pub fn rest(&mut self, actions: &mut Vec<Action>) {
        if self.shown.take().is_some() {
            actions.push(Ask::Picture(None).into());
        }
    }

    /// Forgets everything: ids mean other images.
    pub fn clear(&mut self) {
        self.shown = None;
        self.is_open = false;
    }

    /// Draws the picture of the probe in all of `ui`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        looks: Option<ChannelLooks>,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let Some(image) = session.opened.chosen.probe.and_then(|probe| session.image(probe)) else {
            self.is_open = false;
            return;
        };
        if self.shown.as_ref().is_none_or(|shown| shown.image != image.id) {
            let mut shown = Closeup::of(image.id);
            actions.push(shown.ask_size(ui.ctx()));
            self.shown = Some(shown);
        }
        let Some(shown) = &mut self.shown else { return };
        actions.push(Ask::Boxes(image.id).into());
        bar::show(
            ui,
            &mut bar::Bar {
                session,
                image,
                size: shown.size,
                camera: &mut shown.camera,
                is_open: &mut self.is_open,
                has_overlay: &mut self.has_overlay,
                opacity: &mut self.opacity,
                has_channel: looks.is_some(),
                has_boxes: &mut self.has_boxes,
            },
            actions,
        );
        let room = ui.available_rect_before_wrap();
        if self.has_keyboard {
            keys(ui.ctx(), &mut shown.camera, &mut self.is_open, actions);
        }
        let reason = image.problem.map(str::to_owned).or_else(|| {
            let (of, problem) = session.opened.picture_problem.as_ref()?;
            (*of == image.id).then(|| problem.reason())
        });
        if let Some(reason) = reason {
            empty_state(ui, "This picture could not be read", &reason, |_| {});
            return;
        }
        let response = ui.allocate_rect(room, Sense::click_and_drag());
        let name = format!("Picture: {}", image.path.text);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        asked_menu::offer(&response, image.id);
        let placed = shown.show(ui, &response, image, thumbs.get(image.id));
        actions.extend(shown.ask(ui.ctx()));
        let Some(Placed { place, size }) = placed else { return };
        if let Some(looks) = looks.filter(|_| self.has_overlay) {
            let style = HeatMapStyle { opacity: self.opacity, is_overlay: true, is_smooth: true, ..looks.style };
            overlay::show(ui, session, image.id, size, place, room, ChannelLooks { style, ..looks });
        }
        // What is like that part is seen among the views.
        if self.has_boxes && boxes::show(ui, session, (image.id, size), [place, room], egui::Rect::NOTHING, actions) {
            self.is_open = false;
        }
    }
}

/// Keys that mean something here as long as nothing is typed.
fn keys(ctx: &egui::Context, camera: &mut PictureCamera, is_open: &mut bool, actions: &mut Vec<Action>) {
    if ctx.text_edit_focused() || ctx.any_popup_open() {
        return;
    }
    let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    for (key, by) in [(Key::ArrowLeft, -1), (Key::ArrowRight, 1), (Key::Home, -isize::MAX), (Key::End, isize::MAX)] {
        if pressed(key) {
            actions.push(Choose::Step(by).into());
        }
    }
    if pressed(Key::Escape) {
        *is_open = false;
    }
    if pressed(Key::Num0) {
        camera.fit();
    }
    if pressed(Key::Num1) {
        camera.wish_pixels();
    }
    for (key, factor) in [(Key::Plus, KEY_ZOOM), (Key::Equals, KEY_ZOOM), (Key::Minus, 1.0 / KEY_ZOOM)] {
        if pressed(key) {
            camera.wish_zoom(factor);
        }
    }
}
