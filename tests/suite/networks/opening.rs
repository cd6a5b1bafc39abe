//! A network opened by name, or by a file that is recognised.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tiramisu::domain::Fit;
use tiramisu::engine::networks::{self, PreparationWish};
use tiramisu::engine::{Event, NetworkFile, Progress, Request, make_sample};

use super::super::support::listener::{Listener, options};
use super::super::support::server::{Answer, Server, nowhere};
use super::{content, sha256};

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe").join(file)
}

/// A folder with a copy of the small network `old`.
fn copy_of_old() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["prototxt", "caffemodel"] {
        fs::copy(golden(&format!("old.{ending}")), folder.path().join(format!("old.{ending}"))).unwrap();
    }
    folder
}

/// What the network says of itself once it is open.
fn about(data_dir: &Path, network: NetworkFile) -> Result<String, String> {
    let mut listener = Listener::start(options(data_dir));
    let folder = data_dir.join("pictures");
    make_sample(&folder, 2, 7, &Progress::new("sample")).expect("sample pictures");
    listener.open(&folder, &data_dir.join("workspace"), network, true);
    listener.until("the network", |event| match event {
        Event::Opened(collection) => Some(Ok(collection.network_about.clone())),
        Event::Problem { problem, .. } => Some(Err(problem.to_string())),
        _ => None,
    })
}

#[test]
fn a_network_of_ones_own_is_opened_by_its_name_and_prepared_for_as_one_said() {
    let (data, files) = (tempfile::tempdir().unwrap(), copy_of_old());
    let file = files.path().join("old.caffemodel");
    let wish = PreparationWish { fit: Some(Fit::Crop { shorter_px: 40 }), ..PreparationWish::default() };
    let added = networks::add(&file, Some("mine"), &wish, Some(data.path())).unwrap();
    assert!(added.is_here && added.is_own);
    let preprocessing = added.preprocessing.unwrap();
    assert_eq!(preprocessing.fit, Fit::Crop { shorter_px: 40 });
    assert_eq!(preprocessing.mean, [104.0, 117.0, 123.0], "the rest is as the reader thinks");
    about(data.path(), NetworkFile::Known("mine".into())).unwrap();

    let taken = networks::add(&file, Some("mine"), &wish, Some(data.path())).unwrap_err().to_string();
    assert!(taken.contains("--name"), "{taken}");
    let no_name = networks::add(&file, Some("a/b"), &wish, Some(data.path())).unwrap_err().to_string();
    assert!(no_name.contains("cannot be a network's name"), "{no_name}");
    let no_network = networks::add(&files.path().join("gone.onnx"), None, &wish, Some(data.path())).unwrap_err();
    assert!(no_network.to_string().contains("gone.onnx"), "{no_network}");

    fs::rename(&file, files.path().join("elsewhere.caffemodel")).unwrap();
    let gone = about(data.path(), NetworkFile::Known("mine".into())).unwrap_err();
    assert!(gone.contains("not where it was"), "{gone}");
    networks::remove("mine", Some(data.path())).unwrap();
    assert!(files.path().join("elsewhere.caffemodel").exists(), "the file stays");
}

#[test]
fn a_description_that_a_person_wrote_is_never_written_over_and_its_path_is_meant_from_its_folder() {
    let (data, files) = (tempfile::tempdir().unwrap(), copy_of_old());
    let folder = data.path().join("networks");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("birds.toml"), "name = \"birds\"\npath = oops").unwrap();
    let file = files.path().join("old.caffemodel");
    let refusal =
        networks::add(&file, Some("birds"), &PreparationWish::default(), Some(data.path())).unwrap_err().to_string();
    assert!(refusal.contains("birds.toml"), "{refusal}");
    assert_eq!(fs::read_to_string(folder.join("birds.toml")).unwrap(), "name = \"birds\"\npath = oops");

    for half in ["old.caffemodel", "old.prototxt"] {
        fs::copy(files.path().join(half), folder.join(half)).unwrap();
    }
    fs::write(folder.join("birds.toml"), "name = \"birds\"\npath = \"old.caffemodel\"").unwrap();
    assert!(networks::show("birds", Some(data.path())).unwrap().is_here);
    fs::write(folder.join("second.toml"), "name = \"birds\"\npath = \"old.caffemodel\"").unwrap();
    let (_, problems) = networks::list(Some(data.path())).unwrap();
    assert!(problems.iter().any(|problem| problem.to_string().ends_with("second.toml")), "{problems:?}");
}

