//! What verbs say, to whom, and what they leave alone.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tiramisu::cli::console::progress_in_words;
use tiramisu::cli::pace::Pace;
use tiramisu::engine::{Problem, Progress};
use tiramisu::store::Workspace;

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
fn an_option_of_other_verbs_is_refused_with_what_to_do() {
    let home = Home::new();
    for (line, said) in [
        (
            "sample pictures --compute cpu",
            "`tiramisu sample` takes no --compute: it would change nothing here. Leave it out",
        ),
        ("sample pictures --count 3 --workspace=here", "`tiramisu sample` takes no --workspace: "),
        ("networks list --adapter any", "`tiramisu networks list` takes no --adapter: "),
    ] {
        let answer = run(&home, line, &[]);
        assert!(answer.code == Some(2) && answer.stderr.contains(said), "{line}: {answer:?}");
    }
    let unlike = run(&home, "sample pictures --computer", &[]);
    assert!(unlike.code == Some(2) && unlike.stderr.contains("--computer") && !unlike.stderr.contains("Leave it out"));
    assert!(!home.path("pictures").exists());
}

#[test]
fn help_tells_of_each_verb_what_the_verb_tells_of_itself() {
    let home = Home::new();
    for verb in ["extract", "tag", "mcp", "networks", "networks download", "versions restore"] {
        let (asked, told) = (run(&home, &format!("help {verb}"), &[]), run(&home, &format!("{verb} --help"), &[]));
        assert_eq!((asked.code, told.code), (Some(0), Some(0)), "{verb}: {asked:?}");
        assert_eq!(asked.stdout, told.stdout, "{verb}");
    }
    for (line, said) in [
        ("help extrat", "there is no verb called extrat. Did you mean extract? (`tiramisu --help` lists"),
        ("help networks downloadd", "called downloadd. Did you mean download? (`tiramisu networks --help` lists"),
        ("help 12345", "there is no verb called 12345. (`tiramisu --help` lists"),
        ("help tag more", "there is no verb called more. (`tiramisu tag --help` lists"),
    ] {
        let answer = run(&home, line, &[]);
        assert!(answer.code == Some(2) && answer.stderr.contains(said), "{line}: {answer:?}");
    }
}

#[test]
fn info_lists_what_was_found_and_is_kept() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    let with = "--network filters --compute cpu --json";
    for line in ["extract @0", "cluster @0 --count 3", "project @0 --method pca", "duplicates @0", "outliers @0"] {
        run(&home, &format!("{line} {with}"), &[&folder]).good_json();
    }
    let told = run(&home, "info @0 --json", &[&folder]).good_json();
    let findings = told["findings"].as_array().expect("a list");
    let kinds: Vec<&str> = findings.iter().map(|it| it["kind"].as_str().expect("a word")).collect();
    assert_eq!(kinds, ["clusters", "duplicates", "map", "outliers"]);
    let workspace = std::path::PathBuf::from(told["workspace"].as_str().expect("a path"));
    let words = run(&home, "info @0", &[&folder]).stdout;
    for finding in findings {
        let table = format!("{}.lance", finding["table"].as_str().expect("a name"));
        assert!(workspace.join(&table).is_dir() && words.contains(&table), "{table}: {words}");
    }
    assert_eq!(findings[0]["rows"], 22);
}

#[test]
fn a_missing_folder_is_not_told_to_be_extracted() {
    let home = Home::new();
    for line in ["info nowhere", "storage nowhere", "versions nowhere", "query nowhere id=1", "project nowhere"] {
        let answer = run(&home, line, &[]);
        assert!(answer.code == Some(1), "{line}: {answer:?}");
        assert!(answer.stderr.contains("there is no such folder: nowhere"), "{line}: {answer:?}");
    }
    let answer = run(&home, "info . --workspace nowhere", &[]);
    assert!(answer.stderr.contains("there is no workspace here: nowhere"), "{answer:?}");
}

