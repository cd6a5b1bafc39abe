//! What is asked with: pictures, boxes, labels, tags and clusters, each with how much it counts.

use std::sync::Arc;

use tiramisu::domain::{Example, ImageId, Metric, Neighbour, NeighbourWish, Pooling, Region, StoredLayer};
use tiramisu::engine::{
    Asked, DepthNeighbours, DepthsWish, Event, Look, LookKind, NearestImages, NeighbourList, Problem, Request,
};
use tiramisu::session::{Ask, Choose, Comparison, Go, Open, Pick, Session};

use super::session;
use crate::support::collection;

fn part() -> Region {
    Region::between((0.1, 0.2), (0.5, 0.6))
}

fn image(id: u32) -> Example {
    Example::Image(ImageId(id))
}

fn odd() -> Example {
    Example::Tag("odd".to_owned())
}

fn looking() -> Session {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session
}

/// The question for neighbours among these.
pub(super) fn asked(requests: &[Request]) -> Option<NeighbourWish> {
    requests.iter().rev().find_map(|request| match request {
        Request::Look(Look::Neighbours(wish)) => Some(wish.clone()),
        _ => None,
    })
}

fn examples(requests: &[Request]) -> Vec<(Example, f32)> {
    asked(requests).expect("neighbours are asked for").examples
}

#[test]
fn whatever_speaks_for_or_against_is_asked_with_by_its_weight_and_what_has_none_is_not() {
    let mut session = looking();
    assert_eq!(examples(&session.act(Choose::AddExample(odd(), 1.0))), [(image(5), 1.0), (odd(), 1.0)]);
    let boxed = Example::Region { image: ImageId(8), region: part() };
    let requests = session.act(Choose::AddExample(boxed.clone(), -0.5));
    assert_eq!(examples(&requests), [(image(5), 1.0), (odd(), 1.0), (boxed.clone(), -0.5)]);
    // What is in already gets the weight.
    let requests = session.act(Choose::AddExample(odd(), -1.0));
    assert_eq!(examples(&requests), [(image(5), 1.0), (odd(), -1.0), (boxed.clone(), -0.5)]);
    assert_eq!(examples(&session.act(Choose::Weigh(odd(), 0.0))), [(image(5), 1.0), (boxed.clone(), -0.5)]);
    assert_eq!(session.opened.chosen.examples.len(), 2, "it is switched off, not gone");
    assert_eq!(examples(&session.act(Choose::Weigh(image(5), 0.0))), [(boxed.clone(), -0.5)]);
    let source = session.source().unwrap();
    let wish = asked(&session.act(Choose::Weigh(boxed.clone(), -0.25))).unwrap();
    session.apply(Event::Neighbours(NeighbourList {
        wish,
        ..collection::neighbours(ImageId(8), source, Metric::Cosine, 24, 24)
    }));
    assert!(session.opened.neighbours.is_some());
    // If nothing counts, nothing is asked, and there is nothing to show.
    let requests = session.act(Choose::Weigh(boxed.clone(), 0.0));
    assert_eq!((asked(&requests), session.opened.neighbours.is_some()), (None, false));
    assert!(!session.opened.chosen.asks_with_weight() && session.opened.chosen.asks_with_something());
    assert_eq!(examples(&session.act(Choose::Weigh(boxed.clone(), 7.0))), [(boxed.clone(), 1.0)]);
    assert_eq!(asked(&session.act(Choose::Weigh(boxed, f32::NAN))), None, "no weight at all");
    assert_eq!(session.act(Choose::Weigh(image(17), 0.5)), [], "it is not in");
}

#[test]
fn back_and_forward_bring_the_whole_question_with_its_weights() {
    let mut session = looking();
    session.act(Choose::AddExample(odd(), 1.0));
    session.act(Choose::Weigh(odd(), 0.4));
    session.act(Choose::Weigh(image(5), -0.3));
    let question = [(image(5), -0.3), (odd(), 0.4)];
    session.act(Choose::Click(ImageId(12), Pick::Replace));
    assert_eq!(session.opened.chosen.first_weight, 1.0, "another picture counts by itself");
    session.act(Choose::RemoveExample(odd()));
    session.act(Go::Back);
    assert_eq!(examples(&session.act(Go::Back)), question);
    session.act(Go::Forward);
    let requests = session.act(Go::Forward);
    assert_eq!(examples(&requests), [(image(12), 1.0)]);
}