#[test]
fn known_weights_with_layers_of_ones_own_are_prepared_for_as_these_say() {
    let (data, files) = (tempfile::tempdir().unwrap(), copy_of_old());
    let weights = files.path().join("old.caffemodel");
    let describe = |prototxt: &[u8], about: &str| {
        let file = |name: &str, bytes: &[u8]| {
            let checksum = sha256(bytes);
            format!("[[files]]\nname = \"{name}\"\nfrom = [\"http://127.0.0.1/{name}\"]\n{checksum}\n")
        };
        let [width, height] = [40, 40];
        let text = format!(
            "name = \"net\"\nabout = \"{about}\"\n{}{}[preprocessing]\nwidth = {width}\nheight = {height}\n\
             channels = \"rgb\"\nmean = [1.0, 2.0, 3.0]\nscale = 1.0\n",
            file("old.caffemodel", &fs::read(&weights).unwrap()),
            file("old.prototxt", prototxt),
        );
        fs::create_dir_all(data.path().join("networks")).unwrap();
        fs::write(data.path().join("networks/net.toml"), text).unwrap();
    };
    // Published for another size: then these layers are the person's.
    describe(b"published", "As published.");
    let about = about(data.path(), NetworkFile::File(weights.clone())).unwrap();
    assert!(about.contains("ImageNet's mean colour") && !about.contains("As published"), "{about}");
}

#[test]
fn a_network_that_is_not_here_says_how_to_get_it() {
    let data = tempfile::tempdir().unwrap();
    let missing = about(data.path(), NetworkFile::Known("googlenet".into())).unwrap_err();
    assert!(missing.contains("tiramisu networks download googlenet"), "{missing}");
    let unknown = about(data.path(), NetworkFile::Known("goglenet".into())).unwrap_err();
    assert!(unknown.contains("no network called goglenet"), "{unknown}");
}

#[test]
fn a_file_is_recognised_by_its_name_and_content_wherever_it_lies() {
    let (data, files) = (tempfile::tempdir().unwrap(), copy_of_old());
    let weights = fs::read(golden("old.caffemodel")).unwrap();
    let describe = |checksum: &str| {
        let text = format!(
            "name = \"net\"\nabout = \"It is known.\"\n[[files]]\nname = \"old.caffemodel\"\nfrom = []\n{checksum}\n"
        );
        fs::create_dir_all(data.path().join("networks")).unwrap();
        fs::write(data.path().join("networks/net.toml"), text).unwrap();
    };
    describe(&sha256(&weights));
    for file in ["old.caffemodel", "old.prototxt"] {
        let said = about(data.path(), NetworkFile::File(files.path().join(file))).unwrap();
        assert!(said.contains("It is known."), "{said}");
    }
    describe(&sha256(&content(10)));
    let said = about(data.path(), NetworkFile::File(files.path().join("old.caffemodel"))).unwrap();
    assert!(!said.contains("It is known."), "only the name is right: {said}");
}

#[test]
fn a_description_that_contradicts_its_file_is_refused() {
    let (data, files) = (tempfile::tempdir().unwrap(), copy_of_old());
    let text = format!(
        "name = \"net\"\npath = '{}'\n[preprocessing]\nwidth = 7\nheight = 7\nchannels = \"rgb\"\nmean = [0.0, 0.0, 0.0]\n\
         scale = 1.0\n",
        files.path().join("old.caffemodel").display()
    );
    fs::create_dir_all(data.path().join("networks")).unwrap();
    fs::write(data.path().join("networks/net.toml"), text).unwrap();
    let refusal = about(data.path(), NetworkFile::Known("net".into())).unwrap_err();
    assert!(refusal.contains("7 x 7"), "{refusal}");
}

