//! Pictures in a network's size, against the programs that networks were fed with.

use std::path::Path;

use image::{Rgb, RgbImage};
use safetensors::SafeTensors;
use tiramisu::domain::{Fit, Interpolation, Region, Resizing};
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
            let resizing = Resizing { width: 11, height: 9, fit, interpolation };
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
    let resizing = Resizing { width: 8, height: 7, fit, interpolation: Interpolation::BilinearAntialiased };
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
            let got = for_network(&strip, &Resizing { width: 224, height: 224, fit, interpolation });
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
        let resizing = Resizing { width: 224, height: 200, fit, interpolation: Interpolation::Bilinear };
        let seen = resizing.seen(region, size).expect("it lies in the middle");
        let back = resizing.in_picture(seen, size);
        for (a, b) in
            [(back.left, region.left), (back.top, region.top), (back.right, region.right), (back.bottom, region.bottom)]
        {
            assert!((a - b).abs() < 1e-5, "{fit:?} {size:?}: {back:?} for {region:?}");
        }
    }
    let letterbox = Resizing { fit: Fit::Letterbox { fill: [0; 3] }, ..Resizing::stretch(100, 100) };
    let all = Region { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    assert_eq!(letterbox.in_picture(all, [200, 100]), all, "margins are no part of the picture");
}
