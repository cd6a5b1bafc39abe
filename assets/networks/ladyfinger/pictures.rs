//! Pictures to learn from, and the many ways in which one is shown.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use fastrand::Rng;
use image::RgbImage;
use rayon::prelude::*;
use tiramisu::images::{self, sample};

/// Shorter side in memory: no view is much larger.
const KEPT_PX: u32 = 288;
/// Every so manieth picture is only looked at to see how the student fares.
const HELD_EVERY: usize = 25;

/// All pictures, decoded.
pub struct Pictures {
    /// To learn from.
    pub shown: Vec<RgbImage>,
    /// Never learned from.
    pub held: Vec<RgbImage>,
}

/// One view of one picture, in the sizes that teacher and student take: interleaved RGB.
pub struct View {
    pub teacher: Vec<u8>,
    pub student: Vec<u8>,
}

impl Pictures {
    /// Reads the folders' pictures and paints `painted` of the program's own.
    ///
    /// # Errors
    /// When a folder holds no picture that can be read.
    pub fn open(folders: &[PathBuf], painted: usize) -> Result<Self> {
        let mut all = Vec::new();
        for folder in folders {
            let mut files = Vec::new();
            images::walk(folder, &|| false, &mut |found| {
                files.push(found.path.below(folder));
                std::ops::ControlFlow::Continue(())
            })
            .with_context(|| format!("{} cannot be walked", folder.display()))?;
            files.sort();
            let read: Vec<RgbImage> = files.par_iter().filter_map(|file| small(file)).collect();
            ensure!(!read.is_empty(), "{} holds no picture that can be read", folder.display());
            all.extend(read);
        }
        let classes = sample::CLASSES.len();
        all.par_extend(
            (0..painted).into_par_iter().map(|index| sample::image(index % classes, index / classes, 20_161_101)),
        );
        let (held, shown) = all.into_iter().enumerate().partition::<Vec<_>, _>(|(i, _)| i % HELD_EVERY == 0);
        let without_index = |list: Vec<(usize, RgbImage)>| list.into_iter().map(|(_, picture)| picture).collect();
        Ok(Self { shown: without_index(shown), held: without_index(held) })
    }

    /// A picture as it might also have been taken: another frame, mirrored, in other light, and at times with another
    /// one shining through (Zhang et al., "mixup", 2018; for teaching: Beyer et al., "Knowledge distillation: a good
    /// teacher is patient and consistent", 2022).
    pub fn view(&self, rng: &mut Rng, teacher: usize, student: usize) -> View {
        let mut view = self.plain_view(rng, teacher, student);
        if rng.f32() < 0.3 {
            let other = self.plain_view(rng, teacher, student);
            let share = rng.f32();
            blend(&mut view.teacher, &other.teacher, share);
            blend(&mut view.student, &other.student, share);
        }
        view
    }

    fn plain_view(&self, rng: &mut Rng, teacher: usize, student: usize) -> View {
        let picture = &self.shown[rng.usize(..self.shown.len())];
        let frame = if rng.f32() < 0.25 { whole(picture) } else { random_frame(picture, rng) };
        let mirrored = rng.bool();
        let light = Light::random(rng);
        let shoot = |side: usize| {
            let mut rgb = shrink(picture, frame, side);
            if mirrored {
                mirror(&mut rgb, side);
            }
            light.fall_on(&mut rgb);
            rgb
        };
        View { teacher: shoot(teacher), student: shoot(student) }
    }
}

/// The whole picture, as it is.
pub fn still(picture: &RgbImage, teacher: usize, student: usize) -> View {
    View { teacher: shrink(picture, whole(picture), teacher), student: shrink(picture, whole(picture), student) }
}

/// Left, top, width and height.
type Frame = [f64; 4];

fn whole(picture: &RgbImage) -> Frame {
    [0.0, 0.0, f64::from(picture.width()), f64::from(picture.height())]
}

/// Szegedy et al., "Going deeper with convolutions" (2015): a part of the area in one of many shapes.
fn random_frame(picture: &RgbImage, rng: &mut Rng) -> Frame {
    let [_, _, width, height] = whole(picture);
    let area = width * height * (0.2 + 0.8 * rng.f64());
    let shape = (0.4 * (2.0 * rng.f64() - 1.0)).exp() * width / height;
    let w = (area * shape).sqrt().min(width);
    let h = (area / shape).sqrt().min(height);
    [(width - w) * rng.f64(), (height - h) * rng.f64(), w, h]
}

fn small(file: &Path) -> Option<RgbImage> {
    let picture = images::decode(file).ok()?.rgb;
    let (width, height) = picture.dimensions();
    let scale = f64::from(KEPT_PX) / f64::from(width.min(height));
    if scale >= 1.0 {
        return Some(picture);
    }
    let [w, h] = [width, height].map(|side| ((f64::from(side) * scale).round() as u32).max(1));
    RgbImage::from_raw(w, h, resize(&picture, whole(&picture), w, h))
}

fn shrink(picture: &RgbImage, frame: Frame, side: usize) -> Vec<u8> {
    resize(picture, frame, side as u32, side as u32)
}

fn resize(picture: &RgbImage, [left, top, width, height]: Frame, w: u32, h: u32) -> Vec<u8> {
    let source = ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3)
        .expect("a picture holds three bytes a pixel");
    let mut target = Image::new(w, h, PixelType::U8x3);
    let options =
        ResizeOptions::new().crop(left, top, width, height).resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut target, &options).expect("the frame lies in the picture");
    target.into_vec()
}

fn mirror(rgb: &mut [u8], side: usize) {
    for row in rgb.chunks_exact_mut(3 * side) {
        let (pixels, _) = row.as_chunks_mut::<3>();
        pixels.reverse();
    }
}

fn blend(rgb: &mut [u8], other: &[u8], share: f32) {
    for (a, b) in rgb.iter_mut().zip(other) {
        *a = (f32::from(*a) * (1.0 - share) + f32::from(*b) * share).round() as u8;
    }
}

/// What happens to the values of each colour.
struct Light([[u8; 256]; 3]);

impl Light {
    fn random(rng: &mut Rng) -> Self {
        let mut about_one = |range: f32| 1.0 + range * (2.0 * rng.f32() - 1.0);
        let (contrast, brightness) = (about_one(0.3), about_one(0.3));
        let colours = [about_one(0.1), about_one(0.1), about_one(0.1)];
        Self(colours.map(|colour| {
            std::array::from_fn(|value| {
                let value = (value as f32 - 128.0) * contrast + 128.0;
                (value * brightness * colour).round().clamp(0.0, 255.0) as u8
            })
        }))
    }

    fn fall_on(&self, rgb: &mut [u8]) {
        for pixel in rgb.as_chunks_mut::<3>().0 {
            for (value, table) in pixel.iter_mut().zip(&self.0) {
                *value = table[usize::from(*value)];
            }
        }
    }
}
