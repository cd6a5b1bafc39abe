//! What is seen inside a picture: at a point, at every depth, and of parts of other pictures.

use std::sync::Arc;

use tiramisu::domain::{ImageId, Region, strongest_channels};
use tiramisu::engine::{
    ActivationView, ChannelMap, ChannelMapWish, CropWish, EngineOptions, Event, LayerStrip, Look, NetworkFile,
    PointValues, PointWish, Request, StripLayer, StripWish,
};
use tiramisu::gpu::{Compute, Memory};
use tiramisu::images;
use tiramisu::session::strip_layers;

use super::extracted;
use crate::support::listener::{Listener, options};
use crate::support::renderer::adapters;
use crate::support::skipped;

fn activation(listener: &mut Listener, image: ImageId, layer: usize) -> ActivationView {
    listener.engine.send(Request::Look(Look::Activations { image, layer }));
    listener.until("an activation", |event| match event {
        Event::Activations(view) => Some(view.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

fn point(listener: &mut Listener, wish: PointWish) -> PointValues {
    listener.engine.send(Request::Look(Look::Point(wish)));
    listener.until("the values at a place", |event| match event {
        Event::Point(values) => Some(values.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

fn strip(listener: &mut Listener, wish: StripWish) -> Arc<LayerStrip> {
    listener.engine.send(Request::Look(Look::Strip(wish)));
    listener.until("the strip", |event| match event {
        Event::Strip(strip) => Some(strip.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

/// One channel of an activation, row by row.
fn plane(view: &ActivationView, channel: usize) -> Vec<f32> {
    let [_, h, w] = view.values.shape();
    (0..h * w).map(|place| view.values.value(channel, place / w, place % w).expect("on the host")).collect()
}

#[test]
fn the_values_at_a_point_and_their_ranking_are_those_of_the_activation() {
    let (_dir, _workspace, mut listener, collection) = extracted(6);
    let image = ImageId(2);
    for layer in strip_layers(&collection).into_iter().step_by(3) {
        let view = activation(&mut listener, image, layer);
        let [c, h, w] = view.values.shape();
        for place in [[0, 0], [h / 2, w / 3], [h - 1, w - 1]] {
            let told = point(&mut listener, PointWish { image, layer, place });
            assert_eq!(told.wish, PointWish { image, layer, place });
            let plain: Vec<f32> =
                (0..c).map(|channel| view.values.value(channel, place[0], place[1]).expect("on the host")).collect();
            assert_eq!(told.values, plain, "layer {layer} at {place:?}");
            assert_eq!(view.values.values_at(place), Some(plain.clone()));
            // Sorted in the plainest way.
            let mut ranked: Vec<(usize, f32)> = plain.into_iter().enumerate().collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let found: Vec<(usize, f32)> =
                strongest_channels(&told.values, 5).iter().map(|found| (found.channel, found.value)).collect();
            assert_eq!(found, ranked[..5.min(c)]);
        }
        assert_eq!(view.values.values_at([h, 0]), None, "beyond it there is nothing");
    }
}

#[test]
fn what_channels_see_in_images_is_told_image_by_image_and_is_of_their_activations() {
    let (_dir, _workspace, mut listener, collection) = extracted(6);
    let layer = *strip_layers(&collection).last().expect("there are layers");
    let wish = |image: u32, channel: usize| ChannelMapWish { image: ImageId(image), layer, channel };
    let wishes = vec![wish(4, 3), wish(1, 0), wish(4, 1), wish(1, 1_000_000)];
    listener.engine.send(Request::Look(Look::ChannelMaps(wishes)));
    let mut told = |first: u32| {
        listener.until("the channels of an image", |event| match event {
            Event::ChannelMaps(maps) => {
                assert!(maps.iter().all(|map| map.wish.image == ImageId(first)), "{maps:?}");
                Some(maps.clone())
            }
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        })
    };
    let maps: Vec<ChannelMap> = [told(4), told(1)].iter().flat_map(|maps| maps.iter().cloned()).collect();
    assert_eq!(maps.iter().map(|map| map.wish).collect::<Vec<_>>(), [wish(4, 3), wish(4, 1), wish(1, 0)]);
    for ChannelMap { wish, range, map } in maps {
        let view = activation(&mut listener, wish.image, layer);
        let expected = plane(&view, wish.channel);
        let [_, h, w] = map.shape();
        assert!(h.max(w) <= StripLayer::MOST_CELLS && [h, w] == view.values.shape()[1..]);
        let values: Vec<f32> = (0..h * w).map(|at| map.value(0, at / w, at % w).expect("on the host")).collect();
        assert_eq!(values, expected);
        assert_eq!(range, [view.minima[wish.channel], view.maxima[wish.channel]]);
    }
}

#[test]
fn at_every_depth_the_strongest_channel_is_found_where_it_is_and_the_same_one_in_another_picture() {
    let (_dir, _workspace, mut listener, collection) = extracted(8);
    let layers = strip_layers(&collection);
    assert!(layers.len() > 2 && layers.is_sorted(), "{layers:?}");
    let wish = StripWish { image: ImageId(1), beside: Some(ImageId(6)), layers: layers.clone() };
    let found = strip(&mut listener, wish.clone());
    assert_eq!(found.wish, wish);
    assert_eq!(found.layers.iter().map(|layer| layer.layer).collect::<Vec<_>>(), layers);
    for of in &found.layers {
        let views = [1, 6].map(|image| activation(&mut listener, ImageId(image), of.layer));
        let largest = views[0].maxima.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let near = |a: f32, b: f32| (a - b).abs() <= 1e-5 * b.abs().max(1e-3);
        assert!(near(views[0].maxima[of.channel], largest), "layer {}: channel {}", of.layer, of.channel);
        let planes = views.each_ref().map(|view| plane(view, of.channel));
        let smallest = planes.iter().flatten().copied().fold(f32::INFINITY, f32::min);
        let all_largest = planes.iter().flatten().copied().fold(f32::NEG_INFINITY, f32::max);
        assert!(near(of.range[0], smallest) && near(of.range[1], all_largest), "one scale for both: {:?}", of.range);
        for ((map, plane), (view, told)) in of.maps.iter().zip(&planes).zip(views.iter().zip(&of.largest)) {
            assert!(near(*told, view.maxima[of.channel]));
            let ([_, h, w], [one, rows, columns]) = (view.values.shape(), map.shape());
            assert!(one == 1 && rows <= StripLayer::MOST_CELLS && columns <= StripLayer::MOST_CELLS);
            // Each cell is the mean of those that became it.
            let step = h.max(w).div_ceil(StripLayer::MOST_CELLS).max(1);
            assert_eq!((rows, columns), (h.div_ceil(step), w.div_ceil(step)));
            for (row, column) in [(0, 0), (rows - 1, columns - 1), (rows / 2, columns / 3)] {
                let ys = row * step..((row + 1) * step).min(h);
                let xs = column * step..((column + 1) * step).min(w);
                let cells: Vec<f32> = ys.flat_map(|y| xs.clone().map(move |x| y * w + x)).map(|at| plane[at]).collect();
                let mean = cells.iter().sum::<f32>() / cells.len() as f32;
                assert!(near(map.value(0, row, column).expect("on the host"), mean));
            }
        }
    }
}

#[test]
fn the_activation_beside_the_probe_is_that_of_its_picture() {
    let (_dir, _workspace, mut listener, collection) = extracted(6);
    let layer = collection.default_layer();
    let expected = activation(&mut listener, ImageId(4), layer);
    listener.engine.send(Request::Look(Look::Beside { image: ImageId(4), layer }));
    let beside = listener.until("the other activation", |event| match event {
        Event::Beside(view) => Some(view.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    assert_eq!((beside.image, beside.layer, &beside.maxima), (ImageId(4), layer, &expected.maxima));
    assert!(beside.classes.is_empty(), "what classes it shows is not asked");
}

#[test]
fn a_part_of_a_picture_is_cut_from_the_picture_itself() {
    let (_dir, _workspace, mut listener, collection) = extracted(6);
    let image = ImageId(3);
    let part = Region::between((0.25, 0.5), (0.5, 0.75));
    let gone = ImageId(5);
    let record = listener.images.iter().find(|record| record.id == gone).expect("it was found").clone();
    std::fs::remove_file(record.path.below(&collection.folder)).expect("it can be removed");
    listener.engine.send(Request::Look(Look::Crops(vec![CropWish { image, part }, CropWish { image: gone, part }])));
    let mut crops = listener.until("the parts", |event| match event {
        Event::Crops(crops) => Some(crops.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    let broken = crops.pop().expect("two were asked for");
    assert_eq!((broken.wish.image, broken.rgba.len()), (gone, 0), "without pixels, and no problem of its own");
    let crop = crops.pop().expect("two were asked for");
    let record = listener.images.iter().find(|record| record.id == image).expect("it was found").clone();
    let decoded = images::decode(&record.path.below(&collection.folder)).expect("a sample picture").rgb;
    let [width, height] = [decoded.width(), decoded.height()].map(|side| (side / 4).max(1));
    assert!(crop.width.abs_diff(width) <= 1 && crop.height.abs_diff(height) <= 1, "{} x {}", crop.width, crop.height);
    let [left, top] = [(decoded.width() as f32 * 0.25).round() as u32, (decoded.height() as f32 * 0.5).round() as u32];
    for (x, y) in [(0, 0), (width / 2, height / 2)] {
        let at = ((y * crop.width + x) * 4) as usize;
        assert_eq!(crop.rgba[at..at + 3], decoded.get_pixel(left + x, top + y).0, "at ({x}, {y})");
    }
}

/// Set in the process that may open burn's device: it can be opened once per process, and not every driver survives it.
const CHILD: &str = "TIRAMISU_TEST_INSIDE_CHILD";

#[test]
fn what_only_a_graphics_device_can_read_is_read_back_beside_the_frames() {
    if std::env::var_os(CHILD).is_some() {
        return compare_devices();
    }
    if adapters().is_empty() {
        skipped!("there is no graphics adapter");
        return;
    }
    let name = "engine::inside::what_only_a_graphics_device_can_read_is_read_back_beside_the_frames";
    let output = std::process::Command::new(std::env::current_exe().expect("the test knows itself"))
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("the test can start itself");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    // Some software drivers crash when the process ends, after all is done; the word below is what counts.
    assert!(said.contains("the same on both devices"), "{said}\n{complained}");
}

/// A point and a strip, by the processor and by the graphics device.
fn compare_devices() {
    let (dir, workspace, mut listener, collection) = extracted(4);
    let (image, beside, layer) = (ImageId(1), ImageId(3), collection.default_layer());
    let view = activation(&mut listener, image, layer);
    let [_, h, w] = view.values.shape();
    let place = [h / 2, w / 4];
    let plain = view.values.values_at(place).expect("the processor's values can be read");
    let wish = StripWish { image, beside: Some(beside), layers: strip_layers(&collection) };
    let by_processor = strip(&mut listener, wish.clone());
    drop(listener);

    let mut listener = Listener::start(EngineOptions { compute: Compute::Gpu, ..options(dir.path()) });
    listener.open(&collection.folder, &workspace, NetworkFile::Analytic, false);
    listener.until("the collection", |event| matches!(event, Event::Opened(_)).then_some(()));
    let view = activation(&mut listener, image, layer);
    assert!(matches!(view.values.memory(), Memory::Device { .. }), "it stays on the device");
    assert_eq!(view.values.values_at(place), None, "where a view cannot read it");
    let told = point(&mut listener, PointWish { image, layer, place });
    let near = |a: f32, b: f32| (a - b).abs() <= 2e-3 * b.abs().max(0.05);
    assert_eq!(told.values.len(), plain.len());
    assert!(told.values.iter().zip(&plain).all(|(a, b)| near(*a, *b)), "{:?} {plain:?}", told.values);
    // Of a picture that is not looked at, too.
    let other = point(&mut listener, PointWish { image: beside, layer, place });
    assert_eq!(other.values.len(), plain.len());
    let by_device = strip(&mut listener, wish);
    for (a, b) in by_device.layers.iter().zip(&by_processor.layers) {
        assert_eq!((a.layer, a.maps.len()), (b.layer, b.maps.len()));
        assert!(near(a.largest[0], b.largest[0]), "layer {}: {:?} and {:?}", a.layer, a.largest, b.largest);
    }
    println!("the same on both devices");
}
