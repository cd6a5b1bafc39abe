//! What the table of images shows: orders by columns, how images are distributed over them, and predicates that are narrowed
//! to a part of one.

use std::sync::Arc;

use tiramisu::domain::predicate::{NarrowedColumn, Narrowing, asks_for_tag, with_tag};
use tiramisu::domain::{
    Bin, CentralityWish, ClusterMethod, ClusterWish, Clustering, ColumnKind, ColumnOrder, ColumnValue, Distribution,
    DistributionWish, Faithfulness, Filter, ImageFacts, ImageId, ImagePath, ImageRecord, ImageSet, OrderBy, OrderWish,
    Pooling, Predicate, Projection, Sort, Splits, Spread, StoredLayer, TableColumn, Tags, ValueCount,
};

use crate::support::collection;

/// An image of which its number tells everything.
fn image(index: u32) -> ImageRecord {
    let (width, height) = if index == 7 { (0, 0) } else { (100 * (1 + index % 4), 100 * (1 + index % 3)) };
    ImageRecord {
        id: ImageId(index),
        path: ImagePath { text: format!("{:02}.png", 20 - index), raw: None },
        label: (!index.is_multiple_of(5)).then(|| ["cat", "dog", "cow"][index as usize % 3].to_owned()),
        width,
        height,
        file_bytes: u64::from(index * index) * 1000,
        modified_unix_secs: 1_700_000_000 - i64::from(index) * 86_400,
        problem: (index == 7).then(|| "It ends early.".to_owned()),
    }
}

const IMAGES: u32 = 12;

fn source() -> StoredLayer {
    StoredLayer { layer: "conv3".to_owned(), pooling: Pooling::Average }
}

fn facts() -> ImageFacts {
    let images: Vec<ImageRecord> = (0..IMAGES).map(image).collect();
    let ids = |ids: &[u32]| ids.iter().copied().map(ImageId).collect::<Vec<_>>();
    let clustering = Clustering {
        features: "net".into(),
        wish: ClusterWish::new(ClusterMethod::KMeans, source()),
        // The second image came later, and the last one is in no cluster.
        ids: (0..IMAGES).filter(|id| *id != 1).map(ImageId).collect(),
        of: (0..IMAGES).filter(|id| *id != 1).map(|id| (id < 11).then_some(id % 2)).collect(),
        clusters: Vec::new(),
        agreement: None,
        quality: None,
        elapsed_secs: 0.1,
    };
    let kept =
        Faithfulness { kept_of_each: (0..IMAGES).map(|id| id as f32 / 100.0).collect(), ..Faithfulness::default() };
    let map = Projection { faithfulness: Some(kept), ..collection::projection(source(), &images) };
    ImageFacts {
        images: images.into(),
        splits: Arc::new(Splits {
            images: [("train".to_owned(), ids(&[0, 3, 4])), ("val".to_owned(), ids(&[2]))].into(),
        }),
        tags: Arc::new(Tags::from([
            ("blurred".to_owned(), ids(&[2, 5])),
            ("old".to_owned(), ids(&[1, 5])),
            // It saves a selection, and is no word of these pictures.
            ("selection:first".to_owned(), ids(&[0, 1, 2])),
        ])),
        clustering: Some(Arc::new(clustering)),
        map: Some(Arc::new(map)),
        centrality: Some(Arc::new(collection::central(CentralityWish::new(source()), (0..IMAGES).rev().collect()))),
    }
}

fn ordered(column: TableColumn, is_descending: bool) -> Vec<u32> {
    let facts = facts();
    let by = OrderBy::Column(Box::new(facts.clone()), ColumnOrder { column, is_descending });
    let wish = OrderWish { images: facts.images, by, ..OrderWish::default() };
    wish.make(&|| false).expect("it is wanted").iter().map(|id| id.0).collect()
}

