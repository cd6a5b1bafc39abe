//! The networks that are measured.

use std::path::Path;
use std::sync::Arc;

use tiramisu::network::{self, Graph, NetworkChoice, Preprocessing};

use crate::googlenet;
use crate::report::Report;

/// Those that can be had, with their names. That one is missing is only right where that was said before.
pub fn all(folder: &Path, is_partial: bool, report: &mut Report) -> Vec<(&'static str, Arc<Graph>)> {
    let mut found = Vec::new();
    for (name, file) in
        [("SqueezeNet v1.0", "squeezenet_v1.0.prototxt"), ("EfficientNet-lite0", "efficientnet_lite0.onnx")]
    {
        let loaded = NetworkChoice::from_file(&folder.join(file)).and_then(|choice| network::load(&choice));
        match loaded {
            Ok(mut graph) => {
                if name == "EfficientNet-lite0" {
                    // An ONNX file does not tell; this is what the network was trained with.
                    let (width, height) = (graph.preprocessing.width, graph.preprocessing.height);
                    let (mean, scale) = ([127.0; 3], 1.0 / 128.0);
                    graph.preprocessing = Preprocessing { width, height, mean, scale, ..Preprocessing::default() };
                }
                found.push((name, Arc::new(graph)));
            }
            Err(error) if is_partial => report.skip(name, &error.to_string()),
            Err(error) => report.wrong(name, &error.to_string()),
        }
    }
    found.push(("GoogLeNet's shapes", Arc::new(googlenet::graph())));
    found
}
