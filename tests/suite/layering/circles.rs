//! No two files of a room know each other, straight or through others, but those that are listed with a reason. A file and
//! those of its own folder are one thought and may.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::source::{is_name, read_tree, rust_files, tokens};

/// Files that may stand in one circle, and why.
const CIRCLES: &[(&[&str], &str)] = &[
    (
        &["ui/paint/heat_map.rs", "ui/paint/heat_map_gpu.rs"],
        "two halves of one callback: a shape calls its pipeline, which reads the shape",
    ),
    (
        &["ui/paint/points.rs", "ui/paint/points_gpu.rs"],
        "two halves of one callback: a shape calls its pipeline, which reads the shape",
    ),
];

#[test]
fn files_stand_in_no_circle_but_the_listed() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let sources: BTreeMap<String, String> = files
        .iter()
        .filter(|file| !file.starts_with(src.join("kernels/tests")) && !file.ends_with("build.rs"))
        .map(|file| {
            let below =
                file.strip_prefix(&src).expect("files are listed below src").to_string_lossy().replace('\\', "/");
            (below, std::fs::read_to_string(file).expect("a source file is readable"))
        })
        .collect();
    let found = circles(&sources);
    let listed: BTreeSet<BTreeSet<String>> =
        CIRCLES.iter().map(|(files, _)| files.iter().map(|file| (*file).to_owned()).collect()).collect();
    let new: Vec<String> = found.difference(&listed).map(|circle| format!("{circle:?}")).collect();
    let gone: Vec<String> = listed.difference(&found).map(|circle| format!("{circle:?}")).collect();
    assert!(new.is_empty(), "{} circles that are not listed:\n{}", new.len(), new.join("\n"));
    assert!(gone.is_empty(), "listed, but no circle any more:\n{}", gone.join("\n"));
}

#[test]
fn a_circle_of_three_files_is_found_and_a_front_door_is_none() {
    let sources = |files: &[(&str, &str)]| files.iter().map(|(file, text)| ((*file).into(), (*text).into())).collect();
    let three: BTreeMap<String, String> = sources(&[
        ("a/mod.rs", "mod b; mod c; mod d;"),
        ("a/b.rs", "use super::c::C; pub struct B;"),
        ("a/c.rs", "use crate::a::d::D; pub struct C;"),
        ("a/d.rs", "fn f() -> super::b::B { todo!() } pub struct D;"),
    ]);
    let expected = ["a/b.rs", "a/c.rs", "a/d.rs"].map(str::to_owned);
    assert_eq!(circles(&three), BTreeSet::from([BTreeSet::from(expected)]));
    let doors: BTreeMap<String, String> = sources(&[
        ("a/mod.rs", "mod b; mod c; pub use b::B; pub use c::C;"),
        ("a/b.rs", "pub struct B;"),
        ("a/c.rs", "use super::B; pub struct C;"),
    ]);
    assert_eq!(circles(&doors), BTreeSet::new(), "what is handed on belongs to the file that has it");
    let parent: BTreeMap<String, String> = sources(&[
        ("a.rs", "mod b; use b::B; pub const LEAST: usize = 1;"),
        ("a/b.rs", "use super::LEAST; pub struct B;"),
    ]);
    assert_eq!(circles(&parent), BTreeSet::new(), "a file and its folder are one thought");
}

/// The sets of files that reach each other.
fn circles(sources: &BTreeMap<String, String>) -> BTreeSet<BTreeSet<String>> {
    let modules = ModuleGraph::new(sources);
    let arrows: BTreeMap<&str, BTreeSet<String>> =
        modules.files.iter().map(|(file, own)| (file.as_str(), modules.arrows(file, own))).collect();
    let reached: BTreeMap<&str, BTreeSet<&str>> = arrows.keys().map(|file| (*file, reach(file, &arrows))).collect();
    let together = |a: &str, b: &str| reached[a].contains(b) && reached[b].contains(a);
    arrows
        .keys()
        .map(|a| arrows.keys().filter(|b| together(a, b)).map(|b| (*b).to_owned()).collect::<BTreeSet<String>>())
        .filter(|circle| circle.len() > 1)
        .collect()
}

fn reach<'a>(from: &str, arrows: &'a BTreeMap<&str, BTreeSet<String>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(file) = waiting.pop() {
        for next in &arrows[file] {
            if reached.insert(next.as_str()) {
                waiting.push(next);
            }
        }
    }
    reached
}

