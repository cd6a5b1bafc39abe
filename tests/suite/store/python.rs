//! A workspace for `tests/python/read_workspace.py`, and that the script finds in it what it should.

use std::path::PathBuf;

use half::f16;
use tiramisu::domain::{ImageId, Pooling};
use tiramisu::store::{FeatureRows, Workspace};

use super::{image, images, layer, spec};
use crate::support::skipped;

/// Writes a workspace of 300 images to the folder named by `TIRAMISU_WRITE_WORKSPACE`.
#[test]
#[ignore = "writes a workspace for the Python script"]
fn a_workspace_for_python() {
    let Some(root) = std::env::var_os("TIRAMISU_WRITE_WORKSPACE").map(PathBuf::from) else {
        skipped!("TIRAMISU_WRITE_WORKSPACE names no folder");
        return;
    };
    let mut workspace = Workspace::open_or_create(&root, &root.with_file_name("pictures")).unwrap();
    let spec = spec(&[("conv1", 64), ("fire9/concat", 512)]);
    let mut random = fastrand::Rng::with_seed(3);
    let mut table = workspace.features(&spec).unwrap();
    for first in [0, 100, 200] {
        workspace.append_images(images(first..first + 100)).unwrap();
        let ids: Vec<u32> = (first..first + 100).filter(|id| image(*id).record.problem.is_none()).collect();
        let mut values = |channels: usize| -> Vec<f16> {
            let number = || f16::from_f32((random.f32() - 0.4).max(0.0));
            std::iter::repeat_with(number).take(ids.len() * channels).collect()
        };
        let values = spec.columns.iter().map(|(stored, channels)| (stored.clone(), values(*channels).into())).collect();
        table
            .append(FeatureRows {
                ids: ids.iter().map(|id| ImageId(*id)).collect(),
                paths: ids.iter().map(|id| super::path(*id)).collect(),
                labels: ids.iter().map(|id| image(*id).record.label).collect(),
                values,
            })
            .unwrap();
    }
    assert_eq!(table.rows(), 240);
    assert_eq!(table.vectors(&layer("fire9/concat", Pooling::Average)).unwrap().matrix.columns(), 512);
}
