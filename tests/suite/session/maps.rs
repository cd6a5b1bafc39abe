//! Several maps beside each other: what is asked for, in which order, and what becomes of it.

use std::sync::Arc;

use tiramisu::domain::{Projection, ProjectionMethod, ProjectionWish, Strategy, StrategyChoice};
use tiramisu::engine::{AnalysisAnswer, AnalysisKind, AnalysisWish, Asked, Event, Look, Problem, Progress, Request};
use tiramisu::session::{Ask, Choose, ChooseMap, Colouring, MapChoice, Maps, MethodBy, Session};

use super::session;
use crate::support::collection;

/// The maps that are asked for, each by its method and layer, and whether it is made even if one is kept.
fn asked(requests: &[Request]) -> Vec<(ProjectionMethod, String, bool)> {
    let of = |wish: &ProjectionWish, anew| Some((wish.method, wish.source.layer.clone(), anew));
    let map = |request: &Request| match request {
        Request::Look(Look::PcaMap { source }) => Some((ProjectionMethod::Pca, source.layer.clone(), false)),
        Request::Analyse(AnalysisWish::Show(wish)) => of(wish, false),
        Request::Analyse(AnalysisWish::Project(wish)) => of(wish, true),
        _ => None,
    };
    requests.iter().filter_map(map).collect()
}

/// A finished map of these, as far as it is told.
fn made(session: &Session, wish: ProjectionWish, share_done: f32) -> Event {
    let known = collection::projection(wish.source.clone(), &session.opened.images.to_vec());
    let map = Projection { wish, explained: None, share_done, ..known };
    Event::Answered(AnalysisAnswer::Map(Arc::new(map)))
}

fn wish(session: &Session, map: u32) -> ProjectionWish {
    let opened = &session.opened;
    opened.wish_of_map(opened.chosen.maps.get(map).expect("it is there")).expect("its layer is stored")
}

fn numbers(session: &Session) -> Vec<u32> {
    session.opened.chosen.maps.iter().map(|map| map.number).collect()
}

fn is_drawn(session: &Session, map: u32) -> bool {
    session.opened.projection_of(map).is_some_and(|known| known.wish == wish(session, map))
}

/// Two maps of 24 images: the first follows the layer looked at, the second stays at conv3. Both are there.
fn two() -> Session {
    let mut session = session(24);
    session.apply(made(&session, wish(&session, 0), 1.0));
    session.act(Choose::Map(ChooseMap::Add));
    session
}

#[test]
fn another_map_is_like_the_last_needs_nothing_and_stays_at_its_layer_while_the_first_follows() {
    let mut session = session(24);
    session.act(Choose::Colouring(Colouring::Similarity));
    session.apply(made(&session, wish(&session, 0), 1.0));
    let requests = session.act(Choose::Map(ChooseMap::Add));
    assert_eq!(asked(&requests), [], "what is drawn already is not made again");
    let maps = &session.opened.chosen.maps;
    let expected =
        MapChoice { number: 1, layer: Some("conv3".into()), method_by: MethodBy::Person, ..maps.first.clone() };
    assert_eq!(maps.beside, [expected]);
    assert!(Arc::ptr_eq(
        session.opened.projection_of(0).expect("drawn"),
        session.opened.projection_of(1).expect("drawn")
    ));

    let requests = session.act(Choose::Layer(3));
    assert_eq!(asked(&requests), [(ProjectionMethod::Pca, "conv2".to_owned(), false)], "the first alone is another");
    assert_eq!(wish(&session, 0).source.layer, "conv2");
    assert_eq!(wish(&session, 1).source.layer, "conv3");
    assert!(is_drawn(&session, 1) && !is_drawn(&session, 0));
    session.apply(made(&session, wish(&session, 0), 1.0));
    assert!(is_drawn(&session, 1) && is_drawn(&session, 0));
}

