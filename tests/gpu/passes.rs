//! Images a second through a network alone.

use std::sync::Arc;
use std::time::Instant;

use burn::tensor::Device;
use tiramisu::domain::Precision;
use tiramisu::gpu::OpenDevice;
use tiramisu::network::{Graph, Runner};

use crate::picture;
use crate::report::Report;

/// The precisions a device has, with their names.
pub fn precisions(open: &OpenDevice) -> Vec<(Precision, &'static str)> {
    let half = open.expect_half().is_ok().then_some((Precision::Half, "half"));
    std::iter::once((Precision::Single, "single")).chain(half).collect()
}

/// Answers to a batch of pictures, all one after the other.
pub fn answers(runner: &Runner, rgb: &[u8], n: usize, device: &Device) -> Vec<f32> {
    let graph = runner.graph();
    let batch = graph.preprocessing.batch(rgb, n, device);
    let mut answers = Vec::new();
    runner.forward(batch, &[graph.answer], |_, activation| {
        answers = activation.try_into_vec_as::<f32>().expect("the device answers");
    });
    answers
}

/// Batches of 1, 16 and 64: from bytes to answers on the host.
pub fn time(report: &mut Report, name: &str, graph: &Arc<Graph>, open: &OpenDevice, secs: f64) {
    let (width, height) = (graph.preprocessing.width, graph.preprocessing.height);
    for (precision, word) in precisions(open) {
        let runner = Runner::with_precision(graph.clone(), &open.device, precision).expect("a graph that loads runs");
        for n in [1, 16, 64] {
            let what = format!("{name}, {word}, batch {n}");
            let at_a_time = graph.images_at_a_time(&open.device);
            if n > at_a_time {
                report.skip(&what, &format!("{at_a_time} at a time are what this device's memory is advised for"));
                continue;
            }
            let rgb: Vec<u8> = (0..n).flat_map(|number| picture::rgb(number, width, height)).collect();
            // The first passes choose kernels.
            let begun = Instant::now();
            answers(&runner, &rgb, n, &open.device);
            let first = begun.elapsed().as_secs_f64();
            if first > 10.0 * secs {
                report.add(&format!("{what}, the first pass alone"), n as f64 / first, "images/s");
                // A real GPU chose kernels; a program takes as many times as long for more.
                if open.software_adapter {
                    break;
                }
                continue;
            }
            answers(&runner, &rgb, n, &open.device);
            let mut times = Vec::new();
            let begun = Instant::now();
            while times.is_empty() || (begun.elapsed().as_secs_f64() < secs && times.len() < 200) {
                let begun = Instant::now();
                std::hint::black_box(answers(&runner, &rgb, n, &open.device));
                times.push(begun.elapsed().as_secs_f64());
            }
            times.sort_by(f64::total_cmp);
            report.add(&what, n as f64 / times[times.len() / 2], "images/s");
        }
    }
}
