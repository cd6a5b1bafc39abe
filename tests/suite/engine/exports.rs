//! What leaves the collection: progress, Cancel, classes.

use std::fs;
use std::sync::Arc;

use tiramisu::domain::ImageId;
use tiramisu::engine::{Event, ExportFormat, ExportRequest, ExportSummary, Progress, Request};

use super::extracted;
use crate::support::listener::Listener;

/// Exports and returns the counters and what became of it.
fn export(listener: &mut Listener, request: ExportRequest) -> (Arc<Progress>, ExportSummary) {
    listener.engine.send(Request::Export(request));
    let progress = listener.until("the start", |event| match event {
        Event::ExportStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    let summary = listener.until("the export", |event| match event {
        Event::Exported(summary) => Some(summary.clone()),
        _ => None,
    });
    (progress, summary)
}

#[test]
fn an_export_counts_what_it_has_written_and_a_table_without_classes_has_no_columns_for_them() {
    let (dir, _workspace, mut listener, _collection) = extracted(12);
    let images: Vec<ImageId> = (0..12).map(ImageId).collect();
    for (format, name) in [(ExportFormat::Files, "copies"), (ExportFormat::Csv, "all.csv")] {
        let target = dir.path().join(name);
        let request = ExportRequest { images: images.clone(), scores: vec![], format, target, overwrite: false };
        let (progress, summary) = export(&mut listener, request);
        assert!(progress.has_ended() && !summary.cancelled);
        assert_eq!((progress.done(), progress.total(), summary.written), (12, 12, 12));
    }
    let header = fs::read_to_string(dir.path().join("all.csv")).expect("a table").lines().next().map(str::to_owned);
    assert!(header.is_some_and(|header| header.ends_with("source,score")), "the built-in network names no classes");
}

#[test]
fn an_export_stops_when_it_is_told_to_and_what_was_written_is_whole() {
    let (dir, _workspace, mut listener, _collection) = extracted(30);
    let images: Vec<ImageId> = (0..30).cycle().take(3000).map(ImageId).collect();
    let target = dir.path().join("copies");
    let request =
        ExportRequest { images, scores: vec![], format: ExportFormat::Files, target: target.clone(), overwrite: false };
    listener.engine.send(Request::Export(request));
    let progress = listener.until("the start", |event| match event {
        Event::ExportStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    progress.cancel();
    let summary = listener.until("the export", |event| match event {
        Event::Exported(summary) => Some(summary.clone()),
        _ => None,
    });
    assert!(summary.cancelled && summary.written < 3000);
    let lying_there = fs::read_dir(&target).map_or(0, |entries| entries.flatten().count());
    assert_eq!(lying_there, summary.written);
}
