//! Labels, splits and boxes, imported and forgotten.
//!
//! An image has one label. Of which a file says several (most pictures of COCO), none is the label: all labels of all pictures in
//! the file become tags then, `label:cat`, so that one question finds every picture with a cat, whatever else is on it; and those
//! with only one have it as label, too. A file that says at most one of each makes no tags: a thousand of them would only repeat
//! the labels.
//!
//! Of a file that says both, labels can be imported without the boxes, and boxes without the labels: all else stays as it is.
//!
//! What a file says takes the place of what was imported for the same images before; what it does not speak of stays, and so does a
//! label that a person gave by hand, unless that is to give way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::{
    ImageId, ImageSet, ImportedLabels, ImportedName, LABEL_TAG_PREFIX, LabelOrigin, SaidLabel, Splits, Tags, counted,
};
use crate::engine::message::{Asked, BoxCount, Event, ImportReport, ImportWish, Problem, Progress};
use crate::engine::opened::Opened;
use crate::import::{ImportError, ImportSource, Matched, MatchedPicture, match_pictures, read_watched};
use crate::store::{NewBox, NewLabel, StoreError};

use super::tag;

/// Imports, and tells what came of it. Files are read at once; for writing it waits for its `turn` among those who do so, too.
pub fn import(wish: &ImportWish, opened: &Opened, progress: &Arc<Progress>, turn: &Mutex<()>) {
    let _job = progress.enter_span();
    opened.outbox.tell(Event::ImportStarted(progress.clone()));
    let begun_with = labels_now(opened);
    let found = understand(wish, opened, progress);
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    let outcome = found.and_then(|found| match found.filter(|_| !progress.is_cancelled()) {
        Some(found) => write(found, wish, &begun_with?, opened, progress).map(Some),
        None => Ok(None),
    });
    progress.end();
    // What is true is on disk, also when something failed.
    tell_labels(opened);
    tag::tell(opened);
    tell_end(outcome, opened, Event::Imported);
}

/// Tells what importing would do.
pub fn plan(wish: &ImportWish, opened: &Opened, progress: &Arc<Progress>) {
    let _job = progress.enter_span();
    opened.outbox.tell(Event::ImportStarted(progress.clone()));
    let outcome = understand(wish, opened, progress).map(|found| found.map(|found| found.report));
    progress.end();
    tell_end(outcome, opened, Event::ImportPlanned);
}

fn tell_end(outcome: Result<Option<ImportReport>, Problem>, opened: &Opened, told: fn(Arc<ImportReport>) -> Event) {
    match outcome {
        Ok(Some(report)) => opened.outbox.tell(told(Arc::new(report))),
        Ok(None) => opened.outbox.tell(Event::ImportStopped),
        Err(problem) => opened.outbox.complain(Asked::Import, problem),
    }
}

/// Forgets everything that was imported: labels, splits, boxes, and the tags that labels became; labels that were given by hand
/// only `over_hand`.
pub fn forget(over_hand: bool, opened: &Opened) {
    let forgotten = opened.recorder().and_then(|recorder| {
        let known = |id| opened.catalogue.get(id);
        let labels_kept = recorder.forget_labels(over_hand)?;
        recorder.forget_boxes()?;
        let all = ImageSet::first(opened.catalogue.len());
        // The tag of a label that stays, stays.
        let labels = opened.workspace.now()?.imported_labels_of_met(known)?;
        let by_hand: ImageSet = all.iter().filter(|image| labels.is_by_hand(*image)).collect();
        recorder.replace_tags(LABEL_TAG_PREFIX, &all.difference(&by_hand), &[], known)?;
        Ok(labels_kept)
    });
    tell_labels(opened);
    tag::tell(opened);
    match forgotten {
        Ok(labels_kept) => opened.outbox.tell(Event::ImportForgotten { labels_kept }),
        Err(error) => opened.outbox.complain(Asked::Import, not_kept(error)),
    }
}

/// Tells all boxes.
pub fn tell_boxes(opened: &Opened) {
    let known = |id| opened.catalogue.get(id);
    match opened.workspace.now().and_then(|workspace| workspace.boxes_of_met(known)) {
        Ok(boxes) => opened.outbox.tell(Event::Boxes(Arc::new(boxes))),
        Err(error) => opened.outbox.complain(Asked::Boxes, Problem::new("The boxes could not be read", error)),
    }
}

/// Gives imported labels and boxes to pictures that are on record again.
pub fn take_up(opened: &Opened) {
    // They are shown where they belong whether or not that is written.
    if let Err(error) = opened.recorder().and_then(|recorder| recorder.take_up_imported()) {
        tracing::warn!("imported labels and boxes are not repaired on disk: {error}");
    }
    tell_labels(opened);
}

