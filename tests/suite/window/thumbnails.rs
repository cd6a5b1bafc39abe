//! Thumbnails on the GPU: within bounds, however many are seen at once.

use eframe::egui::{Context, FullOutput, ImageData, Pos2, RawInput, Rect, TextureId, Vec2, pos2, vec2};
use tiramisu::domain::ImageId;
use tiramisu::engine::ThumbnailPicture;
use tiramisu::session::{Action, Ask};
use tiramisu::ui::thumbnails::{SmallThumbnail, Thumbnail, Thumbnails};

const SIZE: [u32; 2] = [192, 144];

fn picture(id: u32) -> ThumbnailPicture {
    let [width, height] = SIZE;
    ThumbnailPicture { id: ImageId(id), width, height, rgba: [90, 120, 150, 255].repeat((width * height) as usize) }
}

/// A frame in which these are drawn, after so many of them arrived.
fn frame(ctx: &Context, thumbnails: &mut Thumbnails, seen: std::ops::Range<u32>, arrived: &mut Vec<ThumbnailPicture>) {
    let output = ctx.run_ui(RawInput::default(), |_| {
        thumbnails.begin_frame(ctx, arrived);
        for id in seen.clone() {
            thumbnails.look_up(ImageId(id));
        }
        thumbnails.end_frame(ctx);
    });
    drop(output);
}

/// Whether all that is known of it is on the GPU: the texture has as many pixels as the picture.
fn is_whole(ctx: &Context, thumbnails: &mut Thumbnails, id: u32) -> bool {
    let Thumbnail::Ready(texture, size_px) = thumbnails.look_up(ImageId(id)) else { return false };
    assert!((size_px.x / size_px.y - SIZE[0] as f32 / SIZE[1] as f32).abs() < 0.05, "{size_px:?}");
    let manager = ctx.tex_manager();
    let held = manager.read().meta(texture).expect("it is there").size;
    held == SIZE.map(|side| side as usize)
}

#[test]
fn no_more_is_held_than_was_wished_for_and_what_is_seen_stays() {
    const SEEN: u32 = 1_000;
    let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
    let now_seen = |first: u32| first..first + 20;
    let scroll = |thumbnails: &mut Thumbnails| {
        for first in (0..SEEN).step_by(20) {
            let mut arrived: Vec<_> = now_seen(first).map(picture).collect();
            (0..4).for_each(|_| frame(&ctx, thumbnails, now_seen(first), &mut arrived));
        }
    };
    scroll(&mut thumbnails);
    let before = thumbnails.bytes();
    assert!(before > 64 << 20, "{before}");
    thumbnails.keep_within(32 << 20);
    (0..4).for_each(|_| frame(&ctx, &mut thumbnails, now_seen(SEEN - 20), &mut Vec::new()));
    assert!(thumbnails.bytes() < 32 << 20, "{} of {before} bytes are held", thumbnails.bytes());
    assert!(now_seen(SEEN - 20).all(|id| is_whole(&ctx, &mut thumbnails, id)));
    // Another collection is held within the same.
    thumbnails.clear();
    scroll(&mut thumbnails);
    assert!(thumbnails.bytes() <= 40 << 20, "{}", thumbnails.bytes());
}

#[test]
fn a_large_screen_full_of_the_smallest_tiles_takes_bounded_memory_and_what_is_looked_at_later_is_whole_again() {
    const SEEN: u32 = 6_000;
    let whole_bytes = SEEN as usize * (SIZE[0] * SIZE[1] * 4) as usize;
    let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
    // As many as go to the device in a frame: some five hundred a second.
    for first in (0..SEEN).step_by(8) {
        let mut arrived: Vec<_> = (first..SEEN.min(first + 8)).map(picture).collect();
        frame(&ctx, &mut thumbnails, 0..SEEN, &mut arrived);
    }
    assert!(thumbnails.waiting_bytes() < 80 << 20);
    (0..80).for_each(|_| frame(&ctx, &mut thumbnails, 0..SEEN, &mut Vec::new()));
    let held = thumbnails.bytes();
    assert!(held < whole_bytes * 5 / 8 && held < 400 << 20, "{held} bytes are held, all would be {whole_bytes}");
    let there = |id: u32, thumbnails: &mut Thumbnails| matches!(thumbnails.look_up(ImageId(id)), Thumbnail::Ready(..));
    assert!((0..SEEN).all(|id| there(id, &mut thumbnails)), "none that is seen was given up");
    assert!(!is_whole(&ctx, &mut thumbnails, SEEN - 1), "the last ones had little room");
    // Larger tiles: only some are seen, and those come whole.
    let last = SEEN - 60..SEEN;
    (0..80).for_each(|_| frame(&ctx, &mut thumbnails, last.clone(), &mut Vec::new()));
    let mut arrived: Vec<_> = last.clone().map(picture).collect();
    (0..20).for_each(|_| frame(&ctx, &mut thumbnails, last.clone(), &mut arrived));
    assert!(last.clone().all(|id| is_whole(&ctx, &mut thumbnails, id)));
    assert!(thumbnails.bytes() < 256 << 20);
}

