//! Pictures made smaller for people; for networks, see [`super::resampling`].

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

/// What a person sees: antialiased, and quick on huge pictures because only about four samples a side are weighed.
pub(super) fn for_eyes(rgb: &RgbImage, width: u32, height: u32) -> RgbImage {
    assert!(width > 0 && height > 0, "a target of {width} x {height} has no pixels");
    if rgb.dimensions() == (width, height) {
        return rgb.clone();
    }
    let source = ImageRef::new(rgb.width(), rgb.height(), rgb.as_raw(), PixelType::U8x3)
        .expect("an RgbImage holds three bytes a pixel");
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::SuperSampling(FilterType::CatmullRom, 4));
    Resizer::new()
        .resize(&source, &mut target, &options)
        .expect("source and target have the same pixel type and neither is empty");
    RgbImage::from_raw(width, height, target.into_vec()).expect("the resizer fills the whole target")
}
