//! Who may know whom: reads every path in `src` and fails on an arrow the house does not have.

mod circles;
mod source;
mod storeys;

use std::collections::BTreeSet;
use std::path::Path;

use source::{is_name, paths_into_the_crate, rust_files, tokens};

/// Which rooms a room may use. What is not listed here may use nothing of ours.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("gpu", &[]),
    ("images", &["domain"]),
    ("kernels", &[]),
    ("network", &["domain"]),
    ("features", &["domain", "network"]),
    ("analysis", &["domain"]),
    ("store", &["domain"]),
    ("export", &["domain"]),
    ("import", &["domain"]),
    ("engine", &["domain", "images", "gpu", "network", "features", "analysis", "store", "export", "import"]),
    ("session", &["domain", "engine"]),
    ("ui", &["domain", "session", "engine", "gpu"]),
    ("cli", &["domain", "engine", "gpu"]),
];

/// What a room may take of another one, where it is not everything.
const ONLY: &[(&str, &str, &[&str])] = &[("cli", "gpu", &["Compute"])];

/// Which places (a room, a folder of it, or a file) may name a crate. `*` is every place.
const CRATES: &[(&str, &[&str])] = &[
    ("anyhow", &["cli", "main"]),
    ("arrow_array", &["store", "export", "import"]),
    ("arrow_cast", &["store/stream"]),
    ("arrow_ipc", &["store/stream"]),
    ("arrow_schema", &["store", "export", "import"]),
    ("async_trait", &["store/commit_order"]),
    ("bhtsne", &["analysis"]),
    ("base64", &["export"]),
    ("blake3", &["images"]),
    ("burn", &["gpu", "network", "features", "analysis", "engine"]),
    ("bytemuck", &["gpu", "kernels", "network", "features", "analysis", "store", "ui/paint"]),
    ("clap", &["cli", "main"]),
    ("crossbeam_channel", &["engine", "cli", "ui"]),
    ("csv", &["export", "import", "cli"]),
    ("cubecl", &["gpu"]),
    ("ecolor", &["ui"]),
    ("eframe", &["ui"]),
    ("egui", &["ui"]),
    ("egui_tiles", &["ui"]),
    ("egui_wgpu", &["ui"]),
    ("emath", &["ui"]),
    ("epaint", &["ui"]),
    ("epaint_default_fonts", &["export/canvas"]),
    ("etcetera", &["engine", "ui"]),
    ("faer", &["analysis", "network/run"]),
    ("fast_image_resize", &["images"]),
    ("fastrand", &["images", "analysis", "kernels/tests"]),
    ("futures", &["store"]),
    ("half", &["*"]),
    ("hdbscan_rs", &["analysis"]),
    ("image", &["images", "export"]),
    ("image_hasher", &["images"]),
    ("indicatif", &["cli"]),
    ("lance", &["store"]),
    ("lance_index", &["store"]),
    ("lance_table", &["store/commit_order", "store/table/commits"]),
    ("libc", &["main", "network/run/threads"]),
    ("mimalloc", &["main"]),
    ("object_store", &["store/commit_order"]),
    ("onnx_ir", &["network/read/onnx"]),
    ("parquet", &["export", "import"]),
    ("pdf_writer", &["export/sheet"]),
    ("pollster", &["gpu", "ui"]),
    ("prost", &["network/read/caffe"]),
    ("prost_reflect", &["network/read/caffe"]),
    ("pytorch_reader", &["network/read/torch"]),
    ("quick_xml", &["import"]),
    ("rayon", &["images", "analysis", "engine", "network/run"]),
    ("rfd", &["ui"]),
    ("safetensors", &["network/read/torch"]),
    ("serde", &["*"]),
    ("serde_json", &["*"]),
    ("single_clustering", &["analysis"]),
    ("strsim", &["domain/predicate", "engine"]),
    ("sha1", &["engine"]),
    ("sha2", &["engine"]),
    ("signal_hook", &["cli"]),
    ("skrifa", &["export/canvas"]),
    ("tar", &["import"]),
    ("thiserror", &["*"]),
    (
        "tiramisu_kernels",
        &["network/run", "features", "analysis", "images/resampling", "ui/thumbnails", "kernels/tests"],
    ),
    ("tokio", &["store"]),
    ("toml", &["engine", "network", "ui"]),
    ("tracing", &["*"]),
    ("tracing_subscriber", &["main", "cli/log", "ui/dialog_failures"]),
    ("turbojpeg", &["images"]),
    ("ureq", &["engine"]),
    ("walkdir", &["images"]),
    ("wgpu", &["gpu", "ui"]),
];

