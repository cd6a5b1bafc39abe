//! `classify`, and classes by name wherever the other verbs name channels.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::command::Home;
use crate::support::shared;

/// A small network of five classes in the home, with names beside it if `names` are given.
fn network(home: &Home, names: Option<&str>) -> PathBuf {
    for ending in ["prototxt", "caffemodel"] {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/old");
        fs::copy(golden.with_extension(ending), home.path("old").with_extension(ending)).expect("a copy");
    }
    if let Some(names) = names {
        fs::write(home.path("labels.txt"), names).expect("a list of names");
    }
    home.path("old.prototxt")
}

const NAMES: &str = "aardvark\nbumblebee\ncassowary\ndugong\nechidna\n";

#[test]
fn the_best_classes_of_pictures_are_named_and_what_cannot_be_read_is_told() {
    let home = Home::new();
    let folder = home.sample("pictures", 6);
    let pictures: Vec<String> =
        Home::files(&folder).iter().map(|(path, _)| folder.join(path).to_str().expect("UTF-8").to_owned()).collect();
    let network = network(&home, Some(NAMES));
    let network = network.to_str().expect("UTF-8");
    let mut line = vec!["classify", "--network", network, "--compute", "cpu", "-k", "3"];
    line.extend(pictures.iter().map(String::as_str));
    let words = home.run(&line);
    assert_eq!(words.code, Some(0), "{words:?}");
    assert_eq!(words.stdout.lines().count(), 6 * 4, "{}", words.stdout);
    let answer = home.run(line.iter().chain(&["--json"])).good_json();
    assert_eq!((&answer["classes"], answer["images"].as_array().map(Vec::len)), (&5.into(), Some(6)));
    assert_eq!(answer["interrupted"], false);
    for image in answer["images"].as_array().expect("a list") {
        let classes = image["classes"].as_array().expect("classes");
        let of = |place: usize| classes[place]["probability"].as_f64().expect("a number");
        assert!(classes.len() == 3 && of(0) >= of(1) && of(1) >= of(2) && of(0) <= 1.0, "{image}");
        let index = classes[0]["index"].as_u64().expect("an index") as usize;
        assert_eq!(classes[0]["name"], NAMES.lines().nth(index).expect("a name"));
    }

    fs::write(home.path("no.png"), "no picture").expect("a file");
    let broken = home.run(line.iter().chain(&["no.png", "--json"]));
    assert_eq!(broken.code, Some(3), "{broken:?}");
    assert_eq!(broken.json()["unreadable"][0]["path"], "no.png");
    assert_eq!(broken.json()["images"].as_array().map(Vec::len), Some(6));
    let only = home.run(["classify", "no.png", "--network", network, "--compute", "cpu"]);
    assert!(only.code == Some(1) && only.stderr.contains("not a picture"), "{only:?}");
}

#[test]
fn a_list_of_names_can_be_brought_and_one_that_does_not_fit_is_refused() {
    let home = Home::new();
    let folder = home.sample("pictures", 1);
    let picture = folder.join(&Home::files(&folder)[0].0);
    let picture = picture.to_str().expect("UTF-8");
    let network = network(&home, None);
    let network = network.to_str().expect("UTF-8");
    let nameless = home.run(["classify", picture, "--network", network, "--compute", "cpu"]);
    assert!(nameless.code == Some(1) && nameless.stderr.contains("a list of 5 names"), "{nameless:?}");
    let builtin = home.run(["classify", picture, "--compute", "cpu"]);
    assert!(builtin.code == Some(1) && builtin.stderr.contains("without names of classes"), "{builtin:?}");
    let says_what_to_do = builtin.stderr.contains("networks download") && !builtin.stderr.contains("--labels");
    assert!(says_what_to_do, "nobody has 512 names for it: {builtin:?}");

    fs::write(home.path("mine.txt"), "1\n2\n3\n4\n5\n").expect("a list");
    let line = ["classify", picture, "--network", network, "--compute", "cpu", "--json", "--labels"];
    let answer = home.run(line.iter().chain(&["mine.txt"])).good_json();
    let classes = answer["images"][0]["classes"].as_array().expect("classes");
    let sum: f64 = classes.iter().map(|class| class["probability"].as_f64().expect("a number")).sum();
    assert!((sum - 1.0).abs() < 1e-5, "five classes are all there are: {sum}");
    fs::write(home.path("short.txt"), "1\n2\n3\n").expect("a list");
    let short = home.run(line.iter().chain(&["short.txt"]));
    let said = "names 3 classes, but old has 5";
    assert!(short.code == Some(1) && short.stderr.contains(said), "{short:?}");
    assert!(short.json()["error"].as_str().is_some_and(|error| error.contains(said)));
}