#[test]
fn maps_that_take_a_while_are_made_one_after_the_other_and_each_goes_to_its_own() {
    let mut session = two();
    let requests = session.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)));
    assert_eq!(asked(&requests), [(ProjectionMethod::Umap, "conv3".to_owned(), false)]);
    let requests = session.act(Choose::Map(ChooseMap::Method(1, ProjectionMethod::Tsne)));
    assert_eq!(asked(&requests), [], "the engine would take it for one that replaces the other");
    assert!(session.opened.waits_for_another(1) && !session.opened.waits_for_another(0));
    // While it settles nothing else is begun.
    assert_eq!(asked(&session.apply(made(&session, wish(&session, 0), 0.4))), []);
    let requests = session.apply(made(&session, wish(&session, 0), 1.0));
    assert_eq!(asked(&requests), [(ProjectionMethod::Tsne, "conv3".to_owned(), false)]);
    assert!(!session.opened.waits_for_another(1));
    session.apply(made(&session, wish(&session, 1), 1.0));
    assert!(is_drawn(&session, 0) && is_drawn(&session, 1));
    assert_eq!((session.opened.asked_of(0), session.opened.asked_of(1)), (None, None));
}

#[test]
fn principal_components_wait_for_no_other_work_and_what_is_not_wanted_any_more_makes_way() {
    let mut session = two();
    session.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)));
    let requests = session.act(Choose::Map(ChooseMap::Layer(1, Some("relu1".into()))));
    assert_eq!(asked(&requests), [(ProjectionMethod::Pca, "relu1".to_owned(), false)]);
    let requests = session.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Pacmap)));
    assert_eq!(asked(&requests), [(ProjectionMethod::Pacmap, "conv3".to_owned(), false)], "nobody waits for UMAP");
}

#[test]
fn two_maps_that_are_the_same_are_made_once() {
    let mut session = two();
    session.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)));
    let requests = session.act(Choose::Map(ChooseMap::Method(1, ProjectionMethod::Umap)));
    assert_eq!(asked(&requests), []);
    assert_eq!(asked(&session.apply(made(&session, wish(&session, 0), 1.0))), []);
    assert!(is_drawn(&session, 0) && is_drawn(&session, 1));
}

#[test]
fn a_map_that_fails_or_is_stopped_lets_the_next_one_be_made() {
    for is_stopped in [false, true] {
        let mut session = two();
        session.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)));
        session.act(Choose::Map(ChooseMap::Method(1, ProjectionMethod::Tsne)));
        let first = wish(&session, 0);
        let progress = Arc::new(Progress::of(&AnalysisWish::Show(first.clone())));
        session.apply(Event::AnalysisStarted(progress.clone()));
        // What ends beside it is something else.
        assert_eq!(asked(&session.apply(Event::AnalysisEnded { cancelled: true })), []);
        progress.end();
        let requests = match is_stopped {
            true => session.apply(Event::AnalysisEnded { cancelled: true }),
            false => {
                let problem = Problem::new("The map could not be made", "the disk is full");
                session.apply(Event::Problem { of: Asked::Map(first), problem })
            }
        };
        assert_eq!(asked(&requests), [(ProjectionMethod::Tsne, "conv3".to_owned(), false)], "stopped: {is_stopped}");
        assert_eq!(session.opened.asked_of(0), None);
        assert!(session.opened.is_given_up(0) && !session.opened.is_given_up(1), "stopped: {is_stopped}");
        // What is drawn is still the map of before; whoever chooses the same once more wants it to be made.
        let requests = session.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)));
        assert_eq!(asked(&requests), [], "the other one is being made");
        assert!(session.opened.waits_for_another(0) && !session.opened.is_given_up(0));
        let requests = session.apply(made(&session, wish(&session, 1), 1.0));
        assert_eq!(asked(&requests), [(ProjectionMethod::Umap, "conv3".to_owned(), false)]);
        session.apply(made(&session, wish(&session, 0), 1.0));
        assert!(!session.opened.is_given_up(0));
        assert_eq!(asked(&session.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)))), [], "it is there");
    }
}

