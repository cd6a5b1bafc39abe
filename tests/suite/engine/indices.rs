//! Indices over a collection large enough for one, through the engine and the command line.

use half::f16;
use std::path::Path;

use tiramisu::domain::{
    EXACT_BYTES, ImageId, ImagePath, ImageRecord, IndexKind, IndexPlan, IndexRecord, LayerToIndex, Metric, Preference,
    StorageReport, StoredLayer,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, EngineOptions, Event, IndexWish, MaintenanceWish, NetworkFile, Progress, Request,
    index_plans,
};
use tiramisu::store::{FeatureRows, NewImage, Workspace};

use super::extracted;
use crate::support::command::Home;
use crate::support::listener::{Listener, options};

/// Appends images that nobody drew, with vectors in forty clusters.
pub fn append(workspace: &Path, count: u32) {
    let mut workspace = Workspace::open_to_write(workspace).expect("nobody else writes it");
    let spec = workspace.feature_tables().expect("tables")[0].spec.clone();
    let mut table = workspace.features(&spec).expect("a table");
    let first = u32::try_from(table.rows()).expect("few rows");
    let ids = first..first + count;
    let path = |id: u32| format!("generated/{id:05}.png");
    let image = |id: u32| NewImage {
        record: ImageRecord {
            id: ImageId(id),
            path: ImagePath { text: path(id), raw: None },
            label: None,
            width: 8,
            height: 8,
            file_bytes: 1,
            modified_unix_secs: 1,
            problem: None,
        },
        thumbnail: None,
    };
    workspace.append_images(ids.clone().map(image).collect()).expect("images are written");
    let values = |channels: usize| -> Vec<f16> {
        let of = |id: u32| {
            let mut middle = fastrand::Rng::with_seed(u64::from(id % 40));
            let mut own = fastrand::Rng::with_seed(1000 + u64::from(id));
            (0..channels).map(move |_| f16::from_f32(middle.f32() * 4.0 + own.f32()))
        };
        ids.clone().flat_map(of).collect()
    };
    let rows = FeatureRows {
        ids: ids.clone().map(ImageId).collect(),
        paths: ids.clone().map(path).collect(),
        labels: ids.clone().map(|_| None).collect(),
        values: table.columns().into_iter().map(|(stored, channels)| (stored, values(channels).into())).collect(),
    };
    table.append(rows).expect("vectors are written");
}