#[test]
fn a_burst_of_arrivals_goes_up_in_small_parts_and_all_of_it_comes() {
    const BURST: u32 = 120;
    let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
    let mut arrived: Vec<_> = (0..BURST).map(picture).collect();
    let whole = (SIZE[0] * SIZE[1] * 4) as usize;
    let (mut sent, mut frames) = (0, 0);
    while thumbnails.bytes() < BURST as usize * whole {
        let mut uploaded = 0;
        drop(ctx.run_ui(RawInput::default(), |_| uploaded += thumbnails.begin_frame(&ctx, &mut arrived)));
        assert!(uploaded > 0 && uploaded < (3 << 18) + whole, "{uploaded} bytes in one frame");
        sent += uploaded;
        frames += 1;
    }
    assert_eq!((sent, thumbnails.waiting_bytes()), (BURST as usize * whole, 0));
    assert!(frames > 4, "{frames} frames");
}

#[test]
fn what_is_freed_is_all_that_is_not_in_sight() {
    let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
    let mut arrived: Vec<ThumbnailPicture> = (0..40).map(picture).collect();
    (0..8).for_each(|_| frame(&ctx, &mut thumbnails, 0..40, &mut arrived));
    let all = thumbnails.bytes();
    (0..3).for_each(|_| frame(&ctx, &mut thumbnails, 30..40, &mut Vec::new()));
    assert_eq!(thumbnails.bytes(), all, "there is room for what was seen");
    thumbnails.free();
    assert_eq!(thumbnails.bytes(), all / 4);
    assert!((30..40).all(|id| is_whole(&ctx, &mut thumbnails, id)));
}

/// Width and height in pixels of what is drawn small of an image, and the size of the picture.
fn drawn(ctx: &Context, thumbnail: SmallThumbnail) -> ([usize; 2], Vec2) {
    let SmallThumbnail::Ready { texture, uv, size_px } = thumbnail else { panic!("{thumbnail:?} is no picture") };
    let of = ctx.tex_manager().read().meta(texture).expect("it is there").size;
    assert!(Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)).contains_rect(uv), "{uv:?}");
    // A part of a page ends half a pixel within itself.
    let within = if uv.min == Pos2::ZERO && uv.max == pos2(1.0, 1.0) { 0.0 } else { 1.0 };
    let pixels = [uv.width() * of[0] as f32, uv.height() * of[1] as f32].map(|side| (side + within).round() as usize);
    (pixels, size_px)
}

/// A frame in which `look` looks pictures up, after those that were asked for in the frame before have come; what is asked for now,
/// and how many bytes went up.
fn answered(
    ctx: &Context,
    thumbnails: &mut Thumbnails,
    asked: Vec<ImageId>,
    mut look: impl FnMut(&mut Thumbnails),
) -> (Vec<ImageId>, usize) {
    let mut arrived: Vec<_> = asked.into_iter().map(|id| picture(id.0)).collect();
    let (mut missing, mut uploaded) = (Vec::new(), 0);
    drop(ctx.run_ui(RawInput::default(), |_| {
        uploaded += thumbnails.begin_frame(ctx, &mut arrived);
        look(&mut *thumbnails);
        if let Some(Action::Ask(Ask::Thumbnails(ids))) = thumbnails.end_frame(ctx) {
            missing = ids;
        }
    }));
    (missing, uploaded)
}

const WHOLE: usize = (SIZE[0] * SIZE[1] * 4) as usize;