#[test]
fn a_column_orders_images_from_either_end_and_what_is_not_known_comes_last() {
    assert_eq!(ordered(TableColumn::FileBytes, false), (0..IMAGES).collect::<Vec<_>>());
    assert_eq!(ordered(TableColumn::FileBytes, true), (0..IMAGES).rev().collect::<Vec<_>>());
    // Paths count down, and what is the same in a column is in their order.
    assert_eq!(ordered(TableColumn::Path, false), (0..IMAGES).rev().collect::<Vec<_>>());
    assert_eq!(ordered(TableColumn::Path, true), (0..IMAGES).collect::<Vec<_>>());
    assert_eq!(ordered(TableColumn::Modified, true), (0..IMAGES).collect::<Vec<_>>());
    let widths: Vec<u32> = [8, 4, 0, 9, 5, 1, 10, 6, 2, 11, 3, 7].to_vec();
    assert_eq!(ordered(TableColumn::Width, false), widths);
    let last = |column, is_descending| *ordered(column, is_descending).last().expect("an image");
    for column in [TableColumn::Width, TableColumn::Height, TableColumn::Shape, TableColumn::Pixels] {
        assert_eq!([last(column, false), last(column, true)], [7, 7], "{column:?}");
    }
    let labels = ordered(TableColumn::Label, true);
    assert_eq!((&labels[..3], &labels[9..]), (&[7, 4, 1][..], &[10, 5, 0][..]), "dogs first, those without last");
    assert_eq!(ordered(TableColumn::Tags, false)[..3], [5, 2, 1], "by the first of several");
    assert_eq!(ordered(TableColumn::Tags, true)[..3], [1, 5, 2]);
    assert_eq!(ordered(TableColumn::Problem, true)[0], 7);
    assert_eq!(ordered(TableColumn::Split, true)[..4], [2, 4, 3, 0]);
    let clusters = ordered(TableColumn::Cluster, true);
    assert_eq!((clusters[0], &clusters[10..]), (9, &[11, 1][..]), "the later one has its row elsewhere");
    assert_eq!(ordered(TableColumn::Kept, true)[0], 11);
    assert_eq!(ordered(TableColumn::InDegree, false)[0], 11);
}

#[test]
fn an_order_by_a_column_is_called_by_the_name_that_it_has_in_the_gallery() {
    for sort in Sort::ALL {
        match sort.column_order() {
            Some(order) => assert_eq!(Sort::by(order), sort),
            None => assert_eq!(sort, Sort::Similarity),
        }
    }
    for column in TableColumn::ALL {
        for is_descending in [false, true] {
            let order = ColumnOrder { column, is_descending };
            assert_eq!(Sort::by(order).column_order(), Some(order));
        }
    }
}

fn distribution(facts: &ImageFacts, column: TableColumn, shown: &[u32]) -> Distribution {
    let shown: ImageSet = shown.iter().copied().map(ImageId).collect();
    let wish = DistributionWish { column, facts: facts.clone(), shown };
    wish.count(&|| false).expect("it is wanted")
}

fn bins(facts: &ImageFacts, column: TableColumn, shown: &[u32]) -> Vec<Bin> {
    match distribution(facts, column, shown).spread {
        Spread::Bins(bins) => bins,
        Spread::Names { .. } => panic!("{column:?} has numbers"),
    }
}

#[test]
fn every_number_is_in_one_bar_and_bars_lie_beside_each_other() {
    let facts = facts();
    for column in TableColumn::ALL {
        if !DistributionWish::is_of(column) || column.kind() == ColumnKind::Name {
            continue;
        }
        let bins = bins(&facts, column, &[0, 1, 2]);
        assert!(
            bins.windows(2).all(|pair| pair[0].until == pair[1].from && pair[0].from < pair[0].until),
            "{column:?}"
        );
        assert!((1..=60).contains(&bins.len()), "{column:?}: {} bars", bins.len());
        let known = distribution(&facts, column, &[0, 1, 2]).known;
        let sum = |which: usize| bins.iter().map(|bin| bin.images[which]).sum::<usize>();
        assert_eq!([sum(0), sum(1)], known, "{column:?}");
        for image in facts.images.iter() {
            let Some(value) = facts.number(column, &image) else { continue };
            let holding = bins.iter().filter(|bin| (bin.from..bin.until).contains(&value) && bin.images[0] > 0);
            assert_eq!(holding.count(), 1, "{column:?}: {value}");
        }
    }
    assert_eq!(
        distribution(&facts, TableColumn::Width, &[6, 7]).known,
        [11, 1],
        "one has no width, of two that are shown"
    );
}

