//! From the map that was drawn before to the one that is, and how far along one looks.

use std::sync::Arc;

use eframe::egui::{self, Align, Layout, RichText, Slider, Ui, vec2};

use super::plane::Plane;
use crate::domain::{ImageId, LayerTitles};
use crate::ui::later::{Asked, Later};
use crate::ui::paint::Morph;
use crate::ui::theme::palette;

/// Width of the slider, and room for it and its caption, in points: with a whole caption, and with a short one.
const WIDE: [f32; 2] = [72.0, 222.0];
const NARROW: [f32; 2] = [52.0, 100.0];
/// Of so many points it is found within a frame where they come from.
const AT_ONCE: usize = 20_000;

/// Where the points of a plane come from, in the order of its tiles.
struct Origins {
    of: Arc<Plane>,
    from: Arc<Vec<[f32; 2]>>,
}

/// The same on its way.
struct Coming {
    of: Arc<Plane>,
    from: Later<Vec<[f32; 2]>>,
}

/// The map before, and how far the points have come from it.
#[derive(Default)]
pub struct Morphing {
    before: Option<Arc<Plane>>,
    /// How far back one looks: 0 is the map that is drawn, 1 the one before.
    back: f32,
    origins: Option<Origins>,
    coming: Option<Coming>,
}

impl Morphing {
    /// Another map is drawn from now on; `before` was until now.
    pub fn note(&mut self, before: Arc<Plane>) {
        *self = Self { before: Some(before), ..Self::default() };
    }

    /// The map before, if there was one.
    pub fn before(&self) -> Option<&Arc<Plane>> {
        self.before.as_ref()
    }

    /// Bytes of where the points come from.
    pub fn origin_bytes(&self) -> usize {
        self.origins.as_ref().map_or(0, |origins| size_of_val(&origins.from[..]))
    }

    /// Whether points are not where the map has them.
    pub fn is_on_its_way(&self) -> bool {
        self.back > 0.0 && self.before.is_some()
    }

    /// The slider, where there was a map before this one; `of` says of which of several maps it is. A slider says nothing by itself: it
    /// has a caption in the least room, too, and its tooltip says all of it.
    pub fn show(&mut self, ui: &mut Ui, plane: &Plane, titles: &LayerTitles, of: &str, has_words: bool) {
        let Some(before) = &self.before else { return };
        let name = |plane: &Plane| {
            let wish = &plane.projection.wish;
            format!("{} of {}", wish.method.title(), titles.of_name(&wish.source.layer))
        };
        let hint = format!(
            "Moves every point from where it lies now, by {}, to where it lay on the map before, by {}: what stays together is \
             alike on both",
            name(plane),
            name(before)
        );
        // Of one part, so that a row that is wrapped does not tear the caption from its slider.
        let (caption, [length, width]) = if has_words { ("Slide to the map before", WIDE) } else { ("Before", NARROW) };
        let room = vec2(width, ui.spacing().interact_size.y);
        let slider = ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
            ui.label(RichText::new(caption).small().color(palette().weak)).on_hover_text(&hint);
            ui.spacing_mut().slider_width = length;
            ui.add(Slider::new(&mut self.back, 0.0..=1.0).show_value(false))
        });
        ui.ctx().accesskit_node_builder(slider.inner.id, |node| node.set_description(&*hint));
        slider.inner.on_hover_text(hint).accessible_name(format!("Back to the map before{of}"));
    }

    /// What the points are on their way from, as soon as that is known.
    pub fn refresh(&mut self, ctx: &egui::Context, plane: &Arc<Plane>) -> Option<Morph> {
        let before = self.before.as_ref().filter(|_| self.back > 0.0)?;
        let is_of = |of: &Arc<Plane>| Arc::ptr_eq(of, plane);
        if !self.origins.as_ref().is_some_and(|known| is_of(&known.of)) {
            let coming = self.coming.take().filter(|coming| is_of(&coming.of)).unwrap_or_else(|| {
                let (to, from) = (plane.clone(), before.clone());
                let is_little = plane.len() <= AT_ONCE;
                Coming { of: plane.clone(), from: Later::begin(ctx, is_little, move || origins(&to, &from)) }
            });
            match coming.from.ask() {
                Asked::Here(from) => self.origins = Some(Origins { of: coming.of, from: Arc::new(from) }),
                Asked::NotYet(from) => self.coming = Some(Coming { of: coming.of, from }),
                Asked::Never => {}
            }
        }
        let known = self.origins.as_ref().filter(|known| is_of(&known.of))?;
        Some(Morph { from: known.from.clone(), share: 1.0 - self.back })
    }

    /// Where a point is on its way.
    pub fn place_of(&self, plane: &Plane, id: ImageId) -> Option<[f32; 2]> {
        let to = plane.position_of(id)?;
        let before = self.before.as_ref().filter(|_| self.back > 0.0);
        let from = before.and_then(|before| before.position_of(id)).unwrap_or(to);
        Some([0, 1].map(|axis| to[axis] + (from[axis] - to[axis]) * self.back))
    }
}

/// Where each point of `to` is on `from`; one that is not there stays where it is.
fn origins(to: &Plane, from: &Plane) -> Vec<[f32; 2]> {
    let points = to.tiles.positions().iter().zip(to.tiles.numbers());
    points.map(|(point, number)| from.position_of(ImageId(*number)).unwrap_or(*point)).collect()
}
