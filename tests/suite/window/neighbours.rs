//! Asking for neighbours, at any layer.

use std::sync::Arc;

use eframe::egui::{Key, Modifiers, Pos2, Rect, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{
    Example, Filter, ImageId, ImageRecord, Metric, NeighbourWish, Region, Representation, StoredActivations, Tags,
    activation_bytes,
};
use tiramisu::engine::{ActivationsWish, AnalysisAnswer, AnalysisWish, ChannelLook, Event, Look, Request, Thresholds};
use tiramisu::session::{Ask, Choose, Comparison, Pick};

use crate::support::collection;
use crate::support::window::{Setup, Window};
use tiramisu::ui::widgets::ask_with::AGAINST;
use tiramisu::ui::widgets::text::bytes;

use super::{FIRST, looks};

#[test]
fn a_neighbour_clicked_becomes_the_probe_and_comes_into_sight_in_the_gallery() {
    let mut window = Window::with_images(2_000, Setup::default());
    window.click(FIRST);
    assert!(window.harness.query_by_label("checks/000250.png").is_none(), "far below what is visible");
    let source = window.session().source().expect("the layer is stored");
    let mut list = collection::neighbours(ImageId(0), source, Metric::Cosine, 24, 2_000);
    list.neighbours[1].image = ImageId(1_500);
    window.tell([Event::Neighbours(list)]);
    window.settle();
    window.click("Neighbour 2: stripes/001500.png");
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(1_500)));
    window.harness.get_by_label("stripes/001500.png");
}

#[test]
fn changing_the_layer_asks_again_at_that_layer() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.forget_sent();
    window.click("Layer");
    window.picture("layer_menu");
    window.click("conv 2 · 64 channels");
    let looks = looks(&window);
    assert_eq!(window.session().opened.chosen.layer, 3);
    assert!(looks.contains(&Look::Activations { image: ImageId(0), layer: 3 }), "{looks:?}");
    assert!(looks.iter().any(|look| matches!(look, Look::Neighbours(wish) if wish.at.title() == "conv2")), "{looks:?}");
}

#[test]
fn a_layer_that_is_not_stored_offers_the_nearest_that_is() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    // conv3 → conv2 → pool1, which is not stored.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::OpenBracket);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::OpenBracket);
    window.settle();
    assert_eq!(window.session().opened.chosen.layer, 2);
    window.harness.get_by_label("This layer is not stored");
    window.picture("not_stored");
    window.click("Use ReLU 1");
    assert_eq!(window.session().opened.chosen.layer, 1);
}

/// The last question for neighbours that the window sent.
fn last_wish(window: &Window) -> NeighbourWish {
    let wish = |look: &Look| match look {
        Look::Neighbours(wish) => Some(wish.clone()),
        _ => None,
    };
    looks(window).iter().rev().find_map(wish).expect("neighbours were asked for")
}

#[test]
fn what_is_looked_for_may_be_like_a_tag_instead_of_an_image() {
    let mut window = Window::with_images(60, Setup::default());
    let tags = Tags::from([("blurred".to_owned(), vec![ImageId(3), ImageId(9)])]);
    window.tell([Event::Tags(Arc::new(tags))]);
    window.settle();
    window.click("Neighbours");
    window.click("Like what");
    window.picture("like_menu");
    window.click("blurred");
    // It is not about the first picture, which is looked at meanwhile.
    assert_eq!(last_wish(&window).examples, [(Example::Tag("blurred".to_owned()), 1.0)]);
    let list = window.session().opened.neighbours.clone().expect("the answer");
    assert_eq!(list.wish.examples[0].0, Example::Tag("blurred".to_owned()));
    window.picture("like_a_tag");
    window.act(Choose::Click(ImageId(5), Pick::Toggle));
    window.click("− Selection");
    let unlike = (Example::Image(ImageId(5)), AGAINST);
    assert_eq!(last_wish(&window).examples, [(Example::Tag("blurred".to_owned()), 1.0), unlike]);
    window.act(Choose::RemoveExample(Example::Image(ImageId(5))));
    window.act(Choose::Click(ImageId(5), Pick::Replace));
    assert_eq!(last_wish(&window).examples, [(Example::Image(ImageId(5)), 1.0)]);
    window.act(Choose::Undo);
    assert_eq!(window.session().opened.chosen.like, Some(Example::Tag("blurred".to_owned())));
}

