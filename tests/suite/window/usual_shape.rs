//! How high the cells of a grid are beside their width.

use std::sync::Arc;

use tiramisu::domain::ImageRecord;
use tiramisu::engine::Event;
use tiramisu::session::Session;
use tiramisu::ui::widgets::{GridLayout, UsualShape};

use crate::support::collection;

/// A collection of so many pictures of the size that each has by its number.
fn of_sizes(count: usize, size: impl Fn(usize) -> [u32; 2]) -> Session {
    let sized = |(index, image): (usize, ImageRecord)| {
        let [width, height] = size(index);
        ImageRecord { width, height, ..image }
    };
    let images: Vec<ImageRecord> = collection::images(count).into_iter().enumerate().map(sized).collect();
    let mut session = Session::default();
    session.apply(Event::Opened(Arc::new(collection::collection())));
    session.apply(Event::Images(images.into()));
    session
}

fn height(count: usize, size: impl Fn(usize) -> [u32; 2]) -> f32 {
    UsualShape::default().refresh(&of_sizes(count, size))
}

fn assert_height(found: f32, expected: f32, of: &str) {
    assert!((found - expected).abs() < 1e-4, "{of}: {found} and not {expected}");
}

#[test]
fn cells_are_as_high_as_most_pictures_take_and_squares_where_they_have_all_shapes() {
    assert_height(UsualShape::default().refresh(&Session::default()), 1.0, "nothing");
    assert_height(height(0, |_| [1, 1]), 1.0, "no picture");
    assert_height(height(40, |_| [0, 0]), 1.0, "sizes that nobody knows");
    assert_height(height(40, |_| [300, 300]), 1.0, "squares");
    assert_height(height(1, |_| [300, 200]), 0.7, "a picture of 3 x 2 fits into 20 x 14");
    assert_height(height(40, |_| [200, 230]), 1.15, "high ones");
    assert_height(height(40, |_| [2000, 100]), 0.6, "panoramas: there is a least height");
    assert_height(height(40, |_| [100, 2000]), 1.3, "and a greatest one");
    assert_height(height(40, |_| [300, 290]), 1.0, "nearly squares");
    let every = |of: usize, rare: [u32; 2], other: [u32; 2]| {
        move |index: usize| if index.is_multiple_of(of) { rare } else { other }
    };
    assert_height(height(32, every(5, [200, 300], [400, 300])), 0.75, "one of five is high");
    assert_height(height(32, every(5, [400, 300], [200, 240])), 1.2, "one of five is wide");
    assert_height(height(32, every(2, [400, 300], [300, 400])), 1.0, "as many wide as high");
    // Few of many are looked at, but of all parts of the collection.
    assert_height(
        height(9_000, |index| if index < 4_500 { [400, 300] } else { [300, 400] }),
        1.0,
        "first wide, then high",
    );
}

#[test]
fn it_follows_what_becomes_known_and_what_is_opened() {
    let mut shape = UsualShape::default();
    let mut session = of_sizes(40, |_| [0, 0]);
    assert_height(shape.refresh(&session), 1.0, "nobody knows");
    let known: Vec<ImageRecord> = session
        .opened
        .images
        .iter()
        .map(|image| ImageRecord { width: 400, height: 300, ..image.to_record() })
        .collect();
    let mut images = session.opened.images.clone();
    images.replace(known.iter().map(ImageRecord::borrowed));
    session.apply(Event::Images(images));
    assert_height(shape.refresh(&session), 0.75, "their sizes are known");
    assert_height(shape.refresh(&of_sizes(40, |_| [100, 120])), 1.2, "another collection");
    assert_height(shape.refresh(&Session::default()), 1.0, "none");
}

#[test]
fn a_height_changes_the_pictures_of_a_grid_and_not_what_stands_below_them() {
    let square = GridLayout::fill(626.0, 100.0, 20.0, 6.0, 60);
    let [width, height] = [square.cell.x, square.cell.y];
    assert_eq!(height, width + 20.0);
    assert_eq!(square.with_height(1.0), square);
    for of_width in [0.6, 0.75, 1.3] {
        let layout = square.with_height(of_width);
        assert_eq!((layout.columns, layout.cell.x, layout.count), (square.columns, width, 60));
        assert!((layout.cell.y - 20.0 - width * of_width).abs() <= 0.5, "{of_width}: {}", layout.cell.y);
        assert_eq!(layout.cell.y.fract(), 0.0, "whole points");
        assert_eq!(layout.rows(), square.rows());
    }
    assert!(square.with_height(0.6).height() < square.height());
}