#[test]
fn all_of_a_way_of_one_slider_is_one_step_and_another_slider_is_another() {
    let mut session = looking();
    session.act(Choose::AddExample(odd(), 1.0));
    session.act(Choose::AddExample(image(9), 1.0));
    for weight in [0.9, 0.5, 0.2] {
        session.act(Choose::Weigh(odd(), weight));
    }
    for weight in [0.5, -0.5] {
        session.act(Choose::Weigh(image(9), weight));
    }
    let weights = |session: &Session| {
        let chosen = &session.opened.chosen;
        chosen.examples.iter().map(|(_, weight)| *weight).collect::<Vec<f32>>()
    };
    assert_eq!(weights(&session), [0.2, -0.5]);
    session.act(Choose::Undo);
    assert_eq!(weights(&session), [0.2, 1.0]);
    session.act(Choose::Undo);
    assert_eq!(weights(&session), [1.0, 1.0]);
    session.act(Choose::Redo);
    session.act(Choose::Redo);
    assert_eq!(weights(&session), [0.2, -0.5]);
    session.act(Go::Back);
    assert_eq!(weights(&session), [0.2, 1.0]);
    session.act(Go::Back);
    assert_eq!(weights(&session), [1.0, 1.0]);
}

#[test]
fn what_is_switched_off_counts_as_it_did_once_it_is_on_again_whatever_came_between() {
    let mut session = looking();
    let off_or_on = |session: &mut Session, one: &Example| examples(&session.act(Choose::Switch(vec![one.clone()])));
    session.act(Choose::AddExample(odd(), -0.3));
    assert_eq!(off_or_on(&mut session, &odd()), [(image(5), 1.0)]);
    assert_eq!(off_or_on(&mut session, &odd()), [(image(5), 1.0), (odd(), -0.3)]);
    // A slider on its way to nothing comes by every weight between.
    for weight in [-0.2, -0.05, 0.0] {
        session.act(Choose::Weigh(odd(), weight));
    }
    assert_eq!(off_or_on(&mut session, &odd()), [(image(5), 1.0), (odd(), -0.3)]);
    // What is asked with in the first place, and another part of it.
    session.act(Choose::Weigh(image(5), 0.4));
    assert_eq!(off_or_on(&mut session, &image(5)), [(odd(), -0.3)]);
    session.act(Choose::Region(Some(part())));
    let boxed = Example::Region { image: ImageId(5), region: part() };
    assert_eq!(off_or_on(&mut session, &boxed), [(boxed.clone(), 0.4), (odd(), -0.3)]);
    // Held, it is the same as before.
    assert_eq!(off_or_on(&mut session, &boxed), [(odd(), -0.3)]);
    session.act(Choose::HoldExample);
    assert!(off_or_on(&mut session, &boxed).contains(&(boxed, 0.4)));
}

#[test]
fn what_was_taken_out_while_it_was_off_and_comes_in_again_counts_as_it_came() {
    let mut session = looking();
    session.act(Choose::AddExample(odd(), -0.3));
    session.act(Choose::Switch(vec![odd()]));
    session.act(Choose::RemoveExample(odd()));
    session.act(Choose::AddExample(odd(), 1.0));
    session.act(Choose::Weigh(odd(), 0.0));
    assert_eq!(examples(&session.act(Choose::Switch(vec![odd()]))), [(image(5), 1.0), (odd(), 1.0)]);
    // Also where it is only said anew.
    session.act(Choose::Switch(vec![odd()]));
    assert_eq!(examples(&session.act(Choose::AddExample(odd(), -0.5))), [(image(5), 1.0), (odd(), -0.5)]);
    assert_eq!(session.act(Choose::Switch(vec![image(17)])), [], "it is not in");
}

