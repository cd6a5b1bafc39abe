//! What verbs say, to whom, and what they leave alone.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::run;
use crate::support::command::Home;

#[test]
fn a_misspelt_verb_gets_a_suggestion_whatever_follows_it() {
    let home = Home::new();
    for (line, meant) in [("extrat pictures", "extract"), ("neigbours a.png -k 5", "neighbours"), ("clustr", "cluster")]
    {
        let answer = run(&home, line, &[]);
        assert_eq!(answer.code, Some(2), "`tiramisu {line}`: {answer:?}");
        assert!(answer.stderr.contains(&format!("Did you mean {meant}?")), "`tiramisu {line}`: {answer:?}");
    }
    let unlike = run(&home, "pictures --count 3", &[]);
    assert!(unlike.code == Some(2) && !unlike.stderr.contains("Did you mean"), "{unlike:?}");
}

#[test]
fn a_missing_folder_is_not_told_to_be_extracted() {
    let home = Home::new();
    let answer = run(&home, "info nowhere", &[]);
    assert!(answer.code == Some(1) && answer.stderr.contains("there is no such folder: nowhere"), "{answer:?}");
}

#[test]
fn what_a_verb_could_not_do_as_asked_is_said() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    std::fs::write(folder.join("broken.png"), b"no picture").expect("a file");
    let done = run(&home, "extract @0 --network filters --compute cpu --json", &[&folder]);
    assert_eq!(done.code, Some(3), "{done:?}");
    assert_eq!((&done.json()["done_now"], &done.json()["unreadable_now"]), (&22.into(), &1.into()), "{done:?}");

    let malformed = run(&home, "query @0 label=", &[&folder]);
    assert_eq!(malformed.code, Some(2), "{malformed:?}");
    let picture = folder.join(&Home::files(&folder)[3].0);
    let line = "neighbours @0 --network filters --where id>99";
    let none = run(&home, line, &[&picture]);
    assert!(none.code == Some(1) && none.stderr.contains("no image matches --where"), "{none:?}");

    let many = run(&home, "cluster @0 --network filters --count 5000 --json", &[&folder]);
    assert_eq!(many.good_json()["asked"], 5000);
    assert!(many.stderr.contains("5000 groups were asked for, and 22 were made: there are 22 images"), "{many:?}");

    let copies = home.path("copies");
    let line = "export @0 --network filters --like @1 -k 2 --to @2";
    let first = run(&home, line, &[&folder, &picture, &copies]);
    assert!(first.code == Some(0) && !first.stdout.contains("taken"), "{first:?}");
    let second = run(&home, line, &[&folder, &picture, &copies]);
    assert!(second.stdout.contains("3 names of theirs were taken there"), "{second:?}");
}

/// Waits until a process catches Ctrl-C, and sends it.
#[cfg(target_os = "linux")]
fn interrupt(process: u32) {
    const SIGINT_BIT: u64 = 1 << 1;
    let begun = Instant::now();
    let catches = || {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("a mask of signals");
        u64::from_str_radix(mask.trim(), 16).expect("a number") & SIGINT_BIT != 0
    };
    while !catches() {
        assert!(begun.elapsed() < Duration::from_secs(60), "Ctrl-C is not caught");
        std::thread::sleep(Duration::from_millis(1));
    }
    let told = std::process::Command::new("kill").args(["-INT", &process.to_string()]).status();
    assert!(told.expect("kill is there").success());
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_analysis_says_that_nothing_of_it_was_kept() {
    let home = Home::new();
    let folder = home.sample("pictures", 220);
    run(&home, "extract @0 --network filters --compute cpu --json", &[&folder]).good_json();
    for is_json in [false, true] {
        let mut command = home.command(["project".as_ref(), folder.as_os_str()]);
        command.args(["--network", "filters", "--compute", "cpu", "--method", "tsne"]);
        command.args(is_json.then_some("--json")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let running = command.spawn().expect("the binary starts");
        interrupt(running.id());
        let stopped = running.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&stopped.stderr).into_owned();
        assert_eq!(stopped.status.code(), Some(130), "{said}");
        assert!(said.contains("Nothing of its result was kept"), "{said}");
        if is_json {
            let document: serde_json::Value = serde_json::from_slice(&stopped.stdout).expect("one JSON document");
            assert_eq!(document["interrupted"], true);
        }
    }
}

/// Where no Vulkan driver is found, OpenGL used to be asked, whose libraries look for a desktop and complain if there is
/// none. What the dynamic linker is asked for is written down by itself.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn verbs_touch_no_window_system_and_only_our_words_reach_standard_error() {
    let home = Home::new();
    let folder = home.sample("pictures", 4);
    let log = home.path("linker");
    let mut command = home.command(["extract".as_ref(), folder.as_os_str()]);
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "WGPU_BACKEND"] {
        command.env_remove(name);
    }
    command.args(["--network", "filters"]).env("LD_DEBUG", "files").env("LD_DEBUG_OUTPUT", &log);
    command.env("VK_DRIVER_FILES", home.path("none.json")).env("VK_ICD_FILENAMES", home.path("none.json"));
    let output = command.output().expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let ours = |line: &str| line.contains(" · CPU (flex)") || line.starts_with("Extracting");
    assert!(said.lines().all(ours), "not only our words: {said}");
    let logs = std::fs::read_dir(home.path(".")).expect("the home can be listed").map(|entry| entry.expect("an entry"));
    let logs: Vec<String> = logs
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("linker."))
        .map(|entry| String::from_utf8_lossy(&std::fs::read(entry.path()).expect("a log")).into_owned())
        .collect();
    assert!(logs.iter().any(|log| log.contains("libc.so")), "the linker wrote nothing down");
    for library in ["libEGL", "libGL.so", "libGLX", "libwayland", "libX11", "libxcb"] {
        assert!(logs.iter().all(|log| !log.contains(library)), "{library} was asked for");
    }
}
