//! Where images stand in the graph of nearest neighbours, through the engine's front door.

use std::collections::BTreeMap;
use std::sync::Arc;

use tiramisu::domain::{Centrality, CentralityReport, CentralityWish, ImageId, Standing};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, Event, Finding, Look, NetworkFile, QueryWish, Refusal, Request, StoredResult,
};

use super::{extracted, sample};
use crate::support::listener::{Listener, options};

/// Neighbours each image is joined with.
const K: usize = 5;

fn measure(listener: &mut Listener, wish: CentralityWish) -> Arc<CentralityReport> {
    listener.engine.send(Request::Analyse(AnalysisWish::Centrality(wish)));
    let report = listener.until("centrality", |event| match event {
        Event::Answered(answer) => answer.finding()?.centrality().cloned(),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    listener.until("the end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    report
}

#[test]
fn every_image_has_its_place_in_the_graph_and_it_is_told_again() {
    let (dir, workspace, mut listener, collection) = extracted(66);
    let source = collection.stored[collection.stored.len() - 2].clone();
    let wish = CentralityWish { k: K, ..CentralityWish::new(source) };
    let found = measure(&mut listener, wish.clone());
    assert_eq!((found.ids.len(), found.facts.pivots), (66, 66));
    assert_eq!(found.in_degrees.iter().sum::<u32>() as usize, 66 * K, "each names so many");
    for row in 0..66 {
        // Who is named but not in turn is one more than named.
        let joined = K as u32 + found.in_degrees[row] - found.mutual_degrees[row];
        assert_eq!(found.degrees[row], joined, "{row}");
    }
    assert_eq!(found.degrees.iter().sum::<u32>() as usize, 2 * found.facts.edges);
    assert!((found.pageranks.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    assert!(found.betweennesses.iter().chain(&found.harmonics).all(|value| (0.0..=1.0).contains(value)));
    assert_eq!(
        (found.facts.betweenness_error, found.facts.harmonic_error),
        (None, None),
        "of so few nothing is estimated"
    );
    assert!(found.facts.mean_distance.is_some_and(|mean| mean > 1.0 && mean <= found.facts.longest_distance as f64));
    let components = *found.components.iter().max().unwrap() as usize + 1;
    assert!(found.facts.strong_components >= components && components == found.facts.components);
    // The first of each community is its most typical, the last its least.
    let mut communities: BTreeMap<u32, Vec<f32>> = BTreeMap::new();
    for (row, community) in found.communities.iter().enumerate() {
        communities.entry(*community).or_default().push(found.typicalities[row]);
    }
    assert_eq!(communities.len(), found.facts.communities);
    assert!(communities.len() > 1, "sample pictures are of several kinds");
    for of in communities.values() {
        let (least, most) = of.iter().fold((1.0f32, 0.0f32), |(least, most), x| (least.min(*x), most.max(*x)));
        assert_eq!((least, most), (0.0, if of.len() > 1 { 1.0 } else { 0.0 }));
    }
    assert!(workspace.join(format!("{}.lance", found.table())).is_dir(), "it is kept");
    let estimated = measure(&mut listener, CentralityWish { pivots: Some(20), ..wish.clone() });
    assert_eq!(estimated.facts.pivots, 20);
    assert!(estimated.facts.betweenness_error.is_some_and(|error| error > 0.0 && error < 1.0), "{:?}", estimated.facts);
    assert_eq!(estimated.in_degrees, found.in_degrees);

    let last = measure(&mut listener, wish);
    let but_the_time = CentralityReport { elapsed_secs: found.elapsed_secs, ..(*last).clone() };
    assert_eq!(but_the_time, *found, "the same again");
    listener.open(&dir.path().join("pictures"), &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    listener.engine.send(Request::TellStored);
    let kept = listener.until("what was measured", |event| match event {
        Event::StoredResult(StoredResult::Found(Finding::Centrality(report))) => Some(report.clone()),
        _ => None,
    });
    assert_eq!(kept.standing(Centrality::InDegree), last.standing(Centrality::InDegree));
    assert_eq!(kept, last);
    assert_eq!(listener.problems, []);
}

#[test]
fn of_a_picture_that_is_another_now_nothing_is_told() {
    let (dir, folder, workspace) = sample(44);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until_opened();
    listener.until_extracted();
    let wish = CentralityWish { k: K, ..CentralityWish::new(collection.stored[0].clone()) };
    assert_eq!(measure(&mut listener, wish).ids.len(), 44);
    let changed = ImageId(7);
    let [path, other] = [7, 30].map(|id: usize| folder.join(&listener.images[id].path.text));
    std::fs::copy(other, &path).unwrap();
    let newer = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(newer).unwrap();
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    listener.engine.send(Request::TellStored);
    let kept = listener.until("what was measured", |event| match event {
        Event::StoredResult(StoredResult::Found(Finding::Centrality(report))) => Some(report.clone()),
        _ => None,
    });
    assert_eq!(kept.ids.len(), 43);
    assert_eq!(kept.standing(Centrality::Typicality).unwrap().share(changed), None);
}

#[test]
fn two_images_are_no_graph() {
    let (_dir, _workspace, mut listener, collection) = extracted(2);
    let wish = CentralityWish::new(collection.stored[0].clone());
    listener.engine.send(Request::Analyse(AnalysisWish::Centrality(wish)));
    let problem = listener.until("why not", |event| match event {
        Event::Problem { problem, .. } => Some(problem.clone()),
        Event::Answered(AnalysisAnswer::Found(found)) => panic!("{found:?}"),
        _ => None,
    });
    assert!(problem.to_string().contains("fewer than three images"), "{problem}");
}

#[test]
fn images_that_are_equally_central_stand_at_one_place_of_the_scale() {
    let (_dir, _workspace, mut listener, collection) = extracted(22);
    let wish = CentralityWish { k: K, ..CentralityWish::new(collection.stored[0].clone()) };
    let report = CentralityReport {
        in_degrees: (0..22).map(|row| row / 2).collect(),
        ..(*measure(&mut listener, wish)).clone()
    };
    let standing = Standing::of(&report, Centrality::InDegree);
    assert_eq!([20, 21, 18, 19, 0, 1].map(|id| standing.place(ImageId(id))), [0, 1, 2, 3, 20, 21]);
    assert_eq!(
        [0, 1, 2, 20, 21].map(|id| standing.share(ImageId(id))),
        [0.0, 0.0, 2.0 / 21.0, 20.0 / 21.0, 20.0 / 21.0].map(Some)
    );
    assert_eq!((standing.place(ImageId(22)), standing.share(ImageId(22))), (u32::MAX, None));
}

fn asked(listener: &mut Listener, text: &str) -> Result<Vec<ImageId>, Refusal> {
    listener.engine.send(Request::Look(Look::Query(QueryWish { text: text.to_owned(), count_by: None })));
    listener.until("an answer", |event| match event {
        Event::Queried(answer) if answer.wish.text == text => {
            Some(answer.found.clone().map(|found| found.ids.to_vec()))
        }
        _ => None,
    })
}

#[test]
fn predicates_ask_for_what_was_measured_last_and_say_what_to_do_before() {
    let (_dir, _workspace, mut listener, collection) = extracted(30);
    let Err(Refusal::Text(error)) = asked(&mut listener, "measure('in_degree') > 3") else {
        panic!("nothing is known")
    };
    assert!(error.to_string().contains("not measured yet"), "{error}");
    let source = collection.stored[collection.stored.len() - 2].clone();
    let found = measure(&mut listener, CentralityWish { k: K, ..CentralityWish::new(source) });
    let of = |is_wanted: &dyn Fn(usize) -> bool| -> Vec<ImageId> {
        found.ids.iter().enumerate().filter(|(row, _)| is_wanted(*row)).map(|(_, id)| *id).collect()
    };
    let hubs = of(&|row| found.in_degrees[row] > 5);
    assert!(!hubs.is_empty() && hubs.len() < 30);
    assert_eq!(asked(&mut listener, "measure('in_degree') > 5"), Ok(hubs.clone()));
    assert_eq!(asked(&mut listener, "not measure('in_degree') > 5"), Ok(of(&|row| found.in_degrees[row] <= 5)));
    let typical = of(&|row| (0.25..=0.75).contains(&found.typicalities[row]));
    assert_eq!(asked(&mut listener, "measure('typicality') between 0.25 and 0.75"), Ok(typical));
    let sums = of(&|row| f64::from(found.in_degrees[row]) + f64::from(found.degrees[row]) > 12.0);
    assert_eq!(asked(&mut listener, "measure('in_degree') + measure('degree') > 12"), Ok(sums));
    assert_eq!(asked(&mut listener, "measure('pagerank') is null"), Ok(Vec::new()));
}
