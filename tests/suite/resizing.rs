//! Pictures in a network's size, against the programs that networks were fed with.

use std::path::Path;

use image::{Rgb, RgbImage};
use safetensors::SafeTensors;
use tiramisu::domain::{Decoding, Fit, Interpolation, Region, Resizing};
use tiramisu::images::{decode, for_network, prepare};

use super::images::fixture;

/// The noise of `tests/golden/resizing/make.py`.
fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = width * 1000 + height;
    RgbImage::from_fn(width, height, |_, _| {
        Rgb([(); 3].map(|()| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        }))
    })
}

/// The resizing a golden result is named after, and its picture.
fn of_name(name: &str) -> (Resizing, RgbImage) {
    let words: Vec<&str> = name.split(' ').collect();
    let number = |word: &str| word.parse::<u32>().unwrap();
    let (width, height) = words.last().unwrap().split_once('x').unwrap();
    let picture = noise(number(width), number(height));
    let resizing = match words[..] {
        ["crop", shorter, side, _] => Resizing {
            width: number(side),
            height: number(side),
            fit: Fit::Crop { shorter_px: number(shorter) },
            interpolation: Interpolation::BilinearAntialiased,
            decoding: Decoding::Whole,
        },
        [word, _] => Resizing {
            interpolation: Interpolation::ALL.into_iter().find(|known| known.word() == word).unwrap(),
            ..Resizing::stretch(16, 12)
        },
        _ => panic!("no resizing is called {name}"),
    };
    (resizing, picture)
}

#[test]
fn every_resizing_is_that_of_pillow_torchvision_and_opencv_to_the_bit() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/resizing/resized.safetensors");
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.len(), 88);
    for (name, wanted) in tensors.tensors() {
        let (resizing, picture) = of_name(&name);
        let got = for_network(&picture, &resizing);
        let far = got.iter().zip(wanted.data()).map(|(got, wanted)| got.abs_diff(*wanted)).max();
        // Means over areas are sums of floats, whose last digit may differ with the machine.
        let allowed = u8::from(resizing.interpolation == Interpolation::Area);
        assert_eq!(got.len(), wanted.data().len(), "{name}");
        assert!(far <= Some(allowed), "{name} is off by {far:?}");
    }
}

#[test]
fn a_picture_is_turned_after_it_was_resized_without_changing_a_bit() {
    let fits = [Fit::Stretch, Fit::Crop { shorter_px: 12 }, Fit::Letterbox { fill: [9, 8, 7] }];
    for orientation in 1..=8 {
        let path = fixture(&format!("exif_{orientation}.jpg"));
        let upright = decode(&path).unwrap().rgb;
        for (fit, interpolation) in fits.into_iter().flat_map(|fit| Interpolation::ALL.map(|by| (fit, by))) {
            let resizing = Resizing { fit, interpolation, ..Resizing::stretch(11, 9) };
            let prepared = prepare(&path, &resizing, 12).unwrap();
            let far = |got: &[u8]| got.iter().zip(&prepared.network_input).map(|(a, b)| a.abs_diff(*b)).max();
            let allowed = u8::from(interpolation == Interpolation::Area);
            let far = far(&for_network(&upright, &resizing));
            assert!(far <= Some(allowed), "orientation {orientation}, {resizing:?}: off by {far:?}");
        }
    }
}

#[test]
fn a_letterbox_shows_the_whole_picture_in_the_middle_of_its_ground() {
    let picture = RgbImage::from_pixel(40, 10, Rgb([200, 100, 50]));
    let fit = Fit::Letterbox { fill: [1, 2, 3] };
    let resizing = Resizing { fit, interpolation: Interpolation::BilinearAntialiased, ..Resizing::stretch(8, 7) };
    let rows: Vec<Vec<u8>> = for_network(&picture, &resizing).chunks(24).map(<[u8]>::to_vec).collect();
    let (ground, shown) = ([1, 2, 3].repeat(8), [200, 100, 50].repeat(8));
    let expected = [&ground, &ground, &shown, &shown, &ground, &ground, &ground];
    assert_eq!(rows.iter().collect::<Vec<_>>(), expected);

    let tall = RgbImage::from_pixel(1, 1000, Rgb([200, 100, 50]));
    let got = for_network(&tall, &resizing);
    assert_eq!(got.chunks(3).filter(|pixel| pixel == &[200, 100, 50]).count(), 7, "one pixel wide is the least");
}

