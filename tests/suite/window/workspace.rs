//! The dialog of the workspace itself.

use std::sync::Arc;

use eframe::egui::Key;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{
    Counted, IndexKind, IndexPlan, IndexRecord, LostName, Metric, PlannedIndex, Pooling, Preference,
    RepresentationStorage, StorageLayout, StorageReport, StoredLayer, TableHistory, TableStorage, TableVersion,
    VersionComparison, VersionName,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, Asked, Event, IndexWish, MaintenanceReport, MaintenanceWish, Problem, Progress,
    Request,
};

use crate::support::window::{Setup, Window};

const VECTORS: &str = "squeezenet_1a2b3c4d";

pub fn version(number: u64, rows: u64, tags: &[&str]) -> TableVersion {
    TableVersion {
        number,
        committed_unix_secs: 1_795_446_960 + number as i64 * 60,
        rows,
        bytes: rows * 5000,
        fragments: number,
        layers: None,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    }
}

pub fn news(measured: bool) -> MaintenanceReport {
    let table = |name: &str, column: &str| TableStorage {
        table: name.to_owned(),
        rows: 60,
        fragments: 3,
        versions: 3,
        memory: Counted { bytes: 30_000, ideal: 20_000 },
        old_bytes: 2_000,
        commit_rows: 60,
        update: measured.then_some(Counted { bytes: 24_000, ideal: 20_000 }),
        representations: vec![RepresentationStorage {
            precision: Some("half"),
            column: column.to_owned(),
            memory: Counted { bytes: 21_000, ideal: 20_000 },
            query: "the ten nearest, every image compared",
            read: measured.then_some(Counted { bytes: 42_000, ideal: 4_000 }),
            update: measured.then_some(Counted { bytes: 21_000, ideal: 20_000 }),
        }],
        indices: Vec::new(),
    };
    let history = |table: &str, tags: &[&str]| TableHistory {
        table: table.to_owned(),
        fixed_because: None,
        versions: vec![version(1, 0, &[]), version(2, 30, tags), version(3, 60, &[])],
        lost_names: Vec::new(),
    };
    MaintenanceReport {
        storage: StorageReport {
            prefer: None,
            layout: StorageLayout::of(None),
            bytes: 61_000,
            tables: vec![table("images", "thumbnail"), table(VECTORS, "fire9_concat_average")],
        },
        histories: vec![history("images", &["before"]), history(VECTORS, &["before"])],
        done: String::new(),
        plans: Vec::new(),
        compared: None,
    }
}

/// Shows what few need.
fn open_advanced(window: &mut Window) {
    window.press("Advanced");
    window.harness.run_steps(20);
}

/// A window on pictures with the dialog open; what it asked for is still to be answered.
fn open() -> Window {
    let mut window = Window::with_images(60, Setup::default());
    window.forget_sent();
    window.click("File");
    window.click("Workspace…");
    window
}

fn told(news: MaintenanceReport) -> Event {
    Event::MaintenanceEnded(Arc::new(news))
}

fn kept(window: &Window) -> Vec<MaintenanceWish> {
    let wish = |request: Request| match request {
        Request::Maintain(wish) => Some(wish),
        _ => None,
    };
    window.sent().into_iter().filter_map(wish).collect()
}

#[test]
fn opened_it_looks_at_the_workspace_and_measures_only_when_asked() {
    let mut window = open();
    assert_eq!(kept(&window), [MaintenanceWish::Inspect { measured: false }]);
    window.harness.get_by_label("Inspecting the workspace…");
    window.tell([told(news(false))]);
    window.settle();
    open_advanced(&mut window);
    assert!(window.names().iter().any(|name| name.starts_with("Reads and writes have not been measured yet.")));
    window.press("Measure reads and writes");
    assert_eq!(kept(&window).last(), Some(&MaintenanceWish::Inspect { measured: true }));
    window.tell([told(news(true))]);
    window.settle();
    for number in ["42 kB · 10.5×", "30 kB · 1.5×", "350 B · 1.1×"] {
        // Once beside the bar, once for those who do not see it.
        assert!(window.names().iter().any(|name| name == number), "nothing of {number}: {:?}", window.names());
    }
}

