//! The second layer: energies of the first combined over orientation and place.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use super::{
    edges::{Edge, HUES, ORIENTATIONS},
    filters::{Filter, along_and_across, bell, spot},
};

/// What a channel of the second layer sees. Angles in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Texture {
    /// One orientation rather than the others.
    Grain { scale: usize, angle: f32 },
    /// Stripes of any orientation, fine (0) or coarse (1).
    Busy { scale: usize },
    /// Stripes of this scale rather than the other.
    Scale { scale: usize },
    /// Two orientations a right angle apart.
    Crossing { scale: usize, angle: f32 },
    /// Lines around the middle (a right angle), away from it (0), or spiralling (between).
    Flow { scale: usize, angle: f32 },
    /// A line that bends.
    Bend { angle: f32, sense: f32 },
    /// A line with nothing beside it.
    Line { angle: f32 },
    /// Something in the middle (1) or around it (-1).
    Island { scale: usize, sign: f32 },
    /// More on the side that the angle points to.
    Side { angle: f32 },
    /// An area of a hue.
    Hue { angle: f32 },
    /// A hue in the middle of others.
    HueIsland { angle: f32 },
    /// A border between colours.
    ColourBorder { axis: usize, angle: f32 },
    /// A bright (1) or dark (-1) area.
    Brightness { sign: f32 },
    /// Bright (1) or dark (-1) in the middle.
    BrightnessIsland { sign: f32 },
    /// Many spots.
    Spots { scale: usize, sign: f32 },
}

type TextureFilter = Filter<Texture, Edge>;

/// The filters of the second layer.
pub fn all() -> Vec<TextureFilter> {
    let mut textures = Vec::new();
    for scale in 0..2 {
        textures.extend(turns(ORIENTATIONS, PI).map(|angle| Texture::Grain { scale, angle }));
        textures.extend([Texture::Busy { scale }, Texture::Scale { scale }]);
        textures.extend(turns(4, FRAC_PI_2).map(|angle| Texture::Crossing { scale, angle }));
        textures.extend(turns(4, PI).map(|angle| Texture::Flow { scale, angle }));
        textures.extend([1.0, -1.0].map(|sign| Texture::Island { scale, sign }));
        textures.extend([1.0, -1.0].map(|sign| Texture::Spots { scale, sign }));
    }
    for sense in [1.0, -1.0] {
        textures.extend(turns(4, PI).map(|angle| Texture::Bend { angle, sense }));
    }
    textures.extend(turns(ORIENTATIONS, PI).map(|angle| Texture::Line { angle }));
    textures.extend(turns(8, TAU).map(|angle| Texture::Side { angle }));
    textures.extend(turns(HUES, TAU).map(|angle| Texture::Hue { angle }));
    textures.extend(turns(HUES, TAU).map(|angle| Texture::HueIsland { angle }));
    for axis in 0..2 {
        textures.extend(turns(4, PI).map(|angle| Texture::ColourBorder { axis, angle }));
    }
    textures.extend([1.0, -1.0].map(|sign| Texture::Brightness { sign }));
    textures.extend([1.0, -1.0].map(|sign| Texture::BrightnessIsland { sign }));
    textures
        .into_iter()
        .map(|meaning| Filter { meaning, formula: Box::new(move |e, x, y| meaning.weight(e, x, y)) })
        .collect()
}

/// `count` angles evenly over `whole`.
fn turns(count: usize, whole: f32) -> impl Iterator<Item = f32> {
    (0..count).map(move |step| step as f32 * whole / count as f32)
}

impl Texture {
    /// How strongly this wants `edge` at a place, in steps of four pixels from the middle.
    fn weight(self, edge: &Edge, x: f32, y: f32) -> f32 {
        match self {
            // Cosines of the doubled angle sum to 0 over all orientations: equal energy in all of them cancels.
            Self::Grain { scale, angle } => {
                stripes(edge, Some(scale), |other| (2.0 * (other - angle)).cos()) * bell(x, y, 1.2)
            }
            Self::Busy { scale } => stripes(edge, Some(scale), |_| 1.0) * bell(x, y, 1.2),
            Self::Scale { scale } => {
                let this = stripes(edge, Some(scale), |_| 1.0);
                (this - stripes(edge, Some(1 - scale), |_| 1.0)) * bell(x, y, 1.2)
            }
            Self::Crossing { scale, angle } => {
                stripes(edge, Some(scale), |other| (4.0 * (other - angle)).cos()) * bell(x, y, 1.2)
            }
            Self::Flow { scale, angle } => {
                let from_middle = (-y).atan2(x);
                let ring = (x * x + y * y).min(4.0) * bell(x, y, 1.5);
                stripes(edge, Some(scale), |other| (2.0 * (other - from_middle - angle)).cos()) * ring
            }
            Self::Bend { angle, sense } => {
                let (along, across) = along_and_across(x, y, angle);
                let turned = angle + sense * along * PI / 8.0;
                stripes(edge, None, |other| (2.0 * (other - turned)).cos()) * bell(along / 2.0, across, 1.0)
            }
            Self::Line { angle } => {
                let (along, across) = along_and_across(x, y, angle);
                let lone = bell(along / 2.0, across, 0.8) - 0.7 * bell(along / 2.0, across.abs() - 2.0, 0.8);
                stripes(edge, None, |other| (2.0 * (other - angle)).cos().max(0.0)) * lone
            }
            Self::Island { scale, sign } => stripes(edge, Some(scale), |_| sign) * spot(x, y, 1.0),
            Self::Side { angle } => {
                let (toward, _) = along_and_across(x, y, angle);
                stripes(edge, None, |_| 1.0) * toward * bell(x, y, 1.5)
            }
            Self::Hue { angle } => hue(edge, angle) * bell(x, y, 1.2),
            Self::HueIsland { angle } => hue(edge, angle) * spot(x, y, 1.0),
            Self::ColourBorder { axis, angle } => match *edge {
                Edge::ColourBorder { axis: other_axis, angle: other, .. } if other_axis == axis => {
                    (2.0 * (other - angle)).cos() * bell(x, y, 1.2)
                }
                _ => 0.0,
            },
            Self::Brightness { sign } => brightness(edge, sign) * bell(x, y, 1.2),
            Self::BrightnessIsland { sign } => brightness(edge, sign) * spot(x, y, 1.0),
            Self::Spots { scale, sign } => match *edge {
                Edge::Spot { scale: other_scale, sign: other } if other_scale == scale && other == sign => {
                    bell(x, y, 1.2)
                }
                // A stripe also excites a spot; many orientations less so than one alone.
                Edge::Spot { sign: other, .. } if other != sign => -0.5 * bell(x, y, 1.2),
                _ => 0.0,
            },
        }
    }
}

/// A tuning over the orientations of the stripes of a scale (or of both); the phases count alike, which makes it energy.
fn stripes(edge: &Edge, wanted: Option<usize>, tuning: impl Fn(f32) -> f32) -> f32 {
    match *edge {
        Edge::Stripes { scale, angle, .. } if wanted.is_none_or(|wanted| wanted == scale) => tuning(angle),
        _ => 0.0,
    }
}

fn hue(edge: &Edge, angle: f32) -> f32 {
    match *edge {
        Edge::Hue { angle: other } => (other - angle).cos(),
        _ => 0.0,
    }
}

fn brightness(edge: &Edge, wanted: f32) -> f32 {
    match *edge {
        Edge::Brightness { sign } => sign * wanted,
        _ => 0.0,
    }
}