#[test]
fn a_picture_that_is_a_strip_costs_no_more_memory_than_others() {
    // Scaled as a whole, this would have 256 times 256 million pixels.
    let strip = noise(1, 1_000_000);
    for interpolation in Interpolation::ALL {
        for fit in [Fit::Stretch, Fit::Crop { shorter_px: 256 }, Fit::Letterbox { fill: [0; 3] }] {
            let got = for_network(&strip, &Resizing { fit, interpolation, ..Resizing::stretch(224, 224) });
            assert_eq!(got.len(), 224 * 224 * 3, "{interpolation:?}, {fit:?}");
        }
    }
    let longer = RgbImage::from_pixel(3_000_000, 1, Rgb([5, 6, 7]));
    let resizing = Resizing { interpolation: Interpolation::BicubicAntialiased, ..Resizing::stretch(3, 1) };
    assert_eq!(for_network(&longer, &resizing), [5, 6, 7, 5, 6, 7, 5, 6, 7]);
}

#[test]
fn what_the_network_sees_of_a_box_leads_back_to_the_box() {
    let fits = [Fit::Stretch, Fit::Crop { shorter_px: 256 }, Fit::Letterbox { fill: [0; 3] }];
    // Near enough to the middle that no fit cuts anything off.
    let region = Region { left: 0.375, top: 0.4, right: 0.625, bottom: 0.55 };
    for (fit, size) in fits.into_iter().flat_map(|fit| [[640, 480], [300, 500], [224, 224]].map(|size| (fit, size))) {
        let resizing = Resizing { fit, ..Resizing::stretch(224, 200) };
        let seen = resizing.footprint(size).seen(region).expect("it lies in the middle");
        let back = resizing.footprint(size).in_picture(seen);
        for (a, b) in
            [(back.left, region.left), (back.top, region.top), (back.right, region.right), (back.bottom, region.bottom)]
        {
            assert!((a - b).abs() < 1e-5, "{fit:?} {size:?}: {back:?} for {region:?}");
        }
    }
    let letterbox = Resizing { fit: Fit::Letterbox { fill: [0; 3] }, ..Resizing::stretch(100, 100) };
    let all = Region { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    assert_eq!(letterbox.footprint([200, 100]).in_picture(all), all, "margins are no part of the picture");
}

#[test]
fn a_cell_of_an_activation_lies_where_in_the_picture_its_pixels_came_from() {
    // What the pixels themselves say: a bright patch goes through the preparation, and the brightest cell leads back.
    let cells = [7, 7];
    let fits = [
        Fit::Stretch,
        Fit::Crop { shorter_px: 80 },
        Fit::Crop { shorter_px: 64 },
        // Less than the input: black is added on all sides.
        Fit::Crop { shorter_px: 48 },
        Fit::Letterbox { fill: [0; 3] },
    ];
    let sizes = [[180, 90], [90, 180], [120, 120], [240, 100]];
    for (fit, [width, height]) in fits.into_iter().flat_map(|fit| sizes.map(|size| (fit, size))) {
        let resizing = Resizing { fit, interpolation: Interpolation::BilinearAntialiased, ..Resizing::stretch(70, 56) };
        for (x, y) in [(0.5, 0.5), (0.4, 0.62), (0.58, 0.36)] {
            let centre = [x * width as f32, y * height as f32];
            let picture = RgbImage::from_fn(width, height, |column, row| {
                let [dx, dy] = [column as f32 + 0.5 - centre[0], row as f32 + 0.5 - centre[1]];
                Rgb([if dx.hypot(dy) < 8.0 { 255 } else { 0 }; 3])
            });
            let seen = for_network(&picture, &resizing);
            let brightness = |row: usize, column: usize| -> u32 {
                let (tall, wide) = (56 / cells[0], 70 / cells[1]);
                let inside = (row * tall..(row + 1) * tall)
                    .flat_map(|y| (column * wide..(column + 1) * wide).map(move |x| (x, y)));
                inside.map(|(x, y)| u32::from(seen[(y * 70 + x) * 3])).sum()
            };
            let all = (0..cells[0]).flat_map(|row| (0..cells[1]).map(move |column| (row, column)));
            let (row, column) = all.max_by_key(|&(row, column)| brightness(row, column)).expect("there are cells");
            let footprint = resizing.footprint([width, height]);
            let part = footprint.cells(row..row + 1, column..column + 1, cells).expect("it is on the picture");
            // The patch may lie across the border of two cells; its middle is never farther out than its radius.
            let near = |from: f32, at: f32, to: f32, side: u32| (from - at).max(at - to) * side as f32 <= 8.5;
            assert!(
                near(part.left, x, part.right, width) && near(part.top, y, part.bottom, height),
                "{fit:?} {width} x {height}: row {row}, column {column} at {part:?}, but the patch is at {x}, {y}"
            );
        }
    }
}

#[test]
fn a_cell_of_what_was_added_around_a_picture_lies_nowhere_on_it() {
    let letterbox = Resizing { fit: Fit::Letterbox { fill: [0; 3] }, ..Resizing::stretch(70, 70) };
    let footprint = letterbox.footprint([140, 70]);
    assert_eq!(footprint.cells(0..1, 3..4, [7, 7]), None);
    assert!(footprint.cells(3..4, 3..4, [7, 7]).is_some());
    assert!(footprint.is_whole());
    let crop = Resizing { fit: Fit::Crop { shorter_px: 80 }, ..Resizing::stretch(70, 70) };
    assert!(!crop.footprint([140, 70]).is_whole());
}

#[test]
fn a_square_around_a_cell_lies_on_the_picture_and_about_the_middle_of_the_cell() {
    // Of 300 x 200 pixels the middle 175 x 175 are seen: 224 of 256 of the shorter side.
    let crop = Resizing { fit: Fit::Crop { shorter_px: 256 }, ..Resizing::stretch(224, 224) };
    let size = [300, 200];
    let sides = |part: Region| [(part.right - part.left) * 300.0, (part.bottom - part.top) * 200.0];
    let middle = |part: Region| [(part.left + part.right) * 150.0, (part.top + part.bottom) * 100.0];
    let near = |a: [f32; 2], b: [f32; 2]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.01);
    let part = crop.footprint(size).around([6, 6], [13, 13], 0.4, size);
    assert!(near(sides(part), [70.0, 70.0]) && near(middle(part), [150.0, 100.0]), "{part:?}");
    let part = crop.footprint(size).around([6, 3], [13, 13], 0.4, size);
    assert!(near(middle(part), [62.5 + 175.0 * 3.5 / 13.0, 100.0]), "{part:?}");
    // At an edge it is moved onto the picture, and keeps its size.
    let part = Resizing::stretch(224, 224).footprint(size).around([0, 12], [13, 13], 0.4, size);
    assert!(near(sides(part), [80.0, 80.0]), "{part:?}");
    assert!(part.top.abs() < 1e-5 && (part.right - 1.0).abs() < 1e-5, "{part:?}");
    // More than there is is cut.
    let part = Resizing::stretch(224, 224).footprint(size).around([2, 2], [13, 13], 5.0, size);
    assert_eq!(part, Region { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 });
}

