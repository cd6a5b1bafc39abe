//! Points, pixel by pixel, and what it costs to draw them.

use std::sync::Arc;

use eframe::egui::{self, Color32, Id, Rect};
use egui_kittest::Harness;
use tiramisu::domain::{ImageId, ImageSet};
use tiramisu::ui::paint::{Classes, Looks, Morph, PointCloud, Prominent, Tiles, effort, points};

use super::fixtures::{drawn_whole, renderer};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Faint,
    Grey,
    Plain,
    Selected,
}

/// Points whose class is their place; those that are grey or plain are told apart by what stands out.
fn cloud(points: &[([f32; 2], Color32, Kind)]) -> PointCloud {
    let positions: Vec<[f32; 2]> = points.iter().map(|(position, ..)| *position).collect();
    let ids: Vec<ImageId> = (0..points.len() as u32).map(ImageId).collect();
    let of = |kind: Kind| -> ImageSet {
        let those = points.iter().zip(&ids).filter(|((.., own), _)| *own == kind);
        those.map(|(_, id)| *id).collect()
    };
    let tiles = Arc::new(Tiles::new(&positions, &ids, usize::MAX));
    let mut classes = Classes::default();
    classes.set(
        points.iter().zip(&ids).map(|((.., kind), id)| (*id, if *kind == Kind::Grey { 0 } else { id.0 as u16 + 1 })),
    );
    let faint = of(Kind::Faint);
    let colour_of_grey =
        points.iter().find(|(.., kind)| *kind == Kind::Grey).map_or(Color32::BLACK, |(_, colour, _)| *colour);
    PointCloud {
        drawn: tiles.drawn_in([-9.0; 2], [9.0; 2], usize::MAX),
        tiles,
        morph: None,
        looks: Looks {
            classes,
            palette: Arc::new(
                std::iter::once(colour_of_grey).chain(points.iter().map(|(_, colour, _)| *colour)).collect(),
            ),
            selected: of(Kind::Selected),
            passing: (!faint.is_empty()).then(|| ids.iter().copied().collect::<ImageSet>().difference(&faint)),
            prominent: if of(Kind::Grey).is_empty() { Prominent::All } else { Prominent::OfAnyClass },
            keeps_colour: true,
            grey: RED,
            rim: Color32::WHITE,
            opacity: [0.1, 0.3, 1.0, 1.0],
        },
        camera_on_map: [0.0, 0.0],
        zoom: 20.0,
        radius: 5.0,
    }
}

/// A window of 80 x 60 points that draws a cloud over black.
fn window(pixels_per_point: f32, cloud: PointCloud) -> Option<Harness<'static, PointCloud>> {
    Some(
        Harness::builder()
            .with_size([80.0, 60.0])
            .with_pixels_per_point(pixels_per_point)
            .renderer(renderer()?)
            .build_ui_state(
                |ui, cloud: &mut PointCloud| {
                    ui.painter().rect_filled(Rect::EVERYTHING, 0.0, Color32::BLACK);
                    let rect = Rect::from_min_size(egui::Pos2::ZERO, [80.0, 60.0].into());
                    ui.painter().add(points(ui.ctx(), Id::unique("cloud"), rect, cloud.clone()));
                },
                cloud,
            ),
    )
}

fn draw(pixels_per_point: f32, cloud: PointCloud) -> Option<image::RgbaImage> {
    Some(window(pixels_per_point, cloud)?.render().expect("the window can be drawn"))
}

const RED: Color32 = Color32::from_rgb(255, 0, 0);
const GREEN: Color32 = Color32::from_rgb(0, 255, 0);

#[test]
fn points_lie_where_the_camera_says_with_the_second_axis_up() {
    let two = cloud(&[([1.0, 0.5], RED, Kind::Plain), ([-1.0, -0.5], GREEN, Kind::Plain)]);
    for pixels_per_point in [1.0, 2.0] {
        let Some(picture) = draw(pixels_per_point, two.clone()) else { return };
        let at = |x: f32, y: f32| picture.get_pixel((x * pixels_per_point) as u32, (y * pixels_per_point) as u32).0;
        assert_eq!(at(60.0, 20.0)[..3], [255, 0, 0]);
        assert_eq!(at(20.0, 40.0)[..3], [0, 255, 0]);
        assert_eq!(at(40.0, 30.0)[..3], [0, 0, 0]);
        // Round: the corner of the square about the point stays empty.
        assert_eq!(at(55.0, 15.0)[..3], [0, 0, 0]);
    }
}

