//! Keeping house in a workspace: what it costs, which versions there are, and the work that changes either.

pub mod index_plans;
pub mod versions;

use std::path::Path;

use crate::domain::{IndexPlan, Preference, VersionName, counted, in_words};
use crate::engine::collection::mending;
use crate::engine::message::{HouseNews, HouseWish, Problem, Progress, STOPPED};
use crate::store::{StoreError, Upkept, Workspace};

/// Does what is wished, and looks.
///
/// # Errors
/// When the workspace does not let us, or the person stopped it.
pub fn keep(workspace: &mut Workspace, wish: &HouseWish, progress: &Progress) -> Result<HouseNews, Problem> {
    let mut told = 0;
    let mut tell = |done: usize, total: usize| {
        progress.set_total(total, true);
        progress.add(done.saturating_sub(told), 0);
        told = done.max(told);
        !progress.is_cancelled()
    };
    let refused = |error: StoreError| {
        if matches!(error, StoreError::Stopped { .. }) {
            return Problem::new(STOPPED, "every table is whole as it is");
        }
        Problem::new(failure(wish), error)
    };
    let mut done = act(workspace, wish, &mut tell).map_err(refused)?;
    if let HouseWish::Prefer(preference) = wish {
        let storage = workspace.storage(false, &mut |_, _| true).map_err(refused)?;
        let plan = index_plans::plan(workspace, &storage, *preference).map_err(refused)?;
        if !plan.build.is_empty() {
            let built = index_plans::build(workspace, &plan, progress)?;
            workspace.refresh().map_err(refused)?;
            let of = plan.build.len();
            done += &format!(" {built} of {} built.", counted(of, "index", "indices"));
        }
    }
    let measured = matches!(wish, HouseWish::Look { measured: true });
    let storage = match measured {
        true => workspace.storage(true, &mut tell),
        false => workspace.storage(false, &mut |_, _| true),
    };
    let mut compared = None;
    if let HouseWish::Compare { table, before, after } = wish {
        compared = Some(workspace.compare(table, before, after).map_err(refused)?);
    }
    let histories = workspace.histories().map_err(refused)?;
    let storage = storage.map_err(refused)?;
    let plan = |preference| Ok((preference, index_plans::plan(workspace, &storage, Some(preference))?));
    let plans = Preference::ALL.into_iter().map(plan).collect::<Result<Vec<_>, StoreError>>().map_err(refused)?;
    Ok(HouseNews { storage, histories, done, plans, compared })
}

fn act(
    workspace: &mut Workspace,
    wish: &HouseWish,
    tell: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<String, StoreError> {
    Ok(match wish {
        HouseWish::Look { .. } | HouseWish::Compare { .. } => String::new(),
        HouseWish::Prefer(preference) => {
            workspace.prefer(*preference)?;
            kept_in_words(&workspace.keep_house(false, tell)?)
        }
        HouseWish::Compact => kept_in_words(&workspace.keep_house(true, tell)?),
        HouseWish::ForgetVersions(kept) => {
            format!("{} freed.", in_words::bytes(workspace.forget_old_versions(*kept)?))
        }
        HouseWish::Tag(name) => {
            let given = workspace.tag(name, None, &VersionName::Latest)?.len();
            format!("The present state is called {name}, in {}.", counted(given, "table", "tables"))
        }
        HouseWish::Untag(name) => {
            let taken = workspace.untag(name, None)?.len();
            format!("{name} is no name any more, in {}.", counted(taken, "table", "tables"))
        }
        HouseWish::PutBack { table, version } => {
            let done = workspace.put_back(table.as_deref(), version)?;
            let removed: usize = done.iter().map(|table| table.rows_removed).sum();
            let tables = counted(done.iter().filter(|table| table.from.is_some()).count(), "table", "tables");
            match removed {
                0 => format!("Version {version} is back, in {tables}."),
                _ => format!(
                    "Version {version} is back, in {tables}; {} of other pictures went, and extracting makes them anew.",
                    counted(removed, "row", "rows")
                ),
            }
        }
    })
}

fn failure(wish: &HouseWish) -> &'static str {
    match wish {
        HouseWish::Look { .. } => "The workspace could not be looked at",
        HouseWish::Compare { .. } => "The versions could not be compared",
        HouseWish::Prefer(_) | HouseWish::Compact => "The files could not be put together",
        HouseWish::ForgetVersions(_) => "Old versions could not be deleted",
        HouseWish::Tag(_) | HouseWish::Untag(_) => "The version could not be named",
        HouseWish::PutBack { .. } => "The version could not be put back",
    }
}

fn kept_in_words(kept: &Upkept) -> String {
    let mut parts = Vec::new();
    if !kept.compacted.is_empty() {
        parts.push(format!("files of {} put together", counted(kept.compacted.len(), "table", "tables")));
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
        [] => "Everything is in that layout already.".to_owned(),
        parts => format!("Done: {}.", parts.join(", ")),
    }
}

/// What a preference would do to the indices of the workspace at `root`: nothing is changed.
///
/// # Errors
/// When there is no workspace, or it cannot be read.
pub fn plan_indices(root: &Path, preference: Preference) -> Result<IndexPlan, Problem> {
    let unread = |error: StoreError| Problem::new("The workspace could not be opened", error);
    let workspace = Workspace::open(root).map_err(unread)?;
    let storage = workspace.storage(false, &mut |_, _| true).map_err(unread)?;
    index_plans::plan(&workspace, &storage, Some(preference)).map_err(unread)
}

/// Does one thing after the other in the workspace at `root`, and says how it is then. Whatever changes something needs
/// that nobody else has it open.
///
/// # Errors
/// As [`keep`], and when there is no workspace, or it is open elsewhere.
pub fn keep_house(root: &Path, wishes: &[HouseWish], progress: &Progress) -> Result<HouseNews, Problem> {
    let opened = match wishes.iter().all(HouseWish::only_looks) {
        true => Workspace::open(root),
        false => Workspace::open_to_write(root),
    };
    let mut workspace = opened.map_err(|error| Problem::new("The workspace could not be opened", error))?;
    let mut sentences: Vec<String> = mending::remarks(&workspace).iter().map(ToString::to_string).collect();
    let mut last = None;
    for wish in wishes {
        let news = keep(&mut workspace, wish, progress)?;
        sentences.extend(Some(news.done.clone()).filter(|done| !done.is_empty()));
        last = Some(news);
    }
    let news = match last {
        Some(news) => news,
        None => keep(&mut workspace, &HouseWish::Look { measured: false }, progress)?,
    };
    Ok(HouseNews { done: sentences.join("\n"), ..news })
}
