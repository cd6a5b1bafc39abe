//! Files that are wrong: a clear message about that file, never a panic, never memory for what is not there.

use std::fs;

use super::{CONV, Files, conv_weights, describe, golden, wire};

#[test]
fn nonsense_instead_of_a_description_is_refused_with_its_place() {
    let message = Files::new("this is { not a : network", conv_weights()).refusal();
    assert!(message.contains("not a network description") && message.ends_with("net.prototxt"), "{message}");
    for text in ["", "   \n", "\u{feff}", "# only a comment"] {
        Files::new(text, conv_weights()).refusal();
    }
    let message = Files::new([0xff, 0xd8, 0xff, 0xe0], conv_weights()).refusal();
    assert!(message.contains("not text"), "{message}");
}

#[test]
fn a_field_that_caffe_does_not_know_is_named() {
    let message = Files::new(describe("layer { nmae: \"conv\" }"), conv_weights()).refusal();
    assert!(message.contains("nmae"), "{message}");
}

#[test]
fn a_mistake_in_the_text_is_told_with_its_line() {
    let message = Files::new("name: \"x\"\n\n  inptu: \"data\"\n", conv_weights()).refusal();
    assert!(message.contains("line 3"), "{message}");
}

#[test]
fn weights_cut_anywhere_never_load_and_never_panic() {
    let whole = fs::read(golden("residual.caffemodel")).unwrap();
    for length in (0..whole.len() - 1).step_by(97).chain([whole.len() / 2, whole.len() - 1]) {
        let files = Files::new(fs::read(golden("residual.prototxt")).unwrap(), &whole[..length]);
        let message = files.load().expect_err("a cut file must be refused").to_string();
        assert!(message.ends_with("net.caffemodel"), "cut at {length}: {message}");
    }
}

#[test]
fn weights_with_flipped_bytes_never_panic() {
    let whole = fs::read(golden("old.caffemodel")).unwrap();
    let prototxt = fs::read(golden("old.prototxt")).unwrap();
    for place in (0..400).chain((400..whole.len()).step_by(211)) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0xff;
        // A flipped weight is still a weight; whatever loads must fit together.
        if let Ok(graph) = Files::new(&prototxt, &damaged).load() {
            graph.check().unwrap();
        }
    }
}

#[test]
fn other_files_named_caffemodel_are_refused() {
    for content in [&b""[..], b"\x89PNG\r\n\x1a\n", b"<html><body>404 Not Found</body></html>"] {
        let message = Files::new(describe(CONV), content).refusal();
        assert!(message.ends_with("net.caffemodel"), "{message}");
    }
}

#[test]
fn a_layer_without_weights_is_named() {
    let message = Files::new(describe(CONV), wire::layer("other", &[wire::blob(&[1], &[1.0])])).refusal();
    assert!(message.contains("`conv`") && message.contains("do not belong together"), "{message}");
    let message = Files::new(describe(CONV), wire::layer("conv", &[wire::blob(&[2, 3, 1, 1], &[0.0; 6])])).refusal();
    assert!(message.contains("1 blobs") && message.contains("needs 2"), "{message}");
}

#[test]
fn weights_of_another_shape_are_refused_with_both_shapes() {
    let weights = wire::layer("conv", &[wire::blob(&[2, 4, 1, 1], &[0.0; 8]), wire::blob(&[2], &[0.0; 2])]);
    let message = Files::new(describe(CONV), weights).refusal();
    assert!(message.contains("[2, 4, 1, 1]") && message.contains("[2, 3, 1, 1]"), "{message}");
}

#[test]
fn declared_sizes_are_compared_with_what_the_file_holds() {
    let huge = [u64::MAX >> 1, 1 << 40, 7, 2, 3];
    let cases = [
        (CONV.to_owned(), wire::blob(&[2, 3, 1, 1], &[0.0; 5])),
        (CONV.to_owned(), wire::blob(&huge, &[0.0; 5])),
        (CONV.to_owned(), wire::blob(&[2, u64::MAX, 1, 1], &[0.0; 5])),
        (CONV.replace("num_output: 2", "num_output: 4000000000"), wire::blob(&[4_000_000_000, 3, 1, 1], &[0.0; 5])),
        (CONV.replace("kernel_size: 1", "kernel_size: 4294967295"), wire::blob(&[2, 3, 4294967295, 4294967295], &[])),
    ];
    for (layers, blob) in cases {
        let weights = wire::layer("conv", &[blob, wire::blob(&[2], &[0.0; 2])]);
        let message = Files::new(describe(&layers), weights).refusal();
        assert!(message.contains("`conv`") && message.ends_with("net.caffemodel"), "{message}");
    }
}

