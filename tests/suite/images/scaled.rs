//! JPEGs that are scaled while they are decoded.

use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::Device;
use image::{Rgb, RgbImage, imageops};
use sha2::{Digest, Sha256};
use tiramisu::domain::{Decoding, Fit, Interpolation, Pooling, Resizing};
use tiramisu::features::{PooledBatch, pool};
use tiramisu::images::jpeg_header::{self, JpegHeader};
use tiramisu::images::sample::{self, CLASSES};
use tiramisu::images::{decode, for_network, network_input, prepare, thumbnail, thumbnail_of};
use tiramisu::network::{NetworkChoice, Runner, load};
use turbojpeg::{Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use super::fixture;

/// Features of a picture that was decoded scaled are at least this near to those of the whole one (cosine, last layer).
const ACCEPTED_COSINE: f64 = 0.99;

/// How a file is told.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Sequential,
    Progressive,
    Arithmetic,
}

fn jpeg(rgb: &RgbImage, kind: Kind) -> Vec<u8> {
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(90).unwrap();
    compressor.set_subsamp(Subsamp::Sub2x2).unwrap();
    compressor.set_progressive(kind == Kind::Progressive).unwrap();
    compressor.set_arithmetic(kind == Kind::Arithmetic).unwrap();
    let (width, height) = (rgb.width() as usize, rgb.height() as usize);
    let pixels = rgb.as_raw().as_slice();
    compressor.compress_to_vec(Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB }).unwrap()
}

fn scaled(resizing: Resizing) -> Resizing {
    Resizing { decoding: Decoding::Scaled, ..resizing }
}

/// Red above left, green above right, blue below, in soft transitions.
fn flag(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let upper = (1.0 - y) * 255.0;
        Rgb([((1.0 - x) * upper) as u8, (x * upper) as u8, (y * 255.0) as u8])
    })
}

/// The same file with an EXIF orientation behind its start.
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

fn header(bytes: &[u8]) -> JpegHeader {
    jpeg_header::read(&mut BufReader::new(Cursor::new(bytes))).unwrap().expect("a JPEG has a header")
}

fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
}

#[test]
fn a_picture_scaled_while_it_is_decoded_lies_where_the_whole_one_lies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("turned.jpg");
    let fits = [Fit::Stretch, Fit::Crop { shorter_px: 60 }, Fit::Letterbox { fill: [9, 9, 9] }];
    // Sides that eight does not divide: the last pixel of the scaled picture stands for less than eight.
    let bytes = jpeg(&flag(1003, 757), Kind::Sequential);
    let large = jpeg(&flag(4003, 3001), Kind::Sequential);
    for orientation in 1..=8 {
        // An eighth of the largest, half of the others.
        std::fs::write(&path, turned(if orientation == 7 { &large } else { &bytes }, orientation)).unwrap();
        let upright = decode(&path).unwrap().rgb;
        for (fit, interpolation) in fits.into_iter().flat_map(|fit| Interpolation::ALL.map(|by| (fit, by))) {
            let whole = Resizing { fit, interpolation, ..Resizing::stretch(50, 40) };
            let expected = prepare(&path, &whole, 64).unwrap();
            let got = prepare(&path, &scaled(whole), 64).unwrap();
            assert_eq!((got.width, got.height), upright.dimensions());
            let off = mean_difference(&got.network_input, &expected.network_input);
            let most = if interpolation == Interpolation::Nearest { 2.0 } else { 0.6 };
            assert!(off < most, "orientation {orientation}, {whole:?}: off by {off}");
            let alone = network_input(&path, &scaled(whole)).unwrap();
            assert!(alone.rgb == got.network_input, "what is asked for alone is the same");
            let small = |thumbnail: &tiramisu::images::Thumbnail| thumbnail.rgba().unwrap().pixels;
            assert_eq!(
                (got.thumbnail.width, got.thumbnail.height),
                (expected.thumbnail.width, expected.thumbnail.height)
            );
            assert!(mean_difference(&small(&got.thumbnail), &small(&expected.thumbnail)) < 2.0);
        }
        let alone = thumbnail_of(&path, 64).unwrap();
        let of_whole = thumbnail(&upright, 64);
        assert_eq!((alone.width, alone.height), (of_whole.width, of_whole.height));
        assert!(mean_difference(&alone.rgba().unwrap().pixels, &of_whole.rgba().unwrap().pixels) < 2.0);
    }
}

