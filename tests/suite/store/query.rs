//! Predicates on real tables, compared with the plainest evaluation there is: every image by itself, in three truth values.

use std::cmp::Ordering;

use fastrand::Rng;
use tiramisu::domain::{
    Cluster, ClusterMethod, ClusterWish, Clustering, Count, Grouping, ImageId, ImageRecord, Numbers, Pooling,
    Predicate, StoredLayer,
};
use tiramisu::store::{NewImage, QueryError, Workspace};

use super::{Place, image, layer, rows, spec, value};

const IMAGES: u32 = 150;

/// An image that is now and then without a label, or with one that would be dangerous elsewhere.
fn record(id: u32) -> NewImage {
    let mut new = image(id);
    if id % 11 == 4 {
        new.record.label = Some("o'hara\"; drop -- %".to_owned());
    }
    new
}

fn cluster_of(id: u32) -> Option<u32> {
    (id % 6 != 5).then_some(id % 4)
}

fn has_vector(id: u32) -> bool {
    !id.is_multiple_of(5) && id != 33
}

fn has_tag(id: u32, tag: &str) -> bool {
    match tag {
        "blurred" => id.is_multiple_of(3),
        "it's" => id % 7 == 1,
        _ => false,
    }
}

fn source(pooling: Pooling) -> StoredLayer {
    layer("fire9/concat", pooling)
}

/// A workspace with images, vectors, a clustering with a named cluster, and tags; and the name of the vectors' table.
fn filled(place: &Place) -> (Workspace, String) {
    let mut workspace = place.open();
    workspace.append_images((0..IMAGES).map(record).collect()).unwrap();
    let spec = spec(&[("fire9/concat", 3), ("conv1", 2)]);
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, (0..IMAGES).filter(|id| has_vector(*id)))).unwrap();
    let recorder = workspace.recorder().unwrap();
    let known = |id: ImageId| Some(record(id.0).record);
    for tag in ["blurred", "it's"] {
        let ids: Vec<ImageId> = (0..IMAGES).filter(|id| has_tag(*id, tag)).map(ImageId).collect();
        recorder.add_tag(&ids, tag, known).unwrap();
    }
    // Images 140 and up were not there when the groups were made.
    let ids: Vec<ImageId> = (0..140).map(ImageId).collect();
    let clusters = (0..4)
        .map(|cluster| Cluster { name: (cluster == 2).then(|| "sailing boats".to_owned()), ..Cluster::default() });
    let mut wish = ClusterWish::new(ClusterMethod::KMeans, source(Pooling::Average));
    wish.count = 4;
    let clustering = Clustering {
        features: spec.table_name(),
        wish,
        of: ids.iter().map(|id| cluster_of(id.0)).collect(),
        ids: ids.into(),
        clusters: clusters.collect(),
        agreement: None,
        quality: None,
        elapsed_secs: 0.0,
    };
    recorder.save_clustering(&clustering, known).unwrap();
    (workspace, spec.table_name())
}

fn find(workspace: &Workspace, features: &str, text: &str) -> Vec<u32> {
    let predicate = Predicate::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let found =
        workspace.query(&predicate, Some(features), &|| false).unwrap_or_else(|error| panic!("{text}: {error}"));
    found.into_iter().map(|id| id.0).collect()
}

/// A predicate as text, and what it is of an image by the simplest means.
struct Wanted {
    text: String,
    truth: Box<Truth>,
}

type Truth = dyn Fn(&ImageRecord) -> Option<bool>;

impl Wanted {
    fn new(text: impl Into<String>, truth: impl Fn(&ImageRecord) -> Option<bool> + 'static) -> Self {
        Self { text: text.into(), truth: Box::new(truth) }
    }
}

const SIGNS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