#[test]
fn the_cell_under_a_place_of_the_picture_is_the_one_that_covers_it() {
    let size = [300, 200];
    for resizing in [
        Resizing::stretch(224, 224),
        Resizing { fit: Fit::Crop { shorter_px: 256 }, ..Resizing::stretch(224, 224) },
        Resizing { fit: Fit::Letterbox { fill: [0; 3] }, ..Resizing::stretch(224, 224) },
    ] {
        let (footprint, cells) = (resizing.footprint(size), [5, 7]);
        for (row, column) in (0..5).flat_map(|row| (0..7).map(move |column| (row, column))) {
            let Some(part) = footprint.cells(row..row + 1, column..column + 1, cells) else { continue };
            let middle = [(part.left + part.right) / 2.0, (part.top + part.bottom) / 2.0];
            assert_eq!(footprint.cell_at(middle, cells), Some([row, column]), "{:?}", resizing.fit);
        }
    }
    let crop = Resizing { fit: Fit::Crop { shorter_px: 256 }, ..Resizing::stretch(224, 224) };
    assert_eq!(crop.footprint(size).cell_at([0.05, 0.5], [13, 13]), None, "it is cut off");
    assert_eq!(crop.footprint(size).cell_at([f32::NAN, 0.5], [13, 13]), None);
}
