//! Pictures made smaller, in the two ways that are needed.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

/// What the network sees: the picture stretched to `width` x `height`, bilinear without antialiasing.
///
/// Pre-trained networks were fed that way (Caffe resized with OpenCV), and their features shift when the resizing does.
/// Returns `height * width * 3` bytes, row by row, R G B.
///
/// # Panics
/// When the picture, `width` or `height` is empty.
pub fn for_network(rgb: &RgbImage, width: u32, height: u32) -> Vec<u8> {
    resize(rgb, width, height, ResizeAlg::Interpolation(FilterType::Bilinear))
}

/// What a person sees: antialiased, and quick on huge pictures because only about four samples a side are weighed.
pub(super) fn for_eyes(rgb: &RgbImage, width: u32, height: u32) -> RgbImage {
    let pixels = resize(rgb, width, height, ResizeAlg::SuperSampling(FilterType::CatmullRom, 4));
    RgbImage::from_raw(width, height, pixels).expect("the resizer fills the whole target")
}

fn resize(rgb: &RgbImage, width: u32, height: u32, algorithm: ResizeAlg) -> Vec<u8> {
    assert!(width > 0 && height > 0, "a target of {width} x {height} has no pixels");
    if rgb.dimensions() == (width, height) {
        return rgb.as_raw().clone();
    }
    let source = ImageRef::new(rgb.width(), rgb.height(), rgb.as_raw(), PixelType::U8x3)
        .expect("an RgbImage holds three bytes a pixel");
    let mut target = Image::new(width, height, PixelType::U8x3);
    Resizer::new()
        .resize(&source, &mut target, &ResizeOptions::new().resize_alg(algorithm))
        .expect("source and target have the same pixel type and neither is empty");
    target.into_vec()
}
