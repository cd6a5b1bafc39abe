//! The session by itself: facts in, requests out.

mod asking;
mod centrality;
mod findings;
mod first_picture;
mod groups;
mod hidden;
mod inside;
mod left_at;
mod maps;
mod networks;
mod opening;
mod problems;
mod resuming;
mod running;
mod selecting;
mod trail;
mod work;

use tiramisu::domain::DatasetOptions;
use tiramisu::domain::{Example, Filter, ImageId};
use tiramisu::engine::{Event, ExportExists, ExportFormat, ExportWish, Look, Request};
use tiramisu::session::{Choose, Export, Open, Pick, Session};

use crate::support::collection;

fn session(count: usize) -> Session {
    let mut session = Session::default();
    for event in collection::opened(count) {
        session.apply(event);
    }
    session
}

#[test]
fn the_deepest_stored_layer_with_space_is_looked_at_first() {
    let session = session(24);
    let collection = session.collection().expect("it is open");
    assert_eq!(collection.layers[session.opened.chosen.layer].name, "conv3");
}

#[test]
fn what_of_a_workspace_cannot_be_read_is_told_when_it_is_opened() {
    let mut session = Session::default();
    let problem = tiramisu::engine::Problem::new("Part of the workspace cannot be read", "images.lance: version 7");
    for mut event in collection::opened(3) {
        if let Event::Opened(collection) = &mut event {
            std::sync::Arc::make_mut(collection).remarks.push(problem.clone());
        }
        session.apply(event);
    }
    let told: Vec<_> = session.notices().iter().map(|notice| notice.text.clone()).collect();
    assert_eq!(told, [tiramisu::session::NoticeText::Problem(problem)]);
}

#[test]
fn a_click_asks_for_activations_and_neighbours_of_that_image() {
    let mut session = session(24);
    let requests = session.act(Choose::Click(ImageId(5), Pick::Replace));
    assert!(requests.contains(&Request::Look(Look::Activations { image: ImageId(5), layer: 4 })));
    assert!(requests.iter().any(|request| {
        matches!(request, Request::Look(Look::Neighbours(wish))
            if wish.image() == Some(ImageId(5)) && wish.at.title() == "conv3")
    }));
}

#[test]
fn layers_chosen_for_one_folder_are_not_asked_of_the_next() {
    let mut session = session(24);
    let layers = |requests: Vec<Request>| match requests.as_slice() {
        [Request::Open(request)] => request.layers.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(layers(session.act(Open::Storing(Some(vec!["conv1".into()])))), Some(vec!["conv1".into()]));
    assert_eq!(layers(session.act(Open::Folder("/pictures/sea".into()))), None);
}

#[test]
fn an_answer_about_another_probe_is_not_shown() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    let source = session.source().expect("conv3 is stored");
    session.apply(Event::Neighbours(collection::neighbours(ImageId(4), source, Default::default(), 3, 24)));
    assert!(session.opened.neighbours.is_none());
}

#[test]
fn undo_restores_the_selection_and_asks_for_the_old_probe_again() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::Click(ImageId(9), Pick::Replace));
    let requests = session.act(Choose::Undo);
    assert_eq!(session.opened.chosen.selection.iter().collect::<Vec<_>>(), [ImageId(5)]);
    assert!(requests.contains(&Request::Look(Look::Activations { image: ImageId(5), layer: 4 })));
    session.act(Choose::Redo);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(9)));
}

#[test]
fn replacing_a_file_repeats_the_export_that_found_it_whatever_is_chosen_by_then() {
    let mut session = session(24);
    let request = ExportWish {
        images: vec![ImageId(5), ImageId(2)].into(),
        scores: vec![(ImageId(2), 0.5)],
        format: ExportFormat::Csv,
        vectors: Vec::new(),
        target: "/home/ada/selection.csv".into(),
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    };
    session.apply(Event::ExportExists(ExportExists { request: request.clone(), taken: vec![request.target.clone()] }));
    session.act(Choose::Click(ImageId(9), Pick::Replace));
    let agreed = Request::Export(ExportWish { overwrite: true, ..request });
    assert_eq!(session.act(Export::Replace), [agreed]);
    assert_eq!(session.act(Export::Replace), [], "once is enough");
}

