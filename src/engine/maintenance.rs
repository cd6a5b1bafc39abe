//! Workspace maintenance: what it costs, which versions there are, and the work that changes either.

pub mod handwork;
pub mod index_plans;
pub mod versions;

use std::path::Path;

use crate::domain::{IndexPlan, Preference, VersionName, counted, in_words};
use crate::engine::collection::repair;
use crate::engine::message::{MaintenanceReport, MaintenanceWish, Problem, Progress, STOPPED};
use crate::store::{MaintenanceDone, StoreError, Workspace};

/// Does what is wished, and looks. Where neighbours are asked for, vectors of `exact_bytes` are compared one by one: what indices would
/// be built goes by that.
///
/// # Errors
/// When the workspace does not let us, or the person stopped it.
pub fn do_wish(
    workspace: &mut Workspace,
    wish: &MaintenanceWish,
    exact_bytes: usize,
    progress: &Progress,
) -> Result<MaintenanceReport, Problem> {
    let mut told = 0;
    let mut tell = |done: usize, total: usize| {
        progress.set_total(total, true);
        progress.add(done.saturating_sub(told), 0);
        told = done.max(told);
        !progress.is_cancelled()
    };
    let refused = |error: StoreError| {
        if matches!(error, StoreError::Stopped { .. }) {
            return Problem::new(STOPPED, "every table is intact");
        }
        Problem::new(failure(wish), error)
    };
    let mut done = act(workspace, wish, &mut tell).map_err(refused)?;
    if let MaintenanceWish::Prefer(preference) = wish {
        let storage = workspace.storage(false, &mut |_, _| true).map_err(refused)?;
        let plan = index_plans::plan(workspace, &storage, *preference, exact_bytes).map_err(refused)?;
        if !plan.build.is_empty() {
            let built = index_plans::build(workspace, &plan, progress)?;
            workspace.refresh().map_err(refused)?;
            let of = plan.build.len();
            done += &format!(" {built} of {} built.", counted(of, "index", "indices"));
        }
    }
    let measured = matches!(wish, MaintenanceWish::Inspect { measured: true });
    let storage = match measured {
        true => workspace.storage(true, &mut tell),
        false => workspace.storage(false, &mut |_, _| true),
    };
    let mut compared = None;
    if let MaintenanceWish::Compare { table, before, after } = wish {
        compared = Some(workspace.compare(table, before, after).map_err(refused)?);
    }
    let histories = workspace.histories().map_err(refused)?;
    let storage = storage.map_err(refused)?;
    let plan = |preference| Ok((preference, index_plans::plan(workspace, &storage, Some(preference), exact_bytes)?));
    let plans = Preference::ALL.into_iter().map(plan).collect::<Result<Vec<_>, StoreError>>().map_err(refused)?;
    Ok(MaintenanceReport { storage, histories, done, plans, compared })
}

fn act(
    workspace: &mut Workspace,
    wish: &MaintenanceWish,
    tell: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<String, StoreError> {
    Ok(match wish {
        MaintenanceWish::Inspect { .. } | MaintenanceWish::Compare { .. } => String::new(),
        MaintenanceWish::Prefer(preference) => {
            workspace.prefer(*preference)?;
            done_in_words(&workspace.maintain(false, tell)?)
        }
        MaintenanceWish::Compact => done_in_words(&workspace.maintain(true, tell)?),
        MaintenanceWish::DeleteVersions(kept) => {
            format!("{} freed.", in_words::bytes(workspace.delete_old_versions(*kept)?))
        }
        MaintenanceWish::NameVersion(name) => {
            let given = workspace.tag(name, None, &VersionName::Latest)?.len();
            format!("The present state is now called {name}, in {}.", counted(given, "table", "tables"))
        }
        MaintenanceWish::ForgetName(name) => {
            let taken = workspace.forget_name(name, None)?.len();
            format!("The name {name} was removed, in {}.", counted(taken, "table", "tables"))
        }
        MaintenanceWish::ForgetLostName(name) => {
            let taken = workspace.forget_lost_name(name)?.len();
            format!("The name {name} was forgotten, in {}.", counted(taken, "table", "tables"))
        }
        MaintenanceWish::Restore { table, version } => {
            let done = workspace.restore(table.as_deref(), version)?;
            let removed: usize = done.iter().map(|table| table.rows_removed).sum();
            let tables = counted(done.iter().filter(|table| table.from.is_some()).count(), "table", "tables");
            match removed {
                0 => format!("Version {version} was restored, in {tables}."),
                _ => format!(
                    "Version {version} was restored, in {tables}. {} that belong to other pictures were removed; \
                     extract again to make them anew.",
                    counted(removed, "row", "rows")
                ),
            }
        }
    })
}

fn failure(wish: &MaintenanceWish) -> &'static str {
    match wish {
        MaintenanceWish::Inspect { .. } => "The workspace could not be inspected",
        MaintenanceWish::Compare { .. } => "The versions could not be compared",
        MaintenanceWish::Prefer(_) | MaintenanceWish::Compact => "The small files could not be merged",
        MaintenanceWish::DeleteVersions(_) => "Old versions could not be deleted",
        MaintenanceWish::NameVersion(_) | MaintenanceWish::ForgetName(_) | MaintenanceWish::ForgetLostName(_) => {
            "The version could not be named"
        }
        MaintenanceWish::Restore { .. } => "The version could not be restored",
    }
}

