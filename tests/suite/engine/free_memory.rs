//! How much memory is free, as made-up systems say.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tiramisu::domain::{ProjectionMethod, ProjectionWish};
use tiramisu::engine::{AnalysisWish, EngineOptions, Event, NetworkFile, Request, Thresholds, free_memory};

use super::extracted;
use crate::support::listener::{Listener, options};

const MIB: u64 = 1 << 20;

/// A system whose files say so.
pub fn system(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    for (name, said) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder");
        fs::write(path, said).expect("a file");
    }
    root
}

fn free(files: &[(&str, &str)]) -> Option<u64> {
    free_memory(system(files).path())
}

/// 8 GiB, of which 4 are free.
const MACHINE: (&str, &str) = ("proc/meminfo", "MemTotal: 8388608 kB\nMemFree: 1024 kB\nMemAvailable: 4194304 kB\n");

#[test]
fn what_the_machine_has_left_is_free_where_nobody_is_limited() {
    assert_eq!(free(&[MACHINE]), Some(4096 * MIB));
    let unlimited = [
        MACHINE,
        ("proc/self/cgroup", "0::/user.slice/session-1.scope\n"),
        ("sys/fs/cgroup/user.slice/session-1.scope/memory.max", "max\n"),
        ("sys/fs/cgroup/user.slice/session-1.scope/memory.current", "1048576\n"),
    ];
    assert_eq!(free(&unlimited), Some(4096 * MIB));
    assert_eq!(free(&[]), None, "nobody says");
}

#[test]
fn a_container_has_what_its_limit_leaves_it() {
    // It sees its own group as the outermost one.
    let container = [
        MACHINE,
        ("proc/self/cgroup", "0::/\n"),
        ("sys/fs/cgroup/memory.max", "536870912\n"),
        ("sys/fs/cgroup/memory.current", "314572800\n"),
        ("sys/fs/cgroup/memory.stat", "anon 200000000\nfile 104857600\ninactive_file 52428800\nactive_file 52428800\n"),
    ];
    assert_eq!(free(&container), Some((512 - 300 + 50 + 50) * MIB), "what was read of files is given back");
    // Also where it is told a name that only those outside know.
    let named = |name: &'static str| {
        let mut files = container;
        files[1].1 = name;
        files
    };
    for name in ["0::/docker/0123456789abcdef\n", "0::/../../elsewhere\n", "0::/..\n"] {
        assert_eq!(free(&named(name)), Some(312 * MIB), "{name}");
    }
    // What was read more than once is given back like the rest: nearly all of it here, after pictures were read again and again.
    let mut busy = container;
    busy[3].1 = "535822336\n";
    busy[4].1 = "anon 20971520\nfile 482344960\ninactive_file 10485760\nactive_file 471859200\nslab_reclaimable 31457280\n\
                 slab_unreclaimable 1048576\n";
    assert_eq!(free(&busy), Some((512 - 511 + 10 + 450 + 30) * MIB));
    let full = {
        let mut files = container;
        files[3].1 = "536875008\n";
        files[4].1 = "inactive_file 0\n";
        files
    };
    assert_eq!(free(&full), Some(0), "more was taken than there is");
}

#[test]
fn every_group_around_counts_and_so_does_the_machine() {
    let nested = |inner: &'static str, outer: &'static str| {
        free(&[
            MACHINE,
            ("proc/self/cgroup", "12:cpu,cpuacct:/\n0::/pods/one/main\n"),
            ("sys/fs/cgroup/pods/one/main/memory.max", inner),
            ("sys/fs/cgroup/pods/one/main/memory.current", "0\n"),
            ("sys/fs/cgroup/pods/memory.max", outer),
            ("sys/fs/cgroup/pods/memory.current", "1073741824\n"),
        ])
    };
    assert_eq!(nested("1073741824", "max"), Some(1024 * MIB));
    assert_eq!(nested("max", "1610612736"), Some(512 * MIB));
    assert_eq!(nested("1073741824", "1610612736"), Some(512 * MIB));
    assert_eq!(nested("17179869184", "34359738368"), Some(4096 * MIB), "the machine has less");
}

