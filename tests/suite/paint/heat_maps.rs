//! Heat maps, pixel by pixel.

use eframe::egui::{self, Color32, Pos2, Rect, Ui, pos2, vec2};
use egui_kittest::Harness;
use tiramisu::gpu::TensorView;
use tiramisu::ui::paint::{ColourMap, HeatMapCell, HeatMapStyle, heat_maps};

use super::fixtures::renderer;

/// Draws something over white into a picture of 64 x 48 points.
fn draw(pixels_per_point: f32, content: impl Fn(&mut Ui) + 'static) -> Option<image::RgbaImage> {
    let mut harness = Harness::builder()
        .with_size([64.0, 48.0])
        .with_pixels_per_point(pixels_per_point)
        .renderer(renderer()?)
        .build_ui(move |ui| {
            ui.painter().rect_filled(Rect::EVERYTHING, 0.0, Color32::WHITE);
            content(ui);
        });
    Some(harness.render().expect("the window can be drawn"))
}

fn assert_colour(picture: &image::RgbaImage, [x, y]: [u32; 2], expected: Color32) {
    let found = picture.get_pixel(x, y).0;
    let expected = expected.to_array();
    let is_near = found.iter().zip(expected).take(3).all(|(&a, b)| a.abs_diff(b) <= 2);
    assert!(is_near, "at {x}, {y} there is {found:?} where {expected:?} was expected");
}

fn cell(min: Pos2, side: f32, channel: usize) -> HeatMapCell {
    HeatMapCell { rect: Rect::from_min_size(min, egui::Vec2::splat(side)), channel, range: [0.0, 4.0] }
}

const CHANNELS: [f32; 8] = [0.0, 1.0, 2.0, 3.0, 4.0, 3.0, -9.0, 99.0];

fn view() -> TensorView {
    TensorView::from_host([2, 2, 2], CHANNELS.to_vec().into())
}

#[test]
fn every_value_has_the_colour_of_its_place_in_the_range() {
    for (pixels_per_point, colours) in [(1.0, ColourMap::Viridis), (2.0, ColourMap::Magma), (1.5, ColourMap::Grey)] {
        let cells = vec![cell(pos2(4.0, 4.0), 16.0, 0), cell(pos2(24.0, 4.0), 16.0, 1)];
        let style = HeatMapStyle { colours, ..HeatMapStyle::default() };
        let Some(picture) = draw(pixels_per_point, move |ui| {
            let slot = egui::Id::unique("test");
            ui.painter().add(heat_maps(slot, ui.ctx().content_rect(), &view(), cells.clone(), style));
        }) else {
            return;
        };
        let px = |points: f32| (points * pixels_per_point) as u32;
        for (channel, left) in [(0, 4.0), (1, 24.0)] {
            for (place, [dx, dy]) in [[4.0, 4.0], [12.0, 4.0], [4.0, 12.0], [12.0, 12.0]].into_iter().enumerate() {
                let expected = colours.colour(CHANNELS[channel * 4 + place] / 4.0);
                assert_colour(&picture, [px(left + dx), px(4.0 + dy)], expected);
            }
        }
        assert_colour(&picture, [px(22.0), px(8.0)], Color32::WHITE);
        assert_colour(&picture, [px(8.0), px(30.0)], Color32::WHITE);
    }
}

#[test]
fn cells_are_cut_off_at_the_edge_of_the_view() {
    let clip = Rect::from_min_size(pos2(10.0, 10.0), vec2(20.0, 20.0));
    let style = HeatMapStyle { colours: ColourMap::Grey, ..HeatMapStyle::default() };
    let Some(picture) = draw(1.0, move |ui| {
        let cells = vec![HeatMapCell { range: [-1.0, 0.0], ..cell(pos2(-20.0, -20.0), 100.0, 0) }];
        ui.painter_at(clip).add(heat_maps(egui::Id::unique("test"), clip, &view(), cells, style));
    }) else {
        return;
    };
    // All values are at or above the top of the range: white would hide a mistake, so the ground is drawn black below.
    assert_colour(&picture, [20, 20], Color32::WHITE);
    let Some(picture) = draw(1.0, move |ui| {
        let cells = vec![HeatMapCell { range: [100.0, 200.0], ..cell(pos2(-20.0, -20.0), 100.0, 0) }];
        ui.painter_at(clip).add(heat_maps(egui::Id::unique("test"), clip, &view(), cells, style));
    }) else {
        return;
    };
    assert_colour(&picture, [11, 11], Color32::BLACK);
    assert_colour(&picture, [28, 28], Color32::BLACK);
    assert_colour(&picture, [8, 20], Color32::WHITE);
    assert_colour(&picture, [20, 31], Color32::WHITE);
    assert_colour(&picture, [40, 40], Color32::WHITE);
}