#[test]
fn every_room_uses_only_what_the_table_allows() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 20, "only {} files found below {}", files.len(), src.display());
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let below = file.strip_prefix(&src).expect("files are listed below src");
            let source = std::fs::read_to_string(file).expect("a source file is readable");
            wrong_arrows(&below.to_string_lossy().replace('\\', "/"), &source)
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong arrows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_room_and_every_crate_is_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(root.join("src")).expect("src is there").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_listed =
            ROOMS.iter().any(|(room, _)| *room == name) || ["lib.rs", "main.rs", "python"].contains(&name.as_str());
        assert!(is_listed, "src/{name} is no room of the table");
    }
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).expect("Cargo.toml is there");
    let manifest: toml::Table = manifest.parse().expect("Cargo.toml is TOML");
    for name in manifest["dependencies"].as_table().expect("there are dependencies").keys() {
        let name = name.replace('-', "_");
        assert!(CRATES.iter().any(|(known, _)| *known == name), "say in the table which rooms may use {name}");
    }
}

/// The files that may say `unsafe`, beside the kernels: what is asked of the system has no safe door.
const UNSAFE: &[&str] =
    &["gpu/windowless.rs", "main.rs", "network/run/threads/apart.rs", "network/run/threads/board.rs"];

#[test]
fn what_is_unsafe_is_in_the_kernels_or_in_the_table() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let with_unsafe: BTreeSet<String> = files
        .iter()
        .filter(|file| {
            let source = std::fs::read_to_string(file).expect("a source file is readable");
            tokens(&source).iter().any(|token| token == "unsafe")
        })
        .map(|file| file.strip_prefix(&src).expect("files are listed below src").to_string_lossy().replace('\\', "/"))
        .collect();
    assert!(with_unsafe.iter().any(|file| file.starts_with("kernels/")), "none is found in the kernels");
    let is_allowed = |file: &&String| file.starts_with("kernels/") || UNSAFE.contains(&file.as_str());
    let elsewhere: Vec<&String> = with_unsafe.iter().filter(|file| !is_allowed(file)).collect();
    assert!(elsewhere.is_empty(), "unsafe code belongs in src/kernels, not in {elsewhere:?}");
}

#[test]
fn a_deliberately_wrong_line_is_found() {
    let wrong = |file: &str, source: &str| wrong_arrows(file, source).len();
    assert_eq!(wrong("domain/image.rs", "use crate::ui::App;"), 1);
    assert_eq!(wrong("session/action.rs", "use crate::{domain::ImageId, store::Workspace, engine::Request};"), 1);
    assert_eq!(wrong("store/mod.rs", "fn f() -> crate::engine::Event { todo!() }"), 1, "a path without `use`");
    assert_eq!(wrong("images/walk.rs", "use super::super::export::csv;"), 1, "through the root by `super`");
    assert_eq!(wrong("ui/views/map.rs", "use lance::Dataset; fn f(d: arrow_array::Array) {}"), 2);
    assert_eq!(wrong("engine/mod.rs", "use eframe::egui;\nfn f(ctx: &egui::Context) {}"), 2);
    assert_eq!(wrong("ui/theme.rs", "fn f(x: ::burn::tensor::Tensor<4>) {}"), 1, "a path from the crate root");
    assert_eq!(wrong("cli/extract.rs", "use crate::gpu::open;"), 1, "only Compute is for the command line");
    assert_eq!(wrong("cli/extract.rs", "use crate::gpu::{Compute, open};"), 1);
}

