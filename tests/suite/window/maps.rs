//! Several maps beside each other, in the whole window.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tiramisu::domain::{Projection, ProjectionMethod};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Asked, Event, Look, Problem, Progress, Request};
use tiramisu::session::{Choose, ChooseMap, Colouring, MapChoice, MethodBy};
use tiramisu::ui::Settings;

use crate::support::collection;
use crate::support::window::{Setup, Window};

/// A window in which the map is seen, and another one beside it that stays at conv2.
fn two(setup: Setup) -> Window {
    let mut window = Window::with_images(60, setup);
    window.click("Map");
    window.click("Another map beside");
    window.act(Choose::Map(ChooseMap::Layer(1, Some("conv2".to_owned()))));
    window
}

#[test]
fn a_map_beside_is_asked_for_at_its_own_layer_and_stays_while_layers_change() {
    let mut window = two(Setup::default());
    window.picture("two_maps");
    let of_map = |window: &Window, map: u32| window.session().opened.projection_of(map).expect("drawn").wish.clone();
    assert_eq!(of_map(&window, 1).source.layer, "conv2");
    window.forget_sent();
    window.act(Choose::Layer(1));
    let sent = window.sent();
    let maps: Vec<&Request> =
        sent.iter().filter(|request| matches!(request, Request::Look(Look::PcaMap { .. }))).collect();
    assert_eq!(maps.len(), 1, "{maps:?}");
    assert_eq!((of_map(&window, 0).source.layer, of_map(&window, 1).source.layer), ("relu1".into(), "conv2".into()));
    assert!(window.has("Map 1") && window.has("Map 2"));
}

#[test]
fn maps_are_remembered_from_one_run_to_the_next() {
    let mut window = two(Setup::default());
    window.act(Choose::Map(ChooseMap::Colouring(1, Colouring::Plain)));
    window.settle();
    let settings: Settings = window.harness.state().settings().clone();
    let text = serde_json::to_string(&settings).expect("settings are written");
    let settings: Settings = serde_json::from_str(&text).expect("and read");
    let mut again = Window::with_images(60, Setup { settings, ..Setup::default() });
    again.click("Map");
    let expected = MapChoice {
        number: 1,
        layer: Some("conv2".into()),
        method: ProjectionMethod::Pca,
        method_by: MethodBy::Person,
        colouring: Colouring::Plain,
    };
    assert_eq!(again.session().opened.chosen.maps.beside, [expected]);
    assert!(again.has("Map 2") && again.session().opened.projection_of(1).is_some());
    // What a file says that no program of ours wrote costs no more than that.
    let broken: Settings = serde_json::from_str("{\"maps\": {\"first\": 5}, \"gallery_tile\": 64.0}").expect("read");
    assert_eq!((broken.maps, broken.gallery_tile.0), (Settings::default().maps, 64.0));
}

#[test]
fn the_panel_tells_what_each_map_takes() {
    let mut window = two(Setup::default());
    window.harness.key_press(Key::F12);
    window.settle();
    let names = window.names();
    let place = names.iter().position(|name| name == "Steps back").expect("memory is told");
    // A name, and what it takes, twice; then what the colours of both take.
    let before: Vec<&str> = names[place - 6..place].iter().map(String::as_str).collect();
    assert_eq!(before[4], "Colours of maps", "{names:?}");
    assert_eq!((before[0], before[2]), ("Map 1", "Map 2"), "{names:?}");
    assert!(before[1] != "0 B" && before[3] != "0 B", "{before:?}");
}

/// Who asked the engine for a map that takes a while.
fn slow_maps(window: &Window) -> Vec<ProjectionMethod> {
    let is_slow = |request: Request| match request {
        Request::Analyse(AnalysisWish::Show(wish) | AnalysisWish::Project(wish)) => Some(wish.method),
        _ => None,
    };
    window.sent().into_iter().filter_map(is_slow).collect()
}

#[test]
fn the_map_begins_by_principal_components_and_goes_on_by_umap_unless_the_person_chose() {
    let mut window = Window::with_images(240, Setup::default());
    window.click("Map");
    window.settle();
    assert_eq!(slow_maps(&window), [ProjectionMethod::Umap]);
    assert!(window.session().opened.projection().is_some_and(|map| map.wish.method == ProjectionMethod::Pca));
    assert!(!window.has("Making the map"), "what is there stays: {:?}", window.names());
    assert!(!window.session().opened.history.can_undo(), "nobody chose it");
    window.forget_sent();
    window.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Pca)));
    window.settle();
    assert_eq!(slow_maps(&window), [], "who chose keeps it");
    let settings: Settings = window.harness.state().settings().clone();
    let mut again = Window::with_images(240, Setup { settings, ..Setup::default() });
    again.click("Map");
    assert_eq!(slow_maps(&again), []);
    for count in [60, 100_000] {
        let mut other = Window::with_images(count, Setup::default());
        other.click("Map");
        assert_eq!(slow_maps(&other), [], "of {count}");
    }
}

