//! Extracting photographs of 12 and of 50 million pixels, in any mix, takes no more memory beside that of small pictures than all
//! decodes share: a GiB.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageFormat, RgbImage};
use tiramisu::domain::Decoding;
use tiramisu::engine::networks::{self, PreparationWish};
use tiramisu::engine::{Event, NetworkFile, Progress, make_sample};
use turbojpeg::{Compressor, Image, PixelFormat};

use crate::support::listener::{Listener, options};
use crate::support::memory::{most_bytes, numbers_of};

/// How the child is to decode, and in which folder.
const EXTRACTS: &str = "TIRAMISU_TEST_EXTRACTS";
/// What all decodes may hold together (`src/images/budget.rs`).
const SHARED: u64 = 1 << 30;
/// What threads take that decode for the first time beside what is claimed: stacks, and what the allocator holds for the next picture.
const BESIDE: u64 = 64 << 20;
/// More decode at once than any of the machines that these tests run on would by itself.
const THREADS: usize = 24;
const LARGE: [[u32; 2]; 2] = [[4032, 3024], [8160, 6144]];
/// Of each kind and size.
const COPIES: usize = 3;

/// Does nothing unless the test below asks it for the memory of an extraction, in a process of its own.
#[test]
fn photographs_that_are_to_be_extracted_alone() {
    let Ok(how) = std::env::var(EXTRACTS) else { return };
    let (how, dir) = how.split_once(' ').expect("how, and where");
    let (decoding, network) = match how {
        "scaled" => (Decoding::Scaled, NetworkFile::Builtin),
        _ => (Decoding::Whole, NetworkFile::Known("mine".to_owned())),
    };
    let dir = Path::new(dir);
    let mut options = options(dir);
    options.batch_images = Some(THREADS);
    let mut listener = Listener::start(options);
    let mut extract = |folder: &str| {
        let workspace = dir.join(format!("{how} {folder}"));
        listener.open(&dir.join(folder), &workspace, network.clone(), true);
        let told = listener.until("the collection", |event| match event {
            Event::Opened(collection) => Some(collection.resizing.decoding),
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        });
        assert!(told == decoding && !listener.until_extracted());
        let bad = listener.images.iter().find_map(|image| image.problem.as_ref());
        assert!(bad.is_none() && listener.problems.is_empty(), "{bad:?}, {:?}", listener.problems);
        most_bytes()
    };
    let small = extract("small");
    println!("{EXTRACTS} {}", extract("photographs") - small);
}

/// A soft picture with grain, quickly made: each row is another stretch of one long one.
fn photograph([width, height]: [u32; 2]) -> RgbImage {
    let mut random = fastrand::Rng::with_seed(4);
    let row = width as usize * 3;
    let long: Vec<u8> = (0..row + 4096).map(|place| (place * 200 / row) as u8 + random.u8(0..12)).collect();
    let mut pixels = Vec::with_capacity(row * height as usize);
    (0..height).for_each(|_| pixels.extend_from_slice(&long[random.usize(0..1024) * 3..][..row]));
    RgbImage::from_raw(width, height, pixels).expect("three bytes a pixel")
}

/// The worst of each kind: progressive JPEGs hold all frequencies, PNG and TIFF all pixels, the latter twice.
fn write(folder: &Path, size: [u32; 2]) {
    let picture = photograph(size);
    let name = |kind: &str| folder.join(format!("{} {kind}", size[0]));
    for (kind, is_progressive) in [("usual.jpg", false), ("progressive.jpg", true)] {
        let mut compressor = Compressor::new().expect("libjpeg-turbo");
        compressor.set_quality(90).expect("a quality");
        compressor.set_progressive(is_progressive).expect("a kind");
        let [width, height] = size.map(|side| side as usize);
        let pixels = picture.as_raw().as_slice();
        let image = Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB };
        fs::write(name(kind), compressor.compress_to_vec(image).expect("a JPEG")).expect("a file");
    }
    let png = BufWriter::new(File::create(name("usual.png")).expect("a file"));
    let encoder = PngEncoder::new_with_quality(png, CompressionType::Fast, FilterType::NoFilter);
    encoder.write_image(picture.as_raw(), size[0], size[1], ExtendedColorType::Rgb8).expect("a PNG");
    picture.save_with_format(name("usual.tif"), ImageFormat::Tiff).expect("a TIFF");
}

#[cfg(target_os = "linux")]
#[test]
fn extracting_mixed_photographs_takes_what_all_decodes_share_whatever_the_mix() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/old.caffemodel");
    networks::add(&golden, Some("mine"), &PreparationWish::default(), Some(dir.path())).expect("a network");
    make_sample(&dir.path().join("small"), 2 * THREADS, 7, &Progress::new("sample")).expect("sample pictures");
    let [once, folder] = ["once", "photographs"].map(|name| dir.path().join(name));
    [&once, &folder].into_iter().for_each(|folder| fs::create_dir(folder).expect("a folder"));
    LARGE.into_iter().for_each(|size| write(&once, size));
    for file in fs::read_dir(&once).expect("a folder") {
        let file = file.expect("a file");
        for copy in 0..COPIES {
            let name = format!("{copy} {}", file.file_name().display());
            fs::hard_link(file.path(), folder.join(name)).expect("a link");
        }
    }
    for how in ["scaled", "whole"] {
        let test = "engine::photographs::photographs_that_are_to_be_extracted_alone";
        let more = numbers_of(test, EXTRACTS, format!("{how} {}", dir.path().display()), Some(THREADS))[0];
        eprintln!("{how}: at most {} MiB more memory than with small pictures", more >> 20);
        assert!(more <= SHARED + BESIDE, "{how}: {more} bytes, where {} are allowed", SHARED + BESIDE);
        assert!(more >= SHARED / 4, "{how}: {more} bytes are not those of many at once");
    }
}
