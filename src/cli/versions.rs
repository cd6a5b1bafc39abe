//! `tiramisu versions FOLDER [list|name|forget-name|restore|compare]`

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args as ClapArgs, Subcommand};

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::{Console, Misuse, Outcome, collection};
use crate::domain::{
    LostName, Restored, TableHistory, TableVersion, VersionComparison, VersionName, counted, in_words, moment_in_words,
};
use crate::engine;

/// Versions of the workspace. Every commit is a version of a table, and versions remain until they are deleted
/// (`tiramisu storage FOLDER --keep-versions 1`); those with a name are never deleted.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu versions ~/Pictures                                 list them
  tiramisu versions ~/Pictures name before-holiday             name the present state of all tables
  tiramisu versions ~/Pictures restore before-holiday         go back to it; the states in between remain available
  tiramisu versions ~/Pictures compare 3 latest --table images
  tiramisu versions ~/Pictures restore 7 --table squeezenet_v1_1_0a1b2c3d

A name covers the whole state: pictures, vectors, tags, names of clusters, classes. Results that did not exist at that time (a map, a clustering) are not removed. The state that is replaced remains available as a version.

Rows never end up with the wrong picture: those of pictures that have changed since are removed, and the next `tiramisu extract` makes them anew.")]
pub struct VersionsArgs {
    /// The folder with the pictures, or a workspace
    #[arg(value_name = "FOLDER|WORKSPACE")]
    path: PathBuf,
    /// The workspace, if it does not lie in the usual place
    #[arg(long, value_name = "DIR", global = true)]
    workspace: Option<PathBuf>,
    /// Answer with one JSON document
    #[arg(long, global = true)]
    json: bool,
    /// What to do
    #[command(subcommand)]
    verb: Option<VersionsVerb>,
}

/// What can be done with versions.
#[derive(Debug, Subcommand)]
pub enum VersionsVerb {
    /// List the versions (the default)
    List {
        /// Only those of one table
        #[arg(long, value_name = "NAME")]
        table: Option<String>,
    },
    /// Name a version: by default the present state of all tables
    #[command(alias = "tag")]
    Name {
        /// The name: letters, digits, `.`, `-` and `_`
        name: String,
        /// Of one table only
        #[arg(long, value_name = "NAME")]
        table: Option<String>,
        /// An older version of that table
        #[arg(long, value_name = "VERSION", requires = "table", default_value = "latest", value_parser = parse_version)]
        version: VersionName,
    },
    /// Remove a name; the version remains
    #[command(alias = "untag")]
    ForgetName {
        /// The name
        name: String,
        /// Of one table only
        #[arg(long, value_name = "NAME")]
        table: Option<String>,
    },
    /// Make an earlier version the latest again
    #[command(alias = "checkout")]
    Restore {
        /// A name that was given, or with --table a number
        #[arg(value_name = "NAME|VERSION", value_parser = parse_version)]
        version: VersionName,
        /// One table only
        #[arg(long, value_name = "NAME")]
        table: Option<String>,
    },
    /// Show how two versions differ
    Compare {
        /// A number, a name, or `latest`
        #[arg(value_name = "A", value_parser = parse_version)]
        before: VersionName,
        /// The same
        #[arg(value_name = "B", value_parser = parse_version)]
        after: VersionName,
        /// Of one table only; by default of all that have both
        #[arg(long, value_name = "NAME")]
        table: Option<String>,
    },
}

impl Arguments for VersionsArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_CHANGED
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When there is no workspace or no such version, or the workspace is open elsewhere.
fn run(args: &VersionsArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let root = collection::workspace_at(&args.path, args.workspace.as_deref())?;
    engine::remarks(&root).iter().for_each(|remark| console.note(remark));
    match &args.verb {
        None => list(&root, None, console)?,
        Some(VersionsVerb::List { table }) => list(&root, table.as_deref(), console)?,
        Some(VersionsVerb::Name { name, table, version }) => {
            let given = engine::name_version(&root, name, table.as_deref(), version)?;
            let lines: Vec<String> = given
                .iter()
                .map(|(table, version)| format!("{table}, version {version}, is called {name}\n"))
                .collect();
            let rows: Vec<_> = given
                .iter()
                .map(|(table, version)| serde_json::json!({ "table": table, "version": version }))
                .collect();
            console.answer(&serde_json::json!({ "tag": name, "tagged": rows }), &lines.concat())?;
        }
        Some(VersionsVerb::ForgetName { name, table }) => {
            let taken = engine::forget_version_name(&root, name, table.as_deref())?;
            let words = format!("the name {name} was removed, from {}\n", taken.join(", "));
            console.answer(&serde_json::json!({ "tag": name, "untagged": taken }), &words)?;
        }
        Some(VersionsVerb::Restore { version, table }) => {
            if let (VersionName::Number(number), None) = (version, table) {
                bail!(Misuse(format!(
                    "version {number} of which table? Name it with --table; `tiramisu versions FOLDER` lists them"
                )));
            }
            let done = engine::restore_version(&root, table.as_deref(), version)?;
            let stayed = match table {
                None => engine::histories(&root)?,
                Some(_) => Vec::new(),
            };
            let lacks_it = |history: &&TableHistory| !has(history, version);
            let stayed: Vec<String> = stayed.iter().filter(lacks_it).map(|history| history.table.clone()).collect();
            let answer = serde_json::json!({ "checked_out": done, "without_it": stayed });
            console.answer(&answer, &restored_in_words(&done, &stayed, version))?;
        }
        Some(VersionsVerb::Compare { before, after, table }) => {
            let compared = compare(&root, table.as_deref(), before, after)?;
            let words: Vec<String> = compared.iter().map(comparison_in_words).collect();
            console.answer(&serde_json::json!({ "compared": compared }), &words.concat())?;
        }
    }
    Ok(Outcome::Done)
}