#[test]
fn the_method_that_is_named_is_that_of_what_is_drawn() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Map");
    window.settle();
    let named = |window: &Window| {
        let text = window.harness.get_by_label("Map method").accesskit_node().value();
        text.expect("the choice is told")
    };
    assert_eq!(named(&window), "PCA");
    window.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)));
    let wish = window.session().opened.asked_of(0).cloned().expect("it is asked for");
    let progress = Arc::new(Progress::of(&AnalysisWish::Show(wish)));
    window.tell([Event::AnalysisStarted(progress.clone())]);
    window.settle();
    assert!(window.has("Making the map"), "{:?}", window.names());
    progress.end();
    window.tell([Event::AnalysisEnded { cancelled: true }]);
    window.settle();
    // It was stopped: what was there before is seen again, and the control says so.
    assert!(
        !window.has("Making the map") && window.session().opened.chosen.maps.first.method == ProjectionMethod::Umap
    );
    assert_eq!(named(&window), "PCA");
    // At another layer there is nothing yet; it is asked for there, and stopped there.
    window.forget_sent();
    window.click("Map method");
    window.click("UMAP");
    assert_eq!(slow_maps(&window), [ProjectionMethod::Umap], "chosen once more, it is made");
}

#[test]
fn where_nothing_is_drawn_of_a_map_that_was_stopped_it_says_so_and_lets_it_be_made_otherwise() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Map");
    window.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)));
    window.act(Choose::Layer(1));
    let wish = window.session().opened.asked_of(0).cloned().expect("it is asked for");
    let problem = Problem::new("The map could not be made", "the disk is full");
    window.tell([Event::Problem { of: Asked::Map(wish), problem }]);
    window.settle();
    assert!(window.has("No map of this layer yet") && !window.has("Making the map"), "{:?}", window.names());
    window.picture("map_given_up");
    window.click("Map method");
    window.click("PCA");
    window.settle();
    assert!(!window.has("No map of this layer yet"), "{:?}", window.names());
    let drawn = window.session().opened.projection().expect("a map");
    assert_eq!(drawn.wish.method, ProjectionMethod::Pca);
}

#[test]
fn the_legend_of_a_narrow_map_is_folded_away_and_whole_rows_are_seen_of_it() {
    let mut wide =
        Window::with_images(240, Setup { size: vec2(1500.0, 900.0), settings: explore(), ..Setup::default() });
    wide.settle();
    assert!(wide.has("Fold the legend away"), "{:?}", wide.names());
    let rows = |window: &Window| {
        let names = window.names();
        names.iter().filter(|name| name.starts_with("Select all of ")).count()
    };
    assert_eq!(rows(&wide), 12);
    wide.click("Fold the legend away");
    assert_eq!((rows(&wide), wide.has("Show the legend")), (0, true));
    let mut narrow =
        Window::with_images(240, Setup { size: vec2(800.0, 600.0), settings: explore(), ..Setup::default() });
    narrow.settle();
    assert_eq!((rows(&narrow), narrow.has("Show the legend")), (0, true), "{:?}", narrow.names());
    narrow.click("Show the legend");
    assert!(rows(&narrow) > 0, "{:?}", narrow.names());
    narrow.picture("legend_narrow");
}