#[test]
fn each_map_closes_by_itself_and_undo_brings_it_back() {
    let mut session = two();
    session.act(Choose::Map(ChooseMap::Layer(1, Some("relu1".into()))));
    session.apply(made(&session, wish(&session, 1), 1.0));
    session.act(Choose::Map(ChooseMap::Add));
    assert_eq!(numbers(&session), [0, 1, 2]);
    session.act(Choose::Map(ChooseMap::Close(0)));
    assert_eq!(numbers(&session), [1, 2]);
    assert!(session.opened.projection_of(0).is_none(), "nothing of it is held");
    assert_eq!(session.opened.projection_wish().map(|wish| wish.source.layer), Some("relu1".to_owned()));
    session.act(Choose::Map(ChooseMap::Close(2)));
    session.act(Choose::Map(ChooseMap::Close(1)));
    assert_eq!(numbers(&session), [1], "one is always there");
    session.act(Choose::Undo);
    let requests = session.act(Choose::Undo);
    assert_eq!(numbers(&session), [0, 1, 2]);
    assert_eq!(
        asked(&requests),
        [(ProjectionMethod::Pca, "conv3".to_owned(), false)],
        "what is not held is made again"
    );
}

#[test]
fn closing_a_map_that_is_being_made_stops_that() {
    let mut session = two();
    session.act(Choose::Map(ChooseMap::Method(1, ProjectionMethod::Umap)));
    let progress = Arc::new(Progress::of(&AnalysisWish::Show(wish(&session, 1))));
    session.apply(Event::AnalysisStarted(progress.clone()));
    session.act(Choose::Map(ChooseMap::Close(1)));
    assert!(progress.is_cancelled());
}

#[test]
fn there_are_never_more_maps_than_there_is_room_for() {
    let mut session = two();
    (0..6).for_each(|_| drop(session.act(Choose::Map(ChooseMap::Add))));
    assert_eq!(numbers(&session), [0, 1, 2, 3]);
    assert!(!session.opened.chosen.maps.can_add());
    let many = Maps { first: MapChoice::default(), beside: vec![MapChoice::default(); 9] };
    let usable: Vec<u32> = many.usable().iter().map(|map| map.number).collect();
    assert_eq!(usable, [0, 1, 2, 3], "whatever a file says");
}

#[test]
fn new_images_make_each_map_anew_unless_the_person_knows_it() {
    let mut session = two();
    session.act(Choose::Map(ChooseMap::Method(1, ProjectionMethod::Umap)));
    session.apply(made(&session, wish(&session, 1), 1.0));
    let progress = Arc::new(Progress::new("Extracting features"));
    session.apply(Event::JobStarted(progress.clone()));
    let requests = session.apply(Event::Committed { images: 48, version: 2 });
    assert_eq!(asked(&requests), [(ProjectionMethod::Pca, "conv3".to_owned(), false)], "UMAP stays as it is");
    progress.end();
    session.apply(Event::JobEnded { cancelled: false });
    assert_eq!((session.opened.unplaced(0), session.opened.unplaced(1)), (0, 24));
}

#[test]
fn what_did_the_work_is_told_beside_the_map_that_it_is_of() {
    let mut session = two();
    session.act(Choose::Map(ChooseMap::Method(1, ProjectionMethod::Umap)));
    let choice = StrategyChoice { strategy: Strategy::ExactScan, reason: "they are few".into() };
    session.apply(Event::StrategyChosen(AnalysisKind::Map, choice.clone()));
    let choice_of = |map: u32| session.opened.maps[&map].choice.clone();
    assert_eq!((choice_of(0), choice_of(1)), (None, Some(choice)));
}

