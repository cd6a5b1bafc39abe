//! The table of images: rows, orders, columns, and histograms that filter.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Pos2, Rect, pos2, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{
    CentralityWish, Cluster, ClusterMethod, ClusterWish, Clustering, ColumnOrder, ImageId, Sort, Spread, TableColumn,
    Tags,
};
use tiramisu::engine::{AnalysisAnswer, Asked, CatalogueLook, Event, Finding, Look, LookKind, Problem, Request};
use tiramisu::session::Choose;
use tiramisu::ui::Settings;
use tiramisu::ui::dock::Dock;
use tiramisu::ui::views::Pane;

use super::{FIRST, SECOND};
use crate::support::collection;
use crate::support::window::{Setup, Window};

const IMAGES: usize = 60;

/// The table, and no other view is open.
fn alone(setup: Setup) -> Setup {
    let mut dock = Dock::default();
    Pane::ALL.into_iter().filter(|pane| *pane != Pane::Table).for_each(|pane| dock.set_open(pane, false));
    Setup { settings: Settings { layout: dock.take_change(), ..Settings::default() }, ..setup }
}

fn table() -> Window {
    Window::with_images(IMAGES, alone(Setup::default()))
}

fn row(number: usize, path: &str) -> String {
    format!("Row {number}: {path}")
}

fn value(window: &Window, name: &str) -> String {
    window.harness.get_by_label(name).value().unwrap_or_default()
}

fn selected(window: &Window) -> Vec<u32> {
    window.session().opened.chosen.selection.iter().map(|id| id.0).collect()
}

fn predicate(window: &Window) -> &str {
    &window.session().opened.chosen.filter.predicate
}

#[test]
fn a_table_has_a_row_for_each_image_and_tells_all_that_stands_in_it() {
    let mut window = table();
    window.picture("table");
    let said = value(&window, &row(2, SECOND));
    let record = collection::image(1, 5);
    let size = format!("Size: {} × {}", record.width, record.height);
    for part in ["Label: blobs", &size, "File size: 20 kB", "Date: 2023-11-14 22:13"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(!said.contains("Tags") && !said.contains("Cluster"), "of what is not known nothing is told: {said}");
    let tags = Tags::from([("blurred".to_owned(), vec![ImageId(1)]), ("old".to_owned(), vec![ImageId(1)])]);
    window.tell([Event::Tags(Arc::new(tags))]);
    window.settle();
    assert!(value(&window, &row(2, SECOND)).contains("Tags: blurred, old"));
    assert!(!window.has(&row(IMAGES, "waves/000059.png")), "what is out of sight is not drawn");
}

#[test]
fn a_click_on_the_name_of_a_column_orders_by_it_and_another_click_the_other_way_round() {
    let mut window = table();
    assert_eq!(value(&window, "Sort by Path"), "ascending");
    window.click("Sort by File size");
    assert!(window.has(&row(1, "waves/000059.png")), "the largest first: {:?}", window.names());
    assert_eq!(
        (value(&window, "Sort by File size"), value(&window, "Sort by Path")),
        ("descending".into(), "not sorted".into())
    );
    window.click("Sort by File size");
    assert!(window.has(&row(1, FIRST)));
    let order = ColumnOrder { column: TableColumn::FileBytes, is_descending: false };
    assert_eq!(window.session().opened.chosen.sort, Sort::Column(order));
    window.click("Sort by Date");
    assert_eq!(window.session().opened.chosen.sort, Sort::Newest, "what has a name in the gallery is called so there");
    window.act(Choose::Undo);
    window.act(Choose::Undo);
    assert_eq!(value(&window, "Sort by File size"), "descending", "an order is a step back");
    window.harness.get_by_label("Sort by Path").focus();
    window.harness.run_steps(2);
    window.harness.key_press(Key::Enter);
    window.settle();
    assert!(window.has(&row(1, FIRST)), "by the keyboard as well");
}

#[test]
fn many_rows_are_put_in_order_elsewhere_and_the_order_before_is_shown_meanwhile() {
    let mut window = Window::with_images(6_000, alone(Setup::default()));
    window.forget_sent();
    window.harness.get_by_label("Sort by File size").click();
    window.harness.run_steps(4);
    let is_order = |request: &Request| matches!(request, Request::Look(Look::Catalogue(CatalogueLook::Order { .. })));
    assert_eq!(window.sent().iter().filter(|request| is_order(request)).count(), 1);
    assert!(window.has(&row(1, FIRST)) && window.session().opened.is_ordering());
    window.harness.input_mut().time = Some(100.0);
    window.harness.run_steps(2);
    assert!(window.has("Sorting…"), "{:?}", window.names());
    window.settle();
    assert!(window.has(&row(1, "waves/005999.png")) && !window.has("Sorting…"));
}

#[test]
fn rows_are_selected_by_clicks_and_keys_like_pictures_of_the_gallery() {
    let mut window = table();
    window.click(&row(2, SECOND));
    assert_eq!((selected(&window), window.session().opened.chosen.probe), (vec![1], Some(ImageId(1))));
    window.harness.get_by_label(&row(5, "blobs/000004.png")).click_modifiers(Modifiers::SHIFT);
    window.settle();
    assert_eq!(selected(&window), [1, 2, 3, 4]);
    window.harness.get_by_label(&row(3, "blobs/000002.png")).click_modifiers(Modifiers::COMMAND);
    window.settle();
    assert_eq!(selected(&window), [1, 3, 4]);
    window.harness.key_press(Key::ArrowDown);
    window.settle();
    assert_eq!(selected(&window), [3]);
    for _ in 0..2 {
        window.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
        window.settle();
    }
    assert_eq!(selected(&window), [3, 4, 5]);
    window.harness.key_press(Key::End);
    window.settle();
    assert!(window.has(&row(IMAGES, "waves/000059.png")), "whoever walks is taken along");
    assert_eq!(selected(&window), [59]);
    window.harness.key_press(Key::Home);
    window.settle();
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::PageDown);
    window.settle();
    assert!(selected(&window).len() > 10, "{:?}", selected(&window));
    window.harness.key_press(Key::Enter);
    window.settle();
    assert!(window.has("Close the picture"), "{:?}", window.names());
}