fn holds(sign: &str, order: Ordering) -> bool {
    match sign {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern.first() {
        None => text.is_empty(),
        Some('%') => (0..=text.len()).any(|skipped| like(&pattern[1..], &text[skipped..])),
        Some('_') => !text.is_empty() && like(&pattern[1..], &text[1..]),
        Some(letter) => text.first() == Some(letter) && like(&pattern[1..], &text[1..]),
    }
}

type Text = fn(&ImageRecord) -> Option<&str>;
type Whole = fn(&ImageRecord) -> Option<i64>;

const TEXTS: [(&str, Text); 3] = [
    ("path", |image| Some(&image.path.text)),
    ("label", |image| image.label.as_deref()),
    ("problem", |image| image.problem.as_deref()),
];

const WHOLES: [(&str, Whole); 6] = [
    ("id", |image| Some(i64::from(image.id.0))),
    ("width", |image| Some(i64::from(image.width)).filter(|width| *width > 0)),
    ("height", |image| Some(i64::from(image.height)).filter(|height| *height > 0)),
    ("file_bytes", |image| i64::try_from(image.file_bytes).ok()),
    ("size", |image| i64::try_from(image.file_bytes).ok()),
    ("modified", |image| Some(image.modified_unix_secs)),
];

fn text_test(chance: &mut Rng) -> Wanted {
    let (column, of) = TEXTS[chance.usize(..TEXTS.len())];
    let values = [
        "class 2",
        "class 5",
        "o'hara\"; drop -- %",
        "folder 3/image 10.jpg",
        "the file ends too early",
        "",
        "Class 2",
        "x",
    ];
    let value = values[chance.usize(..values.len())];
    let other = values[chance.usize(..values.len())];
    let quoted = |value: &str| format!("'{}'", value.replace('\'', "''"));
    match chance.u8(0..5) {
        0 | 1 => {
            let sign = SIGNS[chance.usize(..SIGNS.len())];
            let text = format!("{column} {sign} {}", quoted(value));
            Wanted::new(text, move |image| Some(holds(sign, of(image)?.cmp(value))))
        }
        2 => {
            let text = format!("{column} in ({}, {})", quoted(value), quoted(other));
            Wanted::new(text, move |image| of(image).map(|found| found == value || found == other))
        }
        3 => {
            let text = format!("{column} between {} and {}", quoted(value), quoted(other));
            Wanted::new(text, move |image| of(image).map(|found| found >= value && found <= other))
        }
        _ => {
            let patterns = ["class%", "%1_.jpg", "%", "folder _/%", "CLASS%", "o'hara%", "x", "%e%e%"];
            let pattern = patterns[chance.usize(..patterns.len())];
            let in_any_case = chance.bool();
            let word = if in_any_case { "ilike" } else { "like" };
            Wanted::new(format!("{column} {word} {}", quoted(pattern)), move |image| {
                let letters = |text: &str| -> Vec<char> {
                    if in_any_case { text.to_lowercase().chars().collect() } else { text.chars().collect() }
                };
                Some(like(&letters(pattern), &letters(of(image)?)))
            })
        }
    }
}

fn whole_test(chance: &mut Rng) -> Wanted {
    let (column, of) = WHOLES[chance.usize(..WHOLES.len())];
    let base = match column {
        "id" => chance.i64(-5..IMAGES as i64 + 5),
        "width" | "height" => chance.i64(470..800),
        "modified" => 1_700_000_000 - chance.i64(-5..160),
        _ => chance.i64(-1..150) * 1000,
    };
    let sign = SIGNS[chance.usize(..SIGNS.len())];
    match chance.u8(0..5) {
        0 if column != "modified" => {
            let text = format!("{column} {sign} {base}.5");
            let limit = if base < 0 { base as f64 - 0.5 } else { base as f64 + 0.5 };
            Wanted::new(text, move |image| Some(holds(sign, (of(image)? as f64).partial_cmp(&limit)?)))
        }
        1 => {
            let to = base + chance.i64(-3..60);
            let text = format!("{column} between {base} and {to}");
            Wanted::new(text, move |image| of(image).map(|found| (base..=to).contains(&found)))
        }
        2 => {
            let other = base + chance.i64(0..4);
            let text = format!("{column} in ({base}, {other})");
            Wanted::new(text, move |image| of(image).map(|found| found == base || found == other))
        }
        _ => Wanted::new(format!("{column} {sign} {base}"), move |image| Some(holds(sign, of(image)?.cmp(&base)))),
    }
}

/// A calculated number as text, and what it is of an image.
type Calculated = (String, Box<dyn Fn(&ImageRecord) -> Option<f64>>);

fn calculated(chance: &mut Rng, depth: u8) -> Calculated {
    if depth == 0 || chance.u8(0..3) == 0 {
        return match chance.u8(0..4) {
            0 => {
                let number = chance.i32(-3..4);
                (number.to_string(), Box::new(move |_| Some(f64::from(number))))
            }
            1 => {
                let (pooling, channel) = (Pooling::ALL[chance.usize(..2)], chance.usize(0..3));
                let text = format!("feature('fire9/concat', {channel}, '{}')", pooling.word());
                (
                    text,
                    Box::new(move |image| {
                        let number = value(&source(pooling), image.id.0, channel).to_f64();
                        has_vector(image.id.0).then_some(number)
                    }),
                )
            }
            _ => {
                let (column, of) = WHOLES[chance.usize(..5)];
                (column.to_owned(), Box::new(move |image| of(image).map(|number| number as f64)))
            }
        };
    }
    let ((left, a), (right, b)) = (calculated(chance, depth - 1), calculated(chance, depth - 1));
    let sign = ["+", "-", "*", "/"][chance.usize(..4)];
    let of = move |image: &ImageRecord| {
        let (a, b) = (a(image)?, b(image)?);
        let number = match sign {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            _ if b == 0.0 => return None,
            _ => a / b,
        };
        (!number.is_nan()).then_some(number)
    };
    (format!("({left}) {sign} ({right})"), Box::new(of))
}

fn calculated_test(chance: &mut Rng) -> Wanted {
    // Something in it must be of the image.
    let ((left, a), (right, b)) = (calculated(chance, 2), calculated(chance, 1));
    let (left, right) = (format!("id + 0 * ({left})"), format!("({right})"));
    let a = move |image: &ImageRecord| a(image).map(|number| f64::from(image.id.0) + 0.0 * number);
    let a = move |image: &ImageRecord| a(image).filter(|number| !number.is_nan());
    let sign = SIGNS[chance.usize(..SIGNS.len())];
    match chance.u8(0..4) {
        0 => Wanted::new(format!("{left} is null"), move |image| Some(a(image).is_none())),
        1 => Wanted::new(format!("{left} between {right} and 100"), move |image| {
            let (a, b) = (a(image), b(image));
            // One side that does not hold is enough.
            match (a.zip(b).map(|(a, b)| a >= b), a.map(|a| a <= 100.0)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            }
        }),
        2 => Wanted::new(format!("{left} in (7, {right})"), move |image| {
            let (a, b) = (a(image)?, b(image));
            match a == 7.0 || b == Some(a) {
                true => Some(true),
                false => b.map(|_| false),
            }
        }),
        _ => Wanted::new(format!("{left} {sign} {right}"), move |image| {
            Some(holds(sign, a(image)?.partial_cmp(&b(image)?)?))
        }),
    }
}

fn other_test(chance: &mut Rng) -> Wanted {
    let sign = SIGNS[chance.usize(..SIGNS.len())];
    let cluster = |image: &ImageRecord| cluster_of(image.id.0).filter(|_| image.id.0 < 140);
    match chance.u8(0..8) {
        0 => Wanted::new("has_vectors()", |image| Some(has_vector(image.id.0))),
        1 | 2 => {
            let tag = ["blurred", "it's", "nobody"][chance.usize(..3)];
            let text = format!("tag('{}')", tag.replace('\'', "''"));
            Wanted::new(text, move |image| Some(has_tag(image.id.0, tag)))
        }
        3 => {
            // A cluster that does not exist can be compared with, but not looked for.
            let number = chance.u32(if matches!(sign, "<" | "<=" | ">" | ">=") { 0..5 } else { 0..4 });
            let name = ["kmeans-4", "kmeans_4_fire9_concat_average"][chance.usize(..2)];
            let text = format!("cluster('{name}') {sign} {number}");
            Wanted::new(text, move |image| Some(holds(sign, cluster(image)?.cmp(&number))))
        }
        4 => Wanted::new("cluster('kmeans_4') in ('sailing boats', 0)", move |image| {
            cluster(image).map(|cluster| cluster == 2 || cluster == 0)
        }),
        5 => Wanted::new("cluster('kmeans_4') is null", move |image| Some(cluster(image).is_none())),
        6 => {
            let columns: [(&str, &str); 2] = [("width", "height"), ("height", "width")];
            let (left, right) = columns[chance.usize(..2)];
            Wanted::new(format!("{left} {sign} {right}"), move |image| {
                let of = |name| WHOLES.iter().find(|(column, _)| *column == name).and_then(|(_, of)| of(image));
                Some(holds(sign, of(left)?.cmp(&of(right)?)))
            })
        }
        _ => {
            let pooling = Pooling::ALL[chance.usize(..2)];
            let channel = chance.usize(0..3);
            // Also numbers that some features equal in half precision.
            let limit = 1200.0 + f64::from(chance.u32(0..250)) / 8.0;
            let name = ["fire9/concat", "fire9_concat", "Fire9"][chance.usize(..3)];
            let of = move |image: &ImageRecord| {
                let number = value(&source(pooling), image.id.0, channel).to_f64();
                has_vector(image.id.0).then_some(number)
            };
            let field = format!("feature('{name}', {channel}, '{}')", pooling.word());
            match chance.u8(0..3) {
                0 => Wanted::new(format!("{field} is not null"), move |image| Some(of(image).is_some())),
                _ => Wanted::new(format!("{field} {sign} {limit}"), move |image| {
                    Some(holds(sign, of(image)?.partial_cmp(&limit)?))
                }),
            }
        }
    }
}

fn predicate(chance: &mut Rng, depth: u8) -> Wanted {
    if depth == 0 || chance.u8(0..4) == 0 {
        let wanted = match chance.u8(0..5) {
            4 => calculated_test(chance),
            0 => text_test(chance),
            1 => whole_test(chance),
            2 => other_test(chance),
            _ => {
                let (column, of) = TEXTS[chance.usize(..TEXTS.len())];
                Wanted::new(format!("{column} is null"), move |image| Some(of(image).is_none()))
            }
        };
        return wanted;
    }
    match chance.u8(0..5) {
        0 => {
            let inner = predicate(chance, depth - 1);
            Wanted::new(format!("not ({})", inner.text), move |image| (inner.truth)(image).map(|truth| !truth))
        }
        kind => {
            let (left, right) = (predicate(chance, depth - 1), predicate(chance, depth - 1));
            let is_all = kind < 3;
            let word = if is_all { "and" } else { "or" };
            Wanted::new(format!("({}) {word} ({})", left.text, right.text), move |image| {
                match ((left.truth)(image), (right.truth)(image)) {
                    // Kleene: one false makes `and` false, one true makes `or` true, whatever the other is.
                    (Some(truth), _) | (_, Some(truth)) if truth != is_all => Some(truth),
                    (Some(left), Some(right)) => Some(if is_all { left && right } else { left || right }),
                    _ => None,
                }
            })
        }
    }
}

#[test]
fn random_predicates_find_what_a_plain_evaluation_finds() {
    let place = Place::new();
    let (workspace, features) = filled(&place);
    let records = workspace.images().unwrap();
    let mut chance = Rng::with_seed(20_240_501);
    let (mut some, mut all_or_none, mut refused) = (0, 0, 0);
    for _ in 0..400 {
        let depth = chance.u8(0..4);
        let wanted = predicate(&mut chance, depth);
        let expected: Vec<u32> =
            records.iter().filter(|image| (wanted.truth)(image) == Some(true)).map(|image| image.id.0).collect();
        // What divides by a plain zero is refused before it is asked.
        if let Err(error) = Predicate::parse(&wanted.text) {
            assert!(error.what.contains("divided by zero"), "{}: {error}", wanted.text);
            refused += 1;
            continue;
        }
        assert_eq!(find(&workspace, &features, &wanted.text), expected, "{}", wanted.text);
        match expected.len() {
            0 | 150 => all_or_none += 1,
            _ => some += 1,
        }
    }
    assert!(some > 200 && refused < 20, "{some} of {} say something", some + all_or_none);
}

#[test]
fn what_is_unknown_is_neither_true_nor_false() {
    let place = Place::new();
    let (workspace, features) = filled(&place);
    let find = |text| find(&workspace, &features, text);
    let unlabelled = (0..IMAGES).filter(|id| record(*id).record.label.is_none()).count();
    assert!(unlabelled > 10);
    let (yes, no) = (find("label = 'class 2'").len(), find("not label = 'class 2'").len());
    assert_eq!(yes + no + unlabelled, IMAGES as usize);
    assert_eq!(find("label = 'class 2' or label is null").len(), yes + unlabelled);
    // A picture that was not read has no width, not one of 0.
    assert_eq!(find("width < 1000").len() + find("width is null").len(), IMAGES as usize);
    assert!(find("width = 0").is_empty());
    assert_eq!(find("width is null"), find("problem is not null"));
}

#[test]
fn a_feature_is_the_stored_half_precision_number() {
    let place = Place::new();
    let (workspace, features) = filled(&place);
    let table = workspace.read_features(&features).unwrap();
    let vectors = table.vectors(&source(Pooling::Maximum)).unwrap();
    for (row, id) in vectors.ids.iter().enumerate().step_by(17) {
        let number = f64::from(vectors.matrix.row(row).get(1));
        let found = find(&workspace, &features, &format!("feature('fire9/concat', 1, 'maximum') = {number}"));
        assert!(found.contains(&id.0), "{number} of {id:?}");
        let expected: Vec<u32> = vectors
            .ids
            .iter()
            .enumerate()
            .filter(|(row, _)| f64::from(vectors.matrix.row(*row).get(1)) > number)
            .map(|(_, id)| id.0)
            .collect();
        assert_eq!(find(&workspace, &features, &format!("feature('fire9/concat', 1, 'maximum') > {number}")), expected);
    }
}

#[test]
fn what_is_divided_by_zero_or_not_known_is_unknown() {
    let place = Place::new();
    let (workspace, features) = filled(&place);
    let find = |text| find(&workspace, &features, text);
    assert_eq!(find("1 / id > 0"), (1..IMAGES).collect::<Vec<_>>());
    assert!(find("not 1 / id > 0").is_empty(), "of the first it is neither true nor false");
    assert_eq!(find("1 / id is null"), [0]);
    assert_eq!(find("width / height is null"), find("width is null"));
    let wide = find("width / height > 1");
    assert_eq!(wide, find("width > height"));
    assert_eq!(find("2 * width >= width + height"), find("width >= height"));
    assert_eq!(find("feature('conv1', 0) - feature('conv1', 0) = 0"), find("has_vectors()"));
    let error = Predicate::parse("width + feature('conv9', 0) > 1").map(|read| {
        let outcome = workspace.query(&read, Some(&features), &|| false);
        outcome.expect_err("there is no such layer").to_string()
    });
    assert!(error.unwrap().contains("Did you mean conv1?"));
    let asked = std::cell::Cell::new(0);
    let is_stopped = || {
        asked.set(asked.get() + 1);
        asked.get() > 2
    };
    let read = Predicate::parse("feature('conv1', 0) / width > 2").unwrap();
    let outcome = workspace.query(&read, Some(&features), &is_stopped);
    assert!(matches!(outcome, Err(QueryError::Stopped)), "{outcome:?}");
}

#[test]
fn names_that_do_not_exist_are_told_with_their_place_and_the_nearest() {
    let place = Place::new();
    let (workspace, features) = filled(&place);
    for (text, marked, said) in [
        ("id > 1 and cluster('kmeans_5') = 1", "cluster('kmeans_5')", "Did you mean kmeans_4"),
        ("cluster('kmeans_4') = 'sailing boat'", "= 'sailing boat'", "Did you mean sailing boats?"),
        ("id > 1 and cluster('kmeans_4') = 4", "= 4", "There are 0 to 3"),
        ("cluster('kmeans_4') in (1, 99)", "in (1, 99)", "no cluster 99"),
        ("id < 0 and feature('fire8/concat', 1) > 2", "feature('fire8/concat', 1)", "Did you mean fire9/concat?"),
        ("feature('fire9/concat', 3) > 2", "feature('fire9/concat', 3)", "0 to 2"),
    ] {
        let outcome = workspace.query(&Predicate::parse(text).unwrap(), Some(&features), &|| false);
        let Err(QueryError::Predicate(error)) = outcome else { panic!("{text}: {outcome:?}") };
        assert_eq!(&text[error.span.start..error.span.end], marked);
        assert!(error.to_string().contains(said), "{text}: {error}");
    }
    let nothing = workspace.query(&Predicate::parse("has_vectors()").unwrap(), None, &|| false);
    assert!(matches!(nothing, Err(QueryError::Predicate(_))), "{nothing:?}");
    let stopped = workspace.query(&Predicate::parse("id > 1").unwrap(), None, &|| true);
    assert!(matches!(stopped, Err(QueryError::Stopped)), "{stopped:?}");
}

#[test]
fn nothing_is_true_of_what_is_no_number() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images((0..3).map(record).collect()).unwrap();
    let spec = spec(&[("fire9/concat", 3)]);
    let mut table = workspace.features(&spec).unwrap();
    let mut rows = rows(&spec.columns, 0..3);
    for (_, values) in &mut rows.values {
        let Numbers::Half(values) = values else { panic!("halves") };
        values[3 + 1] = half::f16::NAN;
    }
    table.append(rows).unwrap();
    let features = spec.table_name();
    for (text, found) in [
        ("feature('fire9/concat', 1) > 0", vec![0, 2]),
        ("not feature('fire9/concat', 1) > 0", vec![]),
        ("feature('fire9/concat', 1) != 7", vec![0, 2]),
        ("feature('fire9/concat', 1) is null", vec![1]),
        ("feature('fire9/concat', 2) > 0", vec![0, 1, 2]),
    ] {
        assert_eq!(find(&workspace, &features, text), found, "{text}");
    }
}