#[test]
fn the_window_is_told_of_networks_and_of_downloads() {
    let data = tempfile::tempdir().unwrap();
    let file = content(50_000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let describe = |name: &str, url: &str| {
        let text = format!("name = \"{name}\"\n[[files]]\nname = \"net.bin\"\nfrom = [\"{url}\"]\n{}\n", sha256(&file));
        fs::create_dir_all(data.path().join("networks")).unwrap();
        fs::write(data.path().join(format!("networks/{name}.toml")), text).unwrap();
    };
    describe("near", &server.url("net.bin"));
    describe("far", &nowhere("net.bin"));
    fs::write(data.path().join("networks/broken.toml"), "name = 3").unwrap();
    let mut listener = Listener::start(options(data.path()));
    let is_here = |event: &Event, name: &str| match event {
        Event::Networks(networks) => networks.iter().find(|known| known.name == name).map(|known| known.is_here),
        _ => None,
    };
    listener.engine.send(Request::ListNetworks);
    assert!(!listener.until("the list", |event| is_here(event, "near")));
    let broken = listener.until("a complaint", |event| match event {
        Event::Problem { problem, .. } => Some(problem.to_string()),
        _ => None,
    });
    assert!(broken.ends_with("broken.toml"), "{broken}");

    listener.engine.send(Request::DownloadNetwork("near".into()));
    let progress = listener.until("the download", |event| match event {
        Event::DownloadStarted { name, progress } if name == "near" => Some(progress.clone()),
        _ => None,
    });
    assert!(listener.until("the list", |event| is_here(event, "near")));
    listener.until("the end", |event| matches!(event, Event::DownloadEnded { cancelled: false, .. }).then_some(()));
    assert_eq!((progress.done(), progress.total(), progress.has_ended()), (50_000, 50_000, true));

    listener.engine.send(Request::DownloadNetwork("far".into()));
    let why = listener.until("a complaint", |event| match event {
        Event::Problem { problem, .. } => Some(problem.to_string()),
        _ => None,
    });
    assert!(why.contains("no connection"), "{why}");
    listener
        .until("the end", |event| matches!(event, Event::DownloadEnded { name, .. } if name == "far").then_some(()));
}

#[test]
fn a_network_is_added_and_forgotten_when_the_window_wishes_it() {
    let (data, files) = (tempfile::tempdir().unwrap(), copy_of_old());
    let file = files.path().join("old.caffemodel");
    let mut listener = Listener::start(options(data.path()));
    let mine = |event: &Event| match event {
        Event::Networks(networks) => Some(networks.iter().find(|known| known.name == "mine").cloned()),
        _ => None,
    };
    let wish = PreparationWish { scale: Some(0.5), ..PreparationWish::default() };
    let add = Request::AddNetwork { file: file.clone(), name: "mine".into(), wish };
    listener.engine.send(add.clone());
    let known = listener.until("the list", mine).expect("it is in the list");
    assert_eq!(known.preprocessing.map(|preprocessing| preprocessing.scale), Some(0.5));

    listener.engine.send(add);
    let taken = listener.until("a complaint", |event| match event {
        Event::Problem { problem, .. } => Some(problem.to_string()),
        _ => None,
    });
    assert!(taken.contains("there is a network called mine"), "{taken}");
    listener.until("the list", mine);

    listener.engine.send(Request::RemoveNetwork("mine".into()));
    assert_eq!(listener.until("the list", mine), None);
    assert!(file.exists(), "the file stays");
}

#[test]
fn a_known_network_that_is_prepared_for_otherwise_keeps_whose_it_is() {
    let (data, files) = (tempfile::tempdir().unwrap(), copy_of_old());
    let text = format!(
        "name = \"net\"\ntitle = \"A net\"\nlicence = \"MIT\"\ntop_1 = 50.0\npath = '{}'\n",
        files.path().join("old.caffemodel").display()
    );
    fs::create_dir_all(data.path().join("networks")).unwrap();
    fs::write(data.path().join("networks/net.toml"), text).unwrap();
    let known = networks::show("net", Some(data.path())).unwrap();
    let wish = PreparationWish { blue_first: Some(false), ..PreparationWish::default() };
    let own = networks::add(&known.path, Some("net-own"), &wish, Some(data.path())).unwrap();
    assert_eq!((own.title.as_str(), own.licence.as_str()), ("A net, own preparation", "MIT"));
    assert_eq!(own.top_1, None, "that was measured on pictures prepared as its makers did");
    // Everything as it is now is a wish, too.
    let as_it_is = PreparationWish::exactly(own.preprocessing.as_ref().unwrap());
    let again = networks::add(&own.path, Some("net-own-2"), &as_it_is, Some(data.path())).unwrap();
    assert_eq!(again.preprocessing, own.preprocessing);
    assert_eq!(again.title, "A net, own preparation", "once is enough");
}
