//! How alike two points of the plane are by their distance: `1 / (1 + a d^2b)`.

/// The curve that comes nearest to being 1 up to a least distance and then falling off exponentially.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Factor of the distance.
    pub a: f32,
    /// Half the power of the distance.
    pub b: f32,
}

impl Curve {
    /// Fits the curve by least squares at 300 places up to three spreads (Levenberg-Marquardt), as umap-learn does.
    pub fn fit(min_dist: f32, spread: f32) -> Self {
        let (min_dist, spread) = (f64::from(min_dist), f64::from(spread));
        let samples: Vec<(f64, f64)> = (0..300)
            .map(|place| {
                let x = 3.0 * spread * f64::from(place) / 299.0;
                (x, if x < min_dist { 1.0 } else { (-(x - min_dist) / spread).exp() })
            })
            .collect();
        let value = |a: f64, b: f64, x: f64| 1.0 / (1.0 + a * x.powf(2.0 * b));
        let error = |a: f64, b: f64| samples.iter().map(|(x, y)| (value(a, b, *x) - y).powi(2)).sum::<f64>();
        let (mut a, mut b, mut damping) = (1.0f64, 1.0f64, 1e-3f64);
        for _ in 0..200 {
            // Normal equations of the two parameters.
            let [mut aa, mut ab, mut bb, mut ra, mut rb] = [0.0f64; 5];
            for (x, y) in samples.iter().filter(|(x, _)| *x > 0.0) {
                let (f, power) = (value(a, b, *x), x.powf(2.0 * b));
                let (by_a, by_b) = (-f * f * power, -f * f * a * power * 2.0 * x.ln());
                aa += by_a * by_a;
                ab += by_a * by_b;
                bb += by_b * by_b;
                ra += by_a * (y - f);
                rb += by_b * (y - f);
            }
            let (daa, dbb) = (aa * (1.0 + damping), bb * (1.0 + damping));
            let determinant = daa * dbb - ab * ab;
            let (step_a, step_b) = ((ra * dbb - rb * ab) / determinant, (rb * daa - ra * ab) / determinant);
            if error(a + step_a, b + step_b) < error(a, b) {
                (a, b, damping) = (a + step_a, b + step_b, damping / 3.0);
                if step_a.abs() + step_b.abs() < 1e-12 {
                    break;
                }
            } else {
                damping *= 4.0;
            }
        }
        Self { a: a as f32, b: b as f32 }
    }

    /// What a difference is multiplied with to draw two points together.
    pub(super) fn attraction(self, squared: f32) -> f32 {
        if squared <= 0.0 {
            return 0.0;
        }
        let power = squared.powf(self.b);
        -2.0 * self.a * self.b * (power / squared) / (self.a * power + 1.0)
    }

    /// The same to drive them apart; 0 where they lie on each other.
    pub(super) fn repulsion(self, squared: f32) -> f32 {
        if squared <= 0.0 {
            return 0.0;
        }
        2.0 * self.b / ((0.001 + squared) * (self.a * squared.powf(self.b) + 1.0))
    }
}
