//! Looking inside a picture: the channels that it excites, where, and what else does.

use std::sync::Arc;

use eframe::egui::{Event as Input, Key, Modifiers, PointerButton, Pos2, Rect, Vec2, pos2, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{
    ClassNames, Example, Fit, Footprint, ImageBox, ImageId, ImageRecord, Region, Resizing, strongest_channels,
};
use tiramisu::engine::{
    Asked, ChannelLook, Collection, Event, ImageBoxes, Look, LookKind, NetworkFile, PictureWish, Problem,
};
use tiramisu::session::{Choose, Comparison, Pick};
use tiramisu::ui::Settings;
use tiramisu::ui::viewer::PictureCamera;

use crate::support::collection;
use crate::support::painted::{Text, texts};
use crate::support::window::{Setup, Window};

use super::{FIRST, SECOND, looks};

const INSIDE: &str = "Looking inside blobs/000000.png";
/// Of the invented network.
const CONV3: usize = 4;
const SCORES: usize = 5;

/// The view on the first image, in a window where it has much room.
fn inside() -> Window {
    let mut window = Window::with_images(60, Setup { size: vec2(1900.0, 1300.0), ..Setup::default() });
    window.click(FIRST);
    window.click("Look inside");
    window
}

/// Of the channels of a layer those that lie on cards, from the first to the last.
fn cards(window: &Window) -> Vec<usize> {
    let prefix = "Look at channel ";
    let names = window.names().into_iter().filter(|name| name.starts_with(prefix));
    let mut found: Vec<(i32, i32, usize)> = names
        .map(|name| {
            let at = window.harness.get_by_label(&name).rect().min;
            (at.y as i32, at.x as i32, name[prefix.len()..].parse().expect("a number"))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, _, channel)| channel).collect()
}

fn laid_over(window: &Window) -> Option<usize> {
    let names = window.names();
    let name = names.iter().find(|name| name.starts_with("Channel ") && name.ends_with(" laid over"))?;
    name.trim_start_matches("Channel ").trim_end_matches(" laid over").parse().ok()
}

#[test]
fn the_strongest_channel_lies_over_the_picture_and_the_strongest_come_first() {
    let window = inside();
    window.harness.get_by_label(INSIDE);
    let cards = cards(&window);
    let maxima = collection::activation(ImageId(0), CONV3, &collection::collection()).maxima;
    let expected: Vec<usize> = strongest_channels(&maxima, 4).into_iter().map(|found| found.channel).collect();
    assert_eq!(expected[0], 127, "of the invented activation the last channel is the strongest");
    assert_eq!(cards[..4], expected);
    assert_eq!(laid_over(&window), Some(127));
    assert_eq!(window.session().opened.chosen.channel, None, "looking chooses nothing");
}

#[test]
fn hovering_a_channel_lays_it_over_the_picture_and_a_click_keeps_it() {
    let mut window = inside();
    window.harness.get_by_label("Look at channel 126").hover();
    window.settle();
    assert_eq!(laid_over(&window), Some(126));
    window.harness.remove_cursor();
    window.settle();
    assert_eq!(laid_over(&window), Some(127), "the pointer has left");
    window.click("Look at channel 126");
    window.harness.remove_cursor();
    window.settle();
    assert_eq!((laid_over(&window), window.session().opened.chosen.channel), (Some(126), Some(126)));
    window.click("Look at channel 126");
    assert_eq!(window.session().opened.chosen.channel, None, "a second click lets it go");
}

#[test]
fn the_picture_is_decoded_at_the_scale_at_which_it_is_seen() {
    let window = inside();
    let pieces: Vec<_> = looks(&window)
        .into_iter()
        .filter_map(|look| match look {
            Look::Picture(Some(PictureWish { image: ImageId(0), pieces })) => Some(pieces),
            _ => None,
        })
        .collect();
    assert_eq!(pieces.first().map(Vec::len), Some(0), "its size first");
    let wanted: Vec<_> = pieces.into_iter().flatten().collect();
    assert!(!wanted.is_empty() && wanted.iter().all(|piece| piece.level >= 1), "960 pixels in less room: {wanted:?}");
}

#[test]
fn what_is_behind_another_tab_holds_no_picture_and_asks_for_nothing() {
    let mut window = inside();
    window.click("Map");
    assert!(looks(&window).contains(&Look::Picture(None)), "it is let go");
    window.forget_sent();
    window.click(SECOND);
    let asked = looks(&window);
    let is_inside = |look: &Look| {
        matches!(look, Look::Strip(_) | Look::Picture(_) | Look::Point(_) | Look::Crops(_) | Look::Beside { .. })
    };
    assert!(!asked.iter().any(is_inside), "{asked:?}");
}

#[test]
fn the_channel_lies_over_the_part_of_the_picture_that_the_network_saw() {
    let mut window = Window::open(Setup { size: vec2(1900.0, 1300.0), ..Setup::default() });
    let resizing = Resizing { fit: Fit::Crop { shorter_px: 256 }, ..Resizing::stretch(224, 224) };
    window.tell(collection::opened(60).into_iter().map(|event| match event {
        Event::Opened(open) => Event::Opened(Arc::new(Collection { resizing, ..Collection::clone(&open) })),
        other => other,
    }));
    window.settle();
    window.act(Choose::Click(ImageId(1), Pick::Replace));
    window.click("Look inside");
    let record = collection::image(1, 1);
    let size = [record.width * 10, record.height * 10];
    let room = window.harness.get_by_label("Looking inside blobs/000001.png").rect();
    let scale = (room.width() / size[0] as f32).min(room.height() / size[1] as f32);
    let picture = Rect::from_center_size(room.center(), vec2(size[0] as f32, size[1] as f32) * scale);
    let [min, max] = Footprint::new(&resizing, size).corners();
    let at = |share: [f32; 2]| picture.min + picture.size() * vec2(share[0], share[1]);
    let found = window.harness.get_by_label("Channel 127 laid over").rect();
    assert!((found.min - at(min)).length() < 1.5 && (found.max - at(max)).length() < 1.5, "{found:?} in {picture:?}");
    assert!(found.width() < 0.95 * picture.width(), "the network saw less than all");
}

#[test]
fn the_pointer_over_the_picture_ranks_the_channels_there_with_their_values() {
    let mut window = inside();
    let rect = window.harness.get_by_label("Channel 127 laid over").rect();
    // 14 x 14 cells.
    let (row, column) = (9, 3);
    let at = rect.min + rect.size() * vec2((column as f32 + 0.5) / 14.0, (row as f32 + 0.5) / 14.0);
    window.harness.hover_at(at);
    window.settle();
    window.picture("inside_point");
    let view = collection::activation(ImageId(0), CONV3, &collection::collection());
    let plain: Vec<f32> = (0..128).map(|channel| view.values.value(channel, row, column).expect("a value")).collect();
    window.harness.get_by_label("Strongest here: row 9, column 3");
    let names = window.names();
    let here: Vec<&String> = names.iter().filter(|name| name.starts_with("Here: ")).collect();
    let expected = strongest_channels(&plain, 5);
    assert_eq!(here.len(), 5, "{here:?}");
    for (found, expected) in here.iter().zip(&expected) {
        assert!(found.starts_with(&format!("Here: channel {}, ", expected.channel)), "{found}, not {expected:?}");
        let number: f32 = found.rsplit(' ').next().and_then(|text| text.parse().ok()).expect("a number");
        assert!((number - expected.value).abs() <= 0.006 * expected.value, "{found}, not {expected:?}");
    }
    // A click keeps the strongest of them.
    window.harness.event(eframe::egui::Event::PointerMoved(at));
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        window.harness.event(eframe::egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        window.harness.step();
    }
    window.settle();
    assert_eq!(window.session().opened.chosen.channel, Some(expected[0].channel));
}

#[test]
fn each_channel_has_exemplars_cut_to_where_it_fires_and_a_click_looks_inside_one() {
    // Enough images for every channel of the layer to have exemplars.
    let mut window = Window::with_images(240, Setup { size: vec2(1900.0, 1300.0), ..Setup::default() });
    window.click(FIRST);
    window.click("Look inside");
    let asked = looks(&window);
    let is_of_all =
        |look: &&Look| matches!(look, Look::Channels(ChannelLook::Exemplars { layer: CONV3, channel: None, count: 3 }));
    assert_eq!(asked.iter().filter(is_of_all).count(), 1, "asked once, not at every frame: {asked:?}");
    let crops: Vec<_> = asked
        .iter()
        .filter_map(|look| if let Look::Crops(wishes) = look { Some(wishes.clone()) } else { None })
        .flatten()
        .collect();
    // Channel 127 fires at row 0, column 1 of 14 x 14 in its best image: a square of five cells, moved onto the picture.
    let best = crops.iter().find(|crop| crop.image == ImageId(127)).unwrap_or_else(|| panic!("{asked:?}"));
    let [wide, high] = [best.part.right - best.part.left, best.part.bottom - best.part.top];
    let record = collection::image(127, 20);
    let (wide_px, high_px) = (wide * record.width as f32, high * record.height as f32);
    assert!((wide_px - high_px).abs() < 0.1, "it is a square: {wide_px} x {high_px}");
    let shorter = record.width.min(record.height) as f32;
    assert!((wide_px - shorter * 5.0 / 14.0).abs() < 0.1, "{wide_px} of {shorter}");
    assert!(best.part.left < 0.01 && best.part.top < 0.01, "{best:?}");
    let path = window.session().image(ImageId(127)).expect("an image").path.text.to_owned();
    let exemplar = format!("Exemplar 1 of channel 127: {path}");
    let rect = window.harness.get_by_label(&exemplar).rect();
    assert!(rect.width() >= 48.0 && rect.height() >= 48.0, "{rect:?}");
    window.press(&exemplar);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(127)));
}

