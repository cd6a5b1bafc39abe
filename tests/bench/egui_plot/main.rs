//! Points on egui_plot's scatter, for comparison with `tiramisu bench-window --images N`: the same points in the same clouds, and
//! the same frames (at rest, panned, zoomed), laid out and cut into triangles, which are not drawn.
//!
//! ```sh
//! cargo run --release --manifest-path tests/bench/egui_plot/Cargo.toml -- 10000 100000 1000000
//! ```

use std::hint::black_box;
use std::time::Instant;

use egui::{Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, TouchPhase, Vec2, vec2};
use egui_plot::{Plot, PlotPoint, PlotPoints, Points};

/// Where the map is in the window that is measured, by its size.
const SIZE: Vec2 = vec2(736.0, 768.0);
const LABELS: usize = 40;
const PORTION: usize = 4096;
/// Frames of each kind: fewer where each takes long.
const FRAMES: usize = 60;
const MOST_SECS: f64 = 20.0;

fn main() {
    println!(
        "{:>10}  {:<8} {:>6} {:>10} {:>10} {:>12}",
        "points", "frame", "n", "median, ms", "p99, ms", "vertices, MB"
    );
    for argument in std::env::args().skip(1) {
        let count: usize = argument.parse().expect("numbers of points");
        let clouds = clouds(count);
        let ctx = egui::Context::default();
        let mut clock = 0.0;
        for _ in 0..3 {
            frame(&ctx, &clouds, &mut clock, Vec::new());
        }
        let middle = (SIZE * 0.5).to_pos2();
        report(count, "at rest", |_| Vec::new(), &ctx, &clouds, &mut clock);
        let zoom = |number: usize| {
            let delta = vec2(0.0, if number % 40 < 20 { 30.0 } else { -30.0 });
            let (unit, phase, modifiers) = (MouseWheelUnit::Point, TouchPhase::Move, Modifiers::COMMAND);
            let source = egui::MouseWheelSource::Wheel;
            vec![Event::PointerMoved(middle), Event::MouseWheel { unit, delta, phase, modifiers, source }]
        };
        report(count, "zoomed", zoom, &ctx, &clouds, &mut clock);
        let button = |pressed| Event::PointerButton {
            pos: middle,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        frame(&ctx, &clouds, &mut clock, vec![Event::PointerMoved(middle), button(true)]);
        let pan = |number: usize| {
            let turn = number as f32 * 0.1;
            vec![Event::PointerMoved(middle + SIZE * 0.2 * vec2(turn.cos(), turn.sin()))]
        };
        report(count, "panned", pan, &ctx, &clouds, &mut clock);
    }
}

/// A cloud for each label, beside each other, as in the collection that the program makes up.
fn clouds(count: usize) -> Vec<Vec<PlotPoint>> {
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32
    };
    let mut clouds = vec![Vec::new(); LABELS];
    for number in 0..count {
        let label = number / PORTION % LABELS;
        let [x, y] = [(label % 8) as f32 * 6.0, (label / 8) as f32 * 6.0];
        let point = [x + 5.0 * (random() + random()), y + 5.0 * (random() + random())];
        clouds[label].push(point.map(f64::from).into());
    }
    clouds
}

fn report(
    count: usize,
    what: &str,
    input: impl Fn(usize) -> Vec<Event>,
    ctx: &egui::Context,
    clouds: &[Vec<PlotPoint>],
    clock: &mut f64,
) {
    let mut ms = Vec::new();
    let (all, mut bytes) = (Instant::now(), 0);
    while ms.len() < FRAMES && (ms.len() < 3 || all.elapsed().as_secs_f64() < MOST_SECS) {
        let begun = Instant::now();
        bytes = frame(ctx, clouds, clock, input(ms.len()));
        ms.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    ms.sort_by(f64::total_cmp);
    let at = |hundredths: usize| ms[(ms.len() * hundredths).div_ceil(100) - 1];
    println!("{count:>10}  {what:<8} {:>6} {:>10.2} {:>10.2} {:>12.1}", ms.len(), at(50), at(99), bytes as f64 / 1e6);
}

/// Lays a frame out and cuts it into triangles; the bytes of these, which go to the GPU.
fn frame(ctx: &egui::Context, clouds: &[Vec<PlotPoint>], clock: &mut f64, events: Vec<Event>) -> usize {
    *clock += 1.0 / 60.0;
    let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, SIZE));
    let input = RawInput { screen_rect, time: Some(*clock), events, ..RawInput::default() };
    let output = ctx.run_ui(input, |ui| {
        Plot::new("map").show_axes([false; 2]).show(ui, |plot| {
            for (label, cloud) in clouds.iter().enumerate() {
                let points = PlotPoints::Borrowed(cloud);
                plot.points(Points::new(format!("label {label:02}"), points).radius(1.5));
            }
        });
    });
    let shapes = ctx.tessellate(output.shapes, output.pixels_per_point);
    let of = |shape: &egui::ClippedPrimitive| match &shape.primitive {
        egui::epaint::Primitive::Mesh(mesh) => size_of_val(&mesh.vertices[..]) + size_of_val(&mesh.indices[..]),
        egui::epaint::Primitive::Callback(_) => 0,
    };
    black_box(shapes.iter().map(of).sum())
}
