//! `Reshape`, whose zeros copy a dimension; and networks that can be run on some sizes of pictures only.

use std::{path::PathBuf, sync::Arc};

use burn::tensor::{Device, Tensor, TensorData};
use onnx_ir::{Message, ModelProto};
use tempfile::TempDir;
use tiramisu::network::{Graph, Runner};

use super::load_file;

/// A network of the test's own, which takes `x`.
struct Net {
    model: ModelProto,
}

impl Net {
    /// `None` leaves a dimension open.
    fn new(dims: [Option<i64>; 4]) -> Self {
        let mut model = ModelProto { ir_version: 8, ..ModelProto::default() };
        model.opset_import.push(Default::default());
        model.opset_import[0].version = 14;
        let graph = model.graph.mut_or_insert_default();
        graph.input.push(Default::default());
        graph.input[0].name = "x".to_owned();
        let kind = graph.input[0].type_.mut_or_insert_default().mut_tensor_type();
        kind.elem_type = 1;
        let shape = kind.shape.mut_or_insert_default();
        for (place, dim) in dims.into_iter().enumerate() {
            shape.dim.push(Default::default());
            match dim {
                Some(size) => shape.dim[place].set_dim_value(size),
                None => shape.dim[place].set_dim_param(format!("open{place}")),
            }
        }
        Self { model }
    }

    fn whole(mut self, name: &str, values: &[i64]) -> Self {
        let graph = self.model.graph.mut_or_insert_default();
        graph.initializer.push(Default::default());
        let tensor = graph.initializer.last_mut().unwrap();
        (tensor.name, tensor.data_type) = (name.to_owned(), 7);
        tensor.dims = vec![values.len() as i64];
        tensor.int64_data = values.to_vec();
        self
    }

    /// A node named as its only output.
    fn node(mut self, kind: &str, inputs: &[&str], output: &str, settings: &[(&str, &[i64])]) -> Self {
        let graph = self.model.graph.mut_or_insert_default();
        graph.node.push(Default::default());
        let node = graph.node.last_mut().unwrap();
        (node.name, node.op_type) = (output.to_owned(), kind.to_owned());
        node.input = inputs.iter().map(|input| (*input).to_owned()).collect();
        node.output = vec![output.to_owned()];
        for (name, values) in settings {
            node.attribute.push(Default::default());
            let attribute = node.attribute.last_mut().unwrap();
            attribute.name = (*name).to_owned();
            match values {
                [value] => attribute.i = *value,
                values => attribute.ints = values.to_vec(),
            }
        }
        graph.output.clear();
        graph.output.push(Default::default());
        graph.output[0].name = output.to_owned();
        self
    }

    fn reshape(self, shape: &[i64], allows_zero: bool) -> Self {
        self.whole("shape", shape).node(
            "Reshape",
            &["x", "shape"],
            "reshaped",
            &[("allowzero", &[i64::from(allows_zero)])],
        )
    }

    fn load(&self) -> Result<(Graph, TempDir), String> {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("net.onnx");
        std::fs::write(&path, self.model.write_to_bytes().unwrap()).unwrap();
        load_file(&path).map(|graph| (graph, folder)).map_err(|error| error.to_string())
    }
}

/// What a layer makes of pictures.
fn run(graph: Graph, layer: &str, pixels: &[f32], shape: [usize; 4]) -> Vec<f32> {
    let device = Device::flex();
    let graph = Arc::new(graph);
    let runner = Runner::new(graph.clone(), &device).unwrap();
    let batch = Tensor::<4>::from_data(TensorData::new(pixels.to_vec(), shape), &device);
    let mut answer = Vec::new();
    let layer = graph.layer_named(layer).expect("the layer is in the network");
    runner.forward(batch, &[layer], |_, activation| answer = activation.try_into_vec_as::<f32>().unwrap());
    answer
}

