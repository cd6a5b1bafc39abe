//! Pictures on disk: walking, decoding, resizing, thumbnails, the sample collection.

mod content;
mod hashes;
mod measures;
mod memory;
mod pieces;
mod raw;
mod scaled;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use image::{Rgb, RgbImage};
use tiramisu::domain::Resizing;
use tiramisu::images::budget::Budget;
use tiramisu::images::sample::{self, CLASSES};
use tiramisu::images::{Found, ImagesError, WalkSummary, decode, for_network, prepare, thumbnail, upright_size, walk};

use crate::support::skipped;

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images").join(name)
}

fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TIRAMISU_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let found = root.join(path);
    if !found.exists() {
        skipped!("{} is not there", found.display());
        return None;
    }
    Some(found)
}

/// Red, green, blue and white quarters, read off away from the blurred borders between them.
pub fn assert_shows_flag(rgb: &RgbImage, tolerance: i32) {
    assert_eq!(rgb.dimensions(), (24, 16));
    for (x, y, wanted) in [(4, 3, [255, 0, 0]), (19, 3, [0, 255, 0]), (4, 12, [0, 0, 255]), (19, 12, [255, 255, 255])] {
        let Rgb(got) = *rgb.get_pixel(x, y);
        let far = got.iter().zip(wanted).map(|(g, w)| (i32::from(*g) - w).abs()).max();
        assert!(far <= Some(tolerance), "at {x}, {y}: {got:?} instead of {wanted:?}");
    }
}

fn walk_all(folder: &Path) -> (Vec<Found>, WalkSummary) {
    let mut found = Vec::new();
    let summary = walk(folder, &|| false, &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    })
    .unwrap();
    (found, summary)
}

fn touch(folder: &Path, names: &[&str]) {
    for name in names {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"x").unwrap();
    }
}

#[test]
fn a_walk_finds_every_picture_below_the_folder_in_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    touch(
        folder.path(),
        &["b/2.JPG", "b/1.jpeg", "a.png", "c/deep/er/x.TiFF", "b.webp", "b/1.gif", "z.jpe", "y.bmp", "y.tif"],
    );
    touch(folder.path(), &["notes.txt", "b/jpg", "movie.mp4"]);
    touch(folder.path(), &[".hidden.jpg", ".cache/thumb.jpg", "b/.x/1.png"]);

    let (found, summary) = walk_all(folder.path());

    let texts: Vec<_> = found.iter().map(|one| one.path.text.as_str()).collect();
    let expected = ["a.png", "b/1.gif", "b/1.jpeg", "b/2.JPG", "b.webp", "c/deep/er/x.TiFF", "y.bmp", "y.tif", "z.jpe"];
    assert_eq!(texts, expected);
    assert_eq!((summary.images, summary.other_files, summary.stopped), (9, 3, false));
    assert_eq!(summary.problems, []);
    assert_eq!(found[1].path.parent_name(), Some("b"));
    assert_eq!(found[1].file_bytes, 1);
    assert!(found[1].modified_unix_secs > 1_600_000_000);
}