#[test]
fn groups_of_earlier_systems_count_as_well() {
    let earlier = [
        MACHINE,
        ("proc/self/cgroup", "9:name=systemd:/\n4:memory:/docker/abc\n0::/\n"),
        ("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "268435456\n"),
        ("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "134217728\n"),
        (
            "sys/fs/cgroup/memory/docker/abc/memory.stat",
            "inactive_file 1\ntotal_inactive_file 33554432\nactive_file 1\n\
             total_active_file 16777216\n",
        ),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
        ("sys/fs/cgroup/memory/memory.usage_in_bytes", "4096\n"),
    ];
    assert_eq!(free(&earlier), Some((256 - 128 + 32 + 16) * MIB));
}

#[test]
fn what_makes_no_sense_says_nothing() {
    let limit = |said: &'static str| {
        let files = [("proc/self/cgroup", "0::/\n"), ("sys/fs/cgroup/memory.current", "0\n")];
        free(&[&[MACHINE][..], &files, &[("sys/fs/cgroup/memory.max", said)]].concat())
    };
    for said in ["", "-1\n", "1e9\n", "99999999999999999999999999\n", "\u{fffd}", "536870912 kB\n"] {
        assert_eq!(limit(said), Some(4096 * MIB), "{said:?}");
    }
    assert_eq!(limit("536870912\n"), Some(512 * MIB), "what makes sense does");
    for lines in ["", "0\n", "0:\n", ":::\n", "memory\n"] {
        assert_eq!(free(&[MACHINE, ("proc/self/cgroup", lines)]), Some(4096 * MIB), "{lines:?}");
    }
    let machine = |said: &'static str| free(&[("proc/meminfo", said)]);
    for said in
        ["MemAvailable:\n", "MemAvailable: much kB\n", "MemAvailable: 18446744073709551615 kB\n", "MemFree: 5 kB\n"]
    {
        assert_eq!(machine(said), None, "{said:?}");
    }
    // No more is read of a file than a system writes, and names without end are none.
    let endless = format!("{}MemAvailable: 4 kB\n", "x: 1 kB\n".repeat(1 << 20));
    let deep = format!("0::{}\n", "/a".repeat(20_000));
    let root = system(&[("proc/meminfo", &endless), ("proc/self/cgroup", &deep)]);
    assert_eq!(free_memory(root.path()), None);
}

#[cfg(target_os = "linux")]
#[test]
fn this_machine_says_how_much_is_free() {
    let free = free_memory(Path::new("/")).expect("Linux says so");
    assert!(free > MIB && free < 1 << 50, "{free} bytes");
}

#[test]
fn what_would_not_fit_into_what_is_free_is_refused_with_what_to_do_and_is_done_where_it_fits() {
    let (dir, workspace, listener, collection) = extracted(33);
    drop(listener);
    let source = collection.stored[0].clone();
    let large = [
        ("a map by t-SNE", AnalysisWish::Project(ProjectionWish { source, method: ProjectionMethod::Tsne, seed: 0 })),
        ("the full-network embedding", AnalysisWish::Embed(Thresholds::default())),
    ];
    let full = system(&[("proc/meminfo", "MemAvailable: 0 kB\n")]);
    let system_root = full.path().to_owned();
    let mut listener = Listener::start(EngineOptions { system_root, ..options(dir.path()) });
    listener.open(&collection.folder, &workspace, NetworkFile::Analytic, false);
    listener.until_opened();
    for (what, wish) in large {
        let end = |listener: &mut Listener| {
            listener.problems.clear();
            listener.engine.send(Request::Analyse(wish.clone()));
            listener.until("its end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
            std::mem::take(&mut listener.problems)
        };
        fs::write(full.path().join("proc/meminfo"), "MemAvailable: 0 kB\n").expect("a file");
        let refused = end(&mut listener);
        assert_eq!(refused.len(), 1, "{what}: {refused:?}");
        assert_eq!(refused[0].what, format!("There is not enough memory for {what}"));
        assert!(refused[0].why.ends_with("and 0 B are free") && !refused[0].remedy.is_empty(), "{}", refused[0]);
        fs::write(full.path().join("proc/meminfo"), "MemAvailable: 4194304 kB\n").expect("a file");
        assert_eq!(end(&mut listener), [], "{what}");
    }
}
