//! What the program asks of the system while it does its main job, as `strace` sees it (Linux; a machine without it skips this):
//! the pictures' folder is only ever read (but by `move`, when it is told to), nothing is asked of the network, and files are put on the disk before what names them.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use half::f16;
use tiramisu::domain::{ImageId, IndexKind, Metric, Pooling, StoredLayer};
use tiramisu::store::{FeatureRows, FeatureSpec, Workspace};
use tiramisu::ui::Settings;

use super::support::command::Home;
use crate::support::skipped;

const CALLS: &str = "open,openat,openat2,creat,write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,\
                     unlink,unlinkat,mkdir,mkdirat,rmdir,truncate,ftruncate,chmod,fchmod,fchmodat,utimensat,symlink,symlinkat,\
                     setxattr,mknod,mknodat,connect,sendto,sendmsg";

/// One call that was made, in the order in which they ended.
struct Call {
    name: String,
    /// What it was given and gave back, as strace writes it.
    rest: String,
}

impl Call {
    /// Texts in quotes, which are paths where it is about files.
    fn paths(&self) -> Vec<&str> {
        self.rest.split('"').skip(1).step_by(2).collect()
    }

    /// The file that its first argument has open.
    fn of_open_file(&self) -> Option<&str> {
        let (before, after) = self.rest.split_once('<')?;
        before.bytes().all(|byte| byte.is_ascii_digit()).then(|| after.split_once('>').map(|(path, _)| path))?
    }

    fn has_failed(&self) -> bool {
        self.rest.contains("= -1 ")
    }

    fn is(&self, beginnings: &[&str]) -> bool {
        beginnings.iter().any(|beginning| self.name.starts_with(beginning))
    }
}

/// Runs a verb and says what the program called; `None` where strace is missing or may not watch.
fn calls_of(home: &Home, arguments: &[&str]) -> Option<Vec<Call>> {
    watched(home, &home.command(arguments))
}

/// The same of any program.
fn watched(home: &Home, program: &Command) -> Option<Vec<Call>> {
    let trace = home.path("trace.txt");
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-s", "4096", "-e", "signal=none", "-e", &format!("trace={CALLS}"), "-o"]).arg(&trace);
    command.arg(program.get_program()).args(program.get_args()).current_dir(home.path(""));
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let done = command.stdin(Stdio::null()).output();
    let Ok(done) = done.inspect_err(|error| skipped!("strace cannot be run: {error}")) else { return None };
    let said = String::from_utf8_lossy(&done.stderr);
    if said.contains("Operation not permitted") || said.contains("PTRACE") {
        skipped!("strace may not watch: {said}");
        return None;
    }
    assert!(done.status.success(), "{program:?}: {said}");
    let text = String::from_utf8_lossy(&fs::read(trace).expect("a trace")).into_owned();
    let mut begun: HashMap<&str, &str> = HashMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if let Some(rest) = rest.strip_suffix("<unfinished ...>") {
            begun.insert(thread, rest);
            continue;
        }
        let whole = match rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            Some((_, end)) => format!("{}{end}", begun.remove(thread).unwrap_or_default()),
            None => rest.to_owned(),
        };
        if let Some((name, rest)) = whole.split_once('(') {
            calls.push(Call { name: name.to_owned(), rest: rest.to_owned() });
        }
    }
    assert!(calls.len() > 10, "strace saw {} calls", calls.len());
    Some(calls)
}

/// Calls that change what lies below a folder.
fn changes<'a>(calls: &'a [Call], folder: &Path) -> Vec<&'a Call> {
    let folder = folder.to_str().expect("UTF-8");
    let is_below = |path: &str| path.starts_with(folder);
    let opens_to_write = |call: &Call| {
        ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"].iter().any(|way| call.rest.contains(way))
    };
    let is_change = |call: &&Call| {
        let is_about = call.paths().into_iter().any(is_below) || call.of_open_file().is_some_and(is_below);
        let only_reads = call.is(&["open"]) && !opens_to_write(call);
        is_about && !only_reads && !call.is(&["fsync", "fdatasync", "connect", "send"])
    };
    calls.iter().filter(is_change).collect()
}

