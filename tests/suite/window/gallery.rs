//! Looking through the gallery and choosing in it.

use eframe::egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{ImageId, ImageRecord, PictureRows, Sort};
use tiramisu::engine::{Look, ThumbnailPicture};

use crate::support::collection;
use crate::support::window::{Setup, Window};

use super::{FIRST, SECOND, THIRD, looks};

#[test]
fn clicking_a_picture_asks_for_its_activations_and_neighbours() {
    let mut window = Window::with_images(240, Setup::default());
    window.picture("open");
    window.click(SECOND);
    window.picture("clicked");
    let looks = looks(&window);
    assert!(looks.contains(&Look::Activations { image: ImageId(1), layer: 4 }), "{looks:?}");
    assert!(
        looks
            .iter()
            .any(|look| matches!(look, Look::Neighbours(wish) if wish.image() == Some(ImageId(1)) && wish.k == 24)),
        "{looks:?}"
    );
    window.harness.get_by_label("Neighbour 1: blobs/000008.png");
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
fn a_click_with_the_command_key_adds_and_with_shift_takes_the_range() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.harness.get_by_label(THIRD).click_modifiers(Modifiers::COMMAND);
    window.settle();
    assert_eq!(window.session().opened.chosen.selection.iter().collect::<Vec<_>>(), [ImageId(0), ImageId(2)]);
    window.click(FIRST);
    window.harness.get_by_label(THIRD).click_modifiers(Modifiers::SHIFT);
    window.settle();
    assert_eq!(window.session().opened.chosen.selection.len(), 3);
}

#[test]
fn a_rubber_band_selects_what_it_touches() {
    let mut window = Window::with_images(60, Setup::default());
    let from = window.harness.get_by_label(FIRST).rect().center();
    let to = window.harness.get_by_label(THIRD).rect().center() + vec2(10.0, 40.0);
    window.harness.drag_at(from);
    window.harness.run_steps(2);
    window.harness.hover_at(from + (to - from) * 0.5);
    window.harness.run_steps(2);
    window.harness.hover_at(to);
    window.harness.run_steps(2);
    window.picture("band");
    window.harness.drop_at(to);
    window.settle();
    assert_eq!(
        window.session().opened.chosen.selection.iter().collect::<Vec<_>>(),
        [ImageId(0), ImageId(1), ImageId(2)]
    );
}

