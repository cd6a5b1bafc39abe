//! One picture in a grid or strip: thumbnail, outline, caption.

mod captions;

use eframe::egui::epaint::RectShape;
use eframe::egui::{
    self, Align2, Color32, FontId, Painter, Pos2, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use crate::domain::{ImageId, ImageRef};
use crate::session::{Choose, Pick, Session};
use crate::ui::theme::{self, palette};
use crate::ui::thumbnails::{Thumbnail, Thumbnails};
use crate::ui::widgets::tags_seen::tags_of;
use crate::ui::widgets::text::bytes;
use crate::ui::widgets::{Beneath, asked_menu, innermost};

pub use captions::{
    name_among_others, name_beside_label, paint_caption, paint_caption_of, paint_name, paint_number, paint_tick,
};

/// Height of one caption line in points.
pub const CAPTION_HEIGHT: f32 = 17.0;

/// How a tile is marked. The same marks mean the same in every view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TileMarks {
    /// It is in the selection.
    pub selected: bool,
    /// The pointer is over the image, in whichever view.
    pub hovered: bool,
    /// Its activations and neighbours are shown.
    pub probe: bool,
    /// How its file is beside what is known of it.
    pub file: FileNow,
}

/// How the file of an image is now, in a folder that is watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileNow {
    /// As it was when it was taken in.
    #[default]
    AsKnown,
    /// Another one than it was.
    Changed,
    /// Not there any more.
    Removed,
}

impl FileNow {
    fn of(session: &Session, id: ImageId) -> Self {
        let pictures = &session.opened.folder_pictures;
        match (pictures.removed.contains(id), pictures.changed.contains(id)) {
            (true, _) => Self::Removed,
            (false, true) => Self::Changed,
            (false, false) => Self::AsKnown,
        }
    }

    /// A word to stand on its picture, and what it means.
    fn in_words(self) -> Option<[&'static str; 2]> {
        match self {
            Self::AsKnown => None,
            Self::Changed => {
                Some(["changed", "Its file was changed since: what is known is of the picture as it was."])
            }
            Self::Removed => {
                Some(["removed", "Its file is no longer in the folder. What is known of it is still here."])
            }
        }
    }
}

impl TileMarks {
    /// The marks of `image` in `session`.
    pub fn of(session: &Session, image: ImageRef<'_>) -> Self {
        Self {
            selected: session.opened.chosen.selection.contains(image.id),
            hovered: session.opened.hovered == Some(image.id),
            probe: session.opened.chosen.probe == Some(image.id),
            file: FileNow::of(session, image.id),
        }
    }
}

/// A picture to be drawn into a rectangle.
pub struct Tile<'a> {
    /// Which.
    pub image: ImageRef<'a>,
    /// Marked how.
    pub marks: TileMarks,
    /// What screen readers and tests call it.
    pub name: &'a str,
    /// What else is told of it while the pointer is over it, in the same bubble.
    pub more: Option<&'a dyn Fn(&mut Ui)>,
}

/// How a picture lies in the room that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    /// All of it, in the middle.
    Whole,
    /// All of it, at the lower edge: what is written below it is right beneath it, whatever its shape.
    Standing,
    /// Its middle, so that no room is left: for those beside each other that are looked at together.
    Filling,
}