#[test]
fn the_pictures_are_only_ever_read_and_nothing_is_asked_of_the_network() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    let before = Home::files(&folder);
    let name = folder.to_str().expect("UTF-8");
    let with = ["--compute", "cpu", "--json"];
    // The built-in network needs no download, and no verb makes one but that of its name.
    for verb in
        [&["extract", name][..], &["neighbours", &format!("{name}/{}", before[0].0.display())], &["odd-pictures", name]]
    {
        let Some(calls) = calls_of(&home, &[verb, &with].concat()) else { return };
        let changed = changes(&calls, &folder);
        let said: Vec<_> = changed.iter().map(|call| format!("{}({}", call.name, call.rest)).collect();
        assert_eq!(said, [""; 0], "{verb:?}");
        let asked = calls.iter().filter(|call| call.is(&["connect", "send"]) && call.rest.contains("AF_INET"));
        let asked: Vec<_> = asked.map(|call| &call.rest).collect();
        assert_eq!(asked, [""; 0], "{verb:?}");
    }
    assert_eq!(Home::files(&folder), before);
    // The one verb that is to change them counts, and changes nothing, unless it is told to.
    let sorted = folder.join("sorted");
    let to_move = ["move", name, "--to", sorted.to_str().expect("UTF-8")];
    let Some(calls) = calls_of(&home, &[&to_move, &with[..]].concat()) else { return };
    let changed = changes(&calls, &folder);
    assert_eq!(changed.iter().map(|call| &call.rest).collect::<Vec<_>>(), [""; 0], "it only counts");
    let Some(calls) = calls_of(&home, &[&to_move, &["--yes"][..], &with].concat()) else { return };
    assert!(!changes(&calls, &folder).is_empty(), "it moves");
    // That this can be seen at all: the sample is written there.
    let other = home.path("other");
    let Some(calls) = calls_of(&home, &["sample", other.to_str().expect("UTF-8"), "--count", "22"]) else { return };
    assert!(!changes(&calls, &other).is_empty());
}

/// Files of tables that were written and are not on the disk when a manifest gets its name.
fn named_too_early(calls: &[Call], workspace: &Path) -> (usize, Vec<String>) {
    let workspace = workspace.to_str().expect("UTF-8");
    let (mut unwritten, mut early, mut manifests) = (BTreeSet::new(), Vec::new(), 0);
    let is_ours = |path: &str| path.starts_with(workspace);
    for call in calls.iter().filter(|call| !call.has_failed()) {
        if call.is(&["write", "pwrite", "writev"]) {
            unwritten.extend(call.of_open_file().filter(|path| is_ours(path)).map(str::to_owned));
        } else if call.is(&["fsync", "fdatasync"]) {
            call.of_open_file().map(|path| unwritten.remove(path));
        } else if call.is(&["unlink"]) {
            call.paths().into_iter().for_each(|path| {
                unwritten.remove(path);
            });
        } else if call.is(&["rename", "link"])
            && let [old, new] = call.paths()[..]
        {
            if unwritten.contains(old) {
                unwritten.insert(new.to_owned());
                if call.is(&["rename"]) {
                    unwritten.remove(old);
                }
            }
            let table = new.split_once("/_versions/").filter(|(_, file)| file.ends_with(".manifest"));
            if let Some((table, _)) = table.filter(|_| is_ours(new)) {
                manifests += 1;
                let parts =
                    ["data/", "_deletions/", "_indices/", "_transactions/"].map(|part| format!("{table}/{part}"));
                let late = |path: &&String| parts.iter().any(|part| path.starts_with(part)) && !path.contains('#');
                early.extend(unwritten.iter().filter(late).map(|path| format!("{new} before {path}")));
            }
        }
    }
    (manifests, early)
}

#[test]
fn whatever_is_committed_its_files_are_on_the_disk_before_it_has_a_name() {
    let home = Home::new();
    let folder = home.sample("pictures", 44);
    let (name, workspace) = (folder.to_str().expect("UTF-8"), home.path("workspace"));
    let place = workspace.to_str().expect("UTF-8").to_owned();
    let with = ["--workspace", &place, "--network", "filters", "--compute", "cpu", "--json"];
    // A table's first version, further commits, layers that are added, results, an earlier version.
    let Some(calls) = calls_of(&home, &[&["extract", name, "--commit-every", "16"][..], &with].concat()) else {
        return;
    };
    let (manifests, early) = named_too_early(&calls, &workspace);
    assert!(manifests >= 4 && early.is_empty(), "{manifests} manifests, {early:?}");
    let restored = ["versions", name, "restore", "2", "--table", "images", "--workspace", &place, "--json"];
    let verbs: [&[&str]; 3] = [
        &[&["extract", name, "--layers", "all"][..], &with].concat(),
        &[&["embed", name][..], &with].concat(),
        &restored,
    ];
    for verb in verbs {
        let Some(calls) = calls_of(&home, verb) else { return };
        let (manifests, early) = named_too_early(&calls, &workspace);
        assert!(manifests > 0, "{verb:?} committed nothing");
        assert_eq!(early, [""; 0], "{verb:?}");
    }
}