#[test]
fn the_strip_shows_every_depth_and_a_click_makes_a_layer_the_current_one() {
    let mut window = inside();
    window.picture("inside");
    let strip = looks(&window).into_iter().filter_map(|look| match look {
        Look::Strip(wish) => Some(wish),
        _ => None,
    });
    let strip: Vec<_> = strip.collect();
    assert_eq!(strip.len(), 1, "asked once, not at every frame: {strip:?}");
    assert_eq!((strip[0].image, strip[0].beside, &strip[0].layers[..]), (ImageId(0), None, &[1, 3, 4, 5][..]));
    let left = |name: &str| window.harness.get_by_label(name).rect().left();
    let lefts = ["Depth: relu1", "Depth: conv2", "Depth: conv3", "Depth: scores"].map(left);
    assert!(lefts.is_sorted(), "from the first to the last: {lefts:?}");
    window.click("Depth: conv2");
    assert_eq!(window.session().opened.chosen.layer, 3);
    assert_eq!(cards(&window)[..2], [63, 62]);
    window.click("Deeper layer");
    assert_eq!(window.session().opened.chosen.layer, CONV3);
    assert_eq!(
        looks(&window).iter().filter(|look| matches!(look, Look::Strip(_))).count(),
        1,
        "the picture is the same"
    );
}

