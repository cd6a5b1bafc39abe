//! What is put right when a workspace is opened, and how the person hears of it.

use crate::domain::counted;
use crate::engine::message::Problem;
use crate::store::{StoreError, Unfit, Workspace};

/// What was put right.
pub struct Mended {
    /// What there is to say of it.
    pub remarks: Vec<Problem>,
    /// Whether there are tags of pictures that are not on record: they come back with their pictures.
    pub tags_wait: bool,
}

/// Removes what was learned of other pictures than those on record from a workspace that is open to write, and puts tags back
/// on their pictures. Says so, and what was mended already.
///
/// # Errors
/// When a table cannot be read, or the disk does not let us.
pub fn mend(workspace: &mut Workspace) -> Result<Mended, StoreError> {
    let unfit = workspace.mend()?;
    let mut found = remarks(workspace);
    found.extend(unfit.vectors.iter().map(|(table, images)| {
        Problem::new("Vectors of other pictures were removed", where_from(table, *images))
            .with_remedy("Extracting makes those that are missing.")
    }));
    found.extend(of_findings(&unfit).map(|why| {
        Problem::new("What was found of other pictures was removed", why)
            .with_remedy("The rest stays. Make them again where all images are to be in them.")
    }));
    found.extend((unfit.tags.moved > 0).then(|| {
        let why = format!(
            "tags.lance and images.lance have different numbers for {}, perhaps because one of the two tables was restored \
             from a backup. The tags go by the paths of their pictures.",
            counted(unfit.tags.moved, "image", "images")
        );
        Problem::new("Tags were put back on their pictures", why)
    }));
    found.extend(waiting(&unfit));
    Ok(Mended { remarks: found, tags_wait: unfit.tags.waiting > 0 })
}

/// As [`mend`], before `table` of a workspace that is open to be read is looked at. Where nothing is wrong, no table is written.
///
/// # Errors
/// When vectors of the table do not fit and cannot be removed: nobody may take them for those of the pictures on record.
/// Whatever else does not fit is left out when it is read.
pub fn mend_to_read(workspace: &mut Workspace, table: &str) -> Result<Mended, Problem> {
    let unread = |error: StoreError| Problem::new("The workspace could not be opened", error);
    let unfit = workspace.unfit().map_err(unread)?;
    if unfit.vectors.is_empty() && unfit.findings.is_empty() && unfit.tags.moved == 0 {
        workspace.remember_fitting(&unfit);
        let found = remarks(workspace).into_iter().chain(waiting(&unfit)).collect();
        return Ok(Mended { remarks: found, tags_wait: unfit.tags.waiting > 0 });
    }
    let mended = Workspace::open_to_write(workspace.root()).and_then(|mut writer| mend(&mut writer));
    // What is left is what no one can take for another's.
    let is_of_table =
        |(name, _): &(String, usize)| name == table || Some(name) == workspace.supplement_in_progress(table).as_ref();
    match mended {
        Ok(mended) => {
            workspace.refresh().map_err(unread)?;
            Ok(mended)
        }
        Err(error) if unfit.vectors.iter().any(is_of_table) => {
            Err(Problem::new("The vectors do not fit the pictures on record, and could not be removed", error))
        }
        Err(error) => {
            tracing::warn!("what does not fit is not removed: {error}");
            let found = remarks(workspace).into_iter().chain(in_words(&unfit)).collect();
            Ok(Mended { remarks: found, tags_wait: unfit.tags.waiting > 0 })
        }
    }
}

/// What of a workspace cannot be read and is done without.
pub fn remarks(workspace: &Workspace) -> Vec<Problem> {
    workspace.remarks().into_iter().map(remark).collect()
}

/// That something cannot be read and is done without.
pub fn remark(why: String) -> Problem {
    Problem::new("Part of the workspace cannot be read", format!("{why}."))
}

/// What does not fit in a workspace in which nothing is changed.
pub fn in_words(unfit: &Unfit) -> Vec<Problem> {
    let vectors = unfit.vectors.iter().map(|(table, images)| {
        Problem::new("There are vectors of other pictures", where_from(table, *images))
            .with_remedy("They are never shown; extract again to replace them.")
    });
    let findings = of_findings(unfit).map(|why| {
        Problem::new("Something was found of other pictures", why)
            .with_remedy("That is never shown; make it again where all images are to be in it.")
    });
    vectors.chain(findings).chain(waiting(unfit)).collect()
}

fn waiting(unfit: &Unfit) -> Option<Problem> {
    let why = || {
        let of = counted(unfit.tags.waiting, "image", "images");
        format!(
            "the pictures of {of} with tags are not on record, perhaps because an extraction was stopped before they were, or \
             because images.lance was restored from a backup."
        )
    };
    let remedy = "Nothing of them is lost: extract again, and they are back on their pictures.";
    (unfit.tags.waiting > 0).then(|| Problem::new("Tags wait for their pictures", why()).with_remedy(remedy))
}

fn where_from(table: &str, images: usize) -> String {
    let of = counted(images, "image", "images");
    format!(
        "in {table}.lance the vectors of {of} are not of the pictures that images.lance has on record, perhaps because one \
         of the two tables was restored from a backup."
    )
}

fn of_findings(unfit: &Unfit) -> Option<String> {
    let tables: Vec<String> = unfit
        .findings
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
