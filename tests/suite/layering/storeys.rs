//! The engine's inner storeys: who is on which, and that nobody looks up or goes through the front door.

use std::path::Path;

use super::source::{paths_into_the_crate, rust_files, tokens};

/// The places of the engine (a file or a folder of it), from the ground up. A place may use what is below its storey; two on
/// one storey know nothing of each other.
const STOREYS: &[&[&str]] = &[
    // What goes up and down between the engine and its listener, and how it is set up.
    &["message", "options"],
    // What threads are made of; where things lie on this machine.
    &["thread", "places"],
    // What can be read of a collection; the networks that are known.
    &["collection", "networks"],
    // The thread that owns the network.
    &["tensor"],
    // The one handle to what is open.
    &["opened"],
    // What takes a while.
    &["extraction", "analyses", "export"],
    // What a view asks now.
    &["looks"],
    // What other programs ask a window to select; what happens in the folder.
    &["selecting", "watching"],
    // Work on the workspace itself.
    &["maintenance"],
    // What puts an open collection together; work that needs none.
    &["opening", "classify", "glance", "sample", "stream", "adopting", "recipe", "pulling", "relocating"],
    // The thread that takes requests.
    &["coordinator"],
];

#[test]
fn the_engine_looks_down_its_storeys_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src.join("engine"), &mut files);
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let below =
                file.strip_prefix(&src).expect("files are listed below src").to_string_lossy().replace('\\', "/");
            wrong_arrows(&below, &std::fs::read_to_string(file).expect("a source file is readable"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong arrows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_place_of_the_engine_has_a_storey() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
    let mut there: Vec<String> = std::fs::read_dir(engine)
        .expect("the engine is there")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().trim_end_matches(".rs").to_owned())
        .filter(|name| name != "mod")
        .collect();
    there.sort();
    there.dedup();
    let mut listed: Vec<&str> = STOREYS.iter().flat_map(|storey| storey.iter().copied()).collect();
    listed.sort_unstable();
    assert_eq!(there, listed);
}

#[test]
fn a_wrong_inner_arrow_is_found() {
    let wrong = |file: &str, source: &str| wrong_arrows(file, source).len();
    assert_eq!(wrong("engine/message/event.rs", "use crate::engine::collection::catalogue::Catalogue;"), 1, "upward");
    assert_eq!(wrong("engine/collection/catalogue.rs", "use crate::engine::looks::Looks;"), 1, "far upward");
    assert_eq!(wrong("engine/analyses/embed.rs", "use crate::engine::export::job;"), 1, "on one storey");
    assert_eq!(wrong("engine/looks/query.rs", "use crate::engine::{Event, Problem};"), 2, "through the front door");
    assert_eq!(wrong("engine/looks/query.rs", "use super::super::Event;"), 1, "by the back stairs");
    assert_eq!(wrong("engine/tensor.rs", "fn f() { super::looks::start() }"), 1, "a path without `use`");
    assert_eq!(wrong("engine/looks/query.rs", "use crate::engine::message::Event; use super::Looks;"), 0);
    assert_eq!(wrong("engine/mod.rs", "pub use message::Event; use crate::engine::looks::Looks;"), 0, "the front door");
}

/// Every arrow of one file of the engine that the storeys do not allow, in words.
fn wrong_arrows(file: &str, source: &str) -> Vec<String> {
    if file == "engine/mod.rs" {
        return Vec::new();
    }
    let own = file.split('/').nth(1).expect("a file of the engine").trim_end_matches(".rs");
    let storey = |place: &str| STOREYS.iter().position(|storey| storey.contains(&place));
    let tokens = tokens(source);
    let mut wrong = Vec::new();
    for path in paths_of_the_engine(file, &tokens) {
        let Some(place) = path.first().map(String::as_str).filter(|place| *place != own) else { continue };
        match storey(place) {
            None => wrong.push(format!("src/{file}: takes `{place}` through the front door")),
            Some(theirs) if storey(own).is_none_or(|ours| theirs >= ours) => {
                wrong.push(format!("src/{file}: `{own}` may not know `{place}`"));
            }
            Some(_) => {}
        }
    }
    wrong
}

/// The paths below `crate::engine` that a file names.
fn paths_of_the_engine(file: &str, tokens: &[String]) -> Vec<Vec<String>> {
    let inside = file.strip_prefix("engine/").expect("a file of the engine");
    let from_the_root = paths_into_the_crate(file, tokens).into_iter().filter(|path| path[0] == "engine");
    // Seen from the engine, `super` leads to its front door as it leads to the crate's from a room.
    let by_super = paths_into_the_crate(inside, tokens).into_iter();
    let by_crate = paths_into_the_crate("so/deep/that/super/never/leads/out.rs", tokens);
    let only_by_super = by_super.filter(|path| !by_crate.contains(path));
    from_the_root.map(|path| path[1..].to_vec()).filter(|path| !path.is_empty()).chain(only_by_super).collect()
}
