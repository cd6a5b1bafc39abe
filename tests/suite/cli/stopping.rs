//! Ctrl-C and `kill` always end the program: in order if it can, and without that if it hangs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tiramisu::cli::interrupt;

use super::super::support::command::{Home, rows_on_disk};
#[cfg(target_os = "linux")]
use super::super::support::hanging::HangingFiles;

#[test]
#[ignore = "run by the tests that end it"]
fn a_process_that_listens_and_hangs() {
    interrupt::listen();
    println!("listening");
    let mut is_told = false;
    // Nothing here ever heeds what was asked.
    loop {
        if interrupt::was_asked() && !is_told {
            println!("asked");
            is_told = true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A process that hangs, and the lines that it writes.
struct Hanging {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Hanging {
    fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "cli::stopping::a_process_that_listens_and_hangs", "--ignored", "--nocapture"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut hanging = Self { child, lines };
        hanging.wait_for("listening");
        hanging
    }

    fn wait_for(&mut self, word: &str) {
        let said = self.lines.find(|line| line.as_ref().is_ok_and(|line| line.contains(word)));
        assert!(said.is_some(), "it ended without saying {word:?}");
    }
}

pub fn tell(child: &Child, signal: &str) {
    let told = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill is there");
    assert!(told.success());
}

/// How it ended; a process that does not end fails the test instead of hanging it.
pub fn end_of(child: &mut Child) -> ExitStatus {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(300) {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return status;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it can be killed");
    panic!("it did not end");
}

/// What is said of a process that had to be ended.
const FORCED: &str = "was ended";

/// What a process left that was told to end.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// Waits for it. Its output is read meanwhile, so that a full pipe cannot keep it from ending.
    pub fn of(mut child: Child) -> Self {
        fn read(pipe: Option<impl std::io::Read + Send + 'static>) -> std::thread::JoinHandle<String> {
            let read = move || pipe.map_or_else(String::new, |pipe| std::io::read_to_string(pipe).expect("UTF-8"));
            std::thread::spawn(read)
        }
        let (stdout, stderr) = (read(child.stdout.take()), read(child.stderr.take()));
        let code = end_of(&mut child).code();
        let [stdout, stderr] = [stdout, stderr].map(|reading| reading.join().expect("it was read"));
        Self { code, stdout, stderr }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

#[test]
fn a_second_ctrl_c_ends_what_hangs() {
    let mut hanging = Hanging::start();
    tell(&hanging.child, "-INT");
    hanging.wait_for("asked");
    assert_eq!(hanging.child.try_wait().expect("it can be waited for"), None, "the first one only asks");
    tell(&hanging.child, "-INT");
    assert_eq!(end_of(&mut hanging.child).code(), Some(130));
}

#[test]
fn kill_ends_what_hangs() {
    let mut hanging = Hanging::start();
    tell(&hanging.child, "-TERM");
    hanging.wait_for("asked");
    assert_eq!(end_of(&mut hanging.child).code(), Some(143));
}

#[test]
fn one_ctrl_c_ends_what_hangs() {
    let mut hanging = Hanging::start();
    tell(&hanging.child, "-INT");
    hanging.wait_for("asked");
    assert_eq!(end_of(&mut hanging.child).code(), Some(130));
}

#[test]
fn ctrl_c_after_kill_ends_what_hangs() {
    let mut hanging = Hanging::start();
    tell(&hanging.child, "-TERM");
    hanging.wait_for("asked");
    tell(&hanging.child, "-INT");
    assert_eq!(end_of(&mut hanging.child).code(), Some(130));
}

#[test]
fn kill_stops_an_extraction_in_order() {
    let home = Home::new();
    let folder = home.sample("pictures", 400);
    let workspace = home.path("workspace");
    let words = ["--compute", "cpu", "--commit-every", "20", "--batch", "4", "--json"];
    let mut running = home
        .command(["extract".as_ref(), folder.as_os_str(), "--workspace".as_ref(), workspace.as_ref()])
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    while rows_on_disk(&workspace) == 0 {
        assert!(running.try_wait().expect("it can be waited for").is_none(), "it ended before it was told to");
        std::thread::sleep(Duration::from_millis(20));
    }
    tell(&running, "-TERM");
    let ended = Ended::of(running);
    assert_eq!(ended.code, Some(143), "{ended:?}");
    assert!(!ended.stderr.contains(FORCED), "{ended:?}");
    let answer = ended.json();
    assert_eq!((&answer["interrupted"], &answer["cancelled"]), (&true.into(), &true.into()), "{answer}");
    let rows = rows_on_disk(&workspace);
    assert!(rows > 0 && answer["with_vectors"] == rows, "{rows} rows, {answer}");
}

/// Whether a process has said what is to be done at `kill`.
#[cfg(target_os = "linux")]
fn listens(child: &Child) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    const SIGTERM: u32 = 15;
    caught >> (SIGTERM - 1) & 1 == 1
}

#[cfg(target_os = "linux")]
#[test]
fn kill_stops_a_classification_in_order() {
    let home = Home::new();
    let folder = home.sample("pictures", 44);
    let classes: String = (0..512).map(|class| format!("class {class}\n")).collect();
    std::fs::write(home.path("labels.txt"), classes).expect("a list");
    // The same ones again and again: far more than are looked at before it hears of its end.
    let files = Home::files(&folder);
    let pictures: Vec<_> = files.iter().cycle().take(8000).map(|(path, _)| Path::new("pictures").join(path)).collect();
    let mut running = home
        .command(["classify", "--compute", "cpu", "--labels", "labels.txt", "--json", "-k", "1"])
        .args(&pictures)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    while !listens(&running) {
        assert!(running.try_wait().expect("it can be waited for").is_none(), "it never listened");
        std::thread::sleep(Duration::from_millis(2));
    }
    tell(&running, "-TERM");
    let ended = Ended::of(running);
    assert_eq!((ended.code, ended.stderr.contains(FORCED)), (Some(143), false), "{}", ended.stderr);
    let answer = ended.json();
    let found = answer["images"].as_array().expect("a list").len();
    assert!(answer["interrupted"] == true && found < pictures.len(), "{found} of {}", pictures.len());
}

#[cfg(target_os = "linux")]
#[test]
fn kill_ends_an_extraction_whose_folder_hangs() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let workspace = home.path("workspace");
    let words = ["--network", "filters", "--compute", "cpu", "--json"];
    let verb = ["extract".as_ref(), folder.as_os_str(), "--workspace".as_ref(), workspace.as_ref()];
    let extract = || {
        let mut command = home.command(verb);
        command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    Ended::of(extract().spawn().expect("it starts")).json();
    let (first, hangs) = (Home::files(&folder)[0].0.clone(), folder.join("hangs.png"));
    std::fs::copy(folder.join(first), &hangs).expect("a picture");
    let Some(mut hanging) = HangingFiles::hold(&[&hangs]) else { return };
    // As long as a person would wait.
    let running = extract().env_remove(interrupt::GRACE).spawn().expect("it starts");
    hanging.until_asked();
    let begun = Instant::now();
    tell(&running, "-TERM");
    let ended = Ended::of(running);
    eprintln!("ended {:?} after it was told to", begun.elapsed());
    assert!(hanging.waited_for() > 0, "it ended when the drive answered, and not before");
    assert_eq!((ended.code, ended.stderr.contains(FORCED)), (Some(143), true), "{ended:?}");
    assert_eq!(rows_on_disk(&workspace), 12);
}

#[test]
fn a_pipe_beside_a_network_does_not_keep_it_from_being_added() {
    let home = Home::new();
    let folder = home.path("nets");
    std::fs::create_dir(&folder).expect("a folder");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe");
    for file in ["old.prototxt", "old.caffemodel"] {
        std::fs::copy(golden.join(file), folder.join(file)).expect("copied");
    }
    let made = Command::new("mkfifo").arg(folder.join("mean.binaryproto")).status().expect("mkfifo is there");
    assert!(made.success());
    let added = home.run(["networks".as_ref(), "add".as_ref(), folder.join("old.caffemodel").as_os_str()]);
    assert_eq!(added.code, Some(0), "{added:?}");
    let listed = home.run(["networks", "list", "--json"]).good_json();
    assert!(listed.as_array().expect("a list").iter().any(|known| known["name"] == "old"), "{listed}");
}