#[test]
fn names_of_layers_are_shortened_by_words_and_never_cut() {
    let mut window = super::asking::deep(24, vec2(1440.0, 900.0));
    window.act(Choose::Layer(12));
    let strip = window.harness.get_by_label("Depth: block12").rect();
    let said = texts(window.harness.output());
    let is_name = |text: &Text| {
        let number = text.text.strip_prefix("conv ").and_then(|rest| rest.parse::<u32>().ok());
        number.is_some_and(|number| number > 9) && strip.y_range().contains(text.rect.center().y)
    };
    let widths: Vec<f32> = said.iter().filter(|text| is_name(text)).map(|text| text.rect.width()).collect();
    let (least, most) = widths.iter().fold((f32::MAX, 0.0_f32), |(least, most), w| (least.min(*w), most.max(*w)));
    assert!(widths.len() > 3 && least > 0.85 * most, "one is cut off at an end of the strip: {widths:?}");

    // Beside the slider, where its channels have no room.
    let said_beside = |width: f32| {
        let mut window = Window::with_images(12, Setup { size: vec2(width, 600.0), ..Setup::default() });
        window.act(Choose::Layer(CONV3));
        let place = window.harness.get_by_label("Looking at conv 3 · 128 channels").rect();
        let said = texts(window.harness.output());
        let name = said.into_iter().find(|text| place.contains(text.rect.center()) && text.text.starts_with("conv 3"));
        name.map(|name| (name.text, name.rect.width())).expect("the layer is named")
    };
    let (whole, whole_width) = said_beside(1600.0);
    assert_eq!(whole, "conv 3 · 128 channels");
    for width in [560.0, 640.0, 720.0, 800.0, 900.0, 1000.0] {
        let (said, said_width) = said_beside(width);
        assert!(said == "conv 3" || said_width > whole_width - 1.0, "{width}: {said} in {said_width} points");
    }
}

