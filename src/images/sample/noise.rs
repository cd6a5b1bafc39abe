//! Smooth randomness on the plane (Perlin 2002).

use super::quick::Quick;

/// A field of gradient noise.
#[derive(Clone, Copy, Debug)]
pub struct Noise {
    seed: u32,
}

impl Noise {
    /// Another field for every seed.
    pub fn new(rng: &mut fastrand::Rng) -> Self {
        Self { seed: rng.u32(..) }
    }

    /// A number in `0..1` that belongs to a cell of the integer grid.
    pub fn cell(&self, x: i32, y: i32) -> f32 {
        (self.hash(x, y) >> 8) as f32 / (1 << 24) as f32
    }

    fn hash(&self, x: i32, y: i32) -> u32 {
        let mut h =
            self.seed ^ (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77).rotate_left(13);
        h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
        h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
        h ^ (h >> 15)
    }

    /// Smooth, about `-1..=1`, with features of size 1.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (cell_x, cell_y) = (x.quick_floor(), y.quick_floor());
        let (fx, fy) = (x - cell_x, y - cell_y);
        let (ix, iy) = (cell_x as i32, cell_y as i32);
        let corner = |dx: i32, dy: i32| {
            const DIAGONAL: f32 = std::f32::consts::FRAC_1_SQRT_2;
            const DIRECTIONS: [(f32, f32); 8] = [
                (1.0, 0.0),
                (-1.0, 0.0),
                (0.0, 1.0),
                (0.0, -1.0),
                (DIAGONAL, DIAGONAL),
                (-DIAGONAL, DIAGONAL),
                (DIAGONAL, -DIAGONAL),
                (-DIAGONAL, -DIAGONAL),
            ];
            let (gx, gy) = DIRECTIONS[(self.hash(ix + dx, iy + dy) & 7) as usize];
            gx * (fx - dx as f32) + gy * (fy - dy as f32)
        };
        let ease = |t: f32| t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
        let (u, v) = (ease(fx), ease(fy));
        let top = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * u;
        let bottom = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * u;
        1.4 * (top + (bottom - top) * v)
    }

    /// Several sizes of features on top of each other, about `-1..=1`.
    pub fn layered(&self, x: f32, y: f32, layers: u32) -> f32 {
        let (mut sum, mut weight, mut frequency) = (0.0, 0.5, 1.0);
        for layer in 0..layers {
            let shift = layer as f32 * 17.3;
            sum += weight * self.at(x * frequency + shift, y * frequency - shift);
            weight *= 0.5;
            frequency *= 2.03;
        }
        sum
    }
}
