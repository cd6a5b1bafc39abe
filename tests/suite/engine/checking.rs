//! Suspicious labels and odd pictures through the engine's front door, and again when the folder is opened again.

use std::sync::Arc;

use tiramisu::domain::{ImageId, LabelScore, OddKind, OddPictureReport, SuspiciousLabelReport, SuspiciousLabelWish};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Event, Finding, NetworkFile, Request, StoredResult};

use super::sample;
use crate::support::listener::{Listener, options};

/// Both analyses, with these images as neighbours.
fn find(listener: &mut Listener, wish: SuspiciousLabelWish) -> (Arc<SuspiciousLabelReport>, Arc<OddPictureReport>) {
    let (mut labels, mut odd) = (None, None);
    for wish in [AnalysisWish::SuspiciousLabels(wish), AnalysisWish::OddPictures] {
        listener.engine.send(Request::Analyse(wish));
        listener.until("the end", |event| {
            match event {
                Event::Answered(AnalysisAnswer::Found(Finding::SuspiciousLabels(report))) => {
                    labels = Some(report.clone())
                }
                Event::Answered(AnalysisAnswer::Found(Finding::OddPictures(report))) => odd = Some(report.clone()),
                Event::Problem { problem, .. } => panic!("{problem}"),
                _ => {}
            }
            matches!(event, Event::AnalysisEnded { .. }).then_some(())
        });
    }
    (labels.expect("labels"), odd.expect("odd pictures"))
}

fn told_again(listener: &mut Listener) -> (Arc<SuspiciousLabelReport>, Arc<OddPictureReport>) {
    listener.engine.send(Request::TellStored);
    let mut labels = None;
    let odd = listener.until("what was found", |event| match event {
        Event::StoredResult(StoredResult::Found(Finding::SuspiciousLabels(report))) => {
            labels = Some(report.clone());
            None
        }
        Event::StoredResult(StoredResult::Found(Finding::OddPictures(report))) => Some(report.clone()),
        _ => None,
    });
    (labels.expect("labels are told before"), odd)
}

#[test]
fn suspicious_labels_and_odd_pictures_are_found_kept_and_told_again() {
    let (dir, folder, workspace) = sample(110);
    image::RgbImage::from_pixel(96, 96, image::Rgb([3; 3])).save(folder.join("night.png")).unwrap();
    std::fs::write(folder.join("broken.png"), b"nonsense").unwrap();
    let mut listener = Listener::start(options(dir.path()));
    let open = |listener: &mut Listener| {
        listener.open(&folder, &workspace, NetworkFile::Analytic, true);
        let collection = listener.until_opened();
        listener.until_extracted();
        collection
    };
    let collection = open(&mut listener);
    let source = collection.stored[collection.stored.len() - 2].clone();
    let (labels, odd) = find(&mut listener, SuspiciousLabelWish { source: source.clone(), k: 4, others: 2 });
    assert_eq!((labels.compared, labels.classes, labels.neighbours), (110, 22, 4), "night.png has no label");
    assert!(labels.layers.len() == 3 && labels.layers.last() == Some(&source.layer), "{:?}", labels.layers);
    assert!(labels.layers.iter().collect::<std::collections::BTreeSet<_>>().len() == 3, "each is asked once");
    assert!(!labels.labels.is_empty(), "filters of edges and colours confuse some");
    assert!(labels.labels.is_sorted_by(|a, b| a.margin <= b.margin));
    for label in &labels.labels {
        let image = &listener.images[label.image.index()];
        assert_eq!(image.label.as_ref(), Some(&label.given));
        assert!(label.given != label.likely && label.likely_neighbours > label.given_neighbours, "{label:?}");
        assert!((1..=3).contains(&label.layers) && label.middles.is_some_and(|layers| layers <= 3), "{label:?}");
    }
    assert!(labels.labels.iter().any(|label| label.middles > Some(0)), "means say the same of some");
    let by = labels.ranked(LabelScore::Confidence);
    assert!(by.is_sorted_by(|a, b| a.confidence <= b.confidence) && by.len() == labels.labels.len());
    let (night, broken) = (listener.id("night.png"), listener.id("broken.png"));
    let kinds = |odd: &OddPictureReport, image: ImageId| -> Vec<OddKind> {
        let found = odd.pictures.iter().find(|picture| picture.image == image);
        found.map(|picture| picture.oddities.iter().map(|oddity| oddity.kind).collect()).unwrap_or_default()
    };
    assert_eq!(kinds(&odd, night), [OddKind::Dark, OddKind::Blank]);
    assert_eq!(kinds(&odd, broken), [OddKind::Unreadable]);
    assert_eq!(odd.compared, 112);
    for table in [labels.table(), odd.table()] {
        assert!(workspace.join(format!("{table}.lance")).is_dir(), "{table} is kept");
    }

    open(&mut listener);
    let (kept_labels, kept_odd) = told_again(&mut listener);
    assert_eq!((&kept_labels, &kept_odd), (&labels, &odd));

    // The picture is another now: it is measured again, and only it.
    image::RgbImage::from_pixel(96, 96, image::Rgb([250; 3])).save(folder.join("night.png")).unwrap();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    std::fs::File::options().write(true).open(folder.join("night.png")).unwrap().set_modified(later).unwrap();
    open(&mut listener);
    let (_, kept_odd) = told_again(&mut listener);
    assert_eq!(kinds(&kept_odd, night), [], "nothing is known of the picture that is there now");
    let (_, odd) = find(&mut listener, SuspiciousLabelWish { source, k: 4, others: 0 });
    assert_eq!(kinds(&odd, night), [OddKind::Bright, OddKind::Blank]);
}
