//! Shiny balls on a floor, lit by one lamp, with the shadows that they throw.

use fastrand::Rng;

use super::canvas::{Canvas, between, smoothstep};
use super::colour::{Colour, add, mix, scale};
use super::palette::Palette;
use super::quick::Quick;

type Vector = [f32; 3];

struct Ball {
    centre: Vector,
    radius: f32,
    colour: Colour,
}

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (floor, sky_top, sky_low) = (palette.any(rng), palette.any(rng), palette.light());
    let tiled = rng.u8(..3) == 0;
    let lamp = unit([between(rng, -0.8, 0.8), between(rng, 0.7, 1.2), between(rng, -1.0, -0.3)]);
    let gloss = between(rng, 20.0, 90.0);
    let eye = [0.0, between(rng, 0.5, 1.4), -3.2];
    let mut balls: Vec<Ball> = Vec::new();
    for _ in 0..60 {
        let radius = between(rng, 0.15, 0.65);
        let centre = [between(rng, -1.6, 1.6), radius, between(rng, -1.0, 2.4)];
        let apart = balls.iter().all(|other| length(minus(other.centre, centre)) > other.radius + radius);
        if apart && balls.len() < 2 + rng.usize(..9) {
            balls.push(Ball { centre, radius, colour: palette.any(rng) });
        }
    }
    Canvas::shaded(2, |x, y| {
        let ray = unit([x * 0.62, -y * 0.62 - eye[1] * 0.22, 1.0]);
        let sky = mix(sky_low, sky_top, smoothstep(-0.1, 0.6, ray[1]));
        if let Some((distance, ball)) = first_hit(&balls, eye, ray) {
            let point = along(eye, ray, distance);
            let normal = unit(minus(point, ball.centre));
            let lit = if first_hit(&balls, along(point, normal, 1e-3), lamp).is_some() { 0.0 } else { 1.0 };
            let diffuse = dot(normal, lamp).max(0.0) * lit;
            let mirrored = minus(ray, times(normal, 2.0 * dot(normal, ray)));
            let shine = dot(mirrored, lamp).max(0.0).powf(gloss) * lit;
            let rim = (1.0 + dot(normal, ray)).max(0.0).powi(3);
            let body = scale(ball.colour, 0.18 + 0.85 * diffuse);
            let bounced = add(body, scale(floor, 0.12 * (-normal[1]).max(0.0)));
            return add(mix(bounced, sky, 0.35 * rim), [shine * 0.8; 3]);
        }
        if ray[1] >= -1e-3 {
            return sky;
        }
        let distance = -eye[1] / ray[1];
        let point = along(eye, ray, distance);
        let shadow = if first_hit(&balls, along(point, [0.0, 1.0, 0.0], 1e-3), lamp).is_some() { 0.45 } else { 1.0 };
        let odd = tiled && ((point[0] * 1.5).quick_floor() + (point[2] * 1.5).quick_floor()).quick_modulo(2.0) >= 1.0;
        // A ball darkens the floor close to it.
        let near = balls.iter().fold(1.0f32, |light, ball| {
            let away = (point[0] - ball.centre[0]).quick_hypot(point[2] - ball.centre[2]) / ball.radius;
            light.min(0.45 + 0.55 * smoothstep(0.1, 1.2, away))
        });
        let ground = scale(floor, shadow * near * if odd { 0.55 } else { 1.0 });
        mix(ground, sky_low, smoothstep(3.0, 14.0, distance))
    })
}

fn first_hit(balls: &[Ball], from: Vector, ray: Vector) -> Option<(f32, &Ball)> {
    let mut first: Option<(f32, &Ball)> = None;
    for ball in balls {
        let offset = minus(from, ball.centre);
        let b = dot(offset, ray);
        let inside_root = b * b - (dot(offset, offset) - ball.radius * ball.radius);
        if inside_root <= 0.0 {
            continue;
        }
        let distance = -b - inside_root.sqrt();
        if distance > 0.0 && first.is_none_or(|(nearest, _)| distance < nearest) {
            first = Some((distance, ball));
        }
    }
    first
}

fn dot(a: Vector, b: Vector) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn minus(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn times(a: Vector, by: f32) -> Vector {
    a.map(|x| x * by)
}

fn along(from: Vector, direction: Vector, distance: f32) -> Vector {
    [0, 1, 2].map(|axis| from[axis] + direction[axis] * distance)
}

fn length(a: Vector) -> f32 {
    dot(a, a).sqrt()
}

fn unit(a: Vector) -> Vector {
    times(a, 1.0 / length(a))
}
