//! The views of images, layers and what is chosen.

use std::sync::Arc;

use eframe::egui::Key;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{
    ColumnOrder, Example, Filter, ImageId, Projection, ProjectionMethod, Region, Sort, TableColumn, Tags,
};
use tiramisu::engine::{Asked, Event, LookKind, Problem, StoredResult};
use tiramisu::session::{Ask, Choose, ChooseMap, Comparison, Pick};
use tiramisu::ui::Settings;
use tiramisu::ui::views::Pane;
use tiramisu::ui::widgets::ask_with::AGAINST;

use super::scene::Scene;
use crate::support::collection;
use crate::support::window::{Setup, Window};

pub const SCENES: &[Scene] = &[
    Scene::view("gallery_filled", Pane::Gallery, gallery),
    Scene::view("gallery_empty", Pane::Gallery, no_images),
    Scene::view("gallery_problem", Pane::Gallery, unreadable),
    Scene::view("gallery_filtered_away", Pane::Gallery, filtered_away),
    Scene::view("gallery_predicate_wrong", Pane::Gallery, predicate_wrong),
    Scene::view("table_filled", Pane::Table, table),
    Scene::view("table_empty", Pane::Table, no_images),
    Scene::view("table_problem", Pane::Table, unreadable),
    Scene::view("table_waiting", Pane::Table, counting),
    Scene::view("table_filtered_away", Pane::Table, filtered_away),
    Scene::view("activations_filled", Pane::Activations, looked_at),
    Scene::view("activations_channel", Pane::Activations, channel),
    Scene::view("activations_empty", Pane::Activations, no_images),
    Scene::view("activations_problem", Pane::Activations, unreadable_probe),
    Scene::view("look_inside_filled", Pane::LookInside, looked_at),
    Scene::view("look_inside_compare", Pane::LookInside, compared),
    Scene::view("look_inside_bars", Pane::LookInside, without_planes),
    Scene::view("look_inside_empty", Pane::LookInside, nothing_chosen),
    Scene::view("look_inside_problem", Pane::LookInside, not_run),
    Scene::view("map_filled", Pane::Map, mapped),
    Scene::view("map_empty", Pane::Map, nothing_extracted),
    Scene::view("map_problem", Pane::Map, layer_not_stored),
    Scene::view("map_given_up", Pane::Map, given_up),
    Scene::view("map_unplaced", Pane::Map, unplaced),
    Scene::view("map_legend", Pane::Map, many_labels),
    Scene::view("map_morph", Pane::Map, on_its_way),
    Scene::view("map_two", Pane::Map, two_maps),
    Scene::view("map_two_one_made", Pane::Map, one_being_made),
    Scene::view("layers_filled", Pane::Network, layers_timed),
    Scene::view("layers_empty", Pane::Network, no_layer_found),
    Scene::view("layers_problem", Pane::Network, network_refused),
    Scene::view("neighbours_filled", Pane::Neighbours, looked_at),
    Scene::view("neighbours_empty", Pane::Neighbours, no_images),
    Scene::view("neighbours_problem", Pane::Neighbours, unreadable_probe),
    Scene::view("neighbours_not_stored", Pane::Neighbours, layer_not_stored),
    Scene::view("neighbours_no_embedding", Pane::Neighbours, no_embedding),
    Scene::view("neighbours_examples", Pane::Neighbours, examples),
    Scene::view("neighbours_why", Pane::Neighbours, why),
    Scene::view("neighbours_every_depth", Pane::Neighbours, every_depth),
    Scene::view("neighbours_weighed", Pane::Neighbours, weighed),
    Scene::view("selection_filled", Pane::Selection, selected),
    Scene::view("selection_empty", Pane::Selection, nothing_chosen),
    Scene::view("selection_problem", Pane::Selection, unreadable_selected),
];

/// Images in the usual scene.
const COUNT: usize = 24;
/// Images in a scene of the map.
const MAPPED: usize = 240;
/// A layer of the invented network that is not stored.
const POOL: usize = 2;
/// One without planes.
const SCORES: usize = 5;

fn nothing_chosen(setup: Setup) -> Window {
    Window::with_images(COUNT, setup)
}

fn no_images(setup: Setup) -> Window {
    Window::with_images(0, setup)
}

fn looked_at(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    window.act(Choose::Click(ImageId(4), Pick::Replace));
    window
}

fn gallery(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.act(Choose::PickMany([9, 10, 16].map(ImageId).to_vec(), Pick::Add));
    window
}

