//! What was found is told beside the places, and what is cheap is looked for wherever one is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui_kittest::kittest::Queryable;
use tiramisu::domain::{
    Cluster, ClusterMethod, Clustering, DuplicateGroup, DuplicateReason, DuplicateReport, DuplicateWish, ImageId,
    OutlierReport, OutlierWish, ProjectionMethod,
};
use tiramisu::engine::{AnalysisAnswer, AnalysisKind, AnalysisWish, Event, Finding, Progress, Request, StoredResult};
use tiramisu::session::Choose;
use tiramisu::ui::Settings;

use crate::support::collection;
use crate::support::window::{Setup, Window};

use super::findings::{odd, shown, suspicious, tagged};

/// Two groups of copies.
fn copies(window: &Window) -> Event {
    let group = |images: [u32; 2]| DuplicateGroup {
        images: images.map(ImageId).to_vec(),
        reasons: vec![(DuplicateReason::Content, 0.0)],
        ..DuplicateGroup::default()
    };
    let report = DuplicateReport {
        features: "net".to_owned(),
        wish: DuplicateWish::new(window.session().source().expect("the layer is stored")),
        within: None,
        groups: vec![group([3, 9]), group([20, 21])],
        compared: 60,
        unread: 0,
        elapsed_secs: 0.2,
    };
    Event::Answered(AnalysisAnswer::Found(Finding::Duplicates(Arc::new(report))))
}

/// Scores of 60 images; three of them are far from all others, of which one by infinitely much.
fn outliers(window: &Window) -> Event {
    let scores: Vec<f32> = (0..60)
        .map(|image| match image {
            7 => f32::INFINITY,
            11 => 9.0,
            40 => 5.0,
            _ => 1.0 + image as f32 * 0.01,
        })
        .collect();
    let report = OutlierReport {
        features: "net".to_owned(),
        wish: OutlierWish { source: window.session().source().expect("the layer is stored"), k: 10 },
        ids: (0..60).map(ImageId).collect(),
        distances: scores.clone().into(),
        factors: vec![1.0; 60].into(),
        clusters: scores.into(),
        elapsed_secs: 0.1,
    };
    Event::Answered(AnalysisAnswer::Found(Finding::Outliers(Arc::new(report))))
}

/// A window in which nobody has been where people check.
fn elsewhere(images: usize) -> Window {
    let settings = Settings { hides_inspector: true, ..Settings::default() };
    Window::with_images(images, Setup { settings, ..Setup::default() })
}

fn asked_for(window: &Window) -> Vec<AnalysisKind> {
    let kind = |request| match request {
        Request::Analyse(wish) => Some(wish.kind()),
        _ => None,
    };
    window.sent().into_iter().filter_map(kind).collect()
}

#[test]
fn what_is_cheap_is_looked_for_wherever_one_is_and_told_on_the_rail() {
    let mut window = elsewhere(60);
    assert_eq!(asked_for(&window), [], "what was found before may still come");
    assert!(!window.names().iter().any(|name| name.starts_with("Check: ")), "{:?}", window.names());
    window.tell([Event::StoredResult(StoredResult::All)]);
    window.settle();
    assert_eq!(asked_for(&window), [AnalysisKind::OddPictures]);
    let event = odd(&mut window);
    window.tell([event]);
    window.settle();
    window.harness.get_by_label("Check: 2 odd pictures, 1 unreadable file");
    let event = copies(&window);
    window.tell([event]);
    window.settle();
    let event = suspicious(&window);
    window.tell([event]);
    window.settle();
    let event = outliers(&window);
    window.tell([event]);
    window.settle();
    let all =
        [AnalysisKind::OddPictures, AnalysisKind::Duplicates, AnalysisKind::SuspiciousLabels, AnalysisKind::Outliers];
    assert_eq!(asked_for(&window), all, "one after the other, and each once");
    let words = "2 possible duplicates, 2 suspicious labels, 3 outliers, 2 odd pictures, 1 unreadable file";
    window.harness.get_by_label(&format!("Check: {words}"));
    window.harness.get_by_label("Place: Check").hover();
    window.settle();
    let is_told = |name: &String| name.contains(words) && name.contains("What may be wrong");
    assert!(window.names().iter().any(is_told), "the tooltip says it: {:?}", window.names());
    // What is decided on is not counted any more.
    window.tell([tagged("no copy", &[3, 9])]);
    window.settle();
    window.harness.get_by_label(&format!("Check: {}", words.replace("2 possible duplicates", "1 possible duplicate")));
    window.tell([Event::Closed]);
    window.settle();
    window.tell(collection::opened(24));
    window.settle();
    assert!(!window.names().iter().any(|name| name.starts_with("Check: ")), "another collection: {:?}", window.names());
}

/// What is asked for by the way among so many images, with these clusterings in the workspace.
fn groups_asked_for(images: usize, clusterings: &[&str]) -> (Window, Vec<Request>) {
    let mut window = elsewhere(images);
    // A person's map, which is there: nothing is waited for.
    window.act(Choose::Projection(ProjectionMethod::Pca));
    let clusterings = clusterings.iter().map(|name| (*name).to_owned()).collect();
    window.tell([Event::Results { clusterings, maps: Vec::new(), has_embedding: false }]);
    window.settle();
    let is_of_groups =
        |it: &Request| matches!(it, Request::Analyse(AnalysisWish::Cluster(_)) | Request::OpenClustering(_));
    let asked = |window: &Window| window.sent().into_iter().filter(is_of_groups).collect::<Vec<_>>();
    assert_eq!(asked(&window), [], "what was found before may still come");
    window.tell([Event::StoredResult(StoredResult::All)]);
    window.settle();
    let asked = asked(&window);
    (window, asked)
}

