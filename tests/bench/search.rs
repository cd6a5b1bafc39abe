//! Exact neighbours and the map's projection over 100,000 vectors, and the nearest of 10,000 codes.

use half::f16;
use tiramisu::analysis::embedding::TernaryCodes;
use tiramisu::analysis::{hamming, neighbours, pca};
use tiramisu::domain::{ImageId, Matrix, Metric, Vectors};

use super::table::{Table, median_secs};

const IMAGES: usize = 100_000;
const CHANNELS: usize = 512;
/// Images with a code, and features of one: those of a network of twelve layers.
const CODED: usize = 10_000;
const FEATURES: usize = 12_416;

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

    let values: Vec<i8> = (0..CODED * FEATURES).map(|_| random.i8(-1..=1)).collect();
    let codes = TernaryCodes::pack((0..CODED as u32).map(ImageId).collect(), FEATURES, &values);
    let secs = median_secs(15, || {
        std::hint::black_box(hamming::nearest(&codes, codes.row(9), 50, Some(ImageId(9)), &|| false));
    });
    table.add(format!("50 nearest of {CODED} codes of {FEATURES} features"), secs * 1e3, "ms");
}
