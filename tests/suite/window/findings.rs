//! What is there twice and what is unlike the rest: asked for, shown, selected.

use std::sync::Arc;

use eframe::egui::{Event as Input, Key};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::camera_raw::CameraRaw;
use tiramisu::domain::{
    DuplicateGroup, DuplicateReason, DuplicateReport, DuplicateWish, Filter, ImageGroup, ImageId, ImagePath,
    ImageRecord, OddKind, OddPicture, OddPictureReport, Oddity, OutlierReport, OutlierWish, RelabelledImage,
    Relabelling, SaidLabel, SuspiciousLabel, SuspiciousLabelReport, SuspiciousLabelWish, Tags, Workload, choose,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisKind, AnalysisWish, Event, Finding, Look, NearestWish, RelabelWish, Request, StoredResult,
};
use tiramisu::session::{Ask, Choose, Pick};
use tiramisu::ui::Settings;

use crate::support::collection;
use crate::support::painted::texts;
use crate::support::window::{Setup, Window};

fn window_selection(window: &Window) -> Vec<u32> {
    window.session().opened.chosen.selection.iter().map(|id| id.0).collect()
}

/// The place where people check: among all views at once there is room for one row.
pub fn shown() -> Window {
    let settings = Settings { hides_inspector: true, ..Settings::default() };
    let mut window = Window::with_images(60, Setup { settings, ..Setup::default() });
    window.click("Place: Check");
    window
}

/// Who narrowed the gallery is not to take these for what is left of it.
#[test]
fn what_looks_at_all_pictures_says_so_while_a_filter_narrows_others() {
    let mut window = shown();
    let said = "The filter narrows Explore and exports, but not this view.";
    assert!(!window.has(said));
    window.act(Choose::Filter(Filter { text: "blobs".into(), ..Filter::default() }));
    assert!(window.has(said), "{:?}", window.names());
    let clusters = Arc::new(super::table::clustering(&window));
    window.tell([Event::Answered(AnalysisAnswer::Clusters(clusters))]);
    window.click("Place: Groups");
    assert!(window.has(said), "{:?}", window.names());
    window.act(Choose::Filter(Filter::default()));
    assert!(!window.has(said));
}

#[test]
fn copies_are_asked_for_shown_in_groups_and_selected() {
    let mut window = shown();
    window.harness.get_by_label("Is anything here twice?");
    window.picture("empty");
    window.forget_sent();
    window.click("Find");
    let source = window.session().source().unwrap();
    let wish = DuplicateWish::new(source);
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Duplicates(wish.clone()))), "{:?}", window.sent());
    let group = |images: &[u32], labels: Vec<(String, usize)>| DuplicateGroup {
        images: images.iter().copied().map(ImageId).collect(),
        reasons: vec![(DuplicateReason::Content, 0.0), (DuplicateReason::Appearance, 2.0)],
        labels,
        splits: Vec::new(),
    };
    let report = DuplicateReport {
        features: "net".to_owned(),
        wish,
        within: Some(0.021_34),
        groups: vec![
            group(&[3, 9, 12], vec![("blobs".to_owned(), 2), ("checks".to_owned(), 1)]),
            group(&[20, 21], Vec::new()),
        ],
        compared: 60,
        unread: 1,
        elapsed_secs: 0.2,
    };
    let report = Arc::new(report);
    window.tell([Event::StoredResult(StoredResult::Found(Finding::Duplicates(report.clone())))]);
    window.settle();
    let facts = "2 groups of files that are identical, or pictures that look alike or are the same to conv 3  ·  1 file could not be \
                 read  ·  found earlier";
    window.harness.get_by_label(facts).hover();
    window.harness.run_steps(60);
    assert!(
        window.says("what the network sees, at conv 3 (average) within 0.0213. 60 images, 200 ms."),
        "{:?}",
        window.names()
    );
    let earlier = "Found when this folder was open before: what changed since is not in it until it is found anew.";
    assert!(window.says(earlier), "{:?}", window.names());
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Duplicates(report)))]);
    window.settle();
    window.picture("groups");
    window.harness.get_by_label(&facts.replace("  ·  found earlier", ""));
    window.harness.get_by_label("different labels: blobs, checks");
    window.click("Select the copies…");
    window.harness.get_by_label("Select 3 images, all but the first of each of 2 groups?");
    window.picture("question");
    window.click("Leave it");
    assert_eq!(window_selection(&window), [] as [u32; 0], "it is asked about first");
    window.click("Select the copies…");
    window.click("Select them");
    assert_eq!(window_selection(&window), [9, 12, 21]);
    window.click("Select duplicates 1");
    assert_eq!(window.session().opened.chosen.selection.len(), 2);
    // Of a group whose first is to be removed the next one stays, whether that is hidden or not.
    window.tell([tagged("to remove", &[3, 21])]);
    window.settle();
    for is_shown in [false, true] {
        window.act(Choose::ShowRemoved(is_shown));
        window.click("Select the copies…");
        window.click("Select them");
        assert_eq!(window_selection(&window), [12], "is shown: {is_shown}");
    }
}

