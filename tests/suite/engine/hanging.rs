//! A folder whose files hang, as those of a drive that does not answer, holds who opens them and nobody else.

use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use tiramisu::domain::{ClusterMethod, ClusterWish, ImageId, Metric, NeighbourWish};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Event, Look, Request};

use super::extracted;
use crate::support::hanging::HangingFiles;

#[test]
fn pictures_that_hang_hold_the_extraction_and_no_question() {
    let (_dir, _workspace, mut listener, collection) = extracted(12);
    let source = collection.stored[0].clone();
    let whole = collection.folder.join(&listener.images[0].path.text);
    // A whole batch of them, which is as many as are opened at a time.
    let files: Vec<PathBuf> = (0..8).map(|number| collection.folder.join(format!("hangs{number}.png"))).collect();
    for file in &files {
        fs::copy(&whole, file).expect("a picture");
    }
    let Some(mut hanging) = HangingFiles::hold(&files) else { return };
    listener.engine.send(Request::Extract);
    hanging.until_asked();
    // Until all threads that open files hang.
    let threads = available_parallelism().map_or(1, NonZero::get).min(files.len());
    let deadline = Instant::now() + Duration::from_secs(20);
    while hanging.waited_for() < threads {
        assert!(Instant::now() < deadline, "{} of {threads} hang", hanging.waited_for());
        std::thread::sleep(Duration::from_millis(20));
    }

    let wish = NeighbourWish::of(ImageId(4), source.clone(), Metric::Cosine, 5);
    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    let found = listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.neighbours.len()),
        _ => None,
    });
    let groups = ClusterWish { count: 3, ..ClusterWish::new(ClusterMethod::KMeans, source) };
    listener.engine.send(Request::Analyse(AnalysisWish::Cluster(groups)));
    let groups = listener.until("groups", |event| match event {
        Event::Answered(AnalysisAnswer::Clusters(found)) => Some(found.clusters.len()),
        _ => None,
    });
    listener.engine.send(Request::Look(Look::Thumbnails(vec![ImageId(3)])));
    let thumbnail = listener.until("a thumbnail", |event| match event {
        Event::Thumbnails(pictures) => Some(pictures[0].width),
        _ => None,
    });
    assert!(hanging.waited_for() >= threads, "they were answered when the drive was, and not before");
    assert_eq!((found, groups), (5, 3));
    assert!(thumbnail > 0, "what is kept in the workspace is shown");
    assert_eq!(listener.problems, []);

    // And when the drive answers again, what was begun is done.
    drop(hanging);
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!(listener.images.len(), 20);
    assert!(listener.images.iter().all(|image| image.problem.is_none()));
}