#[test]
fn layers_in_single_precision_are_named_where_they_cost() {
    let mut window = open();
    let columns = Pooling::ALL.map(|pooling| StoredLayer { layer: "fire9/concat".to_owned(), pooling }).to_vec();
    let mut news = news(false);
    news.storage.tables[1].representations[0].precision = Some("single");
    window.tell([Event::InSingle { columns: columns.clone(), is_news: false }, told(news)]);
    window.settle();
    open_advanced(&mut window);
    let sentence = "1 layer is stored in single precision, because half precision ends at 65,504: fire9/concat.";
    window.harness.get_by_label(sentence);
    assert!(window.names().iter().any(|name| name.contains("(single precision)")));
    // What was so before is no news; what has become so is told at once, and stays to be read here.
    assert_eq!(window.names().iter().filter(|name| *name == sentence).count(), 1);
    window.tell([Event::InSingle { columns, is_news: true }]);
    window.settle();
    assert_eq!(window.names().iter().filter(|name| *name == sentence).count(), 2);
}

#[test]
fn what_deletes_is_asked_about_first() {
    let mut window = open();
    window.tell([told(news(false))]);
    window.settle();
    open_advanced(&mut window);
    window.forget_sent();
    window.press("Little space");
    assert_eq!(kept(&window), []);
    window.click("Leave it");
    window.press("Delete old versions…");
    window.click("Delete them");
    window.press("Fast reads");
    let wishes = [MaintenanceWish::DeleteVersions(1), MaintenanceWish::Prefer(Some(Preference::FastReads))];
    assert_eq!(kept(&window), wishes);
}

#[test]
fn fast_reads_say_which_indices_they_build_before_they_do() {
    let mut window = open();
    let source = StoredLayer { layer: "fire9/concat".to_owned(), pooling: Pooling::Average };
    let planned = PlannedIndex { table: VECTORS.to_owned(), source, bytes: 21_000_000, secs: Some(34.0) };
    let plan = IndexPlan { build: vec![planned], drop: Vec::new() };
    window.tell([told(MaintenanceReport { plans: vec![(Preference::FastReads, plan.clone())], ..news(false) })]);
    window.settle();
    open_advanced(&mut window);
    window.forget_sent();
    window.press("Fast reads");
    assert_eq!(kept(&window), []);
    window.harness.get_by_label(
        "Indices for 1 layer will be built, about 21 MB in all; this takes about 34 s, judging by indices built before.",
    );
    window.click("Build them");
    assert_eq!(kept(&window), [MaintenanceWish::Prefer(Some(Preference::FastReads))]);
}

#[test]
fn a_version_is_named_and_gone_back_to() {
    let mut window = open();
    window.tell([told(news(false))]);
    window.settle();
    window.forget_sent();
    window.click("Restore before…");
    assert_eq!(kept(&window), [], "it is asked about first");
    window.click("Restore");
    let name = VersionName::Name("before".to_owned());
    assert_eq!(kept(&window), [MaintenanceWish::Restore { table: None, version: name }]);
    window.click("Forget the name before");
    assert_eq!(kept(&window).last(), Some(&MaintenanceWish::ForgetName("before".to_owned())));
    window.harness.get_by_label("Name for the present state:");
}

#[test]
fn two_versions_of_a_table_are_compared() {
    let mut window = open();
    window.tell([told(news(false))]);
    window.settle();
    open_advanced(&mut window);
    window.press("Versions");
    window.forget_sent();
    window.press("Compare version 3 of Pictures on record");
    assert_eq!(kept(&window), [], "another one is to be chosen");
    window.press("Compare version 2 of Pictures on record");
    // Which is the earlier is not for the person to think of.
    let (before, after) = (VersionName::Number(2), VersionName::Number(3));
    assert_eq!(kept(&window), [MaintenanceWish::Compare { table: "images".to_owned(), before, after }]);
    let compared = VersionComparison {
        table: "images".to_owned(),
        before: version(2, 30, &[]),
        after: version(3, 60, &[]),
        rows_added: 31,
        rows_removed: 1,
        columns_added: vec!["sharpness".to_owned()],
        columns_removed: Vec::new(),
    };
    window.tell([told(MaintenanceReport { compared: Some(compared), ..news(false) })]);
    window.settle();
    window.harness.get_by_label("31 rows added, 1 removed.");
    window.harness.get_by_label("+ sharpness");
    window.picture("compared");
}

#[test]
fn work_shows_how_far_it_is_and_stops_and_a_refusal_says_why() {
    let mut window = open();
    window.tell([told(news(false))]);
    let progress = Arc::new(Progress::new("Merging small files"));
    window.tell([Event::MaintenanceStarted(progress.clone())]);
    window.settle();
    assert!(window.has("Merging small files"));
    window.click("Stop");
    assert!(progress.is_cancelled());
    progress.end();
    let problem = Problem::new("The workspace cannot be changed now", "features are being extracted into it.");
    window.tell([Event::Problem { of: Asked::Maintenance, problem }]);
    window.settle();
    assert!(window.has("The workspace cannot be changed now"), "{:?}", window.names());
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!window.has("Delete old versions…"));
}