#[test]
fn what_is_drawn_small_goes_up_halved_and_what_is_then_drawn_large_comes_whole() {
    const SEEN: u32 = 16;
    let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
    let drawn_with = |drawn_px: f32| {
        move |thumbnails: &mut Thumbnails| (0..SEEN).for_each(|id| _ = thumbnails.look_up_small(ImageId(id), drawn_px))
    };
    let textures = || ctx.tex_manager().read().num_allocated();
    let (asked, sent) = answered(&ctx, &mut thumbnails, Vec::new(), drawn_with(40.0));
    assert_eq!((asked.len(), sent), (SEEN as usize, 0));
    let before = textures();
    let (asked, sent) = answered(&ctx, &mut thumbnails, asked, drawn_with(40.0));
    // Halved twice: 48 pixels are enough for 40, and 24 are not. All of them are one texture.
    assert_eq!((asked, textures() - before), (Vec::new(), 1));
    assert_eq!((sent, thumbnails.bytes()), (SEEN as usize * WHOLE / 16, SEEN as usize * WHOLE / 16));
    assert!((0..SEEN).all(|id| {
        let thumbnail = thumbnails.look_up_small(ImageId(id), 40.0);
        drawn(&ctx, thumbnail) == ([48, 36], vec2(192.0, 144.0))
    }));
    // Until more of them comes what there is is drawn, as large as the picture is.
    let (mut asked, _) = answered(&ctx, &mut thumbnails, Vec::new(), drawn_with(150.0));
    assert_eq!(asked.len(), SEEN as usize);
    assert_eq!(drawn(&ctx, thumbnails.look_up_small(ImageId(7), 150.0)), ([48, 36], vec2(192.0, 144.0)));
    assert_eq!(thumbnails.look_up(ImageId(7)), Thumbnail::Waiting, "a part of a page is no texture of a picture");
    for _ in 0..8 {
        asked = answered(&ctx, &mut thumbnails, asked, drawn_with(150.0)).0;
    }
    assert!((0..SEEN).all(|id| is_whole(&ctx, &mut thumbnails, id)));
    // What is drawn small stays as it was, and nothing is asked for by whom both are drawn.
    let both = |thumbnails: &mut Thumbnails| {
        drawn_with(40.0)(&mut *thumbnails);
        drawn_with(150.0)(&mut *thumbnails);
    };
    for _ in 0..3 {
        assert_eq!(answered(&ctx, &mut thumbnails, Vec::new(), both), (Vec::new(), 0));
    }
    assert_eq!(drawn(&ctx, thumbnails.look_up_small(ImageId(7), 40.0)).0, [48, 36]);
    assert_eq!(thumbnails.bytes(), SEEN as usize * (WHOLE + WHOLE / 16));
    // A page goes with the last of its pictures.
    (1..SEEN).for_each(|id| thumbnails.forget(ImageId(id)));
    assert_eq!(thumbnails.bytes(), WHOLE + SEEN as usize * WHOLE / 16);
    thumbnails.forget(ImageId(0));
    assert_eq!(thumbnails.bytes(), 0);
}

#[test]
fn what_was_wanted_small_comes_small_though_nobody_looks_any_more() {
    let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
    let look = |ids: std::ops::Range<u32>| {
        move |thumbnails: &mut Thumbnails| ids.clone().for_each(|id| _ = thumbnails.look_up_small(ImageId(id), 40.0))
    };
    let (first, _) = answered(&ctx, &mut thumbnails, Vec::new(), look(0..8));
    // One has looked elsewhere before they come, and then at nothing.
    let (second, _) = answered(&ctx, &mut thumbnails, Vec::new(), look(8..16));
    let (asked, _) = answered(&ctx, &mut thumbnails, Vec::new(), |_| {});
    assert_eq!(asked, []);
    let (_, sent) = answered(&ctx, &mut thumbnails, [first, second].concat(), |_| {});
    assert_eq!((sent, thumbnails.bytes()), (16 * WHOLE / 16, 16 * WHOLE / 16));
}

#[test]
fn a_picture_that_is_seen_in_several_sizes_comes_once_for_all_of_them() {
    let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
    let look = |thumbnails: &mut Thumbnails| {
        thumbnails.look_up_small(ImageId(3), 30.0);
        thumbnails.look_up_small(ImageId(3), 64.0);
        thumbnails.look_up(ImageId(3));
    };
    let (asked, _) = answered(&ctx, &mut thumbnails, Vec::new(), look);
    assert_eq!(asked, [ImageId(3)]);
    let (asked, uploaded) = answered(&ctx, &mut thumbnails, asked, look);
    assert_eq!((asked, uploaded), (Vec::new(), (192 * 144 + 96 * 72 + 48 * 36) * 4));
    for (drawn_px, width) in [(30.0, 48), (48.0, 48), (48.1, 96), (64.0, 96), (96.0, 96), (97.0, 192), (900.0, 192)] {
        let seen = drawn(&ctx, thumbnails.look_up_small(ImageId(3), drawn_px));
        assert_eq!((seen.0[0], seen.1), (width, vec2(192.0, 144.0)), "drawn with {drawn_px} pixels");
    }
}

