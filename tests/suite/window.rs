//! The window, driven by accessible names as a person with a screen reader would.
//!
//! Names a test may rely on:
//! - welcome: `Open a folder…`, `Explore the sample collection`, `Choose network…`, `Open PATH` for a recent folder;
//! - menus: `File`, `Edit`, `View`, `Network`, `Help`, and the commands' names in them (`Export CSV…`, `Undo` …);
//! - tabs: `Gallery`, `Activations`, `Map`, `Neighbours`, `Selection`;
//! - pictures: the path in the gallery (`checks/000012.png`), `Probe: PATH`, `Neighbour 3: PATH`, `Selected: PATH`;
//! - gallery: `Gallery grid`, `Filter by name`, `Filter by label`, `Sort by`, `Tile size`;
//! - neighbours: `Layer`, `Pooling`, `Measure`, `Number of neighbours`;
//! - selection: `Clear`, `Invert`, `Undo`, `Redo`, `Export`;
//! - status: `Extract`, `Cancel`, `3 unreadable`; notices: `Dismiss notice`; dialogs: `Replace`, `Keep it`, `Store these`.

use std::path::PathBuf;

use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{ImageId, Sort};
use tiramisu::engine::{Event, ExportFormat, ExportRequest, Look, NetworkFile, Problem, Request};
use tiramisu::session::Phase;
use tiramisu::ui::{Question, Settings};

use crate::support::collection;
use crate::support::window::{Setup, Window};

const FIRST: &str = "blobs/000000.png";
const SECOND: &str = "blobs/000001.png";
const THIRD: &str = "blobs/000002.png";

fn looks(window: &Window) -> Vec<Look> {
    let look = |request| match request {
        Request::Look(look) => Some(look),
        _ => None,
    };
    window.sent().into_iter().filter_map(look).collect()
}

#[test]
fn the_welcome_view_offers_a_folder_the_sample_and_a_network() {
    let mut window = Window::open(Setup::default());
    window.harness.run();
    window.picture("welcome");
    assert!(matches!(window.session().phase, Phase::Welcome));
    window.harness.get_by_label("Open a folder…");
    window.harness.get_by_label("Choose network…");
    window.click("Explore the sample collection");
    assert_eq!(window.sent(), [Request::OpenSample { network: NetworkFile::Builtin }]);
}

#[test]
fn a_folder_chosen_in_the_dialog_is_opened() {
    let folder = PathBuf::from("/pictures/garden");
    let mut window = Window::open(Setup { answer: Some(folder.clone()), ..Setup::default() });
    window.harness.run();
    window.click("Open a folder…");
    assert_eq!(*window.questions.borrow(), [Question::Folder]);
    assert!(matches!(&window.sent()[..], [Request::Open(open)] if open.folder == folder && open.extract));
}

