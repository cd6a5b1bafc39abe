//! The arithmetic under the map.

use std::sync::Arc;

use eframe::egui::{Rect, Vec2, pos2, vec2};
use tiramisu::domain::{ImageId, Pooling, Projection, ProjectionMethod, ProjectionWish, StoredLayer};
use tiramisu::ui::paint::Tiles;
use tiramisu::ui::views::map::{Camera, Density, Plane, Room, Shape, around, is_inside};

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
    // A sixteenth, since an eighth would be more.
    assert!((149_998 / 16..149_998 / 16 + tiles.tiles().len()).contains(&sample.points), "{} points", sample.points);
    assert_eq!(sample.runs.len(), 1, "of all tiles it lies in a row");
    let part_of_sample = tiles.drawn_in([-0.2; 2], [0.1; 2], 5_000);
    let touched = tiles.touched([-0.2; 2], [0.1; 2]).count();
    let points = part_of_sample.points;
    assert!(points <= 5_000 + touched && points * 3 > part_of_sample.of.min(5_000), "{points} points");
    // More is drawn of each tile as more can be, and what was drawn before is among it.
    let of = |most| -> std::collections::BTreeSet<u32> {
        tiles.drawn_in([-0.2; 2], [0.1; 2], most).runs.into_iter().flatten().collect()
    };
    for most in [25, 100, 400] {
        assert!(of(most).is_subset(&of(most * 4)) && of(most).len() < of(most * 4).len(), "{most} at most");
    }
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
    plane_at(points, 1.0)
}

/// Of a map of which so much is done.
fn plane_at(points: Vec<[f32; 2]>, share_done: f32) -> Plane {
    let source = StoredLayer { layer: "conv".into(), pooling: Pooling::default() };
    Plane::new(Arc::new(Projection {
        wish: ProjectionWish { source, method: ProjectionMethod::Pca, seed: 0 },
        ids: (0..points.len() as u32).map(ImageId).collect(),
        points: points.into(),
        placed: Vec::new().into(),
        explained: None,
        faithfulness: None,
        share_done,
        made_of: None,
    }))
}

#[test]
fn how_many_points_lie_where_is_counted_of_a_map_that_has_settled_only() {
    let points = || scattered(9000);
    let (settled, settling) = (plane_at(points(), 1.0), plane_at(points(), 0.6));
    assert_eq!(settled.density.as_ref().map(Density::points), Some(8998), "those that lie somewhere");
    assert!(settling.density.is_none());
    assert_eq!(settled.bytes() - settling.bytes(), settled.density.as_ref().map_or(0, Density::bytes));
    assert_eq!(settled.tiles.len(), settling.tiles.len(), "it is drawn all the same");
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

/// A view with a legend in its upper right corner and captions along its lower edge.
fn room() -> Room {
    let view = Rect::from_min_size(pos2(40.0, 60.0), vec2(620.0, 640.0));
    let legend = Rect::from_min_max(pos2(480.0, 70.0), pos2(650.0, 420.0));
    let captions = view.with_min_y(view.bottom() - 30.0);
    Room { view, covers: vec![legend, captions], aside: vec2(200.0, 30.0), about: 20.0 }
}

#[test]
fn a_map_is_laid_around_what_covers_a_corner_of_its_view_and_fills_more_of_it() {
    // The upper right quarter is empty, as far as two stragglers.
    let mut random = fastrand::Rng::with_seed(9);
    let mut points: Vec<[f32; 2]> = vec![[1.0, -1.0], [-1.0, 1.0], [0.9, 0.9]];
    while points.len() < 700 {
        let point = [random.f32() * 2.0 - 1.0, random.f32() * 2.0 - 1.0];
        points.extend((point[0] < 0.1 || point[1] < -0.3).then_some(point));
    }
    let room = room();
    let beside = Camera::fitted([1.0; 2], room.view.size(), room.aside, room.about);
    let camera = around([1.0; 2], &Density::of(&points), &room, beside).expect("there is a larger one");
    assert!(camera.zoom > beside.zoom * 1.05, "{} after {}", camera.zoom, beside.zoom);
    let on_screen: Vec<_> = points.iter().map(|point| camera.screen_from_map(room.view, *point)).collect();
    assert!(on_screen.iter().all(|pos| room.view.shrink(10.0).contains(*pos)), "all of it is in view");
    let beneath = on_screen.iter().filter(|pos| room.covers.iter().any(|cover| cover.contains(**pos))).count();
    assert!(beneath <= points.len() / 100, "{beneath} points lie beneath what covers the view");
}

#[test]
fn a_map_that_is_full_everywhere_lies_beside_what_covers_its_view() {
    let side = |step: usize| step as f32 / 39.0 * 2.0 - 1.0;
    let points: Vec<[f32; 2]> = (0..1600).map(|point| [side(point % 40), side(point / 40)]).collect();
    let density = Density::of(&points);
    assert_eq!((density.points(), density.points_in([-1.0; 2], [1.0; 2])), (1600, 1600));
    assert_eq!(density.points_in([0.0, 0.0], [2.0, 2.0]), 400, "a quarter of them");
    assert_eq!(density.points_in([1.1, -1.0], [2.0, 1.0]), 0);
    let room = room();
    let beside = Camera::fitted([1.0; 2], room.view.size(), room.aside, room.about);
    let beneath = |camera: Camera| {
        let on_screen = points.iter().map(|point| camera.screen_from_map(room.view, *point));
        on_screen.filter(|pos| room.covers.iter().any(|cover| cover.contains(*pos))).count()
    };
    // Laid over all of the view it would lie beneath the legend; what is found instead is hardly larger than beside that.
    let whole = Camera::fitted([1.0; 2], room.view.size(), Vec2::ZERO, room.about);
    assert!(beneath(whole) > 160, "{} beneath, so the room asks too little", beneath(whole));
    assert_eq!(beneath(beside), 0);
    if let Some(camera) = around([1.0; 2], &density, &room, beside) {
        assert!(beneath(camera) <= 1, "{} of 1,600 points lie beneath", beneath(camera));
        let more = camera.zoom / beside.zoom;
        assert!((1.0..1.1).contains(&more), "{more} times as large as beside the legend");
    }
    // The same map without its upper right corner has room to grow into: it is the points that decide.
    let three: Vec<[f32; 2]> = points.iter().copied().filter(|[x, y]| *x < -0.2 || *y < -0.2).collect();
    let larger = around([1.0; 2], &Density::of(&three), &room, beside).expect("there is a larger one");
    assert!(larger.zoom > beside.zoom * 1.15, "{} after {}", larger.zoom, beside.zoom);
    assert!(beneath(larger) > 16, "where the corner was, points would lie beneath");
    // Without a point, or all in one place, there is nothing to be laid around.
    for few in [vec![], vec![[0.0, 0.0]; 5]] {
        let density = Density::of(&few);
        let beside = Camera::fitted([0.0; 2], room.view.size(), room.aside, room.about);
        assert_eq!(around([0.0; 2], &density, &room, beside), None);
    }
}
