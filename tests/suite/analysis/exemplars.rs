//! Exemplars of channels, and the features that tell groups and images.

use half::f16;
use tiramisu::analysis::distinguishing::{DistinguishingFeature, MAJORITY, by_codes, by_members, unusual};
use tiramisu::analysis::embedding::TernaryCodes;
use tiramisu::analysis::exemplars::{Exemplar, Exemplars};
use tiramisu::analysis::statistics::Statistics;
use tiramisu::domain::{ImageId, Matrix, Vectors};

use super::{ALWAYS, NEVER};

fn images(list: &[Exemplar]) -> Vec<(u32, f32)> {
    list.iter().map(|exemplar| (exemplar.image.0, exemplar.value)).collect()
}

/// Values with many ties, some zeros and some below; one row an image.
fn random_values(images: usize, channels: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..images).map(|_| (0..channels).map(|_| random.i32(-20..60) as f32 / 4.0).collect()).collect()
}

fn place_of(image: u32, channel: usize) -> u32 {
    image * 31 + channel as u32
}

fn offer(exemplars: &mut Exemplars, image: u32, values: &[f32]) {
    let places: Vec<u32> = (0..values.len()).map(|channel| place_of(image, channel)).collect();
    exemplars.offer(ImageId(image), values, &places);
}

/// Everything sorted.
fn best(values: &[Vec<f32>], channel: usize, count: usize) -> Vec<(u32, f32)> {
    let mut all: Vec<(u32, f32)> = values.iter().enumerate().map(|(image, row)| (image as u32, row[channel])).collect();
    all.retain(|(_, value)| *value > 0.0);
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all.truncate(count);
    all
}

#[test]
fn exemplars_are_the_best_images_whatever_the_order_and_the_shards() {
    let (count, channels, per_channel) = (300, 9, 32);
    let values = random_values(count, channels, 1);
    let mut in_order = Exemplars::new(channels, per_channel);
    (0..count).for_each(|image| offer(&mut in_order, image as u32, &values[image]));
    for channel in 0..channels {
        assert_eq!(images(in_order.of(channel)), best(&values, channel, per_channel));
        assert!(in_order.is_complete(channel));
        assert!(in_order.of(channel).iter().all(|e| e.place == place_of(e.image.0, channel)));
    }
    let mut random = fastrand::Rng::with_seed(2);
    let mut order: Vec<usize> = (0..count).collect();
    for shards in [1, 2, 7] {
        random.shuffle(&mut order);
        let mut parts = vec![Exemplars::new(channels, per_channel); shards];
        for (number, image) in order.iter().enumerate() {
            offer(&mut parts[number % shards], *image as u32, &values[*image]);
        }
        let mut merged = Exemplars::new(channels, per_channel);
        parts.iter().for_each(|part| merged.merge(part));
        assert!(merged == in_order, "{shards} shards");
    }
}

#[test]
fn what_does_not_excite_a_channel_is_no_exemplar() {
    let mut exemplars = Exemplars::new(5, 4);
    offer(&mut exemplars, 0, &[0.0, -1.0, f32::NAN, f32::INFINITY, 0.5]);
    assert_eq!((0..5).map(|channel| exemplars.of(channel).len()).collect::<Vec<_>>(), [0, 0, 0, 0, 1]);
    assert!((0..5).all(|channel| exemplars.is_complete(channel)));
}

#[test]
fn an_image_offered_again_replaces_its_entry() {
    let mut exemplars = Exemplars::new(1, 3);
    for (image, value) in [(0, 9.0), (1, 7.0), (2, 5.0), (3, 3.0)] {
        offer(&mut exemplars, image, &[value]);
    }
    assert_eq!(images(exemplars.of(0)), [(0, 9.0), (1, 7.0), (2, 5.0)]);
    offer(&mut exemplars, 1, &[10.0]);
    assert_eq!(images(exemplars.of(0)), [(1, 10.0), (0, 9.0), (2, 5.0)]);
    // Image 3 had 3 and is gone: image 0 with 1 is not the third best, and must not seem to be.
    offer(&mut exemplars, 0, &[1.0]);
    assert_eq!(images(exemplars.of(0)), [(1, 10.0), (2, 5.0)]);
    assert!(!exemplars.is_complete(0));
    // Better than what was lost, or the lost one itself: it belongs there.
    offer(&mut exemplars, 3, &[3.0]);
    assert_eq!(images(exemplars.of(0)), [(1, 10.0), (2, 5.0), (3, 3.0)]);
    assert!(exemplars.is_complete(0));
    offer(&mut exemplars, 2, &[-1.0]);
    assert_eq!(images(exemplars.of(0)), [(1, 10.0), (3, 3.0)]);
    exemplars.forget(ImageId(1));
    assert_eq!(images(exemplars.of(0)), [(3, 3.0)]);
    // The one with the highest id, too.
    offer(&mut exemplars, 3, &[8.0]);
    assert_eq!(images(exemplars.of(0)), [(3, 8.0)]);
}