#[test]
fn maps_go_on_with_another_collection_as_far_as_its_network_has_their_layers() {
    let mut session = two();
    session.act(Choose::Map(ChooseMap::Add));
    session.act(Choose::Map(ChooseMap::Layer(2, Some("relu1".into()))));
    let open = |session: &mut Session, without: Option<&str>| {
        let mut collection = collection::collection();
        collection.layers.retain(|layer| Some(layer.name.as_str()) != without);
        collection.folder = "/pictures/sea".into();
        session.apply(Event::Opening(collection.folder.clone()));
        session.apply(Event::Opened(Arc::new(collection)));
    };
    let layers = |session: &Session| -> Vec<Option<String>> {
        session.opened.chosen.maps.iter().map(|map| map.layer.clone()).collect()
    };
    open(&mut session, None);
    assert_eq!(layers(&session), [None, Some("conv3".to_owned()), Some("relu1".to_owned())]);
    open(&mut session, Some("relu1"));
    assert_eq!(layers(&session), [None, Some("conv3".to_owned()), None]);
    assert!(session.opened.maps.values().all(|state| state.projection.is_none()));
}

#[test]
fn groups_colour_the_maps_that_are_coloured_as_the_first_is() {
    use tiramisu::domain::{ClusterMethod, ClusterWish, Clustering};
    let mut session = two();
    session.act(Choose::Map(ChooseMap::Add));
    session.act(Choose::Map(ChooseMap::Colouring(2, Colouring::Plain)));
    session.apply(Event::Answered(AnalysisAnswer::Clusters(Arc::new(Clustering {
        features: "net".into(),
        wish: ClusterWish::new(ClusterMethod::KMeans, session.source().expect("it is stored")),
        ids: Vec::new().into(),
        of: Vec::new().into(),
        clusters: Vec::new(),
        agreement: None,
        quality: None,
        elapsed_secs: 0.1,
    }))));
    let colours: Vec<Colouring> = session.opened.chosen.maps.iter().map(|map| map.colouring).collect();
    assert_eq!(colours, [Colouring::Cluster, Colouring::Cluster, Colouring::Plain]);
}

#[test]
fn why_the_image_under_the_pointer_has_no_neighbours_is_known_until_the_pointer_is_elsewhere() {
    use tiramisu::domain::ImageId;
    use tiramisu::engine::LookKind;
    let mut session = session(24);
    session.act(Ask::HoverNeighbours(Some(ImageId(3))));
    assert_eq!(session.opened.hover_problem, None);
    let problem = Problem::new("Neighbours could not be found", "the file ends early: checks/000003.png");
    session.apply(Event::Problem { of: Asked::Look(LookKind::HoverNeighbours), problem: problem.clone() });
    assert_eq!(session.opened.hover_problem, Some(problem));
    assert!(session.notices().is_empty(), "it is said where one looks");
    session.act(Ask::HoverNeighbours(Some(ImageId(4))));
    assert_eq!(session.opened.hover_problem, None);
    // At a layer that is not stored nothing can be asked.
    session.act(Choose::Layer(2));
    assert_eq!(session.act(Ask::HoverNeighbours(Some(ImageId(5)))), []);
    let why = session.opened.hover_problem.expect("something is said").why;
    assert_eq!(why, "the vectors of pool1 are not stored");
}

#[test]
fn a_map_coloured_by_clusters_gets_them_again_or_goes_by_labels() {
    let mut session = session(6);
    session.act(Choose::Map(ChooseMap::Colouring(0, Colouring::Cluster)));
    let results = |clusterings: &[&str]| Event::Results {
        clusterings: clusterings.iter().map(|name| (*name).to_owned()).collect(),
        maps: Vec::new(),
        has_embedding: false,
    };
    let mut other = session.clone();
    assert_eq!(session.apply(results(&["kmeans_4_a", "kmeans_8_a"])), [Request::OpenClustering("kmeans_8_a".into())]);
    assert_eq!(session.opened.chosen.maps.first.colouring, Colouring::Cluster);
    assert_eq!(other.apply(results(&[])), []);
    assert_eq!(other.opened.chosen.maps.first.colouring, Colouring::Label);
}