#[test]
fn bars_have_borders_that_a_person_would_choose() {
    let facts = facts();
    let dates = bins(&facts, TableColumn::Modified, &[]);
    assert!(dates.iter().all(|bin| bin.from.rem_euclid(43_200.0) == 0.0), "half days: {dates:?}");
    // From 0 to 121,000 bytes: bars that grow, of whole numbers with two digits.
    let bytes = bins(&facts, TableColumn::FileBytes, &[]);
    assert_eq!(bytes[0].from, 0.0);
    assert!(bytes.iter().all(|bin| bin.from.fract() == 0.0), "{bytes:?}");
    assert!(bytes[bytes.len() - 1].until - bytes[bytes.len() - 1].from > bytes[0].until, "{bytes:?}");
    let shapes = bins(&facts, TableColumn::Shape, &[]);
    let within = |value: f64| shapes.iter().any(|bin| bin.from < value - 0.01 && value + 0.01 < bin.until);
    assert!([1.0, 2.0, 0.5].into_iter().all(within), "squares are within a bar, not on its border: {shapes:?}");
    let one: Vec<ImageRecord> = vec![image(3)];
    let one = ImageFacts { images: one.into(), ..ImageFacts::default() };
    for column in [TableColumn::Width, TableColumn::Modified, TableColumn::Shape, TableColumn::FileBytes] {
        let bins = bins(&one, column, &[0]);
        assert_eq!(bins.iter().map(|bin| bin.images).collect::<Vec<_>>(), [[1, 1]], "{column:?}");
    }
    let none = ImageFacts::default();
    assert_eq!(bins(&none, TableColumn::Width, &[]), []);
}

#[test]
fn names_are_counted_the_most_frequent_first_and_those_without_last() {
    let facts = facts();
    let names = |column, shown: &[u32]| match distribution(&facts, column, shown).spread {
        Spread::Names { most, others: 0 } => most,
        other => panic!("{column:?}: {other:?}"),
    };
    let told = |counts: &[ValueCount]| -> Vec<(String, [usize; 2])> {
        counts.iter().map(|count| (count.title.clone(), count.images)).collect()
    };
    let some = told(&names(TableColumn::Label, &[1, 2, 3, 10]));
    let expected = [("cat", [3, 1]), ("cow", [3, 1]), ("dog", [3, 1]), ("(no label)", [3, 1])];
    assert_eq!(some, expected.map(|(name, images)| (name.to_owned(), images)));
    let all: Vec<u32> = (0..IMAGES).collect();
    assert_eq!(names(TableColumn::Label, &all).iter().map(|count| count.images).collect::<Vec<_>>(), [[3, 3]; 4]);
    let tags = told(&names(TableColumn::Tags, &[5, 6]));
    let expected = [("blurred", [2, 1]), ("old", [2, 1]), ("(no tag)", [9, 1])];
    assert_eq!(tags, expected.map(|(name, images)| (name.to_owned(), images)));
    let splits = told(&names(TableColumn::Split, &[2, 3]));
    let expected = [("train", [3, 1]), ("val", [1, 1]), ("(no split)", [8, 0])];
    assert_eq!(splits, expected.map(|(name, images)| (name.to_owned(), images)));
    let clusters = names(TableColumn::Cluster, &[0]);
    assert_eq!(clusters[0].value, ColumnValue::Cluster(0));
    assert_eq!(clusters.iter().map(|count| count.images).collect::<Vec<_>>(), [[6, 1], [4, 0], [2, 0]]);
    assert_eq!(distribution(&facts, TableColumn::Cluster, &[0, 1]).known, [10, 1]);
}

