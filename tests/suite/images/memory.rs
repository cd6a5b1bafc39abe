//! How much memory a picture takes while it is decoded: no more than is claimed for it.

use std::path::Path;

use image::{DynamicImage, Rgba, Rgba32FImage};
use tiramisu::images::decode;

use super::super::support::memory::{most_bytes, numbers_of};

/// Which picture the child is to decode.
const DECODES: &str = "TIRAMISU_TEST_DECODES";
/// What a process takes beside it: buffers, and the pages of its own code that are touched for the first time meanwhile.
const BESIDE: u64 = 40 << 20;
const SIDES: [u32; 2] = [3000, 2000];

/// Does nothing unless the test below asks it for the memory of one picture, in a process of its own.
#[test]
fn a_picture_that_is_to_be_decoded_alone() {
    let Some(path) = std::env::var_os(DECODES) else { return };
    let before = most_bytes();
    let picture = decode(Path::new(&path)).expect("a picture");
    println!("{DECODES} {}", most_bytes() - before);
    assert_eq!([picture.rgb.width(), picture.rgb.height()], SIDES);
}

#[cfg(target_os = "linux")]
#[test]
fn the_widest_pixels_take_no_more_memory_than_is_claimed_for_them() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("floats.tif");
    let [width, height] = SIDES;
    let floats = Rgba32FImage::from_pixel(width, height, Rgba([0.25, 0.5, 0.75, 1.0]));
    DynamicImage::ImageRgba32F(floats).save(&path).expect("a picture of floats");
    let memory = numbers_of("images::memory::a_picture_that_is_to_be_decoded_alone", DECODES, &path, None)[0];
    // All numbers, and as much again for what is made of them.
    let claimed = 2 * 16 * u64::from(width) * u64::from(height);
    eprintln!("{} MiB of {} that are claimed", memory >> 20, claimed >> 20);
    assert!(memory <= claimed + BESIDE, "{memory} bytes, where {claimed} are claimed");
    assert!(memory >= claimed / 4, "{memory} bytes cannot hold it");
}

/// The folder of all pictures that the child is to decode at a time.
const DECODES_ALL: &str = "TIRAMISU_TEST_DECODES_ALL";
/// Pictures of floats, and JPEGs with very much behind their end, which is read as well.
const MIXTURE: [u64; 2] = [6, 4];
const BYTES_OF_A_JPEG: u64 = 400 << 20;
/// What all decodes of a process may hold together.
const BUDGET: u64 = 1 << 30;

/// Does nothing unless the test below asks it for the memory of all pictures of a folder, in a process of its own.
#[test]
fn pictures_that_are_to_be_decoded_together_alone() {
    let Some(folder) = std::env::var_os(DECODES_ALL) else { return };
    let files: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).collect();
    let start = std::sync::Barrier::new(files.len());
    let before = most_bytes();
    std::thread::scope(|scope| {
        for path in &files {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                decode(path).expect("a picture");
            });
        }
    });
    println!("{DECODES_ALL} {}", most_bytes() - before);
}

/// A claim is made before the file is read, whatever the format: so ten threads that meet the worst at once hold no more than one
/// budget together.
#[cfg(target_os = "linux")]
#[test]
fn threads_that_meet_the_heaviest_pictures_of_several_formats_at_once_keep_within_the_budget() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let [width, height] = SIDES;
    let floats = DynamicImage::ImageRgba32F(Rgba32FImage::from_pixel(width, height, Rgba([0.25, 0.5, 0.75, 1.0])));
    let first = dir.path().join("floats0.tif");
    floats.save(&first).expect("a picture of floats");
    for number in 1..MIXTURE[0] {
        std::fs::hard_link(&first, dir.path().join(format!("floats{number}.tif"))).expect("another name");
    }
    for number in 0..MIXTURE[1] {
        let path = dir.path().join(format!("heavy{number}.jpg"));
        image::RgbImage::from_pixel(64, 48, image::Rgb([90, 120, 30])).save(&path).expect("a picture");
        // Nothing of it is on the disk.
        std::fs::File::options().write(true).open(&path).and_then(|it| it.set_len(BYTES_OF_A_JPEG)).expect("a file");
    }
    let test = "images::memory::pictures_that_are_to_be_decoded_together_alone";
    let memory = numbers_of(test, DECODES_ALL, dir.path(), None)[0];
    let pixels = u64::from(width) * u64::from(height);
    let together = MIXTURE[0] * 2 * 16 * pixels + MIXTURE[1] * BYTES_OF_A_JPEG;
    assert!(together > 2 * BUDGET, "without a budget it would be seen");
    // What was decoded is nobody's claim any more.
    let allowed = BUDGET + MIXTURE[0] * 3 * pixels + BESIDE;
    eprintln!("{} MiB of {} that are allowed, where all together take {}", memory >> 20, allowed >> 20, together >> 20);
    assert!(memory <= allowed, "{memory} bytes, where {allowed} are allowed");
    assert!(memory > BYTES_OF_A_JPEG + (16 * pixels), "{memory} bytes: they did not meet");
}
