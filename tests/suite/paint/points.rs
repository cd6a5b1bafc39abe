//! Points, pixel by pixel, and what it costs to draw them.

use std::sync::Arc;

use eframe::egui::{self, Color32, Id, Rect};
use egui_kittest::Harness;
use tiramisu::domain::{ImageId, ImageSet};
use tiramisu::ui::paint::{Classes, Looks, Morph, PointCloud, Prominent, Tiles, effort, points};

use super::fixtures::renderer;

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
                    ui.painter().add(points(Id::unique("cloud"), rect, cloud.clone()));
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
