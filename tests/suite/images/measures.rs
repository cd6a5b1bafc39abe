//! What is measured of pictures that are made here: sharpness, brightness, emptiness.

use image::{Rgb, RgbImage, imageops};
use tiramisu::images::measures::{measures, measures_of_thumbnail};
use tiramisu::images::sample::{self, CLASSES};
use tiramisu::images::{ImagesError, thumbnail};

fn pictures() -> Vec<RgbImage> {
    (0..22).map(|class| sample::image(class % CLASSES.len(), 0, 1)).collect()
}

#[test]
fn a_blurred_picture_is_less_sharp_and_a_dull_or_larger_one_is_not() {
    for (number, picture) in pictures().iter().enumerate() {
        let class = CLASSES[number % CLASSES.len()].name;
        let sharp = measures(picture).sharpness;
        let blurred = measures(&imageops::blur(picture, 4.0)).sharpness;
        assert!(blurred < 0.5 * sharp, "{class}: {sharp}, blurred {blurred}");
        let mut dull = picture.clone();
        dull.iter_mut().for_each(|level| *level = 64 + *level / 2);
        let dull = measures(&dull).sharpness;
        // Of a smooth picture the steps of fewer levels are all the detail there is.
        if sharp > 0.01 {
            assert!((0.8..1.25).contains(&(dull / sharp)), "{class}: {sharp}, dull {dull}");
        }
        let [width, height] = [picture.width() * 3, picture.height() * 3];
        let large = imageops::resize(picture, width, height, imageops::FilterType::Nearest);
        let (large, same) = (measures(&large).sharpness, measures(&thumbnail_of(picture)).sharpness);
        assert!((0.4..2.5).contains(&(large / same)), "{class}: {same}, three times as large {large}");
    }
}

/// As large as pictures are measured at.
fn thumbnail_of(picture: &RgbImage) -> RgbImage {
    let longest = picture.width().max(picture.height());
    let scaled = |side: u32| side * 192 / longest;
    imageops::resize(picture, scaled(picture.width()), scaled(picture.height()), imageops::FilterType::CatmullRom)
}

#[test]
fn brightness_and_emptiness_are_those_of_nearly_all_pixels() {
    let plain = |level: u8| RgbImage::from_pixel(64, 48, Rgb([level; 3]));
    let grey = measures(&plain(51));
    assert_eq!((grey.dark, grey.bright, grey.entropy, grey.sharpness), (0.2, 0.2, 0.0, 0.0));
    // Four columns of 100 are less than one pixel in twenty.
    let mut page = RgbImage::from_pixel(100, 50, Rgb([255; 3]));
    (0..4).for_each(|x| (0..50).for_each(|y| page.put_pixel(x, y, Rgb([0; 3]))));
    let page = measures(&page);
    assert_eq!((page.dark, page.bright), (1.0, 1.0));
    assert!((page.entropy - 0.2423).abs() < 1e-3, "-0.04 log2 0.04 - 0.96 log2 0.96: {}", page.entropy);
    let mut half = RgbImage::from_pixel(100, 50, Rgb([255; 3]));
    (0..50).for_each(|x| (0..50).for_each(|y| half.put_pixel(x, y, Rgb([0; 3]))));
    let half = measures(&half);
    assert_eq!((half.dark, half.bright, half.entropy), (1.0, 0.0, 1.0));
}

#[test]
fn a_thumbnail_says_nearly_the_same_and_what_is_none_is_refused() {
    for picture in pictures() {
        let small = thumbnail(&picture, 192);
        let (told, whole) = (measures_of_thumbnail(&small.jpeg).expect("it is a JPEG"), measures(&picture));
        // What lies at the border of two steps is in both of them with the grain of a JPEG: of a picture of few plain areas
        // that is a bit and a little more. One that is near-blank is far from all of these.
        assert!((told.entropy - whole.entropy).abs() < 1.5, "{told:?} {whole:?}");
        assert!((told.dark - whole.dark).abs() < 0.1 && (told.bright - whole.bright).abs() < 0.1);
    }
    assert!(matches!(measures_of_thumbnail(b"nonsense"), Err(ImagesError::Damaged { .. })));
    let dot = measures(&RgbImage::from_pixel(1, 1, Rgb([200, 10, 90])));
    assert!(dot.sharpness == 0.0 && dot.entropy == 0.0);
}