#[test]
fn outliers_are_shown_by_the_score_that_is_chosen() {
    let mut window = shown();
    window.click("Outliers");
    window.harness.get_by_label("What is unlike the rest?");
    window.forget_sent();
    window.click("Find");
    let wish = OutlierWish { source: window.session().source().unwrap(), k: 10 };
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Outliers(wish.clone()))));
    let falling = |from: f32| (0..60).map(|row| from - row as f32 * 0.01).collect::<Vec<f32>>();
    let rising = (0..60).map(|row| row as f32).collect::<Vec<f32>>();
    // The first is farther than the next one by so much that it is told apart in words, and does not stand out by far.
    let mut distances = falling(1.0);
    distances[0] = 1.2;
    let report = OutlierReport {
        features: "net".to_owned(),
        wish,
        ids: (0..60).map(ImageId).collect(),
        distances: distances.into(),
        factors: rising.into(),
        clusters: falling(2.0).into(),
        elapsed_secs: 0.1,
    };
    let choice = choose(Workload::Graph { rows: 60, channels: 64 });
    window.tell([
        Event::StrategyChosen(AnalysisKind::Outliers, choice.clone()),
        Event::Answered(AnalysisAnswer::Found(Finding::Outliers(Arc::new(report)))),
    ]);
    window.settle();
    let facts = window
        .names()
        .into_iter()
        .find(|name| name.starts_with("None of 60 pictures stands out at conv 3"))
        .expect("the facts");
    window.harness.get_by_label(&facts).hover();
    window.settle();
    assert!(window.names().contains(&choice.reason), "which engine found them, and why: {:?}", window.names());
    window.picture("outliers");
    window.harness.get_by_label("1.7 times as far from other pictures as is usual here").hover();
    window.harness.run_steps(60);
    let numbers = "Its 10th nearest picture is at a distance of 1.200; half of all pictures have theirs within 0.710.";
    assert!(window.has(numbers), "{:?}", window.names());
    let name =
        |id: u32, window: &Window| format!("Outlier: {}", window.session().image(ImageId(id)).unwrap().path.text);
    window.click(&name(0, &window));
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)));
    let first = name(0, &window);
    window.forget_sent();
    window.click(&format!("Dismiss: {}", path(&window, 0)));
    let tag =
        Request::Tag { images: [ImageId(0)].into_iter().collect(), tag: "picture is right".to_owned(), is_on: true };
    assert!(window.sent().contains(&tag), "{:?}", window.sent());
    window.tell([tagged("picture is right", &[0])]);
    window.settle();
    assert!(!window.has(&first), "it is decided on");
    window.click("Outliers by");
    window.click("In a sparse region (LOF)");
    window.settle();
    assert!(window.has(&name(59, &window)), "the last is first now");
}

/// Two labels that are probably wrong, of images that lie under `blobs` and `checks`.
pub fn suspicious(window: &Window) -> Event {
    let label = |image: u32, given: &str, likely: &str, [many, few, layers]: [u32; 3]| SuspiciousLabel {
        image: ImageId(image),
        given: given.to_owned(),
        likely: likely.to_owned(),
        margin: 0.1,
        confidence: 0.05,
        likely_neighbours: many,
        given_neighbours: few,
        layers,
        middles: Some(layers.saturating_sub(1)),
    };
    let report = SuspiciousLabelReport {
        features: "net".to_owned(),
        wish: SuspiciousLabelWish::new(window.session().source().expect("the layer is stored")),
        labels: vec![label(3, "blobs", "ferns", [12, 1, 4]), label(6, "checks", "grids", [9, 0, 1])],
        neighbours: 15,
        layers: ["conv1", "conv2", "pool1", "pool2", "conv3"].map(str::to_owned).to_vec(),
        compared: 60,
        classes: 12,
        by_labels: None,
        elapsed_secs: 0.3,
    };
    Event::Answered(AnalysisAnswer::Found(Finding::SuspiciousLabels(Arc::new(report))))
}

/// A blurred picture, one that is dark and tiny, and a file that cannot be read.
pub fn odd(window: &mut Window) -> Event {
    let broken = ImageRecord {
        problem: Some("the file ends too early".to_owned()),
        ..window.session().image(ImageId(20)).expect("it is there").to_record()
    };
    window.describe(&[broken]);
    let way = |kind: OddKind, value: f32, usual: f32| Oddity { kind, value, usual };
    let picture = |image: u32, oddities: Vec<Oddity>| OddPicture { image: ImageId(image), oddities };
    let report = OddPictureReport {
        features: "net".to_owned(),
        pictures: vec![
            picture(2, vec![way(OddKind::Blurred, 0.0021, 0.18)]),
            picture(9, vec![way(OddKind::Dark, 0.12, 0.25), way(OddKind::Tiny, 24.0, 640.0)]),
            picture(20, vec![way(OddKind::Unreadable, 0.0, 0.0)]),
        ],
        common: vec![OddKind::Bright],
        compared: 60,
        elapsed_secs: 0.2,
    };
    Event::Answered(AnalysisAnswer::Found(Finding::OddPictures(Arc::new(report))))
}