fn done_in_words(kept: &MaintenanceDone) -> String {
    let mut parts = Vec::new();
    if !kept.compacted.is_empty() {
        parts.push(format!("small files of {} merged", counted(kept.compacted.len(), "table", "tables")));
    }
    if !kept.indexed.is_empty() {
        parts.push(format!("{} brought up to date", counted(kept.indexed.len(), "index", "indices")));
    }
    if !kept.dropped.is_empty() {
        parts.push(format!("{} dropped", counted(kept.dropped.len(), "index", "indices")));
    }
    if kept.freed_bytes > 0 {
        parts.push(format!("{} freed", in_words::bytes(kept.freed_bytes)));
    }
    match parts.as_slice() {
        [] => "Everything has that layout already.".to_owned(),
        parts => format!("Done: {}.", parts.join(", ")),
    }
}

/// What a preference would do to the indices of the workspace at `root`, where vectors of `exact_bytes` are compared one by one: nothing
/// is changed.
///
/// # Errors
/// When there is no workspace, or it cannot be read.
pub fn plan_indices(root: &Path, preference: Preference, exact_bytes: usize) -> Result<IndexPlan, Problem> {
    let unread = |error: StoreError| Problem::new("The workspace could not be opened", error);
    let workspace = Workspace::look_into(root).map_err(unread)?;
    let storage = workspace.storage(false, &mut |_, _| true).map_err(unread)?;
    index_plans::plan(&workspace, &storage, Some(preference), exact_bytes).map_err(unread)
}

/// Does one thing after the other in the workspace at `root`, and says how it is then. Whatever changes something needs
/// that nobody else has it open. `exact_bytes` is as for [`do_wish`].
///
/// # Errors
/// As [`do_wish`], and when there is no workspace, or it is open elsewhere.
pub fn maintain(
    root: &Path,
    wishes: &[MaintenanceWish],
    exact_bytes: usize,
    progress: &Progress,
) -> Result<MaintenanceReport, Problem> {
    let opened = match wishes.iter().all(MaintenanceWish::only_inspects) {
        true => Workspace::look_into(root),
        false => Workspace::open_to_write(root),
    };
    let mut workspace = opened.map_err(|error| Problem::new("The workspace could not be opened", error))?;
    let mut sentences: Vec<String> = repair::remarks(&workspace).iter().map(ToString::to_string).collect();
    let mut last = None;
    for wish in wishes {
        let news = do_wish(&mut workspace, wish, exact_bytes, progress)?;
        sentences.extend(Some(news.done.clone()).filter(|done| !done.is_empty()));
        last = Some(news);
    }
    let news = match last {
        Some(news) => news,
        None => do_wish(&mut workspace, &MaintenanceWish::Inspect { measured: false }, exact_bytes, progress)?,
    };
    Ok(MaintenanceReport { done: sentences.join("\n"), ..news })
}