/// However the layer changes, and however wide the strip is then: a person who lost it would have to look for it.
#[test]
fn the_strip_keeps_the_layer_that_is_looked_at_in_sight() {
    let mut window = super::asking::deep(24, vec2(1440.0, 900.0));
    let is_seen = |window: &Window, layer: usize| {
        let strip = window.harness.get_by_label("Maximise Look inside").rect();
        let name = format!("Depth: block{layer}");
        window.has(&name) && {
            let rect = window.harness.get_by_label(&name).rect();
            rect.right() <= strip.right() + 1.0 && rect.left() >= 60.0
        }
    };
    for layer in [0, 23, 12, 11, 1, 22, 5] {
        window.act(Choose::Layer(layer));
        assert!(is_seen(&window, layer), "layer {layer}: {:?}", window.names());
    }
    window.act(Choose::Layer(14));
    // In less room.
    window.harness.set_size(vec2(1000.0, 900.0));
    window.settle();
    assert!(is_seen(&window, 14), "{:?}", window.names());
    // Of a picture of another shape layers are of another width, at the end of the strip, too.
    for (layer, image) in [(14, 7), (23, 8)] {
        window.act(Choose::LookAt(ImageId(0)));
        window.act(Choose::Layer(layer));
        let wide = ImageRecord { width: 600, height: 200, ..collection::images(60)[image].clone() };
        let id = wide.id;
        window.describe(&[wide]);
        window.act(Choose::LookAt(id));
        window.harness.run_steps(40);
        assert!(is_seen(&window, layer), "{layer}: {:?}", window.names());
    }
}

#[test]
fn a_layer_without_planes_is_told_in_sorted_bars_with_names() {
    let mut window = Window::with_images(60, Setup { size: vec2(1900.0, 1300.0), ..Setup::default() });
    let names: Vec<String> = (0..10).map(|class| format!("dessert {class}, of the trolley")).collect();
    let class_names = ClassNames::new(vec!["scores".to_owned()], names);
    let named = Arc::new(Collection { class_names, ..collection::collection() });
    window.tell(collection::opened(60).into_iter().map(|event| match event {
        Event::Opened(_) => Event::Opened(named.clone()),
        event => event,
    }));
    window.settle();
    window.click(FIRST);
    window.click("Look inside");
    window.act(Choose::Layer(SCORES));
    window.picture("inside_bars");
    let names = window.names();
    // The words over the exemplars begin as a bar does.
    let is_bar = |name: &&String| {
        name.starts_with("dessert ") && name.contains("): ") && !name.ends_with(": the pictures that excite it most")
    };
    let bars: Vec<&String> = names.iter().filter(is_bar).collect();
    assert_eq!(bars.len(), 10, "{names:?}");
    let top = |name: &str| window.harness.get_by_label(name).rect().top();
    let mut by_place = bars.clone();
    by_place.sort_by(|a, b| top(a).total_cmp(&top(b)));
    let value = |name: &String| name.rsplit(' ').next().and_then(|text| text.parse::<f32>().ok()).expect("a number");
    assert!(by_place.is_sorted_by(|a, b| value(a) >= value(b)), "{by_place:?}");
    assert!(laid_over(&window).is_none(), "it has no place on the picture");
    let first = by_place[0].clone();
    window.click(&first);
    let channel = window.session().opened.chosen.channel.expect("it is kept");
    assert!(first.contains(&format!("(channel {channel})")), "{first}");
}