#[test]
fn a_question_nobody_waits_for_any_more_is_given_up_while_tables_are_read() {
    let place = Place::new();
    let (workspace, features) = filled(&place);
    for text in ["feature('fire9/concat', 1) > 2", "id > 1", "tag('blurred') and width > 2"] {
        // Somebody asks anew after the question was begun.
        let asked = std::cell::Cell::new(0);
        let is_stopped = || {
            asked.set(asked.get() + 1);
            asked.get() > 2
        };
        let outcome = workspace.query(&Predicate::parse(text).unwrap(), Some(&features), &is_stopped);
        assert!(matches!(outcome, Err(QueryError::Stopped)), "{text}: {outcome:?}");
    }
}

#[test]
fn the_largest_predicates_that_are_read_can_be_answered() {
    let place = Place::new();
    let (workspace, features) = filled(&place);
    let tests: Vec<String> = (0..256).map(|id| format!("id = {id}")).collect();
    assert_eq!(find(&workspace, &features, &tests.join(" or ")).len(), IMAGES as usize);
    assert_eq!(find(&workspace, &features, &tests.join(" and ")), [] as [u32; 0]);
    let nested = format!("{}tag('blurred') and id < 10{}", "not (".repeat(16), ")".repeat(16));
    assert_eq!(find(&workspace, &features, &nested), [0, 3, 6, 9]);
    let list: Vec<String> = (0..1000).map(|id| format!("'{id}'")).collect();
    assert!(find(&workspace, &features, &format!("label in ({})", list.join(", "))).is_empty());
    for pattern in ["\\", "%\\", "[", "(", "\\%", "☕%"] {
        find(&workspace, &features, &format!("path like '{pattern}' or path ilike '{pattern}'"));
    }
}

