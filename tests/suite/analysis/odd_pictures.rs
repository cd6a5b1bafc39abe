//! Pictures that are odd beside what is usual in their collection.

use tiramisu::analysis::odd_pictures::{Picture, find_odd};
use tiramisu::domain::{OddKind, PictureMeasures};

const USUAL: PictureMeasures = PictureMeasures { sharpness: 0.2, dark: 0.9, bright: 0.1, entropy: 4.0 };

fn picture(size: [u32; 2], measures: PictureMeasures) -> Picture {
    Picture { is_readable: true, size, measures: Some(measures) }
}

/// A hundred pictures that are all a little different.
fn usual() -> Vec<Picture> {
    let of = |number: u32| {
        let sharpness = 0.15 + 0.001 * number as f32;
        picture([640 + number, 480], PictureMeasures { sharpness, ..USUAL })
    };
    (0..100).map(of).collect()
}

#[test]
fn each_way_of_being_odd_is_told_by_its_number_beside_what_is_usual() {
    let mut pictures = usual();
    pictures.extend([
        picture([640, 480], PictureMeasures { sharpness: 0.002, ..USUAL }),
        picture([640, 480], PictureMeasures { dark: 0.1, ..USUAL }),
        picture([640, 480], PictureMeasures { bright: 0.95, ..USUAL }),
        picture([640, 480], PictureMeasures { sharpness: 0.001, entropy: 0.1, ..USUAL }),
        picture([3000, 480], USUAL),
        picture([300, 1200], USUAL),
        picture([32, 24], USUAL),
        Picture { is_readable: false, size: [0, 0], measures: None },
        Picture { is_readable: true, size: [0, 0], measures: None },
    ]);
    let (found, common) = find_odd(&pictures);
    assert_eq!(common, []);
    let kinds: Vec<(usize, Vec<OddKind>)> =
        found.iter().map(|(row, ways)| (*row, ways.iter().map(|oddity| oddity.kind).collect())).collect();
    let expected = [
        OddKind::Blurred,
        OddKind::Dark,
        OddKind::Bright,
        OddKind::Blank,
        OddKind::Shape,
        OddKind::Shape,
        OddKind::Tiny,
        OddKind::Unreadable,
    ];
    assert_eq!(kinds, expected.iter().enumerate().map(|(at, kind)| (100 + at, vec![*kind])).collect::<Vec<_>>());
    let reason =
        |row: usize| found.iter().find(|(at, _)| *at == row).expect("it is odd").1[0].reason(Some("no such file"));
    assert_eq!(reason(100), "blurred: sharpness 0.0020, usually 0.20");
    assert_eq!(reason(104), "6.2 times as wide as high, usually 1.4 times as wide as high");
    assert_eq!(reason(105), "4.0 times as high as wide, usually 1.4 times as wide as high");
    assert_eq!(reason(107), "no such file");
}

#[test]
fn what_a_quarter_of_the_pictures_are_is_not_odd() {
    let mut pictures = usual();
    pictures.extend((0..40).map(|_| picture([640, 480], PictureMeasures { bright: 0.95, ..USUAL })));
    let (found, common) = find_odd(&pictures);
    assert_eq!((found.len(), common), (0, vec![OddKind::Bright]));
    let small: Vec<Picture> = (0..50).map(|_| picture([28, 28], USUAL)).collect();
    assert_eq!(find_odd(&small).0.len(), 0, "a collection of small pictures");
    assert_eq!(find_odd(&[]).0.len(), 0);
}
