//! The arithmetic under the map.

use std::sync::Arc;

use eframe::egui::{Rect, Vec2, pos2, vec2};
use tiramisu::domain::{ImageId, Pooling, Projection, ProjectionMethod, ProjectionWish, StoredLayer};
use tiramisu::ui::paint::Tiles;
use tiramisu::ui::views::map::{Camera, Plane, Shape, is_inside};

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

fn tiles(points: &[[f32; 2]]) -> Tiles {
    let ids: Vec<ImageId> = (0..points.len() as u32).map(ImageId).collect();
    Tiles::new(points, &ids, usize::MAX)
}

#[test]
fn the_tiles_find_the_same_nearest_point_as_looking_at_all() {
    let points = scattered(9000);
    let tiles = tiles(&points);
    assert!(tiles.tiles().len() > 4, "there are several tiles");
    let mut random = fastrand::Rng::with_seed(4);
    let mut found = 0;
    for _ in 0..500 {
        let to = [random.f32() * 2.6 - 1.3, random.f32() * 2.6 - 1.3];
        let radius = random.f32() * 0.1;
        let expected = (0..points.len())
            .filter(|&row| row % 3 != 0 && distance_squared(points[row], to) < radius * radius)
            .min_by(|&a, &b| distance_squared(points[a], to).total_cmp(&distance_squared(points[b], to)));
        let nearest = tiles.nearest(to, radius, |id| id.0 % 3 != 0);
        assert_eq!(nearest.map(ImageId::index), expected, "near {to:?} within {radius}");
        found += usize::from(nearest.is_some());
    }
    assert!(found > 100, "only {found} probes had a point near them: the test asks too little");
}

#[test]
fn the_tiles_find_exactly_the_points_of_a_rectangle() {
    let points = scattered(9000);
    let tiles = tiles(&points);
    for (lower, upper) in [([-0.5, -0.9], [0.1, 0.3]), ([-2.0, -2.0], [2.0, 2.0]), ([0.4, 0.4], [0.4, 0.4])] {
        let mut found = Vec::new();
        tiles.each_in(lower, upper, |_, id| found.push(id.index()));
        found.sort_unstable();
        let inside = |p: &[f32; 2]| (0..2).all(|axis| p[axis] >= lower[axis] && p[axis] <= upper[axis]);
        let expected: Vec<usize> = (0..points.len()).filter(|&row| inside(&points[row])).collect();
        assert_eq!(found, expected);
        assert!(tiles.count_about(lower, upper) >= expected.len());
    }
}

#[test]
fn tiles_of_identical_points_or_of_none_answer() {
    let same = vec![[0.25, 0.25]; 5000];
    let of_same = tiles(&same);
    assert_eq!(of_same.nearest([0.25, 0.26], 0.1, |id| id.0 >= 7), Some(ImageId(7)));
    assert_eq!(of_same.nearest([0.9, 0.9], 0.1, |_| true), None);
    let empty = tiles(&[]);
    assert_eq!(empty.nearest([0.0, 0.0], 1.0, |_| true), None);
    assert_eq!(empty.count_about([-1.0, -1.0], [1.0, 1.0]), 0);
}

#[test]
fn every_point_lies_in_one_tile_however_many_threads_sort_them() {
    for count in [9000, 150_000] {
        let points = scattered(count);
        let tiles = tiles(&points);
        assert_eq!(tiles.len(), count - 2, "those that are not finite are left out");
        let mut next = 0;
        let mut seen = vec![false; count];
        for tile in tiles.tiles() {
            assert_eq!(tile.first, next);
            next += tile.count;
            for (point, id) in tiles.points_of(tile) {
                assert_eq!(points[id.index()], point);
                assert!((0..2).all(|axis| (tile.lower[axis]..=tile.upper[axis]).contains(&point[axis])));
                assert!(!std::mem::replace(&mut seen[id.index()], true), "{id:?} twice");
            }
        }
    }
}

#[test]
fn what_is_out_of_view_is_not_drawn_and_too_many_are_sampled_evenly() {
    let points = scattered(150_000);
    let tiles = tiles(&points);
    let all = tiles.drawn_in([-2.0; 2], [2.0; 2], usize::MAX);
    assert_eq!((all.points, all.of, all.runs.len()), (149_998, 149_998, 1), "what follows is drawn at once");
    let part = tiles.drawn_in([-0.2; 2], [0.1; 2], usize::MAX);
    assert!(part.points < 60_000 && part.points >= 100, "{} points", part.points);
    let sample = tiles.drawn_in([-2.0; 2], [2.0; 2], 15_000);
    assert!((15_000..15_500).contains(&sample.points), "{} points", sample.points);
    assert!((sample.share() - 0.1).abs() < 0.01);
    let half = |runs: &[std::ops::Range<u32>]| {
        let places = runs.iter().flat_map(|run| run.clone());
        places.filter(|place| tiles.positions()[*place as usize][0] < 0.0).count() as f64
    };
    let (of_all, of_sample) = (half(&all.runs) / all.points as f64, half(&sample.runs) / sample.points as f64);
    assert!((of_all - of_sample).abs() < 0.02, "{of_all} of all, {of_sample} of the sample lie left");
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
        let camera = Camera::fitted(half_extent, size, covered, 0.0);
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
    let fitted = Camera::fitted([1.0, 0.7], view.size(), Vec2::ZERO, 0.0);
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

fn plane(points: Vec<[f32; 2]>) -> Plane {
    let source = StoredLayer { layer: "conv".into(), pooling: Pooling::default() };
    Plane::new(Arc::new(Projection {
        wish: ProjectionWish { source, method: ProjectionMethod::Pca, seed: 0 },
        ids: (0..points.len() as u32).map(ImageId).collect(),
        points,
        placed: Vec::new(),
        explained: None,
        faithfulness: None,
        share_done: 1.0,
        made_of: None,
    }))
}

#[test]
fn a_shape_takes_in_what_looking_at_every_point_finds() {
    let plane = plane(scattered(150_000));
    let mut random = fastrand::Rng::with_seed(11);
    let mut place = || [random.f32() * 2.0 - 1.0, random.f32() * 2.0 - 1.0];
    let star: Vec<[f32; 2]> = (0..5)
        .map(|corner| {
            let turn = corner as f32 * 4.0 * std::f32::consts::PI / 5.0;
            [0.8 * turn.cos(), 0.8 * turn.sin()]
        })
        .collect();
    let mut shapes = vec![
        Shape::Loop(star),
        Shape::Loop(vec![[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]),
        Shape::Stroke(vec![[0.1, -0.4]], 0.3),
        Shape::Stroke(vec![[-0.9, -0.9], [0.0, 0.2], [0.9, -0.7]], 0.05),
    ];
    shapes.extend((0..12).map(|_| Shape::Loop((0..7).map(|_| place()).collect())));
    for shape in shapes {
        let found: Vec<ImageId> = shape.images(&plane).iter().collect();
        let inside = |id: &ImageId| plane.position_of(*id).is_some_and(|point| shape.contains(point));
        let expected: Vec<ImageId> = (0..150_000).map(ImageId).filter(inside).collect();
        assert!(expected.len() > 500, "{shape:?} asks too little");
        assert_eq!(found.len(), expected.len(), "{shape:?}");
        assert_eq!(found, expected, "{shape:?}");
    }
    assert!(Shape::Loop(vec![[0.0, 0.0], [1.0, 1.0]]).images(&plane).is_empty(), "two corners are no loop");
}