#[test]
fn counts_of_what_was_found_add_up() {
    let place = Place::new();
    let (workspace, features) = filled(&place);
    let ids: Vec<ImageId> = find(&workspace, &features, "id between 10 and 99").into_iter().map(ImageId).collect();
    let count = |grouping| workspace.count_by(&ids, &grouping, Some(&features)).unwrap();
    let of = |counts: &[Count], name: Option<&str>| {
        counts.iter().find(|count| count.name.as_deref() == name).map_or(0, |count| count.images)
    };
    let expected = |passes: &dyn Fn(u32) -> bool| (10..100).filter(|id| passes(*id)).count();

    let labels = count(Grouping::Label);
    assert_eq!(labels.iter().map(|count| count.images).sum::<usize>(), 90);
    assert_eq!(of(&labels, None), expected(&|id| record(id).record.label.is_none()));
    assert!(labels.is_sorted_by(|a, b| a.images >= b.images));
    let tags = count(Grouping::Tag);
    assert_eq!(of(&tags, Some("blurred")), expected(&|id| has_tag(id, "blurred")));
    assert_eq!(of(&tags, None), expected(&|id| !has_tag(id, "blurred") && !has_tag(id, "it's")));
    let clusters = count(Grouping::Cluster("kmeans_4".to_owned()));
    assert_eq!(of(&clusters, Some("sailing boats")), expected(&|id| cluster_of(id) == Some(2)));
    assert_eq!(of(&clusters, None), expected(&|id| cluster_of(id).is_none()));
    assert_eq!(of(&count(Grouping::Problem), Some("the file ends too early")), expected(&|id| id % 5 == 0));
}