#[test]
fn two_pictures_are_compared_at_every_depth_by_the_same_channels_on_the_same_scale() {
    let mut window = inside();
    window.click("Compare with…");
    let near = window.session().opened.neighbours.as_ref().expect("neighbours").neighbours[1].image;
    let path = window.session().image(near).expect("an image").path.text.to_owned();
    window.click(&format!("Compare with {path}"));
    window.picture("inside_compare");
    assert_eq!(window.session().opened.chosen.beside, Some(near));
    let [one, other] =
        [INSIDE.to_owned(), format!("Compared with {path}")].map(|name| window.harness.get_by_label(&name).rect());
    assert!(one.right() <= other.left() || one.bottom() <= other.top(), "{one:?} and {other:?}");
    assert_eq!(laid_over(&window), Some(127));
    assert!(window.has("Channel 127 laid over, second picture"));
    let asked = looks(&window);
    assert!(asked.contains(&Look::Beside { image: near, layer: CONV3 }), "{asked:?}");
    let strip = |look: &&Look| matches!(look, Look::Strip(wish) if wish.beside == Some(near));
    assert_eq!(asked.iter().filter(strip).count(), 1, "{asked:?}");
    // At another depth they stay beside each other.
    window.click("Depth: conv2");
    assert!(window.has("Channel 63 laid over, second picture"));
    // Undone as any other choice.
    window.click("Depth: conv3");
    window.click("Stop comparing");
    assert_eq!(window.session().opened.chosen.beside, None);
    window.click("Undo");
    assert_eq!(window.session().opened.chosen.beside, Some(near));
}

#[test]
fn two_selected_pictures_are_compared_by_one_button() {
    let mut window = inside();
    window.act(Choose::Click(ImageId(1), Pick::Toggle));
    assert!(window.has(INSIDE), "a click with a key held selects, and what is looked into stays");
    window.click("Compare the two");
    assert_eq!(window.session().opened.chosen.beside, Some(ImageId(1)));
    // The second becomes the first: nothing is held beside itself.
    window.act(Choose::Click(ImageId(1), Pick::Replace));
    assert_eq!(window.session().opened.chosen.beside, None);
}

#[test]
fn channels_come_in_the_order_of_the_most_unusual_when_that_is_wished_and_say_so_where_it_is_not_known() {
    let mut window = inside();
    window.click("Order of the channels");
    window.click("most unusual first");
    let asked = looks(&window);
    let unusual = |l: &&Look| matches!(l, Look::Channels(ChannelLook::Unusual { image: ImageId(0), source: Some(s), .. }) if s.layer == "conv3");
    assert_eq!(asked.iter().filter(unusual).count(), 1, "{asked:?}");
    assert_eq!(cards(&window)[..2], [127, 126]);
    assert!(!window.has("!"));
    // pool1 is not stored.
    window.act(Choose::Layer(2));
    assert!(window.has("!"));
    assert!(window.names().iter().any(|name| name.starts_with("Store this layer")), "{:?}", window.names());
}

/// Convolutions see what a picture is padded with, and some channels see little else.
#[test]
fn a_channel_that_fires_along_the_border_says_so_and_is_the_last_of_the_unusual_ones() {
    let mut window = inside();
    let mut view = collection::activation(ImageId(0), CONV3, &collection::collection());
    assert!((0..128).all(|channel| !view.fires_along_border(channel)), "a bump is no border");
    // A plane of fourteen cells across has a quarter of them at the border, and 0.6 of a sum there is four times as much a cell.
    view.borders[127] = 0.6;
    view.borders[126] = 0.4;
    window.tell([Event::Activations(view)]);
    window.settle();
    assert_eq!(cards(&window)[..2], [127, 126], "the strongest is the strongest");
    let caption = window.names().into_iter().find(|name| name.starts_with("Channel 127 · up to "));
    let caption = caption.unwrap_or_else(|| panic!("{:?}", window.names()));
    assert!(caption.ends_with(" · along the border"), "{caption}");
    window.harness.get_by_label("Look at channel 127").hover();
    window.harness.run_steps(60);
    assert!(window.says("often that is the padding of the network"), "{:?}", window.names());
    window.click("Order of the channels");
    window.click("most unusual first");
    let cards = cards(&window);
    assert!(cards[0] == 126 && !cards.contains(&127), "{cards:?}");
}