#[test]
fn a_file_in_the_place_of_a_folder_and_the_other_way_round_are_told_as_such() {
    let home = Home::new();
    let folder = home.sample("pictures", 1);
    let picture = folder.join(&Home::files(&folder)[0].0);
    for line in ["info @0", "storage @0", "query @0 id=1", "cluster @0"] {
        let answer = run(&home, line, &[&picture]);
        assert!(answer.code == Some(1) && answer.stderr.contains("this is a file"), "{line}: {answer:?}");
    }
    for line in ["neighbours @0", "unusual @0"] {
        let answer = run(&home, line, &[&folder]);
        assert!(answer.code == Some(1) && answer.stderr.contains("this is a folder"), "{line}: {answer:?}");
        let answer = run(&home, line, &[&home.path("nowhere.jpg")]);
        let says_it_once = !answer.stderr.contains("os error");
        assert!(answer.stderr.contains("there is no such picture") && says_it_once, "{line}: {answer:?}");
    }
    for line in ["cluster @0", "query @0 id=1"] {
        let answer = run(&home, line, &[&folder]);
        assert!(answer.stderr.contains("this folder has not been extracted yet"), "{line}: {answer:?}");
    }
    let nowhere = run(&home, "extract @0", &[&home.path("nowhere")]);
    assert!(nowhere.code == Some(1) && nowhere.stderr.contains("there is no such folder"), "{nowhere:?}");
    std::fs::create_dir(home.path("empty")).expect("a folder");
    let empty = run(&home, "extract @0 --compute cpu", &[&home.path("empty")]);
    assert!(empty.code == Some(0) && empty.stdout.contains("nothing to extract"), "{empty:?}");
}

#[test]
fn numbers_that_make_no_sense_are_refused_by_what_they_mean() {
    let home = Home::new();
    for (line, reason) in [
        ("duplicates x --share -1", "a share lies between 0 and 1"),
        ("duplicates x --distance 9", "a cosine distance lies between 0 and 2"),
        ("graph x --to y --kind features --drop-hubs 5", "a share lies between 0 and 1"),
        ("graph x --to y --drop-hubs 0.5", "--kind features"),
        ("graph x --to y --kind features --mutual", "--mutual"),
        ("communities x --resolution -1", "a positive number is needed"),
        ("outliers x --top 0", "--top"),
        ("tag x", "--image"),
        ("tag x y", "--image"),
    ] {
        let answer = run(&home, line, &[]);
        assert!(answer.code == Some(2) && answer.stderr.contains(reason), "{line}: {answer:?}");
    }
}

#[test]
fn a_network_is_shown_by_its_name_or_its_file_with_its_layers() {
    let home = Home::new();
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/old.prototxt");
    let words = run(&home, "networks show @0", &[&golden]);
    assert!(words.code == Some(0) && words.stdout.contains("Convolution"), "{words:?}");
    let answer = run(&home, "networks show @0 --json", &[&golden]).good_json();
    assert!(answer["name"] == "old" && answer["layers"].as_array().is_some_and(|layers| layers.len() > 3), "{answer}");
    for name in ["builtin", "ladyfinger"] {
        let answer = run(&home, &format!("networks show {name} --json"), &[]).good_json();
        assert_eq!(answer["layers"].as_array().map(Vec::len), Some(61), "{answer}");
    }
    let known = run(&home, "networks show squeezenet-1.1 --json", &[]).good_json();
    assert!(known["is_here"] == false && known["layers"].is_null(), "{known}");
    let missing = run(&home, "networks show nowhere.onnx", &[]);
    assert!(missing.code == Some(1) && missing.stderr.contains("nowhere.onnx"), "{missing:?}");
}

#[test]
fn what_a_verb_could_not_do_as_asked_is_said() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    std::fs::write(folder.join("broken.png"), b"no picture").expect("a file");
    let done = run(&home, "extract @0 --network filters --compute cpu --json", &[&folder]);
    assert_eq!(done.code, Some(3), "{done:?}");
    assert_eq!((&done.json()["done_now"], &done.json()["unreadable_now"]), (&22.into(), &1.into()), "{done:?}");
    let spent = |what: String| done.json()["spent"][what].as_f64().expect("a number");
    let stages = ["decode", "network", "write"];
    assert!(stages.iter().all(|stage| spent(format!("{stage}_secs")) > 0.0), "{done:?}");
    let shares: f64 = stages.iter().map(|stage| spent(format!("{stage}_share"))).sum();
    assert!((shares - 1.0).abs() < 1e-9, "{done:?}");

    let malformed = run(&home, "query @0 --network filters label=", &[&folder]);
    assert_eq!(malformed.code, Some(2), "{malformed:?}");
    let picture = folder.join(&Home::files(&folder)[3].0);
    let line = "neighbours @0 --network filters --where id>99";
    let none = run(&home, line, &[&picture]);
    assert!(none.code == Some(1) && none.stderr.contains("no image matches --where"), "{none:?}");

    let many = run(&home, "cluster @0 --network filters --count 5000 --json", &[&folder]);
    assert_eq!(many.good_json()["asked"], 5000);
    assert!(many.stderr.contains("5,000 clusters were asked for, but only 22 were found in 22"), "{many:?}");
    let near = run(&home, "communities @0 --network filters --neighbours 900", &[&folder]);
    assert!(near.stderr.contains("900 neighbours were asked for; of 22 images each has 21"), "{near:?}");

    let copies = home.path("copies");
    let line = "export @0 --network filters --like @1 -k 2 --to @2";
    let first = run(&home, line, &[&folder, &picture, &copies]);
    assert!(first.code == Some(0) && !first.stdout.contains("other names"), "{first:?}");
    let second = run(&home, line, &[&folder, &picture, &copies]);
    assert!(second.code == Some(1) && second.stderr.contains("files lie in this folder already"), "{second:?}");
    assert_eq!(Home::files(&copies).len(), 3);
}

