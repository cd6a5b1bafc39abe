//! Resizing: every axis on its own, as weighted sums that are known before anything runs.

use super::{
    super::super::{Function, Weights},
    call::{Call, Made, Value, one},
};

/// A table of weights is not larger than this.
const MOST_WEIGHTS: usize = 1 << 24;

/// How a new place finds its old ones.
struct Way {
    mode: String,
    coordinates: String,
    nearest: String,
    cubic: f32,
    exclude_outside: bool,
    antialias: bool,
}

/// Runs a call of one of these operators; `None` if it is another one.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Made> {
    one(match call.node.op_type.as_str() {
        "Resize" | "Upsample" => call.resize(),
        _ => return None,
    })
}

impl Call<'_> {
    /// `Resize` and `Upsample`.
    fn resize(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let is_upsample = self.node.op_type == "Upsample" || self.opset < 11;
        let text = |name: &str, default: &str| self.attributes.text(name).unwrap_or_else(|| default.to_owned());
        let way = Way {
            mode: text("mode", "nearest"),
            coordinates: text("coordinate_transformation_mode", if is_upsample { "asymmetric" } else { "half_pixel" }),
            nearest: text("nearest_mode", if is_upsample { "floor" } else { "round_prefer_floor" }),
            cubic: self.attributes.float("cubic_coeff_a").unwrap_or(-0.75),
            exclude_outside: self.attributes.flag("exclude_outside"),
            antialias: self.attributes.flag("antialias"),
        };
        if way.coordinates == "tf_crop_and_resize" {
            return Err("cuts a region out while resizing (`tf_crop_and_resize`), which cannot be run".to_owned());
        }
        let axes = match self.attributes.integers("axes") {
            Some(axes) => axes.iter().map(|axis| Self::axis(*axis, dims.len())).collect::<Result<Vec<_>, _>>()?,
            None => (0..dims.len()).collect(),
        };
        let (scale_place, size_place) = if is_upsample { (1, 9) } else { (2, 3) };
        let scales: Option<Vec<f32>> = match self.attributes.floats("scales") {
            Some(scales) => Some(scales.to_vec()),
            None => self.known(scale_place, "scales")?.map(|scales| scales.weights.values.to_vec()),
        };
        let sizes = self.known(size_place, "sizes")?.map(|sizes| sizes.integers());
        let mut along = Vec::new();
        match (scales.filter(|scales| !scales.is_empty()), sizes) {
            (_, Some(sizes)) if sizes.len() == axes.len() => {
                let ratios: Vec<f32> =
                    (0..axes.len()).map(|place| sizes[place] as f32 / dims[axes[place]] as f32).collect();
                let common = match self.attributes.text("keep_aspect_ratio_policy").as_deref() {
                    Some("not_larger") => ratios.iter().copied().reduce(f32::min),
                    Some("not_smaller") => ratios.iter().copied().reduce(f32::max),
                    _ => None,
                };
                for (place, axis) in axes.iter().enumerate() {
                    let old = dims[*axis];
                    let (new, scale) = match common {
                        Some(common) => ((common * old as f32).round() as i64, common),
                        None => (sizes[place], ratios[place]),
                    };
                    along.push((*axis, usize::try_from(new).unwrap_or(0), scale));
                }
            }
            (Some(scales), None) if scales.len() == axes.len() => {
                for (axis, scale) in axes.iter().zip(scales) {
                    along.push((*axis, (dims[*axis] as f32 * scale).floor() as usize, scale));
                }
            }
            _ => return Err(format!("has no scales or sizes for {} axes", axes.len())),
        }
        let mut tables = Vec::new();
        for (axis, new, scale) in along {
            if new != dims[axis] || scale != 1.0 {
                self.spend(dims[axis].saturating_mul(new))?;
                tables.push((axis, way.table(dims[axis], new, scale)?));
            }
        }
        self.single(Function::Resample { along: tables }, x)
    }
}