#[test]
fn what_nobody_waits_for_any_more_is_not_counted_to_its_end() {
    let facts = facts();
    for column in TableColumn::ALL.into_iter().filter(|column| DistributionWish::is_of(*column)) {
        let wish = DistributionWish { column, facts: facts.clone(), shown: ImageSet::default() };
        assert_eq!(wish.count(&|| true), None, "{column:?}");
    }
}

fn column(column: TableColumn) -> NarrowedColumn {
    NarrowedColumn::of(column, Some("kmeans_20")).expect("predicates know it")
}

#[test]
fn what_is_narrowed_stands_beside_what_was_written_and_is_found_again() {
    let widths = column(TableColumn::Width);
    let between = |from, to| Narrowing::Between(from, to);
    let one = widths.narrowed("", Some(&between(100.0, 399.0)));
    assert_eq!(one, "width between 100 and 399");
    assert_eq!(widths.narrowing(&one), Some(between(100.0, 399.0)));
    let both =
        column(TableColumn::Label).narrowed(&one, Some(&Narrowing::Values(vec![ColumnValue::Name("o'dog".into())])));
    assert_eq!(both, "width between 100 and 399 and label = 'o''dog'");
    let other = widths.narrowed(&both, Some(&between(5.0, 9.0)));
    assert_eq!(other, "width between 5 and 9 and label = 'o''dog'", "it takes the place of the one before");
    assert_eq!(widths.narrowed(&other, None), "label = 'o''dog'");
    assert_eq!(
        widths.narrowed("label = 'x' or id = 3", Some(&between(5.0, 9.0))),
        "(label = 'x' or id = 3) and width between 5 and 9"
    );
    assert_eq!(widths.narrowing("width >= 100 and id = 3"), Some(between(100.0, f64::INFINITY)), "whoever wrote it");
    assert_eq!(widths.narrowing("width >= 100 or id = 3"), None, "this does not narrow it");
    assert_eq!(widths.narrowing("not width between 1 and 2"), None);
    assert_eq!(
        widths.narrowed("label =", Some(&between(5.0, 9.0))),
        "width between 5 and 9",
        "what cannot be read asks nothing"
    );
    let train = Narrowing::Values(vec![ColumnValue::Name("train".into())]);
    assert_eq!(column(TableColumn::Split).narrowing("split = 'train' and id < 3"), Some(train));
    assert_eq!(
        column(TableColumn::InDegree).narrowed("", Some(&between(2.0, 5.0))),
        "measure('in_degree') between 2 and 5"
    );
    let clusters = column(TableColumn::Cluster);
    let some = Narrowing::Values(vec![ColumnValue::Cluster(3), ColumnValue::Cluster(5)]);
    assert_eq!(clusters.narrowed("", Some(&some)), "cluster('kmeans_20') in (3, 5)");
    assert_eq!(clusters.narrowing("cluster('kmeans_20') in (3, 5)"), Some(some));
    assert_eq!(clusters.narrowing("cluster('other') = 3"), None);
    let nothing = Narrowing::Values(vec![ColumnValue::Nothing]);
    assert_eq!(column(TableColumn::Label).narrowed("id = 3", Some(&nothing)), "id = 3 and label is null");
    assert!(
        NarrowedColumn::of(TableColumn::Cluster, None).is_none()
            && NarrowedColumn::of(TableColumn::Path, None).is_none()
    );
}