/// Rows in an order, some of them selected, of those that a part of a histogram and a name let through.
fn table(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.tell([tags()]);
    window.act(Choose::Filter(Filter { predicate: "height between 96 and 148".to_owned(), ..Filter::default() }));
    window.act(Choose::Sort(Sort::by(ColumnOrder { column: TableColumn::Pixels, is_descending: true })));
    window.act(Choose::PickMany([9, 10, 16].map(ImageId).to_vec(), Pick::Add));
    window
}

/// The first histogram is there, the others are still being made.
fn counting(setup: Setup) -> Window {
    let mut window = Window::open(setup);
    window.tell(collection::opened(COUNT));
    window.harness.run_steps(4);
    window.answer();
    window.harness.run_steps(4);
    window
}

/// Two of the images cannot be read, and one is gone.
pub fn broken(window: &mut Window) {
    let [mut first, mut second, mut gone] = [3, 7, 8].map(|index| collection::image(index, 2));
    for broken in [&mut first, &mut second] {
        broken.problem = Some("The file ends in the middle of the picture.".into());
    }
    gone.set_gone();
    window.describe(&[first, second, gone]);
    window.settle();
}

fn unreadable(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    broken(&mut window);
    window
}

fn filtered_away(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    window.act(Choose::Filter(Filter { text: "nothing like it".to_owned(), ..Filter::default() }));
    window
}

fn predicate_wrong(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    window.click("Filter by predicate");
    let field = window.harness.get_by_label("Predicate");
    field.focus();
    field.type_text("lable = 'x' and id < 3");
    window.harness.run_steps(10);
    window.settle();
    window
}

fn channel(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.act(Choose::Channel(Some(3)));
    window
}

/// Two pictures, one channel that is kept.
fn compared(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.act(Choose::Beside(Some(ImageId(9))));
    window.act(Choose::Channel(Some(120)));
    window
}

/// The scores, of which the network names none.
fn without_planes(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.act(Choose::Layer(SCORES));
    window.act(Choose::Channel(Some(7)));
    window
}

/// The network cannot run.
fn not_run(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    let layer = window.session().opened.chosen.layer;
    window.tell([Event::Problem {
        of: Asked::Look(LookKind::Activations { image: ImageId(4), layer }),
        problem: Problem::new("The network could not be loaded", "its file is gone: /models/net.onnx")
            .with_remedy("Choose it again in the menu Network."),
    }]);
    window.settle();
    window
}

/// As the engine has it: what was asked for of a picture that cannot be read is answered by a problem.
fn unreadable_probe(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    broken(&mut window);
    window.harness.state_mut().act(Choose::Click(ImageId(3), Pick::Replace));
    let layer = window.session().opened.chosen.layer;
    window.tell([Event::Problem {
        of: Asked::Look(LookKind::Activations { image: ImageId(3), layer }),
        problem: Problem::new(
            "The picture could not be read",
            "The file ends in the middle of the picture: checks/000003.png",
        ),
    }]);
    window.harness.run_steps(6);
    window
}

fn mapped(setup: Setup) -> Window {
    let mut window = Window::with_images(MAPPED, setup);
    window.act(Choose::Click(ImageId(70), Pick::Replace));
    window
}

fn nothing_extracted(setup: Setup) -> Window {
    let mut window = Window::open(setup);
    let events = collection::opened(COUNT);
    window.tell(events.into_iter().filter(|event| !matches!(event, Event::Committed { .. })));
    window.settle();
    window
}

fn layer_not_stored(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.act(Choose::Layer(POOL));
    window
}

/// A map that could not be made, where there was none before.
fn given_up(setup: Setup) -> Window {
    let mut window = Window::with_images(MAPPED, setup);
    window.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)));
    window.act(Choose::Layer(1));
    let wish = window.session().opened.asked_of(0).cloned().expect("it is asked for");
    let problem = Problem::new("The map could not be made", "it was stopped");
    window.tell([Event::Problem { of: Asked::Map(wish), problem }]);
    window.settle();
    window
}

/// A map made of all but the last images.
fn unplaced(setup: Setup) -> Window {
    let mut window = Window::with_images(MAPPED, setup);
    window.act(Choose::Projection(ProjectionMethod::Umap));
    let wish = window.session().opened.projection_wish().expect("the layer is stored");
    let known = collection::projection(wish.source.clone(), &window.session().opened.images.to_vec()[..MAPPED - 40]);
    let map = Projection { wish, explained: None, ..known };
    window.tell([Event::StoredResult(StoredResult::Map(Arc::new(map)))]);
    window.settle();
    window
}

