//! Kills of everything that writes: extraction, layers that are added, compaction, names of versions and going back to them, pictures
//! that changed or moved, tags, labels and boxes that are imported, handwork that is taken and written, analyses, whole activations,
//! indices. After each kill there is of each kind of thing what there was before or what there is to be, and the same commands come to
//! the same as in a workspace where nobody was killed.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tiramisu::store::Workspace;

use super::held::Held;
use super::verbs::{self, Verb};
use crate::support::command::Home;

/// The most often that one verb is killed in a round.
const MOST_KILLS: usize = 3;

#[test]
#[ignore = "takes minutes: TIRAMISU_KILLS=200 cargo test --release -- --ignored can_be_killed"]
fn whatever_writes_can_be_killed_at_any_moment_and_done_again() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (wanted, seed) =
        (number("TIRAMISU_KILLS").unwrap_or(20) as usize, number("TIRAMISU_KILL_SEED").unwrap_or(2016));
    let home = Home::new();
    let sample = home.sample("sample", 66);
    let many = home.path("many");
    verbs::draw_many(&many);
    let extracted = home.path("extracted");
    assert!(begin(&home, &verbs::extraction_of_many(&many), &extracted).wait().expect("it ends").success());
    let mut killer = Killer { home: &home, random: fastrand::Rng::with_seed(seed), wanted, kills: 0, finished: 0 };
    let mut round = 0;
    while killer.kills < wanted {
        round += 1;
        assert!(round <= 20 + wanted, "{} kills in {round} rounds: all ends before it can be killed", killer.kills);
        let folder = home.path(&format!("pictures{round}"));
        copy_folder(&sample, &folder);
        let when = format!("round {round} of seed {seed}");
        let [whole, pieces] = ["whole", "pieces"].map(|name| home.path(&format!("{name}{round}")));
        killer.live(&folder, &verbs::of_few_pictures(&folder), [&whole, &pieces], &when);
        assert_eq!(told(&home, &folder, &pieces), told(&home, &folder, &whole), "{when}");
        let [whole, pieces] = ["whole", "pieces"].map(|name| home.path(&format!("{name}_of_many{round}")));
        for workspace in [&whole, &pieces] {
            copy_folder(&extracted, workspace);
        }
        killer.live(&many, &verbs::of_many_pictures(&many), [&whole, &pieces], &when);
    }
    let Killer { kills, finished, .. } = killer;
    eprintln!(
        "{kills} kills in {round} rounds of seed {seed}; {finished} times going back was finished by who opened it"
    );
}

struct Killer<'a> {
    home: &'a Home,
    random: fastrand::Rng,
    wanted: usize,
    kills: usize,
    /// How often going back was half done, and was finished by somebody who only opened the workspace.
    finished: usize,
}

impl Killer<'_> {
    /// Has all verbs done in both workspaces, one after the other, and kills who does them in the second.
    fn live(&mut self, folder: &Path, verbs: &[Verb], [whole, pieces]: [&Path; 2], when: &str) {
        let mut before = Held::of(whole, &document_of(whole));
        before.assert_is(&Held::of(pieces, &document_of(pieces)), when);
        for (step, verb) in verbs.iter().enumerate() {
            (verb.change)(folder);
            let begun = Instant::now();
            let ended = begin(self.home, verb, whole).wait().expect("it ends");
            let took = begun.elapsed();
            assert!(ended.success(), "{:?} ended with {ended}: {}", verb.words, said(self.home));
            let after = Held::of(whole, &document_of(whole));
            let mut killed = 0;
            let done = loop {
                let mut running = begin(self.home, verb, pieces);
                let may_die = killed < MOST_KILLS && self.kills < self.wanted && self.random.u32(0..3) > 0;
                let was_killed = may_die && self.kill_within(&mut running, took);
                let when = format!("{when}, step {step}, {:?}, after {} kills", verb.words, self.kills);
                if !was_killed {
                    let ended = running.wait().expect("it ends");
                    assert!(ended.success(), "{when}: it ended with {ended}: {}", said(self.home));
                    break when;
                }
                killed += 1;
                let left = Held::of(pieces, &document_of(pieces));
                left.assert_between(&before, &after, verb.commits(), &when);
                if left.is_half_restored && self.random.bool() {
                    self.finished += 1;
                    drop(Workspace::open_to_write(pieces).expect("nobody has it"));
                    Held::of(pieces, &document_of(pieces)).assert_is(&after, &when);
                }
            };
            Held::of(pieces, &document_of(pieces)).assert_is(&after, &done);
            before = after;
        }
    }

    /// Kills the process at some moment of the time that it takes. Says whether it was alive.
    fn kill_within(&mut self, running: &mut Child, took: Duration) -> bool {
        let micros = u64::try_from(took.as_micros()).expect("it does not take years");
        std::thread::sleep(Duration::from_micros(self.random.u64(0..=micros)));
        let was_alive = running.try_wait().expect("it can be asked").is_none();
        if was_alive {
            running.kill().expect("it can be killed");
            running.wait().expect("it ends");
            self.kills += 1;
        }
        was_alive
    }
}

/// What the last verb wrote to standard error.
const SAID: &str = "said.txt";

fn said(home: &Home) -> String {
    std::fs::read_to_string(home.path(SAID)).unwrap_or_default()
}

fn begin(home: &Home, verb: &Verb, workspace: &Path) -> Child {
    let mut command = home.command(&verb.words);
    if verb.writes_a_document() {
        command.arg(document_of(workspace)).arg("--overwrite");
    }
    command.arg("--workspace").arg(workspace).arg("--json");
    if !verb.is_of_all_networks() {
        command.args(["--compute", "cpu", "--network", "filters"]);
    }
    let said = std::fs::File::create(home.path(SAID)).expect("a file");
    command.stdout(Stdio::null()).stderr(said).spawn().expect("the binary starts")
}

/// Where the handwork of a workspace is written.
fn document_of(workspace: &Path) -> PathBuf {
    workspace.with_extension("handwork.json")
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("a readable folder");
        let to = to.join(entry.path().strip_prefix(from).expect("it is below"));
        match entry.file_type().is_dir() {
            true => std::fs::create_dir_all(to).expect("a folder"),
            false => drop(std::fs::copy(entry.path(), to).expect("a copy")),
        }
    }
}

/// What is known of a workspace but for when and in how many versions and bytes.
fn told(home: &Home, folder: &Path, workspace: &Path) -> serde_json::Value {
    let place = workspace.to_str().expect("UTF-8");
    let info = home.run(["info", folder.to_str().expect("UTF-8"), "--workspace", place, "--json"]).good_json();
    let rows = |list: &serde_json::Value| -> Vec<(serde_json::Value, serde_json::Value)> {
        let all = list.as_array().expect("a list").iter();
        all.map(|it| (it.get("name").or(it.get("table")).cloned().unwrap_or_default(), it["rows"].clone())).collect()
    };
    serde_json::json!({
        "images": info["images"], "gone": info["gone"], "problems": info["problems"],
        "tables": rows(&info["tables"]), "findings": rows(&info["findings"]),
    })
}
