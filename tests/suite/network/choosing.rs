//! Which files belong together, and what lies beside them.

use std::fs;

use tiramisu::network::NetworkChoice;

use super::{CONV, Files, conv_weights};

#[test]
fn either_file_finds_its_partner_of_the_same_name() {
    let files = Files::copy_of("old");
    let expected =
        NetworkChoice::Caffe { prototxt: files.path("net.prototxt"), caffemodel: files.path("net.caffemodel") };
    assert_eq!(NetworkChoice::from_file(&files.path("net.prototxt")).unwrap(), expected);
    assert_eq!(NetworkChoice::from_file(&files.path("net.caffemodel")).unwrap(), expected);
    assert_eq!(expected.title(), "net");
}

#[test]
fn weights_without_a_namesake_go_with_deploy_prototxt() {
    let files = Files::copy_of("old");
    fs::rename(files.path("net.prototxt"), files.path("deploy.prototxt")).unwrap();
    files.write("train_val.prototxt", "name: \"training\"");
    let choice = NetworkChoice::from_file(&files.path("net.caffemodel")).unwrap();
    let deploy = files.path("deploy.prototxt");
    assert!(matches!(choice, NetworkChoice::Caffe { prototxt, .. } if prototxt == deploy));
    // And back: the only weights in the folder.
    let choice = NetworkChoice::from_file(&deploy).unwrap();
    assert!(matches!(choice, NetworkChoice::Caffe { caffemodel, .. } if caffemodel == files.path("net.caffemodel")));
}

#[test]
fn a_file_without_a_partner_says_what_is_missing() {
    let files = Files::copy_of("old");
    fs::remove_file(files.path("net.caffemodel")).unwrap();
    let message = NetworkChoice::from_file(&files.path("net.prototxt")).unwrap_err().to_string();
    assert!(message.contains(".caffemodel") && message.ends_with("net.prototxt"), "{message}");
    // Two to choose from are as bad as none.
    files.write("a.caffemodel", "");
    files.write("b.caffemodel", "");
    assert!(NetworkChoice::from_file(&files.path("net.prototxt")).is_err());
}

#[test]
fn other_files_and_missing_files_are_refused() {
    let files = Files::copy_of("old");
    files.write("picture.jpg", "");
    let message = NetworkChoice::from_file(&files.path("picture.jpg")).unwrap_err().to_string();
    assert!(message.contains("choose a .prototxt"), "{message}");
    let message = NetworkChoice::from_file(&files.path("gone.prototxt")).unwrap_err().to_string();
    assert!(message.contains("cannot be read") && message.ends_with("gone.prototxt"), "{message}");
}

#[test]
fn a_choice_survives_being_written_down() {
    let files = Files::copy_of("old");
    for choice in [NetworkChoice::Analytic, NetworkChoice::from_file(&files.path("net.prototxt")).unwrap()] {
        let text = toml::to_string(&Remembered { network: choice.clone() }).unwrap();
        assert_eq!(toml::from_str::<Remembered>(&text).unwrap().network, choice);
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Remembered {
    network: NetworkChoice,
}

#[test]
fn class_names_are_taken_when_their_number_fits() {
    let files = Files::copy_of("old");
    assert_eq!(files.load().unwrap().labels, None);
    assert_eq!(files.load().unwrap().class_layer(), None);
    files.write("my_synset_words.txt", "n01440764 tench, Tinca tinca\nn01443537 goldfish\n");
    assert_eq!(files.load().unwrap().labels, None, "two names are not five");
    files.write("labels.txt", "one\r\ntwo words\r\n\r\nthree\r\nfour\r\nn123 five\r\n");
    let graph = files.load().unwrap();
    assert_eq!(graph.labels.as_deref().unwrap(), ["one", "two words", "three", "four", "n123 five"]);
    // The net ends in a softmax; the classes are read off the layer before.
    assert_eq!(graph.layers()[graph.class_layer().unwrap()].name, "drop");
    files.write("synset_words.txt", "n00000001 a\nn00000002 b, c\nn00000003 d\nn00000004 e\nn00000005 f\n");
    assert_eq!(files.load().unwrap().labels.as_deref().unwrap(), ["a", "b, c", "d", "e", "f"]);
}

#[test]
fn a_mean_file_beside_the_network_replaces_imagenets_mean() {
    let files = Files::copy_of("old");
    assert_eq!(files.load().unwrap().preprocessing.mean, [104.0, 117.0, 123.0]);
    files.write("mean.binaryproto", super::wire::blob(&[1, 3, 1, 2], &[10.0, 20.0, 30.0, 50.0, 0.0, 1.0]));
    assert_eq!(files.load().unwrap().preprocessing.mean, [15.0, 40.0, 0.5]);
    files.write("mean.binaryproto", "not a picture");
    assert_eq!(files.load().unwrap().preprocessing.mean, [104.0, 117.0, 123.0]);
}

#[test]
fn what_a_layer_does_to_pictures_itself_counts_before_any_mean_beside_it() {
    let with = |transform: &str| {
        let shape = "input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } }";
        let data = format!(
            "layer {{ name: \"data\" type: \"Input\" top: \"data\" {shape} transform_param {{ {transform} }} }} {CONV}"
        );
        Files::new(data, conv_weights())
    };
    let taken = |files: &Files| {
        let preprocessing = files.load().unwrap().preprocessing;
        (preprocessing.mean, preprocessing.scale)
    };
    assert_eq!(taken(&with("mean_value: 1 mean_value: 2 mean_value: 3 scale: 0.5")), ([1.0, 2.0, 3.0], 0.5));
    assert_eq!(taken(&with("mean_value: 7")), ([7.0; 3], 1.0));
    // Who multiplies and names no mean takes none away.
    assert_eq!(taken(&with("scale: 0.25")), ([0.0; 3], 0.25));
    assert_eq!(taken(&with("mirror: true")), ([104.0, 117.0, 123.0], 1.0));
    let files = with("mean_file: \"data/that/place/average.binaryproto\" scale: 2");
    files.write("average.binaryproto", super::wire::blob(&[1, 3, 1, 2], &[10.0, 20.0, 30.0, 50.0, 0.0, 1.0]));
    assert_eq!(taken(&files), ([15.0, 40.0, 0.5], 2.0));
}
