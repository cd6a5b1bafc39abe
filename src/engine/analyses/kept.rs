//! What was found before and is kept: told again when a person comes back to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::analysis::class_vectors::ClassVectors;
use crate::domain::{ClassOrigin, ImageRecord, Job, choose};
use crate::engine::analyses::class_members::{Class, Members};
use crate::engine::analyses::duplicates;
use crate::engine::message::{ClassMeans, ClassWish, Event, Kept};
use crate::engine::opened::Opened;
use crate::store::{StoreError, StoredClasses, Workspace};

/// Tells duplicates, outliers and class vectors, as far as there are any. What cannot be read can be found anew, so
/// nobody is bothered with it.
pub fn tell(opened: &Opened) {
    let not_shown = |error: StoreError| tracing::warn!(%error, "something that was found before is not shown");
    let workspace = match opened.workspace.now() {
        Ok(workspace) => workspace,
        Err(error) => return not_shown(error),
    };
    for find in [found_duplicates, found_outliers, found_classes] {
        match find(&workspace, opened) {
            Ok(Some(kept)) => opened.outbox.tell(Event::Kept(kept)),
            Ok(None) => {}
            Err(error) => not_shown(error),
        }
    }
}

fn found_duplicates(workspace: &Workspace, opened: &Opened) -> Result<Option<Kept>, StoreError> {
    let Some(mut report) = workspace.duplicates(opened.features())? else { return Ok(None) };
    let records: Vec<ImageRecord> = opened.roll.all();
    duplicates::find_conflicts(&mut report.groups, &records);
    Ok(Some(Kept::Duplicates(Arc::new(report))))
}

fn found_outliers(workspace: &Workspace, opened: &Opened) -> Result<Option<Kept>, StoreError> {
    let report = workspace.latest_outliers(opened.features())?;
    Ok(report.map(|report| Kept::Outliers(Arc::new(report))))
}

fn found_classes(workspace: &Workspace, opened: &Opened) -> Result<Option<Kept>, StoreError> {
    let Some(stored) = workspace.classes(opened.features())? else { return Ok(None) };
    if stored.classes.is_empty() {
        return Ok(None);
    }
    let StoredClasses { made, layers, classes, images, origins, values } = stored;
    let wish: ClassWish = serde_json::from_str(&made).unwrap_or_default();
    let members = Members { workspace: &opened.workspace, features: opened.features(), roll: &opened.roll };
    // Who belongs to a class today; its vector is that of those who did when it was made.
    let today = members.wished(&wish).map(|(classes, _)| classes).unwrap_or_default();
    let today: BTreeMap<&str, &Class> = today.iter().map(|class| (class.name.as_str(), class)).collect();
    let of = |(name, origin): (&String, &ClassOrigin)| {
        let class = today.get(name.as_str()).filter(|class| class.origin == *origin);
        class.map_or_else(Vec::new, |class| class.images.clone())
    };
    let found = classes.iter().zip(&origins).map(of).collect();
    let channels = layers.iter().map(|(_, channels)| channels).sum();
    let job = Job::Sums { rows: opened.roll.len(), channels, layers: layers.len() };
    let means = ClassMeans {
        wish,
        table: format!("classes_{}", opened.features()),
        vectors: ClassVectors { layers, classes, values },
        origins,
        members: found,
        sizes: images,
        choice: choose(job),
        elapsed_secs: 0.0,
    };
    Ok(Some(Kept::Classes(Arc::new(means))))
}
