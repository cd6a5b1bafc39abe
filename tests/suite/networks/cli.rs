//! `tiramisu networks` as a person or another program uses it.

use std::ffi::OsStr;
use std::path::Path;

use super::super::support::command::Home;
use super::super::support::server::{Answer, Server};
use super::{content, sha256};

fn own_description(home: &Home, url: &str, checksum: &str) {
    let folder = home.path("tiramisu/networks");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text =
        format!("name = \"net\"\ntitle = \"A net\"\n[[files]]\nname = \"net.bin\"\nfrom = [\"{url}\"]\n{checksum}\n");
    std::fs::write(folder.join("net.toml"), text).expect("written");
}

#[test]
fn networks_are_listed_and_shown() {
    let home = Home::new();
    let listed = home.run(["networks", "list", "--json"]).good_json();
    let names: Vec<&str> =
        listed.as_array().expect("a list").iter().filter_map(|known| known["name"].as_str()).collect();
    for name in ["googlenet", "googlenet-caffe", "googlenet-onnx", "squeezenet-1.1", "resnet50", "convnext-tiny"] {
        assert!(names.contains(&name), "no {name} in {names:?}");
    }
    assert!(listed.as_array().expect("a list").iter().all(|known| known["is_here"] == false));
    let text = home.run(["networks", "list"]);
    assert!(text.stdout.contains("52 MB") && text.stdout.contains("69.8"), "{}", text.stdout);

    let shown = home.run(["networks", "show", "googlenet-caffe"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    for part in ["405fc5acd08a3bb12de8ee5e23a96bec22f08204", "unrestricted", "bvlc_googlenet.caffemodel", "blue first"]
    {
        assert!(shown.stdout.contains(part), "nothing of {part}:\n{}", shown.stdout);
    }
    let unknown = home.run(["networks", "show", "googlenut"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("googlenet-onnx"), "names what is like it: {unknown:?}");
}

#[test]
fn a_network_is_fetched_and_removed() {
    let home = Home::new();
    let file = content(70_000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    own_description(&home, &server.url("net.bin"), &sha256(&file));
    let downloaded = home.run(["networks", "download", "net", "--json"]).good_json();
    assert_eq!(downloaded["downloaded_bytes"], 70_000);
    assert_eq!(downloaded["network"]["is_here"], true);
    let path = downloaded["network"]["path"].as_str().expect("a path").to_owned();
    assert!(std::fs::read(&path).expect("it is there") == file);
    let removed = home.run(["networks", "remove", "net", "--json"]).good_json();
    assert_eq!(removed["deleted"].as_array().map(Vec::len), Some(2), "{removed}");
    assert!(!Path::new(&path).exists());
}

#[test]
fn a_failed_fetch_ends_with_code_1_and_says_what_to_do() {
    let home = Home::new();
    own_description(&home, &super::nowhere("net.bin"), "");
    let failed = home.run(["networks", "download", "net"]);
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.stderr.contains("--from FOLDER"), "{failed:?}");
}

#[test]
fn ones_own_network_is_added_and_used_by_name() {
    let home = Home::new();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/old.caffemodel");
    let words = ["--name", "mine", "--fit", "crop:40", "--channels", "rgb", "--deviation", "2,4,8", "--json"];
    let add = ["networks", "add"].map(OsStr::new).into_iter().chain([golden.as_os_str()]).chain(words.map(OsStr::new));
    let added = home.run(add).good_json();
    assert_eq!(added["preprocessing"]["deviation"], serde_json::json!([2.0, 4.0, 8.0]));
    let folder = home.sample("pictures", 22);
    let line = ["extract", "pictures", "--network", "mine", "--compute", "cpu", "--json"];
    let done = home.run(line).good_json();
    assert_eq!(done["with_vectors"], 22);
    let shown = home.run(["networks", "show", "mine"]);
    assert!(shown.stdout.contains("shorter side 40"), "{}", shown.stdout);
    let removed = home.run(["networks", "remove", "mine"]);
    assert_eq!(removed.code, Some(0), "{removed:?}");
    assert!(golden.exists() && folder.exists());
}

#[test]
fn ones_own_network_can_be_shown_photographs_that_are_scaled_as_they_are_decoded() {
    let home = Home::new();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/old.caffemodel");
    let add = |name: &str, how: &[&str]| {
        let words = [&["--name", name, "--json"], how].concat();
        let line = ["networks", "add"].map(OsStr::new).into_iter().chain([golden.as_os_str()]);
        home.run(line.chain(words.iter().map(OsStr::new))).good_json()
    };
    let [whole, scaled] = [add("whole", &["--decoding", "whole"]), add("scaled", &["--decoding", "scaled"])];
    assert_eq!(scaled["preprocessing"]["decoding"], "scaled", "{scaled}");
    assert_ne!(whole["preprocessing"]["decoding"], "scaled", "{whole}");
    let folder = home.sample("pictures", 22);
    let table = |name: &str| {
        let done = home.run(["extract", "pictures", "--network", name, "--compute", "cpu", "--json"]).good_json();
        assert_eq!(done["with_vectors"], 22);
        let told = home.run(["info", "pictures", "--json"]).good_json();
        told["tables"].as_array().map_or(0, Vec::len)
    };
    assert_eq!([table("whole"), table("scaled")], [1, 2], "their vectors are kept apart");
    let shown = home.run(["networks", "show", "scaled"]);
    assert!(shown.stdout.contains("scaled"), "{}", shown.stdout);
    assert!(folder.exists());
}

#[test]
fn what_makes_no_sense_ends_with_code_2() {
    let home = Home::new();
    for line in [
        "networks",
        "networks download",
        "networks add a.onnx --fit crop",
        "networks add a.onnx --mean 1,2",
        "networks add a.onnx --interpolation best",
        "networks add a.onnx --decoding half",
    ] {
        let answer = home.run(line.split(' '));
        assert_eq!(answer.code, Some(2), "`tiramisu {line}`: {answer:?}");
    }
}