#[test]
fn right_lines_are_not_taken_for_wrong_ones() {
    let wrong = |file: &str, source: &str| wrong_arrows(file, source);
    let none: Vec<String> = Vec::new();
    assert_eq!(wrong("ui/app.rs", "use crate::{session::{Session, Action}, engine::Event, gpu::TensorView};"), none);
    assert_eq!(wrong("cli/extract.rs", "use crate::gpu::Compute;"), none);
    assert_eq!(wrong("domain/mod.rs", "pub mod image;\npub use image::{ImageId, ImagePath};"), none, "our own `image`");
    assert_eq!(wrong("export/mod.rs", "/// Not [`crate::ui`]. lance::Dataset\nfn f() { \"crate::ui::App\"; }"), none);
    assert_eq!(wrong("engine/mod.rs", "/* crate::ui::App */ fn f<'a>(x: &'a str) { let q = '\"'; } // lance::x"), none);
    assert_eq!(wrong("main.rs", "use tiramisu::{cli, ui};"), none);
}

/// Every arrow of one file that the tables do not allow, in words.
fn wrong_arrows(file: &str, source: &str) -> Vec<String> {
    let room = file.split('/').next().expect("a path has a first part").trim_end_matches(".rs");
    if room == "lib" || file.ends_with("/build.rs") {
        return Vec::new();
    }
    let tokens = tokens(source);
    let mut wrong = Vec::new();
    if room != "main" {
        let allowed = ROOMS.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, allowed)| allowed);
        for path in paths_into_the_crate(file, &tokens) {
            let target = path[0].as_str();
            if target == room || !ROOMS.iter().any(|(name, _)| *name == target) {
                continue;
            }
            let taken = path.get(1).map_or("everything", String::as_str);
            let only = ONLY.iter().find(|(from, to, _)| *from == room && *to == target);
            if !allowed.contains(&target) {
                wrong.push(format!("src/{file}: `{room}` may not know `{target}` (takes {taken})"));
            } else if only.is_some_and(|(_, _, names)| !names.contains(&taken)) {
                wrong.push(format!("src/{file}: `{room}` may not take `{taken}` of `{target}`"));
            }
        }
    }
    for name in crates_named(&tokens) {
        let (_, places) = CRATES.iter().find(|(known, _)| *known == name).expect("only known crates are returned");
        let fits = |place: &&str| {
            *place == "*" || *place == room || file.starts_with(&format!("{place}/")) || file == format!("{place}.rs")
        };
        if !places.iter().any(fits) {
            wrong.push(format!("src/{file}: the crate `{name}` belongs to {places:?}"));
        }
    }
    wrong
}

/// The crates of the table that a file names, each time it does; modules of the same name beside it do not count.
fn crates_named(tokens: &[String]) -> Vec<String> {
    let is = |at: usize, what: &str| tokens.get(at).is_some_and(|t| t == what);
    let local: BTreeSet<&String> =
        (1..tokens.len()).filter(|&at| tokens[at - 1] == "mod").map(|at| &tokens[at]).collect();
    let mut named = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_known = CRATES.iter().any(|(name, _)| name == token);
        let leads = is(at + 1, "::") || (at > 0 && tokens[at - 1] == "use");
        // `::name` starts a path only when nothing that could be a path stands before it.
        let continues =
            at > 0 && (tokens[at - 1] == "." || (tokens[at - 1] == "::" && at > 1 && is_path_part(&tokens[at - 2])));
        if is_known && leads && !continues && !local.contains(token) {
            named.push(token.clone());
        }
    }
    named
}

fn is_path_part(token: &str) -> bool {
    token == ">" || (is_name(token) && !["use", "as", "dyn", "impl", "mut", "return", "in"].contains(&token))
}