#[test]
fn a_picture_too_small_to_be_scaled_is_decoded_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.jpg");
    for (width, height) in [(300, 200), (440, 330), (2000, 230)] {
        std::fs::write(&path, jpeg(&flag(width, height), Kind::Sequential)).unwrap();
        let whole = Resizing { interpolation: Interpolation::BilinearAntialiased, ..Resizing::stretch(159, 159) };
        let [whole, scaled] = [whole, scaled(whole)].map(|resizing| network_input(&path, &resizing).unwrap().rgb);
        assert!(whole == scaled, "{width} x {height}");
    }
}

/// What `tests/images/make.py` printed: Pillow's pixels, and OpenCV's.
#[test]
fn a_whole_picture_is_decoded_to_the_bit_as_pillow_does() {
    let expected = "f9428427701dbf344cdc083f82b6fc347a3bd807d15f48df19d59166ab3bb88a";
    for name in ["coarse.jpg", "coarse_progressive.jpg"] {
        let rgb = decode(&fixture(name)).unwrap().rgb;
        let got: String = Sha256::digest(rgb.as_raw()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((rgb.dimensions(), got.as_str()), ((61, 43), expected), "{name}");
    }
}

/// libjpeg-turbo's pixels of an eighth of it.
fn eighth(jpeg: &[u8]) -> RgbImage {
    let mut decompressor = Decompressor::new().unwrap();
    decompressor.set_scaling_factor(ScalingFactor::ONE_EIGHTH).unwrap();
    let header = decompressor.read_header(jpeg).unwrap().scaled(ScalingFactor::ONE_EIGHTH);
    let (width, height) = (header.width, header.height);
    let mut pixels = vec![0; width * height * 3];
    let output = Image { pixels: &mut pixels[..], width, pitch: width * 3, height, format: PixelFormat::RGB };
    decompressor.decompress(jpeg, output).unwrap();
    RgbImage::from_raw(width as u32, height as u32, pixels).unwrap()
}

#[test]
fn an_eighth_of_a_photograph_is_libjpeg_turbos_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grained.jpg");
    let mut random = fastrand::Rng::with_seed(7);
    let resizing = Resizing { interpolation: Interpolation::BilinearAntialiased, ..Resizing::stretch(144, 29) };
    // Whole groups of blocks, and sides that end within one.
    for (width, height) in [(2560, 480), (2312, 472)] {
        for grain in [6, 120] {
            let mut picture = flag(width, height);
            for value in picture.iter_mut() {
                *value = (i32::from(*value) + random.i32(-grain..=grain)).clamp(0, 255) as u8;
            }
            for subsampling in [Subsamp::Sub2x2, Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub1x2, Subsamp::Gray] {
                for quality in [40, 92, 100] {
                    let mut compressor = Compressor::new().unwrap();
                    compressor.set_quality(quality).unwrap();
                    compressor.set_subsamp(subsampling).unwrap();
                    compressor.set_optimize(quality == 92).unwrap();
                    let (width, height) = (width as usize, height as usize);
                    let pixels = picture.as_raw().as_slice();
                    let image = Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB };
                    let bytes = compressor.compress_to_vec(image).unwrap();
                    std::fs::write(&path, &bytes).unwrap();
                    let expected = for_network(&eighth(&bytes), &resizing);
                    let got = network_input(&path, &scaled(resizing)).unwrap().rgb;
                    let what = format!("{width} x {height}, grain {grain}, {subsampling:?}, quality {quality}");
                    assert!(got == expected, "{what}: off by {} in the mean", mean_difference(&got, &expected));
                }
            }
        }
    }
}

