//! What is put right when a workspace is opened, and how the person hears of it.

use crate::domain::counted;
use crate::engine::message::Problem;
use crate::store::{MisfitReport, StoreError, Workspace};

/// What was put right.
pub struct Repaired {
    /// What there is to say of it.
    pub remarks: Vec<Problem>,
    /// Whether there are tags, imported labels or boxes of pictures that are not on record: they come back with their pictures.
    pub handwork_waits: bool,
}

/// Removes what was learned of other pictures than those on record from a workspace that is open to write, and puts tags back
/// on their pictures. Says so, and what was repaired already.
///
/// # Errors
/// When a table cannot be read, or the disk does not let us.
pub fn repair(workspace: &mut Workspace) -> Result<Repaired, StoreError> {
    let misfit_report = workspace.repair()?;
    let mut found = remarks(workspace);
    found.extend(misfit_report.vectors.iter().map(|(table, images)| {
        Problem::new("Vectors of other pictures were removed", where_from(table, *images))
            .with_remedy("Extract again to make those that are missing.")
    }));
    found.extend(of_results(&misfit_report).map(|why| {
        Problem::new("Results about other pictures were removed", why)
            .with_remedy("The rest of these results is still valid. Run the analyses again to include all images.")
    }));
    found.extend((misfit_report.tags.moved > 0).then(|| {
        let why = format!(
            "tags.lance and images.lance have different numbers for {}, perhaps because one of the two tables was restored \
             from a backup. Tags belong to pictures by their paths.",
            counted(misfit_report.tags.moved, "image", "images")
        );
        Problem::new("Tags were matched to their pictures again", why)
    }));
    if misfit_report.labels.moved > 0 || misfit_report.boxes.moved > 0 {
        let moved = misfit_report.labels.moved.max(misfit_report.boxes.moved);
        let why = format!(
            "labels.lance or boxes.lance and images.lance have different numbers for {}, perhaps because one of the tables was \
             restored from a backup. What was imported belongs to pictures by their paths.",
            counted(moved, "image", "images")
        );
        found.push(Problem::new("Imported labels and boxes were matched to their pictures again", why));
    }
    found.extend(waiting(&misfit_report));
    Ok(Repaired { remarks: found, handwork_waits: misfit_report.waits() })
}

/// As [`repair`], before `table` of a workspace that is open to be read is looked at. Where nothing is wrong, no table is written.
///
/// # Errors
/// When vectors of the table do not fit and cannot be removed, or nothing may be changed: nobody may take them for those of
/// the pictures on record.
/// Whatever else does not fit is left out when it is read.
pub fn repair_to_read(workspace: &mut Workspace, table: &str) -> Result<Repaired, Problem> {
    let unread = |error: StoreError| Problem::new("The workspace could not be opened", error);
    let misfit_report = workspace.misfit_report().map_err(unread)?;
    if misfit_report.vectors.is_empty() && misfit_report.results.is_empty() && !misfit_report.has_moved() {
        workspace.remember_fitting(&misfit_report);
        let found = remarks(workspace).into_iter().chain(waiting(&misfit_report)).collect();
        return Ok(Repaired { remarks: found, handwork_waits: misfit_report.waits() });
    }
    // What is left is what no one can take for another's.
    let is_of_table =
        |(name, _): &(String, usize)| name == table || Some(name) == workspace.supplement_in_progress(table).as_ref();
    let is_misled = misfit_report.vectors.iter().any(is_of_table);
    if workspace.only_looks() {
        if is_misled {
            let why = "they belong to other pictures, perhaps because one of the workspace's tables was restored from a \
                       backup, and nothing may be changed here.";
            let remedy = format!("Repair it first: `tiramisu extract \"{}\"`.", workspace.image_folder().display());
            return Err(Problem::new("Some vectors do not fit the pictures on record", why).with_remedy(remedy));
        }
        let found = remarks(workspace).into_iter().chain(in_words(&misfit_report)).collect();
        return Ok(Repaired { remarks: found, handwork_waits: misfit_report.waits() });
    }
    let repaired = Workspace::open_to_write(workspace.root()).and_then(|mut writer| repair(&mut writer));
    match repaired {
        Ok(repaired) => {
            workspace.refresh().map_err(unread)?;
            Ok(repaired)
        }
        Err(error) if is_misled => {
            Err(Problem::new("The vectors do not fit the pictures on record, and could not be removed", error))
        }
        Err(error) => {
            tracing::warn!("what does not fit is not removed: {error}");
            let found = remarks(workspace).into_iter().chain(in_words(&misfit_report)).collect();
            Ok(Repaired { remarks: found, handwork_waits: misfit_report.waits() })
        }
    }
}

/// What of a workspace cannot be read and is done without.
pub fn remarks(workspace: &Workspace) -> Vec<Problem> {
    let half_restored = workspace.is_half_restored().then(|| {
        let why = "some tables are of that version and others are not, perhaps because it was interrupted.";
        Problem::new("An earlier version is not restored to the end", why)
            .with_remedy("The next command that writes finishes it, for instance `tiramisu extract`.")
    });
    workspace.remarks().into_iter().map(remark).chain(half_restored).collect()
}

/// That something cannot be read and is done without.
pub fn remark(why: String) -> Problem {
    Problem::new("Part of the workspace cannot be read", format!("{why}."))
}

/// What does not fit in a workspace in which nothing is changed.
pub fn in_words(misfit_report: &MisfitReport) -> Vec<Problem> {
    let vectors = misfit_report.vectors.iter().map(|(table, images)| {
        Problem::new("There are vectors of other pictures", where_from(table, *images))
            .with_remedy("They are never shown; extract again to replace them.")
    });
    let findings = of_results(misfit_report).map(|why| {
        Problem::new("Some results are about other pictures", why)
            .with_remedy("Their rows are never shown. Run the analyses again to include all images.")
    });
    vectors.chain(findings).chain(waiting(misfit_report)).collect()
}

fn waiting(misfit_report: &MisfitReport) -> Vec<Problem> {
    let why = |waiting: usize, with: &str| {
        let of = counted(waiting, "image", "images");
        format!(
            "the pictures of {of} with {with} are not on record, perhaps because an extraction was stopped before they were, or \
             because images.lance was restored from a backup."
        )
    };
    let tags = misfit_report.tags.waiting;
    let remedy = "No tag is lost: extract again, and the tags reappear on their pictures.";
    let of_tags =
        (tags > 0).then(|| Problem::new("Tags wait for their pictures", why(tags, "tags")).with_remedy(remedy));
    let imported = misfit_report.labels.waiting.max(misfit_report.boxes.waiting);
    let what = "Imported labels or boxes wait for their pictures";
    let remedy = "None is lost: extract again, and they reappear on their pictures.";
    let of_imported =
        (imported > 0).then(|| Problem::new(what, why(imported, "imported labels or boxes")).with_remedy(remedy));
    of_tags.into_iter().chain(of_imported).collect()
}

fn where_from(table: &str, images: usize) -> String {
    let of = counted(images, "image", "images");
    format!(
        "in {table}.lance the vectors of {of} are not of the pictures that images.lance has on record, perhaps because one \
         of the two tables was restored from a backup."
    )
}

fn of_results(misfit_report: &MisfitReport) -> Option<String> {
    let tables: Vec<String> = misfit_report
        .results
        .iter()
        .map(|(table, images)| format!("{table}.lance ({})", counted(*images, "image", "images")))
        .collect();
    (!tables.is_empty()).then(|| {
        format!(
            "rows of {} are not of the pictures that images.lance has on record, perhaps because one of the tables was \
             restored from a backup.",
            tables.join(", ")
        )
    })
}