/// More labels than there are colours, the most frequent first.
fn many_labels(setup: Setup) -> Window {
    let mut window = Window::with_images(MAPPED, setup);
    let mut images = window.session().opened.images.to_vec();
    for image in &mut images {
        image.label = Some(format!("kind {:02}", image.id.0 * image.id.0 % 83));
    }
    window.describe(&images);
    window.settle();
    window.click("Sort the legend by count");
    window
}

/// Points between the map before and the one that is drawn.
fn on_its_way(setup: Setup) -> Window {
    let mut window = Window::with_images(MAPPED, setup);
    window.act(Choose::Projection(ProjectionMethod::Umap));
    let wish = window.session().opened.projection_wish().expect("the layer is stored");
    let known = collection::projection(wish.source.clone(), &window.session().opened.images.to_vec());
    let points = known.points.iter().map(|[x, y]| [*y * 1.6, -*x]).collect();
    let map = Projection { wish, points, explained: None, ..known };
    window.tell([Event::StoredResult(StoredResult::Map(Arc::new(map)))]);
    window.settle();
    window.harness.get_by_label("Back to the map before").focus();
    window.settle();
    for _ in 0..3 {
        window.harness.key_press(Key::ArrowRight);
        window.settle();
    }
    window
}

/// Two maps of one collection, of two layers, with some images selected.
fn two_maps(setup: Setup) -> Window {
    let mut window = Window::with_images(MAPPED, setup);
    window.act(Choose::Map(ChooseMap::Add));
    window.act(Choose::Map(ChooseMap::Layer(1, Some("conv2".to_owned()))));
    window.act(Choose::PickMany((60..80).map(ImageId).collect(), Pick::Replace));
    window
}

/// The second of them is on its way.
fn one_being_made(setup: Setup) -> Window {
    let mut window = Window::with_images(MAPPED, setup);
    window.act(Choose::Map(ChooseMap::Add));
    window.act(Choose::Map(ChooseMap::Method(1, ProjectionMethod::Umap)));
    window
}

fn layers_timed(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    window.click("Measure time");
    window
}

fn no_layer_found(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    window.harness.get_by_label("Find a layer").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Find a layer").type_text("mauve");
    window.settle();
    window
}

fn network_refused(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    window.tell([Event::Problem {
        of: Asked::Extract,
        problem: Problem::new("The network could not be run", "conv3 takes 64 channels, and conv2 gives 32")
            .with_remedy("Use another file, or the built-in network."),
    }]);
    window.settle();
    window
}

fn no_embedding(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.act(Choose::Comparison(Comparison::Network));
    window
}

/// A part of the probe, with images for and against it.
fn examples(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.act(Choose::Region(Some(Region::between((0.1, 0.2), (0.5, 0.6)))));
    window.act(Choose::AddExamples([8, 9].map(ImageId).to_vec(), 1.0));
    window.act(Choose::AddExamples(vec![ImageId(15)], AGAINST));
    window
}

/// A row for each depth.
fn every_depth(setup: Setup) -> Window {
    let settings = Settings { neighbours_at_every_depth: true, ..setup.settings };
    looked_at(Setup { settings, ..setup })
}

/// A picture, a tag that counts half, and a box of another picture that speaks against.
fn weighed(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    window.tell([tags()]);
    window.settle();
    window.act(Choose::AddExample(Example::Tag("keep".to_owned()), 0.5));
    let region = Region::between((0.3, 0.1), (0.8, 0.7));
    window.act(Choose::AddExample(Example::Region { image: ImageId(15), region }, -0.8));
    window.act(Choose::AddExample(Example::Image(ImageId(9)), 0.0));
    window
}

fn why(setup: Setup) -> Window {
    let mut window = looked_at(setup);
    let first = window.session().opened.neighbours.as_ref().expect("neighbours").neighbours[0].image;
    window.act(Ask::Why(first));
    window
}

fn tags() -> Event {
    let of = |tag: &str, ids: &[u32]| (tag.to_owned(), ids.iter().copied().map(ImageId).collect());
    Event::Tags(Arc::new(Tags::from([of("blurred", &[1, 2]), of("keep", &[1, 5, 9])])))
}

fn selected(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    window.tell([tags()]);
    window.act(Choose::PickMany([1, 2, 5, 9, 12, 13, 20].map(ImageId).to_vec(), Pick::Replace));
    window
}

fn unreadable_selected(setup: Setup) -> Window {
    let mut window = nothing_chosen(setup);
    broken(&mut window);
    window.act(Choose::PickMany([2, 3, 7, 8].map(ImageId).to_vec(), Pick::Replace));
    window
}
