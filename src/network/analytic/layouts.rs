//! The third layer: where in a larger neighbourhood the textures of the second are.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use super::{
    filters::{Filter, along_and_across, bell, spot},
    textures::Texture,
};

/// What kind of texture a layout is of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Family {
    /// Grain and lines of an orientation.
    Grain { angle: f32 },
    /// Fine (0) or coarse (1) stripes.
    Busy { scale: usize },
    /// Crossings.
    Crossing,
    /// Lines around (a right angle) or away from (0) a middle.
    Flow { angle: f32 },
    /// Bends.
    Bend,
    /// Colours, the angle as in the layers below.
    Hue { angle: f32 },
    /// Borders between colours.
    ColourBorder,
    /// Bright (1) or dark (-1).
    Brightness { sign: f32 },
    /// Spots.
    Spots,
}

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// All over.
    Everywhere,
    /// In the middle and not around.
    Middle,
    /// Around and not in the middle.
    Around,
    /// On the side that the angle points to.
    Side { angle: f32 },
}

/// A channel of the third layer.
pub type Layout = (Family, Place);

/// The filters of the third layer.
pub fn all() -> Vec<Filter<Layout, Texture>> {
    let mut families = vec![Family::Crossing, Family::Bend, Family::ColourBorder, Family::Spots];
    families.extend((0..4).map(|quarter| Family::Grain { angle: quarter as f32 * PI / 4.0 }));
    families.extend((0..4).map(|quarter| Family::Hue { angle: quarter as f32 * TAU / 4.0 }));
    families.extend([0, 1].map(|scale| Family::Busy { scale }));
    families.extend([0.0, FRAC_PI_2].map(|angle| Family::Flow { angle }));
    families.extend([1.0, -1.0].map(|sign| Family::Brightness { sign }));
    let mut places = vec![Place::Everywhere, Place::Middle, Place::Around];
    places.extend((0..4).map(|quarter| Place::Side { angle: quarter as f32 * TAU / 4.0 }));
    let mut filters = Vec::new();
    for family in families {
        for place in places.iter().copied() {
            filters.push(Filter {
                meaning: (family, place),
                formula: Box::new(move |texture: &Texture, x: f32, y: f32| {
                    family.weight(*texture) * place.weight(x, y)
                }),
            });
        }
    }
    filters
}

impl Family {
    /// How much a texture belongs here.
    fn weight(self, texture: Texture) -> f32 {
        match (self, texture) {
            (Self::Grain { angle }, Texture::Grain { angle: other, .. } | Texture::Line { angle: other }) => {
                (2.0 * (other - angle)).cos()
            }
            (Self::Busy { scale }, Texture::Busy { scale: other }) if other == scale => 1.0,
            (Self::Busy { scale }, Texture::Scale { scale: other }) => {
                if other == scale {
                    1.0
                } else {
                    -1.0
                }
            }
            (Self::Crossing, Texture::Crossing { .. })
            | (Self::Bend, Texture::Bend { .. })
            | (Self::ColourBorder, Texture::ColourBorder { .. } | Texture::HueIsland { .. })
            | (Self::Spots, Texture::Spots { .. }) => 1.0,
            (Self::Crossing, Texture::Grain { .. }) => -0.25,
            (Self::Spots, Texture::Line { .. }) => -0.25,
            (Self::Flow { angle }, Texture::Flow { angle: other, .. }) => (2.0 * (other - angle)).cos(),
            (Self::Hue { angle }, Texture::Hue { angle: other }) => (other - angle).cos(),
            (
                Self::Brightness { sign },
                Texture::Brightness { sign: other } | Texture::BrightnessIsland { sign: other },
            ) => sign * other,
            _ => 0.0,
        }
    }
}

impl Place {
    /// The weight at a place, in steps of eight pixels from the middle.
    fn weight(self, x: f32, y: f32) -> f32 {
        match self {
            Self::Everywhere => bell(x, y, 2.0),
            Self::Middle => spot(x, y, 1.0),
            Self::Around => -spot(x, y, 1.0),
            Self::Side { angle } => along_and_across(x, y, angle).0 * bell(x, y, 1.5),
        }
    }
}