/// Drags from one share of a histogram's width to another.
fn drag_over(window: &mut Window, name: &str, shares: [f32; 2]) {
    let rect = window.harness.get_by_label(name).rect();
    let at = |share: f32| pos2(rect.left() + 8.0 + (rect.width() - 16.0) * share, rect.center().y);
    drag(window, at(shares[0]), at(shares[1]));
}

fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    window.harness.hover_at(from);
    window.harness.run_steps(1);
    window.harness.drag_at(from);
    window.harness.run_steps(1);
    for step in 1..=4 {
        window.harness.hover_at(from + (to - from) * (step as f32 / 4.0));
        window.harness.run_steps(1);
    }
    window.harness.drop_at(to);
    window.harness.run_steps(1);
    window.settle();
}

fn counted(window: &Window, column: TableColumn) -> [usize; 2] {
    window.session().opened.distributions.get(column).expect("it was counted").known
}

#[test]
fn a_range_dragged_over_a_histogram_filters_by_the_predicate_and_is_taken_back() {
    let mut window = table();
    assert_eq!(counted(&window, TableColumn::FileBytes), [IMAGES; 2]);
    drag_over(&mut window, "Histogram of File size", [0.01, 0.45]);
    window.picture("table_narrowed");
    let first = predicate(&window).to_owned();
    assert!(first.starts_with("file_bytes between 20000 and "), "{first}");
    let shown = window.session().opened.shown.len();
    assert!((10..50).contains(&shown), "{shown} pass {first}");
    assert_eq!(counted(&window, TableColumn::Pixels), [IMAGES, shown], "all other histograms tell of it");
    assert_eq!(window.harness.get_by_label("Predicate").value().as_deref(), Some(&*first));
    // A second column narrows it further, and each can be taken away for itself.
    window.click("Label: blobs");
    assert_eq!(predicate(&window), format!("{first} and label = 'blobs'"));
    assert_eq!(window.session().opened.shown.len(), 5);
    window.click("Label: checks");
    assert_eq!(predicate(&window), format!("{first} and label in ('blobs', 'checks')"));
    window.click("Show all of File size");
    assert_eq!(predicate(&window), "label in ('blobs', 'checks')");
    window.click("Label: blobs");
    assert_eq!(predicate(&window), "label = 'checks'");
    for _ in 0..4 {
        window.act(Choose::Undo);
    }
    assert_eq!(predicate(&window), first);
    window.act(Choose::Undo);
    assert_eq!((predicate(&window), window.session().opened.shown.len()), ("", IMAGES));
    window.act(Choose::Redo);
    window.click("Take the filter away");
    assert_eq!(window.session().opened.shown.len(), IMAGES);
}

