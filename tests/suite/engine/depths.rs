//! Neighbours at every depth, and what weights mean, against what they are defined to be.

use tiramisu::domain::{
    Example, ImageId, Metric, NeighbourWish, Pooling, Region, Representation, StoredLayer, Vectors,
};
use tiramisu::engine::{Collection, DepthsWish, Event, Look, NearestWish, NeighbourList, Problem, Request};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::Listener;

fn ask(listener: &mut Listener, wish: NeighbourWish) -> NeighbourList {
    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    listener.until("an answer", |event| match event {
        Event::Neighbours(list) => Some(list.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

/// The next row, with the number of its question.
fn row(listener: &mut Listener) -> Result<(u64, NeighbourList), Problem> {
    listener.until("a row", |event| match event {
        Event::DepthNeighbours(answer) => Some(Ok((answer.number, answer.list.clone()))),
        Event::Problem { problem, .. } => Some(Err(problem.clone())),
        _ => None,
    })
}

fn averages(collection: &Collection) -> Vec<StoredLayer> {
    collection.stored.iter().filter(|stored| stored.pooling == Pooling::Average).cloned().collect()
}

fn vectors(workspace: &std::path::Path, source: &StoredLayer) -> Vectors {
    let workspace = Workspace::open(workspace).unwrap();
    let table = workspace.feature_tables().unwrap()[0].table.clone();
    workspace.read_features(&table).unwrap().vectors(source).unwrap()
}

fn tag(listener: &mut Listener, tag: &str, ids: &[u32]) {
    let images = ids.iter().copied().map(ImageId).collect();
    listener.engine.send(Request::Tag { images, tag: tag.to_owned(), is_on: true });
    listener.until("the tag", |event| matches!(event, Event::Tagged { .. }).then_some(()));
}

/// A picture, a part of another, and a tag that speaks against.
fn mixed(metric: Metric, source: &StoredLayer) -> NeighbourWish {
    let region = Region::between((0.0, 0.0), (0.5, 0.75));
    NeighbourWish {
        examples: vec![
            (Example::Image(ImageId(4)), 1.0),
            (Example::Region { image: ImageId(9), region }, 0.5),
            (Example::Tag("odd".to_owned()), -0.25),
        ],
        ..NeighbourWish::of(ImageId(4), source.clone(), metric, 8)
    }
}

#[test]
fn every_depth_answers_what_its_layer_answers_when_it_is_asked_alone() {
    let (_dir, _workspace, mut listener, collection) = extracted(33);
    tag(&mut listener, "odd", &[2, 12, 20]);
    let sources = averages(&collection);
    assert!(sources.len() > 2, "{sources:?}");
    for metric in Metric::ALL {
        let of = mixed(metric, &sources[0]);
        let wish = DepthsWish { number: 7, of: of.clone(), sources: sources.clone() };
        listener.engine.send(Request::Look(Look::Depths(Some(wish))));
        let rows: Vec<(u64, NeighbourList)> = sources.iter().map(|_| row(&mut listener).unwrap()).collect();
        for ((number, row), source) in rows.iter().zip(&sources) {
            let alone = NeighbourWish { at: Representation::Layer(source.clone()), ..of.clone() };
            assert_eq!((*number, &row.wish), (7, &alone), "in the order in which they were asked for");
            let alone = ask(&mut listener, alone);
            assert_eq!(row.neighbours.len(), 8);
            for (found, expected) in row.neighbours.iter().zip(&alone.neighbours) {
                let close = (found.score - expected.score).abs() <= 1e-5 * expected.score.abs().max(1.0);
                assert!(close && found.image == expected.image, "{metric:?} at {source:?}: {found:?} for {expected:?}");
            }
            let asked_with = [ImageId(4), ImageId(9)];
            assert!(row.neighbours.iter().all(|neighbour| !asked_with.contains(&neighbour.image)));
        }
    }
}

#[test]
fn weights_are_those_of_a_mean_and_what_speaks_against_counts_by_its_share_of_what_speaks_for() {
    let (_dir, workspace, mut listener, collection) = extracted(33);
    let members = [2, 12, 20];
    tag(&mut listener, "odd", &members);
    let source = averages(&collection).pop().expect("a layer");
    let known = vectors(&workspace, &source);
    let unit = |id: u32| -> Vec<f64> {
        let row: Vec<f64> = known.matrix.row(id as usize).iter().map(f64::from).collect();
        let length = row.iter().map(|value| value * value).sum::<f64>().sqrt();
        row.into_iter().map(|value| value / length).collect()
    };
    let of_unit = |vector: Vec<f64>| -> Vec<f64> {
        let length = vector.iter().map(|value| value * value).sum::<f64>().sqrt();
        vector.into_iter().map(|value| value / length).collect()
    };
    // Directions throughout: of each picture, and of the mean of the tag's.
    let (a, b, c) = (unit(4), unit(7), unit(15));
    let mean: Vec<f64> =
        (0..a.len()).map(|i| members.iter().map(|id| unit(*id)[i]).sum::<f64>() / members.len() as f64).collect();
    let mean = of_unit(mean);
    // For: 1 and 0.5, on average 0.75. Against: 0.6 and 0.3, on average 0.45.
    let probe = of_unit(
        (0..a.len()).map(|i| (a[i] + 0.5 * mean[i]) / 1.5 - (0.45 / 0.75) * (0.6 * b[i] + 0.3 * c[i]) / 0.9).collect(),
    );
    let wish = NeighbourWish {
        examples: vec![
            (Example::Image(ImageId(4)), 1.0),
            (Example::Tag("odd".to_owned()), 0.5),
            (Example::Image(ImageId(7)), -0.6),
            (Example::Image(ImageId(15)), -0.3),
        ],
        ..NeighbourWish::of(ImageId(4), source, Metric::Cosine, 30)
    };
    let list = ask(&mut listener, wish);
    assert_eq!(list.neighbours.len(), 30, "the pictures are no answer, those of the tag are");
    for neighbour in &list.neighbours {
        let expected: f64 = unit(neighbour.image.0).iter().zip(&probe).map(|(a, b)| a * b).sum();
        assert!((neighbour.score - expected).abs() < 1e-4, "{neighbour:?} for {expected}");
    }
}

#[test]
fn of_a_question_that_was_overtaken_no_row_comes_after_one_of_the_next() {
    let (_dir, _workspace, mut listener, collection) = extracted(22);
    let sources = averages(&collection);
    let wish = |number: u64, image: u32| {
        let of = NeighbourWish::of(ImageId(image), sources[0].clone(), Metric::Cosine, 5);
        Request::Look(Look::Depths(Some(DepthsWish { number, of, sources: sources.clone() })))
    };
    for number in 1..=5 {
        listener.engine.send(wish(number, number as u32));
    }
    let mut numbers = Vec::new();
    while numbers.iter().filter(|number| **number == 5).count() < sources.len() {
        let (number, row) = row(&mut listener).unwrap();
        assert_eq!(row.wish.image(), Some(ImageId(number as u32)));
        numbers.push(number);
    }
    assert!(numbers.is_sorted(), "{numbers:?}");
    // Who looks away is told nothing more, and who looks again is.
    listener.engine.send(wish(6, 6));
    listener.engine.send(Request::Look(Look::Depths(None)));
    listener.engine.send(wish(7, 7));
    let mut last = 0;
    while last != 7 {
        last = row(&mut listener).unwrap().0;
    }
}

#[test]
fn what_cannot_be_asked_at_any_depth_is_said_once() {
    let (_dir, _workspace, mut listener, collection) = extracted(22);
    let sources = averages(&collection);
    let of = NeighbourWish::of_example(Example::Tag("none".to_owned()), sources[0].clone(), Metric::Cosine, 5);
    listener.engine.send(Request::Look(Look::Depths(Some(DepthsWish { number: 1, of, sources: sources.clone() }))));
    let problem = row(&mut listener).unwrap_err();
    assert!(problem.why.contains("the tag none has no images"), "{problem}");
    let of = NeighbourWish::of(ImageId(3), sources[0].clone(), Metric::Cosine, 5);
    listener.engine.send(Request::Look(Look::Depths(Some(DepthsWish { number: 2, of, sources }))));
    assert_eq!(row(&mut listener).unwrap().0, 2);
}

#[test]
fn each_image_of_a_list_has_the_neighbours_that_it_has_when_it_is_asked_about_alone() {
    let (_dir, _workspace, mut listener, collection) = extracted(22);
    let source = averages(&collection).pop().expect("a layer");
    let images: Vec<ImageId> = [3, 9, 0, 21, 14, 99].map(ImageId).to_vec();
    let wish = NearestWish { source: source.clone(), version: 1, images: images.clone(), k: 5 };
    listener.engine.send(Request::Look(Look::Nearest(wish)));
    let mut found = Vec::new();
    while found.len() < images.len() {
        found.extend(listener.until("neighbours", |event| match event {
            Event::Nearest(answer) => Some((answer.source == source).then(|| answer.found.clone()).expect("its own")),
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        }));
    }
    assert_eq!(found.iter().map(|(image, _)| *image).collect::<Vec<_>>(), images, "in the order of the wish");
    let (_, of_none) = found.pop().expect("six");
    assert_eq!(of_none, [], "there is no such image");
    for (image, neighbours) in found {
        let alone = ask(&mut listener, NeighbourWish::of(image, source.clone(), Metric::Cosine, 5));
        assert_eq!(neighbours, alone.neighbours, "{image:?}");
    }
}
