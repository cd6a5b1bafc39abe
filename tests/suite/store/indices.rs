//! Indices over vectors, against what looking at every one finds.

use std::cell::{Cell, RefCell};

use half::f16;
use tiramisu::analysis::kmeans::coarse;
use tiramisu::analysis::neighbours::{self, NeighbourIndex, Scan};
use tiramisu::analysis::recall;
use tiramisu::domain::{Counted, ImageId, IndexKind, IndexRecord, Matrix, Metric, Neighbour, StoredLayer, Vectors};
use tiramisu::store::{FeatureRows, FeatureTable, IndexCells, Workspace};

use super::{Place, path, spec};

const CHANNELS: usize = 32;

/// Vectors in forty clusters; the same for an id whatever the others are.
fn vector(id: u32) -> Vec<f16> {
    let mut middle = fastrand::Rng::with_seed(u64::from(id % 40));
    let mut own = fastrand::Rng::with_seed(1000 + u64::from(id));
    (0..CHANNELS).map(|_| f16::from_f32(middle.f32() * 4.0 + own.f32())).collect()
}

fn append(table: &mut FeatureTable, ids: std::ops::Range<u32>) {
    let columns = table.columns();
    let values = ids.clone().flat_map(vector).collect::<Vec<f16>>();
    table
        .append(FeatureRows {
            ids: ids.clone().map(ImageId).collect(),
            paths: ids.clone().map(path).collect(),
            labels: ids.map(|_| None).collect(),
            values: columns.iter().map(|(stored, _)| (stored.clone(), values.clone().into())).collect(),
        })
        .unwrap();
}

fn record(source: &StoredLayer, kind: IndexKind, metric: Metric, rows: usize) -> IndexRecord {
    IndexRecord {
        source: source.clone(),
        kind,
        metric,
        rows,
        built_rows: rows,
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
    }
}

