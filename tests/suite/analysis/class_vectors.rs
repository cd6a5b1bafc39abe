//! Class vectors, their arithmetic, and the text files they come and go in.

use std::path::PathBuf;

use half::f16;
use serde::Deserialize;
use tiramisu::analysis::class_vectors::{ClassVectors, LayerMeans, minus, plus, score};
use tiramisu::analysis::statistics::Statistics;
use tiramisu::domain::Metric;
use tiramisu::export::ExportError;
use tiramisu::export::ivf::{InterchangeError, read_cfg, read_ivf, write_cfg, write_ivf};

use super::{ALWAYS, NEVER};

#[derive(Deserialize)]
struct Methods {
    arith: Arithmetic,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
struct Arithmetic {
    layers: Vec<usize>,
    #[serde(rename = "A")]
    images_a: Vec<Vec<f32>>,
    #[serde(rename = "B")]
    images_b: Vec<Vec<f32>>,
    #[serde(rename = "C")]
    images_c: Vec<Vec<f32>>,
    a: Vec<f64>,
    b: Vec<f64>,
    c: Vec<f64>,
    a_minus_b: Vec<f64>,
    a_plus_b: Vec<f64>,
    cos: CosineDistances,
    eucl_ab: f64,
}

#[derive(Deserialize)]
struct CosineDistances {
    ab: f64,
    ac: f64,
    bc: f64,
    minus_c: f64,
    plus_c: f64,
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|class| format!("class {class}")).collect()
}

fn assert_rows(got: &[f32], expected: &[f64]) {
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(expected) {
        assert!((f64::from(*got) - expected).abs() < 1e-6, "{got} instead of {expected}");
    }
}

#[test]
fn class_vectors_and_their_arithmetic_are_those_of_the_independent_program() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/embedding/methods.json");
    let Methods { arith } = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut first = 0;
    let layers: Vec<LayerMeans> = arith
        .layers
        .iter()
        .map(|channels| {
            let range = first..first + channels;
            first += channels;
            let mut means = LayerMeans::new("layer", *channels, 3);
            for (class, images) in [&arith.images_a, &arith.images_b, &arith.images_c].into_iter().enumerate() {
                images.iter().for_each(|row| means.add_row(class, &row[range.clone()]));
            }
            means
        })
        .collect();
    let vectors = ClassVectors::new(names(3), layers, true);
    let [a, b, c] = [0, 1, 2].map(|class| vectors.row(class));
    assert_rows(a, &arith.a);
    assert_rows(b, &arith.b);
    assert_rows(c, &arith.c);
    assert_rows(&minus(a, b), &arith.a_minus_b);
    assert_rows(&plus(a, b), &arith.a_plus_b);
    let distance = |a: &[f32], b: &[f32]| (1.0 - score(Metric::Cosine, a, b)) as f32;
    let got = [distance(a, b), distance(a, c), distance(b, c), distance(&minus(a, b), c), distance(&plus(a, b), c)];
    let CosineDistances { ab, ac, bc, minus_c, plus_c } = arith.cos;
    assert_rows(&got, &[ab, ac, bc, minus_c, plus_c]);
    assert_rows(&vectors.cosine_distances(NEVER).unwrap(), &[0.0, ab, ac, ab, 0.0, bc, ac, bc, 0.0]);
    assert_rows(&vectors.euclidean_distances(NEVER).unwrap()[1..2], &[arith.eucl_ab]);
    let nearest = vectors.nearest(&minus(a, b), Metric::Cosine, 5, &[0, 1]);
    assert_eq!(nearest.iter().map(|n| n.class).collect::<Vec<_>>(), [2], "the operands are left out");
    assert_rows(&[(1.0 - nearest[0].score) as f32], &[minus_c]);
}

#[test]
fn a_class_vector_is_the_mean_with_each_layer_of_length_one() {
    let mut first = LayerMeans::new("first", 2, 2);
    let half: Vec<f16> = [3.0, 0.0, 3.0, 8.0, 100.0, 100.0, 0.0, 0.0].map(f16::from_f32).to_vec();
    first.add_rows(&[Some(0), Some(0), None, Some(1)], &half);
    let mut second = LayerMeans::new("second", 1, 2);
    second.add_row(0, &[5.0]);
    let plain = ClassVectors::new(names(2), vec![first.clone(), second.clone()], false);
    assert_eq!(plain.values, [3.0, 4.0, 5.0, 0.0, 0.0, 0.0]);
    assert_eq!(plain.layers, [("first".to_owned(), 2), ("second".to_owned(), 1)]);
    let normalised = ClassVectors::new(names(2), vec![first, second], true);
    assert_eq!(normalised.values, [0.6, 0.8, 1.0, 0.0, 0.0, 0.0], "a class without images is all zeros");
    assert_eq!(normalised.cosine_distances(NEVER).unwrap(), [0.0, 1.0, 1.0, 0.0]);
    assert_eq!(normalised.cosine_distances(ALWAYS), None);
}

