//! Analyses of so many images that all pairs would take a while: what is done by some says so, and all move on.

use std::sync::Arc;
use std::time::Duration;

use tiramisu::domain::{
    ClusterMethod, ClusterWish, DuplicateWish, Projection, ProjectionMethod, ProjectionWish, Strategy, StrategyChoice,
    thousands,
};
use tiramisu::engine::{AnalysisAnswer, AnalysisKind, AnalysisWish, Event, NetworkFile, Progress, Request};

use super::extracted;
use super::indices::append;
use crate::support::listener::{Listener, options};

const IMAGES: usize = 52_000;

/// What a job said of itself, from its beginning to its end, whenever that was another share than before.
fn watch(progress: Arc<Progress>) -> std::thread::JoinHandle<Vec<f32>> {
    std::thread::spawn(move || {
        let mut shares = vec![];
        loop {
            let (has_ended, share) = (progress.has_ended(), progress.share());
            if shares.last() != Some(&share) {
                shares.push(share);
            }
            if has_ended {
                return shares;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    })
}

/// Has an analysis made; the map and the choice that were told, if any were, and how it moved on.
fn analyse(listener: &mut Listener, wish: AnalysisWish) -> (Option<Arc<Projection>>, Option<StrategyChoice>, Vec<f32>) {
    listener.engine.send(Request::Analyse(wish));
    let (mut map, mut choice, mut watched) = (None, None, None);
    listener.until("the end of the analysis", |event| match event {
        Event::AnalysisStarted(progress) => {
            watched = Some(watch(progress.clone()));
            None
        }
        Event::Answered(AnalysisAnswer::Map(told)) if told.is_finished() => {
            map = Some(told.clone());
            None
        }
        Event::StrategyChosen(AnalysisKind::Map, told) => {
            choice = Some(told.clone());
            None
        }
        Event::Problem { problem, .. } => panic!("{problem}"),
        Event::AnalysisEnded { cancelled } => {
            assert!(!cancelled, "nobody stopped it");
            Some(())
        }
        _ => None,
    });
    let shares = watched.expect("it was begun").join().expect("whoever watches counts");
    (map, choice, shares)
}

fn expect_moving(what: &str, shares: &[f32]) {
    assert!(shares.is_sorted(), "{what} goes back: {shares:?}");
    assert_eq!(shares.last(), Some(&1.0), "{what}: {shares:?}");
    assert!(shares.iter().any(|share| (0.01..0.99).contains(share)), "{what} stands still: {shares:?}");
}

#[test]
fn analyses_of_very_many_move_on_and_a_map_that_was_judged_by_some_says_so() {
    let (dir, workspace, listener, collection) = extracted(12);
    let folder = collection.folder.clone();
    drop(listener);
    append(&workspace, IMAGES as u32 - 12);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    let source = collection.stored.last().expect("a stored layer").clone();

    let wish = ProjectionWish { source: source.clone(), method: ProjectionMethod::Pca, seed: 0 };
    let (map, choice, shares) = analyse(&mut listener, AnalysisWish::Project(wish.clone()));
    let (map, choice) = (map.expect("a map"), choice.expect("a choice"));
    expect_moving("a map", &shares);
    let sampled = map.faithfulness.as_ref().and_then(|known| known.sampled).expect("it was judged by some");
    assert!((100..IMAGES).contains(&sampled), "{sampled}");
    let said = serde_json::to_value(&choice).expect("plain data");
    assert_eq!((choice.strategy, &said["engine"]), (Strategy::Sample, &"sample".into()));
    for number in [thousands(sampled), "52,000 images".to_owned()] {
        assert!(choice.reason.contains(&number), "{number} is not in: {}", choice.reason);
    }

    let (whole, _, shares) = analyse(&mut listener, AnalysisWish::ProjectAndJudgeAll(wish));
    let whole = whole.expect("a map");
    expect_moving("a map that is judged by all", &shares);
    let judged = whole.faithfulness.as_ref().expect("it was judged");
    assert_eq!((judged.sampled, judged.kept_of_each.len()), (None, IMAGES), "each image has its share");
    assert!(whole.points == map.points, "it is the same map");

    let groups = ClusterWish { count: 40, ..ClusterWish::new(ClusterMethod::KMeans, source.clone()) };
    let (_, _, shares) = analyse(&mut listener, AnalysisWish::Cluster(groups));
    expect_moving("groups", &shares);

    let copies = DuplicateWish { by_content: false, bits: None, ..DuplicateWish::new(source) };
    let (_, _, shares) = analyse(&mut listener, AnalysisWish::Duplicates(copies));
    expect_moving("copies", &shares);
}