#[test]
fn the_selection_speaks_for_or_against_and_can_be_taken_out_again() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.act(Choose::PickMany(vec![ImageId(3), ImageId(4)], Pick::Add));
    window.click("− Selection");
    let against = last_wish(&window);
    assert_eq!(
        against.examples,
        [
            (Example::Image(ImageId(0)), 1.0),
            (Example::Image(ImageId(3)), AGAINST),
            (Example::Image(ImageId(4)), AGAINST)
        ]
    );
    window.picture("for_and_against");
    window.act(Choose::RemoveExample(Example::Image(ImageId(3))));
    assert_eq!(last_wish(&window).examples.len(), 2);
    // Choices like any other: they can be taken back.
    window.act(Choose::Undo);
    assert_eq!(last_wish(&window), against);
}

#[test]
fn a_box_on_the_probe_asks_with_that_part_until_another_picture_is_clicked() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let region = Region::between((0.1, 0.2), (0.5, 0.6));
    window.act(Choose::Region(Some(region)));
    assert_eq!(last_wish(&window).examples, [(Example::Region { image: ImageId(0), region }, 1.0)]);
    window.picture("region");
    let nearest = window.session().image(ImageId(7)).unwrap().path.text.to_owned();
    window.click(&format!("Neighbour 1: {nearest}"));
    assert_eq!(last_wish(&window).examples, [(Example::Image(ImageId(7)), 1.0)]);
}

#[test]
fn a_box_is_looked_for_anywhere_once_activations_are_kept_and_says_what_that_costs() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let region = Region::between((0.1, 0.2), (0.5, 0.6));
    window.act(Choose::Region(Some(region)));
    let layer = window.session().collection().unwrap().layers[window.session().opened.chosen.layer].clone();
    let cost = bytes(activation_bytes(60, layer.shape));
    window.picture("anywhere_costs");
    window.forget_sent();
    window.click(&format!("Anywhere (stores {cost})"));
    let keep = AnalysisWish::Activations(ActivationsWish::Store(vec![layer.name.clone()]));
    assert!(window.sent().contains(&Request::Analyse(keep)), "{:?}", window.sent());
    assert!(window.session().opened.chosen.anywhere);

    let kept = StoredActivations { layer: layer.name, shape: layer.shape, images: 60, bytes: 1_000 };
    window.tell([Event::Answered(AnalysisAnswer::Activations(vec![kept]))]);
    window.settle();
    let wish = last_wish(&window);
    assert!(wish.anywhere, "{wish:?}");
    let mut list = collection::answer(&wish, 24);
    list.parts =
        (0..24).map(|place| Region::between((0.02 * place as f32, 0.1), (0.4 + 0.02 * place as f32, 0.5))).collect();
    window.tell([Event::Neighbours(list.clone())]);
    window.settle();
    window.picture("anywhere");
    // Why one is near is told of the part where it was found.
    let (third, part) = (list.neighbours[2].image, list.parts[2]);
    window.act(Ask::Why(third));
    let is_of_parts = |look: &Look| match look {
        Look::Channels(ChannelLook::WhySimilar(wish)) => wish.b == third && wish.parts == [Some(region), Some(part)],
        _ => false,
    };
    assert!(looks(&window).iter().any(is_of_parts), "{:?}", looks(&window));
    window
        .harness
        .get_by_label("The region on the left is compared with the part of the right picture that is most like it.");
    window.act(Ask::CloseWhySimilar);
    window.click("Anywhere");
    assert!(!last_wish(&window).anywhere);
}

#[test]
fn the_whole_network_is_offered_to_be_made_and_then_asked() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.click("Layer");
    window.click("Whole network");
    window.harness.get_by_label("There is no full-network embedding yet");
    window.picture("no_embedding");
    window.forget_sent();
    window.click("Make it");
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Embed(Thresholds::default()))));
    window.tell([Event::Results { clusterings: Vec::new(), maps: Vec::new(), has_embedding: true }]);
    window.settle();
    window.act(Choose::NeighbourCount(12));
    assert_eq!(last_wish(&window).at, Representation::Embedding);
}

#[test]
fn layers_are_mixed_with_weights() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.click("Layer");
    window.click("Mix of layers");
    window.act(Choose::Comparison(Comparison::Mix(vec![(4, 1.0), (3, -0.5)])));
    window.picture("mix");
    let Representation::Mix(layers) = last_wish(&window).at else { panic!("a mix was asked for") };
    let named: Vec<_> = layers.iter().map(|(source, weight)| (source.layer.as_str(), *weight)).collect();
    assert_eq!(named, [("conv3", 1.0), ("conv2", -0.5)]);
    window.click("Take conv 2 out of the mix");
    assert_eq!(last_wish(&window).at.title(), "conv3");
}

#[test]
fn neighbours_are_looked_for_among_what_the_gallery_shows() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.click("Shown only");
    assert_eq!(last_wish(&window).among.expect("only some").len(), 60);
    let labels = ["blobs".to_owned()].into_iter().collect();
    window.act(Choose::Filter(Filter { labels, ..Filter::default() }));
    let among = last_wish(&window).among.expect("only some");
    assert!((1..60).contains(&among.len()));
    assert!(among.iter().all(|id| window.session().image(id).unwrap().label == Some("blobs")));
}

