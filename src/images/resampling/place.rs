//! Which part of the scaled picture goes where on the network's input.

use crate::domain::{Fit, Resizing};

/// Where an upright picture goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From left to right.
    pub x: Span,
    /// From top to bottom.
    pub y: Span,
    /// The colour of what the picture does not cover.
    pub fill: [u8; 3],
}

/// The same along one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Length of the whole scaled picture in pixels. A strip can be scaled to more than memory would hold; only `count`
    /// pixels of it are made.
    pub scaled: u64,
    /// The first pixel of it that is used.
    pub first: u64,
    /// How many are used.
    pub count: u32,
    /// Where on the input they begin.
    pub at: u32,
}

impl Place {
    /// Follows what `resizing` says.
    pub fn new((width, height): (u32, u32), resizing: &Resizing) -> Self {
        let (to_width, to_height) = (resizing.width, resizing.height);
        match resizing.fit {
            Fit::Stretch => {
                Self { x: Span::whole(to_width, to_width), y: Span::whole(to_height, to_height), fill: [0; 3] }
            }
            Fit::Crop { shorter_px } => {
                let shorter_px = u64::from(shorter_px.max(1));
                let (shorter, longer) = (u64::from(width.min(height)), u64::from(width.max(height)));
                // Rounded down, as in torchvision.
                let longer_px = shorter_px * longer / shorter;
                let (scaled_w, scaled_h) =
                    if width <= height { (shorter_px, longer_px) } else { (longer_px, shorter_px) };
                Self { x: Span::middle(scaled_w, to_width), y: Span::middle(scaled_h, to_height), fill: [0; 3] }
            }
            Fit::Letterbox { fill } => {
                let is_wide = u64::from(width) * u64::from(to_height) >= u64::from(height) * u64::from(to_width);
                let along = |side: u32, from: u32, to: u32| {
                    let scaled = (f64::from(side) * f64::from(to) / f64::from(from)).round() as u32;
                    scaled.max(1)
                };
                let (inner_w, inner_h) = match is_wide {
                    true => (to_width, along(height, width, to_width).min(to_height)),
                    false => (along(width, height, to_height).min(to_width), to_height),
                };
                Self { x: Span::whole(inner_w, to_width), y: Span::whole(inner_h, to_height), fill }
            }
        }
    }
}

impl Span {
    /// All of it, in the middle of `target` pixels.
    fn whole(scaled: u32, target: u32) -> Self {
        Self { scaled: u64::from(scaled), first: 0, count: scaled, at: (target - scaled) / 2 }
    }

    /// The middle `target` pixels of it, or all of it if it is shorter.
    fn middle(scaled: u64, target: u32) -> Self {
        match u32::try_from(scaled) {
            Ok(scaled) if scaled < target => Self::whole(scaled, target),
            _ => Self { scaled, first: half_to_even(scaled - u64::from(target)), count: target, at: 0 },
        }
    }
}

/// `round(twice / 2)` as Python rounds, for that is how torchvision finds the corner: 1.5 is 2, and 0.5 is 0.
fn half_to_even(twice: u64) -> u64 {
    let half = twice / 2;
    if twice % 2 == 1 && half % 2 == 1 { half + 1 } else { half }
}