fn list(root: &Path, table: Option<&str>, console: &mut Console) -> anyhow::Result<()> {
    let mut histories = engine::histories(root)?;
    if let Some(table) = table {
        histories.retain(|history| history.table == table);
        if histories.is_empty() {
            bail!("there is no table of this name; `tiramisu versions FOLDER` lists them: {table}");
        }
    }
    let words: Vec<String> = histories.iter().map(history_in_words).collect();
    console
        .answer(&serde_json::json!({ "workspace": root.display().to_string(), "tables": histories }), &words.join("\n"))
}

fn compare(
    root: &Path,
    table: Option<&str>,
    before: &VersionName,
    after: &VersionName,
) -> anyhow::Result<Vec<VersionComparison>> {
    if let Some(table) = table {
        return Ok(vec![engine::compare_versions(root, table, before, after)?]);
    }
    let histories = engine::histories(root)?;
    let with_both = histories.iter().filter(|history| has(history, before) && has(history, after));
    let compared = with_both.map(|history| engine::compare_versions(root, &history.table, before, after));
    let compared = compared.collect::<Result<Vec<_>, _>>()?;
    if compared.is_empty() {
        bail!("no table has both versions, {before} and {after}; `tiramisu versions FOLDER` lists those there are");
    }
    Ok(compared)
}

fn has(history: &TableHistory, name: &VersionName) -> bool {
    history.versions.iter().any(|version| match name {
        VersionName::Latest => true,
        VersionName::Number(number) => version.number == *number,
        VersionName::Name(tag) => version.tags.contains(tag),
    })
}

fn history_in_words(history: &TableHistory) -> String {
    let mut words = format!("{}.lance\n", history.table);
    for version in &history.versions {
        words += &format!("  {}  {}\n", version_in_words(version), version.tags.join(", "));
    }
    for LostName { name, given_unix_secs } in &history.lost_names {
        let given = moment_in_words(*given_unix_secs);
        words += &format!("  which version is called {name} is not known: the name, given {given}, cannot be read\n");
    }
    words
}

fn version_in_words(version: &TableVersion) -> String {
    format!(
        "{:6}  {}  {:>12}  {:>10}  {:>9}",
        version.number,
        moment_in_words(version.committed_unix_secs),
        counted(version.rows as usize, "row", "rows"),
        in_words::bytes(version.bytes),
        counted(version.fragments as usize, "file", "files"),
    )
}

fn restored_in_words(done: &[Restored], stayed: &[String], version: &VersionName) -> String {
    let mut words = String::new();
    if done.is_empty() {
        words += "this is the present state already; nothing changed\n";
    }
    for table in done {
        match table.from {
            Some(from) => {
                words += &format!("{}: version {from} was restored as version {}", table.table, table.version)
            }
            None => words += &format!("{}: version {}", table.table, table.version),
        }
        words += &format!("; the state until now is version {}", table.before);
        if table.rows_removed > 0 {
            words += &format!(", {} of other pictures removed", counted(table.rows_removed, "row", "rows"));
        }
        words += "\n";
    }
    if !stayed.is_empty() {
        words += &format!("these tables have no version called {version} and are unchanged: {}\n", stayed.join(", "));
    }
    if !done.is_empty() {
        words += "`tiramisu extract` makes the vectors that are missing now\n";
    }
    words
}

fn comparison_in_words(compared: &VersionComparison) -> String {
    let mut words = format!(
        "{}.lance\n  {}\n  {}\n  {} added, {} removed\n",
        compared.table,
        version_in_words(&compared.before),
        version_in_words(&compared.after),
        counted(compared.rows_added as usize, "row", "rows"),
        compared.rows_removed,
    );
    let mut columns =
        |sign: char, names: &[String]| names.iter().for_each(|name| words += &format!("  {sign} {name}\n"));
    columns('+', &compared.columns_added);
    columns('-', &compared.columns_removed);
    words
}

fn parse_version(text: &str) -> Result<VersionName, std::convert::Infallible> {
    text.parse()
}