#[test]
fn inverting_counts_only_what_the_filter_shows() {
    let mut session = session(24);
    let labels = ["checks".to_owned()].into_iter().collect();
    session.act(Choose::Filter(Filter { labels, ..Filter::default() }));
    session.act(Choose::Click(ImageId(2), Pick::Replace));
    session.act(Choose::InvertSelection);
    assert_eq!(session.opened.chosen.selection.iter().collect::<Vec<_>>(), [ImageId(3)]);
}

#[test]
fn a_range_follows_the_order_of_the_gallery() {
    let mut session = session(24);
    session.act(Choose::Sort(tiramisu::domain::Sort::Newest));
    session.act(Choose::Click(ImageId(10), Pick::Replace));
    session.act(Choose::Click(ImageId(7), Pick::Range));
    assert_eq!(session.opened.chosen.selection.iter().map(|id| id.0).collect::<Vec<_>>(), [7, 8, 9, 10]);
    assert_eq!(session.opened.chosen.anchor, Some(ImageId(10)), "the next range starts there again");
}

#[test]
fn opening_another_folder_forgets_what_was_chosen_and_keeps_what_was_said() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.lasting.notices.tell_news("kept");
    session.apply(Event::Opening("/pictures/other".into()));
    assert!(
        session.opened.images.is_empty()
            && session.opened.chosen.probe.is_none()
            && session.opened.chosen.selection.is_empty()
    );
    assert_eq!(session.notices().len(), 1);
}

#[test]
fn what_is_asked_about_speaks_neither_for_nor_against_itself() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::AddExamples(vec![ImageId(5), ImageId(7), ImageId(8)], -1.0));
    let image = |id: u32, weight: f32| (Example::Image(ImageId(id)), weight);
    assert_eq!(session.opened.chosen.examples, [image(7, -1.0), image(8, -1.0)]);
    // An example that is clicked is what is asked about now.
    session.act(Choose::Click(ImageId(7), Pick::Replace));
    assert_eq!(session.opened.chosen.examples, [image(8, -1.0)]);
    // Beside the mean of a label it may be one all the same.
    session.act(Choose::Like(Some(Example::Label("checks".into()))));
    session.act(Choose::AddExamples(vec![ImageId(7)], 1.0));
    assert_eq!(session.opened.chosen.examples, [image(8, -1.0), image(7, 1.0)]);
    session.act(Choose::Like(None));
    assert_eq!(session.opened.chosen.examples, [image(8, -1.0)]);
}

#[test]
fn a_picture_of_the_collection_that_was_asked_with_by_its_file_becomes_the_one_looked_at() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(3), Pick::Replace));
    session.act(Choose::AddExamples(vec![ImageId(5)], -1.0));
    let file = std::path::PathBuf::from("/pictures/garden/5.png");
    session.act(Choose::Like(Some(Example::File { path: file.clone(), region: None })));
    let other = session.apply(Event::Recognised { file: "/elsewhere/5.png".into(), image: ImageId(7) });
    assert_eq!(
        (other, session.opened.chosen.probe),
        (Vec::new(), Some(ImageId(3))),
        "nobody asks with that file any more"
    );
    let requests = session.apply(Event::Recognised { file, image: ImageId(5) });
    let chosen = &session.opened.chosen;
    assert_eq!((chosen.probe, &chosen.like, &chosen.examples[..]), (Some(ImageId(5)), &None, &[][..]));
    let of_image = |request: &Request| matches!(request, Request::Look(Look::Neighbours(wish)) if wish.image() == Some(ImageId(5)));
    assert!(requests.iter().any(of_image), "{requests:?}");
    assert!(requests.contains(&Request::Look(Look::Activations { image: ImageId(5), layer: 4 })));
    // It was one choice.
    session.act(Choose::Undo);
    assert_eq!((session.opened.chosen.probe, session.opened.chosen.examples.len()), (Some(ImageId(3)), 1));
}
