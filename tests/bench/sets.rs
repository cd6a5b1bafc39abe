//! Vectors with known kinds, on which methods are compared.

use std::path::Path;

use half::f16;
use tiramisu::domain::{ImageId, Matrix, Metric, Vectors};
use tiramisu::network::NetworkChoice;

use super::network::{shared, squeezenet};
use super::worth;

/// Vectors, the kind of each, and how they are compared.
pub struct Set {
    pub name: String,
    pub vectors: Vectors,
    pub kinds: Vec<Option<u32>>,
    pub metric: Metric,
}

impl Set {
    /// scikit-learn's digits, 1797 x 64.
    pub fn digits() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/projections/digits.bin");
        let bytes = std::fs::read(path).expect("the digits are part of the project");
        let rows = bytes.chunks_exact(65);
        let values = rows.clone().flat_map(|row| &row[..64]).map(|value| f16::from_f32(f32::from(*value))).collect();
        let kinds = rows.map(|row| Some(u32::from(row[64]))).collect();
        Self::new("digits, 1797 x 64", Matrix::new(64, values), kinds, Metric::Euclidean)
    }

    /// What SqueezeNet v1.0 saw at `fire9/concat` in 1,000 pictures of 20 kinds; `None` without them.
    pub fn pictures() -> Option<Self> {
        const LAYER: &str = "fire9/concat";
        let network = NetworkChoice::from_file(&squeezenet()?).expect("both halves are there");
        let (matrix, labels) = worth::layer_of(&network, LAYER, &shared("images/caltech101")?);
        let mut names: Vec<&Option<String>> = labels.iter().collect();
        names.sort();
        names.dedup();
        let kinds = labels.iter().map(|label| names.binary_search(&label).ok().map(|kind| kind as u32)).collect();
        let name = format!("{} pictures, {LAYER} of SqueezeNet, {}", labels.len(), matrix.columns());
        Some(Self::new(&name, matrix, kinds, Metric::Cosine))
    }

    /// Generated vectors in `kinds` clusters, with as much spread within them as between two of them.
    pub fn generated(rows: usize, channels: usize, kinds: usize) -> Self {
        let mut random = fastrand::Rng::with_seed(1);
        let mut normal = move || (0..4).map(|_| random.f32() - 0.5).sum::<f32>() * 1.7;
        let middles: Vec<f32> = (0..kinds * channels).map(|_| normal()).collect();
        let of: Vec<usize> = (0..rows as u32).map(|row| row.wrapping_mul(2_654_435_761) as usize % kinds).collect();
        let values = of
            .iter()
            .flat_map(|kind| &middles[kind * channels..][..channels])
            .map(|middle| f16::from_f32(middle + normal()))
            .collect();
        let name = format!("generated, {rows} x {channels}");
        let kinds = of.into_iter().map(|kind| Some(kind as u32)).collect();
        Self::new(&name, Matrix::new(channels, values), kinds, Metric::Euclidean)
    }

    fn new(name: &str, matrix: Matrix, kinds: Vec<Option<u32>>, metric: Metric) -> Self {
        let ids = (0..matrix.rows() as u32).map(ImageId).collect();
        Self { name: name.to_owned(), vectors: Vectors { ids, matrix }, kinds, metric }
    }
}