#[test]
fn a_folder_of_which_nothing_can_be_read_is_not_called_complete() {
    let home = Home::new();
    let folder = home.path("broken");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("broken.png"), b"no picture").expect("a file");
    let done = run(&home, "extract @0 --network filters --compute cpu", &[&folder]);
    assert!(done.code == Some(3) && done.stdout.contains("(none now)"), "{done:?}");
}

#[test]
fn what_makes_no_sense_is_told_from_what_failed() {
    let home = Home::new();
    let folder = home.sample("pictures", 4);
    run(&home, "extract @0 --network filters --compute cpu --json", &[&folder]).good_json();
    for line in [
        "query @0 width>",
        "tag @0 wide --where width>",
        "export @0 --where width> --to out.csv",
        "class @0 add wide --where width>",
        "class @0 distances --metric dot",
        "neighbours --folder @0",
        "activations @0 keep",
        "exemplars @0 -k 33",
        "versions @0 checkout 1",
    ] {
        let named = if line.starts_with("versions") { "" } else { " --network filters" };
        let answer = run(&home, &format!("{line}{named}"), &[&folder]);
        assert_eq!(answer.code, Some(2), "`tiramisu {line}`: {answer:?}");
    }
}

#[test]
fn going_back_to_a_named_state_brings_its_tags_and_says_what_it_did() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let run = |line: &str| run(&home, &line.replace("EXTRACTED", "--network filters --compute cpu"), &[&folder]);
    run("extract @0 EXTRACTED --json").good_json();
    run("tag @0 early EXTRACTED --where id<3 --json").good_json();
    run("versions @0 tag before --json").good_json();
    run("tag @0 early EXTRACTED --where id<9 --json").good_json();
    run("tag @0 late EXTRACTED --where id>8 --json").good_json();
    run("cluster @0 EXTRACTED --count 3 --json").good_json();
    let back = run("versions @0 checkout before");
    assert!(back.code == Some(0) && back.stdout.starts_with("tags: version "), "{back:?}");
    assert!(back.stdout.contains(" the state until now is version"), "what was there can be found again: {back:?}");
    assert!(back.stdout.contains("these tables have no version called before and are unchanged: clusters_"));
    let listed = run("tag @0 --list EXTRACTED --json").good_json();
    assert_eq!(listed["tags"], serde_json::json!([{ "tag": "early", "images": 3 }]));
    let again = run("versions @0 checkout before");
    assert!(again.stdout.starts_with("this is the present state already"), "{again:?}");
}

#[test]
fn what_could_not_be_kept_is_not_called_kept() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let run = |line: &str| run(&home, &line.replace("@0", "@0 --network filters --compute cpu"), &[&folder]);
    let done = run("extract @0 --json").good_json();
    let elsewhere = Workspace::open_to_write(done["workspace"].as_str().expect("a path").as_ref()).expect("it opens");
    let groups = run("cluster @0 --count 3");
    assert!(groups.code == Some(0) && groups.stdout.contains("; not saved\n"), "{groups:?}");
    assert!(groups.stderr.contains("could not be saved") && groups.stderr.contains("already open"), "{groups:?}");
    let added = run("class @0 add early --where id<3");
    assert!(added.code == Some(1) && added.stderr.contains("they are unchanged"), "{added:?}");
    drop(elsewhere);
    assert!(run("cluster @0 --count 3").stdout.contains("; saved as clusters_"));
}

#[test]
fn a_reason_and_what_to_do_are_two_sentences() {
    let problem = |why: &str| Problem::new("It failed", why).with_remedy("Keep them: do so.").to_string();
    assert_eq!(problem("no activations are stored"), "It failed: no activations are stored. Keep them: do so.");
    assert_eq!(problem("Nothing is kept."), "It failed: Nothing is kept. Keep them: do so.");
    assert_eq!(Problem::new("It failed", "no disk").to_string(), "It failed: no disk");
}