/// What stands above it may be wider than there is room.
#[test]
fn maps_keep_to_their_room_once_the_window_has_shrunk() {
    let wide = Setup { size: vec2(1440.0, 900.0), settings: explore(), ..Setup::default() };
    // The map is there: its place is looked at.
    let mut window = Window::with_images(60, wide);
    window.click("Another map beside");
    window.act(Choose::Map(ChooseMap::Layer(1, Some("conv2".to_owned()))));
    let rect = |window: &Window, name: &str| window.harness.get_by_role_and_label(Role::Canvas, name).rect();
    for size in [vec2(1440.0, 900.0), vec2(800.0, 600.0), vec2(640.0, 600.0)] {
        window.harness.set_size(size);
        window.settle();
        window.picture(&format!("two_maps_{}", size.x));
        let [first, second] = ["Map 1", "Map 2"].map(|name| rect(&window, name));
        let gallery = window.harness.get_by_label("Gallery grid").rect();
        let right = first.right().max(second.right());
        assert!(right <= gallery.left(), "{size:?}: {first:?} and {second:?} beside {gallery:?}");
        assert!(!first.shrink(0.5).intersects(second), "{size:?}: {first:?} over {second:?}");
    }
    // One alone, with the way back to the one before it.
    window.act(Choose::Map(ChooseMap::Close(1)));
    window.act(Choose::Layer(3));
    for size in [vec2(1440.0, 900.0), vec2(800.0, 600.0)] {
        window.harness.set_size(size);
        window.settle();
        window.picture(&format!("one_map_{}", size.x));
        let (map, gallery) = (rect(&window, "Map"), window.harness.get_by_label("Gallery grid").rect());
        assert!(map.right() <= gallery.left(), "{size:?}: {map:?} beside {gallery:?}");
        let mut names = window.names();
        names.retain(|name| name.starts_with("Select all of ") || name.starts_with("Show the legend"));
        names
            .extend(["Map method", "Map colouring", "Another map beside", "Back to the map before"].map(str::to_owned));
        for name in names {
            let rect = window.harness.get_by_label(&name).rect();
            assert!(rect.right() <= gallery.left(), "{size:?}: {name} at {rect:?} beside {gallery:?}");
        }
    }
}

#[test]
fn what_adds_a_map_never_stands_alone_in_a_line() {
    let setup = Setup { size: vec2(1440.0, 900.0), settings: explore(), ..Setup::default() };
    let mut window = Window::with_images(60, setup);
    // There is a way back to the map before, which makes the row longer.
    window.act(Choose::Layer(3));
    for width in [1600.0, 1440.0, 1380.0, 1300.0, 1240.0, 1180.0, 1120.0, 1000.0, 800.0] {
        window.harness.set_size(vec2(width, 900.0));
        window.settle();
        let line = |name: &str| window.harness.get_by_label(name).rect().center().y;
        let [another, colouring] = ["Another map beside", "Map colouring"].map(line);
        assert!((another - colouring).abs() < 4.0, "{width}: {another} beside {colouring}: {:?}", window.names());
        assert!(window.has("Back to the map before"));
    }
}

/// What stood in it before says nothing about what has room now.
#[test]
fn the_tools_of_a_map_stand_as_if_never_more_had_stood_there() {
    let forms = |window: &Window| {
        let places = ["Move", "Map method", "Map colouring", "Another map beside"].map(|name| {
            let rect = window.harness.get_by_label(name).rect();
            [rect.left(), rect.top()].map(f32::round)
        });
        (places, window.names().iter().filter(|name| *name == "Colour").count())
    };
    let (mut were_others, mut were_wrapped) = (0, 0);
    for width in (800..=1800).step_by(100) {
        let size = vec2(width as f32, 900.0);
        let open = || Window::with_images(60, Setup { size, settings: explore(), ..Setup::default() });
        let fresh = forms(&open());
        let mut window = open();
        let opened = &window.session().opened;
        let layers = &window.session().collection().expect("it is open").layers;
        let layer = layers[opened.chosen.layer].name.clone();
        window.act(Choose::Map(ChooseMap::Layer(0, Some(layer))));
        assert!(window.has("Map layer"), "{:?}", window.names());
        let longer = forms(&window);
        were_others += usize::from(longer != fresh);
        // In other lines than the tools, where they were in the same before.
        let is_wrapped = |([[_, tools], [_, method], ..], _): ([[f32; 2]; 4], usize)| (method - tools).abs() > 12.0;
        were_wrapped += usize::from(is_wrapped(longer) && !is_wrapped(fresh));
        window.act(Choose::Map(ChooseMap::Layer(0, None)));
        assert!(!window.has("Map layer"), "{:?}", window.names());
        assert_eq!(forms(&window), fresh, "{width}: {:?}", window.names());
    }
    assert!(were_others > 0 && were_wrapped > 0, "nothing had to move: {were_others}, {were_wrapped}");
}