#[test]
fn the_name_of_an_imported_box_leaves_the_caption_of_the_channel_free() {
    let mut window = inside();
    let whole = vec![marked(4, "wheel", [0.0, 0.0, 960.0, 960.0])];
    window.tell([Event::ImageBoxes(ImageBoxes { image: ImageId(0), count: 1, boxes: whole })]);
    window.settle();
    window.picture("inside_box_and_caption");
    let caption = window.harness.get_by_label_contains("Channel 127 · up to ").rect();
    let picture = window.harness.get_by_label("Box 1: wheel").rect();
    assert!(picture.intersects(caption), "{caption:?} lies over {picture:?}");
    // It is hit where it stands now.
    click_at(&mut window, pos2(picture.left(), caption.bottom()) + vec2(9.0, 10.0));
    let all = Region { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    assert_eq!(window.session().opened.chosen.region, Some(all));
}

#[test]
fn without_a_picture_a_network_or_a_readable_file_the_view_says_what_to_do() {
    let mut window = Window::open(Setup { size: vec2(1900.0, 1300.0), ..Setup::default() });
    let mut events = collection::opened(60);
    let pictures = events.split_off(2);
    window.tell(events);
    window.harness.run_steps(3);
    // The first picture is looked at by itself, unless something else was asked for before it was known.
    window.harness.state_mut().act(Choose::Like(Some(Example::Label("blobs".into()))));
    window.tell(pictures);
    window.settle();
    assert_eq!(window.session().opened.chosen.probe, None);
    window.click("Look inside");
    window.harness.get_by_label("Choose a picture to look inside");
    window.click("Look inside the first picture");
    window.harness.get_by_label(INSIDE);
    let layer = window.session().opened.chosen.layer;
    window.tell([Event::Problem {
        of: Asked::Look(LookKind::Activations { image: ImageId(0), layer }),
        problem: Problem::new("The network could not be loaded", "its file is gone: net.onnx"),
    }]);
    window.settle();
    window.harness.get_by_label("The network could not be loaded");
    window.harness.get_by_label_contains("its file is gone");
    let own = Arc::new(Collection { network_file: NetworkFile::Vectors("mine".into()), ..collection::collection() });
    window.tell(collection::opened(6).into_iter().map(|event| match event {
        Event::Opened(_) => Event::Opened(own.clone()),
        event => event,
    }));
    window.settle();
    window.harness.get_by_label("No network is behind these vectors");
}

#[test]
fn a_key_leads_to_the_view() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    assert!(!window.has(INSIDE));
    window.harness.key_press_modifiers(Modifiers::ALT, Key::L);
    window.settle();
    window.harness.get_by_label(INSIDE);
}

#[test]
fn in_little_room_the_picture_and_every_control_are_in_sight() {
    let size = vec2(800.0, 600.0);
    let mut window = Window::with_images(60, Setup { size, ..Setup::default() });
    window.click(FIRST);
    window.click("Look inside");
    window.picture("inside_small");
    for name in [INSIDE, "Order of the channels", "Overlay strength", "Compare with…", "Deeper layer"] {
        let rect = window.harness.get_by_label(name).rect();
        assert!(rect.min.x >= 0.0 && rect.max.x <= size.x && rect.max.y <= size.y, "{name} at {rect:?}");
        assert!(rect.height() >= 12.0, "{name} at {rect:?}");
    }
}

#[test]
fn a_region_is_drawn_on_the_large_picture_and_neighbours_are_searched_with_that_part() {
    let mut window = inside();
    let middle = window.harness.get_by_label("Looking inside blobs/000000.png").rect().center();
    let drag = |window: &mut Window, from: Vec2, to: Vec2| {
        window.harness.drag_at(middle + from);
        window.harness.run_steps(2);
        for share in [0.3, 0.7, 1.0] {
            window.harness.hover_at(middle + from + (to - from) * share);
            window.harness.run_steps(2);
        }
        window.harness.drop_at(middle + to);
        window.settle();
    };
    drag(&mut window, vec2(-40.0, -40.0), vec2(50.0, 30.0));
    assert_eq!(window.session().opened.chosen.region, None, "a drag moves the picture");
    window.click("Draw a region");
    window.forget_sent();
    drag(&mut window, vec2(-40.0, -40.0), vec2(50.0, 30.0));
    let region = window.session().opened.chosen.region.expect("a region was drawn");
    let sides = [region.right - region.left, region.bottom - region.top];
    assert!(sides.iter().all(|side| (0.05..0.9).contains(side)), "{region:?}");
    let is_it = |example: &Example| matches!(example, Example::Region { image: ImageId(0), .. });
    let asks_with_it = |look: &Look| match look {
        Look::Neighbours(wish) => wish.examples.iter().any(|(example, _)| is_it(example)),
        _ => false,
    };
    assert!(looks(&window).iter().any(asks_with_it), "{:?}", looks(&window));
    // One region a wish: the next drag moves the picture again.
    drag(&mut window, vec2(-20.0, -20.0), vec2(20.0, 20.0));
    assert_eq!(window.session().opened.chosen.region, Some(region));
}

