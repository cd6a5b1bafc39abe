//! What the verbs share that take an Arrow stream into a workspace.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use clap::Args;

use super::{Console, Interrupted, Misuse, Outcome, interrupt};
use crate::domain::{Remarks, counted, thousands};
use crate::engine::{AdoptKind, AdoptReport, AdoptWish, EngineOptions, Progress, adopt};

/// Where rows go, and how they say which images they are of.
#[derive(Clone, Debug, Args)]
pub struct Adopting {
    /// The folder with the pictures
    pub folder: PathBuf,
    /// The column that says which image a row is of: text is taken for paths, whole numbers for images' numbers
    /// [default: path or id]
    #[arg(long, value_name = "COLUMN")]
    pub key: Option<String>,
    /// The beginning of paths that stands for FOLDER, where they were written elsewhere, such as hdfs:///photos/
    #[arg(long, value_name = "TEXT")]
    pub prefix: Option<String>,
    /// Where the workspace lies [default: named after the folder, in the user's data directory]
    #[arg(long, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// Answer with one JSON document
    #[arg(long)]
    pub json: bool,
}

impl Adopting {
    /// Takes in what comes on standard input.
    ///
    /// # Errors
    /// When it is no stream of such rows, or cannot be stored.
    pub fn run(&self, verb: &str, kind: AdoptKind, console: &mut Console) -> anyhow::Result<Outcome> {
        if io::stdin().is_terminal() {
            let why = format!(
                "rows come as an Arrow stream on standard input, which is a terminal: tiramisu {verb} FOLDER < \
                 rows.arrows (--help shows how to write one)"
            );
            bail!(Misuse(why));
        }
        interrupt::listen();
        let wish = AdoptWish {
            folder: self.folder.clone(),
            workspace: self.workspace.clone(),
            key: self.key.clone(),
            prefix: self.prefix.clone(),
            kind,
        };
        let progress = Arc::new(Progress::new("Storing vectors"));
        let counters = progress.clone();
        let work = move || adopt(&wish, &EngineOptions::default(), Box::new(io::stdin()), &counters);
        let work = std::thread::Builder::new().name("tiramisu-adopt".into()).spawn(work)?;
        while !work.is_finished() {
            std::thread::sleep(Duration::from_millis(10));
            console.show_done(&progress);
            if interrupt::was_asked() {
                // It stops soon, also where it waits for input, and commits what it has.
                progress.cancel();
            }
        }
        console.hide();
        let report = work.join().map_err(|_| anyhow!("storing the vectors failed"))??;
        if report.stopped {
            bail!(Interrupted);
        }
        answer(&report, console)
    }
}

fn answer(report: &AdoptReport, console: &mut Console) -> anyhow::Result<Outcome> {
    report.remarks.iter().for_each(|remark| console.note(remark));
    if report.stored + report.already + report.recorded == 0 {
        let rows = match report.rows {
            0 => bail!("no rows came, so nothing was stored"),
            1 => "the only row could not be stored".to_owned(),
            rows => format!("none of the {} rows could be stored", thousands(rows)),
        };
        // Otherwise they are of pictures that could not be read, and are known as such.
        if let Some((what, first)) =
            lists(report).into_iter().find_map(|(what, remarks)| Some((what, remarks.first.first()?)))
        {
            bail!("{rows}; the first is {what}: {first}");
        }
    }
    console.answer(report, &in_words(report))?;
    Ok(if report.is_whole() { Outcome::Done } else { Outcome::DoneExceptSome })
}

fn in_words(report: &AdoptReport) -> String {
    let images = |count| counted(count, "image", "images");
    let mut words =
        format!("vectors of {} stored as {}: {}\n", images(report.stored), report.network, report.layers.join(", "));
    let mut line = |count: usize, what: &str| {
        if count > 0 {
            words += &format!("{} {what}\n", images(count));
        }
    };
    line(report.replaced, "had others before");
    line(report.already, "had theirs already");
    line(report.recorded, "recorded for the first time");
    for (what, remarks) in lists(report).into_iter().filter(|(_, remarks)| remarks.count > 0) {
        words += &format!("{} {what}:\n", counted(remarks.count, "row", "rows"));
        remarks.first.iter().for_each(|remark| words += &format!("  {remark}\n"));
        if remarks.count > remarks.first.len() {
            words += &format!("  and {} more\n", remarks.count - remarks.first.len());
        }
    }
    words
}

/// What did not come in as it was, and why.
fn lists(report: &AdoptReport) -> [(&'static str, &Remarks); 5] {
    [
        ("of a picture that could not be read", &report.unreadable),
        ("of no picture of the collection", &report.unknown),
        ("left out: another row of the same image came before", &report.twice),
        ("left out: without a vector", &report.without_vector),
        ("left out: numbers that are not finite", &report.not_finite),
    ]
}