#[test]
fn what_is_selected_lies_on_top_and_the_others_fade() {
    let pile = cloud(&[
        ([0.0, 0.0], GREEN, Kind::Selected),
        ([0.0, 0.0], RED, Kind::Grey),
        ([1.0, 0.0], RED, Kind::Grey),
        ([-1.0, 0.0], RED, Kind::Faint),
    ]);
    let Some(picture) = draw(1.0, pile) else { return };
    assert_eq!(picture.get_pixel(40, 30).0[..3], [0, 255, 0]);
    let grey = picture.get_pixel(60, 30).0[0];
    let faint = picture.get_pixel(20, 30).0[0];
    assert!((60..100).contains(&grey), "a grey point at {grey}");
    assert!((15..40).contains(&faint), "a faint point at {faint}");
}

#[test]
fn a_point_that_is_nowhere_is_not_drawn_and_none_at_all_is_no_mistake() {
    let Some(picture) = draw(1.0, cloud(&[([f32::NAN, 0.0], RED, Kind::Plain)])) else { return };
    assert!(picture.pixels().all(|pixel| pixel.0[0] == 0));
    let Some(picture) = draw(1.0, cloud(&[])) else { return };
    assert!(picture.pixels().all(|pixel| pixel.0[0] == 0));
}

/// What the next picture costs.
fn cost<S>(window: &mut Harness<'_, S>) -> (u64, u64) {
    let before = effort();
    window.step();
    window.render().expect("the window can be drawn");
    let after = effort();
    (after.uploaded_bytes - before.uploaded_bytes, after.points_drawn - before.points_drawn)
}

/// So many points of three classes on a square.
fn many(count: u32) -> PointCloud {
    let side = f64::from(count).sqrt().ceil() as u32;
    let place = |at: u32| at as f32 / side as f32 * 2.0 - 1.0;
    let positions: Vec<[f32; 2]> = (0..count).map(|id| [place(id % side), place(id / side)]).collect();
    let ids: Vec<ImageId> = (0..count).map(ImageId).collect();
    let tiles = Arc::new(Tiles::new(&positions, &ids, usize::MAX));
    let mut classes = Classes::default();
    classes.set_from(ImageId(0), (0..count).map(|id| (id % 3) as u16 + 1));
    PointCloud {
        drawn: tiles.drawn_in([-9.0; 2], [9.0; 2], usize::MAX),
        tiles,
        morph: None,
        looks: Looks {
            classes,
            palette: Arc::new(vec![Color32::BLACK, RED, GREEN, Color32::BLUE]),
            grey: Color32::GRAY,
            rim: Color32::WHITE,
            opacity: [0.1, 0.3, 1.0, 1.0],
            ..Looks::default()
        },
        camera_on_map: [0.0, 0.0],
        zoom: 20.0,
        radius: 1.0,
    }
}

#[test]
fn what_changes_in_bits_is_uploaded_in_bits() {
    let count = 50_000;
    let Some(mut window) = window(1.0, many(count)) else { return };
    let (bytes, drawn) = cost(&mut window);
    // Two coordinates, a number and a class each.
    assert!(bytes >= u64::from(count) * 14 && drawn == u64::from(count), "at first {bytes} bytes, {drawn} points");
    assert_eq!(cost(&mut window), (0, 0), "a frame in which nothing changed costs nothing");

    window.state_mut().looks.selected.insert(ImageId(7));
    let (bytes, drawn) = cost(&mut window);
    assert!(bytes < 400 && drawn == u64::from(count), "{bytes} bytes for a bit");
    window.state_mut().looks.prominent = Prominent::OfClass(2);
    assert!(cost(&mut window).0 < 400, "what stands out is a number");
    window.state_mut().looks.classes.set([(ImageId(40_000), 3)]);
    assert!(cost(&mut window).0 < 400, "a class is two bytes");
    window.state_mut().looks.selected = ImageSet::first(count as usize);
    let bytes = cost(&mut window).0;
    assert!(bytes < u64::from(count) / 8 + 400, "{bytes} bytes to select all");
    window.state_mut().zoom = 30.0;
    assert!(cost(&mut window).0 < 400, "the camera is some numbers");
    window.state_mut().tiles = many(count).tiles;
    let bytes = cost(&mut window).0;
    assert!(bytes < u64::from(count) * 12 + 400, "{bytes} bytes: points that moved keep their classes");
}

