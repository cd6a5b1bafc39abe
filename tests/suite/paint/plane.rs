//! The arithmetic under the map.

use eframe::egui::{Rect, Vec2, pos2, vec2};
use tiramisu::ui::views::map::{Camera, GridIndex, is_inside};

fn scattered(count: usize) -> Vec<[f32; 2]> {
    let mut random = fastrand::Rng::with_seed(3);
    let mut points: Vec<[f32; 2]> =
        (0..count).map(|_| [random.f32() * 2.0 - 1.0, random.f32().powi(3) * 2.0 - 1.0]).collect();
    points[5] = points[4];
    points[6] = [f32::NAN, 0.0];
    points[7] = [0.0, f32::INFINITY];
    points
}

fn distance_squared(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
}

#[test]
fn the_grid_finds_the_same_nearest_point_as_looking_at_all() {
    let points = scattered(4000);
    let grid = GridIndex::new(&points);
    let mut random = fastrand::Rng::with_seed(4);
    let mut found = 0;
    for _ in 0..500 {
        let to = [random.f32() * 2.6 - 1.3, random.f32() * 2.6 - 1.3];
        let radius = random.f32() * 0.1;
        let expected = (0..points.len())
            .filter(|&row| row % 3 != 0 && distance_squared(points[row], to) < radius * radius)
            .min_by(|&a, &b| distance_squared(points[a], to).total_cmp(&distance_squared(points[b], to)));
        let nearest = grid.nearest(&points, to, radius, |row| row % 3 != 0);
        assert_eq!(nearest, expected, "near {to:?} within {radius}");
        found += usize::from(nearest.is_some());
    }
    assert!(found > 100, "only {found} probes had a point near them: the test asks too little");
}

#[test]
fn the_grid_finds_exactly_the_points_of_a_rectangle() {
    let points = scattered(4000);
    let grid = GridIndex::new(&points);
    for (lower, upper) in [([-0.5, -0.9], [0.1, 0.3]), ([-2.0, -2.0], [2.0, 2.0]), ([0.4, 0.4], [0.4, 0.4])] {
        let mut found = Vec::new();
        grid.each_in(&points, lower, upper, |row| found.push(row));
        found.sort_unstable();
        let inside = |p: &[f32; 2]| (0..2).all(|axis| p[axis] >= lower[axis] && p[axis] <= upper[axis]);
        let expected: Vec<usize> = (0..points.len()).filter(|&row| inside(&points[row])).collect();
        assert_eq!(found, expected);
        assert!(grid.count_about(lower, upper) >= expected.len());
    }
}

#[test]
fn a_grid_of_identical_points_or_of_none_answers() {
    let same = vec![[0.25, 0.25]; 1000];
    let grid = GridIndex::new(&same);
    assert_eq!(grid.nearest(&same, [0.25, 0.26], 0.1, |row| row >= 7), Some(7));
    assert_eq!(grid.nearest(&same, [0.9, 0.9], 0.1, |_| true), None);
    let empty = GridIndex::new(&[]);
    assert_eq!(empty.nearest(&[], [0.0, 0.0], 1.0, |_| true), None);
    assert_eq!(empty.count_about([-1.0, -1.0], [1.0, 1.0]), 0);
}

#[test]
fn a_fitted_camera_shows_the_whole_map_whatever_its_shape() {
    for (half_extent, size) in [
        ([1.0, 0.4], vec2(800.0, 300.0)),
        ([0.01, 1.0], vec2(300.0, 900.0)),
        ([0.0, 0.0], vec2(500.0, 400.0)),
        ([1.0, 0.0], vec2(500.0, 400.0)),
        ([f32::NAN, 0.0], vec2(500.0, 400.0)),
    ] {
        let view = Rect::from_min_size(pos2(40.0, 20.0), size);
        let covered = vec2(80.0, 30.0);
        let camera = Camera::fitted(half_extent, size, covered);
        assert!(camera.zoom.is_finite() && camera.zoom > 0.0, "{half_extent:?} gives {camera:?}");
        for corner in [[-1.0, -1.0], [1.0, 1.0]] {
            let point: [f32; 2] = std::array::from_fn(|axis| corner[axis] * half_extent[axis].max(0.0));
            let pos = camera.screen_from_map(view, point);
            let free = Rect::from_min_max(view.min, view.max - covered);
            assert!(free.contains(pos), "{point:?} is drawn at {pos:?}, outside of {free:?}");
        }
    }
}

#[test]
fn zooming_keeps_what_is_under_the_pointer_there() {
    let view = Rect::from_min_size(pos2(10.0, 30.0), Vec2::new(700.0, 500.0));
    let fitted = Camera::fitted([1.0, 0.7], view.size(), Vec2::ZERO);
    let mut camera = fitted;
    let pointer = pos2(211.0, 377.0);
    let under = camera.map_from_screen(view, pointer);
    for factor in [3.0, 10.0, 0.2, 7.0] {
        camera.zoom_about(view, pointer, factor, fitted.zoom);
        assert!(camera.screen_from_map(view, under).distance(pointer) < 0.5);
    }
    camera.zoom_about(view, pointer, 1e30, fitted.zoom);
    assert!(camera.zoom < fitted.zoom * 1e5, "there is an end to zooming in");
    camera.pan(vec2(30.0, -12.0));
    assert!(camera.screen_from_map(view, under).distance(pointer + vec2(30.0, -12.0)) < 0.5);
}

#[test]
fn a_loop_that_is_not_convex_leaves_its_bay_out() {
    let horseshoe = [[0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [2.0, 3.0], [2.0, 1.0], [1.0, 1.0], [1.0, 3.0], [0.0, 3.0]];
    assert!(is_inside(&horseshoe, [0.5, 2.0]));
    assert!(is_inside(&horseshoe, [2.5, 2.0]));
    assert!(is_inside(&horseshoe, [1.5, 0.5]));
    assert!(!is_inside(&horseshoe, [1.5, 2.0]));
    assert!(!is_inside(&horseshoe, [3.5, 0.5]));
}