/// A box of the first picture, which is 960 pixels wide and high.
fn marked(id: u32, label: &str, [left, top, width, height]: [f64; 4]) -> ImageBox {
    ImageBox { id, image: ImageId(0), left, top, width, height, label: Some(label.to_owned()), is_crowd: false }
}

/// A wheel in the middle of it, a door in that, and something that lies beside the picture.
fn two_boxes() -> Event {
    let boxes = vec![
        marked(4, "wheel", [240.0, 240.0, 480.0, 480.0]),
        marked(9, "door", [480.0, 288.0, 96.0, 192.0]),
        marked(7, "nowhere", [2000.0, 0.0, 50.0, 50.0]),
    ];
    Event::ImageBoxes(ImageBoxes { image: ImageId(0), count: boxes.len(), boxes })
}

/// Where the name of a box stands.
fn name_of(window: &Window, name: &str) -> Pos2 {
    window.harness.get_by_label(name).rect().min + vec2(9.0, 8.0)
}

/// Presses a button of the pointer there.
fn press_at(window: &mut Window, at: Pos2, button: PointerButton) {
    window.harness.hover_at(at);
    window.harness.run_steps(2);
    for pressed in [true, false] {
        let press = Input::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE };
        window.harness.event(press);
        window.harness.run_steps(1);
    }
    window.settle();
}

fn click_at(window: &mut Window, at: Pos2) {
    press_at(window, at, PointerButton::Primary);
}

#[test]
fn imported_boxes_lie_over_the_picture_at_their_place_and_a_click_on_edge_or_name_asks_with_that_part() {
    let mut window = inside();
    assert!(looks(&window).contains(&Look::Boxes { image: ImageId(0) }), "a worker finds them");
    window.tell([two_boxes()]);
    window.settle();
    window.picture("inside_boxes");
    let room = window.harness.get_by_label(INSIDE).rect();
    let picture = Rect::from_center_size(room.center(), Vec2::splat(room.width().min(room.height())));
    let part = |left: f32, top: f32, width: f32, height: f32| {
        Rect::from_min_size(picture.min + picture.size() * vec2(left, top), picture.size() * vec2(width, height))
    };
    for (name, expected) in [("Box 1: wheel", part(0.25, 0.25, 0.5, 0.5)), ("Box 2: door", part(0.5, 0.3, 0.1, 0.2))] {
        let found = window.harness.get_by_label(name).rect();
        let is_there = (found.min - expected.min).length() < 1.5 && (found.max - expected.max).length() < 1.5;
        assert!(is_there, "{name} at {found:?}, not {expected:?}");
    }
    assert!(!window.says("nowhere"), "nothing of it lies on the picture");
    window.forget_sent();
    // What lies in another one can be pointed at, by its name or its edge.
    let name = name_of(&window, "Box 2: door");
    click_at(&mut window, name);
    let door = Region { left: 0.5, top: 0.3, right: 0.6, bottom: 0.5 };
    assert_eq!(window.session().opened.chosen.region, Some(door));
    let boxed = [(Example::Region { image: ImageId(0), region: door }, 1.0)];
    let asks = |look: &Look| matches!(look, Look::Neighbours(wish) if wish.examples == boxed);
    assert!(looks(&window).iter().any(asks), "{:?}", looks(&window));
    let edge = window.harness.get_by_label("Box 2: door").rect().left_center();
    click_at(&mut window, edge);
    assert_eq!(window.session().opened.chosen.region, None, "a second click asks with the whole again");
    // What is inside is the picture: a click there is on that, and its menu is the picture's.
    let inside = window.harness.get_by_label("Box 1: wheel").rect().lerp_inside(vec2(0.75, 0.75));
    let (before, channel) = (window.session().opened.chosen.region, window.session().opened.chosen.channel);
    click_at(&mut window, inside);
    assert_eq!((window.session().opened.chosen.region, before, channel), (None, None, None));
    assert!(window.session().opened.chosen.channel.is_some(), "it keeps the channel that is strongest there");
    for at in [inside, name_of(&window, "Box 1: wheel")] {
        press_at(&mut window, at, PointerButton::Secondary);
        assert!(window.has("Copy path"), "the menu of the picture: {:?}", window.names());
        window.harness.key_press(Key::Escape);
        window.settle();
    }
    window.click("Boxes");
    assert!(!window.has("Box 1: wheel") && window.has("Boxes"), "{:?}", window.names());
    window.click("Boxes");
    window.harness.get_by_label("Box 1: wheel");
    // Of another picture nothing is known yet, or there are none.
    window.act(Choose::LookAt(ImageId(1)));
    assert!(!window.says("Box 1"), "{:?}", window.names());
}

