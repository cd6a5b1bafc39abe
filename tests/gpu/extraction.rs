//! From a folder of pictures to vectors on disk, as a person runs it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::report::Report;

/// The command line that this program is, too.
pub fn tiramisu() -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a program knows where it is"));
    command.arg("tiramisu");
    command
}

/// All layers of each network, on the GPU and on the processor.
pub fn time(report: &mut Report, networks: &Path, pictures: usize) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = home.path().join("pictures");
    let made = tiramisu().arg("sample").arg(&folder).args(["--count", &pictures.to_string()]).output();
    if !made.is_ok_and(|made| made.status.success()) {
        return report.skip("extraction", "the sample pictures were not made");
    }
    let files = [
        ("ladyfinger", "builtin".into()),
        ("SqueezeNet v1.0", networks.join("squeezenet_v1.0.prototxt")),
        ("EfficientNet-lite0", networks.join("efficientnet_lite0.onnx")),
    ];
    for (name, network) in files {
        for (compute, precision) in [("gpu", "single"), ("gpu", "half"), ("cpu", "single")] {
            let what = format!("extraction, {name}, {compute}, {precision}");
            if network.as_os_str() != "builtin" && !network.exists() {
                report.skip(&what, "its file is not there");
                continue;
            }
            let workspace = home.path().join(format!("{name} {compute} {precision}"));
            let mut command = tiramisu();
            command.arg("extract").arg(&folder).arg("--workspace").arg(&workspace).arg("--network").arg(&network);
            command.args(["--compute", compute, "--precision", precision, "--json"]);
            let output = command.output().expect("this program starts again");
            let answer: Option<Value> = serde_json::from_slice(&output.stdout).ok();
            let words = String::from_utf8_lossy(&output.stderr);
            let why = words.lines().last().unwrap_or("it said nothing");
            match answer.and_then(|answer| answer["images_per_sec"].as_f64()) {
                Some(speed) => report.add(&what, speed, "images/s"),
                // Not every GPU has numbers of 16 bits.
                None if precision == "half" => report.skip(&what, why),
                None => report.wrong(&what, why),
            }
            std::fs::remove_dir_all(&workspace).ok();
        }
    }
}
