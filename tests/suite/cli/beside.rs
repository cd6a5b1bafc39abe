//! Whoever writes or clears away beside an extraction of another process is told to wait, and touches nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::super::support::command::{Answer, Home, rows_on_disk};
use super::stopping::{Ended, tell};

/// The files of all tables with what they hold. What only remembers lies beside them.
fn tables(workspace: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let is_of_table =
        |path: &Path| path.components().next().is_some_and(|it| it.as_os_str().to_string_lossy().ends_with(".lance"));
    Home::files(workspace).into_iter().filter(|(path, _)| is_of_table(path)).collect()
}

#[test]
fn nobody_clears_away_or_writes_beside_an_extraction_of_another_process() {
    let home = Home::new();
    let folder = home.sample("pictures", 120);
    let workspace = home.path("workspace");
    let run = |line: &str| -> Answer {
        let line = line.replace("OPENED", "--network filters --compute cpu");
        let word = |word: &str| match word {
            "FOLDER" => folder.as_os_str().to_owned(),
            "WORKSPACE" => workspace.as_os_str().to_owned(),
            word => word.into(),
        };
        home.run(line.split_whitespace().map(word))
    };
    let extract = "extract FOLDER --workspace WORKSPACE OPENED --commit-every 10 --batch 2 --json";
    let words = extract.replace("OPENED", "--network filters --compute cpu");
    let words = words.split_whitespace().map(|word| match word {
        "FOLDER" => folder.as_os_str().to_owned(),
        "WORKSPACE" => workspace.as_os_str().to_owned(),
        word => word.into(),
    });
    let mut running = home.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let _ends = EndsWith(running.id());
    while rows_on_disk(&workspace) < 20 {
        assert!(running.try_wait().expect("it can be waited for").is_none(), "it ended too soon");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    // Between two of its steps, wherever that is.
    tell(&running, "-STOP");
    // A file of a commit that is under way is known by nobody but who writes it.
    let entries = fs::read_dir(&workspace).expect("a folder").flatten().map(|entry| entry.path());
    // Tables of exemplars and statistics are written again and again, and tidied by who does that.
    let is_tidied = |path: &Path| ["exemplars", "statistics"].iter().any(|name| path.to_string_lossy().contains(name));
    let found: Vec<PathBuf> = entries.filter(|path| path.join("_versions").is_dir() && !is_tidied(path)).collect();
    assert!(found.len() >= 2, "{found:?}");
    let under_way: Vec<PathBuf> = found.iter().map(|table| table.join("data/under_way.lance")).collect();
    under_way.iter().for_each(|file| fs::write(file, b"not yet named").expect("a file"));
    let before = tables(&workspace);

    for verb in [
        "storage WORKSPACE --compact --keep-versions 1 --sizes-only",
        "storage WORKSPACE --prefer cheap-updates --sizes-only",
        "versions FOLDER restore 1 --table images --workspace WORKSPACE",
        "tag FOLDER seen --where id<5 --workspace WORKSPACE OPENED",
        "cluster FOLDER --count 3 --workspace WORKSPACE OPENED",
        "exemplars FOLDER --workspace WORKSPACE OPENED",
        "extract FOLDER --workspace WORKSPACE OPENED",
    ] {
        let answer = run(verb);
        assert_eq!(tables(&workspace), before, "{verb}: {answer:?}");
        // What only asks is answered; what is to change something says why it cannot.
        let is_question = verb.starts_with("exemplars");
        let is_refused = answer.stderr.contains("already open in another Tiramisu");
        assert!(is_refused != is_question, "{verb}: {answer:?}");
        assert!(!is_question || answer.code == Some(0), "{verb}: {answer:?}");
    }

    tell(&running, "-CONT");
    let ended = Ended::of(running);
    assert_eq!((ended.code, &ended.json()["with_vectors"]), (Some(0), &120.into()), "{ended:?}");
    let exemplars = run("exemplars FOLDER --workspace WORKSPACE OPENED --json").good_json();
    assert!(!exemplars["exemplars"].as_array().expect("a list").is_empty());
    // That it would have been cleared away, had anybody done so.
    assert!(under_way.iter().all(|file| file.exists()));
    assert_eq!(run("storage WORKSPACE --keep-versions 1 --sizes-only").code, Some(0));
    assert!(!under_way.iter().any(|file| file.exists()));
    assert_eq!(rows_on_disk(&workspace), 120);
}

/// A program that is stopped does not end by itself where a test fails.
struct EndsWith(u32);

impl Drop for EndsWith {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::process::Command::new("kill").args(["-KILL", &self.0.to_string()]).status().ok();
        }
    }
}