#[test]
fn groups_are_found_wherever_one_is_where_that_takes_a_moment_and_told_on_the_rail() {
    let (mut window, asked) = groups_asked_for(240, &[]);
    let [Request::Analyse(AnalysisWish::Cluster(wish))] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(wish.method, ClusterMethod::default(), "as where one looks at groups");
    let group = |size: usize| Cluster { size, ..Cluster::default() };
    let clustering = Clustering {
        features: "net".to_owned(),
        wish: wish.clone(),
        ids: (0..240).map(ImageId).collect(),
        of: (0..240).map(|image| Some(image / 120)).collect(),
        clusters: vec![group(120), group(120)],
        agreement: None,
        quality: None,
        elapsed_secs: 0.1,
    };
    let colouring = window.session().opened.chosen.maps.first.colouring;
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(clustering)))]);
    window.settle();
    window.harness.get_by_label("Groups: 2 clusters found");
    assert_eq!(window.session().opened.chosen.maps.first.colouring, colouring, "nobody asked for other colours");
    // Those of before come back; of few images one sees them by eye, and of many they take a while.
    let (_, asked) = groups_asked_for(240, &["kmeans_9_conv3_average"]);
    assert_eq!(asked, [Request::OpenClustering("kmeans_9_conv3_average".to_owned())]);
    assert_eq!(groups_asked_for(60, &[]).1, []);
    assert_eq!(groups_asked_for(6_000, &[]).1, []);
    assert_eq!(groups_asked_for(6_000, &["kmeans_9_conv3_average"]).1, []);
}

#[test]
fn nothing_is_looked_for_by_the_way_while_pictures_come_or_where_it_takes_long() {
    let mut window = elsewhere(60);
    let job = Arc::new(Progress::new("Extracting"));
    window.tell([Event::JobStarted(job.clone()), Event::StoredResult(StoredResult::All)]);
    window.settle();
    assert_eq!(asked_for(&window), [], "a job runs");
    job.end();
    window.tell([Event::JobEnded { cancelled: false }]);
    window.settle();
    assert_eq!(asked_for(&window), [AnalysisKind::OddPictures]);

    let event = outliers(&window);
    window.tell([event]);
    window.settle();
    window.harness.get_by_label("Check: 3 outliers");
    window.forget_sent();
    window.tell(collection::opened(20_001));
    window.tell([Event::StoredResult(StoredResult::All)]);
    window.settle();
    assert_eq!(asked_for(&window), [], "of so many it takes a while");
    let is_told = window.names().iter().any(|name| name.starts_with("Check: "));
    assert!(!is_told, "of those before nothing is told: {:?}", window.names());
}

#[test]
fn what_was_found_among_very_many_is_counted_anew_while_nobody_looks_at_it() {
    let mut window = elsewhere(20_001);
    // It is counted on another thread.
    let is_told_soon = |window: &mut Window, words: &str| {
        let until = Instant::now() + Duration::from_secs(60);
        while !window.has(words) && Instant::now() < until {
            window.harness.run_steps(1);
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(window.has(words), "{words}: {:?}", window.names());
    };
    let event = copies(&window);
    window.tell([event]);
    is_told_soon(&mut window, "Check: 2 possible duplicates");
    window.tell([tagged("no copy", &[3, 9])]);
    is_told_soon(&mut window, "Check: 1 possible duplicate");
    let event = outliers(&window);
    window.tell([event, Event::Tags(Arc::default())]);
    is_told_soon(&mut window, "Check: 2 possible duplicates, 3 outliers");
    window.tell([Event::Closed]);
    window.tell(collection::opened(20_002));
    window.settle();
    assert!(!window.names().iter().any(|name| name.starts_with("Check: ")), "another collection: {:?}", window.names());
}

#[test]
fn outliers_are_counted_that_stand_out_by_the_score_that_is_chosen() {
    let mut window = shown();
    window.click("Outliers");
    let event = outliers(&window);
    window.tell([event]);
    window.settle();
    let facts = |window: &Window| {
        let is_it = |name: &String| name.contains(" of 60 pictures stand");
        window.names().into_iter().find(is_it).expect("the facts")
    };
    assert!(facts(&window).starts_with("3 of 60 pictures stand out at conv 3  ·  "), "{}", facts(&window));
    window.harness.get_by_label("Check: 3 outliers");
    window.tell([tagged("picture is right", &[7, 12])]);
    window.settle();
    let told = facts(&window);
    assert!(told.starts_with("2 of 60 pictures stand out") && told.ends_with("  ·  2 decided"), "{told}");
    window.harness.get_by_label("Check: 2 outliers");
    window.click("Outliers by");
    window.click("In a sparse region (LOF)");
    window.settle();
    assert!(facts(&window).starts_with("None of 60 pictures stands out"), "all are alike: {}", facts(&window));
}

#[test]
fn what_is_decided_where_people_check_is_told_on_the_rail_in_the_same_frame() {
    let mut window = shown();
    let events = [odd(&mut window), copies(&window)];
    window.tell(events);
    window.settle();
    let words = "2 possible duplicates, 2 odd pictures, 1 unreadable file";
    window.harness.get_by_label(&format!("Check: {words}"));
    // One frame takes the decision in, and nothing asks for another.
    window.tell([tagged("no copy", &[3, 9])]);
    window.harness.run_steps(1);
    window.harness.get_by_label(&format!("Check: {}", words.replace("2 possible duplicates", "1 possible duplicate")));
    // A file that cannot be read is decided on like a picture.
    window.tell([tagged("picture is right", &[20])]);
    window.harness.run_steps(1);
    window.harness.get_by_label("Check: 2 possible duplicates, 2 odd pictures");
}