#[test]
fn several_that_are_switched_together_each_count_as_before() {
    let mut session = looking();
    session.act(Choose::AddExample(image(7), -0.3));
    session.act(Choose::AddExample(image(8), 0.5));
    let both = || Choose::Switch(vec![image(7), image(8)]);
    assert_eq!(examples(&session.act(both())), [(image(5), 1.0)]);
    let on = [(image(5), 1.0), (image(7), -0.3), (image(8), 0.5)];
    assert_eq!(examples(&session.act(both())), on);
    // Each time is a step.
    assert_eq!(examples(&session.act(Choose::Undo)), [(image(5), 1.0)]);
    assert_eq!(examples(&session.act(both())), on);
}

#[test]
fn what_is_kept_is_asked_with_beside_the_next_picture() {
    let mut session = looking();
    session.act(Choose::Region(Some(part())));
    let boxed = Example::Region { image: ImageId(5), region: part() };
    // The question stays the same.
    session.act(Choose::HoldExample);
    assert_eq!(session.opened.chosen.examples_that_count(), [(boxed.clone(), 1.0)]);
    assert_eq!((session.opened.chosen.probe, session.opened.chosen.asked_probe()), (Some(ImageId(5)), None));
    session.act(Choose::Click(ImageId(7), Pick::Replace));
    session.act(Choose::Region(Some(part())));
    session.act(Choose::HoldExample);
    let second = Example::Region { image: ImageId(7), region: part() };
    let requests = session.act(Choose::Click(ImageId(9), Pick::Replace));
    assert_eq!(examples(&requests), [(image(9), 1.0), (second.clone(), 1.0), (boxed.clone(), 1.0)]);
    // The picture that is looked at can be taken out, too; a click asks with it again.
    let requests = session.act(Choose::RemoveExample(image(9)));
    assert_eq!(examples(&requests), [(second.clone(), 1.0), (boxed.clone(), 1.0)]);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(9)));
    let requests = session.act(Choose::Click(ImageId(9), Pick::Replace));
    assert_eq!(examples(&requests), [(image(9), 1.0), (second, 1.0), (boxed, 1.0)]);
    // Without anything else it is what is asked with.
    session.act(Choose::RemoveExample(image(9)));
    let requests = session.act(Choose::ClearExamples);
    assert_eq!(examples(&requests), [(image(9), 1.0)]);
}

#[test]
fn a_cross_on_the_box_asks_with_the_whole_picture_and_the_whole_network_compares_whole_ones() {
    let mut session = looking();
    session.act(Choose::Region(Some(part())));
    session.act(Choose::AddExample(Example::Region { image: ImageId(8), region: part() }, -1.0));
    session.apply(Event::Results { clusterings: Vec::new(), maps: Vec::new(), has_embedding: true });
    let requests = session.act(Choose::Comparison(Comparison::Network));
    assert_eq!(examples(&requests), [(image(5), 1.0), (image(8), -1.0)]);
    session.act(Choose::Comparison(Comparison::Layer));
    let boxed = Example::Region { image: ImageId(5), region: part() };
    let requests = session.act(Choose::RemoveExample(boxed));
    assert_eq!(examples(&requests)[0], (image(5), 1.0));
}

#[test]
fn an_answer_about_something_else_is_let_go_and_one_at_other_weights_is_shown_meanwhile() {
    let mut session = looking();
    session.act(Choose::AddExample(odd(), 1.0));
    let before = session.act(Choose::Weigh(odd(), 0.5));
    let before = collection::answer(&asked(&before).unwrap(), 24);
    session.act(Choose::Weigh(odd(), 0.2));
    session.apply(Event::Neighbours(before.clone()));
    assert_eq!(session.opened.neighbours, Some(before.clone()));
    session.act(Choose::Click(ImageId(7), Pick::Replace));
    session.apply(Event::Neighbours(before));
    assert_eq!(session.opened.neighbours, None);
}

#[test]
fn a_question_is_followed_when_the_folder_is_opened_again() {
    let mut session = looking();
    session.act(Choose::AddExample(odd(), 1.0));
    session.act(Choose::AddExample(Example::Region { image: ImageId(8), region: part() }, -0.5));
    session.act(Choose::Weigh(image(5), 0.25));
    let before = session.opened.chosen.examples_that_count();
    session.act(Open::Storing(Some(vec!["conv3".into()])));
    for event in collection::opened(24) {
        session.apply(event);
    }
    assert_eq!(session.opened.chosen.examples_that_count(), before);
}