#[test]
fn what_a_list_has_is_right_after_any_replacements() {
    let (count, channels, per_channel) = (80, 4, 6);
    let mut values = random_values(count, channels, 3);
    let mut exemplars = Exemplars::new(channels, per_channel);
    let mut random = fastrand::Rng::with_seed(4);
    (0..count).for_each(|image| offer(&mut exemplars, image as u32, &values[image]));
    let mut shorter = 0;
    for (image, new) in random_values(200, channels, 5).into_iter().map(|new| (random.usize(0..count), new)) {
        values[image] = new;
        offer(&mut exemplars, image as u32, &values[image]);
        for channel in 0..channels {
            let list = images(exemplars.of(channel));
            assert_eq!(list, best(&values, channel, list.len()), "the best so many, without a gap");
            let expected = best(&values, channel, per_channel).len();
            assert!(!exemplars.is_complete(channel) || list.len() == expected);
            shorter += usize::from(list.len() < expected);
        }
    }
    assert!(shorter > 0, "replacements did cost entries");
}

#[test]
fn kept_lists_go_on_where_they_stopped() {
    let values = random_values(200, 3, 6);
    let mut whole = Exemplars::new(3, 10);
    let mut first = Exemplars::new(3, 10);
    for (image, row) in values.iter().enumerate() {
        offer(&mut whole, image as u32, row);
        if image < 120 {
            offer(&mut first, image as u32, row);
        }
    }
    let lists = (0..3).map(|channel| first.of(channel).iter().rev().copied().collect()).collect();
    let mut later = Exemplars::from_lists(10, lists);
    let mut by_serde: Exemplars = serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap();
    assert_eq!(by_serde, first);
    for (image, row) in values.iter().enumerate().skip(120) {
        offer(&mut later, image as u32, row);
        offer(&mut by_serde, image as u32, row);
    }
    assert_eq!(by_serde, whole);
    for channel in 0..3 {
        assert_eq!(later.of(channel), whole.of(channel));
    }
}

#[test]
fn what_fell_out_of_kept_lists_is_not_known_any_more() {
    let exemplar = |image, value| Exemplar { image: ImageId(image), value, place: 0 };
    let full = vec![exemplar(2, 5.0), exemplar(0, 9.0), exemplar(1, 7.0)];
    let mut exemplars = Exemplars::from_lists(3, vec![full, vec![exemplar(0, 9.0)]]);
    exemplars.forget(ImageId(0));
    offer(&mut exemplars, 4, &[4.0, 4.0]);
    // An image with 4.5 may have fallen out of the first list, but of the second none has.
    assert_eq!(images(exemplars.of(0)), [(1, 7.0), (2, 5.0)]);
    assert_eq!(images(exemplars.of(1)), [(4, 4.0)]);
    assert_eq!((exemplars.is_complete(0), exemplars.is_complete(1)), (false, true));
    offer(&mut exemplars, 2, &[6.0, 0.0]);
    assert_eq!(images(exemplars.of(0)), [(1, 7.0), (2, 6.0)]);
}

#[test]
fn an_image_in_two_shards_counts_once_with_its_better_value() {
    let mut ours = Exemplars::new(1, 3);
    let mut theirs = ours.clone();
    offer(&mut ours, 1, &[4.0]);
    offer(&mut ours, 2, &[2.0]);
    offer(&mut theirs, 1, &[3.0]);
    offer(&mut theirs, 2, &[5.0]);
    ours.merge(&theirs);
    assert_eq!(images(ours.of(0)), [(2, 5.0), (1, 4.0)]);
}

#[test]
fn what_another_shard_lost_comes_before_what_is_worse() {
    let mut theirs = Exemplars::new(1, 2);
    [(0, 9.0), (1, 7.0), (2, 5.0)].into_iter().for_each(|(image, value)| offer(&mut theirs, image, &[value]));
    theirs.forget(ImageId(0));
    let mut ours = Exemplars::new(1, 2);
    offer(&mut ours, 3, &[3.0]);
    // Image 2 should be second, but is not known any more: image 3 is not.
    ours.merge(&theirs);
    assert_eq!((images(ours.of(0)), ours.is_complete(0)), (vec![(1, 7.0)], false));
}

