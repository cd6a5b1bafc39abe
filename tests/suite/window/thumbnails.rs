//! Thumbnails on the GPU: within bounds, however many are seen at once.

use eframe::egui::{Context, RawInput};
use tiramisu::domain::ImageId;
use tiramisu::engine::ThumbnailPicture;
use tiramisu::ui::thumbnails::{Thumbnail, Thumbnails};

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
    // As many as go to the device in a frame: some six hundred a second.
    for first in (0..SEEN).step_by(10) {
        let mut arrived: Vec<_> = (first..SEEN.min(first + 10)).map(picture).collect();
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
        assert!(uploaded > 0 && uploaded < (1 << 20) + whole, "{uploaded} bytes in one frame");
        sent += uploaded;
        frames += 1;
    }
    assert_eq!((sent, thumbnails.waiting_bytes()), (BURST as usize * whole, 0));
    assert!(frames > 4, "{frames} frames");
}
