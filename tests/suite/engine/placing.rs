//! New images on maps that were made before.

use std::fs;
use std::sync::Arc;

use tiramisu::domain::{ImageId, Projection, ProjectionMethod, ProjectionWish};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Collection, Event, NetworkFile, Request, StoredResult};
use tiramisu::store::Workspace;

use super::sample;
use crate::support::listener::{Listener, options};

const BEFORE: usize = 20;
const LATER: usize = 6;

fn make(listener: &mut Listener, wish: &ProjectionWish) -> Arc<Projection> {
    listener.engine.send(Request::Analyse(AnalysisWish::Project(wish.clone())));
    let map = listener.until("a map", |event| match event {
        Event::Answered(AnalysisAnswer::Map(map)) if map.is_finished() => Some(map.clone()),
        _ => None,
    });
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    map
}

/// The map with new images, and how many they are; `None` where a problem was told.
fn place(listener: &mut Listener, wish: &ProjectionWish) -> Option<(Arc<Projection>, usize)> {
    listener.engine.send(Request::Analyse(AnalysisWish::Place(wish.clone())));
    let mut placed = None;
    listener.until("the end of the analysis", |event| {
        if let Event::Answered(AnalysisAnswer::Placed { projection, images }) = event {
            placed = Some((projection.clone(), *images));
        }
        matches!(event, Event::AnalysisEnded { .. }).then_some(())
    });
    placed
}

fn collection(listener: &mut Listener) -> Arc<Collection> {
    let collection = listener.until_opened();
    assert!(!listener.until_extracted(), "nobody cancelled");
    collection
}

#[test]
fn images_that_come_later_get_a_place_and_no_other_moves() {
    let (dir, folder, workspace) = sample(BEFORE + LATER);
    // Some pictures are elsewhere when the maps are made.
    let mut files: Vec<_> = walkdir::WalkDir::new(&folder)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|end| end == "png" || end == "jpg"))
        .collect();
    assert_eq!(files.len(), BEFORE + LATER);
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let away: Vec<_> = files.split_off(BEFORE).into_iter().enumerate().collect();
    away.iter().for_each(|(at, path)| fs::rename(path, elsewhere.join(at.to_string())).unwrap());

    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let known = collection(&mut listener);
    let source = known.stored[known.stored.len() - 2].clone();
    let wish = |method| ProjectionWish { source: source.clone(), method, seed: 3 };
    let maps: Vec<_> = ProjectionMethod::ALL.map(|method| make(&mut listener, &wish(method))).into();
    let (same, none) = place(&mut listener, &wish(ProjectionMethod::Umap)).expect("all are on the map");
    assert_eq!((none, &same.points), (0, &maps[1].points));

    away.iter().for_each(|(at, path)| fs::rename(elsewhere.join(at.to_string()), path).unwrap());
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    collection(&mut listener);
    for before in &maps {
        let method = before.wish.method;
        let (map, images) = place(&mut listener, &before.wish).expect("the map is there");
        assert_eq!((images, map.ids.len()), (LATER, BEFORE + LATER), "{method:?}");
        let later: Vec<ImageId> = (BEFORE..BEFORE + LATER).map(|id| ImageId(id as u32)).collect();
        assert_eq!(map.placed, later, "{method:?}");
        for (id, point) in map.ids.iter().zip(&map.points) {
            match before.ids.binary_search(id) {
                // Bit for bit.
                Ok(row) => assert_eq!(point.map(f32::to_bits), before.points[row].map(f32::to_bits), "{method:?}"),
                Err(_) => assert!(point.iter().all(|value| value.is_finite()), "{method:?} {point:?}"),
            }
        }
        let places: std::collections::BTreeSet<_> = map.points.iter().map(|point| point.map(f32::to_bits)).collect();
        assert!(places.len() > BEFORE, "{method:?}: they do not all lie in one place");
        let kept = map.faithfulness.as_ref().expect("it was judged");
        assert_eq!(kept.kept_of_each.len(), map.ids.len());
        let (was, as_made) = (before.faithfulness.as_ref().unwrap(), kept.as_made.expect("what it was before"));
        assert_eq!((as_made.images, as_made.trustworthiness, as_made.kept), (BEFORE, was.trustworthiness, was.kept));
        let placed = kept.of_placed.expect("the placed are judged");
        assert_eq!((placed.images, kept.k), (LATER, (BEFORE + LATER - 1) / 2));
        assert!((0.0..=1.0).contains(&placed.trustworthiness) && (0.0..=1.0).contains(&placed.kept), "{placed:?}");
        assert_ne!(kept.trustworthiness, was.trustworthiness, "{method:?}: all are not those it was made of");
        // What is kept is what was told, marks and all.
        let opened = Workspace::open(&workspace).unwrap();
        let features = opened.feature_tables().unwrap()[0].table.clone();
        assert_eq!(opened.projection(&features, &before.wish.name()).unwrap().as_ref(), Some(&*map), "{method:?}");
        let (again, none) = place(&mut listener, &before.wish).expect("the map is there");
        assert_eq!((none, again), (0, map), "{method:?}");
    }
    assert_eq!(listener.problems, []);

    let nowhere = ProjectionWish { source: known.stored[0].clone(), ..wish(ProjectionMethod::Tsne) };
    assert_eq!(place(&mut listener, &nowhere), None);
    let problem = listener.problems.first().expect("there is no such map");
    assert!(problem.to_string().contains("no map to place images on"), "{problem}");
}

