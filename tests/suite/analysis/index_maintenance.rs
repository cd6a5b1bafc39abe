//! What becomes of an index when images come.

use tiramisu::domain::{IndexKind, IndexMaintenance, IndexRecord, IndexStep, Metric, Pooling, StoredLayer, next_step};

/// An index learned from a thousand images, with so many in it.
fn record(rows: usize, recall: f64) -> IndexRecord {
    IndexRecord {
        source: StoredLayer { layer: "conv".to_owned(), pooling: Pooling::Average },
        kind: IndexKind::IvfRq,
        metric: Metric::Cosine,
        rows,
        built_rows: 1000,
        probes: 8,
        refine: 4,
        recall,
        least_recall: 0.5,
        measured_k: 10,
        measured_probes: 100,
        median_ms: 1.0,
        p99_ms: 2.0,
        exact_median_ms: 3.0,
        built_secs: 1.0,
        measured_unix_secs: 0,
        extended: None,
    }
}

#[test]
fn what_is_new_is_added_until_more_came_than_there_was_to_learn_from() {
    let step = |rows: usize, outside: usize| next_step(&record(1000, 0.99), rows, outside, IndexMaintenance::Appended);
    assert_eq!(step(1000, 0), IndexStep::Leave);
    assert_eq!(step(1001, 1), IndexStep::Append);
    assert_eq!(step(1000, 1), IndexStep::Append, "a picture that was replaced is new, though there are no more");
    assert_eq!(step(2000, 1000), IndexStep::Append);
    assert_eq!(step(2001, 1001), IndexStep::Rebuild);
    assert_eq!(step(1500, 0), IndexStep::Measure, "somebody else added them");
    assert_eq!(step(900, 0), IndexStep::Measure, "images went");
}

#[test]
fn an_index_that_finds_too_little_is_built_anew_only_if_there_is_more_to_learn_from() {
    let step = |rows: usize, outside: usize| next_step(&record(rows, 0.89), rows, outside, IndexMaintenance::Appended);
    assert_eq!(step(1000, 0), IndexStep::Leave);
    assert_eq!(step(1100, 0), IndexStep::Rebuild);
    assert_eq!(next_step(&record(1100, 0.9), 1100, 0, IndexMaintenance::Appended), IndexStep::Leave);
}

#[test]
fn the_layout_says_whether_an_index_is_built_anew_or_none_of_its_business() {
    let step = |rows, outside, maintenance| next_step(&record(1000, 0.99), rows, outside, maintenance);
    assert_eq!(step(1001, 1, IndexMaintenance::Rebuilt), IndexStep::Rebuild);
    assert_eq!(step(1000, 0, IndexMaintenance::Rebuilt), IndexStep::Leave);
    assert_eq!(step(5000, 4000, IndexMaintenance::None), IndexStep::Leave);
}
