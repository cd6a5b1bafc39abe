//! Fields that alternate: chessboard, gingham, harlequin, houndstooth-like plaid, or a floor in perspective.

use fastrand::Rng;

use super::canvas::{Canvas, View, between, smoothstep};
use super::colour::{mix, scale};
use super::palette::Palette;
use super::quick::Quick;

pub fn paint(rng: &mut Rng) -> Canvas {
    let palette = Palette::random(rng);
    let (ground, figure) = palette.ground_and_figure(rng);
    let accent = palette.any(rng);
    let zoom = between(rng, 2.0, 6.0);
    let style = rng.u8(..5);
    let view = if rng.bool() { View::random(rng, zoom) } else { View::nearly_upright(rng, zoom, 0.1) };
    let (shear, flatten) = (between(rng, 0.3, 0.9), between(rng, 0.5, 0.8));
    let horizon = between(rng, -0.6, -0.2);
    let odd = |u: f32, v: f32| (u.quick_floor() + v.quick_floor()).quick_modulo(2.0) >= 1.0;
    Canvas::shaded(3, |x, y| {
        let (u, v) = view.pattern(x, y);
        match style {
            // Gingham: two sheets of translucent bands.
            1 => {
                let bands = u8::from(u.quick_modulo(2.0) < 1.0) + u8::from(v.quick_modulo(2.0) < 1.0);
                mix(ground, figure, f32::from(bands) / 2.0)
            }
            // Harlequin: rhombs, with a third colour now and then.
            2 => {
                let (p, q) = (u + v * shear, (u - v * shear) * flatten);
                if odd(p, q) {
                    figure
                } else if (p.quick_floor() * 0.5).quick_modulo(2.0) < 1.0 {
                    accent
                } else {
                    ground
                }
            }
            // Plaid: thin lines over wide bands.
            3 => {
                let wide = u8::from(u.quick_modulo(2.0) < 0.9) + u8::from(v.quick_modulo(2.0) < 0.9);
                let thin = (u + 0.55).quick_modulo(2.0) < 0.12 || (v + 0.55).quick_modulo(2.0) < 0.12;
                if thin { accent } else { mix(ground, figure, f32::from(wide) / 2.0) }
            }
            // A floor that runs to the horizon.
            4 => {
                if y < horizon {
                    return mix(accent, palette.light(), smoothstep(-1.0, horizon, y));
                }
                let depth = 0.35 / (y - horizon + 0.02);
                let (u, v) = (x * depth * zoom + 50.0, depth * zoom);
                let floor = if odd(u, v) { figure } else { ground };
                mix(floor, palette.light(), smoothstep(1.5, 8.0, depth))
            }
            _ => scale(if odd(u, v) { figure } else { ground }, 1.0 - 0.15 * (x * x + y * y)),
        }
    })
}
