//! What networks are worth on real pictures that are not part of the project: right classes, and neighbours of the same
//! kind.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::Device;
use rayon::prelude::*;
use tiramisu::analysis::leave_one_out;
use tiramisu::domain::{ImageId, Matrix, Metric, Pooling, Vectors};
use tiramisu::features::{PooledBatch, pool};
use tiramisu::images;
use tiramisu::network::{self, Graph, NetworkChoice, Runner};

use super::network::{shared, squeezenet};
use super::table::Table;

/// Neighbours that are compared with their picture.
const K: usize = 10;

/// Classes of SqueezeNet v1.0 on pictures of ImageNet; neighbours at every stored layer of each network on 20 classes of
/// Caltech-101, which none of them learned from.
pub fn measure(table: &mut Table) {
    let mut networks = vec![NetworkChoice::Analytic, NetworkChoice::Builtin];
    match squeezenet() {
        Some(prototxt) => {
            networks.push(NetworkChoice::from_file(&prototxt).expect("both halves are there"));
            accuracy(table, networks.last().expect("just pushed"), &prototxt);
        }
        None => table.skip("classes of SqueezeNet v1.0", "../shared/models is not there"),
    }
    let Some(folder) = shared("images/caltech101") else {
        return table.skip("neighbours of the same kind", "../shared/images is not there");
    };
    let pictures = pictures_in(&folder);
    let labels: Vec<Option<String>> = pictures.iter().map(|(_, label)| label.clone()).collect();
    let paths: Vec<PathBuf> = pictures.into_iter().map(|(path, _)| path).collect();
    for choice in networks {
        let graph = Arc::new(network::load(&choice).expect("the network loads"));
        let wanted: Vec<usize> = (0..graph.nodes.len()).filter(|layer| graph.nodes[*layer].stored_by_default).collect();
        for (layer, matrix) in wanted.iter().zip(pooled(&graph, &wanted, &paths)) {
            let ids = (0..paths.len() as u32).map(ImageId).collect();
            let vectors = Vectors { ids, matrix };
            let found = leave_one_out(&vectors, &labels, Metric::Cosine, K, &|| false).expect("nobody stops it");
            let what = format!("{}, {}", graph.name, graph.nodes[*layer].name);
            table.add(format!("{what}: nearest of the same class"), found.nearest, "");
            table.add(format!("{what}: precision@{K}"), found.precision_at_k, "");
        }
    }
}

/// Right first answers, and right ones among five. The class of a picture is the synset at the start of its name.
fn accuracy(table: &mut Table, choice: &NetworkChoice, prototxt: &Path) {
    let Some(folder) = shared("images/imagenet_samples") else {
        return table.skip("classes of SqueezeNet v1.0", "../shared/images is not there");
    };
    let list = prototxt.with_file_name("imagenet_synset_words.txt");
    let list = std::fs::read_to_string(list).expect("the list of synsets lies beside the network");
    let synsets: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let paths: Vec<PathBuf> = pictures_in(&folder).into_iter().map(|(path, _)| path).collect();
    let graph = network::load(choice).expect("the network loads");
    let stretched = graph.preprocessing.clone();
    let [_, side, _] = graph.input;
    let cropped = network::Preprocessing { fit: tiramisu::domain::Fit::Crop { shorter_px: 256 }, ..stretched.clone() };
    for (how, preprocessing) in [("stretched", stretched), ("256, centre crop", cropped)] {
        let mut graph = graph.clone();
        graph.preprocessing = preprocessing;
        let last = graph.class_layer().expect("the list lies beside it");
        let scores = pooled(&Arc::new(graph), &[last], &paths).remove(0);
        let (mut first, mut among_five) = (0, 0);
        for (row, path) in paths.iter().enumerate() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let scores = scores.row(row);
            let mut order: Vec<usize> = (0..scores.len()).collect();
            order.sort_by(|a, b| scores.get(*b).total_cmp(&scores.get(*a)));
            let is_right = |class: &usize| name.starts_with(synsets[*class]);
            first += usize::from(is_right(&order[0]));
            among_five += usize::from(order[..5].iter().any(is_right));
        }
        let share = |count: usize| count as f64 / paths.len() as f64;
        let what = format!("SqueezeNet v1.0, {} pictures of ImageNet, {how} to {side}", paths.len());
        table.add(format!("{what}: top-1"), share(first), "");
        table.add(format!("{what}: top-5"), share(among_five), "");
    }
}

/// Averages of one layer over every picture of a folder, and the pictures' labels.
pub fn layer_of(choice: &NetworkChoice, layer: &str, folder: &Path) -> (Matrix, Vec<Option<String>>) {
    let graph = Arc::new(network::load(choice).expect("the network loads"));
    let place = graph.nodes.iter().position(|node| node.name == layer).expect("it has the layer");
    let (paths, labels): (Vec<_>, Vec<_>) = pictures_in(folder).into_iter().unzip();
    (pooled(&graph, &[place], &paths).remove(0), labels)
}

/// Pictures with their labels, by path.
pub fn pictures_in(folder: &Path) -> Vec<(PathBuf, Option<String>)> {
    let mut found = Vec::new();
    images::walk(folder, &|| false, &mut |image| {
        found.push((image.path.below(folder), image.path.parent_name().map(str::to_owned)));
        ControlFlow::Continue(())
    })
    .expect("the folder can be walked");
    found.sort();
    found
}

/// Averages over the plane of every picture at each wanted layer.
pub fn pooled(graph: &Arc<Graph>, wanted: &[usize], paths: &[PathBuf]) -> Vec<Matrix> {
    let device = Device::flex();
    let runner = Runner::new(graph.clone(), &device).expect("a graph that loads runs");
    let resizing = graph.preprocessing.resizing();
    let mut all: Vec<Matrix> = Vec::new();
    for paths in paths.chunks(graph.images_at_a_time(&device)) {
        let rgb: Vec<Vec<u8>> =
            paths.par_iter().map(|path| images::network_input(path, &resizing).expect("a whole picture").rgb).collect();
        let batch = graph.preprocessing.batch(&rgb.concat(), paths.len(), &device);
        let mut pooled = PooledBatch::new();
        runner.forward(batch, wanted, |_, activation| pooled.push(pool(activation, Pooling::Average)));
        let part = pooled.read().expect("the processor answers");
        match all.is_empty() {
            true => all = part,
            false => all.iter_mut().zip(part).for_each(|(all, part)| all.extend(part.values())),
        }
    }
    all
}