#[test]
fn only_activations_above_the_bound_count() {
    let rows: [[f32; 3]; 4] = [[0.5, 1.0, 4.0], [1.5, 3.0, 4.0], [0.0, 9.0, f32::NAN], [2.0, 1.0, 8.0]];
    let means = |layer: LayerMeans| {
        let mut layer = layer;
        rows.iter().for_each(|row| layer.add_row(0, row));
        ClassVectors::new(names(1), vec![layer], false).values
    };
    // Absent is 0, and still counts among the images.
    assert_eq!(means(LayerMeans::new("l", 3, 1)), [1.0, 3.5, 4.0]);
    assert_eq!(means(LayerMeans::new("l", 3, 1).keep_above(1.0)), [0.875, 3.0, 4.0]);
    let mut collection = Statistics::new(3);
    rows.iter().for_each(|row| collection.add_wide_rows(row));
    // Means 1, 3.5, 16/3; deviations .79, 3.28, 1.89.
    let unusual = |deviations: f64| LayerMeans::new("l", 3, 1).keep_unusual(&collection, deviations);
    assert_eq!(means(unusual(0.0)), [0.875, 2.25, 2.0]);
    assert_eq!(means(unusual(1.0)), [0.5, 2.25, 2.0]);
    assert_eq!(means(unusual(3.0)), [0.0; 3]);
    assert_eq!(means(unusual(0.0).keep_above(4.0)), [0.0, 2.25, 2.0], "both bounds hold");
}

#[test]
fn shards_of_sums_add_up() {
    let mut random = fastrand::Rng::with_seed(1);
    let rows: Vec<f16> = (0..60 * 5).map(|_| f16::from_f32(random.f32())).collect();
    let classes: Vec<Option<u32>> = (0..60).map(|_| Some(random.u32(0..4)).filter(|class| *class < 3)).collect();
    let sums = |range: std::ops::Range<usize>| {
        let mut layer = LayerMeans::new("l", 5, 3);
        layer.add_rows(&classes[range.clone()], &rows[range.start * 5..range.end * 5]);
        layer
    };
    let mut merged = sums(20..60);
    merged.merge(&sums(0..20));
    let values = |layer: LayerMeans| ClassVectors::new(names(3), vec![layer], true).values;
    for (a, b) in values(merged).iter().zip(values(sums(0..60))) {
        assert!((a - b).abs() < 1e-6);
    }
}

#[test]
fn nearest_classes_are_ranked_by_the_metric_and_ties_by_place() {
    let vectors = ClassVectors {
        layers: vec![("l".to_owned(), 2)],
        classes: names(5),
        values: vec![1.0, 0.0, 0.0, 1.0, 10.0, 0.0, 1.0, 0.0, f32::NAN, 0.0],
    };
    let found = |metric| {
        let nearest = vectors.nearest(&[1.0, 0.0], metric, 3, &[]);
        nearest.iter().map(|n| (n.class, n.score)).collect::<Vec<_>>()
    };
    assert_eq!(found(Metric::Cosine), [(0, 1.0), (2, 1.0), (3, 1.0)]);
    assert_eq!(found(Metric::Euclidean), [(0, 0.0), (3, 0.0), (1, f64::from(2f32.sqrt()))]);
    assert_eq!(found(Metric::Dot), [(2, 10.0), (0, 1.0), (3, 1.0)]);
}

#[test]
fn distances_of_many_features_are_those_of_a_plain_sum() {
    let mut random = fastrand::Rng::with_seed(2);
    let (classes, features) = (6, 1001);
    let values: Vec<f32> = (0..classes * features).map(|_| random.f32()).collect();
    let vectors = ClassVectors { layers: vec![("l".to_owned(), features)], classes: names(classes), values };
    let sum = |a: usize, b: usize, f: &dyn Fn(f64, f64) -> f64| -> f64 {
        vectors.row(a).iter().zip(vectors.row(b)).map(|(a, b)| f(f64::from(*a), f64::from(*b))).sum()
    };
    let dot = |a, b| sum(a, b, &|a, b| a * b);
    let (cosine, euclidean) = (vectors.cosine_distances(NEVER).unwrap(), vectors.euclidean_distances(NEVER).unwrap());
    for (a, b) in (0..classes).flat_map(|a| (0..classes).map(move |b| (a, b))) {
        let place = a * classes + b;
        assert_rows(&cosine[place..=place], &[1.0 - dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()]);
        let expected = sum(a, b, &|a, b| (a - b).powi(2)).sqrt();
        assert!((f64::from(euclidean[place]) - expected).abs() < 1e-5 * expected.max(1.0));
    }
}