/// These bear this tag, and none any other.
pub fn tagged(tag: &str, images: &[u32]) -> Event {
    let images = images.iter().copied().map(ImageId).collect();
    Event::Tags(Arc::new(Tags::from([(tag.to_owned(), images)])))
}

/// An image with this label.
fn known(window: &Window, id: u32, label: &str) -> ImageRecord {
    let record = window.session().image(ImageId(id)).expect("it is there").to_record();
    ImageRecord { label: Some(label.to_owned()), ..record }
}

/// This label was given to an image that had the one of its folder.
fn relabelled(image: u32, label: &str) -> Arc<Relabelling> {
    let (before, after) = (SaidLabel::default(), SaidLabel::by_hand(label));
    let (tags_before, tags_after) = Default::default();
    let image = RelabelledImage { image: ImageId(image), before, after, tags_before, tags_after };
    Arc::new(Relabelling { images: vec![image] })
}

fn path(window: &Window, id: u32) -> String {
    window.session().image(ImageId(id)).expect("it is there").path.text.to_owned()
}

#[test]
fn what_is_cheap_is_looked_for_without_being_asked_and_only_once() {
    let mut window = Window::with_images(60, Setup::default());
    window.forget_sent();
    window.click("Findings");
    let asked = |window: &Window, wish: &AnalysisWish| {
        window.sent().iter().filter(|sent| **sent == Request::Analyse(wish.clone())).count()
    };
    assert_eq!(asked(&window, &AnalysisWish::OddPictures), 1, "{:?}", window.sent());
    let event = odd(&mut window);
    window.tell([event]);
    window.settle();
    let copies = DuplicateWish { by_content: true, bits: Some(DuplicateWish::BITS), features: None };
    assert_eq!(
        asked(&window, &AnalysisWish::Duplicates(copies)),
        1,
        "by vectors they are looked for when it is wished"
    );
    let source = window.session().source().unwrap();
    let labels = AnalysisWish::SuspiciousLabels(SuspiciousLabelWish::new(source.clone()));
    assert_eq!((asked(&window, &AnalysisWish::OddPictures), asked(&window, &labels)), (1, 1));
    let event = suspicious(&window);
    window.tell([event]);
    window.settle();
    assert_eq!((asked(&window, &AnalysisWish::OddPictures), asked(&window, &labels)), (1, 1));
    let outliers = AnalysisWish::Outliers(OutlierWish { source, k: 10 });
    assert_eq!(asked(&window, &outliers), 1, "what is unlike the rest comes last: {:?}", window.sent());
}

#[test]
fn beside_what_is_suspicious_lie_those_most_like_it_and_are_asked_for_once() {
    let mut window = shown();
    window.click("Suspicious labels");
    let event = suspicious(&window);
    window.forget_sent();
    window.tell([event]);
    window.settle();
    let source = window.session().source().unwrap();
    let version = window.session().opened.committed.unwrap().1;
    let asked: Vec<NearestWish> = window.sent().into_iter().filter_map(nearest).collect();
    let wish = NearestWish { source, version, images: vec![ImageId(3), ImageId(6)], k: 15 };
    assert_eq!(asked, [wish], "both rows are seen");
    // The image 3 is near 10, 17, 24, ..., 13, ...: those that bear out what is said come first, each with its label.
    let near = |window: &Window, of: u32, place: usize, id: u32| {
        let label = window.session().image(ImageId(id)).unwrap().label.unwrap().to_owned();
        format!("Near {} {place}: {}, {label}", path(window, of), path(window, id))
    };
    for (of, place, id) in [(3, 1, 10), (3, 2, 13), (3, 3, 17), (6, 1, 16), (6, 2, 13)] {
        let name = near(&window, of, place, id);
        assert!(window.has(&name), "{name} is not among {:?}", window.names());
    }
    assert!(near(&window, 3, 2, 13).ends_with("ferns") && near(&window, 6, 1, 16).ends_with("grids"));
    // The image 9 is the one neighbour of 6 with its own label: it is among those that are counted, and all can be looked at.
    assert!(
        !window
            .names()
            .iter()
            .any(|name| name.starts_with(&format!("Near {}", path(&window, 6))) && name.ends_with("checks"))
    );
    window.click(&format!("+ 9 more near {}", path(&window, 6)));
    assert_eq!(window_selection(&window).len(), 15);
    assert!(window_selection(&window).contains(&9));
    // Who has no label says nothing: neither counted nor selected.
    let known = collection::images(60);
    let unlabelled: Vec<ImageRecord> =
        [13, 16].map(|image: usize| ImageRecord { label: None, ..known[image].clone() }).to_vec();
    window.describe(&unlabelled);
    window.settle();
    window.click(&format!("+ 7 more near {}", path(&window, 6)));
    assert_eq!(window_selection(&window).len(), 13);
    window.describe(&[13, 16].map(|image: usize| known[image].clone()));
    window.settle();
    let name = near(&window, 3, 1, 10);
    window.click(&name);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(10)), "a click looks at it");
    window.settle();
    assert_eq!(window.sent().into_iter().filter_map(nearest).count(), 1);
    // In little room the words come first.
    let settings = Settings { hides_inspector: true, ..Settings::default() };
    let size = eframe::egui::vec2(430.0, 600.0);
    let mut narrow = Window::with_images(60, Setup { settings, size, ..Setup::default() });
    narrow.click("Place: Check");
    narrow.click("Suspicious labels");
    let event = suspicious(&narrow);
    narrow.forget_sent();
    narrow.tell([event]);
    narrow.settle();
    assert_eq!(narrow.sent().into_iter().filter_map(nearest).count(), 0, "nobody would see them");
}