impl Tile<'_> {
    /// Draws the picture into `rect` and says what the pointer does with it.
    ///
    /// The tile can be clicked but takes no keyboard focus: thousands of stops for the Tab key would help nobody, and
    /// the grid has keys of its own.
    pub fn show(&self, ui: &Ui, rect: Rect, id: egui::Id, thumbnails: &mut Thumbnails) -> Response {
        self.show_as(ui, rect, id, thumbnails, Lie::Whole, None)
    }

    /// As [`Tile::show`], but the picture stands on the lower edge of `rect`, where its caption begins, and is drawn with others beneath
    /// all that is about them.
    pub fn show_standing(
        &self,
        ui: &Ui,
        rect: Rect,
        id: egui::Id,
        thumbnails: &mut Thumbnails,
        beneath: &mut Beneath,
    ) -> Response {
        self.show_as(ui, rect, id, thumbnails, Lie::Standing, Some(beneath))
    }

    /// As [`Tile::show`], but the middle of the picture fills `rect`.
    pub fn show_filling(&self, ui: &Ui, rect: Rect, id: egui::Id, thumbnails: &mut Thumbnails) -> Response {
        self.show_as(ui, rect, id, thumbnails, Lie::Filling, None)
    }

    fn show_as(
        &self,
        ui: &Ui,
        rect: Rect,
        id: egui::Id,
        thumbnails: &mut Thumbnails,
        lie: Lie,
        beneath: Option<&mut Beneath>,
    ) -> Response {
        let response = ui.interact(rect, id, Sense::CLICK);
        let marks = self.marks;
        let file = marks.file.in_words();
        response.widget_info(|| match file {
            None => WidgetInfo::selected(Role::Button, true, marks.selected, self.name),
            Some([word, _]) => {
                WidgetInfo::selected(Role::Button, true, marks.selected, format!("{} ({word})", self.name))
            }
        });
        let painter = ui.painter();
        let mut marked = rect;
        match self.image.problem {
            Some(_) => paint_broken(painter, rect),
            None => match thumbnails.look_up(self.image.id) {
                Thumbnail::Ready(texture, size_px) => {
                    let picture = match lie {
                        Lie::Whole => {
                            marked = fit(rect, size_px);
                            part(rect, (texture, ALL), size_px)
                        }
                        Lie::Standing => {
                            marked = stand(rect, size_px);
                            part(marked, (texture, ALL), size_px)
                        }
                        Lie::Filling => {
                            let all = RectShape::filled(rect, 3.0, Color32::WHITE);
                            all.with_texture(texture, middle_of(size_px, rect.size()))
                        }
                    };
                    match beneath {
                        Some(beneath) => beneath.add(picture),
                        None => _ = painter.add(picture),
                    }
                }
                Thumbnail::Waiting => paint_waiting(painter, rect),
                Thumbnail::Broken => paint_broken(painter, rect),
            },
        }
        paint_marks(painter, marked, marks);
        asked_menu::offer(&response, self.image.id);
        innermost::on_hover_ui(&response, |ui| {
            describe(ui, self.image);
            if let Some([_, meaning]) = file {
                ui.label(RichText::new(meaning).small().color(palette().warning));
            }
            if let Some(more) = self.more {
                more(ui);
            }
        });
        response
    }
}

/// What is known of an image, for the tooltip of its tile.
fn describe(ui: &mut Ui, image: ImageRef<'_>) {
    ui.label(RichText::new(image.path.text).color(palette().strong));
    if let Some(reason) = image.problem {
        ui.colored_label(palette().problem, "This picture could not be read.");
        ui.label(reason);
        return;
    }
    let mut facts = bytes(image.file_bytes);
    if image.width > 0 {
        facts = format!("{} × {}  ·  {facts}", image.width, image.height);
    }
    ui.label(RichText::new(facts).small().color(palette().weak));
}

/// Tells the tags of the image of a tile, among what else is told of it while the pointer is over it.
pub fn tell_tags(ui: &mut Ui, session: &Session, id: ImageId) {
    let tags = tags_of(&session.opened.tags, id);
    if !tags.is_empty() {
        ui.label(RichText::new(format!("Tags: {}", tags.join(", "))).small());
    }
}

/// What a click on a picture chooses, by the keys held. Alt takes it out of the selection, as it does with a band or a lasso.
pub fn click(image: ImageId, held: egui::Modifiers) -> Choose {
    if held.alt {
        return Choose::AddToSelection(image, Pick::Remove);
    }
    let pick = match (held.shift, held.command) {
        (true, _) => Pick::Range,
        (false, true) => Pick::Toggle,
        (false, false) => Pick::Replace,
    };
    Choose::Click(image, pick)
}

/// How several pictures that are picked at once change the selection, by the keys that are held now.
pub fn pick_held(ui: &Ui) -> Pick {
    ui.input(|input| pick_of_set(input.modifiers))
}

/// How several pictures that are picked at once change the selection, by the keys held. Without any they replace it, which a
/// person may have set otherwise.
pub fn pick_of_set(modifiers: egui::Modifiers) -> Pick {
    match (modifiers.alt, modifiers.shift || modifiers.command) {
        (true, true) => Pick::Intersect,
        (true, false) => Pick::Remove,
        (false, true) => Pick::Add,
        (false, false) => Pick::Replace,
    }
}

/// The largest rectangle of the picture's proportions inside `rect`, centred. Small pictures are not blown up beyond
/// four times their size: a grid of four pixels helps nobody.
pub fn fit(rect: Rect, size_px: Vec2) -> Rect {
    if size_px.x <= 0.0 || size_px.y <= 0.0 {
        return rect;
    }
    let scale = (rect.width() / size_px.x).min(rect.height() / size_px.y).min(4.0);
    Align2::CENTER_CENTER.align_size_within_rect(size_px * scale, rect)
}

/// The same at the lower edge of `rect`.
pub fn stand(rect: Rect, size_px: Vec2) -> Rect {
    let picture = fit(rect, size_px);
    picture.translate(vec2(0.0, rect.bottom() - picture.bottom()))
}

