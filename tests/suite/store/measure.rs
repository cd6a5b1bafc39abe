//! Figures, printed and not asserted: `cargo test --release --test suite store::measure -- --ignored --nocapture`.

use std::time::Instant;

use half::f16;
use tiramisu::domain::{ImageId, Pooling};
use tiramisu::store::{FeatureRows, NewImage};

use super::{Place, files, image, layer, spec};

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = run();
    println!("{what}: {:.3} s", start.elapsed().as_secs_f64());
    result
}

fn bytes(folder: &std::path::Path) -> u64 {
    files(folder).iter().map(|(_, bytes)| bytes).sum()
}

/// Resident memory in MiB now, and at most so far.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
    };
    (line("VmRSS:"), line("VmHWM:"))
}

#[test]
#[ignore = "prints figures"]
fn appending_and_reading_features() {
    let place = Place::new();
    let mut spec = spec(&[]);
    // 34 layers, about 7,000 channels in each pooling.
    for number in 0..34_usize {
        let channels = [64, 96, 128, 192, 256, 384, 512][number % 7] - 26;
        spec.columns.extend(Pooling::ALL.map(|pooling| (layer(&format!("layer{number}"), pooling), channels)));
    }
    let channels: usize = spec.columns.iter().map(|(_, channels)| channels).sum();
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    let mut random = fastrand::Rng::with_seed(1);
    let count = 4096_u32;
    for turn in 0..4 {
        let ids = turn * count..(turn + 1) * count;
        let values = |channels: usize| -> Vec<f16> {
            // Half of what leaves a ReLU is zero.
            let number = || (random.f32() - 0.5).max(0.0) * 20.0;
            std::iter::repeat_with(number).take(count as usize * channels).map(f16::from_f32).collect()
        };
        let values: Vec<Vec<f16>> = spec.columns.iter().map(|(_, channels)| *channels).map(values).collect();
        let rows = FeatureRows {
            ids: ids.clone().map(ImageId).collect(),
            paths: ids.clone().map(super::path).collect(),
            labels: ids.map(|id| image(id).record.label).collect(),
            values: spec
                .columns
                .iter()
                .map(|(stored, _)| stored.clone())
                .zip(values.into_iter().map(Into::into))
                .collect(),
        };
        timed(&format!("append {count} rows of {channels} numbers"), || table.append(rows).unwrap());
    }
    let raw = u64::from(count) * 4 * channels as u64 * 2;
    println!("on disk: {} bytes; the numbers alone: {raw} bytes", bytes(table.path()));
    let widest = spec.columns.iter().max_by_key(|(_, channels)| *channels).unwrap();
    timed(&format!("all vectors of {} channels of {} images", widest.1, table.rows()), || {
        table.vectors(&widest.0).unwrap()
    });
    timed("200 single vectors", || {
        for _ in 0..200 {
            table.vector(&widest.0, ImageId(random.u32(0..count * 4))).unwrap();
        }
    });
    timed("open the table", || workspace.read_features(&spec.table_name()).unwrap());
    println!("memory in MiB, now and at most: {:?}", memory());

    let mut more = spec.clone();
    more.columns.push((layer("asked for later", Pooling::Average), 1000));
    let mut supplement = workspace.supplement(&table, &more).unwrap().unwrap();
    supplement.append(super::rows(&more.columns[spec.columns.len()..], 0..count * 4)).unwrap();
    timed(&format!("move 1000 numbers of {} images into the table", table.rows()), || {
        workspace.merge_supplement(&mut table, supplement, &[]).unwrap()
    });
    println!("memory in MiB, now and at most: {:?}", memory());
}

#[test]
#[ignore = "prints figures"]
fn opening_a_hundred_thousand_images() {
    let place = Place::new();
    let mut workspace = place.open();
    let mut random = fastrand::Rng::with_seed(1);
    let count = 100_000_u32;
    timed("append 100,000 images in commits of 2,000", || {
        for first in (0..count).step_by(2000) {
            let rows: Vec<NewImage> = (first..first + 2000)
                .map(|id| {
                    let mut row = image(id);
                    row.thumbnail = Some(std::iter::repeat_with(|| random.u8(..)).take(6000).collect());
                    row
                })
                .collect();
            workspace.append_images(rows).unwrap();
        }
    });
    println!("on disk: {} bytes", bytes(&place.root()));
    drop(workspace);
    println!("memory in MiB, now and at most: {:?}", memory());
    let workspace = timed("open the workspace", || place.open());
    let records = timed("read 100,000 records", || workspace.images().unwrap());
    assert_eq!(records.len(), count as usize);
    for _ in 0..3 {
        let ids: Vec<ImageId> = (0..200).map(|_| ImageId(random.u32(0..count))).collect();
        timed("200 random thumbnails", || workspace.thumbnails(&ids).unwrap());
    }
    let ids: Vec<ImageId> = (5000..5200).map(ImageId).collect();
    timed("200 thumbnails in a row", || workspace.thumbnails(&ids).unwrap());
    println!("memory in MiB, now and at most: {:?}", memory());
}