#[test]
fn what_a_histogram_writes_is_seen_in_the_gallery_too() {
    let mut window = Window::with_images(IMAGES, Setup::default());
    window.harness.key_press_modifiers(Modifiers::ALT, Key::T);
    window.settle();
    window.click("Label: blobs");
    window.click("Gallery");
    assert_eq!(window.harness.get_by_label("Predicate").value().as_deref(), Some("label = 'blobs'"));
    assert!(window.has(FIRST) && !window.has("checks/000005.png"), "{:?}", window.names());
}

#[test]
fn bars_of_a_histogram_are_chosen_by_keys() {
    let mut window = table();
    window.harness.get_by_label("Histogram of File size").focus();
    window.harness.run_steps(2);
    for _ in 0..3 {
        window.harness.key_press(Key::ArrowRight);
        window.harness.run_steps(2);
    }
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    window.harness.run_steps(2);
    window.harness.key_press(Key::Enter);
    window.settle();
    let distribution = window.session().opened.distributions.get(TableColumn::FileBytes).cloned().expect("it is known");
    let Spread::Bins(bins) = &distribution.spread else { panic!("sizes are numbers") };
    let expected = format!("file_bytes between {} and {}", bins[2].from, bins[3].until - 1.0);
    assert_eq!(predicate(&window), expected);
    window.harness.get_by_label("Histogram of File size").focus();
    window.harness.run_steps(2);
    window.harness.key_press(Key::Delete);
    window.settle();
    assert_eq!(predicate(&window), "");
}

#[test]
fn names_that_are_not_seen_at_once_are_in_a_list() {
    let mut window = table();
    assert!(!window.has("Label: waves"));
    window.click("More of Label: 9 more");
    window.picture("table_names");
    window.click("Label: waves");
    assert_eq!(predicate(&window), "label = 'waves'");
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(window.has("More of Label: 9 more"), "{:?}", window.names());
    let [chosen, most] = ["Label: waves", "Label: blobs"].map(|name| window.harness.get_by_label(name).rect());
    assert!(chosen.left() == most.left() && chosen.top() > most.top(), "what is chosen is seen: {chosen:?}");
    assert!(!window.has("Label: ferns"), "the last of those that were seen gave way: {:?}", window.names());
    let tags = Tags::from([("old".to_owned(), vec![ImageId(1), ImageId(2)])]);
    window.tell([Event::Tags(Arc::new(tags))]);
    window.settle();
    window.click("Tags: old");
    assert_eq!(predicate(&window), "label = 'waves' and tag('old')");
    window.click("Tags: old");
    assert_eq!(predicate(&window), "label = 'waves'");
}

pub fn clustering(window: &Window) -> Clustering {
    let cluster = |name: &str| Cluster { name: Some(name.to_owned()), size: 30, ..Cluster::default() };
    Clustering {
        features: "net".into(),
        wish: ClusterWish::new(ClusterMethod::KMeans, window.session().source().expect("conv3 is stored")),
        ids: (0..IMAGES as u32).map(ImageId).collect(),
        of: (0..IMAGES as u32).map(|id| Some(id % 2)).collect(),
        clusters: vec![cluster("sky"), cluster("sea")],
        agreement: None,
        quality: None,
        elapsed_secs: 0.1,
    }
}