#[test]
fn taking_a_part_out_leaves_the_rest_as_it_was_written() {
    let widths = column(TableColumn::Width);
    for (before, after) in [
        ("width between 1 and 2", ""),
        ("(width between 1 and 2)", ""),
        ("WIDTH BETWEEN 1 AND 2 AND id  =  3", "id  =  3"),
        ("id  =  3 And width between 1 and 2", "id  =  3"),
        ("id = 3 and (width between 1 and 2) and label = 'brand'", "id = 3 and label = 'brand'"),
        ("(id = 3 and width between 1 and 2)", "(id = 3)"),
        ("(width between 1 and 2 and id = 3)", "(id = 3)"),
        ("(id = 3 or id = 4) and width between 1 and 2", "(id = 3 or id = 4)"),
        ("label = 'and' and width between 1 and 2 and label = 'and'", "label = 'and' and label = 'and'"),
        ("label = 'x'", "label = 'x'"),
        ("width between 1 and 2 or id = 3", "width between 1 and 2 or id = 3"),
    ] {
        let narrowed = widths.narrowed(before, None);
        assert_eq!(narrowed, after, "{before}");
        assert!(narrowed.is_empty() || Predicate::parse(&narrowed).is_ok(), "{narrowed}");
    }
}

#[test]
fn dates_are_written_in_days_where_they_are_days_and_read_back_to_the_second() {
    let dates = column(TableColumn::Modified);
    for (from, to, written) in [
        (1_699_920_000.0, 1_700_092_799.0, "modified between '2023-11-14' and '2023-11-15'"),
        (1_700_000_400.0, 1_700_000_459.0, "modified between '2023-11-14 22:20' and '2023-11-14 22:20'"),
        (1_700_000_000.0, 1_700_000_009.0, "modified between '2023-11-14 22:13:20' and '2023-11-14 22:13:29'"),
    ] {
        let narrowing = Narrowing::Between(from, to);
        assert_eq!(dates.narrowed("", Some(&narrowing)), written);
        assert_eq!(dates.narrowing(written), Some(narrowing));
    }
}

#[test]
fn every_bar_can_be_written_as_a_predicate_and_is_read_back() {
    let facts = facts();
    let known = |of: &TableColumn| of.kind() != ColumnKind::Date && NarrowedColumn::of(*of, None).is_some();
    for of in TableColumn::ALL.into_iter().filter(|of| known(of) && of.kind() != ColumnKind::Name) {
        for bin in bins(&facts, of, &[]) {
            let narrowing = Narrowing::Between(bin.from, bin.until);
            let written = column(of).narrowed("id = 3", Some(&narrowing));
            assert!(Predicate::parse(&written).is_ok(), "{written}");
            assert_eq!(column(of).narrowing(&written), Some(narrowing), "{written}");
            assert!(written.len() < 80, "a person reads it: {written}");
        }
    }
}

#[test]
fn tags_are_asked_for_one_by_one() {
    let one = with_tag("", "o'k", true);
    assert_eq!(one, "tag('o''k')");
    assert!(asks_for_tag(&one, "o'k") && !asks_for_tag(&one, "ok"));
    let two = with_tag(&one, "blurred", true);
    assert_eq!(two, "tag('o''k') and tag('blurred')");
    assert_eq!(with_tag(&two, "blurred", true), two);
    assert_eq!(with_tag(&two, "o'k", false), "tag('blurred')");
    assert!(!asks_for_tag("not tag('x')", "x"));
    assert!(!Filter { predicate: two, ..Filter::default() }.is_empty());
}

#[test]
fn a_saved_selection_is_no_word_in_the_column_of_tags() {
    let facts = facts();
    let words = |id: u32| facts.in_words(TableColumn::Tags, &facts.images.get(ImageId(id)).expect("an image"));
    assert_eq!([words(0), words(1), words(5)], ["", "old", "blurred, old"]);
    let Spread::Names { most, .. } = distribution(&facts, TableColumn::Tags, &[]).spread else { panic!("names") };
    let titles: Vec<&str> = most.iter().map(|count| count.title.as_str()).collect();
    assert_eq!(titles, ["blurred", "old", "(no tag)"]);
    assert!(ordered(TableColumn::Tags, false)[..3] == [5, 2, 1], "none of it has a place in the order");
}