fn nearest(request: Request) -> Option<NearestWish> {
    match request {
        Request::Look(Look::Nearest(wish)) => Some(wish),
        _ => None,
    }
}

#[test]
fn suspicious_labels_are_listed_with_their_reasons_and_decided_on_with_undo() {
    let mut window = shown();
    window.click("Suspicious labels");
    window.harness.get_by_label("Which labels are wrong?");
    window.forget_sent();
    window.click("Find");
    let wish = SuspiciousLabelWish::new(window.session().source().unwrap());
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::SuspiciousLabels(wish))), "{:?}", window.sent());
    let event = suspicious(&window);
    window.tell([event]);
    window.settle();
    window.picture("suspicious");
    window.harness.get_by_label("2 of 60 pictures look like pictures of another label at conv 3");
    let reason =
        "12 of the 15 pictures most like it are \"ferns\", 1 is \"blobs\". It looks like \"ferns\" at 4 of 5 layers.";
    window.harness.get_by_label(reason).hover();
    window.harness.run_steps(60);
    let method = "at 3 it is nearer to the mean of all \"ferns\" than to that of all other \"blobs\". 2 of those most like it have";
    assert!(window.says(method), "how it was found is told who asks: {:?}", window.names());
    window.harness.get_by_label(
        "9 of the 15 pictures most like it are \"grids\", none is \"checks\". It looks like \"grids\" only at one of 5 layers.",
    );

    let (first, second) = (path(&window, 3), path(&window, 6));
    window.forget_sent();
    window.click(&format!("Dismiss: {first}"));
    let tag = |id: u32, tag: &str, is_on: bool| Request::Tag {
        images: [ImageId(id)].into_iter().collect(),
        tag: tag.to_owned(),
        is_on,
    };
    assert!(window.sent().contains(&tag(3, "label is right", true)), "{:?}", window.sent());
    window.tell([tagged("label is right", &[3])]);
    window.settle();
    assert!(!window.has(&format!("Suspicious label: {first}")), "it is decided on");
    window.harness.get_by_label("1 of 60 pictures looks like pictures of another label at conv 3  ·  1 decided");
    window.forget_sent();
    window.act(Choose::Undo);
    assert!(window.sent().contains(&tag(3, "label is right", false)), "{:?}", window.sent());
    window.tell([Event::Tags(Arc::default())]);
    window.settle();
    assert!(window.has(&format!("Suspicious label: {first}")), "it is listed again");

    // Another label is a label, and no tag.
    window.click(&format!("Relabel as grids: {second}"));
    let images = [ImageId(6)].into_iter().collect();
    let wish = Request::Relabel(RelabelWish::Give { images, label: "grids".to_owned() });
    assert!(window.sent().contains(&wish), "{:?}", window.sent());
    let change = relabelled(6, "grids");
    let (of_folder, by_hand) = (known(&window, 6, "checks"), known(&window, 6, "grids"));
    window.describe(&[by_hand]);
    window.tell([Event::Relabelled(change.clone())]);
    window.settle();
    assert!(!window.has(&format!("Suspicious label: {second}")), "it has another label now");
    assert_eq!(window.history(1), ["Labelled 1 picture “grids”"]);
    window.forget_sent();
    window.act(Choose::Undo);
    let back = |change: Relabelling| Request::Relabel(RelabelWish::Apply(Arc::new(change)));
    assert!(window.sent().contains(&back(change.reversed())), "{:?}", window.sent());
    window.describe(&[of_folder]);
    window.settle();
    assert!(window.has(&format!("Suspicious label: {second}")), "it is listed again");
    window.act(Choose::Redo);
    assert!(window.sent().contains(&back((*change).clone())), "{:?}", window.sent());
    // What was only tagged so, before labels were given, stays decided on.
    window.tell([tagged("relabel:grids", &[6])]);
    window.settle();
    window.click(&format!("Tag \"to remove\": {first}"));
    assert!(window.sent().contains(&tag(3, "to remove", true)), "{:?}", window.sent());
    let both = [("relabel:grids".to_owned(), vec![ImageId(6)]), ("to remove".to_owned(), vec![ImageId(3)])];
    window.tell([Event::Tags(Arc::new(Tags::from(both)))]);
    window.settle();
    window.harness.get_by_label("No label is suspicious");
}