impl Way {
    /// `[new, old]`: what each old place gives to each new one.
    fn table(&self, old: usize, new: usize, scale: f32) -> Result<Weights, String> {
        if new == 0 || old == 0 || old.checked_mul(new).is_none_or(|count| count > MOST_WEIGHTS) {
            return Err(format!("resizes {old} places to {new}"));
        }
        if !(scale.is_finite() && scale > 0.0) {
            return Err(format!("resizes by {scale}"));
        }
        let mut values = vec![0.0f32; old * new];
        for (place, row) in values.chunks_exact_mut(old).enumerate() {
            let at = self.origin(place, old, new, scale)?;
            self.row(row, at, scale)?;
        }
        Ok(Weights::new(vec![new, old], values))
    }

    /// Where a new place lies among the old.
    fn origin(&self, place: usize, old: usize, new: usize, scale: f32) -> Result<f32, String> {
        let (place, old, new) = (place as f32, old as f32, new as f32);
        Ok(match self.coordinates.as_str() {
            "half_pixel" => (place + 0.5) / scale - 0.5,
            "pytorch_half_pixel" if new > 1.0 => (place + 0.5) / scale - 0.5,
            "pytorch_half_pixel" => 0.0,
            // The length before it was rounded counts, as in the standard's own tests.
            "align_corners" if scale * old > 1.0 => place * (old - 1.0) / (scale * old - 1.0),
            "align_corners" => 0.0,
            "asymmetric" => place / scale,
            "half_pixel_symmetric" => {
                let adjustment = new / (scale * old);
                let centre = old / 2.0;
                centre * (1.0 - adjustment) + (place + 0.5) / scale - 0.5
            }
            other => return Err(format!("places pixels by `{other}`, which cannot be run")),
        })
    }

    /// What a place gets from the old ones.
    fn row(&self, row: &mut [f32], at: f32, scale: f32) -> Result<(), String> {
        let last = row.len() as i64 - 1;
        if self.mode == "nearest" {
            let place = match self.nearest.as_str() {
                "round_prefer_floor" => (at - 0.5).ceil(),
                "round_prefer_ceil" => (at + 0.5).floor(),
                "floor" => at.floor(),
                "ceil" => at.ceil(),
                other => return Err(format!("rounds by `{other}`, which cannot be run")),
            };
            row[(place as i64).clamp(0, last) as usize] = 1.0;
            return Ok(());
        }
        // A picture that shrinks is blurred by as much, if that is wanted.
        let blur = if self.antialias && scale < 1.0 { scale } else { 1.0 };
        let (reach, weight): (f32, Box<dyn Fn(f32) -> f32>) = match self.mode.as_str() {
            "linear" | "bilinear" => (1.0, Box::new(|distance: f32| (1.0 - distance).max(0.0))),
            "cubic" => {
                let a = self.cubic;
                (2.0, Box::new(move |distance| cubic(distance, a)))
            }
            other => return Err(format!("interpolates by `{other}`, which cannot be run")),
        };
        let reach = reach / blur;
        let (first, end) = ((at - reach).ceil() as i64, (at + reach).floor() as i64);
        let mut total = 0.0;
        for place in first..=end {
            let share = weight((place as f32 - at).abs() * blur);
            let is_outside = place < 0 || place > last;
            if is_outside && self.exclude_outside {
                continue;
            }
            total += share;
            row[place.clamp(0, last) as usize] += share;
        }
        if total != 0.0 && total != 1.0 {
            row.iter_mut().for_each(|share| *share /= total);
        }
        Ok(())
    }
}

/// Keys's kernel (1981, equation 4) with the coefficient `a`.
fn cubic(distance: f32, a: f32) -> f32 {
    let d = distance;
    match d {
        d if d <= 1.0 => ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0,
        d if d < 2.0 => ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a,
        _ => d * 0.0,
    }
}