#[test]
fn a_recent_folder_that_is_gone_is_marked_and_cannot_be_opened() {
    let there = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::default();
    settings.remember(PathBuf::from("/no/such/folder"), "Invented net".into());
    settings.remember(there.path().to_owned(), "Invented net".into());
    let mut window = Window::open(Setup { settings, ..Setup::default() });
    // The look at the disk happens on another thread.
    for _ in 0..200 {
        window.harness.run_steps(1);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    window.picture("welcome_recent");
    window.click("Open /no/such/folder");
    assert_eq!(window.sent(), []);
    window.click(&format!("Open {}", there.path().display()));
    assert!(matches!(&window.sent()[..], [Request::Open(open)] if open.folder == there.path()));
}

#[test]
fn what_went_wrong_on_opening_is_said_on_the_welcome_view() {
    let mut window = Window::open(Setup::default());
    window.tell([
        Event::Opening("/pictures/garden".into()),
        Event::Problem(Problem::new("The folder could not be opened", "permission denied: /pictures/garden")),
    ]);
    window.settle();
    window.picture("welcome_problem");
    window.harness.get_by_label("The folder could not be opened");
    window.click("Dismiss");
    assert!(window.harness.query_by_label("The folder could not be opened").is_none());
}

#[test]
fn clicking_a_picture_asks_for_its_activations_and_neighbours() {
    let mut window = Window::with_images(240, Setup::default());
    window.picture("open");
    window.click(SECOND);
    window.picture("clicked");
    let looks = looks(&window);
    assert!(looks.contains(&Look::Activations { image: ImageId(1), layer: 4 }), "{looks:?}");
    assert!(looks.iter().any(|look| matches!(look, Look::Neighbours { probe: ImageId(1), k: 24, .. })), "{looks:?}");
    window.harness.get_by_label("Neighbour 1: blobs/000004.png");
    window.harness.get_by_label("Selected: blobs/000001.png");
}

#[test]
fn only_visible_thumbnails_are_asked_for_and_each_once() {
    let mut window = Window::with_images(6_000, Setup::default());
    let asked: Vec<ImageId> = looks(&window)
        .into_iter()
        .flat_map(|look| match look {
            Look::Thumbnails(ids) => ids,
            _ => Vec::new(),
        })
        .collect();
    assert!((10..200).contains(&asked.len()), "{} thumbnails asked for", asked.len());
    window.forget_sent();
    window.harness.run_steps(20);
    assert_eq!(looks(&window), [], "everything visible is there");
}

#[test]
fn a_neighbour_clicked_becomes_the_probe_and_comes_into_sight_in_the_gallery() {
    let mut window = Window::with_images(2_000, Setup::default());
    window.click(FIRST);
    assert!(window.harness.query_by_label("checks/000250.png").is_none(), "far below what is visible");
    window.tell([Event::Neighbours(collection::neighbours(
        ImageId(0),
        window.session().source().expect("the layer is stored"),
        Default::default(),
        24,
        2_000,
    ))]);
    window.settle();
    window.click("Neighbour 20: blobs/000060.png");
    assert_eq!(window.session().chosen.probe, Some(ImageId(60)));
    window.harness.get_by_label("blobs/000060.png");
}

#[test]
fn changing_the_layer_asks_again_at_that_layer() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.forget_sent();
    window.click("Layer");
    window.picture("layer_menu");
    window.click("conv2   64");
    let looks = looks(&window);
    assert_eq!(window.session().chosen.layer, 3);
    assert!(looks.contains(&Look::Activations { image: ImageId(0), layer: 3 }), "{looks:?}");
    assert!(
        looks.iter().any(|look| matches!(look, Look::Neighbours { source, .. } if source.layer == "conv2")),
        "{looks:?}"
    );
}

#[test]
fn a_layer_that_is_not_stored_offers_the_nearest_that_is() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    // conv3 → conv2 → pool1, which is not stored.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::OpenBracket);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::OpenBracket);
    window.settle();
    assert_eq!(window.session().chosen.layer, 2);
    window.harness.get_by_label("This layer is not stored");
    window.picture("not_stored");
    window.click("Use relu1");
    assert_eq!(window.session().chosen.layer, 1);
}

#[test]
fn a_click_with_the_command_key_adds_and_with_shift_takes_the_range() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.harness.get_by_label(THIRD).click_modifiers(Modifiers::COMMAND);
    window.settle();
    assert_eq!(window.session().chosen.selection.iter().collect::<Vec<_>>(), [ImageId(0), ImageId(2)]);
    window.click(FIRST);
    window.harness.get_by_label(THIRD).click_modifiers(Modifiers::SHIFT);
    window.settle();
    assert_eq!(window.session().chosen.selection.len(), 3);
}

#[test]
fn a_rubber_band_selects_what_it_touches() {
    let mut window = Window::with_images(60, Setup::default());
    let from = window.harness.get_by_label(FIRST).rect().center();
    let to = window.harness.get_by_label(THIRD).rect().center();
    window.harness.drag_at(from);
    window.harness.run_steps(2);
    window.harness.hover_at(from + (to - from) * 0.5);
    window.harness.run_steps(2);
    window.harness.hover_at(to);
    window.harness.run_steps(2);
    window.picture("band");
    window.harness.drop_at(to);
    window.settle();
    assert_eq!(window.session().chosen.selection.iter().collect::<Vec<_>>(), [ImageId(0), ImageId(1), ImageId(2)]);
}

#[test]
fn arrows_and_end_walk_through_the_gallery() {
    let mut window = Window::with_images(500, Setup::default());
    window.click(FIRST);
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    assert_eq!(window.session().chosen.probe, Some(ImageId(1)));
    window.harness.key_press(Key::End);
    window.settle();
    assert_eq!(window.session().chosen.probe, Some(ImageId(499)));
    window.harness.get_by_label("waves/000499.png");
    window.harness.key_press(Key::Home);
    window.settle();
    window.harness.get_by_label(FIRST);
}

#[test]
fn undo_and_redo_restore_what_was_chosen() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.click(SECOND);
    window.click("Undo");
    assert_eq!(window.session().chosen.probe, Some(ImageId(0)));
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.settle();
    assert_eq!(window.session().chosen.probe, Some(ImageId(1)));
}