#[test]
fn another_label_than_the_proposed_one_is_found_as_it_is_written_and_given_to_one_or_to_all_selected() {
    let mut window = shown();
    window.click("Suspicious labels");
    let event = suspicious(&window);
    window.tell([event]);
    window.settle();
    assert!(!window.has("Label what is selected"), "nothing is");
    let given = |window: &Window| {
        let wish = |sent| match sent {
            Request::Relabel(RelabelWish::Give { images, label }) => {
                Some((images.iter().map(|id| id.0).collect::<Vec<_>>(), label))
            }
            _ => None,
        };
        window.sent().into_iter().filter_map(wish).collect::<Vec<_>>()
    };
    let write = |window: &mut Window, text: &str| {
        window.harness.event(Input::Text(text.to_owned()));
        window.settle();
    };
    let enter = |window: &mut Window| {
        window.harness.key_press(Key::Enter);
        window.settle();
    };
    let (first, second) = (path(&window, 3), path(&window, 6));
    window.click(&format!("Another label…: {first}"));
    assert!(window.harness.get_by_label("Label to give").is_focused());
    window.picture("another_label");
    assert!(window.has("Label as checks") && window.has("Label as ferns"), "{:?}", window.names());
    enter(&mut window);
    assert_eq!(given(&window), [], "nothing was said");
    write(&mut window, "LE");
    assert!(!window.has("Label as checks") && window.has("Label as LE"), "{:?}", window.names());
    enter(&mut window);
    assert_eq!(given(&window), [(vec![3], "leaves".to_owned())], "the one that there is");
    assert!(!window.has("Label to give"), "it is done");
    // What none has yet, and what the arrow keys go to.
    window.forget_sent();
    window.click(&format!("Another label…: {second}"));
    write(&mut window, "zebra");
    enter(&mut window);
    window.click(&format!("Another label…: {second}"));
    write(&mut window, "o");
    window.harness.key_press(Key::ArrowDown);
    window.settle();
    enter(&mut window);
    assert_eq!(given(&window), [(vec![6], "zebra".to_owned()), (vec![6], "voronoi".to_owned())]);
    // All that is selected at once, and that is taken back as one step.
    window.forget_sent();
    window.act(Choose::PickMany([3, 6, 9].map(ImageId).to_vec(), Pick::Replace));
    window.harness.get_by_label("Label what is selected");
    window.click("Label what is selected");
    write(&mut window, "str");
    enter(&mut window);
    assert_eq!(given(&window), [(vec![3, 6, 9], "stripes".to_owned())]);
    let change = relabelled(3, "stripes");
    window.tell([Event::Relabelled(change.clone())]);
    window.settle();
    window.act(Choose::Undo);
    let back = Request::Relabel(RelabelWish::Apply(Arc::new(change.reversed())));
    assert!(window.sent().contains(&back), "{:?}", window.sent());
}

#[test]
fn in_a_narrow_window_all_that_can_be_decided_of_a_label_is_in_sight() {
    for width in [800.0, 1280.0] {
        let settings = Settings { hides_inspector: true, ..Settings::default() };
        let setup = Setup { settings, size: eframe::egui::vec2(width, 600.0), ..Setup::default() };
        let mut window = Window::with_images(60, setup);
        window.click("Place: Check");
        window.click("Suspicious labels");
        let event = suspicious(&window);
        window.tell([event]);
        window.settle();
        window.picture("narrow_suspicious");
        let first = path(&window, 3);
        let mut left = 0.0;
        for choice in ["Dismiss", "Relabel as ferns", "Another label…", "Tag \"to remove\""] {
            let rect = window.harness.get_by_label(&format!("{choice}: {first}")).rect();
            assert!(rect.left() >= left && rect.right() <= width, "{choice} in {width}: {rect:?}");
            left = rect.right();
        }
    }
}

