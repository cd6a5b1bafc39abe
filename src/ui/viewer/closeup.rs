//! One picture at its own resolution: what is seen of it, and the pixels for that.

use eframe::egui::{self, Color32, Rect, Response, TextureId, Ui, Vec2, pos2};

use super::PictureCamera;
use super::pieces::{self, Pieces};
use crate::domain::{ImageId, ImageRef, PicturePiece, Region};
use crate::engine::PicturePieces;
use crate::session::{Action, Ask};
use crate::ui::theme::palette;
use crate::ui::widgets::tile::paint_picture;

/// What one notch of the mouse wheel magnifies by.
const NOTCH_ZOOM: f32 = 1.2;
/// Seconds after which the size of a picture is asked for again.
const PATIENCE_SECS: f64 = 5.0;

/// A picture that is looked at closely.
pub struct Closeup {
    pub(super) image: ImageId,
    /// Width and height as its file has it, once that is known for certain.
    pub(super) size: Option<[u32; 2]>,
    pub(super) camera: PictureCamera,
    pieces: Pieces,
    /// What is seen of it.
    wanted: Vec<PicturePiece>,
    size_asked_at_secs: Option<f64>,
}

/// Where a picture is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// The whole of it, some perhaps beyond what is seen.
    pub place: Rect,
    /// Its width and height in pixels.
    pub size: [u32; 2],
}

impl Closeup {
    /// Nothing of it is there yet.
    pub fn of(image: ImageId) -> Self {
        let (camera, pieces) = Default::default();
        Self { image, size: None, camera, pieces, wanted: Vec::new(), size_asked_at_secs: None }
    }

    /// The same of one that fills its room however small it is: what lies over it is to be seen.
    pub fn filling(image: ImageId) -> Self {
        Self { camera: PictureCamera::filling(), ..Self::of(image) }
    }

    /// Which picture.
    pub fn image(&self) -> ImageId {
        self.image
    }

    /// Takes what arrived, if it is of this picture; gives back what is not.
    pub fn take(&mut self, news: PicturePieces) -> Option<PicturePieces> {
        if news.image != self.image {
            return Some(news);
        }
        if self.size.is_some_and(|known| known != news.size) {
            // The file was replaced meanwhile.
            self.pieces = Pieces::default();
        }
        self.size = Some(news.size);
        self.pieces.take(news.pieces);
        None
    }

    /// Uploads some of what arrived. Called once a frame.
    pub fn begin_frame(&mut self, ctx: &egui::Context) {
        self.pieces.begin_frame(ctx);
    }

    /// Bytes of texture in use.
    pub fn bytes(&self) -> usize {
        self.pieces.bytes()
    }

    /// Asks how large it is.
    pub fn ask_size(&mut self, ctx: &egui::Context) -> Action {
        self.size_asked_at_secs = Some(ctx.time());
        Ask::Picture(Some(pieces::size_of(self.image))).into()
    }

    /// Asks for what is missing of what is seen, unless it is asked for already.
    pub fn ask(&mut self, ctx: &egui::Context) -> Option<Action> {
        if self.size.is_none() {
            let is_asked = self.size_asked_at_secs.is_some_and(|asked| ctx.time() - asked < PATIENCE_SECS);
            return (!is_asked).then(|| self.ask_size(ctx));
        }
        self.pieces.ask(ctx, self.image, &self.wanted)
    }

    /// Whether something of what is seen is not there yet.
    pub fn is_waiting(&self) -> bool {
        self.size.is_none() || !self.pieces.has_all(&self.wanted)
    }

    /// Draws it where `response` is, as that moves and magnifies it; `thumbnail` stands for what is not there yet. Says where
    /// it lies, once its size is known.
    pub fn show(
        &mut self,
        ui: &Ui,
        response: &Response,
        image: ImageRef<'_>,
        thumbnail: Option<(TextureId, Vec2)>,
    ) -> Option<Placed> {
        let room = response.rect;
        self.wanted.clear();
        // Its own size, or what was recorded of it; a thumbnail has at least its proportions.
        let recorded = Some([image.width, image.height]).filter(|size| !size.contains(&0));
        let Some(size) = self.size.or(recorded) else {
            if let Some((texture, size_px)) = thumbnail {
                paint_picture(ui.painter(), room, texture, size_px);
            }
            return None;
        };
        navigate(ui, response, room, size, &mut self.camera);
        let place = self.camera.place(room, size);
        let painter = ui.painter_at(room);
        painter.rect_filled(room, 0.0, palette().ground);
        if let Some((texture, _)) = thumbnail {
            painter.image(texture, place, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
        }
        if self.size.is_some() {
            let level = self.camera.level(ui.ctx().pixels_per_point(), size);
            self.wanted = PicturePiece::touching(size, level, seen_part(place, room));
            self.pieces.paint(&painter, place, size, &self.wanted);
        }
        Some(Placed { place, size })
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
