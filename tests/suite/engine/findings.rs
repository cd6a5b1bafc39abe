//! Near-duplicates and outliers through the engine's front door.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tiramisu::domain::{
    DuplicateReason, DuplicateReport, DuplicateWish, OutlierReport, OutlierScore, OutlierWish, StoredLayer, Within,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, ClassMeans, ClassWish, Collection, Engine, Event, Finding, NetworkFile, Request,
    StoredResult,
};

use super::sample;
use crate::support::listener::{Listener, options};

/// The last layer but the scores, averaged.
fn deep(collection: &Collection) -> StoredLayer {
    collection.stored[collection.stored.len() - 2].clone()
}

#[test]
fn copies_are_found_in_the_way_in_which_they_are_copies_and_contradictions_are_told() {
    let (dir, folder, workspace) = sample(22);
    let pictures: Vec<_> = {
        let mut found = Vec::new();
        for label in fs::read_dir(&folder).unwrap() {
            for file in fs::read_dir(label.unwrap().path()).unwrap() {
                found.push(file.unwrap().path());
            }
        }
        found.sort();
        found
    };
    // The same file under another label, and the same picture in another format in another split.
    let (a, b) = (&pictures[0], &pictures[5]);
    fs::create_dir_all(folder.join("train/elsewhere")).unwrap();
    fs::create_dir_all(folder.join("test/elsewhere")).unwrap();
    fs::copy(a, folder.join("train/elsewhere/copy.png")).unwrap();
    fs::copy(a, folder.join("test/elsewhere/copy.png")).unwrap();
    image::open(b).unwrap().to_rgb8().save(folder.join("train/elsewhere/other.bmp")).unwrap();
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until_opened();
    listener.until_extracted();
    let mut find = |wish: DuplicateWish| {
        listener.engine.send(Request::Analyse(AnalysisWish::Duplicates(wish)));
        let report = listener.until("duplicates", |event| match event {
            Event::Answered(AnalysisAnswer::Found(Finding::Duplicates(report))) => Some(report.clone()),
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        });
        listener.until("the end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
        let names: Vec<Vec<String>> = report
            .groups
            .iter()
            .map(|group| group.images.iter().map(|id| listener.images[id.index()].path.text.clone()).collect())
            .collect();
        (report, names)
    };
    let all = DuplicateWish::new(deep(&collection));
    let (report, names) = find(DuplicateWish { bits: None, features: None, ..all.clone() });
    assert_eq!((report.compared, report.unread, names.len()), (25, 0, 1));
    assert!(names[0].contains(&"train/elsewhere/copy.png".to_owned()) && names[0].len() == 3, "{names:?}");
    assert_eq!(report.groups[0].reasons, [(DuplicateReason::Content, 0.0)]);
    assert_eq!(report.groups[0].labels.len(), 2, "its own label and elsewhere");
    assert_eq!(report.groups[0].splits, [("test".to_owned(), 1), ("train".to_owned(), 1)]);

    let other =
        |names: &[Vec<String>]| names.iter().any(|group| group.contains(&"train/elsewhere/other.bmp".to_owned()));
    let (_, names) = find(DuplicateWish { by_content: false, features: None, ..all.clone() });
    assert!(other(&names), "the same look: {names:?}");
    let (_, names) = find(DuplicateWish {
        by_content: false,
        bits: None,
        features: Some((deep(&collection), Within::Distance(1e-4))),
    });
    assert!(other(&names), "the same features: {names:?}");

    let (report, _) = find(all);
    let table = format!("{}.lance", report.table());
    assert!(workspace.join(&table).is_dir(), "{table} is kept");
}

#[test]
fn every_image_is_scored_and_a_stranger_stands_out() {
    let (dir, folder, workspace) = sample(66);
    // Noise among painted textures.
    let noise = image::RgbImage::from_fn(96, 96, |x, y| {
        let hash = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761);
        image::Rgb([hash as u8, (hash >> 8) as u8, (hash >> 16) as u8])
    });
    noise.save(folder.join("stranger.png")).unwrap();
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until_opened();
    listener.until_extracted();
    let stranger = listener.id("stranger.png");
    listener.engine.send(Request::Analyse(AnalysisWish::Outliers(OutlierWish { source: deep(&collection), k: 5 })));
    let report = listener.until("outliers", |event| match event {
        Event::Answered(AnalysisAnswer::Found(Finding::Outliers(report))) => Some(report.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    listener.until("the end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    assert_eq!(report.ids.len(), 67);
    for by in OutlierScore::ALL {
        let first = report.first(by, 67);
        assert_eq!(first.len(), 67);
        assert!(first.is_sorted_by(|a, b| a.1 >= b.1), "{by:?}");
        assert_eq!(report.scores(by).len(), 67);
    }
    let place = report.first(OutlierScore::Distance, 67).iter().position(|(id, _)| *id == stranger);
    assert!(place.is_some_and(|place| place < 7), "{place:?}");
    assert_eq!(listener.problems, []);
    assert!(workspace.join(format!("{}.lance", report.table())).is_dir());
}

#[test]
fn what_was_found_is_told_again_when_the_folder_is_opened_again() {
    let (dir, folder, workspace) = sample(33);
    let picture = |label: &str| {
        let mut files: Vec<_> = fs::read_dir(folder.join(label)).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files[0].clone()
    };
    let mut labels: Vec<_> = fs::read_dir(&folder).unwrap().map(|label| label.unwrap().file_name()).collect();
    labels.sort();
    let [a, b] = [0, 1].map(|label| labels[label].to_string_lossy().into_owned());
    fs::copy(picture(&a), folder.join(&b).join("copy.png")).unwrap();
    let other = picture(labels[2].to_str().unwrap());
    let mut listener = Listener::start(options(dir.path()));
    let open = |listener: &mut Listener| {
        listener.open(&folder, &workspace, NetworkFile::Analytic, true);
        let collection = listener.until_opened();
        listener.until_extracted();
        collection
    };
    let collection = open(&mut listener);
    listener.engine.send(Request::TellStored);
    let wishes = [
        AnalysisWish::Duplicates(DuplicateWish::new(deep(&collection))),
        AnalysisWish::Outliers(OutlierWish { source: collection.stored[0].clone(), k: 5 }),
        // The one found last is told.
        AnalysisWish::Outliers(OutlierWish { source: deep(&collection), k: 5 }),
        AnalysisWish::Classes(ClassWish::default()),
    ];
    let (mut duplicates, mut outliers, mut classes) = (None, None, None);
    for wish in wishes {
        listener.engine.send(Request::Analyse(wish));
        listener.until("the end", |event| {
            match event {
                Event::Answered(AnalysisAnswer::Found(Finding::Duplicates(report))) => {
                    duplicates = Some(report.clone())
                }
                Event::Answered(AnalysisAnswer::Found(Finding::Outliers(report))) => outliers = Some(report.clone()),
                Event::Answered(AnalysisAnswer::Found(Finding::Classes(means))) => classes = Some(means.clone()),
                _ => {}
            }
            matches!(event, Event::AnalysisEnded { .. }).then_some(())
        });
    }
    let (duplicates, outliers, classes) = (duplicates.unwrap(), outliers.unwrap(), classes.unwrap());
    assert!(duplicates.groups.iter().any(|group| group.labels.len() == 2), "a copy under another label");

    open(&mut listener);
    let (again, kept_outliers, kept_classes) = told_again(&mut listener);
    assert_eq!((&again, &kept_outliers), (&duplicates, &outliers));
    let but_the_time = ClassMeans { elapsed_secs: classes.elapsed_secs, ..kept_classes };
    assert_eq!(but_the_time, *classes);

    // Of a picture that is another now nothing is known.
    fs::copy(other, folder.join(&b).join("copy.png")).unwrap();
    open(&mut listener);
    let copy = listener.id(&format!("{b}/copy.png"));
    let (again, kept_outliers, _) = told_again(&mut listener);
    assert!(duplicates.groups.iter().any(|group| group.images.contains(&copy)));
    assert!(!again.groups.iter().any(|group| group.images.contains(&copy)));
    assert!(outliers.ids.contains(&copy) && !kept_outliers.ids.contains(&copy));
    assert_eq!(listener.problems, []);
}

#[test]
fn what_an_earlier_version_found_and_kept_is_told() {
    let (dir, folder, workspace) = sample(33);
    let mut pictures: Vec<_> = fs::read_dir(&folder).unwrap().map(|label| label.unwrap().path()).collect();
    pictures.sort();
    let first = fs::read_dir(&pictures[0]).unwrap().next().unwrap().unwrap().path();
    fs::copy(first, pictures[1].join("copy.png")).unwrap();
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until_opened();
    listener.until_extracted();
    let wish =
        DuplicateWish { features: Some((deep(&collection), Within::Distance(1e-4))), bits: None, by_content: true };
    let unlike = OutlierWish { source: deep(&collection), k: 5 };
    let (mut duplicates, mut outliers) = (None, None);
    let wishes = [
        AnalysisWish::Duplicates(wish.clone()),
        AnalysisWish::Outliers(unlike.clone()),
        AnalysisWish::Classes(ClassWish::default()),
    ];
    for wish in wishes {
        listener.engine.send(Request::Analyse(wish));
        listener.until("the end", |event| {
            if let Event::Answered(answer) = event {
                duplicates = answer.finding().and_then(Finding::duplicates).cloned().or(duplicates.take());
                outliers = answer.finding().and_then(Finding::outliers).cloned().or(outliers.take());
            }
            matches!(event, Event::AnalysisEnded { .. }).then_some(())
        });
    }
    let (duplicates, outliers) = (duplicates.expect("duplicates"), outliers.expect("outliers"));
    drop(listener);

    // Earlier versions kept the wish alone beside the rows, and of near-duplicates no distances.
    let later = ["bits", "distance", "file_bytes", "modified"];
    make_old(&workspace, &duplicates.table(), &serde_json::to_string(&wish).unwrap(), &later);
    make_old(&workspace, &outliers.table(), &serde_json::to_string(&unlike).unwrap(), &["file_bytes", "modified"]);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    let (old_duplicates, old_outliers, _) = told_again(&mut listener);
    assert_eq!(*old_outliers, OutlierReport { elapsed_secs: 0.0, ..(*outliers).clone() });
    assert_eq!((&old_duplicates.wish, old_duplicates.within), (&wish, Some(1e-4)), "the distance of the wish");
    let groups = |report: &DuplicateReport| -> Vec<_> {
        let words = |(reason, _): &(DuplicateReason, f32)| *reason;
        let group = |group: &tiramisu::domain::DuplicateGroup| {
            (group.images.clone(), group.reasons.iter().map(words).collect::<Vec<_>>(), group.labels.clone())
        };
        report.groups.iter().map(group).collect()
    };
    assert_eq!(groups(&old_duplicates), groups(&duplicates));
    assert!(!duplicates.groups.is_empty(), "the copy");
}

#[test]
fn that_all_was_told_is_told_although_telling_fails() {
    let (dir, folder, workspace) = sample(22);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until_opened();
    listener.until_extracted();
    let all_told = |listener: &mut Listener| {
        let mut found = 0;
        listener.engine.send(Request::TellStored);
        listener.until("all that is kept", |event| match event {
            Event::StoredResult(StoredResult::Found(_)) => {
                found += 1;
                None
            }
            Event::StoredResult(StoredResult::All) => Some(()),
            _ => None,
        });
        found
    };
    assert_eq!(all_told(&mut listener), 0, "nothing was found yet");
    listener.engine.send(Request::Analyse(AnalysisWish::Outliers(OutlierWish { source: deep(&collection), k: 5 })));
    listener.until("the end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    assert_eq!(all_told(&mut listener), 1);
    assert_eq!(listener.problems, []);
    drop(listener);

    // Whoever is rung from that thread fails, each time.
    let is_to_fail = Arc::new(AtomicBool::new(false));
    let bell = is_to_fail.clone();
    let wake = move || {
        let is_there = std::thread::current().name() == Some("tiramisu-results");
        assert!(!(is_there && bell.load(Ordering::SeqCst)), "a bell that fails");
    };
    let engine = Engine::start(options(dir.path()), wake).expect("an engine on the CPU starts");
    let mut listener = Listener { engine, images: Vec::new(), problems: Vec::new() };
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    is_to_fail.store(true, Ordering::SeqCst);
    assert_eq!(all_told(&mut listener), 1);
    assert_eq!(listener.until_problem().what, "The workspace could not be reached");
    is_to_fail.store(false, Ordering::SeqCst);
    assert_eq!(all_told(&mut listener), 1, "and the next time all is well");
}

/// Makes a table of results one that an earlier version wrote.
fn make_old(workspace: &std::path::Path, table: &str, about: &str, without: &[&str]) {
    let path = workspace.join(format!("{table}.lance"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut dataset = lance::Dataset::open(path.to_str().unwrap()).await.unwrap();
        dataset.drop_columns(without).await.unwrap();
        dataset.update_schema_metadata([("result".to_owned(), Some(about.to_owned()))]).await.unwrap();
    });
}

/// What was found before, in the order in which it is told.
fn told_again(listener: &mut Listener) -> (Arc<DuplicateReport>, Arc<OutlierReport>, ClassMeans) {
    listener.engine.send(Request::TellStored);
    let (mut duplicates, mut outliers) = (None, None);
    let classes = listener.until("what was found", |event| {
        let Event::StoredResult(kept) = event else { return None };
        match kept {
            StoredResult::Found(Finding::Duplicates(report)) => duplicates = Some(report.clone()),
            StoredResult::Found(Finding::Outliers(report)) => outliers = Some(report.clone()),
            StoredResult::Found(Finding::Classes(means)) => return Some((**means).clone()),
            StoredResult::Found(
                finding @ (Finding::Centrality(_) | Finding::SuspiciousLabels(_) | Finding::OddPictures(_)),
            ) => panic!("nobody asked for {:?}", finding.kind()),
            StoredResult::Map(map) => panic!("{map:?}"),
            // That of an earlier question.
            StoredResult::All => {}
        }
        None
    });
    (duplicates.expect("duplicates"), outliers.expect("outliers"), classes)
}