/// A folder that goes away, and a file of this text in it.
fn file(name: &str, text: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn vectors_survive_the_files_of_2015() {
    let folder = tempfile::tempdir().unwrap();
    let (cfg, ivf) = (folder.path().join("net.cfg"), folder.path().join("dog.ivf"));
    let layers = vec![("conv1/7x7_s2".to_owned(), 3), ("a layer".to_owned(), 2), ("prob".to_owned(), 1)];
    write_cfg(&layers, &cfg, false).unwrap();
    assert_eq!(std::fs::read_to_string(&cfg).unwrap(), "conv1/7x7_s2 3\na layer 2\nprob 1\n");
    assert_eq!(read_cfg(&cfg).unwrap(), layers);
    for values in [[0.0, 0.1, -2.5, 1e-30, 3.0e7, 0.0], [0.0; 6]] {
        write_ivf(&values, &ivf, true).unwrap();
        assert_eq!(read_ivf(&ivf, 6).unwrap(), values);
    }
    write_ivf(&[0.0, 0.5, f32::NAN, -2.0], &ivf, true).unwrap();
    assert_eq!(std::fs::read_to_string(&ivf).unwrap(), "0.5 1\n-2 3\n");
    let again = write_ivf(&[1.0], &ivf, false);
    assert!(matches!(again, Err(ExportError::Exists { .. })), "{again:?}");
    for name in ["", " conv", "two\nlines"] {
        let result = write_cfg(&[(name.to_owned(), 1)], &folder.path().join("other.cfg"), false);
        assert!(matches!(result, Err(ExportError::NotWritten { .. })), "{result:?}");
        assert!(!folder.path().join("other.cfg").exists(), "nothing half written is left");
    }
}

#[test]
fn files_written_elsewhere_are_read_with_their_blanks_and_line_ends() {
    let (_folder, path) = file("a.cfg", "\u{feff}conv1\t 64\r\n\r\n  fc 6   10 \r\n");
    assert_eq!(read_cfg(&path).unwrap(), [("conv1".to_owned(), 64), ("fc 6".to_owned(), 10)]);
    let (_folder, path) = file("a.ivf", "\r\n 1.5e0\t3 \r\n\n2 0");
    assert_eq!(read_ivf(&path, 4).unwrap(), [2.0, 0.0, 0.0, 1.5]);
}

#[test]
fn bad_files_are_refused_with_the_line_and_what_to_do() {
    for (text, line, says) in [
        ("conv1 64\nconv2\n", 2, "one word"),
        ("conv1 sixty\n", 1, "whole number above 0"),
        ("conv1 -3\n", 1, "whole number above 0"),
        ("\nconv1 0\n", 2, "whole number above 0"),
        ("conv1 9\nconv2 18446744073709551615\n", 2, "more than any network"),
    ] {
        let (_folder, path) = file("a.cfg", text);
        let error = read_cfg(&path).unwrap_err();
        assert!(matches!(error, InterchangeError::Line { line: found, .. } if found == line), "{error:?}");
        let words = error.to_string();
        assert!(words.starts_with(&format!("line {line} ")) && words.contains(says), "{words}");
        assert!(words.ends_with(&path.display().to_string()), "{words}");
    }
    for (text, line, says) in [
        ("0.5 1\n0.5 -1\n", 2, "whole number from 0"),
        ("0.5 4\n", 1, "the layers have 4 features"),
        ("0.5 1.5\n", 1, "whole number from 0"),
        ("many 1\n", 1, "finite number"),
        ("NaN 1\n", 1, "finite number"),
        ("0.5\n", 1, "1 words"),
        ("0.5 1 2\n", 1, "3 words"),
        ("0.5 1\n\n0.7 1\n", 3, "again"),
    ] {
        let (_folder, path) = file("a.ivf", text);
        let error = read_ivf(&path, 4).unwrap_err();
        assert!(matches!(error, InterchangeError::Line { line: found, .. } if found == line), "{error:?}");
        assert!(error.to_string().contains(says), "{error}");
    }
    for text in ["", "\n \r\n"] {
        let (_folder, path) = file("a.cfg", text);
        assert_eq!(read_cfg(&path), Err(InterchangeError::Empty { path: path.clone() }));
        assert_eq!(read_ivf(&path, 2).unwrap(), [0.0, 0.0], "a vector of zeros has no lines");
    }
    let (folder, path) = file("a.ivf", [0xff, 0xfe, 0x00]);
    let error = read_ivf(&path, 2).unwrap_err().to_string();
    assert!(error.contains("not plain text"), "{error}");
    let missing = read_cfg(&folder.path().join("no.cfg"));
    assert!(matches!(missing, Err(InterchangeError::NotRead { .. })), "{missing:?}");
}
