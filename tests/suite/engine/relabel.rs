//! Labels given by hand, through the engine's front door: whatever is said of labels is said of them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tiramisu::domain::{
    ClassesBy, DatasetOptions, ImageId, ImageRecords, ImageSet, ImportedName, Relabelling, SuspiciousLabelWish,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, ClassMeans, ClassWish, Event, ExportFormat, ExportWish, Finding, GroupAnswer,
    GroupLook, Groups, ImportReport, ImportWish, Look, NetworkFile, RelabelWish, Request, StoredResult,
};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::{Listener, options};

fn relabel(listener: &mut Listener, images: &[u32], label: &str) -> Arc<Relabelling> {
    let images: ImageSet = images.iter().copied().map(ImageId).collect();
    listener.engine.send(Request::Relabel(RelabelWish::Give { images, label: label.to_owned() }));
    listener.until("the labels", |event| match event {
        Event::Relabelled(change) => Some(change.clone()),
        _ => None,
    })
}

/// Does a change, or takes it back; the labels are known when what was asked for afterwards is.
fn apply(listener: &mut Listener, change: Relabelling) {
    listener.engine.send(Request::Relabel(RelabelWish::Apply(Arc::new(change))));
    listener.engine.send(Request::TellTags);
    listener.until("what comes after it", |event| matches!(event, Event::Tags(_)).then_some(()));
}

fn label(listener: &Listener, image: usize) -> Option<&str> {
    listener.images[image].label.as_deref()
}

fn imported(workspace: &Path, image: u32) -> Option<ImportedName> {
    let labels = Workspace::open(workspace).expect("a workspace").imported_labels().expect("readable");
    labels.images.get(&ImageId(image)).map(|imported| imported.label.clone())
}

fn import(listener: &mut Listener, path: &Path, over_hand: bool) -> Arc<ImportReport> {
    let wish = ImportWish { path: path.to_owned(), over_hand, ..ImportWish::default() };
    listener.engine.send(Request::Import(wish));
    listener.until("the import", |event| match event {
        Event::Imported(report) => Some(report.clone()),
        _ => None,
    })
}

/// Forgets what was imported, and says how many labels given by hand are kept.
fn forget(listener: &mut Listener, over_hand: bool) -> usize {
    listener.engine.send(Request::ForgetImported { over_hand });
    listener.until("the end of it", |event| match event {
        Event::ImportForgotten { labels_kept } => Some(*labels_kept),
        _ => None,
    })
}

fn classes(listener: &mut Listener) -> Arc<ClassMeans> {
    let wish = ClassWish { by: vec![ClassesBy::Label], ..ClassWish::default() };
    listener.engine.send(Request::Analyse(AnalysisWish::Classes(wish)));
    listener.until("classes", |event| match event {
        Event::Answered(AnalysisAnswer::Found(Finding::Classes(classes))) => Some(classes.clone()),
        _ => None,
    })
}