#[test]
fn odd_pictures_and_unreadable_files_are_two_lists_with_their_reasons() {
    let mut window = shown();
    window.click("Odd pictures");
    window.harness.get_by_label("Is something wrong with pictures?");
    let event = odd(&mut window);
    window.tell([event]);
    window.settle();
    window.picture("odd");
    window.harness.get_by_label("blurred: sharpness 0.0021, usually 0.18");
    let reason = "dark: 95 % of its pixels are at most 12 % bright; tiny: about 24 pixels a side, usually 640";
    window.harness.get_by_label(reason);
    window.harness.get_by_label("So many are bright that it is not odd here.");
    assert!(!window.has(&format!("Odd picture: {}", path(&window, 20))));
    window.click(&format!("Odd picture: {}", path(&window, 2)));
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(2)));
    window.forget_sent();
    window.click(&format!("Dismiss: {}", path(&window, 9)));
    let tag =
        Request::Tag { images: [ImageId(9)].into_iter().collect(), tag: "picture is right".to_owned(), is_on: true };
    assert!(window.sent().contains(&tag), "{:?}", window.sent());

    window.click("Unreadable files");
    window.settle();
    window.picture("unreadable");
    window.harness.get_by_label("the file ends too early");
    assert!(window.has(&format!("Unreadable file: {}", path(&window, 20))));
}

#[test]
fn thousands_of_raw_files_are_one_line_above_the_unreadable_files_and_in_no_list() {
    let raw = CameraRaw {
        unread: 5000,
        first: Some("camera/DSC_1.NEF".to_owned()),
        endings: ["dng", "nef"].map(str::to_owned).into(),
        beside_pictures: 12,
    };
    let said = "5,000 camera raw files (.dng, .nef) cannot be read, the first of them camera/DSC_1.NEF";
    let mut window = shown();
    let event = odd(&mut window);
    window.tell([event, Event::CameraRaw(raw.clone())]);
    window.click("Unreadable files");
    window.settle();
    assert!(window.says(said), "{:?}", window.names());
    let rows = window.names().iter().filter(|name| name.starts_with("Unreadable file: ")).count();
    assert_eq!(rows, 1, "the one picture: {:?}", window.names());
    // They were developed meanwhile.
    window.tell([Event::CameraRaw(CameraRaw { unread: 0, first: None, beside_pictures: 5012, ..raw.clone() })]);
    window.settle();
    assert!(!window.says("camera raw"), "{:?}", window.names());

    // Where there is nothing else, that is why.
    let mut window = Window::with_images(0, Setup::default());
    window.click("Gallery");
    window.tell([Event::CameraRaw(raw)]);
    window.settle();
    assert!(window.says("There is no JPEG") && window.says(said), "{:?}", window.names());
}

/// That these are groups of identical files.
fn copies_found(window: &Window, groups: &[&[u32]]) -> Event {
    let group = |images: &&[u32]| DuplicateGroup {
        images: images.iter().copied().map(ImageId).collect(),
        reasons: vec![(DuplicateReason::Content, 0.0)],
        ..DuplicateGroup::default()
    };
    let report = DuplicateReport {
        features: "net".to_owned(),
        wish: DuplicateWish::new(window.session().source().unwrap()),
        within: None,
        groups: groups.iter().map(group).collect(),
        compared: window.session().opened.images.len(),
        unread: 0,
        elapsed_secs: 0.2,
    };
    Event::Answered(AnalysisAnswer::Found(Finding::Duplicates(Arc::new(report))))
}

#[test]
fn a_group_of_copies_is_decided_on_as_a_whole() {
    let mut window = shown();
    window.tell([copies_found(&window, &[&[3, 9, 12], &[20, 21, 22]])]);
    window.settle();
    window.forget_sent();
    window.click("Dismiss: duplicates 0");
    let tag = |ids: &[u32], tag: &str| Request::Tag {
        images: ids.iter().copied().map(ImageId).collect(),
        tag: tag.to_owned(),
        is_on: true,
    };
    assert!(window.sent().contains(&tag(&[3, 9, 12], "no copy")), "{:?}", window.sent());
    window.click("Tag the copies \"to remove\": duplicates 1");
    assert!(window.sent().contains(&tag(&[21, 22], "to remove")), "{:?}", window.sent());
    let ids = |ids: &[u32]| ids.iter().copied().map(ImageId).collect::<Vec<_>>();
    let both = [("no copy".to_owned(), ids(&[3, 9, 12])), ("to remove".to_owned(), ids(&[21, 22]))];
    window.tell([Event::Tags(Arc::new(Tags::from(both)))]);
    window.settle();
    window.harness.get_by_label("You decided on all groups");
}