#[test]
fn columns_come_as_soon_as_something_is_known_and_are_chosen_from_a_list() {
    let mut window = table();
    assert!(!window.has("Sort by Cluster") && !window.has("Sort by Shape"));
    window.click("Choose columns");
    window.picture("table_columns");
    window.click("Column Shape");
    window.click("Column Tags");
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(window.has("Sort by Shape") && !window.has("Sort by Tags"));
    let wish = CentralityWish::new(window.session().source().expect("conv3 is stored"));
    let report = collection::central(wish, (0..IMAGES as u32).collect());
    let clusters = Arc::new(clustering(&window));
    window.tell([
        Event::Answered(AnalysisAnswer::Clusters(clusters)),
        Event::Answered(AnalysisAnswer::Found(Finding::Centrality(Arc::new(report)))),
    ]);
    window.settle();
    window.picture("table_known");
    let said = value(&window, &row(2, SECOND));
    assert!(said.contains("Cluster: sea") && said.contains("In-degree: 1"), "{said}");
    window.click("Cluster: sky");
    assert!(predicate(&window).ends_with(") = 0") && predicate(&window).starts_with("cluster('kmeans_20_"));
    // It is out of sight: the inspector stands in the room of the last columns.
    window.press("Sort by In-degree");
    assert!(matches!(window.session().opened.chosen.sort, Sort::Centrality(_)));
    // The next window begins with the same columns.
    let settings = window.harness.state().settings().clone();
    let again = Window::with_images(IMAGES, Setup { settings, ..Setup::default() });
    assert!(again.has("Sort by Shape") && !again.has("Sort by Tags"));
}

#[test]
fn the_name_of_a_column_has_a_menu_that_sorts_and_hides_it() {
    let mut window = table();
    let open = |window: &mut Window, name: &str| {
        window.harness.get_by_label(name).click_secondary();
        window.settle();
    };
    open(&mut window, "Sort by File size");
    window.picture("table_column_menu");
    window.click("Smallest first");
    assert_eq!(value(&window, "Sort by File size"), "ascending");
    open(&mut window, "Sort by File size");
    window.click("Largest first");
    assert_eq!(value(&window, "Sort by File size"), "descending");
    open(&mut window, "Sort by Label");
    window.click("From Z to A");
    assert_eq!(value(&window, "Sort by Label"), "descending");
    open(&mut window, "Sort by Label");
    window.click("Hide this column");
    assert!(!window.has("Sort by Label") && window.has("Sort by Path"), "{:?}", window.names());
    open(&mut window, "Sort by Path");
    assert!(!window.has("Hide this column"), "without its path a row is of nothing: {:?}", window.names());
}

#[test]
fn columns_are_made_wider_by_their_edge_and_by_keys() {
    let mut window = table();
    let width = |window: &Window| window.harness.get_by_label("Sort by Label").rect().width();
    let before = width(&window);
    let edge = window.harness.get_by_label("Width of Label").rect().center();
    drag(&mut window, edge, edge + vec2(50.0, 0.0));
    let dragged = width(&window);
    assert!((dragged - before - 50.0).abs() < 8.0, "from {before} to {dragged}");
    window.harness.get_by_label("Width of Label").focus();
    window.harness.run_steps(2);
    window.harness.key_press(Key::ArrowLeft);
    window.settle();
    assert!(width(&window) < dragged);
    let path = window.harness.get_by_label("Sort by Path").rect();
    for _ in 0..100 {
        window.harness.key_press(Key::ArrowLeft);
    }
    window.settle();
    assert!(width(&window) >= 56.0, "what cannot be read is no column");
    assert_eq!(window.harness.get_by_label("Sort by Path").rect(), path, "what is before it stays where it is");
}

#[test]
fn columns_that_do_not_fit_are_moved_across_and_the_name_stays() {
    let mut window = Window::with_images(IMAGES, alone(Setup { size: vec2(480.0, 420.0), ..Setup::default() }));
    window.picture("table_narrow");
    assert!(window.has("Table columns scroll bar"));
    let left = |window: &Window, name: &str| window.harness.get_by_label(name).rect().left();
    let before = [left(&window, "Sort by Path"), left(&window, "Sort by Label")];
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    assert_eq!(left(&window, "Sort by Path"), before[0]);
    assert!(left(&window, "Sort by Label") < before[1]);
    window.harness.get_by_label("Sort by Date").focus();
    window.settle();
    let date = window.harness.get_by_label("Sort by Date").rect();
    assert!(date.right() <= 480.0, "what has the focus is seen: {date}");
}