fn vectors(channels: usize, rows: &[f32]) -> Vectors {
    let ids = (0..rows.len() / channels).map(|id| ImageId(id as u32)).collect();
    Vectors { ids, matrix: Matrix::new(channels, rows.iter().map(|v| f16::from_f32(*v)).collect()) }
}

#[test]
fn a_group_is_told_by_what_most_of_it_has_and_others_have_less() {
    #[rustfmt::skip]
    let plain = [
        1,  1, 1, 0, 1,
        1,  1, 0, 0, 1,
        1,  0, 1, 0, 1,
        1, -1, 0, 1, 1,
        0,  1, 0, 1, 1,
        0,  0, 0, 1, 1,
    ];
    let codes = TernaryCodes::pack((0..6).map(ImageId).collect(), 5, &plain);
    let of = [Some(0), Some(0), Some(0), Some(1), Some(1), None];
    let told = by_codes(&codes, &of, 3, MAJORITY, 9, NEVER).unwrap();
    let told = |group: usize| told[group].iter().map(|t| (t.feature, t.in_group, t.in_rest)).collect::<Vec<_>>();
    let third = (1.0f64 / 3.0) as f32;
    let two_thirds = (2.0f64 / 3.0) as f32;
    // Feature 0 leads by 2/3, 2 by 2/3 of a smaller share, 1 by 1/3; 4 is everywhere.
    assert_eq!(told(0), [(0, 1.0, third), (2, two_thirds, 0.0), (1, two_thirds, third), (4, 1.0, 1.0)]);
    // Half of the group is no majority of it.
    assert_eq!(told(1), [(3, 1.0, 0.25), (4, 1.0, 1.0)]);
    assert_eq!(told(2), [], "an empty group");
    assert_eq!(by_codes(&codes, &of, 3, MAJORITY, 1, NEVER).unwrap()[0].len(), 1);
    assert_eq!(by_codes(&codes, &of, 3, MAJORITY, 1, ALWAYS), None);
}

#[test]
fn telling_features_are_those_of_a_plain_count() {
    let (rows, features, groups) = (700, 600, 5);
    let mut random = fastrand::Rng::with_seed(7);
    let of: Vec<Option<u32>> = (0..rows).map(|_| Some(random.u32(0..6)).filter(|group| *group < 5)).collect();
    // Each group has features of its own, at which +1 is likelier.
    let plain: Vec<i8> = (0..rows * features)
        .map(|place| {
            let own = of[place / features] == Some((place % features) as u32 % 7);
            if random.f32() < if own { 0.6 } else { 0.3 } { 1 } else { -random.i8(0..=1) }
        })
        .collect();
    let codes = TernaryCodes::pack((0..rows as u32).map(ImageId).collect(), features, &plain);
    let told = by_codes(&codes, &of, groups, MAJORITY, usize::MAX, NEVER).unwrap();
    for (group, told) in told.iter().enumerate() {
        let share = |feature: usize, in_group: bool| {
            let of_side: Vec<i8> = (0..rows)
                .filter(|row| (of[*row] == Some(group as u32)) == in_group)
                .map(|row| plain[row * features + feature])
                .collect();
            (of_side.iter().filter(|code| **code == 1).count() as f64 / of_side.len() as f64) as f32
        };
        let mut expected: Vec<DistinguishingFeature> = (0..features)
            .map(|feature| DistinguishingFeature {
                feature,
                in_group: share(feature, true),
                in_rest: share(feature, false),
            })
            .filter(|distinguishing| distinguishing.in_group > 0.5)
            .collect();
        expected.sort_by(|a, b| b.lift().total_cmp(&a.lift()).then(a.feature.cmp(&b.feature)));
        assert!(expected.len() > 50, "{}", expected.len());
        assert!(told.iter().take(20).all(|distinguishing| distinguishing.feature % 7 == group), "its own lead");
        let key = |distinguishing: &DistinguishingFeature| distinguishing.feature;
        let sorted = |list: &[DistinguishingFeature]| {
            let mut list = list.to_vec();
            list.sort_by_key(key);
            list
        };
        assert_eq!(sorted(told), sorted(&expected));
        assert!(told.is_sorted_by(|a, b| a.lift() >= b.lift() - 1e-6));
    }
}