/// So many points on a square, a place farther along the first axis.
fn moved(count: u32) -> Arc<Tiles> {
    let before = many(count).tiles;
    let places: Vec<[f32; 2]> = before.positions().iter().map(|[x, y]| [x + 0.5, *y]).collect();
    let ids: Vec<ImageId> = before.numbers().iter().map(|id| ImageId(*id)).collect();
    Arc::new(Tiles::new(&places, &ids, usize::MAX))
}

#[test]
fn what_is_large_is_brought_by_another_thread_and_what_was_there_is_drawn_until_it_is() {
    let count = 200_000;
    let Some(mut window) = window(1.0, many(count)) else { return };
    let before = effort();
    let first = drawn_whole(&mut window);
    let lit =
        |picture: &image::RgbaImage| picture.pixels().filter(|pixel| pixel.0[..3].iter().any(|x| *x > 60)).count();
    assert!(lit(&first) > 900, "{} pixels", lit(&first));
    let after = effort();
    assert_eq!((after.begun - before.begun, after.done - before.done), (1, 1));
    assert!(after.uploaded_bytes - before.uploaded_bytes >= u64::from(count) * 14, "it is counted whoever copies it");

    // The next frame is not without points, whether it has the new ones already or not.
    let tiles = moved(count);
    let cloud = window.state_mut();
    cloud.drawn = tiles.drawn_in([-9.0; 2], [9.0; 2], usize::MAX);
    cloud.tiles = tiles;
    window.step();
    let meanwhile = window.render().expect("the window can be drawn");
    assert!(lit(&meanwhile) > 900, "{} pixels meanwhile", lit(&meanwhile));
    let then = drawn_whole(&mut window);
    assert!(then != first, "they have moved");
    assert_eq!(effort().begun - before.begun, 2);
    let mut afresh = many(count);
    afresh.tiles = moved(count);
    let Some(mut afresh) = self::window(1.0, afresh) else { return };
    assert!(drawn_whole(&mut afresh) == then, "as if nothing had been there before");
}

#[test]
fn what_two_maps_have_in_common_is_brought_once() {
    let Some(renderer) = renderer() else { return };
    let both = |ui: &mut egui::Ui, cloud: &mut PointCloud| {
        for (slot, left) in [("one", 0.0), ("another", 40.0)] {
            let rect = Rect::from_min_size(egui::pos2(left, 0.0), [40.0, 60.0].into());
            ui.painter().add(points(ui.ctx(), Id::unique(slot), rect, cloud.clone()));
        }
    };
    let builder = Harness::builder().with_size([80.0, 60.0]).renderer(renderer);
    let mut window = builder.build_ui_state(both, many(50_000));
    let before = effort();
    drawn_whole(&mut window);
    let after = effort();
    assert_eq!(after.begun - before.begun, 1);
    assert_eq!(after.points_drawn - before.points_drawn, 2 * 50_000);
}