/// The map that is shown, and whether it was made for that.
fn show(listener: &mut Listener, wish: &ProjectionWish) -> (Arc<Projection>, bool) {
    listener.engine.send(Request::Analyse(AnalysisWish::Show(wish.clone())));
    let (mut shown, mut was_made) = (None, false);
    listener.until("the end of the analysis", |event| {
        match event {
            Event::Answered(AnalysisAnswer::Map(map)) if map.is_finished() => {
                (shown, was_made) = (Some(map.clone()), true)
            }
            Event::StoredResult(kept) => {
                let StoredResult::Map(map) = kept else { panic!("{kept:?}") };
                shown = Some(map.clone());
            }
            _ => {}
        }
        matches!(event, Event::AnalysisEnded { .. }).then_some(())
    });
    (shown.expect("a map"), was_made)
}

#[test]
fn a_kept_map_is_shown_again_until_what_it_was_made_of_changes() {
    let (dir, folder, workspace) = sample(BEFORE);
    let mut listener = Listener::start(options(dir.path()));
    let open = |listener: &mut Listener| {
        listener.open(&folder, &workspace, NetworkFile::Analytic, true);
        collection(listener)
    };
    let known = open(&mut listener);
    let source = known.stored[known.stored.len() - 2].clone();
    let wish = ProjectionWish { source, method: ProjectionMethod::Umap, seed: 3 };
    let (made, was_made) = show(&mut listener, &wish);
    assert!(was_made, "there was none");
    open(&mut listener);
    assert_eq!(show(&mut listener, &wish), (made.clone(), false));
    let other_seed = ProjectionWish { seed: 4, ..wish.clone() };
    assert!(show(&mut listener, &other_seed).1, "another seed makes another map");
    assert!(show(&mut listener, &wish).1, "which took the place of the first");

    let pictures: Vec<_> = walkdir::WalkDir::new(&folder)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file())
        .collect();
    fs::copy(&pictures[1], &pictures[0]).unwrap();
    open(&mut listener);
    let (anew, was_made) = show(&mut listener, &wish);
    assert!(was_made, "a picture has another vector now");
    assert_ne!(anew.made_of, made.made_of);

    // What was placed belongs to the map, until it is another picture.
    let later = pictures[0].with_file_name("later.png");
    fs::copy(&pictures[2], &later).unwrap();
    open(&mut listener);
    let (placed, count) = place(&mut listener, &wish).expect("the map is there");
    assert_eq!(count, 1);
    open(&mut listener);
    assert_eq!(show(&mut listener, &wish), (placed, false));
    fs::copy(&pictures[3], &later).unwrap();
    open(&mut listener);
    assert!(show(&mut listener, &wish).1, "the one that was placed is another now");
    assert_eq!(listener.problems, []);
}