#[test]
fn beneath_a_copy_stand_its_name_and_what_becomes_of_it() {
    let mut window = shown();
    // Two files are called the same, each in a folder of its own.
    let mut images = window.session().opened.images.clone();
    let there = |id: u32| window.session().image(ImageId(id)).expect("it is there").to_record();
    let called =
        |id: u32, text: &str| ImageRecord { path: ImagePath { text: text.to_owned(), raw: None }, ..there(id) };
    let long = "2019/a_picture_with_quite_a_long_name_of_its_own.jpg";
    let moved = [called(3, "2019/image_0001.jpg"), called(9, "2020/image_0001.jpg"), called(20, long)];
    images.relocate(&moved.each_ref().map(ImageRecord::borrowed));
    window.tell([Event::Images(images)]);
    window.tell([copies_found(&window, &[&[3, 9], &[20, 21, 22], &[30, 31]])]);
    window.settle();
    window.picture("captions");
    let rect = |window: &Window, name: &str| window.harness.get_by_label(name).rect();
    let first = rect(&window, "2019/image_0001.jpg is called 2019/image_0001.jpg");
    let stays = rect(&window, "2019/image_0001.jpg: stays");
    assert!(stays.top() >= first.bottom() - 3.0 && stays.left() == first.left(), "{first:?}, {stays:?}");
    let second = rect(&window, "2020/image_0001.jpg is called 2020/image_0001.jpg");
    rect(&window, "2020/image_0001.jpg: copy");
    assert!(first.right() <= second.left(), "each has the width of its picture: {first:?}, {second:?}");
    // A long one is cut in its middle.
    let cut = rect(&window, &format!("{long} is called {long}"));
    assert!(cut.width() <= 96.0 && cut.width() > 70.0, "{cut:?}");
    let other = path(&window, 21);
    rect(&window, &format!("{other} is called {other}"));
    // Where all lie in one folder that is named once.
    let alike = path(&window, 30);
    let (folder, name) = alike.rsplit_once('/').expect("it lies in one");
    rect(&window, &format!("{alike} is called {name}"));
    assert!(window.says(&format!("identical files  ·  all in {folder}")), "{:?}", window.names());
}

#[test]
fn copies_of_two_kinds_are_not_called_alike() {
    let mut window = shown();
    let mut images = window.session().opened.images.clone();
    let there = |id: u32| window.session().image(ImageId(id)).expect("it is there").to_record();
    let called =
        |id: u32, text: &str| ImageRecord { path: ImagePath { text: text.to_owned(), raw: None }, ..there(id) };
    let name = "2019/a_picture_with_quite_a_long_name_of_its_own";
    let renamed = [called(3, &format!("{name}.jpg")), called(9, &format!("{name}.png"))];
    images.relocate(&renamed.each_ref().map(ImageRecord::borrowed));
    window.tell([Event::Images(images)]);
    window.tell([copies_found(&window, &[&[3, 9]])]);
    window.settle();
    let painted: Vec<String> = texts(window.harness.output()).into_iter().map(|text| text.text).collect();
    for kind in [".jpg", ".png"] {
        let is_it = |text: &&String| text.starts_with("a_p") && text.contains('…') && text.ends_with(kind);
        assert!(painted.iter().any(|text| is_it(&text)), "{kind}: {painted:?}");
    }
}

#[test]
fn while_the_rows_of_another_report_are_found_those_before_are_shown_as_they_were() {
    // More than are listed within a frame.
    let settings = Settings { hides_inspector: true, ..Settings::default() };
    let mut window = Window::with_images(20_400, Setup { settings, ..Setup::default() });
    window.click("Place: Check");
    window.tell([copies_found(&window, &[&[2, 3], &[5, 6], &[8, 9]])]);
    window.wait_until("three groups", |window| window.has("Select duplicates 1"));
    window.tell([copies_found(&window, &[&[11, 12]])]);
    window.wait_until("another one alone", |window| !window.has("Select duplicates 1"));
    window.click("Select duplicates 0");
    assert_eq!(window_selection(&window), [11, 12]);
}

#[test]
fn why_in_a_list_compares_with_what_the_row_is_about() {
    let mut window = shown();
    window.click("Outliers");
    let wish = OutlierWish { source: window.session().source().unwrap(), k: 10 };
    let report = OutlierReport {
        features: "net".to_owned(),
        wish: wish.clone(),
        ids: (0..60).map(ImageId).collect(),
        distances: (0..60).map(|row| 1.0 - row as f32 * 0.01).collect(),
        factors: vec![1.0; 60].into(),
        clusters: vec![1.0; 60].into(),
        elapsed_secs: 0.1,
    };
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Outliers(Arc::new(report))))]);
    window.settle();
    let why = |window: &Window| window.session().opened.why.as_ref().map(|why| (why.a.0, why.b.0));
    // Another picture was clicked before, which has nothing to do with the row.
    window.act(Choose::LookAt(ImageId(40)));
    let label = window.session().image(ImageId(8)).unwrap().label.unwrap().to_owned();
    let near = format!("Near {} 1: {}, {label}", path(&window, 1), path(&window, 8));
    window.harness.get_by_label(&near).hover();
    window.settle();
    window.click(&format!("Why is {} near {}?", path(&window, 8), path(&window, 1)));
    assert_eq!(why(&window), Some((1, 8)));
    assert_eq!(window.session().opened.why.as_ref().map(|why| &why.source), Some(&wish.source));
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(40)), "it chooses nothing");
    window.act(Ask::CloseWhySimilar);
    // The menu names what it compares with: of a near picture the one of the row, of that the nearest to it.
    window.harness.get_by_label(&near).click_secondary();
    window.settle();
    window.click(&format!("Why is it similar to {}?", path(&window, 1)));
    assert_eq!(why(&window), Some((1, 8)));
    window.act(Ask::CloseWhySimilar);
    window.harness.get_by_label(&format!("Outlier: {}", path(&window, 1))).click_secondary();
    window.settle();
    window.click(&format!("Why is it similar to {}?", path(&window, 8)));
    assert_eq!(why(&window), Some((8, 1)));
}