#[test]
fn every_kind_of_index_finds_most_of_the_nearest_and_says_how_near_they_are() {
    let place = Place::new();
    let spec = spec(&[("conv", CHANNELS)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    append(&mut table, 0..4000);
    let features = spec.table_name();
    let source = spec.columns[0].0.clone();
    let recorder = workspace.recorder().unwrap();
    let vectors = table.vectors(&source).unwrap();
    assert_eq!(workspace.indices(&features).unwrap(), []);
    for (kind, metric) in [
        (IndexKind::IvfRq, Metric::Cosine),
        (IndexKind::IvfRq, Metric::Euclidean),
        (IndexKind::IvfRq, Metric::Dot),
        (IndexKind::IvfHnswSq, Metric::Euclidean),
        (IndexKind::IvfPq, Metric::Cosine),
    ] {
        recorder.build_index(&features, &source, kind, metric).unwrap();
        let known = workspace.indices(&features).unwrap();
        assert_eq!(known, [], "what is on record is of another measure: who built it may have been killed here");
        let record = record(&source, kind, metric, 4000);
        recorder.save_index(&features, record.clone()).unwrap();
        assert_eq!(workspace.indices(&features).unwrap(), std::slice::from_ref(&record));
        table.refresh().unwrap();
        let at_hand = NeighbourIndex::new(&vectors);
        let mut lists: Vec<(Vec<Neighbour>, Vec<Neighbour>)> = Vec::new();
        let mut from_memory: Vec<(Vec<Neighbour>, Vec<Neighbour>)> = Vec::new();
        for id in (0..4000).step_by(100).map(ImageId) {
            let probe = neighbours::probe_of(&vectors, id).unwrap();
            let found = table.nearest(&record, &probe, 10).unwrap();
            let exact = neighbours::exact(&vectors, &probe, metric, 10, None, &|| false);
            let promising =
                table.promising(&record, &probe, 10).unwrap().expect("distances of such numbers are finite");
            assert!((10..=10 * record.refine as usize).contains(&promising.len()), "{kind:?}: {}", promising.len());
            let scan = Scan { metric, k: 10, exclude: &[], among: None };
            from_memory.push((at_hand.exact_of(&vectors, &probe, &scan, &promising), exact.clone()));
            assert_eq!(found.len(), 10, "{kind:?}");
            for neighbour in &found {
                let row = &neighbours::exact(&vectors, &probe, metric, 4000, None, &|| false);
                let true_score = row.iter().find(|known| known.image == neighbour.image).unwrap().score;
                assert!((neighbour.score - true_score).abs() < 1e-2, "{kind:?} {metric:?}: {neighbour:?} {true_score}");
            }
            lists.push((found, exact));
        }
        let recalls = recall::over(lists.iter().map(|(found, exact)| (&found[..], &exact[..])), 10);
        // Cells and codes are learned by chance: those of products come out differently each time.
        let least = if kind == IndexKind::IvfPq { 0.8 } else { 0.9 };
        assert!(recalls.mean > least, "{kind:?} {metric:?} {recalls:?}");
        let recalls = recall::over(from_memory.iter().map(|(found, exact)| (&found[..], &exact[..])), 10);
        assert!(recalls.mean > least, "{kind:?} {metric:?}, vectors in memory: {recalls:?}");
        let scores = from_memory.iter().flat_map(|(found, exact)| {
            found.iter().filter(|one| {
                exact.iter().any(|other| other.image == one.image && (other.score - one.score).abs() > 1e-6)
            })
        });
        assert_eq!(scores.count(), 0, "{kind:?} {metric:?}: a score is what looking at every one gives");
    }
}

#[test]
fn an_index_is_built_in_cells_that_others_found_and_none_of_one_that_was_stopped() {
    let place = Place::new();
    let spec = spec(&[("conv", CHANNELS)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    append(&mut table, 0..4000);
    let (features, source) = (spec.table_name(), spec.columns[0].0.clone());
    let recorder = workspace.recorder().unwrap();
    let vectors = table.vectors(&source).unwrap();
    for (kind, metric) in [
        (IndexKind::IvfRq, Metric::Cosine),
        (IndexKind::IvfHnswSq, Metric::Euclidean),
        (IndexKind::IvfPq, Metric::Cosine),
    ] {
        let centres = coarse::centres(&vectors, metric, 5, &|| false).unwrap();
        let nearest =
            |matrix: Matrix| coarse::nearest(&Vectors { ids: Vec::new(), matrix }, metric, &centres, 1, &|| false);
        let cells = IndexCells { centres: centres.clone(), nearest: &nearest };
        let built = recorder.build_index_in(&features, &source, kind, metric, Some(&cells), &|_| true).unwrap();
        assert!(built.is_some());
        table.refresh().unwrap();
        // Every cell is looked into: what is not found has got lost on the way.
        let record = IndexRecord { probes: 5, ..record(&source, kind, metric, 4000) };
        let mut shares = Vec::new();
        for id in (0..4000).step_by(100).map(ImageId) {
            let probe = neighbours::probe_of(&vectors, id).unwrap();
            let found = table.nearest(&record, &probe, 10).unwrap();
            let exact = neighbours::exact(&vectors, &probe, metric, 10, None, &|| false);
            shares.push(recall::at_k(&found, &exact, 10).unwrap());
        }
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let least = if kind == IndexKind::IvfPq { 0.8 } else { 0.95 };
        assert!(mean > least, "{kind:?} {metric:?}: {mean}");
    }
    let stopped = IndexCells { centres: vec![0.0; CHANNELS], nearest: &|_| None };
    let version = table.version();
    let built =
        recorder.build_index_in(&features, &source, IndexKind::IvfRq, Metric::Cosine, Some(&stopped), &|_| true);
    assert_eq!(built.unwrap(), None);
    table.refresh().unwrap();
    assert_eq!(table.version(), version);
}

#[test]
fn a_question_to_an_index_opens_no_table_and_reads_little_but_the_vectors_it_compares() {
    let place = Place::new();
    let spec = spec(&[("conv", CHANNELS)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    append(&mut table, 0..20_000);
    let source = spec.columns[0].0.clone();
    let record = record(&source, IndexKind::IvfRq, Metric::Cosine, 20_000);
    let recorder = workspace.recorder().unwrap();
    recorder.build_index(&spec.table_name(), &source, record.kind, record.metric).unwrap();
    recorder.save_index(&spec.table_name(), record.clone()).unwrap();
    let mut reader = workspace.reader().read_features(&spec.table_name()).unwrap();
    // As the window asks: after anything may have been committed, by the vector of an image.
    let mut ask = |id: u32| {
        reader.refresh().unwrap();
        assert_eq!(reader.indices().unwrap().len(), 1);
        let probe = reader.vector(&source, ImageId(id)).unwrap().unwrap();
        assert_eq!(reader.nearest(&record, &probe, 10).unwrap().len(), 10);
    };
    // What there is to know of files is read at the first questions.
    (0..5).for_each(|question| ask(question * 397));
    let before = workspace.reads();
    (5..25).for_each(|question| ask(question * 397));
    let after = workspace.reads();
    println!("{before:?} {after:?}");
    assert_eq!(after.opens, before.opens, "a question opened a table");
    let a_question = (after.bytes - before.bytes) / 20;
    // A block of the disk for each vector that is compared, wherever it lies; nothing of the index, nor of the column of ids.
    let compared = u64::from(record.refine) * 10 + 1;
    assert!(a_question > 0 && a_question <= (compared + 4) * 4096, "{a_question} bytes for {compared} vectors");
    let reads = (after.requests - before.requests).div_ceil(20);
    assert!(reads <= compared, "{reads} reads for {compared} vectors");
    assert_eq!(after.planned, 0, "the index is asked itself, for which nothing is planned");
}

#[test]
fn an_index_names_the_right_images_after_rows_were_removed_and_put_in_the_place_of_others() {
    let place = Place::new();
    let spec = spec(&[("conv", CHANNELS)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    append(&mut table, 0..1500);
    append(&mut table, 1600..3000);
    table.remove(&(100..160).map(ImageId).collect::<Vec<_>>()).unwrap();
    // These come to lie at the table's end, out of order.
    let again = 700..720u32;
    let (columns, values) = (table.columns(), again.clone().flat_map(vector).collect::<Vec<f16>>());
    table
        .replace(FeatureRows {
            ids: again.clone().map(ImageId).collect(),
            paths: again.clone().map(path).collect(),
            labels: again.clone().map(|_| None).collect(),
            values: columns.iter().map(|(stored, _)| (stored.clone(), values.clone().into())).collect(),
        })
        .unwrap();
    let (features, source) = (spec.table_name(), spec.columns[0].0.clone());
    let recorder = workspace.recorder().unwrap();
    recorder.build_index(&features, &source, IndexKind::IvfRq, Metric::Euclidean).unwrap();
    let record = record(&source, IndexKind::IvfRq, Metric::Euclidean, 2840);
    let reader = workspace.reader().read_features(&features).unwrap();
    for id in [0, 99, 160, 699, 700, 719, 720, 1499, 1600, 2999] {
        let probe: Vec<f32> = vector(id).into_iter().map(f16::to_f32).collect();
        let nearest = reader.nearest(&record, &probe, 3).unwrap()[0];
        assert!(nearest.image == ImageId(id) && nearest.score < 0.05, "{nearest:?} instead of {id}");
    }
}

#[test]
fn an_index_answers_by_its_cells_alone_as_it_does_once_a_row_went() {
    for metric in [Metric::Cosine, Metric::Euclidean, Metric::Dot] {
        let place = Place::new();
        let spec = spec(&[("conv", CHANNELS)]);
        let mut workspace = place.open();
        let mut table = workspace.features(&spec).unwrap();
        append(&mut table, 0..1200);
        append(&mut table, 1200..2000);
        let (source, gone) = (spec.columns[0].0.clone(), ImageId(1999));
        let recorder = workspace.recorder().unwrap();
        recorder.build_index(&spec.table_name(), &source, IndexKind::IvfRq, metric).unwrap();
        let record = record(&source, IndexKind::IvfRq, metric, 2000);
        table.refresh().unwrap();
        // Those of another of the forty clusters than what will go, which comes last.
        let ask = |table: &FeatureTable| -> Vec<Vec<Neighbour>> {
            let probes = (0..20).map(|turn| ImageId(turn * 80 + 7)).chain([gone]).map(|image| vector(image.0));
            let probes = probes.map(|probe| probe.into_iter().map(f16::to_f32).collect::<Vec<f32>>());
            probes.map(|probe| table.nearest(&record, &probe, 10).unwrap()).collect()
        };
        let by_cells = ask(&table);
        assert_eq!(workspace.reads().planned, 0, "its cells are asked themselves");
        for image in [ImageId(0), ImageId(1199), ImageId(1200), gone] {
            let expected: Vec<f32> = vector(image.0).into_iter().map(f16::to_f32).collect();
            assert_eq!(table.vector(&source, image).unwrap().unwrap(), expected, "{image:?}");
        }
        table.remove(&[gone]).unwrap();
        table.refresh().unwrap();
        let by_plan = ask(&table);
        assert_eq!(
            workspace.reads().planned,
            21,
            "the index knows of a row that is not there: Lance plans each question"
        );
        for (cells, plan) in by_cells.iter().zip(&by_plan).take(20) {
            let images = |list: &[Neighbour]| list.iter().map(|neighbour| neighbour.image).collect::<Vec<_>>();
            assert_eq!(images(cells), images(plan), "{metric:?}");
            let are_same = |(a, b): (&Neighbour, &Neighbour)| (a.score - b.score).abs() < 1e-3 * a.score.abs().max(1.0);
            assert!(cells.iter().zip(plan).all(are_same), "{metric:?}: {cells:?}, {plan:?}");
        }
        let has_it = |list: &[Neighbour]| list.iter().any(|neighbour| neighbour.image == gone);
        assert!(!has_it(&by_plan[20]), "{metric:?}: what went is not found");
        assert!(metric == Metric::Dot || has_it(&by_cells[20]), "{metric:?}: a vector is the nearest to itself");
        assert_eq!(table.vector(&source, gone).unwrap(), None);
        assert!(table.vector(&source, ImageId(1998)).unwrap().is_some());
    }
}

fn bytes_below(path: &std::path::Path) -> u64 {
    let bytes = |entry: std::fs::DirEntry| match entry.metadata().unwrap() {
        meta if meta.is_dir() => bytes_below(&entry.path()),
        meta => meta.len(),
    };
    std::fs::read_dir(path).unwrap().map(|entry| bytes(entry.unwrap())).sum()
}

#[test]
fn what_is_appended_is_found_and_an_index_goes_when_told() {
    let place = Place::new();
    let spec = spec(&[("conv", CHANNELS)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    append(&mut table, 0..3000);
    let (features, source) = (spec.table_name(), spec.columns[0].0.clone());
    let recorder = workspace.recorder().unwrap();
    recorder.build_index(&features, &source, IndexKind::IvfRq, Metric::Euclidean).unwrap();
    let record = record(&source, IndexKind::IvfRq, Metric::Euclidean, 3000);
    recorder.save_index(&features, record.clone()).unwrap();
    // The writer goes on where it was; the index is another's commit.
    append(&mut table, 3000..3500);
    assert_eq!(table.rows(), 3500);
    let own = |table: &FeatureTable, id: u32| {
        let probe: Vec<f32> = vector(id).into_iter().map(f16::to_f32).collect();
        table.nearest(&record, &probe, 3).unwrap()[0]
    };
    for id in [5, 3100, 3499] {
        let nearest = own(&table, id);
        assert!(nearest.image == ImageId(id) && nearest.score < 0.05, "{nearest:?}, before it is in the index");
    }
    let outside = || Workspace::open(&place.root()).unwrap().rows_outside_index(&features, &source).unwrap();
    assert_eq!(outside(), 500);
    let before = bytes_below(&place.root());
    let extended = recorder.extend_index(&features, &source).unwrap();
    let grown = bytes_below(&place.root()) - before;
    assert_eq!((extended.rows, outside()), (500, 0));
    // The folder keeps all that was written, and nothing else wrote.
    assert!(extended.bytes.abs_diff(grown) * 50 <= grown, "{} counted, {grown} on disk", extended.bytes);
    recorder.save_index(&features, IndexRecord { extended: Some(extended), ..record.clone() }).unwrap();
    let report = Workspace::open(&place.root()).unwrap().storage(false, &mut |_, _| true).unwrap();
    let index = report.tables.iter().flat_map(|table| &table.indices).next().expect("the index");
    let ideal = 500 * CHANNELS as u64 * 2;
    assert_eq!((index.update, index.update_rows), (Some(Counted { bytes: extended.bytes, ideal }), 500));
    recorder.save_index(&features, record.clone()).unwrap();
    table.refresh().unwrap();
    for id in [5, 3100, 3499] {
        assert_eq!(own(&table, id).image, ImageId(id), "after");
    }
    drop(workspace);
    let workspace = Workspace::open(&place.root()).unwrap();
    assert_eq!(workspace.indices(&features).unwrap(), [record]);
    assert!(recorder.drop_index(&features, &source).unwrap());
    assert_eq!(workspace.indices(&features).unwrap(), []);
    assert_eq!(outside(), 3500, "without an index all rows are");
    assert!(!recorder.drop_index(&features, &source).unwrap(), "there is none");
    let unknown = StoredLayer { layer: "nonsense".to_owned(), ..source };
    assert!(recorder.build_index(&features, &unknown, IndexKind::IvfRq, Metric::Cosine).is_err());
}

#[test]
fn what_an_index_is_built_with_lies_in_the_workspace_and_is_told_as_progress() {
    let place = Place::new();
    let spec = spec(&[("conv", CHANNELS)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    append(&mut table, 0..6000);
    append(&mut table, 6000..12_000);
    let (features, source) = (spec.table_name(), spec.columns[0].0.clone());
    let vectors = table.vectors(&source).unwrap();
    let sweeps = RefCell::new(Vec::new());
    let watch = |done: usize| sweeps.borrow_mut().push(done);
    let centres = coarse::of_sample(&vectors, Metric::Cosine, 3, 4, &watch, &|| false).unwrap();
    let sweeps = sweeps.into_inner();
    assert!(!sweeps.is_empty() && sweeps.len() <= 4 && sweeps.is_sorted(), "sweeps are told: {sweeps:?}");
    let nearest =
        |matrix: Matrix| coarse::nearest(&Vectors { ids: Vec::new(), matrix }, Metric::Cosine, &centres, 1, &|| false);
    let cells = IndexCells { centres: centres.clone(), nearest: &nearest };
    let beside = || {
        let entries = std::fs::read_dir(place.root()).unwrap().map(|entry| entry.unwrap().file_name());
        entries.filter(|name| name.to_str().is_some_and(|name| name.starts_with(".cells-"))).count()
    };
    let (shares, most_beside) = (RefCell::new(Vec::new()), Cell::new(0));
    let go_on = |share: f32| {
        shares.borrow_mut().push(share);
        most_beside.set(most_beside.get().max(beside()));
        true
    };
    let recorder = workspace.recorder().unwrap();
    let built =
        recorder.build_index_in(&features, &source, IndexKind::IvfRq, Metric::Cosine, Some(&cells), &go_on).unwrap();
    assert!(built.is_some());
    let shares = shares.into_inner();
    assert!(shares.is_sorted() && shares.iter().all(|share| (0.0..=1.0).contains(share)), "{shares:?}");
    assert!(shares[0] < 0.4, "the first rows that have their cells are told: {shares:?}");
    assert_eq!((most_beside.get(), beside()), (1, 0), "it lies there while the index is built, and no longer");
    // Told to stop while rows get their cells, it leaves nothing behind either.
    let stopped = recorder
        .build_index_in(&features, &source, IndexKind::IvfRq, Metric::Cosine, Some(&cells), &|_| false)
        .unwrap();
    assert_eq!((stopped, beside()), (None, 0));
    // Nor does who was killed for long.
    drop((recorder, table, workspace));
    std::fs::create_dir_all(place.root().join(".cells-3.lance/data")).unwrap();
    std::fs::write(place.root().join(".cells-3.lance/data/of_rows.lance"), b"of somebody who was killed").unwrap();
    drop(Workspace::open(&place.root()).unwrap());
    assert_eq!(beside(), 1, "who only reads leaves a builder alone");
    drop(Workspace::open_to_write(&place.root()).unwrap());
    assert_eq!(beside(), 0);
}