/// What is asked at every depth.
pub(super) fn depths(requests: &[Request]) -> DepthsWish {
    match requests {
        [Request::Look(Look::Depths(Some(wish)))] => wish.clone(),
        _ => panic!("{requests:?}"),
    }
}

pub(super) fn layers(wish: &DepthsWish) -> Vec<&str> {
    wish.sources.iter().map(|source| source.layer.as_str()).collect()
}

#[test]
fn every_depth_is_asked_once_whatever_the_layer_and_again_when_the_question_is_another() {
    let mut session = looking();
    let first = depths(&session.act(Ask::Depths(Some(false))));
    assert_eq!(layers(&first), ["relu1", "conv2", "conv3", "scores"]);
    assert_eq!((first.of.examples.clone(), first.of.k), (vec![(image(5), 1.0)], 24));
    assert_eq!(session.act(Ask::Depths(Some(false))), []);
    session.act(Choose::Layer(3));
    session.act(Choose::Layer(2));
    assert_eq!(session.act(Ask::Depths(Some(false))), [], "a row for each is there already");
    session.act(Choose::AddExample(odd(), -0.5));
    let second = depths(&session.act(Ask::Depths(Some(false))));
    assert_eq!(second.of.examples, [(image(5), 1.0), (odd(), -0.5)]);
    assert!(second.number > first.number);
    session.act(Choose::Pooling(Pooling::Maximum));
    let maxima = depths(&session.act(Ask::Depths(Some(true))));
    assert!(maxima.sources.iter().all(|source| source.pooling == Pooling::Maximum), "{maxima:?}");
    session.apply(Event::Committed { images: 24, version: 3 });
    depths(&session.act(Ask::Depths(Some(true))));
    assert_eq!(session.act(Ask::Depths(None)), [Request::Look(Look::Depths(None))]);
    assert_eq!(session.act(Ask::Depths(None)), []);
}

#[test]
fn rows_come_one_after_the_other_and_those_of_another_question_are_let_go() {
    let mut session = session(100);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    let wish = depths(&session.act(Ask::Depths(Some(false))));
    let mut rows = collection::depths(&wish, 100);
    let last = rows.pop().unwrap();
    rows.into_iter().for_each(|row| drop(session.apply(Event::DepthNeighbours(row))));
    assert_eq!((session.opened.depths.answered(), session.opened.depths.layers.len()), (3, 4));
    assert_eq!(session.opened.depths.rows.keys().copied().collect::<Vec<_>>(), [1, 3, 4]);
    // 11 is six places after the probe: in the row of every place, of every second and of every third.
    assert_eq!(session.opened.depths.row_count(ImageId(11)), 3);
    assert_eq!(session.opened.depths.row_count(ImageId(6)), 1);
    // At other weights the rows stay until theirs are there; about another picture they do not.
    session.act(Choose::AddExample(odd(), 1.0));
    let next = depths(&session.act(Ask::Depths(Some(false))));
    assert_eq!((session.opened.depths.answered(), session.opened.depths.rows.len()), (0, 3));
    session.apply(Event::DepthNeighbours(last));
    assert_eq!(session.opened.depths.rows.len(), 3, "the row of the question before came too late");
    session.act(Choose::Click(ImageId(7), Pick::Replace));
    session.act(Ask::Depths(Some(false)));
    assert!(session.opened.depths.rows.is_empty());
    let late: Vec<DepthNeighbours> = collection::depths(&next, 100);
    late.into_iter().for_each(|row| drop(session.apply(Event::DepthNeighbours(row))));
    assert!(session.opened.depths.rows.is_empty());
    let problem = Problem::new("It failed", "the disk is gone");
    session.apply(Event::Problem { of: Asked::Look(LookKind::Depths), problem: problem.clone() });
    assert_eq!(session.opened.depths.problem, Some(problem));
    session.act(Choose::Weigh(odd(), 0.5));
    session.act(Ask::Depths(Some(false)));
    assert_eq!(session.opened.depths.problem, None);
}