#[test]
fn a_group_is_told_by_the_highest_mean_of_its_standardised_values() {
    let (rows, channels, groups) = (400, 13, 3);
    let mut random = fastrand::Rng::with_seed(8);
    let of: Vec<Option<u32>> = (0..rows).map(|_| Some(random.u32(0..4)).filter(|group| *group < 3)).collect();
    let mut values: Vec<f32> = (0..rows * channels)
        .map(|place| {
            let own = of[place / channels] == Some((place % channels) as u32);
            let value = 100.0 + random.f32() * (place % channels) as f32 + if own { 3.0 } else { 0.0 };
            f16::from_f32(value).to_f32()
        })
        .collect();
    values.iter_mut().skip(12).step_by(channels).for_each(|value| *value = 0.1);
    values[5] = f32::NAN;
    let vectors = vectors(channels, &values);
    let mut collection = Statistics::new(channels);
    collection.add_rows(vectors.matrix.values());
    let in_group = |group: usize| -> Vec<ImageId> {
        (0..rows).filter(|row| of[*row] == Some(group as u32)).map(|row| vectors.ids[row]).collect()
    };
    let members: Vec<Vec<ImageId>> = (0..groups).map(in_group).collect();
    let told = by_members(&vectors, &collection, &members, 5, NEVER).unwrap();
    let std = collection.std();
    for (group, told) in told.iter().enumerate() {
        let mean_z = |channel: usize, in_group: bool| {
            let z: Vec<f64> = (0..rows)
                .filter(|row| (of[*row] == Some(group as u32)) == in_group)
                .map(|row| f64::from(vectors.matrix.row(row).get(channel)))
                .filter(|value| value.is_finite())
                .map(|value| (value - collection.mean()[channel]) / std[channel])
                .collect();
            z.iter().sum::<f64>() / z.len() as f64
        };
        assert_eq!(told[0].feature, group, "the channel that was raised");
        assert!(told.is_sorted_by(|a, b| a.in_group >= b.in_group) && told.len() <= 5);
        for distinguishing in told {
            assert!(distinguishing.in_group > 0.0 && distinguishing.feature != 12, "{distinguishing:?}");
            assert!(
                (f64::from(distinguishing.in_group) - mean_z(distinguishing.feature, true)).abs() < 1e-5,
                "{distinguishing:?}"
            );
            assert!(
                (f64::from(distinguishing.in_rest) - mean_z(distinguishing.feature, false)).abs() < 1e-5,
                "{distinguishing:?}"
            );
        }
        let best = (0..12).map(|channel| mean_z(channel, true)).fold(f64::MIN, f64::max);
        assert!((f64::from(told[0].in_group) - best).abs() < 1e-5);
    }
    assert_eq!(by_members(&vectors, &collection, &members, 5, ALWAYS), None);
}

#[test]
fn unusual_channels_are_those_farthest_from_the_mean() {
    let collection = {
        let mut collection = Statistics::new(6);
        // Means 1, deviations 1; the last never changes.
        collection.add_wide_rows(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0]);
        collection
    };
    let values = [3.0, -4.0, f32::NAN, 1.0, 3.0, 99.0];
    let found = unusual(&values, &collection, 9);
    let expected = [(1, -4.0, -5.0), (0, 3.0, 2.0), (4, 3.0, 2.0)];
    assert_eq!(found.iter().map(|u| (u.channel, u.value, u.z)).collect::<Vec<_>>(), expected);
    assert_eq!(unusual(&values, &collection, 1).len(), 1);
}

#[test]
fn the_costs_of_keeping_exemplars() {
    // Printed, not asserted.
    let (count, channels) = (20_000, 512);
    let mut random = fastrand::Rng::with_seed(9);
    let rows: Vec<Vec<f32>> = (0..50).map(|_| (0..channels).map(|_| random.f32()).collect()).collect();
    let places = vec![0; channels];
    let mut exemplars = Exemplars::new(channels, 32);
    let start = std::time::Instant::now();
    for image in 0..count {
        let row: Vec<f32> = rows[image % 50].iter().map(|value| value * (1.0 + image as f32 * 1e-9)).collect();
        exemplars.offer(ImageId(image as u32), &row, &places);
    }
    let first = start.elapsed().as_secs_f64() * 1e6 / count as f64;
    let start = std::time::Instant::now();
    for image in 0..1000 {
        exemplars.offer(ImageId(image as u32), &rows[image % 50], &places);
    }
    let again = start.elapsed().as_secs_f64() * 1e6 / 1000.0;
    eprintln!("an image offered to {channels} channels: {first:.1} µs, again: {again:.1} µs");
    assert!((0..channels).all(|channel| exemplars.of(channel).len() <= 32));
}