#[test]
fn the_table_is_whole_and_used_in_small_and_large_windows_and_on_fine_screens() {
    let mut rows = Vec::new();
    for (size, pixels_per_point) in [(vec2(800.0, 600.0), 1.0), (vec2(3840.0, 2160.0), 1.0), (vec2(800.0, 600.0), 2.0)]
    {
        let mut window = Window::with_images(IMAGES, alone(Setup { size, pixels_per_point, ..Setup::default() }));
        window.picture(&format!("table_{}_{pixels_per_point}", size.x as u32));
        let room = Rect::from_min_size(pos2(0.0, 0.0), size).expand(0.5);
        let rect = |window: &Window, name: &str| window.harness.get_by_label(name).rect();
        let table = rect(&window, "Table of images");
        let [first, by_name] = [row(1, FIRST), "Sort by Path".to_owned()].map(|name| rect(&window, &name));
        assert!(room.contains_rect(table) && room.contains_rect(by_name), "{table:?} and {by_name:?} of {size:?}");
        assert!(room.contains_rect(rect(&window, "Choose columns")));
        assert!(
            table.y_range().contains(first.center().y) && by_name.bottom() <= first.top() + 0.5,
            "{first:?} {by_name:?}"
        );
        assert!(table.area() > 0.3 * room.area(), "its rows have much of the window: {table:?} of {size:?}");
        rows.push(window.names().iter().filter(|name| name.starts_with("Row ")).count());
        // What is done with it is done as anywhere.
        window.click(&row(2, SECOND));
        assert_eq!(selected(&window), [1]);
        window.harness.key_press(Key::ArrowDown);
        window.settle();
        assert_eq!(selected(&window), [2]);
        // In a small one it is beside the edge of the view.
        window.press("Sort by File size");
        assert!(window.has(&row(1, "waves/000059.png")), "{size:?}: {:?}", window.names());
        window.click("Choose columns");
        assert!(window.has("Column Date"), "{size:?}: {:?}", window.names());
    }
    assert!(rows[0] >= 5 && rows[1] > rows[0], "{rows:?} rows in sight");
    assert_eq!(rows[0], rows[2], "a fine screen shows what a coarse one of its size does, finer");
}

#[test]
fn a_histogram_that_cannot_be_made_is_not_asked_for_again_and_again() {
    let mut window = Window::open(alone(Setup::default()));
    window.tell(collection::opened(IMAGES));
    window.harness.run_steps(6);
    let asked = |window: &Window| -> Vec<TableColumn> {
        let column = |request: Request| match request {
            Request::Look(Look::Catalogue(CatalogueLook::Distribution(wish))) => Some(wish.column),
            _ => None,
        };
        window.sent().into_iter().filter_map(column).collect()
    };
    assert_eq!(asked(&window), [TableColumn::Label], "one at a time");
    let problem = Problem::new("The images could not be looked through", "the thread stopped");
    let of = Asked::Look(LookKind::Distribution { column: TableColumn::Label });
    window.tell([Event::Problem { of, problem }]);
    window.harness.run_steps(6);
    assert_eq!(asked(&window), [TableColumn::Label, TableColumn::Tags], "the next, and not the same once more");
    assert!(window.has("Label: not counted"), "{:?}", window.names());
    assert!(window.has("The images could not be looked through"), "{:?}", window.names());
    let problem = || Problem::new("The images could not be looked through", "the thread stopped");
    for column in [TableColumn::Tags, TableColumn::Pixels, TableColumn::FileBytes, TableColumn::Modified] {
        window.tell([Event::Problem { of: Asked::Look(LookKind::Distribution { column }), problem: problem() }]);
        window.harness.run_steps(6);
    }
    assert_eq!(asked(&window).len(), 5, "{:?}", asked(&window));
}

#[test]
fn histograms_can_be_hidden_and_then_cost_nothing() {
    let mut window = table();
    window.click("Histograms");
    assert!(!window.has("Histogram of File size"));
    window.forget_sent();
    window.act(Choose::Filter(tiramisu::domain::Filter { text: "waves".into(), ..Default::default() }));
    let is_counting =
        |request: &Request| matches!(request, Request::Look(Look::Catalogue(CatalogueLook::Distribution(_))));
    assert!(!window.sent().iter().any(is_counting));
    window.click("Histograms");
    assert_eq!(counted(&window, TableColumn::FileBytes), [IMAGES, 5]);
}