#[test]
fn imported_boxes_lie_over_the_picture_at_full_size_too_and_one_leads_back_to_what_is_like_it() {
    let mut window = Window::with_images(60, Setup { size: vec2(1400.0, 900.0), ..Setup::default() });
    window.click(FIRST);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.settle();
    assert!(looks(&window).contains(&Look::Boxes { image: ImageId(0) }));
    window.tell([two_boxes()]);
    window.settle();
    window.harness.get_by_label("Box 2: door");
    window.click("Boxes");
    assert!(!window.says("Box 1"), "{:?}", window.names());
    window.click("Boxes");
    let within = window.harness.get_by_label("Box 1: wheel").rect().lerp_inside(vec2(0.75, 0.75));
    click_at(&mut window, within);
    assert_eq!(window.session().opened.chosen.region, None, "what is inside is the picture");
    window.press("Box 2: door");
    let door = Region { left: 0.5, top: 0.3, right: 0.6, bottom: 0.5 };
    assert_eq!(window.session().opened.chosen.region, Some(door));
    assert!(!window.has("Close the picture"), "{:?}", window.names());
    // By the whole network nothing can be asked with a part.
    window.act(Choose::Region(None));
    window.act(Choose::Comparison(Comparison::Network));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.settle();
    window.press("Box 1: wheel");
    assert_eq!(window.session().opened.chosen.region, None);
}

#[test]
fn the_picture_has_the_same_room_whatever_its_shape() {
    for size in [vec2(1400.0, 900.0), vec2(800.0, 600.0)] {
        let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
        let shapes = [(1, 600, 200), (2, 200, 600), (3, 64, 64)];
        let records = shapes.map(|(id, width, height)| {
            let known = collection::images(60)[id].clone();
            ImageRecord { width, height, ..known }
        });
        window.describe(&records);
        window.act(Choose::LookAt(ImageId(0)));
        window.click("Place: Look inside");
        let places = |window: &Window, image: usize| {
            let path = window.session().image(ImageId(image as u32)).expect("it is there").path.text.to_owned();
            let names = [format!("Looking inside {path}"), "Deeper layer".into(), "Order of the channels".into()];
            names.map(|name| window.harness.get_by_label(&name).rect())
        };
        let before = places(&window, 0);
        let room = before[0];
        assert!(room.width() > 0.2 * size.x && room.height() > 0.2 * size.y, "{room:?} of {size:?}");
        for (image, width, height) in shapes {
            window.act(Choose::LookAt(ImageId(image as u32)));
            assert_eq!(places(&window, image), before, "{width} x {height}");
        }
    }
}

#[test]
fn a_small_picture_is_made_as_large_as_its_room_where_something_lies_over_it() {
    let room = Rect::from_min_size(pos2(10.0, 20.0), vec2(900.0, 600.0));
    let place = |mut camera: PictureCamera, size: [u32; 2]| {
        camera.follow(room, size, 1.0);
        camera.place(room, size)
    };
    for size in [[64, 64], [32, 96], [2000, 500]] {
        let filling = place(PictureCamera::filling(), size);
        let reaches = (filling.width() - room.width()).abs() < 0.5 || (filling.height() - room.height()).abs() < 0.5;
        assert!(reaches && room.expand(0.5).contains_rect(filling), "{filling:?} of {size:?}");
    }
    // Elsewhere it keeps its grain.
    assert_eq!(place(PictureCamera::default(), [64, 64]).size(), vec2(256.0, 256.0));
}