#[test]
fn an_enormous_picture_is_refused() {
    for dims in
        ["dim: 1 dim: 3 dim: 1000000 dim: 1000000", "dim: 1 dim: 3 dim: 0 dim: 8", "dim: 1 dim: 3 dim: -8 dim: 8"]
    {
        let text = format!("input: \"data\" input_shape {{ {dims} }} {CONV}");
        let message = Files::new(text, conv_weights()).refusal();
        assert!(message.ends_with("net.prototxt"), "{message}");
    }
}

#[test]
fn an_enormous_activation_is_refused() {
    let padded = CONV.replace("kernel_size: 1", "kernel_size: 1 pad: 2000000000");
    let message = Files::new(describe(&padded), conv_weights()).refusal();
    assert!(message.contains("`conv`") && message.contains("larger than any network"), "{message}");
    // A small output is no proof: what is padded, or made and cut off again, must fit as well.
    for window in ["kernel_size: 1 pad: 65536 stride: 65536", "kernel_size: 1 pad: 15000 stride: 15000"] {
        let message = Files::new(describe(&CONV.replace("kernel_size: 1", window)), conv_weights()).refusal();
        assert!(message.contains("`conv`") && message.contains("more than any network"), "{message}");
    }
    let up =
        CONV.replace("\"Convolution\"", "\"Deconvolution\"").replace("kernel_size: 1", "kernel_size: 1 stride: 9000");
    let message = Files::new(describe(&up), conv_weights()).refusal();
    assert!(message.contains("`conv`"), "{message}");
    let pool = "layer { name: \"p\" type: \"Pooling\" bottom: \"data\" top: \"p\" pooling_param { kernel_size: 4294967295 \
                pad: 4294967294 } }";
    Files::new(describe(pool), conv_weights()).refusal();
}

#[test]
fn a_small_file_that_would_fill_the_memory_is_refused() {
    // An empty layer of the first format takes two bytes here and some two thousand in memory.
    let message = Files::new(describe(CONV), [0x12, 0x00].repeat(1 << 20)).refusal();
    assert!(message.contains("more fields than any network"), "{message}");
    for layer in ["layer{}", "layer<>"] {
        let message = Files::new(describe(&layer.repeat(1 << 18)), conv_weights()).refusal();
        assert!(message.contains("braces"), "{message}");
    }
}

#[test]
fn a_description_nested_without_end_is_refused_before_it_is_parsed() {
    for (opening, word) in [
        ("[a/caffe.NetParameter]<", "[.../...]"),
        ("[a/caffe.NetParameter]{", "[.../...]"),
        ("[ a # <- any type\n / caffe.NetParameter ] <", "[.../...]"),
        ("layer {", "deep"),
        ("layer: <", "deep"),
    ] {
        let message = Files::new(describe(&opening.repeat(200_000)), conv_weights()).refusal();
        assert!(message.contains("line ") && message.contains(word), "{opening}: {message}");
        assert!(message.ends_with("net.prototxt"), "{message}");
    }
}

#[test]
fn what_looks_like_nesting_in_a_text_or_a_comment_is_none() {
    let deep = "{<[a/b".repeat(100);
    let text = format!("name: \"{deep}\" # {deep}\n{}", describe(CONV).replace("data", "d\\\"a"));
    let graph = Files::new(text, conv_weights()).load().unwrap();
    assert_eq!(graph.name, deep);
}

#[cfg(unix)]
#[test]
fn a_pipe_beside_a_network_is_not_read() {
    let pipe = |files: &Files, name: &str| {
        let made = std::process::Command::new("mkfifo").arg(files.path(name)).status().unwrap();
        assert!(made.success());
    };
    // None of them has a writer: opening one would wait for ever.
    let files = Files::new(describe(CONV), conv_weights());
    for name in ["mean.binaryproto", "synset_words.txt", "labels.txt"] {
        pipe(&files, name);
    }
    assert_eq!(files.load().unwrap().labels, None);
    let message = {
        fs::remove_file(files.path("net.caffemodel")).unwrap();
        pipe(&files, "net.caffemodel");
        tiramisu::network::read::caffe::load(&files.path("net.prototxt"), &files.path("net.caffemodel"))
            .expect_err("it is no file")
            .to_string()
    };
    assert!(message.contains("not a plain file"), "{message}");
    for name in ["net.onnx", "net.pth", "net.safetensors"] {
        pipe(&files, name);
        let choice = tiramisu::network::NetworkChoice::from_file(&files.path(name)).unwrap();
        let message = tiramisu::network::load(&choice).expect_err("it is no file").to_string();
        assert!(message.contains("not a plain file") && message.ends_with(name), "{message}");
    }
    pipe(&files, "own.toml");
    let (entries, problems) = tiramisu::network::zoo::read_own(files.folder.path());
    assert_eq!((entries.len(), problems.len()), (0, 1));
}

