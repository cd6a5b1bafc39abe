//! A colour for each label, for dozens of labels.

use std::sync::Arc;

use eframe::egui::Color32;

use super::{label_palette_in_use, palette};
pub use crate::domain::label_palette::{COUNT as LABEL_COLOURS, LabelPalette};
use crate::domain::{Clustering, LabelPlaces, colours_of_clusters};

/// The colour of the label that was the how manieth to come, in the theme of the frame being drawn: of the
/// [`LABEL_COLOURS`] first (or of those of [`LabelPalette::Few`]) one of its own, told apart by colour-blind people too as far as that can be; of all others grey.
///
/// For dots and points beside a label, never for its name: they stand out from every ground they lie on by a contrast of
/// 3 (WCAG 2.2, 1.4.11), but text needs more, and at 4.5 dozens of colours would hardly differ.
pub fn label_colour(index: usize) -> Color32 {
    let palette = palette();
    let colours = label_palette_in_use().colours(palette.is_dark);
    colours.get(index).map_or(palette.weak, |rgb| {
        let [_, r, g, b] = rgb.to_be_bytes();
        Color32::from_rgb(r, g, b)
    })
}

/// Björn Ottosson, "A perceptual color space for image processing" (2020), then the sRGB transfer function.
pub(super) fn from_oklab(lightness: f32, a: f32, b: f32) -> Color32 {
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    let byte = |linear: f32| {
        let linear = linear.clamp(0.0, 1.0);
        let encoded = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
        (encoded * 255.0).round() as u8
    };
    Color32::from_rgb(
        byte(4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s),
        byte(-1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s),
        byte(-0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s),
    )
}

/// The colour of `label`, wherever an image that bears it is shown; `None` for an image without one.
pub fn colour_of_label(places: &LabelPlaces, label: Option<&str>) -> Option<Color32> {
    places.of(label?).map(|place| label_colour(place as usize))
}

/// The colours of the clusters of one clustering, kept by a view: the same wherever one of them is shown.
#[derive(Default)]
pub struct ClusterColours {
    of: Option<Key>,
    places: Vec<Option<usize>>,
}

/// What they depend on.
struct Key {
    clustering: Arc<Clustering>,
    labels: usize,
    palette: LabelPalette,
}

impl ClusterColours {
    /// Finds them anew where they would be others.
    pub fn refresh(&mut self, clustering: &Arc<Clustering>, labels: &LabelPlaces) {
        let palette = label_palette_in_use();
        let is_same = self.of.as_ref().is_some_and(|known| {
            Arc::ptr_eq(&known.clustering, clustering) && known.labels == labels.len() && known.palette == palette
        });
        if !is_same {
            self.places = colours_of_clusters(&clustering.clusters, labels, palette.colours(true).len());
            self.of = Some(Key { clustering: clustering.clone(), labels: labels.len(), palette });
        }
    }

    /// The colour of the cluster of this number.
    pub fn colour(&self, index: usize) -> Color32 {
        let place = self.places.get(index).copied().flatten();
        place.map_or_else(|| palette().weak, label_colour)
    }
}