fn picture_of_the_probe(window: &Window) -> Rect {
    // The first image is as wide as high, so its picture fills its place.
    window.harness.get_by_label(&format!("Probe: {FIRST}")).rect()
}

#[test]
fn a_box_begins_where_the_button_went_down() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let picture = picture_of_the_probe(&window);
    let at = |share: f32| picture.min + picture.size() * share;
    window.harness.hover_at(at(0.2));
    window.harness.run_steps(2);
    window.harness.drag_at(at(0.2));
    window.harness.run_steps(1);
    // A quick hand: a good way in one frame.
    for share in [0.45, 0.6, 0.7] {
        window.harness.hover_at(at(share));
        window.harness.run_steps(1);
    }
    window.harness.drop_at(at(0.7));
    window.settle();
    let region = window.session().opened.chosen.region.expect("a box was drawn");
    for (found, wanted) in [(region.left, 0.2), (region.top, 0.2), (region.right, 0.7), (region.bottom, 0.7)] {
        assert!((found - wanted).abs() < 0.02, "{region:?}");
    }
}

#[test]
fn the_picture_a_box_is_drawn_on_stays_where_it_is() {
    for size in [vec2(1280.0, 800.0), vec2(800.0, 600.0)] {
        let mut window = Window::with_images(60, Setup { size, ..Setup::default() });
        window.click(FIRST);
        let before = picture_of_the_probe(&window);
        window.act(Choose::Region(Some(Region::between((0.1, 0.2), (0.5, 0.6)))));
        assert_eq!(picture_of_the_probe(&window), before, "a box");
        window.act(Choose::PickMany((0..20).map(ImageId).collect(), Pick::Add));
        window.act(Choose::AddExamples((1..9).map(ImageId).collect(), -1.0));
        assert_eq!(picture_of_the_probe(&window), before, "many examples");
        window.act(Choose::Region(None));
        assert_eq!(picture_of_the_probe(&window), before, "no box");
    }
}

/// A path that is dropped on the window.
#[derive(Debug)]
struct Dropped(&'static str);

impl eframe::egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        self.0.as_ref()
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("no view reads what is dropped".into())
    }
}

#[test]
fn a_picture_dropped_on_the_neighbours_is_asked_with_and_elsewhere_opens_its_folder() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Neighbours");
    let place = window.harness.get_by_label("Probe: blobs/000000.png").rect().center();
    let gallery = window.harness.get_by_label(FIRST).rect().center();
    let drop = |window: &mut Window, at: Pos2, later: bool| {
        window.forget_sent();
        window.harness.input_mut().dropped_files.push(Arc::new(Dropped("/elsewhere/rose.JPG")));
        if later {
            // Systems tell where the pointer is only after the drop.
            window.harness.run_steps(1);
            assert_eq!(window.sent(), []);
        }
        window.harness.hover_at(at);
        window.harness.run_steps(2);
        window.sent()
    };
    let file = Example::File { path: "/elsewhere/rose.JPG".into(), region: None };
    let sent = drop(&mut window, place, true);
    let asked = |sent: &Request| matches!(sent, Request::Look(Look::Neighbours(wish)) if wish.examples[0].0 == file);
    assert!(sent.iter().any(asked), "{sent:?}");
    window.settle();
    window.picture("like_a_file");
    assert!(window.session().opened.neighbours.is_some());
    let sent = drop(&mut window, gallery, false);
    assert!(matches!(&sent[..], [Request::Open(open)] if open.folder.as_os_str() == "/elsewhere"), "{sent:?}");
    assert_eq!(window.session().opened.chosen.like, Some(file));
    window.act(Choose::Undo);
    assert_eq!(window.session().opened.chosen.like, None);
}

#[test]
fn with_a_single_label_nothing_is_said_of_sharing_it() {
    let shares = |window: &Window| window.names().iter().any(|name| name.contains("share the label"));
    let mut window = Window::with_images(60, Setup::default());
    window.click("blobs/000000.png");
    assert!(shares(&window), "{:?}", window.names());
    let mut alike = collection::opened(24);
    for event in &mut alike {
        if let Event::Images(images) = event {
            let labelled =
                images.to_vec().into_iter().map(|image| ImageRecord { label: Some("blobs".to_owned()), ..image });
            *images = labelled.collect::<Vec<_>>().into();
        }
    }
    let mut window = Window::open(Setup::default());
    window.tell(alike);
    window.settle();
    window.click("blobs/000000.png");
    assert!(window.session().opened.neighbours.as_ref().is_some_and(|list| !list.neighbours.is_empty()));
    assert!(!shares(&window), "{:?}", window.names());
}