#[test]
fn lines_about_progress_begin_after_five_seconds_and_grow_rarer() {
    let mut pace = Pace::default();
    let mut due = |secs: u64| pace.is_due(Duration::from_secs(secs));
    assert!(!due(0) && !due(4), "what is done sooner needs no line");
    assert!(due(5) && !due(9) && due(10) && due(15));
    let of_a_day = (0..86_400).filter(|second| due(*second)).count();
    assert!((1_400..1_600).contains(&of_a_day), "one a minute in the end: {of_a_day}");
}

#[test]
fn a_line_about_progress_has_count_share_and_time_left() {
    let a_while_ago = Instant::now().checked_sub(Duration::from_secs(10)).expect("the machine runs for so long");
    let progress = Progress::since(a_while_ago, "Extracting features");
    progress.set_total(120, true);
    progress.add(30, 1);
    let line = progress_in_words(&progress);
    assert!(line.starts_with("Extracting features: 30 of 120 (25 %), "), "{line}");
    assert!(line.ends_with(" s left, 1 unreadable"), "{line}");
}

/// What a moment says of an hour is another thing on every machine.
#[test]
fn a_job_that_has_just_begun_does_not_say_how_long_it_takes() {
    let yet_to_come = Instant::now() + Duration::from_secs(3600);
    let progress = Progress::since(yet_to_come, "Extracting features");
    progress.set_total(120, true);
    progress.add(30, 0);
    assert_eq!(progress.left_secs(), None);
    let line = progress_in_words(&progress);
    assert!(line.starts_with("Extracting features: 30 of 120 (25 %), ") && !line.contains(" left"), "{line}");
}

/// Whoever reads a log or drives the program from another one sees that it is at work.
#[cfg(target_os = "linux")]
#[test]
fn off_a_terminal_lines_say_how_far_work_is_and_ctrl_c_gives_one_document() {
    let home = Home::new();
    let mut command = home.command(["sample", "many", "--count", "1000000", "--json"]);
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let mut said = String::new();
    let mut stderr = BufReader::new(running.stderr.take().expect("it is piped"));
    stderr.read_line(&mut said).expect("it is text");
    assert!(
        said.starts_with("Making sample pictures: ") && said.contains(" of 1000000 (") && said.contains(" %), "),
        "{said}"
    );
    assert!(said.contains(" left"), "{said}");
    interrupt(running.id());
    let stopped = running.wait_with_output().expect("it ends");
    assert_eq!(stopped.status.code(), Some(130));
    let document: serde_json::Value = serde_json::from_slice(&stopped.stdout).expect("one JSON document");
    assert_eq!(document["interrupted"], true);
    assert_eq!(document["written"].as_u64(), Some(Home::files(&home.path("many")).len() as u64));
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
    let folder = home.sample("pictures", 440);
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
        assert!(said.contains("No result was saved"), "{said}");
        if is_json {
            let document: serde_json::Value = serde_json::from_slice(&stopped.stdout).expect("one JSON document");
            assert_eq!(document["interrupted"], true);
        }
    }
}

/// Mesa's Vulkan drivers look for the GPU of the desktop, and libwayland complains where there is none.
#[test]
fn only_our_words_reach_standard_error_on_a_machine_without_a_desktop() {
    let home = Home::new();
    let folder = home.sample("pictures", 4);
    let mut command = home.command(["extract".as_ref(), folder.as_os_str(), "--network".as_ref(), "filters".as_ref()]);
    for name in DESKTOP {
        command.env_remove(name);
    }
    let output = command.output().expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let ours = |line: &str| {
        line.contains(" · CPU (flex)")
            || line.contains(" · GPU")
            || line.starts_with("Extracting")
            || line.starts_with("Still")
    };
    assert!(said.lines().all(ours), "not only our words: {said}");
}

/// What a desktop sets, and what chooses a graphics interface.
const DESKTOP: [&str; 4] = ["DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "WGPU_BACKEND"];

/// Where no Vulkan driver is found, OpenGL used to be asked, whose libraries connect to a desktop. What the dynamic linker
/// is asked for is written down by itself.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn verbs_touch_no_window_system_and_only_our_words_reach_standard_error() {
    let home = Home::new();
    let folder = home.sample("pictures", 4);
    let log = home.path("linker");
    let mut command = home.command(["extract".as_ref(), folder.as_os_str()]);
    for name in DESKTOP {
        command.env_remove(name);
    }
    command.args(["--network", "filters"]).env("LD_DEBUG", "files").env("LD_DEBUG_OUTPUT", &log);
    command.env("VK_DRIVER_FILES", home.path("none.json")).env("VK_ICD_FILENAMES", home.path("none.json"));
    let output = command.output().expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let ours =
        |line: &str| line.contains(" · CPU (flex)") || line.starts_with("Extracting") || line.starts_with("Still");
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
