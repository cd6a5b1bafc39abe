//! Layers whose numbers do not fit into half precision.

use half::f16;
use tiramisu::analysis::{knn, neighbours};
use tiramisu::domain::{
    ImageId, ImageRecord, IndexKind, IndexRecord, Metric, Numbers, Pooling, Precision, StoredLayer, Vectors,
    VersionName,
};
use tiramisu::store::{FeatureRows, FeatureTable, StoreError, Workspace};

use super::{Place, images, layer, path, rows, spec, value};

/// As [`rows`], but the numbers of one layer are beyond half precision by a factor.
fn loud_rows(
    columns: &[(StoredLayer, usize)],
    loud: &str,
    factor: f32,
    ids: impl IntoIterator<Item = u32>,
) -> FeatureRows {
    let mut rows = rows(columns, ids);
    for (stored, values) in rows.values.iter_mut().filter(|(stored, _)| stored.layer == loud) {
        assert!(stored.layer == loud);
        *values = values.as_ref().iter().map(|value| value * factor).collect::<Vec<f32>>().into();
    }
    rows
}

/// The vectors of a layer are what they should be, image by image, times the factor of each.
fn assert_holds(table: &FeatureTable, stored: &StoredLayer, channels: usize, ids: &[(u32, f32)], precision: Precision) {
    let vectors = table.vectors(stored).unwrap();
    assert_eq!(vectors.ids, ids.iter().map(|(id, _)| ImageId(*id)).collect::<Vec<_>>());
    assert_eq!(vectors.matrix.precision(), precision, "{}", stored.column());
    for (row, (id, factor)) in ids.iter().enumerate() {
        let wanted: Vec<f32> = (0..channels).map(|channel| value(stored, *id, channel).to_f32() * factor).collect();
        assert_eq!(vectors.matrix.row(row).iter().collect::<Vec<_>>(), wanted, "image {id} at {}", stored.column());
        assert_eq!(table.vector(stored, ImageId(*id)).unwrap(), Some(wanted));
    }
}

const LOUD: f32 = 1e5;