/// Lets the images have the labels that are on disk, and tells those that changed.
pub(super) fn tell_labels(opened: &Opened) {
    let known = |id| opened.catalogue.get(id);
    match opened.workspace.now().and_then(|workspace| workspace.imported_labels_of_met(known)) {
        Ok(labels) => {
            opened.outbox.tell(Event::Splits(Arc::new(Splits::from(&labels))));
            if opened.catalogue.relabel(labels) {
                opened.outbox.tell(Event::Images(opened.catalogue.now()));
            }
        }
        Err(error) => {
            opened.outbox.complain(Asked::Import, Problem::new("Imported labels could not be read", error));
        }
    }
}

/// What files say of images of the collection, before anything of it is written.
struct Understood {
    matched: Matched,
    have_labels: bool,
    have_boxes: bool,
    tags: Vec<(ImageId, String)>,
    report: ImportReport,
}

/// Reads what is wished, and finds the images that it speaks of. `None` when it was stopped.
fn understand(wish: &ImportWish, opened: &Opened, progress: &Progress) -> Result<Option<Understood>, Problem> {
    let ImportWish { path, format, split, columns, over_hand, parts } = wish.clone();
    let source = ImportSource { path, format, split, columns, ..ImportSource::default() };
    let imported = match read_watched(&source, &|pictures| {
        progress.set_done(pictures);
        !progress.is_cancelled()
    }) {
        Ok(imported) => imported,
        Err(ImportError::Stopped) => return Ok(None),
        Err(error) => return Err(not_understood(&error)),
    };
    let (format, pictures) = (imported.annotations.format, imported.annotations.pictures.len());
    let mut remarks = imported.annotations.remarks.clone();
    let (have_labels, have_boxes) = (imported.annotations.have_labels, imported.annotations.have_boxes);
    let images = opened.catalogue.all();
    let folder = opened.folder.canonicalize().unwrap_or_else(|_| opened.folder.clone());
    let imported =
        crate::import::Imported { folder: imported.folder.canonicalize().unwrap_or(imported.folder), ..imported };
    let matched = match_pictures(imported, &images, &folder);
    let pictures_with =
        |is_so: &dyn Fn(&MatchedPicture) -> bool| matched.pictures.iter().filter(|it| is_so(it)).count();
    let labels_of = |is_so: &dyn Fn(&MatchedPicture) -> bool| {
        most_first(matched.pictures.iter().filter(|it| is_so(it)).flat_map(|picture| &picture.labels))
    };
    let with_several = pictures_with(&|picture| picture.labels.len() > 1);
    let has_tags = with_several > 0 && parts.has_labels();
    let tags = if has_tags { tags_of(&matched, &mut remarks) } else { Vec::new() };
    let boxes = || matched.pictures.iter().flat_map(|picture| &picture.boxes);
    let labels_now = if have_labels { labels_now(opened)? } else { ImportedLabels::default() };
    let report = ImportReport {
        format,
        pictures,
        matched: matched.pictures.len(),
        by_name: matched.by_name,
        labelled: pictures_with(&|picture| picture.labels.len() == 1),
        with_several,
        in_splits: pictures_with(&|picture| picture.split.is_some()),
        boxes: BoxCount { boxes: boxes().count(), images: pictures_with(&|picture| !picture.boxes.is_empty()) },
        labels: labels_of(&|picture| picture.labels.len() == 1),
        labels_among_others: labels_of(&|picture| picture.labels.len() > 1),
        splits: most_first(matched.pictures.iter().filter_map(|picture| picture.split.as_ref())),
        box_labels: most_first(boxes().filter_map(|marked| marked.label.as_ref())),
        replaces_earlier: have_labels || have_boxes,
        labels_by_hand: pictures_with(&|picture| labels_now.is_by_hand(picture.image)),
        over_hand,
        parts,
        unmatched: matched.unmatched.clone(),
        without_boxes: matched.without_boxes.clone(),
        remarks,
    };
    Ok((!progress.is_cancelled()).then_some(Understood { matched, have_labels, have_boxes, tags, report }))
}

