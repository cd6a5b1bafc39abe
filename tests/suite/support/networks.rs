//! The networks the program knows, on a machine that exists in tests only.

use std::path::Path;
use std::sync::Arc;

use tiramisu::engine::networks::{self, Preprocessing};
use tiramisu::engine::{Event, KnownNetwork};

/// Where that machine keeps its data.
const DATA: &str = "/home/ada/.local/share/tiramisu";

/// A network that is here in [`list`].
pub const HERE: &str = "squeezenet-1.1";

/// One that is not, of a size that is nearly known.
pub const AWAY: &str = "resnet50";

/// One of the person's own.
pub const OWN: &str = "birds";

/// All that are part of the program, one of them here, and one of the person's own.
pub fn list() -> Vec<KnownNetwork> {
    let (mut known, problems) = networks::list(Some(Path::new(DATA))).expect("the list needs no folder");
    assert!(problems.is_empty(), "{problems:?}");
    known.iter_mut().filter(|known| known.name == HERE).for_each(make_here);
    known.push(own(OWN, "/models/birds.onnx"));
    known
}

/// Pretends that all of its files are here.
pub fn make_here(known: &mut KnownNetwork) {
    known.is_here = true;
    known.files.iter_mut().for_each(|file| file.is_here = true);
}

/// A network of the person's own.
pub fn own(name: &str, path: &str) -> KnownNetwork {
    KnownNetwork {
        name: name.to_owned(),
        title: format!("The network {name}"),
        about: String::new(),
        publisher: String::new(),
        licence: String::new(),
        page: String::new(),
        format: "onnx",
        classes: Some(200),
        top_1: None,
        preprocessing: Some(Preprocessing::torchvision(256, 224)),
        is_own: true,
        is_here: true,
        path: path.into(),
        files: Vec::new(),
    }
}

/// The news of it.
pub fn told(networks: Vec<KnownNetwork>) -> Event {
    Event::Networks(Arc::new(networks))
}
