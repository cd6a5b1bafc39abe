//! What leaves the collection: progress, Cancel, classes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tiramisu::domain::{ClassesBy, ClustersTold, DatasetOptions, ImageId, SplitBy, SplitShares};
use tiramisu::engine::{
    Event, ExportFormat, ExportSummary, ExportWish, Look, NetworkFile, Progress, Request, read_recipe,
};
use tiramisu::network::{NetworkChoice, load};

use super::{extracted, sample};
use crate::support::listener::{Listener, options};

/// Exports and returns the counters and what became of it.
fn export(listener: &mut Listener, request: ExportWish) -> (Arc<Progress>, ExportSummary) {
    listener.engine.send(Request::Export(request));
    let progress = listener.until("the start", |event| match event {
        Event::ExportStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    let summary = listener.until("the export", |event| match event {
        Event::Exported(summary) => Some(summary.clone()),
        _ => None,
    });
    (progress, summary)
}

#[test]
fn an_export_counts_what_it_has_written_and_a_table_without_classes_has_no_columns_for_them() {
    let (dir, _workspace, mut listener, _collection) = extracted(12);
    let images: Vec<ImageId> = (0..12).map(ImageId).collect();
    for (format, name) in [(ExportFormat::Files, "copies"), (ExportFormat::Csv, "all.csv")] {
        let target = dir.path().join(name);
        let request = ExportWish {
            images: images.clone().into(),
            scores: vec![],
            vectors: vec![],
            format,
            target,
            map: None,
            dataset: DatasetOptions::default(),
            overwrite: false,
        };
        let (progress, summary) = export(&mut listener, request);
        assert!(progress.has_ended() && !summary.cancelled);
        assert_eq!((progress.done(), progress.total(), summary.written), (12, 12, 12));
    }
    let header = fs::read_to_string(dir.path().join("all.csv")).expect("a table").lines().next().map(str::to_owned);
    assert!(
        header.is_some_and(|header| header.ends_with("source,score,split,tags")),
        "the built-in network names no classes"
    );
}

#[test]
fn an_export_stops_when_it_is_told_to_and_what_was_written_is_whole() {
    let (dir, _workspace, mut listener, _collection) = extracted(30);
    let images: Vec<ImageId> = (0..30).cycle().take(3000).map(ImageId).collect();
    let target = dir.path().join("copies");
    let request = ExportWish {
        images: images.into(),
        scores: vec![],
        vectors: vec![],
        format: ExportFormat::Files,
        target: target.clone(),
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    };
    listener.engine.send(Request::Export(request));
    let progress = listener.until("the start", |event| match event {
        Event::ExportStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    progress.cancel();
    let summary = listener.until("the export", |event| match event {
        Event::Exported(summary) => Some(summary.clone()),
        _ => None,
    });
    assert!(summary.cancelled && summary.written < 3000);
    let lying_there = fs::read_dir(&target).map_or(0, |entries| entries.flatten().count());
    assert_eq!(lying_there, summary.written);
}

#[test]
fn the_same_pictures_can_be_opened_again_while_an_export_of_them_runs() {
    let (dir, folder, workspace) = sample(30);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    // More than are copied until the test is over.
    let images: Vec<ImageId> = (0..30).cycle().take(1_000_000).map(ImageId).collect();
    let (format, target) = (ExportFormat::Files, dir.path().join("copies"));
    let request = ExportWish {
        images: images.into(),
        scores: vec![],
        vectors: vec![],
        format,
        target,
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    };
    listener.engine.send(Request::Export(request));
    let progress = listener.until("the start", |event| match event {
        Event::ExportStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until("the same pictures again", |event| matches!(event, Event::Opened(_)).then_some(()));
    listener.until_extracted();
    assert!(!progress.has_ended(), "it was running all the while");
    assert_eq!(listener.problems, []);
    progress.cancel();
    listener.until("the end of the export", |event| matches!(event, Event::Exported(_)).then_some(()));
}

#[test]
fn a_table_names_the_classes_that_the_network_sees_when_it_looks_again() {
    let (dir, folder, workspace) = sample(6);
    for ending in ["prototxt", "caffemodel"] {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/residual");
        fs::copy(golden.with_extension(ending), dir.path().join("residual").with_extension(ending)).expect("a copy");
    }
    let network = dir.path().join("residual.prototxt");
    let graph = load(&NetworkChoice::from_file(&network).expect("two files")).expect("a network");
    let count = graph.nodes.last().expect("layers").shape[0];
    let names: String = (0..count).map(|class| format!("kind {class}\n")).collect();
    fs::write(dir.path().join("labels.txt"), names).expect("a list of names");

    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::File(network), true);
    listener.until_extracted();
    let target = dir.path().join("all.csv");
    let images: Vec<ImageId> = (0..6).map(ImageId).collect();
    let format = ExportFormat::Csv;
    export(
        &mut listener,
        ExportWish {
            images: images.into(),
            scores: vec![],
            vectors: vec![],
            format,
            target: target.clone(),
            map: None,
            dataset: DatasetOptions::default(),
            overwrite: false,
        },
    );
    let mut table = csv::Reader::from_path(&target).expect("a table");
    let column = table.headers().expect("a header").iter().position(|name| name == "class_1").expect("classes");
    for (row, id) in table.records().zip(0..) {
        let row = row.expect("a row");
        listener.engine.send(Request::Look(Look::Activations { image: ImageId(id), layer: 0 }));
        let seen = listener.until("classes", |event| match event {
            Event::Activations(view) if view.image == ImageId(id) => Some(view.classes[0].clone()),
            _ => None,
        });
        let probability: f32 = row[column + 1].parse().expect("a number");
        assert_eq!(&row[column], seen.name);
        // What is stored has half precision: scores of some tens are a few hundredths off.
        assert!((probability - seen.probability).abs() < 0.03, "{probability} instead of {}", seen.probability);
    }
}

#[test]
fn what_image_folders_would_hold_is_counted_before_anything_is_written() {
    let (dir, folder, workspace) = sample(6);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    for (tag, images) in [("keep", vec![ImageId(0), ImageId(1)]), ("odd", vec![ImageId(1)])] {
        listener.engine.send(Request::Tag { images: images.into_iter().collect(), tag: tag.to_owned(), is_on: true });
        listener.until("the tag", |event| matches!(event, Event::Tagged { .. }).then_some(()));
    }
    let target = dir.path().join("sets");
    let shares = SplitShares { validation: 50, test: 0, seed: 0 };
    let wish = ExportWish {
        images: (0..6).map(ImageId).collect(),
        scores: vec![],
        vectors: vec![],
        format: ExportFormat::Folders,
        target: target.clone(),
        map: None,
        dataset: DatasetOptions { by: ClassesBy::Tag, splits: SplitBy::Shares(shares), ..DatasetOptions::default() },
        overwrite: false,
    };
    let plan = |listener: &mut Listener| {
        listener.engine.send(Request::PlanFolders(wish.clone()));
        listener.until("the counts", |event| match event {
            Event::FoldersToConfirm(counts) => Some(counts.clone()),
            _ => None,
        })
    };
    let planned = plan(&mut listener);
    let counts = &planned.counts;
    assert_eq!((counts.pictures, counts.files, counts.unclassed, counts.left.len()), (2, 3, 4, 4), "{counts:?}");
    assert!(!target.exists(), "nothing is written");
    listener.engine.send(Request::Export(planned.wish.clone()));
    let summary = listener.until("the export", |event| match event {
        Event::Exported(summary) => Some(summary.clone()),
        _ => None,
    });
    assert_eq!(summary.written, counts.files);
    let splits = fs::read_dir(&target).expect("a folder").flatten();
    let mut written: Vec<(String, usize)> = splits
        .map(|split| {
            let tags = fs::read_dir(split.path()).expect("a folder").flatten();
            (split.file_name().to_string_lossy().into_owned(), tags.count())
        })
        .collect();
    written.sort();
    assert_eq!(written.iter().map(|(_, tags)| tags).sum::<usize>(), counts.folders, "{written:?}");
    let counted: Vec<&String> = counts.splits.iter().map(|(split, _)| split).collect();
    assert_eq!(written.iter().map(|(split, _)| split).collect::<Vec<_>>(), counted);

    listener.engine.send(Request::PlanFolders(wish));
    let problem = listener.until_problem();
    assert!(problem.why.contains("in this folder already"), "{problem}");
}

#[test]
fn the_recipe_that_the_window_saves_is_the_one_of_the_command_line_and_replaces_nothing_unasked() {
    let (dir, folder, workspace) = sample(12);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    let target = dir.path().join("recipe.toml");
    fs::write(&target, "mine").expect("a file");
    listener.engine.send(Request::SaveRecipe { target: target.clone(), overwrite: false });
    let taken = listener.until("a question", |event| match event {
        Event::RecipeExists(taken) => Some(taken.clone()),
        _ => None,
    });
    assert_eq!((&taken, fs::read_to_string(&target).expect("a file")), (&target, "mine".to_owned()));
    listener.engine.send(Request::SaveRecipe { target: target.clone(), overwrite: true });
    let saved = listener.until("the recipe", |event| match event {
        Event::RecipeSaved(saved) => Some(saved.clone()),
        _ => None,
    });
    let recipe = read_recipe(&target).expect("a recipe");
    assert!(saved.layers > 0 && recipe.pictures.count == 12, "{recipe:?}");
    assert_eq!((saved.layers, saved.maps, saved.clusterings), (recipe.layers.len(), 0, 0));
    listener.engine.send(Request::TellRecipe);
    let told = listener.until("the same, told", |event| match event {
        Event::Recipe(recipe) => Some(recipe.clone()),
        _ => None,
    });
    assert_eq!(recipe, *told);

    let nowhere = dir.path().join("nowhere/recipe.toml");
    listener.engine.send(Request::SaveRecipe { target: nowhere, overwrite: false });
    assert_eq!(listener.until_problem().what, "The recipe was not saved");
}

#[test]
fn where_the_clustering_that_was_shown_is_gone_the_rest_is_exported_and_that_is_said() {
    let (dir, _workspace, mut listener, _collection) = extracted(12);
    let request = |name: &str, clusters: ClustersTold| ExportWish {
        images: (0..12).map(ImageId).collect(),
        scores: vec![],
        vectors: vec![],
        format: ExportFormat::Csv,
        target: dir.path().join(name),
        map: None,
        dataset: DatasetOptions { clusters, ..DatasetOptions::default() },
        overwrite: false,
    };
    let gone = "kmeans_9_gone".to_owned();
    listener.engine.send(Request::Export(request("shown.csv", ClustersTold::OfTheShown(gone.clone()))));
    let mut remarks = Vec::new();
    let summary = listener.until("the export", |event| match event {
        Event::Remark(remark) => {
            remarks.push(remark.to_string());
            None
        }
        Event::Exported(summary) => Some(summary.clone()),
        _ => None,
    });
    assert_eq!(summary.written, 12);
    assert!(remarks.iter().any(|it| it.contains("Clusters were left out") && it.contains(&gone)), "{remarks:?}");
    let table = fs::read_to_string(dir.path().join("shown.csv")).expect("a table");
    let header = table.lines().next().expect("a header");
    assert!(!header.contains("cluster"), "{header}");
    // Who names one wants that one.
    listener.engine.send(Request::Export(request("named.csv", ClustersTold::Of(gone.clone()))));
    let problem = listener.until_problem();
    assert!(problem.to_string().contains(&gone) && !dir.path().join("named.csv").exists(), "{problem}");
}
