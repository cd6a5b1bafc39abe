//! Which engine does a job, and the reason it gives.

use tiramisu::domain::{EXACT_BYTES, Strategy, Workload, choose};

fn neighbours(rows: usize, recall: Option<f64>, is_filtered: bool, exactly: bool) -> Workload {
    Workload::Neighbours { rows, channels: 512, recall, is_filtered, exactly, exact_bytes: EXACT_BYTES }
}

#[test]
fn neighbours_are_looked_for_exactly_while_that_is_quick_and_by_an_index_that_finds_enough_after_that() {
    let engine = |job| choose(job).strategy;
    assert_eq!(engine(neighbours(156_250, Some(0.99), false, false)), Strategy::ExactScan, "160 MB");
    assert_eq!(engine(neighbours(156_251, Some(0.99), false, false)), Strategy::Index);
    assert_eq!(engine(neighbours(1_000_000, None, false, false)), Strategy::ExactScan, "there is none");
    assert_eq!(engine(neighbours(1_000_000, Some(0.89), false, false)), Strategy::ExactScan, "it finds too little");
    assert_eq!(engine(neighbours(1_000_000, Some(0.99), true, false)), Strategy::ExactScan, "only some are wanted");
    assert_eq!(engine(neighbours(1_000_000, Some(0.99), false, true)), Strategy::ExactScan, "as it was asked");
    assert_eq!(engine(neighbours(usize::MAX, Some(0.99), false, false)), Strategy::Index, "nothing overflows");
}

#[test]
fn reasons_name_the_numbers_that_decided() {
    let reason = |job| choose(job).reason;
    assert!(reason(neighbours(1000, None, false, false)).contains("1.0 MB"));
    assert!(reason(neighbours(1_000_000, Some(0.975), false, false)).contains("97.5 %"));
    assert!(reason(neighbours(1_000_000, None, false, false)).contains("no index"));
    assert!(reason(Workload::Codes { rows: 100_000, features: 12_416 }).contains("12,416 features"));
    let graph = |rows| choose(Workload::Graph { rows, channels: 128 });
    assert!(graph(20_000).reason.contains("51.2 billion"));
    assert_eq!(graph(20_000).strategy, Strategy::MatrixProduct);
    assert!(graph(1_000_000).reason.contains("128000 billion"));
    assert_eq!(graph(1_000_000).strategy, Strategy::Cells, "all pairs would take hours");
    assert_eq!(graph(usize::MAX).strategy, Strategy::Cells, "nothing overflows");
    let sums = |rows| choose(Workload::Sums { rows, channels: 40_960, layers: 10 });
    assert_eq!(sums(100_000).strategy, Strategy::LayerByLayer);
    assert!(sums(100_000).reason.contains("10 layers, 8.2 GB"), "{}", sums(100_000).reason);
    assert!(sums(100_000).reason.ends_with("one fits into memory"));
    assert!(sums(1_000_000).reason.contains("each takes 8.2 GB"), "{}", sums(1_000_000).reason);
}