#[test]
fn one_name_for_very_many_layers_is_read_in_reasonable_time() {
    let layers = "layer { name: \"a\" type: \"ReLU\" bottom: \"data\" top: \"a\" }".repeat(20_000);
    let graph = Files::new(describe(&layers), conv_weights()).load().unwrap();
    assert_eq!((&*graph.nodes[0].name, &*graph.nodes[19_999].name), ("a", "a_20000"));
}

#[test]
fn statistics_of_the_batch_are_refused() {
    let norm = "layer { name: \"norm\" type: \"BatchNorm\" bottom: \"data\" top: \"norm\" \
                batch_norm_param { use_global_stats: false } }";
    let message = Files::new(describe(norm), conv_weights()).refusal();
    assert!(message.contains("`norm`") && message.contains("use_global_stats"), "{message}");
}

#[test]
fn an_unknown_type_is_named_with_its_layer() {
    let layer = "layer { name: \"up\" type: \"Recurrent\" bottom: \"data\" top: \"up\" }";
    let message = Files::new(describe(layer), conv_weights()).refusal();
    assert!(message.contains("`up`") && message.contains("`Recurrent`"), "{message}");
}

#[test]
fn an_input_that_no_layer_makes_is_named() {
    let message =
        Files::new(describe(&CONV.replace("bottom: \"data\"", "bottom: \"nothing\"")), conv_weights()).refusal();
    assert!(message.contains("`conv`") && message.contains("`nothing`"), "{message}");
    let message = Files::new(describe(&CONV.replace("bottom: \"data\"", "")), conv_weights()).refusal();
    assert!(message.contains("`bottom`"), "{message}");
}

#[test]
fn settings_that_make_no_sense_are_refused_with_the_layer() {
    let cases = [
        CONV.replace("kernel_size: 1", "kernel_size: 0"),
        CONV.replace("kernel_size: 1", ""),
        CONV.replace("kernel_size: 1", "kernel_size: 1 stride: 0"),
        CONV.replace("kernel_size: 1", "kernel_size: 1 group: 0"),
        CONV.replace("kernel_size: 1", "kernel_size: 1 group: 2"),
        CONV.replace("kernel_size: 1", "kernel_size: 1 kernel_size: 1 kernel_size: 1"),
        CONV.replace("kernel_size: 1", "kernel_h: 1"),
        CONV.replace("kernel_size: 1", "kernel_size: 1 kernel_w: 2"),
        CONV.replace("num_output: 2", "num_output: 0"),
        CONV.replace("top: \"conv\"", ""),
        "layer { name: \"conv\" type: \"LRN\" bottom: \"data\" top: \"x\" lrn_param { local_size: 4 } }".to_owned(),
        "layer { name: \"conv\" type: \"LRN\" bottom: \"data\" top: \"x\" lrn_param { local_size: 0 } }".to_owned(),
        "layer { name: \"conv\" type: \"Concat\" bottom: \"data\" top: \"x\" concat_param { axis: 0 } }".to_owned(),
        "layer { name: \"conv\" type: \"Pooling\" bottom: \"data\" top: \"x\" pooling_param { kernel_size: 2 stride: 0 } }"
            .to_owned(),
        "layer { name: \"conv\" type: \"Pooling\" bottom: \"data\" top: \"x\" pooling_param { kernel_size: 20 } }".to_owned(),
        "layer { name: \"conv\" type: \"Eltwise\" bottom: \"data\" top: \"x\" eltwise_param { coeff: 1 coeff: 2 } }"
            .to_owned(),
    ];
    for layers in cases {
        let message = Files::new(describe(&layers), conv_weights()).refusal();
        assert!(message.contains("`conv`"), "{layers}: {message}");
    }
}

#[test]
fn a_description_of_training_points_to_the_right_file() {
    let text = "layer { name: \"db\" type: \"Data\" top: \"data\" } ".to_owned() + CONV;
    let message = Files::new(text, conv_weights()).refusal();
    assert!(message.contains("deploy.prototxt"), "{message}");
}

#[test]
fn networks_for_other_inputs_are_refused() {
    let grey = "input: \"data\" input_shape { dim: 1 dim: 1 dim: 28 dim: 28 }".to_owned() + CONV;
    assert!(Files::new(grey, conv_weights()).refusal().contains("colour"));
    let two = format!("input: \"a\" input: \"data\" {}", describe(CONV).replace("input: \"data\"", ""));
    assert!(Files::new(two, conv_weights()).refusal().contains("2 inputs"));
    assert!(Files::new("input: \"data\"".to_owned() + CONV, conv_weights()).refusal().contains("four are needed"));
    assert!(Files::new(describe(""), conv_weights()).refusal().contains("no layers"));
}