#[test]
fn in_a_narrow_view_columns_are_narrower_until_somebody_chooses_their_width() {
    let width = |window: &Window, name: &str| window.harness.get_by_label(name).rect().width();
    let sized = |side: f32| Window::with_images(IMAGES, alone(Setup { size: vec2(side, 500.0), ..Setup::default() }));
    let (wide, mut narrow) = (sized(1400.0), sized(640.0));
    let of_size = "Sort by Size";
    assert!(width(&narrow, of_size) < width(&wide, of_size) * 0.95);
    assert!(width(&narrow, of_size) >= 96.0, "a histogram can still be read and clicked");
    narrow.harness.get_by_label("Width of Label").focus();
    narrow.harness.run_steps(2);
    narrow.harness.key_press(Key::ArrowRight);
    narrow.settle();
    let chosen = width(&narrow, "Sort by Label");
    // Another column leaves the chosen width alone.
    narrow.harness.get_by_label("Width of Size").focus();
    narrow.harness.run_steps(2);
    narrow.harness.key_press(Key::ArrowRight);
    narrow.settle();
    assert!((width(&narrow, "Sort by Label") - chosen).abs() < 1.5);
    // Nor did it choose that of those before it: they share the room that there is.
    let kept = width(&narrow, "Sort by Path");
    narrow.harness.set_size(vec2(1000.0, 500.0));
    narrow.settle();
    assert!(width(&narrow, "Sort by Path") > kept * 1.1, "{kept}");
}

#[test]
fn columns_share_the_width_that_there_is_and_none_is_cut_off() {
    let clustered = |width: f32, settings: Settings| {
        let mut window = Window::with_images(IMAGES, Setup { size: vec2(width, 900.0), settings, ..Setup::default() });
        let clusters = Arc::new(clustering(&window));
        window.tell([Event::Answered(AnalysisAnswer::Clusters(clusters))]);
        window.settle();
        if !window.has("Table of images") {
            window.click("Table");
        }
        window
    };
    for (width, settings) in [
        (1440.0, Settings::default()),
        (1000.0, alone(Setup::default()).settings),
        (700.0, alone(Setup::default()).settings),
        (1700.0, alone(Setup::default()).settings),
    ] {
        let mut window = clustered(width, settings);
        window.picture(&format!("table_shared_{width}"));
        let rows = window.harness.get_by_label("Table of images").rect();
        let bar = window.harness.query_by_label("Table columns scroll bar").map(|bar| bar.rect().right());
        // Where all have room there is no such bar, and that of the rows lies at the edge.
        let edge = bar.unwrap_or(rows.right());
        let heads = window.harness.get_all_by_role(Role::ColumnHeader);
        let heads: Vec<Rect> = heads.map(|head| head.rect()).collect();
        assert!(heads.len() >= 6, "{width}: {heads:?}");
        let seen: Vec<&Rect> = heads.iter().filter(|head| head.left() < edge - 1.0).collect();
        assert!(seen.iter().all(|head| head.right() <= edge + 1.0), "{width}: one is cut off at {edge}: {heads:?}");
        let last = seen.last().expect("some are seen").right();
        assert!(last >= edge - 24.0, "{width}: from {last} to {edge} there is nothing");
        let histogram = window.harness.get_by_label("Histogram of Size").rect();
        assert!(histogram.width() >= 96.0 && histogram.height() >= 100.0, "{width}: {histogram:?}");
    }
}

#[test]
fn on_the_first_day_the_table_has_the_width_of_the_map_and_stands_beside_the_gallery() {
    let settings = Settings { hides_inspector: true, ..Settings::default() };
    let mut window = Window::with_images(IMAGES, Setup { size: vec2(1440.0, 900.0), settings, ..Setup::default() });
    window.click("Table");
    let (table, grid) = ["Table of images", "Gallery grid"].map(|name| window.harness.get_by_label(name).rect()).into();
    assert!(table.width() > grid.width() && table.right() <= grid.left(), "{table} and {grid}");
}
