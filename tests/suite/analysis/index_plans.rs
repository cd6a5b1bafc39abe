//! What a preference does to indices, known before it is done.

use tiramisu::domain::{
    EXACT_BYTES, IndexKind, IndexPlan, IndexRecord, LayerToIndex, Metric, Pooling, Preference, StoredLayer,
};

fn layer(name: &str, rows: usize, channels: usize) -> LayerToIndex {
    let source = StoredLayer { layer: name.to_owned(), pooling: Pooling::Average };
    LayerToIndex { table: "net".to_owned(), source, rows, channels, index: None }
}

fn indexed(name: &str, rows: usize, channels: usize, built_secs: f64) -> LayerToIndex {
    let plain = layer(name, rows, channels);
    let record = IndexRecord {
        source: plain.source.clone(),
        kind: IndexKind::IvfRq,
        metric: Metric::Cosine,
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
        built_secs,
        measured_unix_secs: 0,
        extended: None,
    };
    LayerToIndex { index: Some((record, 7_000_000)), ..plain }
}

#[test]
fn fast_reads_want_indices_where_looking_at_every_image_takes_long_and_little_space_wants_none() {
    // 160 MB of vectors are looked at in 20 ms; that is where `choose` asks an index.
    let layers = [layer("small", 100_000, 512), layer("large", 1_000_000, 128), indexed("known", 1_000_000, 128, 20.0)];
    let fast = IndexPlan::of(Some(Preference::FastReads), &layers, EXACT_BYTES);
    assert_eq!(fast.build.iter().map(|planned| planned.source.layer.as_str()).collect::<Vec<_>>(), ["large"]);
    assert_eq!((fast.build[0].secs, fast.drop.len()), (Some(20.0), 0), "as large as the one that took 20 s");
    let names = |exact_bytes| {
        let plan = IndexPlan::of(Some(Preference::FastReads), &layers, exact_bytes);
        plan.build.into_iter().map(|planned| planned.source.layer).collect::<Vec<_>>()
    };
    assert_eq!(names(100_000_000), ["small", "large"], "where fewer are compared one by one, more want an index");
    assert_eq!(names(300_000_000), [""; 0], "where more are, fewer do");
    let unknown = IndexPlan::of(Some(Preference::FastReads), &layers[..2], EXACT_BYTES);
    assert_eq!(unknown.build[0].secs, None);
    assert!(unknown.in_words().contains("unknown"), "{}", unknown.in_words());
    let little = IndexPlan::of(Some(Preference::LittleSpace), &layers, EXACT_BYTES);
    assert_eq!((little.build.len(), little.drop.len(), little.drop[0].bytes), (0, 1, 7_000_000));
    assert!(little.in_words().contains("7.0 MB"), "{}", little.in_words());
    for preference in [None, Some(Preference::CheapUpdates)] {
        assert!(IndexPlan::of(preference, &layers, EXACT_BYTES).is_empty());
    }
}