#[test]
fn a_label_given_by_hand_is_the_label_everywhere_and_stays_until_it_is_taken_back() {
    let (dir, workspace, mut listener, collection) = extracted(24);
    let of_folder: Vec<Option<String>> = listener.images.iter().map(|image| image.label.clone()).collect();
    let before = classes(&mut listener);
    let change = relabel(&mut listener, &[3, 4], "mended");
    assert_eq!(change.images.iter().map(|it| it.image).collect::<Vec<_>>(), [ImageId(3), ImageId(4)]);
    assert!(change.images.iter().all(|it| it.before.name == ImportedName::OfFolder), "{change:?}");
    assert_eq!((label(&listener, 3), label(&listener, 4)), (Some("mended"), Some("mended")), "told before the end");
    assert_eq!(label(&listener, 5), of_folder[5].as_deref(), "the others keep theirs");
    assert_eq!(imported(&workspace, 3), Some(ImportedName::One("mended".to_owned())), "kept where imports are");
    assert_eq!(relabel(&mut listener, &[4], "mended").images, [], "who has it keeps it");

    // Classes, groups against labels, and what leaves.
    let found = classes(&mut listener);
    let class = found.vectors.classes.iter().position(|name| name == "mended").expect("a class of its own");
    assert_eq!(*found.members[class], [ImageId(3), ImageId(4)]);
    // Classes that were compared before are beside the labels of now.
    let look = GroupLook::Matrices(Groups::Classes(before));
    listener.engine.send(Request::Look(Look::Groups(look)));
    let columns = listener.until("groups against labels", |event| match event {
        Event::Groups(_, answer) => match &**answer {
            GroupAnswer::Matrices { confusion, .. } => Some(confusion.columns.clone()),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(columns.iter().find(|column| column.name == "mended").map(|column| column.images), Some(2));
    let target = dir.path().join("all.csv");
    listener.engine.send(Request::Export(ExportWish {
        images: (0..24).map(ImageId).collect(),
        scores: Vec::new(),
        format: ExportFormat::Csv,
        vectors: Vec::new(),
        target: target.clone(),
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    }));
    listener.until("the table", |event| matches!(event, Event::Exported(_)).then_some(()));
    let rows = fs::read_to_string(target).expect("a table");
    assert_eq!(rows.lines().filter(|line| line.contains("mended")).count(), 2, "{rows}");

    // It is there when the folder is opened again.
    let folder = collection.folder.clone();
    drop(listener);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    assert_eq!(label(&listener, 3), Some("mended"));

    apply(&mut listener, change.reversed());
    let now: Vec<Option<String>> = listener.images.iter().map(|image| image.label.clone()).collect();
    assert_eq!(now, of_folder, "taken back, folders' labels stand again");
    apply(&mut listener, (*change).clone());
    assert_eq!(label(&listener, 4), Some("mended"), "done again");
    assert_eq!(listener.problems, []);
}

#[test]
fn what_is_kept_of_labels_says_by_which_it_was_found() {
    let (dir, workspace, mut listener, collection) = extracted(24);
    let source = collection.stored[collection.stored.len() - 2].clone();
    let of_suspicious = |event: &Event| match event {
        Event::Answered(AnalysisAnswer::Found(Finding::SuspiciousLabels(report)))
        | Event::StoredResult(StoredResult::Found(Finding::SuspiciousLabels(report))) => Some(report.by_labels),
        _ => None,
    };
    listener.engine.send(Request::Analyse(AnalysisWish::SuspiciousLabels(SuspiciousLabelWish::new(source))));
    let found_by = listener.until("suspicious labels", of_suspicious).expect("it says so");
    let by_classes = classes(&mut listener).by_labels.expect("they say so");
    let records = |listener: &Listener| ImageRecords::from(listener.images.clone());
    assert_eq!([found_by, by_classes], [records(&listener).label_state(); 2]);
    let change = relabel(&mut listener, &[3], "mended");
    assert!(records(&listener).have_other_labels_than(found_by));

    drop(listener);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&collection.folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    listener.engine.send(Request::TellStored);
    let (mut kept, mut kept_classes) = (None, None);
    listener.until("all that is kept", |event| {
        kept = kept.or_else(|| of_suspicious(event));
        if let Event::StoredResult(StoredResult::Found(Finding::Classes(means))) = event {
            kept_classes = Some(means.by_labels);
        }
        matches!(event, Event::StoredResult(StoredResult::All)).then_some(())
    });
    assert_eq!([kept, kept_classes], [Some(Some(found_by)); 2], "kept with what was found");
    assert!(records(&listener).have_other_labels_than(found_by));
    apply(&mut listener, change.reversed());
    assert!(!records(&listener).have_other_labels_than(found_by));
    assert_eq!(listener.problems, []);
}

#[test]
fn a_picture_of_several_labels_that_gets_one_bears_no_tag_of_the_others() {
    let (dir, _workspace, mut listener, _collection) = extracted(12);
    // Two pictures of several labels, and one that has one.
    let boxes = |image: usize, labels: &[&str]| {
        let path = &listener.images[image].path.text;
        labels.iter().map(|label| format!("{path},{label}\n")).collect::<String>()
    };
    let rows = [boxes(2, &["cat", "dog"]), boxes(3, &["cat", "hat"]), boxes(4, &["dog"])].concat();
    let table = dir.path().join("labels.csv");
    fs::write(&table, format!("path,label\n{rows}")).expect("writable");
    listener.engine.send(Request::Import(ImportWish { path: table, ..ImportWish::default() }));
    let report = listener.until("the import", |event| match event {
        Event::Imported(report) => Some(report.clone()),
        _ => None,
    });
    assert_eq!((report.with_several, report.labelled), (2, 1), "{report:?}");
    let tags = |listener: &mut Listener, image: u32| {
        listener.engine.send(Request::TellTags);
        let tags = listener.until("the tags", |event| match event {
            Event::Tags(tags) => Some(tags.clone()),
            _ => None,
        });
        tags.of(ImageId(image)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(tags(&mut listener, 2), ["label:cat", "label:dog"]);
    let change = relabel(&mut listener, &[2, 5], "horse");
    assert_eq!((label(&listener, 2), label(&listener, 5)), (Some("horse"), Some("horse")));
    assert_eq!(tags(&mut listener, 2), ["label:horse"], "that of its label takes the place of the others");
    assert_eq!(tags(&mut listener, 5), [] as [&str; 0], "who had none gets none");
    assert_eq!(tags(&mut listener, 3), ["label:cat", "label:hat"], "those of others stay");
    apply(&mut listener, change.reversed());
    assert_eq!(tags(&mut listener, 2), ["label:cat", "label:dog"], "taken back, they are there again");
    assert_eq!(label(&listener, 2), None, "none of several is the label");
    apply(&mut listener, (*change).clone());
    assert_eq!(tags(&mut listener, 2), ["label:horse"]);
    assert_eq!(listener.problems, []);
}

#[test]
fn taking_a_label_back_leaves_what_was_imported_since() {
    let (dir, workspace, mut listener, _collection) = extracted(12);
    let table = |label: &str| {
        let path = dir.path().join("labels.csv");
        fs::write(&path, format!("path,label\n{},{label}\n", listener.images[2].path.text)).expect("writable");
        path
    };
    let (first, second) = (table("first"), dir.path().join("later.csv"));
    fs::copy(table("second"), &second).expect("writable");
    table("first");
    import(&mut listener, &first, false);
    let change = relabel(&mut listener, &[1, 2], "by hand");
    assert_eq!(change.images[1].before.name, ImportedName::One("first".to_owned()), "what was imported is remembered");
    import(&mut listener, &second, true);
    assert_eq!(label(&listener, 2), Some("second"));
    apply(&mut listener, change.reversed());
    assert_eq!(label(&listener, 2), Some("second"), "the import came later");
    assert_eq!(imported(&workspace, 1), Some(ImportedName::OfFolder), "the other one is taken back");
}

#[test]
fn an_import_leaves_labels_given_by_hand_unless_it_is_to_replace_them() {
    let (dir, _workspace, mut listener, _collection) = extracted(12);
    let of_folder = label(&listener, 1).map(str::to_owned);
    let table = |name: &str, label: &str| {
        let path = dir.path().join(name);
        let rows: String = (1..4).map(|at| format!("{},{label}\n", listener.images[at].path.text)).collect();
        fs::write(&path, format!("path,label\n{rows}")).expect("writable");
        path
    };
    let (first, second) = (table("first.csv", "first"), table("second.csv", "second"));
    relabel(&mut listener, &[1, 8], "by hand");
    // Said before, and so it is.
    listener.engine.send(Request::PlanImport(ImportWish { path: first.clone(), ..ImportWish::default() }));
    let planned = listener.until("what it would do", |event| match event {
        Event::ImportPlanned(report) => Some(report.clone()),
        _ => None,
    });
    assert!(planned.facts().contains(&"1 label given by hand kept".to_owned()), "{:?}", planned.facts());
    let report = import(&mut listener, &first, false);
    assert_eq!(report, planned);
    assert_eq!((label(&listener, 1), label(&listener, 2)), (Some("by hand"), Some("first")));

    // A label that was given and taken back is the import's again.
    let change = relabel(&mut listener, &[2], "mistaken");
    apply(&mut listener, change.reversed());
    assert_eq!(label(&listener, 2), Some("first"));
    assert_eq!(import(&mut listener, &second, false).labels_by_hand, 1);
    assert_eq!((label(&listener, 1), label(&listener, 2)), (Some("by hand"), Some("second")));

    assert_eq!(forget(&mut listener, false), 2, "also of a picture that no import knew");
    assert_eq!((label(&listener, 1), label(&listener, 8)), (Some("by hand"), Some("by hand")));
    assert_ne!(label(&listener, 2), Some("second"));

    let report = import(&mut listener, &second, true);
    assert!(report.facts().contains(&"1 label given by hand replaced".to_owned()), "{:?}", report.facts());
    assert_eq!((label(&listener, 1), label(&listener, 8)), (Some("second"), Some("by hand")));
    assert_eq!(forget(&mut listener, true), 0);
    assert_eq!(label(&listener, 1), of_folder.as_deref());
    assert_ne!(label(&listener, 8), Some("by hand"));
    assert_eq!(listener.problems, []);
}