#[test]
fn classes_of_a_million_images_go_up_in_parts_and_are_seen_when_all_are_there() {
    const IMAGES: u32 = 1_000_000;
    let row: Vec<_> = (0..200).map(|at| ([(at as f32 - 99.5) / 60.0, 0.0], RED, Kind::Plain)).collect();
    let mut all = cloud(&row);
    all.radius = 2.0;
    let ids: Vec<ImageId> = (0..200).map(|at| ImageId(at * (IMAGES / 200))).collect();
    all.tiles = Arc::new(Tiles::new(all.tiles.positions(), &ids, usize::MAX));
    all.drawn = all.tiles.drawn_in([-9.0; 2], [9.0; 2], usize::MAX);
    all.looks.classes = Classes::default();
    all.looks.palette = Arc::new(vec![RED, GREEN]);
    let Some(mut window) = window(1.0, all) else { return };
    let middle = |picture: &image::RgbaImage| picture.get_pixel(40, 30).0[..3].to_vec();
    assert_eq!(middle(&drawn_whole(&mut window)), [255, 0, 0]);
    let mut classes = Classes::default();
    classes.set_from(ImageId(0), (0..IMAGES).map(|_| 1));
    window.state_mut().looks.classes = classes;
    let (mut sent, mut frames) = (0, 0);
    while sent < u64::from(IMAGES) * 2 {
        let before = effort().uploaded_bytes;
        window.step();
        let colour = middle(&window.render().expect("the window can be drawn"));
        let bytes = effort().uploaded_bytes - before;
        assert!(bytes > 0 && bytes < 300_000, "{bytes} bytes in a frame");
        (sent, frames) = (sent + bytes, frames + 1);
        let is_all_there = sent >= u64::from(IMAGES) * 2;
        assert_eq!(colour, if is_all_there { [0, 255, 0] } else { [255, 0, 0] }, "after {frames} frames");
    }
    assert!(frames >= 8, "{frames} frames");
}

#[test]
fn changed_bits_are_seen() {
    let row: Vec<_> = (0..200).map(|at| ([(at as f32 - 99.5) / 60.0, 0.0], RED, Kind::Plain)).collect();
    let mut all = cloud(&row);
    all.radius = 2.0;
    let Some(mut window) = window(1.0, all) else { return };
    let middle = |window: &mut Harness<'_, PointCloud>, x: u32| {
        window.step();
        window.render().expect("the window can be drawn").get_pixel(x, 30).0
    };
    assert_eq!(middle(&mut window, 40)[..3], [255, 0, 0]);
    window.state_mut().looks.passing = Some((0..10).map(ImageId).collect());
    let [faint, ..] = middle(&mut window, 40);
    assert!(faint < 200, "a point that is held back is still at {faint}");
    window.state_mut().looks.passing = None;
    assert_eq!(middle(&mut window, 40)[..3], [255, 0, 0], "it is back");
    let mut palette = (*window.state().looks.palette).clone();
    palette.fill(GREEN);
    window.state_mut().looks.palette = Arc::new(palette);
    assert_eq!(middle(&mut window, 40)[..3], [0, 255, 0], "its class has another colour");
}

#[test]
fn a_sample_lies_on_the_density_of_all() {
    let mut cloud = many(20_000);
    let positions: Vec<[f32; 2]> = cloud.tiles.positions().to_vec();
    let ids: Vec<ImageId> = cloud.tiles.numbers().iter().map(|id| ImageId(*id)).collect();
    cloud.tiles = Arc::new(Tiles::new(&positions, &ids, 10_000));
    cloud.drawn = cloud.tiles.drawn_in([-9.0; 2], [9.0; 2], 100);
    cloud.looks.grey = Color32::WHITE;
    let Some(picture) = draw(1.0, cloud.clone()) else { return };
    let lit = |picture: &image::RgbaImage| {
        let square = (24..56).flat_map(|x| (14..46).map(move |y| (x, y)));
        square.filter(|(x, y)| picture.get_pixel(*x, *y).0[..3].iter().any(|byte| *byte > 60)).count()
    };
    assert!(lit(&picture) > 900, "only {} of 1024 pixels show that something is there", lit(&picture));
    cloud.tiles = Arc::new(Tiles::new(&positions, &ids, usize::MAX));
    let Some(sample) = draw(1.0, cloud) else { return };
    assert!(lit(&sample) < 800, "without the density the sample alone lights {} pixels", lit(&sample));
}

#[test]
fn points_on_their_way_lie_between_where_they_were_and_where_they_go() {
    let mut one = cloud(&[([1.0, 0.5], RED, Kind::Plain)]);
    let seen =
        |cloud: &PointCloud, x: u32, y: u32| draw(1.0, cloud.clone()).map(|picture| picture.get_pixel(x, y).0[0]);
    let from = Arc::new(vec![[-1.0, 0.5]]);
    for (share, x) in [(0.0, 20), (0.5, 40), (1.0, 60)] {
        one.morph = Some(Morph { from: from.clone(), share });
        let Some(red) = seen(&one, x, 20) else { return };
        assert_eq!(red, 255, "at {share}");
    }
    one.morph = None;
    assert_eq!(seen(&one, 60, 20), Some(255));
}