#[test]
fn what_is_pulled_is_on_the_disk_before_its_version_has_a_name() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    let (name, there) = (folder.to_str().expect("UTF-8"), home.path("there"));
    let from = there.to_str().expect("UTF-8").to_owned();
    let extract = ["extract", name, "--workspace", &from, "--network", "filters", "--compute", "cpu", "--json"];
    home.run(extract).good_json();
    let first = Home::files(&folder).remove(0).0;
    // All of it, some layers, and what came since.
    for time in 0..2 {
        for layers in [&[][..], &["--layer", "textures/relu"]] {
            let here = home.path(&format!("here{}", layers.len()));
            let to = here.to_str().expect("UTF-8");
            let Some(calls) = calls_of(&home, &[&["pull", &from, to, "--json"], layers].concat()) else { return };
            let (manifests, early) = named_too_early(&calls, &here);
            assert!(manifests >= 2, "{manifests} manifests the {time}. time, {layers:?}");
            assert_eq!(early, [""; 0], "the {time}. time, {layers:?}");
        }
        fs::copy(folder.join(&first), folder.join("one more.png")).expect("a picture");
        home.run(extract).good_json();
    }
}

/// Where settings are to be kept.
const KEEPS: &str = "TIRAMISU_TEST_KEEPS";

/// Does nothing unless the test below asks it to keep settings, in a process of its own that is watched.
#[test]
fn settings_that_are_to_be_watched() {
    let Some(dir) = std::env::var_os(KEEPS) else { return };
    for layout in ["one", "two"] {
        let settings = Settings { layout: Some(layout.into()), ..Settings::default() };
        settings.save(Path::new(&dir)).expect("they are kept");
    }
}

#[test]
fn settings_are_on_the_disk_before_they_take_the_place_of_those_there_were() {
    let home = Home::new();
    let dir = home.path("settings");
    let mut program = Command::new(std::env::current_exe().expect("these tests"));
    program.args(["system_calls::settings_that_are_to_be_watched", "--exact"]).env(KEEPS, &dir);
    let Some(calls) = watched(&home, &program) else { return };
    let (mut unwritten, mut named) = (BTreeSet::new(), 0);
    let ours = dir.to_str().expect("UTF-8");
    for call in calls.iter().filter(|call| !call.has_failed()) {
        let of_file = call.of_open_file().filter(|path| path.starts_with(ours));
        if call.is(&["write", "pwrite"]) {
            unwritten.extend(of_file.map(str::to_owned));
        } else if call.is(&["fsync", "fdatasync"]) {
            of_file.map(|path| unwritten.remove(path));
        } else if call.is(&["rename"])
            && let [old, new] = call.paths()[..]
            && new.starts_with(ours)
        {
            named += 1;
            assert!(!unwritten.contains(old), "{new} was named before it was on the disk");
        }
    }
    assert_eq!(named, 2, "each time they take the place of others");
    assert_eq!(Settings::load(&dir).layout, Some("two".into()));
}

/// Where the workspace lies in which an index is to be built.
const INDEXES: &str = "TIRAMISU_TEST_INDEXES";

/// Does nothing unless the test below asks for it, in a process of its own that is watched: an index needs more vectors than pictures
/// are extracted for a test.
#[test]
fn an_index_that_is_to_be_watched() {
    let Some(root) = std::env::var_os(INDEXES) else { return };
    let source = StoredLayer { layer: "conv".to_owned(), pooling: Pooling::Average };
    let spec = FeatureSpec {
        network: "net".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        precision: None,
        preprocessing: "{}".to_owned(),
        columns: vec![(source.clone(), 16)],
    };
    let root = Path::new(&root);
    let mut workspace = Workspace::open_or_create(root, &root.with_extension("pictures")).expect("a workspace");
    let mut table = workspace.features(&spec).expect("a table");
    let mut append = |ids: std::ops::Range<u32>| {
        let mut random = fastrand::Rng::with_seed(u64::from(ids.start));
        let numbers: Vec<f16> = (0..ids.len() * 16).map(|_| f16::from_f32(random.f32())).collect();
        let rows = FeatureRows {
            ids: ids.clone().map(ImageId).collect(),
            paths: ids.clone().map(|id| format!("{id}.png")).collect(),
            labels: ids.map(|_| None).collect(),
            values: vec![(source.clone(), numbers.into())],
        };
        table.append(rows).expect("vectors are appended");
    };
    append(0..1500);
    let recorder = workspace.recorder().expect("somebody who writes results");
    let features = spec.table_name();
    recorder.build_index(&features, &source, IndexKind::IvfRq, Metric::Cosine).expect("an index");
    append(1500..1600);
}

#[test]
fn an_index_is_on_the_disk_before_the_version_that_names_it() {
    let home = Home::new();
    let workspace = home.path("workspace");
    let mut program = Command::new(std::env::current_exe().expect("these tests"));
    program.args(["system_calls::an_index_that_is_to_be_watched", "--exact"]).env(INDEXES, &workspace);
    let Some(calls) = watched(&home, &program) else { return };
    let written = calls.iter().filter(|call| call.is(&["write", "pwrite"]));
    let of_indices = written.filter_map(Call::of_open_file).filter(|path| path.contains("/_indices/")).count();
    assert!(of_indices > 0, "no index was built");
    let (manifests, early) = named_too_early(&calls, &workspace);
    assert!(manifests >= 4, "{manifests} manifests: a table, vectors, an index, vectors");
    assert_eq!(early, [""; 0]);
}
