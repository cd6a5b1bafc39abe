//! Orders of images, and making them.

use tiramisu::domain::{Filter, ImageId, ImageOrder, ImagePath, ImageRecord, ImageRecords, OrderBy, OrderWish};

#[test]
fn every_image_of_an_order_knows_its_place() {
    let mut random = fastrand::Rng::with_seed(9);
    for count in [0, 1, 4096, 4097, 20_000] {
        let mut ids: Vec<ImageId> = (0..count * 3).step_by(3).map(ImageId).collect();
        random.shuffle(&mut ids);
        let (first, rest) = ids.split_at(ids.len() / 2);
        let mut order: ImageOrder = first.iter().copied().collect();
        let before = order.clone();
        rest.iter().for_each(|id| order.push(*id));
        order.push(ids.first().copied().unwrap_or(ImageId(0)));
        if count == 0 {
            continue;
        }
        assert!(order.iter().eq(ids.iter().copied()), "{count}");
        assert_eq!((order.len(), order.first(), order.last()), (ids.len(), ids.first().copied(), ids.last().copied()));
        let places = ids.iter().map(|id| order.place_of(*id).expect("it is there"));
        assert!(places.eq(0..ids.len()), "{count}");
        assert_eq!((order.place_of(ImageId(1)), order.place_of(ImageId(u32::MAX))), (None, None));
        assert_eq!(order.set(), &ids.iter().copied().collect());
        assert_eq!(order.get(ids.len()), None);
        assert!(order.range(ids.len() - 1..ids.len() + 9).eq(ids.last().copied()));
        assert!(before.iter().eq(first.iter().copied()), "a copy stays as it was");
        assert_eq!(order, ids.iter().copied().collect(), "however it was made");
    }
}

fn images() -> Vec<ImageRecord> {
    let mut random = fastrand::Rng::with_seed(2);
    let image = |id: u32| ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: format!("{}/{:03}.png", random.alphabetic(), random.u16(0..999)), raw: None },
        label: random.bool().then(|| random.alphabetic().to_string()),
        width: random.u32(0..9),
        height: 10,
        file_bytes: 1,
        modified_unix_secs: random.i64(0..40),
        problem: (random.u8(0..9) == 0).then(|| "broken".to_owned()),
    };
    (0..700).map(image).collect()
}

#[test]
fn orders_are_those_that_sorting_records_gives() {
    let images = images();
    let order = |by: OrderBy| -> Vec<ImageRecord> {
        let wish = OrderWish { images: ImageRecords::from(images.as_slice()), by, ..OrderWish::default() };
        let order = wish.make(&|| false).expect("it is wanted");
        order.iter().map(|id| images[id.index()].clone()).collect()
    };
    let sorted = |by: fn(&ImageRecord, &ImageRecord) -> std::cmp::Ordering| {
        let mut sorted = images.clone();
        sorted.sort_by(by);
        sorted
    };
    assert!(order(OrderBy::Path) == sorted(|a, b| a.path.cmp(&b.path)));
    assert!(order(OrderBy::Label) == sorted(|a, b| (&a.label, &a.path).cmp(&(&b.label, &b.path))));
    assert!(order(OrderBy::Pixels) == sorted(|a, b| (b.width, a.id).cmp(&(a.width, b.id))));
    assert!(order(OrderBy::Newest) == sorted(|a, b| (b.modified_unix_secs, a.id).cmp(&(a.modified_unix_secs, b.id))));
    let first = [ImageId(30), ImageId(7), ImageId(30), ImageId(9999)];
    let found: Vec<ImageId> = order(OrderBy::First(first.to_vec())).iter().map(|image| image.id).collect();
    let rest = (0..700).filter(|id| ![30, 7].contains(id));
    assert!(found.iter().map(|id| id.0).eq([30, 7].into_iter().chain(rest)));
}

#[test]
fn what_nobody_wants_any_more_is_not_made() {
    let wish = OrderWish { images: images().into(), ..OrderWish::default() };
    assert_eq!(wish.make(&|| true), None);
    let only = Filter { text: "A/ 1".into(), only_problems: true, ..Filter::default() };
    let wish = OrderWish { filter: only.clone(), ..wish };
    let expected = images().into_iter().filter(|image| only.accepts(&image.borrowed())).map(|image| image.id);
    let found = wish.make(&|| false).expect("it is wanted");
    assert_eq!(found.set(), &expected.collect());
}

#[test]
fn a_filter_may_let_nothing_pass_but_some_images() {
    let some = |ids: &[u32]| ids.iter().copied().map(ImageId).collect();
    let filter = Filter { only: Some(some(&[3, 30, 699, 5000])), ..Filter::default() };
    assert!(!filter.is_empty());
    let wish = OrderWish { images: images().into(), filter: filter.clone(), ..OrderWish::default() };
    assert_eq!(wish.make(&|| false).expect("it is wanted").set(), &some(&[3, 30, 699]));
    let written = serde_json::to_string(&filter).expect("a filter can be written");
    let read: Filter = serde_json::from_str(&written).expect("and read");
    assert!(read.is_empty(), "ids mean nothing to whoever reads it: {written}");
}