#[test]
fn a_layer_that_is_too_large_from_the_start_is_in_single_precision_and_the_others_are_not() {
    let place = Place::new();
    let spec = spec(&[("quiet", 3), ("loud", 5)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    assert_eq!(table.in_single(), []);
    table.append(loud_rows(&spec.columns, "loud", LOUD, 0..20)).unwrap();
    let loud = Pooling::ALL.map(|pooling| layer("loud", pooling));
    assert_eq!(table.in_single(), loud);
    let [all, louder] = [1.0, LOUD].map(|factor| (0..20).map(|id| (id, factor)).collect::<Vec<_>>());
    for table in [table, workspace.read_features(&spec.table_name()).unwrap()] {
        for pooling in Pooling::ALL {
            assert_holds(&table, &layer("quiet", pooling), 3, &all, Precision::Half);
            assert_holds(&table, &layer("loud", pooling), 5, &louder, Precision::Single);
        }
        assert_eq!(table.spec(), spec, "the layers are the same as ever");
    }
    assert_eq!(workspace.feature_tables().unwrap()[0].single, loud);
}

#[test]
fn a_number_that_is_too_large_only_late_rewrites_the_column_and_every_row_keeps_what_it_had() {
    let place = Place::new();
    let spec = spec(&[("quiet", 3), ("loud", 5)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    // Several files, rows that were replaced, and rows that are gone.
    table.append(rows(&spec.columns, 0..30)).unwrap();
    table.append(rows(&spec.columns, 30..45)).unwrap();
    table.replace(rows(&spec.columns, [7, 31])).unwrap();
    table.remove(&[ImageId(3), ImageId(44)]).unwrap();
    let before = table.version();
    table.append(loud_rows(&spec.columns, "loud", LOUD, 45..50)).unwrap();
    assert_eq!(table.version(), before + 2, "the column, then the rows");
    let ids: Vec<(u32, f32)> =
        (0..50).filter(|id| ![3, 44].contains(id)).map(|id| (id, if id < 45 { 1.0 } else { LOUD })).collect();
    let quiet: Vec<(u32, f32)> = ids.iter().map(|(id, _)| (*id, 1.0)).collect();
    let check = |table: &FeatureTable| {
        for pooling in Pooling::ALL {
            assert_holds(table, &layer("quiet", pooling), 3, &quiet, Precision::Half);
            assert_holds(table, &layer("loud", pooling), 5, &ids, Precision::Single);
        }
    };
    check(&table);
    let mut read = workspace.read_features(&spec.table_name()).unwrap();
    check(&read);
    // Ways of reading that do not go by whole columns.
    let loud = layer("loud", Pooling::Maximum);
    let mut seen = Vec::new();
    read.each_feature(&loud, 2, |id, value| {
        seen.push((id.0, value.unwrap()));
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    seen.sort_by_key(|(id, _)| *id);
    let wanted = |(id, factor): &(u32, f32)| (*id, value(&loud, *id, 2).to_f32() * factor);
    assert_eq!(seen, ids.iter().map(wanted).collect::<Vec<_>>());
    // It goes on: small numbers, the other way of writing, files put together, old versions forgotten.
    table.replace(loud_rows(&spec.columns, "loud", LOUD, [46])).unwrap();
    drop(table);
    workspace.maintain(true, &mut |_, _| true).unwrap();
    workspace.delete_old_versions(1).unwrap();
    read.refresh().unwrap();
    check(&read);
    let report = workspace.storage(true, &mut |_, _| true).unwrap();
    let stored = report.tables.iter().find(|table| table.table == spec.table_name()).unwrap();
    for column in &stored.representations {
        let (precision, width) = if column.column.starts_with("loud") { ("single", 5 * 4) } else { ("half", 3 * 2) };
        assert_eq!(column.precision, Some(precision), "{}", column.column);
        assert_eq!(column.memory.ideal, 48 * width, "{}", column.column);
    }
}

#[test]
fn a_state_between_the_column_and_its_rows_is_readable_and_goes_on() {
    let place = Place::new();
    let spec = spec(&[("quiet", 3), ("loud", 5)]);
    let name = spec.table_name();
    let mut workspace = place.open();
    workspace.append_images(images(0..50)).unwrap();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, 0..20)).unwrap();
    table.append(loud_rows(&spec.columns, "loud", LOUD, 20..25)).unwrap();
    let widened = table.version() - 1;
    drop(table);
    // As if somebody had been killed before the second commit.
    workspace.restore(Some(&name), &VersionName::Number(widened)).unwrap();
    drop(workspace);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    let ids: Vec<(u32, f32)> = (0..20).map(|id| (id, 1.0)).collect();
    assert_holds(&table, &layer("loud", Pooling::Average), 5, &ids, Precision::Single);
    table.append(loud_rows(&spec.columns, "loud", LOUD, 20..25)).unwrap();
    let ids: Vec<(u32, f32)> = (0..25).map(|id| (id, if id < 20 { 1.0 } else { LOUD })).collect();
    assert_holds(&table, &layer("loud", Pooling::Average), 5, &ids, Precision::Single);
    // The version before it is one of halves, and can be gone back to and from.
    drop(table);
    workspace.restore(Some(&name), &VersionName::Number(widened - 1)).unwrap();
    let mut table = workspace.features(&spec).unwrap();
    assert_eq!(table.in_single(), []);
    table.append(loud_rows(&spec.columns, "loud", LOUD, 20..25)).unwrap();
    assert_holds(&table, &layer("loud", Pooling::Average), 5, &ids, Precision::Single);
}

#[test]
fn a_layer_added_later_keeps_its_precision_where_it_has_no_vector_too() {
    let place = Place::new();
    let first = spec(&[("quiet", 3)]);
    let wish = spec(&[("quiet", 3), ("loud", 5)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&first).unwrap();
    table.append(rows(&first.columns, 0..9)).unwrap();
    let mut further = workspace.supplement(&table, &wish).unwrap().unwrap();
    let columns = further.columns();
    further.append(rows(&columns, 0..3)).unwrap();
    further.append(loud_rows(&columns, "loud", LOUD, 4..9)).unwrap();
    workspace.merge_supplement(&mut table, further, &[ImageId(3)]).unwrap();
    let ids: Vec<(u32, f32)> = (0..9).filter(|id| *id != 3).map(|id| (id, if id < 3 { 1.0 } else { LOUD })).collect();
    for pooling in Pooling::ALL {
        let loud = layer("loud", pooling);
        let vectors = table.vectors(&loud).unwrap();
        assert_eq!(vectors.ids, ids.iter().map(|(id, _)| ImageId(*id)).collect::<Vec<_>>());
        assert_eq!(vectors.matrix.precision(), Precision::Single);
        assert_eq!(table.vector(&loud, ImageId(3)).unwrap(), None);
        let row: Vec<f32> = vectors.matrix.row(7).iter().collect();
        assert_eq!(row, (0..5).map(|c| value(&loud, 8, c).to_f32() * LOUD).collect::<Vec<_>>());
    }
}

#[test]
fn an_index_over_singles_finds_and_one_over_halves_goes_with_them() {
    const CHANNELS: usize = 32;
    let place = Place::new();
    let spec = spec(&[("loud", CHANNELS)]);
    let (features, source) = (spec.table_name(), spec.columns[0].0.clone());
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    let vector = |id: u32, factor: f32| -> Vec<f32> {
        let mut middle = fastrand::Rng::with_seed(u64::from(id % 40));
        let mut own = fastrand::Rng::with_seed(1000 + u64::from(id));
        (0..CHANNELS).map(|_| (middle.f32() * 4.0 + own.f32()) * factor).collect()
    };
    let append = |table: &mut FeatureTable, ids: std::ops::Range<u32>, factor: f32| {
        let numbers = Numbers::narrowed(ids.clone().flat_map(|id| vector(id, factor)).collect());
        let rows = FeatureRows {
            ids: ids.clone().map(ImageId).collect(),
            paths: ids.clone().map(path).collect(),
            labels: ids.map(|_| None).collect(),
            values: spec.columns.iter().map(|(stored, _)| (stored.clone(), numbers.clone())).collect(),
        };
        table.append(rows).unwrap();
    };
    append(&mut table, 0..2000, 1.0);
    let recorder = workspace.recorder().unwrap();
    let record = IndexRecord {
        source: source.clone(),
        kind: IndexKind::IvfRq,
        metric: Metric::Euclidean,
        rows: 2000,
        built_rows: 2000,
        probes: 16,
        refine: 8,
        recall: 0.99,
        least_recall: 0.9,
        measured_k: 10,
        measured_probes: 40,
        median_ms: 1.0,
        p99_ms: 2.0,
        exact_median_ms: 3.0,
        built_secs: 1.0,
        measured_unix_secs: 0,
        extended: None,
    };
    recorder.build_index(&features, &source, record.kind, record.metric).unwrap();
    recorder.save_index(&features, record.clone()).unwrap();
    table.refresh().unwrap();
    append(&mut table, 2000..4000, 1e6);
    assert_eq!(workspace.indices(&features).unwrap(), [], "it was one of the halves");
    assert_eq!(workspace.lost_indices(&features).unwrap(), std::slice::from_ref(&record));
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let record = IndexRecord { metric, ..record.clone() };
        recorder.build_index(&features, &source, record.kind, metric).unwrap();
        recorder.save_index(&features, record.clone()).unwrap();
        assert_eq!(workspace.lost_indices(&features).unwrap(), []);
        table.refresh().unwrap();
        let vectors = table.vectors(&source).unwrap();
        let mut right = 0;
        // Among numbers a million times as large an index cannot tell the small ones apart.
        for id in (2000..4000).step_by(100).map(ImageId) {
            let probe = neighbours::probe_of(&vectors, id).unwrap();
            let found = table.nearest(&record, &probe, 10).unwrap();
            let exact = neighbours::exact(&vectors, &probe, metric, 10, None, &|| false);
            right += found.iter().filter(|one| exact.iter().any(|other| other.image == one.image)).count();
        }
        assert!(right > 170, "{right} of 200 with {metric:?}");
    }
}

#[test]
fn vectors_are_compared_where_their_squares_are_beyond_single_precision() {
    let numbers = vec![3e33f32, 0.0, 0.0, 4e33, 3e33, 1e33, -3e33, 0.0];
    let matrix = tiramisu::domain::Matrix::of(2, Numbers::Single(numbers));
    let vectors = Vectors { ids: (0..4).map(ImageId).collect(), matrix };
    let of = |metric| -> Vec<(u32, f64)> {
        let found = neighbours::exact(&vectors, &[3e33, 0.0], metric, 4, None, &|| false);
        found.iter().map(|one| (one.image.0, one.score)).collect()
    };
    let near = |found: Vec<(u32, f64)>, wanted: [(u32, f64); 4]| {
        for ((image, score), (wanted, right)) in found.iter().zip(wanted) {
            assert!(*image == wanted && (score - right).abs() <= 1e-6 * right.abs(), "{found:?}");
        }
        assert_eq!(found.len(), 4);
    };
    near(of(Metric::Euclidean), [(0, 0.0), (2, 1e33), (1, 5e33), (3, 6e33)]);
    near(of(Metric::Cosine), [(0, 1.0), (2, 0.948_683_3), (1, 0.0), (3, -1.0)]);
}

#[test]
fn vectors_beyond_the_reach_of_sums_have_the_neighbours_of_their_directions() {
    let mut random = fastrand::Rng::with_seed(33);
    let small: Vec<f32> = (0..60 * 7).map(|_| random.f32() - 0.3).collect();
    let vectors = |factor: f32| {
        let numbers = small.iter().map(|value| value * factor).collect::<Vec<f32>>();
        let matrix = tiramisu::domain::Matrix::of(7, Numbers::Single(numbers));
        Vectors { ids: (0..60).map(ImageId).collect(), matrix }
    };
    // A power of two: nothing is rounded.
    let (near, far) = (vectors(1.0), vectors(2f32.powi(100)));
    let graph = |vectors: &Vectors| knn::exact(vectors, Metric::Cosine, 5, &|| false).unwrap();
    assert_eq!(graph(&far), graph(&near));
}

/// Makes a column what earlier versions wrote: it does not say that its numbers are whole.
fn make_old(place: &Place, table: &str) {
    let path = place.root().join(format!("{table}.lance"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut dataset = lance::Dataset::open(path.to_str().unwrap()).await.unwrap();
        let fields = dataset.schema().fields.clone();
        let without = fields.iter().filter(|field| field.metadata.contains_key("range")).map(|field| {
            let mut metadata = field.metadata.clone();
            metadata.remove("range");
            (u32::try_from(field.id).unwrap(), metadata)
        });
        dataset.replace_field_metadata(without.collect::<Vec<_>>()).await.unwrap();
    });
}

#[test]
fn vectors_that_an_earlier_version_cut_off_are_found_and_looked_for_once() {
    let place = Place::new();
    let spec = spec(&[("quiet", 3), ("loud", 5)]);
    let name = spec.table_name();
    let mut workspace = place.open();
    let recorder = workspace.recorder().unwrap();
    let mut table = workspace.features(&spec).unwrap();
    let mut cut_off = rows(&spec.columns, 0..20);
    for (id, layer, number) in [(4, 2, f16::MAX), (9, 3, f16::MIN), (9, 0, f16::MAX)] {
        let Numbers::Half(values) = &mut cut_off.values[layer].1 else { panic!("halves") };
        let width = values.len() / 20;
        values[id * width + 1] = number;
    }
    table.append(cut_off).unwrap();
    let never = || false;
    assert_eq!(recorder.find_cut_off(&name, &never).unwrap(), Some(vec![]), "a new column is whole");
    make_old(&place, &name);
    table.refresh().unwrap();
    assert_eq!(recorder.find_cut_off(&name, &never).unwrap(), Some(vec![ImageId(4), ImageId(9)]));
    assert_eq!(recorder.find_cut_off(&name, &|| true).unwrap(), None);
    // One of them is made again: the column is in single precision now, and the other is still found.
    table.replace(loud_rows(&spec.columns, "loud", LOUD, [4])).unwrap();
    assert_eq!(recorder.find_cut_off(&name, &never).unwrap(), Some(vec![ImageId(9)]));
    table.replace(rows(&spec.columns, [9])).unwrap();
    assert_eq!(recorder.find_cut_off(&name, &never).unwrap(), Some(vec![]));
    let json = || std::fs::read_to_string(place.root().join("workspace.json")).unwrap();
    assert!(json().contains("quiet_average"), "it is remembered: {}", json());
    // Going back may bring such vectors back.
    workspace.append_images(images(0..20)).unwrap();
    drop(table);
    workspace.restore(Some(&name), &VersionName::Number(2)).unwrap();
    assert!(!json().contains("quiet_average"), "{}", json());
}

#[test]
fn programs_that_know_halves_only_are_told_that_they_are_too_old() {
    let place = Place::new();
    let spec = spec(&[("loud", 5)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    let json = || std::fs::read_to_string(place.root().join("workspace.json")).unwrap();
    table.append(rows(&spec.columns, 0..3)).unwrap();
    assert!(json().contains("\"format\": 1"), "nothing is new: {}", json());
    table.append(loud_rows(&spec.columns, "loud", LOUD, 3..5)).unwrap();
    workspace.prefer(Some(tiramisu::domain::Preference::FastReads)).unwrap();
    assert!(json().contains("\"format\": 2"), "{}", json());
    Workspace::open(&place.root()).unwrap();
    // Without the lock nothing is widened either.
    let mut reader = table.reader();
    let refused = reader.append(loud_rows(&spec.columns, "loud", LOUD, 5..6)).unwrap_err();
    assert!(matches!(refused, StoreError::OpenedForReading { .. }), "{refused}");
}

#[test]
fn whole_activations_keep_numbers_beyond_half_precision_image_by_image() {
    let place = Place::new();
    let workspace = place.open();
    let recorder = workspace.recorder().unwrap();
    let records: Vec<ImageRecord> = images(0..3).into_iter().map(|image| image.record).collect();
    let mut table = recorder.activations("net", "loud", [1, 2, 2]).unwrap();
    let numbers: Vec<f32> = vec![0.5, 1.0, 2.0, 3.0, 1e6, -7e9, 0.1, 0.2, 9.0, 8.0, 7.0, 6.0];
    table.append(&records, numbers.clone()).unwrap();
    let read = workspace.activations("net", "loud").unwrap().unwrap();
    for (number, record) in records.iter().enumerate() {
        let found = read.get(record).unwrap().unwrap();
        assert_eq!(found.as_ref().iter().collect::<Vec<_>>(), numbers[number * 4..(number + 1) * 4]);
        let precision = if number == 1 { Precision::Single } else { Precision::Half };
        assert_eq!(found.precision(), precision);
    }
    let mut seen = Vec::new();
    read.scan(|_, values| {
        seen.extend(values.iter());
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(seen, numbers);
}