#[test]
fn typing_a_name_filters_the_gallery_after_a_pause() {
    let mut window = Window::with_images(120, Setup::default());
    let field = window.harness.get_by_label("Filter by name");
    field.focus();
    field.type_text("ferns");
    window.harness.run_steps(8);
    assert_eq!(window.session().chosen.filter.text, "ferns");
    assert_eq!(window.session().shown.len(), 10);
    window.harness.get_by_label("10 of 120 shown");
    window.harness.get_by_label("Filter by name").type_text(" nothing like it");
    window.harness.run_steps(8);
    window.settle();
    window.picture("nothing_shown");
    window.click("Show all images");
    assert_eq!(window.session().shown.len(), 120);
}

#[test]
fn labels_are_picked_from_a_list_with_counts() {
    let mut window = Window::with_images(120, Setup::default());
    window.click("Filter by label");
    window.picture("labels");
    window.click("Label checks");
    assert_eq!(window.session().shown.len(), 10);
    assert!(window.session().shown.iter().all(|id| (10..20).contains(&id.0)));
}

#[test]
fn the_order_of_the_gallery_is_chosen_from_a_list() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Sort by");
    window.click("Newest first");
    assert_eq!(window.session().chosen.sort, Sort::Newest);
    assert_eq!(window.session().shown[0], ImageId(59));
}

#[test]
fn exporting_asks_where_and_sends_the_selection() {
    let target = PathBuf::from("/tmp/selection.csv");
    let mut window = Window::with_images(60, Setup { answer: Some(target.clone()), ..Setup::default() });
    window.click(SECOND);
    window.click("Export");
    window.picture("export_menu");
    window.click("Export CSV…");
    assert_eq!(*window.questions.borrow(), [Question::Export(ExportFormat::Csv)]);
    let expected = ExportRequest {
        images: vec![ImageId(1)],
        scores: vec![None],
        format: ExportFormat::Csv,
        target,
        overwrite: false,
    };
    assert_eq!(window.sent().last(), Some(&Request::Export(expected)));
}

#[test]
fn an_existing_file_is_replaced_only_after_a_yes() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let request = ExportRequest {
        images: vec![ImageId(0)],
        scores: vec![None],
        format: ExportFormat::Json,
        target: "/tmp/selection.json".into(),
        overwrite: false,
    };
    window.tell([Event::ExportExists(request.clone())]);
    window.settle();
    window.picture("replace");
    window.click("Keep it");
    assert!(window.session().pending_export.is_none());
    assert!(!window.sent().iter().any(|sent| matches!(sent, Request::Export(_))));
    window.tell([Event::ExportExists(request.clone())]);
    window.settle();
    window.click("Replace");
    assert_eq!(window.sent().last(), Some(&Request::Export(ExportRequest { overwrite: true, ..request })));
}

#[test]
fn a_problem_stays_until_it_is_dismissed() {
    let mut window = Window::with_images(60, Setup::default());
    let problem = Problem::new("Two images could not be copied", "the disk is full: /media/stick")
        .with_remedy("Make room and export again.");
    window.tell([Event::Problem(problem)]);
    window.settle();
    window.picture("problem");
    window.harness.run_steps(60);
    window.harness.get_by_label("Two images could not be copied");
    window.click("Dismiss notice");
    assert!(window.harness.query_by_label("Two images could not be copied").is_none());
    assert!(window.session().notices.is_empty());
}

#[test]
fn unreadable_pictures_are_counted_and_can_be_shown_alone() {
    let mut window = Window::with_images(60, Setup::default());
    let broken = |index| {
        let mut record = collection::image(index, 5);
        record.problem = Some("The file ends in the middle of the picture.".into());
        record
    };
    window.tell([Event::Described(vec![broken(3), broken(7)])]);
    window.settle();
    window.picture("unreadable");
    window.click("2 unreadable");
    window.picture("only_unreadable");
    assert_eq!(window.session().shown, [ImageId(3), ImageId(7)]);
}

#[test]
fn a_running_extraction_shows_how_far_it_is_and_can_be_cancelled() {
    let mut window = Window::with_images(60, Setup::default());
    let progress = std::sync::Arc::new(tiramisu::engine::Progress::new("Extracting features"));
    progress.set_total(60, true);
    progress.add(21, 1);
    window.tell([Event::JobStarted(progress.clone())]);
    window.harness.run_steps(3);
    window.picture("extracting");
    assert!(window.names().iter().any(|name| name.starts_with("21 of 60")), "{:?}", window.names());
    window.harness.get_by_label("Cancel").click();
    window.harness.run_steps(3);
    assert!(progress.is_cancelled(), "the job is told at once");
    assert_eq!(window.sent().last(), Some(&Request::Cancel));
}