#[test]
fn pictures_lie_in_rows_of_their_own_shapes_where_that_is_wished_and_a_band_takes_in_what_it_touches() {
    let mut window = Window::with_images(600, Setup { thumbnail: of_own_shape, ..Setup::default() });
    let records = window.session().opened.images.to_vec();
    let shaped: Vec<ImageRecord> = records.into_iter().map(with_shape).collect();
    window.describe(&shaped);
    window.settle();
    window.click("Pictures in their own shapes");
    window.picture("own_shapes");
    let grid = window.harness.get_by_label("Gallery grid").rect();
    let rect = |window: &Window, id: usize| {
        let node = window.harness.query_by_label(&shaped[id].path.text);
        node.map(|node| node.rect())
    };
    let first = rect(&window, 0).expect("the first");
    let columns = (0..).take_while(|id| rect(&window, *id).is_some_and(|it| it.bottom() == first.bottom())).count();
    assert!(columns >= 3, "{columns} beside each other");
    for row in 0..2 {
        let rects: Vec<Rect> =
            (0..columns).map(|column| rect(&window, row * columns + column).expect("it is seen")).collect();
        for (column, it) in rects.iter().enumerate() {
            let image = &shaped[row * columns + column];
            let wanted = image.width as f32 / image.height as f32;
            assert!((it.width() / it.height() - wanted).abs() < 0.02 * wanted, "row {row}: {it:?} of {wanted}");
            assert!((it.height() - rects[0].height()).abs() < 0.1, "row {row}: all are equally high: {rects:?}");
        }
        assert!(rects.windows(2).all(|pair| pair[1].left() - pair[0].right() >= 5.9), "row {row}: {rects:?}");
        let (left, right) = (rects[0].left() - grid.left(), grid.right() - rects[columns - 1].right());
        assert!(
            (0.0..12.0).contains(&left) && (0.0..60.0).contains(&right),
            "row {row}: {left} and {right} of {grid:?}"
        );
    }
    // A band over parts of two rows.
    let [a, b] = [1, columns + 1].map(|id| rect(&window, id).expect("it is seen"));
    let band = Rect::from_two_pos(a.center(), b.center());
    let touched: Vec<ImageId> = (0..2 * columns)
        .filter(|id| rect(&window, *id).is_some_and(|it| it.left() <= band.right() && it.right() >= band.left()))
        .map(|id| ImageId(id as u32))
        .collect();
    window.harness.drag_at(a.center());
    window.harness.run_steps(2);
    for share in [0.5, 1.0] {
        window.harness.hover_at(a.center() + (b.center() - a.center()) * share);
        window.harness.run_steps(2);
    }
    window.harness.drop_at(b.center());
    window.settle();
    assert_eq!(window.session().opened.chosen.selection.iter().collect::<Vec<_>>(), touched);
    // Keys lead to the end, and back to cells of one shape.
    window.click(&shaped[0].path.text);
    window.harness.key_press(Key::End);
    window.settle();
    assert!(rect(&window, 599).is_some(), "{:?}", window.names());
    assert!(window.harness.state().settings().gallery_own_shapes, "it is remembered");
    window.click("Pictures in their own shapes");
    let last = rect(&window, 599).expect("it is seen");
    assert!(rect(&window, 598).is_none_or(|it| (it.width() - last.width()).abs() < 0.1));
}

/// Wide, high and square ones.
fn with_shape(image: ImageRecord) -> ImageRecord {
    let [width, height] = [[640, 320], [300, 450], [400, 400], [500, 400]][image.id.index() % 4];
    ImageRecord { width, height, ..image }
}

fn of_own_shape(image: &ImageRecord) -> ThumbnailPicture {
    let image = with_shape(image.clone());
    collection::thumbnail(&ImageRecord { width: image.width / 10, height: image.height / 10, ..image })
}

#[test]
fn rows_of_pictures_are_full_and_apart_whatever_their_shapes() {
    let rows = PictureRows { columns: 8, width: 800.0, height: 90.0, gap: 6.0, usual: 1.2 };
    let sizes = |row: usize| (0..8).map(move |column| [300 + (row * 7 + column * 31) as u32 % 200, 300]);
    for row in [0, 1, 5_000_000, 9_999_999] {
        let laid = rows.lay_out(sizes(row));
        let ends = laid.sides.last().expect("eight")[1];
        assert!(laid.height <= 90.0 && ends <= 800.1 && laid.sides.len() == 8, "{row}: {laid:?}");
        assert!(laid.sides.windows(2).all(|pair| pair[1][0] - pair[0][1] >= 5.99), "{row}: {laid:?}");
    }
    // What is not known yet is as wide as pictures usually are; the last row is not stretched.
    let last = rows.lay_out([[0, 0], [90, 90]].into_iter());
    let wanted = [[0.0, 108.0], [114.0, 204.0]];
    assert_eq!(last.sides.len(), wanted.len(), "{last:?}");
    let off =
        last.sides.iter().flatten().zip(wanted.iter().flatten()).map(|(is, wanted): (&f32, &f32)| (is - wanted).abs());
    assert!(off.fold(0.0, f32::max) < 0.01, "{last:?}");
}

#[test]
fn arrows_and_end_walk_through_the_gallery() {
    let mut window = Window::with_images(500, Setup::default());
    window.click(FIRST);
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(1)));
    window.harness.key_press(Key::End);
    window.settle();
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(499)));
    window.harness.get_by_label("waves/000499.png");
    window.harness.key_press(Key::Home);
    window.settle();
    window.harness.get_by_label(FIRST);
}