struct ModuleGraph {
    files: BTreeMap<String, File>,
    /// The file of each module, by its path from the crate's root.
    modules: BTreeMap<Vec<String>, String>,
}

struct File {
    module: Vec<String>,
    /// Paths from the crate's root that the file names, but for those that it only hands on.
    taken: Vec<Vec<String>>,
    /// What the file has in its scope by `use`: the name, and from where.
    in_scope: Vec<(String, Vec<String>)>,
}

impl ModuleGraph {
    fn new(sources: &BTreeMap<String, String>) -> Self {
        let files: BTreeMap<String, File> =
            sources.iter().map(|(file, source)| (file.clone(), File::new(file, source))).collect();
        let modules = files.iter().map(|(file, own)| (own.module.clone(), file.clone())).collect();
        Self { files, modules }
    }

    /// The files of its room that a file needs.
    fn arrows(&self, file: &str, own: &File) -> BTreeSet<String> {
        let room = |path: &[String]| path.first().cloned();
        let targets = own.taken.iter().filter(|path| room(path) == room(&own.module));
        let is_apart = |target: &String| {
            let theirs = &self.files[target].module;
            !theirs.starts_with(&own.module) && !own.module.starts_with(theirs)
        };
        targets.filter_map(|path| self.home(path, 0)).filter(|target| target != file && is_apart(target)).collect()
    }

    /// The file that has what a path leads to; what a file hands on belongs to the one that has it.
    fn home(&self, path: &[String], depth: usize) -> Option<String> {
        let (file, rest) = (1..=path.len()).rev().find_map(|length| {
            let file = self.modules.get(&path[..length])?;
            Some((file, &path[length..]))
        })?;
        let handed_on = rest.first().and_then(|name| {
            let (_, from) = self.files[file].in_scope.iter().find(|(known, _)| known == name)?;
            (depth < 8).then_some(from)
        });
        match handed_on {
            Some(from) => {
                let whole: Vec<String> = from.iter().chain(&rest[1..]).cloned().collect();
                self.home(&whole, depth + 1).or_else(|| Some(file.clone()))
            }
            None => Some(file.clone()),
        }
    }
}

impl File {
    fn new(file: &str, source: &str) -> Self {
        let plain = file.trim_end_matches(".rs").trim_end_matches("/mod");
        let module: Vec<String> = plain.split('/').map(str::to_owned).collect();
        let tokens = tokens(source);
        let is = |at: usize, what: &str| tokens.get(at).is_some_and(|token| token == what);
        let children: BTreeSet<&String> = (1..tokens.len())
            .filter(|at| is(at - 1, "mod") && (is(at + 1, ";")) && is_name(&tokens[*at]))
            .map(|at| &tokens[at])
            .collect();
        let (mut taken, mut in_scope) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < tokens.len() {
            let begins = at == 0 || !(is(at - 1, "::") || is(at - 1, "."));
            let (root, next) = match tokens[at].as_str() {
                "crate" if begins && is(at + 1, "::") => (Vec::new(), at + 2),
                "self" if begins && is(at + 1, "::") => (module.clone(), at + 2),
                "super" if begins && is(at + 1, "::") => {
                    let mut next = at;
                    let mut root = module.clone();
                    while is(next, "super") && is(next + 1, "::") {
                        root.pop();
                        next += 2;
                    }
                    (root, next)
                }
                _ if begins && children.contains(&tokens[at]) && is(at + 1, "::") => (module.clone(), at),
                _ => {
                    at += 1;
                    continue;
                }
            };
            let mut paths = Vec::new();
            let end = read_tree(&tokens, next, &mut root.clone(), &mut paths).max(at + 1);
            let is_use = at > 0 && is(at - 1, "use");
            // `pub use`, `pub(crate) use`: nothing is needed here, it is handed on.
            let is_handed_on = is_use && at > 1 && (is(at - 2, "pub") || is(at - 2, ")"));
            if is_use {
                in_scope.extend(paths.iter().filter_map(|path| Some((path.last()?.clone(), path.clone()))));
            }
            if !is_handed_on {
                taken.extend(paths);
            }
            at = end;
        }
        Self { module, taken, in_scope }
    }
}