#[test]
fn a_view_can_be_closed_and_opened_again() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("View");
    window.picture("view_menu");
    window.harness.get_by_role_and_label(eframe::egui::accesskit::Role::CheckBox, "Neighbours").click();
    window.settle();
    assert!(window.harness.query_by_label("Measure").is_none());
    window.click("View");
    window.harness.get_by_role_and_label(eframe::egui::accesskit::Role::CheckBox, "Neighbours").click();
    window.settle();
    window.harness.get_by_label("Measure");
}

#[test]
fn layers_to_store_are_chosen_in_a_dialog() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Network");
    window.click("Stored layers…");
    window.picture("layers");
    window.click("pool1");
    window.click("Store these");
    let sent = window.sent();
    let Some(Request::Open(open)) = sent.last() else { panic!("{sent:?}") };
    let names = ["relu1", "pool1", "conv2", "conv3", "scores"].map(String::from).to_vec();
    assert_eq!(open.layers, Some(names));
}

#[test]
fn settings_are_kept_and_a_broken_file_is_no_obstacle() {
    let dir = tempfile::tempdir().expect("a folder");
    let setup = || Setup { settings_dir: Some(dir.path().to_owned()), ..Setup::default() };
    let mut window = Window::with_images(12, setup());
    window.click("View");
    window.click("Theme");
    window.click("Light");
    window.settle();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let saved = loop {
        let saved = Settings::load(dir.path());
        if saved.theme == tiramisu::ui::theme::ThemeChoice::Light || std::time::Instant::now() > deadline {
            break saved;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    assert_eq!(saved.theme, tiramisu::ui::theme::ThemeChoice::Light);
    assert_eq!(saved.recent[0].folder, PathBuf::from("/pictures/garden"));
    assert!(saved.layout.is_some());
    std::fs::write(dir.path().join("settings.json"), "{\"theme\": \"mauve\", \"gallery_tile\": 64.0")
        .expect("writable");
    assert_eq!(Settings::load(dir.path()), Settings::default());
    let half_right = "{\"theme\": \"mauve\", \"gallery_tile\": 64.0, \"layout\": {\"root\": 5}}";
    std::fs::write(dir.path().join("settings.json"), half_right).expect("writable");
    let settings = Settings::load(dir.path());
    assert_eq!(settings.gallery_tile.0, 64.0, "one broken field does not cost the others");
    let window = Window::with_images(12, Setup { settings, ..Setup::default() });
    window.harness.get_by_label("Gallery");
}

#[test]
fn nothing_is_off_screen_in_the_smallest_window() {
    let size = vec2(800.0, 600.0);
    let mut window = Window::with_images(240, Setup { size, ..Setup::default() });
    window.click(FIRST);
    window.harness.remove_cursor();
    window.settle();
    window.picture("small");
    for name in
        ["File", "Filter by name", "Filter by label", "Sort by", "Tile size", "Layer", "Measure", "Export", "Undo"]
    {
        let rect = window.harness.get_by_label(name).rect();
        assert!(rect.min.x >= 0.0 && rect.min.y >= 0.0, "{name} at {rect:?}");
        assert!(rect.max.x <= size.x && rect.max.y <= size.y, "{name} at {rect:?}");
    }
}

#[test]
fn the_window_is_drawn_at_a_high_resolution() {
    let setup = Setup { size: vec2(1920.0, 1080.0), pixels_per_point: 2.0, ..Setup::default() };
    let mut window = Window::with_images(600, setup);
    window.click("blobs/000007.png");
    window.harness.get_by_label("blobs/000009.png").hover();
    window.settle();
    window.picture("large");
    assert_eq!(window.session().hovered, Some(ImageId(9)));
}

#[test]
fn a_gallery_of_a_hundred_thousand_images_costs_what_is_visible() {
    let mut small = Window::with_images(1_000, Setup::default());
    let mut large = Window::with_images(100_000, Setup::default());
    let frame_millis = |window: &mut Window| {
        let mut times: Vec<f32> = (0..60)
            .map(|_| {
                window.harness.step();
                window.harness.state().last_frame_secs() * 1e3
            })
            .collect();
        times.sort_by(f32::total_cmp);
        times[times.len() / 2]
    };
    let (at_thousand, at_hundred_thousand) = (frame_millis(&mut small), frame_millis(&mut large));
    eprintln!("a frame takes {at_thousand:.2} ms with 1,000 images, {at_hundred_thousand:.2} ms with 100,000");
    // A hundred times as many images; twice the time would be noise, ten times would be work per image.
    assert!(at_hundred_thousand < at_thousand * 10.0 + 2.0, "{at_thousand} ms and {at_hundred_thousand} ms");
}
