//! Pictures in pieces, for looking at them closely.

use image::{Rgb, RgbImage};
use tiramisu::domain::{PicturePiece, Region};
use tiramisu::images::{PictureLevel, decode};

const ALL: Region = Region { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

fn painted(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(x / 5 % 256) as u8, (y / 3 % 256) as u8, ((x + y) / 7 % 256) as u8]))
}

/// All pieces of a level, laid out again.
fn joined(level: &PictureLevel) -> RgbImage {
    let [width, height] = PicturePiece::level_size(level.size, level.level);
    let mut whole = RgbImage::from_pixel(width, height, Rgb([1, 2, 3]));
    let mut covered = 0;
    for piece in PicturePiece::touching(level.size, level.level, ALL) {
        let [left, top, ..] = piece.place(level.size).expect("it is on the picture");
        let rgba = level.piece(piece).expect("it is of this level");
        for (index, pixel) in rgba.pixels.chunks_exact(4).enumerate() {
            assert_eq!(pixel[3], 255);
            let (x, y) = (index as u32 % rgba.width, index as u32 / rgba.width);
            whole.put_pixel(left + x, top + y, Rgb([pixel[0], pixel[1], pixel[2]]));
            covered += 1;
        }
    }
    assert_eq!(covered, width * height, "no pixel twice, none left out");
    whole
}

#[test]
fn the_pieces_of_a_picture_are_the_picture() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("a.png");
    let picture = painted(1300, 700);
    picture.save(&path).expect("a picture can be written");
    let level = PictureLevel::decode(&path, 0).expect("it is a picture");
    assert_eq!(level.size, [1300, 700]);
    assert_eq!(PicturePiece::touching(level.size, 0, ALL).len(), 6);
    assert!(joined(&level) == picture);
    assert!(level.piece(PicturePiece { level: 0, column: 3, row: 0 }).is_none(), "beyond it");
    assert!(level.piece(PicturePiece { level: 1, column: 0, row: 0 }).is_none(), "of another level");
}

#[test]
fn a_halved_picture_looks_like_the_whole_whatever_its_format() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["a.png", "a.jpg"] {
        let path = dir.path().join(name);
        painted(1301, 699).save(&path).expect("a picture can be written");
        let whole = decode(&path).expect("it is a picture").rgb;
        for level in [1, 2, 4] {
            let halved = PictureLevel::decode(&path, level).expect("it is a picture");
            let small = joined(&halved);
            assert_eq!([small.width(), small.height()], PicturePiece::level_size([1301, 699], level));
            let step = 1 << level;
            let mean_off = small
                .enumerate_pixels()
                .filter(|(x, y, _)| (x + 2) * step < 1301 && (y + 2) * step < 699)
                .map(|(x, y, pixel)| {
                    let there = whole.get_pixel(x * step + step / 2, y * step + step / 2);
                    pixel.0.iter().zip(there.0).map(|(a, b)| u32::from(a.abs_diff(b))).max().unwrap_or(0)
                })
                .map(f64::from)
                .sum::<f64>()
                / f64::from(small.width() * small.height());
            assert!(mean_off < 6.0, "{name} at level {level} is off by {mean_off}");
        }
    }
}

#[test]
fn a_picture_that_is_to_be_turned_is_upright_in_pieces() {
    for orientation in 1..=8 {
        let path = super::fixture(&format!("exif_{orientation}.jpg"));
        let upright = decode(&path).expect("it is a picture").rgb;
        let level = PictureLevel::decode(&path, 0).expect("it is a picture");
        assert_eq!(level.size, [upright.width(), upright.height()], "orientation {orientation}");
        assert!(joined(&level) == upright, "orientation {orientation}");
        let halved = PictureLevel::decode(&path, 1).expect("it is a picture");
        let expected = level.size.map(|side| side.div_ceil(2));
        assert_eq!((halved.size, joined(&halved).dimensions()), (level.size, (expected[0], expected[1])));
    }
}

#[test]
fn pieces_in_the_middle_of_what_is_seen_come_first_and_none_twice() {
    let size = [6000, 4000];
    let part = Region { left: 0.30, top: 0.30, right: 0.62, bottom: 0.70 };
    for level in 0..=PicturePiece::last_level(size) {
        let pieces = PicturePiece::touching(size, level, part);
        let mut sorted = pieces.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), pieces.len());
        let first = pieces[0].region(size).expect("it is on the picture");
        let reach = PicturePiece::SIDE_PX as f32 * (1 << level) as f32;
        let off = ((first.left + first.right) / 2.0 - 0.46).abs() * 6000.0;
        assert!(off <= reach, "level {level}: {off} of {reach}");
        let seen = |piece: &PicturePiece| {
            let of = piece.region(size).expect("it is on the picture");
            of.left < part.right && of.right > part.left && of.top < part.bottom && of.bottom > part.top
        };
        assert!(pieces.iter().all(seen));
    }
    assert_eq!(PicturePiece::touching(size, PicturePiece::last_level(size), ALL).len(), 1);
}