#[test]
fn what_is_tagged_to_be_removed_is_selected_at_once() {
    let mut window = shown();
    assert!(!window.has("Select them: to remove"), "nothing is tagged");
    window.tell([tagged("to remove", &[3, 9])]);
    window.settle();
    window.harness.get_by_label("2 tagged \"to remove\"");
    window.click("Select them: to remove");
    let group = ImageGroup::Tag(window.session().opened.tags.clone(), "to remove".to_owned());
    let asked = window.sent().into_iter().any(|sent| format!("{sent:?}").contains(&format!("{group:?}")));
    assert!(asked || window_selection(&window) == [3, 9], "{:?}", window.sent());
}

#[test]
fn the_button_that_finds_says_at_which_depth_once_the_slider_was_moved() {
    let mut window = shown();
    window.click("Suspicious labels");
    window.harness.get_by_label("Find").hover();
    window.harness.run_steps(60);
    assert!(window.says("Look for them"), "{:?}", window.names());
    let event = suspicious(&window);
    window.tell([event]);
    window.settle();
    window.harness.run_steps(60);
    assert!(window.says("Look for them once more: among the pictures and labels of now"), "{:?}", window.names());
    window.act(Choose::Layer(3));
    window.harness.run_steps(60);
    window.picture("found_at_another_depth");
    assert!(window.says("these were found at another one"), "{:?}", window.names());
    window.forget_sent();
    window.click("Find");
    let source = window.session().source().expect("the layer is stored");
    assert_eq!(source.layer, "conv2");
    let wish = SuspiciousLabelWish::new(source);
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::SuspiciousLabels(wish))), "{:?}", window.sent());
}

#[test]
fn suspicious_labels_that_were_found_by_labels_of_before_say_so_and_are_found_anew() {
    let mut window = shown();
    window.click("Suspicious labels");
    let event = suspicious(&window);
    window.tell([event.clone()]);
    window.settle();
    let old = "Labels changed since: these were found by those of before.";
    assert!(!window.has(old), "{:?}", window.names());
    let image = window.session().opened.images.get(ImageId(3)).expect("an image").to_record();
    let relabelled = ImageRecord { label: Some("ferns".to_owned()), ..image.clone() };
    window.describe(std::slice::from_ref(&relabelled));
    window.settle();
    assert!(window.has(old), "{:?}", window.names());
    window.describe(&[image]);
    window.settle();
    assert!(!window.has(old), "taken back, they are the labels by which these were found: {:?}", window.names());
    window.describe(&[relabelled]);
    window.settle();
    assert!(window.has(old), "{:?}", window.names());
    window.forget_sent();
    window.click("Find them anew");
    let wish = SuspiciousLabelWish::new(window.session().source().expect("the layer is stored"));
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::SuspiciousLabels(wish))), "{:?}", window.sent());
    window.tell([event]);
    window.settle();
    assert!(!window.has(old), "{:?}", window.names());
}

#[test]
fn that_labels_were_given_is_told_and_taken_back_from_there_as_long_as_nothing_else_was_chosen() {
    let mut window = Window::with_images(60, Setup::default());
    let give = |window: &mut Window, image: u32| {
        let change = relabelled(image, "grids");
        let record = known(window, image, "grids");
        window.describe(&[record]);
        window.tell([Event::Relabelled(change.clone())]);
        window.settle();
        change
    };
    give(&mut window, 5);
    let change = give(&mut window, 6);
    window.picture("labelled");
    let told = window.names().into_iter().filter(|name| name == "Labelled 1 picture “grids”").count();
    assert_eq!(told, 1, "what was done before cannot be taken back from here: {:?}", window.names());
    window.forget_sent();
    window.click("Undo what the notice says");
    let back = Request::Relabel(RelabelWish::Apply(Arc::new((*change).clone().reversed())));
    assert!(window.sent().contains(&back), "{:?}", window.sent());
    assert!(!window.has("Labelled 1 picture “grids”"), "{:?}", window.names());
    // Once something else was chosen Undo would take that back.
    give(&mut window, 7);
    assert!(window.has("Undo what the notice says"));
    window.act(Choose::SelectAll);
    assert!(
        window.has("Labelled 1 picture “grids”") && !window.has("Undo what the notice says"),
        "{:?}",
        window.names()
    );
}
