//! One picture as large as the window, at its own resolution.
//!
//! It shows the probe in the place of the views: pixels come from the engine in pieces, decoded at the scale at which they are
//! seen; until they are there the thumbnail or a coarser scale is stretched. What is held is bounded, however large the picture is.

mod bar;
mod camera;
mod overlay;
mod pieces;

use eframe::egui::{self, Color32, Key, Modifiers, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2};

use crate::domain::{ImageId, PicturePiece, Region};
use crate::engine::PicturePieces;
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::paint::HeatMapStyle;
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::empty::empty_state;

pub use camera::PictureCamera;
use pieces::Pieces;

/// What one notch of the mouse wheel magnifies by.
const NOTCH_ZOOM: f32 = 1.2;
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
    shown: Option<Shown>,
    /// Whether the channel lies over the picture.
    has_overlay: bool,
    /// How strongly, in `0..=1`.
    opacity: f32,
}

/// The picture that is shown.
struct Shown {
    image: ImageId,
    /// Width and height as its file has it, once that is known for certain.
    size: Option<[u32; 2]>,
    camera: PictureCamera,
    pieces: Pieces,
}

impl Default for Viewer {
    fn default() -> Self {
        Self { is_open: false, has_keyboard: true, shown: None, has_overlay: true, opacity: 0.6 }
    }
}

impl Viewer {
    /// Takes what arrived; pieces of other pictures are let go. Called once a frame.
    pub fn begin_frame(&mut self, ctx: &egui::Context, arrived: &mut Vec<PicturePieces>) {
        for news in arrived.drain(..) {
            let Some(shown) = self.shown.as_mut().filter(|shown| shown.image == news.image) else { continue };
            if shown.size.is_some_and(|known| known != news.size) {
                // The file was replaced meanwhile.
                shown.pieces = Pieces::default();
            }
            shown.size = Some(news.size);
            shown.pieces.take(news.pieces);
        }
        if let Some(shown) = &mut self.shown {
            shown.pieces.begin_frame(ctx);
        }
    }

    /// Bytes of texture in use.
    pub fn bytes(&self) -> usize {
        self.shown.as_ref().map_or(0, |shown| shown.pieces.bytes())
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
            let (camera, pieces) = Default::default();
            self.shown = Some(Shown { image: image.id, size: None, camera, pieces });
            actions.push(Ask::Picture(Some(pieces::size_of(image.id))).into());
        }
        let Some(shown) = &mut self.shown else { return };
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
        let thumbnail = thumbs.get(image.id);
        // Its own size, or what was recorded of it; a thumbnail has at least its proportions.
        let recorded = Some([image.width, image.height]).filter(|size| !size.contains(&0));
        let Some(size) = shown.size.or(recorded) else {
            if let Some((texture, size_px)) = thumbnail {
                crate::ui::widgets::tile::paint_picture(ui.painter(), room, texture, size_px);
            }
            return;
        };
        navigate(ui, &response, room, size, &mut shown.camera);
        let place = shown.camera.place(room, size);
        let painter = ui.painter_at(room);
        painter.rect_filled(room, 0.0, palette().ground);
        if let Some((texture, _)) = thumbnail {
            painter.image(texture, place, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
        }
        if shown.size.is_some() {
            let level = shown.camera.level(ui.ctx().pixels_per_point(), size);
            let wanted = PicturePiece::touching(size, level, seen_part(place, room));
            shown.pieces.paint(&painter, place, size, &wanted);
            actions.extend(shown.pieces.ask(ui.ctx(), image.id, &wanted));
        }
        if let Some(looks) = looks.filter(|_| self.has_overlay) {
            let style = HeatMapStyle { opacity: self.opacity, is_overlay: true, is_smooth: true, ..looks.style };
            overlay::show(ui, session, image.id, size, place, room, ChannelLooks { style, ..looks });
        }
    }
}

/// What of a picture that is drawn in `place` is seen in `room`.
fn seen_part(place: Rect, room: Rect) -> Region {
    let seen = place.intersect(room);
    let share = |at: egui::Pos2| (at - place.min) / place.size().max(Vec2::splat(1e-3));
    let [min, max] = [share(seen.min), share(seen.max)];
    Region { left: min.x, top: min.y, right: max.x, bottom: max.y }
}

/// The wheel and two fingers magnify, a drag moves, a double click goes from the whole to single pixels and back.
fn navigate(ui: &Ui, response: &Response, room: Rect, size: [u32; 2], camera: &mut PictureCamera) {
    let pixels_per_point = ui.ctx().pixels_per_point();
    camera.follow(room, size, pixels_per_point);
    if response.dragged() {
        camera.pan(response.drag_delta(), room, size);
    }
    if let Some(pointer) = response.hover_pos() {
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta.y, input.zoom_delta()));
        let notch = ui.ctx().options(|options| options.input_options.line_scroll_speed).max(1.0);
        let factor = f64::from(NOTCH_ZOOM.powf(scroll / notch) * pinch);
        if (factor - 1.0).abs() > 1e-6 {
            camera.zoom_about(room, size, pointer, factor, pixels_per_point);
        }
        if response.double_clicked() {
            match camera.is_fitted() {
                true => camera.show_pixels(room, size, pointer, pixels_per_point),
                false => camera.fit(),
            }
            camera.follow(room, size, pixels_per_point);
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
