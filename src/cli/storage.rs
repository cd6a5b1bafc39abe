//! `tiramisu storage FOLDER`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use clap::Args as ClapArgs;

use super::arguments::Arguments;
use super::parsers::one_of;
use super::{Console, Interrupted, Outcome, collection, interrupt};
use crate::domain::{
    Counted, EXACT_BYTES, IndexPlan, KeyValueAdvice, Preference, StorageReport, TableStorage, counted, in_words,
};
use crate::engine::{self, MaintenanceReport, MaintenanceWish, Progress};

/// Shows what the workspace costs: for every column and index the bytes on disk, the bytes that a query reads and the
/// bytes that new images write, each compared with the size of the bare numbers. Only two of the three can be small at
/// once; --prefer chooses. Also says when vectors are better kept in a key-value store, too.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu storage ~/Pictures
  tiramisu storage ~/Pictures --sizes-only --json
  tiramisu storage ~/Pictures --prefer fast-reads
  tiramisu storage ~/Pictures --compact --keep-versions 1    versions with a name remain")]
pub struct StorageArgs {
    /// The folder with the pictures, or a workspace
    #[arg(value_name = "FOLDER|WORKSPACE")]
    path: PathBuf,
    /// The workspace, if it does not lie in the usual place
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// What should be cheap; applies to existing tables and to everything written later
    #[arg(long, value_parser = one_of(Preference::ALL, Preference::word))]
    prefer: Option<Preference>,
    /// Merge small files
    #[arg(long)]
    compact: bool,
    /// Delete all versions except the latest KEEP of each table and those with a name
    #[arg(long, alias = "forget-versions", value_name = "KEEP", value_parser = clap::value_parser!(u32).range(1..))]
    keep_versions: Option<u32>,
    /// Show sizes only; measuring reads and writes would read every column once
    #[arg(long)]
    sizes_only: bool,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for StorageArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        "Every table is intact, and the steps finished so far are done."
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When there is no workspace, it is open elsewhere, or the disk does not let us.
fn run(args: &StorageArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let root = collection::workspace_at(&args.path, args.workspace.as_deref())?;
    if let Some(preference) = args.prefer {
        let plan = engine::plan_indices(&root, preference, EXACT_BYTES)?;
        if !plan.is_empty() {
            // Before the work: it may take long, and Ctrl-C is still free.
            console.note(plan.in_words());
        }
    }
    let mut wishes: Vec<MaintenanceWish> = Vec::new();
    wishes.extend(args.prefer.map(|preference| MaintenanceWish::Prefer(Some(preference))));
    wishes.extend(args.compact.then_some(MaintenanceWish::Compact));
    wishes.extend(args.keep_versions.map(|kept| MaintenanceWish::DeleteVersions(kept as usize)));
    wishes.push(MaintenanceWish::Inspect { measured: !args.sizes_only });
    interrupt::listen();
    let progress = Arc::new(Progress::new("Inspecting the workspace"));
    let counters = progress.clone();
    let keep = move || engine::maintain(&root, &wishes, EXACT_BYTES, &counters);
    let work = std::thread::Builder::new().name("tiramisu-maintenance".into()).spawn(keep)?;
    while !work.is_finished() {
        console.show(&progress);
        if interrupt::was_asked() {
            progress.cancel();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    console.hide();
    let news = work.join().map_err(|_| anyhow!("the work ended unexpectedly; the log may say why"))?;
    // What was stopped is told as a problem, too.
    let news = news.map_err(|problem| match problem.what.as_str() {
        engine::STOPPED => Interrupted.into(),
        _ => anyhow::Error::from(problem),
    })?;
    console.answer(
        &serde_json::json!({
            "done": news.done,
            "plans": plans_of(&news),
            "storage": news.storage,
            "key_value": news.storage.key_value_advice(),
        }),
        &in_words(&news),
    )?;
    Ok(Outcome::Done)
}

/// What each preference would do to indices.
fn plans_of(news: &MaintenanceReport) -> serde_json::Value {
    let plan = |(preference, plan): &(Preference, IndexPlan)| (preference.word().to_owned(), serde_json::json!(plan));
    news.plans.iter().map(plan).collect::<serde_json::Map<_, _>>().into()
}

fn in_words(news: &MaintenanceReport) -> String {
    let StorageReport { prefer, layout, bytes, tables } = &news.storage;
    let key_value = news.storage.key_value_advice();
    let mut words = String::new();
    if !news.done.is_empty() {
        words += &format!("{}\n\n", news.done);
    }
    words += &format!("on disk    {}\n", in_words::bytes(*bytes));
    words += &format!("preference {}\n", prefer.map_or("none (balanced)", Preference::word));
    words += &format!(
        "           a table has at most {} before they are merged\n",
        counted(layout.small_fragments, "small file", "small files")
    );
    for (preference, plan) in news.plans.iter().filter(|(_, plan)| !plan.is_empty()) {
        words += &format!("--prefer {}: {}\n", preference.word(), plan.in_words());
    }
    words.extend(key_value.map(key_value_in_words));
    words += "\nIn brackets: how many times the size of the bare numbers; 1 is the least possible.\n";
    tables.iter().for_each(|table| words += &table_in_words(table));
    words
}

/// For whom a key-value store is, and what it costs.
fn key_value_in_words(advice: KeyValueAdvice) -> String {
    format!(
        "key-value  Redis, in {} of memory, would give single vectors {:.0} times as quickly as these tables, and change \
         them {:.0} times as quickly,\n           but take {:.0} times as long to find neighbours: for whoever reads or \
         changes single images, much and often\n           (in Python, tiramisu_vision.redis)\n",
        in_words::bytes(advice.memory),
        KeyValueAdvice::READ,
        KeyValueAdvice::CHANGE,
        KeyValueAdvice::SEARCH,
    )
}

fn table_in_words(table: &TableStorage) -> String {
    let mut words = format!(
        "\n{}.lance: {}, {}, {}\n",
        table.table,
        counted(table.rows as usize, "row", "rows"),
        counted(table.fragments as usize, "file", "files"),
        counted(table.versions as usize, "version", "versions"),
    );
    words += &format!(
        "  on disk {}, of which {} in older versions\n",
        with_ratio(table.memory),
        in_words::bytes(table.old_bytes)
    );
    if let Some(update) = table.update {
        words += &format!(
            "  a commit of {} writes {}\n",
            counted(table.commit_rows as usize, "image", "images"),
            with_ratio(update)
        );
    }
    for column in &table.representations {
        let precision = if column.precision == Some("single") { ", in single precision" } else { "" };
        words += &format!("  {}: {}{precision}\n", column.column, with_ratio(column.memory));
        if let Some(read) = column.read {
            words += &format!("      read for {}: {}\n", column.query, with_ratio(read));
        }
        if let Some(update) = column.update {
            let images = table.commit_rows.max(1);
            words += &format!("      written per image: {}\n", with_ratio_each(update, images));
        }
    }
    for index in &table.indices {
        words += &format!("  index {} of {}: {}\n", index.name, index.column, with_ratio(index.memory));
        if let Some(read) = index.read {
            words += &format!("      read for the ten nearest: {}\n", with_ratio(read));
        }
        if let Some(update) = index.update {
            let images = counted(index.update_rows as usize, "image", "images");
            words += &format!("      written when {images} were added: {}\n", with_ratio(update));
        }
        if index.rows_outside > 0 {
            words += &format!("      {} not in it yet\n", counted(index.rows_outside as usize, "row", "rows"));
        }
    }
    words
}

fn with_ratio(of: Counted) -> String {
    with_ratio_each(of, 1)
}

fn with_ratio_each(of: Counted, images: u64) -> String {
    match of.ratio() {
        Some(ratio) => format!("{} ({ratio:.2} times)", in_words::bytes(of.bytes / images)),
        None => in_words::bytes(of.bytes / images),
    }
}