#[test]
fn channels_that_are_classes_are_called_by_their_names() {
    let home = Home::new();
    let folder = home.sample("pictures", 44);
    let pictures: Vec<PathBuf> = Home::files(&folder).iter().map(|(path, _)| folder.join(path)).collect();
    let (folder, network) = (folder.to_str().expect("UTF-8"), network(&home, Some(NAMES)));
    let picture = |place: usize| pictures[place].to_str().expect("UTF-8");
    let end = ["--network", network.to_str().expect("UTF-8"), "--compute", "cpu"];
    let run = |line: &[&str]| home.run(line.iter().chain(&end).copied());
    assert_eq!(run(&["extract", folder, "--layers", "fc,concat"]).code, Some(0));
    let name = |channel: &serde_json::Value| {
        let channel = channel.as_u64().expect("a number") as usize;
        NAMES.lines().nth(channel).expect("a name")
    };

    let exemplars = run(&["exemplars", folder, "--layer", "fc", "--json"]).good_json();
    let rows = exemplars["exemplars"].as_array().expect("a list");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["class"] == name(&row["channel"])), "{exemplars}");
    let unusual = run(&["unusual", picture(3), "--layer", "fc", "--json"]).good_json();
    let rows = unusual["channels"].as_array().expect("a list");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["class"] == name(&row["channel"])), "{unusual}");
    let explained = run(&["explain", picture(3), picture(7), "--layer", "fc", "--json"]).good_json();
    let rows = explained["channels"].as_array().expect("a list");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["class"] == name(&row["channel"])), "{explained}");
    let clusters = run(&["cluster", folder, "--layer", "concat", "--count", "3", "--json"]).good_json();
    let distinguishing =
        clusters["clusters"].as_array().expect("a list").iter().flat_map(|row| row["telling"].as_array());
    for channel in distinguishing.flatten() {
        match channel["layer"].as_str() {
            Some("fc") => assert_eq!(channel["class"], name(&channel["channel"])),
            _ => assert!(channel["class"].is_null(), "{channel}"),
        }
    }
    for line in [
        &["exemplars", folder, "--layer", "fc"][..],
        &["unusual", picture(3), "--layer", "fc"],
        &["explain", picture(3), picture(7), "--layer", "fc"],
    ] {
        let words = run(line);
        let is_named = NAMES.lines().any(|name| words.stdout.contains(name));
        assert!(is_named && !words.stdout.contains('#'), "{}", words.stdout);
    }
    let other = run(&["unusual", picture(3), "--layer", "concat"]);
    assert!(other.stdout.contains("concat #"), "{}", other.stdout);
}

#[test]
fn squeezenet_and_efficientnet_name_what_pictures_of_imagenet_show() {
    let (Some(folder), Some(list)) = (shared("images/imagenet_samples"), shared("models/imagenet_synset_words.txt"))
    else {
        return;
    };
    let list = fs::read_to_string(list).expect("the list of synsets");
    let synsets: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let pictures: Vec<PathBuf> = Home::files(&folder).iter().step_by(41).map(|(path, _)| folder.join(path)).collect();
    assert!(pictures.len() >= 8, "{} pictures", pictures.len());
    let home = Home::new();
    for model in ["models/squeezenet_v1.0.caffemodel", "models/efficientnet_lite0.onnx"] {
        let Some(model) = shared(model) else { continue };
        let mut line = vec!["classify".into(), "--json".into(), "--compute".into(), "cpu".into(), "--network".into()];
        line.push(model.clone().into_os_string());
        line.extend(pictures.iter().map(|path| path.clone().into_os_string()));
        let answer = home.run(line).good_json();
        let is_right = |image: &&serde_json::Value| {
            let path = image["path"].as_str().expect("a path");
            let name = Path::new(path).file_name().expect("a name").to_string_lossy().into_owned();
            let classes = image["classes"].as_array().expect("classes");
            classes.iter().any(|class| name.starts_with(synsets[class["index"].as_u64().expect("an index") as usize]))
        };
        let images = answer["images"].as_array().expect("a list");
        let right = images.iter().filter(is_right).count();
        assert!(2 * right > images.len(), "{}: {right} of {} among the best five", model.display(), images.len());
    }
}