#[test]
fn every_kind_of_jpeg_is_decoded_scaled_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kind.jpg");
    let picture = flag(1200, 900);
    let whole = Resizing { interpolation: Interpolation::BilinearAntialiased, ..Resizing::stretch(80, 60) };
    for kind in [Kind::Sequential, Kind::Progressive, Kind::Arithmetic] {
        std::fs::write(&path, jpeg(&picture, kind)).unwrap();
        assert!(mean_difference(decode(&path).unwrap().rgb.as_raw(), picture.as_raw()) < 1.5, "{kind:?}");
        let [whole, scaled] = [whole, scaled(whole)].map(|resizing| network_input(&path, &resizing).unwrap().rgb);
        assert!(mean_difference(&whole, &scaled) < 0.6, "{kind:?}");
        assert_eq!(header(&std::fs::read(&path).unwrap()).coefficient_bytes > 0, kind == Kind::Progressive);
    }
}

#[test]
fn a_large_jpeg_that_is_cut_off_or_damaged_says_so_when_it_is_decoded_scaled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.jpg");
    let resizing = scaled(Resizing::stretch(50, 50));
    for kind in [Kind::Sequential, Kind::Progressive] {
        let bytes = jpeg(&flag(1200, 900), kind);
        for keep in [bytes.len() - 1, bytes.len() - 2, bytes.len() / 2, 700] {
            std::fs::write(&path, &bytes[..keep]).unwrap();
            let error = prepare(&path, &resizing, 64).unwrap_err();
            assert!(matches!(error, tiramisu::images::ImagesError::CutOff { .. }), "{kind:?} at {keep}: {error}");
        }
    }
}

/// As `flag`, of four inks, of which 255 is none.
fn of_inks(width: usize, height: usize) -> Vec<u8> {
    let picture = flag(width as u32, height as u32);
    let pixels: Vec<u8> = picture.pixels().flat_map(|Rgb([r, g, b])| [*r, *g, *b, 255 - g / 3]).collect();
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(95).unwrap();
    compressor.set_subsamp(Subsamp::None).unwrap();
    let image = Image { pixels: pixels.as_slice(), width, pitch: width * 4, height, format: PixelFormat::CMYK };
    compressor.compress_to_vec(image).unwrap()
}

#[test]
fn a_picture_of_four_inks_is_scaled_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inks.jpg");
    for (width, height) in [(1203, 900), (4003, 3001)] {
        std::fs::write(&path, of_inks(width, height)).unwrap();
        let whole = Resizing { interpolation: Interpolation::BilinearAntialiased, ..Resizing::stretch(80, 60) };
        let [whole, scaled] = [whole, scaled(whole)].map(|resizing| network_input(&path, &resizing).unwrap().rgb);
        assert!(whole != scaled, "{width} x {height} is scaled");
        let off = mean_difference(&whole, &scaled);
        assert!(off < 0.8, "{width} x {height} is off by {off}");
    }
    assert_eq!(header(&std::fs::read(&path).unwrap()).components, 4);
}

#[test]
fn an_eighth_of_a_picture_that_can_be_read_from_many_places_on_is_libjpeg_turbos_to_the_bit() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds/picture");
    let resizing = Resizing { interpolation: Interpolation::BilinearAntialiased, ..Resizing::stretch(144, 25) };
    for name in ["restarts.jpg", "eighth.jpg", "fine_colours.jpg"] {
        let bytes = std::fs::read(seeds.join(name)).unwrap();
        let restarts = bytes.windows(2).filter(|pair| matches!(pair, [0xFF, 0xD0..=0xD7])).count();
        assert_eq!(restarts > 100, name == "restarts.jpg", "{name}: {restarts}");
        let got = network_input(&seeds.join(name), &scaled(resizing)).unwrap().rgb;
        assert!(got == for_network(&eighth(&bytes), &resizing), "{name}");
    }
}