/// The middle of a picture of this size, in the proportions of `room`: from 0 to 1 along both sides.
pub fn middle_of(size_px: Vec2, room: Vec2) -> Rect {
    let scale = (room.x / size_px.x.max(1.0)).max(room.y / size_px.y.max(1.0)).max(f32::MIN_POSITIVE);
    let seen = (room / scale / size_px.max(Vec2::splat(1.0))).min(Vec2::splat(1.0));
    Rect::from_center_size(pos2(0.5, 0.5), seen)
}

/// Draws a texture, its proportions kept.
pub fn paint_picture(painter: &Painter, rect: Rect, texture: egui::TextureId, size_px: Vec2) {
    painter.add(part(rect, (texture, ALL), size_px));
}

/// All of a texture.
const ALL: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

/// A part of a texture in `rect`, without a ground of its own: bars beside pictures of another shape would be what one sees first.
pub fn part(rect: Rect, (texture, uv): (egui::TextureId, Rect), size_px: Vec2) -> RectShape {
    RectShape::filled(fit(rect, size_px), 3.0, Color32::WHITE).with_texture(texture, uv)
}

/// Draws the place of a picture that is on its way.
pub fn paint_waiting(painter: &Painter, rect: Rect) {
    painter.rect_filled(rect, 4.0, palette().raised.gamma_multiply(0.55));
}

/// Draws the place of a picture that cannot be read: a torn frame.
pub fn paint_broken(painter: &Painter, rect: Rect) {
    painter.rect_filled(rect, 4.0, palette().problem.gamma_multiply(0.10));
    painter.rect_stroke(rect, 4.0, Stroke::new(1.0, palette().problem.gamma_multiply(0.35)), StrokeKind::Inside);
    let side = rect.width().min(rect.height()) * 0.42;
    let frame = Align2::CENTER_CENTER.align_size_within_rect(vec2(side, side * 0.8), rect);
    let stroke = Stroke::new((side / 22.0).clamp(1.0, 2.5), palette().problem.gamma_multiply(0.85));
    let at = |x: f32, y: f32| -> Pos2 { frame.min + frame.size() * vec2(x, y) };
    // Two halves of a frame, apart along a zigzag.
    painter.line(
        vec![at(0.46, 0.0), at(0.0, 0.0), at(0.0, 1.0), at(0.40, 1.0), at(0.52, 0.62), at(0.36, 0.42), at(0.46, 0.0)],
        stroke,
    );
    painter.line(
        vec![at(0.62, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.56, 1.0), at(0.68, 0.62), at(0.52, 0.42), at(0.62, 0.0)],
        stroke,
    );
}

/// Draws the outlines and words that mean the same everywhere.
pub fn paint_marks(painter: &Painter, rect: Rect, marks: TileMarks) {
    if let Some([word, _]) = marks.file.in_words() {
        if marks.file == FileNow::Removed {
            painter.rect_filled(rect, 3.0, palette().ground.gamma_multiply(0.55));
        }
        paint_word(painter, rect, word);
    }
    let outline = |width: f32, colour: Color32, outside: f32| {
        painter.rect_stroke(rect.expand(outside), 4.0, Stroke::new(width, colour), StrokeKind::Inside);
    };
    if marks.selected {
        outline(2.5, theme::selected(), 1.5);
    }
    if marks.hovered {
        outline(1.5, theme::hovered(), if marks.selected { -1.0 } else { 0.5 });
    }
    if marks.probe {
        // A tag in the corner: it must not hide whether the probe is selected.
        let corner = rect.left_top() + vec2(-1.0, -1.0);
        let side = (rect.width() * 0.16).clamp(8.0, 15.0);
        painter.add(egui::Shape::convex_polygon(
            vec![corner, corner + vec2(side, 0.0), corner + vec2(0.0, side)],
            theme::probe(),
            Stroke::NONE,
        ));
    }
}

/// Draws a word in the lower left corner of a picture; a dot where there is no room for it.
fn paint_word(painter: &Painter, rect: Rect, word: &str) {
    let colour = palette().warning;
    let galley = painter.layout_no_wrap(word.to_owned(), FontId::proportional(10.5), colour);
    let size = galley.size() + vec2(8.0, 2.0);
    if size.x > rect.width() {
        painter.circle(rect.left_bottom() + vec2(6.0, -6.0), 3.5, colour, Stroke::new(1.5, palette().ground));
        return;
    }
    let ground = Rect::from_min_size(rect.left_bottom() - vec2(0.0, size.y), size);
    painter.rect_filled(ground, 3.0, palette().ground.gamma_multiply(0.85));
    painter.galley(ground.min + vec2(4.0, 1.0), galley, colour);
}
