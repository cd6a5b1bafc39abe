//! What counts as a look at an image.

use tiramisu::domain::{ImageId, ImageList, ImageOrder, ImageSet, OrderBy, OrderWish, PerImage, Tags, images_touched};

use super::{ALL, IMAGES};

/// What was done here once: each of these ways would break the bound fifty times over.
#[test]
fn whoever_looks_at_every_image_is_counted() {
    let order: ImageOrder = (0..IMAGES as u32).map(ImageId).collect();
    let column: PerImage<u32> = (0..IMAGES as u32).collect();
    let saved = Tags::from([("mine".to_owned(), (0..IMAGES as u32).map(ImageId).collect())]);
    let list: ImageList = (0..IMAGES as u32).map(ImageId).collect();
    let ways: [(&str, &dyn Fn() -> usize); 12] = [
        ("to find the place of a picture", &|| {
            order.iter().position(|id| id.index() == IMAGES - 1).map_or(0, |at| at + 1)
        }),
        ("to select all", &|| order.iter().collect::<ImageSet>().len()),
        ("to invert a selection", &|| order.iter().filter(|id| !order.set().contains(*id)).count() + IMAGES),
        ("to list a selection", &|| order.set().iter().count()),
        ("to compare all labels", &|| ALL.iter().filter(|image| image.label != Some("nobody's")).count()),
        ("to count the readable", &|| ALL.iter().filter(|image| image.problem.is_none()).count()),
        ("to copy what is known of each", &|| column.clone().len()),
        ("to take it as a slice", &|| column.iter().copied().max().map_or(0, |last| last as usize + 1)),
        ("to compare it", &|| if column == (0..IMAGES as u32).collect::<Vec<u32>>() { column.len() } else { 0 }),
        ("to list who bears a tag", &|| saved.bearers("mine").len()),
        ("to list what is taken away", &|| list.iter().count()),
        ("to filter and sort", &|| {
            let wish = OrderWish { images: ALL.clone(), by: OrderBy::Pixels, ..OrderWish::default() };
            wish.make(&|| false).map_or(0, |order| order.len())
        }),
    ];
    for (why, way) in ways {
        let before = images_touched();
        assert_eq!(way(), IMAGES, "{why}");
        let touched = images_touched() - before;
        assert!(touched >= IMAGES as u64, "{why}: only {touched} are counted");
    }
}