#[test]
fn a_walk_stops_when_the_listener_has_enough() {
    let folder = tempfile::tempdir().unwrap();
    touch(folder.path(), &["1.png", "2.png", "3.png"]);
    let mut seen = 0;
    let summary = walk(folder.path(), &|| false, &mut |_| {
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .unwrap();
    assert_eq!((seen, summary.images, summary.stopped), (2, 2, true));
}

#[test]
fn a_walk_can_be_cancelled_where_there_are_no_pictures() {
    let folder = tempfile::tempdir().unwrap();
    touch(folder.path(), &["1.txt", "2.txt", "3.txt", "4.png"]);
    let asked = std::cell::Cell::new(0);
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    let summary = walk(folder.path(), &cancelled, &mut |_| panic!("it goes on to the picture")).unwrap();
    assert_eq!((summary.images, summary.other_files, summary.stopped), (0, 2, true));
}

#[cfg(unix)]
#[test]
fn a_walk_follows_links_and_survives_those_that_lead_back_or_nowhere() {
    use std::os::unix::fs::symlink;
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    touch(folder.path(), &["a/1.png"]);
    touch(elsewhere.path(), &["far.png"]);
    symlink(folder.path(), folder.path().join("a/back")).unwrap();
    symlink(elsewhere.path(), folder.path().join("link")).unwrap();
    symlink("/nowhere/at/all.jpg", folder.path().join("lost.jpg")).unwrap();

    // Where a picture is not to be expected, nothing is missed.
    symlink("/nowhere/at/all", folder.path().join("lost")).unwrap();
    symlink("/nowhere/at/all.jpg", folder.path().join(".lost.jpg")).unwrap();

    let (found, summary) = walk_all(folder.path());

    let texts: Vec<_> = found.iter().map(|one| one.path.text.as_str()).collect();
    assert_eq!(texts, ["a/1.png", "link/far.png"]);
    assert_eq!(summary.other_files, 1);
    assert_eq!(summary.problems.len(), 1, "{:?}", summary.problems);
    assert_eq!(summary.problems[0].path.text, "lost.jpg");
}

#[cfg(unix)]
#[test]
fn folders_that_links_lead_to_again_and_again_are_walked_once() {
    use std::os::unix::fs::symlink;
    // Two links in each folder lead to the next: two to the twelfth paths to one picture.
    fn ladder(top: &Path, steps: usize) {
        for step in 0..steps {
            std::fs::create_dir_all(top.join(format!("step {step:02}"))).unwrap();
            for link in ["a", "b"] {
                symlink(top.join(format!("step {:02}", step + 1)), top.join(format!("step {step:02}/{link}"))).unwrap();
            }
        }
        touch(top, &[&format!("step {steps:02}/end.png")]);
    }
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    ladder(elsewhere.path(), 12);
    symlink(elsewhere.path().join("step 00"), folder.path().join("far")).unwrap();
    symlink(elsewhere.path().join("step 00"), folder.path().join("far again")).unwrap();
    let (found, _) = walk_all(folder.path());
    assert_eq!(found.len(), 1, "one picture lies there: {found:?}");
    assert!(found[0].path.text.starts_with("far/a/a/"), "{found:?}");

    // Below the folder itself a picture is where it lies, whatever else leads to it.
    let folder = tempfile::tempdir().unwrap();
    ladder(folder.path(), 12);
    let (found, _) = walk_all(folder.path());
    assert_eq!(found.iter().map(|one| one.path.text.as_str()).collect::<Vec<_>>(), ["step 12/end.png"]);
    // What is hidden is met by a link alone.
    touch(folder.path(), &[".hidden/1.png"]);
    symlink(folder.path().join(".hidden"), folder.path().join("shown")).unwrap();
    let (found, _) = walk_all(folder.path());
    assert_eq!(found.iter().map(|one| one.path.text.as_str()).collect::<Vec<_>>(), ["shown/1.png", "step 12/end.png"]);
}

#[test]
fn a_folder_named_like_a_picture_is_walked_as_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    touch(folder.path(), &["album.jpg/1.png"]);
    let (found, summary) = walk_all(folder.path());
    assert_eq!(found[0].path.text, "album.jpg/1.png");
    assert_eq!(summary.problems, []);
}

#[test]
fn all_eight_exif_orientations_come_out_upright() {
    for orientation in 1..=8 {
        let path = fixture(&format!("exif_{orientation}.jpg"));
        let upright = decode(&path).unwrap().rgb;
        assert_shows_flag(&upright, 12);
    }
}

#[test]
fn a_picture_says_its_upright_size_before_it_is_decoded() {
    let mut looked_at = 0;
    for entry in std::fs::read_dir(fixture("")).unwrap() {
        let path = entry.unwrap().path();
        if let Ok(decoded) = decode(&path) {
            assert_eq!(upright_size(&path).unwrap(), [decoded.rgb.width(), decoded.rgb.height()], "{}", path.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 8, "only {looked_at} pictures");
    assert!(matches!(upright_size(&fixture("make.py")), Err(ImagesError::NotAPicture { .. })));
}

#[test]
fn preparing_turns_after_shrinking_and_gets_what_turning_first_gets() {
    for orientation in 1..=8 {
        let path = fixture(&format!("exif_{orientation}.jpg"));
        let upright = decode(&path).unwrap().rgb;
        let resizing = Resizing::stretch(13, 11);
        let prepared = prepare(&path, &resizing, 12).unwrap();

        assert_eq!((prepared.width, prepared.height), (24, 16));
        let expected = for_network(&upright, &resizing);
        assert_eq!(prepared.network_input.len(), 13 * 11 * 3);
        assert!(expected == prepared.network_input, "orientation {orientation}");
        assert_eq!((prepared.thumbnail.width, prepared.thumbnail.height), (12, 8));
        let small = prepared.thumbnail.rgba().unwrap();
        assert_eq!((small.width, small.height, small.pixels.len()), (12, 8, 12 * 8 * 4));
        let red = &small.pixels[(12 + 1) * 4..][..4];
        assert!(red[0] > 200 && red[1] < 60 && red[2] < 60 && red[3] == 255, "orientation {orientation}: {red:?}");
    }
}

#[test]
fn every_kind_of_picture_decodes_to_the_same_flag() {
    for (name, tolerance) in [
        ("progressive.jpg", 12),
        ("cmyk.jpg", 20),
        ("palette.png", 0),
        ("rgb16.png", 0),
        ("flag.bmp", 0),
        ("flag.tif", 0),
        ("flag.webp", 0),
    ] {
        eprintln!("{name}");
        assert_shows_flag(&decode(&fixture(name)).unwrap().rgb, tolerance);
    }
}

#[test]
fn a_jpeg_that_no_decoder_reads_says_what_it_is_and_not_that_it_is_damaged() {
    for (name, kind) in [("twelve_bits.jpg", "a JPEG of 12 bits a colour"), ("lossless.jpg", "a lossless JPEG")] {
        let error = decode(&fixture(name)).unwrap_err();
        assert!(matches!(error, ImagesError::Unsupported { .. }), "{error}");
        let said = error.to_string();
        assert!(said.contains(kind) && said.contains("save it as PNG or JPEG"), "{said}");
    }
}

#[test]
fn of_an_animation_the_first_frame_is_taken() {
    for name in ["animated.gif", "animated.webp"] {
        eprintln!("{name}");
        assert_shows_flag(&decode(&fixture(name)).unwrap().rgb, 1);
    }
}

#[test]
fn grey_becomes_three_equal_channels() {
    let grey = decode(&fixture("grey16.png")).unwrap().rgb;
    assert_eq!((grey.get_pixel(4, 3).0, grey.get_pixel(19, 3).0), ([255; 3], [0; 3]));
    let grey = decode(&fixture("grey.jpg")).unwrap().rgb;
    let Rgb([r, g, b]) = *grey.get_pixel(4, 3);
    assert!(r == g && g == b && r.abs_diff(76) < 5, "the luma of red is 76, not {r}");
}

#[test]
fn transparency_is_laid_over_white() {
    let rgb = decode(&fixture("half_clear.png")).unwrap().rgb;
    assert_eq!(rgb.get_pixel(4, 3).0, [255, 127, 127]);
    assert_eq!(rgb.get_pixel(19, 12).0, [255, 255, 255]);
}

#[test]
fn the_content_decides_and_not_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("really_a_png.jpg");
    std::fs::copy(fixture("palette.png"), &path).unwrap();
    assert_shows_flag(&decode(&path).unwrap().rgb, 0);
}

#[test]
fn the_network_gets_what_opencv_would_have_given_it() {
    let (Some(picture), Some(reference)) = (
        shared("images/caltech101/dalmatian/image_0001.jpg"),
        shared("reference/squeezenet_v1.0_activations.safetensors"),
    ) else {
        return;
    };
    let bytes = std::fs::read(reference).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let input = tensors.tensor("input").unwrap();
    assert_eq!(input.shape(), [1, 3, 227, 227]);
    let wanted: Vec<f32> = input.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();

    let got = for_network(&decode(&picture).unwrap().rgb, &Resizing::stretch(227, 227));

    let mean_bgr = [104.0, 117.0, 123.0];
    let (mut sum, mut largest) = (0.0f64, 0.0f32);
    for (plane, mean) in mean_bgr.iter().enumerate() {
        for pixel in 0..227 * 227 {
            let off = (f32::from(got[pixel * 3 + 2 - plane]) - mean - wanted[plane * 227 * 227 + pixel]).abs();
            sum += f64::from(off);
            largest = largest.max(off);
        }
    }
    let mean_off = sum / wanted.len() as f64;
    eprintln!("mean difference {mean_off:.4}, largest {largest}");
    // Two decoders and two roundings; the grey levels run to 255.
    assert!(mean_off < 0.3, "mean difference {mean_off}");
    assert!(largest <= 12.0, "largest difference {largest}");
}

#[test]
fn stretching_without_antialiasing_is_what_the_formula_says() {
    // Pixel centres: 4 to 2 takes the mean of the middle pairs at 0.5 and 2.5.
    let row = RgbImage::from_fn(4, 1, |x, _| Rgb([[0, 100, 200, 40][x as usize]; 3]));
    let got = for_network(&row, &Resizing::stretch(2, 1));
    assert_eq!(got, [50, 50, 50, 120, 120, 120]);
}

#[test]
fn a_thumbnail_keeps_proportions_and_small_pictures_their_size() {
    let wide = RgbImage::from_pixel(1000, 10, Rgb([10, 200, 30]));
    let small = thumbnail(&wide, 100);
    assert_eq!((small.width, small.height), (100, 1));
    let tiny = thumbnail(&RgbImage::from_pixel(7, 5, Rgb([1, 2, 3])), 100);
    assert_eq!((tiny.width, tiny.height), (7, 5));
    let rgba = small.rgba().unwrap();
    let pixel = &rgba.pixels[50 * 4..][..4];
    assert!(pixel[1].abs_diff(200) < 6 && pixel[0].abs_diff(10) < 6 && pixel[3] == 255, "{pixel:?}");
}

#[test]
fn damaged_thumbnail_bytes_are_an_error() {
    assert!(matches!(thumbnail::rgba(b"no jpeg"), Err(ImagesError::Damaged { .. })));
}

#[test]
fn the_same_seed_writes_the_same_sample_and_a_larger_one_only_adds() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut heard = Vec::new();
    let written = sample::write(first.path(), 26, 7, &mut |done| {
        heard.push(done);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(written, 26);
    assert_eq!(heard.last(), Some(&26));
    assert!(heard.is_sorted() && heard.len() > 2, "{heard:?}");
    sample::write(second.path(), 30, 7, &mut |_| ControlFlow::Continue(())).unwrap();

    let (found, _) = walk_all(first.path());
    assert_eq!(found.len(), 26);
    for one in &found {
        let (a, b) = (one.path.below(first.path()), one.path.below(second.path()));
        assert_eq!(std::fs::read(a).unwrap(), std::fs::read(b).unwrap(), "{}", one.path.text);
    }
    let (more, _) = walk_all(second.path());
    assert_eq!(more.len(), 30);
    let mut labels: Vec<_> = more.iter().filter_map(|one| one.path.parent_name()).collect();
    labels.dedup();
    assert_eq!(labels.len(), CLASSES.len());
}

#[test]
fn samples_of_another_seed_or_number_differ() {
    for (class, kind) in CLASSES.iter().enumerate() {
        let [a, b, c, again] = [(0, 1), (1, 1), (0, 2), (0, 1)].map(|(index, seed)| sample::image(class, index, seed));
        assert!(a == again && a != b && a != c && b != c, "{}", kind.name);
    }
}

#[test]
fn no_sample_is_blank() {
    for (class, kind) in CLASSES.iter().enumerate() {
        for index in 0..6 {
            let picture = sample::image(class, index, 11);
            let values = picture.as_raw();
            let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
            let spread =
                (values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
            assert!(spread > 8.0, "{} {index} has a standard deviation of {spread:.1}", kind.name);
        }
    }
}

#[test]
fn writing_samples_stops_when_told_and_goes_on_when_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let written = sample::write(folder.path(), 1000, 3, &mut |_| ControlFlow::Break(())).unwrap();
    assert!(written > 0 && written < 100, "{written}");
    let (found, _) = walk_all(folder.path());
    assert_eq!(found.len(), written);
    let all = sample::write(folder.path(), written + 5, 3, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(all, written + 5);
}

#[test]
fn a_sample_never_replaces_a_file_of_other_content() {
    let folder = tempfile::tempdir().unwrap();
    touch(folder.path(), &["stripes/stripes_0001.jpg"]);
    let error = sample::write(folder.path(), 4, 3, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(matches!(error, ImagesError::Occupied { .. }), "{error}");
    assert_eq!(std::fs::read(folder.path().join("stripes/stripes_0001.jpg")).unwrap(), b"x");
}

#[test]
fn a_photograph_of_twelve_megapixels_is_prepared() {
    // No timing is asserted; this prints what a large photograph costs.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.jpg");
    let large = RgbImage::from_fn(4000, 3000, |x, y| Rgb([(x / 16) as u8, (y / 12) as u8, (x ^ y) as u8]));
    large.save(&path).unwrap();
    let start = std::time::Instant::now();
    let prepared = prepare(&path, &Resizing::stretch(227, 227), 192).unwrap();
    let took: Duration = start.elapsed();
    eprintln!("12 megapixels prepared in {} ms", took.as_millis());
    assert_eq!((prepared.width, prepared.height), (4000, 3000));
    assert_eq!((prepared.thumbnail.width, prepared.thumbnail.height), (192, 144));
}

#[test]
fn threads_never_hold_more_than_the_budget_and_an_oversize_claim_gets_in_alone() {
    const CAPACITY_BYTES: u64 = 100;
    let (budget, held_bytes, start) = (Budget::new(CAPACITY_BYTES), AtomicU64::new(0), Barrier::new(8));
    let hold = |bytes: u64| {
        let _claim = budget.claim(bytes);
        let together = held_bytes.fetch_add(bytes, Ordering::SeqCst) + bytes;
        std::thread::sleep(Duration::from_millis(1));
        held_bytes.fetch_sub(bytes, Ordering::SeqCst);
        assert!(together <= CAPACITY_BYTES || together == bytes, "{together} bytes held together");
    };
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (hold, start) = (&hold, &start);
            scope.spawn(move || {
                start.wait();
                for round in 0..20 {
                    hold(if (thread + round) % 7 == 0 { 250 } else { 10 + 7 * thread });
                }
            });
        }
    });

    // What fits is held together, and a panic gives back what it held.
    drop([budget.claim(40), budget.claim(60)]);
    let panicked = std::thread::scope(|scope| {
        let holder = scope.spawn(|| {
            let _claim = budget.claim(CAPACITY_BYTES);
            panic!("a decoder gave up");
        });
        holder.join()
    });
    assert!(panicked.is_err());
    hold(CAPACITY_BYTES);
}