#[test]
fn of_many_layers_some_are_asked_from_the_first_to_the_last_or_all() {
    let mut open = collection::collection();
    let layer = |index: usize| tiramisu::domain::Layer { name: format!("block{index}"), ..open.layers[4].clone() };
    open.layers = (0..50).map(layer).collect();
    let stored = |index: usize| StoredLayer { layer: format!("block{index}"), pooling: Pooling::Average };
    open.stored = (0..50).map(stored).collect();
    let mut session = Session::default();
    session.apply(Event::Opened(Arc::new(open)));
    session.apply(Event::Images(collection::images(24).into()));
    session.apply(Event::Committed { images: 24, version: 1 });
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    let some = depths(&session.act(Ask::Depths(Some(false))));
    assert_eq!(some.sources.len(), 8);
    assert_eq!((layers(&some)[0], layers(&some)[7]), ("block0", "block49"));
    assert_eq!(depths(&session.act(Ask::Depths(Some(true)))).sources.len(), 50);
    let some = depths(&session.act(Ask::Depths(Some(false))));
    assert_eq!(some.sources.len(), 8);
    for row in collection::depths(&some, 24) {
        session.apply(Event::DepthNeighbours(row));
    }
    let others = depths(&session.act(Ask::Depths(Some(true))));
    assert_eq!(others.sources.len(), 42, "those whose rows are there are not asked again");
    assert!(others.sources.iter().all(|source| !some.sources.contains(source)));
    // How many are listed, and by how many layers, is of the neighbours at one depth.
    session.act(Choose::NeighbourCount(20));
    assert_eq!(session.act(Ask::Depths(Some(true))), []);
}

#[test]
fn what_images_of_a_list_are_most_like_is_asked_once_and_again_of_other_vectors() {
    let mut session = session(40);
    let source = session.source().expect("the layer is stored");
    let other = StoredLayer { layer: "conv1".to_owned(), ..source.clone() };
    let ids = |ids: &[u32]| ids.iter().copied().map(ImageId).collect::<Vec<_>>();
    let wished = |requests: Vec<Request>| match requests.as_slice() {
        [] => None,
        [Request::Look(Look::Nearest(wish))] => Some((wish.source.clone(), wish.images.clone())),
        _ => panic!("{requests:?}"),
    };
    assert_eq!(wished(session.act(Ask::Nearest(source.clone(), ids(&[3, 4])))), Some((source.clone(), ids(&[3, 4]))));
    assert_eq!(wished(session.act(Ask::Nearest(source.clone(), ids(&[3, 4])))), None, "they are on their way");
    let near = Neighbour { image: ImageId(9), score: 0.9 };
    let version = session.opened.committed.expect("they have vectors").1;
    let answer = |source: &StoredLayer| {
        Event::Nearest(NearestImages { source: source.clone(), version, k: 15, found: vec![(ImageId(3), vec![near])] })
    };
    session.apply(answer(&other));
    assert!(session.opened.nearest_of(&source, ImageId(3)).is_none(), "that is of other vectors");
    session.apply(answer(&source));
    assert_eq!(session.opened.nearest_of(&source, ImageId(3)).map(|near| near.len()), Some(1));
    assert_eq!(wished(session.act(Ask::Nearest(source.clone(), ids(&[3, 5])))), Some((source.clone(), ids(&[5]))));
    let problem = Problem::new("Neighbours could not be found", "the disk is away");
    session.apply(Event::Problem { of: Asked::Look(LookKind::Nearest), problem });
    assert_eq!(wished(session.act(Ask::Nearest(source.clone(), ids(&[5])))), None, "it would fail in each frame");
    assert_eq!(
        wished(session.act(Ask::Nearest(source.clone(), ids(&[5, 6])))),
        Some((source.clone(), ids(&[5, 6]))),
        "asked again where another comes into sight"
    );
    assert!(wished(session.act(Ask::Nearest(other.clone(), ids(&[3])))).is_some());
    assert!(session.opened.nearest_of(&source, ImageId(3)).is_none(), "of one kind of vectors at a time");
    session.apply(answer(&other));
    assert!(session.opened.nearest_of(&other, ImageId(3)).is_some());
    session.apply(Event::Committed { images: 40, version: version + 1 });
    assert!(session.opened.nearest_of(&other, ImageId(3)).is_none(), "others may be nearer now");
    session.act(Ask::Nearest(other.clone(), ids(&[3])));
    session.apply(answer(&other));
    assert!(session.opened.nearest_of(&other, ImageId(3)).is_none(), "that answer was on its way");
}