#[test]
fn an_index_is_built_told_with_what_it_finds_kept_up_and_removed() {
    let mut window = open();
    window.tell([told(news(false))]);
    window.settle();
    let index_wishes = |window: &Window| -> Vec<IndexWish> {
        let wish = |request: Request| match request {
            Request::Analyse(AnalysisWish::Index(wish)) => Some(wish),
            _ => None,
        };
        window.sent().into_iter().filter_map(wish).collect()
    };
    open_advanced(&mut window);
    window.forget_sent();
    window.press("Build an index");
    let wishes = index_wishes(&window);
    let [IndexWish::Build { source, kind: IndexKind::IvfRq, metric: Metric::Cosine }] = &wishes[..] else {
        panic!("{wishes:?}")
    };
    let progress = Arc::new(Progress::new("Index at it"));
    window.tell([Event::AnalysisStarted(progress.clone())]);
    window.settle();
    window.forget_sent();
    window.click("Stop");
    assert!(progress.is_cancelled());
    progress.end();

    let record = IndexRecord {
        source: source.clone(),
        kind: IndexKind::IvfRq,
        metric: Metric::Cosine,
        rows: 60,
        built_rows: 60,
        probes: 8,
        refine: 4,
        recall: 0.987,
        least_recall: 0.8,
        measured_k: 10,
        measured_probes: 60,
        median_ms: 0.5,
        p99_ms: 0.9,
        exact_median_ms: 3.0,
        built_secs: 1.0,
        measured_unix_secs: 1_795_446_960,
        extended: None,
    };
    window.forget_sent();
    window.tell([Event::Answered(AnalysisAnswer::Indices(vec![record]))]);
    window.settle();
    assert_eq!(kept(&window), [MaintenanceWish::Inspect { measured: false }], "what it costs is to be seen");
    let says = |window: &Window, words: &str| window.names().iter().any(|name| name.contains(words));
    assert!(says(&window, "usual kind, by cosine, 60 images, finds 98.7 % of the 10 nearest"), "{:?}", window.names());
    window.press("Add new images");
    window.press("Remove the index");
    assert_eq!(index_wishes(&window), [IndexWish::Extend(source.clone()), IndexWish::Remove(source.clone())]);

    // After an extraction the new images join by themselves; without an index there is nothing to join.
    window.forget_sent();
    window.tell([Event::JobEnded { cancelled: true }]);
    window.settle();
    assert_eq!(index_wishes(&window), []);
    window.tell([Event::JobEnded { cancelled: false }]);
    window.settle();
    assert_eq!(index_wishes(&window), [IndexWish::KeepUp]);
    window.tell([Event::Answered(AnalysisAnswer::Indices(Vec::new()))]);
    window.forget_sent();
    window.tell([Event::JobEnded { cancelled: false }]);
    window.settle();
    assert_eq!(index_wishes(&window), []);
    assert!(says(&window, "No index for"));
}

#[test]
fn what_lies_there_is_told_in_words_and_not_by_the_names_of_tables() {
    let mut window = open();
    window.tell([told(news(false))]);
    window.settle();
    let words = "61 kB on disk for 60 pictures: 30 kB of records and small copies, 30 kB of vectors, 1.0 kB of all else. 4.0 kB of \
                 it is in old versions.";
    window.harness.get_by_label(words);
    open_advanced(&mut window);
    window.picture("workspace_storage");
    for name in ["Pictures on record", "Vectors of squeezenet", "Read for a question", "Written for a picture"] {
        assert!(window.has(name), "{name}: {:?}", window.names());
    }
    assert!(window.names().iter().any(|name| name.contains("Small copies of the pictures")));
    assert!(!window.names().iter().any(|name| name.contains(VECTORS)), "{:?}", window.names());
    window.harness.get_by_label("Read for a question").hover();
    window.harness.run_steps(60);
    assert!(window.names().iter().any(|name| name.contains("an index reads far less")), "{:?}", window.names());
}