fn ask(listener: &mut Listener, wish: IndexWish) -> Vec<IndexRecord> {
    listener.engine.send(Request::Analyse(AnalysisWish::Index(wish)));
    let indices = listener.until("the indices", |event| match event {
        Event::Answered(AnalysisAnswer::Indices(indices)) => Some(indices.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    indices
}

fn outside(workspace: &Path, source: &StoredLayer) -> usize {
    let workspace = Workspace::open(workspace).expect("a workspace");
    let features = workspace.feature_tables().expect("tables")[0].table.clone();
    workspace.rows_outside_index(&features, source).expect("an answer")
}

#[test]
fn new_images_join_an_index_which_is_measured_again_and_built_anew_when_most_of_them_are_new() {
    let (dir, workspace, mut listener, collection) = extracted(12);
    let folder = collection.folder.clone();
    let source = collection.stored[collection.stored.len() / 2].clone();
    let build = IndexWish::Build { source: source.clone(), kind: IndexKind::IvfRq, metric: Metric::Cosine };
    listener.engine.send(Request::Analyse(AnalysisWish::Index(build.clone())));
    let refused = listener.until_problem();
    assert!(refused.why.contains("12 images"), "{refused}");
    // Without an index there is none to keep up, and nothing to say of it.
    listener.problems.clear();
    listener.engine.send(Request::Analyse(AnalysisWish::Index(IndexWish::KeepUp)));
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    assert_eq!(listener.problems, []);
    let again = |listener: Listener, count: u32| -> Listener {
        drop(listener);
        append(&workspace, count);
        let mut listener = Listener::start(options(dir.path()));
        listener.open(&folder, &workspace, NetworkFile::Analytic, false);
        // What is told of the indices on opening comes before the tags.
        listener.until("the collection", |event| matches!(event, Event::Tags(_)).then_some(()));
        listener
    };

    let mut listener = again(listener, 1188);
    let built = ask(&mut listener, build);
    assert_eq!((built.len(), built[0].rows, built[0].built_rows, outside(&workspace, &source)), (1, 1200, 1200, 0));
    assert!(built[0].recall > 0.9 && built[0].measured_unix_secs > 0, "{built:?}");
    assert!(built[0].median_ms <= built[0].p99_ms && built[0].least_recall <= built[0].recall);
    assert_eq!(ask(&mut listener, IndexWish::KeepUp), built, "nothing came");

    let mut listener = again(listener, 300);
    assert_eq!(outside(&workspace, &source), 300);
    let joined = ask(&mut listener, IndexWish::KeepUp);
    assert_eq!((joined[0].rows, joined[0].built_rows, outside(&workspace, &source)), (1500, 1200, 0));
    let extended = joined[0].extended.expect("what was written for the new images was counted");
    assert!(extended.rows == 300 && extended.bytes > 300, "{extended:?}");
    assert!(joined[0].recall > 0.9, "{joined:?}");

    let mut listener = again(listener, 1000);
    let anew = ask(&mut listener, IndexWish::KeepUp);
    assert_eq!((anew[0].rows, anew[0].built_rows, outside(&workspace, &source)), (2500, 2500, 0));

    // Who wants fast reads wants it learned from all there is, however few came.
    listener.engine.send(Request::Maintain(MaintenanceWish::Prefer(Some(Preference::FastReads))));
    listener.until("the end of the work", |event| matches!(event, Event::MaintenanceEnded(_)).then_some(()));
    let mut listener = again(listener, 10);
    let anew = ask(&mut listener, IndexWish::KeepUp);
    assert_eq!((anew[0].rows, anew[0].built_rows), (2510, 2510));
    assert_eq!(ask(&mut listener, IndexWish::List), anew);
    drop(listener);

    // The command line extracts one more picture, which joins.
    let home = Home::new();
    let image = std::fs::read_dir(&folder).expect("a folder").next().expect("something").expect("readable").path();
    let image = if image.is_dir() {
        std::fs::read_dir(image).expect("a folder").next().expect("something").expect("readable").path()
    } else {
        image
    };
    std::fs::copy(&image, folder.join("later.png")).expect("a picture");
    let at = |path: &Path| path.to_str().expect("a plain name").to_owned();
    let run = |verb: &str, words: &[&str]| {
        let fixed = [at(&folder), "--workspace".into(), at(&workspace), "--network".into(), "filters".into()];
        let further = ["--compute", "cpu", "--json"].into_iter().chain(words.iter().copied()).map(str::to_owned);
        home.run(std::iter::once(verb.to_owned()).chain(fixed).chain(further)).good_json()
    };
    let done = run("extract", &[]);
    assert_eq!((&done["done_now"], &done["with_vectors"]), (&1.into(), &2511.into()), "{done}");
    let listed = run("index", &["--list"]);
    assert_eq!((&listed[0]["rows"], &listed[0]["source"]["layer"]), (&2511.into(), &source.layer.as_str().into()));
    assert_eq!(outside(&workspace, &source), 0);
    let dropped = run("index", &["--drop", "--layer", &source.layer, "--pooling", source.pooling.word()]);
    assert_eq!(dropped.as_array().map(Vec::len), Some(0), "{dropped}");
}

#[test]
fn the_indices_of_a_plan_are_built_measured_and_about_as_large_as_was_said() {
    let (_dir, workspace, listener, collection) = extracted(12);
    drop(listener);
    append(&workspace, 1200);
    let source = collection.stored[collection.stored.len() / 2].clone();
    let mut opened = Workspace::open_to_write(&workspace).expect("nobody else writes it");
    let summary = opened.feature_tables().expect("tables")[0].clone();
    let channels = summary.spec.columns.iter().find(|(stored, _)| *stored == source).expect("it is stored").1;
    // So few images want none; as if they were many, the same layer would get one.
    let layer = LayerToIndex {
        table: summary.table.clone(),
        source: source.clone(),
        rows: 100_000_000 / channels,
        channels,
        index: None,
    };
    let plan = IndexPlan::of(Some(Preference::FastReads), &[layer], EXACT_BYTES);
    assert_eq!(plan.build.len(), 1);
    assert_eq!(index_plans::build(&opened, &plan, &Progress::new("indices")).expect("it is built"), 1);
    opened.refresh().expect("it can be read");
    let records = opened.indices(&summary.table).expect("a list");
    assert!(records.len() == 1 && records[0].source == source && records[0].recall > 0.9, "{records:?}");
    let counted = |workspace: &Workspace| workspace.storage(false, &mut |_, _| true).expect("it is counted");
    let bytes_of = |report: &StorageReport| {
        report.tables.iter().flat_map(|table| &table.indices).next().expect("the index").memory.bytes
    };
    let report = counted(&opened);
    let index = bytes_of(&report);
    let dropped = index_plans::plan(&opened, &report, Some(Preference::LittleSpace), EXACT_BYTES).expect("a plan");
    assert_eq!((dropped.drop.len(), dropped.drop[0].bytes), (1, index));
    assert!(index_plans::plan(&opened, &report, Some(Preference::FastReads), EXACT_BYTES).expect("a plan").is_empty());

    // What was said is what a row takes; an index of few rows has much beside.
    drop(opened);
    append(&workspace, 3000);
    let opened = Workspace::open_to_write(&workspace).expect("nobody else writes it");
    assert_eq!(index_plans::build(&opened, &plan, &Progress::new("indices")).expect("it is built"), 1);
    let later = bytes_of(&counted(&Workspace::open(&workspace).expect("it can be read")));
    let found = (later - index) as f64 / 3000.0;
    let said = plan.build[0].bytes as f64 / (100_000_000 / channels) as f64;
    assert!(found < 1.2 * said && said < 1.2 * found, "{said:.1} bytes a row were said, {found:.1} were taken");
}

#[test]
fn indices_are_planned_for_what_the_engine_would_ask_them() {
    let (dir, workspace, listener, collection) = extracted(12);
    let (folder, stored) = (collection.folder.clone(), collection.stored.len());
    drop(listener);
    // Vectors of twelve pictures are compared at once, unless that is not wished for of any.
    for (exact_bytes, wanted) in [(EXACT_BYTES, 0), (0, stored)] {
        let mut listener = Listener::start(EngineOptions { exact_bytes, ..options(dir.path()) });
        listener.open(&folder, &workspace, NetworkFile::Analytic, false);
        listener.until_opened();
        listener.engine.send(Request::Maintain(MaintenanceWish::Inspect { measured: false }));
        let report = listener.until("the report", |event| match event {
            Event::MaintenanceEnded(report) => Some(report.clone()),
            _ => None,
        });
        let fast = report.plans.iter().find(|(preference, _)| *preference == Preference::FastReads);
        let build = &fast.expect("it is planned").1.build;
        assert_eq!(build.len(), wanted, "of {stored} layers, with {exact_bytes} bytes compared one by one");
    }
    assert!(stored > 1);
}
