//! Points, pixel by pixel.

use std::sync::Arc;

use eframe::egui::{Color32, Rect};
use egui_kittest::Harness;
use tiramisu::ui::paint::{PointCloud, PointKind, PointState, points};

use super::fixtures::renderer;

fn cloud(points: &[([f32; 2], Color32, PointKind)]) -> PointCloud {
    PointCloud {
        positions: Arc::new(points.iter().map(|(position, ..)| *position).collect()),
        states: Arc::new(points.iter().map(|&(_, colour, kind)| PointState::new(colour, kind)).collect()),
        camera_on_map: [0.0, 0.0],
        zoom: 20.0,
        radius: 5.0,
        rim: Color32::WHITE,
        opacity: [0.1, 0.3, 1.0, 1.0],
    }
}

/// Draws over black into a picture of 80 x 60 points.
fn draw(pixels_per_point: f32, cloud: PointCloud) -> Option<image::RgbaImage> {
    let mut harness = Harness::builder()
        .with_size([80.0, 60.0])
        .with_pixels_per_point(pixels_per_point)
        .renderer(renderer()?)
        .build_ui(move |ui| {
            ui.painter().rect_filled(Rect::EVERYTHING, 0.0, Color32::BLACK);
            ui.painter().add(points(Rect::from_min_size(eframe::egui::Pos2::ZERO, [80.0, 60.0].into()), cloud.clone()));
        });
    Some(harness.render().expect("the window can be drawn"))
}

const RED: Color32 = Color32::from_rgb(255, 0, 0);
const GREEN: Color32 = Color32::from_rgb(0, 255, 0);

#[test]
fn points_lie_where_the_camera_says_with_the_second_axis_up() {
    let two = cloud(&[([1.0, 0.5], RED, PointKind::Plain), ([-1.0, -0.5], GREEN, PointKind::Plain)]);
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
        ([0.0, 0.0], GREEN, PointKind::Selected),
        ([0.0, 0.0], RED, PointKind::Grey),
        ([1.0, 0.0], RED, PointKind::Grey),
        ([-1.0, 0.0], RED, PointKind::Faint),
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
    let Some(picture) = draw(1.0, cloud(&[([f32::NAN, 0.0], RED, PointKind::Plain)])) else { return };
    assert!(picture.pixels().all(|pixel| pixel.0[0] == 0));
    let Some(picture) = draw(1.0, cloud(&[])) else { return };
    assert!(picture.pixels().all(|pixel| pixel.0[0] == 0));
}
