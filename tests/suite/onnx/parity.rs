//! Every layer of small networks, and of any others in a folder, against onnxruntime.

use std::{collections::HashMap, fs, path::Path, path::PathBuf, sync::Arc, time::Instant};

use burn::tensor::{Device, DeviceKind, Tensor, TensorData};
use tiramisu::network::Runner;

use super::{SMALL, golden, load_file};
use crate::support::skipped;
use crate::support::tensors::read_tensors;

/// The share of a layer's largest magnitude by which a value may differ.
const TOLERANCE: f32 = 1e-3;

/// How a network did: how many layers were compared, how far off the worst was, and what is wrong.
struct Outcome {
    layers: usize,
    worst: f32,
    problems: Vec<String>,
}

/// Compares every layer of the reference.
fn compare(network: &Path, device: &Device) -> Result<Outcome, String> {
    let graph = Arc::new(load_file(network).map_err(|error| error.to_string())?);
    let mut tensors = read_tensors(&network.with_extension("safetensors"));
    let (shape, pixels) = tensors.remove("input").unwrap();
    let mut expected = HashMap::new();
    let mut outcome = Outcome { layers: tensors.len(), worst: 0.0, problems: Vec::new() };
    for (key, (_, samples)) in tensors {
        let name = key.split_once(' ').unwrap().1.to_owned();
        match graph.layer_named(&name) {
            Some(layer) => drop(expected.insert(layer, (name, samples))),
            None => outcome.problems.push(format!("there is no layer {name}")),
        }
    }
    let runner = Runner::new(graph.clone(), device).map_err(|error| error.to_string())?;
    let wanted: Vec<usize> = expected.keys().copied().collect();
    let batch = Tensor::<4>::from_data(TensorData::new(pixels, shape), device);
    runner.forward(batch, &wanted, |layer, activation| {
        let (name, samples) = &expected[&layer];
        let [_, c, h, w] = activation.dims();
        assert_eq!([c, h, w], graph.nodes[layer].shape, "declared shape of {name}");
        let actual: Vec<f32> = activation.try_into_vec_as().unwrap();
        let [count, largest, samples @ ..] = &samples[..] else { panic!("{name} has no samples") };
        if actual.len() != *count as usize {
            outcome.problems.push(format!(
                "{name} has {} numbers instead of {count}, as {:?}",
                actual.len(),
                [c, h, w]
            ));
            return;
        }
        let step = actual.len().div_ceil(128);
        let scale = largest.max(f32::MIN_POSITIVE);
        let sampled: Vec<f32> = actual.into_iter().step_by(step).collect();
        assert_eq!(sampled.len(), samples.len(), "samples of {name}");
        let off = sampled
            .iter()
            .zip(samples)
            .map(|(a, b)| (a - b).abs() / scale)
            .fold(0.0f32, |worst, off| if off.is_nan() { f32::INFINITY } else { worst.max(off) });
        if off > TOLERANCE {
            outcome.problems.push(format!("{name}: {off:.1e} of the largest off ({})", graph.nodes[layer].kind));
        }
        outcome.worst = outcome.worst.max(off);
    });
    Ok(outcome)
}

fn check(name: &str, device: &Device) {
    let outcome = compare(&golden(&format!("{name}.onnx")), device).unwrap_or_else(|error| panic!("{name}: {error}"));
    eprintln!("{name}: {} layers, worst {:.1e} of the largest", outcome.layers, outcome.worst);
    assert!(outcome.problems.is_empty(), "{name}: {:#?}", outcome.problems);
}

#[test]
fn small_onnx_networks_agree_with_onnxruntime_at_every_layer() {
    for name in SMALL {
        check(name, &Device::flex());
    }
}

#[test]
fn small_onnx_networks_agree_with_onnxruntime_on_the_gpu() {
    if std::env::var_os("TIRAMISU_TEST_GPU").is_none_or(|value| value != "1") {
        skipped!("set TIRAMISU_TEST_GPU=1 where a Vulkan adapter other than lavapipe is installed");
        return;
    }
    for name in SMALL {
        check(name, &Device::wgpu(DeviceKind::DefaultDevice));
    }
}

#[test]
fn networks_of_a_folder_agree_with_onnxruntime() {
    let Some(folder) = std::env::var_os("TIRAMISU_ONNX_NETWORKS").map(PathBuf::from) else {
        skipped!("TIRAMISU_ONNX_NETWORKS names no folder with networks and what reference.py wrote for them");
        return;
    };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "onnx"));
    files.sort();
    let mut has_failed = false;
    for file in files {
        let start = Instant::now();
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match compare(&file, &Device::flex()) {
            Ok(outcome) => {
                eprintln!(
                    "{name:40} {:4} layers   worst {:.1e}   {} problems   {:.1} s",
                    outcome.layers,
                    outcome.worst,
                    outcome.problems.len(),
                    start.elapsed().as_secs_f32()
                );
                outcome.problems.iter().take(5).for_each(|problem| eprintln!("    {problem}"));
                has_failed |= !outcome.problems.is_empty();
            }
            Err(error) => {
                eprintln!("{name:40} refused: {error}");
                has_failed = true;
            }
        }
    }
    assert!(!has_failed);
}