#[test]
fn small_pictures_that_are_not_drawn_any_more_go_and_those_that_are_stay() {
    const SEEN: u32 = 3_000;
    let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
    thumbnails.keep_within(8 << 20);
    for first in (0..SEEN).step_by(10) {
        let look = |thumbnails: &mut Thumbnails| {
            (first..first + 10).for_each(|id| _ = thumbnails.look_up_small(ImageId(id), 90.0));
        };
        let (asked, _) = answered(&ctx, &mut thumbnails, Vec::new(), look);
        assert_eq!(asked.len(), 10);
        assert_eq!(answered(&ctx, &mut thumbnails, asked, look).0, []);
    }
    // All of them would be 83 MB.
    let held = thumbnails.bytes();
    assert!(held > 4 << 20 && held < 9 << 20, "{held} bytes are held");
    let last = SEEN - 10..SEEN;
    assert!(last.into_iter().all(|id| drawn(&ctx, thumbnails.look_up_small(ImageId(id), 90.0)).0 == [96, 72]));
    assert_eq!(thumbnails.look_up_small(ImageId(0), 90.0), SmallThumbnail::Waiting, "the first ones are gone");
}

/// The pixels of a part of a texture, row by row, of what went up in a frame.
fn pixels(output: &FullOutput, texture: TextureId, uv: Rect) -> Vec<Vec<[u8; 4]>> {
    let ImageData::Color(image) = &output.textures_delta.set[&texture][0].image;
    let places = |from: f32, to: f32, side: usize| {
        let [from, to] = [from, to].map(|share| share * side as f32);
        from.floor() as usize..to.ceil() as usize
    };
    let columns = places(uv.left(), uv.right(), image.size[0]);
    let row = |y: usize| columns.clone().map(|x| image[(x, y)].to_array()).collect();
    places(uv.top(), uv.bottom(), image.size[1]).map(row).collect()
}

#[test]
fn a_halved_picture_is_the_mean_of_what_it_is_made_of_wherever_it_lies() {
    let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
    // Chequered pixel by pixel, but for the last column and row, which are red; sides that cannot be halved evenly.
    let (width, height) = (37_u32, 21_u32);
    let chequered = |id: u32, other: u8| {
        let colour = |x: u32, y: u32| match (x, y) {
            _ if x == width - 1 || y == height - 1 => [250, 10, 10, 255],
            _ if (x + y).is_multiple_of(2) => [200, 100, other, 255],
            _ => [100, 60, other, 255],
        };
        let rgba: Vec<u8> = (0..width * height).flat_map(|at| colour(at % width, at / width)).collect();
        ThumbnailPicture { id: ImageId(id), width, height, rgba }
    };
    let frame = |thumbnails: &mut Thumbnails, arrived: &mut Vec<ThumbnailPicture>| {
        ctx.run_ui(RawInput::default(), |_| {
            thumbnails.begin_frame(&ctx, arrived);
            (0..80).for_each(|id| _ = thumbnails.look_up_small(ImageId(id), 18.0));
        })
    };
    drop(frame(&mut thumbnails, &mut Vec::new()));
    // More of them than a row of a page has room for.
    let output = frame(&mut thumbnails, &mut (0..80).map(|id| chequered(id, id as u8)).collect());
    for id in 0..80 {
        let found = thumbnails.look_up_small(ImageId(id), 18.0);
        let SmallThumbnail::Ready { texture, uv, size_px } = found else { panic!("{id} has not come") };
        assert_eq!(size_px, vec2(37.0, 21.0));
        let rows = pixels(&output, texture, uv);
        assert_eq!((rows.len(), rows[0].len()), (11, 19), "image {id} at {uv:?}");
        let (body, last) = (&rows[..10], &rows[10]);
        assert!(body.iter().flat_map(|row| &row[..18]).all(|pixel| *pixel == [150, 80, id as u8, 255]), "image {id}");
        let edges = body.iter().map(|row| row[18]).chain(last.iter().copied());
        assert!(edges.into_iter().all(|pixel| pixel == [250, 10, 10, 255]), "what is left at the edges is itself");
    }
}