#[test]
fn zeros_in_a_shape_copy_dimensions_and_one_is_what_is_left() {
    let pixels: Vec<f32> = (0..2 * 3 * 4 * 6).map(|value| value as f32).collect();
    for batch in [Some(1), None] {
        for shape in [
            &[0, 0, -1][..],
            &[0, -1],
            &[0, 0, 0, 0],
            &[0, 0, 0, -1],
            &[0, 3, -1, 0],
            &[-1, 0, 24],
            &[-1, 0, 0, 0],
            &[0, -1, 2, 3],
            &[0, 0, 2, 2, 6],
            &[0, 72],
            &[1, 3, 24],
        ] {
            let net = Net::new([batch, Some(3), Some(4), Some(6)]).reshape(shape, false);
            // What takes it sees the new dimensions, and puts them in another order.
            let last = shape.len() as i64 - 1;
            let turn: Vec<i64> = std::iter::once(0).chain((1..=last).rev()).collect();
            let net = net.node("Transpose", &["reshaped"], "transposed", &[("perm", &turn)]);
            // Planes are shown in their own order; tokens would be in that of their channels.
            let net = net.whole("planes", &[-1, 3, 4, 6]).node("Reshape", &["transposed", "planes"], "turned", &[]);
            let (graph, _folder) = net.load().unwrap_or_else(|error| panic!("{shape:?}: {error}"));
            assert_eq!(run(graph, "reshaped", &pixels, [2, 3, 4, 6]), pixels, "{shape:?}: numbers stay in their order");
            let (graph, _folder) = net.load().unwrap();
            let turned = run(graph, "turned", &pixels, [2, 3, 4, 6]);
            // The same by hand, of each picture.
            let mut dims: Vec<usize> = shape[1..]
                .iter()
                .enumerate()
                .map(|(place, size)| match size {
                    0 => [3, 4, 6][place],
                    size => usize::try_from(*size).unwrap_or(0),
                })
                .collect();
            let known: usize = dims.iter().filter(|size| **size > 0).product();
            dims.iter_mut().filter(|size| **size == 0).for_each(|size| *size = 72 / known);
            let expected: Vec<f32> = pixels.chunks_exact(72).flat_map(|picture| reversed(picture, &dims)).collect();
            assert_eq!(turned, expected, "{shape:?} is {dims:?}");
        }
    }
}

/// The numbers of a picture with its dimensions in the other direction.
fn reversed(picture: &[f32], dims: &[usize]) -> Vec<f32> {
    (0..picture.len())
        .map(|mut place| {
            // The last place of the result counts along the first dimension.
            let mut from = 0;
            let mut step = picture.len();
            for size in dims {
                step /= size;
                from += place % size * step;
                place /= size;
            }
            picture[from]
        })
        .collect()
}

#[test]
fn shapes_that_do_not_fit_are_refused_with_what_does_not() {
    let refusal = |shape: &[i64], allows_zero: bool| {
        let net = Net::new([None, Some(3), Some(4), Some(6)]).reshape(shape, allows_zero);
        let message = net.load().err().unwrap_or_else(|| panic!("{shape:?} does not fit"));
        assert!(message.contains("`reshaped`"), "{message}");
        message
    };
    assert!(refusal(&[0, 0, 0, 0, 0], false).contains("copies size 4 of [1, 3, 4, 6]"));
    assert!(refusal(&[0, -1, -1], false).contains("[0, -1, -1]"));
    assert!(refusal(&[0, 5, -1], false).contains("cannot reshape [1, 3, 4, 6] to [0, 5, -1]"));
    assert!(refusal(&[0, 0, 5], false).contains("cannot reshape"));
    // Where zero means zero, nothing is as much as what there is.
    assert!(refusal(&[0, 3, 24], true).contains("cannot reshape"));
    assert!(refusal(&[0, -1], true).contains("cannot reshape"));
    let net = Net::new([None, Some(3), Some(4), Some(6)]).reshape(&[1, 3, 24], true);
    assert!(net.load().is_ok(), "a shape without zeros");
}

/// A network of lines of text, as PaddleOCR writes them: what is left of the height is 1 for one height alone.
fn line(height: i64) -> Net {
    Net::new([None, Some(3), None, None])
        .whole("first", &[3])
        .whole("last", &[4])
        .whole("copied", &[0])
        .whole("channels", &[3])
        .whole("one", &[1])
        .node("AveragePool", &["x"], "pooled", &[("kernel_shape", &[height, 4]), ("strides", &[height, 4])])
        .node("Shape", &["pooled"], "sizes", &[])
        .node("Slice", &["sizes", "first", "last"], "width", &[])
        .node("Concat", &["copied", "channels", "one", "width"], "shape", &[("axis", &[0])])
        .node("Reshape", &["pooled", "shape"], "reshaped", &[])
}

#[test]
fn a_network_of_open_size_gets_one_that_it_can_be_run_on_and_says_so() {
    let (graph, _folder) = line(48).load().unwrap();
    assert_eq!(graph.input, [3, 48, 320]);
    assert!(graph.about.contains("320 x 48") && graph.about.contains("cannot be run on 224 x 224"), "{}", graph.about);
    let pixels: Vec<f32> = vec![0.5; 3 * 48 * 320];
    assert_eq!(run(graph, "reshaped", &pixels, [1, 3, 48, 320]).len(), 3 * 80);
    let (usual, _folder) = line(224).load().unwrap();
    assert_eq!(usual.input, [3, 224, 224]);
    assert!(!usual.about.contains("leaves open"), "{}", usual.about);

    let message = line(7).load().expect_err("no size that is tried is made one high");
    for part in ["`reshaped`", "cannot reshape", "224 x 224", "320 x 48", "fixed size"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    // Where the size makes no difference it is not blamed.
    let wrong = Net::new([None, Some(3), None, None]).node("Add", &["x", "y"], "made", &[]);
    let message = wrong.load().expect_err("nobody makes `y`");
    assert!(message.contains("no earlier layer") && !message.contains("224"), "{message}");
}