/// A picture that is told colour by colour, again and again, in so many scans: one of grey for each of three colours.
fn in_scans(scans: usize) -> Vec<u8> {
    let (width, height) = (1280, 640);
    // Steps that are no blocks, whose means would be what lies in their middles.
    let grey: Vec<u8> = (0..width * height).map(|place| (place % width / 5) as u8).collect();
    let mut compressor = Compressor::new().unwrap();
    compressor.set_subsamp(Subsamp::Gray).unwrap();
    let image = Image { pixels: grey.as_slice(), width, pitch: width, height, format: PixelFormat::GRAY };
    let one = compressor.compress_to_vec(image).unwrap();
    let find = |marker: u8| one.windows(2).position(|pair| pair == [0xFF, marker]).expect("it is told");
    let (frame, scan, end) = (find(0xC0), find(0xDA), one.len() - 2);
    let frame_end = frame + 2 + usize::from(u16::from_be_bytes([one[frame + 2], one[frame + 3]]));
    let scan_end = scan + 2 + usize::from(u16::from_be_bytes([one[scan + 2], one[scan + 3]]));
    let mut bytes = one[..frame].to_vec();
    bytes.extend([0xFF, 0xC0, 0, 17]);
    bytes.extend(&one[frame + 4..frame + 9]);
    bytes.extend([3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    bytes.extend(&one[frame_end..scan]);
    for number in 0..scans {
        bytes.extend([0xFF, 0xDA, 0, 8, 1, (number % 3) as u8 + 1, 0, 0, 63, 0]);
        bytes.extend(&one[scan_end..end]);
    }
    bytes.extend([0xFF, 0xD9]);
    bytes
}

#[test]
fn a_picture_told_in_more_scans_than_any_program_writes_is_left_to_the_other_decoder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scans.jpg");
    let resizing = Resizing::stretch(40, 20);
    let inputs = |scans| {
        std::fs::write(&path, in_scans(scans)).unwrap();
        [resizing, scaled(resizing)].map(|resizing| network_input(&path, &resizing).map(|input| input.rgb))
    };
    let [whole, scaled] = inputs(498).map(Result::unwrap);
    assert!(whole != scaled && mean_difference(&whole, &scaled) < 2.0, "so many are read, and scaled");
    // That one scales nothing, and has its own bounds.
    match inputs(504) {
        [Ok(whole), Ok(scaled)] => assert!(whole == scaled, "libjpeg-turbo read it"),
        answers => answers.into_iter().for_each(|answer| assert!(!answer.unwrap_err().reason().is_empty())),
    }
}

/// A file of a few bytes that says of itself what a photograph of this size says.
fn claiming(width: u16, height: u16, kind: Kind) -> JpegHeader {
    let mut bytes = jpeg(&flag(16, 16), kind);
    let frame = bytes.windows(2).position(|pair| matches!(pair, [0xFF, 0xC0 | 0xC2])).expect("it has a frame");
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    header(&bytes)
}

#[test]
fn what_a_decode_claims_of_the_memory_follows_what_it_takes() {
    const MB: u64 = 1_000_000;
    for ((width, height), pixels) in [((4032, 3024), 12_192_768u64), ((8160, 6144), 50_135_040)] {
        let [sequential, progressive] = [Kind::Sequential, Kind::Progressive].map(|kind| claiming(width, height, kind));
        assert_eq!((sequential.width, sequential.height), (u32::from(width), u32::from(height)));
        let rows = u64::from(width) * 32 * 2 * 3 * 3;
        // Whole: three bytes a pixel, and what libjpeg-turbo has of it at once.
        assert_eq!(sequential.bytes_to_decode(8), pixels * 3 + rows);
        // An eighth: a sixty-fourth of that, whatever the photograph.
        let eighth = u64::from(width / 8) * u64::from(height / 8) * 3;
        assert_eq!(sequential.bytes_to_decode(1), eighth + rows);
        assert!(sequential.bytes_to_decode(1) < 8 * MB, "{}", sequential.bytes_to_decode(1));
        // Told in passes: all frequencies, of brightness and a quarter as many of each colour, until the last has come.
        let frequencies = pixels * 2 * 3 / 2;
        assert!(progressive.coefficient_bytes >= frequencies);
        assert!(progressive.coefficient_bytes < frequencies + frequencies / 50);
        assert_eq!(progressive.bytes_to_decode(1), progressive.coefficient_bytes + eighth + rows);
    }
    // Sixteen workers with the largest that are told in passes do not fit together, and so wait for each other.
    assert!(16 * claiming(8160, 6144, Kind::Progressive).bytes_to_decode(1) > 1 << 30);
}

/// As large as a photograph: each picture of the collection enlarged and grained, as cameras do it; and many of its pictures
/// beside each other, with textures and letters as fine as pixels are.
fn photographs(folder: &Path) -> Vec<PathBuf> {
    const SIDE: u32 = 2560;
    let mut random = fastrand::Rng::with_seed(5);
    let kinds = ["text", "dead_leaves", "weave", "night_sky", "mazes", "ferns", "spheres", "bricks"];
    let places = kinds.map(|kind| CLASSES.iter().position(|class| class.name == kind).expect("it is a class"));
    let mut paths = Vec::new();
    for (kind, class) in kinds.into_iter().zip(places) {
        let picture = sample::image(class, 0, 5);
        let mut enlarged = imageops::resize(&picture, SIDE, SIDE, imageops::FilterType::CatmullRom);
        for value in enlarged.iter_mut() {
            *value = (i32::from(*value) + random.i32(-6..=6)).clamp(0, 255) as u8;
        }
        let small = [0, 1, 2].map(|index| sample::image(class, index, 5));
        let tiled = RgbImage::from_fn(SIDE, SIDE, |x, y| {
            let tile = &small[((x / small[0].width() + y / small[0].height()) % 3) as usize];
            *tile.get_pixel(x % tile.width(), y % tile.height())
        });
        for (how, picture) in [("enlarged", &enlarged), ("tiled", &tiled)] {
            let path = folder.join(format!("{kind}_{how}.jpg"));
            std::fs::write(&path, jpeg(picture, Kind::Sequential)).unwrap();
            paths.push(path);
        }
    }
    paths
}

#[test]
fn the_built_in_network_sees_of_a_scaled_picture_what_it_sees_of_the_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let paths = photographs(folder.path());
    let graph = Arc::new(load(&NetworkChoice::Builtin).unwrap());
    assert_eq!(graph.preprocessing.decoding, Decoding::Scaled);
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let last = (0..graph.nodes.len()).rfind(|layer| graph.nodes[*layer].stored_by_default).unwrap();
    let resizing = graph.preprocessing.resizing();
    for path in &paths {
        let whole = Resizing { decoding: Decoding::Whole, ..resizing };
        let rgb = [whole, resizing].map(|resizing| network_input(path, &resizing).unwrap().rgb);
        assert!(rgb[0] != rgb[1], "so large a picture is scaled");
        let mut pooled = PooledBatch::new();
        let batch = graph.preprocessing.batch(&rgb.concat(), 2, runner.device());
        runner.forward(batch, &[last], |_, activation| pooled.push(pool(activation, Pooling::Average)));
        let vectors = pooled.read().unwrap().remove(0);
        let [whole, scaled] = [0, 1].map(|row| vectors.row(row).iter().map(f64::from).collect::<Vec<f64>>());
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let cosine = dot(&whole, &scaled) / (dot(&whole, &whole) * dot(&scaled, &scaled)).sqrt();
        eprintln!("{}: cosine {cosine:.5}", path.file_name().unwrap_or_default().to_string_lossy());
        assert!(cosine >= ACCEPTED_COSINE, "{}: cosine {cosine:.5}", path.display());
    }
}
