//! Labels given by hand, through the engine's front door: whatever is said of labels is said of them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tiramisu::domain::{ClassesBy, DatasetOptions, ImageId, ImageSet, ImportedName, Relabelling};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, ClassMeans, ClassWish, Event, ExportFormat, ExportWish, Finding, GroupAnswer,
    GroupLook, Groups, ImportWish, Look, NetworkFile, RelabelWish, Request,
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
    assert!(change.images.iter().all(|it| it.before == ImportedName::OfFolder), "{change:?}");
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
    let import = |listener: &mut Listener, path: &Path| {
        listener.engine.send(Request::Import(ImportWish { path: path.to_owned(), ..ImportWish::default() }));
        listener.until("the import", |event| matches!(event, Event::Imported(_)).then_some(()));
    };
    import(&mut listener, &first);
    let change = relabel(&mut listener, &[1, 2], "by hand");
    assert_eq!(change.images[1].before, ImportedName::One("first".to_owned()), "what was imported is remembered");
    import(&mut listener, &second);
    assert_eq!(label(&listener, 2), Some("second"));
    apply(&mut listener, change.reversed());
    assert_eq!(label(&listener, 2), Some("second"), "the import came later");
    assert_eq!(imported(&workspace, 1), Some(ImportedName::OfFolder), "the other one is taken back");
}