#[test]
fn versions_tell_what_they_hold_and_what_the_next_one_lacks() {
    let mut window = open();
    let layers = |number, rows, layers| TableVersion { layers: Some(layers), ..version(number, rows, &[]) };
    let versions = vec![layers(1, 30, 36), layers(2, 700, 36), layers(3, 700, 12), layers(4, 700, 12)];
    let history = TableHistory { table: VECTORS.to_owned(), fixed_because: None, versions, lost_names: Vec::new() };
    window.tell([told(MaintenanceReport { histories: vec![history], ..news(false) })]);
    window.settle();
    open_advanced(&mut window);
    window.press("Versions");
    window.picture("workspace_versions");
    for words in [
        "30 pictures, 36 layers",
        "700 pictures, 36 layers: 670 pictures added; before 24 layers were removed",
        "700 pictures, 12 layers: 24 layers removed",
        "700 pictures, 12 layers: contents were changed",
    ] {
        assert!(window.has(words), "{words}: {:?}", window.names());
    }
    window.press("Restore 2…");
    let words =
        "Restore version 2 of “Vectors of squeezenet”? What is there now stays a version that can be restored, too.";
    window.harness.get_by_label(words);
}

#[test]
fn names_that_cannot_be_read_any_more_are_listed_with_what_to_do() {
    let mut window = open();
    let mut report = news(false);
    let lost = |name: &str, given_unix_secs| LostName { name: name.to_owned(), given_unix_secs };
    report.histories[0].lost_names = vec![lost("after", 1_795_446_960), lost("before", 0)];
    report.histories[1].lost_names = vec![lost("after", 1_795_446_960 - 60)];
    // In one table it can be read, and is a state like others.
    report.histories[0].versions[1].tags.clear();
    window.tell([told(report)]);
    window.settle();
    let says = |window: &Window, words: &str| window.names().iter().any(|name| name == words);
    for words in [
        "after, given 2026-11-23 15:16 UTC, cannot be read any more, so nobody knows which state it named. It was a name of: \
         Pictures on record, Vectors of squeezenet.",
        "Until then none of their old versions are deleted, since it may have been one of them. Give the name anew, or \
         forget it.",
        "before cannot be read any more, so nobody knows which state it named. It was a name of: Pictures on record.",
        "Until then none of their old versions are deleted, since it may have been one of them. Forget it there: other \
         tables keep the name.",
        "Restore before…",
    ] {
        assert!(says(&window, words), "{words}: {:?}", window.names());
    }
    assert!(!says(&window, "Call the present state before"), "another state has the name");
    window.forget_sent();
    window.press("Call the present state after");
    assert_eq!(kept(&window).last(), Some(&MaintenanceWish::NameVersion("after".to_owned())));
    window.press("Forget the name after where it is lost");
    assert_eq!(kept(&window).last(), Some(&MaintenanceWish::ForgetLostName("after".to_owned())));
    window.tell([told(news(false))]);
    window.settle();
    assert!(!window.names().iter().any(|name| name.contains("cannot be read any more")), "{:?}", window.names());
}

#[test]
fn what_a_person_wants_stands_first_and_the_rest_is_folded_away() {
    let mut window = open();
    window.tell([told(news(false))]);
    window.settle();
    for name in ["How much it takes", "Is all well?", "Make room", "Go back to an earlier state", "Advanced"] {
        assert!(window.has(name), "{name}: {:?}", window.names());
    }
    assert!(window.has("Nothing amiss was found when it was opened."));
    let costs = "Frees 4.0 kB. Earlier states that have no name are gone then; everything as it is now stays.";
    assert!(window.has(costs), "what is deleted is said before: {:?}", window.names());
    for name in ["Compact", "Build an index", "Little space", "Storage", "Versions"] {
        assert!(!window.has(name), "{name} is for few");
    }
    open_advanced(&mut window);
    for name in ["Compact", "Build an index", "Little space", "Storage", "Versions"] {
        assert!(window.has(name), "{name}: {:?}", window.names());
    }
    let says = |window: &Window, words: &str| window.names().iter().any(|name| name.contains(words));
    assert!(says(&window, "Reads everything once: 61 kB."), "each button says what it costs: {:?}", window.names());
    // Nothing old is there: nothing to delete.
    let mut news = news(false);
    news.storage.tables.iter_mut().for_each(|table| table.old_bytes = 0);
    window.tell([told(news)]);
    window.settle();
    assert!(window.has("Nothing to delete: there are no old versions."));
}

#[test]
fn a_workspace_in_which_something_could_not_be_read_says_so() {
    let mut collection = crate::support::collection::collection();
    collection.remarks = vec![Problem::new("The tags could not be read", "the file is damaged")];
    let mut window = Window::open(Setup::default());
    window.tell([Event::Opened(Arc::new(collection))]);
    window.settle();
    window.click("File");
    window.click("Workspace…");
    window.tell([told(news(false))]);
    window.settle();
    assert!(window.has("The tags could not be read: the file is damaged"), "{:?}", window.names());
    assert!(!window.has("Nothing amiss was found when it was opened."));
}