#[test]
fn typing_a_name_filters_the_gallery_after_a_pause() {
    let mut window = Window::with_images(120, Setup::default());
    let field = window.harness.get_by_label("Filter by name");
    field.focus();
    field.type_text("ferns");
    window.harness.run_steps(8);
    assert_eq!(window.session().opened.chosen.filter.text, "ferns");
    assert_eq!(window.session().opened.shown.len(), 10);
    window.harness.get_by_label("10 of 120 shown");
    window.harness.get_by_label("Filter by name").type_text(" nothing like it");
    window.harness.run_steps(8);
    window.settle();
    window.picture("nothing_shown");
    window.click("Show all images");
    assert_eq!(window.session().opened.shown.len(), 120);
}

#[test]
fn labels_are_picked_from_a_list_with_counts() {
    let mut window = Window::with_images(120, Setup::default());
    window.click("Filter by label");
    window.picture("labels");
    window.click("Label checks");
    assert_eq!(window.session().opened.shown.len(), 10);
    assert!(window.session().opened.shown.iter().all(|id| (10..20).contains(&id.0)));
}

#[test]
fn the_order_of_the_gallery_is_chosen_from_a_list() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Sort by");
    window.click("Newest first");
    assert_eq!(window.session().opened.chosen.sort, Sort::Newest);
    assert_eq!(window.session().opened.shown.first(), Some(ImageId(59)));
}

#[test]
fn unreadable_pictures_are_counted_and_can_be_shown_alone() {
    let mut window = Window::with_images(60, Setup::default());
    let broken = |index| {
        let mut record = collection::image(index, 5);
        record.problem = Some("The file ends in the middle of the picture.".into());
        record
    };
    window.describe(&[broken(3), broken(7)]);
    window.settle();
    window.picture("unreadable");
    window.click("2 unreadable");
    window.picture("only_unreadable");
    assert_eq!(window.session().opened.shown.iter().collect::<Vec<_>>(), [ImageId(3), ImageId(7)]);
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

#[test]
fn what_the_pointer_told_of_a_picture_goes_when_a_dialog_opens() {
    let mut window = Window::with_images(60, Setup::default());
    // In the middle of the window, where dialogs lie.
    window.harness.get_by_label(SECOND).hover();
    window.harness.run_steps(12);
    let image = window.session().image(ImageId(1)).expect("an image");
    let told = format!("{} × {}", image.width, image.height);
    let is_told = |window: &Window| window.names().iter().any(|name| name.starts_with(&told));
    assert!(is_told(&window), "{:?}", window.names());
    window.harness.key_press(Key::F1);
    window.harness.run_steps(6);
    assert!(window.names().iter().any(|name| name == "Keyboard shortcuts"), "{:?}", window.names());
    assert!(!is_told(&window), "the tooltip lies over the dialog");
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(12);
    assert!(is_told(&window), "the pointer is still over the picture");
}

/// Cells are as high as most pictures are, so that little is left empty about them; of pictures of all shapes they are squares.
#[test]
fn cells_of_the_gallery_are_as_high_as_pictures_usually_are() {
    let cell = |describe: Option<[u32; 2]>| {
        let mut window = Window::with_images(60, Setup::default());
        if let Some([width, height]) = describe {
            let records: Vec<_> =
                (0..60).map(|index| ImageRecord { width, height, ..collection::image(index, 5) }).collect();
            window.describe(&records);
            window.settle();
        }
        window.harness.get_by_label(FIRST).rect().size()
    };
    let square = cell(None);
    assert!((square.x - square.y).abs() < 1.0, "{square:?}");
    let wide = cell(Some([300, 200]));
    assert!((wide.y / wide.x - 0.7).abs() < 0.02, "{wide:?}");
    let high = cell(Some([200, 240]));
    assert!((high.y / high.x - 1.2).abs() < 0.02, "{high:?}");
    let panorama = cell(Some([900, 100]));
    assert!((panorama.y / panorama.x - 0.6).abs() < 0.02, "{panorama:?}");
}