/// Writes what was understood, whoever would stop it from here on; nothing where there is a [reason](ImportReport::refusal) not to.
/// A picture that got another label since the import began, while files were read, keeps that: it was asked for later. One that was
/// labelled by hand before keeps that, too, unless it is wished otherwise.
fn write(
    mut found: Understood,
    wish: &ImportWish,
    begun_with: &ImportedLabels,
    opened: &Opened,
    progress: &Progress,
) -> Result<ImportReport, Problem> {
    if found.report.refusal().is_none() {
        found.have_labels &= wish.parts.has_labels();
        found.have_boxes &= wish.parts.has_boxes();
        progress.set_done(0);
        progress.set_total(found.matched.pictures.len(), true);
        let now = labels_now(opened)?;
        let images = || found.matched.pictures.iter().map(|picture| picture.image);
        let labelled: ImageSet = images().filter(|image| begun_with.said_of(*image) != now.said_of(*image)).collect();
        let by_hand: ImageSet = images().filter(|it| now.is_by_hand(*it) && !labelled.contains(*it)).collect();
        found.report.labels_by_hand = if found.have_labels { by_hand.len() } else { 0 };
        if found.have_labels && !labelled.is_empty() {
            let pictures = counted(labelled.len(), "picture was labelled", "pictures were labelled");
            found.report.remarks.add(|| format!("{pictures} while files were read, which stands"));
        }
        let kept = if wish.over_hand { labelled } else { labelled.union(&by_hand) };
        let name = wish.path.file_name().unwrap_or(wish.path.as_os_str()).to_string_lossy();
        keep(&found, &kept, &Arc::from(name), opened, progress).map_err(not_kept)?;
    }
    Ok(found.report)
}

fn labels_now(opened: &Opened) -> Result<ImportedLabels, Problem> {
    let known = |id| opened.catalogue.get(id);
    opened.workspace.now().and_then(|workspace| workspace.imported_labels_of_met(known)).map_err(not_kept)
}

fn not_understood(error: &ImportError) -> Problem {
    let problem = Problem::new("Nothing was imported", error);
    match error {
        ImportError::UnknownFormat { .. } => {
            problem.with_remedy("Say which format it is (on the command line: --format).")
        }
        ImportError::Unread { .. }
        | ImportError::TooLarge { .. }
        | ImportError::NotUnderstood { .. }
        | ImportError::Stopped => problem,
    }
}

/// How often each name is there, the most frequent first.
fn most_first<'a>(names: impl Iterator<Item = &'a String>) -> Vec<(String, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    names.for_each(|name| *counts.entry(name).or_insert(0) += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    counts.sort_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
    counts
}

/// The tags that the labels become.
fn tags_of(matched: &Matched, remarks: &mut crate::domain::Remarks) -> Vec<(ImageId, String)> {
    let mut tags = Vec::new();
    for picture in &matched.pictures {
        for label in &picture.labels {
            match Tags::of_label(label) {
                Ok(tag) => tags.push((picture.image, tag)),
                Err(why) => remarks.add(|| format!("the label {label} is no tag: {why}")),
            }
        }
    }
    tags
}

/// Writes it as an import called `name`, but for the labels of what is to keep its own.
fn keep(
    found: &Understood,
    keeps: &ImageSet,
    name: &Arc<str>,
    opened: &Opened,
    progress: &Progress,
) -> Result<(), StoreError> {
    let Understood { matched, have_labels, have_boxes, tags, report } = found;
    let (have_labels, have_boxes) = (*have_labels, *have_boxes);
    let recorder = opened.recorder()?;
    let record = |id| opened.catalogue.get(id);
    let said = |labels: &[String]| SaidLabel {
        name: match labels {
            [] => ImportedName::OfFolder,
            [label] => ImportedName::One(label.clone()),
            several => ImportedName::Several(u32::try_from(several.len()).unwrap_or(u32::MAX)),
        },
        origin: LabelOrigin::Import(name.clone()),
    };
    let labels: Vec<NewLabel> = matched
        .pictures
        .iter()
        .map(|picture| NewLabel {
            image: picture.image,
            label: (have_labels && !keeps.contains(picture.image)).then(|| said(&picture.labels)),
            split: picture.split.clone(),
        })
        .collect();
    if report.parts.has_labels() {
        recorder.keep_labels(&labels, record)?;
    }
    progress.set_done(matched.pictures.len() / 2);
    let images: ImageSet = matched.pictures.iter().map(|picture| picture.image).collect();
    if have_labels {
        let tags: Vec<_> = tags.iter().filter(|(image, _)| !keeps.contains(*image)).cloned().collect();
        recorder.replace_tags(LABEL_TAG_PREFIX, &images.difference(keeps), &tags, record)?;
    }
    if have_boxes {
        let boxes = matched.pictures.iter().flat_map(|picture| {
            picture.boxes.iter().map(|marked| NewBox {
                image: picture.image,
                frame: marked.frame,
                label: marked.label.clone(),
                is_crowd: marked.is_crowd,
            })
        });
        // Those that an image has stay where the new ones do not fit.
        let fits = matched.pictures.iter().filter(|picture| !picture.has_misfits || !picture.boxes.is_empty());
        let images: ImageSet = fits.map(|picture| picture.image).collect();
        recorder.replace_boxes(&images, &boxes.collect::<Vec<_>>(), record)?;
    }
    progress.set_done(matched.pictures.len());
    Ok(())
}

fn not_kept(error: StoreError) -> Problem {
    Problem::new("What was imported could not be saved", error)
}
