//! Sets of images, against the standard library's sets of numbers.

use std::collections::BTreeSet;

use tiramisu::domain::{ImageId, ImageSet};

fn set(ids: &BTreeSet<u32>) -> ImageSet {
    ids.iter().copied().map(ImageId).collect()
}

fn ids(set: &ImageSet) -> Vec<u32> {
    set.iter().map(|image| image.0).collect()
}

/// Ids that lie thick in some places and thin in others, and at the edges of whatever they are kept in.
fn some_ids(random: &mut fastrand::Rng) -> BTreeSet<u32> {
    let edges = [0, 63, 64, 8191, 8192, 16_383, 16_384, 40_000];
    let count = random.usize(0..400);
    let one = |random: &mut fastrand::Rng| match random.u8(0..4) {
        0 => edges[random.usize(0..edges.len())],
        1 => random.u32(0..200),
        2 => random.u32(8000..8400),
        _ => random.u32(0..50_000),
    };
    (0..count).map(|_| one(random)).collect()
}

fn assert_same(set: &ImageSet, ids_of: &BTreeSet<u32>) {
    assert_eq!(ids(set), ids_of.iter().copied().collect::<Vec<_>>());
    assert_eq!(set.len(), ids_of.len());
    assert_eq!(set.is_empty(), ids_of.is_empty());
}

#[test]
fn sets_of_images_join_as_sets_of_numbers_do() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..200 {
        let (a, b) = (some_ids(&mut random), some_ids(&mut random));
        let (images_a, images_b) = (set(&a), set(&b));
        assert_same(&images_a.union(&images_b), &a.union(&b).copied().collect());
        assert_same(&images_a.intersection(&images_b), &a.intersection(&b).copied().collect());
        assert_same(&images_a.difference(&images_b), &a.difference(&b).copied().collect());
        assert_eq!(images_a == images_b, a == b);
        for id in [0, 1, 63, 64, 8191, 8192, 16_384, 49_999, u32::MAX] {
            assert_eq!(images_a.contains(ImageId(id)), a.contains(&id), "{id}");
        }
    }
}

#[test]
fn images_go_in_and_out_of_a_set_one_by_one_and_copies_keep_what_they_had() {
    let mut random = fastrand::Rng::with_seed(11);
    let (mut numbers, mut images) = (BTreeSet::new(), ImageSet::default());
    let mut copies = Vec::new();
    for step in 0..4000 {
        let id = random.u32(0..20_000) / if step % 2 == 0 { 1 } else { 100 };
        match random.bool() {
            true => assert_eq!(images.insert(ImageId(id)), numbers.insert(id), "{id}"),
            false => assert_eq!(images.remove(ImageId(id)), numbers.remove(&id), "{id}"),
        }
        if step % 500 == 0 {
            copies.push((images.clone(), numbers.clone()));
        }
    }
    assert_same(&images, &numbers);
    copies.iter().for_each(|(images, numbers)| assert_same(images, numbers));
    numbers.iter().for_each(|id| assert!(images.remove(ImageId(*id))));
    assert_eq!(images, ImageSet::default(), "an emptied set is an empty set");
}

#[test]
fn equal_sets_are_equal_however_they_were_made() {
    let ascending: ImageSet = (0..30_000).step_by(3).map(ImageId).collect();
    let descending: ImageSet = (0..30_000).step_by(3).rev().map(ImageId).collect();
    assert_eq!(ascending, descending);
    assert_eq!(ascending.union(&descending), ascending);
    assert!(ascending.difference(&descending).is_empty());
    let mut more = ascending.clone();
    assert!(more.is_shared_with(&ascending));
    assert!(!more.insert(ImageId(3)), "it is there");
    assert!(more.is_shared_with(&ascending), "nothing was changed, so nothing is copied");
    more.insert(ImageId(900_000));
    assert_ne!(more, ascending);
    assert!(!more.is_shared_with(&ascending));
    more.remove(ImageId(900_000));
    assert_eq!(more, ascending);
}

#[test]
fn the_first_so_many_images_are_those_with_ids_below() {
    for count in [0, 1, 63, 64, 65, 8191, 8192, 8193, 16_384, 20_000] {
        let first = ImageSet::first(count);
        assert_eq!(first, (0..count as u32).map(ImageId).collect(), "{count}");
        assert_eq!(first.len(), count);
    }
}

#[test]
fn the_words_that_changed_are_told_and_no_others() {
    let mut random = fastrand::Rng::with_seed(9);
    for _ in 0..200 {
        let (a, b) = (some_ids(&mut random), some_ids(&mut random));
        let word = |ids: &BTreeSet<u32>, place: usize| {
            let first = place as u32 * 64;
            ids.range(first..first + 64).fold(0u64, |word, id| word | 1 << (id - first))
        };
        let expected: Vec<(usize, u64)> = (0..50_000 / 64 + 1)
            .filter(|place| word(&a, *place) != word(&b, *place))
            .map(|place| (place, word(&a, place)))
            .collect();
        assert_eq!(set(&a).changed_words(&set(&b)).collect::<Vec<_>>(), expected);
    }
    let mut more = set(&(0..50_000).collect());
    let before = more.clone();
    assert_eq!(more.changed_words(&before).count(), 0);
    more.remove(ImageId(64 * 300 + 1));
    assert_eq!(more.changed_words(&before).collect::<Vec<_>>(), [(300, !2)]);
}
