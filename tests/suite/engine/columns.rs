//! What the table of images asks, through the engine's front door.

use std::sync::Arc;

use tiramisu::domain::{
    ColumnOrder, ColumnValue, Distribution, DistributionWish, ImageFacts, ImageId, ImageSet, OrderBy, OrderWish,
    Splits, Spread, TableColumn,
};
use tiramisu::engine::{CatalogueLook, Event, ImportWish, Look, NetworkFile, Request};

use super::extracted;
use crate::support::listener::{Listener, options};

fn splits(listener: &mut Listener) -> Arc<Splits> {
    listener.until("the splits", |event| match event {
        Event::Splits(splits) => Some(splits.clone()),
        _ => None,
    })
}

fn distribution(listener: &mut Listener, wish: DistributionWish) -> Distribution {
    listener.engine.send(Request::Look(Look::Catalogue(CatalogueLook::Distribution(Box::new(wish)))));
    listener.until("the distribution", |event| match event {
        Event::Distributed(distribution) => Some(distribution.clone()),
        _ => None,
    })
}

#[test]
fn imported_splits_are_told_and_columns_are_counted_and_put_in_order() {
    let (dir, workspace, mut listener, collection) = extracted(12);
    let folder = collection.folder.clone();
    let rows = listener.images.iter().take(5).enumerate();
    let rows = rows.map(|(at, image)| format!("{},{}\n", image.path.text, if at < 3 { "train" } else { "val" }));
    let table = dir.path().join("splits.csv");
    std::fs::write(&table, format!("path,split\n{}", rows.collect::<String>())).expect("a table");
    listener.engine.send(Request::Import(ImportWish { path: table, ..ImportWish::default() }));
    let told = splits(&mut listener);
    let first: Vec<ImageId> = listener.images.iter().map(|image| image.id).collect();
    assert_eq!((&told.images["train"], &told.images["val"]), (&first[..3].to_vec(), &first[3..5].to_vec()));
    assert_eq!((told.of(first[4]), told.of(first[5])), (Some("val"), None));
    drop(listener);

    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    let (mut again, mut has_tags) = (None, false);
    let again = listener.until("splits and tags, in either order", |event| {
        match event {
            Event::Splits(splits) => again = Some(splits.clone()),
            Event::Tags(_) => has_tags = true,
            _ => {}
        }
        again.clone().filter(|_| has_tags)
    });
    assert_eq!(again, told, "they are told again with the folder");
    let facts = ImageFacts { images: listener.images.clone().into(), splits: again, ..ImageFacts::default() };
    let shown = ImageSet::first(4);
    let wish = |column| DistributionWish { column, facts: facts.clone(), shown: shown.clone() };
    let counted = distribution(&mut listener, wish(TableColumn::Split));
    let Spread::Names { most, .. } = &counted.spread else { panic!("splits are names") };
    let train = ColumnValue::Name("train".to_owned());
    assert_eq!((&most[0].value, most[0].images, counted.known), (&train, [3, 3], [5, 4]));
    let counted = distribution(&mut listener, wish(TableColumn::Width));
    assert_eq!(counted.known, [12, 4]);

    let order = ColumnOrder { column: TableColumn::Split, is_descending: true };
    let by = OrderBy::Column(Box::new(facts.clone()), order);
    let wish = OrderWish { images: facts.images, by, ..OrderWish::default() };
    listener.engine.send(Request::Look(Look::Catalogue(CatalogueLook::Order { number: 7, wish })));
    let order = listener.until("the order", |event| match event {
        Event::Ordered { number: 7, order } => Some(order.clone()),
        _ => None,
    });
    assert_eq!(order.iter().take(2).collect::<Vec<_>>(), first[3..5], "those of val come first");
}
