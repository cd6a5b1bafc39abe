//! Pictures looked at closely.

use tiramisu::domain::{ImageId, PicturePiece};
use tiramisu::engine::{Asked, Event, Look, LookKind, PicturePieces, PictureWish, Request};
use tiramisu::images;

use super::extracted;
use crate::support::listener::Listener;

fn ask(listener: &mut Listener, wish: PictureWish) -> PicturePieces {
    listener.engine.send(Request::Look(Look::Picture(Some(wish))));
    listener.until("a picture", |event| match event {
        Event::Picture(pieces) => Some(pieces.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

#[test]
fn a_picture_comes_in_pieces_of_its_own_pixels_once_its_size_is_known() {
    let (_dir, _workspace, mut listener, collection) = extracted(8);
    let image = ImageId(3);
    let known = ask(&mut listener, PictureWish { image, pieces: Vec::new() });
    let record = listener.images.iter().find(|record| record.id == image).expect("it was found").clone();
    let decoded = images::decode(&record.path.below(&collection.folder)).expect("a sample picture").rgb;
    assert_eq!((known.size, known.pieces.len()), ([decoded.width(), decoded.height()], 0));
    let piece = PicturePiece { level: 0, column: 0, row: 0 };
    let beyond = PicturePiece { level: 0, column: 99, row: 0 };
    let answer = ask(&mut listener, PictureWish { image, pieces: vec![piece, beyond] });
    let [(of, [width, height], rgba)] = &answer.pieces[..] else { panic!("what is beyond the picture is left out") };
    assert_eq!((*of, [*width, *height]), (piece, known.size), "a sample picture is one piece");
    let expected = decoded.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2], 255]);
    assert!(rgba.iter().copied().eq(expected));
    // Let go, it can be asked for again.
    listener.engine.send(Request::Look(Look::Picture(None)));
    let halved = PicturePiece { level: 1, ..piece };
    let again = ask(&mut listener, PictureWish { image, pieces: vec![halved] });
    assert_eq!(again.pieces[0].1, known.size.map(|side| side.div_ceil(2)));
}

#[test]
fn a_picture_that_is_gone_is_a_problem_of_that_picture() {
    let (_dir, _workspace, mut listener, collection) = extracted(8);
    let image = ImageId(2);
    let record = listener.images.iter().find(|record| record.id == image).expect("it was found").clone();
    std::fs::remove_file(record.path.below(&collection.folder)).expect("it can be removed");
    listener.engine.send(Request::Look(Look::Picture(Some(PictureWish { image, pieces: Vec::new() }))));
    let of = listener.until("a problem", |event| match event {
        Event::Problem { of, .. } => Some(of.clone()),
        _ => None,
    });
    assert_eq!(of, Asked::Look(LookKind::Picture { image: Some(image) }));
}
