//! Exact neighbours and the map's projection over 100,000 vectors.

use half::f16;
use tiramisu::analysis::{neighbours, pca};
use tiramisu::domain::{ImageId, Matrix, Metric, Vectors};

use super::table::{Table, median_secs};

const IMAGES: usize = 100_000;
const CHANNELS: usize = 512;

/// Milliseconds a question.
pub fn measure(table: &mut Table) {
    let mut random = fastrand::Rng::with_seed(1);
    let values = (0..IMAGES * CHANNELS).map(|_| f16::from_f32(random.f32())).collect();
    let ids = (0..IMAGES as u32).map(ImageId).collect();
    let vectors = Vectors { ids, matrix: Matrix::new(CHANNELS, values) };
    let probe = neighbours::probe_of(&vectors, ImageId(7)).expect("the image has a vector");
    for metric in Metric::ALL {
        let secs = median_secs(7, || {
            let found = neighbours::exact(&vectors, &probe, metric, 24, Some(ImageId(7)), &|| false);
            std::hint::black_box(found);
        });
        table.add(format!("24 exact neighbours in {IMAGES} x {CHANNELS}, {}", metric.word()), secs * 1e3, "ms");
    }
    let secs = median_secs(1, || {
        std::hint::black_box(pca::project(&vectors, &|| false));
    });
    table.add(format!("projection (PCA) of {IMAGES} x {CHANNELS}"), secs, "s");
}