#[test]
fn the_middle_of_the_signed_map_is_zero_and_numbers_that_are_none_shine() {
    let Some(picture) = draw(1.0, |ui| {
        let values = TensorView::from_host([1, 2, 2], vec![0.0, -2.0, 2.0, f32::NAN].into());
        let cells = vec![HeatMapCell {
            rect: Rect::from_min_size(pos2(0.0, 0.0), vec2(40.0, 40.0)),
            channel: 0,
            range: ColourMap::Signed.range(-2.0, 1.0),
        }];
        let style = HeatMapStyle { colours: ColourMap::Signed, gamma: 0.5, ..HeatMapStyle::default() };
        ui.painter().add(heat_maps(egui::Id::unique("test"), ui.ctx().content_rect(), &values, cells, style));
    }) else {
        return;
    };
    assert_colour(&picture, [10, 10], ColourMap::Signed.colour(0.5));
    assert_colour(&picture, [30, 10], ColourMap::Signed.colour(0.0));
    assert_colour(&picture, [10, 30], ColourMap::Signed.colour(1.0));
    assert_colour(&picture, [30, 30], Color32::from_rgb(255, 0, 217));
}

#[test]
fn smooth_maps_pass_through_the_middle_between_two_values() {
    let Some(picture) = draw(1.0, |ui| {
        let values = TensorView::from_host([1, 1, 2], vec![0.0, 4.0].into());
        let cells = vec![cell(pos2(0.0, 0.0), 40.0, 0)];
        let style = HeatMapStyle { colours: ColourMap::Grey, is_smooth: true, ..HeatMapStyle::default() };
        ui.painter().add(heat_maps(egui::Id::unique("test"), ui.ctx().content_rect(), &values, cells, style));
    }) else {
        return;
    };
    assert_colour(&picture, [2, 20], Color32::BLACK);
    let middle = picture.get_pixel(20, 20).0[0];
    assert!(middle.abs_diff(128) <= 6, "halfway between black and white is {middle}");
    assert_colour(&picture, [38, 20], Color32::WHITE);
}

#[test]
fn an_overlay_lets_the_picture_through_where_nothing_was_found() {
    let Some(picture) = draw(1.0, |ui| {
        let values = TensorView::from_host([1, 1, 2], vec![0.0, 4.0].into());
        let style = HeatMapStyle { colours: ColourMap::Viridis, is_overlay: true, ..HeatMapStyle::default() };
        let cells = vec![cell(pos2(0.0, 0.0), 40.0, 0)];
        ui.painter().add(heat_maps(egui::Id::unique("test"), ui.ctx().content_rect(), &values, cells, style));
    }) else {
        return;
    };
    assert_colour(&picture, [10, 20], Color32::WHITE);
    assert_colour(&picture, [30, 20], ColourMap::Viridis.colour(1.0));
}

#[test]
fn colour_maps_begin_and_end_like_matplotlibs() {
    let near = |found: Color32, expected: [u8; 3]| {
        let found = found.to_array();
        assert!((0..3).all(|i| found[i].abs_diff(expected[i]) <= 6), "{found:?} is far from {expected:?}");
    };
    near(ColourMap::Viridis.colour(0.0), [68, 1, 84]);
    near(ColourMap::Viridis.colour(0.5), [33, 145, 140]);
    near(ColourMap::Viridis.colour(1.0), [253, 231, 37]);
    near(ColourMap::Magma.colour(0.5), [183, 55, 121]);
    near(ColourMap::Inferno.colour(0.5), [188, 55, 84]);
    assert_eq!(ColourMap::Viridis.table().len(), ColourMap::STEPS);
}