/// A slider says nothing by itself.
#[test]
fn the_slider_to_the_map_before_has_a_caption_however_little_room_there_is_and_says_what_it_does() {
    let setup = Setup { size: vec2(1900.0, 900.0), settings: explore(), ..Setup::default() };
    let mut window = Window::with_images(60, setup);
    window.act(Choose::Layer(3));
    for width in [1900.0, 1440.0, 1240.0, 1000.0, 800.0] {
        window.harness.set_size(vec2(width, 900.0));
        window.settle();
        window.picture(&format!("map_before_{width}"));
        let slider = window.harness.get_by_label("Back to the map before");
        let about = slider.accesskit_node().description().unwrap_or_default();
        assert!(about.contains("Moves every point") && about.contains("where it lay on the map before"), "{about}");
        let captions = ["Slide to the map before", "Before"];
        let seen = captions.map(|words| window.harness.query_by_label(words));
        assert_eq!(seen.iter().flatten().count(), 1, "{width}: {:?}", window.names());
        match width {
            1900.0 => assert!(seen[0].is_some(), "there is room for all of it: {:?}", window.names()),
            1000.0 | 800.0 => assert!(seen[1].is_some(), "{width}: {:?}", window.names()),
            _ => {}
        }
        let caption = seen.into_iter().flatten().next().expect("one of them").rect();
        let slider = slider.rect();
        let is_beside = (caption.center().y - slider.center().y).abs() < 4.0 && caption.right() <= slider.left();
        assert!(is_beside && slider.left() - caption.right() < 16.0, "{width}: {caption:?} beside {slider:?}");
    }
}

#[test]
fn a_long_legend_takes_a_part_of_the_height_until_all_of_it_is_asked_for() {
    let mut window =
        Window::with_images(240, Setup { size: vec2(1500.0, 900.0), settings: explore(), ..Setup::default() });
    let mut images = window.session().opened.images.to_vec();
    images.iter_mut().for_each(|image| image.label = Some(format!("kind {:02}", image.id.0 % 30)));
    window.describe(&images);
    window.settle();
    let rows = |window: &Window| {
        let names = window.names();
        names.iter().filter(|name| name.starts_with("Select all of ")).count()
    };
    let some = rows(&window);
    window.picture("legend_long");
    assert!((8..28).contains(&some), "{some} of 30");
    let names = window.names();
    let whole = names.iter().find(|name| name.starts_with("Show all ")).expect("it is offered");
    window.click(whole);
    let all = rows(&window);
    assert!(all > some, "{all} after {some}");
    window.click("Show fewer in the legend");
    assert_eq!(rows(&window), some);
}

/// The place where people explore, as on the first day.
fn explore() -> Settings {
    Settings { hides_inspector: true, ..Settings::default() }
}

#[test]
fn a_map_that_takes_a_while_waits_for_the_other_and_says_so() {
    let mut window = two(Setup { size: vec2(1600.0, 1000.0), ..Setup::default() });
    window.act(Choose::Map(ChooseMap::Method(0, ProjectionMethod::Umap)));
    window.act(Choose::Map(ChooseMap::Method(1, ProjectionMethod::Tsne)));
    assert!(window.has("Making the map") && window.has("Waiting for another map"), "{:?}", window.names());
    let finish = |window: &mut Window, map: u32| {
        let opened = &window.session().opened;
        let wish = opened.asked_of(map).cloned().expect("it is asked for");
        let known = collection::projection(wish.source.clone(), &opened.images.to_vec());
        window.tell([Event::Answered(AnalysisAnswer::Map(Arc::new(Projection { wish, explained: None, ..known })))]);
        window.settle();
    };
    finish(&mut window, 0);
    assert!(window.has("Map 1") && window.has("Making the map") && !window.has("Waiting for another map"));
    finish(&mut window, 1);
    assert!(window.has("Map 1") && window.has("Map 2"));
    window.picture("two_maps_made");
}

#[test]
fn a_map_that_was_closed_is_brought_back_as_it_was() {
    let mut window = two(Setup::default());
    window.act(Choose::Map(ChooseMap::Colouring(1, Colouring::Plain)));
    let before = window.session().opened.chosen.maps.clone();
    window.click("Close map 2");
    assert!(!window.has("Map 2"));
    window.act(Choose::Undo);
    assert_eq!(window.session().opened.chosen.maps, before);
    assert!(window.has("Map 2") && window.session().opened.projection_of(1).is_some(), "{:?}", window.names());
}

#[test]
fn colours_by_clusters_find_some_where_there_are_none() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Map");
    window.forget_sent();
    window.click("Map colouring");
    window.click("by cluster");
    let groups =
        |request: &Request| matches!(request, Request::Analyse(AnalysisWish::Cluster(wish)) if wish.count == 5);
    assert!(window.sent().iter().any(groups), "{:?}", window.sent());
}
