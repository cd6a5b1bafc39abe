//! Hashes of files and of pictures, on the program's own samples.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, RgbImage, imageops};
use tiramisu::domain::Resizing;
use tiramisu::images::content_hash::content_hash;
use tiramisu::images::perceptual_hash::{differing_bits, perceptual_hash, perceptual_hash_of_thumbnail};
use tiramisu::images::sample::{self, CLASSES};
use tiramisu::images::{ImagesError, prepare, prepare_and_hash, thumbnail};

/// One of every class, and another of most.
fn pictures() -> Vec<RgbImage> {
    (0..40).map(|number| sample::image(number % CLASSES.len(), number / CLASSES.len(), 1)).collect()
}

fn recompressed(picture: &RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .unwrap();
    image::load_from_memory(&bytes).unwrap().into_rgb8()
}

fn brightened(picture: &RgbImage, by: f32) -> RgbImage {
    let mut picture = picture.clone();
    picture.iter_mut().for_each(|value| *value = (f32::from(*value) * by).round().min(255.0) as u8);
    picture
}

#[test]
fn a_changed_copy_looks_the_same_and_other_pictures_do_not() {
    let pictures = pictures();
    let hashes: Vec<u64> = pictures.iter().map(perceptual_hash).collect();
    let mut worst = [0; 5];
    for (number, (picture, hash)) in pictures.iter().zip(&hashes).enumerate() {
        let class = CLASSES[number % CLASSES.len()].name;
        let copies = [
            perceptual_hash(&imageops::resize(picture, 120, 120, imageops::FilterType::Triangle)),
            perceptual_hash(&imageops::resize(picture, 500, 400, imageops::FilterType::CatmullRom)),
            perceptual_hash(&recompressed(picture, 40)),
            perceptual_hash(&brightened(picture, 1.08)),
            perceptual_hash_of_thumbnail(&thumbnail(picture, 128).jpeg).unwrap(),
        ];
        let bits = copies.map(|copy| differing_bits(*hash, copy));
        // Their symmetry makes most frequencies nothing, and the signs of nothing are chance.
        if ["julia", "grids"].contains(&class) {
            eprintln!("{class}: {bits:?} bits");
            continue;
        }
        assert!(bits.iter().all(|bits| *bits <= 6), "{class}: {bits:?}");
        worst.iter_mut().zip(bits).for_each(|(worst, bits)| *worst = bits.max(*worst));
    }
    eprintln!("smaller, larger, recompressed, brighter, thumbnail: at most {worst:?} bits");
    let mut between: Vec<u32> = (0..hashes.len())
        .flat_map(|a| (0..a).map(move |b| (a, b)))
        .map(|(a, b)| differing_bits(hashes[a], hashes[b]))
        .collect();
    between.sort_unstable();
    let median = between[between.len() / 2];
    eprintln!("between pictures: least {} bits, median {median}", between[0]);
    assert!(between[0] > 6, "two different pictures look the same: {between:?}");
    assert!((28..=36).contains(&median), "{median}");
}

/// The lowest 8 x 8 frequencies of 16 x 16 grey values, in f64.
fn frequencies(picture: &RgbImage) -> Vec<f64> {
    let grey = imageops::resize(&imageops::grayscale(picture), 16, 16, imageops::FilterType::Lanczos3);
    let wave =
        |at: u32, frequency: u32| (std::f64::consts::PI * (f64::from(at) + 0.5) * f64::from(frequency) / 16.0).cos();
    let frequency = |u: u32, v: u32| {
        grey.enumerate_pixels().map(|(x, y, value)| f64::from(value[0]) * wave(x, u) * wave(y, v)).sum::<f64>()
    };
    (0..64).map(|at| frequency(at % 8, at / 8)).collect()
}

#[test]
fn the_bits_say_which_frequencies_lie_above_their_median() {
    let mut clear = 0;
    for picture in pictures() {
        let hash = perceptual_hash(&picture);
        let frequencies = frequencies(&picture);
        let mut sorted = frequencies.clone();
        sorted.sort_by(f64::total_cmp);
        let median = (sorted[31] + sorted[32]) / 2.0;
        for (bit, frequency) in frequencies.iter().enumerate() {
            // One grey value more or less in some of the 256 pixels is a matter of the resizer.
            if (frequency - median).abs() > 40.0 {
                assert_eq!(hash >> bit & 1 == 1, *frequency > median, "bit {bit}: {frequency} and {median}");
                clear += 1;
            }
        }
    }
    assert!(clear > 40 * 32, "{clear} of {} bits were clear", 40 * 64);
}

#[test]
fn pictures_of_one_colour_or_one_pixel_have_a_hash_too() {
    for (side, colour) in [(1, [9, 9, 9]), (64, [0, 0, 0]), (64, [255, 255, 255]), (64, [200, 10, 10])] {
        let picture = RgbImage::from_pixel(side, side, image::Rgb(colour));
        assert_eq!(perceptual_hash(&picture), perceptual_hash(&picture.clone()));
    }
    assert_eq!(differing_bits(0b1011, 0b0001), 2);
    assert_eq!(differing_bits(0, u64::MAX), 64);
}

#[test]
fn a_thumbnail_that_is_no_jpeg_is_refused() {
    let error = perceptual_hash_of_thumbnail(b"not a picture").unwrap_err();
    assert!(matches!(error, ImagesError::Damaged { .. }), "{error}");
}

#[test]
fn the_content_hash_is_that_of_b3sum_and_tells_files_apart_by_their_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        content_hash(&path).unwrap()
    };
    let hex = |hash: [u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    // The published test vectors of BLAKE3: bytes counting from 0 to 250 and over again.
    let counting = |len: usize| (0..len).map(|at| (at % 251) as u8).collect::<Vec<u8>>();
    assert_eq!(hex(write("empty", b"")), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    assert_eq!(
        hex(write("long", &counting(102_400))),
        "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"
    );
    let (a, copy, b) = (write("a.jpg", b"one"), write("copy.png", b"one"), write("b.jpg", b"onf"));
    assert_eq!(a, copy);
    assert_ne!(a, b);
}

#[test]
fn the_content_hash_is_the_same_while_a_picture_of_any_format_is_decoded() {
    let (other, input) = (tempfile::tempdir().unwrap(), Resizing::stretch(24, 24));
    let mut hashed = 0;
    for file in std::fs::read_dir(super::fixture("")).unwrap() {
        let path = file.unwrap().path();
        // Cameras put films behind their pictures, which no decoder reads.
        let longer = other.path().join("longer");
        let mut bytes = std::fs::read(&path).unwrap_or_default();
        bytes.extend((0..200_000).map(|at| (at % 251) as u8));
        std::fs::write(&longer, bytes).unwrap();
        for path in [&path, &longer] {
            let Ok(prepared) = prepare(path, &input, 32) else {
                assert!(prepare_and_hash(path, &input, 32).is_err(), "{}", path.display());
                continue;
            };
            let (same, hash) = prepare_and_hash(path, &input, 32).unwrap();
            assert_eq!(hash, Some(content_hash(path).unwrap()), "{}", path.display());
            assert_eq!(same.network_input, prepared.network_input, "{}", path.display());
            assert_eq!(same.thumbnail.jpeg, prepared.thumbnail.jpeg, "{}", path.display());
            hashed += 1;
        }
    }
    assert!(hashed > 20, "{hashed} pictures");
}

#[test]
fn what_is_no_file_has_no_content() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(content_hash(folder.path()), Err(ImagesError::NotAFile { .. })));
    assert!(matches!(content_hash(&folder.path().join("gone")), Err(ImagesError::FileMissing { .. })));
}
