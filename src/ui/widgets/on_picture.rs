//! Where on a picture that is drawn lies what a network says of a place on its input.

use eframe::egui::epaint::RectShape;
use eframe::egui::{Color32, Painter, Rect, TextureId, Vec2, pos2, vec2};

use crate::domain::{Footprint, ImageId, ImageRef, Region};
use crate::session::Session;
use crate::ui::paint::{ColourMap, HeatMapStyle};

/// Below zero a layer is shown in two colours if its smallest value has at least this share of its largest.
const SIGNED_FROM: f32 = 0.1;

/// How much a channel that covers its picture fully darkens it.
const SHADE: f32 = 0.45;

/// The network's input laid over the picture of an image; `thumbnail_px` is the size of its thumbnail, of use as long as
/// the picture's own is not known. `None` when nothing is open or both are unknown.
pub fn footprint(session: &Session, id: ImageId, thumbnail_px: Option<Vec2>) -> Option<Footprint> {
    let resizing = &session.collection()?.resizing;
    let own = session.image(id).map(|image| [image.width, image.height]).filter(|size| !size.contains(&0));
    let size = own.or_else(|| thumbnail_px.map(|size| [size.x as u32, size.y as u32]))?;
    Some(resizing.footprint(size))
}

/// Where a part of a picture lies that is drawn in `picture`.
pub fn part_rect(part: Region, picture: Rect) -> Rect {
    let at = |x: f32, y: f32| picture.min + picture.size() * vec2(x, y);
    Rect::from_two_pos(at(part.left, part.top), at(part.right, part.bottom))
}

/// A channel responds to about so many of its cells in a row: what it sees grows with the depth as they do.
const CELLS_SEEN: f32 = 5.0;
/// The share of the picture that is cut out, at least (or there is nothing to recognise) and at most.
const SHARE: [f32; 2] = [0.16, 0.75];

/// The square part of a picture around the cell of an activation of `cells`, `[h, w]`, where a channel fires; `None` as long as the
/// size of the picture is not known. `thumbnail_px` is the size of its thumbnail.
pub fn part_around(
    session: &Session,
    image: ImageRef<'_>,
    [row, column]: [u32; 2],
    cells: [usize; 2],
    thumbnail_px: Option<Vec2>,
) -> Option<Region> {
    let own = Some([image.width, image.height]).filter(|size| !size.contains(&0));
    let size = own.or_else(|| thumbnail_px.map(|size| [size.x as u32, size.y as u32]))?;
    let share = (CELLS_SEEN / cells[0].max(cells[1]) as f32).clamp(SHARE[0], SHARE[1]);
    let footprint = footprint(session, image.id, thumbnail_px)?;
    Some(footprint.around([row as usize, column as usize], cells, share, size))
}

/// Draws a part of a texture so that it fills a square: of what is longer the ends are cut.
pub fn paint_part(painter: &Painter, rect: Rect, texture: TextureId, part: Region) {
    let uv = Rect::from_min_max(pos2(part.left, part.top), pos2(part.right, part.bottom));
    painter.add(RectShape::filled(rect, 4.0, Color32::WHITE).with_texture(texture, uv));
}

/// Where the network's input lies over a picture drawn in `picture`: smaller where the picture was cut, beyond it where
/// something was added.
pub fn input_rect(footprint: &Footprint, picture: Rect) -> Rect {
    let [min, max] = footprint.corners().map(|[x, y]| picture.min + picture.size() * vec2(x, y));
    Rect::from_min_max(min, max)
}

/// Darkens what the network, whose input lies in `input`, does not see of a picture drawn in `picture`.
pub fn veil_around(painter: &Painter, picture: Rect, input: Rect) {
    let seen = picture.intersect(input);
    let veil = Color32::from_black_alpha(130);
    let sides = [
        Rect::from_min_max(picture.min, pos2(picture.right(), seen.top())),
        Rect::from_min_max(pos2(picture.left(), seen.bottom()), picture.max),
        Rect::from_min_max(pos2(picture.left(), seen.top()), pos2(seen.left(), seen.bottom())),
        Rect::from_min_max(pos2(seen.right(), seen.top()), pos2(picture.right(), seen.bottom())),
    ];
    for side in sides.into_iter().filter(|side| side.is_positive()) {
        painter.rect_filled(side, 0.0, veil);
    }
}

/// Width to height of an activation of `[h, w]` where it is drawn by itself: its own, everywhere the same whatever the
/// picture's is, but never so narrow that nothing could be seen.
pub fn map_ratio([h, w]: [usize; 2]) -> f32 {
    (w.max(1) as f32 / h.max(1) as f32).clamp(0.25, 4.0)
}

/// What lies between a picture and a channel over it: on a bright picture the bright end of the colours would not be seen.
pub fn shade(style: HeatMapStyle) -> Color32 {
    Color32::from_black_alpha((style.opacity.clamp(0.0, 1.0) * SHADE * 255.0) as u8)
}

/// How a channel of a layer with such values lies over a picture: what is weak lets it shine through.
pub fn overlay_style([low, high]: [f32; 2], strength: f32) -> HeatMapStyle {
    let is_signed = low < 0.0 && -low >= SIGNED_FROM * high;
    let colours = if is_signed { ColourMap::Signed } else { ColourMap::Inferno };
    HeatMapStyle { colours, gamma: 1.0, is_smooth: true, opacity: strength, is_overlay: true }
}
